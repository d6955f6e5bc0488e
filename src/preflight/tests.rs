//! Reading back and checking: a typeset document, and others made by hand.

use unicode_normalization::UnicodeNormalization;

use super::numbers::contains_number;
use super::samples::{AUTHOR, EXPECTED, file, homework, one_page, stream};
use super::*;
use crate::diagnostic::Severity;
use crate::inputs::Paper;

fn good() -> ReadBack {
    read(homework()).unwrap()
}

/// The text of a one-page file made by hand.
fn text(objects: &[String]) -> String {
    read(&file(objects, "")).unwrap().pages[0].text.clone()
}

// The document that the engine typeset.

#[test]
fn typeset_numbers_are_whole_and_have_their_signs() {
    let pages = good().pages;
    let there = [
        (1, "0.3 0.5 -0.2 0.4 0.1 6.2 6 4.2 0.26 -0.12 -0.8 -0.02 3.3 2.2376 7.5 10.521"),
        (1, "-1.3636e-5 -0.0364 2.5 1.5 -0.11 0.78 0.63 8.25 6.02e23"),
        (2, "-0.1972252139"),
        (3, "-255.2431289 0.5217 -0.25 1.25"),
        (4, "0.2238716"),
    ];
    for (page, numbers) in there {
        for number in numbers.split(' ') {
            let text = &pages[page].text;
            assert!(contains_number(text, number), "{number} on page {}:\n{text}", page + 1);
        }
    }
    let not_there = "0.2 -0.3 0.12 0.02 0.521 -7.5 1.3636e-5 1.3636 -1.3636e5 0.0364 0.11 -8.25 \
                     20.63 102 1023 -5 1040 6.2e10";
    for number in not_there.split_whitespace() {
        let text = &pages[1].text;
        assert!(!contains_number(text, number), "{number}:\n{text}");
    }
}

#[test]
fn words_ligatures_scripts_and_accents_are_read() {
    let pages = good().pages;
    let first: Vec<&str> = pages[0].text.lines().take(2).collect();
    assert_eq!(
        first,
        [&format!("{AUTHOR} (jhed1) Homework 3"), "1(a) Backpropagation through a matrix product"]
    );
    assert!(pages[0].text.contains("∂P_{kl}"), "{}", pages[0].text);
    assert!(pages[0].text.nfkc().collect::<String>().contains("efficiently"));
    assert!(pages[3].text.contains("y\u{302} −0.25"), "{}", pages[3].text);
    assert!(pages[3].text.contains("L\u{302} 1.25"), "{}", pages[3].text);
}

#[test]
fn properties_bookmarks_fonts_and_paper_are_read() {
    let pdf = good();
    assert_eq!(pdf.title(), Some("Homework 3: Deep Learning"));
    assert_eq!(pdf.author(), Some(AUTHOR));
    assert_eq!(pdf.language.as_deref(), Some("en-US"));
    assert_eq!(pdf.bytes, homework().len());
    let bookmarks: Vec<_> = pdf.bookmarks.iter().map(|b| (b.title.as_str(), b.page)).collect();
    let wanted = [
        ("1(a) Backpropagation through a matrix product", Some(1)),
        ("1(b) One gradient step", Some(2)),
        ("2(a) The sigmoid’s “slope”", Some(4)),
        ("Appendix", Some(5)),
    ];
    assert_eq!(bookmarks, wanted);
    assert!(pdf.pages.iter().all(|page| page.paper == (612.0, 792.0)));
    assert!(pdf.fonts.iter().any(|font| font.name == "LMRoman10-Regular-Identity-H"));
    assert!(pdf.fonts.iter().any(|font| font.name == "LMMathSymbols10-Regular"));
    assert!(pdf.fonts.iter().all(|f| f.embedded && f.has_text && f.without_text == 0));
}

#[test]
fn the_sample_passes_every_item_and_says_what_to_mark() {
    let report = check(&good(), &EXPECTED);
    assert_eq!(report.failures(), []);
    assert_eq!(report.warnings(), []);
    let pages: Vec<_> =
        report.pages_to_mark.iter().map(|(label, pages)| (label.as_str(), pages.clone())).collect();
    assert_eq!(pages, [("1(a)", 1..=1), ("1(b)", 2..=3), ("2(a)", 4..=4)]);
    let places: Vec<_> = report.places.iter().map(|(name, page)| (name.as_str(), *page)).collect();
    let wanted = [
        ("loss", 2),
        ("W_updated[0][1]", 2),
        ("W_updated[1][0]", 2),
        ("dL_dw[0]", 2),
        ("dL_dw[2]", 3),
        ("delta[2]", 4),
    ];
    assert_eq!(places, wanted);
}

