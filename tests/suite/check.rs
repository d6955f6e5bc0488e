//! `check` and `stress`: finished work looked at again.

use std::fs;

use lopdf::{Object, dictionary};

use crate::project::{Project, Run, repository};

fn prints(run: &Run, texts: &[&str]) {
    for text in texts {
        assert!(run.stdout.contains(text), "{text:?} is not in:\n{}", run.stdout);
    }
}

#[test]
fn a_fresh_pdf_passes_and_one_from_other_inputs_does_not() {
    let project = Project::new();
    project.run(&["build-pdf"], 0);
    let run = project.run(&["check"], 0);
    prints(&run, &["ok    made from these inputs", "ok    answers", "1(b)  "]);
    assert!(!run.stdout.contains("FAIL"), "{}", run.stdout);

    project.replace("homework.toml", "y = 128", "y = 129");
    let run = project.run(&["check"], 1);
    prints(&run, &["FAIL  made from these inputs"]);
    assert!(run.stderr.contains("is not what today's inputs and templates give"), "{}", run.stderr);
}

#[test]
fn a_pdf_that_options_made_is_checked_with_them() {
    let project = Project::new();
    let given = ["--random-weights", "7", "--set", "submission.digits=6"];
    project.run(&[&["build-pdf"][..], &given].concat(), 0);
    let told = "`check --random-weights 7 --set 'submission.digits=6'`";
    let stderr = project.run(&["check"], 1).stderr;
    let words = stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("pass these options again") && words.contains(told), "{stderr}");
    // The cause comes before what follows from it. (Lines are broken at hyphens, too.)
    let words = words.replace("│ ", "");
    let cause = words.find("but what they give with --random-").unwrap();
    assert!(
        words.find("problem2.classification.dL_dw[0] =").is_some_and(|other| cause < other),
        "{stderr}"
    );
    project.run(&[&["check"][..], &given].concat(), 0);
    // A record of another PDF tells nothing.
    project.run(&["build-pdf", "--output", "other"], 0);
    fs::copy(project.path("other/homework3.json"), project.path("output/homework3.json")).unwrap();
    let run = project.run(&["check"], 1);
    assert!(!run.stderr.contains("--random-weights"), "{}", run.stderr);
}

#[test]
fn a_figure_that_was_replaced_makes_the_pdf_stale() {
    let project = Project::with_templates();
    let png = fs::read(repository("docs/page.png")).unwrap();
    fs::write(project.path("templates/mine.png"), &png).unwrap();
    let heading = "\\step{Check}";
    let figure = format!("\\includegraphics[width=2cm]{{mine.png}}\n\n{heading}");
    project.replace("templates/problem1b.tex", heading, &figure);
    project.run(&["build-pdf"], 0);
    project.run(&["check"], 0);
    fs::write(project.path("templates/mine.png"), [&png[..], b" "].concat()).unwrap();
    let run = project.run(&["check"], 1);
    prints(&run, &["FAIL  made from these inputs"]);
    assert!(run.stderr.contains("mine.png is another picture now"), "{}", run.stderr);
    assert_eq!(findings(&project, &["check"]), 1);
}

/// The findings of a `check` that fails: each is one `×` on stderr.
fn findings(project: &Project, args: &[&str]) -> usize {
    project.run(args, 1).stderr.matches("× ").count()
}

#[test]
fn every_way_to_be_older_is_one_finding() {
    let project = Project::new();
    project.run(&["build-pdf"], 0);
    for (set, said) in [
        ("submission.name='Somebody Else'", "not “Somebody Else”"),
        ("submission.paper='a4'", "not A4 paper"),
        ("submission.digits=9", "is not printed in 2(b)"),
        ("problem1.step_size=0.05", "W_updated[0][0]"),
        ("problem2.classification.w=[1, 2]", "is not printed in 2(b)"),
        ("submission.id='other'", "words or intermediate results differ"),
    ] {
        let args = ["check", "--set", set];
        let run = project.run(&args, 1);
        let stderr: String = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        let stderr = stderr.replace("│ ", "");
        assert!(stderr.contains(said), "{said} is not in {stderr}");
        assert_eq!(findings(&project, &args), 1, "{set}: {}", run.stderr);
        assert_eq!(run.stdout.matches("FAIL").count(), 1, "{set}: {}", run.stdout);
        // Where the questions are does not depend on the inputs.
        prints(&run, &["1(b)             4–5", "2(c)             10–11"]);
    }
}

/// A PDF of one empty page.
fn other_pdf() -> lopdf::Document {
    let mut document = lopdf::Document::with_version("1.5");
    let pages = document.new_object_id();
    let page = dictionary! { "Type" => "Page", "Parent" => pages, "MediaBox" => vec![0.into(), 0.into(), 612.into(), 792.into()] };
    let page = document.add_object(page);
    let kids = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
    document.objects.insert(pages, kids.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    let info = dictionary! { "Producer" => Object::string_literal("Some Word Processor") };
    let info = document.add_object(info);
    document.trailer.set("Root", catalog);
    document.trailer.set("Info", info);
    document
}

fn encrypted(pdf: &[u8]) -> Vec<u8> {
    let mut document = lopdf::Document::load_mem(pdf).unwrap();
    let id = Object::string_literal("0123456789abcdef");
    document.trailer.set("ID", vec![id.clone(), id]);
    let version = lopdf::EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: "",
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    };
    let state = lopdf::EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

#[test]
fn what_is_no_pdf_of_ours_is_told_apart() {
    let project = Project::new();
    project.run(&["check"], 1).says(&["could not be read", "run `build-pdf` first"]);
    project.run(&["build-pdf"], 0);
    let pdf = fs::read(project.path("output/homework3.pdf")).unwrap();
    let mut other = Vec::new();
    other_pdf().save_to(&mut other).unwrap();
    for (bytes, said) in [
        (b"not a PDF at all".to_vec(), "mine.pdf is not a PDF"),
        (Vec::new(), "mine.pdf is empty"),
        (pdf[..pdf.len() / 2].to_vec(), "mine.pdf is incomplete"),
        (encrypted(&pdf), "mine.pdf is encrypted"),
        (other, "was not made by this program, but by Some Word Processor"),
    ] {
        fs::write(project.path("mine.pdf"), bytes).unwrap();
        let run = project.run(&["check", "mine.pdf"], 1);
        assert!(run.stderr.contains(said), "{}", run.stderr);
        assert_eq!(findings(&project, &["check", "mine.pdf"]), 1, "{said}");
    }
}

#[test]
fn random_homeworks_are_solved_witnessed_and_rendered() {
    let project = Project::new();
    let run = project.run(&["stress", "--count", "60", "--seed", "1"], 0);
    prints(&run, &["60 homeworks (seed 1): 0 failed; 1 of them typeset and read back"]);
}

#[test]
fn a_failing_homework_is_printed_as_it_can_be_used() {
    let project = Project::with_templates();
    // An answer that 1(b) is asked for goes missing.
    project.replace("templates/problem1b.tex", "<< p1.W_updated.boxed >>", "");
    let run = project.run(&["stress", "--count", "1", "--seed", "7"], 1);
    prints(&run, &["1 homeworks (seed 7): 1 failed"]);
    let (_, toml) = run.stdout.split_once("\n\n").unwrap();
    project.write("failing.toml", toml);
    let again = project.run(&["build-pdf", "--inputs", "failing.toml"], 1);
    let first = again.stderr.lines().find(|line| line.contains('×')).unwrap();
    assert!(run.stderr.contains(first), "{first} is not in\n{}", run.stderr);
}
