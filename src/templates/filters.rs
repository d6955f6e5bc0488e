//! What templates can do with a value: the filters worth knowing, each with an example.

use tera::{Error, Kwargs, Map, State, StringInput, Tera, TeraResult, Value};

use super::escape;

/// What a table of the filters says about one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterDoc {
    pub name: &'static str,
    /// The names of its arguments.
    pub arguments: &'static [&'static str],
    /// What it does, one sentence.
    pub meaning: &'static str,
    /// A template that uses it.
    pub example: &'static str,
    /// What that template prints.
    pub result: &'static str,
}

const fn doc(
    name: &'static str,
    arguments: &'static [&'static str],
    meaning: &'static str,
    example: &'static str,
    result: &'static str,
) -> FilterDoc {
    FilterDoc { name, arguments, meaning, example, result }
}

/// The filters that templates can use.
pub const FILTERS: &[FilterDoc] = &[
    doc(
        "words",
        &[],
        "a whole number in words, up to twelve; larger ones in digits",
        "<< 3 | words >> layers",
        "three layers",
    ),
    doc(
        "ordinal",
        &[],
        "a place in a row, in words up to twelfth",
        "the << 2 | ordinal >> layer",
        "the second layer",
    ),
    doc(
        "plural",
        &["one", "many"],
        "one word for 1, another for every other number",
        r#"<< 2 | plural(one="layer", many="layers") >>"#,
        "layers",
    ),
    doc(
        "join_and",
        &[],
        "a list as a phrase: commas, and `and` before the last",
        r#"<< ["a", "b", "c"] | join_and >>"#,
        "a, b and c",
    ),
    doc(
        "join",
        &["sep"],
        "a list with a separator between its elements",
        r#"<< ["a", "b"] | join(sep="; ") >>"#,
        "a; b",
    ),
    doc(
        "capitalize",
        &[],
        "the first letter large; the rest stays as it is",
        r#"<< "the ReLU" | capitalize >>"#,
        "The ReLU",
    ),
    doc(
        "tex",
        &[],
        "escapes a text for LaTeX, as happens by itself to every text that is printed",
        r#"<< "50%" | tex >>"#,
        r"50\%",
    ),
    doc(
        "safe",
        &[],
        "takes a text as LaTeX instead of escaping it",
        r#"<< "\\alpha" | safe >>"#,
        r"\alpha",
    ),
    doc(
        "default",
        &["value", "boolean"],
        "another value where a name is not defined",
        r#"<< nothing | default(value="none") >>"#,
        "none",
    ),
    doc(
        "length",
        &[],
        "how many elements a list has, or characters a text",
        "<< [5, 6, 7] | length >>",
        "3",
    ),
    doc("first", &[], "the first element of a list", "<< [5, 6, 7] | first >>", "5"),
    doc("last", &[], "the last element of a list", "<< [5, 6, 7] | last >>", "7"),
    doc("nth", &["n"], "the element at a place, counted from 0", "<< [5, 6, 7] | nth(n=1) >>", "6"),
    doc(
        "reverse",
        &[],
        "a list from its end to its beginning",
        r#"<< [5, 6, 7] | reverse | join(sep=" ") >>"#,
        "7 6 5",
    ),
    doc("abs", &[], "a number without its sign", "<< -3 | abs >>", "3"),
    doc("int", &["base"], "a text or a number as a whole number", r#"<< ("4" | int) + 1 >>"#, "5"),
    doc("str", &[], "a number as text, with all its digits", "<< 0.5 | str >>", "0.5"),
    doc("trim", &["pat"], "a text without white space around it", r#"<< "  a " | trim >>"#, "a"),
    doc("upper", &[], "a text in capitals", r#"<< "a" | upper >>"#, "A"),
    doc("lower", &[], "a text in small letters", r#"<< "A" | lower >>"#, "a"),
    doc(
        "replace",
        &["from", "to"],
        "a text with one part exchanged",
        r#"<< "a-b" | replace(from="-", to="+") >>"#,
        "a+b",
    ),
    doc("keys", &[], "the names in a map, as a list", r#"<< {"a": 1} | keys | join >>"#, "a"),
    doc("values", &[], "the values in a map, as a list", r#"<< {"a": 1} | values | join >>"#, "1"),
];

/// The tests that can follow `is`.
pub const TESTS: &[&str] = &[
    "defined",
    "undefined",
    "none",
    "string",
    "number",
    "integer",
    "float",
    "bool",
    "array",
    "map",
    "iterable",
    "odd",
    "even",
    "divisible_by",
    "starting_with",
    "ending_with",
    "containing",
];

/// The functions that templates can call.
pub const FUNCTIONS: &[&str] = &["range", "throw", "super"];

/// The arguments of a filter, test or function, by its name.
pub(super) fn arguments(name: &str) -> &'static [&'static str] {
    match name {
        "divisible_by" => &["divisor"],
        "starting_with" | "ending_with" | "containing" => &["pat"],
        "range" => &["start", "end", "step_by"],
        "throw" => &["message"],
        _ => FILTERS.iter().find(|f| f.name == name).map_or(&[], |f| f.arguments),
    }
}

/// Adds our filters to tera's own.
pub(super) fn register(tera: &mut Tera) {
    tera.register_filter("words", words);
    tera.register_filter("ordinal", ordinal);
    tera.register_filter("plural", plural);
    tera.register_filter("join_and", join_and);
    tera.register_filter("capitalize", capitalize);
    tera.register_filter("tex", tex);
    tera.register_filter("replace", replace);
    tera.register_filter("__show", show);
    tera.register_filter("__component", component);
}

const WORDS: [&str; 13] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
];

const ORDINALS: [&str; 13] = [
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
    "tenth", "eleventh", "twelfth",
];

fn words(n: u64, _: Kwargs, _: &State) -> String {
    usize::try_from(n).ok().and_then(|n| WORDS.get(n)).map_or(n.to_string(), |w| (*w).to_owned())
}

fn ordinal(n: u64, _: Kwargs, _: &State) -> String {
    let word = usize::try_from(n).ok().and_then(|n| ORDINALS.get(n));
    word.map_or_else(|| numeral(n), |w| (*w).to_owned())
}

/// `21st`, `22nd`, `23rd`, `24th`; but `111th`.
fn numeral(n: u64) -> String {
    let suffix = match (n % 10, n % 100 / 10) {
        (_, 1) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{suffix}")
}

fn plural(n: &Value, kwargs: Kwargs, _: &State) -> TeraResult<Value> {
    let one = kwargs.must_get::<&Value>("one")?;
    let many = kwargs.must_get::<&Value>("many")?;
    let n = match n.as_i128() {
        Some(n) => n,
        // A list counts its elements.
        None => n.as_array().map(|a| a.len() as i128).ok_or_else(|| wrong("number", n))?,
    };
    Ok(if n == 1 { one } else { many }.clone())
}

fn join_and(list: &[Value], _: Kwargs, state: &State) -> TeraResult<Value> {
    let parts = list.iter().map(|v| state.escape_if_needed(v)).collect::<TeraResult<Vec<_>>>()?;
    let phrase = match parts.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    };
    Ok(Value::safe_string(&phrase))
}

fn capitalize(text: StringInput, _: Kwargs, _: &State) -> Value {
    let mut chars = text.as_str().chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    text.inherit_safety(first + chars.as_str())
}

fn tex(text: &Value, _: Kwargs, _: &State) -> TeraResult<Value> {
    Ok(match text.as_str() {
        Some(_) if text.is_safe() => text.clone(),
        Some(s) => Value::safe_string(&escape::escape(s)),
        None => return Err(wrong("text", text)),
    })
}

/// As tera's, but bounded: two long texts could multiply.
fn replace(text: StringInput, kwargs: Kwargs, state: &State) -> TeraResult<Value> {
    let from = kwargs.must_get::<&str>("from")?;
    let to = kwargs.must_get::<StringInput>("to")?;
    if from.is_empty() {
        return Err(Error::message("`replace` needs a `from` that is not empty"));
    }
    let safe = text.is_safe() || to.is_safe();
    let (text, to) = if safe {
        (text.rendered(state)?, to.rendered(state)?)
    } else {
        (text.as_str().into(), to.as_str().into())
    };
    if text.matches(from).count().saturating_mul(to.len()) > super::limits::SET_BYTES * 4 {
        return Err(Error::message("the text that `replace` makes is too long"));
    }
    let out = text.replace(from, &to);
    Ok(if safe { Value::safe_string(&out) } else { Value::from(out) })
}

/// What every `<< … >>` goes through: only what reads well on a page is printed.
fn show(value: &Value, _: Kwargs, _: &State) -> TeraResult<Value> {
    if value.is_undefined() {
        Err(Error::message(UNDEFINED))
    } else if value.is_none() {
        Err(Error::message(NOTHING))
    } else if value.is_f64() {
        Err(Error::message(RAW_NUMBER))
    } else if value.is_array() {
        Err(Error::message(LIST))
    } else if let Some(map) = value.as_map() {
        Err(Error::message(format!("{MAP}{}", fields(map))))
    } else {
        super::limits::take_bytes(printed_bytes(value))?;
        Ok(value.clone())
    }
}

/// How many bytes a single value takes on the page: a text that is not LaTeX grows when escaped.
fn printed_bytes(value: &Value) -> usize {
    /// More than the digits of any whole number in a template.
    const NUMBER: usize = 40;
    match value.as_str() {
        Some(text) if value.is_safe() => text.len(),
        Some(text) => escape::escape(text).len(),
        None => NUMBER,
    }
}

pub(super) const UNDEFINED: &str = "undefined";
pub(super) const NOTHING: &str = "nothing";
pub(super) const RAW_NUMBER: &str = "raw number";
pub(super) const LIST: &str = "list";
pub(super) const MAP: &str = "map: ";

/// The names in a map, for a message.
pub(super) fn fields(map: &Map) -> String {
    let names: Vec<&str> = map.keys().filter_map(|k| k.as_str()).collect();
    names.join(", ")
}

/// A component's text is used inside a line: the line end at its own end is no part of it.
fn component(value: &Value, _: Kwargs, _: &State) -> TeraResult<Value> {
    super::limits::take_bytes(printed_bytes(value))?;
    Ok(match value.as_str() {
        Some(s) => Value::safe_string(s.trim_end()),
        None => value.clone(),
    })
}

fn wrong(expected: &str, got: &Value) -> Error {
    Error::new(tera::ErrorKind::InvalidArgument {
        expected_type: expected.to_owned(),
        actual_type: got.name().to_owned(),
    })
}
