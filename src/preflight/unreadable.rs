//! Why a file could not be read back at all.

use std::fmt;

use crate::diagnostic::Diagnostic;

/// A file that cannot be checked, because its pages cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// There is not a single byte.
    Empty,
    /// The file does not start as a PDF does.
    NotAPdf,
    /// More bytes than are read; see [`MOST_BYTES`](super::MOST_BYTES).
    TooLarge(usize),
    /// The end of the file is missing.
    Truncated,
    /// The pages are encrypted, with or without a password.
    Encrypted,
    /// It starts and ends as a PDF, and what is between makes no sense.
    Damaged(String),
    /// A document without pages.
    NoPages,
    /// More pages, text or nesting than a homework can have.
    Excessive(&'static str),
}

impl Unreadable {
    /// What to do about it.
    fn help(&self) -> &'static str {
        match self {
            Self::Empty | Self::Truncated | Self::Damaged(_) => {
                "it was not written or copied whole; run `build-pdf` again, and copy the file anew"
            }
            Self::NotAPdf => "name the PDF, such as output/homework3.pdf",
            Self::TooLarge(_) => "Gradescope takes files up to 100 MB; make pictures smaller",
            Self::Encrypted => {
                "Gradescope refuses protected files; hand in the PDF as `build-pdf` wrote it"
            }
            Self::NoPages => "run `build-pdf` again",
            Self::Excessive(_) => "this is no homework; hand in the PDF as `build-pdf` wrote it",
        }
    }

    /// The error to show for the file called `name`.
    pub fn diagnostic(&self, name: &str) -> Diagnostic {
        Diagnostic::error(format!("{name} {self}")).help(self.help())
    }
}

/// A predicate, to follow the file's name.
impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::NotAPdf => f.write_str("is not a PDF"),
            Self::TooLarge(bytes) => write!(f, "is too large: {} MB", bytes / 1_000_000),
            Self::Truncated => f.write_str("is incomplete: the end of the file is missing"),
            Self::Encrypted => f.write_str("is encrypted"),
            Self::Damaged(why) => write!(f, "is damaged: {why}"),
            Self::NoPages => f.write_str("has no pages"),
            Self::Excessive(what) => write!(f, "has too {what}"),
        }
    }
}

impl std::error::Error for Unreadable {}
