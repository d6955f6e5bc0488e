//! Checkpoints of the engine: they are used, and whatever becomes of them the document is the same.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::project::Project;

/// Whether the system lets programs be started with fixed addresses, which some sandboxes forbid.
fn has_checkpoints() -> bool {
    let is_known = cfg!(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"));
    let machine = std::env::consts::ARCH;
    let tried = || Command::new("setarch").args([machine, "-R", "true"]).status();
    is_known && tried().is_ok_and(|status| status.success())
}

#[test]
fn a_damaged_checkpoint_is_noticed_and_made_anew() {
    let project = Project::with_templates();
    let cache = project.path("cache");
    let build = |step: &str| {
        let set = format!("problem1.step_size={step}");
        let args = ["build-pdf", "--set", &set];
        let run = project.command(&args).env("GRADPROOF_CACHE", &cache).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        project.outputs()
    };
    // Two builds make the format of the preamble, and nothing goes on from a checkpoint before.
    let expected = ["0.05", "0.04"].map(|step| (step, build(step)));
    let checkpoint = |end: &str| -> Option<PathBuf> {
        let mut files = fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|extension| extension == end))
    };
    build("0.03");
    if !has_checkpoints() {
        assert_eq!([checkpoint("title"), checkpoint("preamble")], [None, None]);
        return;
    }

    let flipped = |mut bytes: Vec<u8>, at: usize| {
        bytes[at] ^= 0x10;
        bytes
    };
    type Damage<'a> = &'a dyn Fn(Vec<u8>) -> Vec<u8>;
    let cases: [(&str, Damage); 6] = [
        ("cut", &|bytes| bytes[..bytes.len() / 2].to_vec()),
        ("empty", &|_| Vec::new()),
        ("a byte of memory", &|bytes| flipped(bytes, 1 << 20)),
        ("a byte of the index", &|bytes| {
            let end = bytes.len() - 13;
            flipped(bytes, end)
        }),
        // What goes on from there crashes at once.
        ("no memory", &|mut bytes| {
            let data = bytes.windows(2).rposition(|pair| pair == b"{\"").unwrap() / 4096 * 4096;
            bytes[..data - (1 << 20)].fill(0);
            bytes
        }),
        ("whole", &|bytes| bytes),
    ];
    for (what, damage) in cases {
        for (step, expected) in &expected {
            let title = checkpoint("title").unwrap_or_else(|| panic!("{what}: it is not there"));
            let (old, name) = (fs::read(&title).unwrap(), title.display());
            let damaged = damage(old.clone());
            fs::write(&title, &damaged).unwrap();
            assert!(build(step) == *expected, "{what}: step {step}");
            let now = checkpoint("title").map(|title| fs::read(title).unwrap());
            let is_kept = now.as_ref() == Some(&damaged);
            assert_eq!(is_kept, damaged == old, "{what}: {name} is made anew if it is damaged");
        }
    }
}
