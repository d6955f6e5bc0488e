//! Where a document draws boxes around something.

use std::collections::HashSet;
use std::ops::Range;

use crate::latex::{COMMANDS, DEFINERS, ENVIRONMENTS, behind_group, command_name, group};

/// Commands that draw a frame around their last argument, with the number of arguments in braces.
const FRAMES: [(&str, usize); 13] = [
    ("boxed", 1),
    ("fbox", 1),
    ("framebox", 1),
    ("colorbox", 2),
    ("fcolorbox", 3),
    ("tcbox", 1),
    ("tcboxmath", 1),
    ("tcbhighmath", 1),
    ("Aboxed", 1),
    ("shadowbox", 1),
    ("doublebox", 1),
    ("ovalbox", 1),
    ("Ovalbox", 1),
];
/// Environments that draw one around all that is in them.
const FRAMED: [&str; 6] = ["tcolorbox", "mdframed", "framed", "shaded", "boxedminipage", "empheq"];
/// What defines an environment; its name and its meaning follow.
const ENVIRONMENT_DEFINERS: [&str; 4] =
    ["newenvironment", "renewenvironment", "NewDocumentEnvironment", "DeclareDocumentEnvironment"];
/// What makes a framed environment or command out of a name.
const FRAMERS: [&str; 12] = [
    "newtcolorbox",
    "renewtcolorbox",
    "NewTColorBox",
    "DeclareTColorBox",
    "newtcbox",
    "NewTCBox",
    "DeclareTCBox",
    "newtcbtheorem",
    "tcolorboxenvironment",
    "newmdenv",
    "newmdtheoremenv",
    "surroundwithmdframed",
];

/// What stands in a box, or may stand in one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frame {
    /// In bytes of the document.
    pub inside: Range<usize>,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Command,
    Environment,
    /// The document uses a command or environment here that it does not define itself: a file of the
    /// user's own may make it a box.
    Unknown,
}

/// The boxes of a document.
pub(super) fn framed(latex: &str) -> Vec<Frame> {
    let names = Names::of(latex);
    let mut found = Vec::new();
    for (at, _) in latex.match_indices('\\') {
        let name = command_name(&latex[at + 1..]);
        let behind = at + 1 + name.len();
        let rest = &latex[behind..];
        let (kind, length) = if name == "begin" {
            let Some((kind, environment)) = group(rest).and_then(|environment| {
                Some((names.environment(environment.trim_end_matches('*'))?, environment))
            }) else {
                continue;
            };
            let Some(length) = rest.find(&format!("\\end{{{environment}}}")) else { continue };
            (kind, length)
        } else {
            let Some((kind, arguments)) = names.command(name) else { continue };
            (kind, rest.len() - behind_arguments(rest, arguments).len())
        };
        found.push(Frame { inside: behind..behind + length, kind });
    }
    found
}

/// The names that draw frames, and those that draw none.
struct Names<'l> {
    commands: Vec<(&'l str, usize)>,
    environments: Vec<&'l str>,
    /// Commands and environments without a frame: the usual ones, and those that the document defines.
    plain: HashSet<&'l str>,
}

impl<'l> Names<'l> {
    /// The usual ones, and those that a document defines.
    fn of(latex: &'l str) -> Self {
        let usual = COMMANDS.split_whitespace().chain(ENVIRONMENTS.split_whitespace());
        let plain = usual.chain(DEFINERS).chain(ENVIRONMENT_DEFINERS).chain(FRAMERS).collect();
        let mut names = Self { commands: FRAMES.to_vec(), environments: FRAMED.to_vec(), plain };
        for (at, _) in latex.match_indices('\\') {
            let define = command_name(&latex[at + 1..]);
            let rest = latex[at + 1 + define.len()..].trim_start_matches('*').trim_start();
            if define == "let" {
                names.copy(rest);
            } else if FRAMERS.contains(&define) {
                names.add(name(behind_options(rest)).0, 1, true);
            } else if DEFINERS.contains(&define) || ENVIRONMENT_DEFINERS.contains(&define) {
                let (name, rest) = name(rest);
                let (arguments, meaning) = parameters(rest);
                let draws = names.draws(meaning);
                names.add(name, arguments, draws);
            }
        }
        names
    }

