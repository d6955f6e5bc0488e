//! Rules against differences, formulas against values, and how formulas read.

use dashu_ratio::RBig;
use nalgebra::DMatrix;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::numbers::{Certification, Certified, Float64, Printed};

fn rational(hundredths: i64) -> RBig {
    RBig::from_parts(hundredths.into(), 100u8.into())
}

fn matrix(rows: usize, columns: usize, hundredths: &[i64]) -> DMatrix<RBig> {
    DMatrix::from_fn(rows, columns, |i, j| {
        rational(hundredths[(i * columns + j) % hundredths.len()])
    })
}

fn scalar(g: &mut Graph, symbol: &str, hundredths: i64) -> NodeId {
    g.input(symbol, matrix(1, 1, &[hundredths]))
}

/// One more n×n node over those there are; `choice` picks the operation and its operands.
fn grow(g: &mut Graph, nodes: &mut Vec<NodeId>, choice: (u8, usize, usize)) {
    let (operation, a, b) =
        (choice.0, nodes[choice.1 % nodes.len()], nodes[choice.2 % nodes.len()]);
    let node = match operation % 7 {
        0 => g.product(a, b),
        1 => g.transpose(a),
        2 => g.sum(a, b),
        3 => g.difference(a, b),
        4 => g.hadamard(a, b),
        5 => {
            let half = g.constant(rational(50));
            g.scale(half, a)
        }
        _ => g.sigmoid(a),
    };
    nodes.push(node);
}

fn loss_at(g: &Graph, loss: NodeId, moved: NodeId, at: (usize, usize), h: f64) -> f64 {
    let value = g.evaluate_through(loss, &Float64, |id, mut value| {
        if id == moved {
            value[at] += h;
        }
        value
    });
    value[(0, 0)]
}

fn assert_gradient(g: &mut Graph, loss: NodeId, inputs: &[NodeId]) {
    let adjoints = g.backward(loss, inputs);
    let values = g.evaluate(&Float64);
    for &input in inputs {
        let Some(gradient) = adjoints.of(input) else {
            let h = loss_at(g, loss, input, (0, 0), 1.0) - loss_at(g, loss, input, (0, 0), 0.0);
            assert_eq!(h, 0.0, "no adjoint means no dependence");
            continue;
        };
        assert_eq!(g.shape(gradient), g.shape(input));
        for i in 0..g.shape(input).0 {
            for j in 0..g.shape(input).1 {
                let at = |h| loss_at(g, loss, input, (i, j), h);
                // Richardson's extrapolation: an error of h⁴.
                let (h, d) = (1e-3, |h: f64| (at(h) - at(-h)) / (2.0 * h));
                let found = (4.0 * d(h / 2.0) - d(h)) / 3.0;
                let claimed = values[gradient][(i, j)];
                let size = 1.0 + claimed.abs() + at(0.0).abs();
                assert!((found - claimed).abs() < 1e-6 * size, "{found} is not {claimed}");
            }
        }
    }
}

