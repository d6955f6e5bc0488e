//! From inputs and templates to a finished document in memory; nothing is written here.

use super::engine::{self, Limits, Ready};
use super::sources::{Sources, sections};
use crate::answers::Answers;
use crate::diagnostic::{Diagnostic, Failure, Result, Severity};
use crate::inputs::Inputs;
use crate::problems::Homework;
use crate::report::{self, ROOT, View, boxes, coverage, described, ended, live, typed};
use crate::templates::Rendered;
use crate::tex::{self, Made, Message, TexFailure};
use crate::witness::{self, Checks};

/// A solved homework as LaTeX.
#[derive(Debug)]
pub struct Prepared {
    pub answers: Answers,
    /// The answers that the homework asks for.
    pub asked: Vec<report::Answer>,
    pub rendered: Rendered,
    /// What its sentences hang on: names that templates use, and values.
    pub noticed: Vec<(String, String)>,
    /// Tells which inputs and templates it was made from.
    pub fingerprint: String,
    pub warnings: Vec<Diagnostic>,
}

/// A typeset document.
#[derive(Debug)]
pub struct Compiled {
    pub pdf: Vec<u8>,
    /// Which TeX files were used.
    pub source: String,
    /// The files that TeX read.
    pub made: Made,
    /// What is said of this build alone.
    pub notices: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
}

/// A solved homework.
#[derive(Debug)]
pub struct Worked {
    homework: Homework,
    witnesses: Checks,
}

impl Worked {
    /// Solves, and finds the gradients again in independent ways, before anything is typeset.
    ///
    /// # Errors
    /// Where a number can't be certified, and where the ways disagree.
    pub fn out(inputs: &Inputs) -> Result<Self> {
        let homework = Homework::solve(inputs)?;
        let witnesses = witness::check(inputs, &homework)?;
        Ok(Self { homework, witnesses })
    }
}

impl Sources {
    /// Solves the homework and renders the templates.
    pub fn prepare(&self) -> Result<Prepared> {
        self.render(&Worked::out(&self.inputs)?, |_| ())
    }

    /// Renders the templates for the solved homework. `go_on` is called with the LaTeX before that is
    /// looked into.
    pub fn render(&self, worked: &Worked, go_on: impl FnOnce(&str)) -> Result<Prepared> {
        let Worked { homework, witnesses } = worked;
        let fingerprint = self.fingerprint()?;
        let view = View::new(&self.inputs, homework, witnesses, &fingerprint);
        let rendered = self.templates.render(ROOT, &view)?;
        go_on(&rendered.text);
        let asked = report::answers(homework);
        let printed = live::live(&rendered.text);
        if let Some((at, early)) = ended::never(&printed).or_else(|| ended::too_early(&printed)) {
            return Err(Diagnostic { place: rendered.place_of(at), ..early }.into());
        }
        let used: Vec<&str> = self.templates.files(ROOT).map(|(name, ..)| name).collect();
        let folder = self.around.folder.display().to_string();
        let lost = coverage::missing(&printed, &asked, &folder, &used, &rendered.text);
        if !lost.is_empty() {
            let at_place = |(at, one): coverage::Missing| Diagnostic {
                place: at.and_then(|at| rendered.place_of(at)),
                ..one
            };
            return Err(Failure(lost.into_iter().map(at_place).collect()));
        }
        let mut warnings = self.inputs.warnings.clone();
        warnings.extend(self.template_warnings());
        warnings.extend(self.gaps(&printed, &rendered, &asked)?);
        warnings.extend(typed::decimals(self.templates.typed_decimals(ROOT), &asked, &view)?);
        let answers = Answers::new(homework);
        let noticed = view.noticed();
        Ok(Prepared { answers, asked, rendered, noticed, fingerprint, warnings })
    }

    /// Warnings about answers in no box, empty formulas and alternative texts, at their places; or
    /// errors.
    fn gaps(
        &self,
        printed: &str,
        rendered: &Rendered,
        asked: &[report::Answer],
    ) -> Result<Vec<Diagnostic>> {
        let mut found = boxes::gaps(printed, asked, &self.around.folder.display().to_string());
        found.extend(described::texts(&rendered.text, printed));
        let at_place = |(at, one)| Diagnostic { place: rendered.place_of(at), ..one };
        let (errors, warnings): (Vec<_>, Vec<_>) =
            found.into_iter().map(at_place).partition(|one| one.severity == Severity::Error);
        if errors.is_empty() { Ok(warnings) } else { Err(Failure(errors)) }
    }

    /// Has an engine that is ready for this LaTeX go on with it, which may turn out to be of no use.
    pub fn go_on(&self, latex: &str, limits: &Limits, ready: &mut Ready) {
        let sections = sections(latex);
        let Ok(document) = self.around.document(latex, &self.inputs, sections.as_ref()) else {
            return;
        };
        if ready.fits(&document, &self.around.bundle, self.around.tex_files(), limits) {
            ready.go_on(&document, limits);
        }
    }

    /// Typesets prepared LaTeX.
    pub fn typeset(
        &self,
        prepared: &Prepared,
        limits: &Limits,
        ready: Option<Ready>,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Compiled> {
        let latex = &prepared.rendered.text;
        let sections = sections(latex);
        let document = self.around.document(latex, &self.inputs, sections.as_ref())?;
        let (bundle, files) = (&self.around.bundle, self.around.tex_files());
        let ready = ready.filter(|ready| ready.fits(&document, bundle, files, limits));
        let rendered = &prepared.rendered;
        let split = |messages: &[Message]| self.split(messages, rendered);
        match engine::typeset(&document, bundle, files, limits, ready, progress) {
            Ok(done) => {
                let (errors, warnings) = split(&done.messages);
                if errors.is_empty() {
                    let (_, notices) = split(&done.notices);
                    let tex::Typeset { pdf, source, made, .. } = done;
                    Ok(Compiled { pdf, source, made, notices, warnings })
                } else {
                    Err(Failure(errors))
                }
            }
            Err(TexFailure::Document { messages, .. }) => {
                let (errors, warnings) = split(&messages);
                if !errors.is_empty() {
                    return Err(Failure(errors));
                }
                let mut all = vec![Diagnostic::error("TeX stopped without naming a mistake")];
                all.extend(warnings);
                Err(Failure(all))
            }
            Err(TexFailure::NoTexFiles { message, help }) => {
                Err(Diagnostic::error(message).help(help).into())
            }
            Err(TexFailure::Engine { message, .. }) => Err(Diagnostic::error(message).into()),
        }
    }
}
