//! Where a document can be cut, so that parts of it are taken from the last build: at its questions.
//!
//! Every question begins on a new page. What it prints hangs on its own text, the preamble and the
//! set-up, on labels, and on what the questions before it leave behind. With the preamble as the
//! program has it that is counters and the names of the last question, provided that no question
//! defines or sets anything else for good; so questions and set-up may hold only commands that are
//! known to do no such thing.

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
/// Ends the last of them.
const END: &str = "\\end{document}";
/// Begins the line behind the title that differs from build to build, and what it may do besides.
const PROPERTIES: &str = "{\\hypersetup{pdfkeywords={";
const WRITES_PROPERTIES: [&str; 2] = ["hypersetup", "writeproperties"];

/// What sets them up: the headers and the properties.
const SETUP: [&str; 11] = [
    "else",
    "fancyhead",
    "fi",
    "hypersetup",
    "ifnum",
    "ifx",
    "name",
    "namewrapstrue",
    "questionlabel",
    "questionpage",
    "value",
];

/// Commands that stay in force until a brace or an environment ends.
const DECLARATIONS: [&str; 29] = [
    "bfseries",
    "boldmath",
    "centering",
    "displaystyle",
    "em",
    "footnotesize",
    "huge",
    "Huge",
    "itshape",
    "joinedrules",
    "large",
    "Large",
    "LARGE",
    "mdseries",
    "normalfont",
    "normalsize",
    "raggedright",
    "rmfamily",
    "scriptsize",
    "scriptstyle",
    "scshape",
    "sffamily",
    "slshape",
    "small",
    "textstyle",
    "tiny",
    "ttfamily",
    "unboldmath",
    "upshape",
];

/// Commands that leave nothing behind but counters and labels.
const HARMLESS: &str = "
addvspace allowbreak alpha angle approx arccos arcsin arctan ast asymp backslash bar because beta
beyond Big big Bigg bigg Biggl biggl Biggr biggr Bigl bigl bigm Bigr bigr bigskip binom bot
bottomrule boxed breve bullet cap caption cdot cdots check chi circ cmidrule colon cong coprod cos
cosh cot cup dagger dbinom ddot ddots deg Delta delta described det dfrac diamond dim displaybreak
div dot dots dotsb dotsc ell emph empty emptyset endfirsthead endfoot endhead enspace epsilon equiv
eta exists exp fbox figuretext fit flat footnote forall frac Gamma gamma gcd ge geq gg grave hat
hbar hfill hline hphantom hspace iff Im imath implies in includegraphics inf infty ink int iota item
jmath kappa ker label Lambda lambda land langle lbrace lceil ldots le left Leftarrow leftarrow
leftrightarrow leq lfloor lhd lim liminf limits limsup linewidth ll ln lnot log lor lVert lvert
makebox mapsto mathbb mathbf mathcal mathfrak mathit mathrm mathsf mathtt max mbox medskip mid
midrule min mp mu multicolumn nabla ne neg negthinspace neq newline ni nobreak noindent nolimits
nonumber not notag notin nu oint Omega omega ominus operatorname oplus oslash otimes overbrace
overline overset pagebreak pageref pages par parallel parbox partial pd pdfbookmark perp phantom Phi
phi Pi pi pictured picturedbeside pm prec prime prod propto Psi psi put qquad quad question raisebox
rangle rbrace rceil Re reduced ref relax resizebox rfloor rho right Rightarrow rightarrow rlap
rotatebox rule rVert rvert scalebox setminus sharp Sigma sigma sim simeq sin sinh smallskip smash
sqrt square star step strut subset subseteq substack succ sum sup supset supseteq surd T tan tanh
tau text textasciicircum textasciigrave textasciitilde textbackslash textbar textbf textgreater
textit textless textmd textnormal textquotedbl textquotesingle textrm textsc textsf textsl texttt
textup tfrac therefore Theta theta thinspace tilde times to top toprule tr triangle underbrace
underline underset uparrow upsilon varepsilon varphi varrho vartheta vdots vec vee Vert vert
vphantom vspace wedge widehat widetilde within Xi xi zeta
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
    /// Byte at which its title ends, and the document's properties begin.
    pub title_end: usize,
    /// Bytes at which the lines begin that begin its questions, the appendix, and its end.
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
    let setup = latex.get(latex.find(BEGIN)?..setup_end)?;
    let title_end = setup_end + latex.get(setup_end..)?.find(&format!("\n{PROPERTIES}"))? + 1;
    let mut questions = Vec::new();
    let mut at = setup_end;
    for line in latex.get(setup_end..)?.split_inclusive('\n') {
        let is_cut = HEADINGS.iter().chain([&END]).any(|start| line.starts_with(start));
        if is_cut && is_at_rest(latex.get(setup_end..at)?) {
            questions.push(at);
        }
        at += line.len();
    }
    let first = *questions.first()?;
    let is_fit = leaves_nothing(setup, &SETUP)
        && leaves_nothing(latex.get(setup_end..title_end)?, &[])
        && leaves_nothing(latex.get(title_end..first)?, &WRITES_PROPERTIES)
        && leaves_nothing(latex.get(first..)?, &[]);
    let left = LEFT.map(str::to_owned).into();
    (is_fit && questions.len() > 1).then_some(Cuts { setup_end, title_end, questions, left })
}