proptest! {
    #![proptest_config(crate::properties::config(256))]

    #[test]
    fn reverse_mode_agrees_with_differences(
        n in 1usize..=3,
        entries in vec(-150i64..150, 18),
        choices in vec((any::<u8>(), any::<usize>(), any::<usize>()), 1..5),
    ) {
        let mut g = Graph::new();
        let a = g.input("A", matrix(n, n, &entries[..9]));
        let b = g.input("B", matrix(n, n, &entries[9..]));
        let mut nodes = vec![a, b];
        for choice in choices {
            grow(&mut g, &mut nodes, choice);
        }
        let loss = g.sum_squares(nodes[nodes.len() - 1]);
        assert_gradient(&mut g, loss, &[a, b]);
    }

    #[test]
    fn shapes_follow_through_products(
        (m, d, n) in (1usize..5, 1usize..5, 1usize..5), entries in vec(-150i64..150, 16),
    ) {
        let mut g = Graph::new();
        let w = g.input("W", matrix(m, d, &entries));
        let x = g.input("X", matrix(d, n, &entries));
        let p = g.product(w, x);
        let p = g.transpose(p);
        assert_eq!(g.shape(p), (n, m));
        let loss = g.sum_squares(p);
        assert_gradient(&mut g, loss, &[w, x]);
    }

    #[test]
    fn cross_entropy_too(w in -400i64..400, x in -400i64..400, one in any::<bool>()) {
        let mut g = Graph::new();
        let (w, x) = (scalar(&mut g, "w", w), scalar(&mut g, "x", x));
        let y = scalar(&mut g, "y", if one { 100 } else { 0 });
        let z = g.product(w, x);
        let a = g.sigmoid(z);
        let class = if one { Class::One } else { Class::Zero };
        let loss = g.cross_entropy(z, a, y, class);
        assert_gradient(&mut g, loss, &[w, x]);
    }

    #[test]
    fn every_formula_gives_the_value_of_its_node(
        n in 1usize..=3,
        entries in vec(-150i64..150, 18),
        choices in vec((any::<u8>(), any::<usize>(), any::<usize>()), 1..4),
        one in any::<bool>(),
    ) {
        let mut g = Graph::new();
        let a = g.input("A", matrix(n, n, &entries[..9]));
        let b = g.input("B", matrix(n, n, &entries[9..]));
        let mut nodes = vec![a, b];
        for choice in choices {
            grow(&mut g, &mut nodes, choice);
        }
        // At most 9, so that 1 − σ(z) keeps its digits.
        let last = g.sigmoid(nodes[nodes.len() - 1]);
        let z = g.sum_squares(last);
        let y = scalar(&mut g, "y", if one { 100 } else { 0 });
        let class = if one { Class::One } else { Class::Zero };
        let s = g.sigmoid(z);
        let loss = g.cross_entropy(z, s, y, class);
        g.backward(loss, &[a, b]);
        let system = Certification { precision: 192 };
        let values = g.evaluate(&system);
        for id in g.ids() {
            for formula in g.formulas(id) {
                // Constants and unnamed nodes stand in the formula themselves.
                let found = formula.evaluate(&system, &|id| values[id].clone());
                assert_eq!(found.shape(), g.shape(id));
                for (found, value) in found.iter().zip(values[id].iter()) {
                    let distance = found.clone() - value.clone();
                    assert!(distance.magnitude() <= 1e-40 * (1.0 + value.magnitude()), "{formula:?}");
                }
            }
        }
    }
}

#[test]
fn constants_are_multiplied_out() {
    let mut g = Graph::new();
    let a = g.input("A", matrix(2, 2, &[100, 200]));
    let (one, two, third) = (
        g.constant(RBig::ONE),
        g.constant(RBig::from(2u8)),
        g.constant(RBig::from_parts(1.into(), 3u8.into())),
    );
    let product = g.scale(two, third);
    assert_eq!(
        *g.op(product),
        Op::Leaf(DMatrix::from_element(1, 1, RBig::from_parts(2.into(), 3u8.into())))
    );
    let twice = g.scale(two, a);
    assert_eq!(g.scale(one, twice), twice, "a factor 1 disappears");
    assert_ne!(g.scale(one, a), a, "but not before a step, which keeps its name");
    let back = g.scale(third, twice);
    let Op::Scale(factor, inner) = *g.op(back) else { panic!("{:?}", g.op(back)) };
    assert_eq!(inner, a);
    assert_eq!(
        g.op(factor),
        &Op::Leaf(DMatrix::from_element(1, 1, RBig::from_parts(2.into(), 3u8.into())))
    );
    g.name(twice, "B");
    let outside = g.scale(third, twice);
    assert_eq!(*g.op(outside), Op::Scale(third, twice), "a step is not taken apart");
}

/// The formula of a node, with symbols and with the numbers of the leaves in it.
fn latex(g: &Graph, id: NodeId) -> Vec<(String, String)> {
    let values = g.evaluate(&Certification { precision: 128 });
    let printed: Vec<DMatrix<Printed>> =
        g.ids().map(|id| values[id].map(|v| Printed::round(&v, 5).unwrap())).collect();
    let both = |e: Expr| {
        let numbers = e.latex(Notation::Numbers(&|id| &printed[id.index()]));
        (e.latex(Notation::Symbols(g)), numbers)
    };
    g.formulas(id).into_iter().map(both).collect()
}

