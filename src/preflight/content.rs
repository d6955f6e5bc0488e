//! The drawing operators of a page, as far as they draw text (ISO 32000-1, 8.4 and 9.4).

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;

use lopdf::content::Operation;
use lopdf::{Dictionary, Document, Object};

use super::font::{Budget, Font, number};
use super::layout::{Glyph, Layout};
use super::operators::operations;
use super::unreadable::Unreadable;

/// The most content of all pages together, decompressed, in bytes.
const MOST_CONTENT: usize = 64 << 20;
/// The most text of all pages together, in bytes.
const MOST_TEXT: usize = 16 << 20;
/// How deep graphics states and drawings within drawings may be nested.
const DEEPEST_STATE: usize = 512;
const DEEPEST_FORM: usize = 12;
/// What drawing an empty form counts as, in bytes of content: forms may be drawn many times.
const COST_OF_A_FORM: usize = 512;

const TOO_MUCH_CONTENT: Unreadable = Unreadable::Excessive("much content");

/// A transformation: x′ = a x + c y + e, y′ = b x + d y + f.
type Matrix = [f64; 6];

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First `m`, then `n`.
fn then(m: Matrix, n: Matrix) -> Matrix {
    let row = |x: f64, y: f64| (x * n[0] + y * n[2], x * n[1] + y * n[3]);
    let ((a, b), (c, d), (e, f)) = (row(m[0], m[1]), row(m[2], m[3]), row(m[4], m[5]));
    [a, b, c, d, e + n[4], f + n[5]]
}

fn translate(x: f64, y: f64) -> Matrix {
    [1.0, 0.0, 0.0, 1.0, x, y]
}

/// What `q` keeps and `Q` brings back.
#[derive(Clone, Debug)]
struct State {
    ctm: Matrix,
    font: Option<Rc<UsedFont>>,
    size: f64,
    character_spacing: f64,
    word_spacing: f64,
    /// Horizontal scale: 1 is usual.
    scale: f64,
    leading: f64,
    rise: f64,
    /// 3 draws nothing.
    mode: i64,
}

/// A font and what was found while it was in use.
#[derive(Debug)]
pub(super) struct UsedFont {
    pub font: Font,
    /// The texts of codes that were drawn so far.
    texts: RefCell<HashMap<u32, Option<Rc<str>>>>,
    /// Some glyph of it was drawn.
    pub drawn: Cell<bool>,
    /// Some drawn glyph has a text.
    pub read: Cell<bool>,
    /// How many drawn glyphs have none.
    pub unknown: Cell<usize>,
}

impl UsedFont {
    fn text(&self, code: u32) -> Option<Rc<str>> {
        let mut texts = self.texts.borrow_mut();
        texts.entry(code).or_insert_with(|| self.font.text(code).map(Rc::from)).clone()
    }
}

/// Reads the text of pages, and remembers the fonts they used.
#[derive(Debug)]
pub(super) struct PageReader<'a> {
    document: &'a Document,
    /// By the address of their dictionary, which stays while the document is borrowed.
    fonts: HashMap<usize, Rc<UsedFont>>,
    /// The fonts in the order of their first use.
    order: Vec<Rc<UsedFont>>,
    content_left: usize,
    text_left: usize,
    font_budget: Budget,
}

impl<'a> PageReader<'a> {
    pub fn new(document: &'a Document) -> Self {
        Self {
            document,
            fonts: HashMap::new(),
            order: Vec::new(),
            content_left: MOST_CONTENT,
            text_left: MOST_TEXT,
            font_budget: Budget::new(),
        }
    }

    /// The fonts of all pages read so far.
    pub fn fonts(&self) -> &[Rc<UsedFont>] {
        &self.order
    }

    /// The text that a page with these contents and resources shows.
    pub fn page(
        &mut self,
        contents: &[u8],
        resources: Option<&'a Dictionary>,
    ) -> Result<String, Unreadable> {
        self.spend(contents.len())?;
        let mut layout = Layout::default();
        Stream::new(self, IDENTITY, resources, 0).run(contents, &mut layout)?;
        self.text_left = self.text_left.saturating_sub(layout.len());
        Ok(layout.finish())
    }

