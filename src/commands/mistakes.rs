//! The table of TeX's mistakes, through the real engine: what is wrong, where in a template it is
//! shown, and the gist of the message and its help. (The table of tera's is in `templates`.)

use std::sync::LazyLock;
use std::time::UNIX_EPOCH;

use serde_json::json;

use super::*;
use crate::commands::sources::Surroundings;
use crate::inputs;
use crate::templates::TemplateSet;
use crate::tex::{self, BundleChoice, Document, TexFailure};

/// Includes `part.tex`, once and in a loop.
const ROOT: &str = "\\documentclass{article}\n\\usepackage{amsmath,graphicx}\n\
    \\newcommand{\\mine}[1]{(#1)}\n\\begin{document}\nA first paragraph.\n\n\
    <% for turn in turns %>\n<% include \"part.tex\" %>\n\n<% endfor %>\nThe end.\n\\end{document}\n";

/// One cache for all rows, so that the format is made once.
static CACHE: LazyLock<tempfile::TempDir> =
    LazyLock::new(|| tempfile::tempdir().unwrap_or_else(|e| panic!("no temporary folder: {e}")));

/// Everything that is said about a document whose `part.tex` on disk overrides an embedded one, as `file:line:column message | help`.
fn said(part: &str, turns: &[u32]) -> Vec<String> {
    said_in(ROOT, part, turns)
}

/// The same, with another root.
fn said_in(root: &str, part: &str, turns: &[u32]) -> Vec<String> {
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("templates");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(outside.path().join("owl.pdf"), "").unwrap();
    std::fs::write(folder.join("part.tex"), part).unwrap();
    std::fs::write(folder.join("own.tex"), OWN).unwrap();
    std::fs::write(folder.join("owl.pdf"), "").unwrap();
    std::fs::write(folder.join("wide.png"), include_bytes!("../../docs/page.png")).unwrap();
    let embedded = [("root.tex", root), ("part.tex", "The embedded one."), ("deep.tex", DEEP)];
    let templates = TemplateSet::load(&folder, &embedded).unwrap();
    let view = json!({"turns": turns, "items": ["a", "b", "c"], "name": "x_1"});
    let rendered = templates.render("root.tex", &view).unwrap();
    let homework = inputs::Source::new("homework.toml", include_str!("../../tests/homework.toml"));
    let inputs = inputs::parse(homework, &[], None).unwrap();
    let around = Surroundings::new(&folder, &BundleChoice::TexLive);
    let sources = Sources { inputs, templates, around };
    let document = Document {
        source: &rendered.text,
        include: std::slice::from_ref(&sources.around.folder),
        date: UNIX_EPOCH,
        sections: None,
    };
    let messages = match tex::typeset(&document, &sources.around.bundle, CACHE.path(), &mut |_| {})
    {
        Ok(done) => done.messages,
        Err(TexFailure::Document { messages, .. }) => messages,
        Err(failure) => panic!("{failure}"),
    };
    let (errors, warnings) = sources.split(&messages, &rendered);
    let root = format!("{}/", folder.display());
    let shown = |d: &Diagnostic| {
        let place = d.place.as_ref().map_or_else(String::new, |place| {
            let (line, column) = place.line_column();
            format!("{}:{line}:{column}", place.name)
        });
        let help = d.help.as_deref().unwrap_or_default();
        format!("{place} {} | {help}", d.message).replace(&root, "")
    };
    // As in a build: warnings are told of a document that came out.
    let told = if errors.is_empty() { warnings } else { errors };
    told.iter().map(shown).collect()
}

/// Included by a part: a mistake two files down.
const DEEP: &str = "deeply\n<< name >> and \\nodeep.\n";

/// Read by TeX itself, with `\input`.
const OWN: &str = "My own\\\\\n  and \\noown.\n";

