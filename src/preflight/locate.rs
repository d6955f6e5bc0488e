//! Where questions start and end.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use unicode_normalization::UnicodeNormalization;

use super::{Bookmark, Expected, Question, ReadBack};

/// Lines at the top of a page that may be a running header: a long name takes more than one.
const HEADER_LINES: usize = 5;
/// Characters that headings hardly have in common, as 1(a) and 1(b) have two.
const SHORTEST_BEGINNING: usize = 4;

/// No line begins so: every line that looks like a running header is one.
const UNKNOWN_HEADING: &str = "\u{0}";

/// Where a question was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// Its heading starts this page.
    Top(usize),
    /// Its heading stands further down on this page.
    Within(usize),
    /// No page has it.
    Nowhere,
}

impl Start {
    /// The page, the first being 1.
    pub fn page(self) -> Option<usize> {
        match self {
            Self::Top(page) | Self::Within(page) => Some(page),
            Self::Nowhere => None,
        }
    }
}

/// The pages as headings are looked for in them: squashed.
#[derive(Debug)]
pub(super) struct Pages {
    /// Every page's lines.
    lines: Vec<Vec<String>>,
    /// The lines that more than one page has near its top.
    recurring: HashSet<String>,
    /// How the first, second, … line of most pages begins, where most pages have that in common:
    /// a running header may tell the page's question after it.
    beginnings: Vec<String>,
}

impl Pages {
    pub fn new(pdf: &ReadBack) -> Self {
        let lines: Vec<Vec<String>> =
            pdf.pages.iter().map(|page| page.text.lines().map(squash).collect()).collect();
        let (mut seen, mut recurring) = (HashSet::new(), HashSet::new());
        for page in &lines {
            let tops: HashSet<&String> = page.iter().take(HEADER_LINES).collect();
            recurring.extend(tops.iter().filter(|line| seen.contains(**line)).copied().cloned());
            seen.extend(tops.into_iter().cloned());
        }
        let beginnings = (0..HEADER_LINES).map(|line| common_beginning(&lines, line)).collect();
        Self { lines, recurring, beginnings }
    }

    /// Where each question was found: by its heading, or where that was reworded, by the bookmark
    /// of its label, which must lead to a page that starts with the label.
    pub fn starts(&self, questions: &[Question], bookmarks: &[Bookmark]) -> Vec<Start> {
        let found = questions.iter().map(|question| match self.start(question.heading) {
            Start::Top(page) => Start::Top(page),
            // A table of the questions may still have the old words.
            elsewhere => {
                let label = question.label;
                let its = |mark: &&Bookmark| is_labelled(&squash(&mark.title), label, questions);
                let page = bookmarks.iter().find(its).and_then(|mark| mark.page);
                let page = page.filter(|&page| self.is_top(page, label, questions));
                page.map_or(elsewhere, Start::Top)
            }
        });
        found.collect()
    }

    /// Whether a page starts with the label of one of `questions`.
    fn is_top(&self, page: usize, label: &str, questions: &[Question]) -> bool {
        let lines = page.checked_sub(1).and_then(|index| self.lines.get(index));
        lines.is_some_and(|lines| {
            is_labelled(&self.body(lines, UNKNOWN_HEADING).concat(), label, questions)
        })
    }

    /// The first page that starts with `heading`, or else the first that has it.
    pub fn start(&self, heading: &str) -> Start {
        let heading = squash(heading);
        let top = |page: &Vec<String>| self.body(page, &heading).concat().starts_with(&heading);
        if let Some(page) = self.lines.iter().position(top) {
            return Start::Top(page + 1);
        }
        let within = self.lines.iter().position(|page| page.concat().contains(&heading));
        within.map_or(Start::Nowhere, |page| Start::Within(page + 1))
    }

    /// The lines below the running header: without the first ones that other pages start with
    /// too, or most pages begin alike, as far as they are not the heading itself.
    fn body<'a>(&self, lines: &'a [String], heading: &str) -> &'a [String] {
        let is_header = |(line, beginning): &(&String, &String)| {
            let alike = !beginning.is_empty() && line.starts_with(beginning.as_str());
            !line.starts_with(heading) && (alike || self.recurring.contains(*line))
        };
        let header = lines.iter().zip(&self.beginnings).take_while(is_header).count();
        lines.get(header..).unwrap_or_default()
    }

    /// A question's pages end where the next heading starts, or the appendix, or the document.
    pub fn to_mark(
        &self,
        expected: &Expected,
        starts: &[Start],
    ) -> Vec<(String, RangeInclusive<usize>)> {
        let end = expected.end.and_then(|heading| match self.start(heading) {
            Start::Top(page) => Some(page),
            Start::Within(_) | Start::Nowhere => None,
        });
        let borders: Vec<usize> = starts.iter().filter_map(|s| s.page()).chain(end).collect();
        let questions = expected.questions.iter().zip(starts);
        let pages = questions.filter_map(|(question, found)| {
            let first = found.page()?;
            let next = borders.iter().filter(|&&border| border > first).min();
            let last = next.map_or(self.lines.len(), |next| next - 1);
            Some((question.label.to_owned(), first..=last))
        });
        pages.collect()
    }
}

/// Whether a squashed text begins with a label, and not with a longer one: 2(b) is also how
/// “2(b) regression” begins.
pub(super) fn is_labelled(text: &str, label: &str, questions: &[Question]) -> bool {
    let is_longer = |other: &&Question| other.label != label && other.label.starts_with(label);
    let mut longer = questions.iter().filter(is_longer);
    text.starts_with(&squash(label)) && !longer.any(|other| text.starts_with(&squash(other.label)))
}

/// The beginning that the given line has on as many pages as possible and more than half of
/// all; empty where none is long enough to be one on purpose.
fn common_beginning(pages: &[Vec<String>], line: usize) -> String {
    let mut tops: Vec<&str> =
        pages.iter().filter_map(|page| page.get(line)).map(String::as_str).collect();
    // Sorted, what begins alike stands together.
    tops.sort_unstable();
    let shared = |group: &[&str]| -> String {
        let pair = group.first().zip(group.last());
        let alike = pair.map(|(a, b)| a.chars().zip(b.chars()).take_while(|(a, b)| a == b));
        alike.map(|alike| alike.map(|(a, _)| a).collect()).unwrap_or_default()
    };
    let counts = (pages.len() / 2 + 1..=tops.len()).rev();
    let longest =
        counts.filter_map(|n| tops.windows(n).map(shared).max_by_key(|text| text.chars().count()));
    longest.into_iter().find(|text| text.chars().count() >= SHORTEST_BEGINNING).unwrap_or_default()
}

/// A text for comparison: compatibility forms (ligatures, wide letters), spaces, script marks
/// and the shapes of quotes and dashes do not count.
pub(super) fn squash(text: &str) -> String {
    let mut squashed = String::with_capacity(text.len());
    // Nothing composes with a line end, and ASCII is its own compatibility form.
    for line in text.split_inclusive('\n') {
        if line.is_ascii() {
            squashed.extend(line.chars().filter_map(plain));
        } else {
            squashed.extend(line.nfkc().filter_map(plain));
        }
    }
    squashed
}

fn plain(c: char) -> Option<char> {
    match c {
        '^' | '_' | '{' | '}' => None,
        '‘' | '’' | '`' => Some('\''),
        '“' | '”' => Some('"'),
        '‐' | '‑' | '–' | '—' | '−' => Some('-'),
        c => Some(c).filter(|c| !c.is_whitespace()),
    }
}
