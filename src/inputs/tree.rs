//! TOML values with the places they were typed at, and numbers read exactly.

use dashu_int::UBig;
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};
use toml::value::Datetime;

use super::decimal::{Decimal, DecimalError};
use super::findings::Span;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// For a table with a header: the header; otherwise the whole value.
    pub at: Span,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Table(Vec<Entry>),
    List(Vec<Node>),
    Number(Result<Decimal, DecimalError>),
    Text(String),
    Boolean,
    Date(Datetime),
}

/// One key of a table, and where the key stands.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub key: String,
    pub at: Span,
    pub node: Node,
}

impl Node {
    /// The value, typed in the text number `source`.
    pub fn new(value: Spanned<DeValue<'_>>, source: usize) -> Self {
        let at = Span::new(source, value.span());
        let value = match value.into_inner() {
            DeValue::Table(table) => Self::table(table, at).value,
            DeValue::Array(array) => {
                Value::List(array.into_iter().map(|item| Self::new(item, source)).collect())
            }
            DeValue::Integer(integer) => Value::Number(read_integer(&integer)),
            DeValue::Float(float) => Value::Number(float.as_str().parse()),
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Boolean(_) => Value::Boolean,
            DeValue::Datetime(date) => Value::Date(date),
        };
        Self { at, value }
    }

    /// A table whose header, or else whose whole text, is at `at`.
    pub fn table(table: DeTable<'_>, at: Span) -> Self {
        let entries = table.into_iter().map(|(key, node)| Entry {
            at: Span::new(at.source, key.span()),
            key: key.into_inner().into_owned(),
            node: Self::new(node, at.source),
        });
        Self { at, value: Value::Table(entries.collect()) }
    }

    /// The node under `key`, where this is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Table(entries) => {
                entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
            }
            _ => None,
        }
    }

    /// What this is, in the words of an error message.
    pub fn description(&self) -> &'static str {
        match self.value {
            Value::Table(_) => "a table",
            Value::List(_) => "a list",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::Boolean => "a boolean",
            Value::Date(_) => "a date",
        }
    }
}

/// An integer in any of TOML's bases.
fn read_integer(integer: &DeInteger<'_>) -> Result<Decimal, DecimalError> {
    if integer.radix() == 10 {
        return integer.as_str().parse();
    }
    // 10^20 has 67 binary digits, so whatever is longer than 80 is too large in every base.
    let digits = integer.as_str().trim_start_matches('0');
    match digits.len() {
        0 => Ok(Decimal::zero()),
        1..=80 => {
            let magnitude = UBig::from_str_radix(digits, integer.radix());
            Decimal::from_parts(magnitude.map_err(|_| DecimalError::Malformed)?, 0)
        }
        _ => Err(DecimalError::TooLarge),
    }
}
