//! Formats with a document's preamble: used where they may be, and never to be seen in the PDF.

use super::*;

/// The engine keeps the heights of glyphs by the numbers of their fonts as long as its process
/// lives, so one document can be seen in the next; the program typesets one in each.
#[test]
fn each_in_a_process_of_its_own() {
    in_processes(
        "preambles",
        &[
            "the_third_build_begins_behind_the_preamble_and_gives_the_same_bytes",
            "mistakes_are_told_at_the_same_lines",
            "a_preamble_with_a_warning_warns_in_every_build",
            "a_file_of_the_user_that_changes_appears_or_goes_is_read_anew",
            "what_a_format_cannot_hold_is_never_in_one",
            "a_damaged_format_is_told_and_made_anew",
            "a_pass_that_came_ahead_gives_the_same_bytes",
            "a_pass_that_came_ahead_is_of_no_use_once_a_file_changes",
        ],
    );
}

/// A cache with LaTeX's format in it and nothing else.
pub(super) fn cache() -> tempfile::TempDir {
    build("Hello.").unwrap();
    let cache = tempfile::tempdir().unwrap();
    for path in files(CACHE.path(), "fmt") {
        std::fs::copy(&path, cache.path().join(path.file_name().unwrap())).unwrap();
    }
    cache
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

/// Whether TeX began behind the preamble: it had no class to read.
fn is_short(done: &Typeset) -> bool {
    !done.log.contains("article.cls")
}

/// A document whose preamble works through all that ours does.
const PREAMBLE: &str = "
\\usepackage{amsmath,amssymb,graphicx,longtable}
\\usepackage[margin=1in]{geometry}
\\usepackage[unicode,hidelinks]{hyperref}
\\setlength{\\parindent}{1.5em}\\setlength{\\parskip}{1ex}
\\newsavebox{\\mybox}\\newcommand{\\T}{^{\\top}}
\\AtBeginDocument{\\abovedisplayskip=6pt}";
const BODY: &str = "\\section{Größe}\\label{a} Page \\pageref{b}, \\textbf{bold} $W\\T$.\\clearpage
\\section{Two}\\label{b} \\emph{See} \\ref{a}, \\today. \\sbox{\\mybox}{x}\\usebox{\\mybox}
\\[ \\sum_{k=1}^n \\mathbb{R} \\]";

#[test]
#[ignore = "run by each_in_a_process_of_its_own"]
fn the_third_build_begins_behind_the_preamble_and_gives_the_same_bytes() {
    let cache = cache();
    let source = article(PREAMBLE, BODY);
    let first = build_with(cache.path(), &source, &[]).unwrap();
    let second = build_with(cache.path(), &source, &[]).unwrap();
    assert_eq!([&first, &second].map(is_short), [false, false]);
    let third = build_with(cache.path(), &source, &[]).unwrap();
    assert!(is_short(&third), "{}", third.log);
    assert!(third.pdf == first.pdf && second.pdf == first.pdf, "other bytes");
    assert_eq!(third.messages, first.messages);

    // Another document with this preamble, and one with another. The bytes of different documents
    // are not compared here: the engine keeps the heights of glyphs by the numbers of their fonts
    // as long as the process lives, and the program typesets one document in each.
    let another = build_with(cache.path(), &article(PREAMBLE, "Other words."), &[]).unwrap();
    let otherwise = build_with(cache.path(), &article("\n\\parskip=2em", "Words."), &[]).unwrap();
    assert_eq!([&another, &otherwise].map(is_short), [true, false]);
}

/// Builds three times; gives the last.
fn third(cache: &Path, source: &str, include: &[PathBuf]) -> Typeset {
    for _ in 0..2 {
        build_with(cache, source, include).unwrap();
    }
    build_with(cache, source, include).unwrap()
}

#[test]
#[ignore = "run by each_in_a_process_of_its_own"]
fn mistakes_are_told_at_the_same_lines() {
    let cache = cache();
    let preamble = "\n\\usepackage{amsmath}\n\\newcommand{\\wrong}{\\undefinedx}";
    assert!(is_short(&third(cache.path(), &article(preamble, "Hello."), &[])));
    for body in ["a\n\n$x^2^3$\n\n\\wrong", "中\n\\rule{500pt}{1pt}\n\n\\onefoo", "a\n\\end{quote}"]
    {
        let source = article(preamble, body);
        let told = errors(build_with(cache.path(), &source, &[]));
        assert_eq!(told, errors(build_with(CACHE.path(), &source, &[])), "{body}");
    }
    // A mistake in the preamble is one in another preamble.
    let source = article("\n\\usepackage{amsmath}\n\\setlenth{\\parskip}{1pt}", "Hello.");
    for _ in 0..3 {
        assert_eq!(errors(build_with(cache.path(), &source, &[]))[0].line, Some(3));
    }
}

#[test]
#[ignore = "run by each_in_a_process_of_its_own"]
fn a_preamble_with_a_warning_warns_in_every_build() {
    let cache = cache();
    let source = article("\n\\PackageWarning{mine}{Mind this}", "Hello.");
    for _ in 0..4 {
        let done = build_with(cache.path(), &source, &[]).unwrap();
        assert_eq!(done.messages.len(), 1, "{:?}", done.messages);
    }
}

#[test]
#[ignore = "run by each_in_a_process_of_its_own"]
fn a_file_of_the_user_that_changes_appears_or_goes_is_read_anew() {
    let cache = cache();
    let folder = tempfile::tempdir().unwrap();
    let (macros, local) = (folder.path().join("macros.tex"), folder.path().join("local.cfg"));
    let include = [folder.path().to_owned()];
    let preamble =
        "\n\\input{macros}\n\\InputIfFileExists{local.cfg}{}{\\newcommand{\\place}{none}}";
    let source = article(preamble, "\\mine, \\place");
    let check = |what: &str| {
        let done = build_with(cache.path(), &source, &include).unwrap();
        let plain = tempfile::tempdir().unwrap();
        for path in files(cache.path(), "fmt") {
            std::fs::copy(&path, plain.path().join(path.file_name().unwrap())).unwrap();
        }
        let expected = build_with(plain.path(), &source, &include).unwrap();
        assert!(done.pdf == expected.pdf, "{what}");
        assert!(!is_short(&done), "{what}");
        assert!(is_short(&third(cache.path(), &source, &include)), "{what}");
    };
    std::fs::write(&macros, "\\newcommand{\\mine}{one}").unwrap();
    check("new");
    std::fs::write(&macros, "\\newcommand{\\mine}{two}").unwrap();
    check("changed, of the same length");
    std::fs::write(&local, "\\newcommand{\\place}{here}").unwrap();
    check("appeared");
    std::fs::remove_file(&local).unwrap();
    check("gone");
}

#[test]
#[ignore = "run by each_in_a_process_of_its_own"]
fn what_a_format_cannot_hold_is_never_in_one() {
    let cache = cache();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lines.txt"), "one\ntwo\nthree\n").unwrap();
    std::fs::write(
        folder.path().join("probe.sty"),
        "\\iffontchar\\font`a \\def\\x{a}\\else\\def\\x{b}\\fi",
    )
    .unwrap();
    let include = [folder.path().to_owned()];
    let cases = [
        (
            "\n\\newread\\mine\\openin\\mine=lines.txt \\read\\mine to\\x",
            "\\x\\read\\mine to\\x\\x",
        ),
        (
            "\n\\newwrite\\mine\\immediate\\openout\\mine=w.tex \\immediate\\write\\mine{written}\\immediate\\closeout\\mine",
            "\\input{w}",
        ),
        ("\n\\newlength{\\mine}\\settowidth{\\mine}{width}", "\\rule{\\mine}{1pt}"),
        ("\n\\newsavebox{\\mine}\\sbox{\\mine}{a box}", "\\usebox{\\mine}"),
        ("\n\\usepackage{probe}", "\\x"),
        ("\n\\font\\own=\"[lmroman10-bold]\" at 12pt", "{\\own own}"),
        ("\n\\batchmode", "Hello."),
        ("\n\\iftrue", "Hello.\\fi"),
    ];
    for (preamble, body) in cases {
        let source = article(preamble, body);
        let first = build_with(cache.path(), &source, &include);
        let Ok(first) = first else { panic!("{preamble}: {first:?}") };
        for _ in 0..2 {
            let done = build_with(cache.path(), &source, &include).unwrap();
            assert!(done.pdf == first.pdf && done.messages == first.messages, "{preamble}");
            assert!(!is_short(&done), "{preamble}");
        }
    }
    assert_eq!(files(cache.path(), "image"), Vec::<PathBuf>::new());
}

#[test]
#[ignore = "run by each_in_a_process_of_its_own"]
fn a_damaged_format_is_told_and_made_anew() {
    let cache = cache();
    let source = article("\n\\usepackage{amsmath}", "Hello.");
    let expected = third(cache.path(), &source, &[]).pdf;
    let image = files(cache.path(), "image").remove(0);
    let whole = std::fs::read(&image).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for bytes in [&whole[..whole.len() / 2], &flipped, b"", &[0xA5; 5000]] {
        std::fs::write(&image, bytes).unwrap();
        // One that comes ahead and is not needed leaves the news to others.
        let known = beginning(&source, 0).unwrap();
        let begun = Document { source: known, include: &[], date: date(), sections: None };
        let nothing = Box::new(|| Err(std::io::ErrorKind::UnexpectedEof.into()));
        let (handed, texlive) = (Auxiliary::default(), BundleChoice::TexLive);
        let done = perform_ahead(&begun, &handed, nothing, &texlive, cache.path(), &mut |_| {});
        assert!(matches!(done, Ok(Outcome::Unfit) | Err(TexFailure::Engine { .. })), "{done:?}");
        // Nor is one of use that has read an image that was not whole.
        if bytes.starts_with(&whole[..100]) {
            let done = ahead(cache.path(), (&source, 0), &[], || {});
            assert!(matches!(done, Ok(Outcome::Unfit)), "{done:?}");
        }
        let done = build_with(cache.path(), &source, &[]).unwrap();
        assert!(done.pdf == expected);
        assert!(done.notices[0].text.contains("damaged"), "{:?}", done.notices);
        let done = third(cache.path(), &source, &[]);
        assert!(is_short(&done) && done.notices.is_empty() && done.pdf == expected);
    }
    std::fs::remove_file(&image).unwrap();
    assert!(build_with(cache.path(), &source, &[]).unwrap().notices.is_empty());
}

/// Typesets by a pass that has begun when only a beginning was there, with the lines in these first
/// bytes, and `meanwhile` this happens.
fn ahead(
    cache: &Path,
    (source, known): (&str, usize),
    include: &[PathBuf],
    meanwhile: impl FnOnce() + 'static,
) -> Result<Outcome, TexFailure> {
    let begun = beginning(source, known).unwrap();
    let document = Document { source: begun, include, date: date(), sections: None };
    let handed = Auxiliary::last(cache, include).unwrap_or_default();
    let order = Order {
        source: source.to_owned(),
        handed: handed.clone(),
        turn: Turn::Guess,
        sections: None,
    };
    let ask = Box::new(move || {
        meanwhile();
        Ok(order)
    });
    perform_ahead(&document, &handed, ask, &BundleChoice::TexLive, cache, &mut |_| {})
}

#[test]
#[ignore = "run by each_in_a_process_of_its_own"]
fn a_pass_that_came_ahead_gives_the_same_bytes() {
    let cache = cache();
    let source = article(PREAMBLE, BODY);
    // Where no format is there it waits before it begins, and is a pass like any other.
    let begun = ahead(cache.path(), (&source, 0), &[], || assert_eq!(line(), None));
    assert!(matches!(begun, Ok(Outcome::Again { .. })), "{begun:?}");

    let expected = third(cache.path(), &source, &[]);
    // Behind each of these it has to wait: on the first page, the second, and the last line.
    for edited in ["\\section{Gr", "\\section{Two}", "\\[", "\\end{document}"] {
        let place = source.find(edited).unwrap();
        let lines = u32::try_from(source[..place].matches('\n').count()).ok();
        let done = ahead(cache.path(), (&source, place), &[], move || assert_eq!(line(), lines));
        let Ok(Outcome::Done { typeset, .. }) = done else { panic!("{done:?}") };
        assert!(is_short(&typeset) && typeset.pdf == expected.pdf, "{edited}: other bytes");
        assert_eq!(typeset.messages, expected.messages);
    }

    let mistaken = article(PREAMBLE, "a\n\n\\undefinedx\n\nb");
    let told = ahead(cache.path(), (&mistaken, mistaken.len()), &[], || {});
    let Err(TexFailure::Document { messages, .. }) = told else { panic!("{told:?}") };
    assert_eq!(messages, errors(build_with(CACHE.path(), &mistaken, &[])));
}

#[test]
#[ignore = "run by each_in_a_process_of_its_own"]
fn a_pass_that_came_ahead_is_of_no_use_once_a_file_changes() {
    let cache = cache();
    let folder = tempfile::tempdir().unwrap();
    let include = [folder.path().to_owned()];
    let preamble = "\n\\input{macros}\n\\InputIfFileExists{local.cfg}{}{}";
    let source = article(preamble, "\\mine");
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("macros.tex"), "\\newcommand{\\mine}{one}").unwrap();
    for (name, text) in [("macros.tex", "\\newcommand{\\mine}{two}"), ("local.cfg", "")] {
        third(cache.path(), &source, &include);
        let undisturbed = ahead(cache.path(), (&source, 0), &include, || {});
        assert!(matches!(undisturbed, Ok(Outcome::Done { .. })), "{undisturbed:?}");
        let file = path(name);
        let changed = move || std::fs::write(file, text).unwrap();
        let outcome = ahead(cache.path(), (&source, 0), &include, changed);
        assert!(matches!(outcome, Ok(Outcome::Unfit)), "{name}: {outcome:?}");
    }
}
