use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::*;

pub fn set(files: &[(&str, &str)]) -> Result<TemplateSet> {
    // A folder that does not exist: these files alone.
    TemplateSet::load(Path::new("no/templates"), files)
}

pub fn render(text: &str, view: &(impl Serialize + JsonSchema)) -> Result<Rendered> {
    set(&[("a.tex", text)])?.render("a.tex", view)
}

fn printed(text: &str) -> String {
    render(text, &json!({"x": "X", "yes": true, "no": false, "list": [1, 2]})).unwrap().text
}

#[test]
fn latex_is_left_alone() {
    let latex = r"{{a}} {% x %} {#1} $a<b$ \verb|<| \draw[<->] (0,0); >> %> #> < < \foo{{%
";
    assert_eq!(printed(latex), latex);
}

#[test]
fn tag_lines_leave_nothing() {
    let text = "a\n  <% if yes %>  \nb\n<# note #> <% else %>\nc\n\t<% endif %>\r\nd\n";
    assert_eq!(printed(text), "a\nb\nd\n");
    assert_eq!(printed("<% for i in list %>\n<< i >>\n<% endfor %>\n"), "1\n2\n");
    assert_eq!(printed("a <% if yes %> b <% endif %> c\n"), "a  b  c\n");
    assert_eq!(printed("a\n<% set y = [\n 1,\n] %>\nb"), "a\nb");
    assert_eq!(printed("a\n\n<%- if yes -%>\n\n b <%- endif %>\nc"), "ab\nc");
    assert_eq!(printed("<< x ->>  \n y"), "Xy");
}

/// (template file, 1-based line, 1-based column, the underlined text) behind a document's line.
fn located(rendered: &Rendered, line: u32, near: Option<&str>) -> (String, usize, usize, String) {
    let place = rendered.locate(line, near).unwrap();
    let (row, column) = place.line_column();
    (place.name.clone(), row, column, place.text[place.span.clone()].to_owned())
}

fn at(name: &str, row: usize, column: usize, text: &str) -> (String, usize, usize, String) {
    (format!("no/templates/{name}"), row, column, text.to_owned())
}

#[test]
fn every_line_comes_home() {
    let files = [
        ("report.tex", "A\n<% include \"p.tex\" %>\nZ \\bad{z}\n"),
        ("p.tex", "<# head #>\n  <% for i in list %>\nrow << i >> \\foo\n\n<% endfor %>\n\nend"),
    ];
    let r = set(&files).unwrap().render("report.tex", &json!({"list": [1, 2]})).unwrap();
    assert_eq!(r.text, "A\nrow 1 \\foo\n\nrow 2 \\foo\n\n\nend\nZ \\bad{z}\n");
    assert_eq!(located(&r, 1, None), at("report.tex", 1, 1, "A"));
    assert_eq!(located(&r, 2, None), at("p.tex", 3, 1, "row << i >> \\foo"));
    assert_eq!(located(&r, 4, Some("row 2 \\foo")), at("p.tex", 3, 13, "\\foo"));
    assert_eq!(located(&r, 4, Some("row 2")), at("p.tex", 3, 5, "<< i >>"));
    assert_eq!(located(&r, 7, None), at("p.tex", 7, 1, "end"));
    assert_eq!(located(&r, 8, Some("...\\bad")), at("report.tex", 3, 3, "\\bad"));
    let value = set(&[("a.tex", "\n  << x >> b\n")]).unwrap();
    let value = value.render("a.tex", &BTreeMap::from([("x", Latex("X\n\\Y".into()))])).unwrap();
    assert_eq!(located(&value, 3, None), at("a.tex", 2, 3, "<< x >> b"));
    assert_eq!(located(&value, 3, Some("\\Y")), at("a.tex", 2, 3, "<< x >>"));
    assert_eq!(r.section_of(2), Some("p.tex"));
    assert_eq!(r.section_of(8), Some("report.tex"));
    assert_eq!(r.lines_behind(4), [("p.tex", 3)]);
    assert!(r.locate(10, None).is_none());
}

