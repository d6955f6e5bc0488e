//! The cache of formats: whatever is in it, the document is the same, and the user is told.

use std::fs;
use std::path::{Path, PathBuf};

use crate::project::Project;

struct Cached {
    project: Project,
    expected: [Vec<u8>; 3],
}

impl Cached {
    /// A project with a cache of its own, filled by a build.
    fn new() -> Self {
        let project = Project::new();
        project.run(&["build-pdf"], 0);
        let expected = project.outputs();
        Self { project, expected }
    }

    /// Builds with LaTeX's format; the outputs are right in any case. Gives what was said about it.
    fn said(&self, cache: &Path) -> String {
        self.project.clean();
        let entries = fs::read_dir(cache).into_iter().flatten();
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.file_name().unwrap().to_str().unwrap().starts_with("preamble-") {
                fs::remove_file(path).unwrap();
            }
        }
        let run =
            self.project.command(&["build-pdf"]).env("GRADPROOF_CACHE", cache).output().unwrap();
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(0), "{said}");
        assert!(self.project.outputs() == self.expected, "other outputs");
        said
    }
}

fn format_in(cache: &Path) -> PathBuf {
    let mut files = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.extension().is_some_and(|extension| extension == "fmt")).unwrap()
}

#[test]
fn a_spoilt_format_is_told_and_made_anew() {
    let cached = Cached::new();
    let cache = cached.project.path("cache");
    let said = cached.said(&cache);
    assert!(!said.contains("LaTeX format"), "a first build is not worth a word: {said}");
    let format = format_in(&cache);
    let whole = fs::read(&format).unwrap();

    let middle = whole.len() / 2;
    let mut flipped = whole.clone();
    flipped[middle] ^= 1;
    let old = String::from_utf8_lossy(&whole[..40]).replacen(char::is_numeric, "0", 1);
    let from_other_files = [old.as_bytes(), &whole[40..]].concat();
    let cases: [(&str, &[u8], &str); 5] = [
        ("cut", &whole[..middle], "was damaged, and has been made anew"),
        ("one bit changed", &flipped, "was damaged, and has been made anew"),
        ("garbage", &[0xA5; 5000], "was damaged, and has been made anew"),
        ("empty", b"", "was damaged, and has been made anew"),
        ("other TeX files", &from_other_files, "TeX's files have changed"),
    ];
    for (what, bytes, notice) in cases {
        fs::write(&format, bytes).unwrap();
        let said = cached.said(&cache);
        assert!(said.contains(notice), "{what}: {said}");
        let again = cached.project.command(&["build-pdf"]).env("GRADPROOF_CACHE", &cache).output();
        let again = String::from_utf8_lossy(&again.unwrap().stderr).into_owned();
        assert!(!again.contains("LaTeX"), "nothing to do, nothing more to tell: {again}");
        assert!(!cached.said(&cache).contains("LaTeX"), "{what} is mended");
        assert!(fs::read(&format).unwrap() == whole, "{what}");
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_told_each_time() {
    let cached = Cached::new();
    let cache = cached.project.path("cache");
    fs::write(&cache, "a file").unwrap();
    let said = cached.said(&cache);
    for text in ["the LaTeX format cannot be kept in", "help:", "GRADPROOF_CACHE"] {
        assert!(said.contains(text), "{said}");
    }
    assert_eq!(fs::read(&cache).unwrap(), b"a file");
    assert!(cached.said(Path::new("/proc/nowhere")).contains("cannot be kept in /proc/nowhere"));
}

/// What is kept of the draws of the appendix: a file of the cache, and what it holds.
fn draws_in(cache: &Path) -> (PathBuf, String) {
    let files = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path());
    let notes = files.filter(|path| path.to_str().unwrap().ends_with(".note"));
    let mut draws = notes.filter_map(|path| {
        let text = String::from_utf8(fs::read(&path).ok()?).ok()?;
        let (_, kept) = text.split_once('\n').filter(|_| text.starts_with("---"))?;
        kept.contains("\"ensembles\"").then(|| (path, kept.to_owned()))
    });
    draws.next().expect("draws are kept")
}

/// As the cache keeps it.
fn with_sums(kept: &str) -> String {
    format!("--- {} {:08x}\n{kept}", kept.len(), crc32fast::hash(kept.as_bytes()))
}

#[test]
fn draws_are_kept_for_the_program_that_made_them() {
    let project = Project::new();
    let cache = project.path("cache");
    let build = || {
        // The folder stays: it stands for what is worked on.
        let _ = fs::remove_file(project.path("output/homework3.pdf"));
        project.command(&["build-pdf"]).env("GRADPROOF_CACHE", &cache).assert().success();
        project.outputs()
    };
    let drawn = build();
    let (file, kept) = draws_in(&cache);
    assert!(build() == drawn, "kept draws give another document");

    let (program, numbers) = kept.split_once('\n').unwrap();
    let others = numbers.replacen("\"zeros\":0", "\"zeros\":50000", 1);
    assert_ne!(others, numbers);
    // They are taken up: whatever is kept for this program counts.
    fs::write(&file, with_sums(&format!("{program}\n{others}"))).unwrap();
    assert!(build() != drawn, "draws are made anew");
    let cases = [
        ("of another program", with_sums(&format!("1{program}\n{others}"))),
        ("changed by accident", with_sums(&kept).replacen("\"zeros\":0", "\"zeros\":5", 1)),
        ("no draws", with_sums(&format!("{program}\n{{}}"))),
        (
            "no such counts",
            with_sums(&kept.replacen("\"steps\":[[", "\"steps\":[[1,1],[-1,1],[", 1)),
        ),
    ];
    for (what, text) in cases {
        assert_ne!(text, with_sums(&kept), "{what}");
        fs::write(&file, text).unwrap();
        assert!(build() == drawn, "{what}");
        assert_eq!(draws_in(&cache).1, kept, "{what}: kept anew");
    }
}
