//! Where a document can be cut, so that parts of it are taken from the last build: at its questions.
//!
//! Every question begins on a new page. What it prints hangs on its own text, the preamble and the
//! set-up, on labels, and on what the questions before it leave behind. With the preamble as the
//! program has it that is counters and the names of the last question, provided that no question
//! defines or sets anything else for good; so questions may hold only commands that are known to do
//! no such thing.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::defaults::{ROOT, TEMPLATES};
use crate::latex::{command_name, comment, group};

/// Ends the preamble.
const BEGIN: &str = "\n\\begin{document}";
/// What hangs on the inputs there.
const PAPER: &str = "<< doc.paper >>";
/// Ends the set-up, in a line of its own.
const SETUP_ENDS: &str = "% The pages begin here.";
/// What a question leaves to the next: see `\question` in report.tex.
const LEFT: [&str; 3] = ["questionlabel", "questionpage", "questionanchor"];
/// What begins a question, and the appendix.
const HEADINGS: [&str; 2] = ["\\question{", "\\beyond{"];
/// What the last one may do besides, as nothing comes after it.
const LAST: [&str; 2] = ["hypersetup", "writeproperties"];

/// Commands that leave nothing behind but counters and labels, or settings that TeX is asked for
/// between the questions (fonts, spaces).
const HARMLESS: &str = "
addvspace allowbreak alpha angle approx arccos arcsin arctan arraystretch ast asymp backslash bar
because beta beyond bfseries Big big Bigg bigg Biggl biggl Biggr biggr Bigl bigl bigm Bigr bigr
bigskip binom boldmath bot bottomrule boxed breve bullet cap caption cdot cdots centering check chi
circ cmidrule colon cong coprod cos cosh cot cup dagger dbinom ddot ddots deg Delta delta described
det dfrac diamond dim displaybreak displaystyle div dot dots dotsb dotsc ell em emph empty emptyset
endfirsthead endfoot endhead enspace epsilon equiv eta exists exp fbox figuretext fit flat footnote
footnotesize forall frac Gamma gamma gcd ge geq gg grave hat hbar hfill hline hphantom hspace Huge
huge iff Im imath implies in includegraphics inf infty ink int iota item itshape jmath joinedrules
kappa ker label Lambda lambda land langle LARGE Large large lbrace lceil ldots le left Leftarrow
leftarrow leftrightarrow leq lfloor lhd lim liminf limits limsup linewidth ll ln lnot log lor lVert
lvert makebox mapsto mathbb mathbf mathcal mathfrak mathit mathrm mathsf mathtt max mbox mdseries
medskip mid midrule min mp mu multicolumn nabla ne neg negthinspace neq newline ni nobreak noindent
nolimits nonumber normalfont normalsize not notag notin nu oint Omega omega ominus operatorname
oplus oslash otimes overbrace overline overset pagebreak pageref pages par parallel parbox partial
pd pdfbookmark perp phantom Phi phi Pi pi pictured picturedbeside pm prec prime prod propto Psi psi
put qquad quad question raggedright raisebox rangle rbrace rceil Re reduced ref relax resizebox
rfloor rho right Rightarrow rightarrow rlap rmfamily rotatebox rule rVert rvert scalebox scriptsize
scriptstyle scshape setminus sfdefault sffamily sharp Sigma sigma sim simeq sin sinh slshape small
smallskip smash sqrt square star step strut subset subseteq substack succ sum sup supset supseteq
surd T tan tanh tau text textasciicircum textasciigrave textasciitilde textbackslash textbar textbf
textgreater textit textless textmd textnormal textquotedbl textquotesingle textrm textsc textsf
textsl textstyle texttt textup textwidth tfrac therefore Theta theta thinspace tilde times tiny to
top toprule tr triangle ttfamily unboldmath underbrace underline underset uparrow upshape upsilon
url value varepsilon varphi varrho vartheta vdots vec vee Vert vert vphantom vspace wedge widehat
widetilde within Xi xi zeta
";

/// Environments of the same kind.
const ENVIRONMENTS: [&str; 35] = [
    "align",
    "align*",
    "aligned",
    "alignat*",
    "array",
    "asked",
    "bmatrix",
    "Bmatrix",
    "cases",
    "center",
    "concluded",
    "description",
    "document",
    "drawing",
    "enumerate",
    "equation",
    "equation*",
    "figure",
    "flushleft",
    "flushright",
    "gather",
    "gather*",
    "gathered",
    "itemize",
    "longtable",
    "matrix",
    "minipage",
    "multline*",
    "pmatrix",
    "quote",
    "smallmatrix",
    "split",
    "table",
    "tabular",
    "vmatrix",
];

static KNOWN: LazyLock<HashSet<&str>> = LazyLock::new(|| HARMLESS.split_whitespace().collect());

/// The cuts of a document.
#[derive(Debug, PartialEq)]
pub struct Cuts {
    /// Byte at which its pages begin, behind what sets them up.
    pub setup_end: usize,
    /// Bytes at which the lines begin that begin its questions, and the appendix.
    pub questions: Vec<usize>,
    /// Names of macros that a question leaves to the next.
    pub left: Vec<String>,
}

/// The cuts of a document; `None` where a question may hang on another, or on a preamble that is not
/// the program's own.
pub fn cuts(latex: &str) -> Option<Cuts> {
    has_own_preamble(latex).then(|| cuts_of_pages(latex))?
}

