//! Finding the trees of an installed TeX Live.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Trees of the usual installations, the user's own first: Debian and its kin, Fedora, Arch, the
/// macOS package managers.
const USUAL_PLACES: [&str; 9] = [
    "/usr/local/share/texmf",
    "/etc/texmf",
    "/var/lib/texmf",
    "/usr/share/texmf",
    "/usr/share/texlive/texmf-dist",
    "/usr/share/texmf-dist",
    "/opt/homebrew/share/texmf-dist",
    "/usr/local/share/texmf-dist",
    "/opt/local/share/texmf-texlive",
];

/// Where `kpsewhich` is when it is not on the search path: the macOS installers' link.
const KPSEWHICH: [&str; 1] = ["/Library/TeX/texbin/kpsewhich"];

/// The trees in the order in which they are searched; empty where TeX Live is not installed.
///
/// `TEXMF` (colon-separated folders) decides if it is set. Otherwise a TeX Live of the system's
/// own packages is found in the usual places, without starting a program, and any other is asked
/// through `kpsewhich`.
pub(super) fn installed() -> Vec<PathBuf> {
    if let Some(list) = env::var_os("TEXMF") {
        return existing(env::split_paths(&list));
    }
    let usual = || existing(home().into_iter().chain(USUAL_PLACES.map(PathBuf::from)));
    match kpsewhich() {
        Some(program) if !program.starts_with("/usr/bin") => {
            let asked = ask(&program);
            if asked.is_empty() { usual() } else { asked }
        }
        _ => usual(),
    }
}

/// The trees in and below a folder that the user names: itself, or those in an installation's
/// root (`texmf-dist`, `texmf-local`, …).
pub(super) fn below(folder: &Path) -> Vec<PathBuf> {
    let names = ["texmf-local", "texmf-config", "texmf-var", "texmf-dist"];
    let trees = existing(names.iter().map(|name| folder.join(name)));
    if trees.is_empty() { vec![folder.to_owned()] } else { trees }
}

fn home() -> Option<PathBuf> {
    env::var_os("HOME").map(|home| Path::new(&home).join("texmf"))
}

fn kpsewhich() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|folder| folder.join("kpsewhich"))
        .chain(KPSEWHICH.map(PathBuf::from))
        .find_map(|program| program.is_file().then(|| program.canonicalize().ok()).flatten())
}

fn ask(program: &Path) -> Vec<PathBuf> {
    let output =
        Command::new(program).args(["-expand-path", "$TEXMF"]).stderr(Stdio::null()).output();
    let Ok(output) = output else { return Vec::new() };
    let list = String::from_utf8_lossy(&output.stdout);
    existing(env::split_paths(list.trim()))
}

fn existing(paths: impl IntoIterator<Item = PathBuf>) -> Vec<PathBuf> {
    paths.into_iter().filter(|path| path.is_absolute() && path.is_dir()).collect()
}
