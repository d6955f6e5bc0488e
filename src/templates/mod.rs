//! LaTeX templates with tera in them, and errors that come home to the template's own line.
//!
//! # What can be written
//! - `<< value >>` prints a value, `<% if … %>` and its like choose and repeat, `<# … #>` is a
//!   comment that never reaches the document. Everything else is LaTeX's own: `{{`, `{%`, `{#1}`,
//!   `$a<b$`, TikZ's `<->`. Two `<` in a row are written `<{}<`; before `%` or `#` put a space
//!   behind the `<` (`\ifnum#1< #2`). Tags inside LaTeX's `%` comments are tags still.
//! - A line that holds only tags and comments leaves nothing behind, not even its line end, so it
//!   never begins a paragraph; `<%-` and `-%>` trim all white space on their side. The line end
//!   before `<% endset %>` and `<% endcomponent %>` is no part of the text.
//! - Texts are escaped for LaTeX; [`Latex`] is printed as it is.
//! - Every name must be known, in conditions too. A field that is `None` can be asked for but not
//!   printed. Lists, groups of values and raw floating-point numbers are for loops and conditions.
//!
//! # How places are kept
//! ```text
//! file ─ scan ─ segments ─ instrument ─ tera ─ marked text ─ map ─ document
//! ```
//! [`TemplateSet::load`] reads and checks, [`TemplateSet::render`] prints, and
//! [`Rendered::locate`] goes from a line of the document back to the template.

#![allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "ranges are of what was found in the same text, or is marked in a copy of its length"
)]

mod compared;
mod decimals;
mod errors;
mod escape;
mod expression;
mod filters;
mod folder;
mod foreign;
mod instrument;
mod limits;
mod load;
mod map;
mod names;
mod near;
mod percent;
mod scan;
mod scope;
mod shape;
mod structure;
mod view;
mod words;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use schemars::JsonSchema;
use serde::Serialize;
use tera::{Context, Delimiters, ErrorKind, Tera};

use crate::diagnostic::{Diagnostic, Failure, Result};
use crate::latex::{comment, verbatim};
pub use decimals::Typed;
pub use escape::{Latex, escape};
pub use filters::{FILTERS, FUNCTIONS, FilterDoc, TESTS};
use instrument::{Instrumented, Origin};
pub use limits::{
    FILE_BYTES, INCLUDE_DEPTH, OUTPUT_BYTES, PRINTED_BYTES, SET_BYTES, SET_ELEMENTS, STEPS,
};
pub use load::{FOLDER_DEPTH, Texts, is_editors_own};
pub use map::Rendered;
use map::Source;
pub use near::did_you_mean;
use scan::Segment;
pub use view::schema;
pub use words::choice;

/// All templates of a document, read, checked and ready to render.
#[derive(Clone)]
pub struct TemplateSet {
    folder: PathBuf,
    files: Arc<[Source]>,
    from_disk: Vec<bool>,
    /// How many embedded ones are replaced by files.
    replaced: usize,
    segments: Vec<Vec<Segment>>,
    /// The texts of the files without what is not LaTeX's to read.
    masked: Arc<[String]>,
    /// Which of them the document of a root is made from, once someone has asked.
    used: OnceLock<(String, Arc<[bool]>)>,
    instrumented: Vec<Instrumented>,
    origins: Arc<[Origin]>,
    tera: Tera,
}

impl std::fmt::Debug for TemplateSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.files.iter().map(|s| &s.name)).finish()
    }
}

impl TemplateSet {
    /// The `embedded` templates (name, text), overlaid by the `*.tex` files in `dir` and its
    /// subfolders. A missing folder leaves the embedded ones.
    ///
    /// # Errors
    /// Every file that cannot be used, or else every syntax error of every file.
    pub fn load(dir: &Path, embedded: &[(&str, &str)]) -> Result<Self> {
        Self::parse(Texts::read(dir, embedded)?)
    }

    /// The templates of these texts.
    ///
    /// # Errors
    /// Every syntax error of every file.
    pub fn parse(texts: Texts) -> Result<Self> {
        let Texts { folder, by_name, replaced } = texts;
        let from_disk = by_name.values().map(|(_, disk)| *disk).collect();
        let files: Arc<[Source]> = by_name
            .into_iter()
            .map(|(name, (text, _))| Source {
                display: folder.join(&name).display().to_string(),
                name,
                text: text.into(),
            })
            .collect();
        let segments = check_syntax(&files)?;
        let unknown = structure::references(&files, &segments);
        if !unknown.is_empty() {
            return Err(failure(unknown));
        }
        let newline_at_end = |name: &str| {
            files.iter().find(|f| f.name == name).is_none_or(|f| f.text.ends_with('\n'))
        };
        let mut origins = Vec::new();
        let instrumented: Vec<Instrumented> = files
            .iter()
            .zip(&segments)
            .enumerate()
            .map(|(i, (file, segments))| {
                instrument::instrument(i, &file.text, segments, &mut origins, &newline_at_end)
            })
            .collect();
        let mut tera = engine();
        tera.add_raw_templates(files.iter().zip(&instrumented).map(|(f, i)| (&f.name, &i.source)))
            .map_err(|e| diagnose(&e, &files, &instrumented))?;
        tera.autoescape_on([""]);
        let origins = origins.into();
        let masked =
            files.iter().zip(&segments).map(|(f, s)| decimals::masked(&f.text, s)).collect();
        let used = OnceLock::new();
        Ok(Self {
            folder,
            files,
            from_disk,
            replaced,
            segments,
            masked,
            used,
            instrumented,
            origins,
            tera,
        })
    }