/// (`part.tex`, the place of the only thing that is said, the gist of message and help)
const TABLE: &[(&str, &str, &[&str])] = &[
    // Commands.
    ("text\n  some \\aplha text", "part.tex:2:8", &["no command \\aplha", "\\alpha"]),
    (
        "\\textbf{words and\n\\nosuch more}",
        "part.tex:2:1",
        &["no command \\nosuch", "\\newcommand"],
    ),
    ("a\n\n\\mine{\\fracc12}", "part.tex:3:7", &["no command \\fracc", "\\frac"]),
    ("$\\mathbb{R}$", "part.tex:1:2", &["no command \\mathbb", "amssymb"]),
    ("\\newcommand{\\mine}{x}", "part.tex:1:1", &["\\mine exists already", "\\renewcommand"]),
    ("a \\mne{x}", "part.tex:1:3", &["no command \\mne", "did you mean \\mine or \\ne?"]),
    (
        "\\textcolor{red}{x}",
        "part.tex:1:1",
        &["no command \\textcolor", "\\usepackage{xcolor} before \\begin{document} (root.tex:4)"],
    ),
    (
        "$\\si x$",
        "part.tex:1:2",
        &[
            "no command \\si",
            "did you mean \\sim or \\sin?",
            "\\usepackage{siunitx} before \\begin{document} (root.tex:4)",
        ],
    ),
    ("\\cref{x}", "part.tex:1:1", &["no command \\cref", "\\usepackage{cleveref}"]),
    ("\\toprule", "part.tex:1:1", &["no command \\toprule", "\\usepackage{booktabs}"]),
    (
        "\\begin{lstlisting}\n\\end{lstlisting}",
        "part.tex:1:1",
        &["no environment lstlisting", "\\usepackage{listings}"],
    ),
    (
        "\\begin{tikzpicture}\n\\draw (0,0) -- (1,1);\n\\end{tikzpicture}",
        "part.tex:1:1",
        &["no environment tikzpicture", "\\usepackage{tikz}"],
    ),
    ("A price of $5.", "part.tex:1:12", &["not closed by a $", "\\$ for the sign"]),
    ("\\usepackage{tikz}", "part.tex:1:1", &["only in preamble", "before \\begin{document}"]),
    // Mathematics.
    ("é and x_2 is", "part.tex:1:8", &["$ is missing", "\\_"]),
    (
        "The loss $L_{\\text{cross_entropy}}$ is small.",
        "part.tex:1:14",
        &["$ is missing", "write \\_"],
    ),
    ("$\\text{cross_entropy}$ is small, $x$ not.", "part.tex:1:2", &["$ is missing", "write \\_"]),
    ("$a +\n\nb$", "part.tex:2:1", &["blank line stands in a formula"]),
    ("a\n$x + 1 is\nlonger", "part.tex:2:1", &["not closed by a $"]),
    ("a\nand $x + 1 is\n\\section{Next} $y$", "part.tex:2:5", &["not closed by a $"]),
    (
        "The $L is small, and the gradient $g$ is.",
        "part.tex:1:5",
        &["this formula is not closed by a $", "put in the $ that closes it"],
    ),
    (
        "The $L is small, and the gradient $\\beta$ is.\nMore $x$.",
        "part.tex:1:5",
        &["this formula is not closed by a $"],
    ),
    ("The L$ is small,\nand $g$ too.", "part.tex:1:6", &["closes a formula that no $ opens"]),
    ("The value $x = 1 is\n\\[ y \\] and $z$.", "part.tex:1:11", &["not closed by a $"]),
    ("See \\beta and $x$.", "part.tex:1:5", &["$ is missing", "between $ and $"]),
    ("a \\mathcal{L} b", "part.tex:1:3", &["\\mathcal is allowed in mathematics only", "$"]),
    ("$x^2^3$", "part.tex:1:5", &["double superscript", "{"]),
    ("$\\left( a$", "part.tex:1:10", &["missing \\right", "\\right."]),
    ("\\begin{align}\na\n\nb\n\\end{align}", "part.tex:3:1", &["blank line", "%"]),
    ("\\[ x\n\ny \\]", "part.tex:2:1", &["blank line stands in a formula", "\\]"]),
    // Arguments and braces.
    ("\\emph{a\n\nb", "part.tex:1:6", &["argument of \\emph is not closed", "}"]),
    (
        "a \\textbf{100% of it}.\n\nb",
        "part.tex:1:10",
        &["argument of \\textbf is not closed", "\\%"],
    ),
    (
        "\\begin{align*}\n  \\frac{1{2} &= 3\n\\end{align*}\n\nb",
        "part.tex:2:8",
        &["argument of \\frac is not closed", "}"],
    ),
    ("x \\mine{a\n\nb", "part.tex:1:8", &["argument of \\mine is not closed", "}"]),
    ("a\nb } c", "part.tex:2:3", &["too many }", "take this } out"]),
    ("a { b", "part.tex:1:3", &["{", "not closed"]),
    ("$\\frac{1}$ and", "part.tex:1:2", &["\\frac has one argument", "\\frac{1}{…}"]),
    ("\\[\nx = \\frac{a}{b} + \\dfrac{1}\n\\]", "part.tex:2:19", &["\\dfrac has one argument"]),
    (
        "\\[ \\left{ a \\right} \\]",
        "part.tex:1:9",
        &["the { behind \\left is no delimiter", "\\left\\{"],
    ),
    // Environments.
    ("\\begin{itemise}\n\\end{itemise}", "part.tex:1:1", &["no environment itemise", "itemize"]),
    (
        "a\n\\begin{center}\nx\n\\end{quote}",
        "part.tex:4:1",
        &["\\begin{center} (part.tex:2) is ended by \\end{quote}", "\\end{center}"],
    ),
    ("a\n\\begin{center}\nx", "part.tex:2:1", &["\\begin{center} is never ended", "\\end{center}"]),
    (
        "a\n\\begin{equation*}\nx\n\nFor $y$ and $z$\n\\[ w \\]",
        "part.tex:2:1",
        &["\\begin{equation*} is never ended", "\\end{equation*}"],
    ),
    ("a\n\\end{center}", "part.tex:2:1", &["\\end{center} has no \\begin{center}", "take it out"]),
    ("a\n\\item b", "part.tex:2:1", &["\\item stands in no list", "itemize"]),
    ("\\begin{itemize}\na\n\\end{itemize}", "part.tex:3:1", &["missing \\item"]),
    // Tables and characters.
    ("a & b", "part.tex:1:3", &["alignment tab", "\\&"]),
    (
        "\\begin{tabular}{l}\na & b \\\\\n\\end{tabular}",
        "part.tex:2:3",
        &["extra alignment tab", "cells"],
    ),
    ("Cost # is", "part.tex:1:6", &["#", "\\#"]),
    ("\\vspace{3}", "part.tex:1:1", &["unit of measure", "2pt"]),
    // Files.
    ("a\n\\input{no-such}", "part.tex:2:8", &["no file no-such", "beside the templates"]),
    ("a\n\n\\includegraphics{mine}", "part.tex:3:1", &["no file mine", "beside the templates"]),
    (
        "a\n\n\\includegraphics{own.pdf}",
        "part.tex:3:1",
        &["no file own.pdf", "did you mean `owl.pdf`?"],
    ),
    (
        "a\n\n\\includegraphics{templates/owl.pdf}",
        "part.tex:3:1",
        &["no file templates/owl.pdf", "write \\includegraphics{owl.pdf}"],
    ),
    (
        "a\n\n\\includegraphics{../owl.pdf}",
        "part.tex:3:1",
        &["../owl.pdf lies outside of ", "put the file into", "write \\includegraphics{owl.pdf}"],
    ),
    (
        "\\includegraphics[widht=5cm]{wide.png}",
        "part.tex:1:1",
        &["widht undefined", "width, height, scale"],
    ),
    (
        "\\includegraphics[height=3cm, width=0,4\\linewidth]{wide.png}",
        "part.tex:1:38",
        &["0,4 is two options", "a decimal point: 0.4"],
    ),
    ("\\includegraphics[width=1,5cm]{wide.png}", "part.tex:1:26", &["1,5 is two options"]),
    (
        "Words\nbefore it\n\n\\includegraphics{wide.png}",
        "part.tex:4:1",
        &["pt too wide", "[width=\\linewidth]"],
    ),
    (
        "\\includegraphics[width=500pt,height=9pt]{wide.png} too",
        "part.tex:1:1",
        &["pt too wide", "[width=\\linewidth]"],
    ),
    // What is printed all the same, or not at all.
    ("a\nthe glyph 中 here", "part.tex:2:11", &["no glyph for 中", "font"]),
    ("a $x ≤ y$ b", "part.tex:1:6", &["no glyph for ≤", "write `\\le` in mathematics"]),
    ("the slope ∂L", "part.tex:1:11", &["no glyph for ∂", "`$\\partial$`"]),
    ("a\n\nwide \\rule{400pt}{1pt} words", "part.tex:3:1", &["pt too wide", "break"]),
    ("see \\ref{nowhere}", "part.tex:1:10", &["\\label{nowhere}", "correct the name"]),
    ("see \\cite{nowhere}", "part.tex:1:11", &["no \\bibitem{nowhere}", "correct the name"]),
    // In loops and further includes.
    (
        "<% for i in items %>\n<< i >> \\nosuch\n<% endfor %>",
        "part.tex:2:9",
        &["no command \\nosuch"],
    ),
    (
        "<% for i in items %>\n<% if i == \"b\" %>\n$<< i >>^2^3$\n<% endif %>\n<% endfor %>",
        "part.tex:3:11",
        &["double superscript"],
    ),
    ("a\n<% include \"deep.tex\" %>", "deep.tex:2:16", &["no command \\nodeep"]),
    ("a\n\n\\input{own}", "own.tex:2:7", &["no command \\noown"]),
    ("<# gone #>\n<% if name %>\n  x\n<% endif %>\n\\nosuch", "part.tex:5:1", &["\\nosuch"]),
    ("<< name | safe >> is", "part.tex:1:1", &["$ is missing", "\\_"]),
];

