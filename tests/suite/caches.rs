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
