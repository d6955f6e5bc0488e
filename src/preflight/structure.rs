//! From bytes to pages, properties and fonts.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, decode_text_string};

use super::content::PageReader;
use super::font::number;
use super::{FontInfo, MOST_BYTES, Page, ReadBack, Unreadable, bookmarks};

/// The most that one stream of the file's own tables may decompress to, in bytes.
const LARGEST_TABLE: usize = 64 << 20;
const MOST_PAGES: usize = 2_000;
/// How many ancestors in the page tree are asked for what a page inherits.
const DEEPEST_TREE: usize = 64;
/// The end mark stands in the last bytes of a whole file.
const TAIL: usize = 1024;

/// Reads a PDF back.
///
/// # Errors
/// [`Unreadable`] says what kind of file it is instead, and what to do.
pub fn read(pdf: &[u8]) -> Result<ReadBack, Unreadable> {
    let document = open(pdf)?;
    let ids: Vec<ObjectId> = document.page_iter().take(MOST_PAGES + 1).collect();
    match ids.len() {
        0 => return Err(Unreadable::NoPages),
        n if n > MOST_PAGES => return Err(Unreadable::Excessive("many pages")),
        _ => {}
    }
    let mut reader = PageReader::new(&document);
    let pages = ids.iter().map(|&id| page(&document, id, &mut reader)).collect::<Result<_, _>>()?;
    let fonts = reader.fonts().iter().map(|used| FontInfo {
        name: used.font.name.clone(),
        embedded: used.font.embedded,
        has_text: used.read.get() || !used.drawn.get(),
        without_text: used.unknown.get(),
    });
    let language = document.catalog().and_then(|c| c.get_deref(b"Lang", &document));
    Ok(ReadBack {
        pages,
        fonts: fonts.collect(),
        language: language.and_then(decode_text_string).ok().filter(|text| !text.is_empty()),
        properties: properties(&document),
        bookmarks: bookmarks::read(&document, &ids),
        bytes: pdf.len(),
    })
}

fn open(pdf: &[u8]) -> Result<Document, Unreadable> {
    if pdf.is_empty() {
        return Err(Unreadable::Empty);
    }
    let begin = pdf.get(..TAIL).unwrap_or(pdf);
    if !begin.windows(5).any(|bytes| bytes == b"%PDF-") {
        return Err(Unreadable::NotAPdf);
    }
    if pdf.len() > MOST_BYTES {
        return Err(Unreadable::TooLarge(pdf.len()));
    }
    let end = pdf.get(pdf.len().saturating_sub(TAIL)..).unwrap_or(pdf);
    if !end.windows(5).any(|bytes| bytes == b"%%EOF") {
        return Err(Unreadable::Truncated);
    }
    let document = Document::load_mem_with_options(
        pdf,
        LoadOptions::with_max_decompressed_size(LARGEST_TABLE),
    );
    match document {
        Ok(document) if document.was_encrypted() || document.trailer.has(b"Encrypt") => {
            Err(Unreadable::Encrypted)
        }
        // A viewer may guess its way around a broken table; an upload should not depend on it.
        Ok(document) if document.xref_recovery.is_some() => {
            Err(Unreadable::Damaged("its table of contents (xref) does not fit".to_owned()))
        }
        Ok(document) => Ok(document),
        Err(
            lopdf::Error::InvalidPassword
            | lopdf::Error::Decryption(_)
            | lopdf::Error::UnsupportedSecurityHandler(_),
        ) => Err(Unreadable::Encrypted),
        Err(error) => Err(Unreadable::Damaged(error.to_string())),
    }
}

fn page<'a>(
    document: &'a Document,
    id: ObjectId,
    reader: &mut PageReader<'a>,
) -> Result<Page, Unreadable> {
    let resources = inherited(document, id, b"Resources").and_then(|r| r.as_dict().ok());
    let contents = document
        .get_page_content_with_limit(id, reader.content_left())
        .map_err(|_| Unreadable::Excessive("much content"))?;
    Ok(Page { paper: paper(document, id), text: reader.page(&contents, resources)? })
}

/// The size of what is shown: the crop box, or else the whole medium, turned as the page is.
fn paper(document: &Document, id: ObjectId) -> (f64, f64) {
    let corners = |key: &[u8]| {
        let list = inherited(document, id, key)?.as_array().ok()?;
        let values = list.iter().map(|o| document.dereference(o).ok().and_then(|(_, o)| number(o)));
        <[f64; 4]>::try_from(values.collect::<Option<Vec<_>>>()?).ok()
    };
    let [left, bottom, right, top] =
        corners(b"CropBox").or_else(|| corners(b"MediaBox")).unwrap_or_default();
    let turns = inherited(document, id, b"Rotate").and_then(|r| r.as_i64().ok()).unwrap_or(0) / 90;
    let (width, height) = ((right - left).abs(), (top - bottom).abs());
    if turns % 2 == 0 { (width, height) } else { (height, width) }
}

/// An attribute of a page, or of the nearest ancestor that has it.
fn inherited<'a>(document: &'a Document, page: ObjectId, key: &[u8]) -> Option<&'a Object> {
    let mut node = document.get_dictionary(page).ok()?;
    for _ in 0..DEEPEST_TREE {
        if let Ok(value) = node.get_deref(key, document) {
            return Some(value);
        }
        node = node.get_deref(b"Parent", document).and_then(Object::as_dict).ok()?;
    }
    None
}

fn properties(document: &Document) -> BTreeMap<String, String> {
    let info = document.trailer.get_deref(b"Info", document).and_then(Object::as_dict);
    let entries = info.into_iter().flat_map(Dictionary::iter);
    let texts = entries.filter_map(|(name, value)| {
        let (_, value) = document.dereference(value).ok()?;
        let text = decode_text_string(value).ok().filter(|text| !text.is_empty())?;
        Some((String::from_utf8_lossy(name).into_owned(), text))
    });
    texts.collect()
}
