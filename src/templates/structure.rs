//! What can be checked before anything is rendered: sections that open and close, and names of
//! tags, filters, tests, functions, components and files.

use std::collections::BTreeMap;

use super::filters;
use super::limits;
use super::map::Source;
use super::near;
use super::scan::{self, Kind, Mistake, Segment, Tok, Token};
use crate::diagnostic::Diagnostic;

/// The words that tags begin with.
const KEYWORDS: [&str; 22] = [
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "endfor",
    "set",
    "set_global",
    "endset",
    "include",
    "block",
    "endblock",
    "extends",
    "component",
    "endcomponent",
    "filter",
    "endfilter",
    "raw",
    "endraw",
    "break",
    "continue",
    "",
];

/// Sections of one template that do not open and close in order, and unknown tags.
pub(super) fn sections(text: &str, segments: &[Segment]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let mut open: Vec<(&str, &Segment)> = Vec::new();
    // Where the sections begin that have had their `else`.
    let mut decided: Vec<usize> = Vec::new();
    for segment in segments {
        let inner = text[segment.inner.clone()].trim();
        if segment.kind == Kind::Value && inner.is_empty() {
            mistakes.push(Mistake::new(
                segment.span.clone(),
                "this tag is empty",
                "write a name in it; for two `<` in LaTeX write `<{}<`",
            ));
        }
        if segment.kind != Kind::Tag {
            continue;
        }
        let word = scan::keyword(text, segment);
        match word {
            "if" | "for" | "block" | "filter" | "component" => open.push((word, segment)),
            "set" | "set_global" if scan::is_block_set(text, segment) => {
                open.push(("set", segment))
            }
            "" if inner.starts_with("</") => close(text, "<", segment, &mut open, &mut mistakes),
            "" if inner.starts_with('<') => open.push(("<", segment)),
            "else"
                if let Some(condition) = inner["else".len()..].trim_start().strip_prefix("if ") =>
            {
                mistakes.push(Mistake::new(
                    segment.span.clone(),
                    "`else` has no condition",
                    format!("write `<% elif {} %>`", condition.trim()),
                ));
            }
            "else" | "elif" => {
                let fits =
                    open.last().is_some_and(|(o, _)| *o == "if" || (*o == "for" && word == "else"));
                if !fits {
                    mistakes.push(Mistake::new(
                        segment.span.clone(),
                        format!("`{word}` stands outside of an `if`"),
                        "write `<% if condition %>` before it, or take it out",
                    ));
                } else if let Some((opened, begin)) = open.last() {
                    if decided.contains(&begin.span.start) {
                        mistakes.push(Mistake::new(
                            segment.span.clone(),
                            format!("this `{opened}` has had its `else` before"),
                            "write `<% elif condition %>` there, or close it with its `end` first",
                        ));
                    } else if word == "else" {
                        decided.push(begin.span.start);
                    }
                }
            }
            "endraw" => mistakes.push(Mistake::new(
                segment.span.clone(),
                "`endraw` closes nothing that is open here",
                "write `<% raw %>` before it, or take it out",
            )),
            _ if word.starts_with("end") && KEYWORDS.contains(&word) => {
                close(text, &word[3..], segment, &mut open, &mut mistakes);
            }
            _ if !KEYWORDS.contains(&word) => mistakes.push(unknown_tag(text, segment, word)),
            _ => {}
        }
    }
    for (word, segment) in open {
        mistakes.push(unclosed(text, word, segment));
    }
    mistakes.sort_by_key(|m| m.span.start);
    mistakes
}

