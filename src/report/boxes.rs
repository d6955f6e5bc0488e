//! What is asked for stands in a box, where a grader looks first: editing words can lose it without
//! losing the numbers, which stand in the derivation too.

use std::ops::Range;

use super::coverage::results;
use super::defaults::TEMPLATES;
use super::empty::empty;
use super::frames::{Frame, Kind, framed};
use super::live::{live, section};
use super::questions::{Answer, Boxed, Question};
use crate::diagnostic::Diagnostic;

/// What an edit leaves behind in what is [`live`] of the generated LaTeX, each with
/// the bytes that it is about: answers in no box, as warnings, and empty formulas, as warnings or,
/// where TeX would stop at one, errors. Where the box was what is gone, the two are one.
pub fn gaps(latex: &str, answers: &[Answer], templates: &str) -> Vec<(Range<usize>, Diagnostic)> {
    let mut empty: Vec<_> = empty(latex).collect();
    let mut found = Vec::new();
    for (question, at, lost) in unboxed(latex, answers, templates) {
        let section = section(latex, question).unwrap_or_default();
        let blank = empty.iter().position(|(begin, _)| section.contains(&begin.start));
        found.push(match blank {
            Some(blank) => {
                let (begin, blank) = empty.remove(blank);
                let boxed = answers.iter().find(|answer| answer.question == question);
                (begin, both(blank, &lost, boxed.and_then(|answer| answer.boxed)))
            }
            None => (at, lost),
        });
    }
    found.extend(empty);
    found
}

/// An empty formula where a box was.
fn both(blank: Diagnostic, lost: &Diagnostic, field: Option<&str>) -> Diagnostic {
    let message = format!("{}, and {}", blank.message, lost.message);
    let boxed = field.map_or("\\boxed{…}".to_owned(), |field| format!("<< {field} >>"));
    let help = format!("graders look for the box: write {boxed} into the formula");
    Diagnostic { message, ..blank }.help(help)
}

/// Warnings about the questions whose answers their section prints in no box.
fn unboxed(
    latex: &str,
    answers: &[Answer],
    templates: &str,
) -> Vec<(Question, Range<usize>, Diagnostic)> {
    let frames = framed(latex);
    let lost = |question: Question| {
        let section = section(latex, question)?;
        let frames: Vec<&Frame> =
            frames.iter().filter(|frame| section.contains(&frame.inside.start)).collect();
        let answers: Vec<&Answer> =
            answers.iter().filter(|answer| answer.question == question).collect();
        let (at, lost) = if answers.is_empty() {
            let count = boxes(latex, &frames, question)?;
            let boxed: String = frames.iter().map(|frame| &latex[frame.inside.clone()]).collect();
            too_few(question, section, count, &boxed, templates)
        } else {
            numbers(latex, section, &frames, &answers, templates)
        }?;
        Some((question, at, lost))
    };
    Question::ALL.into_iter().filter_map(lost).collect()
}

/// How many results in symbols these frames can hold, if that is known: each one, those in others
/// and empty ones none. One with several formulas may hold them all, unless it is a built-in one.
fn boxes(latex: &str, frames: &[&Frame], question: Question) -> Option<usize> {
    let results = question.boxes().len();
    let is_roomy = |inside: &str| {
        (["\\\\", "\\begin", "\\parbox"].iter().any(|sign| inside.contains(sign))
            || inside.matches('=').count() > results)
            && !is_built_in(inside, question)
    };

    let mut end = 0;
    let mut count = 0;
    for frame in frames {
        let inside = &latex[frame.inside.clone()];
        if frame.inside.end <= end
            || is_blank(inside)
            || (frame.kind == Kind::Unknown && !inside.contains('='))
        {
            continue;
        }
        if frame.kind != Kind::Command || is_roomy(inside) {
            return None;
        }
        end = frame.inside.end;
        count += 1;
    }
    Some(count)
}