    /// How much content may still be decompressed.
    pub fn content_left(&self) -> usize {
        self.content_left
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Unreadable> {
        self.content_left = self.content_left.checked_sub(bytes).ok_or(TOO_MUCH_CONTENT)?;
        Ok(())
    }

    fn font(&mut self, dictionary: &'a Dictionary) -> Result<Rc<UsedFont>, Unreadable> {
        Ok(match self.fonts.entry(std::ptr::from_ref(dictionary) as usize) {
            Entry::Occupied(known) => Rc::clone(known.get()),
            Entry::Vacant(new) => {
                let font = Rc::new(UsedFont {
                    font: Font::read(self.document, dictionary, &mut self.font_budget)?,
                    texts: RefCell::default(),
                    drawn: Cell::default(),
                    read: Cell::default(),
                    unknown: Cell::default(),
                });
                self.order.push(Rc::clone(&font));
                Rc::clone(new.insert(font))
            }
        })
    }
}

/// One content stream while it runs.
struct Stream<'r, 'a> {
    reader: &'r mut PageReader<'a>,
    resources: Option<&'a Dictionary>,
    /// The fonts of these resources that were named so far.
    fonts: HashMap<Vec<u8>, Option<Rc<UsedFont>>>,
    depth: usize,
    state: State,
    kept: Vec<State>,
    text_matrix: Matrix,
    line_matrix: Matrix,
}

impl<'r, 'a> Stream<'r, 'a> {
    fn new(
        reader: &'r mut PageReader<'a>,
        ctm: Matrix,
        resources: Option<&'a Dictionary>,
        depth: usize,
    ) -> Self {
        let state = State {
            ctm,
            font: None,
            size: 0.0,
            character_spacing: 0.0,
            word_spacing: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
        };
        Self {
            reader,
            resources,
            fonts: HashMap::new(),
            depth,
            state,
            kept: Vec::new(),
            text_matrix: IDENTITY,
            line_matrix: IDENTITY,
        }
    }

    fn run(mut self, contents: &[u8], layout: &mut Layout) -> Result<(), Unreadable> {
        for operation in operations(contents) {
            self.operate(&operation, layout)?;
        }
        Ok(())
    }

