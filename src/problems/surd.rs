//! The eigenvalues of a symmetric 2×2 matrix in closed form, where that is short.

use dashu_int::IBig;
use dashu_ratio::RBig;
use nalgebra::DMatrix;

use crate::numbers::Printed;

/// Larger numbers under a root are not searched for squares, nor shown.
const LARGEST_RADICAND: u64 = 1_000_000_000_000;
/// Digits from which a decimal or a radicand makes the closed form no simpler than its value.
const SHORT: usize = 6;

/// p ± s √r, the eigenvalues of a symmetric 2×2 matrix: p is half its trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surds {
    pub trace: Printed,
    pub determinant: Printed,
    /// p
    pub centre: Printed,
    /// s > 0
    pub scale: Printed,
    /// r, square-free and at least 2
    pub radicand: u64,
}

impl Surds {
    /// `None` for other shapes, for rational eigenvalues, and where the form would be long.
    pub fn new(matrix: &DMatrix<RBig>) -> Option<Self> {
        if matrix.shape() != (2, 2) {
            return None;
        }
        let (a, b, d) = (&matrix[(0, 0)], &matrix[(0, 1)], &matrix[(1, 1)]);
        let half = |v: RBig| v / RBig::from(2u8);
        let apart = half(a - d);
        let square = &apart * &apart + b * b;
        // √(N/D) = √(N D) / D.
        let (numerator, denominator) = (square.numerator(), square.denominator());
        let product = numerator * IBig::from(denominator.clone());
        let product = u64::try_from(product).ok().filter(|&n| n <= LARGEST_RADICAND)?;
        let (root, radicand) = square_part(product);
        let scale = RBig::from_parts(IBig::from(root), denominator.clone());
        let short = radicand >= 2 && radicand.ilog10() < SHORT as u32;
        Some(Self {
            trace: Printed::whole(&(a + d), SHORT)?,
            determinant: Printed::whole(&(a * d - b * b), SHORT)?,
            centre: Printed::whole(&half(a + d), SHORT)?,
            scale: Printed::whole(&scale, SHORT)?,
            radicand: short.then_some(radicand)?,
        })
    }
}

/// The s and r of n = s² r with a square-free r.
fn square_part(mut n: u64) -> (u64, u64) {
    let mut root = 1;
    let mut factor = 2;
    while factor * factor <= n {
        while n.is_multiple_of(factor * factor) {
            n /= factor * factor;
            root *= factor;
        }
        factor += 1;
    }
    (root, n)
}

#[cfg(test)]
mod tests {
    use dashu_int::UBig;

    use super::*;

    fn surds(entries: [(i64, u64); 3]) -> Option<String> {
        let [a, b, d] = entries.map(|(n, d)| RBig::from_parts(IBig::from(n), UBig::from(d)));
        let found = Surds::new(&DMatrix::from_row_slice(2, 2, &[a, b.clone(), b, d]))?;
        Some(format!("{} {} {}", found.centre, found.scale, found.radicand))
    }

    #[test]
    fn eigenvalues_of_small_matrices() {
        // The homework's XXᵀ: 7 ± √13.
        assert_eq!(surds([(4, 1), (2, 1), (10, 1)]).as_deref(), Some("7 1 13"));
        // ((1, 1/2), (1/2, 1/2)): 3/4 ± √5/4.
        assert_eq!(surds([(1, 1), (1, 2), (1, 2)]).as_deref(), Some("0.75 0.25 5"));
        // Rational ones, a zero among them, have no root; thirds are no decimals.
        for rational in [[(2, 1), (0, 1), (5, 1)], [(1, 1), (2, 1), (4, 1)], [(0, 1); 3]] {
            assert_eq!(surds(rational), None);
        }
        assert_eq!(surds([(1, 3), (1, 1), (1, 1)]), None);
        // Long ones are left alone.
        assert_eq!(surds([(1_234_567, 1), (1, 1), (1, 1)]), None);
    }

    #[test]
    fn squares_come_out_of_a_root() {
        for (n, parts) in [(1, (1, 1)), (13, (1, 13)), (52, (2, 13)), (72, (6, 2)), (49, (7, 1))] {
            assert_eq!(square_part(n), parts, "{n}");
        }
    }
}
