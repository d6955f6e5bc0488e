//! Every answer must be printed in its own section: editing words can lose one.

use std::ops::Range;

use super::live::section;
use super::questions::{Answer, Question};
use crate::diagnostic::Diagnostic;
use crate::latex::{command_name, group};

/// An error, and the bytes that it is about where something stands in the place of what is missing.
pub type Missing = (Option<Range<usize>>, Diagnostic);

/// The answers that their section does not print, in what is [`live`](super::live::live) of the
/// generated LaTeX, as errors that name the answer, the question, the template and the line to add.
/// `used` are the names of the templates that the document is made from, `written` all of it.
pub fn missing(
    latex: &str,
    answers: &[Answer],
    templates: &str,
    used: &[&str],
    written: &str,
) -> Vec<Missing> {
    let has_no_heading =
        |question: &Question| !latex.contains(&format!("\\question{{{}}}", question.label()));
    let lost: Vec<Question> = Question::ALL.into_iter().filter(has_no_heading).collect();
    if !lost.is_empty() {
        let told = lost.into_iter().map(|question| {
            replaced(question, latex, written, templates)
                .unwrap_or_else(|| (None, headless(question, templates, used)))
        });
        return told.collect();
    }
    let absent = |answer: &&Answer| {
        let section = section(latex, answer.question);
        !section.is_some_and(|section| prints(&latex[section], &answer.latex))
    };
    let numbers = answers.iter().filter(absent).map(|answer| report(answer, templates));
    // What is answered in symbols has no number that could be looked for.
    let empty = |question: &&Question| {
        answers.iter().all(|answer| answer.question != **question)
            && section(latex, **question).is_some_and(|section| !latex[section].contains('='))
    };
    let symbols =
        Question::ALL.iter().filter(empty).map(|&question| unanswered(question, templates));
    numbers.chain(symbols).map(|one| (None, one)).collect()
}

/// A question that is answered in symbols, whose section has no equation.
fn unanswered(question: Question, templates: &str) -> Diagnostic {
    let (label, template) = (question.label(), question.template());
    Diagnostic::error(format!("question {label} is not answered: its section has no equation"))
        .help(format!(
            "write the derivation into {templates}/{template}; without that file the program's own is used"
        ))
}

/// A question whose heading is written otherwise, or whose template is read otherwise.
fn replaced(question: Question, latex: &str, written: &str, templates: &str) -> Option<Missing> {
    let (label, template) = (question.label(), question.template());
    let heading = format!("\\question{{{label}}}");
    let lost = Diagnostic::error(format!("question {label} has no heading"));
    if let Some((at, other)) = similar_heading(latex, label) {
        return Some((Some(at), lost.help(format!("write {heading} for {other}"))));
    }
    if let Some(at) = written.find(&heading) {
        let help = format!(
            "nothing of it is printed here: is there a % before it, or before `<% include \"{template}\" %>`? Tags behind a % are tags still"
        );
        return Some((Some(at..at + heading.len()), lost.help(help)));
    }
    let stem = template.trim_end_matches(".tex");
    let (at, read) = latex.match_indices("\\input").find_map(|(at, command)| {
        let name = latex[at + command.len()..].trim_start_matches(['{', ' ']).strip_prefix(stem)?;
        (!name.starts_with(|c: char| c.is_alphanumeric() || c == '_')).then_some((at, command))
    })?;
    let help = format!(
        "TeX reads {templates}/{template} with its tags: write `<% include \"{template}\" %>` for {read}"
    );
    Some((Some(at..at + read.len()), lost.help(help)))
}

/// What is like the heading of a question but for its spaces, brackets and capitals.
fn similar_heading<'l>(latex: &'l str, label: &str) -> Option<(Range<usize>, &'l str)> {
    let letters = |text: &str| {
        text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>()
    };
    let commands = latex.match_indices('\\').map(|(at, _)| at);
    commands.filter(|at| command_name(&latex[at + 1..]).eq_ignore_ascii_case("question")).find_map(
        |at| {
            let behind = at + 1 + "question".len();
            let argument = latex[behind..].trim_start();
            let inside = group(argument)?;
            let end = latex.len() - argument.len() + inside.len() + "{}".len();
            (letters(inside) == letters(label)).then_some((at..end, &latex[at..end]))
        },
    )
}

