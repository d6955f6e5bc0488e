//! What the codes of a simple font mean where no `/ToUnicode` says it: glyph names.

use lopdf::{Dictionary, Document, Encoding, Object};

use super::font::Budget;
use super::readable::{is_stroke, readable};
use super::unreadable::Unreadable;

/// The texts of the 256 codes of a simple font (empty for a mere stroke), from its `/Encoding` and,
/// where that is silent, from the encoding that is built into an embedded Type 1 font.
pub(super) fn texts(
    document: &Document,
    font: &Dictionary,
    budget: &mut Budget,
) -> Result<Vec<Option<String>>, Unreadable> {
    let encoding = font.get_deref(b"Encoding", document).ok();
    let mut texts = match encoding {
        Some(Object::Name(name)) => named(name),
        Some(Object::Dictionary(parts)) => match parts.get_deref(b"BaseEncoding", document) {
            Ok(Object::Name(name)) => named(name),
            _ => built_in(document, font, budget)?,
        },
        _ => built_in(document, font, budget)?,
    };
    if let Some(Object::Dictionary(parts)) = encoding
        && let Ok(Object::Array(differences)) = parts.get_deref(b"Differences", document)
    {
        budget.spend_entries(differences.len())?;
        let mut code = 0;
        for entry in differences {
            match entry {
                Object::Integer(start) => code = usize::try_from(*start).unwrap_or(usize::MAX),
                Object::Name(name) => {
                    if let Some(text) = texts.get_mut(code) {
                        *text = glyph(name);
                    }
                    code = code.saturating_add(1);
                }
                _ => {}
            }
        }
    }
    Ok(texts)
}

/// One of the encodings that PDF itself names.
fn named(name: &[u8]) -> Vec<Option<String>> {
    let mut font = Dictionary::new();
    font.set("Type", Object::Name(b"Font".to_vec()));
    font.set("Encoding", Object::Name(name.to_vec()));
    decode_all(&font)
}

fn decode_all(font: &Dictionary) -> Vec<Option<String>> {
    let nothing = Document::new();
    let decode = |encoding: &Encoding, code: u8| readable(&encoding.bytes_to_string(&[code]).ok()?);
    match font.get_font_encoding(&nothing) {
        Ok(encoding) => (0..=255).map(|code| decode(&encoding, code)).collect(),
        Err(_) => vec![None; 256],
    }
}

/// The encoding of an embedded Type 1 font stands in its clear text, as `dup 48 /zero put`.
fn built_in(
    document: &Document,
    font: &Dictionary,
    budget: &mut Budget,
) -> Result<Vec<Option<String>>, Unreadable> {
    let standard = || named(b"StandardEncoding");
    let file = font
        .get_deref(b"FontDescriptor", document)
        .and_then(Object::as_dict)
        .and_then(|descriptor| descriptor.get_deref(b"FontFile", document))
        .and_then(Object::as_stream);
    let program = file.ok().map(|file| budget.contents(file)).transpose()?.flatten();
    let Some(program) = program else {
        // Fonts that are not embedded are standard ones; other formats keep their encoding in
        // tables that are not read here.
        return Ok(match embeds_other_format(document, font) {
            true => vec![None; 256],
            false => standard(),
        });
    };
    let clear = program.split(|&b| b == b'\n' || b == b'\r');
    let mut texts = vec![None; 256];
    for line in clear {
        if line.starts_with(b"currentfile eexec") {
            break;
        }
        if line.windows(16).any(|words| words == b"StandardEncoding") {
            return Ok(standard());
        }
        let Ok(line) = std::str::from_utf8(line) else { continue };
        let mut words = line.split_ascii_whitespace();
        if let (Some("dup"), Some(code), Some(name)) = (words.next(), words.next(), words.next())
            && let (Ok(code), Some(name)) = (code.parse::<u8>(), name.strip_prefix('/'))
            && let Some(text) = texts.get_mut(usize::from(code))
        {
            *text = glyph(name.as_bytes());
        }
    }
    Ok(texts)
}

fn embeds_other_format(document: &Document, font: &Dictionary) -> bool {
    font.get_deref(b"FontDescriptor", document)
        .and_then(Object::as_dict)
        .is_ok_and(|descriptor| descriptor.has(b"FontFile2") || descriptor.has(b"FontFile3"))
}

/// The text of a glyph's name: Adobe's list, `uni2212`, `u1D465`, and parts joined by `_`.
fn glyph(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    let name = name.split('.').next().filter(|stem| !stem.is_empty())?;
    if is_stroke(name) {
        return Some(String::new());
    }
    let hex = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
    let coded = name
        .strip_prefix("uni")
        .filter(|digits| digits.len() == 4)
        .or_else(|| name.strip_prefix('u').filter(|digits| (4..=6).contains(&digits.len())))
        .and_then(hex);
    let text = match coded {
        Some(c) => Some(c.to_string()),
        None if name.contains('_') => name.split('_').map(listed).collect(),
        None => listed(name),
    }?;
    readable(&text)
}

/// lopdf knows the list of names but keeps it to itself: it is asked by an encoding of one code.
fn listed(name: &str) -> Option<String> {
    let mut encoding = Dictionary::new();
    let differences = vec![Object::Integer(0), Object::Name(name.as_bytes().to_vec())];
    encoding.set("Differences", Object::Array(differences));
    let mut font = Dictionary::new();
    font.set("Type", Object::Name(b"Font".to_vec()));
    font.set("Encoding", Object::Dictionary(encoding));
    let nothing = Document::new();
    let text = font.get_font_encoding(&nothing).ok()?.bytes_to_string(&[0]).ok()?;
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the Adobe Glyph List for New Fonts and its rules for names.
    #[test]
    fn names_of_glyphs_become_characters() {
        let cases = [
            ("minus", Some("\u{2212}")),
            ("zero", Some("0")),
            ("period", Some(".")),
            ("partialdiff", Some("\u{2202}")),
            ("uni2212", Some("\u{2212}")),
            ("u1D465", Some("\u{1D465}")),
            ("one.oldstyle", Some("1")),
            ("f_i", Some("fi")),
            ("bracketlefttp", Some("⎡")),
            ("bracehtipupleft", Some("")),
            ("nosuchglyph", None),
            (".notdef", None),
        ];
        for (name, text) in cases {
            assert_eq!(glyph(name.as_bytes()).as_deref(), text, "{name}");
        }
    }

    #[test]
    fn the_standard_encodings_are_known() {
        assert_eq!(named(b"WinAnsiEncoding")[0xE9].as_deref(), Some("é"));
        assert_eq!(named(b"StandardEncoding")[0x30].as_deref(), Some("0"));
    }
}