/// Whether a page may end behind this text: no command there waits for an argument, and there is no
/// comment on its last line.
fn is_at_rest(text: &str) -> bool {
    let before = text.lines().next_back().unwrap_or_default();
    let text = text.trim_end();
    let letters = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    comment(before).is_none() && !text.ends_with('\\') && !letters.ends_with('\\')
}

/// Whether a text has only commands that are known, or among `more`; those that stay in force only
/// where something ends them.
fn leaves_nothing(latex: &str, more: &[&str]) -> bool {
    // Any character can be typed so, a backslash, too.
    if latex.contains("^^") {
        return false;
    }
    let mut depth = 0_usize;
    let mut rest = latex;
    while let Some(at) = rest.find(['\\', '%', '{', '}']) {
        let (found, after) = rest.split_at(at + 1);
        rest = after;
        match found.as_bytes().last() {
            Some(b'%') => {
                rest = after.find('\n').map_or("", |end| after.get(end..).unwrap_or_default());
                continue;
            }
            Some(b'{') => {
                depth += 1;
                continue;
            }
            Some(b'}') => {
                depth = depth.saturating_sub(1);
                continue;
            }
            _ => {}
        }
        let name = command_name(after);
        let behind = after.get(name.len()..).unwrap_or_default();
        let environment = group(behind).is_some_and(|name| ENVIRONMENTS.contains(&name));
        let is_fit = match name {
            // One sign: `\,`, `\%`, `\"`.
            "" => !after.starts_with('@'),
            "begin" => {
                depth += 1;
                environment
            }
            "end" => {
                depth = depth.saturating_sub(1);
                environment
            }
            "renewcommand" => depth > 0 && behind.starts_with("{\\arraystretch}"),
            "setlength" => depth > 0 && behind.starts_with("{\\tabcolsep}"),
            "tabcolsep" | "arraystretch" => depth > 0,
            // Properties of the document, not settings of its pages.
            "hypersetup" if more == WRITES_PROPERTIES => is_keywords(after),
            name => {
                let is_known = KNOWN.contains(name) || DECLARATIONS.contains(&name) && depth > 0;
                (is_known || more.contains(&name)) && !behind.starts_with('@')
            }
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

/// Whether `\\hypersetup` is followed by keywords alone.
fn is_keywords(command: &str) -> bool {
    let setting = command.strip_prefix("hypersetup").and_then(group);
    let keywords = setting.and_then(|setting| setting.strip_prefix("pdfkeywords="));
    keywords
        .is_some_and(|keywords| group(keywords).is_some_and(|one| one.len() + 2 == keywords.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTIONS: &str = "\n\\begin{document}\n\\fancyhead[L]{\\name{A}}\n% The pages begin here.\nTitle $\\alpha$\n\
        \\par\n{\\hypersetup{pdfkeywords={a}}\\writeproperties}\n\
        \\question{1(a)}{One}{1a}\nA \\emph{b}\\footnote{c}.\n\
        \\question{1(b)}{Two}{1b}\n\\begin{align*} x^{2} \\end{align*}\n\
        \\beyond{Three}{appendix}\nText\n\\end{document}\n";

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
            [
                "\\question{1(a)}{One}{1a}",
                "\\question{1(b)}{Two}{1b}",
                "\\beyond{Three}{appendix}",
                "\\end{document}",
            ]
        );
        assert!(QUESTIONS[found.title_end..].starts_with(PROPERTIES));
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
            ("A ", "\\^^67def"),
            ("A ", "\\url{a%b}\\gdef\\T{}"),
            ("A ", "\\boldmath"),
            ("A ", "\\small"),
            ("A ", "{a}\\joinedrules"),
            ("A ", "\\renewcommand{\\arraystretch}{2}"),
            ("\\name{A}", "\\newcommand{\\tr}{t}"),
            ("A ", "\\begin{mine}\\end{mine}"),
            ("A ", "\\hypersetup{colorlinks}"),
            ("A ", "\\makeatletter\\@x"),
            ("A ", "\\label@x"),
            ("Title", "\\catcode`\\@=11"),
            ("Text", "\\input{x}"),
            ("% The pages begin here.\n", ""),
            ("pdfkeywords={a}", "pdfkeywords={a},colorlinks"),
            ("\\writeproperties", "\\writeproperties\\hypersetup{colorlinks}"),
            ("\\hypersetup{pdfkeywords={a}}", ""),
            ("Text", "\\writeproperties"),
        ] {
            assert!(QUESTIONS.contains(old));
            assert_eq!(cuts_of_pages(&QUESTIONS.replacen(old, new, 1)), None, "{new}");
        }
        // A comment is no command; a line with one is no place to end a page.
        assert!(cuts_of_pages(&QUESTIONS.replacen("A ", "% \\def\n", 1)).is_some());
        assert!(cuts_of_pages(&QUESTIONS.replacen("A ", "{\\small a}", 1)).is_some());
        for end in ["{c}.%", "{c}\\", "{c}\\ ", "{c}\\textbf", "{c}\\textbf\n"] {
            let open = QUESTIONS.replace("{c}.", end);
            assert_eq!(cuts_of_pages(&open).unwrap().questions.len(), 3, "{end}");
        }
    }
}
