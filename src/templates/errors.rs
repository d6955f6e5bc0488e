//! tera's complaints, in words for people who edit LaTeX.

use std::ops::Range;

use tera::{Error, ErrorKind, Value};

use super::filters;
use super::limits;
use super::map::Source;
use crate::diagnostic::Diagnostic;

/// A syntax error that tera found in a template as it stands on disk.
pub(super) fn syntax(error: &Error, source: &Source) -> Option<Diagnostic> {
    let ErrorKind::SyntaxError(report) = error.kind() else { return None };
    let mut span = report.span().range.clone();
    let mut message = report.message().trim_end_matches('.').to_owned();
    if message.starts_with("Unexpected end of input") {
        span = span.end..span.end;
    } else if span.is_empty() {
        span.end += source.text[clamp(&source.text, span.clone()).start..]
            .chars()
            .next()
            .map_or(0, char::len_utf8);
    }
    // tera names the usual delimiters; these templates have others.
    for (theirs, ours) in [("{{{{", "<<"), ("{{", "<<"), ("}}", ">>"), ("{%", "<%"), ("%}", "%>")] {
        message = message.replace(theirs, ours);
    }
    let span = clamp(&source.text, span);
    let shown = source.text[span.clone()].trim();
    let (message, help) = plain_words(&message, shown);
    Some(Diagnostic::error(message).at(source.place(span)).help(help))
}

/// A syntax message of tera's, reworded, and the remedy.
fn plain_words(message: &str, shown: &str) -> (String, String) {
    let m = |text: &str| text.to_owned();
    if let Some(rest) = message.strip_prefix("Found ") {
        let expected = rest.split_once(" but expected ").map_or("something else", |(_, e)| e);
        let found = if shown.is_empty() { m("this") } else { format!("`{shown}`") };
        return if shown == "=" && expected.contains("%>") {
            (
                m("one `=` compares nothing"),
                m("write `==` to compare; `<% set name = value %>` gives a name to a value"),
            )
        } else if expected.contains(">>") || expected.contains("%>") {
            let end = if expected.contains(">>") { ">>" } else { "%>" };
            (
                format!("{found} does not belong here: the tag should end before it"),
                format!(
                    "write `{end}` before it, or join the two with an operator: a filter needs `|`, a sum `+`, texts `~`"
                ),
            )
        } else if expected.starts_with("one of: integer") {
            (
                format!("a value is missing before {found}"),
                m("write a name, a number or a quoted text here"),
            )
        } else if expected == "="
            || (expected == "identifier" && shown.starts_with(['"', '\'', '0', '1', '2', '3']))
        {
            (
                format!("an argument without its name stands at {found}"),
                m("arguments are given by name, as in `plural(one=\"layer\", many=\"layers\")`"),
            )
        } else if expected.contains("identifier") {
            (
                format!("a name is missing before {found}"),
                m("write a name here: letters, digits and `_`"),
            )
        } else if expected == "string" {
            (
                format!("a quoted file name is missing before {found}"),
                m("write it as in `<% include \"problem1a.tex\" %>`"),
            )
        } else if expected == "in" {
            (format!("`in` is missing before {found}"), m("write a loop as `<% for x in list %>`"))
        } else if expected == "else" {
            (
                format!("`else` is missing before {found}"),
                m("write a choice as `<< \"a\" if condition else \"b\" >>`"),
            )
        } else {
            (
                format!("{found} stands where {expected} is expected"),
                format!("write {expected} before it"),
            )
        };
    }
    let help = match message {
        "Unknown tag" => {
            return (
                if shown.is_empty() {
                    m("this tag has no keyword")
                } else {
                    format!("there is no tag `{shown}`")
                },
                m(
                    "tags begin with if, elif, else, endif, for, endfor, set, include, block, extends, component, filter or raw; to print a value write `<< … >>`",
                ),
            );
        }
        "Unexpected character" => {
            return (
                format!("`{shown}` has no meaning inside a tag"),
                m("LaTeX commands stand outside of tags; a text inside a tag is quoted"),
            );
        }
        "unexpected escape character" => {
            return (
                m("a backslash in a quoted text stands before a letter that it cannot escape"),
                m("write two backslashes for one: `\"\\\\alpha\"`"),
            );
        }
        m if m.starts_with("Unexpected end of input") => {
            return (
                "the template ends inside a tag or a section".to_owned(),
                "close what is still open".to_owned(),
            );
        }
        m if m.contains("first element of a chain") => {
            "a filter takes its value on the left: write `value | filter(…)`"
        }
        m if m.contains("reserved keyword") => "choose another name",
        m if m.contains("field of `loop`") => "write `loop.index` for the turn, counted from 1",
        m if m.contains("would be ignored") => {
            "a template that extends another holds only blocks and components: put this into a `<% block … %>`"
        }
        m if m.contains("already contains a block") => "give one of the two blocks another name",
        m if m.contains("already contains a component") => "give one of the two another name",
        m if m.contains("first tag of the template") => "move `extends` to the first line",
        m if m.contains("more than once") => "leave one of the two out",
        m if m.contains("can only be used in a for loop") => {
            "it ends or skips a turn of `<% for … %>`"
        }
        m if m.contains("too complex") => "split it with `<% set name = … %>`",
        m if m.contains("too deep") => "move the inner part into a file of its own and include it",
        m if m.contains("consecutively") => "put the inner part into parentheses",
        m if m.contains("cannot be written") || m.contains("cannot be nested") => {
            "move it to the top level of the file"
        }
        m if m.contains("Components with body") => {
            "close it with `/>`, or write `<% <Name> %> … <% </Name> %>`"
        }
        _ => "see the list of tags and filters in templates/README",
    };
    let mut message = message.to_owned();
    if let Some(first) = message.get(..1).map(str::to_lowercase) {
        message.replace_range(..1, &first);
    }
    (message, help.to_owned())
}

