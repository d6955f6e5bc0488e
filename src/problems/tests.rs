//! What is noticed, against values from HOMEWORK's sheet of answers or by hand.

use std::cmp::Ordering;

use super::claims::{Blowup, ChainClaims, Scale, StepClaims, Trend, same_network};
use super::spectrum::Gram;
use super::{Chain, Homework, MatrixProduct, Solved};
use dashu_ratio::RBig;
use nalgebra::DMatrix;

use crate::graph::NodeId;
use crate::inputs::{Decimal, Inputs, Reduction, Source, parse};
use crate::numbers::Printed;

fn inputs(sets: &[&str]) -> Inputs {
    let sets: Vec<String> = sets.iter().map(|&set| set.to_owned()).collect();
    let text = include_str!("../../tests/homework.toml");
    parse(Source::new("homework.toml", text), &sets, None).unwrap()
}

fn solve(sets: &[&str]) -> Homework {
    Homework::solve(&inputs(sets)).unwrap()
}

fn step(sets: &[&str]) -> StepClaims {
    let inputs = inputs(sets);
    let Solved { problem, solution } = Homework::solve(&inputs).unwrap().product;
    let mean = inputs.problem1.reduction == Reduction::Mean;
    StepClaims::new(&Solved { problem, solution }, mean, inputs.submission.digits)
}

/// The regression with these weights, this input and this target.
fn regression(w: &str, x: &str, y: &str) -> ChainClaims {
    let sets = [("w", w), ("x", x), ("y", y)];
    let sets = sets.map(|(key, value)| format!("problem2.regression.{key}={value}"));
    ChainClaims::new(&solve(&sets.each_ref().map(String::as_str)).regression)
}

fn text(printed: &Option<Printed>) -> String {
    printed.as_ref().map_or_else(|| "none".into(), Printed::to_string)
}

fn texts(printed: &Option<Vec<Printed>>) -> String {
    let join =
        |all: &Vec<Printed>| all.iter().map(Printed::to_string).collect::<Vec<_>>().join(" ");
    printed.as_ref().map_or_else(|| "none".into(), join)
}

// HOMEWORK's sheet: 144.63 : 31.32 : 1, slopes at 99.4 % and 99.9 %, 627.8977630 = 3.0581 · 205.3231.
#[test]
fn what_is_noticed_about_the_homework() {
    let homework = solve(&[]);
    let b = ChainClaims::new(&homework.classification);
    assert_eq!((b.trend, b.scale), (Trend::Vanishing, Scale::Ordinary));
    assert!(b.monotonic && b.all_steep && !b.residual_large);
    assert_eq!(texts(&b.ratios), "1 31.322 144.63");
    let slopes: Vec<_> = b.slopes.iter().map(|(k, s)| (*k, s.to_string())).collect();
    assert_eq!(slopes, [(1, "99.4".into()), (2, "99.9".into())]);
    assert!(b.saturated.is_empty() && b.zero_layers.is_empty());
    // 1/|0.78 · 0.11|, 1/(0.2484559968 · 0.2497801828), 0.4851737680/0.63.
    let causes = b.attenuation.unwrap();
    let causes = [&causes.weights, &causes.slopes, &causes.inputs].map(Printed::to_string);
    assert_eq!(causes, ["11.6550", "16.1136", "0.770117"]);

    let c = ChainClaims::new(&homework.regression);
    assert_eq!((c.trend, c.scale), (Trend::Vanishing, Scale::Exploding));
    assert!(c.monotonic && c.residual_large);
    let (layer, largest) = c.largest.unwrap();
    assert_eq!((layer, largest.to_string()), (3, "123.84".into()));
    let (layer, small) = c.small.unwrap();
    assert_eq!((layer, small.to_string()), (1, "0.85623".into()));
    assert_eq!(text(&c.largest_move), "12.384");
    assert_eq!(text(&c.ratio), "144.63");

    let blowup = Blowup::new(&homework).unwrap();
    let parts = [&blowup.factor, &blowup.from_loss, &blowup.from_target, &blowup.magnitude];
    assert_eq!(parts.map(Printed::to_string), ["627.90", "3.05810", "205.323", "627.90"]);
}

