//! What ends the document before its last template: TeX reads no further, and says nothing.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::latex::is_command;

/// Commands behind which nothing is read. The document is one file for TeX.
const ENDS: [&str; 2] = ["\\end{document}", "\\endinput"];

/// The first of them in what is [`live`](super::live::live) of a document, if anything stands
/// behind it, with its bytes.
pub fn too_early(live: &str) -> Option<(Range<usize>, Diagnostic)> {
    let found = |end: &'static str| {
        let is_it = |at: &usize| end.ends_with('}') || is_command(&live[*at..], end);
        let at = live.match_indices(end).map(|(at, _)| at).find(is_it)?;
        Some(at..at + end.len())
    };
    let at = ENDS.into_iter().filter_map(found).min_by_key(|at| at.start)?;
    let end = &live[at.clone()];
    let error = Diagnostic::error(format!("{end} ends the document here: the rest is not printed"))
        .help("take it out: report.tex ends the document, behind all templates");
    (!live[at.end..].trim().is_empty()).then_some((at, error))
}

#[cfg(test)]
mod tests {
    use super::super::live::live;
    use super::*;

    #[test]
    fn what_stands_behind_the_end_is_missed() {
        for (latex, found) in [
            ("a \\end{document} b", Some("\\end{document}")),
            ("a \\endinput\nb \\end{document}\n", Some("\\endinput")),
            ("a \\end{document}\n % b\n", None),
            ("% \\end{document}\na \\verb|\\endinput| \\endinputs \\end{document}\n", None),
        ] {
            let at = too_early(&live(latex)).map(|(at, _)| &latex[at]);
            assert_eq!(at, found, "{latex}");
        }
    }
}