#[test]
fn the_last_question_runs_to_the_end_where_nothing_follows() {
    // That a page mentions a word does not make it the end.
    for end in [None, Some("slope")] {
        let report = check(&good(), &Expected { end, ..EXPECTED });
        assert_eq!(report.pages_to_mark[2], ("2(a)".to_owned(), 4..=5));
    }
}

#[test]
fn running_headers_are_passed_over_and_headings_are_not() {
    let mut pdf = good();
    for page in &mut pdf.pages {
        page.text = page
            .text
            .replace(&format!("{AUTHOR} (jhed1) Homework 3"), &format!("Deep Learning\n{AUTHOR}"));
    }
    // A page that goes on may repeat the heading of its question.
    pdf.pages[2].text = pdf.pages[2].text.replace("1(b), continued.", HEADING);
    assert_eq!(check(&pdf, &EXPECTED).failures(), []);
    // A header that says on every page which question it belongs to.
    for (page, label) in pdf.pages.iter_mut().zip(["1(a)", "1(b)", "1(b), continued", "2(a)", ""]) {
        page.text = page.text.replacen("Deep Learning", &format!("Deep Learning, {label}"), 1);
    }
    assert_eq!(check(&pdf, &EXPECTED).failures(), []);
}

#[test]
fn layout_is_read_without_the_name() {
    let mut pdf = good();
    for page in &mut pdf.pages {
        page.text = page.text.replace(AUTHOR, "Somebody Else");
    }
    let report = check(&pdf, &EXPECTED);
    assert_eq!(report.failures(), []);
    assert_eq!(report.pages_to_mark, check(&good(), &EXPECTED).pages_to_mark);
    assert_eq!(report.warnings().len(), 1, "{report:#?}");
}

#[test]
fn what_follows_from_older_inputs_is_said_once() {
    let answers = [Answer { name: "loss", question: "1(b)", text: "9.9" }; 3];
    let older = Expected { fingerprint: "gradproof:4567", author: "New Name", ..EXPECTED };
    let report = check(&good(), &Expected { answers: &answers, paper: Paper::A4, ..older });
    let messages: Vec<String> = report.failures().into_iter().map(|d| d.message).collect();
    let wanted = format!(
        "the PDF is not what today's inputs and templates give: page 1 is 612 by 792 points, not \
         A4 paper; the document's author is “{AUTHOR}”, not “New Name”; loss = 9.9 is not printed \
         in 1(b) (and 2 more); page 1 does not show the name “New Name”"
    );
    assert_eq!(messages, [wanted]);
    assert_eq!(report.warnings(), []);
    let skipped: Vec<_> = report.items.iter().filter(|i| !i.judged).map(|i| i.name).collect();
    assert_eq!(skipped, ["paper", "author", "answers", "name"]);
    assert_eq!(report.pages_to_mark, check(&good(), &EXPECTED).pages_to_mark);

    // What lies in the file itself is a finding of its own.
    let mut pdf = good();
    pdf.language = None;
    assert_eq!(check(&pdf, &older).failures().len(), 2);
}

/// Changes the document or what is expected of it, and gives back the expectation.
type Damage = fn(&mut ReadBack) -> Expected<'static>;

const HEADING: &str = "1(b) One gradient step";

fn replace(pdf: &mut ReadBack, page: usize, from: &str, to: &str) {
    let text = &mut pdf.pages[page].text;
    assert!(text.contains(from), "{from} in {text}");
    *text = text.replace(from, to);
}