/// Whether a frame has no signs in it, but those that make space.
fn is_blank(inside: &str) -> bool {
    inside.chars().all(|c| c.is_whitespace() || "{}$&\\!.,:;".contains(c))
}

/// Whether the built-in template of a question has this frame: it holds one result.
fn is_built_in(inside: &str, question: Question) -> bool {
    let template = TEMPLATES.iter().find(|(name, _)| *name == question.template());
    let latex = live(template.map_or("", |(_, latex)| latex));
    let packed = |text: &str| text.split_whitespace().collect::<String>();
    framed(&latex).into_iter().any(|frame| packed(&latex[frame.inside]) == packed(inside))
}

/// The numbers that stand in no box, told by the first of them, at its first place.
fn numbers(
    latex: &str,
    section: Range<usize>,
    frames: &[&Frame],
    answers: &[&Answer],
    templates: &str,
) -> Option<(Range<usize>, Diagnostic)> {
    let is_bare = |answer: &Answer| {
        let mut inside =
            frames.iter().flat_map(|frame| results(&latex[frame.inside.clone()], &answer.latex));
        answer.boxed.is_some() && inside.next().is_none()
    };
    let bare: Vec<&&Answer> = answers.iter().filter(|answer| is_bare(answer)).collect();
    let (first, rest) = bare.split_first()?;
    let start = section.start + results(&latex[section.clone()], &first.latex).next()?;
    let more = match rest.len() {
        0 => String::new(),
        1 => " (and 1 other)".to_owned(),
        n => format!(" (and {n} others)"),
    };
    let (label, template) = (first.question.label(), first.question.template());
    let warning = Diagnostic::warning(format!(
        "question {label} prints {} = {}{more} in no box",
        first.name, first.printed
    ))
    .help(format!(
        "graders look for the box: write \\[ << {} >> \\] into {templates}/{template}",
        first.boxed.unwrap_or_default()
    ));
    Some((start..start + first.latex.len(), warning))
}

