//! Certified eigenvalues of a small rational symmetric matrix.
//!
//! Sylvester's law of inertia: the number of negative pivots of A − cI is the number of
//! eigenvalues below c. The pivots of a rational matrix are rational, so the count is exact, and a
//! rounded eigenvalue is proved by the counts at both ends of its rounding interval.

use std::cmp::Ordering;

use dashu_ratio::RBig;
use nalgebra::{DMatrix, SymmetricEigen};

use crate::numbers::Printed;

/// Larger matrices are left alone: exact pivots grow with each elimination.
pub const LARGEST: usize = 12;

/// Sweeps after which a guess is given up.
const ITERATIONS: usize = 1000;

/// A positive semidefinite matrix A = X Xᵀ.
#[derive(Clone, Debug)]
pub struct Gram {
    matrix: DMatrix<RBig>,
    /// In increasing order, from floating-point arithmetic: places to look, nothing more.
    guesses: Vec<f64>,
}

impl Gram {
    /// X Xᵀ; `None` for more than [`LARGEST`] rows.
    pub fn new(x: &DMatrix<RBig>) -> Option<Self> {
        if x.nrows() > LARGEST {
            return None;
        }
        let matrix = DMatrix::from_fn(x.nrows(), x.nrows(), |i, j| {
            (0..x.ncols()).fold(RBig::ZERO, |sum, k| sum + &x[(i, k)] * &x[(j, k)])
        });
        let approximate = matrix.map(|v| v.to_f64().value());
        let found = SymmetricEigen::try_new(approximate, f64::EPSILON, ITERATIONS)?;
        let mut guesses: Vec<f64> = found.eigenvalues.iter().copied().collect();
        guesses.sort_by(f64::total_cmp);
        Some(Self { matrix, guesses })
    }

    /// X Xᵀ itself.
    pub fn matrix(&self) -> &DMatrix<RBig> {
        &self.matrix
    }

    /// The largest eigenvalue compared with `bound`.
    pub fn largest_against(&self, bound: &RBig) -> Ordering {
        match self.inertia(bound) {
            (below, 0) if below == self.matrix.nrows() => Ordering::Less,
            (below, equal) if below + equal == self.matrix.nrows() => Ordering::Equal,
            _ => Ordering::Greater,
        }
    }

    /// Every eigenvalue times `factor`, correctly rounded, in increasing order; `None` where one
    /// could not be proved.
    pub fn eigenvalues(&self, factor: &RBig, digits: usize) -> Option<Vec<Printed>> {
        let zeros = self.inertia(&RBig::ZERO).1;
        let eigenvalue = |rank| match rank {
            rank if rank < zeros => Printed::whole(&RBig::ZERO, digits),
            rank => self.prove(rank, digits, |v| v * factor, |v| v / factor),
        };
        (0..self.guesses.len()).map(eigenvalue).collect()
    }

    /// The largest eigenvalue times `factor`, correctly rounded.
    pub fn largest(&self, factor: &RBig, digits: usize) -> Option<Printed> {
        self.prove(self.guesses.len().checked_sub(1)?, digits, |v| v * factor, |v| v / factor)
    }

    /// 1 − `rate` λ for every eigenvalue λ, correctly rounded, in increasing order of λ; `None` where
    /// one could not be proved.
    pub fn multipliers(&self, rate: &RBig, digits: usize) -> Option<Vec<Printed>> {
        let zeros = self.inertia(&RBig::ZERO).1;
        let multiplier = |rank| match rank {
            rank if rank < zeros => Printed::whole(&RBig::ONE, digits),
            rank => self.prove(rank, digits, |v| RBig::ONE - v * rate, |v| (RBig::ONE - v) / rate),
        };
        (0..self.guesses.len()).map(multiplier).collect()
    }

    /// `numerator` divided by the largest eigenvalue, correctly rounded.
    pub fn over_largest(&self, numerator: &RBig, digits: usize) -> Option<Printed> {
        let invert = |v: &RBig| numerator / v;
        self.prove(self.guesses.len().checked_sub(1)?, digits, invert, invert)
    }

    /// Rounds `shown(λ)` for the eigenvalue at `rank` and proves it, where `undo` is the inverse
    /// of the monotonic `shown`; exact where the decimal is the number itself.
    fn prove(
        &self,
        rank: usize,
        digits: usize,
        shown: impl Fn(&RBig) -> RBig,
        undo: impl Fn(&RBig) -> RBig,
    ) -> Option<Printed> {
        let guess = RBig::try_from(*self.guesses.get(rank)?).ok()?;
        if guess <= RBig::ZERO {
            return None;
        }
        let printed = Printed::round_only(&shown(&guess), digits)?;
        let (lo, hi) = printed.rounding_interval();
        let centre = (&lo + &hi) / RBig::from(2u8);
        if !centre.is_zero() {
            let (below, equal) = self.inertia(&undo(&centre));
            if (below..below + equal).contains(&rank) {
                return Printed::whole(&centre, usize::MAX);
            }
        }
        for tie in [&lo, &hi] {
            let (below, equal) = self.inertia(&undo(tie));
            if (below..below + equal).contains(&rank) {
                return Printed::round_only(tie, digits);
            }
        }
        let (one, other) = (undo(&lo), undo(&hi));
        let (lo, hi) = if one < other { (one, other) } else { (other, one) };
        (self.inertia(&lo).0 <= rank && rank < self.inertia(&hi).0).then_some(printed)
    }

