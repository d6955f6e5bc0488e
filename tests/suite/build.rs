//! `build-pdf`: what it writes, and what a failure leaves.

use std::fs;
use std::io::Read;

use serde_json::Value;

use crate::project::{OUTPUTS, Project, read, repository};
use crate::sections::split;

#[test]
fn a_build_writes_three_files_and_tells_the_pages() {
    let project = Project::new();
    let run = project.run(&["build-pdf"], 0);
    assert_eq!(project.files("output"), OUTPUTS);
    let [json, pdf, tex] = project.outputs();
    assert!(pdf.starts_with(b"%PDF-"));
    assert!(String::from_utf8_lossy(&pdf[pdf.len() - 16..]).contains("%%EOF"));

    for question in ["1(a)", "1(b)", "2(a)", "2(b)", "2(b) regression", "2(c)"] {
        let line = run.stdout.lines().find(|line| {
            line.strip_prefix(question).is_some_and(|rest| rest.starts_with("  "))
                || *line == question
        });
        let line = line.unwrap_or_else(|| panic!("{question} is not in\n{}", run.stdout));
        let pages = line[question.len()..].trim();
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        assert!(pages.split('–').all(digits), "{line}");
    }
    assert!(run.stdout.contains("output/homework3.pdf"));

    let tex = String::from_utf8(tex).unwrap();
    assert!(tex.contains("\\documentclass") && tex.ends_with("\\end{document}\n"));
    let names: Vec<String> = split(&tex).into_iter().map(|section| section.name).collect();
    assert_eq!(names[..7], ["front", "1a", "1b", "2a", "2b", "2b_regression", "2c"]);
    let solved: Value =
        serde_json::from_str(&project.run(&["solve", "--format", "json"], 0).stdout).unwrap();
    let record: Value = serde_json::from_slice(&json).unwrap();
    assert!(contains(&record, &solved["problem1"]), "the record has the answers");
    assert!(contains(&record, &solved["problem2"]), "the record has the answers");
}

/// Whether a JSON value stands anywhere in another.
fn contains(json: &Value, part: &Value) -> bool {
    json == part
        || match json {
            Value::Array(items) => items.iter().any(|item| contains(item, part)),
            Value::Object(map) => map.values().any(|item| contains(item, part)),
            _ => false,
        }
}

#[test]
fn bytes_depend_on_inputs_alone() {
    let project = Project::new();
    project.run(&["build-pdf"], 0);
    let first = project.outputs();
    project.run(&["build-pdf"], 0);
    assert!(project.outputs() == first, "a second build gives other bytes");

    // Another folder, time zone and locale.
    let elsewhere = Project::new();
    let output = elsewhere
        .command(&["build-pdf"])
        .env("TZ", "Pacific/Kiritimati")
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("LANG", "tr_TR.UTF-8")
        .output()
        .unwrap();
    assert!(output.status.success());
    for ((name, one), other) in OUTPUTS.iter().zip(&first).zip(&elsewhere.outputs()) {
        assert!(one == other, "{name} differs in another folder, time zone and locale");
    }

    project.run(&["build-pdf", "--set", "problem1.step_size=0.2"], 0);
    for ((name, one), other) in OUTPUTS.iter().zip(&first).zip(&project.outputs()) {
        assert!(one != other, "{name} is the same for other inputs");
    }
}

#[test]
fn a_pdf_that_is_open_elsewhere_stays_whole_there() {
    let project = Project::new();
    project.run(&["build-pdf"], 0);
    let path = project.path("output/homework3.pdf");
    let before = fs::read(&path).unwrap();
    let mut viewer = fs::File::open(&path).unwrap();
    // As strict as a viewer can be: nobody else may lock it meanwhile.
    viewer.lock().unwrap();
    let mut seen = vec![0; before.len() / 2];
    viewer.read_exact(&mut seen).unwrap();
    project.run(&["build-pdf", "--set", "problem1.step_size=0.2"], 0);
    viewer.read_to_end(&mut seen).unwrap();
    assert!(seen == before, "what a viewer has open changed under its hands");
    assert!(fs::read(&path).unwrap() != before, "the new one is not in place");
}

#[test]
fn a_failed_build_leaves_the_previous_files_whole() {
    let project = Project::with_templates();
    project.run(&["build-pdf"], 0);
    let before = project.outputs();
    let unchanged = |what: &str| {
        assert!(project.outputs() == before, "{what} changed an output");
        assert_eq!(project.files("output"), OUTPUTS, "{what} left a file");
    };

    project.run(&["build-pdf", "--set", "problem1.step_size=0"], 1).says(&["step_size"]);
    unchanged("a bad input");

    let template = "templates/problem2a.tex";
    let text = read(&project.path(template));
    let line = text.lines().count() + 1;
    // Of tera's syntax, of a name, of a filter, of a word, of numbers (an answer, another result),
    // and of TeX.
    for (mistake, column, said) in [
        ("<% if b.loss %>", 1, "`if`"),
        ("<< b.los.value >>", 6, "did you mean `loss`?"),
        ("<< b.loss | nofilter >>", 13, "`nofilter`"),
        ("<% if b.noticed.trend == \"vanish\" %>x<% endif %>", 26, "did you mean `vanishing`?"),
        ("From 0.00136360 on", 6, "<< b.layers[0].dL_dw.value >>"),
        ("It is 0.521730.", 7, "<< b.loss.value >>"),
        ("\\nosuchmacro", 1, "\\nosuchmacro"),
    ] {
        project.write(template, &format!("{text}{mistake}\n"));
        let place = format!("[{template}:{line}:{column}]");
        project.run(&["build-pdf"], 1).says(&[&place, said, "help:"]);
        unchanged(mistake);
    }
    // What may be meant so is told, and built.
    for (doubtful, column, said) in [
        ("So 100% of it", 7, "write `\\%`"),
        ("It is 0.780.", 7, "<< b.layers[2].w.value >>"),
        ("It is 0.912.", 7, "%! keep 0.912"),
    ] {
        project.write(template, &format!("{text}{doubtful}\n"));
        let stderr = project.run(&["build-pdf"], 0).stderr;
        let place = format!("[{template}:{line}:{column}]");
        let words = stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(stderr.contains(&place) && words.contains(said), "{doubtful}: {stderr}");
    }
    project.write(template, &text);
    project.run(&["build-pdf"], 0);

    // Answers that their section no longer prints: only its heading is left.
    let template = "templates/problem2b.tex";
    let text = read(&project.path(template));
    let heading = text.lines().next().unwrap();
    project.write(template, &format!("{heading}\nNothing.\n"));
    project.run(&["build-pdf"], 1).says(&[
        "question 2(b) does not print problem2.classification.dL_dw[0] = 0.0013636",
        "add this line to templates/problem2b.tex: \\[ << b.layers[0].dL_dw.result >> \\]",
    ]);
    unchanged("a lost answer");
}

