//! The same inputs give the same bytes, whoever builds them, wherever and whenever.

use assert_cmd::Command;

use crate::project::{OUTPUTS, Project};

type Change = fn(&mut Command) -> &mut Command;

fn assert_same(project: &Project, expected: &[Vec<u8>; 3], what: &str) {
    for ((name, one), other) in OUTPUTS.iter().zip(&project.outputs()).zip(expected) {
        assert!(one == other, "{name} differs: {what}");
    }
}

#[test]
fn the_machine_and_its_user_leave_no_trace() {
    let project = Project::new();
    project.run(&["build-pdf"], 0);
    let expected = project.outputs();

    let other = Project::new();
    let program = other.command(&[]).get_program().to_owned();
    let changed: [(&str, Change); 4] = [
        ("one core", |c| c.env("RAYON_NUM_THREADS", "1")),
        ("many threads", |c| c.env("RAYON_NUM_THREADS", "7")),
        ("another user", |c| {
            c.env_remove("HOME")
                .env("USER", "ada")
                .env("LOGNAME", "ada")
                .env("HOSTNAME", "elsewhere")
        }),
        ("terminal", |c| c.env("TERM", "dumb").env("COLUMNS", "40").env_remove("NO_COLOR")),
    ];
    for (what, change) in changed {
        let mut command = other.command(&["build-pdf"]);
        change(&mut command);
        command.assert().success();
        assert_same(&other, &expected, what);
        other.clean();
    }

    let mut shell = Command::new("sh");
    shell
        .current_dir(other.path(""))
        .args(["-c", "umask 077 && exec \"$0\" build-pdf"])
        .arg(program);
    for (name, value) in other.command(&[]).get_envs().filter_map(|(k, v)| Some((k, v?))) {
        shell.env(name, value);
    }
    shell.env_remove("SOURCE_DATE_EPOCH").assert().success();
    assert_same(&other, &expected, "umask");
    #[cfg(unix)]
    for name in OUTPUTS {
        use std::os::unix::fs::PermissionsExt;
        let mode = other.path("output").join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name} keeps to the umask");
    }
}

#[test]
fn a_date_comes_from_the_environment_or_the_inputs_and_never_from_the_clock() {
    let project = Project::new();
    let build = |epoch: &str, sets: &[&str]| {
        let args = [&["build-pdf"], sets].concat();
        project.command(&args).env("SOURCE_DATE_EPOCH", epoch).assert().success();
        project.outputs()
    };
    let first = build("1583064000", &[]);
    project.clean();
    assert!(first == build("1583064000", &[]), "the same date");
    let second = build("1583150400", &[]);
    assert!(first[1] != second[1], "another date is in the PDF");
    assert!(first[2] == second[2], "the LaTeX has no date of its own");
    // 2020-03-01 at midnight, as the inputs' date is taken.
    project.run(&["build-pdf", "--set", "submission.date=2020-03-01"], 0);
    let by_inputs = project.outputs();
    assert!(by_inputs == build("1583020800", &["--set", "submission.date=2020-03-01"]));

    for epoch in ["", "yesterday", "-1", "1e9", " 5", "1.5", "253402300800", "18446744073709551616"]
    {
        let run = project.command(&["build-pdf"]).env("SOURCE_DATE_EPOCH", epoch).output().unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(1), "{epoch:?}");
        let message = format!("SOURCE_DATE_EPOCH is {epoch:?}, which is no date in seconds");
        assert!(said.contains(&message) && said.contains("help: set it to"), "{said}");
        assert!(project.outputs() == by_inputs, "{epoch:?}");
    }
}