// HOMEWORK's gradients: 0.1972252139/0.04271133421 and 0.04271133421/0.001363642173.
#[test]
fn each_layer_shrinks_the_gradient_of_the_homework() {
    let steps = ChainClaims::new(&solve(&[]).classification).steps.unwrap();
    let told: Vec<_> = steps
        .iter()
        .map(|step| (step.to, step.quotient.to_string(), step.factor.to_string(), step.shrinks))
        .collect();
    let expected = [(2, "4.6176", true), (1, "31.322", true)];
    assert_eq!(told, expected.map(|(to, times, down)| (to, times.into(), times.into(), down)));
}

// With w₁ = 0: g₂/g₁ = (1/2)/(|w₂| (1/4) x) = 2/|w₂|.
#[test]
fn steps_between_layers_are_exact_where_the_numbers_are() {
    for (w2, quotient, factor, shrinks) in
        [("-8", "0.25", "4", false), ("2", "1", "1", true), ("0.5", "4", "4", true)]
    {
        let step = regression(&format!("[0, {w2}]"), "1", "7").steps.unwrap().remove(0);
        assert_eq!(
            (step.quotient.to_string(), step.factor.to_string()),
            (quotient.into(), factor.into())
        );
        assert!(step.shrinks == shrinks && step.operands_exact && step.quotient.is_exact(), "{w2}");
    }
    // One gradient that is zero leaves nothing to divide.
    assert!(regression("[0.25, -0.11]", "0", "7").steps.is_none());
}

// With HOMEWORK's a₁/(σ′(z₁) x) = 3.445366282771; what the printed numbers give is found in f64.
#[test]
fn a_step_between_layers_has_the_digits_that_the_printed_numbers_confirm() {
    let mut seen = [0; 2];
    for k in 20..40 {
        // So that the quotient is beside k + 1/2, where two digits change.
        let w2 = (1e5 * 3.445_366_282_771 / (f64::from(k) + 0.5)).round() / 1e5;
        let w = format!("problem2.classification.w=[0.25, -{w2}, 0.78]");
        let solved = solve(&["submission.digits=2", &w]).classification;
        let step = ChainClaims::new(&solved).steps.unwrap().remove(1);
        let layer = &solved.problem.layers[0];
        let printed = |id: NodeId| -> f64 {
            solved.solution.printed(id)[(0, 0)].to_string().parse().unwrap()
        };
        let shown = printed(layer.a.unwrap()) / (w2 * printed(layer.slope.unwrap()) * 0.63);
        let rounded = |value: f64, digits: usize| format!("{value:.*e}", digits - 1);
        let exact = 3.445_366_282_771 / w2;
        let agree = |&digits: &usize| rounded(exact, digits) == rounded(shown, digits);
        let digits = [2, 1].into_iter().find(agree).unwrap();
        let quotient: f64 = step.quotient.to_string().parse().unwrap();
        assert_eq!(quotient, rounded(exact, digits).parse::<f64>().unwrap(), "{w2}: {shown}");
        assert!(!step.operands_exact);
        seen[digits - 1] += 1;
    }
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
}

// -255.2431289/0.5934957186, from HOMEWORK's sheet.
#[test]
fn a_negative_factor_between_the_networks() {
    let blowup = Blowup::new(&solve(&["problem2.classification.y=0"])).unwrap();
    let factor = (blowup.factor.to_string(), blowup.magnitude.to_string());
    assert_eq!(factor, ("-430.07".into(), "430.07".into()));
}

#[test]
fn no_common_factor_of_different_networks() {
    for set in [
        "problem2.regression.x=0.64",
        "problem2.regression.w=[0.25, -0.11, 0.79]",
        "problem2.regression.w=[0.25, -0.11]",
    ] {
        let homework = solve(&[set]);
        assert!(!same_network(&homework) && Blowup::new(&homework).is_none(), "{set}");
    }
    // The same network, but ŷ of (c) is the target of (b): 2 (ŷ − y_b) is no factor to go through.
    let both = ["problem2.classification.w=[0, 2]", "problem2.regression.w=[0, 2]"];
    let homework = solve(&both);
    assert!(same_network(&homework) && Blowup::new(&homework).is_none());
}

