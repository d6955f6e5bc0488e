//! The distribution of a magnitude over many draws, on a logarithmic scale of any range.
//!
//! Magnitudes are counted in bins: every octave [2^e, 2^(e+1)) is cut into 64 equal parts, so a
//! bin is at most 1.6% wide and the bin's number is read off the bits of an `f64`. Quantiles
//! interpolate within a bin; their error is far below the sampling error of any number of draws
//! used here. Counts are integers: merging them in any order gives the same distribution.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Bins per octave, as a power of two.
const PART_BITS: u32 = 6;
const PARTS: i64 = 1 << PART_BITS;
/// Stored mantissa bits of an `f64`.
const MANTISSA_BITS: u32 = 52;
/// The bin of 1.0 by its bits: the exponent's bias.
const BIAS: i64 = 1023 * PARTS;
/// Bins kept in one array: 1024 octaves; what lies outside goes to a sorted map.
const DENSE: i64 = 1 << 16;

/// A magnitude that may be smaller or larger than any `f64`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Magnitude {
    /// 0 where it underflows, ∞ where it overflows.
    pub value: f64,
    /// −∞ for an exact zero.
    pub log10: f64,
}

impl Magnitude {
    /// m · 2^e for 1 ≤ m < 2.
    fn new(mantissa: f64, exponent: i64) -> Self {
        let value = mantissa * 2f64.powi(exponent.clamp(-1100, 1100) as i32);
        Self { value, log10: mantissa.log10() + exponent as f64 * std::f64::consts::LOG10_2 }
    }

    const ZERO: Self = Self { value: 0.0, log10: f64::NEG_INFINITY };
}

/// The bin of the magnitude 2^`log2`, and how far into the bin it lies (0 to 1).
fn bin_of(log2: f64) -> (i64, f64) {
    // Far beyond any chain's gradients, and safe to multiply.
    const FARTHEST: f64 = (1i64 << 50) as f64;
    let log2 = log2.clamp(-FARTHEST, FARTHEST);
    let exponent = log2.floor();
    let parts = ((log2 - exponent).exp2() - 1.0) * PARTS as f64;
    let part = (parts as i64).clamp(0, PARTS - 1);
    (exponent as i64 * PARTS + part, (parts - part as f64).clamp(0.0, 1.0))
}

/// Counts per bin while draws come in.
#[derive(Clone, Debug, Default)]
pub(super) struct Counter {
    first: i64,
    dense: Vec<u32>,
    outside: BTreeMap<i64, u64>,
    zeros: u64,
}

impl Counter {
    /// Counts the magnitude of a normal or zero `f64`.
    #[inline]
    pub fn add(&mut self, value: f64) {
        let bits = (value.to_bits() & (u64::MAX >> 1)) >> (MANTISSA_BITS - PART_BITS);
        let bin = bits as i64 - BIAS;
        match self.dense.get_mut(bin.wrapping_sub(self.first) as usize) {
            Some(count) => *count += 1,
            None if value == 0.0 => self.zeros += 1,
            None => self.add_outside(bin),
        }
    }

    /// Counts the magnitude 2^`log2`, of any size; −∞ is zero.
    pub fn add_log2(&mut self, log2: f64) {
        if log2 == f64::NEG_INFINITY {
            self.zeros += 1;
            return;
        }
        let (bin, _) = bin_of(log2);
        match self.dense.get_mut(bin.wrapping_sub(self.first) as usize) {
            Some(count) => *count += 1,
            None => self.add_outside(bin),
        }
    }

    /// Widens the array to hold `bin`, or puts the count aside where that would be too wide.
    #[cold]
    fn add_outside(&mut self, bin: i64) {
        const MARGIN: i64 = 4 * PARTS;
        let end = self.first + self.dense.len() as i64;
        let (low, high) = match self.dense.is_empty() {
            true => (bin - MARGIN, bin + MARGIN),
            false => (self.first.min(bin - MARGIN), end.max(bin + MARGIN)),
        };
        if high - low > DENSE {
            *self.outside.entry(bin).or_default() += 1;
            return;
        }
        let mut wider = vec![0; (high - low) as usize];
        let old = if self.dense.is_empty() { 0 } else { (self.first - low) as usize };
        wider[old..old + self.dense.len()].copy_from_slice(&self.dense);
        wider[(bin - low) as usize] += 1;
        (self.first, self.dense) = (low, wider);
    }

