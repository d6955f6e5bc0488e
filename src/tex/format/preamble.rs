//! Formats that have read a document's preamble: what is before its `\begin{document}`.
//!
//! A class and some packages take TeX longer to read than ten pages to set, and they are the same
//! from build to build. So the state of TeX at the end of the preamble is dumped, and a later build
//! with the same preamble begins there. It reads the rest of the document with a comment sign in
//! place of each line of the preamble, so that TeX's line numbers stay true.
//!
//! What comes out must be, byte for byte, what comes out without. That is made sure of in this way:
//! - The name of such a format has a digest in it of the preamble's text, the date, TeX's files and
//!   the [recipe](super::RECIPE); in its head stand the files that were read, and the names that
//!   were looked for among the user's files and not found.
//! - TeX itself dumps what it is: macros, registers, fonts, hyphenation. What it does not dump is
//!   looked at before: open files, conditionals, the interaction mode. What is on the page already
//!   (instructions of packages for the PDF, in the main) is put aside and comes back first.
//!   Native fonts are [another matter](super::fonts).
//! - A preamble that TeX has anything to say about, or that writes a file, gets no format: its
//!   messages belong to every build.
//! - At last the document is typeset with the new format, and it is kept only if the PDF is the one
//!   that was made without. A preamble that fails in any of this is *refused*, and that is kept in
//!   mind until a file of it changes.
//!
//! Making one takes as long as two passes and more, in vain for a preamble that changes with
//! every build. So it is made when a preamble is [seen](Known::Seen) for the second time.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use tectonic::digest::{self, Digest, DigestData};
use tectonic::{FORMAT_SERIAL, TexOutcome};

use super::kept::{Found, Kind, cached, keep, unexamined};
use super::{Format, Made, fonts};
use crate::tex::files::{Source, UNICODE_RULES, UserFiles};
use crate::tex::passes::{self, date_in_tex};
use crate::tex::session::{JOB, Session};
use crate::tex::status::Collector;
use crate::tex::{Document, log};

/// What a line begins with that ends a preamble.
const BEGIN: &str = "\\begin{document}";
/// What ends it.
pub const END: &str = "\\end{document}";

/// The file that a run opens which is about to dump.
pub(in crate::tex) const DUMP_FILE: &str = "gradproof-dump.tex";

/// Commands whose effect is not dumped and can't be asked for, or that ask for the characters of a
/// font that may be a stand-in.
const NOT_DUMPED: [&str; 9] = [
    "\\XeTeXdefaultencoding",
    "\\XeTeXinputencoding",
    "\\iffontchar",
    "\\fontchar",
    "\\XeTeXfonttype",
    "\\XeTeXglyph",
    "\\uniformdeviate",
    "\\normaldeviate",
    "\\setrandomseed",
];

/// The preamble of a document and what comes after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::tex) struct Parts<'a> {
    pub preamble: &'a str,
    pub rest: &'a str,
}

impl<'a> Parts<'a> {
    /// Cuts before the first line that begins with `\begin{document}`; `None` without such a line.
    pub fn of(source: &'a str) -> Option<Self> {
        let mut start = 0;
        for line in source.split_inclusive('\n') {
            if line.trim_start().starts_with(BEGIN) {
                let (preamble, rest) = source.split_at(start);
                return Some(Self { preamble, rest });
            }
            start += line.len();
        }
        None
    }

    /// The text for a TeX that has read the preamble: its lines are where they were.
    pub fn after_preamble(&self) -> String {
        "%\n".repeat(self.preamble.matches('\n').count()) + self.rest
    }
}

/// What the cache knows about a preamble.
#[derive(Debug)]
pub(in crate::tex) enum Known {
    /// The format that has read it.
    Format(Format),
    /// It can't be in a format.
    Refused,
    /// It was there in an earlier build, with the same files.
    Seen,
    /// Nothing.
    New,
    /// Nothing any more: its format was damaged.
    Damaged,
}

/// The place of a preamble's format in a cache.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Place {
    format: PathBuf,
    note: PathBuf,
}

/// What a note says.
const SEEN: &[u8] = b"seen";
const REFUSED: &[u8] = b"refused: ";

