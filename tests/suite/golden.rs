//! The LaTeX of every section, as it was when somebody last read it: accidental changes show.

use std::env;
use std::fs;

use crate::project::repository;
use crate::sections::sections;

/// Set to 1, it makes what is observed the expected text.
const ACCEPT: &str = "GRADPROOF_ACCEPT";

#[test]
fn sections_are_as_accepted() {
    let folder = repository("tests/golden");
    let accept = env::var_os(ACCEPT).is_some_and(|value| value == "1");
    let sections = sections(&[]);
    let mut changed = Vec::new();
    for section in &sections {
        let path = folder.join(format!("{}.tex", section.name));
        let observed = path.with_extension("tex.observed");
        let same = fs::read_to_string(&path).is_ok_and(|expected| expected == section.text);
        let _ = fs::remove_file(&observed);
        if accept {
            fs::write(&path, &section.text).unwrap();
        } else if !same {
            fs::write(&observed, &section.text).unwrap();
            changed.push(format!("diff {} {}", path.display(), observed.display()));
        }
    }
    let known = sections.iter().map(|section| format!("{}.tex", section.name));
    let known: Vec<String> = known.collect();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.ends_with(".tex") && !known.iter().any(|known| known == name) {
            if accept {
                fs::remove_file(&path).unwrap();
            } else {
                changed.push(format!("no section is called like {}", path.display()));
            }
        }
    }
    assert!(
        changed.is_empty(),
        "sections changed:\n{}\nread the differences, then accept them: {ACCEPT}=1 cargo test golden",
        changed.join("\n")
    );
}
