//! The computational graph of a loss as a figure, read off the graph itself.

use dashu_ratio::RBig;

use super::layout;
use crate::figures::{Edge, Flow, Input, Label, Stage};
use crate::graph::{Expr, Graph, NodeId, Notation, Op, matrix_latex};
use crate::numbers::{Certified, Class, Printed};
use crate::problems::{Chain, ENDS, MatrixProduct, Solved};
use crate::solution::Solution;
use crate::templates::Latex;

/// Matrices up to this many rows and columns stand at the edges; larger ones by name and shape.
const SMALL: usize = 3;

/// `\small` in an 11-point document, and points per centimetre.
const SHRINK: f64 = 10.0 / 10.95;
const PT: f64 = 72.27 / 2.54;
/// The line of text, in cm.
const LINE: f64 = layout::LINE / PT;
/// Heights at `\small`, in cm: a line of text, and what each row of a matrix adds.
const TEXT: f64 = 0.35;
const MATRIX_ROW: f64 = 0.44;
/// A graph of more than two rows is set at this part of its size, with text of 8 pt: half a page of
/// edges is no help.
const SMALL_SIZE: f64 = 0.8;
const FEW_ROWS: usize = 2;
/// A chain whose graph takes more rows at that size has one stage for its layers between the ends.
const MOST_ROWS: usize = 3;
/// A layer is a product and, but for the last of a regression, a sigmoid.
const STAGES: usize = 2;
/// The width of "cross-entropy" at `\small`, in cm.
const CROSS_ENTROPY: f64 = 2.15;

/// The value and the gradient of a node, as they stand at its edge.
type EdgeOf<'a> = dyn Fn(NodeId) -> Edge + 'a;

/// The graph of a chain's loss; of many layers those between the ends are one stage.
pub fn chain(solved: &Solved<Chain>) -> Latex {
    let Solved { problem, solution } = solved;
    let gradient = |id| chain_gradient(solved, id);
    let edge = |id: NodeId| Edge {
        above: Some(math(&solution.printed(id)[(0, 0)].latex())),
        below: gradient(id).map(|g| math(&g.latex())),
    };
    let mut flow = flow(solution, problem.loss, problem.x, &edge);
    if problem.is_deep() || flow.rows(LINE / SMALL_SIZE) > MOST_ROWS {
        shorten(&mut flow, problem.depth());
    }
    render(&flow)
}

fn shorten(flow: &mut Flow, depth: usize) {
    let (first, last) = (ENDS + 1, depth.saturating_sub(ENDS));
    if first >= last {
        return;
    }
    let between = if last - first > 1 { "\\cdots," } else { "" };
    let layers = Stage {
        operation: math(&format!("k = {first},{between}{last}")),
        edge: flow.stages[STAGES * (first - 1)].edge.clone(),
        input: None,
        result: flow.stages[STAGES * last - 1].result.clone(),
        may_begin_row: true,
    };
    flow.stages.splice(STAGES * (first - 1)..STAGES * last, [layers]);
}

/// At most as wide as a line, in few rows or at a small size.
fn render(flow: &Flow) -> Latex {
    if flow.rows(LINE) <= FEW_ROWS {
        return Latex(flow.render(LINE));
    }
    Latex(format!("\\reduced{{{SMALL_SIZE}}}{{{}}}", flow.render(LINE / SMALL_SIZE)))
}

/// The graph of problem 1's loss with the matrices at its edges; `None` where they are large or do
/// not fit into one row.
pub fn product_with_values(solved: &Solved<MatrixProduct>) -> Option<Latex> {
    let Solved { problem, solution } = solved;
    let values = |id: NodeId| Edge {
        above: Some(matrix(solution, id)),
        below: match product_gradient(problem, id) {
            Some(gradient) => Some(matrix(solution, gradient)),
            None => (id == problem.loss).then(|| math("1")),
        },
    };
    let graph = &problem.graph;
    let small = [problem.w, problem.x, problem.y].into_iter().all(|id| {
        let (rows, columns) = graph.shape(id);
        rows <= SMALL && columns <= SMALL
    });
    let flow = flow(solution, problem.loss, problem.w, &values);
    (small && flow.rows(LINE) == 1).then(|| Latex(flow.render(LINE)))
}

