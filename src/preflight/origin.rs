//! Whose PDF it is: today's, an older one of ours, or another program's. What is wrong with a
//! PDF that is not today's is said once, and not again by every item that follows from it.

use super::ReadBack;
use super::report::Item;
use crate::diagnostic::Diagnostic;

/// What is said of an older PDF.
const STALE: &str = "the PDF is not what today's inputs and templates give";
const BUILD_AGAIN: &str = "run `build-pdf` again, and hand in the new PDF";

/// Where a PDF comes from, by the fingerprint in its properties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// From today's inputs and templates.
    Today,
    /// From today's LaTeX, but compiled by the program of this name.
    Copy(String),
    /// From this program, but other inputs, templates or another version.
    Older,
    /// From the program of this name.
    Elsewhere(String),
}

impl Origin {
    pub fn of(pdf: &ReadBack, fingerprint: &str, engine: &str) -> Self {
        let maker = pdf.properties.get("Producer").map_or("another program", String::as_str);
        let mut words = pdf.properties.values().flat_map(|text| text.split([' ', ',', ';', '\n']));
        if words.clone().any(|word| word == fingerprint) {
            return if maker == engine { Self::Today } else { Self::Copy(maker.to_owned()) };
        }
        let mark = fingerprint.split_inclusive(':').next().unwrap_or_default();
        if words.any(|word| word.starts_with(mark) && !mark.is_empty()) {
            return Self::Older;
        }
        Self::Elsewhere(maker.to_owned())
    }

    /// The finding about the origin itself. It takes over what follows from it: of an older PDF
    /// all that depends on inputs and templates, of another program's everything. `options` are
    /// those with which an older one was probably made, and `replaced` the user's own figures that
    /// were others then.
    pub fn judge(
        &self,
        items: &mut [Item],
        options: &[String],
        replaced: &[String],
    ) -> Vec<Diagnostic> {
        let others = replaced.iter().map(|name| format!("{name} is another picture now"));
        match self {
            Self::Today => {
                let message = others.collect::<Vec<_>>().join("; ");
                let changed = (!message.is_empty()).then(|| {
                    Diagnostic::error(format!("{STALE}: {message}")).help(BUILD_AGAIN)
                });
                changed.into_iter().collect()
            }
            Self::Copy(maker) => vec![
                Diagnostic::warning(format!(
                    "the PDF was compiled by {maker} from a copy of homework3.tex: what was changed \
                     there cannot be seen here"
                ))
                .help("hand in the PDF that `build-pdf` wrote, unless the change is what you want"),
            ],
            Self::Older => {
                let mut differences = Vec::new();
                for item in items.iter_mut().filter(|item| item.by_inputs) {
                    let Some(first) = item.findings.first() else { continue };
                    differences.push(match item.findings.len() {
                        1 => first.message.clone(),
                        n => format!("{} (and {} more)", first.message, n - 1),
                    });
                    item.set_aside();
                }
                differences.extend(others);
                let differences = if differences.is_empty() {
                    "words or intermediate results differ, or the program's version".to_owned()
                } else {
                    differences.join("; ")
                };
                let (message, help) = if options.is_empty() {
                    (format!("{STALE}: {differences}"), BUILD_AGAIN.to_owned())
                } else {
                    // The cause, before what follows from it.
                    let options = options.join(" ");
                    (
                        format!("{STALE}, but what they give with {options}: {differences}"),
                        format!("if it was built so, pass these options again: `check {options}`; otherwise {BUILD_AGAIN}"),
                    )
                };
                vec![Diagnostic::error(message).help(help)]
            }
            Self::Elsewhere(maker) => {
                items.iter_mut().for_each(Item::set_aside);
                vec![
                    Diagnostic::error(format!(
                        "the PDF was not made by this program, but by {maker}"
                    ))
                    .help(
                        "name the PDF that `build-pdf` wrote; if it is that one, a template of \
                         yours lost `pdfkeywords={<< doc.fingerprint >>}`",
                    ),
                ]
            }
        }
    }
}
