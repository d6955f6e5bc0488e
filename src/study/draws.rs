//! Draws from N(0, 1) that depend on the seed alone.
//!
//! Draws come in chunks of a fixed size; chunk c has the generator advanced by c jumps of 2^128
//! numbers, so no two chunks overlap and the number of threads changes nothing.

use rand_distr::{Distribution as _, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;
use wide::f64x4;

/// Draws per block: what a kernel works on at a time, small enough to stay in the first cache.
pub(super) const BLOCK: usize = 128;
/// Vectors per block.
pub(super) const VECTORS: usize = BLOCK / 4;
/// Draws per chunk: what a thread takes at a time.
const CHUNK: u64 = 2048;

/// One layer's worth of a block.
pub(super) type Lanes = [f64x4; VECTORS];

/// A chunk's own generator and how many draws it makes.
pub(super) struct Chunk {
    pub number: usize,
    pub draws: u64,
    generator: Xoshiro256PlusPlus,
}

/// The chunks that make up `draws` draws, in order.
pub(super) fn chunks(draws: u64, seed: u64) -> Vec<Chunk> {
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
    (0..draws.div_ceil(CHUNK))
        .map(|number| {
            let own = generator.clone();
            generator.jump();
            let draws = CHUNK.min(draws - number * CHUNK);
            Chunk { number: number as usize, draws, generator: own }
        })
        .collect()
}

impl Chunk {
    /// Calls `work` with the weights of every block, `weights[k]` for layer k + 1, and the number
    /// of draws in the block that count (all but in the last block).
    pub fn blocks(mut self, depth: usize, mut work: impl FnMut(&[Lanes], usize)) {
        let mut weights = vec![[f64x4::ZERO; VECTORS]; depth];
        let mut left = self.draws as usize;
        while left > 0 {
            for layer in &mut weights {
                for vector in layer.iter_mut() {
                    *vector = f64x4::new(std::array::from_fn(|_| {
                        StandardNormal.sample(&mut self.generator)
                    }));
                }
            }
            let used = left.min(BLOCK);
            work(&weights, used);
            left -= used;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_the_normal_distribution_and_distinct_chunks() {
        let chunks = chunks(100_000, 7);
        assert_eq!(chunks.iter().map(|c| c.draws).sum::<u64>(), 100_000);
        let (mut n, mut sums) = (0.0, [0.0; 4]);
        let mut firsts = Vec::new();
        for chunk in chunks {
            let mut first = true;
            chunk.blocks(2, |weights, used| {
                if std::mem::take(&mut first) {
                    firsts.push(weights[0][0].to_array()[0].to_bits());
                }
                for layer in weights {
                    for w in layer.iter().flat_map(|v| v.to_array()).take(used) {
                        n += 1.0;
                        for (power, sum) in (1..).zip(&mut sums) {
                            *sum += w.powi(power);
                        }
                    }
                }
            });
        }
        assert_eq!(n, 200_000.0);
        // E w, w², w³, w⁴ = 0, 1, 0, 3 with variances 1, 2, 15, 96.
        for ((sum, mean), variance) in
            sums.iter().zip([0.0, 1.0, 0.0, 3.0]).zip([1.0, 2.0, 15.0, 96f64])
        {
            assert!((sum / n - mean).abs() < 5.0 * (variance / n).sqrt());
        }
        firsts.sort_unstable();
        firsts.dedup();
        assert_eq!(firsts.len(), 100_000usize.div_ceil(2048));
    }
}