fn assert_latex(g: &Graph, id: NodeId, rank: usize, symbols: &str, numbers: &str) {
    let found = latex(g, id).swap_remove(rank);
    assert_eq!(found, (symbols.to_owned(), numbers.to_owned()));
}

#[test]
fn scalar_formulas_read_well() {
    let mut g = Graph::new();
    let (w, x) = (scalar(&mut g, "w", -11), scalar(&mut g, "x", 63));
    let tiny =
        g.input("t", DMatrix::from_element(1, 1, RBig::from_parts((-3).into(), 250_000u32.into())));
    let wx = g.product(w, x);
    assert_latex(&g, wx, 0, "w \\, x", "-0.11 \\cdot 0.63");
    let xw = g.product(x, w);
    assert_latex(&g, xw, 0, "x \\, w", "0.63 \\cdot (-0.11)");
    let xt = g.product(x, tiny);
    assert_latex(&g, xt, 0, "x \\, t", "0.63 \\cdot (-1.2\\times 10^{-5})");
    let square = g.sum_squares(tiny);
    assert_latex(&g, square, 0, "t^2", "(-1.2\\times 10^{-5})^2");
    let square = g.sum_squares(x);
    assert_latex(&g, square, 0, "x^2", "0.63^2");
    let updated = scalar(&mut g, "R^{+}", 63);
    let square = g.sum_squares(updated);
    assert_latex(&g, square, 0, "(R^{+})^2", "0.63^2");
    let residual = g.difference(x, w);
    assert_latex(&g, residual, 0, "x - w", "0.63 - (-0.11)");
    let square = g.sum_squares(residual);
    assert_latex(&g, square, 0, "(x - w)^2", "(0.63 - (-0.11))^2");
    let two = g.constant(RBig::from(2u8));
    let twice = g.scale(two, residual);
    assert_latex(&g, twice, 0, "2 \\, (x - w)", "2 \\cdot (0.63 - (-0.11))");
    let twice = g.scale(two, w);
    assert_latex(&g, twice, 0, "2 \\, w", "2 \\cdot (-0.11)");
    let minus_one = g.constant(RBig::NEG_ONE);
    let minus = g.scale(minus_one, w);
    assert_latex(&g, minus, 0, "-w", "-(-0.11)");
    let share = g.constant(RBig::from_parts(1.into(), 3u8.into()));
    let third = g.scale(share, square);
    assert_latex(
        &g,
        third,
        0,
        "\\tfrac{1}{3} \\, (x - w)^2",
        "\\tfrac{1}{3} \\, (0.63 - (-0.11))^2",
    );
}

#[test]
fn signs_and_dots_inside_a_formula() {
    let mut g = Graph::new();
    let (w, x, u) = (scalar(&mut g, "w", -11), scalar(&mut g, "x", 63), scalar(&mut g, "u", 20));
    let minus_one = g.constant(RBig::NEG_ONE);
    let minus = g.scale(minus_one, x);
    let sum = g.sum(u, minus);
    assert_latex(&g, sum, 0, "u + (-x)", "0.2 + (-0.63)");
    // A sum that begins with a minus sign, behind another operand.
    let below = g.difference(minus, u);
    let sum = g.sum(u, below);
    assert_latex(&g, sum, 0, "u + (-x - u)", "0.2 + (-0.63 - 0.2)");
    let (above, times) = (g.difference(x, u), g.product(x, u));
    let sum = g.sum(u, above);
    assert_latex(&g, sum, 0, "u + x - u", "0.2 + 0.63 - 0.2");
    let sum = g.sum(u, times);
    assert_latex(&g, sum, 0, "u + x \\, u", "0.2 + 0.63 \\cdot 0.2");
    let inner = g.product(w, x);
    let outer = g.product(u, inner);
    assert_latex(&g, outer, 0, "u \\, w \\, x", "0.2 \\cdot (-0.11) \\cdot 0.63");
    let (two, z) = (g.constant(rational(200)), scalar(&mut g, "z", 0));
    let (twice, sigmoid) = (g.scale(two, x), g.sigmoid(z));
    let through = g.product(twice, sigmoid);
    assert_latex(&g, through, 0, "2 \\, x \\, \\sigma(z)", "2 \\cdot 0.63 \\cdot \\sigma(0)");
    // Constants with a sign.
    let (minus_two, minus_half) = (g.constant(rational(-200)), g.constant(rational(-50)));
    let scaled = g.scale(minus_two, x);
    assert_latex(&g, scaled, 0, "-2 \\, x", "-2 \\cdot 0.63");
    let sum = g.sum(u, scaled);
    assert_latex(&g, sum, 0, "u + (-2) \\, x", "0.2 + (-2) \\cdot 0.63");
    let scaled = g.scale(minus_half, x);
    assert_latex(&g, scaled, 0, "-\\tfrac{1}{2} \\, x", "-\\tfrac{1}{2} \\cdot 0.63");
    let zero = g.constant(RBig::ZERO);
    let sum = g.sum(u, zero);
    assert_latex(&g, sum, 0, "u + 0", "0.2 + 0");
}