/// The same with the shape above every edge and the gradient's name below it; L has its value.
pub fn product_with_names(solved: &Solved<MatrixProduct>) -> Latex {
    let Solved { problem, solution } = solved;
    let graph = &problem.graph;
    let names = |id: NodeId| Edge {
        above: Some(if id == problem.loss { matrix(solution, id) } else { shape(graph, id) }),
        below: product_gradient(problem, id)
            .map(|_| math(&format!("\\partial L/\\partial {}", graph.symbol(id).unwrap_or("L"))))
            .or_else(|| (id == problem.loss).then(|| math("1"))),
    };
    Latex(flow(solution, problem.loss, problem.w, &names).render(LINE))
}

/// The gradient with respect to W or to a result of problem 1; `None` for X, Y and L.
fn product_gradient(problem: &MatrixProduct, id: NodeId) -> Option<NodeId> {
    match id {
        id if id == problem.w => Some(problem.d_w),
        // The subtraction of Y passes the gradient on as it is.
        id if id == problem.p || id == problem.residual => Some(problem.d_p),
        _ => None,
    }
}

/// From the loss back to `start`, along the results that are computed.
fn flow(solution: &Solution, loss: NodeId, start: NodeId, edge: &EdgeOf<'_>) -> Flow {
    let graph = solution.graph();
    let is_input = |id: NodeId| matches!(graph.op(id), Op::Leaf(_));
    let mut stages = Vec::new();
    let mut at = loss;
    while !is_input(at) {
        let read = operands(graph, at);
        let before = read.iter().copied().find(|&id| !is_input(id)).unwrap_or(start);
        let other = read.iter().copied().find(|&id| is_input(id) && id != before);
        stages.push(Stage {
            operation: operation(graph, at),
            edge: edge(before),
            input: other.map(|id| Input { name: name(graph, id), edge: edge(id) }),
            result: name(graph, at),
            may_begin_row: !matches!(graph.op(at), Op::Sigmoid(_)),
        });
        at = before;
    }
    stages.reverse();
    Flow { start: name(graph, start), stages, output: edge(loss) }
}

/// The steps that a step reads, as a reader sees it: the cross-entropy reads ŷ and y.
fn operands(graph: &Graph, id: NodeId) -> Vec<NodeId> {
    match *graph.op(id) {
        Op::CrossEntropy { a, y, .. } => vec![a, y],
        _ => usual(graph, id).map(|formula| formula.steps()).unwrap_or_default(),
    }
}

fn usual(graph: &Graph, id: NodeId) -> Option<Expr> {
    graph.formulas(id).into_iter().next()
}

/// What stands in a node: the sign or the name of a scalar's operation, otherwise the formula.
fn operation(graph: &Graph, id: NodeId) -> Label {
    match graph.op(id) {
        Op::Product(..) if graph.is_scalar(id) => sign("\\times"),
        Op::Sigmoid(_) => sign("\\sigma"),
        // The formula would be that of one class only, and without y.
        Op::CrossEntropy { .. } => Label { width: CROSS_ENTROPY, ..math("\\text{cross-entropy}") },
        _ => {
            let formula = usual(graph, id).map(|f| f.latex(Notation::Symbols(graph)));
            math(&formula.unwrap_or_default())
        }
    }
}

/// The gradient with respect to a result or a weight of a chain, rounded; `None` for x and y.
fn chain_gradient(solved: &Solved<Chain>, id: NodeId) -> Option<Printed> {
    let Solved { problem, solution } = solved;
    let step = |id: NodeId| Some(solution.printed(id)[(0, 0)].clone());
    if id == problem.loss {
        return Printed::whole(&RBig::ONE, solution.digits());
    }
    for (k, layer) in problem.layers.iter().enumerate() {
        if id == layer.w {
            return step(layer.d_w);
        }
        if id == layer.z {
            return step(layer.delta);
        }
        if Some(id) == layer.a {
            // ∂L/∂a_k is the factor of δ_k beside σ′(z_k).
            let Op::Product(of_a, _) = *problem.graph.op(layer.delta) else {
                return output_gradient(solved, id);
            };
            let inner = k + 1 < problem.depth();
            return inner.then(|| rounded(solution, solution.scalar(of_a))).flatten();
        }
    }
    None
}