fn close<'a>(
    text: &str,
    word: &'a str,
    segment: &'a Segment,
    open: &mut Vec<(&'a str, &'a Segment)>,
    mistakes: &mut Vec<Mistake>,
) {
    match open.iter().rposition(|(o, _)| *o == word) {
        // What was opened inside and is still open has lost its end.
        Some(at) => {
            for (inner, opener) in open.drain(at..).skip(1) {
                mistakes.push(unclosed(text, inner, opener));
            }
        }
        None => mistakes.push(Mistake::new(
            segment.span.clone(),
            format!("`{}` closes nothing that is open here", closing(text, word, segment)),
            match open.last() {
                Some((o, s)) => {
                    format!("what is open is closed by `<% {} %>`", closing(text, o, s))
                }
                None => "take it out, or write what it closes before it".to_owned(),
            },
        )),
    }
}

fn unclosed(text: &str, word: &str, segment: &Segment) -> Mistake {
    let what = if word == "<" { "component call" } else { word };
    Mistake::new(
        segment.span.clone(),
        format!("this `{what}` is never closed"),
        format!("write `<% {} %>` where it ends", closing(text, word, segment)),
    )
}

/// What closes a section, without the delimiters.
fn closing(text: &str, word: &str, segment: &Segment) -> String {
    if word != "<" {
        return format!("end{word}");
    }
    let name = text[segment.inner.clone()].trim().trim_start_matches(['<', '/']);
    let end = name.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(name.len());
    format!("</{}>", &name[..end])
}

fn unknown_tag(text: &str, segment: &Segment, word: &str) -> Mistake {
    let start = segment.inner.start + text[segment.inner.clone()].find(word).unwrap_or(0);
    let help = near::did_you_mean(word, KEYWORDS).unwrap_or_else(|| {
        format!("to print a value write `<< {word} >>`; tags begin with if, for, set, include, …")
    });
    Mistake::new(start..start + word.len(), format!("there is no tag `{word}`"), help)
}

/// Names used in any template that do not exist, files that include one another in a circle, and
/// components defined twice.
pub(super) fn references(files: &[Source], segments: &[Vec<Segment>]) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    let components = components(files, segments, &mut errors);
    for (file, segments) in files.iter().zip(segments) {
        for segment in segments.iter().filter(|s| matches!(s.kind, Kind::Value | Kind::Tag)) {
            let tokens = scan::tokens(&file.text, segment.inner.clone());
            for at in 0..tokens.len() {
                let known = components.keys().map(String::as_str);
                let wrong =
                    unknown(&tokens, at, known, files).or_else(|| unknown_argument(&tokens, at));
                if let Some((message, help, token)) = wrong {
                    let place = file.place(token.span.clone());
                    errors.push(Diagnostic::error(message).at(place).help(help));
                }
            }
        }
    }
    if errors.is_empty() {
        circles(files, segments, &mut errors);
    }
    errors
}

/// The components and where each is defined.
fn components(
    files: &[Source],
    segments: &[Vec<Segment>],
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for (file, segments) in files.iter().zip(segments) {
        for segment in segments.iter().filter(|s| s.kind == Kind::Tag) {
            if scan::keyword(&file.text, segment) != "component" {
                continue;
            }
            let tokens = scan::tokens(&file.text, segment.inner.clone());
            let Some(first) = tokens.get(1) else { continue };
            let name = dotted_name(&tokens[1..]);
            if let Some(other) = found.insert(name.clone(), file.display.clone()) {
                errors.push(
                    Diagnostic::error(format!("there is a component `{name}` already, in {other}"))
                        .at(file.place(first.span.clone()))
                        .help("give one of the two another name"),
                );
            }
        }
    }
    found
}

