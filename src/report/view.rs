//! Everything a template can name.

use schemars::JsonSchema;
use serde::Serialize;

use super::appendix::AppendixView;
use super::chain::ChainView;
use super::claims::BlowupView;
use super::figures::FiguresView;
use super::product::ProductView;
use super::questions::Question;
use crate::inputs::{Date, Inputs, Paper};
use crate::problems::Homework;
use crate::problems::claims::{Blowup, differing, same_network};
use crate::witness::Checks;

/// The root of the names that templates use.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct View {
    /// Who hands in what, and how pages look.
    pub doc: DocumentView,
    /// Problem 1.
    pub p1: ProductView,
    /// Problem 2(b): the classification chain.
    pub b: ChainView,
    /// Problem 2(b) regression and 2(c): the regression chain.
    pub c: ChainView,
    /// The factor between the gradients of (b) and (c), where both use the same weights and input.
    pub blowup: Option<BlowupView>,
    /// (b) and (c) have the same weights and the same input.
    pub same_network: bool,
    /// What of (c) is not as in (b): `depth` or `weights`, and `input`.
    pub differing: Vec<&'static str>,
    /// The pictures of the required answers.
    pub figures: FiguresView,
    /// What goes beyond the questions.
    pub appendix: AppendixView,
    /// The questions, in order.
    pub questions: Vec<QuestionView>,
}

/// The submission.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct DocumentView {
    /// Who hands in.
    pub name: String,
    /// Name and id have spaces at which a line can end.
    pub name_wraps: bool,
    /// Their id.
    pub id: Option<String>,
    /// Such as `March 1, 2020`.
    pub date: Option<String>,
    /// The class option for the paper.
    pub paper: PaperOption,
    /// Significant digits of a rounded result.
    pub digits: usize,
    /// The course.
    pub course: &'static str,
    /// What is handed in.
    pub homework: &'static str,
    /// The PDF's title.
    pub title: String,
    /// Tells which inputs and templates the document was made from.
    pub fingerprint: String,
    /// The seed, where the weights of problem 2 were drawn.
    pub random_weights: Option<u64>,
}

/// What LaTeX's classes call a paper size.
#[derive(Clone, Copy, Debug, JsonSchema, Serialize)]
pub enum PaperOption {
    #[serde(rename = "letterpaper")]
    Letter,
    #[serde(rename = "a4paper")]
    A4,
}

/// A question's heading.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct QuestionView {
    /// `1(a)`
    pub label: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// The LaTeX label of its first page.
    pub anchor: String,
}

/// No word is longer than a line of the running header.
fn wraps(text: &str) -> bool {
    const LONGEST: usize = 40;
    text.split_whitespace().all(|word| word.chars().count() <= LONGEST)
}

/// How the heading begins of what stands after the last question.
pub const APPENDIX: &str = "Appendix";

const COURSE: &str = "600.482/682 Deep Learning";
const HOMEWORK: &str = "Homework 3";

impl View {
    /// `witnesses` are told of in the appendix; `fingerprint` goes into the PDF's keywords.
    pub fn new(
        inputs: &Inputs,
        homework: &Homework,
        witnesses: &Checks,
        fingerprint: &str,
    ) -> Self {
        Self {
            doc: DocumentView::new(inputs, fingerprint),
            p1: ProductView::new(inputs, &homework.product),
            b: ChainView::new(&homework.classification),
            c: ChainView::new(&homework.regression),
            blowup: Blowup::new(homework).map(|blowup| BlowupView::new(&blowup)),
            same_network: same_network(homework),
            differing: differing(homework),
            figures: FiguresView::new(homework),
            appendix: AppendixView::new(inputs, witnesses),
            questions: Question::ALL.map(QuestionView::new).to_vec(),
        }
    }
}

impl View {
    /// The PDF's title.
    pub fn title() -> String {
        format!("{COURSE}: {HOMEWORK}")
    }
}

impl DocumentView {
    fn new(inputs: &Inputs, fingerprint: &str) -> Self {
        let submission = &inputs.submission;
        Self {
            name: submission.name.clone(),
            name_wraps: wraps(&submission.name) && submission.id.as_deref().is_none_or(wraps),
            id: submission.id.clone(),
            date: submission.date.map(long_date),
            paper: match submission.paper {
                Paper::Letter => PaperOption::Letter,
                Paper::A4 => PaperOption::A4,
            },
            digits: submission.digits,
            course: COURSE,
            homework: HOMEWORK,
            title: View::title(),
            fingerprint: fingerprint.to_owned(),
            random_weights: inputs.random_weights,
        }
    }
}

impl QuestionView {
    fn new(question: Question) -> Self {
        let label = question.label();
        let anchor = label.chars().filter(char::is_ascii_alphanumeric).collect();
        Self { label, title: question.title(), anchor }
    }
}

fn long_date(date: Date) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = MONTHS.get(usize::from(date.month).wrapping_sub(1)).copied().unwrap_or_default();
    format!("{month} {}, {}", date.day, date.year)
}
