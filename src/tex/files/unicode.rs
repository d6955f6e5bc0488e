//! The Unicode data that LaTeX is made with, without the lines that it makes nothing of.
//!
//! expl3, LaTeX's programming layer, takes the cases and the canonical decomposition of each code
//! point from `UnicodeData.txt`. That has some 35,000 lines, of which TeX reads ten in a
//! millisecond: most of the time in which a format was made. Seven of eight of them tell no case
//! and no decomposition, and these are left out for this one reading. Their code points are then
//! some that have no line, and to those expl3 gives the same entry, no difference to the upper and
//! to the lower case. So it is in the version that is known here; from any other no line is kept.

use std::io::{self, Read};
use std::path::PathBuf;

use tectonic::io::{InputHandle, OpenResult};

use super::digest_of;
use crate::tex::session::in_memory;

/// What formats are made by, besides the installed files.
pub(in crate::tex) const RULES: &str = include_str!("unicode.rs");

/// The file that has the reader, and what that reads.
const READER: &str = "expl3-code.tex";
const DATA: &str = "UnicodeData.txt";

/// Where the reader begins in its file, and the command after which the next file is open.
const BEGIN: &str = r"\int_const:Nn \c__codepoint_block_size_int";
const END: &str = r"\ior_open:Nn \g__codepoint_data_ior { CaseFolding.txt }";

/// The digest of all in between but the white space, in expl3 from December 2022 to June 2023.
/// Later ones take the general category from the data, too, which every line tells.
const KNOWN_READER: &str = "ce3151b23ca25a19963b73b4152646f722179863712720976080470f1313fa8d";

/// Follows TeX through the files it reads while a format is made.
#[derive(Debug, Default)]
pub(in crate::tex) struct UnicodeData {
    /// TeX is in the reader's file, and the reader is known.
    is_in_known_reader: bool,
}

/// A file that TeX opens, and its path.
type Opened = OpenResult<(InputHandle, Option<PathBuf>)>;

impl UnicodeData {
    /// Gives TeX the file of this name, shorter where that makes no difference.
    pub fn serve(&mut self, name: &str, opened: Opened) -> Opened {
        let OpenResult::Ok((handle, path)) = opened else { return opened };
        match self.contents(name, handle) {
            Ok(handle) => OpenResult::Ok((handle, path)),
            Err(e) => OpenResult::Err(e.into()),
        }
    }

    fn contents(&mut self, name: &str, mut handle: InputHandle) -> io::Result<InputHandle> {
        if name == READER || name == DATA && self.is_in_known_reader {
            let mut contents = Vec::new();
            handle.read_to_end(&mut contents)?;
            if name == READER {
                self.is_in_known_reader = is_known(&contents);
            } else if let Some(short) = shortened(&contents) {
                contents = short;
            }
            return Ok(in_memory(name, contents));
        }
        // TeX reads the metrics of a font, if any, before it reads on.
        self.is_in_known_reader &= name.ends_with(".tfm");
        Ok(handle)
    }
}

/// Whether this is a file whose reader is known, and reads the data once.
fn is_known(code: &[u8]) -> bool {
    let code = String::from_utf8_lossy(code);
    let reader = code
        .split_once(BEGIN)
        .and_then(|(_, rest)| rest.split_once(END))
        .map(|(reader, _)| reader.split_whitespace().collect::<String>());
    reader.is_some_and(|reader| digest_of(reader.as_bytes()) == KNOWN_READER)
        && code.matches(DATA).count() == 1
}

/// The data without the lines that tell nothing of a single code point; none where it is not a
/// list of code points in their order.
fn shortened(data: &[u8]) -> Option<Vec<u8>> {
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
        if !tells_nothing(&fields) {
            short.push_str(line);
        }
    }
    Some(short.into_bytes())
}

/// Whether a line has no case and no canonical decomposition, and is not an end of a range.
fn tells_nothing(fields: &[&str]) -> bool {
    let &[_, name, _, _, _, decomposition, _, _, _, _, _, _, upper, lower, title] = fields else {
        return false;
    };
    // What begins with a `<` is a compatibility decomposition.
    [upper, lower, title].iter().all(|case| case.is_empty())
        && (decomposition.is_empty() || decomposition.starts_with('<'))
        && !["First>", "Last>"].iter().any(|end| name.ends_with(end))
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

    fn short() -> Vec<u8> {
        [0, 2, 3, 4].map(|line| LINES[line]).concat().into_bytes()
    }

    #[test]
    fn lines_without_case_and_decomposition_are_left_out() {
        assert_eq!(shortened(LINES.concat().as_bytes()), Some(short()));
        assert_eq!(shortened([LINES[1], LINES[0]].concat().as_bytes()), None, "in no order");
        assert_eq!(shortened(b"0041\n\n"), None, "something else");
    }

    #[test]
    fn only_a_known_reader_gets_less_than_there_is() {
        let (known, data) = (installed(READER), LINES.concat().into_bytes());
        if !is_known(&known) {
            return;
        }
        let code = String::from_utf8(known.clone()).unwrap();
        let other = code.replacen("#6 ; #7 ; #8 ; #9 ;", "#6 ; #7 ; #9 ; #8 ;", 1).into_bytes();
        let twice = [&known, DATA.as_bytes()].concat();
        type Files<'a> = &'a [(&'a str, &'a [u8])];
        let table: &[(Files, bool)] = &[
            (&[(READER, &known)], true),
            (&[(READER, &known), ("cmr10.tfm", b""), (DATA, &data)], true),
            (&[(READER, &known), ("load-unicode-data.tex", b"")], false),
            (&[(READER, &known), (READER, &other)], false),
            (&[(READER, &twice)], false),
            (&[], false),
        ];
        for (before, is_shortened) in table {
            let mut unicode = UnicodeData::default();
            let mut serve = |name: &str, contents: &[u8]| {
                let handle = in_memory(name, contents.to_vec());
                read(unicode.serve(name, OpenResult::Ok((handle, None))))
            };
            for (name, contents) in *before {
                let served = serve(name, contents);
                assert!(*name == DATA || served == *contents, "{name} is served as it is");
            }
            let expected = if *is_shortened { short() } else { data.clone() };
            let names: Vec<_> = before.iter().map(|(name, _)| name).collect();
            assert_eq!(serve(DATA, &data), expected, "after {names:?}");
        }
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
\ior_open:Nn \g_tmpa_ior {UnicodeData.txt}
\ior_str_map_inline:Nn \g_tmpa_ior {\tell:w #1\q_stop}
\ExplSyntaxOff
\documentclass{article}
\begin{document}
a
\end{document}
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
        if !is_known(&installed(READER)) {
            return;
        }
        let log = build_in(TELLING, &[]).unwrap().log;
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
