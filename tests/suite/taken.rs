//! Pages that are taken from the last build are those that TeX would set.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use gradproof::report::cuts::cuts;

use crate::project::{Project, read};
use crate::sections::sections;

/// Whatever the inputs are, the templates print nothing that keeps their questions from being taken.
#[test]
fn questions_of_every_homework_can_be_taken() {
    let chain =
        |w: &str| ["classification", "regression"].map(|part| format!("problem2.{part}.w={w}"));
    let deep = format!("{:?}", [0.5; 12]);
    let weights = ["[0, 0, 0]", "[700, -700, 700]", "[2]", "[1, 2]", "[1e-9, 1e5, 3]", &deep];
    let mut homeworks: Vec<Vec<String>> = weights.map(|w| chain(w).to_vec()).into();
    homeworks.push(vec!["problem1.reduction='mean'".into(), "submission.digits=12".into()]);
    homeworks.push(vec!["submission.paper='a4'".into()]);
    homeworks.push(vec!["submission.name='Zoë \\ & Łukasz_1'".into()]);
    homeworks.push(vec![
        "problem1.W=[[1, 2, 3]]".into(),
        "problem1.X=[[1], [0.1], [-3]]".into(),
        "problem1.Y=[[5]]".into(),
    ]);
    homeworks.push(vec!["problem1.Y=[[1.5, 1.1], [1.2, 0]]".into()]);
    for sets in &homeworks {
        let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
        let document: String = sections(&sets).into_iter().map(|section| section.text).collect();
        assert_eq!(cuts(&document).map(|found| found.questions.len()), Some(8), "{sets:?}");
        // What a preamble defines may be used anywhere.
        let other = document.replacen("\\usepackage{array}", "\\usepackage{array,calc}", 1);
        assert!(other != document && cuts(&other).is_none(), "{sets:?}");
    }
}

/// What is changed: options, and what comes behind the prompts of some questions.
type Edit<'a> = (&'a str, &'a [&'a str], &'a [(&'a str, &'a str)]);

/// A build that takes what it can from the last, and one that can't take anything, give the same.
#[test]
fn every_edit_gives_the_pages_of_a_build_from_nothing() {
    let project = Project::with_templates();
    let [taking, fresh] = ["taking", "fresh"].map(|name| project.path(name));
    let run = |args: &[&str], cache: &Path| {
        let _ = fs::remove_dir_all(project.path("output"));
        let args = [&["build-pdf"], args].concat();
        let run = project.command(&args).env("GRADPROOF_CACHE", cache).output().unwrap();
        let said = String::from_utf8(run.stderr).unwrap();
        (said, run.status.success().then(|| project.outputs()))
    };
    // The preamble's format is there for the third build, which leaves pages.
    for digits in ["submission.digits=4", "submission.digits=6", "submission.digits=5"] {
        run(&["--set", digits], &taking);
    }
    fs::create_dir(&fresh).unwrap();
    let latex = |path: &PathBuf| path.extension().is_some_and(|end| end == "fmt");
    let kept = |cache: &Path| {
        fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    };
    for format in kept(&taking).iter().filter(|path| latex(path)) {
        fs::copy(format, fresh.join(format.file_name().unwrap())).unwrap();
    }

    let weights = "problem2.classification.w=[0.5, -0.11, 0.78]";
    let edits: [Edit; 12] = [
        ("another step", &["--set", "problem1.step_size=0.05"], &[]),
        ("other weights", &["--set", weights], &[]),
        ("as it was", &[], &[]),
        ("another name", &["--set", "submission.name='Ada Lovelace'"], &[]),
        ("words", &[], &[("problem2a.tex", "Here it comes.")]),
        (
            "a footnote, and a longer question",
            &[],
            &[("problem1a.tex", "\\footnote{My own.}\n\n\\vspace{300pt}\nMore.")],
        ),
        ("a smaller font", &[], &[("problem1b.tex", "\\small Small.")]),
        ("a larger one again", &[], &[("problem1b.tex", "Large.")]),
        ("a definition", &[], &[("problem2b.tex", "\\gdef\\T{^{X}}")]),
        ("a table", &[], &[("problem2b.tex", "\\joinedrules\\renewcommand{\\arraystretch}{1}")]),
        ("a counter", &[], &[("problem1a.tex", "\\refstepcounter{figure}")]),
        ("none of these", &[], &[]),
    ];
    let templates: HashMap<&str, String> =
        ["problem1a.tex", "problem1b.tex", "problem2a.tex", "problem2b.tex"]
            .map(|name| (name, read(&project.path(&format!("templates/{name}")))))
            .into();
    for (what, args, texts) in edits {
        for (name, text) in &templates {
            let own = texts.iter().find(|(edited, _)| edited == name).map_or("", |(_, text)| text);
            let text = text.replace("\\end{asked}", &format!("\\end{{asked}}\n{own}"));
            project.write(&format!("templates/{name}"), &text);
        }
        for path in kept(&fresh).iter().filter(|path| !latex(path)) {
            fs::remove_file(path).unwrap();
        }
        let expected = run(args, &fresh);
        assert!(expected.1.is_some(), "{what}: {}", expected.0);
        // An edit that moves pages leaves nothing to be taken at first.
        for time in 1..=2 {
            assert!(run(args, &taking) == expected, "{what}, built the {time}. time");
        }
    }
}