// By hand: log(1 + 10⁻³⁰) = 10⁻³⁰ − 5·10⁻⁶¹ + …; log(2 + 10⁻³⁰) is log 2 = 0.693147 to any digit here.
#[test]
fn a_logarithm_keeps_the_digits_of_a_small_number() {
    let mut g = Graph::new();
    let tiny = RBig::from_parts(1.into(), dashu_int::UBig::from(10u8).pow(30));
    let e = g.input("e", DMatrix::from_element(1, 1, tiny));
    let value = |number: u8| {
        let sum = Expr::Sum(Expr::Number(number.into()).into(), Expr::Step(e).into());
        let values = g.evaluate(&Certification { precision: 64 });
        let found = Expr::Log(sum.into())
            .evaluate(&Certification { precision: 64 }, &|id| values[id].clone());
        Printed::round(&found[(0, 0)], 6).unwrap().to_string()
    };
    assert_eq!((value(1), value(2)), ("1.00000e-30".into(), "0.693147".into()));
}

#[test]
fn formulas_of_the_sigmoid_read_well() {
    let mut g = Graph::new();
    let (z, one, zero) =
        (scalar(&mut g, "z", -300), scalar(&mut g, "y", 100), scalar(&mut g, "u", 0));
    let a = g.sigmoid(z);
    g.name(a, "a");
    assert_latex(&g, a, 0, "\\sigma(z)", "\\sigma(-3)");
    let loss = g.cross_entropy(z, a, one, Class::One);
    assert_latex(&g, loss, 0, "-\\log a", "-\\log 0.047426");
    assert_latex(&g, loss, 1, "\\log(1 + e^{-z})", "\\log(1 + e^{-(-3)})");
    let other = g.cross_entropy(z, a, zero, Class::Zero);
    assert_latex(&g, other, 0, "-\\log(1 - a)", "-\\log(1 - 0.047426)");
    assert_latex(&g, other, 1, "\\log(1 + e^{z})", "\\log(1 + e^{-3})");
    let w = g.input("w", matrix(1, 1, &[200]));
    let error = g.push(Op::SigmoidError { z, a, y: one, class: Class::One }, (1, 1));
    assert_latex(&g, error, 0, "a - y", "0.047426 - 1");
    assert_latex(&g, error, 1, "-\\sigma(-z)", "-\\sigma(-(-3))");
    let slope = g.push(Op::SigmoidSlope { z, a }, (1, 1));
    assert_latex(&g, slope, 0, "a \\, (1 - a)", "0.047426 \\cdot (1 - 0.047426)");
    assert_latex(&g, slope, 1, "\\sigma(z) \\, \\sigma(-z)", "\\sigma(-3) \\, \\sigma(-(-3))");
    let through = g.product(w, slope);
    assert_latex(&g, through, 0, "w \\, a \\, (1 - a)", "2 \\cdot 0.047426 \\cdot (1 - 0.047426)");
}

