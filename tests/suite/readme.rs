//! The README's commands are tests.

use crate::project::{Project, read, repository};

/// The two commands that the README promises.
const PROMISED: [&str; 2] =
    ["scripts/setup && cargo run -- build-pdf", "scripts/setup && cargo test"];

/// Commands that do not end by themselves.
const ENDLESS: [&str; 1] = ["watch"];

/// The lines of the README's ```sh blocks.
fn commands() -> Vec<String> {
    let readme = read(&repository("README.md"));
    let mut inside = false;
    let mut found = Vec::new();
    for line in readme.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside && line.trim() == "```sh";
        } else if inside && !line.trim().is_empty() {
            found.push(line.trim().to_owned());
        }
    }
    found
}

/// Words as a shell splits them, as far as the README uses it: quotes, and a comment at the end.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => break,
            (None, ' ') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    assert_eq!(quote, None, "a quote is open in {line}");
    words.extend(word);
    words
}

#[test]
fn readme_has_the_two_commands() {
    let commands = commands();
    for promised in PROMISED {
        assert!(commands.iter().any(|line| line == promised), "{promised} is not in README.md");
    }
    assert!(repository("scripts/setup").is_file());
}

#[test]
fn readme_commands_work() {
    let project = Project::with_templates();
    // What a reader has who just cloned.
    project.write("homework.toml", &read(&repository("homework.toml")));
    let lines: Vec<String> = commands()
        .iter()
        .filter_map(|line| line.split("cargo run -- ").nth(1).map(str::to_owned))
        .collect();
    assert!(lines.len() >= 3, "README.md shows too few commands: {lines:?}");
    for line in lines {
        let words = words(&line);
        let args: Vec<&str> = words.iter().map(String::as_str).collect();
        if !ENDLESS.contains(&args[0]) {
            let run = project.run(&args, 0);
            assert_ne!(run.stdout, "", "{line} prints its results");
        }
    }
}

#[test]
fn words_are_split_as_in_a_shell() {
    assert_eq!(words("a --set 'b=[1, -2]'  # c"), ["a", "--set", "b=[1, -2]"]);
    assert_eq!(words(r#"--set 'paper="a4"' x='' "#), ["--set", r#"paper="a4""#, "x="]);
}
