//! A plot: what it shows, in data coordinates.

/// How an axis maps its coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    Linear,
    /// Decades. Coordinates are given as log₁₀ of the quantity, so a quantity may lie outside the
    /// range of an `f64`; −∞ is an exact zero and is shown on a line of its own.
    Log,
    /// Linear, with ticks at whole numbers only.
    Integer,
}

/// One axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// LaTeX.
    pub label: String,
    pub scale: Scale,
    /// Coordinates that must be visible even where no data reach them.
    pub include: Vec<f64>,
}

/// Line styles that stay apart in greyscale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Solid,
    Dashed,
    Dotted,
    DashDotted,
}

/// Marks that stay apart in greyscale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Disc,
    Circle,
    Square,
    Triangle,
    Diamond,
    Box,
}

/// Which side of its point a text stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Above,
    Below,
    Left,
    Right,
    AboveLeft,
    AboveRight,
    BelowLeft,
    BelowRight,
}

/// Points joined by a line, marked, or both.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// LaTeX for the legend; empty: not in the legend.
    pub name: String,
    /// Points with a coordinate that is not a number, or infinite (but for zeros of a log axis), are
    /// left out, and the line has a gap there.
    pub points: Vec<(f64, f64)>,
    pub line: Option<Line>,
    pub mark: Option<Mark>,
    /// Only every n-th point is marked; 0 and 1 mark all.
    pub mark_every: usize,
}

/// A text beside a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub at: (f64, f64),
    /// LaTeX.
    pub text: String,
    pub side: Side,
}

/// A distribution as a box: whiskers, quartiles and the median, ascending.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub x: f64,
    pub y: [f64; 5],
}

/// A figure with axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// Of the frame, without labels and legend, in cm.
    pub width: f64,
    pub height: f64,
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<Series>,
    pub spreads: Vec<Spread>,
    pub notes: Vec<Note>,
    /// Points from which dotted lines run to both axes.
    pub guides: Vec<(f64, f64)>,
}

impl Axis {
    pub fn new(scale: Scale, label: impl Into<String>) -> Self {
        Self { label: label.into(), scale, include: Vec::new() }
    }

    /// Makes `coordinates` visible.
    pub fn including(mut self, coordinates: &[f64]) -> Self {
        self.include.extend(coordinates);
        self
    }
}

impl Series {
    /// The n-th of several series that must be told apart: a line and a mark of its own.
    pub fn numbered(n: usize, name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        const LINES: [Line; 4] = [Line::Solid, Line::Dashed, Line::DashDotted, Line::Dotted];
        const MARKS: [Mark; 6] =
            [Mark::Disc, Mark::Box, Mark::Triangle, Mark::Circle, Mark::Diamond, Mark::Square];
        let (line, mark) = (Some(LINES[n % LINES.len()]), Some(MARKS[n % MARKS.len()]));
        Self { name: name.into(), points, line, mark, mark_every: 1 }
    }
}

impl Plot {
    /// An empty plot of a size that fits half a page's width.
    pub fn new(x: Axis, y: Axis) -> Self {
        Self {
            width: 8.0,
            height: 5.0,
            x,
            y,
            series: Vec::new(),
            spreads: Vec::new(),
            notes: Vec::new(),
            guides: Vec::new(),
        }
    }

    /// With a frame of this size, in cm.
    pub fn sized(mut self, width: f64, height: f64) -> Self {
        (self.width, self.height) = (width, height);
        self
    }
}
