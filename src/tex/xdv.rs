//! XeTeX's pages, taken apart and put together anew.
//!
//! XDV is DVI with commands for the system's fonts: a preamble, the pages, and a postamble that says
//! where the last page begins and which fonts there are; each page says where the one before it
//! begins. A page on its own is all of it but that, and the numbers by which it calls the fonts. What
//! each command takes is told in the DVI standard (TUGboat 3(2), 1982) and, for those of XeTeX, by
//! the source of the `tectonic_xdv` crate.

use std::collections::HashMap;

/// The pages of an XDV file.
#[derive(Debug, Default)]
pub(super) struct Xdv<'a> {
    preamble: &'a [u8],
    /// Each from its `bop` through its `eop`.
    pages: Vec<&'a [u8]>,
    fonts: HashMap<u32, Font<'a>>,
    /// The tallest and the widest page (sp), and the most that was on the stack of positions.
    extent: Extent,
}

#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    height: u32,
    width: u32,
    stack: u32,
}

/// What defines a font, without its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Font<'a> {
    is_native: bool,
    definition: &'a [u8],
}

/// One command, as far as it matters here.
enum Command<'a> {
    BeginPage,
    EndPage,
    /// The characters that follow are of the font with this number.
    Select(u32),
    Define(u32, Font<'a>),
    Postamble,
    Other,
}

const PREAMBLE: u8 = 247;
const POSTAMBLE: u8 = 248;
const POST_POSTAMBLE: u8 = 249;
const DEFINE_NATIVE: u8 = 252;
/// Numbers of fonts have one to four bytes; so many come after the command for one.
const SELECT: u8 = 235;
const DEFINE: u8 = 243;
const FILLER: u8 = 223;
/// A `bop`, and ten numbers of the page; the place of the page before comes next.
const PAGE_NUMBERS: usize = 1 + 10 * 4;
/// Of the preamble, what the postamble repeats: the unit of length.
const UNIT: std::ops::Range<usize> = 2..14;

struct Commands<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Commands<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    /// A number of one to four bytes.
    fn number(&mut self, bytes: u8) -> Option<u32> {
        let bytes = self.take(usize::from(bytes))?;
        Some(bytes.iter().fold(0, |number, &byte| (number << 8) | u32::from(byte)))
    }

    fn skip(&mut self, count: u32) -> Option<Command<'a>> {
        self.take(usize::try_from(count).ok()?).map(|_| Command::Other)
    }

    /// The next command; `None` for what XeTeX does not write.
    fn next(&mut self) -> Option<Command<'a>> {
        match self.number(1)? as u8 {
            // Characters, pushes and pops, moves by what was set before, reflections.
            0..=127 | 138 | 141 | 142 | 147 | 152 | 161 | 166 | 250 | 251 => self.skip(0),
            code @ 128..=131 => self.skip(u32::from(code - 127)),
            code @ 133..=136 => self.skip(u32::from(code - 132)),
            // Rules.
            132 | 137 => self.skip(8),
            139 => self.take(PAGE_NUMBERS + 3).map(|_| Command::BeginPage),
            140 => Some(Command::EndPage),
            code @ 143..=146 => self.skip(u32::from(code - 142)),
            code @ 148..=151 => self.skip(u32::from(code - 147)),
            code @ 153..=156 => self.skip(u32::from(code - 152)),
            code @ 157..=160 => self.skip(u32::from(code - 156)),
            code @ 162..=165 => self.skip(u32::from(code - 161)),
            code @ 167..=170 => self.skip(u32::from(code - 166)),
            code @ 171..=234 => Some(Command::Select(u32::from(code - 171))),
            code @ SELECT..=238 => self.number(code - SELECT + 1).map(Command::Select),
            // Specials.
            code @ 239..=242 => {
                let length = self.number(code - 238)?;
                self.skip(length)
            }
            code @ DEFINE..=246 => {
                let number = self.number(code - DEFINE + 1)?;
                Some(Command::Define(number, self.font()?))
            }
            POSTAMBLE => Some(Command::Postamble),
            DEFINE_NATIVE => {
                let number = self.number(4)?;
                Some(Command::Define(number, self.native_font()?))
            }
            // Glyphs, each with its place; in 254 after the text that they stand for.
            code @ (253 | 254) => {
                if code == 254 {
                    let length = self.number(2)?;
                    self.skip(2 * length)?;
                }
                self.skip(4)?;
                let glyphs = self.number(2)?;
                self.skip(10 * glyphs)
            }
            _ => None,
        }
    }

    /// A font of TeX's own: checksum, size, design size, and the names of its folder and itself.
    fn font(&mut self) -> Option<Font<'a>> {
        let start = self.at;
        self.take(12)?;
        let names = self.number(1)? + self.number(1)?;
        self.skip(names)?;
        Some(Font { is_native: false, definition: self.bytes.get(start..self.at)? })
    }

    /// A font of the system's: size, flags, name, index, and what the flags announce.
    fn native_font(&mut self) -> Option<Font<'a>> {
        const ANNOUNCED: [u32; 4] = [0x200, 0x1000, 0x2000, 0x4000];
        let start = self.at;
        self.take(4)?;
        let flags = self.number(2)?;
        let name = self.number(1)?;
        self.skip(name + 4)?;
        self.take(4 * ANNOUNCED.iter().filter(|&flag| flags & flag != 0).count())?;
        Some(Font { is_native: true, definition: self.bytes.get(start..self.at)? })
    }
}

