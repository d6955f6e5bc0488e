//! Where TeX's own files come from, as the user says it.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The value of `--bundle`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BundleChoice {
    /// An installed TeX Live if there is a usable one, otherwise the web bundle.
    #[default]
    Auto,
    /// An installed TeX Live.
    TexLive,
    /// tectonic's default web bundle, with the cache that tectonic shares between programs.
    Web,
    /// A folder (a TeX tree or a flat folder of files), a `.zip` or a `.ttb` bundle.
    Path(PathBuf),
    /// A web bundle at another address: `.tar` with its index beside it, or `.ttb`.
    Url(String),
}

impl FromStr for BundleChoice {
    type Err = Infallible;

    /// Reads `auto`, `texlive`, `web`, an `http://` or `https://` address, or else a path.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "auto" => Self::Auto,
            "texlive" => Self::TexLive,
            "web" => Self::Web,
            _ if text.starts_with("https://") || text.starts_with("http://") => {
                Self::Url(text.to_owned())
            }
            _ => Self::Path(PathBuf::from(text)),
        })
    }
}

impl fmt::Display for BundleChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::TexLive => f.write_str("texlive"),
            Self::Web => f.write_str("web"),
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Url(url) => f.write_str(url),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_addresses_and_paths_are_told_apart_and_shown_as_typed() {
        let cases = [
            ("auto", BundleChoice::Auto),
            ("texlive", BundleChoice::TexLive),
            ("web", BundleChoice::Web),
            ("./web", BundleChoice::Path("./web".into())),
            ("tex files/bundle.zip", BundleChoice::Path("tex files/bundle.zip".into())),
            ("https://example.org/b.tar", BundleChoice::Url("https://example.org/b.tar".into())),
        ];
        for (text, choice) in cases {
            assert_eq!(text.parse(), Ok(choice.clone()));
            assert_eq!(choice.to_string(), text);
        }
    }
}
