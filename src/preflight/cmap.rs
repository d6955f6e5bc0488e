//! `/ToUnicode`: what the codes of a font mean.
//!
//! lopdf parses these maps too, but walks every code of a range to invert it, which a damaged
//! range such as `<00000000> <FFFFFFFF>` turns into minutes; here a range costs one entry.

use std::collections::BTreeMap;

use super::readable::readable;

/// The most UTF-16 units that one code may stand for: ligatures have three or four.
const LONGEST_TEXT: usize = 16;

/// Where a stretch of codes goes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    /// The last code of the stretch.
    last: u32,
    /// UTF-16 of the first code; the last unit counts up with the code.
    first_text: Vec<u16>,
}

/// Codes and their texts.
#[derive(Clone, Debug, Default)]
pub(super) struct CMap {
    /// By the first code of each stretch.
    targets: BTreeMap<u32, Target>,
}

/// A piece of the map's PostScript.
#[derive(Debug, PartialEq, Eq)]
enum Token<'a> {
    Hex(Vec<u8>),
    Open,
    Close,
    Word(&'a [u8]),
}

impl CMap {
    /// Reads the `bfchar` and `bfrange` sections; whatever else there is is passed over.
    pub fn parse(source: &[u8]) -> Self {
        let mut map = Self::default();
        let mut tokens = Tokens { rest: source };
        while let Some(token) = tokens.next() {
            match token {
                Token::Word(b"beginbfchar") => map.read_chars(&mut tokens),
                Token::Word(b"beginbfrange") => map.read_ranges(&mut tokens),
                _ => {}
            }
        }
        map
    }

    /// The text of a code; none where the map says nothing, or nothing that can be shown.
    pub fn text(&self, code: u32) -> Option<String> {
        let (first, target) = self.targets.range(..=code).next_back()?;
        if code > target.last {
            return None;
        }
        let mut units = target.first_text.clone();
        let unit = units.last_mut()?;
        *unit = unit.wrapping_add((code - first) as u16);
        readable(&String::from_utf16(&units).ok()?)
    }

    fn read_chars(&mut self, tokens: &mut Tokens) {
        while let (Some(Token::Hex(code)), Some(Token::Hex(text))) = (tokens.next(), tokens.next())
        {
            let code = number(&code);
            self.insert(code, code, &text);
        }
    }

    fn read_ranges(&mut self, tokens: &mut Tokens) {
        while let (Some(Token::Hex(first)), Some(Token::Hex(last))) = (tokens.next(), tokens.next())
        {
            let (first, last) = (number(&first), number(&last));
            match tokens.next() {
                Some(Token::Hex(text)) => self.insert(first, last, &text),
                Some(Token::Open) => {
                    let mut code = first;
                    while let Some(Token::Hex(text)) = tokens.next() {
                        self.insert(code, code, &text);
                        code = code.saturating_add(1);
                    }
                }
                _ => return,
            }
        }
    }

    fn insert(&mut self, first: u32, last: u32, text: &[u8]) {
        let units = text.chunks(2).take(LONGEST_TEXT);
        let unit = |pair: &[u8]| pair.iter().fold(0, |n, &b| n << 8 | u16::from(b));
        let first_text = units.map(unit).collect();
        self.targets.insert(first, Target { last, first_text });
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |n, &b| n << 8 | u32::from(b))
}

struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.rest = self.rest.trim_ascii_start();
        let (&first, after) = self.rest.split_first()?;
        match first {
            b'[' => self.rest = after,
            b']' => self.rest = after,
            b'<' if after.first() != Some(&b'<') => {
                let mut parts = after.splitn(2, |&b| b == b'>');
                let digits = parts.next().unwrap_or_default();
                self.rest = parts.next().unwrap_or_default();
                return Some(Token::Hex(bytes_of_hex(digits)));
            }
            _ => {
                let stop = |b: &u8| b.is_ascii_whitespace() || b"[]<".contains(b);
                let length = 1 + after.iter().position(stop).unwrap_or(after.len());
                let (word, rest) = self.rest.split_at(length);
                self.rest = rest;
                return Some(Token::Word(word));
            }
        }
        Some(if first == b'[' { Token::Open } else { Token::Close })
    }
}

fn bytes_of_hex(digits: &[u8]) -> Vec<u8> {
    let values: Vec<u8> =
        digits.iter().filter_map(|&d| char::from(d).to_digit(16)).map(|d| d as u8).collect();
    // An odd last digit stands for one with a zero after it.
    let byte =
        |pair: &[u8]| pair.iter().chain([&0]).take(2).fold(0, |byte, digit| byte << 4 | digit);
    values.chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The map of the example in ISO 32000-1, 9.10.3, with a list added.
    #[test]
    fn chars_ranges_and_lists_are_read() {
        let map = CMap::parse(
            b"/CIDInit /ProcSet findresource begin 1 begincodespacerange <0000> <FFFF> \
              endcodespacerange 2 beginbfrange <0000> <005E> <0020> \
              <005F><0061>[<00660066> <00660069> <00660066006C>]endbfrange \
              1 beginbfchar <3A51> <D840DC3E> endbfchar endcmap",
        );
        assert_eq!(map.text(0x21).as_deref(), Some("A"));
        assert_eq!(map.text(0x5F).as_deref(), Some("ff"));
        assert_eq!(map.text(0x61).as_deref(), Some("ffl"));
        assert_eq!(map.text(0x3A51).as_deref(), Some("\u{2003E}"));
        assert_eq!(map.text(0x62), None);
        assert_eq!(map.text(0x3A52), None);
    }

    #[test]
    fn the_widest_range_is_one_entry_and_what_cannot_be_shown_is_no_text() {
        let map = CMap::parse(b"1 beginbfrange <00000000> <FFFFFFFF> <0000> endbfrange");
        assert_eq!(map.targets.len(), 1);
        assert_eq!(map.text(0x41).as_deref(), Some("A"));
        assert_eq!(map.text(0x07), None);
        assert_eq!(map.text(0xFFFD), None);
        assert_eq!(map.text(0xE001), None);
    }

    #[test]
    fn what_is_cut_off_is_left_out() {
        for source in
            [&b"beginbfchar <41"[..], b"beginbfrange <00> <01>", b"beginbfrange <00", b"<"]
        {
            assert_eq!(CMap::parse(source).text(0x41), None);
        }
    }
}
