//! What can be typed on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::tex::BundleChoice;

/// The folder of the templates, if no other is named.
pub const DEFAULT_TEMPLATES: &str = "templates";

/// Solves a deep-learning homework with certified numbers and typesets the submission PDF.
#[derive(Debug, Parser)]
#[command(name = "gradproof", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Solve, typeset and check the homework; write the PDF, its LaTeX and its JSON.
    BuildPdf(BuildArgs),
    /// Read the finished PDF back: is it today's, and is it ready for Gradescope?
    Check(CheckArgs),
    /// Print every answer, without TeX.
    Solve(SolveArgs),
    /// The TeX engine, which `build-pdf` starts for itself.
    #[command(hide = true)]
    TypesetDocument(EngineArgs),
    /// Draw random homeworks; solve, check and render every one, typeset a sample.
    Stress(StressArgs),
    /// Build again whenever inputs or a template change; the last good PDF is kept.
    Watch(BuildArgs),
}

/// Where the homework comes from.
#[derive(Args, Clone, Debug)]
pub struct InputArgs {
    /// The inputs.
    #[arg(long, value_name = "FILE", default_value = "homework.toml")]
    pub inputs: PathBuf,

    /// Replace one value of the inputs, e.g. --set 'problem2.classification.w=[1, -2, 0.5]'.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<String>,

    /// Draw the weights of problem 2 from N(0, 1), to two decimals.
    #[arg(long, value_name = "SEED")]
    pub random_weights: Option<u64>,
}

/// What a document is made from, and where it is put.
#[derive(Args, Clone, Debug)]
pub struct SourceArgs {
    #[command(flatten)]
    pub input: InputArgs,

    /// The folder of the templates.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_TEMPLATES)]
    pub templates: PathBuf,

    /// The folder for the PDF, its LaTeX and its JSON.
    #[arg(long, value_name = "DIR", default_value = "output")]
    pub output: PathBuf,
}

#[derive(Args, Clone, Debug)]
pub struct BuildArgs {
    #[command(flatten)]
    pub source: SourceArgs,

    /// Where TeX's files come from: auto, texlive, web, a folder or bundle file, or a URL.
    #[arg(long, value_name = "SOURCE", default_value = "auto")]
    pub bundle: BundleChoice,

    /// Show the PDF when it is done.
    #[arg(long)]
    pub open: bool,
}

#[derive(Args, Clone, Debug)]
pub struct CheckArgs {
    /// The PDF; homework3.pdf in the output folder if none is named.
    pub pdf: Option<PathBuf>,

    #[command(flatten)]
    pub source: SourceArgs,
}

#[derive(Args, Clone, Debug)]
pub struct SolveArgs {
    #[command(flatten)]
    pub input: InputArgs,

    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Args, Clone, Debug)]
pub struct StressArgs {
    /// How many homeworks.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub count: u64,

    /// Which ones.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,

    /// The folder of the templates.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_TEMPLATES)]
    pub templates: PathBuf,

    /// Where TeX's files come from, as for build-pdf.
    #[arg(long, value_name = "SOURCE", default_value = "auto")]
    pub bundle: BundleChoice,
}

/// What the process that runs TeX is told; what to do comes on its standard input.
#[derive(Args, Clone, Debug)]
pub struct EngineArgs {
    /// The document's date, in seconds since 1970 (UTC).
    #[arg(long)]
    pub date: u64,

    #[arg(long)]
    pub bundle: BundleChoice,

    /// Folders for the document's own files.
    #[arg(long)]
    pub include: Vec<PathBuf>,

    /// The checkpoint to go on from, if it fits.
    #[arg(long)]
    pub restore: Option<PathBuf>,
}

/// How `solve` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs: the format is fixed.
    Json,
}
