//! The room with the real engine, over the TeX Live that `scripts/setup` installs.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

mod guesses;
mod preambles;
mod taken;

use super::*;

/// One cache for all tests of this process, so that the format is made once.
static CACHE: LazyLock<tempfile::TempDir> =
    LazyLock::new(|| tempfile::tempdir().unwrap_or_else(|e| panic!("no temporary folder: {e}")));

/// 1 March 2020, noon.
fn date() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_583_064_000)
}

pub(super) fn build_in(source: &str, include: &[PathBuf]) -> Result<Typeset, TexFailure> {
    build_with(CACHE.path(), source, include)
}

fn build_with(cache: &Path, source: &str, include: &[PathBuf]) -> Result<Typeset, TexFailure> {
    let document = Document { source, include, date: date(), sections: None };
    typeset(&document, &BundleChoice::TexLive, cache, &mut |_| {})
}

fn build(body: &str) -> Result<Typeset, TexFailure> {
    build_in(&article("", body), &[])
}

/// An article whose body begins on line 3 with an empty preamble.
fn article(preamble: &str, body: &str) -> String {
    format!(
        "\\documentclass{{article}}{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    )
}

fn errors(result: Result<Typeset, TexFailure>) -> Vec<Message> {
    match result {
        Err(TexFailure::Document { messages, .. }) => {
            messages.into_iter().filter(Message::is_error).collect()
        }
        other => panic!("mistakes were expected: {other:?}"),
    }
}

/// Builds an article with one mistake; gives its line, text and help.
fn mistake(preamble: &str, body: &str) -> (Option<u32>, String, String) {
    let all = errors(build_in(&article(preamble, body), &[]));
    assert_eq!(all.len(), 1, "{all:#?}");
    (all[0].line, all[0].text.clone(), all[0].help.clone().unwrap_or_default())
}

/// Runs ignored tests of a module here, each in a process of its own.
fn in_processes(module: &str, names: &[&str]) {
    for name in names {
        let run = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--ignored", &format!("tex::tests::{module}::{name}")])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success() && said.contains("1 passed"), "{name}: {said}");
    }
}

#[test]
fn the_same_document_gives_the_same_pdf() {
    let first = build("Hello, world! \\today").unwrap();
    assert!(first.pdf.starts_with(b"%PDF-"));
    assert!(first.messages.is_empty(), "{:?}", first.messages);
    assert_eq!(first.passes, 1);
    assert_eq!(first.pdf, build("Hello, world! \\today").unwrap().pdf);
}

#[test]
fn a_mistake_does_not_spoil_the_next_document() {
    let before = build("Hello.").unwrap().pdf;
    errors(build("\\undefinedcommand"));
    errors(build("\\input{no-such-file}"));
    assert_eq!(before, build("Hello.").unwrap().pdf);
}

#[test]
fn references_settle_in_two_passes() {
    let body = "\\section{One}\\label{a} See \\ref{b}.\n\\section{Two}\\label{b} See \\ref{a}.";
    let done = build(body).unwrap();
    assert_eq!((done.passes, done.messages), (2, vec![]));
}

#[test]
fn the_usual_packages_work_together_without_a_warning() {
    let preamble = "\
\\usepackage[margin=1in]{geometry}
\\usepackage{amsmath,amssymb,mathtools,booktabs,graphicx,xcolor,tikz,fancyhdr,microtype}
\\usepackage{hyperref,bookmark}";
    let body = "\
\\section{Café Łódź Größe Ångström}\\label{a}
``Quoted'' --- and \\ref{a}: $\\frac{\\partial L}{\\partial W} = \\mathbb{R}$.
\\begin{align} a &= b \\\\ c &= \\begin{bmatrix} 1 & 2 \\end{bmatrix} \\end{align}
\\begin{tikzpicture}\\draw (0,0) -- (1,1) node {$x$};\\end{tikzpicture}
\\begin{tabular}{ll}\\toprule a & b\\\\\\bottomrule\\end{tabular}";
    let done = build_in(&article(preamble, body), &[]).unwrap();
    assert!(done.messages.is_empty(), "{:#?}", done.messages);
    assert!(done.pdf.starts_with(b"%PDF-"));
}

#[test]
fn dashes_and_quotation_marks_are_printed_as_such() {
    let typed = build("a--b---c ``d'' ?` !`").unwrap().pdf;
    let meant = build("a\u{2013}b\u{2014}c \u{201C}d\u{201D} \u{BF} \u{A1}").unwrap().pdf;
    assert_eq!(typed, meant);
    assert_ne!(typed, build("a-b-c 'd' ? !").unwrap().pdf);
}

#[test]
fn each_mistake_is_found_on_its_line_and_explained() {
    let table: &[(&str, &str, u32, &str, &str)] = &[
        ("", "text\n\\aplha", 4, "no command \\aplha", "\\alpha"),
        ("", "\\textbf{some words and \\undefinedx\nmore}", 3, "\\undefinedx", "\\newcommand"),
        ("", "a\n\nx_2 is", 5, "$ is missing", "\\_"),
        ("", "a\n\n$x + 1 is\nlonger\n\nb", 5, "not closed by a $", "$"),
        ("", "a }", 3, "too many }", "take this } out"),
        ("", "a\n\\begin{itemise}\n\\end{itemise}", 4, "no environment itemise", "itemize"),
        ("", "\\begin{center}\nx\n\\end{quote}", 5, "\\begin{center} (line 3)", "\\end{center}"),
        ("", "a\n\n$x^2^3$", 5, "double superscript", "{"),
        ("", "a\n\n$x_2_3$", 5, "double subscript", "{"),
        ("", "a & b", 3, "alignment tab", "\\&"),
        ("", "\\begin{tabular}{l}\na & b \\\\\n\\end{tabular}", 4, "extra alignment tab", "cells"),
        ("", "a\n\\item b", 4, "\\item stands in no list", "itemize"),
        ("", "\\emph{a\n\nb", 3, "argument of \\emph is not closed", "}"),
        ("", "a\n\\input{no-such}", 4, "no file no-such.tex", "beside the templates"),
        ("\n\\usepackage{siunitx-none}", "a", 2, "no file siunitx-none.sty", "install"),
        ("\nHello", "a", 2, "text before \\begin{document}", "preamble|before"),
        ("", "a\n\\section{One\n\nText", 4, "argument of \\section is not closed", "}"),
        ("", "a\n\n\\footnote{one", 5, "argument of \\footnote is not closed", "}"),
        ("\\usepackage{amsmath}", "\\begin{align} a\n\nb \\end{align}", 4, "blank line", "%"),
        ("", "Cost # is", 3, "#", "\\#"),
        ("", "$\\mathbb{R}$", 3, "no command \\mathbb", "amssymb"),
        ("", "\\vspace{3}", 3, "unit of measure", "2pt"),
        ("", "a\n\n\\[ x $ y \\]", 5, "display math", "$$"),
        ("", "\\newcommand{\\frac}{x}", 3, "\\frac exists already", "\\renewcommand"),
        ("", "\\usepackage{tikz}", 3, "only in preamble", "before \\begin{document}"),
        ("", "\\begin{itemize} a \\end{itemize}", 3, "missing \\item", "\\item"),
        ("", "$\\left( a$", 3, "missing \\right", "\\right."),
    ];
    for (preamble, body, line, text, help) in table {
        let (found_line, found_text, found_help) = mistake(preamble, body);
        let all = format!("{body:?}: {found_line:?} {found_text} ({found_help})");
        assert_eq!(found_line, Some(*line), "{all}");
        assert!(found_text.contains(text), "{all}");
        assert!(help.split('|').any(|gist| found_help.contains(gist)), "{all}");
    }
}

#[test]
fn independent_mistakes_are_reported_together() {
    let all = errors(build("\\onefoo\n\n\\twofoo\n\n$a^b^c$\n\n\\begin{nothing}\\end{nothing}"));
    assert_eq!(all.iter().map(|m| m.line).collect::<Vec<_>>(), [3, 5, 7, 9].map(Some));
}

#[test]
fn a_document_without_an_end_is_told() {
    let all = errors(build_in("\\documentclass{article}\n\\begin{document}\nHello\n", &[]));
    assert!(all[0].text.contains("\\end{document}"), "{all:?}");
}

#[test]
fn a_document_without_pages_is_told() {
    let all = errors(build(""));
    assert!(all[0].text.contains("no pages"), "{all:?}");
}

#[test]
fn wide_lines_missing_characters_and_references_are_warnings_with_their_lines() {
    let body = "中\n\nWide \\rule{400pt}{1pt}\n\nsee \\ref{nowhere}";
    let done = build(body).unwrap();
    let seen: Vec<_> = done.messages.iter().map(|m| (m.line, m.kind.clone())).collect();
    let has = |line: u32, wanted: &dyn Fn(&MessageKind) -> bool| {
        seen.iter().any(|(l, kind)| *l == Some(line) && wanted(kind))
    };
    assert!(
        has(3, &|k| matches!(k, MessageKind::MissingCharacter { character: '中', font }
            if font.contains("lmroman"))),
        "{seen:?}",
    );
    assert!(
        has(5, &|k| matches!(k, MessageKind::Overfull { points, horizontal: true }
            if *points > 55.0)),
        "{seen:?}",
    );
    assert!(has(7, &|k| *k == MessageKind::UndefinedReference { label: "nowhere".into() }));
}

#[test]
fn only_the_included_folders_are_read() {
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("templates");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("mine.tex"), "mine").unwrap();
    let secret = outside.path().join("secret.tex");
    std::fs::write(&secret, "\\errmessage{read}").unwrap();
    let include = [folder];

    assert!(build_in(&article("", "\\input{mine}"), &include).is_ok());
    for name in [secret.display().to_string(), "../secret".into(), "./../secret.tex".into()] {
        let all = errors(build_in(&article("", &format!("\\input{{{name}}}")), &include));
        assert!(all[0].text.contains("no file"), "{name}: {all:?}");
        let probe = format!("\\openin3={name} \\ifeof3 closed\\else\\errmessage{{read}}\\fi");
        let probed = build_in(&article("", &probe), &include);
        assert!(probed.is_ok(), "{name}: {probed:?}");
    }
}