/// A question without its heading: none of its answers can be found.
fn headless(question: Question, templates: &str, used: &[&str]) -> Diagnostic {
    let (label, template) = (question.label(), question.template());
    if !used.contains(&template) {
        return Diagnostic::error(format!("question {label} is not in the document")).help(format!(
            "nothing includes {templates}/{template}: write `<% include \"{template}\" %>` into {templates}/report.tex"
        ));
    }
    let index = Question::ALL.iter().position(|other| *other == question).unwrap_or_default();
    Diagnostic::error(format!("question {label} is not in the document, or its heading is not"))
        .help(format!(
            "begin {templates}/{template} with this line: \\question{{{label}}}{{<< questions[{index}].title >>}}{{<< questions[{index}].anchor >>}}; {templates}/report.tex includes the file"
        ))
}

fn report(answer: &Answer, templates: &str) -> Diagnostic {
    let Answer { name, question, printed, field, .. } = answer;
    let (label, template) = (question.label(), question.template());
    Diagnostic::error(format!("question {label} does not print {name} = {printed}"))
        .help(format!("add this line to {templates}/{template}: \\[ << {field}.result >> \\]"))
}

/// Whether the number stands in the text as a result: whole, not a part of a longer number, and not
/// an operand of something else.
fn prints(text: &str, number: &str) -> bool {
    results(text, number).next().is_some()
}

/// Where it does, in bytes of the text.
pub(super) fn results<'t>(text: &'t str, number: &'t str) -> impl Iterator<Item = usize> + 't {
    text.match_indices(number).map(|(at, _)| at).filter(move |&at| {
        let (before, after) = (&text[..at], &text[at + number.len()..]);
        let part = before.ends_with(|c: char| c.is_ascii_digit() || c == '.')
            || after.starts_with(|c: char| c.is_ascii_digit())
            || after
                .strip_prefix('.')
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        !part && !is_operand(before.trim_end(), after.trim_start())
    })
}

/// Whether an operator joins what stands between these texts to something else.
fn is_operand(before: &str, after: &str) -> bool {
    const OPERATORS: [&str; 7] = ["\\cdot", "\\times", "\\div", "+", "-", "*", "/"];
    let joins = |operator: &&str| before.ends_with(*operator) || after.starts_with(*operator);
    OPERATORS.iter().any(joins) || after.starts_with('^')
}

#[cfg(test)]
mod tests {
    use super::super::live::live;
    use super::*;

    /// Of a document that has the other questions, too.
    fn missing(latex: &str, answers: &[Answer], templates: &str) -> Vec<Diagnostic> {
        let others = Question::ALL.map(|question| format!("\\question{{{}}}", question.label()));
        let others = others.into_iter().filter(|heading| !latex.contains(heading));
        let rest: String = others.map(|heading| heading + "{} $a = b$\n").collect();
        let written = format!("{latex}\n\\beyond{{}}{{}}{rest}");
        let found = super::missing(&live(&written), answers, templates, &[], &written);
        found.into_iter().map(|(_, one)| one).collect()
    }

    #[test]
    fn what_stands_in_the_place_of_a_heading_is_told_there() {
        let others = Question::ALL.map(|question| format!("\\question{{{}}}", question.label()));
        let others = others.into_iter().filter(|heading| !heading.contains("2(a)"));
        let rest: String = others.map(|heading| heading + "{} $a = b$\n").collect();
        let used = Question::ALL.map(Question::template);
        for (text, used, place, gist) in [
            ("\\question {2(a)}{}", &used[..], "\\question {2(a)}", "write \\question{2(a)} for"),
            ("\\question{2a}{}", &used, "\\question{2a}", "write \\question{2(a)} for"),
            ("\\Question{2(a)}{}", &used, "\\Question{2(a)}", "write \\question{2(a)} for"),
            ("% \\question{2(a)}{}", &used, "\\question{2(a)}", "is there a % before it"),
            (
                "\\input{problem2a}",
                &used,
                "\\input",
                "`<% include \"problem2a.tex\" %>` for \\input",
            ),
            ("x", &used[..1], "", "nothing includes templates/problem2a.tex"),
            ("x", &used, "", "begin templates/problem2a.tex with this line"),
        ] {
            let written = format!("{text}\n{rest}");
            let found = super::missing(&live(&written), &[], "templates", used, &written);
            let [(at, one)] = &found[..] else { panic!("{text}: {found:?}") };
            assert_eq!(at.clone().map_or("", |at| &written[at]), place, "{text}");
            assert!(one.help.as_deref().is_some_and(|help| help.contains(gist)), "{text}: {one:?}");
        }
    }

