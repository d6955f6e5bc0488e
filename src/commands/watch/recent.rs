//! Where the documents of late have differed: the next is likely to differ there, too.

use std::collections::VecDeque;

/// One edit may be far from the others; two in turn are where the work is.
const REMEMBERED: usize = 2;

/// The last document, and what it and those before have in common.
#[derive(Debug, Default)]
pub struct Recent {
    last: String,
    /// How many bytes were the same at the beginning of one document and the next.
    shared: VecDeque<usize>,
}

impl Recent {
    /// Notes the document of a build; gives it back, and how many of its bytes the next one is
    /// expected to begin with.
    pub fn note(&mut self, document: String) -> (&str, usize) {
        if !self.last.is_empty() {
            let pairs = self.last.bytes().zip(document.bytes());
            // What differs in the same document is a file that it reads, anywhere.
            let is_same = self.last == document;
            let same = if is_same { 0 } else { pairs.take_while(|(a, b)| a == b).count() };
            self.shared.push_front(same);
            self.shared.truncate(REMEMBERED);
        }
        self.last = document;
        (&self.last, self.shared.iter().min().map_or(0, |&shared| shared))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_edit_is_expected_where_the_last_two_were() {
        let mut recent = Recent::default();
        assert_eq!(recent.note("abcdef".into()), ("abcdef", 0), "nothing is known");
        for (document, same, why) in [
            ("abcdXf", 4, "one edit"),
            ("aYcdXf", 1, "one further up"),
            ("aYcdXZ", 1, "and one further down"),
            ("aYcdXz", 5, "two further down"),
            ("aYcdXz", 0, "another figure"),
        ] {
            assert_eq!(recent.note(document.into()), (document, same), "{why}");
        }
    }
}