/// ∂L/∂ŷ of a cross-entropy: −1/ŷ or 1/(1 − ŷ). The chain itself goes from L to z_K at once.
fn output_gradient(solved: &Solved<Chain>, y_hat: NodeId) -> Option<Printed> {
    let Solved { problem, solution } = solved;
    let Op::CrossEntropy { class, .. } = *problem.graph.op(problem.loss) else { return None };
    let one = || Certified::Exact(RBig::ONE);
    let probability = solution.scalar(y_hat).clone();
    let gradient = match class {
        Class::One => (-one()).divide(&probability)?,
        Class::Zero => one().divide(&(one() - probability))?,
    };
    rounded(solution, &gradient)
}

fn rounded(solution: &Solution, value: &Certified) -> Option<Printed> {
    Printed::round(value, solution.digits())
}

fn name(graph: &Graph, id: NodeId) -> Label {
    let mut name = math(graph.symbol(id).unwrap_or_default());
    // Capitals such as W are wider than the average letter.
    name.width = name.width.max(0.35);
    name
}

fn shape(graph: &Graph, id: NodeId) -> Label {
    let (rows, columns) = graph.shape(id);
    math(&format!("{rows} \\times {columns}"))
}

fn matrix(solution: &Solution, id: NodeId) -> Label {
    let mut label = math(&matrix_latex(solution.printed(id)));
    let (rows, columns) = solution.graph().shape(id);
    if (rows, columns) != (1, 1) {
        label.height = 0.1 + MATRIX_ROW * rows as f64;
    }
    label
}

/// An operation's sign, small enough for a round node.
fn sign(latex: &str) -> Label {
    Label { width: 0.2, ..math(latex) }
}

