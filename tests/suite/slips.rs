//! Slips of an editor that leave a document which can be typeset: each is told, and at its place.

use std::fs;
use std::time::{Duration, SystemTime};

use crate::project::{Project, read};

/// Everything that is said, with one space between words.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_template_that_is_gone_is_told_until_it_is_back() {
    let project = Project::with_templates();
    let (from, to) = ("templates/problem2a.tex", "templates/problem2a-new.tex");
    let text = read(&project.path(from));
    project.run(&["build-pdf"], 0);
    fs::remove_file(project.path(from)).unwrap();
    let gone = "there is no templates/problem2a.tex: the built-in text stands in its place";
    // The document is the same: there is nothing to build, and something to say.
    for command in ["build-pdf", "check"] {
        let said = project.run(&[command], 0).stderr;
        assert!(
            said.contains(gone) && said.contains("`git restore templates/problem2a.tex`"),
            "{said}"
        );
    }
    project.write(to, &text);
    let said = words(&project.run(&["build-pdf"], 0).stderr);
    let renamed = "nothing includes templates/problem2a-new.tex: call it problem2a.tex again";
    assert!(said.contains(gone) && said.contains(renamed), "{said}");
    project.replace("templates/report.tex", "\"problem2a.tex\"", "\"problem2a-new.tex\"");
    let said = project.run(&["build-pdf"], 0).stderr;
    assert!(!said.contains("templates/"), "{said}");
}

#[test]
fn templates_that_are_mostly_gone_are_told_once() {
    let project = Project::with_templates();
    for (kept, gist) in [
        ("title.tex", "there is no templates/appendix.tex, templates/problem1a.tex, "),
        ("", "there are no templates in templates/: the built-in texts stand in their place"),
    ] {
        for name in project.files("templates").iter().filter(|name| *name != kept) {
            fs::remove_file(project.path("templates").join(name)).unwrap();
        }
        let said = words(&project.run(&["build-pdf"], 0).stderr);
        assert_eq!(said.matches("stand in their place").count(), 1, "{said}");
        assert!(said.contains(gist), "{said}");
    }
    fs::rename(project.path("templates"), project.path("mine")).unwrap();
    let said = words(&project.run(&["build-pdf"], 0).stderr);
    assert!(
        !said.contains("there are no templates"),
        "without a folder they are not meant: {said}"
    );
    let said = words(&project.run(&["build-pdf", "--templates", "mine"], 0).stderr);
    assert!(!said.contains("templates"), "{said}");
}

#[test]
fn a_file_that_nothing_includes_is_no_part_of_the_document() {
    let project = Project::with_templates();
    project.run(&["build-pdf"], 0);
    let text = read(&project.path("templates/problem2b.tex"));
    project.write("templates/problem2b copy.tex", &format!("{text}The loss is 0.52173.\n"));
    project.run(&["check"], 0);
    let run = project.run(&["build-pdf"], 0);
    assert!(!run.stdout.contains("copy") && !run.stderr.contains("0.52173"), "{}", run.stdout);
    project.write("templates/old.tex", "The loss is 0.52173.\n");
    let name = "templates/problem2a.tex";
    let text = read(&project.path(name));
    for inclusion in ["\\input{old}", "<% include \"old.tex\" %>"] {
        project.write(name, &format!("{text}{inclusion}\n"));
        let said = project.run(&["build-pdf"], 1).stderr;
        assert!(said.contains("[templates/old.tex:1:13]"), "{said}");
    }
}

#[test]
fn what_leaves_a_question_out_is_told_by_its_place() {
    let project = Project::with_templates();
    let name = "templates/problem2a.tex";
    let text = read(&project.path(name));
    let (heading, rest) = text.split_once('\n').unwrap();
    project.write(name, rest);
    let said = words(&project.run(&["build-pdf"], 1).stderr);
    let help = format!("begin templates/problem2a.tex with this line: {}", words(heading));
    assert!(said.contains("question 2(a) is not in the document"), "{said}");
    assert!(said.contains(&help), "{help} is not in {said}");
    assert_eq!(said.matches("help:").count(), 1, "{said}");

    project.write(name, &format!("{text}\\end{{document}}\n"));
    let said = project.run(&["build-pdf"], 1).stderr;
    let place = format!("[{name}:{}:1]", text.lines().count() + 1);
    assert!(said.contains(&place) && said.contains("ends the document here"), "{said}");
    assert_eq!(said.matches("help:").count(), 1, "{said}");
}

#[test]
fn a_reference_that_leads_nowhere_is_seen_in_the_pdf() {
    let project = Project::with_templates();
    let name = "templates/problem2a.tex";
    let text = read(&project.path(name));
    project.run(&["build-pdf"], 0);
    assert!(project.run(&["check"], 0).stdout.contains("ok    references\n"));
    project.write(name, &format!("{text}See \\ref{{nowhere}}.\n"));
    let said = project.run(&["build-pdf"], 0).stderr;
    assert!(said.contains("\\label{nowhere}") && !said.contains("??"), "once: {said}");
    let run = project.run(&["check"], 0);
    assert!(run.stdout.contains("look  references\n"), "{}", run.stdout);
    assert!(run.stderr.contains("has ?? where a reference leads nowhere"), "{}", run.stderr);
}

#[test]
fn an_edit_is_not_taken_for_a_forgotten_option() {
    let project = Project::new();
    project.run(&["build-pdf"], 0);
    project.replace("homework.toml", "\"Your Name\"", "\"Ada\"");
    let inputs = fs::File::options().write(true).open(project.path("homework.toml")).unwrap();
    inputs.set_modified(SystemTime::now() + Duration::from_secs(2)).unwrap();
    let said = project.run(&["check"], 1).stderr;
    assert!(said.contains("Ada") && said.contains("run `build-pdf` again"), "{said}");
    assert!(!said.contains("--set"), "{said}");
}