/// `a.b.c` at the beginning of some tokens.
pub(super) fn dotted_name(tokens: &[Token<'_>]) -> String {
    let mut name = String::new();
    for token in tokens {
        match token.tok {
            Tok::Ident(part) if name.is_empty() || name.ends_with('.') => name.push_str(part),
            Tok::Op(".") if !name.is_empty() => name.push('.'),
            _ => break,
        }
    }
    name
}

/// Whether a value ends with this token, so that a `<` behind it compares.
fn ends_value(token: &Token<'_>) -> bool {
    match token.tok {
        Tok::Ident(word) => {
            !matches!(word, "and" | "or" | "not" | "in" | "is" | "if" | "else" | "elif")
        }
        Tok::Op(op) => matches!(op, ")" | "]" | "}"),
        _ => true,
    }
}

/// If the token is a name that must exist and does not: message, help and the token.
fn unknown<'t, 'a>(
    tokens: &'t [Token<'a>],
    at: usize,
    components: impl Iterator<Item = &'t str> + Clone,
    files: &'t [Source],
) -> Option<(String, String, &'t Token<'a>)> {
    let token = &tokens[at];
    let previous = at.checked_sub(1).map(|i| &tokens[i]);
    let first = tokens.first().and_then(Token::ident);
    if let Tok::Str(name) = token.tok
        && at == 1
        && matches!(first, Some("include" | "extends"))
    {
        let names = files.iter().map(|f| f.name.as_str());
        return (!names.clone().any(|n| n == name)).then(|| {
            let help = near::did_you_mean(name, names);
            let help = help.unwrap_or_else(|| {
                "add the file to the templates' folder; plain LaTeX files are read with \\input"
                    .to_owned()
            });
            (format!("there is no template `{name}`"), help, token)
        });
    }
    let name = token.ident()?;
    let behind = |op: &str| previous.is_some_and(|t| t.is(op));
    let calls = tokens.get(at + 1).is_some_and(|t| t.is("("));
    let word = previous.and_then(Token::ident);
    let behind_is = word == Some("is")
        || (word == Some("not") && at > 1 && tokens[at - 2].ident() == Some("is"));
    let report = |what: &str, known: Vec<&str>| {
        let help = near::did_you_mean(name, known.iter().copied());
        let help = help.unwrap_or_else(|| format!("what exists: {}", known.join(", ")));
        Some((format!("there is no {what} `{name}`"), help, token))
    };
    if behind("|") || (at == 1 && first == Some("filter")) {
        let known: Vec<&str> = filters::FILTERS.iter().map(|f| f.name).collect();
        return if known.contains(&name) { None } else { report("filter", known) };
    }
    if behind_is && name != "not" {
        return if filters::TESTS.contains(&name) {
            None
        } else {
            report("test", filters::TESTS.into())
        };
    }
    if behind("<") && (at == 1 || !ends_value(&tokens[at - 2])) {
        let known: Vec<&str> = components.collect();
        let name = dotted_name(&tokens[at..]);
        return if known.contains(&name.as_str()) { None } else { report("component", known) };
    }
    let defines = first == Some("component");
    let operator = matches!(name, "and" | "or" | "not" | "in" | "if" | "else" | "elif" | "is");
    if calls && !behind(".") && !defines && !operator && !filters::FUNCTIONS.contains(&name) {
        if filters::FILTERS.iter().any(|f| f.name == name) {
            let help = format!("write it behind the value: `value | {name}(…)`");
            return Some((format!("`{name}` is a filter, not a function"), help, token));
        }
        return report("function", filters::FUNCTIONS.into());
    }
    None
}

/// If the token is an argument's name: whether the filter, test or function that it is given to
/// has such an argument.
fn unknown_argument<'t, 'a>(
    tokens: &'t [Token<'a>],
    at: usize,
) -> Option<(String, String, &'t Token<'a>)> {
    let name = tokens[at].ident()?;
    if !tokens.get(at + 1)?.is("=") {
        return None;
    }
    // The parenthesis around it, and the name before that.
    let mut depth = 0_usize;
    let open = (0..at).rev().find(|&i| match tokens[i].tok {
        Tok::Op(")" | "]" | "}") => {
            depth += 1;
            false
        }
        Tok::Op("(" | "[" | "{") if depth == 0 => true,
        Tok::Op("(" | "[" | "{") => {
            depth -= 1;
            false
        }
        _ => false,
    })?;
    let callee = tokens.get(open.checked_sub(1)?)?.ident()?;
    let known = filters::arguments(callee);
    let defines = tokens.first().and_then(Token::ident) == Some("component");
    // What is given to a filter called as a function, or to an unknown one, is not the mistake.
    let filter = open > 1 && (tokens[open - 2].is("|") || tokens[open - 2].ident().is_some());
    if !tokens[open].is("(")
        || defines
        || known.contains(&name)
        || !(filter || filters::FUNCTIONS.contains(&callee))
    {
        return None;
    }
    let help = near::did_you_mean(name, known.iter().copied()).unwrap_or_else(|| match known {
        [] => format!("write `{callee}` without parentheses"),
        _ => format!("`{callee}` takes: {}", known.join(", ")),
    });
    Some((format!("`{callee}` has no argument `{name}`"), help, &tokens[at]))
}

