//! Files that cannot be read, and files made to do harm: whatever comes out, it comes without a
//! panic, soon and in little memory.

use lopdf::{EncryptionState, EncryptionVersion, Object, Permissions};
use proptest::prelude::*;

use super::numbers::contains_number;
use super::samples::{EXPECTED, file, homework, one_page, stream};
use super::*;

#[test]
fn what_is_no_whole_pdf_is_named() {
    let pdf = homework();
    assert_eq!(read(b""), Err(Unreadable::Empty));
    assert_eq!(read(b"\\documentclass{article}"), Err(Unreadable::NotAPdf));
    assert_eq!(read(&pdf[..pdf.len() / 2]), Err(Unreadable::Truncated));
    assert_eq!(read(&pdf[..pdf.len() - 10]), Err(Unreadable::Truncated));
    assert!(matches!(read(b"%PDF-1.5\n%%EOF\n"), Err(Unreadable::Damaged(_))));
    let mut objects = one_page("", "", "", &[]);
    objects[1] = "<< /Type /Pages /Kids [] /Count 0 >>".to_owned();
    assert_eq!(read(&file(&objects, "")), Err(Unreadable::NoPages));
    let mut shifted = file(&one_page("", "", "", &[]), "");
    shifted.splice(9..9, *b"% lines added by hand\n");
    assert!(matches!(read(&shifted), Err(Unreadable::Damaged(_))), "{:?}", read(&shifted));
    let message = Unreadable::Encrypted.diagnostic("output/homework3.pdf");
    assert_eq!(message.message, "output/homework3.pdf is encrypted");
    assert!(message.help.is_some_and(|help| help.contains("Gradescope")));
}

#[test]
fn encryption_is_named_with_and_without_a_password() {
    for user_password in ["", "secret"] {
        let mut document = lopdf::Document::load_mem(homework()).unwrap();
        let id = Object::string_literal("0123456789abcdef");
        document.trailer.set("ID", vec![id.clone(), id]);
        let version = EncryptionVersion::V2 {
            document: &document,
            owner_password: "owner",
            user_password,
            key_length: 128,
            permissions: Permissions::all(),
        };
        let state = EncryptionState::try_from(version).unwrap();
        document.encrypt(&state).unwrap();
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        assert_eq!(read(&bytes), Err(Unreadable::Encrypted), "{user_password:?}");
    }
}

#[test]
fn what_draws_or_names_itself_comes_to_an_end() {
    let form = stream("/Subtype /Form /Resources << /XObject << /X 6 0 R >> >>", "/X Do /X Do");
    let objects = one_page("", "/XObject << /X 6 0 R >>", "/X Do", &[&form]);
    assert_eq!(read(&file(&objects, "")), Err(Unreadable::Excessive("much content")));

    let mut objects = one_page("", "", "BT /F 10 Tf (kept) Tj ET", &["<< /First 7 0 R >>"]);
    objects.push("<< /Title (a) /First 7 0 R /Next 7 0 R >>".to_owned());
    objects[0] = "<< /Pages 2 0 R /Outlines 6 0 R /Names << /Dests 8 0 R >> >>".to_owned();
    objects.push("<< /Kids [8 0 R 8 0 R] >>".to_owned());
    let pdf = read(&file(&objects, "")).unwrap();
    assert_eq!(pdf.bookmarks, [Bookmark { title: "a".to_owned(), page: None }]);
    assert_eq!(pdf.pages[0].text, "kept");

    let mut objects = one_page("", "", "", &[]);
    objects[1] = "<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R] /Count 2 >>".to_owned();
    assert_eq!(read(&file(&objects, "")), Err(Unreadable::NoPages));
}

#[test]
fn the_tree_of_names_is_read_though_a_branch_leads_back() {
    let mut objects = one_page("", "", "", &["<< /First 7 0 R >>"]);
    objects[0] = "<< /Pages 2 0 R /Outlines 6 0 R /Names << /Dests 8 0 R >> >>".to_owned();
    objects.push("<< /Title (a) /Dest (place) >>".to_owned());
    objects.push(format!("<< /Kids [9 0 R {}] >>", "8 0 R ".repeat(9_000)));
    objects.push("<< /Names [(place) [3 0 R /Fit]] >>".to_owned());
    let pdf = read(&file(&objects, "")).unwrap();
    assert_eq!(pdf.bookmarks, [Bookmark { title: "a".to_owned(), page: Some(1) }]);
}

