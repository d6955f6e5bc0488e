//! From data coordinates to centimetres on the page.

use super::plot::{Axis, Plot, Scale};
use super::ticks::{Tick, axis};

/// Height of the strip that holds exact zeros below (or left of) a log axis's decades, in cm.
const ZERO_STRIP: f64 = 0.55;

/// One axis, laid out on a line of a given length.
#[derive(Clone, Debug)]
pub(super) struct Ruler {
    scale: Scale,
    range: (f64, f64),
    /// Where the range starts, in cm: after the strip of zeros, if there is one.
    pub start: f64,
    length: f64,
    /// Positions in cm, ascending.
    pub ticks: Vec<Tick>,
}

impl Ruler {
    fn new(axis_: &Axis, coordinates: impl Iterator<Item = f64>, length: f64) -> Self {
        let (mut low, mut high, mut zeros) = (f64::INFINITY, f64::NEG_INFINITY, false);
        for c in coordinates.chain(axis_.include.iter().copied()) {
            zeros |= axis_.scale == Scale::Log && c == f64::NEG_INFINITY;
            if c.is_finite() {
                (low, high) = (low.min(c), high.max(c));
            }
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        let (range, ticks) = axis(axis_.scale, low, high);
        let start = if zeros { ZERO_STRIP.min(length / 4.0) } else { 0.0 };
        let mut ruler = Self { scale: axis_.scale, range, start, length, ticks: Vec::new() };
        let zero = zeros.then(|| Tick { at: 0.0, label: "$0$".into() });
        ruler.ticks = zero
            .into_iter()
            .chain(
                ticks
                    .into_iter()
                    .filter_map(|t| Some(Tick { at: ruler.place(t.at)?, label: t.label })),
            )
            .collect();
        ruler
    }

    /// The place of a coordinate in cm; `None` where it has none.
    pub fn place(&self, coordinate: f64) -> Option<f64> {
        if self.scale == Scale::Log && coordinate == f64::NEG_INFINITY {
            return Some(0.0);
        }
        // Halves, because the width of the range may exceed the largest f64.
        let (low, high) = (0.5 * self.range.0, 0.5 * self.range.1);
        let fraction = (0.5 * coordinate - low) / (high - low);
        fraction
            .is_finite()
            .then(|| self.start + fraction.clamp(0.0, 1.0) * (self.length - self.start))
    }
}

/// Both axes of a plot.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub x: Ruler,
    pub y: Ruler,
}

impl Frame {
    pub fn new(plot: &Plot) -> Self {
        let points = || {
            let series = plot.series.iter().flat_map(|s| s.points.iter().copied());
            let spreads = plot.spreads.iter().flat_map(|s| s.y.map(|y| (s.x, y)));
            series
                .chain(spreads)
                .chain(plot.guides.iter().copied())
                .filter(|(x, y)| !x.is_nan() && !y.is_nan())
        };
        Self {
            x: Ruler::new(&plot.x, points().map(|p| p.0), plot.width),
            y: Ruler::new(&plot.y, points().map(|p| p.1), plot.height),
        }
    }

    /// The place of a point in cm; `None` where a coordinate is not finite (nor a zero of a log axis).
    pub fn place(&self, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        Some((self.x.place(x)?, self.y.place(y)?))
    }
}
