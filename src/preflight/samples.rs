//! PDFs to read back: one typeset by the engine, and small ones written by hand.

use std::sync::OnceLock;
use std::time::UNIX_EPOCH;

use super::{Answer, Expected, Question};
use crate::inputs::Paper;
use crate::tex::{BundleChoice, Document, PRODUCER, typeset};

pub(super) const AUTHOR: &str = "Zoë Müller-Đorđević";
pub(super) const FINGERPRINT: &str = "gradproof:0123abcd";

/// A homework in small, with everything that could hide a number.
const SOURCE: &str = r"\documentclass[11pt]{article}
\usepackage[letterpaper,margin=1in]{geometry}
\usepackage{amsmath,lmodern,tikz,fancyhdr}
% hyperref loads a symbol font that the packages of the set-up do not bring.
\let\primitivefont\font
\def\font#1=pzdr at 1sp\relax{\primitivefont#1=cmr10 at 1sp\relax}
\usepackage[pdfusetitle,bookmarks,pdflang=en-US,hidelinks]{hyperref}
\let\font\primitivefont
\title{Homework 3: Deep Learning}
\author{Zoë Müller-Đorđević}
\hypersetup{pdfkeywords={deep learning, gradproof:0123abcd}}
\pagestyle{fancy}\fancyhf{}\setlength\headheight{14pt}
\lhead{Zoë Müller-Đorđević (jhed1)}\rhead{Homework 3}\cfoot{\thepage}
\newcommand\question[1]{\clearpage\phantomsection\addcontentsline{toc}{section}{#1}\section*{#1}}
\newcommand\phm{\phantom{-}}
\begin{document}
\question{1(a) Backpropagation through a matrix product}
Show that $\frac{\partial L}{\partial W} = \frac{\partial L}{\partial P} X^{\mathsf T}$, efficiently.
\[ \sum_{k,l} \frac{\partial L}{\partial P_{kl}} \frac{\partial P_{kl}}{\partial W_{ij}} \]
\question{1(b) One gradient step}
\[ W' = \begin{bmatrix} \phm0.3 & 0.5 \\ -0.2 & 0.4 \end{bmatrix}
 - 0.1 \begin{bmatrix} 0.4 & 6.2 \\ 6\phantom{.0} & 4.2\end{bmatrix}
 = \begin{bmatrix} \phm0.26 & -0.12 \\ -0.8\phantom{0} & -0.02 \end{bmatrix} \]
\begin{align}
 L &= 3.3, & L(W') &= 2.2376 \approx 1 - 7.5 + 10.521 \\
 \frac{\partial L}{\partial w_1} &\approx -1.3636\times 10^{-5} &
 x &= \frac{-0.0364}{2.5} = 1.5^{-3} \cdot 2^{10}
\end{align}
A product $(-0.11)(0.78)$, an index $w_2 0.63$, a tight $a{-}8.25$, $10^{-40}$ and $6.02\times10^{23}$.
\clearpage \textbf{1(b), continued.} In the end \boxed{-0.1972252139}.
\question{2(a) The sigmoid’s “slope”}
\begin{tikzpicture}
  \draw (0,0) -- (4,2);
  \node at (2,1) {$-255.2431289$}; \node[rotate=90] at (0,2) {$0.5217$};
\end{tikzpicture}

\begin{tabular}{lr} $\hat y$ & $-0.25$ \\ $\hat L$ & $1.25$ \end{tabular}
\question{Appendix}
Ours: $0.2238716$.
\end{document}
";

/// The sample homework, typeset once for all tests.
pub(super) fn homework() -> &'static [u8] {
    static PDF: OnceLock<Vec<u8>> = OnceLock::new();
    PDF.get_or_init(|| {
        let cache = tempfile::tempdir().unwrap();
        let document = Document { source: SOURCE, include: &[], date: UNIX_EPOCH, sections: None };
        typeset(&document, &BundleChoice::Auto, cache.path(), &mut |_| {}).unwrap().pdf
    })
}

const QUESTIONS: [Question<'static>; 3] = [
    Question { label: "1(a)", heading: "1(a) Backpropagation through a matrix product" },
    Question { label: "1(b)", heading: "1(b) One gradient step" },
    Question { label: "2(a)", heading: "2(a) The sigmoid's \"slope\"" },
];

const ANSWERS: [Answer<'static>; 6] = [
    Answer { name: "loss", question: "1(b)", text: "3.3" },
    Answer { name: "W_updated[0][1]", question: "1(b)", text: "-0.12" },
    Answer { name: "W_updated[1][0]", question: "1(b)", text: "-0.8" },
    Answer { name: "dL_dw[0]", question: "1(b)", text: "-1.3636e-5" },
    Answer { name: "dL_dw[2]", question: "1(b)", text: "-0.1972252139" },
    Answer { name: "delta[2]", question: "2(a)", text: "-255.2431289" },
];

/// What [`homework`] should say.
pub(super) const EXPECTED: Expected<'static> = Expected {
    paper: Paper::Letter,
    title: "Homework 3: Deep Learning",
    author: AUTHOR,
    questions: &QUESTIONS,
    end: Some("Appendix"),
    answers: &ANSWERS,
    fingerprint: FINGERPRINT,
    engine: PRODUCER,
    name_is_placeholder: false,
    options: &[],
    replaced: &[],
    marks_references: true,
};

/// A PDF of the given objects, numbered from 1; the first is the catalog. `trailer` is added to
/// the trailer's dictionary.
pub(super) fn file(objects: &[String], trailer: &str) -> Vec<u8> {
    let mut out = String::from("%PDF-1.5\n");
    let mut offsets = Vec::new();
    for (object, number) in objects.iter().zip(1..) {
        offsets.push(out.len());
        out.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let table = out.len();
    out.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for offset in offsets {
        out.push_str(&format!("{offset:010} 00000 n \n"));
    }
    let size = objects.len() + 1;
    out.push_str(&format!("trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\n"));
    out.push_str(&format!("startxref\n{table}\n%%EOF\n"));
    out.into_bytes()
}

/// A stream object with these entries and contents.
pub(super) fn stream(entries: &str, contents: &str) -> String {
    format!("<< {entries} /Length {} >>\nstream\n{contents}\nendstream", contents.len())
}

/// The objects of a document of one page: 1 catalog, 2 page tree, 3 page, 4 contents, 5 font; more
/// follow as 6, 7, … Entries are added to the page and to its resources.
pub(super) fn one_page(page: &str, resources: &str, contents: &str, more: &[&str]) -> Vec<String> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 612 792] >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R /Contents 4 0 R {page} \
             /Resources << /Font << /F 5 0 R >> {resources} >> >>"
        ),
        stream("", contents),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_owned(),
    ];
    objects.extend(more.iter().map(|&object| object.to_owned()));
    objects
}
