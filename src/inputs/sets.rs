//! `--set KEY=VALUE`: values laid over those of the file.

use std::ops::Range;

use toml::de::DeTable;

use super::findings::{Findings, Span};
use super::keys::{self, Kind};
use super::syntax;
use super::tree::{Entry, Node, Value};

/// One step of a key such as `problem1.W[0][1]`.
#[derive(Debug)]
enum Step {
    Key(String),
    /// From zero, as in most programming languages.
    Index(usize),
}

/// No key of the file has more steps; the limit keeps the tree from growing deep.
const MAX_STEPS: usize = 8;

/// The steps of a key, each with its bytes in the argument.
type Path = Vec<(Step, Range<usize>)>;

/// Reads the argument number `source` and lays it over `root`; errors go to `findings`.
pub(super) fn apply(root: &mut Node, source: usize, findings: &mut Findings) {
    let text = findings.text(source);
    let Some(equals) = find_equals(&text) else {
        findings.error(
            Span::new(source, 0..text.len()),
            "--set needs a key and a value",
            "write --set 'KEY=VALUE', for example --set 'problem1.step_size=0.05'",
        );
        return;
    };
    let path = match read_path(&text[..equals]) {
        Ok(path) => path,
        Err(range) => {
            findings.error(
                Span::new(source, range),
                "this is not a key",
                "write the names of the tables and the key with points between them, for example \
                 problem2.classification.w, or problem1.W[0][1] for one entry",
            );
            return;
        }
    };
    let Some(node) = read_value(&text, equals, &path, source, findings) else { return };
    if let Err((range, message, help)) = assign(root, &path, node, source) {
        findings.error(Span::new(source, range), message, help);
    }
}

/// The first `=` outside quotes.
fn find_equals(text: &str) -> Option<usize> {
    let mut quote = None;
    text.bytes().position(|byte| {
        match (quote, byte) {
            (None, b'=') => return true,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        false
    })
}

/// Splits a key into its steps, or gives the bytes that do not belong.
fn read_path(text: &str) -> Result<Path, Range<usize>> {
    let mut path = Path::new();
    let mut at = 0;
    let bytes = text.as_bytes();
    let skip_spaces = |at: &mut usize| {
        while bytes.get(*at).is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
            *at += 1;
        }
    };
    loop {
        skip_spaces(&mut at);
        let start = at;
        let name = match bytes.get(at) {
            Some(quote @ (b'"' | b'\'')) => {
                let inside = &text[at + 1..];
                let length = inside.find(char::from(*quote)).ok_or(start..text.len())?;
                at += length + 2;
                &inside[..length]
            }
            _ => {
                let is_bare = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
                at += bytes[at..].iter().take_while(|byte| is_bare(byte)).count();
                &text[start..at]
            }
        };
        if at == start || path.len() >= MAX_STEPS {
            return Err(start..text.len());
        }
        path.push((Step::Key(name.to_owned()), start..at));
        skip_spaces(&mut at);
        while bytes.get(at) == Some(&b'[') {
            let start = at;
            let close = text[at..].find(']').ok_or(start..text.len())?;
            at += close + 1;
            if path.len() >= MAX_STEPS {
                return Err(start..text.len());
            }
            let index = text[start + 1..at - 1].trim().parse().map_err(|_| start..at)?;
            path.push((Step::Index(index), start..at));
            skip_spaces(&mut at);
        }
        match bytes.get(at) {
            None => return Ok(path),
            Some(b'.') => at += 1,
            Some(_) => return Err(at..text.len()),
        }
    }
}

/// The names of a path with points between them, without indices.
fn dotted(path: &[(Step, Range<usize>)]) -> String {
    let names = path.iter().filter_map(|(step, _)| match step {
        Step::Key(name) => Some(name.as_str()),
        Step::Index(_) => None,
    });
    names.collect::<Vec<_>>().join(".")
}

