//! The figures of the appendix.

use super::plot::{Axis, Line, Mark, Plot, Scale, Series, Spread};
use crate::study::{DepthPoint, Descent, Ensemble};

/// At most this many layers are drawn as curves of their own.
const CURVES: usize = 6;
/// Curves have at most about this many marks; a mark for every iteration up to it.
const MARKS: usize = 24;
/// Curves are thinned to about this many points.
const POINTS: usize = 120;

/// |∂L/∂w_k| by iteration on a log axis, a curve for each layer (six of them, evenly spread, where
/// the chain is deeper).
pub fn descent_figure(descent: &Descent) -> Plot {
    let mut plot = Plot::new(
        Axis::new(Scale::Integer, "step $t$"),
        Axis::new(Scale::Log, "$|\\partial L/\\partial w_k|$"),
    );
    let depth = descent.iterates.first().map_or(0, |i| i.gradients.len());
    let stride = descent.iterates.len().div_ceil(POINTS).max(1);
    for (n, k) in spread_out(depth).into_iter().enumerate() {
        let points: Vec<_> = descent
            .iterates
            .iter()
            .enumerate()
            .step_by(stride)
            .filter_map(|(t, iterate)| Some((t as f64, iterate.gradients.get(k)?.log10)))
            .collect();
        let mut series = Series::numbered(n, format!("$k={}$", k + 1), points);
        series.mark_every = series.points.len().div_ceil(MARKS);
        plot.series.push(series);
    }
    plot
}

/// Up to [`CURVES`] indices below `depth`, evenly spread, with the first and the last.
fn spread_out(depth: usize) -> Vec<usize> {
    if depth <= CURVES {
        return (0..depth).collect();
    }
    (0..CURVES).map(|i| i * (depth - 1) / (CURVES - 1)).collect()
}

/// The ensemble's |∂L/∂w_k| per layer: whiskers from 5% to 95%, a box of the quartiles, the median,
/// and the given network's gradients (log₁₀, in layer order) as diamonds called `name` in the legend.
pub fn ensemble_figure(ensemble: &Ensemble, given: &[f64], name: &str) -> Plot {
    let mut plot = Plot::new(
        Axis::new(Scale::Integer, "layer $k$"),
        Axis::new(Scale::Log, "$|\\partial L/\\partial w_k|$"),
    );
    let layers = || (1..).map(f64::from).zip(&ensemble.layers);
    plot.spreads = layers()
        .map(|(x, layer)| Spread {
            x,
            y: [0.05, 0.25, 0.5, 0.75, 0.95].map(|p| layer.distribution.quantile(p).log10),
        })
        .collect();
    plot.series.push(Series {
        name: name.into(),
        points: layers().zip(given).map(|((x, _), &g)| (x, g)).collect(),
        mark: Some(Mark::Diamond),
        ..Series::default()
    });
    plot
}

/// The median of |∂L/∂w₁| against the depth K, with the quartiles around it.
pub fn depth_figure(profile: &[DepthPoint]) -> Plot {
    let mut plot = Plot::new(
        Axis::new(Scale::Integer, "depth $K$"),
        Axis::new(Scale::Log, "$|\\partial L/\\partial w_1|$"),
    );
    for (name, p) in [("median", 0.5), ("quartiles", 0.75), ("", 0.25)] {
        let points = profile
            .iter()
            .map(|point| (point.depth as f64, point.distribution.quantile(p).log10))
            .collect();
        let (line, mark) =
            if p == 0.5 { (Line::Solid, Some(Mark::Disc)) } else { (Line::Dashed, None) };
        plot.series.push(Series {
            name: name.into(),
            points,
            line: Some(line),
            mark,
            mark_every: 1,
        });
    }
    plot
}
