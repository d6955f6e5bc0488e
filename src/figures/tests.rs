//! What every figure must keep, whatever it shows.

use lopdf::Object;
use lopdf::content::{Content, Operation};

use super::pen::{BP, Ink, Pen};
use super::*;
use crate::study::{Loss, Network, depth_profile, descent, ensembles};

/// The operators of every `\ink`, under the comment that says what they draw.
fn inks(latex: &str) -> Vec<(&str, Vec<Operation>)> {
    let inks = latex.split("\\ink{% ").skip(1).map(|ink| ink.split_once('\n').expect("a comment"));
    inks.map(|(what, rest)| {
        let operators = rest.split('}').next().unwrap_or_default();
        (what, Content::decode(operators.as_bytes()).expect("operators").operations)
    })
    .collect()
}

/// The numbers that an operator reads.
fn operands(operation: &Operation) -> Vec<f64> {
    let number = |operand: &Object| operand.as_float().map(f64::from).expect("a number");
    operation.operands.iter().map(number).collect()
}

/// The points of a path's operator, in bp; of a rectangle's two opposite corners.
fn points(operation: &Operation) -> Vec<(f64, f64)> {
    match operation.operator.as_str() {
        "m" | "l" | "c" => {
            operands(operation).chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
        }
        "re" => {
            let n = operands(operation);
            vec![(n[0], n[1]), (n[0] + n[2], n[1] + n[3])]
        }
        _ => Vec::new(),
    }
}

/// Every point of every line.
fn coordinates(latex: &str) -> Vec<(f64, f64)> {
    inks(latex).iter().flat_map(|(_, operations)| operations.iter().flat_map(points)).collect()
}

/// The middle of each mark, in the order of drawing: discs only.
fn discs(latex: &str) -> Vec<(f64, f64)> {
    let inks = inks(latex);
    let marks = inks.iter().filter(|(what, _)| *what == "marks").flat_map(|(_, ops)| ops);
    // A circle begins at its right.
    let starts = marks.filter(|op| op.operator == "m").flat_map(points);
    starts.map(|(x, y)| (x - 0.065 * BP, y)).collect()
}

/// What stands in parentheses after `command`, as numbers.
fn places(latex: &str, command: &str) -> Vec<Vec<f64>> {
    let after = latex.split(command).skip(1);
    after
        .filter_map(|rest| rest.strip_prefix('(')?.split_once(')'))
        .map(|(pair, _)| pair.split(',').map(|n| n.parse().expect("a number")).collect())
        .collect()
}

/// The lower left and the upper right corner of a figure's box.
fn corners(latex: &str) -> ((f64, f64), (f64, f64)) {
    let head = latex.lines().next().expect("a line").replace(")(", ",");
    let n = &places(&head, "\\begin{drawing}")[0];
    ((n[2], n[3]), (n[2] + n[0], n[3] + n[1]))
}

/// Every operator has as many operands as it reads, and paths are drawn before the ink ends.
fn are_well_formed(operations: &[Operation]) {
    let mut open = false;
    for operation in operations {
        let (count, opens) = match operation.operator.as_str() {
            "m" | "l" => (2, true),
            "re" => (4, true),
            "c" => (6, true),
            "h" => (0, open),
            "S" | "f" | "B" => (0, false),
            "w" | "j" | "G" | "g" => (1, open),
            "d" => (2, open),
            other => panic!("{other} draws no figure"),
        };
        // What sets the line must not come within a path.
        assert!(!(open && matches!(operation.operator.as_str(), "w" | "j" | "G" | "g" | "d")));
        assert_eq!(operation.operands.len(), count, "{operation:?}");
        open = opens;
    }
    assert!(!open, "a path is not drawn: {operations:?}");
}

/// What holds for all figures.
pub(super) fn is_sound(latex: &str) {
    assert!(!latex.contains("NaN") && !latex.contains("inf"), "{latex}");
    assert_eq!(latex.matches('{').count(), latex.matches('}').count());
    assert!(latex.starts_with("\\begin{drawing}(") && latex.ends_with("\n\\end{drawing}"));
    inks(latex).iter().for_each(|(_, operations)| are_well_formed(operations));
    let (low, high) = corners(latex);
    // Marks on the frame reach a little over it.
    let slack = 0.1 * BP;
    let texts = places(latex, "\\put").into_iter().map(|n| (n[0], n[1]));
    for (x, y) in coordinates(latex).into_iter().chain(texts) {
        assert!(low.0 - slack <= x && x <= high.0 + slack, "{x} of {low:?} to {high:?}");
        assert!(low.1 - slack <= y && y <= high.1 + slack, "{y} of {low:?} to {high:?}");
    }
}