/// Whether a template defines a component.
pub(super) fn has_component(text: &str, segments: &[Segment]) -> bool {
    let mut tags = segments.iter().filter(|segment| segment.kind == Kind::Tag);
    tags.any(|tag| scan::keyword(text, tag) == "component")
}

/// The templates that a template names in `include` and `extends`, with the naming token's bytes.
pub(super) fn named_files(
    text: &str,
    segments: &[Segment],
) -> Vec<(String, std::ops::Range<usize>)> {
    let tags = segments.iter().filter(|s| s.kind == Kind::Tag);
    let named = tags.filter(|s| matches!(scan::keyword(text, s), "include" | "extends"));
    named
        .filter_map(|s| {
            let tokens = scan::tokens(text, s.inner.clone());
            let token = tokens.get(1)?;
            let Tok::Str(name) = token.tok else { return None };
            Some((name.to_owned(), token.span.clone()))
        })
        .collect()
}

/// Files that include one another in a circle, or too deep.
fn circles(files: &[Source], segments: &[Vec<Segment>], errors: &mut Vec<Diagnostic>) {
    let index: BTreeMap<&str, usize> =
        files.iter().enumerate().map(|(i, f)| (f.name.as_str(), i)).collect();
    let names: Vec<_> = files.iter().zip(segments).map(|(f, s)| named_files(&f.text, s)).collect();
    // Depth of what is below each file; `None` until known.
    let mut depth: Vec<Option<usize>> = vec![None; files.len()];
    for start in 0..files.len() {
        // (file, next of its includes to look at)
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some(&(file, next)) = path.last() {
            let target =
                names[file].get(next).and_then(|(n, span)| Some((*index.get(n.as_str())?, span)));
            if let Some(top) = path.last_mut() {
                top.1 += 1;
            }
            match target {
                Some((inner, span)) if path.iter().any(|p| p.0 == inner) => {
                    let from = path.iter().position(|p| p.0 == inner).unwrap_or(0);
                    let mut round: Vec<&str> =
                        path[from..].iter().map(|p| files[p.0].name.as_str()).collect();
                    round.push(&files[inner].name);
                    errors.push(
                        Diagnostic::error(format!(
                            "these templates include one another without end: {}",
                            round.join(" → ")
                        ))
                        .at(files[file].place(span.clone()))
                        .help("take one of the inclusions out"),
                    );
                    return;
                }
                Some((inner, _)) if depth[inner].is_none() => path.push((inner, 0)),
                Some(_) => {}
                None if next < names[file].len() => {}
                None => {
                    let below =
                        names[file].iter().filter_map(|(n, _)| depth[*index.get(n.as_str())?]);
                    depth[file] = Some(below.max().unwrap_or(0) + 1);
                    path.pop();
                }
            }
        }
        if depth[start].is_some_and(|d| d > limits::INCLUDE_DEPTH) {
            let span = names[start].first().map_or(0..0, |(_, span)| span.clone());
            errors.push(
                Diagnostic::error(format!(
                    "templates include one another more than {} deep",
                    limits::INCLUDE_DEPTH
                ))
                .at(files[start].place(span))
                .help("include them from one place, one after another"),
            );
            return;
        }
    }
}