impl Place {
    /// Tells this preamble, with this date and these TeX files, from all others.
    pub(in crate::tex) fn name(&self) -> String {
        self.format.to_string_lossy().into_owned()
    }

    /// The place for the preamble of a document with this date, over TeX files of this digest.
    pub(in crate::tex) fn new(
        cache_dir: &Path,
        files: DigestData,
        parts: Parts,
        date: SystemTime,
    ) -> Self {
        let mut hash = digest::create();
        for part in [
            &files.to_string(),
            super::RECIPE,
            UNICODE_RULES,
            // Another program may have other stand-ins.
            env!("CARGO_PKG_VERSION"),
            &date_in_tex(date),
            parts.preamble,
        ] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let name = format!("{}{FORMAT_SERIAL}-{}", Kind::PREAMBLE.start, DigestData::from(hash));
        let path = |kind: Kind| cache_dir.join(format!("{name}{}", kind.end));
        Self { format: path(Kind::PREAMBLE), note: path(Kind::NOTE) }
    }

    /// Whether another process can be told where it is: names of folders need not be UTF-8.
    pub(in crate::tex) fn can_be_told(&self) -> bool {
        self.format.to_str().is_some()
    }

    /// What is there now.
    pub(in crate::tex) fn look(&self, user: &UserFiles) -> Known {
        let format = cached(&self.format, user);
        if let Found::Good(format) = format {
            return Known::Format(format);
        }
        if !matches!(format, Found::Nothing) {
            // It is in the way of a new one only.
            let _ = std::fs::remove_file(&self.format);
        }
        if matches!(format, Found::Damaged) {
            return Known::Damaged;
        }
        match cached(&self.note, user) {
            Found::Good(note) => match note.bytes() {
                Ok(note) if note == SEEN => Known::Seen,
                Ok(_) => Known::Refused,
                Err(_) => Known::New,
            },
            _ => Known::New,
        }
    }

    /// The format, if it is fit but for its image, at which nobody has looked. Nothing is mended, and
    /// nothing is lost that a message would tell.
    pub(in crate::tex) fn ready(&self, user: &UserFiles) -> Option<Format> {
        unexamined(&self.format, user)
    }

    /// Notes that a document with this preamble was typeset from these files. Where that can't be
    /// kept, formats can't be either.
    pub(in crate::tex) fn saw(&self, made: &Made) {
        let _ = keep(&self.note, SEEN, made);
    }

    /// Notes that this preamble can't be in a format, and why.
    pub(in crate::tex) fn refuse(&self, why: &str, made: &Made) {
        let _ = keep(&self.note, &[REFUSED, why.as_bytes()].concat(), made);
    }

    /// Takes a format that proved unfit away, and notes that there can be none.
    pub(in crate::tex) fn withdraw(&self, why: &str) {
        let _ = std::fs::remove_file(&self.format);
        self.refuse(why, &Made::default());
    }

    /// Keeps a format that has to be tried, under a name that no other process gives.
    pub(in crate::tex) fn put_on_trial(&self, made: Preloaded) -> io::Result<Trial> {
        let end = format!("{}{}", std::process::id(), Kind::TRIAL.end);
        let trial = self.format.with_extension(end);
        keep(&trial, &made.image, &made.made)?;
        Ok(Trial { path: trial, made: made.made })
    }

    /// Later builds use the format that was tried.
    pub(in crate::tex) fn accept(&self, trial: &Trial) {
        if std::fs::rename(&trial.path, &self.format).is_ok() {
            let _ = std::fs::remove_file(&self.note);
        }
    }
}

/// A format that is there to be tried.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Trial {
    path: PathBuf,
    /// The files that it was made from.
    pub(in crate::tex) made: Made,
}

impl Trial {
    /// The format, if it is there.
    pub(in crate::tex) fn format(&self, user: &UserFiles) -> Option<Format> {
        match cached(&self.path, user) {
            Found::Good(format) => Some(format),
            _ => None,
        }
    }

