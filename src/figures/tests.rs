//! What every figure must keep, whatever it shows.

use super::*;
use crate::study::{Loss, Network, depth_profile, descent, ensembles};

/// Every pair of lengths of the path commands, in pt.
fn coordinates(latex: &str) -> Vec<(f64, f64)> {
    let mut found = Vec::new();
    for line in
        latex.lines().filter(|l| l.starts_with("\\pgfpathqmove") || l.starts_with("\\pgfpathqline"))
    {
        let numbers: Vec<f64> = line
            .split(['{', '}'])
            .filter_map(|part| part.strip_suffix("pt"))
            .map(|n| n.parse().expect("a length"))
            .collect();
        found.push((numbers[0], numbers[1]));
    }
    found
}

fn examine(plot: &Plot) -> String {
    let latex = plot.render();
    let pt = 72.27 / 2.54;
    // The legend stands to the right of the frame; marks reach a little over its edges.
    let slack = 0.1 * pt;
    for (x, y) in coordinates(&latex) {
        assert!(x.is_finite() && -slack <= x && x <= (plot.width + 1.1) * pt, "{x}");
        assert!(y.is_finite() && -slack <= y, "{y}");
        assert!(y <= plot.height * pt + slack || x > plot.width * pt, "{y}");
    }
    assert!(!latex.contains("NaN") && !latex.contains("inf"), "{latex}");
    assert_eq!(latex.matches("\\begin{").count(), latex.matches("\\end{").count());
    assert_eq!(latex.matches('{').count(), latex.matches('}').count());
    assert!(!coordinates(&latex).is_empty());
    latex
}

fn network(weights: &[f64]) -> Network {
    Network { weights: weights.to_vec(), x: 0.63 }
}

fn logs(values: &[f64]) -> LayerGradients {
    let log10 = values.iter().map(|v| v.abs().log10()).collect();
    LayerGradients { name: "some".into(), log10, labels: Vec::new() }
}

/// The figures of the homework's numbers, and of unlike ones.
fn gallery() -> Vec<(&'static str, Plot)> {
    let loss = Loss::Squared { y: 128.0 };
    let homework = network(&[0.25, -0.11, 0.78]);
    let given: Vec<f64> = homework.pass(loss).gradients.iter().map(|g| g.log10).collect();
    let deep = network(&[1.5; 14]);
    let mut both = [
        logs(&[1.363642173e-3, -4.271133421e-2, -0.1972252139]),
        logs(&[0.8562278698, -26.81835121, -123.8372706]),
    ];
    both[0].name = "(b) cross-entropy".into();
    both[0].labels = ["$1.36\\cdot10^{-3}$", "$0.0427$", "$0.197$"].map(String::from).into();
    both[1].name = "(c) squared".into();
    both[1].labels = ["$0.856$", "$26.8$", "$123.8$"].map(String::from).into();
    vec![
        ("sigmoid", sigmoid_and_slope("$\\sigma'(0)=\\frac14$")),
        ("layers", layer_gradients(&both)),
        ("layers with a zero", layer_gradients(&[logs(&[0.0, 1e-3, 0.2]), logs(&[2.0, 0.0, 5.0])])),
        ("only zeros", layer_gradients(&[logs(&[0.0])])),
        ("one layer", layer_gradients(&[logs(&[0.3])])),
        ("huge range", layer_gradients(&[logs(&[1e-300, 1.0, 1e300]), logs(&[1e-40; 3])])),
        ("not finite", layer_gradients(&[logs(&[f64::NAN, 1.0, f64::INFINITY])])),
        ("nothing", layer_gradients(&[])),
        ("descent", descent_figure(&descent(&homework, loss, 0.1, 8))),
        ("long descent, deep", descent_figure(&descent(&deep, loss, 0.01, 1000))),
        ("descent ends at once", descent_figure(&descent(&network(&[1e300]), loss, 1e300, 4))),
        ("ensemble", ensemble_figure(&ensembles(3, 0.63, &[loss], 20_000, 1)[0], &given, "given")),
        ("deep ensemble", ensemble_figure(&ensembles(14, 0.63, &[loss], 2_000, 1)[0], &[], "")),
        ("zero input", ensemble_figure(&ensembles(3, 0.0, &[loss], 2_000, 1)[0], &given, "given")),
        ("depth", depth_figure(&depth_profile(0.63, loss, &[1, 2, 3, 5, 10, 15, 20], 5_000, 1))),
    ]
}

#[test]
fn every_figure_stays_in_its_frame() {
    for (name, plot) in gallery() {
        let latex = examine(&plot);
        assert!(latex.starts_with("\\begin{pgfpicture}"), "{name}");
    }
}

#[test]
fn a_zero_is_on_the_axis_and_labelled() {
    let latex = examine(&layer_gradients(&[logs(&[0.0, 1e-3, 0.2])]));
    // The mark of layer 1 is a disc whose centre has height 0.
    assert!(latex.lines().any(|l| l.starts_with("\\pgfpathcircle") && l.contains("{0.000pt}}{")));
    assert!(latex.contains("{$0$}"));
    let without = examine(&layer_gradients(&[logs(&[1e-4, 1e-3, 0.2])]));
    assert!(!without.contains("{$0$}"));
}

#[test]
fn the_maximum_of_the_slope_is_where_the_guide_ends() {
    let plot = sigmoid_and_slope("top");
    let at = (plot.width / 2.0, plot.height / 4.0);
    let expected =
        format!("\\pgfqpoint{{{:.3}pt}}{{{:.3}pt}}", at.0 * 72.27 / 2.54, at.1 * 72.27 / 2.54);
    assert!(plot.render().contains(&expected));
}

#[test]
fn larger_is_higher() {
    let latex = layer_gradients(&[logs(&[1e-9, 1e-4, 3.0])]).render();
    let heights: Vec<f64> = latex
        .lines()
        .filter(|l| l.starts_with("\\pgfpathcircle"))
        .filter_map(|l| l.split("pt}").nth(1)?.trim_start_matches('{').parse().ok())
        .collect();
    // Three marks and the legend's own.
    assert!(heights.len() >= 3 && heights[0] < heights[1] && heights[1] < heights[2]);
}