// With w₁ = 0: a₁ = 1/2, σ′(z₁) = 1/4, so g₂ = δ/2 and g₁ = δ w₂ x/4, all exact.
#[test]
fn trends_change_at_their_thresholds() {
    for (w2, expected) in [
        ("0.2", Trend::Vanishing),
        ("0.201", Trend::Level),
        ("19.9", Trend::Level),
        ("20", Trend::Growing),
        ("-20", Trend::Growing),
    ] {
        let claims = regression(&format!("[0, {w2}]"), "1", "7");
        assert_eq!(claims.trend, expected, "w2 = {w2}");
        assert!(claims.monotonic);
    }
    let vanishing = regression("[0, 0.2]", "1", "7");
    assert_eq!(texts(&vanishing.ratios), "1 10");
    let causes = vanishing.attenuation.unwrap();
    let causes = [&causes.weights, &causes.slopes, &causes.inputs].map(Printed::to_string);
    assert_eq!(causes, ["5", "4", "0.5"]);
    let growing = regression("[0, 20]", "1", "7");
    assert_eq!((text(&growing.ratio), text(&growing.ratio_down)), ("10".into(), "0.1".into()));
    assert_eq!(regression("[2]", "1", "7").trend, Trend::Single);
}

// ŷ = w₂/2 = 0.1, g₂ = ŷ − y the largest, δ = 2 g₂.
#[test]
fn scales_change_at_their_thresholds() {
    for (y, scale, residual_large) in [
        ("10.1", Scale::Exploding, true),
        ("10.09", Scale::Ordinary, true),
        ("5.1", Scale::Ordinary, true),
        ("5.09", Scale::Ordinary, false),
        ("0.1011", Scale::Ordinary, false),
        ("0.101", Scale::Tiny, false),
    ] {
        let claims = regression("[0, 0.2]", "1", y);
        assert_eq!((claims.scale, claims.residual_large), (scale, residual_large), "y = {y}");
    }
    let claims = regression("[0, 0.2]", "1", "10.1");
    let (layer, largest) = claims.largest.unwrap();
    assert_eq!(
        (layer, largest.to_string(), text(&claims.largest_move)),
        (2, "10".into(), "1".into())
    );
    // g₁ = δ w₂ x/4 = 5 g₂.
    assert_eq!(regression("[0, 10]", "1", "0").largest.unwrap().0, 1);
}

#[test]
fn gradients_that_are_proved_zero() {
    let claims = regression("[0.25, -0.11, 0.78]", "0", "128");
    assert_eq!((claims.trend, claims.zero_layers), (Trend::SomeZero, vec![1]));
    // The target is met: ŷ = 0.5 · 2.
    let claims = regression("[0, 2]", "1", "1");
    assert_eq!((claims.trend, claims.zero_layers), (Trend::AllZero, vec![1, 2]));
    assert!(claims.largest.is_none() && claims.ratios.is_none() && claims.attenuation.is_none());
    // With w₂ = 0 and w₃ = 8 the last gradients are δ/2 and δ, the first is 0.
    let claims = regression("[0, 0, 8]", "1", "7");
    assert_eq!((claims.trend, claims.zero_layers), (Trend::SomeZero, vec![1]));
    assert!(!claims.monotonic);
}

// σ′(4) = 0.01766 and σ′(3.5) = 0.02845 lie around 1/40; σ′(0.6) = 0.2288 and σ′(0.7) = 0.2217
// around 9/40.
#[test]
fn saturated_and_steep_sigmoids() {
    for (z, saturated, steep) in [
        ("4", true, false),
        ("-4", true, false),
        ("3.5", false, false),
        ("0.7", false, false),
        ("0.6", false, true),
    ] {
        let claims = regression("[1, 1]", z, "7");
        let expected = if saturated { vec![1] } else { vec![] };
        assert_eq!((claims.saturated, claims.all_steep), (expected, steep), "z = {z}");
    }
    // One steep sigmoid does not make all steep, one saturated not all saturated.
    let claims = regression("[1, 8, 1]", "0.6", "7");
    assert_eq!((claims.saturated, claims.all_steep), (vec![2], false));
    // A single layer crosses none.
    assert!(!regression("[1]", "1", "7").all_steep);
}

