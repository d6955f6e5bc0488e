//! A computational graph as a line of operations, from left to right and wrapped into rows.
//!
//! The value that an edge carries stands above it, the gradient that comes back along it below.
//! An operation's result has its name under the operation. What else the operation reads (a
//! weight, a target) comes in from above, on an edge with the same two labels.

use super::pen::{Ink, Pen};

/// A text with the size it takes, in cm.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// LaTeX.
    pub latex: String,
    pub width: f64,
    pub height: f64,
}

/// What stands at an edge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edge {
    /// The forward value.
    pub above: Option<Label>,
    /// The gradient.
    pub below: Option<Label>,
}

/// An input that an operation reads besides the result before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    pub name: Label,
    pub edge: Edge,
}

/// An operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// What it does, such as `\times`.
    pub operation: Label,
    /// The edge from the stage before.
    pub edge: Edge,
    pub input: Option<Input>,
    /// The name of its result.
    pub result: Label,
    /// A row may begin with this stage.
    pub may_begin_row: bool,
}

/// A line of operations.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// The name of what the first stage reads.
    pub start: Label,
    pub stages: Vec<Stage>,
    /// The edge out of the last stage.
    pub output: Edge,
}

/// Radius of a node, and half the height of a wide one.
const RADIUS: f64 = 0.29;
/// Between a node's border and its text.
const PADDING: f64 = 0.16;
/// Between a name and the edge that begins or ends there.
const GAP: f64 = 0.1;
/// An edge is this much longer than its labels, for the arrowhead and air.
const AIR: f64 = 0.5;
/// The shortest edge.
const SHORTEST: f64 = 0.6;
/// Between an edge and its labels.
const LIFT: f64 = 0.09;
/// The width of all lines, in bp.
const LINE_WIDTH: f64 = 0.5;
/// Between two rows.
const ROW_GAP: f64 = 0.25;
/// A row at least this part of the longest one is spread to the same length.
const SPREAD: f64 = 0.7;

impl Edge {
    fn width(&self) -> f64 {
        self.labels().map(|l| l.width).fold(0.0, f64::max)
    }

    fn labels(&self) -> impl Iterator<Item = &Label> {
        self.above.iter().chain(&self.below)
    }
}

impl Stage {
    /// Half the width of the node.
    fn half(&self) -> f64 {
        f64::max(RADIUS, self.operation.width / 2.0 + PADDING)
    }

    /// The length of the edge from the left; without its labels at the beginning of a later row.
    fn edge_length(&self, labelled: bool) -> f64 {
        let own = if labelled { self.edge.width() + AIR } else { SHORTEST };
        let input = self
            .input
            .as_ref()
            .map_or(0.0, |input| input.name.width + GAP + input.edge.width() + AIR - self.half());
        own.max(input).max(SHORTEST)
    }
}

/// Heights that all rows share, measured from the main line.
struct Heights {
    /// Of the line on which further inputs come in.
    input: f64,
    top: f64,
    /// How far the row reaches below its main line.
    bottom: f64,
}

impl Flow {
    /// How many rows the graph takes, none wider than `width` cm where that is possible.
    pub fn rows(&self, width: f64) -> usize {
        self.split(width).len()
    }

    /// The LaTeX of the figure, in as few rows as `width` cm allow, and these about equally long.
    pub fn render(&self, width: f64) -> String {
        let rows = self.balanced(width);
        let heights = self.heights();
        let pitch = heights.top + heights.bottom + ROW_GAP;
        let widest = rows.iter().map(|row| self.row_width(row.clone())).fold(0.0, f64::max);
        let lowest = -pitch * (rows.len() - 1) as f64 - heights.bottom;
        let mut pen = Pen::new((0.0, lowest), (widest, heights.top));
        for (number, row) in rows.iter().enumerate() {
            let own = self.row_width(row.clone());
            let spread = if own >= SPREAD * widest { widest - own } else { 0.0 };
            self.row(&mut pen, row.clone(), -pitch * number as f64, spread, &heights);
        }
        pen.finish()
    }

