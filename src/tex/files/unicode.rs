//! The Unicode data that LaTeX is made with, read in fewer steps.
//!
//! Two programs in TeX's language read `UnicodeData.txt` while a format is made, and that is most of
//! the time it takes: ten of its 35,000 lines in a millisecond. expl3, LaTeX's programming layer, takes
//! the cases and the canonical decomposition of each code point from it; XeTeX's loader the codes of
//! letters. Lines of which they make nothing are left out for them: code points that tell no case and
//! no decomposition get the same entry from expl3 as those that have no line, and the loader sets
//! nothing for signs and figures. And both do some things for each code point that can be done for
//! many at once: these of their macros are defined anew.
//!
//! So it is in the versions that are known here, by their digests. Any other gets all lines, and
//! keeps its macros.

use std::io::{self, Read};
use std::path::PathBuf;

use tectonic::io::{InputHandle, OpenResult};

use super::digest_of;
use crate::tex::session::in_memory;

/// What formats are made by, besides the installed files.
pub(in crate::tex) const RULES: &str =
    concat!(include_str!("unicode.rs"), include_str!("codepoints.tex"), include_str!("ranges.tex"));

const DATA: &str = "UnicodeData.txt";

/// A program in TeX's language that reads the data.
#[derive(Clone, Copy, Debug)]
struct Reader {
    /// Its file.
    file: &'static str,
    /// What it begins with there, and what stands behind its end.
    begin: &'static str,
    end: &'static str,
    /// Digest of all in between but the white space.
    digest: &'static str,
    /// The command that opens the data, before which its macros are defined.
    open: &'static str,
    /// Macros that do the same in fewer steps.
    faster: &'static str,
    /// Whether it makes nothing of a line with these fields.
    ignores: fn(&[&str]) -> bool,
}

/// The known ones.
const READERS: [Reader; 2] = [
    // From December 2022 to June 2023. Later ones take the general category from the data, too.
    Reader {
        file: "expl3-code.tex",
        begin: r"\int_const:Nn \c__codepoint_block_size_int",
        end: r"\ior_open:Nn \g__codepoint_data_ior { CaseFolding.txt }",
        digest: "ce3151b23ca25a19963b73b4152646f722179863712720976080470f1313fa8d",
        open: r"\ior_open:Nn \g__codepoint_data_ior { UnicodeData.txt }",
        faster: include_str!("codepoints.tex"),
        ignores: has_no_case_and_no_decomposition,
    },
    // Of September 2022.
    Reader {
        file: "load-unicode-data.tex",
        begin: r"\begingroup",
        end: r"\closein0",
        digest: "ee3dc89e523f711044788904dfda28cbdd37a04e330a2fa9ed79a657878a1124",
        open: r"\openin0=UnicodeData.txt",
        faster: include_str!("ranges.tex"),
        ignores: has_no_code,
    },
];

/// Follows TeX through the files it reads while a format is made.
#[derive(Debug, Default)]
pub(in crate::tex) struct UnicodeData {
    /// The known reader that TeX is in the file of.
    reader: Option<&'static Reader>,
}

/// A file that TeX opens, and its path.
type Opened = OpenResult<(InputHandle, Option<PathBuf>)>;

impl UnicodeData {
    /// Gives TeX the file of this name, shorter or faster where that makes no difference.
    pub fn serve(&mut self, name: &str, opened: Opened) -> Opened {
        let OpenResult::Ok((handle, path)) = opened else { return opened };
        match self.contents(name, handle) {
            Ok(handle) => OpenResult::Ok((handle, path)),
            Err(e) => OpenResult::Err(e.into()),
        }
    }

    fn contents(&mut self, name: &str, mut handle: InputHandle) -> io::Result<InputHandle> {
        let all = |handle: &mut InputHandle| {
            let mut contents = Vec::new();
            handle.read_to_end(&mut contents).map(|_| contents)
        };
        if let Some(reader) = READERS.iter().find(|reader| reader.file == name) {
            let code = all(&mut handle)?;
            let faster = reader.faster(&code);
            self.reader = faster.is_some().then_some(reader);
            return Ok(in_memory(name, faster.unwrap_or(code)));
        }
        if let Some(reader) = self.reader.filter(|_| name == DATA) {
            let data = all(&mut handle)?;
            return Ok(in_memory(name, shortened(&data, reader.ignores).unwrap_or(data)));
        }
        // TeX reads the metrics of a font, if any, before it reads on.
        if !name.ends_with(".tfm") {
            self.reader = None;
        }
        Ok(handle)
    }
}

