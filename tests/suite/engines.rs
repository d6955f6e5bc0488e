//! `homework3.tex` in the hands of stock engines: it compiles unchanged, and says the same on the
//! same pages.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use gradproof::preflight;
use unicode_normalization::UnicodeNormalization;

use crate::project::{Project, repository};

/// Letters, digits and signs of every page; engines name large delimiters differently.
fn pages(pdf: &Path) -> Vec<String> {
    let read = preflight::read(&fs::read(pdf).unwrap()).unwrap();
    let significant = |c: &char| c.is_alphanumeric() || "+-=−.,:≈·×".contains(*c);
    // A text font's hyphen and a soft one are the same.
    let page = |text: &str| text.nfkc().filter(significant).filter(|c| *c != '-').collect();
    read.pages.iter().map(|page_read| page(&page_read.text)).collect()
}

/// Compiles `homework3.tex` in a folder of its own; false where this machine has no such engine.
fn compiles(project: &Project, engine: &str) -> bool {
    let folder = project.path(engine);
    fs::create_dir_all(&folder).unwrap();
    fs::copy(project.path("output/homework3.tex"), folder.join("homework3.tex")).unwrap();
    // Twice, for the page numbers of the first page.
    for _ in 0..2 {
        let run = Command::new(engine)
            .args(["-interaction=nonstopmode", "-halt-on-error", "homework3.tex"])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .output();
        match run {
            Ok(run) => {
                let log = String::from_utf8_lossy(&run.stdout);
                assert!(run.status.success(), "{engine}:\n{log}");
            }
            Err(error) if error.kind() == ErrorKind::NotFound => return false,
            Err(error) => panic!("{engine}: {error}"),
        }
    }
    let log =
        String::from_utf8_lossy(&fs::read(folder.join("homework3.log")).unwrap()).into_owned();
    for trouble in ["Warning", "Overfull", "Underfull", "Missing character"] {
        assert!(!log.contains(trouble), "{engine}, {trouble}:\n{log}");
    }
    true
}

/// Builds, compiles with the engines that are here, and compares page by page.
fn compare(inputs: &str, engines: &[&str]) -> usize {
    let project = Project::new();
    let inputs = repository(inputs);
    project.run(&["build-pdf", "--inputs", inputs.to_str().unwrap()], 0);
    let ours = pages(&project.path("output/homework3.pdf"));
    assert!(ours.iter().all(|page| page.len() > 200), "a page has hardly any text: {ours:#?}");
    let mut compared = 0;
    for engine in engines {
        if !compiles(&project, engine) {
            eprintln!("skipped: {engine} is not installed");
            continue;
        }
        compared += 1;
        let theirs = pages(&project.path(engine).join("homework3.pdf"));
        assert_eq!(ours.len(), theirs.len(), "{engine}: another number of pages");
        for (number, (our, their)) in (1..).zip(ours.iter().zip(&theirs)) {
            assert_eq!(our, their, "{engine}: page {number}");
        }
    }
    compared
}

#[test]
fn stock_engines_set_the_same_text_on_the_same_pages() {
    let compared = compare("tests/homework.toml", &["pdflatex", "xelatex", "lualatex"]);
    // scripts/setup brings pdflatex on Linux.
    assert!(compared > 0 || cfg!(not(target_os = "linux")), "no engine at all");
}

#[test]
fn unlike_homeworks_compile_elsewhere_too() {
    for name in ["eight_by_eight", "twelve_layers", "saturated", "one_by_one"] {
        compare(&format!("tests/reference/homeworks/{name}.toml"), &["pdflatex"]);
    }
}
