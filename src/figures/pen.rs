//! Lines as PDF draws them, and texts beside them as LaTeX sets them.
//!
//! PDF's operators for paths (ISO 32000-1, 8.5) stand in the document as they are, so TeX has
//! nothing to compute, and every engine passes them on. Places are in cm here and in bp there:
//! the unit of PDF, 1/72 in.

use std::fmt::Write as _;

use super::measure::{LINE, text_width};
use super::plot::{Mark, Side};

/// Big points per centimetre.
pub(super) const BP: f64 = 72.0 / 2.54;
/// Half the size of a mark, in cm.
const MARK: f64 = 0.065;
/// Operators are broken into lines of about this many characters.
const LINE_LENGTH: usize = 96;

/// A number as PDF and `\put` read it. A hundredth of a bp is finer than any printer.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

/// A place in bp, the coordinates separated by `separator`.
fn pair((x, y): (f64, f64), separator: char) -> String {
    format!("{}{separator}{}", number(x * BP), number(y * BP))
}

/// Operators that are drawn together. The line's width, grey and dashes hold until they are set
/// anew, at most to the end of the ink.
#[derive(Debug, Default)]
pub(super) struct Ink {
    operators: Vec<String>,
}

impl Ink {
    /// Ink for lines of this width, in bp. Corners are round: the tips of a curve's sharp ones
    /// would reach beyond the points.
    pub fn new(width: f64) -> Self {
        let mut ink = Self::default();
        ink.add("1 j");
        ink.width(width);
        ink
    }

    fn add(&mut self, operator: impl Into<String>) {
        self.operators.push(operator.into());
    }

    pub fn is_empty(&self) -> bool {
        const PAINT: [&str; 3] = ["S", "f", "B"];
        !self.operators.iter().any(|operator| PAINT.contains(&operator.as_str()))
    }

    pub fn width(&mut self, width: f64) {
        self.add(format!("{} w", number(width)));
    }

    /// Of lines: 0 is black, 1 is white.
    pub fn gray(&mut self, level: f64) {
        self.add(format!("{} G", number(level)));
    }

    /// Of areas.
    pub fn fill_gray(&mut self, level: f64) {
        self.add(format!("{} g", number(level)));
    }

    /// Lengths of dashes and gaps by turns, in bp; none for a solid line.
    pub fn dashes(&mut self, lengths: &[f64]) {
        let lengths: Vec<String> = lengths.iter().map(|&length| number(length)).collect();
        self.add(format!("[{}] 0 d", lengths.join(" ")));
    }

    /// Adds a broken line to the path.
    pub fn line(&mut self, places: &[(f64, f64)]) {
        for (i, &place) in places.iter().enumerate() {
            self.add(format!("{} {}", pair(place, ' '), if i == 0 { 'm' } else { 'l' }));
        }
    }

    /// Adds an area with these corners to the path.
    pub fn polygon(&mut self, corners: &[(f64, f64)]) {
        self.line(corners);
        self.add("h");
    }

    /// Adds a rectangle with its lower left corner at a place to the path.
    pub fn rectangle(&mut self, corner: (f64, f64), size: (f64, f64)) {
        self.add(format!("{} {} re", pair(corner, ' '), pair(size, ' ')));
    }

    /// Adds a circle to the path.
    pub fn circle(&mut self, (x, y): (f64, f64), radius: f64) {
        // Four Bézier curves of 90°; with 4/3 (√2 − 1) they stray by 0.03 % of the radius.
        let k = radius * 4.0 / 3.0 * (std::f64::consts::SQRT_2 - 1.0);
        let r = radius;
        self.line(&[(x + r, y)]);
        // The direction from the centre to where a quarter begins; a quarter further is (−q, p).
        for (p, q) in [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)] {
            let place = |along: f64, across: f64| {
                pair((x + along * p - across * q, y + along * q + across * p), ' ')
            };
            self.add(format!("{} {} {} c", place(r, k), place(k, r), place(0.0, r)));
        }
        self.add("h");
    }

    /// Draws the path as a line, and ends it.
    pub fn stroke(&mut self) {
        self.add("S");
    }

    /// Fills the path, and ends it.
    pub fn fill(&mut self) {
        self.add("f");
    }

    /// Fills the path, draws its outline, and ends it.
    pub fn fill_and_stroke(&mut self) {
        self.add("B");
    }

    /// A filled arrowhead with its point at a place, in a direction of length 1.
    pub fn arrowhead(&mut self, (x, y): (f64, f64), (dx, dy): (f64, f64)) {
        let corner =
            |back: f64, aside: f64| (x - back * dx - aside * dy, y - back * dy + aside * dx);
        self.polygon(&[(x, y), corner(0.14, 0.055), corner(0.11, 0.0), corner(0.14, -0.055)]);
        self.fill();
    }

    /// A mark with its middle at a place.
    pub fn mark(&mut self, mark: Mark, (x, y): (f64, f64)) {
        let mut around = |corners: &[(f64, f64)]| {
            let places: Vec<_> =
                corners.iter().map(|(dx, dy)| (x + MARK * dx, y + MARK * dy)).collect();
            self.polygon(&places);
        };
        match mark {
            Mark::Disc | Mark::Circle => self.circle((x, y), MARK),
            Mark::Square | Mark::Box => {
                around(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]);
            }
            Mark::Triangle => around(&[(-1.1, -0.8), (1.1, -0.8), (0.0, 1.2)]),
            Mark::Diamond => around(&[(0.0, -1.4), (1.1, 0.0), (0.0, 1.4), (-1.1, 0.0)]),
        }
        self.fill_and_stroke();
    }
}