// 2·eig(XXᵀ) = 14 ± 2√13, 1/(7+√13) = 0.0942902; losses by exact fractions.
#[test]
fn the_step_of_the_homework() {
    let claims = step(&[]);
    assert_eq!(claims.loss_change, Some(Ordering::Less));
    assert_eq!(claims.against_limit, Some(Ordering::Greater));
    assert!(!claims.gradient_zero && claims.loss_difference.is_none());
    // 2/21.211 would be 0.094291.
    assert_eq!(texts(&claims.hessian), "6.78890 21.2111");
    assert_eq!(text(&claims.largest_eigenvalue), "21.2111");
    assert_eq!(text(&claims.largest_stable_step), "0.094290");
    // Exact fractions by hand: the fourth step is the first above the start.
    assert_eq!(texts(&claims.losses), "3.3 2.2376 2.6155 3.2670 4.1042");

    let mean = step(&["problem1.reduction=mean"]);
    assert_eq!(mean.against_limit, Some(Ordering::Less));
    assert_eq!(texts(&mean.hessian), "3.39445 10.6056");
    assert_eq!(text(&mean.largest_stable_step), "0.18858");
    assert_eq!(texts(&mean.losses), "1.65 0.3642 0.15761 0.068765");
}

// ½ λₖ ‖(W − W*) vₖ‖² by NumPy's eigenvectors and least squares, at W and at W⁺.
#[test]
fn the_loss_along_the_eigenvectors() {
    let three = ["problem1.X=[[0, 2, 1], [3, 1, 1]]", "problem1.Y=[[0.5, 1, 0], [1, -1.5, 2]]"];
    for (sets, first, second, least) in [
        (vec![], ["1.6555", "0.17071"], ["1.6445", "2.0669"], "none"),
        (vec!["problem1.reduction=mean"], ["0.82777", "0.36118"], ["0.82223", "0.0030150"], "none"),
        (three.to_vec(), ["0.34892", "0.021552"], ["1.3419", "2.8157"], "5.4891"),
    ] {
        let found = step(&sets).loss_parts.unwrap();
        let texts = found.parts.each_ref().map(|part| part.each_ref().map(Printed::to_string));
        assert_eq!(texts, [first, second].map(|part| part.map(str::to_owned)), "{sets:?}");
        assert_eq!(text(&found.least), least);
    }
    // Rational eigenvalues are not told in closed form, and without a gradient there are no parts.
    for set in ["problem1.X=[[1, 0], [0, 1]]", "problem1.Y=[[1.5, 1.1], [1.2, 0]]"] {
        assert!(step(&[set]).loss_parts.is_none(), "{set}");
    }
}

// The limit is 0.09429024…: the digits shown must tell the step size from it.
#[test]
fn the_limit_is_told_from_the_step_size() {
    let claims = step(&["problem1.step_size=0.09429"]);
    assert_eq!(claims.against_limit, Some(Ordering::Less));
    assert_eq!(text(&claims.largest_stable_step), "0.0942902");
    let claims = step(&["problem1.step_size=0.0942903"]);
    assert_eq!(claims.against_limit, Some(Ordering::Greater));
    assert_eq!(text(&claims.largest_stable_step), "0.0942902");
    // 1/(7+√13) = 0.0942902423482225196…: fifteen digits do not tell it from such a step size.
    let claims = step(&["problem1.step_size=0.0942902423482225196"]);
    assert_eq!(claims.against_limit, Some(Ordering::Less));
    assert_eq!(text(&claims.largest_stable_step), "0.094290");
    // With two digits 2/21 would be 0.095.
    let claims = step(&["submission.digits=2"]);
    assert_eq!(texts(&claims.hessian), "6.79 21.2");
    assert_eq!(text(&claims.largest_stable_step), "0.094");
}

