//! Where an axis has its ticks, and what stands beside them.

use super::plot::Scale;

/// A tick: its position in data coordinates, and its label in LaTeX (empty for a minor tick).
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub at: f64,
    pub label: String,
}

/// How many labelled intervals an axis should have at most.
const INTERVALS: f64 = 8.0;
/// What is free between the data and the ends of a log axis, as a part of their range.
const CLEAR: f64 = 0.05;

/// The range of an axis that shows everything from `low` to `high` (finite, low ≤ high), and its
/// ticks in ascending order, all within the range.
pub(super) fn axis(scale: Scale, low: f64, high: f64) -> ((f64, f64), Vec<Tick>) {
    match scale {
        Scale::Linear => linear(low, high),
        Scale::Log => decades(low, high),
        Scale::Integer => integers(low, high),
    }
}

/// The smallest 1, 2 or 5 times a power of ten that is at least `rough`: mantissa and exponent.
fn nice_step(rough: f64) -> (f64, i32) {
    let exponent = rough.log10().floor() as i32;
    let unit = 10f64.powi(exponent);
    let slack = 1.0 + 1e-9;
    [1.0, 2.0, 5.0]
        .into_iter()
        .find(|m| m * unit * slack >= rough)
        .map_or((1.0, exponent + 1), |m| (m, exponent))
}

fn linear(low: f64, high: f64) -> ((f64, f64), Vec<Tick>) {
    // Sizes at the lower end of f64 have no decimal steps of their own: they are shown as zero.
    let tiny = |v: f64| if v.abs() < 1e-280 { 0.0 } else { v };
    let (low, high) = (tiny(low), tiny(high));
    // A single value, or one that the width would vanish beside, gets a range around it; halves
    // keep the width finite.
    let (low, high) = match 0.5 * high - 0.5 * low > 1e-12 * low.abs().max(high.abs()) {
        true => (low, high),
        false if low == 0.0 => (-1.0, 1.0),
        false => (low - 0.5 * low.abs(), high + 0.5 * high.abs()),
    };
    let (mantissa, exponent) = nice_step(high / INTERVALS - low / INTERVALS);
    let step = mantissa * 10f64.powi(exponent);
    let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
    let count = (last - first).clamp(1.0, 20.0) as i32;
    let ticks = (0..=count)
        .map(|i| first + f64::from(i))
        .map(|n| Tick { at: n * step, label: decimal_label(n, mantissa, exponent) })
        .collect();
    ((first * step, last * step), ticks)
}

/// n · mantissa · 10^exponent without rounding: plainly for ordinary sizes, else as c·10^e.
fn decimal_label(n: f64, mantissa: f64, exponent: i32) -> String {
    let units = n * mantissa;
    match exponent {
        _ if units == 0.0 => "$0$".into(),
        0..=4 => format!("${:.0}$", units * 10f64.powi(exponent)),
        -4..=-1 => {
            format!("${:.*}$", exponent.unsigned_abs() as usize, units * 10f64.powi(exponent))
        }
        _ => format!("${units:.0}\\cdot10^{{{exponent}}}$"),
    }
}

fn integers(low: f64, high: f64) -> ((f64, f64), Vec<Tick>) {
    let (low, high) = (low.floor(), high.ceil());
    let (mantissa, exponent) = nice_step(((high - low) / INTERVALS).max(1.0));
    let step = mantissa * 10f64.powi(exponent);
    let first = (low / step).ceil();
    let count = ((high / step).floor() - first).clamp(0.0, 20.0) as i32;
    let ticks = (0..=count)
        .map(|i| (first + f64::from(i)) * step)
        .map(|at| Tick { at, label: format!("${at:.0}$") })
        .collect();
    // Half a unit, so that boxes and labels of a few layers have room; less where it would not show.
    let margin = f64::max(0.5, 0.025 * (high - low));
    ((low - margin, high + margin), ticks)
}

/// Whole decades; minor ticks where there are few.
fn decades(low: f64, high: f64) -> ((f64, f64), Vec<Tick>) {
    // Marks on the frame itself would cover the labels below it.
    let clear = CLEAR * (high - low);
    let (mut low, mut high) = ((low + 1e-9 - clear).floor(), (high - 1e-9 + clear).ceil());
    if high - low < 1.0 {
        (low, high) = (low.min(high) - 1.0, low.max(high) + 1.0);
    }
    let (mantissa, exponent) = nice_step(((high - low) / INTERVALS).max(1.0));
    let step = mantissa * 10f64.powi(exponent);
    let mut ticks = Vec::new();
    let first = (low / step).ceil() * step;
    let count = ((high - first) / step + 1e-9).floor().clamp(0.0, 20.0) as i32;
    for at in (0..=count).map(|i| first + f64::from(i) * step) {
        ticks.push(Tick { at, label: format!("$10^{{{at:.0}}}$") });
        if high - low <= 5.0 && at < high {
            ticks.extend(
                (2..10).map(|m| Tick { at: at + f64::from(m).log10(), label: String::new() }),
            );
        }
    }
    ((low, high), ticks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale, low: f64, high: f64) -> Vec<String> {
        axis(scale, low, high).1.into_iter().map(|t| t.label).filter(|l| !l.is_empty()).collect()
    }

    #[test]
    fn familiar_axes() {
        assert_eq!(
            labels(Scale::Linear, 0.0, 1.0),
            ["$0.0$", "$0.2$", "$0.4$", "$0.6$", "$0.8$", "$1.0$"].map(|l| if l == "$0.0$" {
                "$0$"
            } else {
                l
            })
        );
        assert_eq!(
            labels(Scale::Linear, -6.0, 6.0),
            ["$-6$", "$-4$", "$-2$", "$0$", "$2$", "$4$", "$6$"]
        );
        assert_eq!(labels(Scale::Integer, 1.0, 3.0), ["$1$", "$2$", "$3$"]);
        assert_eq!(labels(Scale::Integer, 0.0, 100.0).last().map(String::as_str), Some("$100$"));
        assert_eq!(
            labels(Scale::Log, -2.8, -0.7),
            ["$10^{-3}$", "$10^{-2}$", "$10^{-1}$", "$10^{0}$"]
        );
        // 0.12 is too close to 0.1 for a mark that ends there.
        assert_eq!(labels(Scale::Log, -0.92, 2.1).first().map(String::as_str), Some("$10^{-2}$"));
    }

    #[test]
    fn ticks_increase_within_a_range_that_covers_the_data() {
        let sizes =
            [-1e300f64, -1e9, -320.0, -18.0, -0.3, -1e-9, 0.0, 1e-300, 0.25, 3.0, 1e5, 1e300];
        for scale in [Scale::Linear, Scale::Log, Scale::Integer] {
            for low in sizes {
                for high in sizes.into_iter().filter(|&high| high >= low) {
                    if scale != Scale::Linear && low.abs().max(high.abs()) > 1e6 {
                        continue;
                    }
                    let ((from, to), ticks) = axis(scale, low, high);
                    assert!(from < to && from.is_finite() && to.is_finite(), "{low} {high}");
                    let slack = 1e-6 * (to / 2.0 - from / 2.0);
                    assert!(from <= low + slack && high - slack <= to, "{scale:?} {low} {high}");
                    assert!(ticks.windows(2).all(|t| t[0].at < t[1].at), "{scale:?} {low} {high}");
                    assert!(ticks.iter().all(|t| from - slack <= t.at && t.at <= to + slack));
                    let labelled = ticks.iter().filter(|t| !t.label.is_empty()).count();
                    assert!((1..=12).contains(&labelled), "{scale:?} {low} {high} {labelled}");
                }
            }
        }
    }
}
