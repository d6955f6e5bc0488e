//! Random homeworks: every printed number is the true one rounded, and every formula closes.

use dashu_ratio::RBig;
use nalgebra::DMatrix;
use proptest::prelude::*;

use super::oracle::{self, Real, Text, Told, real};
use super::{draws, latex};
use crate::graph::{NodeId, matrix_latex};
use crate::inputs::{self, Decimal, Problem1, Reduction};
use crate::numbers::{Class, Printed};
use crate::problems::{Chain, Loss, MatrixProduct};
use crate::properties::config;
use crate::solution::Solution;

/// Asserts with far more bits than `solution` needed, so that plain floats need no error analysis.
fn assert_with_bits(solution: &Solution, attempt: impl Fn(usize) -> Told) {
    let steps = solution.graph().ids().filter(|&id| solution.graph().symbol(id).is_some());
    let sizes = steps.flat_map(|id| texts(solution, id).iter().map(Text::exponent).max());
    let largest = sizes.max().unwrap_or(0);
    oracle::assert_with_bits(4 * solution.precision() + 2048, largest, attempt);
}

fn texts(solution: &Solution, id: NodeId) -> DMatrix<Text> {
    solution.printed(id).map(|p| Text::of(&p))
}

/// The text reads as its value where the number is called exact.
fn assert_exact(printed: &Printed, value: &RBig, what: &str) {
    let shown = RBig::from_parts_of(&printed.to_string());
    assert_eq!(printed.is_exact(), shown == *value, "{what}: {printed}");
}

trait FromText {
    fn from_parts_of(text: &str) -> Self;
}

impl FromText for RBig {
    fn from_parts_of(text: &str) -> Self {
        let (mantissa, power) = text.split_once('e').unwrap_or((text, "0"));
        let places = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i64);
        let digits: dashu_int::IBig = mantissa.replace('.', "").parse().unwrap();
        let exponent = power.parse::<i64>().unwrap() - places;
        let ten = RBig::from(dashu_int::UBig::from(10u8).pow(exponent.unsigned_abs() as usize));
        if exponent < 0 { RBig::from(digits) / ten } else { RBig::from(digits) * ten }
    }
}

fn assert_closed(solution: &Solution) {
    // A formula that is shown in symbols only promises nothing about the printed numbers.
    for id in solution.computed().filter(|&id| solution.is_substituted(id)) {
        let what = format!("{} from its formula", solution.graph().symbol(id).unwrap());
        let page = solution.substitution_latex(id);
        let written_out = solution.formula(id).written_out(&|id| solution.printed(id));
        assert_with_bits(solution, |bits| {
            let operand = |id| texts(solution, id).map(|text| text.value(bits));
            let computed = oracle::evaluate(solution.formula(id), bits, &operand);
            let mut told = vec![rounding(solution, id, &computed, bits, &what)];
            // The same from the LaTeX of the page, as a person reads it.
            for latex in [Some(&page), written_out.as_ref()].into_iter().flatten() {
                let read = latex::read(latex, bits);
                let what = format!("{what}, {latex}");
                told.extend(read.map(|read| rounding(solution, id, &read, bits, &what)));
            }
            told.into_iter().collect()
        });
    }
}

/// Whether the values round to what a step prints, entry by entry.
fn rounding(
    solution: &Solution,
    id: NodeId,
    values: &DMatrix<Real>,
    bits: usize,
    what: &str,
) -> Told {
    assert_eq!(values.shape(), solution.printed(id).shape(), "{what}");
    (texts(solution, id).iter().zip(values.iter()))
        .map(|(text, value)| text.assert_rounds_from(value, bits, what))
        .collect()
}

