//! Drawing commands of PGF's basic layer, with places in cm.

use std::fmt::Write as _;

use super::plot::{Line, Mark, Side};

/// TeX points per centimetre.
pub(super) const PT: f64 = 72.27 / 2.54;
/// Half the size of a mark, in cm.
const MARK: f64 = 0.065;

/// Writes drawing commands; places are in cm.
#[derive(Default)]
pub(super) struct Pen {
    pub out: String,
}

impl Pen {
    /// A line of LaTeX; its end is hidden from TeX, to which a line's end is a space.
    pub fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push_str("%\n");
    }

    /// Adds to the current path.
    pub fn path(&mut self, places: &[(f64, f64)]) {
        for (i, (x, y)) in places.iter().enumerate() {
            let verb = if i == 0 { "move" } else { "line" };
            // Writing to a String cannot fail.
            let _ = writeln!(self.out, "\\pgfpathq{verb}to{{{:.3}pt}}{{{:.3}pt}}%", x * PT, y * PT);
        }
    }

    pub fn stroke(&mut self, line: Line, places: &[(f64, f64)]) {
        let dash = match line {
            Line::Solid => "{}{0pt}",
            Line::Dashed => "{{4pt}{2pt}}{0pt}",
            Line::Dotted => "{{0.8pt}{1.6pt}}{0pt}",
            Line::DashDotted => "{{4pt}{1.6pt}{0.8pt}{1.6pt}}{0pt}",
        };
        self.line(&format!("\\pgfsetlinewidth{{0.8pt}}\\pgfsetdash{dash}"));
        self.path(places);
        self.line("\\pgfusepathqstroke\\pgfsetdash{}{0pt}");
    }

    pub fn mark(&mut self, mark: Mark, (x, y): (f64, f64)) {
        let around = |corners: &[(f64, f64)]| -> Vec<(f64, f64)> {
            let closed = corners.iter().chain(corners.first());
            closed.map(|(dx, dy)| (x + MARK * dx, y + MARK * dy)).collect()
        };
        self.line("\\begin{pgfscope}\\pgfsetlinewidth{0.7pt}\\pgfsetfillcolor{white}");
        let filled = matches!(mark, Mark::Disc | Mark::Square | Mark::Diamond);
        if filled {
            self.line("\\pgfsetfillcolor{black}");
        }
        match mark {
            Mark::Disc | Mark::Circle => self.line(&format!(
                "\\pgfpathcircle{{\\pgfqpoint{{{:.3}pt}}{{{:.3}pt}}}}{{{:.3}pt}}\\pgfusepath{{fill,stroke}}",
                x * PT,
                y * PT,
                MARK * PT
            )),
            Mark::Square | Mark::Box => {
                self.path(&around(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]));
                self.line("\\pgfusepathqfillstroke");
            }
            Mark::Triangle => {
                self.path(&around(&[(-1.1, -0.8), (1.1, -0.8), (0.0, 1.2)]));
                self.line("\\pgfusepathqfillstroke");
            }
            Mark::Diamond => {
                self.path(&around(&[(0.0, -1.4), (1.1, 0.0), (0.0, 1.4), (-1.1, 0.0)]));
                self.line("\\pgfusepathqfillstroke");
            }
        }
        self.line("\\end{pgfscope}");
    }

    /// The box that the picture takes on the page, from corner to corner.
    pub fn bounds(&mut self, (left, low): (f64, f64), (right, high): (f64, f64)) {
        self.line(&format!(
            "\\pgfpathrectanglecorners{{\\pgfqpoint{{{:.3}pt}}{{{:.3}pt}}}}{{\\pgfqpoint{{{:.3}pt}}{{{:.3}pt}}}}\\pgfusepath{{use as bounding box}}",
            left * PT,
            low * PT,
            right * PT,
            high * PT
        ));
    }

    /// A circle around a place, with a radius in cm.
    pub fn circle(&mut self, (x, y): (f64, f64), radius: f64) {
        self.line(&format!(
            "\\pgfpathcircle{{\\pgfqpoint{{{:.3}pt}}{{{:.3}pt}}}}{{{:.3}pt}}\\pgfusepath{{stroke}}",
            x * PT,
            y * PT,
            radius * PT
        ));
    }

    /// A filled arrowhead with its point at a place, in a direction of length 1.
    pub fn arrowhead(&mut self, (x, y): (f64, f64), (dx, dy): (f64, f64)) {
        let corner =
            |back: f64, aside: f64| (x - back * dx - aside * dy, y - back * dy + aside * dx);
        self.path(&[(x, y), corner(0.14, 0.055), corner(0.11, 0.0), corner(0.14, -0.055)]);
        self.line("\\pgfusepathqfill");
    }

    /// A text on one side of a place, `gap` cm away.
    pub fn beside(&mut self, (x, y): (f64, f64), side: Side, gap: f64, text: &str) {
        let (dx, dy, anchor) = match side {
            Side::Above => (0.0, 1.0, "bottom"),
            Side::Below => (0.0, -1.0, "top"),
            Side::Left => (-1.0, 0.0, "right"),
            Side::Right => (1.0, 0.0, "left"),
            Side::AboveLeft => (-0.7, 0.7, "bottom,right"),
            Side::AboveRight => (0.7, 0.7, "bottom,left"),
            Side::BelowLeft => (-0.7, -0.7, "top,right"),
            Side::BelowRight => (0.7, -0.7, "top,left"),
        };
        self.text((x + gap * dx, y + gap * dy), anchor, text);
    }

    /// A text whose anchor (PGF's names) is at a place.
    pub fn text(&mut self, (x, y): (f64, f64), anchor: &str, text: &str) {
        if !text.is_empty() {
            // The place comes first: a rotation would turn what follows it. PGF has no name for the
            // middle, which is its default.
            let anchor = if anchor == "center" { "".into() } else { format!(",{anchor}") };
            self.line(&format!("\\pgftext[x={:.3}pt,y={:.3}pt{anchor}]{{{text}}}", x * PT, y * PT));
        }
    }
}
