//! As much of LaTeX's grammar as it takes to look for something in a text.

#![allow(clippy::string_slice, reason = "ranges are of what was found in the same text")]

use std::ops::Range;

/// Commands that people type, without the backslash: LaTeX's own, and those of the AMS packages,
/// mathtools, graphicx, hyperref, booktabs and xcolor.
pub const COMMANDS: &str = "
addcontentsline addtocounter addtolength align alpha appendix approx arabic arccos arcsin arctan
arraystretch ast author backslash bar baselineskip begin beta bfseries big Big bigg Bigg bigcap
bigcup bigl bigr bigskip binom boldsymbol bot bottomrule boxed bullet cap caption cases cdot cdots
centering chapter chi circ cite clearpage cline cmidrule colon color colorbox cong coprod cos cosh
cot cup dag date ddot ddots DeclareMathOperator def delta Delta det dfrac dim displaystyle div
documentclass dot dots dotsb dotsc emph emptyset end ensuremath epsilon eqref equation equiv eta
euro exists exp fbox fill flushleft footnote footnotesize forall frac frametitle gamma Gamma gcd
geq gg grad hat hbox headheight hfill hline href hskip hspace huge Huge hyperref iff iiint iint
Im imath in include includegraphics index inf infty input int intertext iota item itshape jmath
kappa ker label lambda Lambda land langle large Large LARGE LaTeX lbrace lceil ldots left
leftarrow leq let lfloor lim liminf limits limsup line linebreak linewidth ln log lor lVert lvert
maketitle makebox mapsto mathbb mathbf mathcal mathfrak mathit mathop mathrm mathsf mathtt max
mbox medskip mid middle midrule min minipage mod mp mu multicolumn multirow nabla ne neg neq
newcommand newenvironment newline newpage newtheorem ni noindent nonumber norm not notag nu
omega Omega operatorname oplus otimes overbrace overline overset pagebreak pagestyle par
paragraph parbox parindent parskip partial perp phantom phi Phi pi Pi pm pmb prec prime prod
propto psi Psi providecommand qquad quad raggedright rangle ref renewcommand rfloor rho right
rightarrow Rightarrow rmfamily rule rVert rvert scriptsize scshape sec section setcounter
setlength shortintertext sigma Sigma sim simeq sin sinh small smallskip sqrt stackrel star
subparagraph subsection subset subseteq substack subsubsection succ sum sup supset sqsubset
table tableofcontents tag tan tanh tau text textbf textcolor textit textmd textnormal textrm
textsc textsf textsl textstyle texttt textup textwidth tfrac the theta Theta tilde times tiny
title to today top topmargin toprule triangle ttfamily underbrace underline underset uparrow
upsilon url usepackage varepsilon varphi vartheta vdots vec vee verb vfill vline vskip vspace
wedge widehat widetilde xi Xi xleftarrow xrightarrow zeta
";

/// Environments that people begin.
pub const ENVIRONMENTS: &str = "
abstract align aligned alignat array bmatrix cases center description displaymath document
enumerate equation figure flushleft flushright gather gathered itemize list lrbox math matrix
minipage multline pmatrix picture proof quotation quote smallmatrix split subequations table
tabbing tabular tabularx theorem tikzpicture titlepage verbatim verse vmatrix
";

/// What defines a command or an operator, without the backslash; its name follows.
pub const DEFINERS: [&str; 12] = [
    "newcommand",
    "renewcommand",
    "providecommand",
    "DeclareRobustCommand",
    "NewDocumentCommand",
    "RenewDocumentCommand",
    "ProvideDocumentCommand",
    "DeclareDocumentCommand",
    "DeclareMathOperator",
    "def",
    "gdef",
    "edef",
];

/// Environments whose contents are no LaTeX, also with a star.
pub const VERBATIM: [&str; 8] = [
    "verbatim",
    "Verbatim",
    "BVerbatim",
    "LVerbatim",
    "lstlisting",
    "minted",
    "comment",
    "filecontents",
];
/// Commands whose argument is none, between braces or two characters of a kind.
const INLINE: [&str; 3] = ["verb", "lstinline", "mintinline"];
/// Commands whose first argument is an address.
const ADDRESSES: [&str; 4] = ["url", "href", "path", "nolinkurl"];