/// The LaTeX of each value is its ASCII text, and the matrix holds the entries in their places.
fn assert_latex(solution: &Solution) {
    for id in solution.computed() {
        let printed = solution.printed(id);
        for entry in printed.iter() {
            let ascii = entry.latex().replace("\\times 10^{", "e").replace('}', "");
            assert_eq!(ascii, entry.to_string());
        }
        assert_with_bits(solution, |bits| {
            let read = latex::read(&matrix_latex(printed), bits);
            read.map_or(Told::Rounds, |read| rounding(solution, id, &read, bits, "a value's LaTeX"))
        });
    }
}

/// The chain's recurrences, from the inputs.
fn assert_chain(inputs: &inputs::Chain, problem: &Chain, solution: &Solution, bits: usize) -> Told {
    let number = |v: &Decimal| real(v.value(), bits);
    let two = real(&RBig::from(2u8), bits);
    let (mut a, mut below, mut z) = (number(&inputs.x), vec![], vec![]);
    for w in &inputs.w {
        below.push(a.clone());
        z.push(number(w) * &a);
        a = oracle::sigmoid(&z[z.len() - 1]);
    }
    let last = &z[z.len() - 1];
    let (loss, mut delta) = match problem.kind {
        Loss::Squared => {
            let error = last - number(&inputs.y);
            (&error * &error, two * error)
        }
        Loss::CrossEntropy(Class::One) => {
            let error = -oracle::sigmoid(&-last.clone());
            (oracle::log_of_one_plus(&oracle::exp(&-last.clone())), error)
        }
        Loss::CrossEntropy(Class::Zero) => (oracle::log_of_one_plus(&oracle::exp(last)), a),
    };
    let mut found = vec![(problem.loss, loss, "L")];
    for (k, layer) in problem.layers.iter().enumerate().rev() {
        found.push((layer.z, z[k].clone(), "z"));
        found.extend(layer.a.map(|a| (a, oracle::sigmoid(&z[k]), "a")));
        found.push((layer.delta, delta.clone(), "delta"));
        found.push((layer.d_w, &delta * &below[k], "dL/dw"));
        if k > 0 {
            let slope = oracle::sigmoid(&z[k - 1]) * oracle::sigmoid(&-z[k - 1].clone());
            delta = delta * number(&inputs.w[k]) * slope;
        }
    }
    let told = found.iter().map(|(id, value, what)| {
        Text::of(&solution.printed(*id)[0]).assert_rounds_from(value, bits, what)
    });
    told.collect()
}

fn assert_product(inputs: &Problem1, problem: &MatrixProduct, solution: &Solution) {
    let exact = |m: &DMatrix<Decimal>| m.map(|v| v.value().clone());
    let (w, x, y) = (exact(&inputs.w), exact(&inputs.x), exact(&inputs.y));
    let share = match inputs.reduction {
        Reduction::Sum => RBig::ONE,
        Reduction::Mean => RBig::ONE / RBig::from(x.ncols()),
    };
    let times = |a: &DMatrix<RBig>, b: &DMatrix<RBig>| {
        DMatrix::from_fn(a.nrows(), b.ncols(), |i, j| {
            (0..a.ncols()).fold(RBig::ZERO, |sum, k| sum + &a[(i, k)] * &b[(k, j)])
        })
    };
    let loss_of = |residual: &DMatrix<RBig>| {
        let sum = residual.iter().fold(RBig::ZERO, |sum, r| sum + r * r);
        DMatrix::from_element(1, 1, sum * share.clone())
    };
    let less = |a: &DMatrix<RBig>, b: &DMatrix<RBig>| a.zip_map(b, |a, b| a - b);
    let p = times(&w, &x);
    let residual = less(&p, &y);
    let d_p = residual.map(|r| r * RBig::from(2u8) * &share);
    let d_w = times(&d_p, &x.transpose());
    let updated = less(&w, &d_w.map(|g| inputs.step_size.value() * g));
    let p_after = times(&updated, &x);
    let residual_after = less(&p_after, &y);
    for (id, value) in [
        (problem.w, w),
        (problem.x, x),
        (problem.loss, loss_of(&residual)),
        (problem.loss_after, loss_of(&residual_after)),
        (problem.p, p),
        (problem.residual, residual),
        (problem.d_p, d_p),
        (problem.d_w, d_w),
        (problem.w_updated, updated),
        (problem.p_after, p_after),
        (problem.residual_after, residual_after),
        (problem.y, y),
    ] {
        let what = solution.graph().symbol(id).unwrap();
        for (printed, value) in solution.printed(id).iter().zip(value.iter()) {
            assert_exact(printed, value, what);
            assert_with_bits(solution, |bits| {
                Text::of(printed).assert_rounds_from(&real(value, bits), bits, what)
            });
        }
    }
}

