//! From glyphs at places to text in lines.
//!
//! Glyphs come in the order in which the page draws them, which for TeX is the order of reading:
//! line by line, numerator before denominator, matrices row by row. Gaps become spaces, jumps
//! become new lines, and what is smaller and a little higher or lower becomes `^{…}` or `_{…}`,
//! so that 10² is never read as 102.

/// A gap from this on is a space, in font sizes: kerns and italic corrections are smaller, a thin
/// space (0.167) is larger.
const SPACE: f64 = 0.13;
/// Baselines this close are the same, in font sizes.
const SAME_BASELINE: f64 = 0.1;
/// Scripts are smaller than this part of what they belong to (TeX's are 0.67 to 0.76).
const SCRIPT_SIZE: f64 = 0.88;
/// Scripts begin within this distance of what they belong to, in its font size.
const SCRIPT_REACH: f64 = 0.6;
/// A gap before a true script is smaller than this: italic corrections of the slanted capitals.
const FRACTION_GAP: f64 = 0.2;
/// Nothing is a script of these: what is smaller after them is a small matrix.
const OPENING: [char; 4] = ['(', '[', '⟨', '⌊'];
/// Going back further than this, in font sizes, is a new line: accents and kerns go back less.
const BACK: f64 = 0.7;

/// One drawn glyph, in the page's coordinates (points, y upwards).
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    /// The left end of its baseline.
    pub from: (f64, f64),
    /// The right end of its baseline.
    pub to: (f64, f64),
    /// The font's size as it appears on the page.
    pub size: f64,
}

/// A baseline on which writing may go on.
#[derive(Clone, Copy, Debug)]
struct Level {
    /// How high the baseline is.
    up: f64,
    size: f64,
    /// Where its last glyph ended.
    end: f64,
}

/// The text of a page while it is read.
#[derive(Debug, Default)]
pub(super) struct Layout {
    text: String,
    /// Along the text, as a unit vector.
    direction: (f64, f64),
    /// The line's baseline, and those of the scripts that are open.
    levels: Vec<Level>,
    /// The furthest point reached on this line.
    reach: f64,
    /// A space was drawn as a glyph.
    space_drawn: bool,
    /// An accent that waits for its letter.
    accent: Option<char>,
}

impl Layout {
    /// Adds what `glyph` shows: a text, or nothing that is known.
    pub fn put(&mut self, glyph: Glyph, text: Option<&str>) {
        let text = text.unwrap_or("\u{FFFD}");
        if text.is_empty() {
            return;
        }
        if text.chars().all(char::is_whitespace) {
            self.space_drawn = true;
            return;
        }
        if let Some(accent) = combining(text) {
            self.accent = Some(accent);
            return;
        }
        self.turn(&glyph);
        self.go_to(&glyph);
        self.text.push_str(text);
        self.text.extend(self.accent.take());
    }

    /// How many bytes of text there are so far.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// The whole text, in lines.
    pub fn finish(mut self) -> String {
        self.new_line();
        self.text.truncate(self.text.trim_end().len());
        self.text
    }

    /// Text in another direction is another line.
    fn turn(&mut self, glyph: &Glyph) {
        let along = (glyph.to.0 - glyph.from.0, glyph.to.1 - glyph.from.1);
        let length = along.0.hypot(along.1);
        if length < 1e-6 {
            return;
        }
        let direction = (along.0 / length, along.1 / length);
        let cosine = direction.0 * self.direction.0 + direction.1 * self.direction.1;
        if cosine < 0.999 {
            self.new_line();
            self.direction = direction;
        }
    }

    /// Writes what lies between the last glyph and this one.
    fn go_to(&mut self, glyph: &Glyph) {
        let (c, s) = self.direction;
        let along = |p: (f64, f64)| p.0 * c + p.1 * s;
        let (start, end) = (along(glyph.from), along(glyph.to).max(along(glyph.from)));
        let up = glyph.from.1 * c - glyph.from.0 * s;
        let here = Level { up, size: glyph.size, end };
        for depth in (0..self.levels.len()).rev() {
            let Some(&level) = self.levels.get(depth) else { break };
            let (rise, gap) = (up - level.up, start - level.end);
            if rise.abs() < SAME_BASELINE * level.size.min(glyph.size) && gap > -BACK * level.size {
                self.close_scripts(depth + 1);
                self.space(start - self.reach, glyph.size);
                if let Some(level) = self.levels.last_mut() {
                    *level = here;
                }
                self.reach = self.reach.max(end);
                return;
            }
            let is_script = glyph.size < SCRIPT_SIZE * level.size
                && rise.abs() < level.size
                && gap.abs() < SCRIPT_REACH * level.size
                && !self.text.ends_with(OPENING);
            if is_script {
                self.close_scripts(depth + 1);
                // Nothing is raised at that distance but a fraction in a line of text.
                if gap > FRACTION_GAP * level.size {
                    self.text.push(' ');
                }
                self.text.push_str(if rise > 0.0 { "^{" } else { "_{" });
                self.levels.push(here);
                self.reach = self.reach.max(end);
                self.space_drawn = false;
                return;
            }
        }
        self.new_line();
        self.levels.push(here);
        self.reach = end;
    }

