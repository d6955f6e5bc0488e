//! From a plot to LaTeX: lines as PDF operators, and texts on `\put`.

use super::frame::{Frame, Ruler};
use super::measure::{LINE, text_width};
use super::pen::{Ink, Pen};
use super::plot::{Line, Mark, Note, Plot, Series};

/// Half the width of a spread's box, in cm, where neighbours leave room.
const BOX: f64 = 0.18;
/// How much further down the labels of the x axis stand where both axes have one at the corner.
const CORNER: f64 = 0.1;
/// Between an axis and its ticks' labels, and between these and the axis's name, in cm.
const GAP: f64 = 0.12;
const NAME_GAP: f64 = 0.2;

/// Widths of lines, in bp.
const GRID_LINE: f64 = 0.3;
const FRAME_LINE: f64 = 0.5;
const BOX_LINE: f64 = 0.6;
const MARK_LINE: f64 = 0.7;
const CURVE: f64 = 0.8;
const MEDIAN: f64 = 1.2;

/// Greys, from black to white.
const GUIDE: f64 = 0.4;
const LIGHT: f64 = 0.85;

impl Plot {
    /// The LaTeX of the figure, for the environment `drawing` of `report.tex`; text is set in the
    /// document's font at `\small`.
    pub fn render(&self) -> String {
        // Half a label is free above the frame even where no tick is at its upper end, so that
        // figures next to each other are equally high.
        let mut pen = Pen::new((0.0, 0.0), (self.width, self.height + LINE / 2.0));
        let frame = Frame::new(self);
        self.grid(&mut pen, &frame);
        self.guide_lines(&mut pen, &frame);
        for series in &self.series {
            curve(&mut pen, &frame, series);
        }
        self.boxes(&mut pen, &frame);
        for series in &self.series {
            marks(&mut pen, &frame, series);
        }
        self.axes(&mut pen, &frame);
        self.names(&mut pen, &frame);
        for Note { at, text, side } in &self.notes {
            if let Some(place) = frame.place(*at) {
                pen.beside(place, *side, GAP, text);
            }
        }
        self.legend(&mut pen);
        pen.finish()
    }

    /// Light lines at the labelled ticks.
    fn grid(&self, pen: &mut Pen, frame: &Frame) {
        let mut ink = Ink::new(GRID_LINE);
        ink.gray(LIGHT);
        for tick in frame.x.ticks.iter().filter(|t| !t.label.is_empty()) {
            ink.line(&[(tick.at, 0.0), (tick.at, self.height)]);
        }
        for tick in frame.y.ticks.iter().filter(|t| !t.label.is_empty()) {
            ink.line(&[(0.0, tick.at), (self.width, tick.at)]);
        }
        ink.stroke();
        pen.ink("grid", &ink);
    }

    /// Dotted lines from points to both axes.
    fn guide_lines(&self, pen: &mut Pen, frame: &Frame) {
        let mut ink = line_ink(Line::Dotted);
        ink.gray(GUIDE);
        for (x, y) in self.guides.iter().filter_map(|&point| frame.place(point)) {
            ink.line(&[(x, 0.0), (x, y), (0.0, y)]);
            ink.stroke();
        }
        pen.ink("guides", &ink);
    }

    /// The frame and the ticks.
    fn axes(&self, pen: &mut Pen, frame: &Frame) {
        let mut ink = Ink::new(FRAME_LINE);
        ink.rectangle((0.0, 0.0), (self.width, self.height));
        let length = |label: &str| if label.is_empty() { 0.05 } else { 0.1 };
        for tick in &frame.x.ticks {
            ink.line(&[(tick.at, 0.0), (tick.at, length(&tick.label))]);
        }
        for tick in &frame.y.ticks {
            ink.line(&[(0.0, tick.at), (length(&tick.label), tick.at)]);
        }
        // Two strokes across the axis where decades give way to the line of zeros.
        for (start, vertical) in [(frame.x.start, false), (frame.y.start, true)] {
            for at in [0.4 * start, 0.55 * start].into_iter().filter(|at| *at > 0.0) {
                let (dx, dy) = (0.09, 0.05);
                ink.line(&match vertical {
                    true => [(0.0, at - dy), (dx, at + dy)],
                    false => [(at - dy, 0.0), (at + dy, dx)],
                });
            }
        }
        ink.stroke();
        pen.ink("axes", &ink);
    }