impl Reader {
    /// The file with its faster macros, if this is the reader that is known, and it reads the data
    /// once.
    fn faster(&self, code: &[u8]) -> Option<Vec<u8>> {
        let code = std::str::from_utf8(code).ok()?;
        let (_, rest) = code.split_once(self.begin)?;
        let (reader, _) = rest.split_once(self.end)?;
        let essence = reader.split_whitespace().collect::<String>();
        let mentions = |code: &str| {
            code.lines().filter(|line| line.contains(DATA) && !line.starts_with('%')).count()
        };
        let is_known = digest_of(essence.as_bytes()) == self.digest
            && code.matches(self.open).count() == 1
            && mentions(code) == mentions(reader);
        is_known.then(|| code.replace(self.open, &[self.faster, self.open].concat()).into_bytes())
    }
}

/// The data without the lines that are ignored and are no ends of a range; none where it is not a
/// list of code points in their order.
fn shortened(data: &[u8], ignores: fn(&[&str]) -> bool) -> Option<Vec<u8>> {
    let data = std::str::from_utf8(data).ok()?;
    let mut short = String::new();
    let mut last = None;
    for line in data.split_inclusive('\n') {
        let fields: Vec<&str> = line.trim_end_matches('\n').split(';').collect();
        let code_point = Some(u32::from_str_radix(fields.first()?, 16).ok()?);
        if last >= code_point {
            return None;
        }
        last = code_point;
        let name = fields.get(1)?;
        let is_end = ["First>", "Last>"].iter().any(|end| name.ends_with(end));
        if is_end || fields.len() != FIELDS || !ignores(&fields) {
            short.push_str(line);
        }
    }
    Some(short.into_bytes())
}

/// Fields of a line.
const FIELDS: usize = 15;

fn has_no_case_and_no_decomposition(fields: &[&str]) -> bool {
    let &[_, _, _, _, _, decomposition, _, _, _, _, _, _, upper, lower, title] = fields else {
        return false;
    };
    // What begins with a `<` is a compatibility decomposition.
    [upper, lower, title].iter().all(|case| case.is_empty())
        && (decomposition.is_empty() || decomposition.starts_with('<'))
}