    /// The stages of each row, filled from the left.
    fn split(&self, width: f64) -> Vec<std::ops::Range<usize>> {
        let mut rows = Vec::new();
        let mut first = 0;
        while first < self.stages.len() {
            let breaks = (first + 1..=self.stages.len())
                .filter(|&end| self.stages.get(end).is_none_or(|stage| stage.may_begin_row));
            let mut end = None;
            for candidate in breaks {
                if end.is_some() && self.row_width(first..candidate) > width {
                    break;
                }
                end = Some(candidate);
            }
            let end = end.unwrap_or(self.stages.len());
            rows.push(first..end);
            first = end;
        }
        rows
    }

    /// As few rows as `width` allows, with the narrowest limit that needs no more.
    fn balanced(&self, width: f64) -> Vec<std::ops::Range<usize>> {
        let few = self.split(width).len();
        let limits = (0..).map(|step| f64::from(step) * 0.1).take_while(|&limit| limit < width);
        limits
            .map(|limit| self.split(limit))
            .find(|rows| rows.len() == few)
            .unwrap_or_else(|| self.split(width))
    }

    fn row_width(&self, row: std::ops::Range<usize>) -> f64 {
        let (entry, exit) = (self.name_before(row.start), self.name_before(row.end));
        let stages: f64 = row
            .clone()
            .map(|at| {
                let stage = &self.stages[at];
                stage.edge_length(at != row.start || at == 0) + 2.0 * stage.half()
            })
            .sum();
        entry.width + stages + self.edge_after(row.end).width() + AIR + 2.0 * GAP + exit.width
    }

    /// The name of what stage `at` reads; that of the output behind the last stage.
    fn name_before(&self, at: usize) -> &Label {
        at.checked_sub(1).and_then(|at| self.stages.get(at)).map_or(&self.start, |s| &s.result)
    }

    /// The edge into stage `at`; that of the output behind the last stage.
    fn edge_after(&self, at: usize) -> &Edge {
        self.stages.get(at).map_or(&self.output, |stage| &stage.edge)
    }

    fn heights(&self) -> Heights {
        let tallest = |labels: &mut dyn Iterator<Item = &Label>| -> f64 {
            labels.map(|l| l.height).fold(0.0, f64::max)
        };
        let edges = || self.stages.iter().map(|s| &s.edge).chain([&self.output]);
        let inputs = || self.stages.iter().filter_map(|s| s.input.as_ref());
        let above = LIFT + tallest(&mut edges().filter_map(|e| e.above.as_ref()));
        let below = LIFT + tallest(&mut edges().filter_map(|e| e.below.as_ref()));
        let names = RADIUS + LIFT + tallest(&mut self.stages.iter().map(|s| &s.result));
        let hanging = LIFT + tallest(&mut inputs().filter_map(|i| i.edge.below.as_ref()));
        let standing = LIFT + tallest(&mut inputs().filter_map(|i| i.edge.above.as_ref()));
        let input = f64::max(above + hanging + 0.15, RADIUS + 0.45);
        Heights { input, top: input + standing, bottom: below.max(names) }
    }

    /// Draws a row whose main line has this ordinate, `spread` cm longer than it has to be.
    fn row(
        &self,
        pen: &mut Pen,
        row: std::ops::Range<usize>,
        y: f64,
        spread: f64,
        heights: &Heights,
    ) {
        let longer = spread / (row.len() + 1) as f64;
        let entry = self.name_before(row.start);
        pen.text((entry.width, y), "r", &entry.latex);
        let mut x = entry.width + GAP;
        for at in row.clone() {
            let stage = &self.stages[at];
            let labelled = at != row.start || at == 0;
            let length = stage.edge_length(labelled) + longer;
            let centre = (x + length + stage.half(), y);
            let mut ink = Ink::new(LINE_WIDTH);
            arrow(&mut ink, &[(x, y), (x + length, y)]);
            node(&mut ink, stage, centre);
            if let Some(input) = &stage.input {
                let from = (x + input.name.width + GAP, y + heights.input);
                let above = (centre.0, y + RADIUS);
                arrow(&mut ink, &[from, (above.0, from.1), above]);
            }
            pen.ink(&format!("to {}", stage.result.latex), &ink);
            if labelled {
                labels(pen, &stage.edge, (x, x + length), y);
            }
            if let Some(input) = &stage.input {
                let (from, y) = (x + input.name.width, y + heights.input);
                pen.text((from, y), "r", &input.name.latex);
                labels(pen, &input.edge, (from + GAP, centre.0 - PADDING), y);
            }
            pen.text(centre, "", &stage.operation.latex);
            pen.text((centre.0, y - RADIUS - LIFT), "t", &stage.result.latex);
            x = centre.0 + stage.half();
        }
        let edge = self.edge_after(row.end);
        let end = x + edge.width() + AIR + longer;
        let mut ink = Ink::new(LINE_WIDTH);
        arrow(&mut ink, &[(x, y), (end, y)]);
        pen.ink("onwards", &ink);
        labels(pen, edge, (x, end), y);
        pen.text((end + GAP, y), "l", &self.name_before(row.end).latex);
    }
}

