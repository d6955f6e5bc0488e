//! The document as TeX reads it: line by line, each when all before it is done.

use std::io;

use super::order::Pending;
use super::sections::{BEFORE_SECTION, READ_PRELUDE, STATE_FILE, Taking, Written};

/// A document that is being read.
#[derive(Debug)]
pub(super) struct Reading {
    /// As far as it is known.
    text: Vec<u8>,
    /// Where the next line begins.
    next: usize,
    line: Vec<u8>,
    /// How much of the line was read.
    column: usize,
    order: Option<Pending>,
    taking: Option<Taking>,
    written: Written,
}

/// How a text begins of which TeX has read the preamble.
const NOTHING: &[u8] = b"%\n";

impl Reading {
    /// A text, what may come after it, the sections in it, and where TeX writes.
    pub fn new(
        text: Vec<u8>,
        order: Option<Pending>,
        taking: Option<Taking>,
        written: Written,
    ) -> Self {
        // The prelude is read with the first line, which has nothing but a comment sign.
        let taking = taking.filter(|_| text.starts_with(NOTHING));
        Self { text, next: 0, line: Vec::new(), column: 0, order, taking, written }
    }

    /// How many bytes are known.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Reads some bytes, of one line at most.
    pub fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.column == self.line.len() && !self.next_line()? {
            return Ok(0);
        }
        let count = io::Read::read(&mut self.line.get(self.column..).unwrap_or_default(), buffer)?;
        self.column += count;
        Ok(count)
    }

    /// Begins anew; nothing was done yet of what was read.
    pub fn rewind(&mut self) {
        self.next = 0;
        self.column = 0;
        self.line.clear();
    }

    fn next_line(&mut self) -> io::Result<bool> {
        if self.next == self.text.len() && !self.extend()? {
            return Ok(false);
        }
        let taken = self.begin_section()?;
        let rest = self.text.get(self.next..).unwrap_or_default();
        let end = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
        let line = rest.get(..end).unwrap_or_default();
        self.line.clear();
        self.column = 0;
        let ends_section =
            self.taking.as_ref().is_some_and(|taking| taking.begins_at(self.next + end));
        match (&self.taking, taken) {
            (_, Some(line)) => self.line.extend(line.as_bytes()),
            (Some(_), _) if self.next == 0 => self.line.extend(READ_PRELUDE.as_bytes()),
            (Some(taking), _) if taking.leaves_out() => {
                self.line.extend(if ends_section { b"".as_slice() } else { b"%" });
            }
            _ => self.line.extend(line.strip_suffix(b"\n").unwrap_or(line)),
        }
        if ends_section {
            // A blank line ends a paragraph.
            self.line.extend(if line.trim_ascii().is_empty() { b"\\par".as_slice() } else { b" " });
            self.line.extend(BEFORE_SECTION.as_bytes());
        }
        if line.ends_with(b"\n") {
            self.line.push(b'\n');
        }
        self.next += end;
        Ok(true)
    }

    /// Where a section begins, TeX has told of those before: see [`Taking::begin`].
    fn begin_section(&mut self) -> io::Result<Option<String>> {
        if !self.taking.as_ref().is_some_and(|taking| taking.begins_at(self.next)) {
            return Ok(None);
        }
        let state = self.written.borrow().get(STATE_FILE).map(|file| file.take());
        let Some(state) = state.filter(|state| !state.is_empty()) else {
            // It has not: a command before has taken for its argument what asks for that.
            return Err(unexpected());
        };
        let knows = |reading: &Self| reading.taking.as_ref().is_none_or(Taking::knows_next);
        while !knows(self) && self.extend()? {}
        let Self { taking: Some(taking), text, written, .. } = self else { return Ok(None) };
        taking.begin(text, String::from_utf8_lossy(&state).into_owned(), written)
    }

    /// Waits for what comes after the text that is known; false where there is nothing.
    fn extend(&mut self) -> io::Result<bool> {
        let Some(order) = &self.order else { return Ok(false) };
        let Some(rest) = order.rest()? else { return Ok(false) };
        let known = self.text.len();
        self.text.extend(&rest);
        let whole = order.get().and_then(|order| order.sections.as_ref());
        let is_other = self.taking.as_mut().is_some_and(|taking| !taking.extend(whole, known));
        if is_other && self.taking.take().is_some_and(|taking| taking.has_begun()) {
            return Err(unexpected());
        }
        Ok(!rest.is_empty())
    }

    /// The text and its sections.
    pub fn taking(&self) -> Option<(&[u8], &Taking)> {
        Some((&self.text, self.taking.as_ref()?))
    }
}

fn unexpected() -> io::Error {
    io::Error::other("the sections are not what was expected")
}
