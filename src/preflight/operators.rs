//! The operations of a content stream, one by one.
//!
//! What a TeX engine writes is of a few simple forms: numbers, names, strings in a line, lists and
//! dictionaries of these. They are read here, several times as fast as by a parser for all that PDF allows. The
//! first operation of any other form is left to [`lopdf`], with what comes after it.

use std::str::FromStr;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Object, StringFormat};

/// Numbers of more characters are left to the parser.
const LONGEST_NUMBER: usize = 18;

/// The operations, as far as the stream is whole.
pub(super) fn operations(contents: &[u8]) -> impl Iterator<Item = Operation> + '_ {
    let mut rest = skip_space(contents);
    let mut others = None;
    std::iter::from_fn(move || {
        if others.is_none() {
            if let Some((operation, after)) = simple(rest) {
                rest = after;
                return Some(operation);
            }
            others = Some(Content::decode_iter(rest));
        }
        others.as_mut()?.next()?.ok()
    })
}

/// An operation of the simple forms, and what comes after it.
fn simple(mut rest: &[u8]) -> Option<(Operation, &[u8])> {
    let mut operands = Vec::new();
    loop {
        let first = rest.first()?;
        if first.is_ascii_alphabetic() || b"*'\"".contains(first) {
            let is_part = |c: &u8| c.is_ascii_alphanumeric() || b"*'\"".contains(c);
            let (operator, after) = split(rest, is_part);
            // These are no operators, or not these alone.
            if [&b"null"[..], b"true", b"false", b"BI"]
                .iter()
                .any(|word| operator.starts_with(word))
            {
                return None;
            }
            let operator = std::str::from_utf8(operator).ok()?.to_owned();
            return Some((Operation { operator, operands }, skip_space(after)));
        }
        let (operand, after) = match first {
            b'[' => list(rest)?,
            b'<' if rest.starts_with(b"<<") => dictionary(rest)?,
            _ => element(rest)?,
        };
        operands.push(operand);
        rest = skip_space(after);
    }
}

/// `[…]`, without lists in it.
fn list(list: &[u8]) -> Option<(Object, &[u8])> {
    let mut elements = Vec::new();
    let mut rest = skip_space(list.strip_prefix(b"[")?);
    loop {
        if let Some(after) = rest.strip_prefix(b"]") {
            return Some((Object::Array(elements), after));
        }
        let (one, after) = element(rest)?;
        elements.push(one);
        rest = skip_space(after);
    }
}

/// `<</Name …>>`, without lists and dictionaries in it.
fn dictionary(text: &[u8]) -> Option<(Object, &[u8])> {
    let mut entries = Dictionary::new();
    let mut rest = skip_space(text.strip_prefix(b"<<")?);
    loop {
        if let Some(after) = rest.strip_prefix(b">>") {
            return Some((Object::Dictionary(entries), after));
        }
        let (Object::Name(key), after) = element(rest)? else { return None };
        let (value, after) = element(skip_space(after))?;
        entries.set(key, value);
        rest = skip_space(after);
    }
}

fn element(text: &[u8]) -> Option<(Object, &[u8])> {
    match text.first()? {
        b'/' => {
            let (name, after) = split(text.get(1..)?, |&c| c.is_ascii_graphic() && !is_special(c));
            // What else may go on with it has a meaning of its own.
            (after.first().is_some_and(|&c| is_space(c)))
                .then(|| (Object::Name(name.to_vec()), after))
        }
        b'<' => {
            let (digits, after) = split(text.get(1..)?, u8::is_ascii_hexdigit);
            let after = after.strip_prefix(b">")?;
            let bytes = digits.chunks(2).map(|pair| {
                let digit = |at: usize| pair.get(at).and_then(|&c| char::from(c).to_digit(16));
                (digit(0).unwrap_or(0) << 4 | digit(1).unwrap_or(0)) as u8
            });
            Some((Object::String(bytes.collect(), StringFormat::Hexadecimal), after))
        }
        b'(' => literal(text.get(1..)?),
        _ => number(text),
    }
}

