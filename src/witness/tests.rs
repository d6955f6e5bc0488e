//! Every witness must agree with the right rules and catch each broken one.

use super::*;
use crate::graph::{Graph, NodeId, Op, Pullback, pullback};
use crate::inputs::{Source, parse};
use crate::problems::{Chain, MatrixProduct, Solved};
use crate::solution::Solution;

fn inputs(sets: &[&str]) -> Inputs {
    let sets: Vec<String> = sets.iter().map(|&set| set.to_owned()).collect();
    let text = include_str!("../../tests/homework.toml");
    parse(Source::new("homework.toml", text), &sets, None).unwrap()
}

/// The homework, differentiated by another rule.
fn solve_by(inputs: &Inputs, rule: Pullback) -> Homework {
    let solution = |graph: &Graph| Solution::new(graph.clone(), 5).unwrap();
    let product = MatrixProduct::with_rule(&inputs.problem1, rule);
    let classification = Chain::classification_by(&inputs.problem2.classification, rule);
    let regression = Chain::regression_by(&inputs.problem2.regression, rule);
    Homework {
        product: Solved { solution: solution(&product.graph), problem: product },
        classification: Solved {
            solution: solution(&classification.graph),
            problem: classification,
        },
        regression: Solved { solution: solution(&regression.graph), problem: regression },
    }
}

fn agreed(sets: &[&str]) -> Checks {
    let inputs = inputs(sets);
    let checks = check(&inputs, &Homework::solve(&inputs).unwrap()).unwrap();
    for comparison in &checks.comparisons {
        assert!(comparison.largest_deviation <= comparison.bound, "{comparison:?}");
    }
    checks
}

/// How many numbers each witness compared.
fn counts(checks: &Checks) -> Vec<usize> {
    checks.comparisons.iter().map(|comparison| comparison.gradients).collect()
}

#[test]
fn the_witnesses_agree_about_the_homework() {
    // 4 entries of ∂L/∂W and 2·3 weights; the closed formulas also see 4 of ∂L/∂P and 2·3 δ.
    let checks = agreed(&[]);
    assert_eq!((counts(&checks), checks.complete, checks.unseen), (vec![10, 10, 20], true, 0));
    let others = checks.comparisons.iter().map(|one| (one.of_outputs, one.deltas));
    assert_eq!(others.collect::<Vec<_>>(), [(0, 0), (0, 0), (4, 6)]);
    assert_eq!(checks.left_out, LeftOut::default());
}

#[test]
fn the_witnesses_agree_about_other_shapes_and_depths() {
    agreed(&[
        "problem1.W=[[1, -2, 0.5]]",
        "problem1.X=[[1, 2], [0, 1e-6], [3e5, -0.25]]",
        "problem1.Y=[[0, 1e20]]",
        "problem1.reduction=mean",
        "problem2.classification.w=[1, -2, 0.5, 3, -0.01, 1.5, 2, -2, 1, 1, 1, 0.7]",
        "problem2.classification.y=0",
        "problem2.regression.w=[7]",
        "problem2.regression.y=-1e20",
    ]);
}

#[test]
fn small_gradients_are_seen() {
    // About 1e-40, by twelve layers of small weights.
    let w = "[0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001]";
    let checks = agreed(&[&format!("problem2.classification.w={w}")]);
    assert_eq!((counts(&checks), checks.complete), (vec![19, 19, 38], true));
}

#[test]
fn deep_chains_are_seen_from_end_to_end() {
    // A thousand layers: the first gradients are beyond f64's reach, not beyond the differences'.
    let weights: Vec<_> =
        (0..1000).map(|k| format!("{}", f64::from(k * 7 % 38 - 21) / 10.0)).collect();
    let set = format!("problem2.classification.w=[{}]", weights.join(", "));
    let checks = agreed(&[&set]);
    let differences = checks.comparisons[1];
    assert_eq!(differences.witness, Witness::Differences);
    // 4 of problem 1, 3 of the regression, and every 63rd weight with the last.
    assert_eq!(differences.gradients, 4 + 3 + 17);
    // The step and the precision leave 2⁻⁹⁶, whatever the depth.
    assert!(differences.largest_deviation < 2f64.powi(-90), "{differences:?}");
}

