//! A build with nothing to do leaves the files alone; whatever a document is made from is noticed.

use std::fs;
use std::time::SystemTime;

use crate::project::{OUTPUTS, Project};

/// When each output was written, to the nanosecond.
fn written(project: &Project) -> [SystemTime; 3] {
    OUTPUTS.map(|name| fs::metadata(project.path("output").join(name)).unwrap().modified().unwrap())
}

/// A project whose templates read a file of the user's own, and look for one that is not there.
fn project() -> Project {
    let project = Project::with_templates();
    project.write("templates/own.tex", "My own words.\n");
    project.replace(
        "templates/problem1a.tex",
        "\\question{",
        "\\input{own}\\InputIfFileExists{later}{}{}\n\\question{",
    );
    project
}

#[test]
fn a_build_says_the_same_again_and_writes_nothing() {
    let project = project();
    project.run(&["build-pdf"], 0);
    let first = project.run(&["build-pdf"], 0);
    let before = written(&project);
    let second = project.run(&["build-pdf"], 0);
    assert_eq!(written(&project), before);
    assert_eq!((first.stdout, first.stderr), (second.stdout, second.stderr));
    // Not so after a change, to and fro: what was there in between is gone.
    project.run(&["build-pdf", "--set", "submission.digits=4"], 0);
    let other = written(&project);
    project.run(&["build-pdf"], 0);
    assert_ne!(written(&project), other);
}

type Change = fn(&Project);

#[test]
fn whatever_a_document_is_made_from_is_noticed() {
    let project = project();
    project.run(&["build-pdf"], 0);
    let changes: &[(&str, Change)] = &[
        ("an input", |p| {
            p.replace("homework.toml", "step_size = 0.1", "step_size = 0.2");
        }),
        ("a comment before what is warned of", |p| {
            let text = crate::project::read(&p.path("homework.toml"));
            p.write("homework.toml", &format!("# mine\n{text}"));
        }),
        ("a template", |p| {
            p.replace("templates/problem2a.tex", "sigmoid that", "sigmoid, that");
        }),
        ("a file that TeX reads", |p| {
            p.write("templates/own.tex", "My own word.\n");
        }),
        ("a file that TeX looked for", |p| {
            p.write("templates/later.tex", "Later.\n");
        }),
        ("it is gone again", |p| fs::remove_file(p.path("templates/later.tex")).unwrap()),
        ("the PDF", |p| fs::write(p.path("output/homework3.pdf"), "mine").unwrap()),
        ("the record", |p| fs::write(p.path("output/homework3.json"), "{}").unwrap()),
        ("the LaTeX", |p| fs::remove_file(p.path("output/homework3.tex")).unwrap()),
    ];
    for (what, change) in changes {
        change(&project);
        let before =
            fs::metadata(project.path("output/homework3.pdf")).unwrap().modified().unwrap();
        project.run(&["build-pdf"], 0);
        assert_ne!(written(&project)[1], before, "{what}");
        let after = written(&project);
        project.run(&["build-pdf"], 0);
        assert_eq!(written(&project), after, "{what}, a second time");
    }
    let before = written(&project);
    let build = || {
        project.command(&["build-pdf"]).env("SOURCE_DATE_EPOCH", "1583064000").assert().success()
    };
    build();
    assert_ne!(written(&project), before, "the date");
}
