//! The gradients of all chains whose weights are drawn from N(0, 1), independently.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use wide::f64x4;

use super::bits;
use super::chain::{Loss, Network};
use super::distribution::{Counter, Distribution};
use super::draws::{BLOCK, Chunk, Lanes, VECTORS, chunks};
use super::lanes::{Sigmoid, sigmoid};

/// A mean with the standard error it is known to.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Estimate {
    #[serde(with = "bits")]
    pub value: f64,
    #[serde(with = "bits")]
    pub standard_error: f64,
}

/// |∂L/∂w_k| of one layer over the ensemble.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Layer {
    /// Medians, quantiles and ranks.
    pub distribution: Distribution,
    /// The mean of |∂L/∂w_k|.
    pub mean: Estimate,
}

/// Statistics of the gradients' magnitudes over an ensemble of chains.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Ensemble {
    pub loss: Loss,
    pub draws: u64,
    /// In layer order, one for each of the K layers.
    pub layers: Vec<Layer>,
    /// The probability of |∂L/∂w₁| < … < |∂L/∂w_K|; it does not depend on the loss.
    pub ordered: Estimate,
}

/// Sums of magnitudes and of their squares.
type Moments = Vec<(f64, f64)>;

/// What a thread gathers; `[loss][layer]`, flattened.
struct Tally {
    counters: Vec<Counter>,
    /// By chunk, to be added up in the chunks' order whatever thread they came from.
    moments: Vec<(usize, Moments)>,
    ordered: u64,
}

/// Draws `draws` chains of `depth` layers with input x, and examines the gradients under every
/// one of `losses` (one [`Ensemble`] each, over the same weights).
///
/// The result depends on the arguments alone, not on the number of threads. Memory grows with
/// depth × losses × threads (some 20 KB each), time with depth × draws. |x| is below 1e300.
pub fn ensembles(depth: usize, x: f64, losses: &[Loss], draws: u64, seed: u64) -> Vec<Ensemble> {
    let vectorised = fits_f64(depth, x);
    let new = || Tally {
        counters: vec![Counter::default(); losses.len() * depth],
        moments: Vec::new(),
        ordered: 0,
    };
    let tallies: Vec<Tally> = chunks(draws, seed)
        .into_par_iter()
        .fold(new, |mut tally, chunk| {
            if vectorised {
                tally.add_vectors(chunk, depth, x, losses);
            } else {
                tally.add_in_logarithms(chunk, depth, x, losses);
            }
            tally
        })
        .collect();
    summarise(tallies, depth, losses, draws)
}

/// Whether no intermediate product of the backward pass leaves the range of an `f64`: weights stay
/// below 10 in any stream, so |z₁| < 600, and a layer costs seldom more than a few decades.
pub fn fits_f64(depth: usize, x: f64) -> bool {
    depth <= 24 && (x == 0.0 || (1e-100..=60.0).contains(&x.abs()))
}

impl Tally {
    /// Four chains at a time: products and no logarithms.
    fn add_vectors(&mut self, chunk: Chunk, depth: usize, x: f64, losses: &[Loss]) {
        let number = chunk.number;
        let mut moments = vec![(f64x4::ZERO, f64x4::ZERO); losses.len() * depth];
        let mut activations = vec![[f64x4::ZERO; VECTORS]; depth];
        let mut slopes = activations.clone();
        let mut residuals = vec![[f64x4::ZERO; VECTORS]; losses.len()];
        let input = [f64x4::splat(x); VECTORS];
        chunk.blocks(depth, |weights, used| {
            for k in 0..depth {
                let (before, here) = activations.split_at_mut(k);
                let previous = before.last().unwrap_or(&input);
                for v in 0..VECTORS {
                    let z = weights[k][v] * previous[v];
                    let output = sigmoid(z);
                    (here[0][v], slopes[k][v]) = (output.value, output.slope);
                    if k + 1 == depth {
                        for (residual, &loss) in residuals.iter_mut().zip(losses) {
                            residual[v] = residual_size(loss, z, output);
                        }
                    }
                }
            }
            // The backward product without the residual, which is common to all losses.
            let mut product = [f64x4::ONE; VECTORS];
            let mut above = [f64x4::splat(f64::INFINITY); VECTORS];
            let mut ordered = [f64x4::ONE; VECTORS];
            for k in (0..depth).rev() {
                let previous = if k == 0 { &input } else { &activations[k - 1] };
                let mut size = [f64x4::ZERO; VECTORS];
                for v in 0..VECTORS {
                    size[v] = (product[v] * previous[v]).abs();
                    ordered[v] = size[v].simd_lt(above[v]).select(ordered[v], f64x4::ZERO);
                    if k > 0 {
                        product[v] *= weights[k][v] * slopes[k - 1][v];
                    }
                }
                above = size;
                for (loss, residual) in residuals.iter().enumerate() {
                    let at = loss * depth + k;
                    let sizes: Lanes = std::array::from_fn(|v| size[v] * residual[v]);
                    count(&mut self.counters[at], &mut moments[at], &sizes, used);
                }
            }
            let ordered: [[f64; 4]; VECTORS] = ordered.map(|v| v.to_array());
            self.ordered +=
                ordered.as_flattened()[..used].iter().filter(|&&o| o != 0.0).count() as u64;
        });
        let moments = moments.iter().map(|(s, q)| (s.reduce_add(), q.reduce_add())).collect();
        self.moments.push((number, moments));
    }

