//! How the first layer's gradient shrinks with the depth of the chain.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::chain::Loss;
use super::distribution::{Counter, Distribution};
use super::draws::{Chunk, chunks};
use super::logistic::Logistic;

/// |∂L/∂w₁| over the N(0, 1) ensemble of chains of one depth.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct DepthPoint {
    /// The number of layers K.
    pub depth: usize,
    pub distribution: Distribution,
}

/// The distribution of |∂L/∂w₁| at each of `depths` (each at least 1), in the order given.
///
/// One draw of the deepest chain serves all depths: its first K weights are a draw of the chain of
/// depth K. Points of different depths are therefore not independent of each other.
pub fn depth_profile(
    x: f64,
    loss: Loss,
    depths: &[usize],
    draws: u64,
    seed: u64,
) -> Vec<DepthPoint> {
    let parts: Vec<Vec<Counter>> = chunks(draws, seed)
        .into_par_iter()
        .fold(
            || vec![Counter::default(); depths.len()],
            |mut counters, chunk| {
                add(&mut counters, chunk, x, loss, depths);
                counters
            },
        )
        .collect();
    depths
        .iter()
        .enumerate()
        .map(|(at, &depth)| DepthPoint {
            depth,
            distribution: Distribution::merge(parts.iter().map(|part| part[at].clone())),
        })
        .collect()
}

/// Walks every chain of a chunk forward once, with ln |x ∏ w_j σ′(z_{j−1})| as it grows.
fn add(counters: &mut [Counter], chunk: Chunk, x: f64, loss: Loss, depths: &[usize]) {
    let deepest = depths.iter().copied().max().unwrap_or(0);
    let ln_x = x.abs().ln();
    chunk.blocks(deepest, |weights, used| {
        for draw in 0..used {
            let (mut input, mut ln_product) = (x, ln_x);
            for (k, layer) in weights.iter().enumerate() {
                let w = layer[draw / 4].to_array()[draw % 4];
                if k > 0 {
                    ln_product += w.abs().ln();
                }
                let z = w * input;
                let output = Logistic::at(z);
                for (counter, _) in counters.iter_mut().zip(depths).filter(|(_, d)| **d == k + 1) {
                    counter.add_log2(
                        (ln_product + loss.ln_residual_from(z, output)) * std::f64::consts::LOG2_E,
                    );
                }
                input = output.sigmoid();
                ln_product += output.ln_slope();
            }
        }
    });
}
