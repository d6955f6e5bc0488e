//! What a pass typesets, which need not be known when it begins.
//!
//! A TeX that has read the preamble loads the preamble's fonts before it needs more of the document.
//! So far it can come ahead, and wait there until it is told what to typeset.

use std::cell::{OnceCell, RefCell};
use std::io;
use std::rc::Rc;

use super::auxiliary::Auxiliary;
use super::format::preamble::Parts;
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
}

/// Waits for the order.
pub type Ask = Box<dyn FnOnce() -> io::Result<Order>>;

/// An order that is there, or will be: the pass and what TeX reads in it share one.
#[derive(Clone)]
pub(super) struct Pending(Rc<Inner>);

struct Inner {
    ask: RefCell<Option<Ask>>,
    order: OnceCell<Order>,
}

impl Pending {
    /// An order that is there from the start.
    pub fn known(order: Order) -> Self {
        Self(Rc::new(Inner { ask: RefCell::default(), order: order.into() }))
    }

    /// One that is asked for when TeX has read all that is known of the document.
    pub fn awaited(ask: Ask) -> Self {
        Self(Rc::new(Inner { ask: RefCell::new(Some(ask)), order: OnceCell::new() }))
    }

    /// The order, if it is there.
    pub fn get(&self) -> Option<&Order> {
        self.0.order.get()
    }

    /// Waits for an order that is not there yet, and gives what its document has after the
    /// preamble; `None` where nothing more will come.
    pub fn rest(&self) -> io::Result<Option<Vec<u8>>> {
        let Some(ask) = self.0.ask.take() else { return Ok(None) };
        let order = ask()?;
        let rest = Parts::of(&order.source).map(|parts| parts.rest.as_bytes().to_vec());
        // It is asked for once.
        let _ = self.0.order.set(order);
        rest.map(Some).ok_or_else(|| io::Error::other("the document has no preamble"))
    }
}
