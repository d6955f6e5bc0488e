//! Which command was probably meant.

use crate::latex::{COMMANDS, DEFINERS, ENVIRONMENTS, command_name};

/// The commands for `name` (all with the backslash) that may have been meant, if any is near: one
/// of the document's own before a better known one.
pub(super) fn command(name: &str, source: &str) -> Option<String> {
    let name = name.trim_start_matches('\\');
    let own = near(name, own(source)).into_iter().next();
    let known = near(name, COMMANDS.split_whitespace());
    Some(match (own, &known[..]) {
        (Some((at, own)), [(same, known), ..]) if at == *same && own != *known => {
            format!("\\{own} or \\{known}")
        }
        (Some((at, own)), [(farther, _), ..]) if at < *farther => format!("\\{own}"),
        (Some((_, only)), []) => format!("\\{only}"),
        (_, [(_, only)]) => format!("\\{only}"),
        (_, [rest @ .., (_, last)]) => {
            let rest: Vec<String> = rest.iter().map(|(_, name)| format!("\\{name}")).collect();
            format!("{} or \\{last}", rest.join(", "))
        }
        (None, []) => return None,
    })
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
    let stem = name.trim_end_matches('*');
    if stem != name && ENVIRONMENTS.split_whitespace().any(|known| known == stem) {
        return Some(stem.to_owned());
    }
    let meant = nearest(stem, ENVIRONMENTS.split_whitespace())?;
    Some(format!("{meant}{}", &name[stem.len()..]))
}

/// The nearest word that differs by at most a third of its letters.
pub(super) fn nearest<'a>(name: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    near(name, words).first().map(|(_, word)| *word)
}

/// The nearest words, three at most, with the number of letters by which they differ: of those that
/// differ by as many, the ones that begin like it, and then those of a similar length.
fn near<'a>(name: &str, words: impl Iterator<Item = &'a str>) -> Vec<(usize, &'a str)> {
    let allowed = (name.chars().count() / 3).clamp(1, 3);
    let mut near: Vec<_> = words
        .map(|word| (strsim::osa_distance(name, word), word))
        .filter(|(d, _)| *d > 0 && *d <= allowed)
        .collect();
    let rank = |(d, word): &(usize, &str)| {
        (*d, word.chars().next() != name.chars().next(), word.len().abs_diff(name.len()))
    };
    near.sort_by_key(rank);
    let best = near.first().map(rank);
    near.into_iter().take_while(|found| Some(rank(found)) == best).take(3).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_find_their_command() {
        for (typed, meant) in [
            ("\\fracc", "\\frac"),
            ("\\si", "\\sim or \\sin"),
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
        assert_eq!(environment("equaton*").as_deref(), Some("equation*"));
        assert_eq!(environment("center*").as_deref(), Some("center"));
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
