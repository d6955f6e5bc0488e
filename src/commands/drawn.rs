//! The draws of the appendix, kept between builds by the program that made them.

use std::path::Path;

use super::cache;
use crate::report::draws;
use crate::tex::{self, Made};

/// Takes up what the last build in this folder of outputs has drawn.
pub fn recall(folder: &Path) {
    draws::recall(|| {
        let kept = tex::remembered(&name(folder)?, &[], &cache::folder())?;
        Some(kept.strip_prefix(head()?.as_bytes())?.to_owned())
    });
}

/// Keeps what was drawn since.
pub fn keep(folder: &Path) {
    if let (Some(name), Some(head)) = (name(folder), head())
        && let Some(drawn) = draws::to_keep()
    {
        let kept = [head.as_bytes(), &drawn].concat();
        tex::remember(&name, &kept, &Made::default(), &cache::folder());
    }
}

fn name(folder: &Path) -> Option<String> {
    Some(format!("draws\0{}", folder.canonicalize().ok()?.to_str()?))
}

/// Another program may draw otherwise.
fn head() -> Option<String> {
    Some(format!("{}\n", cache::program()?))
}
