//! A reader of the LaTeX that a formula prints, with numbers in it: what a person with a calculator
//! would take it for. It knows nothing of expressions, graphs or how they are written out.

use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use nalgebra::DMatrix;

use super::oracle::{self, Real, real};

/// The value at `bits` of precision; `None` for a matrix that is shortened by dots.
pub fn read(latex: &str, bits: usize) -> Option<DMatrix<Real>> {
    if latex.contains("dots") {
        return None;
    }
    // `{-}` is a minus without an operator's space; a phantom is invisible.
    let mut rest = without_phantoms(latex).replace("{-}", "-");
    rest.retain(|c| !c.is_whitespace());
    let mut reader = Reader { rest: &rest, bits };
    let value = reader.sum();
    assert!(reader.rest.is_empty(), "{:?} is left of {latex}", reader.rest);
    Some(value)
}

fn without_phantoms(latex: &str) -> String {
    let mut parts = latex.split("\\phantom{");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('}').unwrap().1)
}

struct Reader<'a> {
    rest: &'a str,
    bits: usize,
}

impl Reader<'_> {
    fn take(&mut self, token: &str) -> bool {
        let found = self.rest.strip_prefix(token);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn expect(&mut self, token: &str) {
        assert!(self.take(token), "{token} is missing before {}", self.rest);
    }

    fn sum(&mut self) -> DMatrix<Real> {
        let negative = self.take("-");
        let mut total = self.product();
        if negative {
            total = total.map(|v| -v);
        }
        loop {
            if self.take("+") {
                total = total.zip_map(&self.product(), |a, b| a + b);
            } else if self.take("-") {
                total = total.zip_map(&self.product(), |a, b| a - b);
            } else {
                return total;
            }
        }
    }

    /// Factors, from left to right: ⊙ entry by entry, all others as matrices or scalars.
    fn product(&mut self) -> DMatrix<Real> {
        let mut total = self.power();
        loop {
            if self.take("\\odot") {
                total = total.zip_map(&self.power(), |a, b| a * b);
            } else if self.take("\\cdot") || self.take("\\times") || self.take("\\,") {
                let factor = self.power();
                total = match (total.len(), factor.len()) {
                    (1, _) => factor.map(|v| &total[0] * v),
                    _ => oracle::product(&total, &factor),
                };
            } else {
                return total;
            }
        }
    }

    fn power(&mut self) -> DMatrix<Real> {
        let base = self.atom();
        if self.take("^{") {
            let (exponent, rest) = self.rest.split_once('}').unwrap();
            self.rest = rest;
            return base.map(|v| v.powi(exponent.parse().unwrap()));
        }
        if self.take("^2") { base.map(|v| &v * &v) } else { base }
    }

    fn atom(&mut self) -> DMatrix<Real> {
        if self.take("\\sigma(") {
            return self.closing(")").map(|z| oracle::sigmoid(&z));
        }
        if self.take("e^{") {
            return self.closing("}").map(|v| oracle::exp(&v));
        }
        if self.take("\\log(1+") {
            // The same number as below, with the digits of a small second term.
            return self.closing(")").map(|v| oracle::log_of_one_plus(&v));
        }
        if self.take("\\log") {
            return self.power().map(|v| v.ln());
        }
        if self.take("(") {
            return self.closing(")");
        }
        if self.take("\\tfrac{") {
            let numerator = self.closing("}");
            self.expect("{");
            let denominator = self.closing("}");
            return numerator.zip_map(&denominator, |a, b| a / b);
        }
        if self.take("\\lVert") {
            let inner = self.closing("\\rVert");
            self.expect("^2");
            let zero = real(&RBig::ZERO, self.bits);
            return DMatrix::from_element(1, 1, inner.iter().fold(zero, |sum, v| sum + v * v));
        }
        if self.take("\\begin{bmatrix}") {
            return self.matrix();
        }
        let end = self.rest.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (number, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        assert!(!number.is_empty(), "no number before {rest}");
        self.rest = rest;
        let places = number.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let digits: IBig = number.replace('.', "").parse().unwrap();
        let value = RBig::from_parts(digits, UBig::from(10u8).pow(places));
        DMatrix::from_element(1, 1, real(&value, self.bits))
    }

    fn closing(&mut self, bracket: &str) -> DMatrix<Real> {
        let inner = self.sum();
        self.expect(bracket);
        inner
    }

    fn matrix(&mut self) -> DMatrix<Real> {
        let (mut entries, mut columns, mut rows) = (Vec::new(), 0, 1);
        loop {
            entries.push(self.sum()[0].clone());
            if self.take("&") {
                continue;
            }
            columns = columns.max(entries.len() / rows);
            if self.take("\\\\") {
                rows += 1;
            } else {
                self.expect("\\end{bmatrix}");
                assert_eq!(entries.len(), rows * columns, "rows of one length");
                return DMatrix::from_row_slice(rows, columns, &entries);
            }
        }
    }
}

#[test]
fn it_reads_as_a_person_does() {
    let one = |latex: &str| read(latex, 64).unwrap()[0].to_f64();
    assert_eq!(one("-2 \\cdot 3 - (-1) \\, 4^2"), 10.0);
    assert_eq!(one("(-1.5\\times 10^{-2})^2 + \\tfrac{1}{4}"), 0.250225);
    assert_eq!(one("\\sigma(0) \\cdot \\log 1 + e^{-0}"), 1.0);
    let product = "\\begin{bmatrix} 1 & \\phantom{-}2 \\\\ {-}3 & 0.5 \\end{bmatrix} \\, \
                   \\begin{bmatrix} 1 \\\\ -1 \\end{bmatrix}";
    let product = read(product, 64).unwrap().map(|v| v.to_f64());
    assert_eq!(product, DMatrix::from_column_slice(2, 1, &[-1.0, -3.5]));
    assert!(read("\\begin{bmatrix} 1 & \\cdots \\end{bmatrix}", 64).is_none());
}
