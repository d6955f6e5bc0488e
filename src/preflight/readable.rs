//! Which texts of glyphs a reader can use.

/// The first of Adobe's private characters for pieces of tall brackets and integrals
/// (`parenlefttp` in the Adobe Glyph List), and the characters that Unicode has for them since.
const FIRST_PIECE: u32 = 0xF8EB;
const PIECES: [char; 20] = [
    '⎛', '⎜', '⎝', '⎡', '⎢', '⎣', '⎧', '⎨', '⎩', '⎪', '⎮', '⎞', '⎟', '⎠', '⎤', '⎥', '⎦', '⎫', '⎬',
    '⎭',
];

/// Pieces of braces that lie on their side and of tall roots: no character stands for one.
const DRAWN_PIECES: [&str; 7] = [
    "bracehtipdownleft",
    "bracehtipdownright",
    "bracehtipupleft",
    "bracehtipupright",
    "radicalbt",
    "radicaltp",
    "radicalvertex",
];

/// Whether a glyph of this name is a stroke of a larger sign, and no character by itself.
pub(super) fn is_stroke(name: &str) -> bool {
    DRAWN_PIECES.contains(&name)
}

/// The text with Unicode's characters for the pieces of brackets; none where it has a control
/// character, or one that means something to one font only.
pub(super) fn readable(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let piece = (c as u32).checked_sub(FIRST_PIECE).and_then(|i| PIECES.get(i as usize));
        out.push(match piece {
            Some(&piece) => piece,
            None if c.is_control() || c == '\u{FFFD}' => return None,
            None if ('\u{E000}'..='\u{F8FF}').contains(&c) => return None,
            None => c,
        });
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adobe's names of the private characters, and Unicode's names of the public ones.
    #[test]
    fn pieces_of_brackets_are_characters() {
        let cases = [
            ("\u{F8EE}", Some("\u{23A1}")), // bracketlefttp, LEFT SQUARE BRACKET UPPER CORNER
            ("\u{F8F5}", Some("\u{23AE}")), // integralex, INTEGRAL EXTENSION
            ("\u{F8F8}", Some("\u{23A0}")), // parenrightbt, RIGHT PARENTHESIS LOWER HOOK
            ("\u{F8FE}", Some("\u{23AD}")), // bracerightbt, RIGHT CURLY BRACKET LOWER HOOK
            ("\u{F8FF}", None),
            ("\u{E001}", None),
            ("a\u{7}", None),
            ("", None),
            ("fi", Some("fi")),
        ];
        for (text, wanted) in cases {
            assert_eq!(readable(text).as_deref(), wanted, "{text:?}");
        }
    }
}