/// Builds in a process of its own, whose environment can differ: the helper of the next test.
#[test]
#[ignore = "run by the_time_zone_and_the_locale_do_not_matter"]
fn build_for_another_process() {
    if let Some(path) = std::env::var_os("GRADPROOF_TEST_PDF") {
        std::fs::write(path, build("\\today, \\the\\time").unwrap().pdf).unwrap();
    }
}

#[test]
fn the_time_zone_and_the_locale_do_not_matter() {
    let here = build("\\today, \\the\\time").unwrap().pdf;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("there.pdf");
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tex::tests::build_for_another_process", "--ignored"])
        .env("TZ", "XYZ-14")
        .env("LC_ALL", "de_DE.UTF-8")
        .env("GRADPROOF_TEST_PDF", &path)
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    assert!(std::fs::read(&path).unwrap() == here, "the PDFs differ");
}

#[test]
fn a_picture_beside_the_templates_is_put_in_and_a_broken_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let figure = build("A figure.").unwrap().pdf;
    std::fs::write(folder.path().join("figure.pdf"), figure).unwrap();
    std::fs::write(folder.path().join("broken.pdf"), "%PDF-1.4").unwrap();
    let include = [folder.path().to_owned()];
    let preamble = "\n\\usepackage{graphicx}";
    let with = |name| article(preamble, &format!("a\n\n\\includegraphics[width=3cm]{{{name}}}"));

    let done = build_in(&with("figure"), &include).unwrap();
    assert!(done.messages.is_empty(), "{:?}", done.messages);
    let all = errors(build_in(&with("broken"), &include));
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0].line, Some(6));
    assert!(all[0].text.contains("broken.pdf"));
}

#[test]
fn writing_stays_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("written.txt");
    let body = format!("\\newwrite\\f\\immediate\\openout\\f={}\\relax a", target.display());
    build(&body).unwrap();
    assert!(!target.exists());
}

#[test]
fn a_folder_without_latex_is_refused_with_a_remedy() {
    let empty = tempfile::tempdir().unwrap();
    let choice = BundleChoice::Path(empty.path().to_owned());
    let document =
        Document { source: &article("", "a"), include: &[], date: UNIX_EPOCH, sections: None };
    match typeset(&document, &choice, Path::new("unused"), &mut |_| {}) {
        Err(TexFailure::NoTexFiles { message, help }) => {
            assert!(message.contains("latex.ltx") && help.contains("scripts/setup"));
        }
        other => panic!("a missing bundle was expected: {other:?}"),
    }
}