    /// One chain at a time, in logarithms: for depths and inputs whose products underflow.
    fn add_in_logarithms(&mut self, chunk: Chunk, depth: usize, x: f64, losses: &[Loss]) {
        let number = chunk.number;
        let mut moments = vec![(0.0, 0.0); losses.len() * depth];
        let mut network = Network { weights: vec![0.0; depth], x };
        chunk.blocks(depth, |weights, used| {
            for draw in 0..used {
                for (own, layer) in network.weights.iter_mut().zip(weights) {
                    *own = layer[draw / 4].to_array()[draw % 4];
                }
                for (l, &loss) in losses.iter().enumerate() {
                    let gradients = network.pass(loss).gradients;
                    for (k, g) in gradients.iter().enumerate() {
                        let at = l * depth + k;
                        self.counters[at].add_log2(g.log10 / std::f64::consts::LOG10_2);
                        moments[at].0 += g.value.abs();
                        moments[at].1 += g.value * g.value;
                    }
                    let ordered = gradients.windows(2).all(|g| g[0].log10 < g[1].log10);
                    self.ordered += u64::from(l == 0 && ordered);
                }
            }
        });
        self.moments.push((number, moments));
    }
}

/// Adds one layer of a block to its counter and its moments.
fn count(counter: &mut Counter, moments: &mut (f64x4, f64x4), sizes: &Lanes, used: usize) {
    if used == BLOCK {
        for size in sizes {
            moments.0 += *size;
            moments.1 += *size * *size;
            for value in size.to_array() {
                counter.add(value);
            }
        }
    } else {
        for value in sizes.iter().flat_map(|v| v.to_array()).take(used) {
            let alone = f64x4::new([value, 0.0, 0.0, 0.0]);
            moments.0 += alone;
            moments.1 += alone * alone;
            counter.add(value);
        }
    }
}

/// |∂L/∂z| at the last preactivation z.
#[inline(always)]
fn residual_size(loss: Loss, z: f64x4, output: Sigmoid) -> f64x4 {
    match loss {
        // Weights of N(0, 1) keep z small after a hidden layer, but not where the chain has one
        // layer: hence the complement.
        Loss::CrossEntropy { y } => {
            let (one, zero) = (f64x4::splat(y), f64x4::splat(1.0 - y));
            (zero * output.value - one * output.complement).abs()
        }
        Loss::Squared { y } => {
            let difference = z - f64x4::splat(y);
            (difference + difference).abs()
        }
    }
}

/// Adds the threads' tallies up.
fn summarise(tallies: Vec<Tally>, depth: usize, losses: &[Loss], draws: u64) -> Vec<Ensemble> {
    let n = draws as f64;
    let ordered = tallies.iter().map(|t| t.ordered).sum::<u64>() as f64 / n;
    let ordered =
        Estimate { value: ordered, standard_error: (ordered * (1.0 - ordered) / n).sqrt() };
    let mut counters: Vec<Vec<Counter>> = vec![Vec::new(); losses.len() * depth];
    let mut moments = Vec::new();
    for tally in tallies {
        moments.extend(tally.moments);
        for (all, one) in counters.iter_mut().zip(tally.counters) {
            all.push(one);
        }
    }
    moments.sort_by_key(|(chunk, _)| *chunk);
    let mut layers = counters.into_iter().enumerate().map(|(at, parts)| {
        let (sum, squares) =
            moments.iter().fold((0.0, 0.0), |(s, q), (_, m)| (s + m[at].0, q + m[at].1));
        let mean = sum / n;
        // Rounding can push a vanishing variance below zero.
        let variance = (squares / n - mean * mean).max(0.0);
        Layer {
            distribution: Distribution::merge(parts),
            mean: Estimate { value: mean, standard_error: (variance / n).sqrt() },
        }
    });
    losses
        .iter()
        .map(|&loss| Ensemble {
            loss,
            draws,
            layers: layers.by_ref().take(depth).collect(),
            ordered,
        })
        .collect()
}
