//! What the glyphs of TeX's extension font mean: without that, a bracket of a matrix or a large Σ
//! is copied from the PDF as another character.
//!
//! xdvipdfmx knows glyphs by their names, from lists of the form `name;code`. None of them has the
//! names of cmex10, whose glyphs are large delimiters in four sizes, their pieces, and operators in
//! two sizes.

/// The first list that xdvipdfmx reads.
pub const LIST: &str = "texglyphlist.txt";

/// Delimiters, and the four sizes in which they come.
const DELIMITERS: [(&str, char); 13] = [
    ("parenleft", '('),
    ("parenright", ')'),
    ("bracketleft", '['),
    ("bracketright", ']'),
    ("floorleft", '⌊'),
    ("floorright", '⌋'),
    ("ceilingleft", '⌈'),
    ("ceilingright", '⌉'),
    ("braceleft", '{'),
    ("braceright", '}'),
    ("angbracketleft", '⟨'),
    ("angbracketright", '⟩'),
    ("radical", '√'),
];
const SIZES: [&str; 4] = ["big", "Big", "bigg", "Bigg"];

/// Pieces that a delimiter of any height is put together from.
const PIECES: [(&str, char); 23] = [
    ("parenlefttp", '⎛'),
    ("parenleftex", '⎜'),
    ("parenleftbt", '⎝'),
    ("parenrighttp", '⎞'),
    ("parenrightex", '⎟'),
    ("parenrightbt", '⎠'),
    ("bracketlefttp", '⎡'),
    ("bracketleftex", '⎢'),
    ("bracketleftbt", '⎣'),
    ("bracketrighttp", '⎤'),
    ("bracketrightex", '⎥'),
    ("bracketrightbt", '⎦'),
    ("bracelefttp", '⎧'),
    ("braceleftmid", '⎨'),
    ("braceleftbt", '⎩'),
    ("bracerighttp", '⎫'),
    ("bracerightmid", '⎬'),
    ("bracerightbt", '⎭'),
    ("braceex", '⎪'),
    ("vextendsingle", '|'),
    ("vextenddouble", '‖'),
    ("arrowvertex", '|'),
    ("arrowvertexdbl", '‖'),
];

/// Operators, in the sizes for text and for displays.
const OPERATORS: [(&str, char); 5] = [
    ("summation", '∑'),
    ("product", '∏'),
    ("integral", '∫'),
    ("union", '⋃'),
    ("intersection", '⋂'),
];

/// The list with cmex10's names after those that it has.
pub fn extended(mut list: Vec<u8>) -> Vec<u8> {
    let sized = DELIMITERS
        .iter()
        .flat_map(|(name, meaning)| SIZES.map(|size| (format!("{name}{size}"), *meaning)));
    let pieces = PIECES.iter().map(|(name, meaning)| ((*name).to_owned(), *meaning));
    let operators = OPERATORS.iter().flat_map(|(name, meaning)| {
        ["text", "display"].map(|size| (format!("{name}{size}"), *meaning))
    });
    for (name, meaning) in sized.chain(pieces).chain(operators) {
        let line = format!("\n{name};{:04X}", u32::from(meaning));
        list.extend_from_slice(line.as_bytes());
    }
    list.push(b'\n');
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_cmex10_follow_what_the_list_has() {
        let list = String::from_utf8(extended(b"# a list\nupslope;29F8".to_vec())).unwrap();
        let lines: Vec<&str> = list.lines().collect();
        assert_eq!(lines[..3], ["# a list", "upslope;29F8", "parenleftbig;0028"]);
        for line in ["bracketrightBigg;005D", "bracketlefttp;23A1", "summationdisplay;2211"] {
            assert!(lines.contains(&line), "{line}");
        }
        assert!(list.ends_with('\n'));
    }
}
