//! The values that templates see, made ready for tera.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use tera::{Context, Map, Value};

use super::{errors, instrument};
use crate::diagnostic::{Diagnostic, Result};

/// The view as tera's context and, whole, for checks.
pub(super) struct View {
    pub context: Context,
    /// The view with its empty fields, whose names count as known.
    pub whole: Value,
    /// Its type, as a JSON Schema.
    pub schema: serde_json::Value,
}

/// A type as a JSON Schema without references: its fields, their doc comments, and the words of
/// its enumerations.
pub fn schema<V: JsonSchema>() -> serde_json::Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.into_generator().into_root_schema_for::<V>().to_value()
}

/// Serialises a view. A field that is `None` is left out of the context: printing it is an error,
/// asking for it is not.
pub(super) fn view<V: Serialize + JsonSchema>(view: &V) -> Result<View> {
    let whole = Value::try_from_serializable(view).map_err(|e| {
        Diagnostic::error(format!("the values for the templates are unusable: {e}"))
    })?;
    if let Some((path, c)) = reserved(&whole, "") {
        return Err(Diagnostic::error(format!(
            "the text of `{path}` holds the private-use character U+{:X}",
            u32::from(c)
        ))
        .help("no font shows it: take it out")
        .into());
    }
    let mut context = Context::new();
    for (key, value) in whole.as_map().into_iter().flatten() {
        if let (Some(key), Some(value)) = (key.as_str(), without_empty(value)) {
            context.insert_value(key.to_owned(), value);
        }
    }
    Ok(View { context, whole, schema: schema::<V>() })
}

fn without_empty(value: &Value) -> Option<Value> {
    if value.is_none() {
        return None;
    }
    if let Some(map) = value.as_map() {
        let kept: Map =
            map.iter().filter_map(|(k, v)| Some((k.clone(), without_empty(v)?))).collect();
        return Some(Value::from(kept));
    }
    if let Some(list) = value.as_array() {
        let kept: Vec<Value> =
            list.iter().map(|v| without_empty(v).unwrap_or_else(Value::none)).collect();
        return Some(Value::from(kept));
    }
    Some(value.clone())
}

/// The first text that holds a character reserved for marks.
fn reserved(value: &Value, path: &str) -> Option<(String, char)> {
    if let Some(text) = value.as_str() {
        return text.chars().find(|c| instrument::is_reserved(*c)).map(|c| (path.to_owned(), c));
    }
    if let Some(list) = value.as_array() {
        return list.iter().enumerate().find_map(|(i, v)| reserved(v, &format!("{path}[{i}]")));
    }
    value.as_map()?.iter().find_map(|(k, v)| {
        let dot = if path.is_empty() { "" } else { "." };
        reserved(v, &format!("{path}{dot}{k}"))
    })
}

/// The names whose documentation has a word, such as `classification`, in it.
pub(super) fn described(word: &str, schema: &serde_json::Value) -> Option<String> {
    let plain = |text: &str| text.to_lowercase().replace(' ', "");
    let fields = schema.get("properties")?.as_object()?;
    let found: Vec<String> = (fields.iter())
        .filter_map(|(name, field)| {
            let meaning = field.get("description")?.as_str()?;
            let is_near = word.len() > 2 && plain(meaning).contains(&plain(word));
            let meaning = errors::lower_first(meaning.trim_end_matches('.'));
            is_near.then(|| format!("`{name}` is {meaning}"))
        })
        .collect();
    (!found.is_empty()).then(|| found.join(", "))
}
