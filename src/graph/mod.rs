//! Expressions over matrices, written once and used for everything: values in any number system,
//! gradients by reverse mode, and how each step reads in LaTeX.
//!
//! A [`Graph`] is a list of nodes in topological order; a scalar is a 1×1 matrix. Differentiating
//! ([`Graph::backward`]) appends more nodes, so a gradient has a symbol, a formula and a value
//! like any other node. A node with a [symbol](Graph::name) is a *step* of the derivation; one
//! without is shown inline wherever it is used.
//!
//! | file | subject |
//! |---|---|
//! | `mod` | nodes, operations, shapes, building |
//! | `backward` | reverse-mode differentiation |
//! | `evaluate` | values in a number system |
//! | `expr` | how a node reads: its formula(s) as expressions over named nodes |
//! | `latex` | expressions and matrices as LaTeX, with symbols or with numbers |

#![allow(
    clippy::indexing_slicing,
    reason = "node ids come from the graph that they index, and shapes were checked when it was built"
)]

mod backward;
mod evaluate;
mod expr;
mod latex;
#[cfg(test)]
mod tests;

use dashu_ratio::RBig;
use nalgebra::DMatrix;

use crate::numbers::Class;

pub use backward::{Adjoints, Pullback, pullback};
pub use evaluate::Evaluation;
pub use expr::Expr;
pub use latex::{IN_FULL, Notation, aligned_cells, matrix_latex};

/// Index of a node in its [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(usize);

impl NodeId {
    /// The position in [`Graph::ids`].
    pub fn index(self) -> usize {
        self.0
    }
}

/// What a node computes from earlier nodes.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// A known matrix: an input, or a constant of a formula.
    Leaf(DMatrix<RBig>),
    /// A B, for A of m×k and B of k×n.
    Product(NodeId, NodeId),
    /// Aᵀ.
    Transpose(NodeId),
    /// A + B, of one shape.
    Sum(NodeId, NodeId),
    /// A − B, of one shape.
    Difference(NodeId, NodeId),
    /// A ⊙ B, entry by entry, of one shape.
    Hadamard(NodeId, NodeId),
    /// c A, for a scalar c that no gradient is asked of.
    Scale(NodeId, NodeId),
    /// ‖A‖² = Σᵢⱼ Aᵢⱼ², a scalar.
    SumSquares(NodeId),
    /// σ(Z), entry by entry.
    Sigmoid(NodeId),
    /// σ′(Z), entry by entry; `a` is the node that holds σ(Z).
    SigmoidSlope { z: NodeId, a: NodeId },
    /// σ(z) − y of a scalar z; `a` holds σ(z), `y` the target 0 or 1.
    SigmoidError { z: NodeId, a: NodeId, y: NodeId, class: Class },
    /// −(y log σ(z) + (1 − y) log(1 − σ(z))) of a scalar z; operands as in `SigmoidError`.
    CrossEntropy { z: NodeId, a: NodeId, y: NodeId, class: Class },
}

impl Op {
    /// The nodes whose values this one reads (the `a` and `y` of the sigmoid's own operations are
    /// for the eye: their values follow from z and the class).
    pub fn operands(&self) -> Vec<NodeId> {
        match *self {
            Op::Leaf(_) => vec![],
            Op::Transpose(a) | Op::SumSquares(a) | Op::Sigmoid(a) => vec![a],
            Op::Product(a, b)
            | Op::Sum(a, b)
            | Op::Difference(a, b)
            | Op::Hadamard(a, b)
            | Op::Scale(a, b) => vec![a, b],
            Op::SigmoidSlope { z, .. }
            | Op::SigmoidError { z, .. }
            | Op::CrossEntropy { z, .. } => {
                vec![z]
            }
        }
    }
}

#[derive(Clone, Debug)]
struct Node {
    op: Op,
    shape: (usize, usize),
    symbol: Option<String>,
}

/// An expression graph over matrices, in topological order.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
}

impl Graph {
    pub fn new() -> Self {
        Self::default()
    }

