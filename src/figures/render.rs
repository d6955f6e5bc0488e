//! From a plot to LaTeX: a `pgfpicture` of plain paths.
//!
//! Only PGF's basic layer is used (its quick path commands, which take lengths in pt and do no
//! arithmetic), so the figure costs TeX little and looks the same in every engine.

use super::frame::Frame;
use super::pen::{PT, Pen};
use super::plot::{Line, Note, Plot, Series};

/// Half the width of a spread's box, in cm, where neighbours leave room.
const BOX: f64 = 0.18;

impl Plot {
    /// The LaTeX of the figure. Needs the packages `pgf` (or `tikz`) and `xcolor`; text is set in
    /// the document's font at `\small`.
    pub fn render(&self) -> String {
        let mut pen = Pen::default();
        let frame = Frame::new(self);
        pen.line("\\begin{pgfpicture}\\small\\pgfsetroundjoin");
        self.grid(&mut pen, &frame);
        for point in &self.guides {
            guide(&mut pen, &frame, *point);
        }
        for series in &self.series {
            curve(&mut pen, &frame, series);
        }
        self.boxes(&mut pen, &frame);
        for series in &self.series {
            marks(&mut pen, &frame, series);
        }
        self.axes(&mut pen, &frame);
        for Note { at, text, side } in &self.notes {
            if let Some((x, y)) = frame.place(*at) {
                pen.beside((x, y), *side, 0.12, text);
            }
        }
        self.legend(&mut pen);
        pen.line("\\end{pgfpicture}");
        pen.out
    }

    /// Light lines at the labelled ticks.
    fn grid(&self, pen: &mut Pen, frame: &Frame) {
        pen.line("\\begin{pgfscope}\\pgfsetlinewidth{0.3pt}\\pgfsetstrokecolor{black!15}");
        for tick in frame.x.ticks.iter().filter(|t| !t.label.is_empty()) {
            pen.path(&[(tick.at, 0.0), (tick.at, self.height)]);
        }
        for tick in frame.y.ticks.iter().filter(|t| !t.label.is_empty()) {
            pen.path(&[(0.0, tick.at), (self.width, tick.at)]);
        }
        pen.line("\\pgfusepathqstroke\\end{pgfscope}");
    }

    /// The frame, the ticks with their labels, and the axes' names.
    fn axes(&self, pen: &mut Pen, frame: &Frame) {
        let (w, h) = (self.width, self.height);
        // The ordinary path command, because it enters the frame into the picture's bounding box.
        let (wide, high) = (w * PT, h * PT);
        pen.line("\\pgfsetlinewidth{0.5pt}");
        pen.line(&format!(
            "\\pgfpathrectangle{{\\pgfpointorigin}}{{\\pgfqpoint{{{wide:.3}pt}}{{{high:.3}pt}}}}\\pgfusepath{{stroke}}"
        ));
        let length = |label: &str| if label.is_empty() { 0.05 } else { 0.1 };
        for tick in &frame.x.ticks {
            pen.path(&[(tick.at, 0.0), (tick.at, length(&tick.label))]);
        }
        for tick in &frame.y.ticks {
            pen.path(&[(0.0, tick.at), (length(&tick.label), tick.at)]);
        }
        pen.line("\\pgfusepathqstroke");
        // Two strokes across the axis where decades give way to the line of zeros.
        for (start, vertical) in [(frame.x.start, false), (frame.y.start, true)] {
            for at in [0.4 * start, 0.55 * start].into_iter().filter(|at| *at > 0.0) {
                let (dx, dy) = (0.09, 0.05);
                pen.path(&match vertical {
                    true => [(0.0, at - dy), (dx, at + dy)],
                    false => [(at - dy, 0.0), (at + dy, dx)],
                });
                pen.line("\\pgfusepathqstroke");
            }
        }
        for tick in frame.x.ticks.iter().filter(|t| !t.label.is_empty()) {
            pen.text((tick.at, -0.12), "top", &tick.label);
        }
        for tick in frame.y.ticks.iter().filter(|t| !t.label.is_empty()) {
            pen.text((-0.12, tick.at), "right", &tick.label);
        }
        pen.text((w / 2.0, -0.6), "top", &self.x.label);
        // The name clears the widest tick label: about 0.14 cm for each character that is set.
        let set = |label: &str| {
            label.chars().filter(|c| c.is_alphanumeric() || "-.".contains(*c)).count()
        };
        let widest = frame.y.ticks.iter().map(|t| set(&t.label)).max().unwrap_or(0);
        let clear = 0.5 + 0.14 * widest as f64;
        pen.text((-clear, h / 2.0), "bottom,rotate=90", &self.y.label);
    }

