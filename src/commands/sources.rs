//! What a document is made from: read, then understood.

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread::{self, ScopedJoinHandle};

use sha2::{Digest, Sha256};

use super::cache;
use super::engine::{Limits, Ready};
use crate::cli::{DEFAULT_TEMPLATES, InputArgs, SourceArgs};
use crate::diagnostic::{Diagnostic, Result};
use crate::inputs::{self, Inputs, document_date};
use crate::report::{ROOT, TEMPLATES, cuts};
use crate::templates::{self, TemplateSet};
use crate::tex::{self, BundleChoice, Document, Sections};

/// The texts of inputs and templates, each read once; or what keeps them from being read.
#[derive(Debug)]
pub struct Texts {
    inputs: Result<inputs::Source>,
    templates: Result<templates::Texts>,
}

impl Texts {
    pub fn read(args: &SourceArgs) -> Self {
        Self {
            inputs: inputs::Source::read(&args.input.inputs),
            templates: templates::Texts::read(&args.templates, TEMPLATES),
        }
    }

    /// SHA-256 of them all; `None` where one can't be read.
    pub fn digest(&self) -> Option<String> {
        let (Ok(inputs), Ok(templates)) = (&self.inputs, &self.templates) else { return None };
        let mut hash = Sha256::new();
        add(&mut hash, [&*inputs.text]);
        for (name, text, is_from_disk) in templates.files() {
            add(&mut hash, [name, text, if is_from_disk { "file" } else { "built in" }]);
        }
        Some(hex(&hash.finalize()))
    }
}

/// What TeX needs of a document besides its text.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The folder of the templates, where a user's own figures are too.
    pub folder: PathBuf,
    /// The same wherever the program is.
    include: PathBuf,
    pub bundle: BundleChoice,
    /// What tells the bundle's TeX files from others, once someone has asked.
    tex_files: OnceLock<Option<String>>,
}

impl Surroundings {
    pub fn new(folder: &Path, bundle: &BundleChoice) -> Self {
        let include = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let (folder, bundle, tex_files) = (folder.to_owned(), bundle.clone(), OnceLock::new());
        Self { folder, include, bundle, tex_files }
    }

    /// What tells the TeX files that are there from others, as of the first time it is asked.
    pub fn tex_files(&self) -> Option<&str> {
        self.tex_files.get_or_init(|| tex::identity(&self.bundle, &cache::folder())).as_deref()
    }

    /// A document of these inputs, with these [`sections`].
    pub fn document<'a>(
        &'a self,
        source: &'a str,
        inputs: &Inputs,
        sections: Option<&'a Sections>,
    ) -> Result<Document<'a>> {
        let include = std::slice::from_ref(&self.include);
        let date = document_date(inputs.submission.date)?;
        Ok(Document { source, include, date, sections })
    }

    /// Has an engine begin while there is no document yet, for one of these inputs that has that many
    /// bytes in `common` with the `last` one, where anything is known.
    pub fn begin(
        &self,
        last: &str,
        common: Option<usize>,
        inputs: &Inputs,
        limits: &Limits,
    ) -> Option<Ready> {
        let sections = sections(last);
        let last = self.document(last, inputs, sections.as_ref()).ok()?;
        Ready::begin(&last, common, &self.bundle, || self.tex_files(), limits)
    }
}

/// What of a document may be taken from the last build.
pub fn sections(latex: &str) -> Option<Sections> {
    let cuts::Cuts { setup_end, title_end, questions, left } = cuts::cuts(latex)?;
    Some(Sections { setup_end, likely: title_end, starts: questions, macros: left })
}

/// Bytes of stack for the numbers, as many as a program's first thread has.
const STACK: usize = 8 << 20;

/// What a document is made from.
#[derive(Clone, Debug)]
pub struct Sources {
    pub inputs: Inputs,
    pub templates: TemplateSet,
    pub around: Surroundings,
}

impl Sources {
    /// Reads inputs and templates.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn load(args: &SourceArgs, bundle: &BundleChoice) -> Result<Self> {
        let around = Surroundings::new(&args.templates, bundle);
        Ok(Self::parse(Texts::read(args), &args.input, around, |_, _| (), |_| ())?.0)
    }

    /// Makes sense of the texts. `begin` is called as soon as there are inputs, and then, while the
    /// templates are parsed, `work`, which gives something that only inputs are needed for.
    ///
    /// # Errors
    /// Mistakes in inputs and templates, together.
    pub fn parse<T: Send>(
        texts: Texts,
        args: &InputArgs,
        around: Surroundings,
        begin: impl FnOnce(&Inputs, &Surroundings),
        work: impl FnOnce(&Inputs) -> T + Send,
    ) -> Result<(Self, T)> {
        let parse = |source| inputs::parse(source, &args.sets, args.random_weights);
        let inputs = texts.inputs.and_then(parse);
        if let Ok(inputs) = &inputs {
            begin(inputs, &around);
        }
        let Texts { templates, .. } = texts;
        let parse = || templates.and_then(TemplateSet::parse);
        match inputs {
            Ok(inputs) => {
                let (worked, templates) = thread::scope(|scope| {
                    let other = thread::Builder::new().stack_size(STACK);
                    let working = other.spawn_scoped(scope, || work(&inputs));
                    let templates = parse();
                    let join = |one: ScopedJoinHandle<T>| {
                        one.join().unwrap_or_else(|panic| resume_unwind(panic))
                    };
                    (working.map(join), templates)
                });
                let worked = worked.map_err(|error| {
                    Diagnostic::error(format!("the system has no thread for the numbers: {error}"))
                })?;
                Ok((Self { inputs, templates: templates?, around }, worked))
            }
            Err(mut failure) => {
                failure.0.extend(parse().err().into_iter().flat_map(|other| other.0));
                Err(failure)
            }
        }
    }

    /// What is accepted in the templates, but hardly as it was meant.
    pub fn template_warnings(&self) -> Vec<Diagnostic> {
        // Another folder may hold a few of them, to change these alone; without any the program
        // has its own.
        let folder = &self.around.folder;
        let has_all = folder == Path::new(DEFAULT_TEMPLATES) && folder.is_dir();
        self.templates.warnings(ROOT, has_all)
    }

    /// A hash of the inputs, the templates and the program's version.
    pub fn fingerprint(&self) -> Result<String> {
        let inputs = serde_json::to_string(&self.inputs)
            .map_err(|error| Diagnostic::error(format!("the inputs are no JSON: {error}")))?;
        let mut hash = Sha256::new();
        add(&mut hash, [env!("CARGO_PKG_VERSION"), &inputs]);
        for (name, text, _) in self.templates.files(ROOT) {
            add(&mut hash, [name, text]);
        }
        Ok(format!("gradproof:{}", hex(&hash.finalize()[..16])))
    }
}

/// Texts with their lengths, which tell where each ends.
pub fn add(hash: &mut Sha256, texts: impl IntoIterator<Item = impl AsRef<[u8]>>) {
    for text in texts {
        let text = text.as_ref();
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