/// An error while rendering; `span` is already that of the template on disk.
pub(super) fn rendering(message: &str, source: &Source, span: Range<usize>) -> Diagnostic {
    let span = clamp(&source.text, span);
    let shown = source.text[span.clone()].to_owned();
    let expression = shown
        .trim_start_matches("<<")
        .trim_start_matches("<%")
        .trim_end_matches(">>")
        .trim_end_matches("%>")
        .trim_matches('-')
        .trim();
    let (message, help) = rendering_words(message, expression);
    Diagnostic::error(message).at(source.place(span)).help(help)
}

/// How it begins that a list is shorter; the element follows.
const NO_ELEMENT: &str = "the list has no element ";

/// Says of a list that has no such element how many it has, where it is a list of the view.
pub(super) fn counted(mut diagnostic: Diagnostic, view: &Value) -> Diagnostic {
    let element = diagnostic.message.strip_prefix(NO_ELEMENT).map(|name| name.trim_matches('`'));
    let list = element.and_then(|element| element.rsplit_once('[')).map(|(list, _)| list);
    let length =
        list.and_then(|list| value_at(view, list)).and_then(|list| Some(list.as_array()?.len()));
    if let (Some(list), Some(length)) = (list, length) {
        diagnostic.help = Some(match length {
            0 => format!("`{list}` is empty for these inputs"),
            1 => format!("`{list}` has one element, `{list}[0]`"),
            _ => format!(
                "`{list}` has {length} elements, from `{list}[0]` to `{list}[{}]`",
                length - 1
            ),
        });
    }
    diagnostic
}

/// What a path such as `b.layers[2].z` leads to.
fn value_at<'v>(view: &'v Value, path: &str) -> Option<&'v Value> {
    let steps = path.split(['.', '[']).map(|step| step.trim_end_matches(']'));
    steps.into_iter().try_fold(view, |value, step| match step.parse::<usize>() {
        Ok(index) => value.as_array()?.get(index),
        Err(_) => {
            value.as_map()?.iter().find(|(key, _)| key.as_str() == Some(step)).map(|(_, v)| v)
        }
    })
}

/// An error of tera's that has no place.
pub(super) fn placeless(message: &str) -> Diagnostic {
    let (message, help) = rendering_words(message, "");
    Diagnostic::error(message).help(help)
}

