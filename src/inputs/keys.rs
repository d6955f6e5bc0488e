//! The keys of `homework.toml`, and the nearest one to a word that is none of them.

/// What a key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Table,
    /// A text; `--set` takes it without quotes too.
    Text,
    Other,
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// Dotted, from the top.
    pub path: &'static str,
    pub kind: Kind,
    pub required: bool,
    /// A value as it may stand in the file; for a table, the header and the lines to add.
    pub example: &'static str,
}

const fn key(path: &'static str, kind: Kind, required: bool, example: &'static str) -> Key {
    Key { path, kind, required, example }
}

/// Every key, in the order of the file.
pub(super) const KEYS: &[Key] = &[
    key("submission", Kind::Table, true, "[submission] with name = \"Ada Lovelace\""),
    key("submission.name", Kind::Text, true, "\"Ada Lovelace\""),
    key("submission.id", Kind::Text, false, "\"jhed1\""),
    key("submission.date", Kind::Other, false, "2020-03-01"),
    key("submission.paper", Kind::Text, false, "\"letter\""),
    key("submission.digits", Kind::Other, false, "5"),
    key("problem1", Kind::Table, true, "[problem1] with W, X, Y and step_size"),
    key("problem1.W", Kind::Other, true, "[[0.3, 0.5], [-0.2, 0.4]]"),
    key("problem1.X", Kind::Other, true, "[[0, 2], [3, 1]]"),
    key("problem1.Y", Kind::Other, true, "[[0.5, 1], [1, -1.5]]"),
    key("problem1.step_size", Kind::Other, true, "0.1"),
    key("problem1.reduction", Kind::Text, false, "\"sum\""),
    key("problem2", Kind::Table, true, "[problem2.classification] and [problem2.regression]"),
    key("problem2.classification", Kind::Table, true, "[problem2.classification] with w, x and y"),
    key("problem2.classification.w", Kind::Other, true, "[0.25, -0.11, 0.78]"),
    key("problem2.classification.x", Kind::Other, true, "0.63"),
    key("problem2.classification.y", Kind::Other, true, "1"),
    key("problem2.regression", Kind::Table, true, "[problem2.regression] with w, x and y"),
    key("problem2.regression.w", Kind::Other, true, "[0.25, -0.11, 0.78]"),
    key("problem2.regression.x", Kind::Other, true, "0.63"),
    key("problem2.regression.y", Kind::Other, true, "128"),
];

impl Key {
    /// The last part of the path.
    pub fn name(&self) -> &'static str {
        split(self.path).1
    }

    /// The line that gives this key its example.
    pub fn line(&self) -> String {
        match self.kind {
            Kind::Table => self.example.to_owned(),
            _ => format!("{} = {}", self.name(), self.example),
        }
    }
}

/// The table and the name of a dotted path.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('.').unwrap_or(("", path))
}

/// The key with this path.
pub(super) fn find(path: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.path == path)
}

/// The keys of a table; those of the whole file for an empty path.
pub(super) fn children(table: &str) -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(move |key| split(key.path).0 == table)
}

/// `table.name`, or `name` at the top.
pub(super) fn join(table: &str, name: &str) -> String {
    if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") }
}

/// The key that was probably meant by `name` in `table`: a near one there, or the same name
/// elsewhere.
pub(super) fn nearest_key(table: &str, name: &str) -> Option<&'static Key> {
    let near = nearest(name, children(table).map(|key| key.name()));
    match near {
        Some(near) => children(table).find(|key| key.name() == near),
        None => KEYS.iter().find(|key| key.name() == name),
    }
}

/// The candidate that differs least from `word`, if by no more than a third of its letters (but
/// one slip is always forgiven in words of two letters or more). Case does not count.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    let allowed = match word.chars().count() {
        0 | 1 => 0,
        // Longer than any key could be misspelt: not worth the quadratic comparison.
        64.. => return None,
        count => (count / 3).max(1),
    };
    candidates
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_find_their_key() {
        let path = |table, name| nearest_key(table, name).map(|key| key.path);
        assert_eq!(path("problem1", "stepsize"), Some("problem1.step_size"));
        assert_eq!(path("problem1", "w"), Some("problem1.W"));
        assert_eq!(path("submission", "nmae"), Some("submission.name"));
        assert_eq!(path("", "problem3"), Some("problem1"));
        assert_eq!(path("", "digits"), Some("submission.digits"));
        assert_eq!(path("problem2.regression", "z"), None);
        assert_eq!(path("submission", "university"), None);
    }
}
