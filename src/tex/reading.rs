//! The document as TeX reads it: line by line, each when all before it is done.

use std::collections::HashMap;
use std::io;

use super::order::Pending;
use super::sections::{BEFORE, READ_PRELUDE, Taking};
use super::session::Shared;

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
}

/// In place of a line that TeX is not to read.
const NOTHING: &[u8] = b"%\n";

impl Reading {
    /// A text, what may come after it, and the sections in it.
    pub fn new(text: Vec<u8>, order: Option<Pending>, taking: Option<Taking>) -> Self {
        // The prelude is read with the first line, which has nothing but a comment sign.
        let taking = taking.filter(|_| text.starts_with(NOTHING));
        Self { text, next: 0, line: Vec::new(), column: 0, order, taking }
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
        let rest = self.text.get(self.next..).unwrap_or_default();
        let end = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
        let line = rest.get(..end).unwrap_or_default();
        self.line.clear();
        self.column = 0;
        match &self.taking {
            Some(_) if self.next == 0 => self.line.extend(READ_PRELUDE.as_bytes()),
            Some(taking) if taking.begins_at(self.next) => {
                self.line.extend(BEFORE.as_bytes());
                self.line.extend(line);
            }
            Some(taking) if taking.leaves_out() => self.line.extend(NOTHING),
            _ => self.line.extend(line),
        }
        self.next += end;
        Ok(true)
    }

    /// Waits for what comes after the text that is known; false where there is nothing.
    fn extend(&mut self) -> io::Result<bool> {
        let Some(order) = &self.order else { return Ok(false) };
        let Some(rest) = order.rest()? else { return Ok(false) };
        let known = self.text.len();
        self.text.extend(&rest);
        let whole = order.get().and_then(|order| order.sections.as_ref());
        if let Some(taking) = &mut self.taking
            && !taking.extend(whole, known)
        {
            if taking.last().is_some() {
                return Err(io::Error::other("the sections are not what was expected"));
            }
            self.taking = None;
        }
        Ok(!rest.is_empty())
    }

    /// What TeX reads before a section: see [`Taking::begin`].
    ///
    /// # Errors
    /// Those, and where no section begins here.
    pub fn begin_section(
        &mut self,
        state: String,
        written: &HashMap<String, Shared>,
    ) -> io::Result<Vec<u8>> {
        while self.taking.as_ref().is_some_and(|taking| !taking.knows_next()) && self.extend()? {}
        let Self { taking, text, .. } = self;
        match taking {
            Some(taking) => taking.begin(text, state, written),
            None => Ok(Taking::none()),
        }
    }

    /// The text and its sections.
    pub fn taking(&self) -> Option<(&[u8], &Taking)> {
        Some((&self.text, self.taking.as_ref()?))
    }
}