/// The item that must fail or warn, what it must say, and how it comes to that.
const DAMAGES: [(&str, Severity, &str, Damage); 28] = [
    ("made from these inputs", Severity::Error, "not what today's inputs", |_| Expected {
        fingerprint: "gradproof:0123abce",
        ..EXPECTED
    }),
    ("made from these inputs", Severity::Error, "not made by this program, but by xdvi", |pdf| {
        pdf.properties.remove("Keywords");
        EXPECTED
    }),
    ("paper", Severity::Error, "page 1 is 612 by 792 points, not A4", |_| Expected {
        paper: Paper::A4,
        ..EXPECTED
    }),
    ("paper", Severity::Error, "page 3 is 792 by 612 points, not letter", |pdf| {
        pdf.pages[2].paper = (792.0, 612.0);
        EXPECTED
    }),
    ("fonts are embedded", Severity::Error, "LMRoman", |pdf| {
        pdf.fonts[0].embedded = false;
        EXPECTED
    }),
    ("text can be searched", Severity::Error, "LMRoman", |pdf| {
        pdf.fonts[0].has_text = false;
        EXPECTED
    }),
    ("text can be searched", Severity::Warning, "7 characters", |pdf| {
        pdf.fonts[0].without_text = 7;
        EXPECTED
    }),
    ("text can be searched", Severity::Error, "no page has any text", |pdf| {
        pdf.pages.iter_mut().for_each(|page| page.text.clear());
        EXPECTED
    }),
    ("title", Severity::Error, "has no title", |pdf| {
        pdf.properties.remove("Title");
        EXPECTED
    }),
    ("title", Severity::Error, "not “Homework 4”", |_| Expected {
        title: "Homework 4",
        ..EXPECTED
    }),
    ("author", Severity::Error, "has no author", |pdf| {
        pdf.properties.remove("Author");
        EXPECTED
    }),
    ("language", Severity::Error, "does not say its language", |pdf| {
        pdf.language = None;
        EXPECTED
    }),
    ("size", Severity::Error, "100 MB", |pdf| {
        pdf.bytes = 100_000_001;
        EXPECTED
    }),
    ("size", Severity::Warning, "20 MB", |pdf| {
        pdf.bytes = 20_000_001;
        EXPECTED
    }),
    ("a page for every question", Severity::Error, "1(b) does not start its page", |pdf| {
        replace(pdf, 1, HEADING, "A remark first.\n1(b) One gradient step");
        EXPECTED
    }),
    ("a page for every question", Severity::Error, "1(b) was not found", |pdf| {
        replace(pdf, 1, HEADING, "1(c) One gradient step");
        EXPECTED
    }),
    ("a page for every question", Severity::Error, "1(a) and 1(b) share page 1", |pdf| {
        replace(pdf, 1, HEADING, "");
        pdf.pages[0].text.push_str("\n1(b) One gradient step");
        EXPECTED
    }),
    ("a page for every question", Severity::Error, "“Postscript”, starts no page", |_| {
        Expected { end: Some("Postscript"), ..EXPECTED }
    }),
    ("bookmarks", Severity::Error, "1(b) has no bookmark", |pdf| {
        pdf.bookmarks.remove(1);
        EXPECTED
    }),
    ("bookmarks", Severity::Error, "leads to page 3, not 2", |pdf| {
        pdf.bookmarks[1].page = Some(3);
        EXPECTED
    }),
    ("bookmarks", Severity::Error, "leads nowhere", |pdf| {
        pdf.bookmarks[1].page = None;
        EXPECTED
    }),
    ("answers", Severity::Error, "dL_dw[2] = -0.1972252139 is not printed in 1(b)", |pdf| {
        replace(pdf, 2, "−0.1972252139", "0.1972252139");
        EXPECTED
    }),
    ("answers", Severity::Error, "delta[2] = -255.2431289 is not printed in 2(a)", |pdf| {
        // It stands in the document, but in another question.
        replace(pdf, 3, "−255.2431289", "");
        pdf.pages[2].text.push_str("\n−255.2431289");
        EXPECTED
    }),
    ("answers", Severity::Error, "1(b) was not found", |pdf| {
        replace(pdf, 1, HEADING, "");
        EXPECTED
    }),
    ("references", Severity::Warning, "page 3 has ?? where a reference leads nowhere", |pdf| {
        pdf.pages[2].text.push_str("\nSee ??.");
        EXPECTED
    }),
    ("name", Severity::Warning, "still the placeholder", |_| Expected {
        author: "Your Name",
        name_is_placeholder: true,
        ..EXPECTED
    }),
    ("name", Severity::Warning, "page 3 does not show the name", |pdf| {
        replace(pdf, 2, AUTHOR, "");
        EXPECTED
    }),
    ("author", Severity::Error, "not “Your Name”", |_| Expected {
        author: "Your Name",
        ..EXPECTED
    }),
];

#[test]
fn every_item_can_fail_and_says_why() {
    for (item, severity, gist, damage) in DAMAGES {
        let mut pdf = good();
        let expected = damage(&mut pdf);
        let report = check(&pdf, &expected);
        let found = report.items.iter().find(|i| i.name == item).unwrap();
        assert!(
            found.findings.iter().any(|d| d.severity == severity && d.message.contains(gist)),
            "{item}: {gist}: {report:#?}"
        );
    }
    let untouched = check(&good(), &EXPECTED);
    assert!(untouched.items.iter().all(|item| item.severity().is_none()));
    for item in &untouched.items {
        assert!(DAMAGES.iter().any(|(name, ..)| *name == item.name), "{} never fails", item.name);
    }
}

// Files made by hand.

#[test]
fn every_way_to_show_and_move_text_is_followed() {
    let contents = "BT /F 10 Tf 12 TL 50 700 Td (a) Tj T* (b) Tj (c) ' 1 0 (d) \" \
        [(1) 20 (2) -400 (3)] TJ 0 -30 TD (e) Tj T* (f) Tj 1 0 0 1 50 500 Tm (x) Tj 5 Ts \
        /F 7 Tf (2) Tj 0 Ts ET q 2 0 0 2 0 0 cm BT /F 10 Tf 50 200 Td (4) Tj 5.6 0 Td (5) Tj \
        9 0 Td (6) Tj ET Q BT /F 10 Tf 3 Tr 50 40 Td (hidden) Tj ET";
    // Helvetica's widths are not in the file: half an em each.
    assert_eq!(text(&one_page("", "", contents, &[])), "a\nb\nc\nd12 3\ne\nf\nx^{2}\n45 6");
}