/// Whether a document has the preamble that is built in, for some size of paper.
fn has_own_preamble(latex: &str) -> bool {
    let preamble = |latex: &str| Some(latex.split_once(BEGIN)?.0.to_owned());
    let built_in = TEMPLATES.iter().find(|(name, _)| *name == ROOT);
    let expected = built_in.and_then(|(_, text)| preamble(&without_remarks(text)));
    let is_own = |expected: String| {
        let (before, after) = expected.split_once(PAPER)?;
        let paper = preamble(latex)?.strip_prefix(before)?.strip_suffix(after)?.to_owned();
        Some(paper.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    expected.and_then(is_own).unwrap_or(false)
}

/// A template without its remarks, and without the lines that they leave empty.
fn without_remarks(template: &str) -> String {
    let mut rest = template;
    let mut kept = String::with_capacity(template.len());
    while let Some((before, remark)) = rest.split_once("<#") {
        kept.push_str(before);
        let after = remark.split_once("#>").map_or("", |(_, after)| after);
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    kept + rest
}

fn cuts_of_pages(latex: &str) -> Option<Cuts> {
    let setup_end = latex.find(&format!("\n{SETUP_ENDS}"))? + 1;
    let mut questions = Vec::new();
    let (mut at, mut before) = (setup_end, "");
    for line in latex.get(setup_end..)?.split_inclusive('\n') {
        if HEADINGS.iter().any(|heading| line.starts_with(heading)) && comment(before).is_none() {
            questions.push(at);
        }
        (at, before) = (at + line.len(), line);
    }
    let last = *questions.last()?;
    let is_known = |word: &str| KNOWN.contains(word);
    let is_fit = leaves_nothing(latex.get(setup_end..last)?, is_known)
        && leaves_nothing(latex.get(last..)?, |word| is_known(word) || LAST.contains(&word));
    let left = LEFT.map(str::to_owned).into();
    (is_fit && questions.len() > 1).then_some(Cuts { setup_end, questions, left })
}

/// Whether a text has only commands of which that `is_known`.
fn leaves_nothing(latex: &str, is_known: impl Fn(&str) -> bool) -> bool {
    let mut rest = latex;
    while let Some(at) = rest.find(['\\', '%', '^']) {
        let (found, after) = rest.split_at(at + 1);
        if found.ends_with('%') {
            rest = after.find('\n').map_or("", |end| after.get(end..).unwrap_or_default());
            continue;
        }
        // Any character can be typed so, a backslash, too.
        if found.ends_with('^') {
            if after.starts_with('^') {
                return false;
            }
            rest = after;
            continue;
        }
        let name = command_name(after);
        let behind = after.get(name.len()..).unwrap_or_default();
        let is_fit = match name {
            // One sign: `\,`, `\%`, `\"`. Those of math and boxes begin and end something.
            "" => !after.starts_with('@'),
            "begin" | "end" => group(behind).is_some_and(|name| ENVIRONMENTS.contains(&name)),
            // Inside of environments, which end them.
            "renewcommand" => behind.starts_with("{\\arraystretch}"),
            "setlength" => behind.starts_with("{\\tabcolsep}"),
            "tabcolsep" | "else" | "fi" => true,
            name => is_known(name) && !behind.starts_with('@'),
        };
        if !is_fit {
            return false;
        }
        let skipped =
            if name.is_empty() { after.chars().next().map_or(0, char::len_utf8) } else { 0 };
        rest = behind.get(skipped..).unwrap_or_default();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTIONS: &str = "\\begin{document}\n% The pages begin here.\nTitle $\\alpha$\n\
        \\question{1(a)}{One}{1a}\nA \\emph{b}\\footnote{c}.\n\
        \\question{1(b)}{Two}{1b}\n\\begin{align*} x^{2} \\end{align*}\n\
        \\beyond{Three}{appendix}\nText\n\\writeproperties\n\\end{document}\n";

    #[test]
    fn questions_begin_at_their_headings() {
        let found = cuts_of_pages(QUESTIONS).unwrap();
        let lines: Vec<&str> = found
            .questions
            .iter()
            .map(|&start| QUESTIONS[start..].lines().next().unwrap())
            .collect();
        assert_eq!(
            lines,
            ["\\question{1(a)}{One}{1a}", "\\question{1(b)}{Two}{1b}", "\\beyond{Three}{appendix}"]
        );
        assert!(QUESTIONS[found.setup_end..].starts_with(SETUP_ENDS));
    }

    #[test]
    fn what_may_leave_something_behind_makes_all_pages_anew() {
        for (old, new) in [
            ("A ", "\\def\\T{t}"),
            ("A ", "\\renewcommand{\\T}{t}"),
            ("A ", "\\gdef\\x{}"),
            ("A ", "\\setlength{\\parindent}{9pt}"),
            ("A ", "\\setcounter{figure}{9}"),
            ("A ", "\\csname T\\endcsname"),
            ("A ", "^^5cdef"),
            ("A ", "\\begin{mine}\\end{mine}"),
            ("A ", "\\hypersetup{colorlinks}"),
            ("A ", "\\makeatletter\\@x"),
            ("A ", "\\label@x"),
            ("Title", "\\catcode`\\@=11"),
            ("Text", "\\input{x}"),
            ("% The pages begin here.\n", ""),
        ] {
            assert!(QUESTIONS.contains(old));
            assert_eq!(cuts_of_pages(&QUESTIONS.replacen(old, new, 1)), None, "{new}");
        }
        // A comment is no command; a line with one is no place to end a page.
        assert!(cuts_of_pages(&QUESTIONS.replacen("A ", "% \\def\n", 1)).is_some());
        let joined = QUESTIONS.replace("{c}.", "{c}.%");
        assert_eq!(cuts_of_pages(&joined).unwrap().questions.len(), 2);
    }
}
