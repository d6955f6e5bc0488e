//! A chain of problem 2, as templates see it.

use dashu_ratio::RBig;
use nalgebra::DMatrix;
use schemars::JsonSchema;
use serde::Serialize;

use super::claims::ChainClaimsView;
use super::layout::{self, Part};
use super::step::StepView;
use crate::graph::{Expr, NodeId, Notation, aligned_cells};
use crate::numbers::{Class, Printed};
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
    /// In the forward pass every shown z_k has room beside its a_k, that of a regression's last
    /// layer beside the loss.
    pub beside: bool,
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
    /// ∂L/∂w_k by the chain rule alone, as rows for `align*`; undefined for deep chains.
    pub chain_rule: Option<Latex>,
    /// Cells of tables over the layers, decimal points aligned.
    pub cells: CellsView,
}

/// One row of a table over the layers.
#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
#[allow(non_snake_case)]
pub struct CellsView {
    /// The weight.
    pub w: Latex,
    /// The preactivation.
    pub z: Latex,
    /// The sigmoid's output; empty where there is none.
    pub a: Latex,
    /// ∂z_{k+1}/∂z_k = w_{k+1} σ′(z_k), rounded; empty for the last layer.
    pub dz_dz: Latex,
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
        let loss = StepView::new(solution, problem.loss);
        let shown = problem.layers_shown();
        Self {
            depth,
            deep,
            x,
            y,
            y_is_one: problem.kind == Loss::CrossEntropy(Class::One),
            beside: beside(&layers, &shown, &loss),
            shown,
            network,
            given: layout::side_by_side(&given).into(),
            boxed: boxed(problem, &layers).into(),
            boxed_symbolic: boxed_symbolic(problem).into(),
            y_hat: StepView::new(solution, problem.y_hat),
            loss,
            noticed: ChainClaimsView::new(&ChainClaims::new(solved)),
            layers,
        }
    }
}

/// Whether the forward pass has room for z_k and a_k in one row. The loss comes below them, or
/// beside the last z_k that has no a_k.
fn beside(layers: &[LayerView], shown: &[usize], loss: &StepView) -> bool {
    let shown = || layers.iter().filter(|layer| shown.contains(&layer.k));
    let mut left: Vec<&Latex> = shown().map(|layer| &layer.z.rows).collect();
    let mut right: Vec<&Latex> =
        shown().filter_map(|layer| Some(&layer.a.as_ref()?.rows)).collect();
    if right.len() == left.len() {
        left.push(&loss.rows);
    } else {
        right.push(&loss.rows);
    }
    layout::two_columns(&left, &right)
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
        chain_rule: (!problem.is_deep()).then(|| {
            let symbol = gradient_symbol(k);
            let rule = Part { relation: "=", latex: chain_rule(problem, k) };
            layout::chain(&symbol, &[rule], layout::width(&symbol)).into()
        }),
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
    let step = |id: &dyn Fn(&Layer) -> Option<NodeId>| {
        let ids = problem.layers.iter().map(id);
        column(ids.map(|id| id.map(|id| solution.printed(id)[(0, 0)].clone())).collect())
    };
    let w = step(&|layer| Some(layer.w));
    let z = step(&|layer| Some(layer.z));
    let a = step(&|layer| layer.a);
    let delta = step(&|layer| Some(layer.delta));
    let d_w = step(&|layer| Some(layer.d_w));
    let next = problem.layers.iter().skip(1).map(Some).chain([None]);
    let links = problem.layers.iter().zip(next).map(|(layer, next)| {
        let link = solution.scalar(next?.w).clone() * solution.scalar(layer.slope?).clone();
        Printed::round(&link, solution.digits())
    });
    let dz_dz = column(links.collect());
    let rows = w.into_iter().zip(z).zip(a).zip(dz_dz).zip(delta).zip(d_w);
    rows.map(|(((((w, z), a), dz_dz), delta), d_w)| CellsView { w, z, a, dz_dz, delta, dL_dw: d_w })
        .collect()
}

/// Cells below each other; empty where there is no number.
fn column(numbers: Vec<Option<Printed>>) -> Vec<Latex> {
    let present: Vec<Printed> = numbers.iter().flatten().cloned().collect();
    let mut aligned = if present.iter().any(|number| number.power_of_ten().is_some()) {
        powers_aligned(&present).into_iter()
    } else {
        aligned_cells(&DMatrix::from_vec(present.len(), 1, present)).as_slice().to_vec().into_iter()
    };
    let cell =
        |number: &Option<Printed>| number.as_ref().and_then(|_| aligned.next()).unwrap_or_default();
    numbers.iter().map(cell).map(Latex).collect()
}

/// Numbers, some of them with powers of ten, in boxes of one width with the points below each other.
fn powers_aligned(numbers: &[Printed]) -> Vec<String> {
    let before = |number: &Printed| number.parts().0;
    let behind = |number: &Printed| number.latex_magnitude()[before(number).len()..].to_owned();
    let digits = numbers.iter().map(|number| before(number).len()).max().unwrap_or(0);
    let any_sign = numbers.iter().any(Printed::is_negative);
    let by_width = |a: &String, b: &String| layout::width(a).total_cmp(&layout::width(b));
    let widest = numbers.iter().map(behind).max_by(by_width).unwrap_or_default();
    let cell = |number: &Printed| {
        let own = before(number);
        let (sign, room) = if number.is_negative() { ("-", "") } else { ("", "-") };
        let room = if any_sign { room } else { "" };
        let zeros = "0".repeat(digits - own.len());
        let number = number.latex();
        format!("\\phantom{{{room}{zeros}}}\\rlap{{${number}$}}\\phantom{{{sign}{own}{widest}}}")
    };
    numbers.iter().map(cell).collect()
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

    /// `-1.2`, `34` and `5.6e-7` have the same width left of the point and in all.
    #[test]
    fn points_of_numbers_with_powers_of_ten_are_aligned() {
        let number = |numerator: i32, denominator: i64| {
            let value = RBig::from(numerator) / RBig::from(denominator);
            Some(Printed::round_only(&value, 2).unwrap())
        };
        let cells = column(vec![number(-12, 10), None, number(34, 1), number(56, 100_000_000)]);
        let cells: Vec<&str> = cells.iter().map(|cell| cell.0.as_str()).collect();
        assert_eq!(
            cells,
            [
                "\\phantom{0}\\rlap{$-1.2$}\\phantom{-1.6\\times 10^{-7}}",
                "",
                "\\phantom{-}\\rlap{$34$}\\phantom{34.6\\times 10^{-7}}",
                "\\phantom{-0}\\rlap{$5.6\\times 10^{-7}$}\\phantom{5.6\\times 10^{-7}}",
            ]
        );
    }
}
