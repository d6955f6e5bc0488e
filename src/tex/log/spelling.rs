//! Which command was probably meant.

/// Commands that people type, without the backslash: LaTeX's own, and those of the AMS packages,
/// mathtools, graphicx, hyperref, booktabs and xcolor.
const COMMANDS: &str = "
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
const ENVIRONMENTS: &str = "
abstract align aligned alignat array bmatrix cases center description displaymath document
enumerate equation figure flushleft flushright gather gathered itemize list lrbox math matrix
minipage multline pmatrix picture proof quotation quote smallmatrix split subequations table
tabbing tabular tabularx theorem tikzpicture titlepage verbatim verse vmatrix
";

/// The commands for `name` (all with the backslash) that may have been meant, if any is near: one
/// of the document's own before a better known one.
pub(super) fn command(name: &str, source: &str) -> Option<String> {
    let name = name.trim_start_matches('\\');
    let own = near(name, own(source));
    let known = near(name, COMMANDS.split_whitespace());
    let found = match (own, known) {
        (Some((at, own)), Some((farther, _))) if at < farther => format!("\\{own}"),
        (Some((at, own)), Some((same, known))) if at == same && own != known => {
            format!("\\{own} or \\{known}")
        }
        (_, Some((_, only))) | (Some((_, only)), None) => format!("\\{only}"),
        (None, None) => return None,
    };
    Some(found)
}

/// The commands that a document defines, without the backslash.
fn own(source: &str) -> impl Iterator<Item = &str> {
    const DEFINE: [&str; 6] = [
        "\\newcommand",
        "\\renewcommand",
        "\\providecommand",
        "\\NewDocumentCommand",
        "\\DeclareMathOperator",
        "\\def",
    ];
    DEFINE.iter().flat_map(|define| source.split(define).skip(1)).filter_map(|rest| {
        let name = rest.trim_start_matches(['*', '{']).strip_prefix('\\')?;
        let length = name.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(name.len());
        (length > 0).then(|| &name[..length])
    })
}

/// Whether this is, to the letter, a command that people type.
pub(super) fn is_known(name: &str) -> bool {
    let name = name.trim_start_matches('\\');
    COMMANDS.split_whitespace().any(|word| word == name)
}

/// The best known environment for `name`, if one is near.
pub(super) fn environment(name: &str) -> Option<String> {
    nearest(name, ENVIRONMENTS.split_whitespace()).map(str::to_owned)
}

/// The nearest word that differs by at most a third of its letters.
pub(super) fn nearest<'a>(name: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    near(name, words).map(|(_, word)| word)
}

/// The same with the number of letters by which it differs.
fn near<'a>(name: &str, words: impl Iterator<Item = &'a str>) -> Option<(usize, &'a str)> {
    let allowed = (name.chars().count() / 3).clamp(1, 3);
    let mut near: Vec<_> = words
        .map(|word| (strsim::osa_distance(name, word), word))
        .filter(|(d, _)| *d > 0 && *d <= allowed)
        .collect();
    near.sort_by_key(|(d, word)| (*d, word.len().abs_diff(name.len())));
    near.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_find_their_command() {
        for (typed, meant) in [
            ("\\fracc", "\\frac"),
            ("\\aplha", "\\alpha"),
            ("\\secton", "\\section"),
            ("\\partail", "\\partial"),
            ("\\textbff", "\\textbf"),
            ("\\inculdegraphics", "\\includegraphics"),
        ] {
            assert_eq!(command(typed, "").as_deref(), Some(meant));
        }
        assert_eq!(command("\\gradproofxyz", ""), None);
        assert_eq!(environment("itemise").as_deref(), Some("itemize"));
        assert_eq!(environment("alinged").as_deref(), Some("aligned"));
    }
    #[test]
    fn commands_of_the_document_come_first() {
        let source = "\\newcommand{\\Loss}{L}\\def\\slope#1{x}\\DeclareMathOperator*{\\argmin}{a}";
        for (typed, meant) in [
            ("\\Los", "\\Loss or \\cos"),
            ("\\slop", "\\slope"),
            ("\\argmn", "\\argmin"),
            ("\\aplha", "\\alpha"),
        ] {
            assert_eq!(command(typed, source).as_deref(), Some(meant));
        }
    }
}
