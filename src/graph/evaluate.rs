//! Values of a graph's nodes in a number system.

use std::ops::Index;

use nalgebra::DMatrix;

use super::{Graph, NodeId, Op};
use crate::numbers::NumberSystem;

/// The value of every node of a graph.
#[derive(Clone, Debug)]
pub struct Evaluation<E> {
    values: Vec<DMatrix<E>>,
}

impl<E> Index<NodeId> for Evaluation<E> {
    type Output = DMatrix<E>;

    fn index(&self, id: NodeId) -> &DMatrix<E> {
        &self.values[id.0]
    }
}

impl Graph {
    /// Evaluates every node, in order.
    pub fn evaluate<S: NumberSystem>(&self, system: &S) -> Evaluation<S::Element> {
        self.evaluate_with(system, |_, exact| exact)
    }

    /// Evaluates every node, after `change` had a look at the value of each leaf: a finite
    /// difference moves one entry, forward mode seeds one.
    pub fn evaluate_with<S: NumberSystem>(
        &self,
        system: &S,
        change: impl Fn(NodeId, DMatrix<S::Element>) -> DMatrix<S::Element>,
    ) -> Evaluation<S::Element> {
        self.evaluate_up_to(self.nodes.len(), system, change)
    }

    /// Evaluates the nodes up to and including `last`, which is all that `last` depends on.
    pub fn evaluate_through<S: NumberSystem>(
        &self,
        last: NodeId,
        system: &S,
        change: impl Fn(NodeId, DMatrix<S::Element>) -> DMatrix<S::Element>,
    ) -> DMatrix<S::Element> {
        let mut evaluation = self.evaluate_up_to(last.0 + 1, system, change);
        evaluation.values.swap_remove(last.0)
    }

    fn evaluate_up_to<S: NumberSystem>(
        &self,
        count: usize,
        system: &S,
        change: impl Fn(NodeId, DMatrix<S::Element>) -> DMatrix<S::Element>,
    ) -> Evaluation<S::Element> {
        let mut values: Vec<DMatrix<S::Element>> = Vec::with_capacity(count);
        for (index, node) in self.nodes[..count].iter().enumerate() {
            let of = |id: NodeId| &values[id.0];
            let value = match &node.op {
                Op::Leaf(value) => change(NodeId(index), value.map(|v| system.exact(&v))),
                Op::Product(a, b) => product(system, of(*a), of(*b)),
                Op::Transpose(a) => of(*a).transpose(),
                Op::Sum(a, b) => of(*a).zip_map(of(*b), |a, b| a + b),
                Op::Difference(a, b) => of(*a).zip_map(of(*b), |a, b| a - b),
                Op::Hadamard(a, b) => of(*a).zip_map(of(*b), |a, b| a * b),
                Op::Scale(c, a) => of(*a).map(|a| scalar(of(*c)) * a),
                Op::SumSquares(a) => {
                    DMatrix::from_element(1, 1, system.dot(of(*a).iter().map(|a| (a, a))))
                }
                Op::Sigmoid(z) => of(*z).map(|z| system.sigmoid(&z)),
                Op::SigmoidSlope { z, .. } => of(*z).map(|z| system.sigmoid_slope(&z)),
                Op::SigmoidError { z, class, .. } => {
                    of(*z).map(|z| system.sigmoid_error(&z, *class))
                }
                Op::CrossEntropy { z, class, .. } => {
                    of(*z).map(|z| system.cross_entropy(&z, *class))
                }
            };
            values.push(value);
        }
        Evaluation { values }
    }
}

/// The entry of a 1×1 matrix.
fn scalar<E: Clone>(matrix: &DMatrix<E>) -> E {
    matrix[(0, 0)].clone()
}

/// (A B)ᵢⱼ = Σₖ Aᵢₖ Bₖⱼ, in the order of k.
pub(super) fn product<S: NumberSystem>(
    system: &S,
    a: &DMatrix<S::Element>,
    b: &DMatrix<S::Element>,
) -> DMatrix<S::Element> {
    DMatrix::from_fn(a.nrows(), b.ncols(), |i, j| {
        system.dot((0..a.ncols()).map(|k| (&a[(i, k)], &b[(k, j)])))
    })
}
