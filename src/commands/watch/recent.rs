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
    /// Notes the document of a build; gives it back with the beginning that it is expected to keep.
    pub fn note(&mut self, document: String) -> (&str, &str) {
        if !self.last.is_empty() && self.last != document {
            let pairs = self.last.bytes().zip(document.bytes());
            self.shared.push_front(pairs.take_while(|(a, b)| a == b).count());
            self.shared.truncate(REMEMBERED);
        }
        self.last = document;
        let shared = self.shared.iter().min().map_or(0, |&shared| shared);
        (&self.last, &self.last[..self.last.floor_char_boundary(shared)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_edit_is_expected_where_the_last_two_were() {
        let mut recent = Recent::default();
        assert_eq!(recent.note("abcdef".into()), ("abcdef", ""), "nothing is known");
        assert_eq!(recent.note("abcdef".into()).1, "");
        assert_eq!(recent.note("abcdXf".into()).1, "abcd");
        assert_eq!(recent.note("aYcdXf".into()).1, "a", "an edit further up");
        assert_eq!(recent.note("aYcdXZ".into()).1, "a", "and one further down");
        assert_eq!(recent.note("aYcdX\u{e9}".into()).1, "aYcdX", "two further down");
        assert_eq!(recent.note("aYcdX\u{e8}".into()).1, "aYcdX", "within a letter");
    }
}
