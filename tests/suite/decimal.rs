//! Decimals as text, for comparing what is printed with reference values.

/// A decimal: ± digits · 10^place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    /// As written, without leading zeros; empty for zero.
    digits: String,
    /// The power of ten of the last digit.
    place: i64,
}

impl Decimal {
    /// `-?digits[.digits][e-?digits]`, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let (negative, mantissa) = sign(mantissa);
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let (_, exponent_digits) = sign(exponent);
        let all = [Some(whole), fraction, Some(exponent_digits)];
        if !all.into_iter().flatten().all(is_number) {
            return None;
        }
        let fraction = fraction.unwrap_or("");
        Some(Self {
            negative,
            digits: format!("{whole}{fraction}").trim_start_matches('0').to_owned(),
            place: exponent.parse::<i64>().ok()? - fraction.len() as i64,
        })
    }

    pub fn is_zero(&self) -> bool {
        self.digits.bytes().all(|digit| digit == b'0')
    }

    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Digits as written, from the first that is not 0.
    pub fn significant(&self) -> usize {
        self.digits.len()
    }

    /// The power of ten of the last digit.
    pub fn place(&self) -> i64 {
        self.place
    }

    /// The power of ten of the first digit; meaningless for zero.
    pub fn exponent(&self) -> i64 {
        self.place + self.digits.len() as i64 - 1
    }

    /// The same number without trailing zeros; the sign of zero is dropped.
    pub fn normalized(&self) -> Self {
        let digits = self.digits.trim_end_matches('0').to_owned();
        if digits.is_empty() {
            return Self { negative: false, digits, place: 0 };
        }
        let place = self.place + (self.digits.len() - digits.len()) as i64;
        Self { negative: self.negative, digits, place }
    }

    /// Whether both are the same number.
    pub fn equals(&self, other: &Self) -> bool {
        self.normalized() == other.normalized()
    }

    /// Rounded to a multiple of 10^place, half to even; and whether it was a tie.
    pub fn round(&self, place: i64) -> (Self, bool) {
        if place <= self.place {
            return (self.clone(), false);
        }
        // One zero in front takes the carry, the others make the cut fall inside the digits.
        let drop = (place - self.place) as usize;
        let padded =
            format!("{:0>width$}", self.digits, width = self.digits.len().max(drop + 1) + 1);
        let (kept, dropped) = padded.split_at(padded.len() - drop);
        let half = format!("{:0<drop$}", "5");
        let odd = kept.bytes().last().is_some_and(|digit| digit % 2 == 1);
        let up = dropped > half.as_str() || (dropped == half && odd);
        let mut digits = kept.as_bytes().to_vec();
        if up {
            increment(&mut digits);
        }
        let digits = digits.into_iter().map(char::from).collect::<String>();
        let digits = digits.trim_start_matches('0').to_owned();
        (Self { negative: self.negative, digits, place }, dropped == half)
    }
}

fn sign(text: &str) -> (bool, &str) {
    text.strip_prefix('-').map_or((false, text), |rest| (true, rest))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Adds one to decimal digits whose first is 0.
fn increment(digits: &mut [u8]) {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
}

#[test]
fn decimals_round_half_to_even() {
    let cases = [
        ("1.25", -1, "1.2", true),
        ("1.35", -1, "1.4", true),
        ("-1.251", -1, "-1.3", false),
        ("9.995", -2, "10", true),
        ("0.4", 0, "0", false),
        ("0.6", 0, "1", false),
        ("0.004", 0, "0", false),
        ("5e-1", 0, "0", true),
        ("15e-1", 0, "2", true),
        ("123", -5, "123", false),
    ];
    for (value, place, expected, tie) in cases {
        let (rounded, tied) = Decimal::parse(value).unwrap().round(place);
        assert!(rounded.equals(&Decimal::parse(expected).unwrap()), "{value}: {rounded:?}");
        assert_eq!(tied, tie, "{value}");
    }
}

#[test]
fn decimals_have_one_grammar() {
    for text in ["0", "-1.3636e-3", "12", "1e5", "0.10"] {
        assert!(Decimal::parse(text).is_some(), "{text}");
    }
    for text in ["", "-", "+1", "1.", ".5", "1e", "1e+5", "1E5", "−1", "1 ", "nan", "1.2.3", "--1"]
    {
        assert!(Decimal::parse(text).is_none(), "{text}");
    }
}
