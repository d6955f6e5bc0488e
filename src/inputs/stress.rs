//! Random homeworks, ordinary and extreme, for `stress`.

use dashu_int::IBig;
use nalgebra::DMatrix;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use super::{Chain, Decimal, Inputs, Paper, Problem1, Problem2, Reduction, Submission};

/// The homework at place `index` of the stream `seed`: the same on every machine, whatever was
/// drawn before it.
///
/// Shapes go to 5×5 and depths to 12; one homework in `LARGE_EVERY` is wide and deep instead, to
/// 12×12 and 40 layers, where matrices and chains are shortened. Each homework has one temper, from
/// plain two-decimal numbers to zeros, saturating weights, and magnitudes from 10⁻⁹ to 10⁶.
pub fn homework(seed: u64, index: u64) -> Inputs {
    let mut draw = Draw::new(seed, index);
    let temper = draw.below(TEMPERS.len() as u64) as usize;
    let large = index % LARGE_EVERY == LARGE_EVERY - 1;
    let (side, layers) = if large { (12, 40) } else { (5, 12) };
    let (m, d, n) = (draw.size(side), draw.size(side), draw.size(side));
    let problem1 = Problem1 {
        w: draw.matrix(m, d, temper),
        x: draw.matrix(d, n, temper),
        y: draw.matrix(m, n, temper),
        step_size: decimal(1 + draw.below(99) as i64, -2),
        reduction: if draw.below(2) == 0 { Reduction::Sum } else { Reduction::Mean },
    };
    let depth = draw.size(layers);
    let classification = draw.chain(depth, temper);
    let mut regression = classification.clone();
    if draw.below(2) == 0 {
        let depth = draw.size(layers);
        regression = draw.chain(depth, temper);
    }
    regression.y = draw.number(temper);
    Inputs {
        submission: Submission {
            name: format!("Stress {seed}-{index}"),
            id: None,
            date: None,
            paper: if draw.below(2) == 0 { Paper::Letter } else { Paper::A4 },
            digits: 2 + draw.below(14) as usize,
        },
        problem1,
        problem2: Problem2 { classification, regression },
        warnings: Vec::new(),
        random_weights: None,
    }
}

/// How often a homework is larger than what is printed in full.
const LARGE_EVERY: u64 = 20;

/// What numbers a homework has: significand up to, and the powers of ten to choose from.
const TEMPERS: [(u64, &[i64]); 6] = [
    // Plain: two decimals.
    (300, &[-2]),
    // Plain, one decimal in four a zero.
    (3, &[-1, 0]),
    // Saturating.
    (700, &[0]),
    // Tiny.
    (999, &[-9, -6]),
    // Large.
    (999, &[0, 3]),
    // Everything together.
    (9999, &[-8, -4, -2, 0, 2]),
];

struct Draw(Xoshiro256PlusPlus);

impl Draw {
    fn new(seed: u64, index: u64) -> Self {
        // The golden ratio's bits keep neighbouring streams apart (as in SplitMix64).
        let mixed =
            seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ index.wrapping_mul(0xD1B5_4A32_D192_ED03);
        Self(Xoshiro256PlusPlus::seed_from_u64(mixed))
    }

    /// A number below `bound`; the bias of the remainder does not matter here.
    fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound
    }

    /// 1 to `most`, small sizes more often.
    fn size(&mut self, most: u64) -> usize {
        let most = 1 + self.below(most);
        1 + self.below(most) as usize
    }

    fn number(&mut self, temper: usize) -> Decimal {
        let (largest, exponents) = TEMPERS[temper];
        let magnitude = self.below(largest + 1) as i64;
        let sign = if self.below(2) == 0 { 1 } else { -1 };
        let exponent = exponents[self.below(exponents.len() as u64) as usize];
        decimal(sign * magnitude, exponent)
    }

    fn matrix(&mut self, rows: usize, columns: usize, temper: usize) -> DMatrix<Decimal> {
        DMatrix::from_fn(rows, columns, |_, _| self.number(temper))
    }

    fn chain(&mut self, depth: usize, temper: usize) -> Chain {
        Chain {
            w: (0..depth).map(|_| self.number(temper)).collect(),
            x: self.number(temper),
            y: decimal(self.below(2) as i64, 0),
        }
    }
}

/// Every significand and exponent here is within the limits.
fn decimal(significand: i64, exponent: i64) -> Decimal {
    Decimal::from_parts(IBig::from(significand), exponent).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::{Source, parse};

    #[test]
    fn every_homework_is_valid_and_comes_back_from_its_toml() {
        for index in 0..300 {
            let drawn = homework(1, index);
            let read = parse(Source::new("stress", &drawn.to_toml()), &[], None).unwrap();
            assert_eq!(read, drawn, "{index}");
        }
    }

    #[test]
    fn streams_differ_by_seed_and_by_place() {
        assert_eq!(homework(1, 7), homework(1, 7));
        assert_ne!(homework(1, 7).problem2, homework(1, 8).problem2);
        assert_ne!(homework(1, 7).problem2, homework(2, 7).problem2);
    }
}