/// Reads what stands after the `=` as a TOML value, or as the text itself where the key wants a
/// text and the words are no TOML.
fn read_value(
    text: &str,
    equals: usize,
    path: &Path,
    source: usize,
    findings: &mut Findings,
) -> Option<Node> {
    // With the key blanked out to one letter and spaces, the argument is a TOML line whose bytes
    // count as the argument's do.
    let line = format!("x{}{}", " ".repeat(equals.saturating_sub(1)), &text[equals..]);
    let (mut table, errors) = DeTable::parse_recoverable(&line);
    let value = table.get_mut().remove("x").filter(|_| errors.is_empty());
    let key = keys::find(&dotted(path));
    match value {
        Some(value) if table.get_ref().is_empty() => return Some(Node::new(value, source)),
        _ => {}
    }
    let typed = text[equals + 1..].trim();
    let start = text.len() - text[equals + 1..].trim_start().len();
    let range = start..start + typed.len();
    let is_text = key.is_some_and(|key| key.kind == Kind::Text);
    if is_text && !typed.starts_with(['"', '\'', '[', '{']) {
        return Some(Node { at: Span::new(source, range), value: Value::Text(typed.to_owned()) });
    }
    let (range, message) = match errors.first() {
        _ if typed.is_empty() => (equals..text.len(), "there is no value after `=`".to_owned()),
        Some(error) => {
            let complaint = syntax::complaint(error, &line);
            (complaint.range, complaint.message)
        }
        None => (range, "one argument sets one key".to_owned()),
    };
    let example = key.or_else(|| keys::find("problem1.step_size"));
    let help = example.map_or_else(String::new, |key| {
        format!("write a TOML value, for example --set '{}={}'", key.path, key.example)
    });
    findings.error(Span::new(source, range), message, help);
    None
}

/// Why a value cannot be put at its place: bytes of the argument, message, help.
type Misplaced = (Range<usize>, String, String);

/// Puts `node` at `path`. Tables on the way are made where they are missing; whether they may be
/// there is checked with the rest.
fn assign(root: &mut Node, path: &Path, node: Node, source: usize) -> Result<(), Misplaced> {
    let mut here = root;
    for (depth, (step, range)) in path.iter().enumerate() {
        let at = Span::new(source, range.clone());
        let parent = dotted(&path[..depth]);
        here = match step {
            Step::Key(name) => {
                let found = here.description();
                child(here, name, at).ok_or_else(|| not_a_table(range.clone(), &parent, found))?
            }
            Step::Index(index) => {
                let Value::List(items) = &mut here.value else {
                    return Err(not_a_list(range.clone(), &parent));
                };
                let count = items.len();
                items.get_mut(*index).ok_or_else(|| no_such_item(range.clone(), &parent, count))?
            }
        };
    }
    *here = node;
    Ok(())
}

/// The entry `name` of a table, made where it is not there; nothing where this is no table.
fn child<'a>(here: &'a mut Node, name: &str, at: Span) -> Option<&'a mut Node> {
    let Value::Table(entries) = &mut here.value else { return None };
    if let Some(found) = entries.iter().position(|entry| entry.key == name) {
        return entries.get_mut(found).map(|entry| &mut entry.node);
    }
    let node = Node { at, value: Value::Table(Vec::new()) };
    entries.push(Entry { key: name.to_owned(), at, node });
    entries.last_mut().map(|entry| &mut entry.node)
}

fn not_a_table(range: Range<usize>, key: &str, found: &str) -> Misplaced {
    let help = "remove this part of the key".to_owned();
    (range, format!("`{key}` has no keys of its own: it is {found}"), help)
}

fn not_a_list(range: Range<usize>, key: &str) -> Misplaced {
    let help = match keys::find(key) {
        Some(key) => {
            format!("set the whole value, for example --set '{}={}'", key.path, key.example)
        }
        None => "an index stands after a list of the file, as in problem1.W[0][1]".to_owned(),
    };
    (range, format!("`{key}` has no entries that could be numbered here"), help)
}

fn no_such_item(range: Range<usize>, key: &str, count: usize) -> Misplaced {
    let help = match count.checked_sub(1) {
        Some(last) => format!("indices count from 0: write [0] to [{last}]"),
        None => "the list is empty: set the whole value".to_owned(),
    };
    (range, format!("`{key}` has no such entry"), help)
}
