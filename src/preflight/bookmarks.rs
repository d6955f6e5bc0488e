//! The outline that a viewer shows beside the pages, and the pages its entries lead to.

use std::collections::{HashMap, HashSet};

use lopdf::{Dictionary, Document, Object, ObjectId, decode_text_string};

/// The most entries, the most named places, and the most branches of their tree that are read.
const MOST: usize = 10_000;

/// An entry of the outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark {
    /// What it says.
    pub title: String,
    /// The page it leads to, the first being 1; none where it leads to no page.
    pub page: Option<usize>,
}

/// All entries, in the order in which a viewer shows them.
pub(super) fn read(document: &Document, pages: &[ObjectId]) -> Vec<Bookmark> {
    let Ok(catalog) = document.catalog() else { return Vec::new() };
    let numbers = pages.iter().zip(1..).map(|(&id, number)| (id, number)).collect();
    let places = Places { document, numbers, named: named_places(document, catalog) };
    let root = catalog.get_deref(b"Outlines", document).and_then(Object::as_dict);
    let mut bookmarks = Vec::new();
    let mut seen = HashSet::new();
    let mut open: Vec<&Object> = root.and_then(|r| r.get(b"First")).into_iter().collect();
    while let Some(next) = open.pop() {
        let Object::Reference(id) = next else { continue };
        if !seen.insert(*id) || seen.len() > MOST {
            continue;
        }
        let Ok(entry) = document.get_dictionary(*id) else { continue };
        if let Ok(title) = entry.get_deref(b"Title", document).and_then(decode_text_string) {
            bookmarks.push(Bookmark { title, page: places.target(entry) });
        }
        // Children come before the next sibling.
        open.extend(entry.get(b"Next"));
        open.extend(entry.get(b"First"));
    }
    bookmarks
}

struct Places<'a> {
    document: &'a Document,
    numbers: HashMap<ObjectId, usize>,
    named: HashMap<&'a [u8], &'a Object>,
}

impl Places<'_> {
    fn target(&self, entry: &Dictionary) -> Option<usize> {
        let direct = entry.get_deref(b"Dest", self.document);
        let action = || entry.get_deref(b"A", self.document).and_then(Object::as_dict);
        let place = direct.or_else(|_| action()?.get_deref(b"D", self.document)).ok()?;
        self.page(match place {
            Object::String(name, _) | Object::Name(name) => self.named.get(name.as_slice())?,
            _ => place,
        })
    }

    /// A place is `[page …]`, or a dictionary with such a list.
    fn page(&self, place: &Object) -> Option<usize> {
        let (_, place) = self.document.dereference(place).ok()?;
        let list = match place {
            Object::Dictionary(dictionary) => dictionary.get_deref(b"D", self.document).ok()?,
            _ => place,
        };
        let page = list.as_array().ok()?.first()?.as_reference().ok()?;
        self.numbers.get(&page).copied()
    }
}

/// Names and the places they stand for: a tree since PDF 1.2, a dictionary before.
fn named_places<'a>(
    document: &'a Document,
    catalog: &'a Dictionary,
) -> HashMap<&'a [u8], &'a Object> {
    let mut named = HashMap::new();
    if let Ok(Object::Dictionary(old)) = catalog.get_deref(b"Dests", document) {
        named.extend(old.iter().take(MOST).map(|(name, place)| (name.as_slice(), place)));
    }
    let tree = catalog
        .get_deref(b"Names", document)
        .and_then(Object::as_dict)
        .and_then(|names| names.get_deref(b"Dests", document))
        .and_then(Object::as_dict);
    let list = |node: &'a Dictionary, key: &[u8]| -> &'a [Object] {
        let list = node.get_deref(key, document).and_then(Object::as_array);
        list.map_or(&[], Vec::as_slice)
    };
    let mut open: Vec<&Dictionary> = tree.into_iter().collect();
    let mut seen = HashSet::new();
    // Nodes may share their lists: what is looked at counts, not what is found.
    let (mut pairs_left, mut kids_left) = (MOST, MOST);
    while let Some(node) = open.pop() {
        // By address, which stays while the document is borrowed.
        if !seen.insert(std::ptr::from_ref(node)) {
            continue;
        }
        for pair in list(node, b"Names").chunks_exact(2).take(pairs_left) {
            pairs_left -= 1;
            if let [Object::String(name, _), place] = pair {
                named.insert(name, place);
            }
        }
        for kid in list(node, b"Kids").iter().take(kids_left) {
            kids_left -= 1;
            open.extend(document.dereference(kid).ok().and_then(|(_, kid)| kid.as_dict().ok()));
        }
    }
    named
}
