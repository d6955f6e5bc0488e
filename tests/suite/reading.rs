//! The PDF as programs read it: numbers that copy and search, figures that are described, and a
//! log without complaints.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use gradproof::preflight::{self, numbers::contains_number};
use lopdf::content::Content;
use lopdf::{Document, Object};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::project::{Project, read, repository};

/// Homeworks of unlike shapes and sizes.
const UNLIKE: [&str; 9] = [
    "homework",
    "eight_by_eight",
    "twelve_layers",
    "saturated",
    "negative",
    "huge",
    "tiny",
    "far_below_f64",
    "one_by_one",
];

fn build(name: &str) -> Project {
    let project = Project::new();
    let inputs = repository(&format!("tests/reference/homeworks/{name}.toml"));
    let run = project.run(&["build-pdf", "--inputs", inputs.to_str().unwrap()], 0);
    // Neither boxes that do not fit nor anything else.
    let warnings: Vec<&str> = run.stderr.lines().filter(|line| line.contains('⚠')).collect();
    let harmless = |line: &&str| line.contains("placeholder");
    assert!(warnings.iter().all(harmless), "{name}: {}", run.stderr);
    project
}

/// Every number of the answers as it is printed, with the pages of its question.
fn printed(project: &Project) -> Vec<(String, std::ops::Range<usize>)> {
    let json: Value = serde_json::from_str(&read(&project.path("output/homework3.json"))).unwrap();
    let pages = |question: &str| {
        let questions = json["pages_to_mark"].as_array().unwrap();
        let entry = questions.iter().find(|entry| entry["question"] == question).unwrap();
        let page = |key: &str| usize::try_from(entry[key].as_u64().unwrap()).unwrap();
        page("first") - 1..page("last")
    };
    let mut found = Vec::new();
    for (part, question) in [
        ("/problem1", "1(b)"),
        ("/problem2/classification", "2(b)"),
        ("/problem2/regression", "2(c)"),
    ] {
        let mut numbers = Vec::new();
        walk(json.pointer(part).unwrap(), &mut numbers);
        found.extend(numbers.into_iter().map(|number| (number, pages(question))));
    }
    assert!(found.len() > 12, "{found:?}");
    found
}

fn walk(json: &Value, found: &mut Vec<String>) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
        Value::Object(map) => match map.get("printed") {
            Some(printed) => found.push(printed.as_str().unwrap().to_owned()),
            None => map.values().for_each(|item| walk(item, found)),
        },
        _ => {}
    }
}

#[test]
fn every_printed_number_is_read_back_whole() {
    for name in UNLIKE {
        let project = build(name);
        let pdf = fs::read(project.path("output/homework3.pdf")).unwrap();
        let pages = preflight::read(&pdf).unwrap().pages;
        let tex = read(&project.path("output/homework3.tex"));
        for (page, number) in pages.iter().zip(1..) {
            no_stranded_heading(&page.text, &tex)
                .unwrap_or_else(|heading| panic!("{name}: {heading:?} ends page {number}"));
        }
        let poppler = poppler(&project.path("output/homework3.pdf"));
        if poppler.is_none() {
            eprintln!("skipped: poppler's reading, as pdftotext is not installed");
        }
        for (number, range) in printed(&project) {
            let shown = pages[range.clone()].iter().any(|p| contains_number(&p.text, &number));
            assert!(shown, "{name}: {number} on pages {range:?}");
            if let Some(poppler) = &poppler {
                let shown = poppler[range.clone()].iter().any(|page| whole(page, &number));
                assert!(shown, "{name}: {number} on pages {range:?} as poppler reads them");
            }
        }
    }
}

/// Brackets of matrices, their pieces and large operators have the font's own names for glyphs.
#[test]
fn every_character_is_copied_as_what_it_is() {
    for name in ["homework", "eight_by_eight"] {
        let project = build(name);
        let pdf = fs::read(project.path("output/homework3.pdf")).unwrap();
        let read = preflight::read(&pdf).unwrap();
        for font in &read.fonts {
            assert!(font.has_text && font.without_text == 0, "{name}: {font:?}");
        }
        for (page, number) in read.pages.iter().zip(1..) {
            assert!(!page.text.contains('\u{FFFD}'), "{name}, page {number}: {}", page.text);
        }
        for character in ['[', '⎡', '⎦', '{', '∑', '∏'] {
            let shown = read.pages.iter().any(|page| page.text.contains(character));
            assert!(shown, "{name}: {character}");
        }
    }
}

/// The heading that stands alone at the end of a page, above the page's number.
fn no_stranded_heading<'a>(page: &str, tex: &'a str) -> Result<(), &'a str> {
    let last = as_read(page.lines().rev().nth(1).unwrap_or_default());
    let headings = tex.lines().filter_map(|line| line.strip_prefix("\\step{")?.strip_suffix('}'));
    match headings.into_iter().find(|heading| as_read(&as_set(heading)) == last) {
        Some(heading) => Err(heading),
        None => Ok(()),
    }
}

/// What a heading's mathematics looks like on the page: its commands as their characters.
fn as_set(heading: &str) -> String {
    heading.replace("\\times", "×").replace("\\sigma", "σ").replace(['$', '{', '}'], "")
}

