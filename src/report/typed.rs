//! Decimals typed into templates that the program computes: they would stay when it computes others.

use std::collections::HashMap;
use std::f64::consts;

use serde_json::Value;

use super::names::STEP_FIELDS;
use super::{Answer, View};
use crate::diagnostic::{Diagnostic, Failure, Place, Result, Severity};
use crate::templates::Typed;

/// A decimal of fewer digits may be there by chance: it draws a warning, not an error.
const TELLING_DIGITS: usize = 3;
/// The same of a whole number, which may be a year.
const TELLING_WHOLE_DIGITS: usize = 5;

/// Constants of mathematics, which no input changes: π, e, √2 and ln 2.
const CONSTANTS: [f64; 4] = [consts::PI, consts::E, consts::SQRT_2, consts::LN_2];

/// A decimal without its sign: the digits without zeros around them, and the power of ten of the
/// first one.
type Key = (String, i32);
/// The same with its sign: whether there is a minus.
type Signed = (Key, bool);

/// Where the view has a number.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Source {
    /// What to write between `<<` and `>>`.
    field: String,
    /// A result of the program, not an input and not a number of the commentary.
    computed: bool,
    /// One of many in a matrix.
    is_entry: bool,
}

/// What to say of the numbers that templates have, each at its place: warnings, or errors where
/// one is a result with enough digits to be no chance. Of a whole number that is no result nothing
/// is said, nor of a label or a constant that is none.
///
/// # Errors
/// All errors; or where the view is no JSON: a fault of the program.
pub fn decimals(found: Vec<Typed>, asked: &[Answer], view: &View) -> Result<Vec<Diagnostic>> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let view = serde_json::to_value(view)
        .map_err(|error| Diagnostic::error(format!("the view is no JSON: {error}")))?;
    let known = Known::of(&view);
    let asked = by_digits(asked);
    let said = found.into_iter().filter_map(|typed| {
        let (one, has_minus) = said(&typed, &asked, &known)?;
        let mut place = Place { label: "typed by hand".into(), ..typed.place };
        // What is printed in its place has the minus, too.
        place.span.start = typed.sign.filter(|_| has_minus).unwrap_or(place.span.start);
        Some(one.at(place))
    });
    let (errors, warnings): (Vec<_>, Vec<_>) =
        said.partition(|one| one.severity == Severity::Error);
    if errors.is_empty() { Ok(warnings) } else { Err(Failure(errors)) }
}

/// What to say of one number, if anything, and whether what is named has a minus.
fn said(
    typed: &Typed,
    asked: &HashMap<Signed, &Answer>,
    known: &Known,
) -> Option<(Diagnostic, bool)> {
    let number = &typed.number;
    let digits = key(number, 0);
    let is_whole = !number.contains('.');
    let enough = if is_whole { TELLING_WHOLE_DIGITS } else { TELLING_DIGITS };
    let is_telling = digits.0.len() >= enough;
    let is_fixed = typed.is_label || is_constant(number);
    let constant =
        format!("a true constant stays if the line ends with `%! keep {number}` and the reason");
    let print = |field: &str| format!("print it with << {field} >>; {constant}");
    // What was typed without a minus is printed rather by a name that has none either.
    let print_signed = |field: &str, has_minus: bool| {
        let positive = known.exact.get(&(digits.clone(), false));
        match positive.filter(|_| has_minus && !typed.is_negative) {
            Some(source) => print(&source.field),
            None => print(field),
        }
    };
    let without = |has_minus: bool| {
        if has_minus && !typed.is_negative { " without its minus" } else { "" }
    };
    if let Some((answer, has_minus)) = signed(asked, &digits, typed.is_negative, |_| true)
        && (is_telling || !is_fixed)
    {
        let (Answer { name, value, .. }, sign) = (answer, without(has_minus));
        let one = if is_telling {
            Diagnostic::error(format!("{number} is computed by the program as {name}{sign}"))
        } else {
            Diagnostic::warning(format!(
                "{number} is typed by hand, and has the digits of {name}{sign}: other inputs change that"
            ))
        };
        return Some((one.help(print_signed(value, has_minus)), has_minus));
    }
    let source = signed(&known.exact, &digits, typed.is_negative, |source| source.computed);
    if let Some((Source { field, computed, .. }, has_minus)) = source
        && (*computed || !is_whole)
        && (is_telling || !is_fixed)
    {
        let sign = without(has_minus);
        let one = if *computed && is_telling {
            Diagnostic::error(format!("{number} is computed by the program as {field}{sign}"))
        } else if is_telling {
            Diagnostic::warning(format!(
                "{number} is typed by hand, and is {field}{sign}: other inputs change that"
            ))
        } else {
            Diagnostic::warning(format!(
                "{number} is typed by hand: if it is {field}{sign}, other inputs change it"
            ))
        };
        return Some((one.help(print_signed(field, has_minus)), has_minus));
    }
    if is_whole || is_fixed {
        return None;
    }
    if let Some(field) = known.rounded(number) {
        let message =
            format!("{number} is typed by hand, and is {field} rounded: other inputs change that");
        return Some((Diagnostic::warning(message).help(print(field)), false));
    }
    let message = format!("{number} is typed by hand: it stays the same for other inputs");
    let help = format!("print it by its name (`solve` lists them); {constant}");
    Some((Diagnostic::warning(message).help(help), false))
}

