//! A chain of problem 2, as templates see it.

use dashu::rational::RBig;
use nalgebra::DMatrix;
use schemars::JsonSchema;
use serde::Serialize;

use super::claims::ChainClaimsView;
use super::layout::{self, Part};
use super::step::StepView;
use crate::graph::{Expr, NodeId, Notation, aligned_cells};
use crate::numbers::Class;
use crate::problems::claims::ChainClaims;
use crate::problems::{Chain, Layer, Loss, STEP_BY_STEP, Solved};
use crate::solution::Solution;
use crate::templates::Latex;

/// The network, its forward and backward pass, and what is noticed.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ChainView {
    /// The number of layers, K.
    pub depth: usize,
    /// K is more than is shown step by step: the rest stands in `table`.
    pub deep: bool,
    /// The input.
    pub x: StepView,
    /// The target.
    pub y: StepView,
    /// The target is 1 (classification only).
    pub y_is_one: bool,
    /// First layer first.
    pub layers: Vec<LayerView>,
    /// The layers that are shown step by step.
    pub shown: Vec<usize>,
    /// The network as one expression, `\sigma(w_3 \sigma(…))`.
    pub network: Latex,
    /// Network, weights (of a chain that is not deep), input and target, as rows for `gather*`.
    pub given: Latex,
    /// The output.
    pub y_hat: StepView,
    /// The loss.
    pub loss: StepView,
    /// Every gradient in one box; not for a deep chain, whose table holds them.
    pub boxed: Latex,
    /// Every gradient in symbols, in one box.
    pub boxed_symbolic: Latex,
    /// What is noticed about the gradients.
    pub noticed: ChainClaimsView,
}

/// One layer.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[allow(non_snake_case)]
pub struct LayerView {
    /// The layer's number, from 1.
    pub k: usize,
    /// The weight.
    pub w: StepView,
    /// The preactivation.
    pub z: StepView,
    /// None after the last layer of a regression.
    pub a: Option<StepView>,
    /// σ′(z_k), for the layers that the gradient crosses.
    pub slope: Option<StepView>,
    /// ∂L/∂z_k.
    pub delta: StepView,
    /// ∂L/∂w_k.
    pub dL_dw: StepView,
    /// ∂L/∂w_k from the chain rule to weights, activations and ŷ, as rows for `align*`.
    ///
    /// Only for chains that are not deep and the last two layers of deep ones.
    pub derivation: Option<Latex>,
    /// Cells of the table of deep chains, decimal points aligned.
    pub cells: CellsView,
}

/// One row of the table of deep chains.
#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
#[allow(non_snake_case)]
pub struct CellsView {
    /// The weight.
    pub w: Latex,
    /// The preactivation.
    pub z: Latex,
    /// The sigmoid's output; empty where there is none.
    pub a: Latex,
    /// ∂L/∂z_k.
    pub delta: Latex,
    /// ∂L/∂w_k.
    pub dL_dw: Latex,
}

impl ChainView {
    pub fn new(solved: &Solved<Chain>) -> Self {
        let Solved { problem, solution } = solved;
        let depth = problem.depth();
        let deep = problem.is_deep();
        let cells = cells(problem, solution);
        let layers = problem.layers.iter().zip(cells).enumerate();
        let layers: Vec<LayerView> = layers
            .map(|(index, (layer, cells))| layer_view(solved, index + 1, layer, cells))
            .collect();
        let (x, y) = (StepView::input(solution, problem.x), StepView::input(solution, problem.y));
        let network = network(problem);
        let mut given = vec![format!("\\hat{{y}} = {}", network.0)];
        if !deep {
            given.push(weights(&layers));
        }
        given.push(format!("{},\\quad {}", x.result, y.result));
        Self {
            depth,
            deep,
            x,
            y,
            y_is_one: problem.kind == Loss::CrossEntropy(Class::One),
            shown: problem.layers_shown(),
            network,
            given: layout::side_by_side(&given).into(),
            boxed: boxed(problem, &layers).into(),
            boxed_symbolic: boxed_symbolic(problem).into(),
            y_hat: StepView::new(solution, problem.y_hat),
            loss: StepView::new(solution, problem.loss),
            noticed: ChainClaimsView::new(&ChainClaims::new(solved)),
            layers,
        }
    }
}

/// `(w_1, w_2, w_3) = (0.25, …)`; `w_1 = 0.25` for a single layer.
fn weights(layers: &[LayerView]) -> String {
    if let [only] = layers {
        return only.w.result.0.clone();
    }
    let list = |part: fn(&LayerView) -> &Latex| {
        layers.iter().map(|layer| part(layer).0.clone()).collect::<Vec<_>>().join(",\\, ")
    };
    format!("({}) = ({})", list(|layer| &layer.w.symbol), list(|layer| &layer.w.value))
}

fn layer_view(solved: &Solved<Chain>, k: usize, layer: &Layer, cells: CellsView) -> LayerView {
    let Solved { problem, solution } = solved;
    let derived = !problem.is_deep() || k + 2 > problem.depth();
    LayerView {
        k,
        w: StepView::input(solution, layer.w),
        z: StepView::new(solution, layer.z),
        a: layer.a.map(|a| StepView::new(solution, a)),
        slope: layer.slope.map(|slope| StepView::new(solution, slope)),
        delta: StepView::new(solution, layer.delta),
        dL_dw: StepView::new(solution, layer.d_w),
        derivation: derived.then(|| derivation(problem, k, layer).into()),
        cells,
    }
}

