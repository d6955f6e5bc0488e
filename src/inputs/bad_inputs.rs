//! Bad inputs, and what each is answered: place, message and help, all written by hand.

use super::{Source, parse};
use crate::diagnostic::{Diagnostic, Severity};

/// Good inputs, to be spoilt one line at a time.
const GOOD: &str = r#"[submission]
name = "Ada"
date = 2020-03-01
paper = "letter"
digits = 5
[problem1]
W = [[0.3, 0.5], [-0.2, 0.4]]
X = [[0, 2], [3, 1]]
Y = [[0.5, 1], [1, -1.5]]
step_size = 0.1
reduction = "sum"
[problem2.classification]
w = [0.25, -0.11, 0.78]
x = 0.63
y = 1
[problem2.regression]
w = [0.25, -0.11, 0.78]
x = 0.63
y = 128
"#;

fn errors(text: &str, sets: &[&str]) -> Vec<Diagnostic> {
    let sets: Vec<_> = sets.iter().map(|set| (*set).to_owned()).collect();
    match parse(Source::new("homework.toml", text), &sets, None) {
        Ok(_) => Vec::new(),
        Err(failure) => failure.0,
    }
}

/// The good inputs with line `number` replaced.
fn spoilt(number: usize, line: &str) -> String {
    let mut lines: Vec<_> = GOOD.lines().collect();
    lines[number - 1] = line;
    lines.join("\n") + "\n"
}

/// Name, line, column and underlined text of a diagnostic's place.
fn place(diagnostic: &Diagnostic) -> (&str, usize, usize, &str) {
    let place = diagnostic.place.as_ref().expect("a place");
    let (line, column) = place.line_column();
    (&place.name, line, column, &place.text[place.span.clone()])
}

#[track_caller]
fn expect_one(errors: &[Diagnostic], at: (&str, usize, usize, &str), message: &str, help: &str) {
    let shown: Vec<_> = errors.iter().map(|e| e.render(false)).collect();
    assert_eq!(errors.len(), 1, "{}", shown.join("\n"));
    assert_eq!(errors[0].severity, Severity::Error);
    assert_eq!(errors[0].message, message);
    assert_eq!(place(&errors[0]), at, "{message}");
    assert_eq!(errors[0].help.as_deref(), Some(help), "{message}");
}

const QUOTES: &str = "write a number as 0.5, a date as 2020-03-01, a text in double quotes";
const NUMBERS: &str =
    "write a number as digits with a point between digits and an exponent, as in -0.5 or 2.5e-3";
const ONE_LINE: &str = "write it on one line, without tabs";
const DAY: &str = "write year-month-day without quotes: date = 2020-03-01";
const FINITE: &str = "write a decimal such as 0.5: nan and inf cannot be computed with";
const LABEL: &str =
    "write y = 0 or y = 1, the class; a real target belongs to [problem2.regression]";
const POSITIVE: &str =
    "write a positive number: step_size = 0.1; descent already goes against the gradient";
const LAYERS: &str = "write the weights from the first layer on: w = [0.25, -0.11, 0.78]";
const LISTS: &str = "write a list as [1, 2] and a matrix as a list of rows, [[1, 2], [3, 4]]";
const LINES: &str = "write one `key = value` on each line, as in step_size = 0.1, and the header \
                     of a table on a line of its own, as in [problem1]";

