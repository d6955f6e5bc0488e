//! Two small files that XeLaTeX documents ask for and that a small TeX Live does not have,
//! written here in their binary formats.

/// A stand-in for the file of this name, if there is one.
pub(super) fn standin(name: &str) -> Option<Vec<u8>> {
    match name {
        "tex-text.tec" => Some(ligatures()),
        "pzdr.tfm" => Some(blank_font()),
        _ => None,
    }
}

/// TeX's ligatures as pairs of what is typed and what is printed, the longest of each kind first.
const LIGATURES: [(&str, char); 12] = [
    ("---", '\u{2014}'),
    ("--", '\u{2013}'),
    ("''", '\u{201D}'),
    ("'", '\u{2019}'),
    ("``", '\u{201C}'),
    ("`", '\u{2018}'),
    ("\"", '\u{201D}'),
    ("!`", '\u{A1}'),
    ("?`", '\u{BF}'),
    (",,", '\u{201E}'),
    ("<<", '\u{AB}'),
    (">>", '\u{BB}'),
];

/// A font mapping `tex-text`: what makes XeTeX print `--` as a dash and `''` as a quotation mark.
///
/// The format is TECkit's compiled mapping: a file header, and one table from Unicode to Unicode.
/// The table finds a character's rules in three steps (page of 256 characters, character, rule
/// list), and a rule is a string to match with a string to put in its place. All integers are
/// big-endian.
fn ligatures() -> Vec<u8> {
    const TABLE_HEADER: u32 = 48;
    const PAGES: u32 = 256;
    const CHARACTERS: u32 = 512;

    let mut firsts: Vec<char> =
        LIGATURES.iter().filter_map(|(typed, _)| typed.chars().next()).collect();
    firsts.sort_unstable();
    firsts.dedup();

    let mut characters = [0u16; 256];
    // The first entry serves all characters without rules: copy.
    let mut lookups = vec![0xFD00_0000u32];
    let mut lists: Vec<u32> = Vec::new();
    let mut rules: Vec<u8> = Vec::new();
    for (number, &first) in (1u16..).zip(&firsts) {
        if let Some(character) = characters.get_mut(first as usize & 0xFF) {
            *character = number;
        }
        let start = lists.len();
        let itself = (first.to_string(), first);
        let own = LIGATURES.iter().filter(|(typed, _)| typed.starts_with(first));
        for (typed, printed) in
            own.map(|(typed, printed)| ((*typed).to_owned(), *printed)).chain([itself])
        {
            lists.push(rules.len() as u32);
            rules.extend([typed.len() as u8, 0, 0, 1]);
            for c in typed.chars() {
                // Once at least, once at most; then the character.
                rules.extend((0x1100_0000 | u32::from(c)).to_be_bytes());
            }
            rules.extend(u32::from(printed).to_be_bytes());
        }
        let count = (lists.len() - start) as u32;
        lookups.push(0xFF00_0000 | (count << 16) | start as u32);
    }

    let page_base = TABLE_HEADER;
    let lookup_base = page_base + PAGES + CHARACTERS;
    let list_base = lookup_base + 4 * lookups.len() as u32;
    let rule_base = list_base + 4 * lists.len() as u32;
    let length = rule_base + rules.len() as u32;

    let mut file = Vec::new();
    let mut put = |words: &[u32]| words.iter().for_each(|word| file.extend(word.to_be_bytes()));
    // Both sides Unicode; no names; one table forwards, at byte 36, none backwards.
    put(&[tag(b"qMap"), 0x0003_0000, 36, 0x1_0000, 0x1_0000, 0, 1, 0, 36]);
    put(&[tag(b"U->U"), 0x0003_0000, length, 0]);
    put(&[page_base, lookup_base, list_base, list_base, list_base, rule_base]);
    // At most three characters match, without context, and one comes out; U+FFFD for unmapped.
    put(&[0x0300_0001, 0xFFFD]);
    let mut pages = [0xFFu8; PAGES as usize];
    pages[0] = 0;
    file.extend(pages);
    file.extend(characters.iter().flat_map(|c| c.to_be_bytes()));
    file.extend(lookups.iter().chain(&lists).flat_map(|word| word.to_be_bytes()));
    file.extend(rules);
    file
}

fn tag(letters: &[u8; 4]) -> u32 {
    u32::from_be_bytes(*letters)
}

/// The metrics of a font of one blank, as `pzdr` (Zapf Dingbats).
///
/// hyperref loads that font at a size near zero, to have a character that links can begin with;
/// only its blank is used, and only by `\XeTeXLinkBox`.
///
/// The format is TeX's font metrics: twelve lengths, two words of header (checksum and design
/// size), one character, and the tables of its width, height, depth and italic correction, whose
/// first entry is zero.
fn blank_font() -> Vec<u8> {
    const BLANK: u16 = 32;
    // Words in the file, in the header; first and last character; widths, heights, depths,
    // italic corrections; ligatures, kerns, extensible characters; parameters.
    let lengths = [6 + 2 + 1 + 5, 2, BLANK, BLANK, 2, 1, 1, 1, 0, 0, 0, 0u16];
    // Design size 10 pt, the character with the second width, widths 0 and 0.278 (of 2²⁰).
    let words = [0u32, 10 << 20, 0x0100_0000, 0, 291_504, 0, 0, 0];
    let mut file: Vec<u8> = lengths.iter().flat_map(|n| n.to_be_bytes()).collect();
    file.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    file
}
