//! Decimals typed into templates that the program computes: they would stay when it computes others.

use std::collections::HashMap;

use serde_json::Value;

use super::names::STEP_FIELDS;
use super::{Answer, View};
use crate::diagnostic::{Diagnostic, Failure, Place, Result, Severity};

/// A decimal of fewer digits may be there by chance: it draws a warning, not an error.
const TELLING_DIGITS: usize = 3;
/// The same of a whole number, which may be a year.
const TELLING_WHOLE_DIGITS: usize = 5;

/// A decimal without its sign: the digits without zeros around them, and the power of ten of the
/// first one.
type Key = (String, i32);

/// Where the view has a number.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Source {
    /// What to write between `<<` and `>>`.
    field: String,
    /// A result of the program, not an input and not a number of the commentary.
    computed: bool,
}

/// What to say of the numbers that templates have, each with its place: warnings, or errors where
/// one is a result with enough digits to be no chance. Of a whole number that is no result nothing
/// is said.
///
/// # Errors
/// All errors; or where the view is no JSON: a fault of the program.
pub fn decimals(
    found: Vec<(Place, String)>,
    asked: &[Answer],
    view: &View,
) -> Result<Vec<Diagnostic>> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let view = serde_json::to_value(view)
        .map_err(|error| Diagnostic::error(format!("the view is no JSON: {error}")))?;
    let known = Known::of(&view);
    let asked = by_digits(asked);
    let said = found.into_iter().filter_map(|(place, number)| {
        let place = Place { label: "typed by hand".into(), ..place };
        said(&number, &asked, &known).map(|one| one.at(place))
    });
    let (errors, warnings): (Vec<_>, Vec<_>) =
        said.partition(|one| one.severity == Severity::Error);
    if errors.is_empty() { Ok(warnings) } else { Err(Failure(errors)) }
}

/// What to say of one number, if anything.
fn said(number: &str, asked: &HashMap<Key, &Answer>, known: &Known) -> Option<Diagnostic> {
    let typed = key(number, 0);
    let is_whole = !number.contains('.');
    let constant =
        format!("a true constant stays if the line ends with `%! keep {number}` and the reason");
    if let Some(answer) = asked.get(&typed) {
        let Answer { name, field, .. } = answer;
        let one = if typed.0.len() < TELLING_DIGITS {
            Diagnostic::warning(format!(
                "{number} is typed by hand, and has the digits of {name}: other inputs change that"
            ))
        } else {
            Diagnostic::error(format!("{number} is computed by the program as {name}"))
        };
        return Some(one.help(format!(
            "print it with << {field}.value >>, so that it stays true for other inputs; {constant}"
        )));
    }
    let print = |field: &str| format!("print it with << {field} >>; {constant}");
    let source = known.exact.get(&typed).filter(|source| source.computed || !is_whole);
    if let Some(Source { field, computed }) = source {
        let enough = if is_whole { TELLING_WHOLE_DIGITS } else { TELLING_DIGITS };
        let one = if *computed && typed.0.len() >= enough {
            Diagnostic::error(format!("{number} is computed by the program as {field}"))
        } else {
            Diagnostic::warning(format!(
                "{number} is typed by hand, and is {field}: other inputs change that"
            ))
        };
        return Some(one.help(print(field)));
    }
    if is_whole {
        return None;
    }
    if let Some(field) = known.rounded(number) {
        let message =
            format!("{number} is typed by hand, and is {field} rounded: other inputs change that");
        return Some(Diagnostic::warning(message).help(print(field)));
    }
    let message = format!("{number} is typed by hand: it stays the same for other inputs");
    let help = format!("print it by its name (`solve` lists them); {constant}");
    Some(Diagnostic::warning(message).help(help))
}

/// The answers by their digits; the first where several are the same.
fn by_digits(answers: &[Answer]) -> HashMap<Key, &Answer> {
    let mut found = HashMap::new();
    for answer in answers {
        for key in keys(&answer.latex) {
            found.entry(key).or_insert(answer);
        }
    }
    found
}

/// The numbers of the view.
struct Known {
    /// By their digits; the first in the view's order where several are the same.
    exact: HashMap<Key, Source>,
    /// The results, in the view's order.
    results: Vec<(Key, String)>,
}

impl Known {
    fn of(view: &Value) -> Self {
        let mut sources = Vec::new();
        walk(view, String::new(), &mut sources);
        // A result is named rather than a sentence that repeats it.
        sources.sort_by_key(|(_, source)| !source.computed);
        let mut known = Self { exact: HashMap::new(), results: Vec::new() };
        for (latex, source) in sources {
            for key in keys(&latex) {
                if source.computed {
                    known.results.push((key.clone(), source.field.clone()));
                }
                known.exact.entry(key).or_insert_with(|| source.clone());
            }
        }
        known
    }

