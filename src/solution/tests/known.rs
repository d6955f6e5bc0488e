//! The homework's own inputs: the values stated in the course's sheet of answers.

use crate::graph::NodeId;
use crate::inputs::{Inputs, Source, parse};
use crate::numbers::Printed;
use crate::problems::Homework;
use crate::solution::Solution;

fn homework() -> Inputs {
    changed(&[])
}

fn changed(sets: &[&str]) -> Inputs {
    let sets: Vec<String> = sets.iter().map(|&set| set.to_owned()).collect();
    let text = include_str!("../../../tests/homework.toml");
    parse(Source::new("homework.toml", text), &sets, None).unwrap()
}

/// The printed entries, row by row.
fn rows(solution: &Solution, id: NodeId) -> String {
    let rows = solution
        .printed(id)
        .row_iter()
        .map(|row| row.iter().map(|p| p.to_string()).collect::<Vec<_>>().join(" "));
    rows.collect::<Vec<_>>().join("; ")
}

/// Asserts that the values agree with ten-digit ones in all of those digits.
fn assert_near(solution: &Solution, ids: &[NodeId], expected: &[f64]) {
    assert_eq!(ids.len(), expected.len());
    for (&id, expected) in ids.iter().zip(expected) {
        let value = solution.scalar(id).nearest_f64().unwrap();
        let off = (value - expected).abs() / expected.abs();
        assert!(off < 6e-10, "{value} is not {expected}");
    }
}

// Exact, by hand.
#[test]
fn the_matrix_product_of_the_homework() {
    let homework = Homework::solve(&homework()).unwrap();
    let (problem, solution) = (&homework.product.problem, &homework.product.solution);
    assert_eq!(rows(solution, problem.p), "1.5 1.1; 1.2 0");
    assert_eq!(rows(solution, problem.residual), "1 0.1; 0.2 1.5");
    assert_eq!(rows(solution, problem.loss), "3.3");
    assert_eq!(rows(solution, problem.d_p), "2 0.2; 0.4 3");
    assert_eq!(rows(solution, problem.d_w), "0.4 6.2; 6 4.2");
    assert_eq!(rows(solution, problem.w_updated), "0.26 -0.12; -0.8 -0.02");
    assert_eq!(rows(solution, problem.loss_after), "2.2376");
    assert!(solution.computed().all(|id| solution.is_exact(id)));
}

// HOMEWORK's table of values, ten digits each.
#[test]
fn the_classification_of_the_homework() {
    let homework = Homework::solve(&homework()).unwrap();
    let (problem, solution) = (&homework.classification.problem, &homework.classification.solution);
    let of = |pick: fn(&crate::problems::Layer) -> NodeId| {
        problem.layers.iter().map(pick).collect::<Vec<_>>()
    };
    assert_near(solution, &of(|l| l.z), &[0.1575, -0.05932231865, 0.3784355391]);
    let a: Vec<NodeId> = problem.layers.iter().filter_map(|l| l.a).collect();
    assert_near(solution, &a, &[0.5392938059, 0.4851737680, 0.5934957186]);
    let slopes: Vec<NodeId> = problem.layers.iter().filter_map(|l| l.slope).collect();
    assert_near(solution, &slopes, &[0.2484559968, 0.2497801828]);
    assert_near(solution, &[problem.y_hat, problem.loss], &[0.5934957186, 0.5217252787]);
    assert_near(solution, &of(|l| l.delta), &[0.002164511385, -0.07919863671, -0.4065042814]);
    assert_near(solution, &of(|l| l.d_w), &[0.001363642173, -0.04271133421, -0.1972252139]);
    // z₁ = 0.25 · 0.63 ends.
    assert!(solution.is_exact(problem.layers[0].z) && !solution.is_exact(problem.layers[0].d_w));
}

