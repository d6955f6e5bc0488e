//! The questions of the homework, and the answers that each must print.

use crate::graph::IN_FULL;
use crate::problems::{Homework, Solved};

/// A part of the homework that is marked on Gradescope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Question {
    Q1a,
    Q1b,
    Q2a,
    Q2b,
    Q2bRegression,
    Q2c,
}

impl Question {
    /// In the order of the document.
    pub const ALL: [Question; 6] =
        [Self::Q1a, Self::Q1b, Self::Q2a, Self::Q2b, Self::Q2bRegression, Self::Q2c];

    /// As on Gradescope: `1(a)`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Q1a => "1(a)",
            Self::Q1b => "1(b)",
            Self::Q2a => "2(a)",
            Self::Q2b => "2(b)",
            Self::Q2bRegression => "2(b) regression",
            Self::Q2c => "2(c)",
        }
    }

    /// What it is about: the rest of its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Q1a => "The gradient of a loss through a matrix product",
            Self::Q1b => "One gradient step on the L2 loss",
            Self::Q2a => "The derivative of the sigmoid and its extrema",
            Self::Q2b => "Cross-entropy: the gradient of every weight",
            Self::Q2bRegression => "Squared error: the gradient in symbols",
            Self::Q2c => "Squared error: the gradient in numbers",
        }
    }

    /// What stands in a box of its own where the answer is no list of numbers.
    pub fn boxes(self) -> &'static [Boxed] {
        const fn boxed(name: &'static str, sign: &'static str) -> Boxed {
            Boxed { name, sign }
        }
        match self {
            Self::Q1a => const { &[boxed("∂L/∂W", "\\pd")] },
            Self::Q1b => const { &[boxed("the updated W", "W")] },
            Self::Q2a => {
                const { &[boxed("σ′(z)", "1-\\sigma"), boxed("the extrema of σ′", "\\frac14")] }
            }
            Self::Q2bRegression => const { &[boxed("the gradients in symbols", "\\pd")] },
            Self::Q2b | Self::Q2c => &[],
        }
    }

    /// The template that answers it.
    pub fn template(self) -> &'static str {
        match self {
            Self::Q1a => "problem1a.tex",
            Self::Q1b => "problem1b.tex",
            Self::Q2a => "problem2a.tex",
            Self::Q2b => "problem2b.tex",
            Self::Q2bRegression => "problem2b_regression.tex",
            Self::Q2c => "problem2c.tex",
        }
    }
}

/// A result in symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Boxed {
    pub name: &'static str,
    /// LaTeX that it has as the built-in templates write it, and another result of its question has
    /// not.
    pub sign: &'static str,
}

/// One number that its question must print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its place in the JSON, such as `problem2.classification.dL_dw[0]`.
    pub name: String,
    pub question: Question,
    /// In ASCII, as in the JSON.
    pub printed: String,
    /// For math mode.
    pub latex: String,
    /// The step that templates print it with, such as `b.layers[0].dL_dw`.
    pub field: String,
    /// What templates print it alone with, such as `b.layers[0].dL_dw.value`.
    pub value: String,
    /// What templates print it in a box with, such as `b.boxed`; none where a table holds it.
    pub boxed: Option<&'static str>,
}

/// The numbers that the homework asks for, by question.
pub fn answers(homework: &Homework) -> Vec<Answer> {
    let Solved { problem, solution } = &homework.product;
    let updated = solution.printed(problem.w_updated);
    let mut found = Vec::new();
    if updated.nrows() <= IN_FULL && updated.ncols() <= IN_FULL {
        for (i, row) in updated.row_iter().enumerate() {
            for (j, value) in row.iter().enumerate() {
                let name = format!("problem1.W_updated[{i}][{j}]");
                let (printed, latex) = (value.to_string(), value.latex());
                found.push(Answer {
                    name,
                    question: Question::Q1b,
                    printed,
                    latex,
                    field: "p1.W_updated".into(),
                    value: if updated.len() == 1 {
                        "p1.W_updated.value".into()
                    } else {
                        format!("p1.W_updated.entries[{i}][{j}]")
                    },
                    boxed: Some("p1.W_updated.boxed"),
                });
            }
        }
    }
    let chains = [
        ("classification", ("b", "b.boxed"), Question::Q2b, &homework.classification),
        ("regression", ("c", "c.boxed"), Question::Q2c, &homework.regression),
    ];
    for (name, (view, boxed), question, Solved { problem, solution }) in chains {
        for (k, layer) in problem.layers.iter().enumerate() {
            let value = &solution.printed(layer.d_w)[(0, 0)];
            let name = format!("problem2.{name}.dL_dw[{k}]");
            found.push(Answer {
                name,
                question,
                printed: value.to_string(),
                latex: value.latex(),
                field: format!("{view}.layers[{k}].dL_dw"),
                value: format!("{view}.layers[{k}].dL_dw.value"),
                boxed: (!problem.is_deep()).then_some(boxed),
            });
        }
    }
    found
}
