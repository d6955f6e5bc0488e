//! A pass in which sections are taken over.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::ops::Range;
use std::rc::Rc;

use tectonic::digest::{self, Digest, DigestData};

use super::kept::{Kept, Section};
use super::{Layout, Place, Sections};
use crate::tex::Message;
use crate::tex::auxiliary::Auxiliary;
use crate::tex::files::digest_of;
use crate::tex::format::Made;
use crate::tex::session::Shared;
use crate::tex::xdv::{self, Xdv};

/// The file that TeX reads at first, and the line that reads it.
pub(in crate::tex) const PRELUDE_FILE: &str = "gradproof-sections.tex";
pub(in crate::tex) const READ_PRELUDE: &str =
    "\\csname @@input\\endcsname gradproof-sections.tex %";
/// The one that it writes to between sections.
pub(in crate::tex) const STATE_FILE: &str = "gradproof-state.tex";
const PRELUDE: &str = include_str!("prelude.tex");
/// Behind the line before a section.
pub(in crate::tex) const BEFORE_SECTION: &str = "\\gradproofsection";

/// The files that were written, by their names.
pub(in crate::tex) type Written = Rc<RefCell<HashMap<String, Shared>>>;

/// Whether another pass may read what is written to this file: labels, outlines and the like, not
/// pages.
pub(in crate::tex) fn is_for_a_pass(name: &str) -> bool {
    !name.ends_with(".xdv") && name != STATE_FILE
}

/// The sections of a pass, as far as it has come.
#[derive(Debug)]
pub(in crate::tex) struct Taking {
    /// Names of what a section leaves to the next.
    macros: Vec<String>,
    place: Place,
    layout: Layout,
    /// What else the pages hang on, but for the set-up.
    circumstances: String,
    /// What the last build has left.
    last: Option<Kept>,
    begun: Vec<Begun>,
}

/// A section that TeX has come to.
#[derive(Debug)]
struct Begun {
    /// What those before it have left behind.
    state: String,
    /// The files that were written, and how much of each.
    files: HashMap<String, (Shared, usize)>,
    /// The section of the last build that stands for it.
    taken: Option<usize>,
}