    /// All nodes, operands before the nodes that read them.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (0..self.nodes.len()).map(NodeId)
    }

    pub fn op(&self, id: NodeId) -> &Op {
        &self.nodes[id.0].op
    }

    /// Rows and columns.
    pub fn shape(&self, id: NodeId) -> (usize, usize) {
        self.nodes[id.0].shape
    }

    pub fn is_scalar(&self, id: NodeId) -> bool {
        self.shape(id) == (1, 1)
    }

    /// The LaTeX symbol of a step; `None` for a node that is shown inline.
    pub fn symbol(&self, id: NodeId) -> Option<&str> {
        self.nodes[id.0].symbol.as_deref()
    }

    /// Makes a node a step of the derivation.
    pub fn name(&mut self, id: NodeId, symbol: impl Into<String>) -> NodeId {
        self.nodes[id.0].symbol = Some(symbol.into());
        id
    }

    fn push(&mut self, op: Op, shape: (usize, usize)) -> NodeId {
        self.nodes.push(Node { op, shape, symbol: None });
        NodeId(self.nodes.len() - 1)
    }

    /// An input with a symbol.
    pub fn input(&mut self, symbol: impl Into<String>, value: DMatrix<RBig>) -> NodeId {
        let shape = value.shape();
        let id = self.push(Op::Leaf(value), shape);
        self.name(id, symbol)
    }

    /// A scalar constant of a formula.
    pub fn constant(&mut self, value: RBig) -> NodeId {
        self.push(Op::Leaf(DMatrix::from_element(1, 1, value)), (1, 1))
    }

    /// The value of an unnamed constant.
    fn constant_value(&self, id: NodeId) -> Option<&RBig> {
        match self.op(id) {
            Op::Leaf(value) if self.is_scalar(id) && self.symbol(id).is_none() => value.get((0, 0)),
            _ => None,
        }
    }

    /// A B.
    ///
    /// # Panics
    /// Where the inner dimensions differ, as for every operation below whose shapes do not fit:
    /// a fault of the code that builds the graph, never of its inputs.
    pub fn product(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let ((rows, inner), (inner_b, columns)) = (self.shape(a), self.shape(b));
        assert_eq!(inner, inner_b, "inner dimensions of a product");
        self.push(Op::Product(a, b), (rows, columns))
    }

    /// Aᵀ; a scalar is its own transpose.
    pub fn transpose(&mut self, a: NodeId) -> NodeId {
        if self.is_scalar(a) {
            return a;
        }
        let (rows, columns) = self.shape(a);
        self.push(Op::Transpose(a), (columns, rows))
    }

    /// A + B.
    pub fn sum(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let shape = self.same_shape(a, b);
        self.push(Op::Sum(a, b), shape)
    }

    /// A − B.
    pub fn difference(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let shape = self.same_shape(a, b);
        self.push(Op::Difference(a, b), shape)
    }

    /// A ⊙ B; for scalars their product.
    pub fn hadamard(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let shape = self.same_shape(a, b);
        let op = if shape == (1, 1) { Op::Product(a, b) } else { Op::Hadamard(a, b) };
        self.push(op, shape)
    }

    /// c A. Constants are multiplied out, and a factor 1 disappears (a step, though, gets a node of
    /// its own, since it may get another name).
    pub fn scale(&mut self, factor: NodeId, a: NodeId) -> NodeId {
        assert!(self.is_scalar(factor), "a factor is a scalar");
        if let Some(c) = self.constant_value(factor).cloned() {
            if c.is_one() && self.symbol(a).is_none() {
                return a;
            }
            if let Some(d) = self.constant_value(a) {
                let product = &c * d;
                return self.constant(product);
            }
            if let (Op::Scale(inner, b), None) = (self.op(a).clone(), self.symbol(a))
                && let Some(d) = self.constant_value(inner)
            {
                let folded = &c * d;
                let folded = self.constant(folded);
                return self.scale(folded, b);
            }
        }
        let shape = self.shape(a);
        self.push(Op::Scale(factor, a), shape)
    }

    /// ‖A‖², the squared Frobenius norm.
    pub fn sum_squares(&mut self, a: NodeId) -> NodeId {
        self.push(Op::SumSquares(a), (1, 1))
    }

    /// σ(Z).
    pub fn sigmoid(&mut self, z: NodeId) -> NodeId {
        let shape = self.shape(z);
        self.push(Op::Sigmoid(z), shape)
    }

    /// The binary cross-entropy of σ(z) against a target of 0 or 1; `a` is the node of σ(z).
    pub fn cross_entropy(&mut self, z: NodeId, a: NodeId, y: NodeId, class: Class) -> NodeId {
        assert!(
            self.is_scalar(z) && *self.op(a) == Op::Sigmoid(z),
            "cross-entropy of a scalar σ(z)"
        );
        self.push(Op::CrossEntropy { z, a, y, class }, (1, 1))
    }

    fn same_shape(&self, a: NodeId, b: NodeId) -> (usize, usize) {
        assert_eq!(self.shape(a), self.shape(b), "shapes of an entry-wise operation");
        self.shape(a)
    }
}
