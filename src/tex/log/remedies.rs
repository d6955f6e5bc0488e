//! The remedies for what goes wrong most often.

/// What to do about an error that TeX words so.
pub(super) fn usual(said: &str) -> Option<&'static str> {
    USUAL.iter().find(|(start, _)| said.starts_with(start)).map(|(_, help)| *help)
}

/// The package of Debian and its kin that has this TeX file.
pub(in crate::tex) fn package_of(file: &str) -> Option<&'static str> {
    let families =
        [("pgf", "texlive-pictures"), ("tikz", "texlive-pictures"), ("lmroman", "lmodern")];
    let family = families.iter().find(|(start, _)| file.starts_with(start));
    PACKAGES.iter().find(|(name, _)| *name == file).or(family).map(|(_, package)| *package)
}

/// TeX's usual errors: how each begins, and what to do.
const USUAL: &[(&str, &str)] = &[
    (
        "Missing $ inserted",
        "something here is only allowed in mathematics: put it between $ and $ (and write \\_ for an underscore, \\^{} for a circumflex in words), or close a formula with the $ that it lacks",
    ),
    ("Extra }, or forgotten $", "there is a } too many here, or a $ is missing before it"),
    (
        "Extra }, or forgotten",
        "there is a } too many here, or a \\right, \\end or \\) is missing before it",
    ),
    ("Too many }'s", "take this } out, or put in the { that it should close"),
    ("Missing } inserted", "a { before this place is not closed"),
    ("Missing { inserted", "an argument is missing here, or a { is"),
    (
        "Missing delimiter",
        "\\left, \\right and \\big are followed by a delimiter: ( ) [ ] | \\{ \\} or a full stop for none",
    ),
    ("Extra \\right", "this \\right has no \\left in the same formula and cell"),
    (
        "Missing \\right",
        "a \\left before this place has no \\right; write \\right. where nothing should be printed",
    ),
    ("Double superscript", "write braces: x^{a^b} or {x^a}^b"),
    ("Double subscript", "write braces: x_{a_b} or {x_a}_b"),
    (
        "Misplaced alignment tab character &",
        "& separates the cells of a table or the sides of aligned equations; write \\& for the character",
    ),
    (
        "Extra alignment tab",
        "this row has more cells than the table has columns: take an & out, end the row before with \\\\, or add a column",
    ),
    (
        "Misplaced \\noalign",
        "\\hline, \\toprule and their like stand at the start of a row: end the row before with \\\\",
    ),
    ("Misplaced \\omit", "\\multicolumn stands first in its cell"),
    ("Missing number", "a number belongs here"),
    ("Illegal unit of measure", "a length has a unit: 2pt, 1cm, 0.5\\linewidth"),
    ("You can't use `macro parameter character #'", "write \\# for the character #"),
    (
        "Illegal parameter number",
        "a definition uses an argument #n that it did not declare: \\newcommand{\\name}[n]{…}",
    ),
    (
        "Display math should end with $$",
        "a displayed formula that begins with $$ ends with $$, not with $; better write \\[ … \\]",
    ),
    (
        "Bad math environment delimiter",
        "\\( … \\) and \\[ … \\] cannot stand inside each other or inside $ … $, and each needs its partner",
    ),
    (
        "LaTeX Error: Bad math environment delimiter",
        "\\( … \\) and \\[ … \\] cannot stand inside each other or inside $ … $, and each needs its partner",
    ),
    (
        "LaTeX Error: Lonely \\item",
        "\\item belongs between \\begin{itemize} (or enumerate) and its \\end",
    ),
    (
        "LaTeX Error: Something's wrong--perhaps a missing \\item",
        "in a list, text follows an \\item",
    ),
    (
        "LaTeX Error: Missing \\begin{document}",
        "text stands before \\begin{document}, or that line is missing",
    ),
    ("LaTeX Error: Can be used only in preamble", "move this command before \\begin{document}"),
    (
        "LaTeX Error: There's no line here to end",
        "\\\\ ends a line of text; for space between paragraphs leave a blank line or write \\medskip",
    ),
    (
        "LaTeX Error: Not in outer par mode",
        "a figure or table cannot stand inside a box, footnote or other figure",
    ),
    (
        "LaTeX Error: \\verb",
        "\\verb needs its closing character on the same line, and cannot stand in the argument of another command",
    ),
    ("LaTeX Error: \\caption outside float", "\\caption belongs inside figure or table"),
    (
        "LaTeX Error: Option clash",
        "the package is loaded twice with different options: load it once, with all of them",
    ),
    ("LaTeX Error: Unknown option", "take the option out, or correct its name"),
    ("LaTeX Error: Two \\documentclass", "a document has one \\documentclass or \\documentstyle"),
    ("LaTeX Error: No counter", "define it with \\newcounter, or correct the name"),
    ("LaTeX Error: Unicode character", "type its LaTeX command instead"),
    ("LaTeX Error: Cannot determine size of graphic", "the file is not a PDF, PNG or JPEG picture"),
    ("LaTeX Error: Unknown graphics extension", "use a PDF, PNG or JPEG picture"),
    ("LaTeX Error: Illegal character in array arg", "columns are l, c, r, p{width}, | and @{…}"),
    (
        "Package amsmath Error: Erroneous nesting of equation structures",
        "align, gather and equation cannot stand inside each other: use aligned or gathered inside",
    ),
    ("Package amsmath Error: Multiple \\label", "an equation has one \\label"),
    (
        "Package tikz Error: Giving up on this path",
        "a path ends with a semicolon: \\draw (0,0) -- (1,1);",
    ),
    (
        "Package keyval Error",
        "correct the option: \\includegraphics has width, height, scale, angle, trim, clip, page and keepaspectratio, as in [width=0.5\\linewidth]",
    ),
    (
        "Package minted Error: You must invoke",
        "minted starts another program, which no document may do here: load listings, and write \\begin{lstlisting}[language=Python]",
    ),
    ("Package xcolor Error: Undefined color", "define it with \\definecolor, or correct the name"),
    ("TeX capacity exceeded", "a macro probably calls itself without end"),
    ("Dimension too large", "lengths go up to 16383pt"),
    ("Missing \\endcsname inserted", "a name here has a command in it that is not letters"),
    ("Unable to load picture", "the file is broken, or is no PDF, PNG or JPEG picture"),
    ("Font ", "install the font, or choose another"),
];