/// The border of an operation: a circle, or a rectangle where its text is wide.
fn node(ink: &mut Ink, stage: &Stage, (x, y): (f64, f64)) {
    let half = stage.half();
    if half > RADIUS {
        ink.rectangle((x - half, y - RADIUS), (2.0 * half, 2.0 * RADIUS));
    } else {
        ink.circle((x, y), RADIUS);
    }
    ink.stroke();
}

/// A line through places, with an arrowhead at the last.
fn arrow(ink: &mut Ink, places: &[(f64, f64)]) {
    ink.line(places);
    ink.stroke();
    if let [.., from, to] = *places {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        ink.arrowhead(to, (dx / length, dy / length));
    }
}

/// Both labels, in the middle of an edge between two abscissas; the arrowhead does not count.
fn labels(pen: &mut Pen, edge: &Edge, (from, to): (f64, f64), y: f64) {
    let middle = (from + to - 0.1) / 2.0;
    if let Some(label) = &edge.above {
        pen.text((middle, y + LIFT), "b", &label.latex);
    }
    if let Some(label) = &edge.below {
        pen.text((middle, y - LIFT), "t", &label.latex);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::tests::is_sound;

    fn label(width: f64) -> Label {
        Label { latex: "$v$".into(), width, height: 0.3 }
    }

    fn flow(stages: usize) -> Flow {
        let edge = || Edge { above: Some(label(1.0)), below: Some(label(0.8)) };
        let stage = |n: usize| Stage {
            operation: label(0.2),
            edge: edge(),
            input: n.is_multiple_of(2).then(|| Input { name: label(0.3), edge: edge() }),
            result: label(0.3),
            may_begin_row: n.is_multiple_of(2),
        };
        Flow { start: label(0.3), stages: (0..stages).map(stage).collect(), output: edge() }
    }

    #[test]
    fn rows_fit_and_are_about_equally_long() {
        for stages in 1..=12 {
            for width in [8.0, 12.0, 16.0] {
                let flow = flow(stages);
                let rows = flow.balanced(width);
                assert_eq!(rows.len(), flow.rows(width));
                assert!(rows.iter().all(|row| flow.row_width(row.clone()) <= width));
                assert!(rows.windows(2).all(|pair| pair[0].end == pair[1].start));
                assert!(rows[1..].iter().all(|row| flow.stages[row.start].may_begin_row));
            }
        }
        assert_eq!(flow(12).rows(1e9), 1);
    }

    /// Where each row's last arrow ends, beside the name that stands there.
    #[test]
    fn nearly_full_rows_end_below_each_other() {
        for (stages, width) in [(8, 8.0), (12, 12.0), (7, 8.0)] {
            let flow = flow(stages);
            let widths: Vec<f64> =
                flow.balanced(width).into_iter().map(|row| flow.row_width(row)).collect();
            let widest = widths.iter().copied().fold(0.0, f64::max);
            let latex = flow.render(width);
            let ends = latex.lines().filter(|line| line.contains("\\makebox(0,0)[l]"));
            let ends: Vec<f64> = ends
                .filter_map(|line| line.strip_prefix("\\put(")?.split(',').next()?.parse().ok())
                .collect();
            assert_eq!(ends.len(), widths.len());
            let furthest = ends.iter().copied().fold(0.0, f64::max);
            for (end, own) in ends.iter().zip(&widths) {
                assert_eq!((furthest - end).abs() < 0.02, *own >= SPREAD * widest, "{ends:?}");
            }
        }
    }

    #[test]
    fn everything_is_inside_the_bounds() {
        for stages in 1..=12 {
            is_sound(&flow(stages).render(12.0));
        }
    }
}
