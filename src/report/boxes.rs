//! What is asked for stands in a box, where a grader looks first: editing words can lose it without
//! losing the numbers, which stand in the derivation too.

use std::ops::Range;

use super::coverage::results;
use super::live::{behind_group, is_command, live, section};
use super::questions::{Answer, Question};
use crate::diagnostic::Diagnostic;

/// Commands that draw a frame around their last argument, without the backslash.
const FRAMES: [&str; 9] = [
    "boxed",
    "fbox",
    "framebox",
    "colorbox",
    "fcolorbox",
    "tcbox",
    "tcboxmath",
    "Aboxed",
    "shadowbox",
];
/// Environments that draw one around all that is in them.
const FRAMED: [&str; 6] = ["tcolorbox", "mdframed", "framed", "shaded", "boxedminipage", "empheq"];
/// What defines a command or an environment; its name and its meaning follow.
const DEFINE: [&str; 7] = [
    "\\newcommand",
    "\\renewcommand",
    "\\providecommand",
    "\\NewDocumentCommand",
    "\\def",
    "\\newenvironment",
    "\\NewDocumentEnvironment",
];
/// Displayed formulas, but for `\[ … \]`.
const DISPLAYS: [&str; 8] =
    ["equation", "equation*", "align", "align*", "gather", "gather*", "multline*", "displaymath"];

/// Warnings about answers that their section of the generated LaTeX prints in no box, and about
/// displayed formulas with nothing in them, each with the bytes of the document that it is about.
pub fn unboxed(
    latex: &str,
    answers: &[Answer],
    templates: &str,
) -> Vec<(Range<usize>, Diagnostic)> {
    let latex = live(latex);
    let boxes = boxes(&latex);
    let mut empty: Vec<_> = empty(&latex).collect();
    let mut found = Vec::new();
    for question in Question::ALL {
        let Some(section) = section(&latex, question) else { continue };
        let boxes: Vec<&Range<usize>> =
            boxes.iter().filter(|inside| section.contains(&inside.start)).collect();
        let answers: Vec<&Answer> =
            answers.iter().filter(|answer| answer.question == question).collect();
        let lost = if answers.is_empty() {
            too_few(question, section.clone(), boxes.len(), templates)
        } else {
            numbers(&latex, section.clone(), &boxes, &answers, templates)
        };
        let Some((mut at, warning)) = lost else { continue };
        // There the box was: one mistake.
        if let Some(blank) = empty.iter().position(|(begin, _)| section.contains(&begin.start)) {
            at = empty.remove(blank).0;
        }
        found.push((at, warning));
    }
    found.extend(empty);
    found
}

/// The numbers that stand in no box, told by the first of them, at its last place.
fn numbers(
    latex: &str,
    section: Range<usize>,
    boxes: &[&Range<usize>],
    answers: &[&Answer],
    templates: &str,
) -> Option<(Range<usize>, Diagnostic)> {
    let is_bare = |answer: &Answer| {
        let mut inside =
            boxes.iter().flat_map(|inside| results(&latex[(*inside).clone()], &answer.latex));
        answer.boxed.is_some() && inside.next().is_none()
    };
    let bare: Vec<&&Answer> = answers.iter().filter(|answer| is_bare(answer)).collect();
    let (first, rest) = bare.split_first()?;
    let start = section.start + results(&latex[section.clone()], &first.latex).last()?;
    let more = match rest.len() {
        0 => String::new(),
        n => format!(" (and {n} more)"),
    };
    let (label, template) = (first.question.label(), first.question.template());
    let warning = Diagnostic::warning(format!(
        "question {label} prints {} = {}{more} in no box any more",
        first.name, first.printed
    ))
    .help(format!(
        "graders look for the box: write \\[ << {} >> \\] into {templates}/{template}",
        first.boxed.unwrap_or_default()
    ));
    Some((start..start + first.latex.len(), warning))
}

/// A section whose answer is no list of numbers, with fewer boxes than it has results.
fn too_few(
    question: Question,
    section: Range<usize>,
    count: usize,
    templates: &str,
) -> Option<(Range<usize>, Diagnostic)> {
    let results = question.boxes();
    if count >= results.len() {
        return None;
    }
    let (label, template) = (question.label(), question.template());
    let has = if count == 0 { "no box".to_owned() } else { format!("{count} box") };
    let warning = Diagnostic::warning(format!(
        "question {label} has {has} for its answer: {}",
        results.join(" and ")
    ))
    .help(format!(
        "graders look for the box: in {templates}/{template} write \\boxed{{…}} around each result"
    ));
    // The heading stands right before the section.
    let heading = "\\question{".len() + label.len() + "}".len();
    Some((section.start - heading..section.start, warning))
}

