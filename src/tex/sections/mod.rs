//! Sections whose pages are those of the last build.
//!
//! Most of a document is what it was before an edit. Where the caller vouches for it, a document is
//! read as [`Sections`]: parts that begin on pages of their own and hand nothing on to each other but
//! counters and labels. Before each of them TeX ends the page and writes what the sections before
//! have left behind, its *state*. If section and state are those of the last build, in which TeX read
//! the same labels, and so is all else that a pass hangs on, then so would be the pages: in place of
//! the section TeX reads what brings about the state behind it, and its pages are taken over.
//!
//! The state is compared again behind a section that was left out. That, and a document that still
//! settles with the labels of the last build, is what a pass of this kind needs to count; any other is
//! made whole.

mod kept;
mod taking;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub(super) use kept::Kept;
pub(super) use taking::{
    BEFORE_SECTION, PRELUDE_FILE, READ_PRELUDE, STATE_FILE, Taking, Written, is_for_a_pass,
};

/// Where the parts of a document begin that hand nothing on to each other but counters and labels.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Sections {
    /// Byte at which the first pages begin. All sections hang on what is between
    /// `\begin{document}` and there.
    pub setup_end: usize,
    /// Byte, not before that, up to which documents are likely to be the same from build to build.
    pub likely: usize,
    /// Bytes at which the first line of each begins; there a page may end, and there is no comment on
    /// the line before. What is before the first is always set anew, and so is the last one.
    pub starts: Vec<usize>,
    /// Names of macros without parameters that a section leaves to the next.
    pub macros: Vec<String>,
}

impl Sections {
    /// Those that begin in the document's first bytes, or with the next one.
    pub fn of_beginning(&self, bytes: usize) -> Self {
        let starts = self.starts.iter().copied().filter(|&start| start <= bytes).collect();
        Self { starts, ..self.clone() }
    }
}

/// Where a document is in the text that TeX reads, which has another preamble.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The document's first byte after its preamble.
    pub document: usize,
    /// The same in the text.
    pub text: usize,
}

/// Where the sections are in the text that TeX reads.
#[derive(Debug, PartialEq)]
struct Layout {
    setup: Range<usize>,
    starts: Vec<usize>,
}

impl Layout {
    fn of(sections: &Sections, place: Place) -> Self {
        let at = |byte: usize| (byte + place.text).saturating_sub(place.document);
        let starts = sections.starts.iter().copied().map(at).collect();
        Self { setup: place.text..at(sections.setup_end), starts }
    }

    /// The sections that begin in the text's first bytes, or with the next one.
    fn beginning(&self, bytes: usize) -> Self {
        let starts = self.starts.iter().copied().filter(|&start| start <= bytes).collect();
        Self { setup: self.setup.clone(), starts }
    }
}
