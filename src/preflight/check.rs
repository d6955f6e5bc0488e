//! Is it the homework, and is it ready for Gradescope?

use std::ops::RangeInclusive;

use unicode_normalization::UnicodeNormalization;

use super::locate::{Pages, Start, is_labelled, squash};
use super::numbers::contains_number;
use super::origin::Origin;
use super::report::{Item, Report};
use super::{Page, ReadBack};
use crate::diagnostic::Diagnostic;
use crate::inputs::{PLACEHOLDER_NAME_HELP, PLACEHOLDER_NAME_LEFT, Paper};

/// Gradescope's limit for one file, in bytes.
const MOST_BYTES: usize = 100_000_000;
/// Uploads from this size on are slow, in bytes.
const MANY_BYTES: usize = 20_000_000;
/// Papers may differ by this much, in points: formats are rounded in more than one way.
const PAPER_TOLERANCE: f64 = 1.0;

const BUILD_AGAIN: &str = "run `build-pdf` again";

/// A question, as it must appear.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Its short name, such as `1(a)`.
    pub label: &'a str,
    /// The words its first page starts with, below the running header, unless a template says
    /// others after the label.
    pub heading: &'a str,
}

/// An answer, as it must appear.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Such as `dL_dw[0]`.
    pub name: &'a str,
    /// The label of its question.
    pub question: &'a str,
    /// The number as it is printed, in ASCII: `-0.19723` or `-1.3636e-5`.
    pub text: &'a str,
}

/// What the PDF should say.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The paper of every page.
    pub paper: Paper,
    /// The document's title.
    pub title: &'a str,
    /// The student's name, on every page and in the document's properties.
    pub author: &'a str,
    /// In the order of the document.
    pub questions: &'a [Question<'a>],
    /// Where the last question ends: the heading of what follows the questions, if anything does.
    pub end: Option<&'a str>,
    /// Every number that the homework asks for.
    pub answers: &'a [Answer<'a>],
    /// A word that stands in the document's properties, made from the inputs and templates: a
    /// mark of this program, a colon, and a hash.
    pub fingerprint: &'a str,
    /// What the engine of this program calls itself in the document's properties.
    pub engine: &'a str,
    /// Nobody has put a name in yet.
    pub name_is_placeholder: bool,
    /// The options with which the PDF was probably made, where today's are others; may be empty.
    pub options: &'a [String],
    /// The user's own figures that were others when the PDF was made; may be empty.
    pub replaced: &'a [String],
    /// Whether `??` on a page is LaTeX's sign of a reference that leads nowhere.
    pub marks_references: bool,
}

/// Compares a PDF with what it should say.
pub fn check(pdf: &ReadBack, expected: &Expected) -> Report {
    let pages = Pages::new(pdf);
    let starts = pages.starts(expected.questions, &pdf.bookmarks);
    let pages_to_mark = pages.to_mark(expected, &starts);
    let (answers, places) = answers(pdf, expected, &pages_to_mark);
    let mut items = vec![
        Item::by_inputs("paper", paper(pdf, expected.paper)),
        Item::new("fonts are embedded", embedded(pdf)),
        Item::new("text can be searched", searchable(pdf)),
        Item::by_inputs("title", property("title", pdf.title(), expected.title)),
        Item::by_inputs("author", property("author", pdf.author(), expected.author)),
        Item::new("language", language(pdf)),
        Item::new("size", size(pdf.bytes)),
        Item::by_inputs("a page for every question", headings(&pages, expected, &starts)),
        Item::by_inputs("bookmarks", bookmarks(pdf, expected, &starts)),
        Item::by_inputs("answers", answers),
        Item::by_inputs("references", references(pdf, expected.marks_references)),
        // The placeholder is no fault of the PDF: it stands in today's inputs.
        Item { by_inputs: !expected.name_is_placeholder, ..Item::new("name", name(pdf, expected)) },
    ];
    let origin = Origin::of(pdf, expected.fingerprint, expected.engine);
    let found = origin.judge(&mut items, expected.options, expected.replaced);
    items.insert(0, Item::new("made from these inputs", found));
    if let Origin::Elsewhere(_) = origin {
        return Report { items, pages_to_mark: Vec::new(), places: Vec::new() };
    }
    Report { items, pages_to_mark, places }
}