    /// Another name for a command: `\let\new=\old`.
    fn copy(&mut self, rest: &'l str) {
        let (new, rest) = name(rest);
        let (old, _) = name(rest.trim_start().trim_start_matches('=').trim_start());
        let same = self.commands.iter().find(|(name, _)| Some(*name) == old.strip_prefix('\\'));
        let (arguments, draws) = same.map_or((0, false), |(_, arguments)| (*arguments, true));
        self.add(new, arguments, draws);
    }

    /// A command, with its backslash, or an environment.
    fn add(&mut self, name: &'l str, arguments: usize, draws: bool) {
        match name.strip_prefix('\\') {
            _ if !draws => {
                self.plain.insert(name.trim_start_matches('\\'));
            }
            Some(command) => self.commands.push((command, arguments.max(1))),
            None => self.environments.push(name),
        }
    }

    /// Whether some LaTeX draws a frame.
    fn draws(&self, meaning: &str) -> bool {
        meaning.match_indices('\\').any(|(at, _)| {
            let used = command_name(&meaning[at + 1..]);
            let begun = group(&meaning[at + 1 + used.len()..]).unwrap_or_default();
            self.commands.iter().any(|(name, _)| *name == used)
                || (used == "begin" && self.environments.contains(&begun))
        })
    }

    /// What a command draws around its arguments, and how many it has; `None` if nothing.
    fn command(&self, name: &str) -> Option<(Kind, usize)> {
        // The last definition counts.
        if let Some((_, arguments)) = self.commands.iter().rev().find(|(known, _)| *known == name) {
            return Some((Kind::Command, *arguments));
        }
        let is_known = name.is_empty() || self.plain.contains(name);
        (!is_known).then_some((Kind::Unknown, usize::MAX))
    }

    /// What an environment draws around its contents.
    fn environment(&self, name: &str) -> Option<Kind> {
        if self.environments.contains(&name) {
            return Some(Kind::Environment);
        }
        (!self.plain.contains(name)).then_some(Kind::Unknown)
    }
}

/// The name, in braces or not, with which a definition begins, and what follows it.
fn name(text: &str) -> (&str, &str) {
    match group(text) {
        Some(name) => (name.trim(), &text[name.len() + "{}".len()..]),
        None => {
            let name = text.strip_prefix('\\').map_or(0, |name| 1 + command_name(name).len());
            text.split_at(name)
        }
    }
}

/// How many arguments in braces a definition has, and its meaning: of `[2][x]{…}`, `{O{x} m}{…}` or
/// `#1#2{…}`.
fn parameters(text: &str) -> (usize, &str) {
    let behind = behind_options(text);
    let options = &text[..text.len() - behind.len()];
    let count: usize = options
        .trim_start_matches('[')
        .split(']')
        .next()
        .and_then(|count| count.trim().parse().ok())
        .unwrap_or_default();
    // The first one is optional if it has a default.
    let count = count.saturating_sub(options.matches('[').count().saturating_sub(1));
    let delimited = behind.find('{').filter(|_| behind.starts_with('#')).unwrap_or_default();
    let (marks, meaning) = behind.split_at(delimited);
    let count = count + marks.matches('#').count();
    let Some(first) = group(meaning) else { return (count, "") };
    match group(meaning[first.len() + "{}".len()..].trim_start()) {
        // What the arguments are comes before the meaning.
        Some(second) if !first.contains('\\') && !first.is_empty() => {
            (first.matches('m').count(), second)
        }
        _ => (count, first),
    }
}

/// What follows the options in brackets with which a text begins.
fn behind_options(text: &str) -> &str {
    let mut rest = text;
    while let Some((_, behind)) =
        rest.trim_start().strip_prefix('[').and_then(|options| options.split_once(']'))
    {
        rest = behind.trim_start();
    }
    rest
}

