//! Comparisons of values of different kinds: they are never true, and nobody would notice; or tera
//! stops at them with words of its own.

use tera::Value;

use super::scan::{Tok, Token};
use super::words::{begins, ends};

const OPERATORS: [&str; 6] = ["==", "!=", "<", ">", "<=", ">="];

/// What all that a value may be have in common, as far as it can be compared.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Bool,
    Text,
    Group,
}

/// A comparison that makes no sense: message and help.
pub(super) type Senseless = (String, String);

/// What is wrong with the comparison of the value that stands at `start..end`, if anything;
/// `number` says what number to compare instead.
pub(super) fn senseless(
    values: &[&Value],
    tokens: &[Token<'_>],
    start: usize,
    end: usize,
    path: &str,
    number: impl Fn() -> String,
) -> Option<Senseless> {
    let (operator, other) = comparison(tokens, start, end)?;
    // Of two names that are wrong the first is told.
    let is_first = tokens.get(end).is_some_and(|token| token.is(operator));
    let is_ordered = operator.starts_with(['<', '>']) && is_first;
    let kind = kind(values)?;
    match (kind, other) {
        (Kind::Number, Some(Tok::Str(text))) => {
            let help = match text.parse::<f64>() {
                Ok(_) => format!("write it without quotes: `{path} {operator} {text}`"),
                Err(_) => "compare it with a number".to_owned(),
            };
            Some((format!("`{path}` is a number, and never the text `{text}`"), help))
        }
        (Kind::Bool, Some(Tok::Str(text))) => Some((
            format!("`{path}` is true or false, and never the text `{text}`"),
            format!("write `{path}` alone, or `not {path}`"),
        )),
        (Kind::Text, Some(Tok::Num(_))) => Some(no_number(path, "a text for the page", number())),
        (Kind::Text, _) if is_ordered => Some(no_number(path, "a text for the page", number())),
        (Kind::Group, Some(Tok::Num(_) | Tok::Str(_))) => {
            Some(no_number(path, "a group of values", number()))
        }
        (Kind::Group, _) if is_ordered => Some(no_number(path, "a group of values", number())),
        _ => None,
    }
}

fn no_number(path: &str, what: &str, help: String) -> Senseless {
    (format!("`{path}` is {what}, not a number"), help)
}

fn kind(values: &[&Value]) -> Option<Kind> {
    let mut kinds = values.iter().filter(|value| !value.is_none()).map(|value| {
        if value.is_number() {
            Some(Kind::Number)
        } else if value.is_bool() {
            Some(Kind::Bool)
        } else if value.is_string() {
            Some(Kind::Text)
        } else {
            value.is_map().then_some(Kind::Group)
        }
    });
    let first = kinds.next()??;
    kinds.all(|kind| kind == Some(first)).then_some(first)
}

/// The operator with which a value is compared, and the other side where that is a single token.
fn comparison<'t>(
    tokens: &[Token<'t>],
    start: usize,
    end: usize,
) -> Option<(&'t str, Option<Tok<'t>>)> {
    let operator = |at: usize| match tokens.get(at)?.tok {
        Tok::Op(op) if OPERATORS.contains(&op) => Some(op),
        _ => None,
    };
    let single = |at: usize, alone: bool| tokens.get(at).filter(|_| alone).map(|token| token.tok);
    if let Some(operator) = operator(end).filter(|_| begins(tokens, start)) {
        return Some((operator, single(end + 1, ends(tokens, end + 2))));
    }
    let operator = operator(start.checked_sub(1)?).filter(|_| ends(tokens, end))?;
    let other = start.checked_sub(2)?;
    Some((operator, single(other, begins(tokens, other))))
}