    /// Takes it away.
    pub(in crate::tex) fn end(&self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// A new format, and what it was made from.
#[derive(Debug)]
pub(in crate::tex) struct Preloaded {
    pub image: Vec<u8>,
    pub made: Made,
}

/// Makes a format of the preamble by a TeX that is loaded from `latex`.
///
/// # Errors
/// Why there can be none, for people who look into the cache, and the files that were read before
/// that was known.
pub(in crate::tex) fn make(
    parts: Parts,
    document: &Document,
    files: &mut dyn Source,
    latex: &Format,
    progress: &mut dyn FnMut(&str),
) -> Result<Preloaded, (String, Made)> {
    let made = Made::default();
    let mut maker = Maker { parts, document, files, latex, progress, made };
    let image = maker.note_fonts().and_then(|fonts| maker.dump(&fonts));
    match image {
        Ok(image) => {
            maker.made.extend(&latex.made);
            Ok(Preloaded { image, made: maker.made })
        }
        Err(why) => Err((why, maker.made)),
    }
}

struct Maker<'a> {
    parts: Parts<'a>,
    document: &'a Document<'a>,
    files: &'a mut dyn Source,
    latex: &'a Format,
    progress: &'a mut dyn FnMut(&str),
    /// What the last run has read.
    made: Made,
}

impl Maker<'_> {
    /// Reads the preamble to see which native fonts it selects.
    fn note_fonts(&mut self) -> Result<Vec<fonts::Font>, String> {
        let before = fonts::noting() + &date_in_tex(self.document.date);
        let mut written = self.run(&before, "\\gradproofend", Vec::new(), false)?;
        let notes = written.remove(fonts::NOTED).ok_or("no fonts were noted")?;
        fonts::noted(&String::from_utf8_lossy(&notes))
            .ok_or_else(|| "it selects fonts by unusual names".to_owned())
    }

    /// Reads the preamble with stand-ins for those fonts, and dumps.
    fn dump(&mut self, fonts: &[fonts::Font]) -> Result<Vec<u8>, String> {
        let date = date_in_tex(self.document.date);
        let before = fonts::standing_in(fonts) + &dumping(fonts, &date) + &date;
        let given = fonts::files(fonts).collect();
        let mut written = self.run(&before, "\\gradproofdump", given, true)?;
        let image = written.remove(&format!("{JOB}.fmt")).ok_or("the engine wrote no format")?;
        if let Some(name) = written.keys().next() {
            return Err(format!("it writes {name}"));
        }
        let own = self.made.own.iter().filter(|(_, found)| found.is_some());
        for name in own.map(|(name, _)| name) {
            let contents = UserFiles::new(self.document.include).read(name).unwrap_or_default();
            reject_undumped(&String::from_utf8_lossy(&contents))?;
        }
        reject_undumped(self.parts.preamble)?;
        Ok(image)
    }

    /// Runs TeX on the preamble between `before` and the command `after`. Gives what it wrote; TeX
    /// must have nothing to say.
    fn run(
        &mut self,
        before: &str,
        after: &str,
        given: Vec<(String, Vec<u8>)>,
        dumps: bool,
    ) -> Result<HashMap<String, Vec<u8>>, String> {
        let text = format!("{}{after}\n", self.parts.preamble);
        let user = UserFiles::new(self.document.include);
        let mut session = Session::new(text.as_bytes(), user, self.files);
        session.format = Some(self.latex);
        session.dumps = dumps;
        session.give(passes::DATE_FILE, before.as_bytes().to_vec());
        for (name, contents) in given {
            session.give(&name, contents);
        }
        let mut status = Collector::new(session.log.clone(), self.progress);
        let outcome = passes::tex(&mut session, &mut status, self.document.date, true);
        let log = session.log_text();
        self.made = session.made();
        let written = session.take_written();
        if let Some(message) = log::messages(&log, &status.take(), &text).first() {
            return Err(format!("TeX says about it: {message}"));
        }
        match outcome {
            Ok(TexOutcome::Spotless) if !log.contains("\\end occurred") => {}
            Ok(_) => return Err("TeX is not content with it".to_owned()),
            Err(message) => return Err(message),
        }
        Ok(written)
    }
}

fn reject_undumped(text: &str) -> Result<(), String> {
    match NOT_DUMPED.iter().find(|command| text.contains(**command)) {
        Some(command) => Err(format!("it has the command {command}")),
        None => Ok(()),
    }
}

