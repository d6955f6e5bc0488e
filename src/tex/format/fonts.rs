//! Stand-ins for the fonts that no format can hold.
//!
//! XeTeX refuses to dump *native* fonts, those that it reads from OpenType files, and every class
//! selects one. So while a format with a preamble is made, LaTeX's font selection is given
//! *stand-ins* in their place: metrics without any character, whose parameters (the lengths of an
//! em, an ex, a space, …) are those of the font that they stand for, to the last scaled point. When
//! the format is used, the first thing that happens is that the real fonts are loaded under the
//! same names.
//!
//! What a preamble computes from parameters is therefore the same; what it would set in such a
//! font, or measure of its characters, is missing characters, which TeX tells and which make the
//! preamble one that is not put into a format.

use std::fmt::Write;

/// The name of all stand-ins begins so; a document that meets one has the wrong font.
pub(in crate::tex) const STANDIN: &str = "gradproof-standin-";

/// Where the fonts that a preamble selects are noted.
pub(super) const NOTED: &str = "gradproof-fonts.txt";

/// How many parameters XeTeX gives a native font (`load_native_font` of its source).
const PARAMETERS: usize = 8;

/// A native font that a preamble has selected.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Font {
    /// The control sequence that selects it, without a backslash: `TU/lmr/m/n/10`.
    name: String,
    /// What `\font` loads: a name, mostly in quotation marks, and a size.
    external: String,
    /// `\fontdimen` 1 to 8, in scaled points.
    parameters: [i32; PARAMETERS],
    /// `\hyphenchar` and `\skewchar`.
    characters: [i32; 2],
}

/// TeX commands that note every native font that is selected from then on.
///
/// `\extract@font` is where LaTeX loads a font; its end is where a font has all its settings.
pub(super) fn noting() -> String {
    let parameters: String =
        (1..=PARAMETERS).map(|k| format!("\\number\\fontdimen{k}\\font@name\\space")).collect();
    format!(
        r"\catcode64=11
\immediate\openout15={NOTED}
\let\gradproof@extract\extract@font
\def\extract@font{{\gradproof@extract
  \ifnum\XeTeXfonttype\font@name>0
    \immediate\write15{{\expandafter\string\font@name}}%
    \immediate\write15{{\external@font}}%
    \immediate\write15{{{parameters}\number\hyphenchar\font@name\space\number\skewchar\font@name}}%
  \fi}}
\let\gradproof@end\@@end
\def\gradproofend{{\immediate\closeout15\gradproof@end}}
\catcode64=12
"
    )
}

/// The fonts that were noted; `None` where one has a name that TeX would not read again as it is.
pub(super) fn noted(notes: &str) -> Option<Vec<Font>> {
    let lines: Vec<&str> = notes.lines().collect();
    let mut fonts: Vec<Font> = Vec::new();
    for font in lines.chunks(3) {
        let &[name, external, numbers] = font else { return None };
        let numbers: Vec<i32> =
            numbers.split_whitespace().map(|n| n.parse().ok()).collect::<Option<_>>()?;
        let (parameters, characters) = numbers.split_first_chunk()?;
        let font = Font {
            name: plain(name)?,
            external: plain(external)?,
            parameters: *parameters,
            characters: characters.try_into().ok()?,
        };
        // Selected again with other settings, the font at the end is not the font at the start.
        match fonts.iter().find(|known| known.name == font.name) {
            Some(known) if *known != font => return None,
            Some(_) => {}
            None => fonts.push(font),
        }
    }
    Some(fonts)
}

/// A text all of whose characters mean themselves in TeX.
fn plain(text: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_graphic() && !"\\{}$&#^_~%".contains(c) || c == ' ';
    (!text.is_empty() && text.chars().all(is_plain)).then(|| text.to_owned())
}

/// TeX commands that load the stand-ins and give them to LaTeX in place of `fonts`.
pub(super) fn standing_in(fonts: &[Font]) -> String {
    let mut text = String::from("\\catcode64=11\n");
    for (number, font) in fonts.iter().enumerate() {
        let Font { name, parameters, characters: [hyphen, skew], .. } = font;
        // The sixth parameter, the em, is the size of a native font.
        let size = parameters[5];
        // Writing to a string can't fail.
        let _ = writeln!(text, "\\font\\gradproof@font={STANDIN}{number} at {size}sp\\relax");
        for (k, parameter) in (1..).zip(parameters) {
            let _ = writeln!(text, "\\fontdimen{k}\\gradproof@font={parameter}sp\\relax");
        }
        let _ = writeln!(
            text,
            "\\hyphenchar\\gradproof@font={hyphen}\\relax\\skewchar\\gradproof@font={skew}\\relax\n\
             \\expandafter\\def\\csname gradproof@as{name}\\endcsname{{{STANDIN}{number} at {size}sp}}"
        );
    }
    text += r"\let\gradproof@get\get@external@font
\def\get@external@font{\gradproof@get
  \ifcsname gradproof@as\expandafter\string\font@name\endcsname
    \edef\external@font{\csname gradproof@as\expandafter\string\font@name\endcsname}%
  \fi}
\let\gradproof@given\get@external@font
";
    text += "\\catcode64=12\n";
    text
}