    /// How many eigenvalues lie below `c`, and how many equal it.
    ///
    /// Symmetric elimination of A − cI by pivots of the diagonal, whose signs are those of the
    /// eigenvalues (Sylvester's law of inertia); where the whole diagonal is zero, a congruence
    /// brings an entry from beside it there.
    fn inertia(&self, c: &RBig) -> (usize, usize) {
        let size = self.matrix.nrows();
        let mut a = self.matrix.clone();
        for i in 0..size {
            a[(i, i)] = &a[(i, i)] - c;
        }
        let mut negative = 0;
        let mut k = 0;
        while k < size {
            if let Some(pivot) = (k..size).find(|&i| !a[(i, i)].is_zero()) {
                swap(&mut a, k, pivot);
                negative += usize::from(a[(k, k)] < RBig::ZERO);
                eliminate(&mut a, k);
                k += 1;
            } else if let Some((i, j)) = off_diagonal(&a, k) {
                // Adding row and column j to i makes the pivot 2b; the signs are as they were.
                for column in k..size {
                    a[(i, column)] = &a[(i, column)] + &a[(j, column)];
                }
                for row in k..size {
                    a[(row, i)] = &a[(row, i)] + &a[(row, j)];
                }
            } else {
                return (negative, size - k);
            }
        }
        (negative, 0)
    }
}

/// Exchanges two rows and the same two columns.
fn swap(a: &mut DMatrix<RBig>, i: usize, j: usize) {
    a.swap_rows(i, j);
    a.swap_columns(i, j);
}

/// Takes the pivot at k out of the rows and columns after it.
fn eliminate(a: &mut DMatrix<RBig>, k: usize) {
    let (size, pivot) = (a.nrows(), a[(k, k)].clone());
    for i in k + 1..size {
        let factor = &a[(i, k)] / &pivot;
        for j in k + 1..size {
            let update = &factor * &a[(k, j)];
            a[(i, j)] = &a[(i, j)] - update;
        }
    }
}

/// An entry that is not zero, after row and column k.
fn off_diagonal(a: &DMatrix<RBig>, k: usize) -> Option<(usize, usize)> {
    let size = a.nrows();
    (k..size).flat_map(|i| (k..size).map(move |j| (i, j))).find(|&at| !a[at].is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gram<const N: usize>(rows: [[i32; N]; N]) -> Gram {
        let matrix = DMatrix::from_fn(N, N, |i, j| rows[i][j].into());
        Gram { matrix, guesses: Vec::new() }
    }

    // By hand: ((2, 1), (1, 2)) has the eigenvalues 1 and 3; at 2 its diagonal vanishes. The other
    // one has the trace 0 and the determinant 12: two eigenvalues are negative.
    #[test]
    fn eigenvalues_below_a_number_are_counted() {
        let two = gram([[2, 1], [1, 2]]);
        for (bound, expected) in [(0, (0, 0)), (1, (0, 1)), (2, (1, 0)), (3, (1, 1)), (4, (2, 0))] {
            assert_eq!(two.inertia(&bound.into()), expected, "{bound}");
        }
        assert_eq!(gram([[0, 1, 2], [1, 0, 3], [2, 3, 0]]).inertia(&RBig::ZERO), (2, 0));
    }

    // diag(1, 4) with the eigenvalues 1 and 4.
    #[test]
    fn a_wrong_guess_is_not_proved() {
        let largest = |guess: f64| {
            let gram = Gram { guesses: vec![1.0, guess], ..gram([[1, 0], [0, 4]]) };
            gram.largest(&RBig::ONE, 3).map(|printed| printed.to_string())
        };
        assert_eq!(largest(4.001).as_deref(), Some("4"));
        for wrong in [-4.0, 0.5, 1.0, 2.0, 3.99, 4.01, 5.0] {
            assert_eq!(largest(wrong), None, "{wrong}");
        }
        // 4/λ falls where λ grows.
        let over = |guess: f64| {
            let gram = Gram { guesses: vec![1.0, guess], ..gram([[1, 0], [0, 4]]) };
            gram.over_largest(&RBig::from(3u8), 3).map(|printed| printed.to_string())
        };
        assert_eq!(over(4.001).as_deref(), Some("0.75"));
        assert_eq!((over(3.9), over(4.1)), (None, None));
    }
}