fn rendering_words(message: &str, shown: &str) -> (String, String) {
    let m = |text: &str| text.to_owned();
    if message == filters::UNDEFINED {
        return (
            format!("`{shown}` has no value here"),
            format!("ask first, with `<% if {shown} %>`, or correct the name"),
        );
    }
    if message == filters::NOTHING {
        return (
            format!("`{shown}` is empty here and would print nothing"),
            format!("ask first, with `<% if {shown} %>`"),
        );
    }
    if message == filters::RAW_NUMBER {
        return (
            format!("`{shown}` is a number for conditions, without digits chosen for the page"),
            m("print the field that holds its LaTeX; `| str` prints all binary digits"),
        );
    }
    if message == filters::LIST {
        return (
            format!("`{shown}` is a list, which cannot be printed as a whole"),
            format!(
                "write `<< {shown} | join_and >>`, or loop over it with `<% for x in {shown} %>`"
            ),
        );
    }
    if let Some(fields) = message.strip_prefix(filters::MAP) {
        let help = if fields.split(", ").any(|field| field == "value") {
            format!("print its number with `<< {shown}.value >>`; `{shown}` has: {fields}")
        } else {
            format!("print one of them: `{shown}` has: {fields}")
        };
        return (
            format!("`{shown}` is a group of values, which cannot be printed as a whole"),
            help,
        );
    }
    if let Some(rest) = message.strip_prefix("Variable `") {
        let name = rest.split('`').next().unwrap_or(rest);
        return (format!("`{name}` is not defined"), m("correct the name, or set it before"));
    }
    if message.contains("index into an undefined value") {
        return match shown.trim_end_matches(']').rsplit_once('[') {
            Some((list, index)) => (
                format!("{NO_ELEMENT}`{list}[{index}]`"),
                m("elements are counted from 0: `[2]` is the third"),
            ),
            // tera's place leaves out what has no value.
            None => {
                (m("what is to have elements here has no value"), m("ask first, with `<% if … %>`"))
            }
        };
    }
    if let Some(rest) = message.strip_prefix("Field `") {
        let name = rest.split('`').next().unwrap_or(rest);
        let fields = rest.split_once("Available fields: ").map(|(_, f)| f);
        // tera's place may leave out the last bracket.
        if let Some((list, index)) = shown.trim_end_matches(']').rsplit_once('[')
            && fields.is_none()
        {
            return (
                format!("{NO_ELEMENT}`{list}[{index}]`"),
                m("elements are counted from 0: `[2]` is the third"),
            );
        }
        return (
            format!("there is no `{name}` here"),
            fields.map_or(m("ask first, with `<% if … %>`"), |f| format!("what exists: {f}")),
        );
    }
    if let Some((expected, actual)) = message
        .strip_prefix("Invalid type for the value, expected `")
        .and_then(|rest| rest.split_once("` but got `"))
    {
        let (expected, actual) = (kind(expected), kind(actual.trim_end_matches('`')));
        return (
            format!("this is {actual}, but {expected} is needed"),
            format!("give {expected} here, or use another filter"),
        );
    }
    if let Some(rest) = message.strip_prefix("Missing keyword argument `") {
        let name = rest.trim_end_matches('`');
        return (
            format!("the argument `{name}` is missing"),
            format!("write it in parentheses behind the name: `({name}=…)`"),
        );
    }
    if message.contains("divide by 0") {
        return (m("this divides by zero"), m("ask first whether the divisor is zero"));
    }
    if message.starts_with("Argument `") && message.ends_with("missing.") {
        let name = message.split('`').nth(1).unwrap_or_default();
        return (
            format!("the component needs its argument `{name}`"),
            format!("write it in the call: `{name}=\"text\"` or `{name}={{value}}`"),
        );
    }
    if message.starts_with("Maximum render recursion") {
        return (m("components call one another without end"), m("take one of the calls out"));
    }
    let help = if message.starts_with("Math operations") || message.starts_with("`+`") {
        "sums are for numbers; to join texts write `~`"
    } else if message.starts_with("Cannot compare") {
        "compare a number with a number, a text with a text"
    } else if message.starts_with("Iteration not possible") {
        "a loop needs a list: `<% for x in list %>`"
    } else if message.contains("did not end within")
        || message.contains("kept with `set`")
        || message.contains("makes up to")
        || message.contains("print more than")
    {
        "a document needs far less: look for a loop that grows or calls itself"
    } else if message.contains("not defined in any parent") {
        "name it as a block of the template that this one extends"
    } else if message.to_lowercase().contains("component") {
        "give the component what its first line asks for"
    } else {
        "see the list of tags and filters in templates/README"
    };
    (lower_first(message.trim_end_matches('.')), m(help))
}

/// What tera says about several places at once, as a text of its own: the first of them, as its
/// message, template, line and column (both 1-based).
pub(super) fn first_report(text: &str) -> Option<(&str, &str, usize, usize)> {
    let (message, rest) = text.strip_prefix("error: ")?.split_once('\n')?;
    let place = rest.trim_start().strip_prefix("--> ")?.lines().next()?;
    let mut parts = place.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    Some((message, parts.next()?, line, column))
}

/// The document has grown past its limit.
pub(super) fn too_long() -> Diagnostic {
    Diagnostic::error(format!("the templates print more than {} MiB", limits::OUTPUT_BYTES >> 20))
        .help("a document needs far less: look for a loop that prints too much")
}

/// What a user calls a type.
fn kind(name: &str) -> &str {
    match name {
        "&str" | "str" | "string" | "String" | "text" => "a text",
        "bool" => "true or false",
        "array" | "Vec<Value>" | "&[Value]" => "a list",
        "map" | "Map" => "a group of values",
        "undefined" => "not defined",
        "none" => "empty",
        name if name.starts_with(['u', 'i']) => "a whole number",
        _ => "a number",
    }
}

pub(super) fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_lowercase().to_string()).unwrap_or_default() + chars.as_str()
}

/// A span that lies inside the text, on character boundaries.
pub(super) fn clamp(text: &str, span: Range<usize>) -> Range<usize> {
    let boundary = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = boundary(span.start);
    start..boundary(span.end).max(start)
}