/// Without spaces, whatever the styles of the letters: a bold italic `P` is a `P`.
fn as_read(line: &str) -> String {
    line.nfkc().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn a_stranded_heading_is_seen() {
    let tex = "\\step{Given}\n\\step{Check}\n";
    assert_eq!(no_stranded_heading("text\nCheck\n5", tex), Err("Check"));
    assert_eq!(no_stranded_heading("Check\ntext\n5", tex), Ok(()));
    let tex = "\\step{The maximum is at $z = 0$}\n\\step{A $2\\times 2$ example}\n";
    assert_eq!(
        no_stranded_heading("text\nThe maximum is at 𝒛 = 0\n5", tex),
        Err("The maximum is at $z = 0$")
    );
    assert_eq!(no_stranded_heading("A 2 × 2 example\n5", tex), Err("A $2\\times 2$ example"));
}

/// Every heading is a line of the page, so that one at its end would be seen.
#[test]
fn headings_are_read_as_they_are_compared() {
    let project = build("homework");
    let pages = preflight::read(&fs::read(project.path("output/homework3.pdf")).unwrap()).unwrap();
    let lines: Vec<String> =
        pages.pages.iter().flat_map(|page| page.text.lines().map(as_read)).collect();
    let tex = read(&project.path("output/homework3.tex"));
    let headings: Vec<&str> =
        tex.lines().filter_map(|line| line.strip_prefix("\\step{")?.strip_suffix('}')).collect();
    assert!(headings.iter().filter(|heading| heading.contains('$')).count() >= 4, "{headings:?}");
    for heading in headings {
        assert!(lines.contains(&as_read(&as_set(heading))), "{heading} is no line of a page");
    }
}

/// Poppler's text of every page, a blank removed where poppler separates a sign or a power.
fn poppler(pdf: &Path) -> Option<Vec<String>> {
    let run = Command::new("pdftotext").arg("-raw").arg(pdf).arg("-").output();
    let run = match run {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        run => run.unwrap(),
    };
    assert!(run.status.success());
    let text = String::from_utf8(run.stdout).unwrap().replace('−', "-").replace(" × ", "×");
    Some(text.split('\u{c}').map(str::to_owned).collect())
}

/// Whether poppler's text has the number with nothing before or after that would belong to it.
fn whole(text: &str, number: &str) -> bool {
    let wanted = number.replace('e', "×10");
    text.match_indices(&wanted).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let mut after = text[at + wanted.len()..].chars();
        let next = after.next();
        let goes_on = match next {
            Some('.') => after.next().is_some_and(|c| c.is_ascii_digit()),
            Some(c) => c.is_ascii_digit() || (c == '×' && !number.contains('e')),
            None => false,
        };
        !before.is_some_and(|c| c.is_ascii_digit() || c == '.') && !goes_on
    })
}

#[test]
fn a_part_of_a_number_is_not_taken_for_it() {
    for (text, number, there) in [
        ("= -0.19723,", "-0.19723", true),
        ("= 0.19723.", "0.19723", true),
        ("0.197231", "0.19723", false),
        ("10.19723", "0.19723", false),
        ("1.5×10-3", "1.5e-3", true),
        ("1.5×10-30", "1.5e-3", false),
        ("1.5×10-3", "1.5", false),
    ] {
        assert_eq!(whole(text, number), there, "{number} in {text}");
    }
}

/// The alternative texts of a page, whose marks must enclose whole text objects and states.
fn alternatives(document: &Document, page: lopdf::ObjectId) -> Vec<String> {
    let content = Content::decode(&document.get_page_content(page)).unwrap();
    let (mut texts, mut open, mut saved, mut in_text) = (Vec::new(), Vec::new(), 0, false);
    for operation in content.operations {
        match operation.operator.as_str() {
            "BT" => in_text = true,
            "ET" => in_text = false,
            "q" => saved += 1,
            "Q" => saved -= 1,
            "BDC" => {
                assert!(!in_text, "a mark inside of a text object");
                open.push(saved);
                let Object::Dictionary(properties) = &operation.operands[1] else {
                    panic!("{operation:?}")
                };
                let text = properties.get(b"Alt").and_then(lopdf::decode_text_string).unwrap();
                texts.push(text);
            }
            "EMC" => {
                assert!(!in_text, "a mark inside of a text object");
                assert_eq!(open.pop(), Some(saved), "marks and states cross");
            }
            _ => {}
        }
    }
    assert!(open.is_empty(), "a mark is not closed on its page");
    texts
}

#[test]
fn every_figure_has_an_alternative_text() {
    for name in ["homework", "twelve_layers"] {
        let project = build(name);
        let document = Document::load(project.path("output/homework3.pdf")).unwrap();
        let pages = document.get_pages();
        let texts: Vec<String> =
            pages.values().flat_map(|&page| alternatives(&document, page)).collect();
        let tex = read(&project.path("output/homework3.tex"));
        let pictures = tex.matches("{\\begin{drawing}").count();
        assert_eq!(texts.len(), pictures, "{texts:#?}");
        assert!(texts.iter().all(|text| text.is_ascii() && text.len() > 60), "{texts:#?}");
        assert!(texts.iter().any(|text| text.starts_with("The sigmoid rises")), "{texts:#?}");
    }
}
