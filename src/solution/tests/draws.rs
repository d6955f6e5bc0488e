//! Random problems, extremes included.

use nalgebra::DMatrix;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::inputs::{Chain, Decimal, Problem1, Reduction};

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// Mostly everyday numbers; zeros, ties-to-be, long ones and extremes among them.
pub fn number() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        8 => (-300i32..300).prop_map(|n| Decimal::from_parts(n, -2).unwrap()),
        2 => Just(Decimal::zero()),
        1 => prop::sample::select(vec![
            "1", "-1", "0.5", "-0.5", "0.0005", "700", "-700", "1e6", "-1e6", "1e-6", "-1e-6", "1e-100",
            "0.12345675", "1234567.5", "99999.5", "3.141592653589793238462643383279502884197",
        ])
        .prop_map(decimal),
        2 => (-10i64.pow(12)..10i64.pow(12), -18i64..-6)
            .prop_map(|(n, exponent)| Decimal::from_parts(n, exponent).unwrap())
            .prop_filter("weights stay below 1e6", |v| v.to_f64().abs() <= 1e6),
    ]
}

fn target() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        number(),
        prop::sample::select(vec!["128", "1e20", "-1e20", "0.3784355391", "1e-100"])
            .prop_map(decimal),
    ]
}

/// A classification chain: y is 0 or 1.
pub fn classification(depth: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Chain> {
    (vec(number(), depth), number(), any::<bool>()).prop_map(|(w, x, y)| Chain {
        w,
        x,
        y: Decimal::from(i32::from(y)),
    })
}

pub fn regression(depth: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Chain> {
    (vec(number(), depth), number(), target()).prop_map(|(w, x, y)| Chain { w, x, y })
}

/// Shapes up to `most` by `most`.
pub fn matrices(most: usize) -> impl Strategy<Value = Problem1> {
    (1..=most, 1..=most, 1..=most).prop_flat_map(|(m, d, n)| {
        let matrix = |rows, columns| {
            vec(number(), rows * columns)
                .prop_map(move |entries| DMatrix::from_vec(rows, columns, entries))
        };
        let step = (1i64..999, -9i64..3).prop_map(|(n, e)| Decimal::from_parts(n, e).unwrap());
        let reduction = prop::sample::select(vec![Reduction::Sum, Reduction::Mean]);
        (matrix(m, d), matrix(d, n), matrix(m, n), step, reduction)
            .prop_map(|(w, x, y, step_size, reduction)| Problem1 { w, x, y, step_size, reduction })
    })
}
