//! What a pass typesets, which need not be known when it begins.
//!
//! What TeX has made of a document's beginning hangs on nothing that comes after it. So a pass can
//! come ahead through as much as is known to stay, and wait there until it is told what to typeset.

use std::cell::{OnceCell, RefCell};
use std::fmt;
use std::io;
use std::rc::Rc;

use super::auxiliary::Auxiliary;
use super::sections::Sections;
use super::start::Turn;

/// What one pass typesets.
#[derive(Debug)]
pub struct Order {
    /// The document's whole LaTeX text.
    pub source: String,
    /// What the pass reads that another has handed on.
    pub handed: Auxiliary,
    /// Which pass it is.
    pub turn: Turn,
    /// The document's sections.
    pub sections: Option<Sections>,
}

/// What a pass goes on with that has waited for its document from the start.
pub enum Coming {
    /// The document.
    Whole(Order),
    /// How the document begins, and who is asked for the rest.
    Beginning {
        /// Its first lines.
        source: String,
        /// What the pass reads that another has handed on.
        handed: Auxiliary,
        /// The sections that begin there.
        sections: Option<Sections>,
        /// Waits for the order.
        ask: Ask,
    },
}

impl fmt::Debug for Coming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(order) => f.debug_tuple("Whole").field(order).finish(),
            Self::Beginning { source, handed, sections, ask: _ } => {
                f.debug_tuple("Beginning").field(source).field(handed).field(sections).finish()
            }
        }
    }
}

/// Waits for that, in another process perhaps.
pub type GoOn = Box<dyn FnOnce() -> io::Result<Coming>>;

/// Waits for the order.
pub type Ask = Box<dyn FnOnce() -> io::Result<Order>>;

/// What is known of an order before it comes.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// How the document begins.
    pub beginning: String,
    /// What the pass reads that another has handed on.
    pub handed: Auxiliary,
}

/// An order that is there, or will be: the pass and what TeX reads in it share one.
#[derive(Clone)]
pub(super) struct Pending(Rc<Inner>);

struct Inner {
    known: Known,
    ask: RefCell<Option<Ask>>,
    order: OnceCell<Order>,
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("known", &self.0.known).field("order", &self.get()).finish()
    }
}

impl Pending {
    /// An order that is there from the start.
    pub fn known(order: Order) -> Self {
        let (known, ask) = Default::default();
        Self(Rc::new(Inner { known, ask, order: order.into() }))
    }

    /// One that is asked for when TeX has read all that is known of the document.
    pub fn awaited(known: Known, ask: Ask) -> Self {
        let ask = RefCell::new(Some(ask));
        Self(Rc::new(Inner { known, ask, order: OnceCell::new() }))
    }

    /// The order, if it is there.
    pub fn get(&self) -> Option<&Order> {
        self.0.order.get()
    }

    /// What the pass reads that another has handed on.
    pub fn handed(&self) -> &Auxiliary {
        self.get().map_or(&self.0.known.handed, |order| &order.handed)
    }

    /// Waits for an order that is not there yet, and gives what its document has after the known
    /// beginning; `None` where nothing more will come.
    pub fn rest(&self) -> io::Result<Option<Vec<u8>>> {
        let Some(ask) = self.0.ask.take() else { return Ok(None) };
        let Known { beginning, handed } = &self.0.known;
        let order = ask()?;
        let rest = order.source.strip_prefix(beginning.as_str());
        let rest = rest.filter(|_| order.handed == *handed).map(|rest| rest.as_bytes().to_vec());
        // It is asked for once.
        let _ = self.0.order.set(order);
        rest.map(Some).ok_or_else(|| io::Error::other("the document is not what was expected"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_document_or_another_guess_is_no_order() {
        let handed = |text: &str| Auxiliary([("a.aux".to_owned(), text.into())].into());
        let rest = |beginning: &str, read: &str| {
            let known = Known { beginning: beginning.to_owned(), handed: handed(read) };
            let (source, handed) = ("ab\nc".to_owned(), handed("1"));
            let order = Order { source, handed, turn: Turn::Guess, sections: None };
            Pending::awaited(known, Box::new(|| Ok(order))).rest().ok().flatten()
        };
        assert_eq!(rest("ab\n", "1"), Some(b"c".to_vec()));
        assert_eq!(rest("ac\n", "1"), None);
        assert_eq!(rest("ab\n", "2"), None);
    }
}
