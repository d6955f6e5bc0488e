//! Text on its way into LaTeX.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use tera::Value;

/// LaTeX that is ready to be set: templates print it as it is, where other texts are escaped.
///
/// Under any other serialiser it is a plain string: a view that went through `serde_json::Value`
/// has lost the difference.
#[derive(Clone, Debug, Default, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Latex(pub String);

impl Serialize for Latex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // tera hands its own values through its serialiser untouched, safety included.
        Value::safe_string(&self.0).serialize(serializer)
    }
}

impl From<String> for Latex {
    fn from(latex: String) -> Self {
        Self(latex)
    }
}

impl std::fmt::Display for Latex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The LaTeX that prints `text` as it was typed, in text mode.
///
/// Besides TeX's ten special characters these change: `<`, `>`, `|` and `"` (OT1 fonts have other
/// glyphs there), the backquote and the apostrophe (a quote typed straight stays straight), and
/// what Computer Modern's ligatures would join (`--`, `<<`, `,,`, ``?` ``, ``!` ``). A line end
/// becomes a space, so that an empty line does not begin a paragraph inside a title.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut previous = '\0';
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\textbackslash{}"),
            '{' | '}' | '$' | '&' | '#' | '_' | '%' => {
                out.push('\\');
                out.push(c);
            }
            '^' => out.push_str("\\textasciicircum{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '<' => out.push_str("\\textless{}"),
            '>' => out.push_str("\\textgreater{}"),
            '|' => out.push_str("\\textbar{}"),
            '"' => out.push_str("\\textquotedbl{}"),
            '\'' => out.push_str("\\textquotesingle{}"),
            '`' => out.push_str("\\textasciigrave{}"),
            '-' | ',' if previous == c => {
                out.push_str("{}");
                out.push(c);
            }
            '\r' if !text.contains('\n') => out.push(' '),
            '\r' => {}
            '\n' => out.push(' '),
            _ => out.push(c),
        }
        previous = c;
    }
    out
}

/// [`escape`] in the form that tera calls.
pub(super) fn escape_to(text: &str, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(escape(text).as_bytes())
}