/// TeX commands that define `\gradproofdump`: it sees to it that nothing is lost, and dumps a
/// format that begins by loading the real fonts and setting the date.
fn dumping(fonts: &[fonts::Font], date: &str) -> String {
    let (renewing, restoring) = (fonts::renewing(), fonts::restoring(fonts));
    let selected = fonts::selected(fonts);
    let closed: String = (0..16)
        .map(|stream| {
            format!("  \\ifeof{stream} \\else\\errmessage{{stream {stream} is open}}\\fi\n")
        })
        .collect();
    let put_aside = put_aside();
    let date = date.trim_end().trim_end_matches("\\endinput");
    format!(
        r"\catcode64=11
\edef\gradproof@mode{{\the\interactionmode}}
{renewing}\def\gradproof@restore{{%
  {date}%
{restoring}  \gradproof@select
  \unvbox{ASIDE}\relax}}
\let\gradproof@dump\dump
\def\gradproofdump{{%
  \edef\gradproof@level{{\the\currentiflevel}}%
  \ifnum\gradproof@level=0 \else\errmessage{{a conditional is open}}\fi
  \ifnum\interactionmode=\gradproof@mode\relax\else\errmessage{{another interaction mode}}\fi
  \ifnum\catcode37=14 \else\errmessage{{the comment sign has another meaning}}\fi
  \ifx\get@external@font\gradproof@given\else\errmessage{{another font selection}}\fi
{closed}{put_aside}  \let\get@external@font\gradproof@get
{selected}  \everyjob{{\gradproof@restore}}%
  \@@input {DUMP_FILE} %
  \gradproof@dump}}
\catcode64=12
"
    )
}

/// The box in which the page waits for the format to be used; no package counts so far.
const ASIDE: u32 = 32_766;

/// TeX commands that put what is on the page into the box [`ASIDE`].
///
/// TeX gives up a page only with a box on it, so an empty one is added, and taken off again with
/// the `\topskip` before it. What is not an instruction but has a size would come back with
/// another distance from what follows.
fn put_aside() -> String {
    format!(
        r"  \ifvmode\else\errmessage{{a paragraph has begun}}\fi
  \begingroup
    \output{{\global\setbox{ASIDE}=\vbox{{\unvbox255 \setbox0=\lastbox\unskip}}\global\deadcycles=0 }}%
    \hbox{{}}\penalty-10000
  \endgroup
  \ifdim\wd{ASIDE}=0pt \ifdim\ht{ASIDE}=0pt \ifdim\dp{ASIDE}=0pt
    \else\errmessage{{something is set}}\fi
    \else\errmessage{{something is set}}\fi
    \else\errmessage{{something is set}}\fi
"
    )
}

/// Lets the running engine dump a format, though it was started from one.
///
/// The engine dumps only when it was started without a format, in *initex mode*, and would then
/// have to read LaTeX first, which takes seconds. In web2c's TeX both go together
/// (`tex -ini &latex`); here, the flag that stands for the mode is set between the two.
#[allow(unsafe_code)]
pub(in crate::tex) fn allow_dump() {
    // SAFETY: the function compares the name, a C string, with those that it knows and sets a flag
    // of the engine. The engine is waiting for the file whose opening leads here, in this thread,
    // so nothing else reads the flag; every run of an engine sets it anew when it begins.
    unsafe {
        tectonic_engine_xetex::c_api::tt_xetex_set_int_variable(c"in_initex_mode".as_ptr(), 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_cut_before_the_line_that_begins_it_and_lines_stay_where_they_were() {
        let source =
            "\\documentclass{article}\n% no \\begin{document} yet\n  \\begin{document} a\nb\n";
        let parts = Parts::of(source).unwrap();
        assert_eq!(parts.preamble.len() + parts.rest.len(), source.len());
        assert_eq!(parts.rest, "  \\begin{document} a\nb\n");
        assert_eq!(parts.after_preamble(), "%\n%\n  \\begin{document} a\nb\n");
        assert_eq!(Parts::of("\\documentclass{article}\\begin{document}a\n"), None);
    }
}
