//! A build that would give what is there already.
//!
//! What a build was made from is kept beside what it said: the texts of inputs and templates, the
//! program, the TeX files that were read and the user's own, and the names that were looked for in
//! vain. While all that is as it was, and the three outputs are those that it wrote, the next build
//! has nothing to do but to say the same. (The system's libraries that the engine uses are not among
//! it.) The texts are compared as they are, so that this is known before anything is parsed.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::build::Built;
use super::cache;
use super::change::Changes;
use super::outputs::{self, Outputs};
use super::sources::{Surroundings, Texts, hex};
use crate::cli::BuildArgs;
use crate::diagnostic::Diagnostic;
use crate::tex::{self, Made};

/// What is kept of a build.
#[derive(Debug, Deserialize, Serialize)]
struct Kept {
    /// Tells what it was made from, but for files that only TeX read.
    made_from: String,
    /// Tells TeX's files from others.
    tex: String,
    /// SHA-256 of the output files.
    outputs: Vec<String>,
    summary: String,
    tex_files: String,
    warnings: Vec<Diagnostic>,
}

/// The last build, if another would be the same.
pub fn last(args: &BuildArgs, made_from: &str, around: &Surroundings) -> Option<Built> {
    let folder = &args.source.output;
    let include = std::slice::from_ref(&around.folder);
    let kept = tex::remembered(&name(folder)?, include, &cache::folder())?;
    let kept: Kept = serde_json::from_slice(&kept).ok()?;
    let is_same = kept.made_from == made_from
        && kept.tex == around.tex_files()?
        && kept.outputs == outputs::read(folder).ok()?.map(|file| digest(&file));
    let Kept { summary, tex_files, warnings, .. } = kept;
    let changes = Some(Changes::default());
    is_same.then_some(Built { summary, tex_files, warnings, changes })
}

/// Keeps a build for the next one.
pub fn keep(
    args: &BuildArgs,
    made_from: String,
    around: &Surroundings,
    built: &Built,
    outputs: &Outputs,
    made: &Made,
) {
    let (Some(name), Some(tex)) = (name(&args.source.output), around.tex_files()) else { return };
    let kept = Kept {
        made_from,
        tex: tex.to_owned(),
        outputs: outputs.files().map(digest).into(),
        summary: built.summary.clone(),
        tex_files: built.tex_files.clone(),
        warnings: built.warnings.clone(),
    };
    if let Ok(json) = serde_json::to_vec(&kept) {
        tex::remember(&name, &json, made, &cache::folder());
    }
}

/// The folder of the outputs stands for what is worked on.
fn name(folder: &Path) -> Option<String> {
    Some(folder.canonicalize().ok()?.to_str()?.to_owned())
}

/// Tells what a build is made from, but for files that only TeX reads; `None` where that is not
/// known.
pub fn made_from(args: &BuildArgs, texts: &Texts) -> Option<String> {
    let BuildArgs { source, bundle, open: _ } = args;
    let parts = [
        // Those of one version differ while it is worked on.
        cache::program()?,
        texts.digest()?,
        // A folder may have no templates, or not be there.
        format!("{source:?} {}", source.templates.is_dir()),
        format!("{bundle:?} {:?}", std::env::var_os("SOURCE_DATE_EPOCH")),
    ];
    Some(digest(parts.join("\0").as_bytes()))
}

fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