/// A section whose answer is no list of numbers, with fewer boxes than it has results; `boxed` is
/// what stands in them.
fn too_few(
    question: Question,
    section: Range<usize>,
    count: usize,
    boxed: &str,
    templates: &str,
) -> Option<(Range<usize>, Diagnostic)> {
    let results = question.boxes();
    if count >= results.len() {
        return None;
    }
    let (label, template) = (question.label(), question.template());
    let names: Vec<&str> = results.iter().map(|result| result.name).collect();
    let message = if count == 0 {
        format!("question {label} has no box for its answer: {}", names.join(" and "))
    } else {
        let (all, wanted) = (names.join(" and "), results.len());
        let is_lost = |result: &&Boxed| !boxed.contains(result.sign);
        let lost: Vec<&Boxed> = results.iter().filter(is_lost).collect();
        let which = match lost[..] {
            [Boxed { name, .. }] if count + 1 == wanted => format!("that of {name} is missing"),
            _ => format!("one for each of {all}"),
        };
        format!("question {label} has {count} box where {wanted} are wanted: {which}")
    };
    let warning = Diagnostic::warning(message).help(format!(
        "graders look for the box: in {templates}/{template} write \\boxed{{…}} around each result"
    ));
    // The heading stands right before the section.
    let heading = "\\question{".len() + label.len() + "}".len();
    Some((section.start - heading..section.start, warning))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;

    const ONE: &str = "question 2(c) prints g = 0.85623 in no box";

    fn answer() -> Answer {
        Answer {
            name: "g".into(),
            question: Question::Q2c,
            printed: "0.85623".into(),
            latex: "0.85623".into(),
            field: "c.layers[0].dL_dw".into(),
            value: "c.layers[0].dL_dw.value".into(),
            boxed: Some("c.boxed"),
        }
    }

    /// Messages, each with what it is about.
    fn found(latex: &str, answers: &[Answer]) -> Vec<(String, String)> {
        let found = gaps(&live(latex), answers, "templates").into_iter();
        found.map(|(at, warning)| (warning.message, latex[at].to_owned())).collect()
    }

    #[test]
    fn a_number_in_the_derivation_alone_is_in_no_box() {
        let latex = "\\question{2(c)}{}{} $g = 0.85623$, \\boxed{1} so $g = 0.85623$.";
        let [(message, at)] = &found(latex, &[answer()])[..] else { panic!("one warning") };
        assert_eq!((message.as_str(), at.as_str()), (ONE, "0.85623"));
        let (at, warning) = &gaps(&live(latex), &[answer()], "templates")[0];
        assert_eq!(at.start, latex.find("0.85623").unwrap(), "the first of them");
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
            "\\myanswer{0.85623}",
            "\\verb|50%| and \\boxed{0.85623}",
            "\\newenvironment{result}{\\begin{framed}}{\\end{framed}}\\begin{result}0.85623\\end{result}",
        ] {
            let latex = format!("\\question{{2(c)}}{{}}{{}} {boxed}");
            assert_eq!(found(&latex, &[answer()]), [], "{boxed}");
        }
        for bare in [
            "\\newcommand{\\answer}[1]{\\textbf{$#1$}} \\answer{0.85623}",
            "\\boxed{x} 0.85623",
            "\\boxed{x}\n\n{0.85623}",
            "\\boxed{x} {0.85623}",
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
        assert_eq!(
            message,
            "question 2(a) has 1 box where 2 are wanted: one for each of σ′(z) and the extrema of σ′"
        );
        let latex = "\\question{2(a)}{}{} \\boxed{\\sigma' = \\sigma (1-\\sigma)} $\\frac14$";
        let [(message, _)] = &found(latex, &[])[..] else { panic!("one warning") };
        assert!(message.ends_with("wanted: that of the extrema of σ′ is missing"), "{message}");
        assert_eq!(at, "\\question{2(a)}");
        for (section, count) in [
            ("\\boxed{\\fbox{a}}", 1),
            ("\\boxed{a} \\fbox{b}", 0),
            ("\\begin{tcolorbox} $a = 1$ and $b = 2$ \\end{tcolorbox}", 0),
            ("\\[ \\boxed{a = 1 \\\\ b = 2} \\]", 0),
            ("\\boxed{a = 1, b = 2, c = 3}", 0),
            ("\\boxed{b = 2, c = 3}", 1),
            ("\\fromstyle{a = 1}", 0),
            ("\\fromstyle{a} \\boxed{b}", 1),
            ("\\boxed{a} \\boxed{}", 1),
            ("\\boxed{a} \\fbox{$\\;$}", 1),
        ] {
            let latex = format!("\\question{{2(a)}}{{}}{{}} {section}");
            assert_eq!(found(&latex, &[]).len(), count, "{section}");
        }
    }

    #[test]
    fn a_box_that_left_its_formula_empty_is_one_mistake() {
        let latex = "\\question{2(c)}{}{} 0.85623 \\begin{equation*}\n\\end{equation*} $0.85623$";
        let begin = "\\begin{equation*}".to_owned();
        let message = format!("this equation* is empty, and {ONE}");
        assert_eq!(found(latex, &[answer()]), [(message, begin)]);
        let help =
            gaps(&live(latex), &[answer()], "templates").remove(0).1.help.unwrap_or_default();
        assert!(help.ends_with("write << c.boxed >> into the formula"), "{help}");
        let severities = |latex: &str| -> Vec<Severity> {
            let found = gaps(&live(latex), &[answer()], "templates").into_iter();
            found.map(|(_, one)| one.severity).collect()
        };
        assert_eq!(severities(latex), [Severity::Warning]);
        let with_line = latex.replace("*}\n", "*}\n  \n");
        assert_eq!(severities(&with_line), [Severity::Error], "TeX allows no blank line there");
    }
}