#[test]
fn places_survive_inheritance_components_raw_and_sets() {
    let files = [
        (
            "base.tex",
            "top\n<% block b %>\ndefault\n<% endblock %>\nbottom << <box t={x}/> >> end\n",
        ),
        ("box.tex", "<% component box(t) %>\n[<< t >>\\inbox\n]\n<% endcomponent %>\n"),
        (
            "report.tex",
            "<% extends \"base.tex\" %>\n<% block b %>\nchild << super() >>\n\
             <% raw %>\n<< \\rawcs\n<% endraw %>\n<% set s %>\nkept\n<% endset %>\ns: << s >>.\n<% endblock %>\n",
        ),
    ];
    let r = set(&files).unwrap().render("report.tex", &json!({"x": "X"})).unwrap();
    assert_eq!(r.text, "top\nchild default\n<< \\rawcs\ns: kept.\nbottom [X\\inbox\n] end\n");
    assert_eq!(located(&r, 2, Some("child default")), at("base.tex", 3, 7, "t"));
    assert_eq!(located(&r, 3, Some("<< \\rawcs")), at("report.tex", 5, 4, "\\rawcs"));
    assert_eq!(located(&r, 4, Some("s: kep")), at("report.tex", 10, 4, "<< s >>"));
    assert_eq!(located(&r, 5, Some("bottom [X\\inbox")), at("box.tex", 2, 9, "\\inbox"));
    assert_eq!(located(&r, 6, Some("] en")), at("base.tex", 5, 28, "n"));
}

#[test]
fn texts_are_escaped_and_latex_is_not() {
    let view = json!({"s": "50% of $x_1 & {a}\\b #2 ^~ <\"> -- ?` it's\nA"});
    assert_eq!(
        render("<< s >>", &view).unwrap().text,
        "50\\% of \\$x\\_1 \\& \\{a\\}\\textbackslash{}b \\#2 \\textasciicircum{}\\textasciitilde{} \
         \\textless{}\\textquotedbl{}\\textgreater{} -{}- ?\\textasciigrave{} it\\textquotesingle{}s A"
    );
    #[derive(JsonSchema, Serialize)]
    struct View {
        formula: Latex,
        list: Vec<Latex>,
        n: usize,
        none: Option<Latex>,
    }
    let latex = Latex("\\alpha_1".to_owned());
    let view = View { formula: latex.clone(), list: vec![latex.clone()], n: 3, none: None };
    let text =
        "<< formula >> << list[0] >> << list | join_and >><% if n > 2 and not none %>!<% endif %>";
    assert_eq!(render(text, &view).unwrap().text, "\\alpha_1 \\alpha_1 \\alpha_1!");
    assert_eq!(serde_json::to_string(&latex).unwrap(), "\"\\\\alpha_1\"");
}

#[test]
fn every_filter_does_what_its_example_says() {
    for doc in FILTERS {
        let got = render(doc.example, &json!({})).map(|r| r.text);
        assert_eq!(got.as_deref(), Ok(doc.result), "{}", doc.name);
        assert!(doc.example.contains(doc.name));
    }
    for name in TESTS {
        let argument = match *name {
            "divisible_by" => "(divisor=2)",
            "starting_with" | "ending_with" | "containing" => "(pat=\"a\")",
            _ => "",
        };
        let value = if argument.contains("pat") { "\"a\"" } else { "2" };
        let text = format!("<% if {value} is {name}{argument} %><% endif %>");
        assert_eq!(render(&text, &json!({})).map(|r| r.text).as_deref(), Ok(""), "{name}");
    }
}

#[test]
fn typed_decimals_are_found_and_layout_is_not() {
    let text = "\
value 0.25 and $x=1{.}5$ 12 v1.2.3\n\
\\includegraphics[width=0.8\\textwidth]{a0.5} \\hspace{0.5em} 1.5 pt \\\\[0.3ex]\n\
<< 0.5 | str >> % 0.7\n\
max 0.25 %! keep 0.25 the maximum of the derivative\n\
max 0.26 %! keep 0.25 another 0.26\n\
\\begin{tikzpicture}[scale=0.9] \\draw (0.1,0.2); \\end{tikzpicture}\n\
\\renewcommand{\\arraystretch}{1.3} $0.4\\cdot 2$ \\SI{0.9}{m} \\% 3.5\n\
is .52186 or 0{,}5, 16287 or 16{,}287, 128. 1.2.3 \\hspace{.5em} .5\\linewidth e.g.5\n";
    let set = set(&[("a.tex", text)]).unwrap();
    let found: Vec<_> = set
        .typed_decimals("a.tex")
        .into_iter()
        .map(|typed| (typed.place.line_column(), typed.number))
        .collect();
    let expected = [
        ((1, 7), "0.25"),
        ((1, 19), "1.5"),
        ((5, 5), "0.26"),
        ((7, 36), "0.4"),
        ((7, 52), "0.9"),
        ((7, 63), "3.5"),
        ((8, 4), "0.52186"),
        ((8, 14), "0.5"),
        ((8, 21), "16287"),
        ((8, 30), "16287"),
    ];
    assert_eq!(found, expected.map(|(at, n)| (at, n.to_owned())));
}

