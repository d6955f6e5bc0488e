//! Names of the JSON and of templates, as people read them.

use crate::report::meaning;

/// An answer's symbol: `∂L/∂w₁` for `problem2.regression.dL_dw[0]`, W⁺₁₂ for
/// `problem1.W_updated[0][1]`.
pub fn of_answer(name: &str) -> String {
    let field = name.rsplit('.').next().unwrap_or(name);
    let (field, indices) = field.split_once('[').unwrap_or((field, ""));
    let symbol = match field {
        "dL_dw" => "∂L/∂w",
        "W_updated" => "W⁺",
        _ => return name.to_owned(),
    };
    let places: Vec<usize> = (indices.trim_end_matches(']').split("]["))
        .filter_map(|index| index.parse().ok())
        .map(|index: usize| index + 1)
        .collect();
    // Small digits side by side would be one number.
    if places.len() > 1 && places.iter().any(|place| *place > 9) {
        let places: Vec<String> = places.iter().map(usize::to_string).collect();
        return format!("{symbol}({})", places.join(", "));
    }
    places.into_iter().fold(symbol.to_owned(), |symbol, place| symbol + &subscript(place))
}

fn subscript(number: usize) -> String {
    let small = |digit: u8| char::from_u32(u32::from('₀') + u32::from(digit - b'0'));
    number.to_string().bytes().filter_map(small).collect()
}

/// What a choice between sentences hangs on, as the end of a phrase: the meaning of a name such as
/// `b.noticed.trend`.
pub fn of_noticed(name: &str) -> String {
    let meaning = meaning(name);
    let mut letters = meaning.chars();
    match letters.next() {
        Some(first) => {
            format!("{}{},", first.to_lowercase(), letters.as_str().trim_end_matches('.'))
        }
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_by_their_symbols() {
        assert_eq!(of_answer("problem2.regression.dL_dw[0]"), "∂L/∂w₁");
        assert_eq!(of_answer("problem2.classification.dL_dw[11]"), "∂L/∂w₁₂");
        assert_eq!(of_answer("problem1.W_updated[0][1]"), "W⁺₁₂");
        assert_eq!(of_answer("problem1.W_updated[9][1]"), "W⁺(10, 2)");
        assert_eq!(of_answer("problem3.x"), "problem3.x");
    }
}