fn paper(pdf: &ReadBack, paper: Paper) -> Vec<Diagnostic> {
    let (name, width, height) = match paper {
        Paper::Letter => ("letter", 612.0, 792.0),
        Paper::A4 => ("A4", 595.276, 841.89),
    };
    let fits = |page: &Page| {
        (page.paper.0 - width).abs() < PAPER_TOLERANCE
            && (page.paper.1 - height).abs() < PAPER_TOLERANCE
    };
    let odd = pdf.pages.iter().zip(1..).find(|(page, _)| !fits(page));
    let message = odd.map(|(page, number)| {
        let (w, h) = page.paper;
        format!("page {number} is {w:.0} by {h:.0} points, not {name} paper")
    });
    message
        .map(|message| {
            Diagnostic::error(message)
                .help(format!("{BUILD_AGAIN}; `submission.paper` says {name}, see to it that no template sets another size"))
        })
        .into_iter()
        .collect()
}

fn embedded(pdf: &ReadBack) -> Vec<Diagnostic> {
    let missing = pdf.fonts.iter().filter(|font| !font.embedded);
    missing
        .map(|font| {
            Diagnostic::error(format!("the font {} is not in the file", font.name)).help(
                "other machines would show another font; figures brought in as PDF must have their fonts embedded",
            )
        })
        .collect()
}

fn searchable(pdf: &ReadBack) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if pdf.pages.iter().all(|page| page.text.is_empty()) {
        findings.push(
            Diagnostic::error("no page has any text")
                .help("the PDF holds pictures of pages; hand in the PDF as `build-pdf` wrote it"),
        );
    }
    for font in pdf.fonts.iter().filter(|font| !holds_pieces(&font.name)) {
        if !font.has_text {
            let message = format!("what is set in {} cannot be searched or copied", font.name);
            findings.push(Diagnostic::error(message).help("use another font for it"));
        } else if font.without_text > 0 {
            let count = font.without_text;
            let message = format!("{count} characters set in {} cannot be copied", font.name);
            findings.push(Diagnostic::warning(message));
        }
    }
    findings
}

/// TeX's extension font holds large delimiters and their pieces: nothing that one would search
/// for, and not all of it has a text of its own.
fn holds_pieces(font: &str) -> bool {
    ["CMEX", "LMMathExtension"].iter().any(|name| font.contains(name))
}

