//! The document that templates print, in its parts, without TeX.

use std::path::Path;

use gradproof::problems::Homework;
use gradproof::report::{ROOT, TEMPLATES, View};
use gradproof::templates::TemplateSet;

use crate::project::{HOMEWORK, repository};

/// One section: a name for its file, and its LaTeX.
pub struct Section {
    pub name: String,
    pub text: String,
}

/// The sections of the tests' homework with some values replaced, by the embedded templates.
pub fn sections(sets: &[&str]) -> Vec<Section> {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    let inputs = gradproof::inputs::load(&repository(HOMEWORK), &sets, None).unwrap();
    let homework = Homework::solve(&inputs).unwrap();
    let witnesses = gradproof::witness::check(&inputs, &homework).unwrap();
    let view = View::new(&inputs, &homework, &witnesses, "FINGERPRINT");
    let templates = TemplateSet::load(Path::new("no such folder"), TEMPLATES).unwrap();
    split(&templates.render(ROOT, &view).unwrap().text)
}

/// The document, cut where a line begins with `\question{LABEL}` or, for the appendix, `\beyond`;
/// what comes before is `front`.
pub fn split(document: &str) -> Vec<Section> {
    let mut sections = vec![Section { name: "front".into(), text: String::new() }];
    for line in document.split_inclusive('\n') {
        if let Some(name) = begins(line) {
            sections.push(Section { name, text: String::new() });
        }
        sections.last_mut().unwrap().text += line;
    }
    sections
}

/// The name of the section that begins with this line: `1b` for `\question{1(b)}…`.
fn begins(line: &str) -> Option<String> {
    if line.starts_with("\\beyond{") {
        return Some("appendix".into());
    }
    let label = line.strip_prefix("\\question{")?.split('}').next()?;
    let kept: String = label.chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect();
    Some(kept.replace(' ', "_"))
}
