//! What was checked, what was found, and the pages to mark.

use std::ops::RangeInclusive;

use crate::diagnostic::{Diagnostic, Severity};

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// In a few words, for a list.
    pub name: &'static str,
    /// What is wrong; nothing where all is well.
    pub findings: Vec<Diagnostic>,
    /// It depends on the inputs and templates, and not on the file alone.
    pub by_inputs: bool,
    /// False where nothing can be said of it, as the PDF is not the one that is meant.
    pub judged: bool,
}

impl Item {
    /// An item about the file alone.
    pub fn new(name: &'static str, findings: Vec<Diagnostic>) -> Self {
        Self { name, findings, by_inputs: false, judged: true }
    }

    /// An item that depends on the inputs and templates.
    pub fn by_inputs(name: &'static str, findings: Vec<Diagnostic>) -> Self {
        Self { by_inputs: true, ..Self::new(name, findings) }
    }

    /// Leaves it to another finding to say what is wrong.
    pub(super) fn set_aside(&mut self) {
        self.findings.clear();
        self.judged = false;
    }

    /// The weightiest of the findings; none where the item passes.
    pub fn severity(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}

/// The outcome of a [`check`](super::check()).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Every item that was checked, passed or not.
    pub items: Vec<Item>,
    /// For every question that was found, its label and its pages, the first page being 1.
    pub pages_to_mark: Vec<(String, RangeInclusive<usize>)>,
    /// For every answer that was found, its name and the first of its question's pages that
    /// shows it.
    pub places: Vec<(String, usize)>,
}

impl Report {
    /// What has to be mended before the PDF can be handed in.
    pub fn failures(&self) -> Vec<Diagnostic> {
        self.of(Severity::Error)
    }

    /// What should be looked at.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        self.of(Severity::Warning)
    }

    fn of(&self, severity: Severity) -> Vec<Diagnostic> {
        let findings = self.items.iter().flat_map(|item| &item.findings);
        findings.filter(|finding| finding.severity == severity).cloned().collect()
    }

    /// The pages to mark on Gradescope, one question a line, in columns.
    pub fn table(&self) -> String {
        let heads = ("Question", "Pages");
        let labels = self.pages_to_mark.iter().map(|(label, _)| label.as_str());
        let width =
            labels.chain([heads.0]).map(|label| label.chars().count()).max().unwrap_or_default();
        let row = |label: &str, pages: &str| format!("{label:width$}  {pages}\n");
        let mut table = row(heads.0, heads.1);
        for (label, pages) in &self.pages_to_mark {
            table.push_str(&row(label, &listed(pages)));
        }
        table
    }
}

/// `3`, or `3–4`, or every page for the user to click: ranges are short.
fn listed(pages: &RangeInclusive<usize>) -> String {
    if pages.start() == pages.end() {
        pages.start().to_string()
    } else {
        format!("{}–{}", pages.start(), pages.end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_line_for_every_question() {
        let pages_to_mark =
            vec![("1(a)".to_owned(), 1..=2), ("2(b), regression".to_owned(), 11..=11)];
        let report = Report { items: Vec::new(), pages_to_mark, places: Vec::new() };
        assert_eq!(
            report.table(),
            "Question          Pages\n1(a)              1–2\n2(b), regression  11\n"
        );
    }
}