/// What follows as many arguments in braces, with those in brackets before them, as a text begins
/// with; a blank line ends them.
fn behind_arguments(text: &str, count: usize) -> &str {
    let mut rest = text.trim_start_matches('*');
    let mut left = count;
    while left > 0 {
        let next = rest.trim_start();
        if rest[..rest.len() - next.len()].matches('\n').count() > 1 {
            break;
        }
        rest = if let Some(inside) = next.strip_prefix('{') {
            left -= 1;
            behind_group(inside)
        } else if let Some((_, behind)) =
            next.strip_prefix('[').and_then(|inside| inside.split_once(']'))
        {
            behind
        } else {
            break;
        };
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in the last box, with its kind.
    fn last(latex: &str) -> Option<(&str, Kind)> {
        framed(latex).pop().map(|frame| (&latex[frame.inside], frame.kind))
    }

    #[test]
    fn arguments_end_with_their_number_or_a_blank_line() {
        let command = |inside| Some((inside, Kind::Command));
        assert_eq!(last("\\boxed{a} {b}"), command("{a}"));
        assert_eq!(last("\\fcolorbox{a}\n  {b}{c} {d}"), command("{a}\n  {b}{c}"));
        assert_eq!(last("\\colorbox{a}\n\n{b}"), command("{a}"));
        assert_eq!(last("\\framebox[3cm][l]{a} [b]"), command("[3cm][l]{a}"));
        let own = "\\newcommand{\\ans}[2]{\\fbox{#1 #2}}";
        assert_eq!(last(&format!("{own} \\ans{{a}}{{b}}{{c}}")).unwrap().0, "{a}{b}");
    }

    #[test]
    fn a_document_defines_its_boxes() {
        for definition in [
            "\\let\\ans\\boxed",
            "\\let\\ans = \\boxed",
            "\\DeclareRobustCommand\\ans[1]{\\ovalbox{#1}}",
            "\\newcommand*\\ans[1]{\\boxed{#1}}",
            "\\NewDocumentCommand{\\ans}{O{x} m}{\\doublebox{#2}}",
            "\\gdef\\ans#1{\\fbox{#1}}",
            "\\newtcbox{\\ans}[1][]{on line}",
            "\\newtcbox[auto counter]\\ans{on line}",
        ] {
            let latex = format!("{definition} \\ans{{a}}");
            assert_eq!(last(&latex), Some(("{a}", Kind::Command)), "{definition}");
        }
        for definition in [
            "\\newtcolorbox{ans}{colback=red}",
            "\\newtcolorbox[auto counter]{ans}[2][]{title=#2}",
            "\\newmdenv[linewidth=1pt]{ans}",
            "\\newenvironment{ans}{\\begin{framed}}{\\end{framed}}",
            "\\NewDocumentEnvironment{ans}{m}{\\begin{framed}}{\\end{framed}}",
            "\\newtheorem{ans}{Answer} \\surroundwithmdframed{ans}",
        ] {
            let latex = format!("{definition} \\begin{{ans}}a\\end{{ans}}");
            assert_eq!(last(&latex), Some(("{ans}a", Kind::Environment)), "{definition}");
        }
    }

    #[test]
    fn what_the_document_does_not_define_may_be_a_box() {
        assert_eq!(last("\\myanswer{a}"), Some(("{a}", Kind::Unknown)));
        let unknown = Some(("{myanswer}a", Kind::Unknown));
        assert_eq!(last("\\begin{myanswer}a\\end{myanswer}"), unknown);
        for plain in [
            "\\newcommand{\\ans}[1]{\\textbf{#1}} \\ans{a}",
            "\\newenvironment{ans}{\\bfseries}{} \\begin{ans}a\\end{ans}",
            "\\begin{align*}a\\end{align*}",
        ] {
            assert!(last(plain).is_none_or(|(inside, _)| !inside.contains('a')), "{plain}");
        }
    }
}
