//! Templates from strangers: what they read, write and run, and when they never end.

use std::fs;
use std::os::unix::fs::symlink;

use crate::project::{Project, read};

const TEMPLATE: &str = "templates/problem2a.tex";

/// A project whose `problem2a.tex` ends with these lines; gives the first one's number.
fn with(lines: &str) -> (Project, usize) {
    let project = Project::with_templates();
    let text = read(&project.path(TEMPLATE));
    project.write(TEMPLATE, &format!("{text}{lines}\n"));
    (project, text.lines().count() + 1)
}

#[test]
fn what_never_ends_is_stopped_at_its_line() {
    let file = "\\newwrite\\f\\immediate\\openout\\f=x";
    let long = "a".repeat(200);
    let cases = [
        // (lines, the one that is named, what is said)
        ("\\def\\a{\\a}\ntext\n\\a".to_owned(), 2, "TeX did not come to an end in 4 s"),
        ("\\def\\a{x\\par\\a}\\a".to_owned(), 0, "TeX did not come to an end in 4 s"),
        ("\\def\\a{\\a\\a}\\a".to_owned(), 0, "eX capacity exceeded"),
        ("\\def\\a{{\\a}}\n\\a".to_owned(), 1, "eX capacity exceeded"),
        (
            format!(
                "\\def\\l{{{long}{long}{long}}}{file}\n\\loop\\immediate\\write\\f{{\\l\\l\\l}}\\iftrue\\repeat"
            ),
            1,
            "TeX took more than 200 MB of memory",
        ),
        (
            "<% for i in range(end=4000) %><% for j in range(end=4000) %>x<% endfor %><% endfor %>"
                .to_owned(),
            0,
            "200000 loop turns",
        ),
        ("<% include \"problem2a.tex\" %>".to_owned(), 0, "problem2a.tex"),
    ];
    for (lines, at, said) in cases {
        let (project, first) = with(&lines);
        let seconds = if said.contains("MB") { "60" } else { "4" };
        let run = project
            .command(&["build-pdf"])
            .env("GRADPROOF_TEX_SECONDS", seconds)
            .env("GRADPROOF_TEX_MEGABYTES", "200")
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(1), "{lines}: {stderr}");
        let place = format!("[{TEMPLATE}:{}:", first + at);
        for text in [said, &place, "help:"] {
            assert!(stderr.contains(text), "{text:?} is not in the message for {lines}:\n{stderr}");
        }
        assert!(!project.path("output").exists());
    }
}

#[test]
fn limits_that_are_no_numbers_are_refused() {
    for (name, value) in [("GRADPROOF_TEX_SECONDS", "soon"), ("GRADPROOF_TEX_MEGABYTES", "0")] {
        let project = Project::new();
        let run = project.command(&["build-pdf"]).env(name, value).output().unwrap();
        let stderr = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(1));
        assert!(stderr.contains(&format!("{name} is \"{value}\"")), "{stderr}");
    }
}

#[test]
fn nothing_outside_the_templates_is_read_or_written() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret.tex");
    fs::write(&secret, "\\def\\leaked{}").unwrap();
    let planted = outside.path().join("planted.txt");
    let (secret, planted) = (secret.to_str().unwrap(), planted.to_str().unwrap());

    // A control shows that a file beside the templates is read; `\errmessage` fails the build.
    let may_not = |name: &str| {
        format!(
            "\\openin\\r={name} \\ifeof\\r\\else\\errmessage{{{name} was read}}\\fi\\closein\\r\n"
        )
    };
    let mut lines = String::from("\\newread\\r\\newwrite\\w\n");
    lines += "\\openin\\r=mine.txt \\ifeof\\r\\errmessage{mine was not read}\\fi\\closein\\r\n";
    for name in [
        secret,
        "../secret.tex",
        "./../secret.tex",
        "figures/../../secret.tex",
        "link.txt",
        "folder/secret.tex",
        "/etc/passwd",
        "/dev/zero",
        "/proc/self/environ",
        "pipe",
    ] {
        lines += &may_not(name);
        lines += &format!("\\IfFileExists{{{name}}}{{\\errmessage{{{name} exists}}}}{{}}\n");
    }
    for name in [planted, "../planted.txt", "planted.txt", "templates/planted.txt"] {
        lines += &format!(
            "\\immediate\\openout\\w={name} \\immediate\\write\\w{{x}}\\immediate\\closeout\\w\n"
        );
    }
    lines += &format!("\\immediate\\write18{{touch {planted}}}\n");
    lines += &format!("\\special{{pdf:fstream @secret ({secret})}}\n");

    let (project, _) = with(&lines);
    project.write("templates/mine.txt", "mine").write("secret.tex", "\\def\\leaked{}");
    symlink(secret, project.path("templates/link.txt")).unwrap();
    symlink(outside.path(), project.path("templates/folder")).unwrap();
    assert!(
        std::process::Command::new("mkfifo")
            .arg(project.path("templates/pipe"))
            .status()
            .unwrap()
            .success()
    );
    project.run(&["build-pdf"], 0);
    let [_, pdf, _] = project.outputs();
    assert!(!pdf.windows(7).any(|bytes| bytes == b"\\leaked"), "the PDF holds the secret file");
    for folder in ["", "templates", "output"] {
        assert!(!project.path(folder).join("planted.txt").exists(), "written in {folder:?}");
    }
    assert!(!std::path::Path::new(planted).exists());
}

#[test]
fn inputs_from_outside_are_errors_at_their_line() {
    for (line, said) in [
        ("\\input{/etc/passwd}", "there is no file /etc/passwd"),
        ("\\input{../homework.toml}", "there is no file ../homework.toml"),
        ("\\input{link}", "there is no file link"),
        ("\\includegraphics{/etc/hostname.png}", "/etc/hostname.png"),
        ("<% include \"../homework.toml\" %>", "../homework.toml"),
        ("<% include \"/etc/passwd\" %>", "/etc/passwd"),
    ] {
        let (project, at) = with(line);
        symlink("/etc/passwd", project.path("templates/link")).unwrap();
        project.run(&["build-pdf"], 1).says(&[said, &format!("[{TEMPLATE}:{at}:"), "help:"]);
    }
    // Programs in pipes are no files either.
    let (project, _) = with("\\input{|\"touch planted\"}");
    project.run(&["build-pdf"], 1).says(&["there is no file"]);
    assert!(!project.path("planted").exists());

    for name in ["problem2b.tex", "more.tex"] {
        let (project, _) = with("");
        let _ = fs::remove_file(project.path("templates").join(name));
        symlink("/etc/passwd", project.path("templates").join(name)).unwrap();
        project.run(&["build-pdf"], 1).says(&[name, "a link to a file outside of templates"]);
    }
    let (project, _) = with("");
    let pipe = project.path("templates/more.tex");
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    project.run(&["build-pdf"], 1).says(&["more.tex is no ordinary file", "help:"]);
}