    fn operate(&mut self, operation: &Operation, layout: &mut Layout) -> Result<(), Unreadable> {
        let operands = &operation.operands;
        let n = |i: usize| operands.get(i).and_then(number).unwrap_or(0.0);
        let matrix = || [n(0), n(1), n(2), n(3), n(4), n(5)];
        match operation.operator.as_str() {
            "q" if self.kept.len() >= DEEPEST_STATE => return Err(TOO_MUCH_CONTENT),
            "q" => self.kept.push(self.state.clone()),
            "Q" => self.state = self.kept.pop().unwrap_or_else(|| self.state.clone()),
            "cm" => self.state.ctm = then(matrix(), self.state.ctm),
            "Do" => self.draw(operands, layout)?,
            "BT" => self.set_matrix(IDENTITY),
            "Tm" => self.set_matrix(matrix()),
            "Td" => self.next_line(n(0), n(1)),
            "TD" => {
                self.state.leading = -n(1);
                self.next_line(n(0), n(1));
            }
            "T*" => self.next_line(0.0, -self.state.leading),
            "Tc" => self.state.character_spacing = n(0),
            "Tw" => self.state.word_spacing = n(0),
            "Tz" => self.state.scale = n(0) / 100.0,
            "TL" => self.state.leading = n(0),
            "Ts" => self.state.rise = n(0),
            "Tr" => self.state.mode = n(0) as i64,
            "Tf" => {
                self.state.size = n(1);
                self.state.font = match operands.first() {
                    Some(name) => self.named_font(name)?,
                    None => None,
                };
            }
            "Tj" => self.show(operands.first(), layout)?,
            "'" => {
                self.next_line(0.0, -self.state.leading);
                self.show(operands.first(), layout)?;
            }
            "\"" => {
                (self.state.word_spacing, self.state.character_spacing) = (n(0), n(1));
                self.next_line(0.0, -self.state.leading);
                self.show(operands.get(2), layout)?;
            }
            "TJ" => {
                let parts = operands.first().and_then(|list| list.as_array().ok());
                for part in parts.into_iter().flatten() {
                    match number(part) {
                        Some(back) => self.advance(-back * 0.001 * self.state.size),
                        None => self.show(Some(part), layout)?,
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn set_matrix(&mut self, matrix: Matrix) {
        (self.text_matrix, self.line_matrix) = (matrix, matrix);
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.set_matrix(then(translate(x, y), self.line_matrix));
    }

    fn advance(&mut self, distance: f64) {
        self.text_matrix = then(translate(distance * self.state.scale, 0.0), self.text_matrix);
    }

    fn resource(&self, kind: &[u8], name: &Object) -> Option<&'a Object> {
        let document = self.reader.document;
        let list = self.resources?.get_deref(kind, document).and_then(Object::as_dict).ok()?;
        list.get_deref(name.as_name().ok()?, document).ok()
    }

    fn named_font(&mut self, name: &Object) -> Result<Option<Rc<UsedFont>>, Unreadable> {
        let Ok(key) = name.as_name() else { return Ok(None) };
        if let Some(known) = self.fonts.get(key) {
            return Ok(known.clone());
        }
        let dictionary = self.resource(b"Font", name).and_then(|font| font.as_dict().ok());
        let font = dictionary.map(|dictionary| self.reader.font(dictionary)).transpose()?;
        self.fonts.insert(key.to_owned(), font.clone());
        Ok(font)
    }

    fn show(&mut self, string: Option<&Object>, layout: &mut Layout) -> Result<(), Unreadable> {
        let (Some(Ok(string)), Some(used)) = (string.map(Object::as_str), self.state.font.clone())
        else {
            return Ok(());
        };
        for code in used.font.codes(string) {
            let State { ctm, size, rise, scale, .. } = self.state;
            let width = used.font.width(code) * size;
            let place = then(then(translate(0.0, rise), self.text_matrix), ctm);
            let end = then(translate(width * scale, 0.0), place);
            let glyph = Glyph {
                from: (place[4], place[5]),
                to: (end[4], end[5]),
                size: size.abs() * place[2].hypot(place[3]),
            };
            let finite = [glyph.from.0, glyph.from.1, glyph.to.0, glyph.to.1, glyph.size];
            if self.state.mode != 3 && finite.iter().all(|v| v.is_finite()) {
                let text = used.text(code);
                used.drawn.set(true);
                match text {
                    Some(_) => used.read.set(true),
                    None => used.unknown.set(used.unknown.get() + 1),
                }
                layout.put(glyph, text.as_deref());
                // A string may hold millions of codes, and a code may stand for a whole word.
                if layout.len() > self.reader.text_left {
                    return Err(Unreadable::Excessive("much text"));
                }
            }
            let word = if used.font.is_space(code) { self.state.word_spacing } else { 0.0 };
            self.advance(width + self.state.character_spacing + word);
        }
        Ok(())
    }

    /// Runs a form, a drawing within the drawing.
    fn draw(&mut self, operands: &[Object], layout: &mut Layout) -> Result<(), Unreadable> {
        let Some(Ok(form)) = operands
            .first()
            .and_then(|name| self.resource(b"XObject", name))
            .map(Object::as_stream)
        else {
            return Ok(());
        };
        let document = self.reader.document;
        let kind = form.dict.get_deref(b"Subtype", document).and_then(Object::as_name);
        if !kind.is_ok_and(|kind| kind == b"Form") {
            return Ok(());
        }
        if self.depth >= DEEPEST_FORM {
            return Err(TOO_MUCH_CONTENT);
        }
        let contents = form
            .get_plain_content_with_limit(self.reader.content_left)
            .map_err(|_| TOO_MUCH_CONTENT)?;
        self.reader.spend(contents.len() + COST_OF_A_FORM)?;
        let numbers = form.dict.get_deref(b"Matrix", document).and_then(Object::as_array);
        let mut matrix = IDENTITY;
        for (entry, object) in matrix.iter_mut().zip(numbers.into_iter().flatten()) {
            *entry = number(object).unwrap_or(*entry);
        }
        let own = form.dict.get_deref(b"Resources", document).and_then(Object::as_dict).ok();
        let ctm = then(matrix, self.state.ctm);
        let resources = own.or(self.resources);
        Stream::new(self.reader, ctm, resources, self.depth + 1).run(&contents, layout)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{file, one_page};
    use super::*;

    /// A string of 10,000 codes, of which there is room for 100.
    #[test]
    fn a_long_string_stops_where_the_room_for_text_ends() {
        let document = Document::load_mem(&file(&one_page("", "", "", &[]), "")).unwrap();
        let fonts = document.get_dictionary((3, 0)).unwrap().get(b"Resources").unwrap();
        let mut reader = PageReader::new(&document);
        reader.text_left = 100;
        let mut layout = Layout::default();
        let contents = format!("BT /F 10 Tf ({}) Tj ET", "a".repeat(10_000));
        let stream = Stream::new(&mut reader, IDENTITY, fonts.as_dict().ok(), 0);
        let stopped = stream.run(contents.as_bytes(), &mut layout);
        assert_eq!(stopped, Err(Unreadable::Excessive("much text")));
        assert_eq!(layout.len(), 101);
    }
}