    /// The result that this number is when it has as few digits, if they are enough to be telling.
    fn rounded(&self, number: &str) -> Option<&str> {
        let digits = number.replace('.', "").trim_start_matches('0').len();
        if digits < TELLING_DIGITS {
            return None;
        }
        let typed = key(number, 0);
        // Rounding up may carry into the next power of ten.
        let is_near = |exponent: i32| exponent == typed.1 || exponent + 1 == typed.1;
        let is_it = |(key, _): &&(Key, String)| {
            is_near(key.1) && round(key, digits).is_some_and(|key| key == typed)
        };
        let found = self.results.iter().find(is_it);
        found.map(|(_, field)| field.as_str())
    }
}

/// A number with more digits than that, rounded to so many.
fn round((digits, exponent): &Key, to: usize) -> Option<Key> {
    let next = digits.as_bytes().get(to)?;
    let kept: u128 = digits[..to].parse().ok()?;
    let rounded = (kept + u128::from(*next >= b'5')).to_string();
    let carried = (rounded.len() - to) as i32;
    Some((rounded.trim_end_matches('0').to_owned(), exponent + carried))
}

/// Steps, and values that are a number and nothing else, with their LaTeX.
fn walk(value: &Value, path: String, found: &mut Vec<(String, Source)>) {
    match value {
        Value::Object(fields) if STEP_FIELDS.iter().all(|field| fields.contains_key(*field)) => {
            let text = |field: &str| fields.get(field).and_then(Value::as_str).unwrap_or_default();
            // Of an input, the formula is its symbol.
            let computed = text("formula") != text("symbol");
            let source = Source { field: format!("{path}.value"), computed };
            found.push((text("value").to_owned(), source));
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let dot = if path.is_empty() { "" } else { "." };
                walk(field, format!("{path}{dot}{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, format!("{path}[{index}]"), found);
            }
        }
        Value::String(text) if is_number(text) => {
            found.push((text.clone(), Source { field: path, computed: false }));
        }
        _ => {}
    }
}

fn is_number(latex: &str) -> bool {
    latex.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit())
        && latex.chars().all(|c| c.is_ascii_digit() || "-.{}^\\times ".contains(c))
}

/// The numbers in some LaTeX, such as a matrix, but for zeros; of one with a power of ten also its
/// digits alone.
fn keys(latex: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = latex;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        rest = &rest[start..];
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        rest = after;
        keys.push(key(digits, 0));
        if let Some((power, after)) =
            after.strip_prefix("\\times 10^{").and_then(|power| power.split_once('}'))
            && let Ok(power) = power.parse()
        {
            keys.push(key(digits, power));
            rest = after;
        }
    }
    keys.retain(|(digits, _)| !digits.is_empty());
    keys
}

/// Of digits with or without a point, times a power of ten.
fn key(digits: &str, power: i32) -> Key {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let kept = all.trim_start_matches('0');
    let zeros = (all.len() - kept.len()) as i32;
    (kept.trim_end_matches('0').to_owned(), power + whole.len() as i32 - zeros)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_the_same_by_value() {
        assert_eq!(key("0.780", 0), key("0.78", 0));
        assert_eq!(key("12.0", 0), key("12", 0));
        assert_eq!(key("0.0013636", 0), key("1.3636", -3));
        assert_ne!(key("0.78", 0), key("7.8", 0));
        assert_eq!(
            keys("\\begin{bmatrix} -0.3 & 0 & {-}1.5\\times 10^{-3} \\end{bmatrix}"),
            [key("0.3", 0), key("1.5", 0), key("0.0015", 0)]
        );
    }

    #[test]
    fn a_result_is_known_with_fewer_digits() {
        let step =
            json!({"symbol": "L", "formula": "f", "value": "0.52186", "boxed": "", "rows": ""});
        let high =
            json!({"symbol": "L", "formula": "f", "value": "-9.9962", "boxed": "", "rows": ""});
        let known = Known::of(&json!({"loss": step, "high": high}));
        for (number, field) in [
            ("0.5219", Some("loss.value")),
            ("0.522", Some("loss.value")),
            ("10.0", Some("high.value")),
            ("0.52", None),
            ("0.521", None),
            ("0.52186", None),
        ] {
            assert_eq!(known.rounded(number), field, "{number}");
        }
    }

    #[test]
    fn results_are_named_before_inputs_and_commentary() {
        let step = |symbol: &str, formula: &str, value: &str| json!({"symbol": symbol, "formula": formula, "value": value, "boxed": "", "rows": ""});
        let view = json!({
            "noticed": {"largest": "0.517", "note": "0.9 of it", "step": "0.1"},
            "layers": [{"w": step("w_1", "w_1", "0.25"), "z": step("z_1", "w_1 x", "-0.5170")}],
        });
        let known = Known::of(&view);
        let found =
            |number: &str| known.exact.get(&key(number, 0)).map(|s| (s.field.as_str(), s.computed));
        assert_eq!(found("0.517"), Some(("layers[0].z.value", true)));
        assert_eq!(found("0.250"), Some(("layers[0].w.value", false)));
        assert_eq!(found("0.1"), Some(("noticed.step", false)));
        assert_eq!(found("0.9"), None);
    }
}
