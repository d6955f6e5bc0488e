//! `homework3.tex` in the hands of stock engines: it compiles unchanged, and says the same on the
//! same pages.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use gradproof::preflight;
use lopdf::Document;
use lopdf::content::{Content, Operation};
use unicode_normalization::UnicodeNormalization;

use crate::project::{Project, read, repository};

const ENGINES: [&str; 3] = ["pdflatex", "xelatex", "lualatex"];

/// Passes after which labels that still move never settle.
const PASSES: usize = 3;

/// How far apart, in bp, the engines may set the same line of a figure: their fonts' widths and
/// stretched spaces differ a little.
const SHIFT: f64 = 1.0;

/// Letters, digits and signs of every page; engines name large delimiters differently.
fn pages(pdf: &Path) -> Vec<String> {
    let read = preflight::read(&fs::read(pdf).unwrap()).unwrap();
    let significant = |c: &char| c.is_alphanumeric() || "+-=−.,:≈·×".contains(*c);
    // A text font's hyphen and a soft one are the same.
    let page = |text: &str| text.nfkc().filter(significant).filter(|c| *c != '-').collect();
    read.pages.iter().map(|page_read| page(&page_read.text)).collect()
}

/// Where the curves of a page begin and end and where the corners of its outlined rectangles are,
/// in bp: these only figures have, for TeX fills its rules.
fn shapes(pdf: &Path) -> Vec<Vec<(f64, f64)>> {
    let document = Document::load(pdf).unwrap();
    let pages = document.get_pages().into_values();
    pages.map(|page| shapes_of(&document.get_page_content(page))).collect()
}

fn shapes_of(content: &[u8]) -> Vec<(f64, f64)> {
    let mut matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
    let (mut kept, mut rectangles, mut shapes) = (Vec::new(), Vec::new(), Vec::new());
    for Operation { operator, operands } in Content::decode(content).unwrap().operations {
        let n: Vec<f64> =
            operands.iter().filter_map(|o| o.as_float().ok()).map(f64::from).collect();
        let place =
            |m: [f64; 6], x: f64, y: f64| (m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]);
        match operator.as_str() {
            "q" => kept.push(matrix),
            "Q" => matrix = kept.pop().unwrap(),
            "cm" => {
                let turned =
                    |x: f64, y: f64| (x * matrix[0] + y * matrix[2], x * matrix[1] + y * matrix[3]);
                let ((a, b), (c, d)) = (turned(n[0], n[1]), turned(n[2], n[3]));
                let (e, f) = place(matrix, n[4], n[5]);
                matrix = [a, b, c, d, e, f];
            }
            "c" => shapes.push(place(matrix, n[4], n[5])),
            "re" => {
                rectangles
                    .extend([place(matrix, n[0], n[1]), place(matrix, n[0] + n[2], n[1] + n[3])]);
            }
            "S" | "B" => shapes.append(&mut rectangles),
            "f" | "n" => rectangles.clear(),
            _ => {}
        }
    }
    shapes
}

/// Lines of figures are at the same places, but for what engines differ in spacing.
fn same_shapes(engine: &str, ours: &Path, theirs: &Path) {
    let (ours, theirs) = (shapes(ours), shapes(theirs));
    assert!(ours.iter().filter(|page| page.len() > 4).count() > 3, "no figures: {ours:#?}");
    for (number, (our, their)) in (1..).zip(ours.iter().zip(&theirs)) {
        assert_eq!(our.len(), their.len(), "{engine}: page {number}");
        for (a, b) in our.iter().zip(their) {
            let apart = (a.0 - b.0).hypot(a.1 - b.1);
            assert!(apart < SHIFT, "{engine}: page {number}, {a:?} and {b:?}");
        }
    }
}

/// Compiles `homework3.tex` in a folder of its own; false where this machine has no such engine.
fn compiles(project: &Project, engine: &str) -> bool {
    let folder = project.path(engine);
    fs::create_dir_all(&folder).unwrap();
    fs::copy(project.path("output/homework3.tex"), folder.join("homework3.tex")).unwrap();
    // Until references are settled, as people do: twice, or once more where the numbers of
    // figures, known from the second time on, move a line.
    for _ in 0..PASSES {
        let run = Command::new(engine)
            .args(["-interaction=nonstopmode", "-halt-on-error", "homework3.tex"])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .output();
        match run {
            Ok(run) => {
                let log = String::from_utf8_lossy(&run.stdout);
                assert!(run.status.success(), "{engine}:\n{log}");
                if !log.contains("Rerun") {
                    break;
                }
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
        let their_pdf = project.path(engine).join("homework3.pdf");
        same_shapes(engine, &project.path("output/homework3.pdf"), &their_pdf);
        let theirs = pages(&their_pdf);
        assert_eq!(ours.len(), theirs.len(), "{engine}: another number of pages");
        for (number, (our, their)) in (1..).zip(ours.iter().zip(&theirs)) {
            assert_eq!(our, their, "{engine}: page {number}");
        }
    }
    compared
}

#[test]
fn stock_engines_set_the_same_text_on_the_same_pages() {
    let compared = compare("tests/homework.toml", &ENGINES);
    // scripts/setup brings pdflatex on Linux.
    assert!(compared > 0 || cfg!(not(target_os = "linux")), "no engine at all");
}

#[test]
fn unlike_homeworks_compile_elsewhere_too() {
    for name in ["eight_by_eight", "twelve_layers", "saturated", "one_by_one"] {
        compare(&format!("tests/reference/homeworks/{name}.toml"), &["pdflatex"]);
    }
}

#[test]
fn figures_may_be_scaled_and_turned() {
    let project = Project::with_templates();
    let name = "templates/problem2a.tex";
    let boxes = "\n\\begin{center}\n\\resizebox{60mm}{!}{<< figures.c >>}\\qquad\n\
                 \\rotatebox{30}{\\resizebox{60mm}{!}{<< figures.layers >>}}\n\\end{center}\n";
    project.write(name, &(read(&project.path(name)) + boxes));
    project.run(&["build-pdf"], 0);
    for engine in ENGINES {
        if compiles(&project, engine) {
            let theirs = project.path(engine).join("homework3.pdf");
            same_shapes(engine, &project.path("output/homework3.pdf"), &theirs);
        }
    }
}