    /// Quartile boxes with the median, and whiskers.
    fn boxes(&self, pen: &mut Pen, frame: &Frame) {
        let half = BOX.min(0.3 * self.width / self.spreads.len().max(1) as f64);
        pen.line("\\pgfsetlinewidth{0.6pt}");
        for spread in &self.spreads {
            let Some(x) = frame.x.place(spread.x) else { continue };
            let places: Vec<f64> = spread.y.iter().filter_map(|&y| frame.y.place(y)).collect();
            let &[low, first, median, third, high] = places.as_slice() else { continue };
            let (left, right) = ((x - half).max(0.0), (x + half).min(self.width));
            pen.path(&[(x, low), (x, first)]);
            pen.path(&[(x, third), (x, high)]);
            pen.line("\\pgfusepathqstroke\\begin{pgfscope}\\pgfsetfillcolor{black!15}");
            pen.path(&[
                (left, first),
                (right, first),
                (right, third),
                (left, third),
                (left, first),
            ]);
            pen.line(
                "\\pgfusepathqfillstroke\\end{pgfscope}\\begin{pgfscope}\\pgfsetlinewidth{1.2pt}",
            );
            pen.path(&[(left, median), (right, median)]);
            pen.line("\\pgfusepathqstroke\\end{pgfscope}");
        }
    }

    /// One row for each named series, to the right of the frame.
    fn legend(&self, pen: &mut Pen) {
        let x = self.width + 0.25;
        let named = self.series.iter().filter(|s| !s.name.is_empty());
        for (row, series) in named.enumerate() {
            let y = self.height - 0.2 - 0.5 * row as f64;
            if let Some(line) = series.line {
                pen.stroke(line, &[(x, y), (x + 0.7, y)]);
            }
            if let Some(mark) = series.mark {
                pen.mark(mark, (x + 0.35, y));
            }
            pen.text((x + 0.85, y), "left", &series.name);
        }
    }
}

/// Dotted lines from a point to both axes.
fn guide(pen: &mut Pen, frame: &Frame, point: (f64, f64)) {
    if let Some((x, y)) = frame.place(point) {
        pen.line("\\begin{pgfscope}\\pgfsetstrokecolor{black!60}");
        pen.stroke(Line::Dotted, &[(x, 0.0), (x, y), (0.0, y)]);
        pen.line("\\end{pgfscope}");
    }
}

/// The line through a series' points, broken where a point has no place or is an exact zero.
fn curve(pen: &mut Pen, frame: &Frame, series: &Series) {
    let Some(line) = series.line else { return };
    let finite = |p: &(f64, f64)| p.0.is_finite() && p.1.is_finite();
    for run in series.points.split(|p| !finite(p)).filter(|run| run.len() > 1) {
        let places: Vec<_> = run.iter().filter_map(|&p| frame.place(p)).collect();
        pen.stroke(line, &places);
    }
}

/// A series' marks.
fn marks(pen: &mut Pen, frame: &Frame, series: &Series) {
    if let Some(mark) = series.mark {
        for point in series.points.iter().step_by(series.mark_every.max(1)) {
            if let Some(place) = frame.place(*point) {
                pen.mark(mark, place);
            }
        }
    }
}