#[test]
fn several_decimals_of_a_line_are_kept() {
    for (line, found) in [
        ("0.9 or 0.999 %! keep 0.9, 0.999 decay rates", 0),
        ("0.9 or 0.999 %! keep 0.9 0.999", 0),
        ("0.90 %!keep .9", 0),
        ("0.9 or 0.999 %! keep 0.9, not 0.999", 1),
        ("\\num{0.26} %! keep 0.62", 1),
        ("0.1 %! keep 1", 1),
    ] {
        let set = set(&[("a.tex", line)]).unwrap();
        assert_eq!(set.typed_decimals("a.tex").len(), found, "{line}");
    }
}

#[test]
fn a_decimal_is_told_by_its_sign_and_from_a_label() {
    for (text, negative, label) in [
        ("from $-0.25$", true, false),
        ("${-}0.25$", true, false),
        ("1--3.5", false, false),
        ("Python 3.10", false, true),
        ("Section~3.2", false, true),
        ("see equation (3.2)", false, true),
        ("arXiv:1502.03167", false, true),
        ("About 0.9", false, false),
        ("is: 3.5", false, false),
        ("Of $3.5$", false, false),
    ] {
        let set = set(&[("a.tex", text)]).unwrap();
        let found = set.typed_decimals("a.tex");
        let told = |typed: &super::Typed| (typed.is_negative, typed.is_label);
        assert_eq!(found.iter().map(told).next_back(), Some((negative, label)), "{text}");
    }
}

#[test]
fn files_on_disk_replace_and_join_the_embedded_ones() {
    let dir = tempfile::tempdir().unwrap();
    let embedded = [("a.tex", "embedded"), ("b.tex", "b")];
    let load = || TemplateSet::load(dir.path(), &embedded);
    let names = |set: &TemplateSet| -> Vec<(String, String, bool)> {
        set.files("a.tex").map(|(n, t, d)| (n.to_owned(), t.to_owned(), d)).collect()
    };
    assert_eq!(names(&load().unwrap())[0], ("a.tex".into(), "embedded".into(), false));
    std::fs::create_dir(dir.path().join("own")).unwrap();
    std::fs::write(dir.path().join("a.tex"), "\u{FEFF}<% include \"own/c.tex\" %>").unwrap();
    std::fs::write(dir.path().join("own/c.tex"), "c << x").unwrap();
    std::fs::write(dir.path().join("notes.txt"), [0xff]).unwrap();
    let error = load().unwrap_err().0.remove(0);
    let place = error.place.unwrap();
    assert_eq!(place.name, dir.path().join("own/c.tex").display().to_string());
    assert_eq!(place.line_column(), (1, 3));
    std::fs::write(dir.path().join("own/c.tex"), "c").unwrap();
    let set = load().unwrap();
    assert!(names(&set)[0].2);
    assert_eq!(names(&set)[1].0, "own/c.tex");
    assert_eq!(set.render("a.tex", &json!({})).unwrap().text, "c");
    std::fs::write(dir.path().join("b.tex"), b"ab\nc\xff").unwrap();
    assert!(load().unwrap_err().0[0].message.contains("b.tex is not UTF-8, first in line 2"));
    std::fs::write(dir.path().join("b.tex"), vec![b'x'; FILE_BYTES as usize + 1]).unwrap();
    assert!(load().unwrap_err().0[0].message.contains("b.tex is larger than 1 MiB"));
    let missing = TemplateSet::load(&dir.path().join("none"), &embedded).unwrap();
    assert!(missing.files("a.tex").all(|(_, _, disk)| !disk));
    let file = TemplateSet::load(&dir.path().join("notes.txt"), &embedded).unwrap_err();
    assert!(file.0[0].message.contains("is not a folder"));
}

