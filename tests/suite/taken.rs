//! Pages that are taken from the last build are those that TeX would set.

use std::fs;

use gradproof::report::cuts::cuts;

use crate::project::Project;
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
        assert_eq!(cuts(&document).map(|found| found.questions.len()), Some(7), "{sets:?}");
        // What a preamble defines may be used anywhere.
        let other = document.replacen("\\usepackage{array}", "\\usepackage{array,calc}", 1);
        assert!(other != document && cuts(&other).is_none(), "{sets:?}");
    }
}

/// What is changed, options, and a change of files.
type Edit<'a> = (&'a str, &'a [&'a str], &'a dyn Fn());

/// A build that takes what it can from the last, and one that can't take anything, give the same.
#[test]
fn every_edit_gives_the_pages_of_a_build_from_nothing() {
    let project = Project::with_templates();
    let cache = project.path("cache");
    let run = |args: &[&str]| {
        let args = [&["build-pdf"], args].concat();
        project.command(&args).env("GRADPROOF_CACHE", &cache).assert().success();
        project.outputs()
    };
    // The format of the preamble is there from the third build on.
    for digits in ["submission.digits=4", "submission.digits=6", "submission.digits=5"] {
        run(&["--set", digits]);
    }
    let words = |name: &str, old: &str, new: &str| {
        project.replace(&format!("templates/{name}"), old, new);
    };
    let weights = "problem2.classification.w=[0.5, -0.11, 0.78]";
    let edits: [Edit; 7] = [
        ("another step", &["--set", "problem1.step_size=0.05"], &|| {}),
        ("other weights", &["--set", weights], &|| {}),
        ("as it was", &[], &|| {}),
        ("another name", &["--set", "submission.name='Ada Lovelace'"], &|| {}),
        ("words of a question", &[], &|| {
            words("problem2a.tex", "\\end{asked}", "Here it comes.\\end{asked}");
        }),
        ("a footnote, and a longer question", &[], &|| {
            let more = "\\footnote{My own.}\n\n\\vspace{300pt}\nMore.\\end{asked}";
            words("problem1a.tex", "\\end{asked}", more);
        }),
        ("a command that may leave something behind", &[], &|| {
            words("problem2b.tex", "\\end{asked}", "\\gdef\\mine{own}\\mine\\end{asked}");
        }),
    ];
    for (what, args, edit) in edits {
        edit();
        let taken = run(args);
        // Once more, for an edit that moves pages leaves nothing to be taken at first.
        fs::remove_dir_all(project.path("output")).unwrap();
        assert!(run(args) == taken, "{what}: a second time");
        fs::remove_dir_all(project.path("output")).unwrap();
        for entry in fs::read_dir(&cache).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if ["pages-", "auxiliary-"].iter().any(|kind| name.starts_with(kind)) {
                fs::remove_file(entry.path()).unwrap();
            }
        }
        // Two passes, which take nothing.
        assert!(run(args) == taken, "{what}: from nothing");
        fs::remove_dir_all(project.path("output")).unwrap();
        assert!(run(args) == taken, "{what}: which leaves pages for the next edit");
    }
}
