//! The table of mistakes: what is wrong, where it is shown, and the gist of the message and help.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::tests::set;
use crate::diagnostic::Diagnostic;

#[derive(JsonSchema, Serialize)]
struct View {
    problem1: Value,
    step: Value,
    matrix: Value,
    /// The network of problem 2.
    layers: Value,
    vanishing: bool,
    count: usize,
    trends: Vec<Trend>,
    end: Option<Trend>,
}

#[derive(Clone, Copy, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
enum Trend {
    Vanishing,
    /// Some are exactly zero.
    SomeZero,
}

fn view() -> View {
    View {
        problem1: json!({"P": "1", "residual": "2", "loss": "3", "step": 0.1, "note": null, "rows": [["1", "2"]]}),
        step: json!({"symbol": "L", "value": "3", "number": 3.0}),
        matrix: json!({"entries": [["1", "2"]], "number": null}),
        layers: json!([{"z": "1", "index": 1}, {"z": "2", "index": 2}]),
        vanishing: true,
        count: 3,
        trends: vec![Trend::Vanishing, Trend::SomeZero],
        end: Some(Trend::SomeZero),
    }
}

/// Everything that is wrong with some templates, the first of which is the root.
fn errors(files: &[(&str, &str)]) -> Vec<Diagnostic> {
    match set(files).and_then(|set| set.render(files[0].0, &view())) {
        Ok(rendered) => panic!("nothing was wrong; it printed {:?}", rendered.text),
        Err(failure) => failure.0,
    }
}

/// `file:line:column`, message and help of a diagnostic.
fn shown(d: &Diagnostic) -> (String, String) {
    let place = d.place.as_ref().map_or_else(String::new, |p| {
        let (line, column) = p.line_column();
        format!("{}:{line}:{column}", p.name.trim_start_matches("no/templates/"))
    });
    (place, format!("{} | {}", d.message, d.help.as_deref().unwrap_or_default()))
}

