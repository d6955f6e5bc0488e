//! The text of a `homework.toml`, read once.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;

use super::limits::MAX_FILE_BYTES;
use crate::diagnostic::{Diagnostic, Place, Result};

/// A text with the name under which it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file as the user named it, or `--set`.
    pub name: String,
    /// The whole text, without a byte order mark.
    pub text: Arc<str>,
}

impl Source {
    /// A text that did not come from a file; a byte order mark at its start is dropped.
    pub fn new(name: impl Into<String>, text: &str) -> Self {
        Self { name: name.into(), text: text.strip_prefix('\u{feff}').unwrap_or(text).into() }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Where it is missing or unreadable, larger than [`MAX_FILE_BYTES`], or not UTF-8.
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        // One byte more than allowed tells a file that is too large, however long it goes on.
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes))
            .map_err(|error| unreadable(&name, &error))?;
        if bytes.len() > MAX_FILE_BYTES {
            return Err(Diagnostic::error(format!("{name} is larger than 1 MiB"))
                .help("inputs are a few lines of TOML; is this the right file for --inputs?")
                .into());
        }
        match std::str::from_utf8(&bytes) {
            Ok(text) => Ok(Self::new(name, text)),
            Err(error) => Err(not_utf8(name, &bytes, error.valid_up_to()).into()),
        }
    }

    /// A place in this text; a range outside it is cut to it.
    pub(super) fn place(&self, range: std::ops::Range<usize>, label: &str) -> Place {
        let end = range.end.min(self.text.len());
        Place {
            name: self.name.clone(),
            text: self.text.clone(),
            span: range.start.min(end)..end,
            label: label.to_owned(),
        }
    }
}

fn unreadable(name: &str, error: &std::io::Error) -> Diagnostic {
    match error.kind() {
        ErrorKind::NotFound => Diagnostic::error(format!("there is no file {name}")).help(
            "run the command in the project's folder, where homework.toml is, or name another \
             file with --inputs FILE; `git checkout homework.toml` brings the original back",
        ),
        ErrorKind::IsADirectory => Diagnostic::error(format!("{name} is a folder"))
            .help("name the file in it: --inputs FOLDER/homework.toml"),
        _ => Diagnostic::error(format!("{name} cannot be read: {error}"))
            .help("check the file's permissions, or name another file with --inputs FILE"),
    }
}

fn not_utf8(name: String, bytes: &[u8], valid: usize) -> Diagnostic {
    // Each bad stretch shows as one replacement character, of three bytes.
    let source = Source { name, text: String::from_utf8_lossy(bytes).into() };
    Diagnostic::error(format!("{} is not UTF-8 text", source.name))
        .at(source.place(valid..valid + '\u{fffd}'.len_utf8(), "not UTF-8 from here"))
        .help("save the file as UTF-8 in your editor")
}
