//! Which command was probably meant.

use crate::latex::{COMMANDS, DEFINERS, ENVIRONMENTS, command_name};

/// The commands for `name` (all with the backslash) that may have been meant, if any is near: one
/// of the document's own before a better known one.
pub(super) fn command(name: &str, source: &str) -> Option<String> {
    let name = name.trim_start_matches('\\');
    let own = near(name, own(source));
    let known = near(name, COMMANDS.split_whitespace());
    let found = match (own, known) {
        (Some((at, own)), Some((farther, _))) if at < farther => format!("\\{own}"),
        (Some((at, own)), Some((same, known))) if at == same && own != known => {
            format!("\\{own} or \\{known}")
        }
        (_, Some((_, only))) | (Some((_, only)), None) => format!("\\{only}"),
        (None, None) => return None,
    };
    Some(found)
}

/// The commands that a document defines, without the backslash.
fn own(source: &str) -> impl Iterator<Item = &str> {
    source.match_indices('\\').filter_map(|(at, _)| {
        let rest = &source[at + 1..];
        let define = command_name(rest);
        let name = rest[define.len()..].trim_start_matches(['*', '{']).strip_prefix('\\')?;
        let name = command_name(name);
        (DEFINERS.contains(&define) && !name.is_empty()).then_some(name)
    })
}

/// Whether this is, to the letter, a command that people type.
pub(super) fn is_known(name: &str) -> bool {
    let name = name.trim_start_matches('\\');
    COMMANDS.split_whitespace().any(|word| word == name)
}

/// The best known environment for `name`, if one is near.
pub(super) fn environment(name: &str) -> Option<String> {
    nearest(name, ENVIRONMENTS.split_whitespace()).map(str::to_owned)
}

/// The nearest word that differs by at most a third of its letters.
pub(super) fn nearest<'a>(name: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    near(name, words).map(|(_, word)| word)
}

/// The same with the number of letters by which it differs.
fn near<'a>(name: &str, words: impl Iterator<Item = &'a str>) -> Option<(usize, &'a str)> {
    let allowed = (name.chars().count() / 3).clamp(1, 3);
    let mut near: Vec<_> = words
        .map(|word| (strsim::osa_distance(name, word), word))
        .filter(|(d, _)| *d > 0 && *d <= allowed)
        .collect();
    near.sort_by_key(|(d, word)| (*d, word.len().abs_diff(name.len())));
    near.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_find_their_command() {
        for (typed, meant) in [
            ("\\fracc", "\\frac"),
            ("\\aplha", "\\alpha"),
            ("\\secton", "\\section"),
            ("\\partail", "\\partial"),
            ("\\textbff", "\\textbf"),
            ("\\inculdegraphics", "\\includegraphics"),
        ] {
            assert_eq!(command(typed, "").as_deref(), Some(meant));
        }
        assert_eq!(command("\\gradproofxyz", ""), None);
        assert_eq!(environment("itemise").as_deref(), Some("itemize"));
        assert_eq!(environment("alinged").as_deref(), Some("aligned"));
    }
    #[test]
    fn commands_of_the_document_come_first() {
        let source = "\\newcommand{\\Loss}{L}\\def\\slope#1{x}\\DeclareMathOperator*{\\argmin}{a}";
        for (typed, meant) in [
            ("\\Los", "\\Loss or \\cos"),
            ("\\slop", "\\slope"),
            ("\\argmn", "\\argmin"),
            ("\\aplha", "\\alpha"),
        ] {
            assert_eq!(command(typed, source).as_deref(), Some(meant));
        }
    }
}