/// What has these digits, a result rather than anything else, and rather with this sign; and whether
/// it has a minus. (A minus that is typed may be an operator.)
fn signed<'m, T>(
    map: &'m HashMap<Signed, T>,
    digits: &Key,
    is_negative: bool,
    is_result: impl Fn(&T) -> bool,
) -> Option<(&'m T, bool)> {
    let with = |sign: bool| Some((map.get(&(digits.clone(), sign))?, sign));
    let found = [with(is_negative), with(!is_negative)].into_iter().flatten();
    found.min_by_key(|(found, _)| !is_result(found))
}

/// Whether a number of enough digits is a constant of mathematics, as rounded or cut off there.
fn is_constant(number: &str) -> bool {
    let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let is_it = |constant: &f64| {
        format!("{constant:.decimals$}") == number || constant.to_string().starts_with(number)
    };
    decimals + 1 >= TELLING_DIGITS && CONSTANTS.iter().any(is_it)
}

/// The answers by their digits; the first where several are the same.
fn by_digits(answers: &[Answer]) -> HashMap<Signed, &Answer> {
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
    exact: HashMap<Signed, Source>,
    /// The results, in the view's order.
    results: Vec<(Key, String)>,
}

impl Known {
    fn of(view: &Value) -> Self {
        let mut sources = Vec::new();
        walk(view, String::new(), &mut sources);
        let mut numbers: Vec<(Signed, Source)> = Vec::new();
        for (latex, source) in sources {
            numbers.extend(keys(&latex).into_iter().map(|key| (key, source.clone())));
        }
        // A result is named rather than a sentence that repeats it, and few digits are hardly those
        // of an entry.
        numbers.sort_by_key(|((key, _), source)| {
            (source.is_entry && key.0.len() < TELLING_DIGITS, !source.computed)
        });
        let mut known = Self { exact: HashMap::new(), results: Vec::new() };
        for (signed, source) in numbers {
            if source.computed {
                known.results.push((signed.0.clone(), source.field.clone()));
            }
            known.exact.entry(signed).or_insert(source);
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
            let mut is_matrix = false;
            for (i, row) in
                fields.get("entries").and_then(Value::as_array).into_iter().flatten().enumerate()
            {
                for (j, entry) in row.as_array().into_iter().flatten().enumerate() {
                    let field = format!("{path}.entries[{i}][{j}]");
                    let entry = entry.as_str().unwrap_or_default().to_owned();
                    found.push((entry, Source { field, computed, is_entry: true }));
                    is_matrix = true;
                }
            }
            if !is_matrix {
                let value = text("value");
                let is_entry = value.contains("\\begin");
                let source = Source { field: format!("{path}.value"), computed, is_entry };
                found.push((value.to_owned(), source));
            }
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
            found.push((text.clone(), Source { field: path, computed: false, is_entry: false }));
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
fn keys(latex: &str) -> Vec<Signed> {
    let mut keys = Vec::new();
    let mut rest = latex;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let is_negative = rest[..start].trim_end_matches('}').ends_with('-');
        rest = &rest[start..];
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        rest = after;
        keys.push((key(digits, 0), is_negative));
        if let Some((power, after)) =
            after.strip_prefix("\\times 10^{").and_then(|power| power.split_once('}'))
            && let Ok(power) = power.parse()
        {
            keys.push((key(digits, power), is_negative));
            rest = after;
        }
    }
    keys.retain(|((digits, _), _)| !digits.is_empty());
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
            [(key("0.3", 0), true), (key("1.5", 0), true), (key("0.0015", 0), true)]
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
        let found = |number: &str| {
            let typed = key(number, 0);
            let (source, _) = signed(&known.exact, &typed, false, |source| source.computed)?;
            Some((source.field.as_str(), source.computed))
        };
        assert_eq!(found("0.517"), Some(("layers[0].z.value", true)));
        assert_eq!(found("0.250"), Some(("layers[0].w.value", false)));
        assert_eq!(found("0.1"), Some(("noticed.step", false)));
        assert_eq!(found("0.9"), None);
    }
}