/// Packages of the system's package manager that have a TeX file, for the files most asked for.
const PACKAGES: &[(&str, &str)] = &[
    ("xelatex.ini", "texlive-base"),
    ("glyphlist.txt", "texlive-base"),
    ("amssymb.sty", "texlive-base"),
    ("iftex.sty", "texlive-base"),
    ("latex.ltx", "texlive-latex-base"),
    ("article.cls", "texlive-latex-base"),
    ("amsmath.sty", "texlive-latex-base"),
    ("hyperref.sty", "texlive-latex-base"),
    ("geometry.sty", "texlive-latex-base"),
    ("fancyhdr.sty", "texlive-latex-base"),
    ("booktabs.sty", "texlive-latex-recommended"),
    ("xcolor.sty", "texlive-latex-recommended"),
    ("mathtools.sty", "texlive-latex-recommended"),
    ("microtype.sty", "texlive-latex-recommended"),
    ("listings.sty", "texlive-latex-recommended"),
    ("fontspec.sty", "texlive-latex-recommended"),
    ("caption.sty", "texlive-latex-recommended"),
    ("lmodern.sty", "lmodern"),
    ("multirow.sty", "texlive-latex-extra"),
    ("siunitx.sty", "texlive-science"),
    ("algorithm.sty", "texlive-science"),
    ("algorithm2e.sty", "texlive-science"),
    ("algpseudocode.sty", "texlive-science"),
    ("physics.sty", "texlive-science"),
    ("enumitem.sty", "texlive-latex-extra"),
    ("titlesec.sty", "texlive-latex-extra"),
    ("tcolorbox.sty", "texlive-latex-extra"),
    ("cleveref.sty", "texlive-latex-extra"),
    ("mdframed.sty", "texlive-latex-extra"),
    ("lastpage.sty", "texlive-latex-extra"),
    ("tikz-cd.sty", "texlive-pictures"),
    ("pgfplots.sty", "texlive-pictures"),
    ("fontawesome5.sty", "texlive-fonts-extra"),
    ("bbm.sty", "texlive-fonts-extra"),
    ("dsfont.sty", "texlive-fonts-extra"),
    ("times.sty", "texlive-fonts-recommended"),
];