#[test]
fn a_residual_that_nearly_cancels_is_no_fault() {
    // σ(1) = 0.73105857863000487925…, cut after 18 to 20 digits: the gradients' digits are decided
    // by enclosures that are wider than what the differences may deviate.
    for y in ["0.731058578630004879", "0.7310585786300048792", "0.73105857863000487925"] {
        let y = format!("problem2.regression.y={y}");
        agreed(&["problem2.regression.w=[1, 1]", "problem2.regression.x=1", &y]);
    }
}

#[test]
fn bounds_beyond_f64_on_the_way_are_no_fault() {
    // 69 weights that keep every z near −10, then seven that divide by 10¹⁰⁰ each: the bound of
    // ∂z/∂w₁ leaves the range of `f64` upwards, and then downwards.
    let mut weights = vec!["-10".to_owned()];
    let mut a = 1.0 / (1.0 + 10f64.exp());
    for _ in 0..69 {
        let w = (-10.0 / a).round();
        weights.push(format!("{w}"));
        a = 1.0 / (1.0 + (-w * a).exp());
    }
    weights.extend(vec!["1e-100".to_owned(); 7]);
    agreed(&[
        &format!("problem2.classification.w=[{}]", weights.join(", ")),
        "problem2.classification.x=1",
    ]);
}

#[test]
fn what_f64_cannot_see_is_left_to_the_differences() {
    // σ′(−900) is about 1e-391.
    let checks = agreed(&["problem2.classification.w=[-900, 1, 1]", "problem2.classification.x=1"]);
    // ∂L/∂w₁ = δ₂ w₂ σ′(−900) x is out of f64's sight, and ∂L/∂w₂ = δ₂ σ(−900), with their δ.
    let found = (counts(&checks), checks.complete, checks.unseen);
    assert_eq!(found, (vec![8, 10, 16], false, 0));
    assert_eq!(checks.left_out, LeftOut { by_floats: true, ..LeftOut::default() });
}

#[test]
fn what_no_witness_sees_is_counted() {
    // σ′(−5000) is about 1e-2171.
    let checks =
        agreed(&["problem2.classification.w=[-5000, 1, 1]", "problem2.classification.x=1"]);
    assert_eq!((counts(&checks), checks.complete, checks.unseen), (vec![8, 8, 16], false, 2));
    let both = LeftOut { by_floats: true, by_differences: true, sampled: false };
    assert_eq!(checks.left_out, both);
    // Each layer divides by 4·10¹⁰ = 10^10.602: f64 sees 27 layers back, to the 13th of 40; of the
    // twelve before it the differences are asked about the 1st, 4th, 7th and 10th.
    let weights = vec!["1e-10"; 40].join(", ");
    let checks = agreed(&[&format!("problem2.classification.w=[{weights}]")]);
    assert_eq!((checks.complete, checks.unseen), (false, 8));
    // Many weights are asked about by sample, but the formulas see each.
    let weights = vec!["0.5"; 40].join(", ");
    let checks = agreed(&[&format!("problem2.classification.w=[{weights}]")]);
    assert_eq!((checks.complete, checks.unseen), (false, 0));
    assert_eq!(checks.left_out, LeftOut { sampled: true, ..LeftOut::default() });
}

#[test]
fn proved_zeros_and_a_met_target_agree() {
    agreed(&["problem2.classification.x=0", "problem2.regression.x=0"]);
    agreed(&["problem2.classification.w=[1, 0, 2]", "problem2.regression.w=[1, 2, 0]"]);
    agreed(&["problem2.regression.w=[0, 3]", "problem2.regression.y=1.5"]);
    agreed(&["problem1.W=[[0, 0], [0, 0]]", "problem1.Y=[[0, 0], [0, 0]]"]);
}