/// ∂L/∂w_k with every δ and σ′ replaced by its usual formula, taken from the graph.
fn symbolic(problem: &Chain, layer: &Layer) -> String {
    let graph = &problem.graph;
    let usual = |id: NodeId| graph.formulas(id).into_iter().next();
    let written_out = |id: NodeId| -> Option<Expr> {
        let inner = problem.layers.iter().any(|l| l.delta == id || l.slope == Some(id));
        if inner { usual(id) } else { None }
    };
    let formula = usual(layer.d_w).unwrap_or(Expr::Number(RBig::ZERO)).replace(&written_out);
    formula.latex(Notation::Symbols(graph))
}

/// The gradient of w_k, k counted from 1.
fn gradient_symbol(k: usize) -> String {
    format!("\\frac{{\\partial L}}{{\\partial w_{{{k}}}}}")
}

/// From the chain rule to the written-out gradient, as rows for `align*`.
fn derivation(problem: &Chain, k: usize, layer: &Layer) -> String {
    let symbol = gradient_symbol(k);
    let part = |latex| Part { relation: "=", latex };
    let parts = [part(chain_rule(problem, k)), part(symbolic(problem, layer))];
    layout::chain(&symbol, &parts, layout::width(&symbol))
}

/// The gradients of a chain that is not deep, first layer first, in one box.
fn boxed(problem: &Chain, layers: &[LayerView]) -> String {
    if problem.is_deep() {
        return String::new();
    }
    layout::box_of(&layers.iter().map(|layer| layer.dL_dw.result.0.clone()).collect::<Vec<_>>())
}

/// The written-out gradients of a chain that is not deep, last layer first, in one box.
fn boxed_symbolic(problem: &Chain) -> String {
    if problem.is_deep() {
        return String::new();
    }
    let layers = problem.layers.iter().enumerate().rev();
    let results = layers.map(|(index, layer)| {
        format!("{} = {}", gradient_symbol(index + 1), symbolic(problem, layer))
    });
    layout::box_of(&results.collect::<Vec<_>>())
}

/// ∂L/∂ŷ · ∂ŷ/∂a_{K−1} · … · ∂z_k/∂w_k, link by link.
fn chain_rule(problem: &Chain, k: usize) -> String {
    let depth = problem.depth();
    let partial =
        |above: &str, below: &str| format!("\\frac{{\\partial {above}}}{{\\partial {below}}}");
    let regression = problem.kind == Loss::Squared;
    let output =
        |k: usize| if regression && k == depth { "\\hat{y}".into() } else { format!("z_{{{k}}}") };
    let mut links = vec![partial("L", "\\hat{y}")];
    if !regression {
        links.push(partial("\\hat{y}", &output(depth)));
    }
    for layer in (k + 1..=depth).rev() {
        let below = layer - 1;
        links.push(partial(&output(layer), &format!("a_{{{below}}}")));
        links.push(partial(&format!("a_{{{below}}}"), &output(below)));
    }
    links.push(partial(&output(k), &format!("w_{{{k}}}")));
    links.join("\\,")
}

/// σ(w₃ σ(w₂ σ(w₁ x))), in full up to the depth that is shown step by step.
fn network(problem: &Chain) -> Latex {
    let depth = problem.depth();
    let apply = |k: usize, inner: String| {
        let product = format!("w_{{{k}}}\\,{inner}");
        if problem.kind == Loss::Squared && k == depth {
            product
        } else {
            format!("\\sigma({product})")
        }
    };
    if depth <= STEP_BY_STEP {
        return (1..=depth).fold("x".to_owned(), |inner, k| apply(k, inner)).into();
    }
    let core = apply(2, apply(1, "x".to_owned()));
    apply(depth, apply(depth - 1, format!("\\cdots{core}\\cdots"))).into()
}

/// Each column of the table aligned at its decimal points.
fn cells(problem: &Chain, solution: &Solution) -> Vec<CellsView> {
    let column = |id: &dyn Fn(&Layer) -> Option<NodeId>| -> Vec<Latex> {
        let present: Vec<_> = problem.layers.iter().map(id).collect();
        let values: Vec<_> =
            present.iter().flatten().map(|&id| solution.printed(id)[(0, 0)].clone()).collect();
        let aligned = aligned_cells(&DMatrix::from_vec(values.len(), 1, values));
        let mut aligned = aligned.iter().cloned();
        let cell = |id: &Option<NodeId>| id.and_then(|_| aligned.next()).unwrap_or_default();
        present.iter().map(cell).map(Latex).collect()
    };
    let w = column(&|layer| Some(layer.w));
    let z = column(&|layer| Some(layer.z));
    let a = column(&|layer| layer.a);
    let delta = column(&|layer| Some(layer.delta));
    let d_w = column(&|layer| Some(layer.d_w));
    let rows = w.into_iter().zip(z).zip(a).zip(delta).zip(d_w);
    rows.map(|((((w, z), a), delta), d_w)| CellsView { w, z, a, delta, dL_dw: d_w }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::{self, Source};
    use crate::problems::Homework;

    #[test]
    fn only_a_deep_chain_has_no_boxes() {
        let text = include_str!("../../tests/homework.toml");
        for (weights, boxed) in [("[0.5, 2, 3, 4, 5, 6]", true), ("[1, 2, 3, 4, 5, 6, 7]", false)] {
            let sets = [format!("problem2.classification.w={weights}")];
            let inputs = inputs::parse(Source::new("homework.toml", text), &sets, None).unwrap();
            let view = ChainView::new(&Homework::solve(&inputs).unwrap().classification);
            assert_eq!(view.deep, !boxed);
            assert_eq!(view.boxed.0.contains("\\boxed"), boxed, "{}", view.boxed.0);
            assert_eq!(view.boxed_symbolic.0.contains("\\boxed"), boxed);
        }
    }
}
