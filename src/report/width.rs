//! How wide a formula is.

const DIGIT: f64 = 5.5;
pub(super) const RELATION: f64 = 14.5;
const BINARY: f64 = 13.5;
/// A sign in front of a number.
const SIGN: f64 = 8.6;
pub(super) const CDOT: f64 = 8.0;
pub(super) const QUAD: f64 = 11.0;
/// The size of scripts, 8 pt of 10.95 pt, and their wider letters.
const SCRIPT: f64 = 0.78;
const SCRIPT_SPACE: f64 = 0.5;
pub(super) const COLUMN_GAP: f64 = 10.0;
pub(super) const BRACKETS: f64 = 12.0;

/// The width in points that a formula takes at 11 pt in display style, a little overestimated.
///
/// It knows what this program writes: digits, letters, operators, fractions, scripts, phantoms
/// and `bmatrix`.
pub fn width(latex: &str) -> f64 {
    measure(&mut Scanner { rest: latex })
}

struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    /// What follows as one argument: a group, a command or a character.
    fn argument(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        let length = match self.rest.chars().next() {
            Some('{') => group_length(self.rest),
            Some('\\') => command_length(self.rest),
            Some(other) => other.len_utf8(),
            None => 0,
        };
        let (argument, rest) = self.rest.split_at(length);
        self.rest = rest;
        argument.strip_prefix('{').and_then(|a| a.strip_suffix('}')).unwrap_or(argument)
    }
}

fn group_length(text: &str) -> usize {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}

fn command_length(text: &str) -> usize {
    let letters = text[1..].bytes().take_while(u8::is_ascii_alphabetic).count();
    1 + letters.max(text[1..].chars().next().map_or(0, char::len_utf8))
}

fn measure(scanner: &mut Scanner<'_>) -> f64 {
    let mut total = 0.0;
    // Whether a sign that comes next stands between two operands.
    let mut operand = false;
    while let Some(character) = scanner.rest.chars().next() {
        if character == '\\' {
            let length = command_length(scanner.rest);
            let (command, rest) = scanner.rest.split_at(length);
            scanner.rest = rest;
            total += measure_command(command, scanner);
            operand = match command {
                "\\approx" | "\\cdot" | "\\times" | "\\odot" => false,
                "\\quad" | "\\," => operand,
                _ => true,
            };
            continue;
        }
        if character == '{' {
            total += width(scanner.argument());
            operand = true;
            continue;
        }
        scanner.rest = &scanner.rest[character.len_utf8()..];
        let binary = operand;
        operand = if character == ' ' { operand } else { !"=+-(,".contains(character) };
        total += match character {
            '^' | '_' => SCRIPT * width(scanner.argument()) + SCRIPT_SPACE,
            ' ' | '}' => 0.0,
            '.' | ',' | '\'' => 3.1,
            '(' | ')' => 4.3,
            '+' | '-' => {
                if binary {
                    BINARY
                } else {
                    SIGN
                }
            }
            '=' => RELATION,
            '0'..='9' => DIGIT,
            'a' | 'y' | 'z' => 6.0,
            'w' => 8.2,
            'W' => 11.9,
            'A'..='Z' => 9.0,
            _ => 7.0,
        };
    }
    total
}

fn measure_command(command: &str, scanner: &mut Scanner<'_>) -> f64 {
    match command {
        "\\frac" => width(scanner.argument()).max(width(scanner.argument())) + 3.0,
        "\\tfrac" => SCRIPT * width(scanner.argument()).max(width(scanner.argument())) + 3.0,
        "\\phantom" => width(scanner.argument()),
        "\\hat" => width(scanner.argument()),
        "\\begin" => measure_matrix(scanner),
        "\\cdot" => CDOT,
        "\\sigma" => 6.7,
        "\\times" | "\\odot" => BINARY,
        "\\approx" => RELATION,
        "\\log" => 17.0,
        "\\cdots" | "\\ddots" | "\\vdots" => 13.0,
        "\\quad" => QUAD,
        "\\," => 1.9,
        _ => 7.0,
    }
}

/// A `bmatrix` whose `\begin` has been read.
fn measure_matrix(scanner: &mut Scanner<'_>) -> f64 {
    scanner.argument();
    let end = scanner.rest.find("\\end{bmatrix}").unwrap_or(scanner.rest.len());
    let (body, rest) = scanner.rest.split_at(end);
    scanner.rest = rest.strip_prefix("\\end{bmatrix}").unwrap_or(rest);
    let mut columns: Vec<f64> = Vec::new();
    for row in body.split("\\\\") {
        for (column, cell) in row.split('&').enumerate() {
            let cell = width(cell);
            match columns.get_mut(column) {
                Some(widest) => *widest = widest.max(cell),
                None => columns.push(cell),
            }
        }
    }
    columns.iter().sum::<f64>() + COLUMN_GAP * columns.len().saturating_sub(1) as f64 + BRACKETS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_of_one_sign_is_that_sign() {
        for (text, length) in [("\\,x", 2), ("\\é", 3), ("\\𝑥y", 5), ("\\cdot 2", 5), ("\\", 1)]
        {
            assert_eq!(command_length(text), length, "{text}");
        }
        assert!(width("\\é") < width("\\éx"));
    }

    #[test]
    fn the_width_of_digits_is_theirs() {
        // cmr10 at 10.95 pt: a digit is 5.475 pt wide, a period 3.04 pt, a minus 8.52 pt and between
        // operands 4.87 pt more.
        let digits = 7.0 * 5.475 + 3.04;
        assert!((width("0.123456") - digits).abs() < 1.0);
        for signed in ["-0.123456", "{-}0.123456", "\\phantom{-0}.123456"] {
            assert!((width(signed) - digits - 8.52).abs() < 1.0, "{signed}");
        }
        assert!((width("0.123456 - 0.123456") - 2.0 * digits - 8.52 - 4.87).abs() < 1.0);
    }
}
