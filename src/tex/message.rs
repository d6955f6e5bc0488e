//! What TeX has to say, in a form that the rest of the program understands.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a [`Message`] is about.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub enum MessageKind {
    /// TeX or a LaTeX package could not make sense of the document.
    Error,
    /// The font has no glyph for a character, which is therefore not in the PDF.
    MissingCharacter {
        /// The character.
        character: char,
        /// The font, as TeX names it.
        font: String,
    },
    /// Contents that are larger than the box they are set in.
    Overfull {
        /// By how much, in TeX points (72.27 to the inch).
        points: f64,
        /// True for a line that is too wide, false for a page or box that is too high.
        horizontal: bool,
    },
    /// Contents that had to be stretched too much.
    Underfull {
        /// TeX's measure of ugliness, at most 10000.
        badness: u32,
        /// True for a line, false for a page or a vertical box.
        horizontal: bool,
    },
    /// A reference to a label that the document does not define.
    UndefinedReference {
        /// The label.
        label: String,
    },
    /// Any other warning.
    Warning,
}

/// One thing that TeX said about the document.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Message {
    /// What it is about.
    pub kind: MessageKind,
    /// The 1-based line at which TeX had arrived; of the document, unless `file` is set.
    pub line: Option<u32>,
    /// The file that TeX was reading, where it was not the document itself.
    pub file: Option<String>,
    /// The end of what TeX had read of that line: the mistake is usually its last word. Starts
    /// in the middle of the line where that is long.
    pub near: Option<String>,
    /// One sentence, lower case, without a full stop.
    pub text: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Message {
    /// A warning about no place in particular.
    pub(super) fn notice(text: impl Into<String>, help: Option<String>) -> Self {
        let kind = MessageKind::Warning;
        Self { kind, line: None, file: None, near: None, text: text.into(), help }
    }

    /// Whether the document could not be typeset because of this.
    pub fn is_error(&self) -> bool {
        self.kind == MessageKind::Error
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(f, "{file}:{line}: ")?,
            (Some(file), None) => write!(f, "{file}: ")?,
            (None, Some(line)) => write!(f, "line {line}: ")?,
            (None, None) => {}
        }
        f.write_str(&self.text)
    }
}

/// Why there is no PDF.
#[derive(Clone, Debug, Deserialize, Serialize, thiserror::Error)]
pub enum TexFailure {
    /// TeX's own files were not found, or not all that are needed.
    #[error("{message}")]
    NoTexFiles {
        /// What was looked for, and where.
        message: String,
        /// What to do about it.
        help: String,
    },
    /// The document has mistakes.
    #[error("{}", messages.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Document {
        /// At least one error; warnings too.
        messages: Vec<Message>,
        /// TeX's log.
        log: String,
    },
    /// The engine or its cache failed for a reason that is not in the document.
    #[error("{message}")]
    Engine {
        /// What failed.
        message: String,
        /// TeX's log, as far as it goes; may be empty.
        log: String,
    },
}

impl TexFailure {
    pub(super) fn engine(message: impl Into<String>) -> Self {
        Self::Engine { message: message.into(), log: String::new() }
    }
}
