//! What can be told of an expression from its tokens.

use super::scan::Token;

/// Words of the language, which are no names.
pub(super) const WORDS: [&str; 14] = [
    "and", "or", "not", "in", "is", "if", "else", "for", "true", "True", "false", "False", "none",
    "null",
];

/// The token that closes the bracket at `open`, or the last one.
pub(super) fn closing(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (i, token) in tokens.iter().enumerate().skip(open) {
        if token.is("[") || token.is("?[") {
            depth += 1;
        } else if token.is("]") {
            depth -= 1;
            if depth == 0 {
                return i;
            }
        }
    }
    tokens.len() - 1
}

/// `is defined`, `is not defined`, `is undefined` and `| default` may follow an unknown name.
pub(super) fn asks_whether_defined(rest: &[Token<'_>]) -> bool {
    let word = |i: usize| rest.get(i).and_then(Token::ident);
    match word(0) {
        Some("is") if word(1) == Some("not") => matches!(word(2), Some("defined" | "undefined")),
        Some("is") => matches!(word(1), Some("defined" | "undefined")),
        _ => rest.first().is_some_and(|t| t.is("|")) && word(1) == Some("default"),
    }
}

/// Filters behind which a list's elements are still the same.
pub(super) fn keeps_shape(rest: &[Token<'_>]) -> bool {
    matches!(rest, [bar, name] if bar.is("|") && name.ident() == Some("reverse"))
}
