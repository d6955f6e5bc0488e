//! The room that a text takes at `\small`, estimated.
//!
//! Only TeX knows a text's exact size, and a figure is drawn before TeX runs. An estimate is
//! enough: it decides how far an axis's name stands from the ticks' labels and how wide a figure's
//! box is, while every text's own place is exact, for TeX aligns it there.

/// The size of `\small` in an 11-point document: 10 pt, in cm.
const EM: f64 = 10.0 * 2.54 / 72.27;
/// The height of a line of text with what hangs below it, in cm: 6.4 pt for digits, 8.1 pt for a
/// power of ten, 10 pt with parentheses.
pub(super) const LINE: f64 = 0.8 * EM;
/// Scripts are set in 7 pt.
const SCRIPT: f64 = 0.7;

/// The width in cm of a text or a formula in LaTeX. Commands without arguments count as one sign.
pub fn text_width(latex: &str) -> f64 {
    EM * ems(latex)
}

fn ems(latex: &str) -> f64 {
    let mut total = 0.0;
    let mut rest = latex;
    let mut in_math = false;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\\' => command_length(rest),
            '^' | '_' => 1 + script_length(&rest[1..]),
            other => other.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        in_math ^= first == '$';
        total += match first {
            ' ' if in_math => 0.0,
            '\\' => command(token),
            '^' | '_' => SCRIPT * ems(&token[1..]),
            other => character(other),
        };
    }
    total
}

fn command_length(rest: &str) -> usize {
    1 + rest[1..].chars().take_while(char::is_ascii_alphabetic).count()
}

/// What a `^` or `_` raises or lowers: a group, a command or one character.
fn script_length(rest: &str) -> usize {
    match rest.chars().next() {
        Some('\\') => command_length(rest),
        Some('{') => rest.find('}').map_or(rest.len(), |end| end + 1),
        first => first.map_or(0, char::len_utf8),
    }
}

/// Widths in Computer Modern, rounded, with the space that TeX puts around an operator.
fn character(c: char) -> f64 {
    match c {
        '$' | '{' | '}' => 0.0,
        '=' => 1.33,
        '+' => 1.22,
        '-' => 0.78,
        '.' | ',' | ':' | ';' | '\'' | '|' | 'i' | 'j' | 'l' => 0.28,
        '(' | ')' | '[' | ']' | 'f' | 'r' | 't' | 's' | ' ' => 0.38,
        'm' | 'w' => 0.78,
        _ if c.is_uppercase() => 0.72,
        _ => 0.5,
    }
}

fn command(name: &str) -> f64 {
    match name {
        "\\cdot" => 0.72,
        "\\times" => 1.22,
        // Its arguments are counted by themselves, one beside the other.
        "\\frac" => 0.0,
        _ => 0.55,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What TeX measures in Latin Modern at `\small`, in pt.
    #[test]
    fn estimates_are_close_to_what_tex_measures() {
        for (latex, pt) in [
            ("$10^{-3}$", 20.7),
            ("$-0.25$", 25.6),
            ("$1\\cdot10^{5}$", 26.7),
            ("$1.36\\times10^{-3}$", 50.7),
            ("$k=3$", 23.9),
            ("$\\sigma'(0) = \\frac14$", 41.4),
            ("2(b)", 18.3),
            ("median", 31.7),
            ("upper quartile", 62.3),
            ("layer $k$", 29.7),
            ("iteration $t$", 44.2),
        ] {
            let estimate = text_width(latex) * 72.27 / 2.54;
            assert!((estimate - pt).abs() < 1.5 + 0.1 * pt, "{latex}: {estimate:.1} for {pt}");
        }
    }
}
