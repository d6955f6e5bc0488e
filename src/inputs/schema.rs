//! The JSON Schema of `homework.toml`, from which editors complete and check while typing; they
//! find it as `docs/homework.schema.json`, which the file's first line names.
//!
//! These types only describe the file: the values are read by `check`, which places its errors.
//! A test holds the two to the same keys. Doc comments here are what an editor shows.

use schemars::{JsonSchema, schema_for};

use super::limits::{
    DEFAULT_DIGITS, LARGEST_CHAIN_NUMBER, MAX_DIGITS, MAX_DIMENSION, MAX_LAYERS, MAX_TEXT_CHARS,
    MIN_DIGITS,
};
use super::{Paper, Reduction};

/// 10^`LARGEST_EXPONENT` of the limits.
const LARGEST: f64 = 1e20;

/// The schema, as a JSON value (draft 2020-12).
pub fn schema() -> serde_json::Value {
    let mut schema = schema_for!(Homework).to_value();
    drop_nulls(&mut schema);
    schema
}

/// TOML has no null: an optional key is simply left out.
fn drop_nulls(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::Object(object) => {
            if let Some(kinds) = object.get_mut("type")
                && let Some(kind) =
                    kinds.as_array().and_then(|all| all.iter().find(|k| *k != "null"))
            {
                *kinds = kind.clone();
            }
            object.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// The inputs of the homework: who hands it in, and the numbers of both problems.
#[derive(JsonSchema)]
#[schemars(title = "homework.toml", deny_unknown_fields)]
#[expect(dead_code, reason = "describes the file; values are read by `check`")]
struct Homework {
    submission: SubmissionTable,
    problem1: Problem1Table,
    problem2: Problem2Table,
}

/// What stands in the header, and how the pages look.
#[derive(JsonSchema)]
#[schemars(rename = "submission", deny_unknown_fields)]
#[expect(dead_code, reason = "describes the file; values are read by `check`")]
struct SubmissionTable {
    /// Your name, for the header of every page: any characters, TeX's own included.
    #[schemars(length(min = 1, max = MAX_TEXT_CHARS))]
    name: String,
    /// Your identifier at the university.
    #[schemars(length(min = 1, max = MAX_TEXT_CHARS))]
    id: Option<String>,
    /// The date of the title block, as in 2020-03-01, without quotes.
    #[schemars(extend("format" = "date"))]
    date: Option<String>,
    /// The paper size.
    #[schemars(default)]
    paper: Paper,
    /// Significant digits of a rounded result.
    #[schemars(range(min = MIN_DIGITS, max = MAX_DIGITS), default = "default_digits")]
    digits: usize,
}

fn default_digits() -> usize {
    DEFAULT_DIGITS
}

/// One gradient step on the squared error of W X against Y.
#[derive(JsonSchema)]
#[schemars(rename = "problem1", deny_unknown_fields)]
#[expect(dead_code, reason = "describes the file; values are read by `check`")]
struct Problem1Table {
    /// The weights, m×d, as a list of rows.
    #[schemars(rename = "W")]
    w: Matrix,
    /// The samples as columns, d×n: as many rows as W has columns.
    #[schemars(rename = "X")]
    x: Matrix,
    /// The targets as columns, m×n: the rows of W, the columns of X.
    #[schemars(rename = "Y")]
    y: Matrix,
    /// The step size of gradient descent, greater than 0.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = LARGEST))]
    step_size: f64,
    /// How the losses of the samples (the columns) are put together.
    #[schemars(default)]
    reduction: Reduction,
}

/// Two chains of sigmoid layers with one unit each.
#[derive(JsonSchema)]
#[schemars(rename = "problem2", deny_unknown_fields)]
#[expect(dead_code, reason = "describes the file; values are read by `check`")]
struct Problem2Table {
    classification: ClassificationTable,
    regression: RegressionTable,
}

/// The chain that ends in a sigmoid, with cross-entropy.
#[derive(JsonSchema)]
#[schemars(rename = "classification", deny_unknown_fields)]
#[expect(dead_code, reason = "describes the file; values are read by `check`")]
struct ClassificationTable {
    /// The weights, one a layer, from the first layer to the last.
    #[schemars(length(min = 1, max = MAX_LAYERS))]
    w: Vec<ChainNumber>,
    /// The input.
    x: ChainNumber,
    /// The class, 0 or 1.
    #[schemars(extend("enum" = [0, 1]))]
    y: f64,
}

/// The chain without the last sigmoid, with squared error.
#[derive(JsonSchema)]
#[schemars(rename = "regression", deny_unknown_fields)]
#[expect(dead_code, reason = "describes the file; values are read by `check`")]
struct RegressionTable {
    /// The weights, one a layer, from the first layer to the last.
    #[schemars(length(min = 1, max = MAX_LAYERS))]
    w: Vec<ChainNumber>,
    /// The input.
    x: ChainNumber,
    /// The target, any real number.
    y: Number,
}

/// Rows of equal length.
#[derive(JsonSchema)]
#[schemars(rename = "matrix")]
#[expect(dead_code, reason = "describes the file; values are read by `check`")]
struct Matrix(#[schemars(length(min = 1, max = MAX_DIMENSION))] Vec<Row>);

/// The entries of one row.
#[derive(JsonSchema)]
#[schemars(rename = "row")]
#[expect(dead_code, reason = "describes the file; values are read by `check`")]
struct Row(#[schemars(length(min = 1, max = MAX_DIMENSION))] Vec<Number>);

/// A decimal, taken exactly as typed.
#[derive(JsonSchema)]
#[schemars(rename = "number")]
#[expect(dead_code, reason = "describes the file; values are read by `check`")]
struct Number(#[schemars(range(min = -LARGEST, max = LARGEST))] f64);

/// A decimal, taken exactly as typed, of at most a million in absolute value.
#[derive(JsonSchema)]
#[schemars(rename = "weight")]
#[expect(dead_code, reason = "describes the file; values are read by `check`")]
struct ChainNumber(#[schemars(range(min = -LARGEST_CHAIN_NUMBER, max = LARGEST_CHAIN_NUMBER))] f64);