    /// The ticks' labels and the axes' names.
    fn names(&self, pen: &mut Pen, frame: &Frame) {
        let at_corner = |ruler: &Ruler| ruler.ticks.first().is_some_and(|tick| tick.at < GAP);
        let drop = if at_corner(&frame.x) && at_corner(&frame.y) { GAP + CORNER } else { GAP };
        for tick in &frame.x.ticks {
            pen.label((tick.at, -drop), "t", &tick.label);
        }
        for tick in &frame.y.ticks {
            pen.label((-GAP, tick.at), "r", &tick.label);
        }
        pen.label((self.width / 2.0, -drop - LINE - NAME_GAP), "t", &self.x.label);
        let widest = frame.y.ticks.iter().map(|t| text_width(&t.label)).fold(0.0, f64::max);
        let clear = GAP + widest + NAME_GAP;
        pen.upward_label((-clear, self.height / 2.0), "r", &self.y.label);
    }

    /// Quartile boxes with the median, and whiskers.
    fn boxes(&self, pen: &mut Pen, frame: &Frame) {
        let half = BOX.min(0.3 * self.width / self.spreads.len().max(1) as f64);
        let mut ink = Ink::new(BOX_LINE);
        ink.fill_gray(LIGHT);
        for spread in &self.spreads {
            let Some(x) = frame.x.place(spread.x) else { continue };
            let places: Vec<f64> = spread.y.iter().filter_map(|&y| frame.y.place(y)).collect();
            let &[low, first, median, third, high] = places.as_slice() else { continue };
            let (left, right) = ((x - half).max(0.0), (x + half).min(self.width));
            ink.width(BOX_LINE);
            ink.line(&[(x, low), (x, first)]);
            ink.line(&[(x, third), (x, high)]);
            ink.stroke();
            ink.rectangle((left, first), (right - left, third - first));
            ink.fill_and_stroke();
            ink.width(MEDIAN);
            ink.line(&[(left, median), (right, median)]);
            ink.stroke();
        }
        pen.ink("boxes", &ink);
    }

    /// One row for each named series, to the right of the frame.
    fn legend(&self, pen: &mut Pen) {
        let x = self.width + 0.25;
        let named = self.series.iter().filter(|s| !s.name.is_empty());
        for (row, series) in named.enumerate() {
            let y = self.height - 0.2 - 0.5 * row as f64;
            if let Some(line) = series.line {
                let mut ink = line_ink(line);
                ink.line(&[(x, y), (x + 0.7, y)]);
                ink.stroke();
                pen.ink("legend", &ink);
            }
            if let Some(mark) = series.mark {
                let mut ink = mark_ink(mark);
                ink.mark(mark, (x + 0.35, y));
                pen.ink("legend", &ink);
            }
            pen.label((x + 0.85, y), "l", &series.name);
        }
    }
}

/// The line through a series' points, broken where a point has no place or is an exact zero.
fn curve(pen: &mut Pen, frame: &Frame, series: &Series) {
    let Some(line) = series.line else { return };
    let mut ink = line_ink(line);
    let finite = |p: &(f64, f64)| p.0.is_finite() && p.1.is_finite();
    for run in series.points.split(|p| !finite(p)).filter(|run| run.len() > 1) {
        let places: Vec<_> = run.iter().filter_map(|&p| frame.place(p)).collect();
        ink.line(&places);
        ink.stroke();
    }
    pen.ink("curve", &ink);
}

/// A series' marks.
fn marks(pen: &mut Pen, frame: &Frame, series: &Series) {
    let Some(mark) = series.mark else { return };
    let mut ink = mark_ink(mark);
    let points = series.points.iter().step_by(series.mark_every.max(1));
    for place in points.filter_map(|&point| frame.place(point)) {
        ink.mark(mark, place);
    }
    pen.ink("marks", &ink);
}

fn line_ink(line: Line) -> Ink {
    let mut ink = Ink::new(CURVE);
    match line {
        Line::Solid => {}
        Line::Dashed => ink.dashes(&[4.0, 2.0]),
        Line::Dotted => ink.dashes(&[0.8, 1.6]),
        Line::DashDotted => ink.dashes(&[4.0, 1.6, 0.8, 1.6]),
    }
    ink
}

/// Three of the marks are white inside.
fn mark_ink(mark: Mark) -> Ink {
    let mut ink = Ink::new(MARK_LINE);
    match mark {
        Mark::Disc | Mark::Square | Mark::Diamond => ink.fill_gray(0.0),
        Mark::Circle | Mark::Triangle | Mark::Box => ink.fill_gray(1.0),
    }
    ink
}
