//! `watch`: one build for each save, and a PDF that is always whole.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdout, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::project::{OUTPUTS, Project, read, repository};

/// A build on a busy machine, with the TeX format to be made first.
const PATIENCE: Duration = Duration::from_secs(180);

/// The program at work, and what it prints, line by line.
struct Watch {
    child: Child,
    lines: Receiver<String>,
    errors: Receiver<String>,
    slowest: Duration,
}

impl Watch {
    fn start(project: &Project, args: &[&str]) -> Self {
        let mut child = project.spawn(&[&["watch"], args].concat());
        let (stdout, stderr): (ChildStdout, ChildStderr) =
            (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (lines, errors) = (by_line(stdout), by_line(stderr));
        Self { child, lines, errors, slowest: Duration::ZERO }
    }

    /// The line of the next build, which must say this.
    fn says(&mut self, texts: &[&str]) -> String {
        let start = Instant::now();
        let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|error| {
            panic!("{error}: no line that says {texts:?}\n{}", self.errors())
        });
        self.slowest = self.slowest.max(start.elapsed());
        for text in texts {
            assert!(line.contains(text), "{text:?} is not in {line:?}\n{}", self.errors());
        }
        line
    }

    /// No build follows within the time of two.
    fn is_quiet(&self) {
        let wait = 2 * self.slowest + Duration::from_secs(1);
        let more = self.lines.recv_timeout(wait);
        assert!(more.is_err(), "a build too many: {more:?}");
    }

    /// What stderr has said so far.
    fn errors(&self) -> String {
        // The line on stdout comes after them, by another pipe.
        thread::sleep(Duration::from_millis(200));
        self.errors.try_iter().collect::<Vec<_>>().join("\n")
    }