    fn space(&mut self, gap: f64, size: f64) {
        if (self.space_drawn || gap > SPACE * size) && !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
        }
        self.space_drawn = false;
    }

    fn close_scripts(&mut self, depth: usize) {
        let closed = self.levels.len().saturating_sub(depth);
        self.text.extend(std::iter::repeat_n('}', closed));
        self.levels.truncate(depth);
    }

    fn new_line(&mut self) {
        self.close_scripts(1);
        self.levels.clear();
        self.space_drawn = false;
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}

/// The combining form of an accent that TeX draws as a glyph of its own, before its letter.
fn combining(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let (first, None) = (chars.next()?, chars.next()) else { return None };
    Some(match first {
        'ˆ' => '\u{302}',
        '˜' => '\u{303}',
        '¯' => '\u{304}',
        '˘' => '\u{306}',
        '˙' => '\u{307}',
        '¨' => '\u{308}',
        'ˇ' => '\u{30C}',
        '\u{300}'..='\u{36F}' | '\u{20D0}'..='\u{20F0}' => first,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts words of half-size glyphs at x, y, size.
    fn lay(words: &[(&str, f64, f64, f64)]) -> String {
        let mut layout = Layout::default();
        for &(word, x, y, size) in words {
            for (i, c) in word.chars().enumerate() {
                let at = |i: usize| (x + 0.5 * size * i as f64, y);
                let glyph = Glyph { from: at(i), to: at(i + 1), size };
                layout.put(glyph, Some(c.encode_utf8(&mut [0; 4])));
            }
        }
        layout.finish()
    }

    #[test]
    fn gaps_are_spaces_and_kerns_are_not() {
        assert_eq!(lay(&[("0.2", 0.0, 0.0, 10.0), ("5", 15.5, 0.0, 10.0)]), "0.25");
        assert_eq!(lay(&[("0.2", 0.0, 0.0, 10.0), ("5", 16.7, 0.0, 10.0)]), "0.2 5");
        assert_eq!(lay(&[("a b", 0.0, 0.0, 10.0)]), "a b");
    }

    #[test]
    fn scripts_are_marked_and_come_back() {
        let power = [("10", 0.0, 0.0, 10.0), ("−5", 10.5, 3.6, 7.0), (",x", 18.0, 0.0, 10.0)];
        assert_eq!(lay(&power), "10^{−5},x");
        let both = [("x", 0.0, 0.0, 10.0), ("2", 5.0, 4.0, 7.0), ("i", 5.0, -2.5, 7.0)];
        assert_eq!(lay(&both), "x^{2}_{i}");
        let nested = [("e", 0.0, 0.0, 10.0), ("w", 5.0, 4.0, 7.0), ("2", 8.5, 3.0, 5.0)];
        assert_eq!(lay(&nested), "e^{w_{2}}");
        let index = [("w", 0.0, 0.0, 10.0), ("2", 5.0, -1.6, 7.0), ("0.63", 8.6, 0.0, 10.0)];
        assert_eq!(lay(&index), "w_{2}0.63");
    }

    #[test]
    fn fractions_and_lines_are_lines() {
        let fraction = [("1.5", 0.0, 7.0, 10.0), ("2.5", 0.0, -7.0, 10.0), ("=3", 20.0, 0.0, 10.0)];
        assert_eq!(lay(&fraction), "1.5\n2.5\n=3");
        let lines = [("12", 300.0, 0.0, 10.0), ("34", 0.0, -12.0, 10.0)];
        assert_eq!(lay(&lines), "12\n34");
        let columns = [("12", 300.0, 0.0, 10.0), ("34", 0.0, 0.0, 10.0)];
        assert_eq!(lay(&columns), "12\n34");
    }

    #[test]
    fn accents_go_on_their_letter() {
        assert_eq!(lay(&[("ˆ", 0.0, 0.0, 10.0), ("y=", 0.0, 0.0, 10.0)]), "y\u{302}=");
        assert_eq!(
            lay(&[("=", 0.0, 0.0, 9.0), ("ˆ", 8.0, 2.5, 9.0), ("Y", 8.0, 0.0, 9.0)]),
            "= Y\u{302}"
        );
    }

    #[test]
    fn text_that_turns_is_a_line_of_its_own() {
        let mut layout = Layout::default();
        for i in 0..3 {
            let at = |i: i32| (0.0, 5.0 * f64::from(i));
            layout.put(Glyph { from: at(i), to: at(i + 1), size: 10.0 }, Some("7"));
        }
        layout.put(Glyph { from: (0.0, 20.0), to: (5.0, 20.0), size: 10.0 }, Some("8"));
        assert_eq!(layout.finish(), "777\n8");
    }
}