/// Each font is small, and so is the file: it is the reading that multiplies.
#[test]
fn fonts_that_share_a_large_map_are_refused() {
    let map = stream("", &format!("beginbfchar {}", "<41> <0041> ".repeat(100_000)));
    let fonts = 200;
    let names: String = (0..fonts).map(|k| format!("/G{k} {} 0 R ", 7 + k)).collect();
    let contents: String = (0..fonts).map(|k| format!("/G{k} 9 Tf ")).collect();
    let mut objects = one_page("", "", &contents, &[&map]);
    objects[2] = objects[2].replace("/F 5 0 R", &names);
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>";
    objects.extend(std::iter::repeat_n(font.to_owned(), fonts));
    assert_eq!(read(&file(&objects, "")), Err(Unreadable::Excessive("much font data")));
}

#[test]
fn forms_in_forms_cost_what_they_draw() {
    let entries =
        |next: usize| format!("/Subtype /Form /Resources << /XObject << /X {next} 0 R >> >>");
    let forms: Vec<String> =
        (0..10).map(|i| stream(&entries(7 + i), &"/X Do ".repeat(10))).collect();
    let more: Vec<&str> = forms.iter().map(String::as_str).collect();
    let objects = one_page("", "/XObject << /X 6 0 R >>", "/X Do", &more);
    assert_eq!(read(&file(&objects, "")), Err(Unreadable::Excessive("much content")));
}

#[test]
fn content_that_swells_is_refused() {
    let bytes = file(&one_page("", "", "", &[]), "");
    let mut document = lopdf::Document::load_mem(&bytes).unwrap();
    let swollen = lopdf::Stream::new(lopdf::Dictionary::new(), vec![b' '; 80 << 20]);
    document.objects.insert((4, 0), Object::Stream(swollen));
    document.compress();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    assert!(bytes.len() < 1 << 20);
    assert_eq!(read(&bytes), Err(Unreadable::Excessive("much content")));
}

#[test]
fn nesting_and_wild_numbers_do_no_harm() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let dictionaries = "<</A".repeat(100_000);
    let states = "q ".repeat(100_000);
    for contents in
        [deep.as_str(), &dictionaries, &states, "1e300 0 0 1e300 0 0 cm BT /F 1e30 Tf (a) Tj ET"]
    {
        let _ = read(&file(&one_page("", "", contents, &[]), ""));
    }
    for object in [&deep, &dictionaries] {
        let _ = read(&file(&one_page("", "", "", &[object]), ""));
    }
    let wide = "<< /Type /Font /Subtype /Type0 /BaseFont /W /DescendantFonts [7 0 R] >>";
    let widths = "0 65535 1 ".repeat(10_000);
    let cid = format!("<< /Type /Font /Subtype /CIDFontType0 /W [{widths}] >>");
    let mut objects = one_page("", "", "BT /F 10 Tf <0041> Tj ET", &[wide, &cid]);
    objects[2] = objects[2].replace("/F 5 0 R", "/F 6 0 R");
    assert_eq!(read(&file(&objects, "")).unwrap().pages.len(), 1);
    for size in ["0", "-1", "99999999999"] {
        let pdf = file(&one_page("", "", "", &[]), "");
        let pdf = String::from_utf8(pdf).unwrap().replace("/Size 6", &format!("/Size {size}"));
        let _ = read(pdf.as_bytes());
    }
}

proptest! {
    #![proptest_config(crate::properties::config(300))]

    #[test]
    fn cut_off_files_are_never_taken_for_whole(at in any::<prop::sample::Index>()) {
        let pdf = homework();
        let end = pdf.len() - 6;
        prop_assert!(read(&pdf[..at.index(end)]).is_err());
    }

    #[test]
    fn no_damage_causes_a_panic(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut pdf = homework().to_vec();
        for (at, byte) in flips {
            let at = at.index(pdf.len());
            pdf[at] = byte;
        }
        if let Ok(pdf) = read(&pdf) {
            check(&pdf, &EXPECTED);
        }
    }

    #[test]
    fn no_content_causes_a_panic(contents in "([-0-9. ]{1,6}|/F|/X|\\(a\\)|<00>|\\[\\(b\\) -9\\]|q|Q|cm|BT|ET|Tf|Td|TD|Tm|T\\*|Tj|TJ|'|\"|Tr|Ts|Tz|Do| )*") {
        let _ = read(&file(&one_page("", "", &contents, &[]), ""));
    }

    #[test]
    fn numbers_are_looked_for_in_any_text(text in "[-−0-9.× ^{}_a\\n]*", number in "-?[0-9]\\.[0-9](e-?[0-9])?") {
        // A number that is found stands there: its digits do.
        let digits = number.trim_start_matches('-').split('e').next().unwrap_or_default().to_owned();
        prop_assert!(!contains_number(&text, &number) || text.contains(&digits));
    }
}
