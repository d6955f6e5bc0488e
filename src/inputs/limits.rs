//! What inputs may be at most, each with its reason.
//!
//! All are far beyond any homework. They keep the time, the memory and the page in bounds whatever
//! is typed, and an input beyond one is refused by name.

/// A `homework.toml` may have this many bytes: three 256×256 matrices of short numbers fit, an
/// endless file does not.
pub const MAX_FILE_BYTES: usize = 1 << 20;

/// Powers of ten that bound every number: |v| ≤ 10^20 …
///
/// Exact products of a few such numbers stay short, and each is far inside the range of `f64`, in
/// which the JSON results are also written.
pub const LARGEST_EXPONENT: i64 = 20;

/// … and |v| ≥ 10^−100 unless v is zero.
///
/// A product of three such numbers, as in the gradient's term W X Xᵀ, is 10^−300: still a normal
/// `f64`. The loss has products of four, the squares of W X, which may be as small as 10^−400: it
/// is printed with all its digits, and only the nearest `f64` is 0.
pub const SMALLEST_EXPONENT: i64 = -100;

/// |w| and |x| of problem 2 are at most this. A sigmoid's argument becomes w·x, and certifying
/// e^(w·x) costs digits in proportion to it.
pub const LARGEST_CHAIN_NUMBER: i32 = 1_000_000;

/// Significant digits of a typed number, leading and trailing zeros not counted: more than any
/// printed result carries (15), few enough for exact products to stay short.
pub const MAX_SIGNIFICANT_DIGITS: usize = 40;

/// Rows and columns of each matrix: a product of two takes at most 2^24 multiplications.
pub const MAX_DIMENSION: usize = 256;

/// Layers of a chain. Certifying costs time with the depth and with the precision, which grows with
/// the depth; and no reader follows that many steps.
pub const MAX_LAYERS: usize = 1000;

/// Characters of a name or an id: a header line holds no more.
pub const MAX_TEXT_CHARS: usize = 200;

/// Fewest significant digits of a rounded result: one digit says nothing about an error.
pub const MIN_DIGITS: usize = 2;

/// Most significant digits of a rounded result: `f64`, in which results are also given as JSON,
/// keeps any 15.
pub const MAX_DIGITS: usize = 15;

/// Significant digits where the inputs do not say.
pub const DEFAULT_DIGITS: usize = 5;

/// Errors shown at once; a note counts the rest.
pub const MAX_ERRORS: usize = 20;