#[test]
fn large_problems_are_sampled() {
    let row = |n: usize, shift: usize| {
        let entries: Vec<_> = (0..n).map(|j| format!("{}", (j * 7 + shift * 3) % 11)).collect();
        format!("[{}]", entries.join(", "))
    };
    let matrix = |rows: usize, columns: usize| {
        let rows: Vec<_> = (0..rows).map(|i| row(columns, i)).collect();
        format!("[{}]", rows.join(", "))
    };
    let w = format!("problem1.W={}", matrix(9, 10));
    let x = format!("problem1.X={}", matrix(10, 3));
    let y = format!("problem1.Y={}", matrix(9, 3));
    let weights = vec!["0.5"; 40].join(", ");
    let w2 = format!("problem2.regression.w=[{weights}]");
    let checks = agreed(&[&w, &x, &y, &w2]);
    // 2 directions; 40 weights by steps of 3: 1, 4, …, 40. The formulas leave nothing out.
    assert_eq!(counts(&checks), [19, 19, 9 * 3 + 9 * 10 + 6 + 80]);
    assert_eq!((checks.complete, checks.unseen), (false, 0));
}

/// Asserts that each witness finds something in each of the `problems`, and says all it should.
fn assert_caught(rule: Pullback, problems: &[&str]) {
    // X not symmetric, every shape square: a missing transpose fits.
    let inputs = inputs(&[]);
    let Failure(found) = check(&inputs, &solve_by(&inputs, rule)).unwrap_err();
    for witness in [Witness::Forward, Witness::Differences, Witness::ClosedForm] {
        for problem in problems {
            assert!(
                found.iter().any(|diagnostic| diagnostic.message.ends_with(witness.name())
                    && diagnostic.message.contains(problem)),
                "{witness:?} did not see it in {problem}: {found:?}"
            );
        }
    }
    assert_eq!(found.len(), 3 * problems.len());
}

const ALL: &[&str] = &["problem 1", "classification", "regression"];

#[test]
fn a_wrong_sign_is_caught() {
    fn rule(graph: &mut Graph, node: NodeId, g: NodeId, slot: usize) -> NodeId {
        let right = pullback(graph, node, g, slot);
        if !matches!(graph.op(node), Op::Product(..)) || slot != 0 {
            return right;
        }
        let minus_one = graph.constant(dashu_ratio::RBig::NEG_ONE);
        graph.scale(minus_one, right)
    }
    assert_caught(rule, ALL);
}

#[test]
fn a_missing_transpose_is_caught() {
    fn rule(graph: &mut Graph, node: NodeId, g: NodeId, slot: usize) -> NodeId {
        match (graph.op(node).clone(), slot) {
            (Op::Product(_, x), 0) => graph.product(g, x),
            _ => pullback(graph, node, g, slot),
        }
    }
    assert_caught(rule, &["problem 1"]);
}

#[test]
fn a_dropped_factor_2_is_caught() {
    fn rule(graph: &mut Graph, node: NodeId, g: NodeId, slot: usize) -> NodeId {
        match graph.op(node).clone() {
            Op::SumSquares(residual) => graph.scale(g, residual),
            _ => pullback(graph, node, g, slot),
        }
    }
    assert_caught(rule, &["problem 1", "regression"]);
}

#[test]
fn a_dropped_slope_of_the_sigmoid_is_caught() {
    fn rule(graph: &mut Graph, node: NodeId, g: NodeId, slot: usize) -> NodeId {
        match graph.op(node) {
            Op::Sigmoid(_) => g,
            _ => pullback(graph, node, g, slot),
        }
    }
    assert_caught(rule, &["classification", "regression"]);
}

#[test]
fn a_disagreement_names_the_gradient_and_both_values() {
    fn rule(graph: &mut Graph, node: NodeId, g: NodeId, slot: usize) -> NodeId {
        match graph.op(node).clone() {
            Op::SumSquares(residual) => graph.scale(g, residual),
            _ => pullback(graph, node, g, slot),
        }
    }
    let inputs = inputs(&[]);
    let Failure(found) = check(&inputs, &solve_by(&inputs, rule)).unwrap_err();
    // ∂L/∂W₁₁ = 0.4 by hand; half of it without the factor.
    let expected = "∂L/∂W in row 1, column 1, of problem 1 is 0.2 by reverse mode, but 0.4 by central differences";
    assert!(found.iter().any(|d| d.message == expected), "{found:?}");
}