    #[test]
    fn a_question_without_an_equation_is_not_answered() {
        let latex = "\\question{1(a)}{t}{a} % G = 1\nNothing.\n\\question{2(a)}{t}{b} $s = 1$\n";
        let found = missing(latex, &[], "templates");
        let messages: Vec<&str> = found.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(messages, ["question 1(a) is not answered: its section has no equation"]);
    }

    fn answer(latex: &str) -> Answer {
        Answer {
            name: "problem2.regression.dL_dw[0]".into(),
            question: Question::Q2c,
            printed: latex.into(),
            latex: latex.into(),
            field: "c.layers[0].dL_dw".into(),
            value: "c.layers[0].dL_dw.value".into(),
            boxed: Some("c.boxed"),
        }
    }

    #[test]
    fn an_answer_counts_only_in_its_own_section() {
        let text = "\\question{2(b)}{} g = 0.85623 \\question{2(c)}{} nothing \\beyond{}{} 0.85623";
        let found = missing(text, &[answer("0.85623")], "templates");
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("2(c)"), "{}", found[0].message);
        let help = found[0].help.as_deref().unwrap_or_default();
        assert!(
            help.contains("templates/problem2c.tex: \\[ << c.layers[0].dL_dw.result >> \\]"),
            "{help}"
        );
    }

    #[test]
    fn a_question_without_its_heading_is_told_once() {
        let used = Question::ALL.map(Question::template);
        let answers = [answer("0.85623"), answer("7")];
        let found = super::missing("nothing", &answers, "templates", &used, "nothing");
        let found: Vec<Diagnostic> = found.into_iter().map(|(_, one)| one).collect();
        assert_eq!(found.len(), Question::ALL.len());
        assert!(found[5].message.contains("question 2(c) is not in the document"));
        let help = found[5].help.as_deref().unwrap_or_default();
        assert!(help.contains("\\question{2(c)}{<< questions[5].title >>}"), "{help}");
    }

    #[test]
    fn an_answer_that_nobody_sees_is_not_printed() {
        for unseen in [
            "% $0.85623$",
            "\\iffalse $0.85623$ \\fi",
            "\\iffalse \\ifx\\a\\b\\fi $a \\iff 0.85623$ \\fi",
            "\\iftrue\\else\\fi\\iffalse 0.85623 \\else 7 \\fi",
            "\\begin{comment}\n0.85623\n\\end{comment}",
            "\\described{is {about} 0.85623}{\\picture}",
            "\\pdfmark{/Alt (0.85623)}",
            "$\\phantom{0.85623}$",
        ] {
            let text = format!("\\question{{2(c)}}{{}} {unseen}\n");
            assert_eq!(missing(&text, &[answer("0.85623")], "templates").len(), 1, "{unseen}");
        }
        for seen in [
            "100\\% of $0.85623$",
            "% a note\n$0.85623$",
            "\\iffalse no \\else $0.85623$ \\fi",
            "\\iffalse no \\fi 0.85623",
            "\\described{a plot}{$0.85623$}",
            "\\phantom{-}0.85623\\phantom{0}",
        ] {
            let text = format!("\\question{{2(c)}}{{}} {seen}\n");
            assert_eq!(missing(&text, &[answer("0.85623")], "templates").len(), 0, "{seen}");
        }
    }

    #[test]
    fn an_operand_is_not_the_answer() {
        for operand in [
            "3 \\cdot 0.85623 = 2.5687",
            "0.85623 \\cdot 3",
            "1 - 0.85623",
            "-0.85623",
            "0.85623 + 1",
            "0.85623^2",
            "1/0.85623",
        ] {
            let text = format!("\\question{{2(c)}}{{}} ${operand}$");
            assert_eq!(missing(&text, &[answer("0.85623")], "templates").len(), 1, "{operand}");
        }
    }

    #[test]
    fn a_part_of_a_longer_number_is_not_the_answer() {
        for other in ["10.85623", "0.856231", "0.85623\\times 10^{-3}"] {
            let text = format!("\\question{{2(c)}}{{}} ${other}$");
            assert_eq!(missing(&text, &[answer("0.85623")], "templates").len(), 1, "{other}");
        }
        for same in ["$0.85623$", "\\approx 0.85623.", "& 0.85623 \\\\"] {
            let text = format!("\\question{{2(c)}}{{}} {same}");
            assert_eq!(missing(&text, &[answer("0.85623")], "templates").len(), 0, "{same}");
        }
    }
}
