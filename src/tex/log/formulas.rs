//! Which `$` lacks its partner. TeX takes each for the partner of the one before, and complains where
//! that does not work out in the end: often far from the place at which one is missing.

/// Commands whose arguments may be words in a formula.
const TEXTS: [&str; 8] =
    ["text", "textrm", "textbf", "textit", "mathrm", "mbox", "operatorname", "begin"];

/// A `$` without a partner.
#[derive(Debug, PartialEq)]
pub(super) struct Lonely {
    /// Counted from 1.
    pub line: u32,
    /// That line up to the `$`, which is its end.
    pub before: String,
    /// A formula begins there; otherwise one ends there.
    pub opens: bool,
}

/// The `$` that has none, in the paragraph in which TeX had come to the end of `near`, in the line
/// `end`; it stands before that place. If the paragraph has an even number of them, and `cut_off`
/// allows it, the one that was open there counts.
pub(super) fn lonely(source: &str, end: Option<u32>, near: &str, cut_off: bool) -> Option<Lonely> {
    let lines: Vec<&str> = source.lines().collect();
    let end = (end? as usize).checked_sub(1)?;
    let is_blank = |line: &&str| line.trim().is_empty();
    // At a blank line, TeX looks back at the paragraph that it ends.
    let last = if lines.get(end).is_none_or(is_blank) { end.checked_sub(1)? } else { end };
    let above = lines.get(..last)?.iter().rposition(is_blank);
    let first = above.map_or(0, |blank| blank + 1);
    let below = lines.get(last..)?.iter().position(is_blank);
    let paragraph = lines.get(first..below.map_or(lines.len(), |blank| last + blank))?;
    let all = dollars(paragraph);
    let read_to = if last < end { lines[last].len() } else { read_of(lines[end], near) };
    let is_read = |dollar: &Dollar| (dollar.line, dollar.at) < (last - first, read_to);
    let read = &all[..all.iter().take_while(|dollar| is_read(dollar)).count()];
    let odd = |dollars: &[Dollar]| dollars.len() % 2 == 1;
    let found = if odd(&all) {
        let next = lines.get(last + 1..).unwrap_or_default();
        if cut_off && near.trim().is_empty() && goes_on(paragraph, *all.last()?, next) {
            return None;
        }
        partnerless(paragraph, &all).filter(is_read)?
    } else {
        let is_text = ends_in_text(source, u32::try_from(end + 1).ok(), near);
        partnerless(paragraph, read).filter(|_| cut_off && odd(read) && !is_text)?
    };
    let (before, after) = paragraph[found.line].split_at(found.at + 1);
    let opens = before[..found.at]
        .chars()
        .next_back()
        .is_none_or(|c| c.is_whitespace() || "(~".contains(c))
        || !after.chars().next().is_none_or(|c| c.is_whitespace() || ".,;:)".contains(c));
    let line = u32::try_from(first + found.line + 1).ok()?;
    Some(Lonely { line, before: before.to_owned(), opens })
}

/// Whether a formula that begins with the last `$` of a paragraph ends behind the blank lines below it:
/// no words stand up to the first `$` there.
fn goes_on(paragraph: &[&str], last: Dollar, below: &[&str]) -> bool {
    let below = below.iter().skip_while(|line| line.trim().is_empty());
    let below: Vec<&str> = below.take_while(|line| !line.trim().is_empty()).copied().collect();
    let Some(end) = dollars(&below).into_iter().next() else { return false };
    let head = &paragraph[last.line][last.at + 1..];
    let rest = paragraph.get(last.line + 1..).unwrap_or_default();
    let tail = &below[end.line][..end.at];
    let above = below.get(..end.line).unwrap_or_default();
    let formula = [&[head], rest, above, &[tail]].concat().join(" ");
    words(formula.trim()) == 0
}

/// Whether TeX had come, in a line, to the end of `near` in a formula within a group or right behind
/// a text: there the complaint is about the text.
pub(super) fn ends_in_text(source: &str, line: Option<u32>, near: &str) -> bool {
    let text = line.and_then(|line| source.lines().nth((line as usize).checked_sub(1)?));
    let read = text.map(|text| &text[..read_of(text, near)]).unwrap_or_default();
    let begun = dollars(&[read]).pop().map(|dollar| &read[dollar.at..]);
    !near.trim().is_empty() && begun.is_some_and(is_within)
}