/// What stands in the boxes of a document.
fn boxes(latex: &str) -> Vec<Range<usize>> {
    let (commands, environments) = frames(latex);
    let mut found = Vec::new();
    for (at, _) in latex.match_indices('\\') {
        let name = command_name(&latex[at + 1..]);
        let behind = at + 1 + name.len();
        if commands.contains(&name) {
            found.push(behind..latex.len() - behind_arguments(&latex[behind..]).len());
        } else if name == "begin"
            && let Some(environment) = group(&latex[behind..])
            && environments.contains(&environment)
            && let Some(length) = latex[behind..].find(&format!("\\end{{{environment}}}"))
        {
            found.push(behind..behind + length);
        }
    }
    found
}

/// Commands and environments that draw frames: the known ones, and those of the document's own that
/// use one.
fn frames(latex: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut commands, mut environments) = (FRAMES.to_vec(), FRAMED.to_vec());
    for (at, _) in latex.match_indices('\\') {
        let Some(define) = DEFINE.iter().find(|define| is_command(&latex[at..], define)) else {
            continue;
        };
        let rest = latex[at + define.len()..].trim_start_matches('*');
        let (name, behind) = match group(rest) {
            Some(name) => (name, &rest[name.len() + 2..]),
            None => rest.split_at(rest.len() - rest.trim_start_matches(is_of_name).len()),
        };
        // `\def\name#1{…}` has its parameters before the meaning.
        let behind = behind.trim_start_matches(|c: char| c == '#' || c.is_ascii_digit());
        let meaning = &behind[..behind.len() - behind_arguments(behind).len()];
        let draws = meaning.match_indices('\\').any(|(at, _)| {
            let used = command_name(&meaning[at + 1..]);
            let begun = group(&meaning[at + 1 + used.len()..]).unwrap_or_default();
            commands.contains(&used) || (used == "begin" && environments.contains(&begun))
        });
        match name.strip_prefix('\\') {
            Some(name) if draws => commands.push(command_name(name)),
            None if draws => environments.push(name),
            _ => {}
        }
    }
    (commands, environments)
}

fn is_of_name(c: char) -> bool {
    c == '\\' || c.is_ascii_alphabetic()
}

/// The letters of a command whose backslash is behind us.
fn command_name(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len())]
}

/// What stands in the braces with which a text begins.
fn group(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('{')?;
    let length = inside.len() - behind_group(inside).len();
    inside.get(..length.checked_sub(1)?)
}

/// What follows all arguments, in braces and brackets, with which a text begins.
fn behind_arguments(text: &str) -> &str {
    let mut rest = text.trim_start_matches('*');
    loop {
        let next = rest.trim_start();
        rest = if let Some(inside) = next.strip_prefix('{') {
            behind_group(inside)
        } else if let Some(inside) = next.strip_prefix('[') {
            inside.split_once(']').map_or("", |(_, after)| after)
        } else {
            return rest;
        };
    }
}