    /// Takes over the counts of another counter.
    fn absorb(&mut self, mut other: Self) {
        if other.dense.len() > self.dense.len() {
            std::mem::swap(self, &mut other);
        }
        self.zeros += other.zeros;
        for (bin, count) in other.outside {
            *self.outside.entry(bin).or_default() += count;
        }
        for (bin, count) in (other.first..).zip(other.dense).filter(|(_, count)| *count > 0) {
            match self.dense.get_mut(bin.wrapping_sub(self.first) as usize) {
                Some(own) => *own += count,
                None => *self.outside.entry(bin).or_default() += u64::from(count),
            }
        }
    }

    /// (bin, count) of every bin that was hit, ascending.
    fn into_bins(self) -> Vec<(i64, u64)> {
        let dense = (self.first..).zip(self.dense.into_iter().map(u64::from));
        let dense = dense.filter(|(_, count)| *count > 0);
        if self.outside.is_empty() {
            return dense.collect();
        }
        let mut all = self.outside;
        for (bin, count) in dense {
            *all.entry(bin).or_default() += count;
        }
        all.into_iter().collect()
    }
}

/// A finished distribution of magnitudes.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(into = "Counts", try_from = "Counts")]
pub struct Distribution {
    /// (bin, draws below this bin, draws in it), ascending; zeros count as below every bin.
    bins: Vec<(i64, u64, u64)>,
    zeros: u64,
    total: u64,
}

impl Distribution {
    /// Adds up partial counts, in any order.
    pub(super) fn merge(parts: impl IntoIterator<Item = Counter>) -> Self {
        let mut sum = Counter::default();
        for part in parts {
            sum.absorb(part);
        }
        let zeros = sum.zeros;
        let mut below = zeros;
        let mut bins = Vec::new();
        for (bin, count) in sum.into_bins() {
            bins.push((bin, below, count));
            below += count;
        }
        Self { bins, zeros, total: below }
    }

    /// The number of draws.
    pub fn draws(&self) -> u64 {
        self.total
    }

    /// How many draws are exactly zero.
    pub fn zeros(&self) -> u64 {
        self.zeros
    }

    /// The magnitude below which a fraction `p` (clamped to 0…1) of the draws lies.
    pub fn quantile(&self, p: f64) -> Magnitude {
        let rank = p.clamp(0.0, 1.0) * self.total as f64;
        let after = self.bins.partition_point(|&(_, below, _)| below as f64 <= rank);
        let Some(&(bin, below, count)) = after.checked_sub(1).and_then(|at| self.bins.get(at))
        else {
            return Magnitude::ZERO;
        };
        let within = ((rank - below as f64) / count as f64).clamp(0.0, 1.0);
        let part = bin.rem_euclid(PARTS) as f64 + within;
        Magnitude::new(1.0 + part / PARTS as f64, bin.div_euclid(PARTS))
    }

    /// The median.
    pub fn median(&self) -> Magnitude {
        self.quantile(0.5)
    }

    /// The median's standard error relative to the median: half the distance between the order
    /// statistics one standard error (√n/2 ranks) below and above it.
    pub fn median_relative_error(&self) -> f64 {
        let half = 0.5 / (self.total as f64).sqrt();
        let decades = self.quantile(0.5 + half).log10 - self.quantile(0.5 - half).log10;
        0.5 * decades * std::f64::consts::LN_10
    }

    /// The fraction of draws whose magnitude lies below 10^`log10`: the rank of a given point.
    pub fn rank(&self, log10: f64) -> f64 {
        if log10 == f64::NEG_INFINITY || self.total == 0 {
            return 0.0;
        }
        let (bin, within) = bin_of(log10 / std::f64::consts::LOG10_2);
        let after = self.bins.partition_point(|&(b, _, _)| b <= bin);
        let below = match after.checked_sub(1).and_then(|at| self.bins.get(at)) {
            None => self.zeros as f64,
            Some(&(b, below, count)) if b == bin => below as f64 + count as f64 * within,
            Some(&(_, below, count)) => (below + count) as f64,
        };
        below / self.total as f64
    }
}