/// What is said of the files of a folder with the embedded templates `root.tex`, which includes the
/// others, `one.tex`, `two.tex` and `three.tex`; whether it is known to have all of them.
fn about_files(files: &[(&str, &str)], has_all: bool) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let root = "<% include \"one.tex\" %><% include \"two.tex\" %><% include \"three.tex\" %>";
    let embedded = [("root.tex", root), ("one.tex", "1"), ("two.tex", "2"), ("three.tex", "3")];
    let set = TemplateSet::load(dir.path(), &embedded).unwrap();
    let folder = format!("{}/", dir.path().display());
    let said = set.warnings("root.tex", has_all).into_iter().map(|warning| {
        let place = warning.place.map(|place| (place.name.clone(), place.line_column()));
        let place = place.map(|(name, (line, column))| format!("{name}:{line}:{column} "));
        let help = warning.help.unwrap_or_default();
        format!("{}{} | {help}", place.unwrap_or_default(), warning.message).replace(&folder, "")
    });
    said.collect()
}

#[test]
fn a_file_that_is_gone_is_missed_where_most_others_are() {
    let root = "<% include \"one.tex\" %><% include \"two.tex\" %><% include \"three.tex\" %>";
    let (one, two, three) = (("one.tex", "a"), ("two.tex", "b"), ("three.tex", "c"));
    for (files, said) in [
        (&[][..], ""),
        (&[one], ""),
        (&[one, ("root.tex", root)], ""),
        (&[one, two, three, ("root.tex", root), ("mine.tex", "x")], ""),
        (&[one, two, ("root.tex", root)], "there is no three.tex | get it back with `git restore"),
        (&[one, two, three], "there is no root.tex"),
        (
            &[one, two, ("root.tex", root), ("mine.tex", "x"), ("three-2.tex", "c")],
            "there is no three.tex | nothing includes three-2.tex: call it three.tex again",
        ),
        // What stands in the place of the built-in one makes it of no use.
        (&[one, two, ("root.tex", &root.replace("three", "own")), ("own.tex", "c")], ""),
    ] {
        let all = about_files(files, false).join("\n");
        let told = all.replace(": the built-in text stands in its place", "");
        assert!(told.starts_with(said) && told.is_empty() == said.is_empty(), "{files:?}: {all}");
        assert!(!all.contains('\n'), "{files:?}: {all}");
    }
}

#[test]
fn a_folder_that_should_have_all_is_told_once_when_it_lacks_most() {
    let root = ("root.tex", "<% include \"one.tex\" %>");
    for (files, said) in [
        (&[][..], "there are no templates in "),
        (&[("mine.tex", "x")], "there are no templates in "),
        (&[("one.tex", "a")], "there is no root.tex, three.tex, two.tex: the built-in texts"),
        // The others are not used.
        (&[root, ("one.tex", "a")], ""),
    ] {
        let all = about_files(files, true).join("\n");
        assert!(all.starts_with(said) && all.is_empty() == said.is_empty(), "{files:?}: {all}");
        assert!(!all.contains('\n'), "{files:?}: {all}");
    }
}

#[test]
fn a_document_is_made_from_what_its_root_leads_to() {
    let files = [
        ("root.tex", "<% include \"a.tex\" %>"),
        ("a.tex", "\\input{b} \\verbatiminput{c.tex} % \\input{d}\n\\emph{d}"),
        ("b.tex", "<% if x %><% include \"e.tex\" %><% endif %>"),
        ("c.tex", "0.5"),
        ("d.tex", "0.25 <% include \"f.tex\" %>"),
        ("e.tex", "0.75"),
        ("f.tex", "\\input{d}"),
        ("g.tex", "<% component g() %>x<% endcomponent g %>"),
    ];
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let set = TemplateSet::load(dir.path(), &[]).unwrap();
    let names: Vec<&str> = set.files("root.tex").map(|(name, ..)| name).collect();
    assert_eq!(names, ["a.tex", "b.tex", "c.tex", "e.tex", "g.tex", "root.tex"]);
    let typed = set.typed_decimals("root.tex");
    assert_eq!(typed.iter().map(|t| t.number.as_str()).collect::<Vec<_>>(), ["0.5", "0.75"]);
}

