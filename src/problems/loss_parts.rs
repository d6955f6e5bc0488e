//! The loss of problem 1 along the eigenvectors of the Hessian: why a step lowers it or raises it.

use dashu_ratio::RBig;
use nalgebra::DMatrix;

use crate::numbers::{Certified, Printed};

/// Bits of the root that the eigenvalues hold: the parts are told with a few digits.
const PRECISION: usize = 512;

/// A quadratic loss above its least value, as the sum of what each of two eigenvectors of H holds.
///
/// With the rows g of ∂L/∂W, unit eigenvectors vₖ and eigenvalues λₖ of H, the part of vₖ is
/// Σ (g·vₖ)² / (2 λₖ), and a step of size η multiplies it by (1 − η λₖ)².
#[derive(Clone, Debug)]
pub struct LossParts {
    /// Before and after the step, by increasing eigenvalue.
    pub parts: [[Printed; 2]; 2],
    /// The least loss that any W has, where it is not zero.
    pub least: Option<Printed>,
}

impl LossParts {
    /// For the 2×2 Hessian of one row of W with two irrational eigenvalues, and the m×2 `gradient`;
    /// `None` where a digit stays undecided.
    pub fn new(
        loss: &Certified,
        gradient: &DMatrix<Certified>,
        hessian: &DMatrix<RBig>,
        step: &RBig,
        digits: usize,
    ) -> Option<Self> {
        let exact = |v: RBig| Certified::Exact(v);
        let (a, b, d) = (&hessian[(0, 0)], &hessian[(0, 1)], &hessian[(1, 1)]);
        let two = RBig::from(2u8);
        let (centre, apart) = ((a + d) / &two, (a - d) / &two);
        // √q = e^(log q / 2).
        let half_log = exact(&apart * &apart + b * b).ln(PRECISION) * exact(RBig::ONE / &two);
        let root = half_log.exp(PRECISION);

        let rows = || (0..gradient.nrows()).map(|i| (&gradient[(i, 0)], &gradient[(i, 1)]));
        let sum = |terms: &mut dyn Iterator<Item = Certified>| {
            terms.fold(exact(RBig::ZERO), |sum, term| sum + term)
        };
        // tr(G Gᵀ) and tr(G H Gᵀ).
        let times = |g: &Certified, v: &RBig| g.clone() * exact(v.clone());
        let norm =
            sum(&mut rows().flat_map(|(g, h)| [g.clone() * g.clone(), h.clone() * h.clone()]));
        let curved = sum(&mut rows().map(|(g, h)| {
            (times(g, a) + times(h, b)) * g.clone() + (times(g, b) + times(h, d)) * h.clone()
        }));

        // By the projector (H − λ′) / (λ − λ′), with the other eigenvalue λ′.
        let part = |sign: i8| -> Option<[Printed; 2]> {
            let signed = root.clone() * exact(RBig::from(sign));
            let own = exact(centre.clone()) + signed.clone();
            let other = exact(centre.clone()) - signed.clone();
            let projected = curved.clone() - other * norm.clone();
            let before = projected.divide(&(signed * own.clone() * exact(RBig::from(4u8))))?;
            let kept = exact(RBig::ONE) - own * exact(step.clone());
            let after = before.clone() * kept.clone() * kept;
            Some([Printed::round(&before, digits)?, Printed::round(&after, digits)?])
        };
        // L − ½ tr(G H⁻¹ Gᵀ), by H⁻¹ = (tr H − H) / det H.
        let traced = norm.clone() * exact(a + d) - curved.clone();
        let least = loss.clone() - traced.divide(&exact((a * d - b * b) * two))?;
        Some(Self {
            parts: [part(-1)?, part(1)?],
            least: if least.is_zero() { None } else { Some(Printed::round(&least, digits)?) },
        })
    }
}