#[test]
fn each_mistake_is_shown_at_its_place_with_a_remedy() {
    let mut wrong = Vec::new();
    for (part, place, gist) in TABLE {
        let all = said(part, &[1]);
        let right = matches!(&all[..], [one]
            if one.starts_with(&format!("{place} ")) && gist.iter().all(|words| one.contains(words)));
        if !right {
            wrong.push(format!("{part:?}\n  expected {place} {gist:?}\n  got {all:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), TABLE.len(), wrong.join("\n"));
}

#[test]
fn what_is_right_is_not_blamed_for_a_mistake_beside_it() {
    for (part, blame) in [
        ("\\[ \\frac{a}\n  {b} + \\sqrt{x \\]", "\\frac has one"),
        ("% \\frac{1}\n$\\left( x$ b", "\\frac has one"),
        ("\\newcommand{\\dd}[2][L]{#1#2}$\\dd{w}$ and $\\left( x$", "\\dd has one"),
        ("$\\big{(} \\sqrt{z$ b", "no delimiter"),
        ("\\hspace*{xx} $[x=1,2]$", "two options"),
    ] {
        let all = said(part, &[1]);
        assert!(!all.is_empty() && all.iter().all(|one| !one.contains(blame)), "{part}: {all:#?}");
    }
}

#[test]
fn a_mistake_that_every_turn_of_a_loop_meets_is_shown_once() {
    let all = said("a\n\\nosuch", &[1, 2, 3]);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert!(all[0].starts_with("part.tex:2:1 "), "{all:#?}");
}

/// What TeX says after it is about anything but the mistake.
#[test]
fn a_mistake_in_the_preamble_is_shown_alone() {
    for (right, wrong, place, gist) in [
        ("{amsmath,graphicx}", "{amsmath,graphicx", "root.tex:2:12", "\\usepackage is not closed"),
        ("{\\mine}[1]{(#1)}", "{\\mine}[1]{(#1)}}", "root.tex:3:28", "too many }'s"),
        ("[1]{(#1)}", "[1](#1)}", "root.tex:3:", "a { is missing, for a } (root.tex:3) closes"),
        ("{article}", "[a4paper]article}", "root.tex:1:1", "there is no file a.cls"),
        ("{amsmath,", "{amsmth,", "root.tex:2:13", "did you mean amsmath?"),
        (
            "{amsmath,graphicx}",
            "{amsmath,graphicx,fontspec}\\setmainfont{NoSuchFont}",
            "root.tex:2:52",
            "there is no font NoSuchFont",
        ),
        ("{amsmath,", "{minted,amsmath,", "root.tex:2:13", "load listings"),
    ] {
        assert!(ROOT.contains(right));
        let all = said_in(&ROOT.replacen(right, wrong, 1), "a", &[1]);
        let [one] = &all[..] else { panic!("{wrong}: {all:#?}") };
        assert!(one.starts_with(place) && one.contains(gist), "{wrong}: {one}");
    }
}

#[test]
fn independent_mistakes_are_shown_together() {
    let all = said("\\onefoo\n\n$a^b^c$\n\n\\begin{nothing}\\end{nothing}\n\nx 中", &[1]);
    let places: Vec<&str> = all.iter().filter_map(|one| one.split(' ').next()).collect();
    assert_eq!(places, ["part.tex:1:1", "part.tex:3:5", "part.tex:5:1", "part.tex:7:3"]);
}

#[test]
fn help_about_the_preamble_names_its_last_line_in_the_built_in_template() {
    let outside = tempfile::tempdir().unwrap();
    let homework = inputs::Source::new("homework.toml", include_str!("../../tests/homework.toml"));
    let inputs = inputs::parse(homework, &[], None).unwrap();
    let templates = TemplateSet::load(outside.path(), crate::report::TEMPLATES).unwrap();
    let around = Surroundings::new(outside.path(), &BundleChoice::TexLive);
    let sources = Sources { inputs, templates, around };
    let rendered = sources.prepare().unwrap().rendered;
    let report = include_str!("../../templates/report.tex");
    let line = report.lines().position(|line| line == "\\begin{document}").unwrap() + 1;
    let file = outside.path().join("report.tex");
    let help = with_preamble("write it before \\begin{document}", &rendered);
    assert_eq!(help, format!("write it before \\begin{{document}} ({}:{line})", file.display()));
}

#[test]
fn a_picture_explains_what_is_too_high_on_its_page_only() {
    let all =
        said("\\includegraphics{wide.png}\n\nWords\n\nMore\n\n\\rule{1pt}{900pt}\n\nEnd", &[1]);
    let [wide, high] = &all[..] else { panic!("{all:#?}") };
    assert!(wide.contains("pt too wide") && high.contains("pt too high"), "{all:#?}");
}

#[test]
fn a_display_is_no_picture() {
    let wide = "\\begin{align}\nx &= \\rule{400pt}{1pt}\n\\end{align}\n\\includegraphics[width=9pt]{wide.png}";
    let all = said(wide, &[1]);
    let [one] = &all[..] else { panic!("{all:#?}") };
    assert!(one.contains("pt too wide") && one.contains("break a long formula"), "{one}");
}