#[test]
fn other_inputs_are_told_by_what_they_change() {
    let project = Project::new();
    let heading = "Changed since the last build\n";
    let first = project.run(&["build-pdf"], 0).stdout;
    assert!(!first.contains(heading), "there was nothing before:\n{first}");
    let same = project.run(&["build-pdf"], 0).stdout;
    assert!(!same.contains(heading), "nothing changed:\n{same}");

    // 2(c) with a target that its output nearly meets: its gradients are no longer large.
    let run = project.run(&["build-pdf", "--set", "problem2.regression.y=0.4"], 0).stdout;
    let (before, report) = run.split_once(heading).unwrap_or_else(|| panic!("no report:\n{run}"));
    assert!(before.contains("Question"), "the report comes after the table:\n{run}");
    for line in [
        "  2(c) ∂L/∂w₁ 0.85623 → ",
        "  sentences of 2(c): how large the largest gradient is, exploding → ",
    ] {
        assert!(report.contains(line), "{line:?} is not in\n{report}");
    }
    assert!(!report.contains("classification") && !report.contains("problem1"), "{report}");
    assert!(report.lines().count() < 16, "{report}");

    for foreign in ["", "{}", "[1, 2]"] {
        project.write("output/homework3.json", foreign);
        let run = project.run(&["build-pdf"], 0).stdout;
        assert!(!run.contains(heading), "{foreign:?}:\n{run}");
    }
}

#[test]
fn a_folder_for_outputs_is_made_and_a_file_is_refused() {
    let project = Project::new();
    let run = project.run(&["build-pdf", "--output", "a/b"], 0);
    assert!(run.stdout.contains("a/b/homework3.pdf"));
    assert_eq!(project.files("a/b"), OUTPUTS);
    assert!(!project.path("output").exists());

    project.write("taken", "mine");
    project.run(&["build-pdf", "--output", "taken"], 1).says(&["taken", "help:"]);
    assert_eq!(read(&project.path("taken")), "mine");
}

#[test]
fn templates_on_disk_override_the_embedded_ones() {
    let project = Project::new();
    let addition = "A sentence of my own.\n";
    let embedded = read(&repository("templates/problem2a.tex"));
    project.write("templates/problem2a.tex", &(embedded + addition));
    project.run(&["build-pdf"], 0);
    let tex = read(&project.path("output/homework3.tex"));
    let with: Vec<String> = split(&tex)
        .into_iter()
        .filter(|section| section.text.contains(addition))
        .map(|section| section.name)
        .collect();
    assert_eq!(with, ["2a"]);

    // The same from another folder.
    fs::rename(project.path("templates"), project.path("words")).unwrap();
    project.run(&["build-pdf", "--templates", "words", "--output", "other"], 0);
    assert!(read(&project.path("other/homework3.tex")).contains(addition));
}

#[test]
fn an_override_that_cannot_be_read_is_an_error() {
    // Not UTF-8; a folder in its place; a link to nowhere.
    type Obstacle = fn(&std::path::Path);
    let obstacles: [Obstacle; 3] = [
        |path| fs::write(path, b"caf\xe9").unwrap(),
        |path| fs::create_dir(path).unwrap(),
        |path| std::os::unix::fs::symlink("nowhere", path).unwrap(),
    ];
    for (index, obstacle) in obstacles.into_iter().enumerate() {
        let project = Project::new();
        fs::create_dir(project.path("templates")).unwrap();
        obstacle(&project.path("templates/problem2a.tex"));
        let run = project.run(&["build-pdf"], 1);
        run.says(&["templates/problem2a.tex"]);
        assert!(!project.path("output").exists(), "obstacle {index}");
    }
    let project = Project::new();
    project.write("templates", "a file");
    project.run(&["build-pdf"], 1).says(&["templates is not a folder"]);
}

#[test]
fn random_weights_are_recorded() {
    let project = Project::new();
    project.run(&["build-pdf", "--random-weights", "7041"], 0);
    for name in ["output/homework3.tex", "output/homework3.json"] {
        assert!(read(&project.path(name)).contains("7041"), "{name}");
    }
}

#[test]
fn unlike_homeworks_build() {
    let project = Project::new();
    for name in ["column_times_row", "eight_by_eight", "one_layer_exact", "zero_weights"] {
        let path = repository(&format!("tests/reference/homeworks/{name}.toml"));
        project.run(&["build-pdf", "--inputs", path.to_str().unwrap()], 0);
    }
}