#[test]
fn tags_that_tex_would_print_are_told_at_their_place() {
    for (text, read, place) in [
        ("\\input{mine}", "a\n<< x >>", "mine.tex:2:1"),
        ("a \\input mine.tex b", "a <% if x %>b<% endif %>", "mine.tex:1:3"),
        ("\\include{ ./mine }", "<# a note #>", "mine.tex:1:1"),
        ("% \\input{mine}", "<< x >>", ""),
        ("\\verb|\\input{mine}|", "<< x >>", ""),
        ("\\input{mine}\\input{mine.tex}", "no tags, $a<b$", ""),
        ("<% include \"mine.tex\" %>\\inputs{mine}", "<< x >>", ""),
    ] {
        let all = about_files(&[("one.tex", text), ("mine.tex", read)], false);
        let right = match (&all[..], place) {
            ([], "") => true,
            ([one], place) => {
                one.starts_with(place)
                    && one.contains("write `<% include \"mine.tex\" %>` for `\\in")
            }
            _ => false,
        };
        assert!(right, "{text}: {all:?}");
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let outside = tempfile::NamedTempFile::new().unwrap();
    std::os::unix::fs::symlink(outside.path(), dir.path().join("a.tex")).unwrap();
    let error = TemplateSet::load(dir.path(), &[]).unwrap_err();
    assert!(error.0[0].message.contains("a link to a file outside"));
    std::fs::remove_file(dir.path().join("a.tex")).unwrap();
    std::os::unix::fs::symlink("gone.tex", dir.path().join("a.tex")).unwrap();
    let error = TemplateSet::load(dir.path(), &[("a.tex", "fallback")]).unwrap_err();
    assert!(error.0[0].message.contains("a.tex cannot be read"));
}

#[test]
fn an_endless_document_is_stopped() {
    let text = format!("<% for i in range(end=4000) %>{}<% endfor %>", "x".repeat(5000));
    let error = render(&text, &json!({})).unwrap_err();
    assert_eq!(error.0[0].message, "the templates print more than 16 MiB");
    let text = "<% set_global x = \"ab\" %>\n<% for i in range(end=40) %>\n<% set_global x = x ~ x %>\n<% endfor %>";
    let error = render(text, &json!({})).unwrap_err().0.remove(0);
    assert!(error.message.contains("up to 64 KiB"), "{}", error.message);
    assert_eq!(error.place.unwrap().line_column(), (3, 1));
    let text = "<% component a() %><< <a/> >><% endcomponent %><< <a/> >>";
    let error = render(text, &json!({})).unwrap_err().0.remove(0);
    assert_eq!(error.message, "components call one another without end");
}

#[test]
fn what_a_section_keeps_is_bounded() {
    let stopped = |text: &str| {
        let error = render(text, &json!({})).unwrap_err().0.remove(0);
        (error.message, error.place.unwrap().line_column())
    };
    let doubled = "<% set x %><< x >><< x >><% endset %>\n".repeat(40);
    let (message, (line, _)) = stopped(&format!("<% set x %>ab<% endset %>\n{doubled}"));
    assert!(message.contains("a text kept with `set` may have up to 64 KiB"), "{message}");
    // 2 · 2¹⁶ bytes are the first that are more than 64 KiB, one line for each power behind 2¹.
    assert_eq!(line, 17);
    let long = "x".repeat(50_000);
    for (open, close) in [
        ("<% set s %>", "<% endset %>"),
        ("<% filter upper %>", "<% endfilter %>"),
        ("<% component c() %>", "<% endcomponent %><< <c/> >>"),
    ] {
        let body = format!("<% for i in range(end=4000) %>{long}<% endfor %>");
        let (message, _) = stopped(&format!("{open}{body}{close}"));
        assert!(message.starts_with("the templates print more than 64 MiB"), "{message}");
    }
}

/// Sixteen files, each of which includes the next ten times: 10¹⁵ inclusions.
#[test]
fn inclusions_that_multiply_are_stopped() {
    let files: Vec<(String, String)> = (1..=16)
        .map(|k| {
            let next = format!("<% include \"{}.tex\" %>\n", k + 1);
            (format!("{k}.tex"), if k < 16 { next.repeat(10) } else { "end\n".to_owned() })
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let errors = set(&files).unwrap().render("1.tex", &json!({})).unwrap_err().0;
    let [error] = &errors[..] else { panic!("{errors:?}") };
    assert!(error.message.contains("did not end within 200000"), "{}", error.message);
    assert!(error.place.is_some());
}

#[test]
fn values_cannot_forge_marks() {
    let error = render("<< a.b[1] >>", &json!({"a": {"b": ["", "x\u{100000}"]}})).unwrap_err();
    assert!(error.0[0].message.contains("`a.b[1]` holds the private-use character U+100000"));
}

#[test]
fn literal_delimiters_can_be_printed() {
    assert_eq!(printed("<{}< <% raw %><<<% endraw %> << \"<<\" | safe >>"), "<{}< << <<");
}
