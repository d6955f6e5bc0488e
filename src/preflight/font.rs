//! A font as far as reading needs it: where one code ends, how wide it is, what it means.

use std::collections::HashMap;

use lopdf::{Dictionary, Document, Object, Stream};

use super::cmap::CMap;
use super::encoding;
use super::unreadable::Unreadable;

/// The most that one map or font program may decompress to, in bytes.
const LARGEST_STREAM: usize = 16 << 20;
/// The most that is read for all fonts together, in bytes: they may share a map, and each font
/// parses it for itself.
const MOST_FONT_DATA: usize = 32 << 20;
/// What a font counts as beside its map and its program, and each entry of its tables, in bytes.
const COST_OF_A_FONT: usize = 1 << 10;
const COST_OF_AN_ENTRY: usize = 16;
/// What a stream counts as that does not decompress, which may show at its end only, in bytes.
const COST_OF_A_FAILURE: usize = 1 << 20;
/// CIDs have two bytes.
const LAST_CID: i64 = 0xFFFF;
/// The most widths that are noted for one font: every CID, and again.
const MOST_WIDTHS: usize = 1 << 17;
/// Width of a glyph whose width is not given, in thousandths of the font size.
const USUAL_WIDTH: f64 = 500.0;

/// What may still be read for fonts.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
}

impl Budget {
    pub fn new() -> Self {
        Self { left: MOST_FONT_DATA }
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Unreadable> {
        self.left = self.left.checked_sub(bytes).ok_or(Unreadable::Excessive("much font data"))?;
        Ok(())
    }

    /// Pays for the entries of a table before they are read.
    pub fn spend_entries(&mut self, count: usize) -> Result<(), Unreadable> {
        self.spend(count.saturating_mul(COST_OF_AN_ENTRY))
    }

    /// What a stream holds; `None` where it cannot be decompressed, or is too large for one font.
    pub fn contents(&mut self, stream: &Stream) -> Result<Option<Vec<u8>>, Unreadable> {
        let limit = LARGEST_STREAM.min(self.left);
        match stream.get_plain_content_with_limit(limit) {
            Ok(contents) => self.spend(contents.len()).map(|()| Some(contents)),
            // It was decompressed up to the limit.
            Err(lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded {
                ..
            })) => self.spend(LARGEST_STREAM).map(|()| None),
            Err(_) => self.spend(COST_OF_A_FAILURE).map(|()| None),
        }
    }
}

/// What is needed of a font to read what it draws.
#[derive(Clone, Debug)]
pub(super) struct Font {
    /// Without the tag of a subset.
    pub name: String,
    /// The glyphs are in the file.
    pub embedded: bool,
    /// Codes have two bytes instead of one.
    composite: bool,
    to_unicode: Option<CMap>,
    texts: Vec<Option<String>>,
    widths: HashMap<u32, f64>,
    default_width: f64,
}

impl Font {
    pub fn read(
        document: &Document,
        font: &Dictionary,
        budget: &mut Budget,
    ) -> Result<Self, Unreadable> {
        budget.spend(COST_OF_A_FONT)?;
        let name = |dictionary: &Dictionary| match dictionary.get_deref(b"BaseFont", document) {
            Ok(Object::Name(name)) => Some(without_tag(&String::from_utf8_lossy(name))),
            _ => None,
        };
        let kind = font.get_deref(b"Subtype", document).and_then(Object::as_name).unwrap_or(b"");
        let composite = kind == b"Type0";
        let descendant = composite.then(|| descendant(document, font)).flatten();
        let map = font.get_deref(b"ToUnicode", document).and_then(Object::as_stream);
        let map = map.ok().map(|stream| budget.contents(stream)).transpose()?.flatten();
        let (widths, default_width) = match descendant {
            Some(descendant) => cid_widths(document, descendant),
            None => simple_widths(document, font),
        };
        budget.spend_entries(widths.len())?;
        Ok(Self {
            name: name(font).unwrap_or_else(|| "a font without a name".to_owned()),
            embedded: kind == b"Type3" || has_program(document, descendant.unwrap_or(font)),
            composite,
            to_unicode: map.map(|source| CMap::parse(&source)),
            texts: if composite { Vec::new() } else { encoding::texts(document, font, budget)? },
            widths,
            default_width,
        })
    }

