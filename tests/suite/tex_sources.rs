//! Where TeX's files come from: none at all, a TeX Live with a package missing, a folder, a zip.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use crate::project::Project;

/// The packages that `scripts/setup` asks for, and those that come with them.
const PACKAGES: [&str; 6] = [
    "texlive-base",
    "texlive-latex-base",
    "texlive-latex-recommended",
    "texlive-pictures",
    "lmodern",
    "fonts-lmodern",
];

/// Links to the TeX files of each package, as a tree of its own; none where dpkg is not the
/// system's package manager or TeX came in another way.
fn trees(project: &Project) -> Option<()> {
    for package in PACKAGES {
        let list = Command::new("dpkg").args(["-L", package]).output().ok()?;
        for path in String::from_utf8(list.stdout).ok()?.lines() {
            let roots = ["/usr/share/texlive/texmf-dist/", "/usr/share/texmf/"];
            let Some(inside) = roots.iter().find_map(|root| path.strip_prefix(root)) else {
                continue;
            };
            let read = ["tex/", "fonts/"].iter().any(|area| inside.starts_with(area));
            if read && Path::new(path).is_file() {
                let to = project.path(package).join(inside);
                fs::create_dir_all(to.parent()?).ok()?;
                std::os::unix::fs::symlink(path, to).ok()?;
            }
        }
        project.path(package).exists().then_some(())?;
    }
    Some(())
}

/// A build with exactly this environment variable `TEXMF`, and a cache of its own.
fn build(project: &Project, texmf: &Path, args: &[&str], code: i32) -> String {
    let args = [&["build-pdf"], args].concat();
    let mut command = project.command(&args);
    command.env("TEXMF", texmf).env("GRADPROOF_CACHE", project.path("cache"));
    let run = command.output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(code), "{args:?}: {said}");
    // As one line, however it was wrapped.
    said.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

#[test]
fn without_any_tex_files_the_remedy_is_named() {
    let project = Project::new();
    let nowhere = project.path("nowhere");
    let said = build(&project, &nowhere, &["--bundle", "texlive"], 1);
    for text in ["no TeX Live is installed", "scripts/setup", "texlive-latex-base", "lmodern"] {
        assert!(said.contains(text), "{said}");
    }
    // Nothing listens at port 9: no network, as far as that address goes.
    let said = build(&project, &nowhere, &["--bundle", "http://127.0.0.1:9/bundle.tar"], 1);
    for text in ["127.0.0.1:9/bundle.tar cannot be had", "scripts/setup", "--bundle PATH"] {
        assert!(said.contains(text), "{said}");
    }
    project.write("notes.txt", "no bundle").write("broken.zip", "PK").write("broken.ttb", "no");
    fs::create_dir(project.path("empty")).unwrap();
    for (bundle, text) in [
        ("absent.zip", "there is no file or folder absent.zip"),
        ("notes.txt", "notes.txt is neither a folder nor a .zip or .ttb bundle"),
        ("broken.zip", "broken.zip cannot be read"),
        ("broken.ttb", "broken.ttb cannot be read"),
        ("empty", "there is no latex.ltx"),
    ] {
        let said = build(&project, &nowhere, &["--bundle", bundle], 1);
        assert!(said.contains(text) && said.contains("help:"), "{said}");
    }
    assert!(!project.path("output").exists());
}