#[test]
fn the_regression_of_the_homework() {
    let homework = Homework::solve(&homework()).unwrap();
    let (problem, solution) = (&homework.regression.problem, &homework.regression.solution);
    let of = |pick: fn(&crate::problems::Layer) -> NodeId| {
        problem.layers.iter().map(pick).collect::<Vec<_>>()
    };
    assert_near(solution, &of(|l| l.z), &[0.1575, -0.05932231865, 0.3784355391]);
    let a: Vec<NodeId> = problem.layers.iter().filter_map(|l| l.a).collect();
    assert_near(solution, &a, &[0.5392938059, 0.4851737680]);
    assert_near(solution, &[problem.y_hat, problem.loss], &[0.3784355391, 16287.26372]);
    assert_near(solution, &of(|l| l.delta), &[1.359091857, -49.72864682, -255.2431289]);
    assert_near(solution, &of(|l| l.d_w), &[0.8562278698, -26.81835121, -123.8372706]);
}

// Zero has no sign in mathematics; a product that is proved zero prints none either.
#[test]
fn a_negative_zero_is_zero() {
    let inputs = changed(&["problem1.W=[[-0.0, 0], [-0, 0.0]]", "problem2.classification.x=-0.0"]);
    let homework = Homework::solve(&inputs).unwrap();
    let (problem, solution) = (&homework.product.problem, &homework.product.solution);
    assert_eq!(rows(solution, problem.w), "0 0; 0 0");
    assert_eq!(rows(solution, problem.p), "0 0; 0 0");
    let (problem, solution) = (&homework.classification.problem, &homework.classification.solution);
    let first = &problem.layers[0];
    for (id, expected) in
        [(problem.x, "0"), (first.z, "0"), (first.a.unwrap(), "0.5"), (first.d_w, "0")]
    {
        assert_eq!(rows(solution, id), expected);
    }
}

// z₂ = 99999.5/2 exactly, and L = log(1 + e^49999.75) lies above the tie 49999.75 by e^−49999.75.
#[test]
fn a_loss_next_to_a_tie_is_printed_with_one_more_digit() {
    let inputs = changed(&[
        "problem2.classification.w=[0, 99999.5]",
        "problem2.classification.y=0",
        "submission.digits=6",
    ]);
    let homework = Homework::solve(&inputs).unwrap();
    let (problem, solution) = (&homework.classification.problem, &homework.classification.solution);
    assert_eq!(rows(solution, problem.layers[1].z), "49999.75");
    assert_eq!(rows(solution, problem.loss), "49999.75");
    assert!(!solution.is_exact(problem.loss) && solution.is_substituted(problem.loss));
}

#[test]
fn a_number_beside_a_tie_that_no_precision_shows_is_decided_by_its_side() {
    // a1 = e^-1000000, so a2 = 1/2 + a1/4 and z3 = 49999.325 and next to nothing more: half-way
    // between two decimals of seven digits.
    let inputs = changed(&[
        "problem2.classification.w=[1, 1, 99998.65]",
        "problem2.classification.x=-1000000",
        "problem2.classification.y=0",
    ]);
    let homework = Homework::solve(&inputs).unwrap();
    let (problem, solution) = (&homework.classification.problem, &homework.classification.solution);
    let z = Printed::round(solution.scalar(problem.layers[2].z), 7).unwrap();
    assert_eq!(z.to_string(), "49999.33");
    let z = Printed::round(&-solution.scalar(problem.layers[2].z).clone(), 7).unwrap();
    assert_eq!(z.to_string(), "-49999.33");
    let a = Printed::round(solution.scalar(problem.layers[1].a.unwrap()), 7).unwrap();
    assert_eq!(a.to_string(), "0.5000000");
}

#[test]
fn an_f64_beside_a_tie_is_decided_by_its_side() {
    // w2 = 2^19 + 3/2 units of an f64 there (2^-33), and ŷ = w2 σ(10^6) is next to nothing less.
    let inputs = changed(&[
        "problem2.regression.w=[1000000, 524288.0000000001746229827404022216796875]",
        "problem2.regression.x=1",
    ]);
    let homework = Homework::solve(&inputs).unwrap();
    let (problem, solution) = (&homework.regression.problem, &homework.regression.solution);
    let unit = 2f64.powi(-33);
    assert_eq!(solution.scalar(problem.y_hat).nearest_f64(), Some(524_288.0 + unit));
    // The tie itself goes to the even neighbour.
    let tie = solution.scalar(problem.layers[1].w).nearest_f64();
    assert_eq!(tie, Some(524_288.0 + 2.0 * unit));
}