#[test]
fn forms_are_drawn_where_they_stand() {
    let form = stream(
        "/Type /XObject /Subtype /Form /Matrix [1 0 0 1 100 0] /BBox [0 0 99 99]",
        "BT /F 10 Tf (-1.5) Tj ET",
    );
    let contents = "BT /F 10 Tf 85 0 Td (x=) Tj ET /X Do";
    let objects = one_page("", "/XObject << /X 6 0 R >>", contents, &[&form]);
    assert_eq!(text(&objects), "x= -1.5");
}

#[test]
fn the_encoding_built_into_a_type_1_font_is_read() {
    let program = "%!PS-AdobeFont-1.0: CMSY10\n/Encoding 256 array\n0 1 255 {1 index exch /.notdef put} for\n\
                   dup 0 /minus put\ndup 49 /one put\nreadonly def\ncurrentfile eexec\n";
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /ABCDEF+CMSY10 /FontDescriptor 7 0 R >>";
    let descriptor = "<< /Type /FontDescriptor /FontName /CMSY10 /FontFile 8 0 R >>";
    let resources = "/X << >>";
    let mut objects = one_page(
        "",
        resources,
        "BT /F 10 Tf <00313132> Tj ET",
        &[font, descriptor, &stream("", program)],
    );
    objects[2] = objects[2].replace("/F 5 0 R", "/F 6 0 R");
    let pdf = read(&file(&objects, "")).unwrap();
    assert_eq!(pdf.pages[0].text, "−11\u{FFFD}");
    let wanted =
        FontInfo { name: "CMSY10".to_owned(), embedded: true, has_text: true, without_text: 1 };
    assert_eq!(pdf.fonts, [wanted]);
}

#[test]
fn another_programs_file_is_told_apart() {
    let mut objects = one_page("", "", "BT /F 10 Tf 50 700 Td (Hello) Tj ET", &[]);
    objects.push("<< /Producer (Some Word Processor) >>".to_owned());
    let pdf = read(&file(&objects, "/Info 6 0 R")).unwrap();
    assert_eq!(pdf.pages[0].text, "Hello");
    let messages: Vec<_> =
        check(&pdf, &EXPECTED).failures().into_iter().map(|d| d.message).collect();
    let wanted = "the PDF was not made by this program, but by Some Word Processor";
    assert_eq!(messages, [wanted]);
    assert_eq!(check(&pdf, &EXPECTED).warnings(), []);
}

#[test]
fn a_copy_that_another_engine_compiled_is_told() {
    let mut pdf = good();
    pdf.properties.insert("Producer".to_owned(), "pdfTeX-1.40.24".to_owned());
    let report = check(&pdf, &EXPECTED);
    assert_eq!(report.failures(), []);
    let [told] = &report.warnings()[..] else { panic!("{report:#?}") };
    assert!(told.message.contains("compiled by pdfTeX-1.40.24 from a copy"), "{told:?}");
    // All the rest is looked at as before.
    assert!(report.items.iter().all(|item| item.judged));
    assert_eq!(report.pages_to_mark, check(&good(), &EXPECTED).pages_to_mark);
}

#[test]
fn question_marks_that_are_meant_are_no_references() {
    let mut pdf = good();
    pdf.pages[2].text.push_str("\nSee ??.");
    let meant = Expected { marks_references: false, ..EXPECTED };
    assert_eq!(check(&pdf, &meant).warnings(), []);
}

#[test]
fn a_font_without_texts_is_seen() {
    let mut objects = one_page("", "", "BT /F 10 Tf <00410042> Tj ET", &[]);
    objects[4] = "<< /Type /Font /Subtype /Type0 /BaseFont /Mute /Encoding /Identity-H \
                  /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Mute >>] >>"
        .to_owned();
    let pdf = read(&file(&objects, "")).unwrap();
    assert_eq!(
        pdf.fonts,
        [FontInfo { name: "Mute".to_owned(), embedded: false, has_text: false, without_text: 2 }]
    );
}

#[test]
fn the_paper_is_what_a_viewer_shows() {
    let paper = |page: &str| read(&file(&one_page(page, "", "", &[]), "")).unwrap().pages[0].paper;
    assert_eq!(paper(""), (612.0, 792.0));
    assert_eq!(paper("/Rotate 90"), (792.0, 612.0));
    assert_eq!(paper("/CropBox [10 10 310 210]"), (300.0, 200.0));
    assert_eq!(paper("/MediaBox [0 842 595 0]"), (595.0, 842.0));
}
