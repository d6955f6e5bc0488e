//! Which files the trees of a TeX Live hold, and which of several with one name TeX means.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use tectonic::digest::{Digest, DigestComputer};

/// How deep a tree without a database is searched; TeX trees are about six levels deep.
const MAX_DEPTH: usize = 12;

/// The folders of a tree that hold nothing TeX reads.
const UNREAD: [&str; 3] = ["doc/", "source/", "scripts/"];

/// All files of some trees, by name.
///
/// To read what a TeX Live lists takes longer than to look all names of a document up, and these
/// are the same in every build. So what was [looked up](Self::found) can be kept, and the lists are
/// read when a name comes that was not looked up before.
pub(super) struct Index {
    trees: Vec<PathBuf>,
    listings: Vec<Listing>,
    read: OnceCell<Listed>,
    found: RefCell<Found>,
}

/// What was looked up: the path of each name that there is, nothing for one that there is not.
pub(super) type Found = BTreeMap<String, Option<PathBuf>>;

/// What is in a tree.
enum Listing {
    /// The text of its `ls-R`.
    Database(Vec<u8>),
    /// Each folder with its files.
    Walked(Vec<(String, Vec<String>)>),
}

#[derive(Default)]
struct Listed {
    /// Each folder: the number of its tree, and its path in the tree with a slash at the end.
    folders: Vec<(usize, String)>,
    /// For each file name, the numbers of the folders that have it.
    files: HashMap<String, Vec<usize>>,
}

impl Index {
    /// Takes the `ls-R` databases of `trees`, and walks those that have none.
    ///
    /// Whatever tells one state of the trees from another is given to `fingerprint`.
    pub fn of(trees: &[PathBuf], fingerprint: &mut DigestComputer) -> io::Result<Self> {
        let mut listings = Vec::new();
        for tree in trees {
            fingerprint.update(tree.as_os_str().as_encoded_bytes());
            listings.push(match std::fs::read(tree.join("ls-R")) {
                Ok(bytes) => {
                    fingerprint.update(&bytes);
                    Listing::Database(bytes)
                }
                Err(_) => {
                    let mut folders = Vec::new();
                    walk(tree, "", fingerprint, &mut folders)?;
                    Listing::Walked(folders)
                }
            });
        }
        Ok(Self::new(trees, listings))
    }

    fn new(trees: &[PathBuf], listings: Vec<Listing>) -> Self {
        let (trees, found) = (trees.to_vec(), RefCell::default());
        Self { trees, listings, read: OnceCell::new(), found }
    }

    /// Takes over what was found in the same trees.
    pub fn remember(&mut self, found: Found) {
        self.found = RefCell::new(found);
    }

    /// What was looked up, if that is more than was remembered.
    pub fn found(&self) -> Option<Found> {
        self.read.get().map(|_| self.found.borrow().clone())
    }

    /// The file that TeX means by `name`, which may have folders in it.
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        if let Some(found) = self.found.borrow().get(name) {
            return found.clone();
        }
        let found = self.look_up(name);
        self.found.borrow_mut().insert(name.to_owned(), found.clone());
        found
    }

    fn look_up(&self, name: &str) -> Option<PathBuf> {
        let (inside, base) = name.rsplit_once('/').map_or(("", name), |(f, b)| (f, b));
        let areas = areas(base);
        let suffix = format!("/{inside}/");
        let Listed { folders, files } = self.listed();
        files
            .get(base)?
            .iter()
            .filter_map(|&number| folders.get(number))
            .filter(|(_, folder)| inside.is_empty() || format!("/{folder}").ends_with(&suffix))
            .min_by_key(|(tree, folder)| {
                let area = areas.iter().position(|area| folder.starts_with(area));
                (area.is_none(), *tree, area, folder)
            })
            .and_then(|(tree, folder)| Some(self.trees.get(*tree)?.join(folder).join(base)))
    }

    /// Every file name once.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.listed().files.keys()
    }

    fn listed(&self) -> &Listed {
        self.read.get_or_init(|| {
            let mut listed = Listed::default();
            for (tree, listing) in self.listings.iter().enumerate() {
                match listing {
                    Listing::Database(bytes) => {
                        listed.add_database(tree, &String::from_utf8_lossy(bytes));
                    }
                    Listing::Walked(folders) => listed.add_folders(tree, folders),
                }
            }
            listed
        })
    }
}

impl Listed {
    /// An `ls-R` is a list of folders, each a line `./path/to/folder:` followed by a line for
    /// each entry. Entries that are folders themselves are not told apart from files there.
    fn add_database(&mut self, tree: usize, text: &str) {
        let heading = |line: &str| -> Option<String> {
            let folder = line.strip_suffix(':')?.strip_prefix("./")?;
            Some(if folder.is_empty() { String::new() } else { format!("{folder}/") })
        };
        let folders: HashSet<String> = text.lines().filter_map(heading).collect();
        let mut current = None;
        let mut path = String::new();
        for line in text.lines() {
            if let Some(folder) = heading(line) {
                let unread = UNREAD.iter().any(|area| folder.starts_with(area));
                current = (!unread).then(|| (self.add_folder(tree, folder.clone()), folder));
            } else if let Some((number, folder)) = &current
                && !line.is_empty()
                && !line.starts_with('%')
            {
                path.clear();
                path.extend([folder, line, "/"]);
                if !folders.contains(&path) {
                    self.files.entry(line.to_owned()).or_default().push(*number);
                }
            }
        }
    }