/// The body of a macro that loads the real `fonts` when a format is used, with the settings that
/// their stand-ins had in the end.
pub(super) fn restoring(fonts: &[Font]) -> String {
    fonts.iter().fold(String::new(), |mut text, Font { name, external, .. }| {
        let _ = writeln!(text, "  \\gradproof@renew{{{name}}}{{{external}}}%");
        text
    })
}

/// TeX commands that define `\gradproof@renew{NAME}{EXTERNAL}`.
pub(super) fn renewing() -> String {
    let parameters: String = (1..=PARAMETERS)
        .map(|k| format!("    \\fontdimen{k}\\gradproof@new=\\fontdimen{k}\\gradproof@old\n"))
        .collect();
    format!(
        r"\def\gradproof@renew#1#2{{%
  \ifcsname#1\endcsname
    \expandafter\let\expandafter\gradproof@old\csname#1\endcsname
    \expandafter\font\csname#1\endcsname=#2\relax
    \expandafter\let\expandafter\gradproof@new\csname#1\endcsname
{parameters}    \hyphenchar\gradproof@new=\hyphenchar\gradproof@old
    \skewchar\gradproof@new=\skewchar\gradproof@old
  \fi}}
"
    )
}

/// The body of a macro that keeps in `\gradproof@select` the command for the font in use.
pub(super) fn selected(fonts: &[Font]) -> String {
    fonts.iter().fold(String::from("  \\let\\gradproof@select\\relax\n"), |mut text, font| {
        let name = &font.name;
        let _ = writeln!(
            text,
            "  \\ifcsname {name}\\endcsname\n\
             \x20   \\expandafter\\let\\expandafter\\gradproof@old\\csname {name}\\endcsname\n\
             \x20   \\expandafter\\ifx\\the\\font\\gradproof@old\n\
             \x20     \\def\\gradproof@select{{\\csname {name}\\endcsname}}\\fi\\fi"
        );
        text
    })
}

/// The stand-ins' files: names and contents.
pub(super) fn files(fonts: &[Font]) -> impl Iterator<Item = (String, Vec<u8>)> {
    (0..fonts.len()).map(|number| (format!("{STANDIN}{number}.tfm"), empty_metrics()))
}

/// TeX font metrics without characters, with room for eight parameters.
///
/// The format: twelve lengths; two words of header (checksum, design size); the tables of widths,
/// heights, depths and italic corrections, each with one zero; the parameters.
fn empty_metrics() -> Vec<u8> {
    // Words in the file, in the header; first and last character (none); widths, heights, depths,
    // italic corrections; ligatures, kerns, extensible characters; parameters.
    let lengths = [6 + 2 + 4 + PARAMETERS as u16, 2, 1, 0, 1, 1, 1, 1, 0, 0, 0, PARAMETERS as u16];
    let design_size = 10u32 << 20;
    let mut words = vec![0, design_size];
    words.resize(2 + 4 + PARAMETERS, 0);
    let mut file: Vec<u8> = lengths.iter().flat_map(|n| n.to_be_bytes()).collect();
    file.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTES: &str = "TU/lmr/m/n/10\n\"[lmroman10-regular]:mapping=tex-text;\" at 10.0pt\n\
                         0 218235 109117 72745 282460 655360 72745 447610 45 -1\n";

    #[test]
    fn fonts_are_read_as_they_were_noted() {
        let fonts = noted(NOTES).unwrap();
        assert_eq!(fonts.len(), 1);
        assert_eq!(fonts[0].name, "TU/lmr/m/n/10");
        assert_eq!(fonts[0].parameters[5], 655_360);
        assert_eq!(fonts[0].characters, [45, -1]);
        assert_eq!(noted("").unwrap(), []);
        assert_eq!(noted(&NOTES.repeat(2)).unwrap(), fonts, "selected twice");
    }

    #[test]
    fn notes_that_tell_no_single_font_are_refused() {
        let other = NOTES.replace("45 -1", "-1 -1");
        for notes in
            ["TU/lmr/m/n/10\n", &NOTES.replace("TU/", "\\TU/"), &(NOTES.to_owned() + &other)]
        {
            assert_eq!(noted(notes), None, "{notes}");
        }
    }
}