#[test]
fn a_missing_package_is_named_and_a_folder_a_zip_or_the_web_serve_as_well() {
    let project = Project::new();
    if trees(&project).is_none() {
        return println!("TeX did not come from Debian's packages: not tried");
    }
    let without = |package: &str| {
        let there = PACKAGES.iter().filter(|name| !name.ends_with(package));
        std::env::join_paths(there.map(|name| project.path(name))).unwrap()
    };
    let names = |package: &str, said: &str| {
        let named = format!("{package} on Debian has it");
        assert!(said.contains(&named) && said.contains("scripts/setup"), "{package}: {said}");
    };
    for package in ["texlive-base", "texlive-latex-base", "texlive-latex-recommended", "lmodern"] {
        let said = build(&project, Path::new(&without(package)), &["--bundle", "texlive"], 1);
        names(package, &said);
        assert!(!project.path("output").exists());
    }
    // Our figures do without PGF; who loads TikZ needs it.
    let list = without("texlive-pictures");
    build(&project, Path::new(&list), &["--bundle", "texlive"], 0);
    let with_tikz = Project::with_templates();
    let begin = "\\begin{document}";
    with_tikz.replace("templates/report.tex", begin, &format!("\\usepackage{{tikz}}\n{begin}"));
    let said = build(&with_tikz, Path::new(&list), &["--bundle", "texlive"], 1);
    names("texlive-pictures", &said);

    project.run(&["build-pdf"], 0);
    let [_, expected, _] = project.outputs();
    // Flat; of two files with one name it has LaTeX's.
    let flat = project.path("flat");
    fs::create_dir(&flat).unwrap();
    for area in ["tex/xelatex", "tex/latex", "tex/xetex", "tex/generic", "tex", "fonts"] {
        PACKAGES.iter().for_each(|package| flatten(&project.path(package).join(area), &flat));
    }
    fs::write(flat.join("SHA256SUM"), "5".repeat(64)).unwrap();
    let nowhere = project.path("nowhere");
    build(&project, &nowhere, &["--bundle", "flat"], 0);
    assert!(project.outputs()[1] == expected, "the folder gives another PDF");

    let zip = "import shutil; shutil.make_archive('bundle', 'zip', 'flat')";
    match Command::new("python3").args(["-c", zip]).current_dir(project.path("")).status() {
        Ok(status) if status.success() => {}
        _ => return println!("no python3 to make a zip: not tried"),
    }
    build(&project, &nowhere, &["--bundle", "bundle.zip"], 0);
    assert!(project.outputs()[1] == expected, "the zip gives another PDF");
    from_the_web(&project, &flat, &expected);
    // Cut short, it is an error that names it.
    let whole = fs::read(project.path("bundle.zip")).unwrap();
    fs::write(project.path("bundle.zip"), &whole[..whole.len() / 2]).unwrap();
    let said = build(&project, &nowhere, &["--bundle", "bundle.zip"], 1);
    assert!(said.contains("bundle.zip cannot be read"), "{said}");
}

/// The same files as a web bundle of each form: a connection that breaks off, one that holds, and
/// none.
fn from_the_web(project: &Project, flat: &Path, expected: &[u8]) {
    let served = Arc::new(Served::default());
    let address = served.listen();
    for (form, [bundle, index]) in [("tar", tar(project, flat)), ("ttb", ttb(project))] {
        served.set(bundle, index);
        let url = format!("http://{address}/bundle.{form}");
        let home = project.path(&format!("tectonic {form}"));
        let online = |seconds: &str, code: i32| -> String {
            let args = ["build-pdf", "--bundle", &url];
            let mut command = project.command(&args);
            command
                .env("TECTONIC_CACHE_DIR", &home)
                .env("XDG_CACHE_HOME", &home)
                .env("HOME", &home);
            command.env("GRADPROOF_CACHE", project.path(&format!("{form} cache")));
            command.env("GRADPROOF_WEB_SECONDS", seconds);
            let run = command.output().unwrap();
            let said = String::from_utf8_lossy(&run.stderr).into_owned();
            assert_eq!(run.status.code(), Some(code), "{form}: {said}");
            said.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
        };
        served.mode(Mode::Silent);
        let said = online("1", 1);
        assert!(said.contains("did not come from the web in 1 s"), "{form}: {said}");
        assert!(said.contains("GRADPROOF_WEB_SECONDS=10"), "{form}: {said}");
        served.mode(Mode::Garbage);
        let said = online("60", 1);
        assert!(said.contains(&url) && said.contains("help:"), "{form}: {said}");
        served.mode(Mode::Answers(60));
        let said = online("60", 1);
        assert!(said.contains("broke off") && said.contains("build again"), "{form}: {said}");
        // A few files more, and then no word.
        served.mode(Mode::AnswersThenSilent(20));
        let said = online("1", 1);
        assert!(said.contains("did not come from the web in 1 s"), "{form}: {said}");
        served.mode(Mode::Answers(usize::MAX));
        online("60", 0);
        assert!(project.outputs()[1] == expected, "the {form} on the web gives another PDF");
        served.mode(Mode::Answers(0));
        online("60", 0);
        assert!(project.outputs()[1] == expected, "{form}: without a network it is another PDF");
    }
    build(project, &project.path("nowhere"), &["--bundle", "bundle.ttb"], 0);
    assert!(project.outputs()[1] == expected, "the ttb file gives another PDF");
}

/// A tar and its index, as bytes.
fn tar(project: &Project, flat: &Path) -> [Vec<u8>; 2] {
    let (mut bundle, mut index) = (Vec::new(), String::new());
    let mut paths: Vec<_> =
        fs::read_dir(flat).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        // The index says where each file is; the headers that a tar has in between are not read.
        let bytes = fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        index += &format!("{name} {} {}\n", bundle.len(), bytes.len());
        bundle.extend(bytes);
    }
    fs::write(project.path("index"), index).unwrap();
    assert!(Command::new("gzip").arg(project.path("index")).status().unwrap().success());
    [bundle, fs::read(project.path("index.gz")).unwrap()]
}