impl<'a> Xdv<'a> {
    /// Takes a file apart; `None` if it is none of XeTeX's.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut commands = Commands { bytes, at: 0 };
        let (code, _id) = (commands.number(1)?, commands.number(1)?);
        commands.take(UNIT.len())?;
        let comment = commands.number(1)?;
        commands.skip(comment).filter(|_| code == u32::from(PREAMBLE))?;
        let mut xdv = Self { preamble: bytes.get(..commands.at)?, ..Self::default() };
        let mut page = commands.at;
        loop {
            let start = commands.at;
            match commands.next()? {
                Command::BeginPage => page = start,
                Command::EndPage => xdv.pages.push(bytes.get(page..commands.at)?),
                Command::Define(number, font) => drop(xdv.fonts.insert(number, font)),
                Command::Postamble => break,
                Command::Select(_) | Command::Other => {}
            }
        }
        // Where the last page begins, and the unit once more.
        commands.take(4 + UNIT.len())?;
        let (height, width, stack) =
            (commands.number(4)?, commands.number(4)?, commands.number(2)?);
        xdv.extent = Extent { height, width, stack };
        let pages = commands.number(2)?;
        // All fonts once more, or for the first time.
        while bytes.get(commands.at) != Some(&POST_POSTAMBLE) {
            let Command::Define(number, font) = commands.next()? else { return None };
            xdv.fonts.insert(number, font);
        }
        (usize::try_from(pages).ok()? == xdv.pages.len()).then_some(xdv)
    }

    /// How many pages there are.
    pub fn len(&self) -> usize {
        self.pages.len()
    }
}

/// A file of pages from others, each told by its file and its index there. The unit of length is
/// the first one's. `None` if there is no such page, or nothing at all.
pub(super) fn join(pages: &[(&Xdv, usize)]) -> Option<Vec<u8>> {
    let (first, _) = pages.first()?;
    let mut out = first.preamble.to_vec();
    let mut fonts = Fonts::default();
    let mut before = u32::MAX;
    let mut extent = Extent::default();
    for &(xdv, index) in pages {
        let page = xdv.pages.get(index)?;
        let start = u32::try_from(out.len()).ok()?;
        out.extend(page.get(..PAGE_NUMBERS)?);
        out.extend(before.to_be_bytes());
        before = start;
        let mut commands = Commands { bytes: page, at: PAGE_NUMBERS + 4 };
        while commands.at < page.len() {
            let start = commands.at;
            match commands.next()? {
                Command::Select(number) => {
                    let number = fonts.number(*xdv.fonts.get(&number)?)?;
                    out.push(SELECT + 1);
                    out.extend(number.to_be_bytes());
                }
                Command::Define(..) => {}
                _ => out.extend(page.get(start..commands.at)?),
            }
        }
        extent = extent.with(xdv.extent);
    }
    let postamble = u32::try_from(out.len()).ok()?;
    out.push(POSTAMBLE);
    out.extend(before.to_be_bytes());
    out.extend(first.preamble.get(UNIT)?);
    out.extend(extent.height.to_be_bytes());
    out.extend(extent.width.to_be_bytes());
    out.extend(u16::try_from(extent.stack).ok()?.to_be_bytes());
    out.extend(u16::try_from(pages.len()).ok()?.to_be_bytes());
    fonts.define(&mut out);
    out.push(POST_POSTAMBLE);
    out.extend(postamble.to_be_bytes());
    out.push(*first.preamble.get(1)?);
    // Four at least, and a whole number of words.
    out.resize((out.len() + 4).next_multiple_of(4), FILLER);
    Some(out)
}

impl Extent {
    fn with(self, other: Self) -> Self {
        Self {
            height: self.height.max(other.height),
            width: self.width.max(other.width),
            stack: self.stack.max(other.stack),
        }
    }
}

/// Fonts of several files, with numbers in the order in which they are met.
#[derive(Default)]
struct Fonts<'a> {
    numbers: HashMap<Font<'a>, u16>,
    met: Vec<Font<'a>>,
}

impl<'a> Fonts<'a> {
    fn number(&mut self, font: Font<'a>) -> Option<u16> {
        if let Some(&number) = self.numbers.get(&font) {
            return Some(number);
        }
        let number = u16::try_from(self.met.len()).ok()?;
        self.numbers.insert(font, number);
        self.met.push(font);
        Some(number)
    }