    /// The document that the template `root` (such as `report.tex`) prints with a view: a struct
    /// or a map, whose fields are the names that templates use.
    ///
    /// Every field exists for all inputs, `None` where it has no value: names are looked up in
    /// branches that these values do not take, too. A field whose type is an enumeration is
    /// compared with its words only.
    ///
    /// # Errors
    /// Everything that could be found wrong, each with its place in a template.
    pub fn render<V: Serialize + JsonSchema>(&self, root: &str, view: &V) -> Result<Rendered> {
        let view = view::view(view)?;
        let mut errors = names::check(&self.files, &self.segments, root, &view);
        match self.print(root, &view.context) {
            Ok(rendered) if errors.is_empty() => return Ok(rendered),
            Ok(_) => {}
            Err(Failure(stopped)) => {
                // What stopped tera is often one of the mistakes that are already listed.
                let line =
                    |d: &Diagnostic| d.place.as_ref().map(|p| (p.name.clone(), p.line_column().0));
                let new = |d: &Diagnostic| {
                    !errors.iter().any(|e| line(e) == line(d) || e.message == d.message)
                };
                let stopped: Vec<Diagnostic> = stopped.into_iter().filter(new).collect();
                errors.extend(stopped.into_iter().map(|d| errors::counted(d, &view.whole)));
            }
        }
        Err(failure(errors))
    }

    fn print(&self, root: &str, context: &Context) -> Result<Rendered> {
        limits::reset();
        let mut out = limits::Limited::default();
        self.tera
            .render_to(root, context, &mut out)
            .map_err(|e| diagnose(&e, &self.files, &self.instrumented))?;
        let text = String::from_utf8(out.0)
            .map_err(|_| Diagnostic::error("the templates printed something that is not UTF-8"))?;
        Ok(Rendered::new(&text, self.files.clone(), self.origins.clone()))
    }

    /// Name, text and whether it came from disk, of every template that the document of `root` is
    /// made from, by name. Another is none of its business.
    pub fn files(&self, root: &str) -> impl Iterator<Item = (&str, &str, bool)> {
        let used = self.used(root);
        let files = self.files.iter().zip(&self.from_disk).enumerate();
        files
            .filter(move |(index, _)| used.get(*index) == Some(&true))
            .map(|(_, (f, disk))| (f.name.as_str(), &*f.text, *disk))
    }

    fn used(&self, root: &str) -> Arc<[bool]> {
        let find = || (root.to_owned(), folder::used(self, root).into());
        match self.used.get_or_init(find) {
            (known, used) if known == root => Arc::clone(used),
            _ => find().1,
        }
    }
}

impl TemplateSet {
    /// Decimal numbers typed into the text of the templates that the document of `root` is made from.
    ///
    /// Layout is left out: dimensions, options, pictures, colours, the preamble. So are tags,
    /// comments, and constants that the line marks with `%! keep 0.25 <reason>` at its end.
    pub fn typed_decimals(&self, root: &str) -> Vec<Typed> {
        let used = self.used(root);
        let files = self.files.iter().zip(&*self.masked).zip(&*used).filter(|(_, used)| **used);
        files.flat_map(|((file, masked), _)| decimals::typed(file, masked)).collect()
    }
}

impl TemplateSet {
    /// What is accepted, but hardly as it was meant, in a document that the template `root` prints.
    /// A folder that `has_all` templates when it is whole is told when it lacks most of them.
    pub fn warnings(&self, root: &str, has_all: bool) -> Vec<Diagnostic> {
        let used = self.used(root);
        let files = self.files.iter().zip(&self.segments).zip(&*used).filter(|(_, used)| **used);
        let hidden = files.flat_map(|((file, segments), _)| {
            percent::hiding(&file.text, segments).into_iter().map(|span| file.place(span))
        });
        let hidden = hidden.map(|place| {
            Diagnostic::warning("this % begins a comment: what follows is not printed")
                .at(place)
                .help("write `\\%` for the sign; a comment stands on a line of its own")
        });
        let mut warnings = folder::absent(self, &used, has_all);
        warnings.extend(folder::unread_tags(self, &used));
        warnings.extend(hidden);
        warnings
    }
}

