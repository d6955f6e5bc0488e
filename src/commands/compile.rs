//! From inputs and templates to a finished document in memory; nothing is written here.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use super::cache;
use super::engine::{self, Limits, Ready};
use crate::answers::Answers;
use crate::cli::{DEFAULT_TEMPLATES, SourceArgs};
use crate::diagnostic::{Diagnostic, Failure, Result, Severity};
use crate::inputs::{self, Inputs, document_date};
use crate::problems::Homework;
use crate::report::{
    self, ROOT, TEMPLATES, View, boxes, coverage, cuts, described, ended, live, typed,
};
use crate::templates::{Rendered, TemplateSet};
use crate::tex::{self, BundleChoice, Document, Made, Message, Sections, TexFailure};
use crate::witness;

/// Ends the preamble.
const BEGIN: &str = "\n\\begin{document}";

/// What a document is made from.
#[derive(Clone, Debug)]
pub struct Sources {
    pub inputs: Inputs,
    pub templates: TemplateSet,
    /// The folder of the templates, where a user's own figures are too.
    pub folder: PathBuf,
    pub bundle: BundleChoice,
    /// What tells the bundle's TeX files from others, once someone has asked.
    tex_files: OnceLock<Option<String>>,
}

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

impl Sources {
    pub fn new(
        inputs: Inputs,
        templates: TemplateSet,
        folder: &Path,
        bundle: &BundleChoice,
    ) -> Self {
        let (folder, bundle) = (folder.to_owned(), bundle.clone());
        Self { inputs, templates, folder, bundle, tex_files: OnceLock::new() }
    }

    /// Reads inputs and templates; mistakes in both are shown together.
    pub fn load(args: &SourceArgs, bundle: &BundleChoice) -> Result<Self> {
        let input = &args.input;
        let inputs = inputs::load(&input.inputs, &input.sets, input.random_weights);
        let templates = TemplateSet::load(&args.templates, TEMPLATES);
        match (inputs, templates) {
            (Ok(inputs), Ok(templates)) => {
                Ok(Self::new(inputs, templates, &args.templates, bundle))
            }
            (Err(mut one), Err(other)) => {
                one.0.extend(other.0);
                Err(one)
            }
            (Err(failure), _) | (_, Err(failure)) => Err(failure),
        }
    }

    /// Solves the homework and renders the templates.
    pub fn prepare(&self) -> Result<Prepared> {
        let homework = Homework::solve(&self.inputs)?;
        // Nothing is typeset before the gradients were found again in independent ways.
        let witnesses = witness::check(&self.inputs, &homework)?;
        let fingerprint = self.fingerprint()?;
        let view = View::new(&self.inputs, &homework, &witnesses, &fingerprint);
        let rendered = self.templates.render(ROOT, &view)?;
        let asked = report::answers(&homework);
        let printed = live::live(&rendered.text);
        if let Some((at, early)) = ended::never(&printed).or_else(|| ended::too_early(&printed)) {
            return Err(Diagnostic { place: rendered.place_of(at), ..early }.into());
        }
        let used: Vec<&str> = self.templates.files(ROOT).map(|(name, ..)| name).collect();
        let folder = self.folder.display().to_string();
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
        let answers = Answers::new(&homework);
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
        let mut found = boxes::gaps(printed, asked, &self.folder.display().to_string());
        found.extend(described::texts(&rendered.text, printed));
        let at_place = |(at, one)| Diagnostic { place: rendered.place_of(at), ..one };
        let (errors, warnings): (Vec<_>, Vec<_>) =
            found.into_iter().map(at_place).partition(|one| one.severity == Severity::Error);
        if errors.is_empty() { Ok(warnings) } else { Err(Failure(errors)) }
    }

    /// What is accepted in the templates, but hardly as it was meant.
    pub fn template_warnings(&self) -> Vec<Diagnostic> {
        // Another folder may hold a few of them, to change these alone; without any the program
        // has its own.
        let has_all = self.folder == Path::new(DEFAULT_TEMPLATES) && self.folder.is_dir();
        self.templates.warnings(ROOT, has_all)
    }

    /// A hash of the inputs, the templates and the program's version.
    pub fn fingerprint(&self) -> Result<String> {
        let inputs = serde_json::to_string(&self.inputs)
            .map_err(|error| Diagnostic::error(format!("the inputs are no JSON: {error}")))?;
        let mut hash = Sha256::new();
        for part in [env!("CARGO_PKG_VERSION"), &inputs] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        for (name, text, _) in self.templates.files(ROOT) {
            for part in [name, text] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        Ok(format!("gradproof:{}", hex(&hash.finalize()[..16])))
    }

    /// What tells the TeX files that are there from others, as of the first time it is asked.
    pub fn tex_files(&self) -> Option<&str> {
        self.tex_files.get_or_init(|| tex::identity(&self.bundle, &cache::folder())).as_deref()
    }

    fn document<'a>(
        &'a self,
        source: &'a str,
        sections: Option<&'a Sections>,
    ) -> Result<Document<'a>> {
        let include = std::slice::from_ref(&self.folder);
        let date = document_date(self.inputs.submission.date)?;
        Ok(Document { source, include, date, sections })
    }

    /// What of a document of these templates may be taken from the last build.
    fn sections(&self, latex: &str) -> Option<Sections> {
        let preamble = |text: &str| Some(text.split_once(BEGIN)?.0.to_owned());
        let (_, own, _) = self.templates.files(ROOT).find(|(name, ..)| *name == ROOT)?;
        let (_, embedded) = TEMPLATES.iter().find(|(name, _)| *name == ROOT)?;
        let cuts = (preamble(own)? == preamble(embedded)?).then(|| cuts::cuts(latex))??;
        let cuts::Cuts { setup_end, questions, left } = cuts;
        Some(Sections { setup_end, starts: questions, macros: left })
    }

    /// Has an engine begin while there is no document yet, for one with the `beginning` of the
    /// `last`.
    pub fn begin(&self, last: &str, beginning: &str, limits: &Limits) -> Option<Ready> {
        let sections = self.sections(last);
        let last = self.document(last, sections.as_ref()).ok()?;
        Ready::begin(&last, beginning, &self.bundle, self.tex_files(), limits)
    }

    /// Typesets prepared LaTeX.
    pub fn typeset(
        &self,
        prepared: &Prepared,
        limits: &Limits,
        ready: Option<Ready>,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Compiled> {
        let sections = self.sections(&prepared.rendered.text);
        let document = self.document(&prepared.rendered.text, sections.as_ref())?;
        let ready =
            ready.filter(|ready| ready.fits(&document, &self.bundle, self.tex_files(), limits));
        let rendered = &prepared.rendered;
        let split = |messages: &[Message]| self.split(messages, rendered);
        match engine::typeset(&document, &self.bundle, limits, ready, progress) {
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

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