    /// Defines all that were met.
    fn define(&self, out: &mut Vec<u8>) {
        for (number, font) in (0u16..).zip(&self.met) {
            if font.is_native {
                out.push(DEFINE_NATIVE);
                out.extend(u32::from(number).to_be_bytes());
            } else {
                out.push(DEFINE + 1);
                out.extend(number.to_be_bytes());
            }
            out.extend(font.definition);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of one page for each list of commands, with a font of TeX's under number 5 and one of
    /// the system's, in bold, under 300; written by hand after the standard.
    fn file(pages: &[&[u8]]) -> Vec<u8> {
        let number = |n: usize| u32::try_from(n).unwrap().to_be_bytes();
        let unit = [[1, 131, 146, 192], [28, 59, 0, 0], [0, 0, 3, 232]].concat();
        let mut file = [&[PREAMBLE, 7][..], &unit, &[2, b'h', b'i']].concat();
        let fonts = [
            &[DEFINE, 5][..],
            &[9; 12],
            &[0, 4],
            b"cmr5",
            &[DEFINE_NATIVE, 0, 0, 1, 44, 0, 9, 0, 0, 0x40, 0, 2],
            b"lm",
            &[0; 8],
        ]
        .concat();
        let mut before = number(u32::MAX as usize);
        for page in pages {
            let start = file.len();
            file.extend([&[139][..], &[0; 40], &before, &fonts, page, &[140]].concat());
            before = number(start);
        }
        let postamble = file.len();
        file.extend([&[POSTAMBLE][..], &before, &unit, &number(700), &number(500)].concat());
        file.extend([&[0, 3][..], &[0, pages.len() as u8], &fonts].concat());
        file.extend([&[POST_POSTAMBLE][..], &number(postamble), &[7], &[FILLER; 5]].concat());
        file
    }

    /// The commands of a page by the names of its fonts, and where it says that the one before is.
    fn shown(xdv: &Xdv, index: usize) -> (Vec<String>, u32) {
        let page = xdv.pages[index];
        let mut commands = Commands { bytes: page, at: PAGE_NUMBERS };
        let before = commands.number(4).unwrap();
        let mut shown = Vec::new();
        while commands.at < page.len() {
            let start = commands.at;
            match commands.next().unwrap() {
                Command::Select(number) => {
                    let text = String::from_utf8_lossy(xdv.fonts[&number].definition).into_owned();
                    shown.push(if text.contains("cmr5") { "cmr5" } else { "lm" }.to_owned());
                }
                Command::Define(..) => {}
                _ => shown.push(format!("{:?}", &page[start..commands.at])),
            }
        }
        (shown, before)
    }

    #[test]
    fn pages_of_two_files_are_one_file() {
        // A character in cmr5; glyphs in lm, and a special that looks like commands.
        let glyphs = [&[236, 1, 44, 253, 0, 0, 0, 9, 0, 1][..], &[0; 8], &[0, 7]].concat();
        let special = [239, 3, 140, 171, 248];
        let one = file(&[&[176, 65], &glyphs]);
        let other = file(&[&special, &[235, 5, 66, 132, 0, 0, 0, 1, 0, 0, 0, 2]]);
        let (one, other) = (Xdv::parse(&one).unwrap(), Xdv::parse(&other).unwrap());
        let joined = join(&[(&one, 1), (&other, 1), (&other, 0), (&one, 0)]).unwrap();
        let joined_xdv = Xdv::parse(&joined).unwrap();
        assert_eq!(joined_xdv.len(), 4);
        let mut before = u32::MAX;
        for (at, (xdv, index)) in
            [(&one, 1), (&other, 1), (&other, 0), (&one, 0)].iter().enumerate()
        {
            let (commands, place) = shown(&joined_xdv, at);
            assert_eq!(commands, shown(xdv, *index).0, "page {at}");
            assert_eq!(place, before, "page {at}");
            before = (joined_xdv.pages[at].as_ptr() as usize - joined.as_ptr() as usize) as u32;
        }
        assert_eq!(joined.len() % 4, 0);
        assert!(
            joined.ends_with(&[7, FILLER, FILLER, FILLER, FILLER])
                || joined.ends_with(&[FILLER; 5])
        );
        assert_eq!(joined_xdv.extent.height, 700);
    }

    #[test]
    fn what_is_cut_off_or_not_of_xetex_is_no_file() {
        let whole = file(&[&[176, 65]]);
        assert!(Xdv::parse(&whole).is_some());
        assert!((0..80).all(|end| Xdv::parse(&whole[..end]).is_none()));
        assert!(Xdv::parse(&file(&[&[255]])).is_none());
        assert!(join(&[]).is_none());
    }
}