/// tera with our delimiters, filters, functions and escaping, and no templates.
fn engine() -> Tera {
    let mut tera = Tera::new();
    let delimiters = Delimiters {
        block_start: "<%".into(),
        block_end: "%>".into(),
        variable_start: "<<".into(),
        variable_end: ">>".into(),
        comment_start: "<#".into(),
        comment_end: "#>".into(),
    };
    let set = tera.set_delimiters(delimiters);
    debug_assert!(set.is_ok(), "the delimiters are two bytes each and differ");
    tera.set_escape_fn(escape::escape_to);
    filters::register(&mut tera);
    tera.register_function("__step", limits::step);
    tera.register_function("__size", limits::size);
    tera.register_function("__printed", limits::printed);
    tera.register_function("range", limits::range);
    tera
}

/// The segments of every file, or all syntax errors of all files.
fn check_syntax(files: &[Source]) -> Result<Vec<Vec<Segment>>> {
    let mut errors = Vec::new();
    let mut all = Vec::new();
    for file in files {
        if let Some((at, c)) = file.text.char_indices().find(|(_, c)| instrument::is_reserved(*c)) {
            errors.push(
                Diagnostic::error(format!("the private-use character U+{:X}", u32::from(c)))
                    .at(file.place(at..at + c.len_utf8()))
                    .help("no font shows it: take it out"),
            );
            continue;
        }
        let (segments, mistakes) = match scan::segments(&file.text) {
            Ok(segments) => {
                let mut mistakes = structure::sections(&file.text, &segments);
                mistakes.extend(foreign::tags(&file.text, &segments));
                mistakes.extend(foreign::operators(&file.text, &segments));
                (segments, mistakes)
            }
            Err(mistake) => (Vec::new(), vec![mistake]),
        };
        if mistakes.is_empty()
            && let Err(e) = engine().add_raw_template(&file.name, &file.text)
        {
            errors.extend(errors::syntax(&e, file));
        }
        errors.extend(mistakes.into_iter().map(|m| {
            let place = file.place(errors::clamp(&file.text, m.span));
            Diagnostic::error(m.message).at(place).help(m.help)
        }));
        all.push(segments);
    }
    if errors.is_empty() { Ok(all) } else { Err(failure(errors)) }
}

/// The errors together; those about tags that LaTeX would not read say why they count.
fn failure(mut errors: Vec<Diagnostic>) -> Failure {
    for error in &mut errors {
        let Some(place) = &error.place else { continue };
        let before = &place.text[..errors::clamp(&place.text, place.span.clone()).start];
        let line = &before[before.rfind('\n').map_or(0, |n| n + 1)..];
        // The tags' own `%` begin no comment.
        let latex = line.replace("<%", "").replace("%>", "");
        let is_typed = |inside: &Range<usize>| inside.contains(&place.span.start);
        let why = if verbatim(&place.text).iter().any(is_typed) {
            // `<{}<` would be printed as it stands.
            error.help.take_if(|_| error.message.ends_with(scan::NEVER_CLOSED));
            "tags in a listing are tags still: write `<% raw %>` before it and `<% endraw %>` behind it"
        } else if comment(&latex).is_some() {
            "tags behind LaTeX's `%` are tags still: to switch one off write `<# … #>`"
        } else {
            continue;
        };
        let help = error.help.take().map(|h| h + "; ").unwrap_or_default();
        error.help = Some(format!("{help}{why}"));
    }
    Failure(errors)
}

/// An error of tera's about instrumented templates, at its place on disk.
fn diagnose(error: &tera::Error, files: &[Source], instrumented: &[Instrumented]) -> Diagnostic {
    match error.kind() {
        ErrorKind::RenderingError(report) | ErrorKind::SyntaxError(report) => {
            let index = files.iter().position(|f| f.name == report.filename());
            match index {
                Some(i) => {
                    let span = instrumented[i].original_span(&report.span().range);
                    errors::rendering(report.message(), &files[i], span)
                }
                None => Diagnostic::error(report.message()),
            }
        }
        ErrorKind::Io(std::io::ErrorKind::FileTooLarge) => errors::too_long(),
        ErrorKind::TemplateNotFound(name) => {
            let known = files.iter().map(|f| f.name.as_str());
            let help = near::did_you_mean(name, known);
            Diagnostic::error(format!("there is no template `{name}`"))
                .help(help.unwrap_or_else(|| "add the file to the templates' folder".to_owned()))
        }
        _ => {
            let text = error.to_string();
            errors::first_report(&text)
                .and_then(|(message, name, line, column)| {
                    let i = files.iter().position(|f| f.name == name)?;
                    let at = offset(&instrumented[i].source, line, column);
                    let span = instrumented[i].original_span(&(at..at + 1));
                    Some(errors::rendering(message, &files[i], span))
                })
                .unwrap_or_else(|| errors::placeless(&text))
        }
    }
}

/// The byte at a line and column (in characters), both 1-based.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = text[start..].chars().take(column.saturating_sub(1));
    start + rest.map(char::len_utf8).sum::<usize>()
}

#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod tests;