/// Makes `bundle.ttb` of the files in `flat`: a header, each file compressed, and the index.
const MAKE_TTB: &str = r#"
import gzip, os, struct
files, data = [], bytearray()
for name in sorted(os.listdir("flat")):
    plain = open(os.path.join("flat", name), "rb").read()
    packed = gzip.compress(plain, 1)
    files.append(f"{70 + len(data)} {len(packed)} {len(plain)} nohash {name}")
    data += packed
lines = ["[DEFAULTSEARCH]", "main", "[SEARCH:main]", "/", "[FILELIST]", *files]
index = "\n".join(lines).encode()
packed = gzip.compress(index, 1)
header = b"tectonicbundle" + struct.pack("<IQII", 1, 70 + len(data), len(packed), len(index))
header += bytes([0x55] * 32) + bytes(4)
open("bundle.ttb", "wb").write(header + data + packed)
"#;

/// A bundle that has its index within.
fn ttb(project: &Project) -> [Vec<u8>; 2] {
    let mut python = Command::new("python3");
    let made = python.args(["-c", MAKE_TTB]).current_dir(project.path("")).status();
    assert!(made.unwrap().success());
    [fs::read(project.path("bundle.ttb")).unwrap(), Vec::new()]
}

/// What a server does with requests.
#[derive(Clone, Copy)]
enum Mode {
    /// Answers so many, then breaks off.
    Answers(usize),
    /// Answers so many, then says nothing.
    AnswersThenSilent(usize),
    /// Accepts, and says nothing.
    Silent,
    /// Answers with what is no bundle.
    Garbage,
}

/// A web server's files and manners.
#[derive(Default)]
struct Served {
    files: Mutex<[Vec<u8>; 2]>,
    mode: Mutex<Option<Mode>>,
}

impl Served {
    /// Serves from now on; the address.
    fn listen(self: &Arc<Self>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let served = Arc::clone(self);
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let served = Arc::clone(&served);
                std::thread::spawn(move || served.serve(&connection.unwrap()));
            }
        });
        address
    }

    fn set(&self, bundle: Vec<u8>, index: Vec<u8>) {
        *self.files.lock().unwrap() = [bundle, index];
    }

    fn mode(&self, mode: Mode) {
        *self.mode.lock().unwrap() = Some(mode);
    }

    /// Whether the next request is answered; `None` is silence.
    fn next(&self) -> Option<bool> {
        let mut mode = self.mode.lock().unwrap();
        match mode.as_mut() {
            Some(Mode::Answers(0)) => Some(false),
            Some(Mode::AnswersThenSilent(0) | Mode::Silent) | None => None,
            Some(Mode::Answers(left) | Mode::AnswersThenSilent(left)) => {
                *left -= 1;
                Some(true)
            }
            Some(Mode::Garbage) => Some(true),
        }
    }

    /// Answers HTTP requests of one connection.
    fn serve(&self, connection: &TcpStream) {
        let (mut request, mut answer) = (BufReader::new(connection), connection);
        loop {
            let (mut head, mut line) = (String::new(), String::new());
            while line != "\r\n" {
                line.clear();
                if request.read_line(&mut line).unwrap_or(0) == 0 {
                    return;
                }
                head += &line.to_lowercase();
            }
            match self.next() {
                Some(true) => {}
                Some(false) => return,
                // Until the other side goes away.
                None => drop(request.read_line(&mut line)),
            }
            let files = self.files.lock().unwrap();
            let file = &files[usize::from(head.contains(".index.gz"))];
            let range = head.lines().find_map(|line| line.strip_prefix("range: bytes="));
            let (status, part) = match range.and_then(|range| range.trim().split_once('-')) {
                Some((from, to)) => {
                    let to = to.parse().map_or(file.len(), |to: usize| to + 1);
                    ("206 Partial Content", &file[from.parse().unwrap()..to])
                }
                None => ("200 OK", &file[..]),
            };
            let is_garbage = matches!(*self.mode.lock().unwrap(), Some(Mode::Garbage));
            let part = if is_garbage { vec![b'5'; part.len()] } else { part.to_vec() };
            drop(files);
            let length = part.len();
            let _ = write!(answer, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n");
            if !head.starts_with("head") {
                let _ = answer.write_all(&part);
            }
        }
    }
}

fn flatten(folder: &Path, flat: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let to = flat.join(path.file_name().unwrap());
        let kind = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if path.is_dir() {
            flatten(&path, flat);
        } else if !to.exists() && !["afm", "lua", "vf", "pfm"].contains(&kind) {
            std::os::unix::fs::symlink(fs::canonicalize(&path).unwrap(), to).unwrap();
        }
    }
}