// X = I: H = 2 I, and a step η takes the residual R to (1 − 2η) R, with ‖Y − W‖² = 5.34.
#[test]
fn steps_below_at_and_above_the_limit() {
    for (eta, change, limit, losses) in [
        ("0.5", Ordering::Less, Ordering::Less, "5.34 0 0 0"),
        ("1", Ordering::Equal, Ordering::Equal, "5.34 5.34 5.34 5.34"),
        ("3", Ordering::Greater, Ordering::Greater, "5.34 133.5 3337.5 83438"),
    ] {
        let claims = step(&["problem1.X=[[1, 0], [0, 1]]", &format!("problem1.step_size={eta}")]);
        assert_eq!(
            (claims.loss_change, claims.against_limit),
            (Some(change), Some(limit)),
            "{eta}"
        );
        assert_eq!(texts(&claims.losses), losses);
        assert_eq!(texts(&claims.hessian), "2 2");
        let limit = claims.largest_stable_step.unwrap();
        assert!(limit.is_one(), "{limit}");
    }
}

// XXᵀ = ((4, 2), (2, 10)), and the Hessian is twice it, or of the mean once; 1 − 0.2 (7 ± √13).
#[test]
fn matrices_and_multipliers_of_the_step() {
    let claims = step(&[]);
    let rows = |claims: &StepClaims| {
        claims.gram.clone().unwrap().map(|m| texts(&Some(m.as_slice().to_vec())))
    };
    assert_eq!(rows(&claims), ["4 2 2 10", "8 4 4 20"]);
    assert_eq!(rows(&step(&["problem1.reduction=mean"])), ["4 2 2 10", "4 2 2 10"]);
    assert_eq!(texts(&claims.multipliers), "0.32111 -1.1211");
    let surds = claims.surds.unwrap();
    assert_eq!((surds.centre.to_string().as_str(), surds.radicand), ("7", 13));
    // An eigenvalue 0 leaves its part of the error as it is: 1 − 2 · 0.1 · (0, 4).
    let claims = step(&["problem1.X=[[1, 1], [1, 1]]"]);
    assert_eq!(texts(&claims.multipliers), "1 0.2");
    // Entries that do not end within nine digits are rounded, all of them.
    let claims = step(&["problem1.X=[[1.23456, 0], [0, 1]]"]);
    assert_eq!(rows(&claims)[0], "1.5241 0 0 1");
}

// By hand: up to six layers all are shown, of more two at each end.
#[test]
fn deep_chains_are_shown_by_their_ends() {
    for (depth, deep, shown) in [
        (1, false, vec![1]),
        (6, false, vec![1, 2, 3, 4, 5, 6]),
        (7, true, vec![1, 2, 6, 7]),
        (20, true, vec![1, 2, 19, 20]),
    ] {
        let w = vec!["1"; depth].join(", ");
        let inputs = inputs(&[&format!("problem2.regression.w=[{w}]")]);
        let chain = Chain::regression(&inputs.problem2.regression);
        assert_eq!((chain.is_deep(), chain.layers_shown()), (deep, shown), "{depth}");
    }
}

#[test]
fn a_matrix_beside_large_ones_is_not_shown_in_full() {
    let zeros = |rows: usize, columns: usize| {
        format!("[{}]", vec![format!("[{}]", vec!["0"; columns].join(", ")); rows].join(", "))
    };
    for ((m, d, n), expected) in
        [((8, 8, 8), true), ((9, 1, 1), false), ((1, 9, 1), false), ((1, 1, 9), false)]
    {
        let (w, x, y) = (zeros(m, d), zeros(d, n), zeros(m, n));
        let sets = [("W", w), ("X", x), ("Y", y)].map(|(key, v)| format!("problem1.{key}={v}"));
        let inputs = inputs(&sets.each_ref().map(String::as_str));
        let product = MatrixProduct::new(&inputs.problem1);
        // The scalar loss is small itself.
        let found = [product.loss, product.p].map(|id| product.is_shown_in_full(id));
        assert_eq!(found, [expected; 2], "{m} {d} {n}");
    }
}

// dL = −η ‖∂L/∂W‖² = −10⁻¹² · 92.24, from 1(b)'s gradient.
#[test]
fn a_change_of_the_loss_below_its_printed_digits_is_told() {
    let claims = step(&["problem1.step_size=1e-12"]);
    assert_eq!(claims.loss_change, Some(Ordering::Less));
    assert_eq!(text(&claims.loss_difference), "9.2240e-11");
}