fn assert_classification(inputs: &inputs::Chain, digits: usize) {
    let problem = Chain::classification(inputs);
    let solution = Solution::new(problem.graph.clone(), digits).unwrap();
    assert_with_bits(&solution, |bits| assert_chain(inputs, &problem, &solution, bits));
    assert_closed(&solution);
    assert_latex(&solution);
}

fn assert_regression(inputs: &inputs::Chain, digits: usize) {
    let problem = Chain::regression(inputs);
    let solution = Solution::new(problem.graph.clone(), digits).unwrap();
    assert_with_bits(&solution, |bits| assert_chain(inputs, &problem, &solution, bits));
    assert_closed(&solution);
    assert_latex(&solution);
}

fn assert_matrices(inputs: &Problem1, digits: usize) {
    let problem = MatrixProduct::new(inputs);
    let solution = Solution::new(problem.graph.clone(), digits).unwrap();
    assert_product(inputs, &problem, &solution);
    assert_closed(&solution);
    assert_latex(&solution);
}

#[test]
fn a_loss_next_to_a_tie_closes_from_exact_operands() {
    // log(1 + e^z) lies 10^-489 above z, a tie at its twelfth digit.
    let number = |text: &str| text.parse::<Decimal>().unwrap();
    let w = vec![number("0"), number("2252.29969877")];
    let inputs = inputs::Chain { w, x: number("0"), y: number("0") };
    for digits in [11, 12, 13] {
        assert_classification(&inputs, digits);
    }
}

#[test]
fn a_product_that_cancels_is_zero_whatever_the_base() {
    // 3/10 + 4/10 - 7/10, which binary floats of any length give as 2 to some negative power.
    let row = |a, b, c| {
        DMatrix::from_row_slice(1, 3, &[a, b, c]).map(|text: &str| text.parse::<Decimal>().unwrap())
    };
    let inputs = Problem1 {
        w: row("0.3", "0.4", "-0.7"),
        x: row("1", "1", "1").transpose(),
        y: row("0.1", "0", "0").columns(0, 1).into_owned(),
        step_size: "0.7".parse().unwrap(),
        reduction: Reduction::Sum,
    };
    let problem = MatrixProduct::new(&inputs);
    let solution = Solution::new(problem.graph.clone(), 5).unwrap();
    assert_eq!(solution.printed(problem.p)[0].to_string(), "0");
    assert_matrices(&inputs, 5);
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn classifications_print_the_truth_and_close(
        inputs in draws::classification(1..=8), digits in 2usize..=15,
    ) {
        assert_classification(&inputs, digits);
    }

    #[test]
    fn regressions_print_the_truth_and_close(
        inputs in draws::regression(1..=8), digits in 2usize..=15,
    ) {
        assert_regression(&inputs, digits);
    }

    #[test]
    fn matrix_products_print_the_truth_and_close(
        inputs in draws::matrices(4), digits in 2usize..=15,
    ) {
        assert_matrices(&inputs, digits);
    }
}

proptest! {
    #![proptest_config(config(4))]

    #[test]
    fn deep_chains_print_the_truth_and_close(inputs in draws::classification(12..=12)) {
        assert_classification(&inputs, 5);
    }

    #[test]
    fn large_matrices_print_the_truth_and_close(inputs in draws::matrices(8)) {
        assert_matrices(&inputs, 5);
    }
}
