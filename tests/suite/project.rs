//! The harness: a folder with a homework in it, and the program run there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};

use assert_cmd::Command;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// The names of the output files.
pub const OUTPUTS: [&str; 3] = ["homework3.json", "homework3.pdf", "homework3.tex"];

/// A file of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The homework that tests start from: a copy, so that the repository's own may be edited.
pub const HOMEWORK: &str = "tests/homework.toml";

/// A temporary folder with a `homework.toml`; the templates are the embedded ones.
pub struct Project {
    folder: TempDir,
}

impl Project {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::copy(repository(HOMEWORK), folder.path().join("homework.toml")).unwrap();
        Self { folder }
    }

    /// With the repository's templates on disk.
    pub fn with_templates() -> Self {
        let project = Self::new();
        let templates = fs::read_dir(repository("templates")).unwrap();
        for path in templates.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
            let name = path.file_name().unwrap().to_str().unwrap();
            project.write(&format!("templates/{name}"), &read(&path));
        }
        project
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, its folders too.
    pub fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Replaces a text that stands exactly once in a file.
    pub fn replace(&self, name: &str, old: &str, new: &str) -> &Self {
        let text = read(&self.path(name));
        assert_eq!(text.matches(old).count(), 1, "{old:?} in {name}");
        self.write(name, &text.replace(old, new))
    }

    /// The program, in this folder and a plain environment.
    pub fn command(&self, args: &[&str]) -> Command {
        Command::from_std(self.plain_command(args))
    }

    /// The program started as a terminal does, as the head of a group of processes that Ctrl-C
    /// reaches, with its output to be read while it runs.
    pub fn spawn(&self, args: &[&str]) -> Child {
        let mut command = self.plain_command(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.spawn().unwrap()
    }

    fn plain_command(&self, args: &[&str]) -> std::process::Command {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("gradproof"));
        command
            .current_dir(self.folder.path())
            .args(args)
            .env("NO_COLOR", "1")
            .env("GRADPROOF_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"))
            .env_remove("SOURCE_DATE_EPOCH");
        command
    }

    /// Runs the program and expects an exit code.
    pub fn run(&self, args: &[&str], code: i32) -> Run {
        Run::new(args, &self.command(args).output().unwrap(), code)
    }

    /// Takes the outputs away, so that the next build has something to do.
    pub fn clean(&self) {
        fs::remove_dir_all(self.path("output")).unwrap();
    }

    /// The three output files' bytes.
    pub fn outputs(&self) -> [Vec<u8>; 3] {
        OUTPUTS.map(|name| fs::read(self.path("output").join(name)).expect(name))
    }

    /// Whether the three files belong to one build: the record has the hashes of the other two.
    pub fn is_consistent(&self) -> bool {
        let [json, pdf, tex] = self.outputs();
        let record: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let hash = |bytes: &[u8]| -> String {
            Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
        };
        record["hashes"]["pdf"] == hash(&pdf) && record["hashes"]["tex"] == hash(&tex)
    }

    /// The names of all files under a folder, sorted.
    pub fn files(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// What a run printed.
pub struct Run {
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    pub fn new(args: &[&str], output: &Output, code: i32) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let run = Self { stdout: text(&output.stdout), stderr: text(&output.stderr) };
        assert_eq!(output.status.code(), Some(code), "{args:?}:\n{}\n{}", run.stdout, run.stderr);
        run
    }

    /// An error: nothing on stdout, and each of these texts on stderr.
    pub fn says(&self, texts: &[&str]) -> &Self {
        assert_eq!(self.stdout, "", "an error prints no results");
        for text in texts {
            assert!(self.stderr.contains(text), "{text:?} is not in:\n{}", self.stderr);
        }
        self
    }
}