    /// Ctrl-C.
    fn interrupt(mut self) {
        let group = format!("-{}", self.child.id());
        assert!(Command::new("kill").args(["-INT", "--", &group]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Watch {
    /// A test that failed leaves no program behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn by_line(pipe: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    receiver
}

/// Reads a PDF again and again, as a viewer does.
struct Reader {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<(usize, usize)>,
}

impl Reader {
    fn start(path: PathBuf) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let (mut looks, mut broken) = (0, 0);
            while !stopped.load(Ordering::Relaxed) {
                let whole = fs::read(&path).is_ok_and(|pdf| {
                    let end = &pdf[pdf.len().saturating_sub(16)..];
                    pdf.starts_with(b"%PDF-") && String::from_utf8_lossy(end).contains("%%EOF")
                });
                looks += 1;
                broken += usize::from(!whole);
                thread::sleep(Duration::from_millis(2));
            }
            (looks, broken)
        });
        Self { stop, thread }
    }

    /// How often it looked, and how often the PDF was missing or not whole.
    fn stop(self) -> (usize, usize) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

/// Saves as most editors do: writes another file, and renames it over the old one.
fn save_by_rename(project: &Project, name: &str, text: &str) {
    let beside = project.path(&format!("{name}.tmp"));
    fs::write(&beside, text).unwrap();
    fs::rename(beside, project.path(name)).unwrap();
}

/// Saves as vim does: renames the old file away, writes the new one, and removes the old.
fn save_with_backup(project: &Project, name: &str, text: &str) {
    let backup = project.path(&format!("{name}~"));
    fs::rename(project.path(name), &backup).unwrap();
    fs::write(project.path(name), text).unwrap();
    fs::remove_file(backup).unwrap();
}

/// The limit for files that are never at rest is 2 s: saves end shortly before and behind it.
#[test]
fn what_a_long_series_of_saves_ends_with_is_built() {
    let project = Project::with_templates();
    let path = project.path("homework.toml");
    let inputs = fs::read_to_string(&path).unwrap();
    let save = |step: &str| {
        let saved = inputs.replace("step_size = 0.1", &format!("step_size = {step}"));
        assert_ne!(saved, inputs);
        fs::write(&path, saved).unwrap();
    };
    // Something else is written all the time, from the start.
    let noise = project.path("templates/notes.log");
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let writer = thread::spawn(move || {
        for line in 0.. {
            fs::write(&noise, format!("{line}")).unwrap();
            if stopped.load(Ordering::Relaxed) {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
    });
    let mut watch = Watch::start(&project, &[]);
    watch.says(&["output/homework3.pdf in "]);
    stop.store(true, Ordering::Relaxed);
    writer.join().unwrap();

    for (length, last) in [(1975, "0.0201"), (1990, "0.0202"), (2005, "0.0203")] {
        let start = Instant::now();
        for step in 0.. {
            if start.elapsed() > Duration::from_millis(length) {
                break;
            }
            save(&format!("0.{}", 3001 + step));
            thread::sleep(Duration::from_millis(12));
        }
        save(last);
        let is_built = || {
            let tex = fs::read_to_string(project.path("output/homework3.tex"));
            tex.is_ok_and(|tex| tex.contains(&format!("$\\eta = {last}$")))
        };
        let end = Instant::now();
        while !is_built() {
            assert!(end.elapsed() < PATIENCE, "{last} was never built: {}", watch.errors());
            thread::sleep(Duration::from_millis(20));
        }
    }
    watch.interrupt();
}

#[test]
fn each_save_is_one_build_and_the_pdf_is_always_whole() {
    let project = Project::with_templates();
    let mut watch = Watch::start(&project, &[]);
    watch.says(&["output/homework3.pdf in ", ": new"]);
    assert!(watch.errors().contains("Your Name"), "the placeholder draws a warning");
    let reader = Reader::start(project.path("output/homework3.pdf"));

    // Plain writes and renames; inputs and templates.
    project.replace("homework.toml", "y = 128", "y = 129");
    watch.says(&[
        "2(c) ∂L/∂w₁ 0.85623 → ",
        "2 more answers",
        "no sentence flipped; 1 warning as before",
    ]);
    let inputs = read(&project.path("homework.toml"));
    save_by_rename(&project, "homework.toml", &inputs.replace("y = 129", "y = 0.4"));
    watch.says(&["sentences of 2(c): how large the largest gradient is, exploding → "]);
    save_with_backup(&project, "homework.toml", &inputs);
    watch.says(&["largest gradient is, ", " → exploding"]);
    assert_eq!(watch.errors(), "", "a warning is shown once");
    let name = "templates/problem2a.tex";
    let words = read(&project.path(name));
    save_by_rename(&project, name, &format!("{words}A sentence of my own.\n"));
    watch.says(&["no number changed", "words of problem2a.tex"]);
    assert!(read(&project.path("output/homework3.tex")).contains("A sentence of my own."));

    // Mistakes of every kind: the last good PDF stays.
    let good = project.outputs();
    for mistake in ["\\nosuchmacro\n", "<< b.los.value >>\n", "<% if x\n", "\\emph{a\n\n"] {
        save_with_backup(&project, name, &format!("{words}{mistake}"));
        watch.says(&["1 error; output/homework3.pdf is the last good one"]);
        let line = words.lines().count() + 1;
        let errors = watch.errors();
        assert!(errors.contains(&format!("{name}:{line}:")), "{mistake}: {errors}");
        assert!(project.outputs() == good, "{mistake} changed an output");
    }
    project.write("homework.toml", &inputs.replace("step_size = 0.1", "step_size = 0"));
    watch.says(&["error"]);
    project.write("homework.toml", &inputs);
    watch.says(&["error"]);
    save_by_rename(&project, name, &words);
    watch.says(&[": mended; no number changed"]);
    save_by_rename(&project, name, &format!("{words}\\nosuchmacro\n"));
    watch.says(&["error"]);

    // A figure of the user's own, put there, included and replaced.
    fs::copy(repository("docs/page.png"), project.path("templates/mine.png")).unwrap();
    watch.says(&["error"]);
    let figure = "\n\\includegraphics[width=0.3\\linewidth]{mine.png}\n";
    save_by_rename(&project, name, &format!("{words}{figure}"));
    watch.says(&["words of problem2a.tex"]);
    let with_figure = project.outputs();
    let mut png = fs::read(repository("docs/page.png")).unwrap();
    png.extend(b" ");
    fs::write(project.path("templates/mine.png.tmp"), &png).unwrap();
    fs::rename(project.path("templates/mine.png.tmp"), project.path("templates/mine.png")).unwrap();
    watch.says(&["no number changed", "figure mine.png"]);
    assert!(with_figure[1].starts_with(b"%PDF-"));

    // What templates do not use builds nothing.
    project.write("notes.txt", "mine");
    project.write("templates/.problem2a.tex.swp", "an editor's");
    read(&project.path("homework.toml"));
    watch.is_quiet();

    let (looks, broken) = reader.stop();
    assert!(looks > 100, "{looks} looks");
    assert_eq!(broken, 0, "of {looks} looks at the PDF");
    watch.interrupt();
    assert_eq!(project.files("output"), OUTPUTS, "Ctrl-C leaves nothing behind");
    let mut expected = vec!["homework.toml", "notes.txt", "output", "templates"];
    expected.sort_unstable();
    assert_eq!(project.files("."), expected);
}

#[test]
fn what_is_missing_at_first_is_built_when_it_comes() {
    let project = Project::new();
    let inputs = read(&project.path("homework.toml"));
    fs::remove_file(project.path("homework.toml")).unwrap();
    let mut watch = Watch::start(&project, &[]);
    watch.says(&["1 error; output/homework3.pdf is not there yet"]);
    save_by_rename(&project, "homework.toml", &inputs);
    watch.says(&["output/homework3.pdf in ", ": mended; new"]);

    // A folder of templates appears, is exchanged for another one, and goes.
    let words = read(&repository("templates/problem2a.tex"));
    for (folder, text) in [("templates", "First words."), ("other", "Second words.")] {
        fs::create_dir(project.path("new")).unwrap();
        project.write("new/problem2a.tex", &format!("{words}{text}\n"));
        if folder == "other" {
            fs::rename(project.path("templates"), project.path("old")).unwrap();
        }
        fs::rename(project.path("new"), project.path("templates")).unwrap();
        watch.says(&["words of problem2a.tex"]);
        assert!(read(&project.path("output/homework3.tex")).contains(text));
    }
    project.write("templates/problem2a.tex", &words);
    watch.says(&["words of problem2a.tex"]);
    watch.is_quiet();
    watch.interrupt();
    assert_eq!(project.files("output"), OUTPUTS);
}

#[cfg(target_os = "linux")]
#[test]
fn the_engine_that_waits_for_the_next_save_ends_with_a_killed_program() {
    let project = Project::new();
    let mut watch = Watch::start(&project, &[]);
    watch.says(&["output/homework3.pdf in ", ": new"]);
    let id = watch.child.id();
    let children = || read(format!("/proc/{id}/task/{id}/children").as_ref());
    let engine = when(|| children().split(' ').next().and_then(|id| id.parse::<u32>().ok()));
    watch.child.kill().unwrap();
    watch.child.wait().unwrap();
    // Where nobody has taken note of its end it is still in the list, as a zombie.
    when(|| {
        let stat = fs::read_to_string(format!("/proc/{engine}/stat")).unwrap_or_default();
        stat.rsplit(") ")
            .next()
            .is_none_or(|state| state.is_empty() || state.starts_with('Z'))
            .then_some(())
    });
}

/// Looks until there is something.
#[cfg(target_os = "linux")]
fn when<T>(look: impl Fn() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "nothing in {PATIENCE:?}");
        thread::sleep(Duration::from_millis(20));
    }
}
