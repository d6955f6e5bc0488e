//! Every name that templates can use, with its meaning and its present value.
//!
//! The names and meanings are those of the view's types and their doc comments, by way of a JSON
//! Schema, so a field that is added is listed; the values are those of one view.

use std::sync::LazyLock;

use serde_json::Value;

use super::View;
use crate::diagnostic::{Diagnostic, Result};
use crate::templates::{choice, schema};

/// Lists of more elements are shown by their first and their last.
const ELEMENTS: usize = 6;
/// How much of a value is shown, in characters.
const VALUE_CHARS: usize = 36;
/// The fields by which a step is known; they are shown for one of them, [`STEP`].
pub(super) const STEP_FIELDS: [&str; 4] = ["symbol", "formula", "boxed", "rows"];
/// The step whose fields are listed one by one.
const STEP: &str = "b.loss";

/// The view's type.
static SCHEMA: LazyLock<Value> = LazyLock::new(schema::<View>);

/// A name as templates write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Such as `b.layers[0].dL_dw`.
    pub path: String,
    /// What it prints, shortened; `undefined` where it has no value.
    pub value: String,
    /// What it is.
    pub meaning: String,
}

/// Every name, in the order of the view. Of a step, the name stands for its fields.
///
/// # Errors
/// Where the view is no JSON: a fault of the program.
pub fn names(view: &View) -> Result<Vec<Name>> {
    let value = serde_json::to_value(view)
        .map_err(|error| Diagnostic::error(format!("the names have no values: {error}")))?;
    let mut found = Vec::new();
    fields(&SCHEMA, &value, "", &mut found);
    Ok(found)
}

/// What a name that leads through no list is, such as `b.noticed.trend`: the first sentence of its
/// documentation; empty for a name that does not exist.
pub fn meaning(path: &str) -> String {
    let field = path.split('.').try_fold(&*SCHEMA, |schema, name| {
        defined(schema).get("properties").and_then(|fields| fields.get(name))
    });
    let text = field.and_then(|field| field.get("description")).and_then(Value::as_str);
    first_paragraph(text.unwrap_or_default())
}

fn first_paragraph(description: &str) -> String {
    description.split("\n\n").next().unwrap_or_default().replace('\n', " ")
}

/// The fields of a group of values.
fn fields(schema: &Value, value: &Value, prefix: &str, found: &mut Vec<Name>) {
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, field) in properties.into_iter().flatten() {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        let meaning = field.get("description").and_then(Value::as_str).unwrap_or_default();
        entry(field, value.get(name).unwrap_or(&Value::Null), path, meaning, found);
    }
}

fn entry(schema: &Value, value: &Value, path: String, meaning: &str, found: &mut Vec<Name>) {
    let mut meaning = first_paragraph(meaning);
    if let Some(words) = choice(schema) {
        let words = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        meaning = format!("{}: {words}", meaning.trim_end_matches('.'));
    }
    let schema = defined(schema);
    let is_group = schema.get("properties").is_some();
    let mut say = |path: String, value: String| {
        found.push(Name { path, value, meaning: meaning.clone() });
    };
    if is_group && is_step(schema) {
        let printed = |field: &str| value.get(field).and_then(Value::as_str).unwrap_or_default();
        let rounded = if printed("eq") == "\\approx" { "≈ " } else { "" };
        let result = format!("{rounded}{}", printed("value"));
        say(path.clone(), if value.is_null() { "undefined".to_owned() } else { short(&result) });
        if path == STEP {
            fields(schema, value, &path, found);
        }
    } else if is_group && !value.is_null() {
        fields(schema, value, &path, found);
    } else if let (Some(items), Value::Array(list)) = (groups(schema), value) {
        say(path.clone(), format!("{} in a list", list.len()));
        for (index, item) in list.iter().enumerate() {
            if list.len() <= ELEMENTS || index == 0 || index + 1 == list.len() {
                let path = format!("{path}[{index}]");
                if is_step(items) {
                    entry(items, item, path, "", found);
                } else {
                    fields(items, item, &path, found);
                }
            }
        }
    } else {
        say(path, plain(value));
    }
}

/// What a value is where it is defined.
fn defined(schema: &Value) -> &Value {
    let choices = schema.get("anyOf").and_then(Value::as_array);
    choices.and_then(|all| all.iter().find(|one| one.get("properties").is_some())).unwrap_or(schema)
}

/// What the elements of a list are, where they are groups of values.
fn groups(schema: &Value) -> Option<&Value> {
    schema.get("items").map(defined).filter(|items| items.get("properties").is_some())
}

fn is_step(schema: &Value) -> bool {
    STEP_FIELDS.iter().all(|field| schema["properties"].get(field).is_some())
}

/// A value without fields, in a line.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "undefined".to_owned(),
        Value::String(text) if text.contains("\\begin{drawing}") => "a picture".to_owned(),
        Value::String(text) => short(text),
        Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
        Value::Array(items) => short(&items.iter().map(plain).collect::<Vec<_>>().join(", ")),
        other => short(&other.to_string()),
    }
}

fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(VALUE_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
