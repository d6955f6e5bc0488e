//! Names as people have them, and as nobody has: on the page as typed, or a clear error.

use gradproof::preflight;

use crate::project::Project;

/// A build with this name; gives its exit code and what it said.
fn build(project: &Project, name: &str) -> (Option<i32>, String) {
    let toml = serde_json::to_string(name).unwrap();
    let set = format!("submission.name={toml}");
    let run = project.command(&["build-pdf", "--set", &set]).output().unwrap();
    (run.status.code(), String::from_utf8_lossy(&run.stderr).into_owned())
}

#[test]
fn a_name_is_printed_as_typed() {
    let long = "Wolfeschlegelsteinhausenbergerdorff ".repeat(3);
    for name in [
        r##"!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"##,
        "José Łukasiewicz-Ångström Ñandú ß Ø œ ŷ",
        // Combining marks on letters that have a character of their own.
        "Jose\u{301} A\u{30A}ngstro\u{308}m",
        r"\textbf{Ada} \input{/etc/passwd} $x^2$ \end{document}",
        "<< doc.name >> <% if x %> <# c #> {{ x }} {% y %}",
        "A--B---C ``D'' ?` !` ,,E'' <<F>> fi ffl",
        "%! keep 0.25 \\ % & ~ ^",
        long.trim(),
    ] {
        let project = Project::new();
        let (code, said) = build(&project, name);
        assert_eq!(code, Some(0), "{name}: {said}");
        let pdf = preflight::read(&project.outputs()[1]).unwrap();
        let composed = |text: &str| -> String {
            let text = unicode_normalization::UnicodeNormalization::nfc(text);
            text.filter(|c| !c.is_whitespace()).collect()
        };
        assert_eq!(composed(pdf.author().unwrap()), composed(name));
        for (number, page) in (1..).zip(&pdf.pages) {
            assert!(
                composed(&page.text).contains(&composed(name)),
                "{name} is not on page {number}:\n{}",
                page.text
            );
        }
    }
}

#[test]
fn a_name_that_cannot_be_printed_is_named() {
    let project = Project::new();
    for (name, said) in [
        ("", "`submission.name` is empty"),
        ("Ada\nLovelace", "control character U+000A"),
        ("Ada\u{0}", "U+0000"),
        ("Ada\u{85}", "U+0085"),
        ("Ada \u{202E}ecalevoL", "invisible character U+202E"),
        ("Ada\u{200F}", "invisible character U+200F"),
        ("A\u{200B}da", "invisible character U+200B"),
        ("Ada\u{2028}Lovelace", "U+2028"),
        ("Ada\u{E000}\u{F8FF}", "U+E000"),
        ("עדה", "ע"),
        ("愛達", "愛"),
        ("Ada 🦀", "🦀"),
        // A mark on a letter that has no character of its own with it.
        ("x\u{301}\u{323}", "x with the mark U+0323"),
    ] {
        let (code, stderr) = build(&project, name);
        assert_eq!(code, Some(1), "{name:?}: {stderr}");
        assert!(stderr.contains(said) && stderr.contains("submission.name"), "{name:?}: {stderr}");
        assert!(stderr.contains("help:"), "{name:?}: {stderr}");
    }
    let (code, stderr) = build(&project, &"x".repeat(201));
    assert!(code == Some(1) && stderr.contains("longer than 200 characters"), "{stderr}");
    assert!(!project.path("output").exists());
}

#[test]
fn a_heading_is_the_bookmark_that_a_reader_sees() {
    let project = Project::with_templates();
    project.replace(
        "templates/problem2a.tex",
        r"\question{2(a)}{",
        r"\question{2(a)}{Zoë's \& Łukasz's 100\% proof: f\_x, \#1 (draft) -- ",
    );
    project.run(&["build-pdf"], 0);
    let pdf = preflight::read(&project.outputs()[1]).unwrap();
    let titles: Vec<&str> = pdf.bookmarks.iter().map(|mark| mark.title.as_str()).collect();
    let start = "2(a) Zoë's & Łukasz's 100% proof: f_x, #1 (draft) – ";
    let found = titles.iter().filter(|title| title.starts_with(start));
    assert_eq!(found.count(), 1, "{titles:#?}");
}

#[test]
fn a_heading_may_have_other_words() {
    let project = Project::with_templates();
    let own = r"{<< questions[2].title >>}";
    project.replace("templates/problem2a.tex", own, "{How steep a sigmoid can be}");
    // The appendix may go.
    project.replace("templates/report.tex", "<% include \"appendix.tex\" %>\n", "");
    project.replace(
        "templates/title.tex",
        r"Appendix & Beyond the questions (my addition) & \pages{appendix} \\",
        "",
    );
    project.run(&["build-pdf"], 0);
    let pdf = preflight::read(&project.outputs()[1]).unwrap();
    assert!(pdf.bookmarks.iter().any(|mark| mark.title == "2(a) How steep a sigmoid can be"));
    assert!(!pdf.bookmarks.iter().any(|mark| mark.title.starts_with("Appendix")));
}
