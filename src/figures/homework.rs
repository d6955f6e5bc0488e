//! The figures that belong to the required answers.

use super::plot::{Axis, Line, Mark, Note, Plot, Scale, Series, Side};
use crate::study::logistic::{sigmoid, slope};

/// σ and σ′ over −6…6 with the maximum of σ′ marked.
///
/// `maximum` is its label in LaTeX, such as the value 1/4 as the solver prints it.
pub fn sigmoid_and_slope(maximum: &str) -> Plot {
    let curve = |f: fn(f64) -> f64| -> Vec<(f64, f64)> {
        (-60..=60).map(|i| f64::from(i) * 0.1).map(|z| (z, f(z))).collect()
    };
    let line = |line, points| Series { points, line: Some(line), ..Series::default() };
    let top = (0.0, slope(0.0));
    let mut plot = Plot::new(
        Axis::new(Scale::Linear, "$z$"),
        Axis::new(Scale::Linear, "").including(&[0.0, 1.0]),
    );
    plot.series = vec![
        line(Line::Solid, curve(sigmoid)),
        line(Line::Dashed, curve(slope)),
        Series { points: vec![top], mark: Some(Mark::Disc), ..Series::default() },
    ];
    plot.guides = vec![top];
    // Between the two curves, to the right of the maximum.
    let beside = (0.3, top.1 + 0.12);
    let note = |at, text: &str, side| Note { at, text: text.into(), side };
    // The curves' names stand beside them.
    plot.notes = vec![
        note(beside, maximum, Side::Right),
        note((1.4, sigmoid(1.4)), "$\\sigma(z)$", Side::AboveLeft),
        note((2.7, slope(2.7) + 0.03), "$\\sigma'(z)$", Side::AboveRight),
    ];
    plot
}

/// One network's gradients, layer by layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerGradients {
    /// LaTeX for the legend.
    pub name: String,
    /// log₁₀ |∂L/∂w_k| in layer order; −∞ for a proved zero.
    pub log10: Vec<f64>,
    /// LaTeX beside each point; may be shorter than `log10`, or empty.
    pub labels: Vec<String>,
}

/// |∂L/∂w_k| against the layer k on a log axis, several networks together.
pub fn layer_gradients(networks: &[LayerGradients]) -> Plot {
    let mut plot = Plot::new(
        Axis::new(Scale::Integer, "layer $k$"),
        Axis::new(Scale::Log, "$|\\partial L/\\partial w_k|$"),
    );
    for (n, network) in networks.iter().enumerate() {
        let points: Vec<_> =
            network.log10.iter().enumerate().map(|(k, &g)| (k as f64 + 1.0, g)).collect();
        for (k, (&at, text)) in points.iter().zip(&network.labels).enumerate() {
            // A zero is labelled by the axis.
            if at.1 == f64::NEG_INFINITY {
                continue;
            }
            // The largest value of a layer has its label above, the others below, each on the side
            // that the curve through it leaves free.
            let at_layer = |other: &LayerGradients| other.log10.get(k).copied();
            let largest = networks.iter().filter_map(at_layer).all(|other| other <= at.1);
            let before = k.checked_sub(1).and_then(|k| points.get(k)).unwrap_or(&at);
            let rising = points.get(k + 1).unwrap_or(&at).1 >= before.1;
            let side = match (largest, rising) {
                (true, true) => Side::AboveLeft,
                (true, false) => Side::AboveRight,
                (false, true) => Side::BelowRight,
                (false, false) => Side::BelowLeft,
            };
            plot.notes.push(Note { at, text: text.clone(), side });
        }
        plot.series.push(Series::numbered(n, network.name.clone(), points));
    }
    if !plot.notes.is_empty() {
        leave_room(&mut plot.y, networks);
    }
    plot
}

/// Widens a log axis by an eighth on both sides, for labels above and below the curves.
fn leave_room(axis: &mut Axis, networks: &[LayerGradients]) {
    let finite = networks.iter().flat_map(|n| &n.log10).copied().filter(|g| g.is_finite());
    let (low, high) =
        finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), g| (low.min(g), high.max(g)));
    let room = 0.125 * (high - low).max(1.0);
    axis.include.extend([low - room, high + room]);
}