/// The letters of a command whose backslash is behind us.
pub fn command_name(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len())]
}

/// Whether the text begins with this command, not with a longer one.
pub fn is_command(text: &str, command: &str) -> bool {
    text.strip_prefix(command)
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// What stands in the braces with which a text begins.
pub fn group(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('{')?;
    let length = inside.len() - behind_group(inside).len();
    inside.get(..length.checked_sub(1)?)
}

/// What follows the brace that closes a group whose opening one is behind us.
pub fn behind_group(text: &str) -> &str {
    let mut depth = 1_usize;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => {}
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        if depth == 0 {
            return &text[at + 1..];
        }
    }
    ""
}

/// Where a comment begins in a line, if one does.
pub fn comment(line: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match c {
            '%' if !escaped => return Some(at),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

/// What of a text is printed as typed, or read as an address: there `%` begins no comment, and a
/// backslash no command.
pub fn verbatim(latex: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = latex[at..].find(['\\', '%']) {
        at += next;
        if latex[at..].starts_with('%') {
            at += latex[at..].find('\n').unwrap_or(latex.len() - at);
            continue;
        }
        let name = command_name(&latex[at + 1..]);
        let behind = at + 1 + name.len();
        let inside = match name {
            "begin" => environment(&latex[behind..]),
            _ if INLINE.contains(&name) => inline(&latex[behind..]),
            _ if ADDRESSES.contains(&name) => {
                group(&latex[behind..]).map(|inside| 1..1 + inside.len())
            }
            _ => None,
        };
        let inside = inside.map(|inside| behind + inside.start..behind + inside.end);
        // A control symbol takes its character with it.
        let symbol = latex[behind..].chars().next().filter(|_| name.is_empty());
        at = inside.as_ref().map_or(behind + symbol.map_or(0, char::len_utf8), |inside| inside.end);
        found.extend(inside);
    }
    found
}

/// The inside of a verbatim environment, its `\begin` behind us.
fn environment(text: &str) -> Option<Range<usize>> {
    let name = group(text)?;
    VERBATIM.contains(&name.trim_end_matches('*')).then_some(())?;
    let start = name.len() + "{}".len();
    let length = text[start..].find(&format!("\\end{{{name}}}"))?;
    Some(start..start + length)
}

/// What stands between the two characters of `\verb|…|`, or in the braces of `\lstinline{…}`.
fn inline(text: &str) -> Option<Range<usize>> {
    let line = text.split('\n').next()?;
    let mut rest = line.trim_start_matches('*');
    if let Some((_, behind)) = rest.strip_prefix('[').and_then(|options| options.split_once(']')) {
        rest = behind;
    }
    let mark =
        rest.chars().next().filter(|c| !c.is_alphanumeric() && !c.is_whitespace() && *c != '}')?;
    let start = line.len() - rest.len() + mark.len_utf8();
    let close = if mark == '{' { '}' } else { mark };
    Some(start..start + line[start..].find(close)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(latex: &str) -> Vec<&str> {
        verbatim(latex).into_iter().map(|at| &latex[at]).collect()
    }

    #[test]
    fn what_is_printed_as_typed_is_found() {
        assert_eq!(inside("\\begin{verbatim*}\n\\[\n\\end{verbatim*} \\["), ["\n\\[\n"]);
        assert_eq!(inside("\\verb|50%| and \\verb*+\\+, \\verb"), ["50%", "\\"]);
        assert_eq!(inside("\\lstinline[a=b]!c! \\lstinline{a%}"), ["c", "a%"]);
        assert_eq!(inside("\\url{a/5%20b} \\href{a%b}{c%}"), ["a/5%20b", "a%b"]);
    }

    #[test]
    fn comments_and_other_commands_are_not() {
        for latex in [
            "% \\verb|a|",
            "\\\\verb|a|",
            "\\verbatim|a|",
            "\\verb|a\n|",
            "\\path (0,0) -- (1,1);",
            "\\begin{center}a\\end{center}",
            "\\newcommand{\\code}{\\verb}",
        ] {
            assert_eq!(inside(latex), Vec::<&str>::new(), "{latex}");
        }
    }
}