/// A distribution in few digits.
#[derive(Deserialize, Serialize)]
struct Counts {
    zeros: u64,
    /// How far each bin lies above the one before, the first above 0, and the draws in it.
    steps: Vec<(i64, u64)>,
}

impl From<Distribution> for Counts {
    fn from(distribution: Distribution) -> Self {
        let mut before = 0;
        let steps = distribution.bins.iter().map(|&(bin, _, count)| {
            let step = bin - before;
            before = bin;
            (step, count)
        });
        Self { zeros: distribution.zeros, steps: steps.collect() }
    }
}

impl TryFrom<Counts> for Distribution {
    type Error = &'static str;

    fn try_from(Counts { zeros, steps }: Counts) -> Result<Self, Self::Error> {
        let (mut bin, mut below) = (0_i64, zeros);
        let mut bins = Vec::with_capacity(steps.len());
        for (at, (step, count)) in steps.into_iter().enumerate() {
            if at > 0 && step <= 0 {
                return Err("bins that do not ascend");
            }
            bin = bin.checked_add(step).ok_or("a bin beyond all")?;
            bins.push((bin, below, count));
            below = below.checked_add(count).ok_or("more draws than can be counted")?;
        }
        Ok(Self { bins, zeros, total: below })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values log-uniform over six decades have quantile 10^(6p − 3).
    #[test]
    fn quantiles_and_ranks_of_a_known_distribution() {
        let mut parts = [Counter::default(), Counter::default()];
        let n = 30_000;
        for i in 0..n {
            let log10 = 6.0 * (f64::from(i) + 0.5) / f64::from(n) - 3.0;
            match i % 3 {
                0 => parts[0].add(10f64.powf(log10)),
                1 => parts[1].add(-10f64.powf(log10)),
                _ => parts[1].add_log2(log10 / std::f64::consts::LOG10_2),
            }
        }
        let found = Distribution::merge(parts.clone());
        let [first, second] = parts;
        assert_eq!(found, Distribution::merge([second, first]));
        assert_eq!(found.draws(), n as u64);
        for p in [0.001, 0.1, 0.25, 0.5, 0.77, 0.999] {
            let quantile = found.quantile(p);
            assert!((quantile.log10 - (6.0 * p - 3.0)).abs() < 1e-3, "{p} {quantile:?}");
            assert!((quantile.value.log10() - quantile.log10).abs() < 1e-12);
            assert!((found.rank(quantile.log10) - p).abs() < 1e-9, "{p}");
        }
        // dm/m = 6 ln 10 dp with dp = 1/(2√n).
        let error = 6.0 * std::f64::consts::LN_10 * 0.5 / f64::from(n).sqrt();
        assert!((found.median_relative_error() / error - 1.0).abs() < 0.05);
    }

    #[test]
    fn zeros_and_magnitudes_beyond_f64() {
        let mut counter = Counter::default();
        for log2 in [f64::NEG_INFINITY, -1e6, 0.5, 1e300] {
            counter.add_log2(log2);
        }
        counter.add(0.0);
        counter.add(1e-300);
        let found = Distribution::merge([counter]);
        assert_eq!((found.zeros(), found.draws()), (2, 6));
        assert_eq!(found.quantile(0.2).value, 0.0);
        assert_eq!(found.quantile(0.2).log10, f64::NEG_INFINITY);
        let low = found.quantile(0.4);
        assert_eq!(low.value, 0.0);
        assert!((low.log10 / (-1e6 * std::f64::consts::LOG10_2) - 1.0).abs() < 1e-6);
        assert_eq!(found.quantile(1.0).value, f64::INFINITY);
        assert!((found.rank(-1000.0) - 0.5).abs() < 1e-12);
        assert_eq!(Distribution::merge([]).median().value, 0.0);
    }
}