/// Letters and marks get codes of their own, what closes a sentence's end one, and what has cases
/// these.
fn has_no_code(fields: &[&str]) -> bool {
    let &[_, _, category, _, _, _, _, _, _, _, _, _, upper, lower, _] = fields else {
        return false;
    };
    let has_codes = category.starts_with(['L', 'M']) || ["Pe", "Pf"].contains(&category);
    !has_codes && upper.is_empty() && lower.is_empty()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tectonic::status::NoopStatusBackend;

    use super::*;
    use crate::tex::tests::build_in;
    use crate::tex::{BundleChoice, files};

    /// The installed file of this name.
    fn installed(name: &str) -> Vec<u8> {
        let none = Path::new("no-cache");
        let mut files = files::open(&BundleChoice::TexLive, none, &mut |_| {}).unwrap();
        read(files.input_open_name_with_abspath(name, &mut NoopStatusBackend::default()))
    }

    fn read(opened: Opened) -> Vec<u8> {
        let OpenResult::Ok((mut handle, _)) = opened else { panic!("the file is not there") };
        let mut contents = Vec::new();
        handle.read_to_end(&mut contents).unwrap();
        contents
    }

    /// Lines in the form of `UnicodeData.txt`. The second and the last tell nothing; what the last
    /// has is no canonical decomposition.
    const LINES: [&str; 6] = [
        "0041;A;Lu;0;L;;;;;N;;;;0061;\n",
        "005B;BRACKET;Ps;0;ON;;;;;Y;;;;;\n",
        "00C5;A WITH RING;Lu;0;L;0041 030A;;;;N;;;;00E5;\n",
        "3400;<Ideograph, First>;Lo;0;L;;;;;N;;;;;\n",
        "4DBF;<Ideograph, Last>;Lo;0;L;;;;;N;;;;;\n",
        "FFB7;HALFWIDTH;Lo;0;L;<narrow> 3147;;;;N;;;;;\n",
    ];

    const EXPL3: &Reader = &READERS[0];
    const LOADER: &Reader = &READERS[1];

    /// The lines with these numbers.
    fn some(lines: &[usize]) -> Vec<u8> {
        lines.iter().map(|&line| LINES[line]).collect::<String>().into_bytes()
    }

    #[test]
    fn lines_of_which_a_reader_makes_nothing_are_left_out() {
        let all = LINES.concat().into_bytes();
        assert_eq!(shortened(&all, EXPL3.ignores), Some(some(&[0, 2, 3, 4])));
        assert_eq!(shortened(&all, LOADER.ignores), Some(some(&[0, 2, 3, 4, 5])));
        for other in [&some(&[1, 0]), b"0041\n\n".as_slice()] {
            assert_eq!(shortened(other, EXPL3.ignores), None, "in no order, or something else");
        }
        assert_eq!(shortened(b"0041;A;Po\n", LOADER.ignores), Some(b"0041;A;Po\n".into()));
        for (category, upper, is_left_out) in
            [("Po", "", true), ("Sm", "", true), ("So", "24B6", false), ("Pe", "", false)]
        {
            let line = format!("24D0;A;{category};0;L;;;;;N;;;{upper};;\n").into_bytes();
            let expected = if is_left_out { Vec::new() } else { line.clone() };
            assert_eq!(shortened(&line, LOADER.ignores), Some(expected), "{category}");
        }
    }

    #[test]
    fn only_a_known_reader_gets_less_than_there_is() {
        let data = LINES.concat().into_bytes();
        for (reader, short, old, new) in [
            (EXPL3, some(&[0, 2, 3, 4]), "#6 ; #7 ; #8 ; #9 ;", "#6 ; #7 ; #9 ; #8 ;"),
            (LOADER, some(&[0, 2, 3, 4, 5]), "=999 %", "=998 %"),
        ] {
            let name = reader.file;
            let known = String::from_utf8(installed(name)).unwrap();
            let Some(faster) = reader.faster(known.as_bytes()) else { continue };
            let other = known.replacen(old, new, 1);
            assert_ne!(other, known);
            let twice = known.clone() + "\n" + reader.open;
            type Files<'a> = &'a [(&'a str, &'a [u8])];
            let table: &[(Files, bool)] = &[
                (&[(name, known.as_bytes())], true),
                (&[(name, known.as_bytes()), ("cmr10.tfm", b"")], true),
                (&[(name, known.as_bytes()), (DATA, &data)], true),
                (&[(name, known.as_bytes()), ("other.tex", b"")], false),
                (&[(name, known.as_bytes()), (name, other.as_bytes())], false),
                (&[(name, twice.as_bytes())], false),
                (&[], false),
            ];
            for (before, is_shortened) in table {
                let mut unicode = UnicodeData::default();
                let mut serve = |name: &str, contents: &[u8]| {
                    let handle = in_memory(name, contents.to_vec());
                    read(unicode.serve(name, OpenResult::Ok((handle, None))))
                };
                for (name, contents) in *before {
                    let is_known = *contents == known.as_bytes();
                    let expected = if is_known { &faster } else { *contents };
                    let served = serve(name, contents);
                    assert!(*name == DATA || served == expected, "{name}");
                }
                let expected = if *is_shortened { &short } else { &data };
                let names: Vec<_> = before.iter().map(|(name, _)| name).collect();
                assert_eq!(serve(DATA, &data), *expected, "after {names:?}");
            }
        }
    }

    /// What TeX tells of each line of the data by `\tell:w`.
    fn told_by_line(tell: &str) -> String {
        let each = r##"\ior_open:Nn \g_tmpa_ior {UnicodeData.txt}
\ior_str_map_inline:Nn \g_tmpa_ior {\tell:w #1\q_stop}
\ExplSyntaxOff
\documentclass{article}
\begin{document}
a
\end{document}
"##;
        build_in(&[tell, each].concat(), &[]).unwrap().log
    }

    /// Lets TeX tell the codes of each character that has a line, and those of ranges where they are
    /// not the character itself.
    const TELLING_CODES: &str = r##"\ExplSyntaxOn
\cs_new:Npn \codes:n #1
  {\the\catcode#1,\the\lccode#1,\the\uccode#1,\the\sfcode#1}
\tl_new:N \l_first_tl
\cs_new_protected:Npn \tell:w #1;#2;#3;#4\q_stop {
  \iow_log:x {code:#1:\codes:n {"#1}}
  \str_if_in:nnT {#2} {First>} {\tl_set:Nn \l_first_tl {#1}}
  \str_if_in:nnT {#2} {Last>} {
    \int_step_inline:nnn {"\l_first_tl} {"#1} {
      \str_if_eq:eeF {\codes:n {##1}}
        {\str_if_eq:eeTF {\str_head:n {#3}} {L} {11,##1,##1,1000} {12,0,0,1000}}
        {\iow_log:x {range:\codes:n {##1}}}}}}
"##;

    /// The codes of a line's character, as the loader says in its first lines.
    fn codes(fields: &[&str]) -> [i64; 4] {
        let code_point = hex(fields[0]);
        let (category, upper, lower) = (fields[2], fields[12], fields[13]);
        let case = |digits: &str, none| if digits.is_empty() { none } else { hex(digits) };
        if !category.starts_with(['L', 'M']) {
            let space = if ["Pe", "Pf"].contains(&category) { 0 } else { 1000 };
            return [12, case(lower, 0), case(upper, 0), space];
        }
        let lower = if ["Lu", "Lt"].contains(&category) { lower } else { "" };
        let upper = if ["Ll", "Lt"].contains(&category) { upper } else { "" };
        let space = if category == "Lu" { 999 } else { 1000 };
        [11, case(lower, code_point), case(upper, code_point), space]
    }

    #[test]
    fn characters_have_the_codes_of_their_category_and_cases() {
        let log = told_by_line(TELLING_CODES);
        let data = String::from_utf8(installed(DATA)).unwrap();
        let mut others = Vec::new();
        for (line, told) in data.lines().zip(told(&log, "code:")) {
            let fields: Vec<&str> = line.split(';').collect();
            let (name, found) = told.split_once(':').unwrap();
            assert_eq!(name, fields[0]);
            let found: Vec<i64> = found.split(',').map(|code| code.parse().unwrap()).collect();
            let is_range = ["First>", "Last>"].iter().any(|end| fields[1].ends_with(end));
            // LaTeX itself gives codes to ASCII and to the soft hyphen.
            let is_latex_own = name < "0080" || name == "00AD";
            if !is_range && !is_latex_own && found != codes(&fields) {
                others.push((name.to_owned(), found, codes(&fields)));
            }
        }
        assert_eq!(others, []);
        let ranges: Vec<&str> = told(&log, "range:").collect();
        assert_eq!(ranges, [""; 0]);
    }

    /// Lets expl3 tell what it knows: its tables for the upper and the lower case, of which one has
    /// the number of the block that 64 code points find their differences in; and its constants.
    const TELLING: &str = r##"\ExplSyntaxOn
\clist_map_inline:nn {uppercase, lowercase} {
  \clist_map_inline:nn {index, blocks} {
    \int_step_inline:nn {\intarray_count:c {c__codepoint_#1_##1_intarray}} {
      \iow_log:x {#1-##1:\intarray_item:cn {c__codepoint_#1_##1_intarray} {####1}}}}}
\cs_new_protected:Npn \tell:w #1;#2\q_stop {
  \clist_map_inline:nn {titlecase, nfd} {
    \tl_if_exist:cT {c__codepoint_##1_\codepoint_str_generate:n {"#1}_tl} {
      \iow_log:x {##1:#1:\exp_args:Nv \tl_to_str:n
        {c__codepoint_##1_\codepoint_str_generate:n {"#1}_tl}}}}}
"##;

    /// What stands on lines of the log that begin so.
    fn told<'a>(log: &'a str, start: &str) -> impl Iterator<Item = &'a str> {
        log.lines().filter_map(move |line| line.strip_prefix(start))
    }

    fn numbers(log: &str, start: &str) -> Vec<i64> {
        told(log, start).map(|number| number.parse().unwrap()).collect()
    }

    fn hex(digits: &str) -> i64 {
        i64::from_str_radix(digits, 16).unwrap()
    }

    /// A code point and others that it becomes.
    fn words<'a>(parts: &[&'a str]) -> Vec<&'a str> {
        let others = |c: char| !c.is_ascii_hexdigit();
        parts.iter().flat_map(|part| part.split(others)).filter(|word| !word.is_empty()).collect()
    }

    #[test]
    fn latex_knows_every_case_and_decomposition_of_the_data() {
        if EXPL3.faster(&installed(EXPL3.file)).is_none() {
            return;
        }
        let log = told_by_line(TELLING);
        let data = String::from_utf8(installed(DATA)).unwrap();
        let lines: Vec<Vec<&str>> = data.lines().map(|line| line.split(';').collect()).collect();
        for (case, field) in [("uppercase", 12), ("lowercase", 13)] {
            let mut expected = vec![0; char::MAX as usize + 1];
            for line in lines.iter().filter(|line| !line[field].is_empty()) {
                expected[hex(line[0]) as usize] = hex(line[field]) - hex(line[0]);
            }
            let blocks = numbers(&log, &format!("{case}-blocks:"));
            let blocks: Vec<&[i64]> = blocks.chunks(64).collect();
            let index = numbers(&log, &format!("{case}-index:"));
            let found: Vec<_> = index.iter().map(|&number| blocks[number as usize - 1]).collect();
            assert!(found.concat() == expected, "{case}");
        }
        // Title cases of several letters are from another file.
        let titles = told(&log, "titlecase:").filter(|line| line.ends_with("}{}{}"));
        let expected = lines.iter().filter(|line| line[12] != line[14]);
        let expected: Vec<_> = expected.map(|line| words(&[line[0], line[14]])).collect();
        assert_eq!(titles.map(|line| words(&[line])).collect::<Vec<_>>(), expected);
        assert!(!expected.is_empty());

        let expected = lines.iter().filter(|line| !line[5].is_empty() && !line[5].starts_with('<'));
        let expected: Vec<_> = expected.map(|line| words(&[line[0], line[5]])).collect();
        assert_eq!(told(&log, "nfd:").map(|line| words(&[line])).collect::<Vec<_>>(), expected);
    }
}