    /// The codes in a string that is shown.
    pub fn codes(&self, string: &[u8]) -> Vec<u32> {
        let length = if self.composite { 2 } else { 1 };
        string.chunks(length).map(|c| c.iter().fold(0, |n, &b| n << 8 | u32::from(b))).collect()
    }

    /// The text of a code; empty for a stroke of a larger sign.
    pub fn text(&self, code: u32) -> Option<String> {
        let by_map = self.to_unicode.as_ref().and_then(|map| map.text(code));
        by_map.or_else(|| self.texts.get(code as usize).cloned().flatten())
    }

    /// The advance of a code for a font of size 1.
    pub fn width(&self, code: u32) -> f64 {
        self.widths.get(&code).copied().unwrap_or(self.default_width)
    }

    /// Word spacing belongs to the one-byte code 32 only (ISO 32000-1, 9.3.3).
    pub fn is_space(&self, code: u32) -> bool {
        !self.composite && code == 32
    }
}

/// `ABCDEF+Name` is `Name`.
fn without_tag(name: &str) -> String {
    match name.split_once('+') {
        Some((tag, rest)) if tag.len() == 6 => rest.to_owned(),
        _ => name.to_owned(),
    }
}

fn descendant<'a>(document: &'a Document, font: &'a Dictionary) -> Option<&'a Dictionary> {
    let list = font.get_deref(b"DescendantFonts", document).and_then(Object::as_array).ok()?;
    let (_, first) = document.dereference(list.first()?).ok()?;
    first.as_dict().ok()
}

fn has_program(document: &Document, font: &Dictionary) -> bool {
    font.get_deref(b"FontDescriptor", document).and_then(Object::as_dict).is_ok_and(|descriptor| {
        [&b"FontFile"[..], b"FontFile2", b"FontFile3"]
            .iter()
            .any(|key| descriptor.get_deref(key, document).is_ok_and(|o| o.as_stream().is_ok()))
    })
}

pub(super) fn number(object: &Object) -> Option<f64> {
    object.as_float().ok().map(f64::from).filter(|n| n.is_finite())
}

fn simple_widths(document: &Document, font: &Dictionary) -> (HashMap<u32, f64>, f64) {
    // Type 3 fonts have a space of their own; all others divide an em into 1000.
    let scale = match font.get_deref(b"FontMatrix", document).and_then(Object::as_array) {
        Ok(matrix) => matrix.first().and_then(number).unwrap_or(0.001),
        Err(_) => 0.001,
    };
    let first = font.get_deref(b"FirstChar", document).and_then(Object::as_i64).unwrap_or(0);
    let list = font.get_deref(b"Widths", document).and_then(Object::as_array);
    let widths = list.map(|list| {
        let numbers = list.iter().take(256).map(|o| dereferenced(document, o).and_then(number));
        let coded = (first.clamp(0, 255) as u32..).zip(numbers);
        coded.filter_map(|(code, width)| Some((code, width? * scale))).collect()
    });
    (widths.unwrap_or_default(), USUAL_WIDTH * 0.001)
}

/// `/W` is a list of `first [w w …]` and `first last w` (ISO 32000-1, 9.7.4.3).
fn cid_widths(document: &Document, font: &Dictionary) -> (HashMap<u32, f64>, f64) {
    let default = font.get_deref(b"DW", document).ok().and_then(number).unwrap_or(1000.0);
    let mut widths = HashMap::new();
    let Ok(list) = font.get_deref(b"W", document).and_then(Object::as_array) else {
        return (widths, default * 0.001);
    };
    let cid = |object: &Object| object.as_i64().unwrap_or(0).clamp(0, LAST_CID) as u32;
    let mut entries = list.iter().filter_map(|object| dereferenced(document, object));
    let mut noted = 0;
    while let (Some(first), Some(next)) = (entries.next(), entries.next()) {
        let codes = cid(first)..=LAST_CID as u32;
        if let Object::Array(run) = next {
            noted += run.len();
            let coded = codes.zip(run.iter().map(number));
            widths.extend(coded.filter_map(|(code, width)| Some((code, width? * 0.001))));
        } else if let Some(width) = entries.next().and_then(number) {
            let codes = cid(first)..=cid(next);
            noted += codes.clone().count();
            widths.extend(codes.map(|code| (code, width * 0.001)));
        }
        if noted > MOST_WIDTHS {
            break;
        }
    }
    (widths, default * 0.001)
}

fn dereferenced<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Object> {
    document.dereference(object).ok().map(|(_, object)| object)
}