#[test]
fn matrices_read_well() {
    let mut g = Graph::new();
    let a = g.input("A", matrix(2, 1, &[-50, 1000]));
    let top = "\\begin{bmatrix} -0.5 & 10 \\end{bmatrix}";
    let t = g.transpose(a);
    assert_latex(&g, t, 0, "A^{\\top}", top);
    let norm = g.sum_squares(a);
    assert_latex(&g, norm, 0, "\\lVert A \\rVert^2", "(-0.5)^2 + 10^2");
    let column =
        "\\begin{bmatrix} \\phantom{0}{-}0.5 \\\\ \\phantom{-}10\\phantom{.0} \\end{bmatrix}";
    let h = g.hadamard(a, a);
    assert_latex(&g, h, 0, "A \\odot A", &format!("{column} \\odot {column}"));
    let two = g.constant(RBig::from(2u8));
    let twice = g.scale(two, h);
    let numbers = format!("2 \\, {column} \\odot {column}");
    assert_latex(&g, twice, 0, "2 \\, A \\odot A", &numbers);
    // Too many entries for a sum of squares.
    let many = g.input("B", matrix(3, 3, &[100, -25, 50, 50, 50, 50, 50, 50, 200]));
    let norm = g.sum_squares(many);
    assert_latex(&g, norm, 0, "\\lVert B \\rVert^2", "1^2 + \\cdots + 2^2");
}

#[test]
fn products_of_small_matrices_are_written_out() {
    let written = |m: usize, d: usize, n: usize| {
        let mut g = Graph::new();
        let (a, b) = (g.input("A", matrix(m, d, &[200])), g.input("B", matrix(d, n, &[300])));
        let product = g.product(a, b);
        let values = g.evaluate(&Certification { precision: 64 });
        let printed: Vec<DMatrix<Printed>> =
            g.ids().map(|id| values[id].map(|v| Printed::round(&v, 5).unwrap())).collect();
        g.formulas(product)[0].written_out(&|id| &printed[id.index()])
    };
    let cell = "2 \\cdot 3 + 2 \\cdot 3";
    assert_eq!(
        written(1, 2, 2).unwrap(),
        format!("\\begin{{bmatrix}} {cell} & {cell} \\end{{bmatrix}}")
    );
    // 64 entries are the most.
    assert!(written(8, 8, 8).is_some() && written(8, 9, 1).is_none());
    assert!(written(1, 9, 8).is_none() && written(1, 2, 33).is_none());
}

#[test]
fn large_matrices_are_shortened() {
    let printed = matrix(9, 1, &[100]).map(|v| Printed::round(&Certified::Exact(v), 5).unwrap());
    let latex = matrix_latex(&printed);
    assert_eq!(latex.matches("\\vdots").count(), 1);
    assert_eq!(latex.matches('1').count(), 7);
    // The first five and the last two.
    let rows: Vec<i64> = (1..=9).map(|row| 100 * row).collect();
    let printed = matrix(9, 1, &rows).map(|v| Printed::round(&Certified::Exact(v), 5).unwrap());
    let shown = "1 \\\\ 2 \\\\ 3 \\\\ 4 \\\\ 5 \\\\ \\vdots \\\\ 8 \\\\ 9";
    let expected = format!("\\begin{{bmatrix}} {shown} \\end{{bmatrix}}");
    assert_eq!(matrix_latex(&printed), expected);
}

/// A number that dots stand for takes no room in the rows that are shown.
#[test]
fn hidden_rows_and_columns_do_not_widen_the_shown_ones() {
    let mut rows = vec![100; 9];
    rows[6] = 123_456_750;
    let printed = |m: DMatrix<RBig>| m.map(|v| Printed::round(&Certified::Exact(v), 8).unwrap());
    for values in [matrix(9, 1, &rows), matrix(1, 9, &rows)] {
        let latex = matrix_latex(&printed(values));
        assert!(!latex.contains("phantom") && !latex.contains("1234567"), "{latex}");
        assert_eq!(latex.matches('1').count(), 7, "{latex}");
    }
    rows.swap(6, 8);
    let latex = matrix_latex(&printed(matrix(9, 1, &rows)));
    assert_eq!(latex.matches("\\phantom{000000}1\\phantom{.0}").count(), 6, "{latex}");
}
