//! Texts that a condition compares a value with, where the value has a choice of a few words only:
//! one that can never occur would be a sentence that is never printed, and nobody would notice.

use std::collections::HashMap;
use std::ptr;

use serde_json::Value as Schema;
use tera::Value;

use super::near;
use super::scan::{Tok, Token};

/// For every value of a view whose type is an enumeration, the words that it may have.
#[derive(Debug)]
pub(super) struct Words(HashMap<*const Value, Vec<String>>);

impl Words {
    /// Of a view, by the JSON Schema of its type.
    pub fn new(schema: &Schema, view: &Value) -> Self {
        let mut words = Self(HashMap::new());
        words.collect(schema, view);
        words
    }

    fn collect(&mut self, schema: &Schema, value: &Value) {
        if let Some(choice) = choice(schema) {
            self.0.insert(ptr::from_ref(value), choice);
            return;
        }
        for part in parts(schema) {
            self.collect(part, value);
        }
        let fields = schema.get("properties").and_then(Schema::as_object).into_iter().flatten();
        for (name, field) in fields {
            let all = value.as_map().into_iter().flatten();
            for (_, inner) in all.filter(|(key, _)| key.as_str() == Some(name)) {
                self.collect(field, inner);
            }
        }
        if let Some(items) = schema.get("items") {
            value.as_array().into_iter().flatten().for_each(|inner| self.collect(items, inner));
        }
    }

    /// The words that each of these values may have, unless one of them may have any.
    pub fn of(&self, values: &[&Value]) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for value in values {
            let Some(words) = self.0.get(&ptr::from_ref(*value)) else { return Vec::new() };
            found.extend(words.iter().map(String::as_str));
        }
        let mut seen = std::collections::HashSet::new();
        found.retain(|word| seen.insert(*word));
        found
    }
}

/// What a value may be one of, as for `Option`.
fn parts(schema: &Schema) -> impl Iterator<Item = &Schema> {
    ["anyOf", "oneOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten()
}

/// The words that a schema allows, if it allows nothing else (but no value at all).
pub fn choice(schema: &Schema) -> Option<Vec<String>> {
    let texts = |values: &[Schema]| {
        values.iter().filter_map(Schema::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    if let Some(words) = schema.get("enum").and_then(Schema::as_array) {
        return Some(texts(words));
    }
    if let Some(word) = schema.get("const") {
        return Some(texts(std::slice::from_ref(word)));
    }
    let mut words = Vec::new();
    for part in parts(schema) {
        if part.get("type").and_then(Schema::as_str) != Some("null") {
            words.extend(choice(part)?);
        }
    }
    (!words.is_empty()).then_some(words)
}

/// The texts with which an expression compares the value that stands at `start..end`.
pub(super) fn compared<'t, 'a>(
    tokens: &'t [Token<'a>],
    start: usize,
    end: usize,
) -> Vec<&'t Token<'a>> {
    let is_equality = |at: usize| tokens.get(at).is_some_and(|t| t.is("==") || t.is("!="));
    let text = |at: usize| tokens.get(at).filter(|t| matches!(t.tok, Tok::Str(_)));
    let mut found = Vec::new();
    if begins(tokens, start) && is_equality(end) && ends(tokens, end + 2) {
        found.extend(text(end + 1));
    }
    if start >= 2 && is_equality(start - 1) && begins(tokens, start - 2) && ends(tokens, end) {
        found.extend(text(start - 2));
    }
    let negated = usize::from(tokens.get(end).and_then(Token::ident) == Some("not"));
    let list = end + negated;
    if begins(tokens, start)
        && tokens.get(list).and_then(Token::ident) == Some("in")
        && tokens.get(list + 1).is_some_and(|t| t.is("["))
    {
        let inside = tokens[list + 2..].iter().take_while(|t| !t.is("]"));
        found.extend(inside.filter(|t| matches!(t.tok, Tok::Str(_))));
    }
    found
}

/// Whether the token at `at` is compared with what stands before or behind it.
pub(super) fn is_compared(tokens: &[Token<'_>], at: usize) -> bool {
    let is_equality = |at: usize| tokens.get(at).is_some_and(|t| t.is("==") || t.is("!="));
    is_equality(at + 1) || at.checked_sub(1).is_some_and(is_equality)
}

/// Whether an operand of a comparison can begin at `start`: no part of it stands before.
pub(super) fn begins(tokens: &[Token<'_>], start: usize) -> bool {
    start.checked_sub(1).is_none_or(|before| is_between(&tokens[before]))
}

/// Whether an operand of a comparison can end before `end`: no part of it stands there.
pub(super) fn ends(tokens: &[Token<'_>], end: usize) -> bool {
    tokens.get(end).is_none_or(is_between)
}

/// Whether a token stands between operands of comparisons, so that none reaches beyond it.
fn is_between(token: &Token<'_>) -> bool {
    match token.tok {
        Tok::Ident(word) => matches!(word, "and" | "or" | "not" | "if" | "elif" | "else"),
        Tok::Op(op) => matches!(op, "(" | ")" | "[" | "]" | ","),
        _ => false,
    }
}

/// What is said of a text that a value with these words can never be.
pub(super) fn never(path: &str, text: &str, words: &[&str]) -> (String, String) {
    let near = near::did_you_mean(text, words.iter().copied()).map(|n| n + " ").unwrap_or_default();
    let all: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    (format!("`{path}` is never `{text}`"), format!("{near}it is one of: {}", all.join(", ")))
}
