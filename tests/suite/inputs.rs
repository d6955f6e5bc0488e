//! What users type: exit codes, places, and ways to give inputs.

use serde_json::Value;

use crate::project::Project;

fn json(project: &Project, args: &[&str]) -> Value {
    let run = project.run(&[&["solve", "--format", "json"], args].concat(), 0);
    serde_json::from_str(&run.stdout).unwrap()
}

fn printed<'a>(json: &'a Value, pointer: &str) -> &'a str {
    json.pointer(pointer).unwrap()["printed"].as_str().unwrap()
}

#[test]
fn bad_inputs_are_underlined_in_the_file() {
    // (a value of homework.toml, a bad one, its line and column, what is said)
    let cases = [
        ("step_size = 0.1", "step_size = 0", "12:13", "step_size"),
        ("step_size = 0.1", "step_size = -1", "12:13", "step_size"),
        ("step_size = 0.1", "step_size = nan", "12:13", "step_size"),
        ("step_size = 0.1", "step_size = inf", "12:13", "step_size"),
        ("step_size = 0.1", "step_size = \"0.1\"", "12:13", "step_size"),
        ("step_size = 0.1", "stepsize = 0.1", "12:1", "step_size"),
        ("y = 1\n", "y = 2\n", "18:5", "0 or 1"),
        ("y = 128", "y = true", "23:5", "problem2.regression.y"),
        ("X = [[0, 2], [3, 1]]", "X = [[0, 2], [3]]", "10:14", "X"),
        ("Y = [[0.5, 1], [1, -1.5]]", "Y = [[0.5, 1]]", "11:5", "Y"),
        ("paper = \"letter\"", "paper = \"legal\"", "5:9", "a4"),
        ("digits = 5", "digits = 16", "6:10", "digits"),
        ("digits = 5", "digits = 1", "6:10", "digits"),
        ("digits = 5", "digit = 5", "6:1", "digits"),
        ("[problem2.regression]", "[problem2.regresion]", "20:11", "regression"),
        ("y = 128", "y = ", "23:5", "y"),
    ];
    for (old, new, place, text) in cases {
        let project = Project::new();
        project.replace("homework.toml", old, new);
        for command in [["solve", "--format=json"], ["build-pdf", "--output=output"]] {
            let run = project.run(&command, 1);
            run.says(&[&format!("homework.toml:{place}]"), text, "help:"]);
            assert!(!project.path("output").exists(), "{new}: {command:?} wrote something");
        }
    }
}

#[test]
fn independent_mistakes_are_shown_together() {
    let project = Project::new();
    project.replace("homework.toml", "step_size = 0.1", "step_size = 0");
    project.replace("homework.toml", "y = 1\n", "y = 3\n");
    project.run(&["solve"], 1).says(&["homework.toml:12:13]", "homework.toml:18:5]"]);
}

#[test]
fn a_missing_or_empty_file_is_an_error() {
    let project = Project::new();
    project.run(&["solve", "--inputs", "elsewhere.toml"], 1).says(&["elsewhere.toml"]);
    project.write("empty.toml", "");
    project.run(&["solve", "--inputs", "empty.toml"], 1).says(&["problem1"]);
    project.run(&["solve", "--inputs", "."], 1).says(&["help:"]);
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let project = Project::new();
    for args in [
        &[][..],
        &["slove"],
        &["solve", "--fromat", "json"],
        &["solve", "--format", "xml"],
        &["solve", "--random-weights", "seven"],
        &["solve", "--set"],
        &["solve", "extra"],
        &["build-pdf", "--format", "json"],
    ] {
        let run = project.run(args, 2);
        assert_eq!(run.stdout, "", "{args:?}");
        assert!(run.stderr.contains("--help"), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn help_and_version_are_results() {
    let project = Project::new();
    for command in ["solve", "build-pdf"] {
        assert!(project.run(&["--help"], 0).stdout.contains(command));
    }
    let version = concat!("gradproof ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(project.run(&["--version"], 0).stdout, version);
}

#[test]
fn a_value_is_replaced_by_set() {
    let project = Project::new();
    // 0.63 · (1, …), and 1 − 128 where the only layer has the weight 1 and the input 1.
    let sets = ["--set", "problem2.classification.w=[1, -2, 0.5]"];
    assert_eq!(printed(&json(&project, &sets), "/problem2/classification/z/0"), "0.63");
    let sets = [
        "--set=problem2.regression.w=[1]",
        "--set=problem2.regression.x=1",
        "--set=problem2.regression.x=2", // the last one holds
        "--set=problem1.step_size=0.2",
    ];
    let answers = json(&project, &sets);
    assert_eq!(printed(&answers, "/problem2/regression/delta/0"), "-252");
    // W − 0.2 · 0.4, by hand.
    assert_eq!(printed(&answers, "/problem1/W_updated/0/0"), "0.22");
    // The file itself is as it was.
    assert_eq!(json(&project, &[]), json(&Project::new(), &[]));
}

#[test]
fn a_bad_set_is_underlined_in_the_argument() {
    let project = Project::new();
    for (set, text) in [
        ("problem1.step_size=-1", "step_size"),
        ("problem1.stepsize=0.1", "step_size"),
        ("problem2.classification.y=0.5", "0 or 1"),
        ("problem1.W=[[1]]", "W"),
        ("problem1.step_size", "="),
        ("problem1.step_size=[", "--set"),
        ("=1", "--set"),
    ] {
        project.run(&["solve", "--set", set], 1).says(&["--set", text, "help:"]);
    }
}

#[test]
fn inputs_may_be_any_file() {
    let project = Project::new();
    let text = crate::project::read(&project.path("homework.toml"));
    project.write("folder/other.toml", &text.replace("y = 128", "y = 100"));
    // 2 · (ŷ − 100) = 2 · (ŷ − 128) + 56, with HOMEWORK's 2 · (ŷ − 128) = −255.2431289.
    let answers =
        json(&project, &["--inputs", "folder/other.toml", "--set", "submission.digits=7"]);
    let delta = answers.pointer("/problem2/regression/delta/2").unwrap()["value"].as_f64().unwrap();
    assert!((delta - (-255.243_128_9 + 56.0)).abs() < 1e-7, "{delta}");
}

#[test]
fn random_weights_come_from_their_seed_alone() {
    let project = Project::new();
    let run = |seed: &str| json(&project, &["--random-weights", seed]);
    let seven = run("7");
    assert_eq!(seven, run("7"));
    assert_ne!(seven, run("8"));
    let given = json(&project, &[]);
    assert_ne!(seven["problem2"], given["problem2"]);
    assert_eq!(seven["problem1"], given["problem1"], "only problem 2 is drawn");

    // Two decimals: z1 = w1 · 0.63, so 100 · z1 / 0.63 is whole.
    for kind in ["classification", "regression"] {
        let z1 = &seven["problem2"][kind]["z"][0];
        assert_eq!(z1["exact"], true);
        let hundredths = z1["value"].as_f64().unwrap() / 0.63 * 100.0;
        assert!((hundredths - hundredths.round()).abs() < 1e-9, "{hundredths}");
    }
}

#[test]
fn colours_are_for_terminals() {
    let project = Project::new();
    let mut command = project.command(&["solve", "--set", "problem1.step_size=0"]);
    let output = command.env_remove("NO_COLOR").output().unwrap();
    assert!(!output.stderr.contains(&0x1b));
    assert_eq!(output.status.code(), Some(1));
}