/// The same characters, however they are composed and spaced: TeX makes one space of several.
fn same_text(found: &str, wanted: &str) -> bool {
    let words = |text: &str| -> String {
        text.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    words(found) == words(wanted)
}

fn property(what: &str, found: Option<&str>, wanted: &str) -> Vec<Diagnostic> {
    let message = match found {
        Some(found) if same_text(found, wanted) => return Vec::new(),
        Some(found) => format!("the document's {what} is “{found}”, not “{wanted}”"),
        None => format!("the document has no {what}"),
    };
    vec![Diagnostic::error(message).help(format!("{BUILD_AGAIN}; templates/report.tex sets it"))]
}

fn language(pdf: &ReadBack) -> Vec<Diagnostic> {
    if pdf.language.is_some() {
        return Vec::new();
    }
    let help = "set pdflang in templates/report.tex, so that screen readers know how to speak";
    vec![Diagnostic::error("the document does not say its language").help(help)]
}

fn size(bytes: usize) -> Vec<Diagnostic> {
    let help = "make the pictures that you added smaller";
    let megabytes = bytes / 1_000_000;
    if bytes > MOST_BYTES {
        let message = format!("the file has {megabytes} MB, and Gradescope takes 100 MB");
        vec![Diagnostic::error(message).help(help)]
    } else if bytes > MANY_BYTES {
        let message = format!("the file has {megabytes} MB, which is slow to upload and to open");
        vec![Diagnostic::warning(message).help(help)]
    } else {
        Vec::new()
    }
}

fn headings(pages: &Pages, expected: &Expected, starts: &[Start]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let error = |message: String| {
        Diagnostic::error(message)
            .help("graders look for a question where its page starts: see the templates")
    };
    for (question, found) in expected.questions.iter().zip(starts) {
        let label = question.label;
        match found {
            Start::Top(_) => {}
            Start::Within(page) => findings.push(error(format!(
                "{label} does not start its page: page {page} begins otherwise"
            ))),
            Start::Nowhere => findings
                .push(error(format!("{label} was not found: no page begins with “{label}”"))),
        }
    }
    for (i, (later, start)) in expected.questions.iter().zip(starts).enumerate() {
        let Some(page) = start.page() else { continue };
        let mut earlier = expected.questions.iter().zip(starts).take(i);
        if let Some((earlier, _)) = earlier.find(|(_, start)| start.page() == Some(page)) {
            findings
                .push(error(format!("{} and {} share page {page}", earlier.label, later.label)));
        }
    }
    if let Some(end) = expected.end
        && !matches!(pages.start(end), Start::Top(_))
    {
        findings.push(error(format!("what follows the questions, “{end}”, starts no page")));
    }
    findings
}

fn bookmarks(pdf: &ReadBack, expected: &Expected, starts: &[Start]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (question, found) in expected.questions.iter().zip(starts) {
        let Some(page) = found.page() else { continue };
        let label = question.label;
        let is_its = |title: &str| is_labelled(&squash(title), label, expected.questions);
        let mut own = pdf.bookmarks.iter().filter(|bookmark| is_its(&bookmark.title));
        let message = match own.next() {
            Some(bookmark) if bookmark.page == Some(page) => continue,
            Some(bookmark) => match bookmark.page {
                Some(other) => format!("the bookmark of {label} leads to page {other}, not {page}"),
                None => format!("the bookmark of {label} leads nowhere"),
            },
            None => format!("{label} has no bookmark: none begins with “{label}”"),
        };
        let help =
            "\\question in a template makes heading and bookmark, and its label stays as it is";
        findings.push(Diagnostic::error(message).help(help));
    }
    findings
}

fn answers(
    pdf: &ReadBack,
    expected: &Expected,
    pages_to_mark: &[(String, RangeInclusive<usize>)],
) -> (Vec<Diagnostic>, Vec<(String, usize)>) {
    let (mut findings, mut places) = (Vec::new(), Vec::new());
    for Answer { name, question, text } in expected.answers {
        let Some((_, pages)) = pages_to_mark.iter().find(|(label, _)| label == question) else {
            let message = format!("{name} = {text} has no page: {question} was not found");
            findings.push(Diagnostic::error(message).help(BUILD_AGAIN));
            continue;
        };
        let shows = |page: &usize| {
            pdf.pages.get(page - 1).is_some_and(|page| contains_number(&page.text, text))
        };
        match pages.clone().find(shows) {
            Some(page) => places.push(((*name).to_owned(), page)),
            None => {
                let message = format!("{name} = {text} is not printed in {question}");
                findings.push(
                    Diagnostic::error(message).help(
                        "print it in the template of that question; `solve` lists the answers",
                    ),
                );
            }
        }
    }
    (findings, places)
}

fn references(pdf: &ReadBack, are_marked: bool) -> Vec<Diagnostic> {
    let mut pages = pdf.pages.iter().zip(1..);
    let found = pages.find(|(page, _)| are_marked && page.text.contains("??"));
    found
        .map(|(_, page)| {
            let message = format!("page {page} has ?? where a reference leads nowhere");
            Diagnostic::warning(message).help(format!("{BUILD_AGAIN}: it shows the place"))
        })
        .into_iter()
        .collect()
}

fn name(pdf: &ReadBack, expected: &Expected) -> Vec<Diagnostic> {
    if expected.name_is_placeholder {
        return vec![Diagnostic::warning(PLACEHOLDER_NAME_LEFT).help(PLACEHOLDER_NAME_HELP)];
    }
    let author = squash(expected.author);
    let mut without =
        pdf.pages.iter().zip(1..).filter(|(page, _)| !squash(&page.text).contains(&author));
    match without.next() {
        Some((_, page)) => {
            let message = format!("page {page} does not show the name “{}”", expected.author);
            vec![
                Diagnostic::warning(message)
                    .help("pages are graded one by one: print the name in the header"),
            ]
        }
        None => Vec::new(),
    }
}
