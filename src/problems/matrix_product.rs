//! Problem 1: the loss of a matrix product, its gradient, and one step of gradient descent.

use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use nalgebra::DMatrix;

use crate::graph::{Graph, IN_FULL, NodeId, Pullback, pullback};
use crate::inputs::{Decimal, Problem1, Reduction};

/// P = W X, L = ‖P − Y‖² (or its mean over samples), W′ = W − η ∂L/∂W, and the loss at W′.
///
/// Shapes: W is m×d, X is d×n, Y, P and the residual R = P − Y are m×n.
#[derive(Clone, Debug)]
pub struct MatrixProduct {
    pub graph: Graph,
    pub w: NodeId,
    pub x: NodeId,
    pub y: NodeId,
    pub step_size: NodeId,
    pub p: NodeId,
    pub residual: NodeId,
    pub loss: NodeId,
    /// ∂L/∂P, m×n.
    pub d_p: NodeId,
    /// ∂L/∂W = (∂L/∂P) Xᵀ, m×d.
    pub d_w: NodeId,
    pub w_updated: NodeId,
    pub p_after: NodeId,
    pub residual_after: NodeId,
    pub loss_after: NodeId,
}

impl MatrixProduct {
    pub fn new(inputs: &Problem1) -> Self {
        Self::with_rule(inputs, pullback)
    }

    /// [`new`](Self::new) with another rule of reverse mode.
    pub fn with_rule(inputs: &Problem1, rule: Pullback) -> Self {
        let exact = |matrix: &DMatrix<Decimal>| matrix.map(|v| v.value().clone());
        let (samples, reduction) = (inputs.x.ncols(), inputs.reduction);
        let mut g = Graph::new();
        let w = g.input("W", exact(&inputs.w));
        let x = g.input("X", exact(&inputs.x));
        let y = g.input("Y", exact(&inputs.y));
        let step_size = DMatrix::from_element(1, 1, inputs.step_size.value().clone());
        let step_size = g.input("\\eta", step_size);

        let (p, residual, loss) = forward(&mut g, w, x, y, reduction, samples);
        g.name(p, "P");
        g.name(residual, "R");
        g.name(loss, "L");

        let adjoints = g.backward_by(loss, &[w], rule);
        #[expect(clippy::expect_used, reason = "W reaches the loss through P, whatever the inputs")]
        let gradient = |node| adjoints.of(node).expect("the loss depends on W through P");
        let (d_p, d_w) = (gradient(p), gradient(w));
        g.name(d_p, "\\frac{\\partial L}{\\partial P}");
        g.name(d_w, "\\frac{\\partial L}{\\partial W}");

        let step = g.scale(step_size, d_w);
        let w_updated = g.difference(w, step);
        g.name(w_updated, "W^{+}");
        let (p_after, residual_after, loss_after) =
            forward(&mut g, w_updated, x, y, reduction, samples);
        g.name(p_after, "P^{+}");
        g.name(residual_after, "R^{+}");
        g.name(loss_after, "L^{+}");

        Self {
            graph: g,
            w,
            x,
            y,
            step_size,
            p,
            residual,
            loss,
            d_p,
            d_w,
            w_updated,
            p_after,
            residual_after,
            loss_after,
        }
    }
}

impl MatrixProduct {
    /// Whether a node and all that it is computed from are printed without dots.
    pub fn is_shown_in_full(&self, id: NodeId) -> bool {
        let small = |id| {
            let (rows, columns) = self.graph.shape(id);
            rows <= IN_FULL && columns <= IN_FULL
        };
        small(id) && [self.w, self.x, self.y].into_iter().all(small)
    }
}

/// W X, W X − Y and the loss.
fn forward(
    g: &mut Graph,
    w: NodeId,
    x: NodeId,
    y: NodeId,
    reduction: Reduction,
    samples: usize,
) -> (NodeId, NodeId, NodeId) {
    let p = g.product(w, x);
    let residual = g.difference(p, y);
    let norm = g.sum_squares(residual);
    let loss = match reduction {
        Reduction::Sum => norm,
        Reduction::Mean => {
            let share = g.constant(RBig::from_parts(IBig::ONE, UBig::from(samples)));
            g.scale(share, norm)
        }
    };
    (p, residual, loss)
}
