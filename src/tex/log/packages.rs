//! LaTeX packages that have the commands and environments that people use most.

/// Each package with the commands that it defines.
const COMMANDS: &[(&str, &str)] = &[
    (
        "amsmath",
        "text dfrac tfrac cfrac binom dbinom tbinom eqref boldsymbol substack intertext overset underset operatorname DeclareMathOperator iint iiint xrightarrow xleftarrow dots tag notag lVert rVert lvert rvert",
    ),
    (
        "amssymb",
        "mathbb mathfrak lesssim gtrsim nexists varnothing square blacksquare checkmark leqslant geqslant complement therefore because",
    ),
    ("bbm", "mathbbm"),
    ("bm", "bm"),
    ("booktabs", "toprule midrule bottomrule cmidrule addlinespace"),
    ("cancel", "cancel bcancel xcancel cancelto"),
    ("caption", "captionof captionsetup"),
    ("cleveref", "cref Cref crefrange"),
    ("dsfont", "mathds"),
    ("enumitem", "setlist newlist"),
    ("fontspec", "setmainfont setsansfont setmonofont newfontfamily"),
    ("graphicx", "includegraphics graphicspath rotatebox scalebox resizebox reflectbox"),
    ("hyperref", "href url autoref nameref hypersetup"),
    ("listings", "lstinline lstinputlisting lstset"),
    ("mathrsfs", "mathscr"),
    ("mathtools", "coloneqq eqqcolon shortintertext DeclarePairedDelimiter mathclap prescript"),
    ("multirow", "multirow"),
    ("physics", "dv pdv qty"),
    ("placeins", "FloatBarrier"),
    ("setspace", "onehalfspacing doublespacing setstretch"),
    ("siunitx", "SI si num ang unit sisetup SIrange"),
    ("soul", "hl ul st"),
    ("tcolorbox", "tcbox tcbset newtcolorbox"),
    ("tikz", "tikz usetikzlibrary tikzset"),
    ("ulem", "sout uline uwave"),
    ("xcolor", "textcolor color colorbox fcolorbox definecolor pagecolor colorlet"),
];

/// Each package with the environments that it defines.
const ENVIRONMENTS: &[(&str, &str)] = &[
    ("algorithm", "algorithm"),
    ("algpseudocode", "algorithmic"),
    (
        "amsmath",
        "align align* aligned alignat gather gather* gathered split cases matrix bmatrix pmatrix vmatrix smallmatrix multline equation* subequations",
    ),
    ("amsthm", "proof"),
    ("comment", "comment"),
    ("enumitem", "enumerate*"),
    ("listings", "lstlisting"),
    ("longtable", "longtable"),
    ("mathtools", "dcases bmatrix* pmatrix* multlined"),
    ("mdframed", "mdframed"),
    ("multicol", "multicols"),
    ("subcaption", "subfigure subtable"),
    ("tabularx", "tabularx"),
    ("tcolorbox", "tcolorbox"),
    ("tikz", "tikzpicture scope"),
    ("wrapfig", "wrapfigure"),
];

/// The package that has a command, written with its backslash.
pub(super) fn of_command(command: &str) -> Option<&'static str> {
    of(COMMANDS, command.strip_prefix('\\')?)
}

/// The package that has an environment.
pub(super) fn of_environment(name: &str) -> Option<&'static str> {
    of(ENVIRONMENTS, name)
}

fn of(packages: &[(&'static str, &str)], name: &str) -> Option<&'static str> {
    let has = |names: &str| names.split(' ').any(|known| known == name);
    packages.iter().find(|(_, names)| has(names)).map(|(package, _)| *package)
}

/// What to write to have a package.
pub(super) fn load(package: &str) -> String {
    format!("load its package: write \\usepackage{{{package}}} before \\begin{{document}}")
}