/// Line to replace, its new text, column of the error, what is underlined, message, help.
type InFile = (usize, &'static str, usize, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const IN_FILE: &[InFile] = &[
    // Keys.
    (2, r#"nmae = "Ada""#, 1, "nmae", "unknown key `submission.nmae`",
        "did you mean `submission.name`? [submission] has the keys name, id, date, paper, digits"),
    (4, r#"university = "JHU""#, 1, "university", "unknown key `submission.university`",
        "remove it; [submission] has the keys name, id, date, paper, digits"),
    (10, "stepsize = 0.1", 1, "stepsize", "unknown key `problem1.stepsize`",
        "did you mean `problem1.step_size`? [problem1] has the keys W, X, Y, step_size, reduction"),
    (7, "w = [[0.3, 0.5], [-0.2, 0.4]]", 1, "w", "unknown key `problem1.w`",
        "did you mean `problem1.W`? [problem1] has the keys W, X, Y, step_size, reduction"),
    // Texts.
    (2, r#"name = """#, 8, r#""""#, "`submission.name` is empty",
        r#"write name = "Ada Lovelace" for example"#),
    (2, r#"name = "  ""#, 8, r#""  ""#, "`submission.name` is empty",
        r#"write name = "Ada Lovelace" for example"#),
    (2, r#"name = "A\nB""#, 8, r#""A\nB""#,
        "`submission.name` holds the control character U+000A", ONE_LINE),
    (2, "name = \"A\tB\"", 8, "\"A\tB\"",
        "`submission.name` holds the control character U+0009", ONE_LINE),
    (2, r#"name = "A\u200Bb""#, 8, r#""A\u200Bb""#,
        "`submission.name` holds the invisible character U+200B",
        "type the text anew: pasted texts bring such characters along"),
    (2, "name = \"x\u{302}\"", 8, "\"x\u{302}\"",
        "`submission.name` has x with the mark U+0302, and no character is both",
        "leave the mark out: no font at hand sets it well"),
    (2, "name = 5", 8, "5", "`submission.name` must be a text, but this is a number",
        r#"write it in double quotes: name = "Ada Lovelace""#),
    (2, "name = Ada", 8, "Ada", "`Ada` is not a value", QUOTES),
    (2, "name = \u{201c}Ada\u{201d}", 8, "\u{201c}Ada\u{201d}",
        "`\u{201c}Ada\u{201d}` is not a value",
        "put a text in the straight double quotes of the keyboard: \""),
    (2, r#"name = "\alpha""#, 10, "", "a backslash in double quotes must begin an escape",
        r"write it twice, \\, or put the text in single quotes, where it stands for itself"),
    (2, r#"name = "Ada"#, 12, "", "this text has no closing quote",
        "close it with the quote that it began with"),
    // Settings.
    (3, r#"date = "2020-03-01""#, 8, r#""2020-03-01""#,
        "`submission.date` must be a date, but this is a text", DAY),
    (3, "date = 2020-03-01T10:00:00", 8, "2020-03-01T10:00:00",
        "`submission.date` must be a day without a time", DAY),
    (2, r#"name = "Ada "the" L""#, 14, "", "the text ends with the \" before this place",
        r#"write a quote inside double quotes as \", or put the text in single quotes: '…'"#),
    (2, "name = 'Ada O'Hara'", 15, "", "the text ends with the ' before this place",
        "put a text with an apostrophe in double quotes: \"…\""),
    (7, "W = [[0.3, 0,5], [-0.2, 0.4]]", 12, "0,5",
        "`0,5` is two entries, and so its row has more than others",
        "write a decimal point: 0.5"),
    (3, "date = 2020", 8, "2020", "`submission.date` must be a date, but this is a number", DAY),
    (3, "date = 2020-02-30", 8, "2020-02-30", "there is no such date",
        "write a date as year-month-day, as in 2020-03-01"),
    (3, "date = 2020/03/01", 8, "2020/03/01", "`2020/03/01` is not a date as TOML writes it", DAY),
    (4, r#"paper = "A4""#, 9, r#""A4""#, r#"`submission.paper` cannot be "A4""#,
        r#"write paper = "a4""#),
    (4, r#"paper = "leter""#, 9, r#""leter""#, r#"`submission.paper` cannot be "leter""#,
        r#"write paper = "letter""#),
    (4, r#"paper = "legal size""#, 9, r#""legal size""#,
        r#"`submission.paper` cannot be "legal size""#, r#"write "letter" or "a4""#),
    (5, "digits = 1", 10, "1", "`submission.digits` cannot be 1",
        "write a whole number from 2 to 15: digits = 5"),
    (5, "digits = 16", 10, "16", "`submission.digits` cannot be 16",
        "write a whole number from 2 to 15: digits = 5"),
    (5, "digits = 5.5", 10, "5.5", "`submission.digits` cannot be 5.5",
        "write a whole number from 2 to 15: digits = 5"),
    (5, r#"digits = "5""#, 10, r#""5""#,
        "`submission.digits` must be a number, but this is a text", "write it without quotes: 5"),
    // Matrices.
    (7, "W = 0.3", 5, "0.3", "`problem1.W` must be a matrix, but this is a number",
        "write a list of rows, for example W = [[0.3, 0.5], [-0.2, 0.4]]"),
    (7, "W = [0.3, 0.5]", 6, "0.3", "`problem1.W` must be a list of rows, but this is a number",
        "write each row in brackets of its own: [[1, 2]] is one row, [[1], [2]] one column"),
    (7, "W = []", 5, "[]", "`problem1.W` is empty",
        "write a list of rows, for example W = [[0.3, 0.5], [-0.2, 0.4]]"),
    (8, "X = [[0, 2], []]", 14, "[]", "row 2 of `problem1.X` is empty",
        "write a list of rows, for example X = [[0, 2], [3, 1]]"),
    (8, "X = [[0, 2], 3]", 14, "3",
        "row 2 of `problem1.X` must be a list of numbers, but this is a number",
        "write a list of rows, for example X = [[0, 2], [3, 1]]"),
    (9, "Y = [[0.5, 1], [1]]", 16, "[1]", "row 2 of `problem1.Y` has 1 entry, but row 1 has 2",
        "give every row the same number of entries"),
    (7, r#"W = [[0.3, "0.5"], [-0.2, 0.4]]"#, 12, r#""0.5""#,
        "`problem1.W`, row 1, column 2, must be a number, but this is a text",
        "write it without quotes: 0.5"),
    (7, r#"W = [[0.3, 0.5], [true, 0.4]]"#, 19, "true",
        "`problem1.W`, row 2, column 1, must be a number, but this is a boolean",
        "write a decimal, for example 0.5"),
    (8, "X = [[0, 2], [nan, 1]]", 15, "nan",
        "`problem1.X`, row 2, column 1, must be finite", FINITE),
    (9, "Y = [[0.5, 1], [1, -2e20]]", 20, "-2e20",
        "`problem1.Y`, row 2, column 2, is larger than 1e20",
        "write a number between -1e20 and 1e20"),
    (9, "Y = [[0.5, 1], [1, 0xffff_ffff_ffff_ffff_ffff]]", 20, "0xffff_ffff_ffff_ffff_ffff",
        "`problem1.Y`, row 2, column 2, is larger than 1e20",
        "write a number between -1e20 and 1e20"),
    (9, "Y = [[0.5, 1], [1, 1e-101]]", 20, "1e-101",
        "`problem1.Y`, row 2, column 2, is closer to zero than 1e-100",
        "write 0, or at least 1e-100 in absolute value"),
    (9, "Y = [[0.5, 1], [1, 1.0000000000000000000000000000000000000001]]", 20,
        "1.0000000000000000000000000000000000000001",
        "`problem1.Y`, row 2, column 2, has more than 40 significant digits",
        "round it to 40 digits or fewer"),
    (8, "X = [[0, 2], [3, 1], [1, 1]]", 5, "[[0, 2], [3, 1], [1, 1]]",
        "X is 3×2, which does not fit W, 2×2",
        "W X needs as many rows in X (3) as columns in W (2)"),
    (9, "Y = [[0.5, 1]]", 5, "[[0.5, 1]]", "Y is 1×2, which does not fit W, 2×2",
        "W X − Y needs as many rows in Y (1) as rows in W (2)"),
    (9, "Y = [[0.5], [1]]", 5, "[[0.5], [1]]", "Y is 2×1, which does not fit X, 2×2",
        "samples are columns: Y needs as many columns (1) as X (2)"),
    (8, "X = [[0, 2] [3, 1]]", 13, "", "the list before this place lacks a comma or a closing bracket",
        LISTS),
    (8, "X = [[0 2], [3, 1]]", 7, "0 2", "`0 2` is not a value",
        "write a comma between the entries of a list"),
    (8, "X = [[0,, 2], [3, 1]]", 9, ",",
        "this is not valid TOML: extra comma in array, expected value", LISTS),
    // Numbers of problem 1.
    (10, "step_size = 0", 13, "0", "`problem1.step_size` must be greater than zero, but is 0",
        POSITIVE),
    (10, "step_size = -0.1", 13, "-0.1",
        "`problem1.step_size` must be greater than zero, but is -0.1", POSITIVE),
    (10, "step_size = inf", 13, "inf", "`problem1.step_size` must be finite", FINITE),
    (10, "step_size = [0.1]", 13, "[0.1]",
        "`problem1.step_size` must be a number, but this is a list",
        "write a decimal, for example 0.1"),
    // Slips of other languages.
    (10, "step_size: 0.1", 10, ":", "a colon joins no key to its value", "write step_size = 0.1"),
    (2, "name: \"Ada: the L\"", 5, ":", "a colon joins no key to its value",
        "write name = \"Ada: the L\""),
    (2, "name: Ada # mine", 5, ":", "a colon joins no key to its value", "write name = \"Ada\""),
    (13, "w = 0.25, -0.11, 0.78 # three", 5, "0.25, -0.11, 0.78", "a list stands in brackets",
        "write w = [0.25, -0.11, 0.78]"),
    (10, "step_size = 0.1 // small", 17, "//", "`//` begins no comment here",
        "a comment begins with #"),
    (10, "step_size = 0.1 % small", 17, "%", "`%` begins no comment here",
        "a comment begins with #"),
    (10, "step_size = 0.1 /* small */", 17, "/*", "`/*` begins no comment here",
        "a comment begins with #"),
    (10, "step_size == 0.1 # small", 11, "==", "one = sets a value", "write step_size = 0.1"),
    (13, "w = (0.25, -0.11, 0.78)", 5, "(", "a list stands in square brackets",
        "write w = [0.25, -0.11, 0.78]"),
    (1, "id = \"ada1\"", 1, "id", "`id` belongs below [submission], which is missing",
        "write [submission] on the line before"),
    (3, "date = 2020-3-1", 8, "2020-3-1", "`2020-3-1` is not a date as TOML writes it", DAY),
    (10, "// step_size = 0.1", 1, "//", "`//` begins no comment here", "a comment begins with #"),
    (7, "W = [0.3, 0.5; -0.2, 0.4]", 14, ";", "a semicolon parts no rows",
        "write a matrix as a list of rows, [[1, 2], [3, 4]]"),
    (7, "W = [[0.3, 0.5]; [-0.2, 0.4]]", 16, ";", "a semicolon parts no rows",
        "write a matrix as a list of rows, [[1, 2], [3, 4]]"),
    (10, "step_size = 0.1;", 16, ";", "a semicolon ends no line",
        "take it out: a line ends without one"),
    (10, "step_size = 0,1", 14, "", "a comma cannot stand here",
        "write the decimals of a number after a point, as in 0.5"),
    (10, "step_size = .1", 13, "", "`.1` is not complete: a point stands between digits", "write 0.1"),
    (14, "x = -.63", 5, "", "`-.63` is not complete: a point stands between digits", "write -0.63"),
    (19, "y = 128.", 9, "", "`128.` is not complete: a point stands between digits", "write 128"),
    (19, "y = 1e", 7, "", "this number is not complete, or goes on too long", NUMBERS),
    (19, "y = 12 8", 5, "12 8", "`12 8` is not a value", "write a number without spaces: 128"),
    (3, "date = 01.03.2020", 8, "0", "`01.03.2020` is not a date as TOML writes it", DAY),
    (3, "date = March 1", 8, "March 1", "`March 1` is not a value", DAY),
    (3, r#"date = "March 1""#, 8, r#""March 1""#,
        "`submission.date` must be a date, but this is a text", DAY),
    (10, "step_size = 1/10", 13, "1/10", "`1/10` is not a value",
        "write a fraction as a decimal, as in 0.25, and a date as 2020-03-01"),
    (10, "step_size = 00.1", 13, "0", "a number cannot begin with 0 and another digit", NUMBERS),
    (10, "step_size =", 12, "", "there is no value after `=`", QUOTES),
    (10, "step_size", 10, "", "this is not valid TOML: key with no value, expected `=`", LINES),
    (11, r#"reduction = "men""#, 13, r#""men""#, r#"`problem1.reduction` cannot be "men""#,
        r#"write reduction = "mean""#),
    (11, "reduction = true", 13, "true", "`problem1.reduction` must be a text, but this is a boolean",
        r#"write it in double quotes: reduction = "sum""#),
    (11, "W = [[1]]", 1, "W", "this key or table is given a second time",
        "a key and a table may be given once: remove or rename one of the two"),
    // Problem 2.
    (13, "w = []", 5, "[]", "`problem2.classification.w` is empty", LAYERS),
    (13, "w = 0.25", 5, "0.25", "`problem2.classification.w` must be a list, but this is a number",
        LAYERS),
    (13, r#"w = [0.25, "a"]"#, 12, r#""a""#,
        "`problem2.classification.w`, layer 2, must be a number, but this is a text",
        "write a decimal, for example 0.25"),
    (13, "w = [0.25, \u{2212}0.11]", 12, "\u{2212}0.11", "`\u{2212}0.11` is not a value",
        "write minus as the hyphen of the keyboard: -"),
    (17, "w = [1000000.5]", 6, "1000000.5",
        "`problem2.regression.w`, layer 1, is larger than 1e6",
        "write a number between -1e6 and 1e6: a sigmoid is flat long before"),
    (14, "x = -1e7", 5, "-1e7", "`problem2.classification.x` is larger than 1e6",
        "write a number between -1e6 and 1e6: a sigmoid is flat long before"),
    (15, "y = 0.5", 5, "0.5", "`problem2.classification.y` must be 0 or 1, but is 0.5", LABEL),
    (15, "y = -1", 5, "-1", "`problem2.classification.y` must be 0 or 1, but is -1", LABEL),
    (19, "y = 2020-03-01", 5, "2020-03-01",
        "`problem2.regression.y` must be a number, but this is a date",
        "write a decimal, for example 128"),
    (16, "[problem2.regresion]", 11, "regresion", "unknown key `problem2.regresion`",
        "did you mean `problem2.regression`? [problem2] has the keys classification, regression"),
    (16, "[problem1]", 2, "problem1", "this key or table is given a second time",
        "a key and a table may be given once: remove or rename one of the two"),
    (16, "[problem2.regression", 21, "", "this is not valid TOML: unclosed table, expected `]`",
        LINES),
];

#[test]
fn each_slip_in_the_file_is_answered_at_its_place() {
    for (line, text, column, underlined, message, help) in IN_FILE {
        let at = ("homework.toml", *line, *column, *underlined);
        expect_one(&errors(&spoilt(*line, text), &[]), at, message, help);
    }
}

/// Argument, column, what is underlined, message, help.
type InSet = (&'static str, usize, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const IN_SET: &[InSet] = &[
    ("", 1, "", "--set needs a key and a value",
        "write --set 'KEY=VALUE', for example --set 'problem1.step_size=0.05'"),
    ("problem1.step_size", 1, "problem1.step_size", "--set needs a key and a value",
        "write --set 'KEY=VALUE', for example --set 'problem1.step_size=0.05'"),
    ("=5", 1, "", "this is not a key",
        "write the names of the tables and the key with points between them, for example \
         problem2.classification.w, or problem1.W[0][1] for one entry"),
    ("problem1..W=5", 10, ".W", "this is not a key",
        "write the names of the tables and the key with points between them, for example \
         problem2.classification.w, or problem1.W[0][1] for one entry"),
    ("problem1.W[-1]=5", 11, "[-1]", "this is not a key",
        "write the names of the tables and the key with points between them, for example \
         problem2.classification.w, or problem1.W[0][1] for one entry"),
    ("problem1.step_size=", 19, "=", "there is no value after `=`",
        "write a TOML value, for example --set 'problem1.step_size=0.1'"),
    ("problem1.step_size=abc", 20, "abc", "`abc` is not a value",
        "write a TOML value, for example --set 'problem1.step_size=0.1'"),
    ("problem1.step_size=-3", 20, "-3",
        "`problem1.step_size` must be greater than zero, but is -3", POSITIVE),
    ("problem1.stepsize=0.1", 10, "stepsize", "unknown key `problem1.stepsize`",
        "did you mean `problem1.step_size`? [problem1] has the keys W, X, Y, step_size, reduction"),
    ("digits=7", 1, "digits", "unknown key `digits`",
        "did you mean `submission.digits`? the file has the keys submission, problem1, problem2"),
    ("submission.digits=20", 19, "20", "`submission.digits` cannot be 20",
        "write a whole number from 2 to 15: digits = 5"),
    ("submission.name=5", 17, "5", "`submission.name` must be a text, but this is a number",
        r#"write it in double quotes: name = "Ada Lovelace""#),
    ("submission.name=\"Ada", 21, "", "this text has no closing quote",
        r#"write a TOML value, for example --set 'submission.name="Ada Lovelace"'"#),
    ("submission.name=Ada\nLovelace", 17, "Ada\nLovelace",
        "`submission.name` holds the control character U+000A", ONE_LINE),
    ("submission.name.first=\"Ada\"", 17, "first",
        "`submission.name` has no keys of its own: it is a text", "remove this part of the key"),
    ("submission.paper=legal size", 18, "legal size",
        r#"`submission.paper` cannot be "legal size""#, r#"write "letter" or "a4""#),
    ("problem2.classification.w=[1, nan]", 31, "nan",
        "`problem2.classification.w`, layer 2, must be finite", FINITE),
    ("problem2.classification.w[3]=1", 26, "[3]", "`problem2.classification.w` has no such entry",
        "indices count from 0: write [0] to [2]"),
    ("problem1.step_size[0]=1", 19, "[0]",
        "`problem1.step_size` has no entries that could be numbered here",
        "set the whole value, for example --set 'problem1.step_size=0.1'"),
    ("problem1.W[0][1]=\"a\"", 18, "\"a\"",
        "`problem1.W`, row 1, column 2, must be a number, but this is a text",
        "write a decimal, for example 0.5"),
    ("problem1.W=[[1, 2, 3], [4, 5, 6]]", 12, "[[1, 2, 3], [4, 5, 6]]",
        "W is 2×3, which does not fit X, 2×2",
        "W X needs as many rows in X (2) as columns in W (3)"),
    ("problem1.step_size=0.1\nproblem1.step_size=0.2", 20, "0.1\nproblem1.step_size=0.2",
        "one argument sets one key",
        "write a TOML value, for example --set 'problem1.step_size=0.1'"),
];

#[test]
fn each_slip_in_an_argument_is_answered_at_its_place() {
    for (argument, column, underlined, message, help) in IN_SET {
        expect_one(&errors(GOOD, &[argument]), ("--set", 1, *column, underlined), message, help);
    }
}

#[test]
fn what_is_missing_is_asked_for_where_it_belongs() {
    let without = |line: usize| spoilt(line, "");
    let cases = [
        (
            2,
            (1, 1, "[submission]"),
            "submission.name",
            "add to [submission]: name = \"Ada Lovelace\"",
        ),
        (9, (6, 1, "[problem1]"), "problem1.Y", "add to [problem1]: Y = [[0.5, 1], [1, -1.5]]"),
        (
            19,
            (16, 1, "[problem2.regression]"),
            "problem2.regression.y",
            "add to [problem2.regression]: y = 128",
        ),
    ];
    for (line, (row, column, underlined), key, help) in cases {
        let at = ("homework.toml", row, column, underlined);
        expect_one(&errors(&without(line), &[]), at, &format!("`{key}` is missing"), help);
    }
    let found = errors("", &[]);
    let missing: Vec<_> = found.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(
        missing,
        ["`submission` is missing", "`problem1` is missing", "`problem2` is missing"]
    );
    assert_eq!(place(&found[0]), ("homework.toml", 1, 1, ""));
}

#[test]
fn independent_errors_come_together_in_the_order_of_the_text() {
    let text = GOOD
        .replace("name = \"Ada\"", "name = \"\"")
        .replace("[3, 1]", "[3, inf]")
        .replace("y = 1\n", "y = 2\n");
    let found = errors(&text, &["problem1.step_size=-1", "submission.digits=1"]);
    let places: Vec<_> = found.iter().map(place).collect();
    assert_eq!(
        places,
        [
            ("homework.toml", 2, 8, "\"\""),
            ("homework.toml", 8, 18, "inf"),
            ("homework.toml", 15, 5, "2"),
            ("--set", 1, 20, "-1"),
            ("--set", 1, 19, "1"),
        ]
    );
    // What follows an open list is part of it for the parser: one error, not one a line.
    let open = errors(&spoilt(7, "W = [[0.3, 0.5], [-0.2, 0.4]"), &[]);
    expect_one(
        &open,
        ("homework.toml", 8, 1, ""),
        "the list before this place lacks a comma or a closing bracket",
        LISTS,
    );
    let broken = spoilt(5, "digits = ").replace("step_size = 0.1", "step_size = x");
    let places: Vec<_> = errors(&broken, &[]).iter().map(|e| place(e).1).collect();
    assert_eq!(places, [5, 10]);
}

#[test]
fn a_flood_of_errors_is_cut_and_counted() {
    let row = format!("W = [[{}]]", vec!["nan"; 100].join(", "));
    let found = errors(&spoilt(7, &row), &[]);
    // 100 bad entries, and X has not 100 rows, and Y not one.
    assert_eq!(found.len(), 21);
    assert_eq!(found[20].message, "82 more errors are not shown");
}

#[test]
fn sizes_beyond_the_limits_are_refused_at_the_first_entry_beyond() {
    let layers = format!("w = [{}]", vec!["1"; 1001].join(","));
    let found = errors(&spoilt(13, &layers), &[]);
    expect_one(
        &found,
        ("homework.toml", 13, 2006, "1"),
        "`problem2.classification.w` has 1001 layers, more than 1000",
        "write at most 1000 weights",
    );
    let rows = format!("W = [{}]", vec!["[1,2]"; 257].join(","));
    expect_one(
        &errors(&spoilt(7, &rows), &[]),
        ("homework.toml", 7, 1542, "[1,2]"),
        "`problem1.W` has 257 rows, more than 256",
        "a matrix may have 256 rows and 256 columns",
    );
    let columns = format!("W = [[{}], [1, 2]]", vec!["1"; 257].join(","));
    expect_one(
        &errors(&spoilt(7, &columns), &[]),
        ("homework.toml", 7, 519, "1"),
        "row 1 of `problem1.W` has 257 entries, more than 256",
        "a matrix may have 256 rows and 256 columns",
    );
    let name = format!("name = \"{}\"", "é".repeat(201));
    expect_one(
        &errors(&spoilt(2, &name), &[]),
        ("homework.toml", 2, 8, &name[7..]),
        "`submission.name` is longer than 200 characters",
        "shorten it: it stands in the header of every page",
    );
    assert!(errors(&spoilt(2, &name.replacen('é', "", 1)), &[]).is_empty());
}