#[test]
fn singular_and_large_problems() {
    // XXᵀ of ones is 2 · ones, with the eigenvalues 0 and 4.
    let claims = step(&["problem1.X=[[1, 1], [1, 1]]"]);
    assert_eq!(texts(&claims.hessian), "0 8");
    assert_eq!(text(&claims.largest_stable_step), "0.25");
    // 1, 2, 3: the eigenvalues of XXᵀ are 0, 0 and 14.
    let claims =
        step(&["problem1.W=[[1, 1, 1]]", "problem1.X=[[1], [2], [3]]", "problem1.Y=[[1]]"]);
    assert_eq!(texts(&claims.hessian), "0 0 28");
    assert_eq!(text(&claims.largest_stable_step), "0.071429");
    // Nothing to learn from an input of zeros.
    let claims = step(&["problem1.X=[[0, 0], [0, 0]]"]);
    assert!(claims.gradient_zero && claims.largest_stable_step.is_none());
    assert_eq!(
        (claims.loss_change, claims.against_limit),
        (Some(Ordering::Equal), Some(Ordering::Less))
    );
    // A small eigenvalue next to a large one is beyond f64's guess, the large one is not.
    let claims = step(&["problem1.X=[[1, 1], [1, 1.00000001]]"]);
    assert_eq!(texts(&claims.hessian), "none");
    assert_eq!(text(&claims.largest_eigenvalue), "8.0000");
    // 13 rows are too many.
    let row = |one: &str| format!("[{}]", vec![one; 13].join(", "));
    let x = format!("problem1.X={}", row("[1]"));
    let claims = step(&[&format!("problem1.W=[{}]", row("1")), &x, "problem1.Y=[[1]]"]);
    assert_eq!((claims.against_limit, claims.losses.is_none()), (None, true));
}

// XXᵀ = ((2, 1), (1, 2)), with the eigenvalues 1 and 3; at 2 the diagonal of XXᵀ − 2I is zero.
#[test]
fn eigenvalues_are_counted_exactly() {
    let integers = [1, 1, 0, 1, 0, 1].map(|v: i32| v.into());
    let gram = Gram::new(&DMatrix::from_row_slice(2, 3, &integers)).unwrap();
    for (bound, expected) in
        [(1, Ordering::Greater), (2, Ordering::Greater), (3, Ordering::Equal), (4, Ordering::Less)]
    {
        assert_eq!(gram.largest_against(&bound.into()), expected, "{bound}");
    }
    let eigenvalues = gram.eigenvalues(&1.into(), 5).unwrap();
    assert_eq!(eigenvalues.iter().map(Printed::to_string).collect::<Vec<_>>(), ["1", "3"]);
    assert!(eigenvalues.iter().all(Printed::is_exact));
    assert_eq!(text(&gram.over_largest(&1.into(), 5)), "0.33333");
}

// XXᵀ = ((2, 1), (1, 3)), with the eigenvalues (5 ± √5)/2; at 2 the first pivot is zero.
#[test]
fn a_zero_pivot_is_exchanged() {
    let integers = [1, 1, 0, 0, 1, 0, 1, 1].map(|v: i32| v.into());
    let gram = Gram::new(&DMatrix::from_row_slice(2, 4, &integers)).unwrap();
    assert_eq!(gram.largest_against(&2.into()), Ordering::Greater);
    assert_eq!(gram.largest_against(&4.into()), Ordering::Less);
}

#[test]
fn an_eigenvalue_half_way_between_two_decimals_goes_to_the_even_one() {
    for (x, even) in [("7.15", "102.24"), ("0.15", "0.045"), ("7.25", "105.12")] {
        let x: Decimal = x.parse().unwrap();
        let gram = Gram::new(&DMatrix::from_element(1, 1, x.value().clone())).unwrap();
        let found = gram.eigenvalues(&RBig::from(2u8), 5).unwrap();
        assert_eq!(found[0].to_string(), even);
    }
}