impl Taking {
    /// For a document that is read with the format of this name, at this place.
    pub fn new(
        sections: &Sections,
        place: Place,
        format: &str,
        handed: &Auxiliary,
        last: Option<Kept>,
    ) -> Self {
        let mut hash = digest::create();
        for part in [format.as_bytes(), PRELUDE.as_bytes(), &handed.to_bytes()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let circumstances = DigestData::from(hash).to_string();
        let (layout, macros) = (Layout::of(sections, place), sections.macros.clone());
        Self { macros, place, layout, circumstances, last, begun: Vec::new() }
    }

    /// What TeX reads first.
    pub fn prelude(&self) -> String {
        let macros: String =
            self.macros.iter().map(|name| format!("\\gradproofmacro{{{name}}}")).collect();
        format!("\\gdef\\gradproofmacros{{{macros}}}%\n{PRELUDE}")
    }

    /// Takes the sections of the whole document in, of which `known` bytes of the text were there;
    /// false if the sections in these are others.
    pub fn extend(&mut self, whole: Option<&Sections>, known: usize) -> bool {
        let Some(whole) = whole.map(|whole| Layout::of(whole, self.place)) else { return false };
        let begins_so = whole.beginning(known) == self.layout;
        self.layout = whole;
        begins_so
    }

    /// Whether the section that comes next begins at this byte of the text.
    pub fn begins_at(&self, byte: usize) -> bool {
        self.layout.starts.get(self.begun.len()) == Some(&byte)
    }

    /// Whether TeX is not to read the lines at this byte of the text.
    pub fn leaves_out(&self) -> bool {
        self.begun.last().is_some_and(|begun| begun.taken.is_some())
    }

    /// Whether it is known where the next section ends.
    pub fn knows_next(&self) -> bool {
        self.layout.starts.len() > self.begun.len() + 1
    }

    /// Begins the next section of `text` after this state. If it is taken over, gives the line that
    /// TeX reads in place of all its lines; and what the section writes is written.
    ///
    /// # Errors
    /// Where the section before has not left behind what it was expected to.
    pub fn begin(
        &mut self,
        text: &[u8],
        state: String,
        written: &Written,
    ) -> io::Result<Option<String>> {
        if let Some(section) = self.begun.last().and_then(|begun| self.section(begun))
            && section.after != state
        {
            return Err(io::Error::other("a section that was left out left something else behind"));
        }
        if self.begun.is_empty() {
            let key = self.key(text);
            self.last = self.last.take().filter(|last| last.key == key);
        }
        let written = written.borrow();
        let files = written.iter().filter(|(name, _)| is_for_a_pass(name)).map(|(name, file)| {
            let length = file.borrow().len();
            (name.clone(), (Rc::clone(file), length))
        });
        let files = files.collect();
        let taken = self.range(self.begun.len()).and_then(|range| self.find(text, range, &state));
        let begun = Begun { state, files, taken };
        let line = self.section(&begun).map(|section| {
            for (name, bytes) in &section.wrote {
                if let Some(file) = written.get(name) {
                    file.borrow_mut().extend(bytes.as_bytes());
                }
            }
            restored(&section.after)
        });
        self.begun.push(begun);
        Ok(line)
    }

    /// The bytes of a section in the text, but for the last one.
    fn range(&self, index: usize) -> Option<Range<usize>> {
        let starts = &self.layout.starts;
        Some(*starts.get(index)?..*starts.get(index + 1)?)
    }

    /// The section of the last build with this text and state.
    fn find(&self, text: &[u8], range: Range<usize>, state: &str) -> Option<usize> {
        let digest = digest_of(text.get(range)?);
        let is_same = |section: &Section| section.text == digest && section.before == state;
        self.last.as_ref()?.sections.iter().position(is_same)
    }

    fn section(&self, begun: &Begun) -> Option<&Section> {
        self.last.as_ref()?.sections.get(begun.taken?)
    }

    fn key(&self, text: &[u8]) -> String {
        let setup = text.get(self.layout.setup.clone()).unwrap_or_default();
        format!("{} {}", self.circumstances, digest_of(setup))
    }

    /// Whether TeX has come to a section.
    pub fn has_begun(&self) -> bool {
        !self.begun.is_empty()
    }

    /// The build from which sections were taken.
    pub fn taken_from(&self) -> Option<&Kept> {
        self.last.as_ref().filter(|_| self.begun.iter().any(|begun| begun.taken.is_some()))
    }

    /// All pages of a pass that has set those in `own`; `None` if they do not make up the document.
    pub fn pages(&self, own: &[u8]) -> Option<Vec<u8>> {
        let Some(last) = self.taken_from() else { return Some(own.to_vec()) };
        let (own, last_xdv) = (Xdv::parse(own)?, Xdv::parse(&last.xdv)?);
        let firsts = self.first_pages()?;
        let mut set = (0..own.len()).map(|page| (&own, page));
        let mut pages: Vec<_> = set.by_ref().take(*firsts.first()?).collect();
        for (index, begun) in self.begun.iter().enumerate() {
            // The last one has what is left.
            let end = firsts.get(index + 1).copied().unwrap_or(pages.len() + set.len());
            match self.section(begun) {
                Some(section) => pages.extend(section.pages.clone().map(|page| (&last_xdv, page))),
                None => pages.extend(set.by_ref().take(end.checked_sub(pages.len())?)),
            }
            if pages.len() != end {
                return None;
            }
        }
        xdv::join(&pages)
    }

    /// How many pages there are before each section, as TeX has counted them.
    fn first_pages(&self) -> Option<Vec<usize>> {
        self.begun.iter().map(|begun| pages_before(&begun.state)).collect()
    }

    /// What is left for the next build of a document with these pages, of which this was said.
    pub fn keep(&self, text: &[u8], xdv: &[u8], messages: &[Message]) -> Option<Kept> {
        // What has no place in the document may be of any section.
        let place = |message: &Message| message.line.filter(|_| message.file.is_none());
        let said = messages.iter().map(place).collect::<Option<Vec<_>>>()?;
        if self.begun.len() != self.layout.starts.len() {
            return None;
        }
        let firsts = self.first_pages()?;
        let mut sections = Vec::new();
        let ends = self.begun.iter().zip(&firsts).skip(1);
        for (index, ((begun, first), (end, after))) in
            self.begun.iter().zip(&firsts).zip(ends).enumerate()
        {
            let range = self.range(index)?;
            let lines = line(text, range.start)?..line(text, range.end)?;
            if said.iter().any(|line| lines.contains(line)) {
                continue;
            }
            let Some(wrote) = wrote(begun, end) else { continue };
            let (text, pages) = (digest_of(text.get(range)?), *first..*after);
            let (before, after) = (begun.state.clone(), end.state.clone());
            sections.push(Section { text, before, after, wrote, pages });
        }
        let (key, xdv) = (self.key(text), xdv.to_vec());
        Some(Kept { key, sections, xdv, made: Made::default() })
    }
}

/// The number that a state begins with.
fn pages_before(state: &str) -> Option<usize> {
    state.split(' ').next()?.parse().ok()
}

/// What brings a state about: all its lines but the first, in one. In the names that LaTeX keeps, `@`
/// is a letter.
fn restored(state: &str) -> String {
    let code: String = state.lines().skip(1).collect();
    format!("\\begingroup\\catcode64=11\\relax {code}\\endgroup")
}

/// The 1-based line of a byte.
fn line(text: &[u8], byte: usize) -> Option<u32> {
    let before = text.get(..byte)?.iter().filter(|&&byte| byte == b'\n').count();
    u32::try_from(before + 1).ok()
}

/// What was written to each file between two places; `None` if a file is not the same any more.
fn wrote(begin: &Begun, end: &Begun) -> Option<BTreeMap<String, String>> {
    let same = begin.files.len() == end.files.len();
    let mut wrote = BTreeMap::new();
    for (name, (file, start)) in begin.files.iter().filter(|_| same) {
        let (later, end) = end.files.get(name).filter(|(later, _)| Rc::ptr_eq(later, file))?;
        let bytes = later.borrow().get(*start..*end)?.to_vec();
        wrote.insert(name.clone(), String::from_utf8(bytes).ok()?);
    }
    same.then_some(wrote)
}