/// A formula with the size that it takes at `\small`.
fn math(latex: &str) -> Label {
    Label { latex: format!("${latex}$"), width: SHRINK * layout::width(latex) / PT, height: TEXT }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::{self, Inputs, Source};
    use crate::problems::Homework;

    /// The homework's inputs with some of them replaced.
    fn homework(sets: &[&str]) -> Homework {
        let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
        let text = include_str!("../../tests/homework.toml");
        let inputs: Inputs = inputs::parse(Source::new("homework.toml", text), &sets, None)
            .expect("the homework is valid");
        Homework::solve(&inputs).expect("the homework is solved")
    }

    /// What stands at the edges and nodes, in order.
    fn texts(figure: &Latex) -> Vec<&str> {
        let lines = figure.0.lines().filter(|line| line.starts_with("\\put("));
        lines.filter_map(|line| line.split_once("{$")?.1.strip_suffix("$}}")).collect()
    }

    /// HOMEWORK: σ′ = 0.2484559968, 0.2497801828 and δ give ∂L/∂a₁ = δ₂ w₂ = 0.00871185,
    /// ∂L/∂a₂ = δ₃ w₃ = −0.317073, ∂L/∂ŷ = −1/ŷ = −1.68493.
    #[test]
    fn every_edge_of_the_chain_carries_its_value_and_its_gradient() {
        let homework = homework(&[]);
        let figure = chain(&homework.classification);
        let texts = texts(&figure);
        for (value, gradient) in [
            ("0.25", "0.0013636"),
            ("0.1575", "0.002164511"),
            ("0.5392938", "0.0087119"),
            ("-0.11", "-0.042711"),
            ("0.48517377", "-0.31707"),
            ("0.37843554", "-0.406504281"),
            ("0.593495719", "-1.6849"),
            ("0.52173", "1"),
        ] {
            let pair = texts.windows(2).any(|pair| pair == [value, gradient]);
            assert!(pair, "{value} over {gradient} in {texts:?}");
        }
        assert_eq!(texts.iter().filter(|&&t| t == "\\times").count(), 3);
        assert_eq!(texts.iter().filter(|&&t| t == "\\sigma").count(), 3);
    }

    /// HOMEWORK: W over ∂L/∂W = [[0.4, 6.2], [6, 4.2]], P and P − Y over 2(P − Y).
    #[test]
    fn small_matrices_stand_at_the_edges_and_large_ones_by_name() {
        let small = product_with_values(&homework(&[]).product).expect("there is room");
        let texts_of_small = texts(&small);
        let over = |value: &str, gradient: &str| {
            let has = |text: &str, number: &str| text.contains("bmatrix") && text.contains(number);
            texts_of_small.windows(2).any(|pair| has(pair[0], value) && has(pair[1], gradient))
        };
        assert!(over("0.3", "6.2") && over("1.1", "0.4") && over("0.1", "0.4"), "{small:?}");
        let row = format!("[{}]", ["1"; 4].join(", "));
        let square = format!("[{}]", [row.as_str(); 4].join(", "));
        let sets = ["W", "X", "Y"].map(|name| format!("problem1.{name}={square}"));
        let large = homework(&sets.each_ref().map(String::as_str)).product;
        assert_eq!(product_with_values(&large), None);
        let large = product_with_names(&large);
        let texts_of_large = texts(&large);
        assert!(!large.0.contains("bmatrix"));
        // L = 16 (4 − 1)².
        for pair in [["4 \\times 4", "\\partial L/\\partial W"], ["144", "1"]] {
            assert!(texts_of_large.windows(2).any(|texts| texts == pair), "{texts_of_large:?}");
        }
    }

    /// Numbers with powers of ten need three rows.
    #[test]
    fn a_graph_of_many_rows_is_set_smaller() {
        let wide = homework(&["problem2.classification.w=[700, -700, 700]"]);
        let figure = |homework: &Homework| chain(&homework.classification).0;
        assert!(figure(&wide).starts_with("\\reduced{0.8}{\\begin{drawing}"));
        assert!(figure(&homework(&[])).starts_with("\\begin{drawing}"));
    }

    /// Six layers with long numbers would take four rows.
    #[test]
    fn a_graph_of_too_many_rows_has_its_ends_only() {
        let products = |weights: &str| {
            let homework = homework(&[&format!("problem2.classification.w={weights}")]);
            let figure = chain(&homework.classification);
            texts(&figure).iter().filter(|&&text| text == "\\times").count()
        };
        assert_eq!(products("[-0.74, 0.15, -1.26, -0.35, 0.7, 0.06]"), 4);
        assert_eq!(products("[-0.74, 0.15, -1.26, -0.35]"), 4);
        assert_eq!(products("[-0.74, 0.15, -1.26, -0.35, 0.7]"), 5);
    }

    /// A chain that is deep by any count has two layers at each end.
    #[test]
    fn a_deep_chain_has_its_ends_and_one_stage_between() {
        let set = |count: usize| {
            let weights = vec!["0.5"; count].join(", ");
            ["classification", "regression"].map(|c| format!("problem2.{c}.w=[{weights}]"))
        };
        for (count, products, between) in [
            (1, 1, None),
            (5, 5, None),
            (7, 4, Some("k = 3,\\cdots,5")),
            (40, 4, Some("k = 3,\\cdots,38")),
        ] {
            let sets = set(count);
            let homework = homework(&sets.each_ref().map(String::as_str));
            for chain in [chain(&homework.classification), chain(&homework.regression)] {
                let texts = texts(&chain);
                assert_eq!(texts.iter().filter(|&&text| text == "\\times").count(), products);
                let found = texts.iter().find(|text| text.contains("cdots"));
                assert_eq!(found.copied(), between, "{count}");
                let named = |name: &str| texts.contains(&name);
                if between.is_some() {
                    let before = format!("a_{{{}}}", count - 2);
                    assert!(named("a_{2}") && named(&before) && !named("a_{3}"), "{texts:?}");
                }
            }
        }
    }
}
