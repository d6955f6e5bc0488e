//! Reverse-mode differentiation: gradients as more graph.

use std::collections::HashMap;

use dashu_ratio::RBig;

use super::{Graph, NodeId, Op};

/// A rule of reverse mode: given a node, G = ∂L/∂node and the position of one of its operands,
/// appends and returns what the node contributes to ∂L/∂operand.
pub type Pullback = fn(&mut Graph, NodeId, NodeId, usize) -> NodeId;

/// For the output, and for each node through which it depends on a parameter: the node of
/// ∂L/∂(that node), of the same shape.
#[derive(Clone, Debug)]
pub struct Adjoints(HashMap<NodeId, NodeId>);

impl Adjoints {
    /// The gradient of the output with respect to `node`; `None` where the output does not depend
    /// on a parameter through it.
    pub fn of(&self, node: NodeId) -> Option<NodeId> {
        self.0.get(&node).copied()
    }
}

impl Graph {
    /// Differentiates the scalar `output`, appending the adjoint of every node between it and the
    /// `parameters` (Griewank & Walther, *Evaluating Derivatives*, 2008, ch. 3.2).
    pub fn backward(&mut self, output: NodeId, parameters: &[NodeId]) -> Adjoints {
        self.backward_by(output, parameters, pullback)
    }

    /// [`backward`](Self::backward) with a rule other than [`pullback`]: lets a test break one.
    pub fn backward_by(
        &mut self,
        output: NodeId,
        parameters: &[NodeId],
        rule: Pullback,
    ) -> Adjoints {
        assert!(self.is_scalar(output), "only a scalar has a gradient");
        let active = self.depends_on(parameters);
        let seed = self.constant(RBig::ONE);
        let mut adjoints = HashMap::from([(output, seed)]);
        for index in (0..=output.0).rev() {
            let node = NodeId(index);
            let Some(&adjoint) = adjoints.get(&node) else { continue };
            for (slot, operand) in self.op(node).operands().into_iter().enumerate() {
                if !active[operand.0] {
                    continue;
                }
                let contribution = rule(self, node, adjoint, slot);
                let total = match adjoints.get(&operand) {
                    Some(&so_far) => self.sum(so_far, contribution),
                    None => contribution,
                };
                adjoints.insert(operand, total);
            }
        }
        Adjoints(adjoints)
    }

    /// Which nodes are parameters or read one, directly or not.
    fn depends_on(&self, parameters: &[NodeId]) -> Vec<bool> {
        let mut active = vec![false; self.nodes.len()];
        for parameter in parameters {
            active[parameter.0] = true;
        }
        for id in self.ids() {
            active[id.0] |= self.op(id).operands().iter().any(|operand| active[operand.0]);
        }
        active
    }
}

/// What `node` passes back to the operand at `slot`, given G = ∂L/∂node.
///
/// The rules follow from dL = tr(Gᵀ d(node)) (Giles, *Collected matrix derivative results for
/// forward and reverse mode AD*, 2008); the first one is what question 1(a) proves.
#[expect(clippy::unreachable, reason = "depends on the graph's shape alone, which tests cover")]
pub fn pullback(graph: &mut Graph, node: NodeId, g: NodeId, slot: usize) -> NodeId {
    match (graph.op(node).clone(), slot) {
        // C = A B: ∂L/∂A = G Bᵀ, ∂L/∂B = Aᵀ G.
        (Op::Product(_, b), 0) => {
            let b_transposed = graph.transpose(b);
            graph.product(g, b_transposed)
        }
        (Op::Product(a, b), _) if graph.is_scalar(a) && graph.is_scalar(b) => {
            // Aᵀ G of scalars, in the order in which the chain rule is read: δ₃ w₃.
            graph.product(g, a)
        }
        (Op::Product(a, _), _) => {
            let a_transposed = graph.transpose(a);
            graph.product(a_transposed, g)
        }
        (Op::Transpose(_), _) => graph.transpose(g),
        (Op::Sum(..), _) | (Op::Difference(..), 0) => g,
        (Op::Difference(..), _) => {
            let minus_one = graph.constant(RBig::NEG_ONE);
            graph.scale(minus_one, g)
        }
        (Op::Hadamard(_, b), 0) => graph.hadamard(g, b),
        (Op::Hadamard(a, _), _) => graph.hadamard(g, a),
        (Op::Scale(factor, _), 1) => graph.scale(factor, g),
        // ∂(Σ Aᵢⱼ²)/∂Aᵢⱼ = 2 Aᵢⱼ.
        (Op::SumSquares(a), _) => {
            let two = graph.constant(RBig::from(2u8));
            let factor = graph.scale(two, g);
            graph.scale(factor, a)
        }
        (Op::Sigmoid(z), _) => {
            let slope = graph.push(Op::SigmoidSlope { z, a: node }, graph.shape(z));
            graph.hadamard(g, slope)
        }
        // The σ′(z) of the output cancels against the 1/(ŷ(1 − ŷ)) of the logarithms.
        (Op::CrossEntropy { z, a, y, class }, _) => {
            let error = graph.push(Op::SigmoidError { z, a, y, class }, (1, 1));
            graph.scale(g, error)
        }
        (Op::Leaf(_), _) => unreachable!("a leaf has no operand"),
        (Op::Scale(..) | Op::SigmoidSlope { .. } | Op::SigmoidError { .. }, _) => {
            unreachable!("a factor is constant, and a gradient is not differentiated again")
        }
    }
}

impl Graph {
    /// For each z whose σ′(z) differentiation appended: the node of σ′(z).
    pub fn slopes(&self) -> HashMap<NodeId, NodeId> {
        let slope = |id| match *self.op(id) {
            Op::SigmoidSlope { z, .. } => Some((z, id)),
            _ => None,
        };
        self.ids().filter_map(slope).collect()
    }
}