/// Displayed formulas that are empty.
fn empty(latex: &str) -> impl Iterator<Item = (Range<usize>, Diagnostic)> + '_ {
    let brackets = latex
        .match_indices("\\[")
        .filter(|(at, _)| !latex[..*at].ends_with('\\'))
        .map(|(at, begin)| (at..at + begin.len(), "\\]".to_owned(), "formula"));
    let environments = DISPLAYS.iter().flat_map(move |name| {
        latex.match_indices("\\begin{").filter_map(move |(at, begin)| {
            let behind = latex[at + begin.len()..].strip_prefix(name)?.strip_prefix('}')?;
            Some((at..latex.len() - behind.len(), format!("\\end{{{name}}}"), *name))
        })
    });
    brackets.chain(environments).filter_map(|(begin, end, name)| {
        let inside = &latex[begin.end..begin.end + latex[begin.end..].find(&end)?];
        let is_blank = |c: char| c.is_whitespace() || "&\\.,;".contains(c);
        inside.chars().all(is_blank).then(|| {
            let warning = Diagnostic::warning(format!("this {name} is empty"))
                .help("write the formula into it, or take it out");
            (begin, warning)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "question 2(c) prints g = 0.85623 in no box any more";

    fn answer() -> Answer {
        Answer {
            name: "g".into(),
            question: Question::Q2c,
            printed: "0.85623".into(),
            latex: "0.85623".into(),
            field: "c.layers[0].dL_dw".into(),
            boxed: Some("c.boxed"),
        }
    }

    /// Messages, each with what it is about.
    fn found(latex: &str, answers: &[Answer]) -> Vec<(String, String)> {
        let found = unboxed(latex, answers, "templates").into_iter();
        found.map(|(at, warning)| (warning.message, latex[at].to_owned())).collect()
    }

    #[test]
    fn a_number_in_the_derivation_alone_is_in_no_box() {
        let latex = "\\question{2(c)}{}{} $g = 0.85623$, \\boxed{1} so $g = 0.85623$.";
        let [(message, at)] = &found(latex, &[answer()])[..] else { panic!("one warning") };
        assert_eq!((message.as_str(), at.as_str()), (ONE, "0.85623"));
        let (at, warning) = &unboxed(latex, &[answer()], "templates")[0];
        assert_eq!(at.start, latex.rfind("0.85623").unwrap(), "the last of them");
        let help = warning.help.as_deref().unwrap_or_default();
        assert!(help.contains("\\[ << c.boxed >> \\] into templates/problem2c.tex"), "{help}");
        let in_table = Answer { boxed: None, ..answer() };
        assert_eq!(found(latex, &[in_table]), []);
    }

    #[test]
    fn every_kind_of_box_is_one() {
        for boxed in [
            "\\boxed{\\;g = 0.85623\\;}",
            "\\fbox{$g = 0.85623$}",
            "\\fcolorbox{red}{white}{$0.85623$}",
            "\\framebox[3cm]{0.85623}",
            "\\begin{tcolorbox}\n$0.85623$\n\\end{tcolorbox}",
            "\\newcommand{\\answer}[1]{\\fbox{$#1$}} \\answer{0.85623}",
            "\\def\\answer#1{\\boxed{#1}} \\answer{0.85623}",
            "\\newenvironment{result}{\\begin{framed}}{\\end{framed}}\\begin{result}0.85623\\end{result}",
        ] {
            let latex = format!("\\question{{2(c)}}{{}}{{}} {boxed}");
            assert_eq!(found(&latex, &[answer()]), [], "{boxed}");
        }
        for bare in [
            "\\newcommand{\\answer}[1]{\\textbf{$#1$}} \\answer{0.85623}",
            "\\boxed{x} 0.85623",
            "\\boxed{10.85623} 0.85623",
        ] {
            let latex = format!("\\question{{2(c)}}{{}}{{}} {bare}");
            assert_eq!(found(&latex, &[answer()]).len(), 1, "{bare}");
        }
    }

    #[test]
    fn answers_in_symbols_have_as_many_boxes_as_results() {
        let latex = "\\question{2(a)}{}{} \\boxed{a} % \\boxed{b}\n\\question{1(a)}{}{} \\boxed{c}";
        let [(message, at)] = &found(latex, &[])[..] else { panic!("one warning") };
        assert_eq!(message, "question 2(a) has 1 box for its answer: σ′(z) and the extrema of σ′");
        assert_eq!(at, "\\question{2(a)}");
    }

    #[test]
    fn a_box_that_left_its_formula_empty_is_one_mistake() {
        let latex = "\\question{2(c)}{}{} 0.85623 \\begin{equation*}\n\\end{equation*} $0.85623$";
        let begin = "\\begin{equation*}".to_owned();
        assert_eq!(found(latex, &[answer()]), [(ONE.to_owned(), begin)]);
    }

    #[test]
    fn an_empty_formula_is_told_at_its_beginning() {
        let latex =
            "a \\\\[4pt] \\begin{equation*}\n % x = 1\n\\end{equation*} \\[ x \\] \\[ . \\]";
        let messages: Vec<String> = found(latex, &[]).into_iter().map(|(m, _)| m).collect();
        assert_eq!(messages, ["this formula is empty", "this equation* is empty"]);
    }
}