/// A figure in the making.
#[derive(Debug)]
pub(super) struct Pen {
    body: String,
    /// The lower left and the upper right corner of what is inside.
    low: (f64, f64),
    high: (f64, f64),
}

impl Pen {
    /// A figure whose box has these corners at least.
    pub fn new(low: (f64, f64), high: (f64, f64)) -> Self {
        Self { body: String::new(), low, high }
    }

    /// Draws with a kind of ink, after a comment that says what.
    pub fn ink(&mut self, what: &str, ink: &Ink) {
        if ink.is_empty() {
            return;
        }
        // Writing to a String cannot fail.
        let _ = write!(self.body, "\\ink{{% {what}");
        let mut used = LINE_LENGTH;
        for operator in &ink.operators {
            if used + operator.len() >= LINE_LENGTH {
                self.body.push_str("\n ");
                used = 1;
            }
            self.body.push(' ');
            self.body.push_str(operator);
            used += 1 + operator.len();
        }
        self.body.push_str("}\n");
    }

    /// Sets a text. `anchor` is LaTeX's: what part of the text is at the place, by the letters `t`,
    /// `b`, `l` and `r`; a direction that is not named is centred.
    pub fn text(&mut self, place: (f64, f64), anchor: &str, text: &str) {
        if !text.is_empty() {
            let anchor = if anchor.is_empty() { String::new() } else { format!("[{anchor}]") };
            let place = pair(place, ',');
            let _ = writeln!(self.body, "\\put({place}){{\\makebox(0,0){anchor}{{{text}}}}}");
        }
    }

    /// Sets a line of text, and makes the figure's box as large as the text needs.
    pub fn label(&mut self, place: (f64, f64), anchor: &str, text: &str) {
        if !text.is_empty() {
            self.cover(place, anchor, (text_width(text), LINE));
            self.text(place, anchor, text);
        }
    }

    /// A label that is read upwards; the anchor is that of the turned text.
    pub fn upward_label(&mut self, place: (f64, f64), anchor: &str, text: &str) {
        if !text.is_empty() {
            self.cover(place, anchor, (LINE, text_width(text)));
            self.text(place, anchor, &format!("\\rotatebox{{90}}{{{text}}}"));
        }
    }

    /// A label on one side of a place, `gap` cm away.
    pub fn beside(&mut self, (x, y): (f64, f64), side: Side, gap: f64, text: &str) {
        let (dx, dy, anchor) = match side {
            Side::Above => (0.0, 1.0, "b"),
            Side::Below => (0.0, -1.0, "t"),
            Side::Left => (-1.0, 0.0, "r"),
            Side::Right => (1.0, 0.0, "l"),
            Side::AboveLeft => (-0.7, 0.7, "br"),
            Side::AboveRight => (0.7, 0.7, "bl"),
            Side::BelowLeft => (-0.7, -0.7, "tr"),
            Side::BelowRight => (0.7, -0.7, "tl"),
        };
        self.label((x + gap * dx, y + gap * dy), anchor, text);
    }

    /// Makes the figure's box large enough for something of this size, with its anchor at a place.
    fn cover(&mut self, (x, y): (f64, f64), anchor: &str, (width, height): (f64, f64)) {
        // Where the lower left corner is from the place, as a part of the size.
        let back = |low: char, high: char| match anchor {
            _ if anchor.contains(low) => 0.0,
            _ if anchor.contains(high) => 1.0,
            _ => 0.5,
        };
        let (left, bottom) = (x - back('l', 'r') * width, y - back('b', 't') * height);
        self.low = (self.low.0.min(left), self.low.1.min(bottom));
        self.high = (self.high.0.max(left + width), self.high.1.max(bottom + height));
    }

    /// The figure as LaTeX: the environment `drawing` of `report.tex`.
    pub fn finish(self) -> String {
        let size = pair((self.high.0 - self.low.0, self.high.1 - self.low.1), ',');
        let corner = pair(self.low, ',');
        format!("\\begin{{drawing}}({size})({corner})\n{}\\end{{drawing}}", self.body)
    }
}
