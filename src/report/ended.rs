//! What ends the document before its last template: TeX reads no further, and says nothing.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::latex::is_command;

const BEGIN: &str = "\\begin{document}";
const END: &str = "\\end{document}";
/// The document is one file for TeX.
const END_OF_FILE: &str = "\\endinput";

/// The first of them that the document does not end with, in what is [`live`](super::live::live) of
/// it, with its bytes. What stands behind the last `\end{document}` is the writer's own.
pub fn too_early(live: &str) -> Option<(Range<usize>, Diagnostic)> {
    let body = live.find(BEGIN)? + BEGIN.len();
    let last = live.rfind(END).unwrap_or(live.len());
    let text = live.get(body..last)?;
    let file = text.match_indices(END_OF_FILE).find(|&(at, end)| is_command(&text[at..], end));
    let (at, end) = text.match_indices(END).next().into_iter().chain(file).min()?;
    let at = body + at..body + at + end.len();
    let error = Diagnostic::error(format!("{end} ends the document here: the rest is not printed"))
        .help("take it out: report.tex ends the document, behind all templates");
    Some((at, error))
}

#[cfg(test)]
mod tests {
    use super::super::live::live;
    use super::*;

    #[test]
    fn what_stands_behind_the_end_is_missed() {
        for (body, found) in [
            ("a \\end{document} b \\end{document}", Some("\\end{document}")),
            ("a \\endinput\nb \\end{document}\n", Some("\\endinput")),
            ("a \\end{document}\n % b\n", None),
            ("a \\end{document}\nNotes: \\endinput\n", None),
            ("% \\end{document}\na \\verb|\\endinput| \\endinputs \\end{document}\n", None),
            (
                "\\begin{filecontents*}{a.sty}\n\\endinput\n\\end{filecontents*} \\end{document}",
                None,
            ),
        ] {
            let latex = format!("\\newcommand{{\\stop}}{{\\endinput}}\\begin{{document}}{body}");
            let at = too_early(&live(&latex)).map(|(at, _)| &latex[at]);
            assert_eq!(at, found, "{latex}");
        }
    }
}