    fn add_folders(&mut self, tree: usize, folders: &[(String, Vec<String>)]) {
        for (folder, names) in folders {
            let number = self.add_folder(tree, folder.clone());
            for name in names {
                self.files.entry(name.clone()).or_default().push(number);
            }
        }
    }

    fn add_folder(&mut self, tree: usize, folder: String) -> usize {
        self.folders.push((tree, folder));
        self.folders.len() - 1
    }
}

/// Finds the files of `folder` in a tree and of the folders in it.
fn walk(
    tree: &Path,
    folder: &str,
    fingerprint: &mut DigestComputer,
    found: &mut Vec<(String, Vec<String>)>,
) -> io::Result<()> {
    let mut entries = std::fs::read_dir(tree.join(folder))?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    let (mut names, mut folders) = (Vec::new(), Vec::new());
    for entry in entries {
        let Ok(name) = entry.file_name().into_string() else { continue };
        // Follows links, and passes over those that lead nowhere.
        let Ok(meta) = std::fs::metadata(entry.path()) else { continue };
        let below = format!("{folder}{name}/");
        if meta.is_file() {
            fingerprint.update(format!("{folder}{name} {} {:?}\n", meta.len(), meta.modified()));
            names.push(name);
        } else if below.matches('/').count() <= MAX_DEPTH && !UNREAD.contains(&below.as_str()) {
            folders.push(below);
        }
    }
    found.push((folder.to_owned(), names));
    folders.iter().try_for_each(|below| walk(tree, below, fingerprint, found))
}

/// The parts of a tree in which a file of this name is looked for, the best first: what kpathsea's
/// search paths for XeLaTeX and dvipdfmx say.
fn areas(name: &str) -> &'static [&'static str] {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "tfm" => &["fonts/tfm/"],
        "vf" => &["fonts/vf/"],
        "pfb" => &["fonts/type1/"],
        "otf" => &["fonts/opentype/", "fonts/truetype/"],
        "ttf" | "ttc" => &["fonts/truetype/", "fonts/opentype/"],
        "enc" => &["fonts/enc/dvipdfmx/", "fonts/enc/"],
        "map" => &["fonts/map/dvipdfmx/", "fonts/map/pdftex/", "fonts/map/dvips/", "fonts/map/"],
        "tec" => &["fonts/misc/xetex/fontmapping/"],
        "txt" => &["fonts/map/glyphlist/", "tex/"],
        _ => &["tex/xelatex/", "tex/latex/", "tex/xetex/", "tex/generic/", "tex/", "fonts/cmap/"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATABASE: &str = "\
% ls-R -- filename database for kpathsea; do not change this line.

./tex:
generic
latex

./tex/generic:
a.sty

./tex/latex:
a.sty
b
c.sty

./tex/latex/b:
b.sty
c.sty

./doc/latex:
manual.tex
";

    fn index_of(first: &str) -> Index {
        let listings = [first, DATABASE].map(|text| Listing::Database(text.into()));
        Index::new(&["/local".into(), "/dist".into()], listings.into())
    }

    #[test]
    fn latex_comes_before_generic_and_folders_are_not_files() {
        let index = index_of("");
        assert_eq!(index.find("a.sty"), Some("/dist/tex/latex/a.sty".into()));
        assert_eq!(index.find("b"), None);
        assert_eq!(index.find("manual.tex"), None);
        assert_eq!(index.find("c.sty"), Some("/dist/tex/latex/c.sty".into()));
        assert_eq!(index.find("b/c.sty"), Some("/dist/tex/latex/b/c.sty".into()));
    }

    #[test]
    fn an_earlier_tree_wins_over_a_better_folder() {
        let index = index_of("./tex/generic:\na.sty\n\n./dvips:\nc.sty\n");
        assert_eq!(index.find("a.sty"), Some("/local/tex/generic/a.sty".into()));
        assert_eq!(
            index.find("c.sty"),
            Some("/dist/tex/latex/c.sty".into()),
            "a folder where TeX does not look for such files comes last",
        );
    }

    #[test]
    fn what_was_looked_up_is_known_without_the_lists() {
        let mut index = index_of("");
        let names = ["a.sty", "b", "c.sty"];
        let looked_up = names.map(|name| index.find(name));
        let found = index.found().unwrap();
        assert_eq!(found.len(), names.len());
        index = Index::new(&[], Vec::new());
        index.remember(found.clone());
        assert_eq!(names.map(|name| index.find(name)), looked_up);
        assert_eq!(index.found(), None, "nothing new");
        assert_eq!(index.find("d.sty"), None);
        assert_eq!(index.found().map(|found| found.len()), Some(names.len() + 1));
    }

    #[test]
    fn a_tree_without_a_database_is_walked_and_its_changes_are_noticed() -> io::Result<()> {
        let tree = tempfile::tempdir()?;
        std::fs::create_dir_all(tree.path().join("tex/latex/own"))?;
        std::fs::write(tree.path().join("tex/latex/own/own.sty"), "1")?;
        let read = || -> io::Result<_> {
            let mut fingerprint = tectonic::digest::create();
            let index = Index::of(&[tree.path().to_owned()], &mut fingerprint)?;
            Ok((index, fingerprint.finalize()))
        };
        let (index, before) = read()?;
        assert_eq!(index.find("own.sty"), Some(tree.path().join("tex/latex/own/own.sty")));
        assert_eq!(before, read()?.1);
        std::fs::write(tree.path().join("tex/latex/own/own.sty"), "22")?;
        assert_ne!(before, read()?.1);
        Ok(())
    }
}