/// (template, `line:column` of the only error, parts of its message and help)
const TABLE: &[(&str, &str, &[&str])] = &[
    // Names.
    ("a\n<< problm1.P >>", "2:4", &["`problm1` is not defined", "did you mean `problem1`?"]),
    (
        "x << problem1.los >>",
        "1:15",
        &["`problem1` has no `los`", "did you mean `loss`?", "has: P, residual, loss"],
    ),
    ("<< loss >>", "1:4", &["`loss` is not defined", "did you mean `problem1.loss`?"]),
    ("<< problem2[0].z >>", "1:4", &["`problem2` is not defined", "`layers` is the network of"]),
    ("a\n\n  <% if vanishng %>b<% endif %>", "3:9", &["`vanishng`", "`vanishing`?"]),
    (
        "<% if not vanishing %>\n<< problem1.lsos >>\n<% endif %>",
        "2:13",
        &["`problem1` has no `lsos`"],
    ),
    (
        "<% for l in layers %>\n  << l.zz >>\n<% endfor %>",
        "2:8",
        &["`l` has no `zz`", "`l` has: z, index"],
    ),
    ("<% for l in layrs %>x<% endfor %>", "1:13", &["`layrs` is not defined", "`layers`?"]),
    ("<% for l in layers %>x<% endfor %>\n<< l.z >>", "2:4", &["`l` is not defined"]),
    ("<< layers.z >>", "1:11", &["`layers` is a list", "layers[0]"]),
    ("<< layers[0].y >>", "1:14", &["has no `y`", "z, index"]),
    ("<< layers[5].z >>", "1:4", &["no element `layers[5]`", "has 2 elements", "to `layers[1]`"]),
    (
        "<< problem1.rows[2][0] >>",
        "1:4",
        &["no element `problem1.rows[2]`", "has one element, `problem1.rows[0]`"],
    ),
    (
        "<< problem1.note[0][0] >>",
        "1:4",
        &["what is to have elements here has no value", "<% if … %>"],
    ),
    ("<< problem1.P.x >>", "1:15", &["a single value", "write `problem1.P` alone"]),
    ("<% set q = problem1 %>\n<< q.losss >>", "2:6", &["`q` has no `losss`", "`loss`?"]),
    ("<< count + cont >>", "1:12", &["`cont` is not defined", "`count`?"]),
    ("100\\% % << los >>", "1:12", &["`los` is not defined", "`%` are tags still", "<# … #>"]),
    // Words that cannot occur.
    (
        "<% if end == \"some_zer\" %>x<% endif %>",
        "1:14",
        &["`end` is never `some_zer`", "did you mean `some_zero`?", "`vanishing`, `some_zero`"],
    ),
    ("<% if count > 2 and (\"x\" != end) %><% endif %>", "1:22", &["`end` is never `x`"]),
    (
        "<% for t in trends %>\n<% if t not in [\"some_zero\", \"y\"] %>x<% endif %><% endfor %>",
        "2:30",
        &["`t` is never `y`", "one of"],
    ),
    (
        "<% set t = trends[1] %><< \"a\" if t == \"level\" else \"b\" >>",
        "1:39",
        &["`t` is never `level`"],
    ),
    (
        "<% if end == some_zero %><% endif %>",
        "1:14",
        &["`some_zero` is not defined", "in quotes: `\"some_zero\"`"],
    ),
    ("<% if end = \"some_zero\" %><% endif %>", "1:11", &["compares nothing", "write `==`"]),
    // Values of another kind.
    (
        "<% if count == \"3\" %>x<% endif %>",
        "1:7",
        &["`count` is a number, and never the text `3`", "without quotes: `count == 3`"],
    ),
    ("<% if count > 2 and (\"x\" != count) %><% endif %>", "1:29", &["`count` is a number"]),
    ("<% if vanishing == \"true\" %>x<% endif %>", "1:7", &["true or false", "`not vanishing`"]),
    (
        "<% if step.value > 0.5 %>x<% endif %>",
        "1:7",
        &["`step.value` is a text for the page, not a number", "the number, `step.number`"],
    ),
    ("<% if 0.5 == step.value %>x<% endif %>", "1:14", &["not a number", "`step.number`"]),
    (
        "<% if step > 0.5 %>x<% endif %>",
        "1:7",
        &["a group of values, not a number", "`step.number`"],
    ),
    ("<% if problem1.P < problem1.loss %>x<% endif %>", "1:7", &["`problem1.P` is a text"]),
    // What cannot be printed.
    ("<< step >>", "1:1", &["group of values", "its number with `<< step.value >>`"]),
    ("<< problem1 >>", "1:1", &["group of values", "P, residual, loss"]),
    ("<< layers >>", "1:1", &["is a list", "join_and"]),
    ("<< problem1.step >>", "1:1", &["number for conditions"]),
    (
        "é << problem1.note >>",
        "1:3",
        &["`problem1.note` has no value here", "<% if problem1.note %>"],
    ),
    // Filters, tests, functions, components, files.
    ("a << count | word >>", "1:14", &["no filter `word`", "`words`?"]),
    ("<< count | plural(many=\"x\") >>", "1:12", &["argument `one` is missing", "(one=…)"]),
    ("<< problem1.P | words >>", "1:4", &["this is a text, but a whole number is needed"]),
    ("<% if count is od %><% endif %>", "1:16", &["no test `od`", "`odd`?"]),
    ("<< words(n=count) >>", "1:4", &["is a filter, not a function", "value | words"]),
    ("<< rnge(end=3) >>", "1:4", &["no function `rnge`", "`range`?"]),
    (
        "<< <bux/> >>\n<% component box() %>x<% endcomponent %>",
        "1:5",
        &["no component `bux`", "`box`?"],
    ),
    (
        "<% component box(t) %><< u >><% endcomponent %><< <box t=\"1\"/> >>",
        "1:26",
        &["`u` is no argument of this component"],
    ),
    ("x\n<% include \"problem1.tex\" %>", "2:12", &["no template `problem1.tex`"]),
    ("<% include \"root.tex\" %>", "1:12", &["without end", "root.tex → root.tex"]),
    // Tags.
    ("a << count \nb", "1:3", &["this `<<` is never closed", "`>>`"]),
    (
        "\\begin{verbatim}\ncout << x;\n\\end{verbatim}",
        "2:6",
        &["this `<<` is never closed", "write `<% raw %>` before it"],
    ),
    ("a << count << count >>", "1:3", &["this `<<` is never closed"]),
    ("<% if vanishing\n", "1:1", &["this `<%` is never closed"]),
    ("a\n<# never", "2:1", &["comment that is never closed", "#>"]),
    ("a\n<# note\nb <# more #> c", "2:1", &["not closed before the next one in line 3", "#>"]),
    ("<< layers[k].z >>", "1:11", &["`k` is not defined", "a number from 0: `layers[0]`"]),
    (
        "<% if matrix.entries[0][1] > 2 %>a<% endif %>",
        "1:7",
        &["a text for the page", "`matrix` is a matrix"],
    ),
    ("\\ifnum#1<#2", "1:9", &["put a space between"]),
    ("<% if vanishing %>\nx\n", "1:1", &["this `if` is never closed", "<% endif %>"]),
    (
        "<% for l in layers %>\n<% if vanishing %>x\n<% endfor %>",
        "2:1",
        &["this `if` is never closed"],
    ),
    ("x <% endfor %>", "1:3", &["`endfor` closes nothing"]),
    ("<% else %>", "1:1", &["outside of an `if`"]),
    (
        "<% if vanishing %>a<% else %>b\n<% else %>c<% endif %>",
        "2:1",
        &["this `if` has had its `else`", "elif"],
    ),
    ("<% if vanishing && step %>a<% endif %>", "1:17", &["`&&`", "write `and`"]),
    ("<% if vanishing || step %>a<% endif %>", "1:17", &["`||`", "write `or`"]),
    ("<% if !vanishing %>a<% endif %>", "1:7", &["`!`", "write `not`"]),
    ("<% if end == \u{201c}vanishing\u{201d} %>a<% endif %>", "1:14", &["straight quotes"]),
    ("<% if end is \"vanishing\" %>a<% endif %>", "1:11", &["`is`", "write `==`"]),
    ("<% if end is not \"vanishing\" %>a<% endif %>", "1:11", &["`is not`", "write `!=`"]),
    ("<% iff vanishing %>x", "1:4", &["no tag `iff`", "`if`?"]),
    ("<% count %>", "1:4", &["no tag `count`", "<< count >>"]),
    ("<% raw %> x", "1:1", &["raw", "never closed", "endraw"]),
    ("<< \"abc >>", "1:4", &["not closed on its line"]),
    ("<<>>", "1:1", &["tag is empty", "<{}<"]),
    ("<< count count >>", "1:10", &["`count` does not belong here", "`>>`"]),
    ("<< count + >>", "1:12", &["value is missing"]),
    ("<< \\alpha >>", "1:4", &["`\\` has no meaning inside a tag"]),
    ("<< count | plural(\"a\") >>", "1:19", &["an argument without its name"]),
    ("<< count | plural(one) >>", "1:22", &["an argument without its name"]),
    ("<< [1] | join(sepp=\",\") >>", "1:15", &["`join` has no argument `sepp`", "`sep`?"]),
    (
        "<% set_global q = 1 %><< q >><< <box t=\"1\" u=\"2\"/> >><% component box(t) %><< t >><% endcomponent %>",
        "1:33",
        &["unknown argument(s) `u`"],
    ),
    ("<< count | >>", "1:12", &["a name is missing"]),
    (
        "<% component box(t) %>x<% endcomponent %>\n<< <box/> >>",
        "2:4",
        &["the component needs its argument `t`", "t={value}"],
    ),
    ("<% extends \"root.tex\" %>", "1:12", &["without end"]),
    ("<% for layers %>x<% endfor %>", "1:15", &["`in` is missing"]),
    ("<% include problem1 %>", "1:12", &["quoted file name is missing"]),
    // Delimiters of other templates.
    ("The loss is {{ problem1.loss }}.", "1:13", &["`{{` begins no tag", "<< problem1.loss >>"]),
    ("x\n{% if vanishing %}", "2:1", &["`{%` begins no tag", "<% if vanishing %>"]),
    (
        "<% if vanishing %>a<% else if step %>b<% endif %>",
        "1:20",
        &["`else` has no condition", "<% elif step %>"],
    ),
    // Our own with a slip.
    (
        "is < < problem1.loss >>.",
        "1:4",
        &["`< < problem1.loss >>` is no tag", "<< problem1.loss >>"],
    ),
    ("is << problem1.loss > >.", "1:4", &["this `<<` is never closed", "without a space: `>>`"]),
    ("x\nis $<problem1.loss>$.", "2:5", &["`<problem1.loss>` is no tag", "<< problem1.loss >>"]),
    ("<% for l in layers %>\n$<l.z>$<% endfor %>", "2:2", &["`<l.z>` is no tag", "<< l.z >>"]),
    ("< % if vanishing %>x", "1:1", &["`< % if vanishing %>` is no tag", "<% if vanishing %>"]),
    ("<% if vanishing % >x", "1:1", &["this `<%` is never closed", "without a space: `%>`"]),
    // Values of the wrong kind.
    ("<< problem1.P + 1 >>", "1:4", &["numbers", "~"]),
    ("<< count / 0 >>", "1:12", &["divides by zero"]),
    ("<% for c in count %>x<% endfor %>", "1:13", &["a loop needs a list"]),
    ("<% if problem1.P > 2 %>x<% endif %>", "1:7", &["not a number", "`solve` lists"]),
    // Limits.
    (
        "<% for i in range(end=4000) %><% for j in range(end=4000) %><% endfor %><% endfor %>",
        "1:43",
        &["did not end within 200000"],
    ),
    ("<< range(end=5000) | length >>", "1:4", &["up to 4096"]),
    ("x\u{F0001}", "1:2", &["private-use character U+F0001"]),
];