/// What stands behind a parenthesis, to the one that closes it.
fn literal(text: &[u8]) -> Option<(Object, &[u8])> {
    let mut bytes = Vec::new();
    let mut rest = text;
    loop {
        let (direct, after) = split(rest, |c| !b"()\\\r\n".contains(c));
        bytes.extend_from_slice(direct);
        match after {
            [b')', after @ ..] => return Some((Object::string_literal(bytes), after)),
            [b'\\', c @ (b'(' | b')' | b'\\'), after @ ..] => {
                bytes.push(*c);
                rest = after;
            }
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..] => {
                bytes.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                rest = after;
            }
            _ => return None,
        }
    }
}

fn number(text: &[u8]) -> Option<(Object, &[u8])> {
    let (number, after) = split(text, |&c| c.is_ascii_digit() || b"+-.".contains(&c));
    let stands_alone = after.first().is_some_and(|&c| is_space(c) || b"]<>/([".contains(&c));
    let digits = number.strip_prefix(b"-").unwrap_or(number);
    // A sign or a second point further on would be read in a way of its own.
    let points = digits.iter().filter(|&&c| c == b'.').count();
    let is_plain =
        digits.iter().any(u8::is_ascii_digit) && !digits.iter().any(|c| b"+-".contains(c));
    if !stands_alone || !is_plain || points > 1 || number.len() > LONGEST_NUMBER {
        return None;
    }
    let number = std::str::from_utf8(number).ok()?;
    let number = if points == 0 {
        Object::Integer(i64::from_str(number).ok()?)
    } else {
        Object::Real(f32::from_str(number).ok()?)
    };
    Some((number, after))
}

fn split(text: &[u8], is_part: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|c| !is_part(c)).unwrap_or(text.len()))
}

fn skip_space(text: &[u8]) -> &[u8] {
    split(text, |&c| is_space(c)).1
}

fn is_space(c: u8) -> bool {
    b" \t\n\r\0\x0C".contains(&c)
}

/// What ends a name, or writes a byte of it in another way.
fn is_special(c: u8) -> bool {
    b"()<>[]{}/%#".contains(&c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_lopdf(contents: &str) -> Vec<String> {
        told(Content::decode_iter(contents.as_bytes()).map_while(Result::ok))
    }

    fn told(operations: impl Iterator<Item = Operation>) -> Vec<String> {
        operations.map(|one| format!("{} {:?}", one.operator, one.operands)).collect()
    }

    #[test]
    fn the_simple_forms_are_read_here() {
        let text = "q 1 0 0 1 72.5 -.5 cm BT /F1 9.96 Tf [(a b) -250.25<0aF>]TJ T* (\\(\\037) ' ET \
                    /Span <</Alt (W times X.)/N 1>> BDC EMC Q\n";
        let mut rest = text.as_bytes();
        let mut read = Vec::new();
        while let Some((operation, after)) = simple(rest) {
            read.push(operation);
            rest = after;
        }
        assert_eq!((told(read.into_iter()), rest), (by_lopdf(text), &b""[..]));
    }

    proptest! {
        #![proptest_config(crate::properties::config(2000))]

        #[test]
        fn all_forms_are_read_as_by_the_parser(
            contents in "(-?[0-9]{1,3}|[-+]?[0-9]{0,2}\\.[0-9.-]{0,3}|[+-]|99999999999999999999|/F1|/A#42|/|\
                \\(a\\)|\\(\\\\(051|777|51|[()nr\\\\]|\\n)\\)|<</A /B /C \\(a\\)>>|<</A 1 0 R>>|<</A 1/A 2>>|\\(a\\(b\\)\\)|<0aF>|< 0 a>|<<|>>|\\[|\\]|%x\\n|q|Q|n|f|null|true|cm|T\\*|TJ|'|\"|d0|\
                BI /W 1 ID x EI|BX|1 0 R|[ \\n\\x00]){0,12}"
        ) {
            let read = told(operations(contents.as_bytes()));
            prop_assert_eq!(read, by_lopdf(&contents), "{:?}", contents);
        }
    }
}