/// Whether a formula ends within a group with a text in it, or with a text.
fn is_within(formula: &str) -> bool {
    let mut open = Vec::new();
    let mut escaped = false;
    let mut ends_with_text = false;
    for (at, c) in formula.char_indices() {
        ends_with_text = false;
        match c {
            _ if escaped => {}
            '{' => open.push(at),
            '}' => {
                let before = &formula[..open.pop().unwrap_or_default()];
                let command = before.rsplit('\\').next().unwrap_or_default();
                ends_with_text = before.contains('\\') && TEXTS.contains(&command);
            }
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    let has_text = TEXTS.iter().any(|text| formula.contains(&format!("\\{text}{{")));
    ends_with_text || (has_text && !open.is_empty())
}

/// How much of a line was read, if `near` is the end of that.
fn read_of(line: &str, near: &str) -> usize {
    let near = near.trim_start_matches("...");
    line.find(near).map_or(line.len(), |at| at + near.len())
}

/// A `$` in a paragraph.
#[derive(Clone, Copy, Debug)]
struct Dollar {
    /// Counted from 0, in the paragraph.
    line: usize,
    at: usize,
}

/// All of them, but for `\$` and those in comments.
fn dollars(paragraph: &[&str]) -> Vec<Dollar> {
    let mut found = Vec::new();
    for (line, text) in paragraph.iter().enumerate() {
        let mut escaped = false;
        for (at, c) in text.char_indices() {
            match c {
                _ if escaped => {}
                '$' => found.push(Dollar { line, at }),
                '%' => break,
                _ => {}
            }
            escaped = c == '\\' && !escaped;
        }
    }
    found
}

/// The one without which the others enclose the fewest words in formulas. Displays, in `$$`, are
/// left to TeX.
fn partnerless(paragraph: &[&str], dollars: &[Dollar]) -> Option<Dollar> {
    let between = |pair: &[Dollar]| -> Option<usize> {
        let [from, to] = pair else { return None };
        if from.line == to.line {
            let text = &paragraph[from.line][from.at + 1..to.at];
            return (!text.is_empty()).then(|| words(text));
        }
        let mut text = paragraph[from.line][from.at + 1..].to_owned();
        for line in paragraph.get(from.line + 1..to.line)? {
            text += " ";
            text += line;
        }
        Some(words(&(text + " " + &paragraph[to.line][..to.at])))
    };
    let costs: Vec<usize> = dollars.windows(2).map(between).collect::<Option<_>>()?;
    let cost = |index: &usize| -> usize {
        let before = costs[..*index].iter().step_by(2).sum::<usize>();
        before + costs.iter().skip(index + 1).step_by(2).sum::<usize>()
    };
    let best = (0..dollars.len()).step_by(2).min_by_key(cost)?;
    dollars.get(best).copied()
}

/// How many words stand in a formula; a space at its edge counts as one.
fn words(formula: &str) -> usize {
    let mut count = usize::from(formula.trim() != formula);
    let mut rest = formula;
    while let Some(start) = rest.find(|c: char| c == '\\' || c.is_alphabetic()) {
        let is_command = rest[start..].starts_with('\\');
        let word = &rest[start + usize::from(is_command)..];
        let length = word.find(|c: char| !c.is_alphabetic()).unwrap_or(word.len());
        let (word, after) = word.split_at(length);
        rest = after;
        if !is_command {
            count += usize::from(word.chars().count() > 1);
        } else if TEXTS.contains(&word) {
            rest = rest.split_once('}').map_or("", |(_, after)| after);
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line up to the lonely `$`, and whether it opens a formula.
    fn found(text: &str, line: u32, near: &str) -> Option<(String, bool)> {
        lonely(text, Some(line), near, true).map(|lonely| (lonely.before, lonely.opens))
    }

    #[test]
    fn the_words_tell_which_one_is_alone() {
        for (text, before, opens) in [
            ("The loss $L is small, and the gradient $g$ is, too.", "The loss $", true),
            ("a $x$ and the value $y of it", "a $x$ and the value $", true),
            ("With x$ and the $y$ of it", "With x$", false),
            ("a $x$ and\nthe values $z are, for\nall of the $y$.", "the values $", true),
            (
                "a $x_{\\text{is and the}} + y$, then $z of $a$",
                "a $x_{\\text{is and the}} + y$, then $",
                true,
            ),
            ("\\$5 for $x and 50\\% more % $y$", "\\$5 for $", true),
        ] {
            let text = format!("Before.\n\n{text}\n\nAfter $x$.\n");
            let end = text.lines().position(|line| line == "After $x$.").unwrap() as u32;
            assert_eq!(found(&text, end, ""), Some((before.to_owned(), opens)), "{text}");
        }
    }

    #[test]
    fn a_formula_that_is_closed_is_not_to_blame() {
        for near in [
            "A $L_{\\text{cross_",
            "A $L_{\\text{cross_entropy}",
            "A $L_{\\text{cross_entropy}}$ and $\\text{a_b}",
        ] {
            let text = "A $L_{\\text{cross_entropy}}$ and $\\text{a_b}$.\n";
            assert_eq!(found(text, 1, near), None, "{near}");
        }
        assert_eq!(found("$a +\n\nb$\n", 2, ""), None);
        let words = found("$a is\n\nlonger and $b$ too\n", 2, "");
        assert_eq!(words, Some(("$".to_owned(), true)));
    }

    #[test]
    fn what_comes_later_is_not_to_blame() {
        assert_eq!(found("An x_1 and $y\n\n", 1, "An x_"), None);
        assert_eq!(found("An x_1 and $y$\n\n", 1, "An x_"), None);
        let first = found("The $L is, and $\\beta$ not.\n\n", 1, "The $L is, and $\\beta");
        assert_eq!(first, Some(("The $".to_owned(), true)));
    }
}
