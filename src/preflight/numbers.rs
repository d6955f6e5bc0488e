//! Numbers as they are printed, found whole in a page's text.

#![allow(clippy::string_slice, reason = "ranges are of what was found in the same text")]

/// Which sign a printed number has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Plus,
    Minus,
    /// A minus that may subtract or be a sign: set apart where a line begins, or after a bar,
    /// which may open or close.
    Open,
}

/// A decimal as it stands on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Number<'a> {
    sign: Sign,
    /// `1.3636`
    digits: &'a str,
    /// `-5` of `1.3636 × 10^{−5}`
    power: Option<String>,
}

/// Whether `text` (a [`Page`](super::Page)'s) shows the number `ascii`, such as `-1.3636e-5`:
/// whole, not as a part of a longer number, and with its sign.
///
/// A minus between two operands belongs to neither: `1 − 0.5` shows 0.5, and `0.26 −0.12` shows
/// −0.12, as TeX sets a space after a minus only where it subtracts.
pub fn contains_number(text: &str, ascii: &str) -> bool {
    let (negative, magnitude) = match ascii.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, ascii),
    };
    let (digits, power) = match magnitude.split_once('e') {
        Some((digits, power)) => (digits, Some(power)),
        None => (magnitude, None),
    };
    numbers(text).any(|found| {
        let sign = match found.sign {
            Sign::Plus => !negative,
            Sign::Minus => negative,
            Sign::Open => true,
        };
        sign && found.digits == digits && found.power.as_deref() == power
    })
}

/// The decimals in a text, from its start to its end.
fn numbers(text: &str) -> impl Iterator<Item = Number<'_>> {
    let mut at = 0;
    // The scripts around `at`.
    let mut open = 0_usize;
    std::iter::from_fn(move || {
        while let Some(c) = text[at..].chars().next() {
            let rest = &text[at..];
            if !c.is_ascii_digit() {
                if rest.starts_with("^{") || rest.starts_with("_{") {
                    open += 1;
                    at += 2;
                } else {
                    if c == '}' || c == '\n' {
                        open = if c == '}' { open.saturating_sub(1) } else { 0 };
                    }
                    at += c.len_utf8();
                }
                continue;
            }
            let before = &text[..at];
            let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let digits = rest[..length].trim_end_matches('.');
            at += digits.len();
            let glued = before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '.');
            // A whole number in a script is an index or an exponent.
            let whole = !digits.contains('.');
            if glued || digits.matches('.').count() > 1 || (whole && open > 0) {
                continue;
            }
            let power = power_of_ten(&text[at..]).map(|(power, length)| {
                at += length;
                power
            });
            return Some(Number { sign: sign(before), digits, power });
        }
        None
    })
}

fn is_minus(c: char) -> bool {
    matches!(c, '\u{2212}' | '-' | '\u{2010}')
}

/// Reads ` × 10^{−5}`: the power in ASCII, and how many bytes it takes.
fn power_of_ten(rest: &str) -> Option<(String, usize)> {
    let times = rest.trim_start_matches(' ').strip_prefix(['×', '·', '⋅', '∙'])?;
    let script = times.trim_start_matches(' ').strip_prefix("10^{")?;
    let end = script.find('}')?;
    let inner: String = script[..end].chars().filter(|c| *c != ' ').collect();
    let (sign, digits) = match inner.strip_prefix(is_minus) {
        Some(digits) => ("-", digits),
        None => ("", inner.as_str()),
    };
    let is_power = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_power.then(|| (format!("{sign}{digits}"), rest.len() - script.len() + end + 1))
}

/// The sign of a number from what stands before it.
fn sign(before: &str) -> Sign {
    let at_number = before.trim_end_matches(' ');
    let spaced_after = at_number.len() < before.len();
    let Some(before_minus) = at_number.strip_suffix(is_minus) else { return Sign::Plus };
    let left = before_minus.trim_end_matches(' ');
    let spaced_before = left.len() < before_minus.len();
    let operand = left.chars().next_back().is_some_and(ends_operand);
    let line_start = left.is_empty() || left.ends_with('\n');
    if left.ends_with(['|', '‖', '∥', '∣']) {
        return if spaced_before && !spaced_after { Sign::Minus } else { Sign::Open };
    }
    match (operand, spaced_before, spaced_after) {
        (true, true, false) => Sign::Minus,
        (true, ..) => Sign::Plus,
        (false, _, true) if line_start => Sign::Open,
        (false, ..) => Sign::Minus,
    }
}

/// Whether something that ends with `c` can be subtracted from.
fn ends_operand(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ')' | ']' | '}' | '′' | '%' | '!' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is printed, what is asked for, and whether it is there.
    const CASES: [(&str, &str, bool); 45] = [
        ("is 0.52.", "0.52", true),
        ("10.521", "0.52", false),
        ("10.521", "10.52", false),
        ("10.521", "0.521", false),
        ("0.520", "0.52", false),
        ("0.52", "-0.52", false),
        ("−0.52", "-0.52", true),
        ("−0.52", "0.52", false),
        ("-0.52", "-0.52", true),
        ("= −0.52", "-0.52", true),
        ("= − 0.52", "-0.52", true),
        ("(−0.52)", "-0.52", true),
        ("0.1 · −0.52", "-0.52", true),
        ("1 − 0.5", "0.5", true),
        ("1 − 0.5", "-0.5", false),
        ("1−0.5", "0.5", true),
        ("1−0.5", "-0.5", false),
        ("0.26 −0.12", "-0.12", true),
        ("0.26 −0.12", "0.12", false),
        ("w_{2} − 0.12", "0.12", true),
        ("w_{2} − 0.12", "-0.12", false),
        ("f(x) − 0.12", "-0.12", false),
        ("|−0.12|", "-0.12", true),
        ("| − 0.12|", "-0.12", true),
        ("|x| − 0.12", "0.12", true),
        ("|x| −0.12", "0.12", false),
        ("∥x∥^{2} − 0.12", "-0.12", false),
        ("0.26\n−0.12", "-0.12", true),
        ("0.26\n− 0.12", "0.12", true),
        ("0.26\n− 0.12", "-0.12", true),
        ("1.3636 × 10^{−5}", "1.3636e-5", true),
        ("1.3636×10^{−5}", "1.3636e-5", true),
        ("−1.3636 × 10^{−5}", "-1.3636e-5", true),
        ("1.3636 × 10^{−5}", "1.3636e-6", false),
        ("1.3636 × 10^{−5}", "1.3636e5", false),
        ("1.3636 × 10^{−5}", "1.3636", false),
        ("1.3636 × 10^{−50}", "1.3636e-5", false),
        ("1.3636 × 10^{23}", "1.3636e23", true),
        ("1.3636 × 10−5", "1.3636e-5", false),
        ("10^{2}", "102", false),
        ("w_{2}0.63", "0.63", true),
        ("w_{3} = 1", "3", false),
        ("L2 loss", "2", false),
        ("0.5^{2}", "0.5", true),
        ("version 1.2.3", "1.2", false),
    ];

    #[test]
    fn numbers_are_found_whole_and_with_their_sign() {
        for (text, ascii, there) in CASES {
            assert_eq!(contains_number(text, ascii), there, "{ascii} in {text:?}");
        }
    }
}
