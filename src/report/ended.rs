//! What ends the document before its last template: TeX reads no further, and says nothing.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::latex::{VERBATIM, is_command};

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

/// The first environment for text as typed that has no end: all that follows is in it. What is
/// [`live`](super::live::live) of others has no commands.
pub fn never(live: &str) -> Option<(Range<usize>, Diagnostic)> {
    let begins = live.match_indices("\\begin{").filter_map(|(at, begin)| {
        let (name, behind) = live[at + begin.len()..].split_once('}')?;
        let end = format!("\\end{{{name}}}");
        let is_open = VERBATIM.contains(&name.trim_end_matches('*')) && !behind.contains(&end);
        is_open.then(|| {
            let error = Diagnostic::error(format!("\\begin{{{name}}} is never ended"));
            (at..live.len() - behind.len(), error.help(format!("write {end} where it ends")))
        })
    });
    begins.min_by_key(|(at, _)| at.start)
}

#[cfg(test)]
mod tests {
    use super::super::live::live;
    use super::*;

    #[test]
    fn text_as_typed_that_has_no_end_is_told_at_its_beginning() {
        for (body, found) in [
            ("\\begin{verbatim}\n\\end{lstlisting}", Some("\\begin{verbatim}")),
            ("\\begin{lstlisting}[a=b]\n", Some("\\begin{lstlisting}")),
            ("\\begin{verbatim}\\begin{lstlisting}\n\\end{verbatim}", None),
            ("% \\begin{verbatim}\n\\verb|\\begin{verbatim}|", None),
            ("\\begin{center}", None),
        ] {
            let latex = format!("a {body} \\end{{document}}");
            assert_eq!(never(&live(&latex)).map(|(at, _)| &latex[at]), found, "{body}");
        }
    }

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