fn examine(plot: &Plot) -> String {
    let latex = plot.render();
    is_sound(&latex);
    // The legend stands to the right of the frame; marks reach a little over its edges.
    let slack = 0.1 * BP;
    assert!(!coordinates(&latex).is_empty());
    for (x, y) in coordinates(&latex) {
        assert!(-slack <= x && x <= (plot.width + 1.1) * BP, "{x}");
        assert!(-slack <= y && (y <= plot.height * BP + slack || x > plot.width * BP), "{y}");
    }
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
        assert!(latex.contains("\\ink{% axes\n"), "{name}");
    }
}

#[test]
fn a_zero_is_on_the_axis_and_labelled() {
    let latex = examine(&layer_gradients(&[logs(&[0.0, 1e-3, 0.2])]));
    assert_eq!(discs(&latex)[0].1, 0.0);
    assert!(latex.contains("{$0$}"));
    let without = examine(&layer_gradients(&[logs(&[1e-4, 1e-3, 0.2])]));
    assert!(!without.contains("{$0$}"));
}

#[test]
fn the_maximum_of_the_slope_is_where_the_guide_ends() {
    let plot = sigmoid_and_slope("top");
    let latex = plot.render();
    let inks = inks(&latex);
    let (_, guides) = inks.iter().find(|(what, _)| *what == "guides").expect("guides");
    let corner = guides.iter().flat_map(points).nth(1).expect("a corner");
    assert!((corner.0 - plot.width * BP / 2.0).abs() < 0.01, "{corner:?}");
    assert!((corner.1 - plot.height * BP / 4.0).abs() < 0.01, "{corner:?}");
}

#[test]
fn larger_is_higher() {
    let discs = discs(&layer_gradients(&[logs(&[1e-9, 1e-4, 3.0])]).render());
    assert!(discs.len() == 3 && discs[0].1 < discs[1].1 && discs[1].1 < discs[2].1);
}

/// The texts beside a frame count for the figure's box, so that nothing else comes there.
#[test]
fn labels_and_legend_are_inside_the_box() {
    let plot = layer_gradients(&[logs(&[1e-9, 1e-4, 3.0])]);
    let (low, high) = corners(&plot.render());
    let cm = |v: f64| v / BP;
    // The axis's name, a gap and labels such as 10⁻¹⁰ to the left; numbers and a name below.
    assert!((-1.8..-1.2).contains(&cm(low.0)) && (-1.0..-0.7).contains(&cm(low.1)), "{low:?}");
    // To the right a line with a mark and four letters, above half a label.
    let legend = plot.width + 1.1;
    assert!((legend + 0.5..legend + 0.9).contains(&cm(high.0)), "{high:?}");
    assert!((plot.height + 0.1..plot.height + 0.2).contains(&cm(high.1)), "{high:?}");
}

#[test]
fn a_circle_is_round() {
    let mut ink = Ink::new(1.0);
    ink.circle((1.0, 2.0), 0.5);
    ink.stroke();
    let mut pen = Pen::new((0.0, 0.0), (3.0, 3.0));
    pen.ink("circle", &ink);
    let latex = pen.finish();
    let mut from = (0.0, 0.0);
    for operation in &inks(&latex)[0].1 {
        let points = points(operation);
        if let [a, b, to] = points[..] {
            for t in [0.25, 0.5, 0.75, 1.0_f64] {
                let s = 1.0 - t;
                let weights = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
                let at = |c: fn(&(f64, f64)) -> f64| -> f64 {
                    [from, a, b, to].iter().zip(weights).map(|(p, w)| w * c(p)).sum()
                };
                let distance = (at(|p| p.0) - BP).hypot(at(|p| p.1) - 2.0 * BP);
                assert!((distance - 0.5 * BP).abs() < 0.02, "{distance}");
            }
        }
        from = points.last().copied().unwrap_or(from);
    }
    assert_eq!(inks(&latex)[0].1.iter().filter(|op| op.operator == "c").count(), 4);
}

#[test]
fn numbers_are_short_and_plain() {
    for (value, text) in [(0.0, "0"), (-0.001, "0"), (12.5, "12.5"), (-3.0, "-3"), (1e5, "100000")]
    {
        assert_eq!(pen::number(value), text);
    }
}

/// A text's anchor decides on which side of its place the box grows.
#[test]
fn the_box_grows_where_the_text_is() {
    for (anchor, left, right) in [("l", 0.0, 1.0), ("r", 1.0, 0.0), ("", 0.5, 0.5)] {
        let mut pen = Pen::new((0.0, 0.0), (0.0, 0.0));
        pen.label((0.0, 0.0), anchor, "four");
        let (low, high) = corners(&pen.finish());
        let width = text_width("four") * BP;
        assert!((low.0 + left * width).abs() < 0.01 && (high.0 - right * width).abs() < 0.01);
    }
}
