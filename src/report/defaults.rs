//! The templates that the program brings along; files on disk override them by name.

/// Name and text of every default template.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("report.tex", include_str!("../../templates/report.tex")),
    ("title.tex", include_str!("../../templates/title.tex")),
    ("problem1a.tex", include_str!("../../templates/problem1a.tex")),
    ("problem1b.tex", include_str!("../../templates/problem1b.tex")),
    ("problem2a.tex", include_str!("../../templates/problem2a.tex")),
    ("problem2b.tex", include_str!("../../templates/problem2b.tex")),
    ("problem2b_regression.tex", include_str!("../../templates/problem2b_regression.tex")),
    ("problem2c.tex", include_str!("../../templates/problem2c.tex")),
    ("appendix.tex", include_str!("../../templates/appendix.tex")),
];

/// The template that includes all others.
pub const ROOT: &str = "report.tex";