#[test]
fn each_mistake_is_shown_at_its_place_with_a_remedy() {
    let mut wrong = Vec::new();
    for (text, place, gist) in TABLE {
        let errors = errors(&[("root.tex", text)]);
        let got: Vec<_> = errors.iter().map(shown).collect();
        let right = matches!(&got[..], [(at, words)]
            if *at == format!("root.tex:{place}") && gist.iter().all(|g| words.contains(g)));
        if !right {
            wrong.push(format!("{text:?}\n  expected {place} {gist:?}\n  got {got:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn braces_of_latex_are_no_tags() {
    let text = "{{a.b}} {{\\bfseries x. }} {{ x }} {%\n} {% a comment %}\n\
        See <arxiv.org>, <homework.toml>, <www.a.org> and <stdio.h>.\n\
        \\begin{lstlisting}\n#include <problem1.loss>\n\\end{lstlisting}\n";
    assert_eq!(set(&[("root.tex", text)]).unwrap().render("root.tex", &view()).unwrap().text, text);
}

#[test]
fn words_that_can_occur_and_texts_made_of_them_are_compared_freely() {
    let text = "<% if trends[0] == \"vanishing\" and end != \"vanishing\" %>a<% endif %>\
                <% if end in [\"vanishing\", \"some_zero\"] and end | upper == \"SOME_ZERO\" %>b<% endif %>\
                <% if \"x\" ~ end == \"xsome_zero\" and end == \"some_\" ~ \"zero\" %>c<% endif %>";
    let printed = set(&[("root.tex", text)]).unwrap().render("root.tex", &view()).unwrap();
    assert_eq!(printed.text, "abc");
}

#[test]
fn mistakes_in_several_templates_are_shown_together() {
    let files = [
        ("root.tex", "<% include \"p.tex\" %>\n<% if x"),
        ("p.tex", "<% for l in layers %>\n<< l.z"),
        ("q.tex", "\n<< count count >>"),
    ];
    let places: Vec<_> = errors(&files).iter().map(|d| shown(d).0).collect();
    assert_eq!(places, ["p.tex:2:1", "q.tex:2:10", "root.tex:2:1"]);
    let files = [
        (
            "root.tex",
            "<% for l in layers %>\n<% include \"p.tex\" %>\n<% endfor %>\n<< cuont >>\n<< problem1 >>",
        ),
        ("p.tex", "<< l.z >> << l.q >> << vanishin >>"),
    ];
    let places: Vec<_> = errors(&files).iter().map(|d| shown(d).0).collect();
    assert_eq!(places, ["p.tex:1:16", "p.tex:1:24", "root.tex:4:4"]);
}

#[test]
fn places_are_right_in_blocks_and_components_of_other_files() {
    let files = [
        ("root.tex", "<% extends \"base.tex\" %>\n<% block b %>\n<< count / 0 >>\n<% endblock %>"),
        ("base.tex", "<% block b %>\n<% endblock %>\n"),
    ];
    assert_eq!(shown(&errors(&files)[0]).0, "root.tex:3:12");
    let files = [
        ("root.tex", "a\n<% <box t={count}> %>\nbody\n<% </box> %>"),
        (
            "box.tex",
            "<# head #>\n<% component box(t) %>\n  << body >>\n é << t / 0 >>\n<% endcomponent %>",
        ),
    ];
    assert_eq!(shown(&errors(&files)[0]).0, "box.tex:4:11");
    let files = [
        ("root.tex", "<% extends \"base.tex\" %>\n<% block c %>x<% endblock %>"),
        ("base.tex", "b"),
    ];
    let (place, words) = shown(&errors(&files)[0]);
    assert_eq!(place, "root.tex:2:10");
    assert!(words.contains("lock `c` is not defined in any parent"), "{words}");
}

#[test]
fn a_tag_is_not_taken_for_a_comment() {
    let (_, words) = shown(&errors(&[("root.tex", "<% if vanishing %><< los >><% endif %>")])[0]);
    assert!(!words.contains("LaTeX's"), "{words}");
}

#[test]
fn what_a_parent_sets_is_seen_in_blocks() {
    let files = [
        ("root.tex", "<% extends \"base.tex\" %>\n<% block b %>\n<< q >>\n<% endblock %>"),
        ("base.tex", "<% set q = 1 %>\n<% block b %>\n<% endblock %>\n"),
    ];
    let printed = set(&files).unwrap().render("root.tex", &view()).unwrap();
    assert_eq!(printed.text, "1\n");
}

#[test]
fn what_is_not_there_may_be_asked_for() {
    let text = "<% if problem1.note %>x<% endif %><% if other is defined %>y<% endif %>\
                << other | default(value=\"-\") >><% if not vanishing and problem1.note.deep %><% endif %>\
                << [l.z for l in layers] | join(sep=\"+\") >>";
    let printed = set(&[("root.tex", text)]).unwrap().render("root.tex", &view()).unwrap();
    assert_eq!(printed.text, "-1+2");
}

/// Every sequence of three of these, and every beginning of a long template, is either rendered or
/// refused with a place inside its text.
#[test]
fn no_text_is_too_broken_to_report() {
    const PARTS: [&str; 20] = [
        "<<",
        ">>",
        "<%",
        "%>",
        "<#",
        "#>",
        "-",
        " if ",
        " endif ",
        " for ",
        " in ",
        " set x =",
        "layers",
        "|",
        "(",
        "[",
        "\"",
        "é\n",
        "<% raw %>",
        "<% endraw %>",
    ];
    let mut texts = Vec::new();
    for a in PARTS {
        for b in PARTS {
            texts.extend(PARTS.map(|c| format!("{a}{b}{c}")));
        }
    }
    let long = "é<%- if count > 2 -%>\n<% for l in layers %>\n << [l.z, layers[0].z] | join(sep=\"é\") ->>\n\
                <% else %>x<% endfor %>\n<# é #>\n<% raw %>\n{é}\n<% endraw %>\n<% endif %>\n\
                <% set s | upper %>é 0.5<% endset %><< s ~ `é` >>\n<< <b.c t={count} u=\"é\"/> | lower >>\n\
                <% component b.c(t: integer, u=\"é\") %>\n  << u >>ß\n<% endcomponent b.c %>\n";
    let cut = long.char_indices().map(|(i, _)| long[..i].to_owned());
    texts.extend(cut);
    let broken = texts.len();
    texts.push(long.to_owned());
    for (i, text) in texts.iter().enumerate() {
        let set = set(&[("root.tex", text)]);
        if let Ok(set) = &set {
            set.typed_decimals("root.tex");
        }
        match set.and_then(|set| set.render("root.tex", &view())) {
            Ok(rendered) => {
                for line in 1..=rendered.text.lines().count() as u32 {
                    let whole = rendered.text.lines().nth(line as usize - 1);
                    for place in [rendered.locate(line, None), rendered.locate(line, whole)] {
                        assert!(place.is_none_or(|p| text.get(p.span).is_some()), "{text:?}");
                    }
                }
            }
            Err(failure) => {
                assert!(i < broken, "{failure}");
                for error in failure.0 {
                    let place =
                        error.place.unwrap_or_else(|| panic!("{text:?}: {}", error.message));
                    assert!(text.get(place.span).is_some(), "{text:?}");
                    assert!(error.help.is_some(), "{text:?}");
                }
            }
        }
    }
}
