//! The finished PDF, read back as a stranger would.
//!
//! [`read`] knows nothing of how the file was made: it opens it with [`lopdf`], runs the drawing
//! operators of every page, and hands back what a grader's viewer has: text, fonts, paper, title,
//! bookmarks. [`check()`] compares that with what the homework should say, item by item, and finds
//! the pages to mark on Gradescope.
//!
//! Reading goes: bytes → page tree (`structure`, `bookmarks`) → operators (`content`) → glyphs
//! with their texts (`font`, `cmap`, `encoding`) → lines of text (`layout`) → [`numbers`].
//! Any bytes end in a [`ReadBack`] or in an [`Unreadable`], in bounded time and memory.

pub mod numbers;

mod bookmarks;
mod check;
mod cmap;
mod content;
mod encoding;
mod font;
mod layout;
mod locate;
mod operators;
mod origin;
mod readable;
mod report;
mod structure;
mod unreadable;

#[cfg(test)]
mod damaged;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use bookmarks::Bookmark;
pub use check::{Answer, Expected, Question, check};
pub use report::{Item, Report};
pub use structure::read;
pub use unreadable::Unreadable;

/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 200_000_000;

/// What a PDF says, by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadBack {
    /// The pages in their order; at least one.
    pub pages: Vec<Page>,
    /// The fonts in the order of their first use.
    pub fonts: Vec<FontInfo>,
    /// The natural language of the text, such as `en-US`.
    pub language: Option<String>,
    /// The document's properties (title, author, keywords, …), by their PDF names.
    pub properties: BTreeMap<String, String>,
    /// The outline, in the order of reading.
    pub bookmarks: Vec<Bookmark>,
    /// The size of the file.
    pub bytes: usize,
}

impl ReadBack {
    /// The title in the document's properties.
    pub fn title(&self) -> Option<&str> {
        self.properties.get("Title").map(String::as_str)
    }

    /// The author in the document's properties.
    pub fn author(&self) -> Option<&str> {
        self.properties.get("Author").map(String::as_str)
    }
}

/// A page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Width and height in points (1/72 in), as the page is shown.
    pub paper: (f64, f64),
    /// What is printed, in lines, in the order in which it is drawn. Scripts are marked as `^{…}`
    /// and `_{…}`; a glyph without text is U+FFFD.
    pub text: String,
}

/// A font that the document uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FontInfo {
    /// Its name, without the tag of a subset.
    pub name: String,
    /// Its glyphs are in the file.
    pub embedded: bool,
    /// At least one of its glyphs that are drawn has a text, so it can be searched and copied.
    pub has_text: bool,
    /// How many of its glyphs that are drawn have no text.
    pub without_text: usize,
}
