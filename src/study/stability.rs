//! How large a step of problem 1 may be if it is repeated.
//!
//! L(W) = ‖WX − Y‖² is quadratic in W with Hessian 2 XXᵀ ⊗ I_m (divided by n for the mean over
//! samples), so along an eigenvector of XXᵀ with eigenvalue μ the error is multiplied by
//! 1 − step · λ, λ = 2μ, in every step: it shrinks exactly when 0 < step < 2/λ.

use nalgebra::DMatrix;

/// Eigenvalues and what they mean for repeated steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Stability {
    /// The distinct blocks' eigenvalues of the Hessian, ascending: d of them, each m-fold.
    pub hessian_eigenvalues: Vec<f64>,
    /// 2/λ_max: at this step the fastest direction neither grows nor shrinks. ∞ where X = 0.
    pub largest_stable_step: f64,
    /// Whether repeating the given step lowers the loss to its minimum: step < 2/λ_max.
    pub stable: bool,
}

/// Examines `step` for inputs X (d×n, finite). `mean` divides the loss by n.
pub fn stability(x: &DMatrix<f64>, step: f64, mean: bool) -> Stability {
    // Scaled to entries of at most 1, so that squaring cannot overflow.
    let scale = x.amax();
    if scale == 0.0 || x.is_empty() {
        let hessian_eigenvalues = vec![0.0; x.nrows()];
        return Stability { hessian_eigenvalues, largest_stable_step: f64::INFINITY, stable: true };
    }
    let unit = x / scale;
    let factor = if mean { 2.0 / x.ncols() as f64 } else { 2.0 };
    let mut eigenvalues: Vec<f64> =
        (&unit * unit.transpose()).symmetric_eigenvalues().iter().map(|mu| mu.max(0.0)).collect();
    eigenvalues.sort_by(f64::total_cmp);
    let largest = eigenvalues.last().copied().unwrap_or(0.0);
    let largest_stable_step = 2.0 / (factor * largest) / scale / scale;
    Stability {
        hessian_eigenvalues: eigenvalues.iter().map(|mu| factor * mu * scale * scale).collect(),
        largest_stable_step,
        stable: step < largest_stable_step,
    }
}

/// The loss before the first step and after each of `iterations` repeated steps
/// W ← W − step · 2(WX − Y)Xᵀ (both divided by n for the mean). Shapes: W m×d, X d×n, Y m×n.
///
/// Ends early after a loss that is not finite, which is left out.
pub fn repeated_steps(
    w: &DMatrix<f64>,
    x: &DMatrix<f64>,
    y: &DMatrix<f64>,
    step: f64,
    mean: bool,
    iterations: usize,
) -> Vec<f64> {
    let samples = if mean { x.ncols() as f64 } else { 1.0 };
    let mut w = w.clone();
    let mut losses = Vec::with_capacity(iterations + 1);
    for _ in 0..=iterations {
        let residual = &w * x - y;
        let loss = residual.norm_squared() / samples;
        if !loss.is_finite() {
            break;
        }
        losses.push(loss);
        w -= residual * x.transpose() * (2.0 * step / samples);
    }
    losses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn homework() -> (DMatrix<f64>, DMatrix<f64>, DMatrix<f64>) {
        (
            DMatrix::from_row_slice(2, 2, &[0.3, 0.5, -0.2, 0.4]),
            DMatrix::from_row_slice(2, 2, &[0.0, 2.0, 3.0, 1.0]),
            DMatrix::from_row_slice(2, 2, &[0.5, 1.0, 1.0, -1.5]),
        )
    }

    /// XXᵀ = [[4, 2], [2, 10]] has eigenvalues 7 ± √13.
    #[test]
    fn homework_step_is_just_too_large() {
        let (_, x, _) = homework();
        let found = stability(&x, 0.1, false);
        let root = 13f64.sqrt();
        for (value, exact) in
            found.hessian_eigenvalues.iter().zip([14.0 - 2.0 * root, 14.0 + 2.0 * root])
        {
            assert!((value - exact).abs() < 1e-13);
        }
        assert!((found.largest_stable_step - 1.0 / (7.0 + root)).abs() < 1e-15);
        assert!(!found.stable);
        // The mean over two samples halves the Hessian, so the same step is stable.
        let mean = stability(&x, 0.1, true);
        assert!((mean.largest_stable_step - 2.0 / (7.0 + root)).abs() < 1e-15);
        assert!(mean.stable);
    }

    /// HOMEWORK: 3.3, 2.2376, 2.615, 3.267, … at 0.1; below the bound the loss settles.
    #[test]
    fn repeated_losses_diverge_or_settle_as_predicted() {
        let (w, x, y) = homework();
        let losses = repeated_steps(&w, &x, &y, 0.1, false, 3);
        for (loss, exact) in losses.iter().zip([3.3, 2.2376, 2.615, 3.267]) {
            assert!((loss - exact).abs() < 6e-4, "{loss} {exact}");
        }
        assert!((losses[1] - 2.2376).abs() < 1e-12);
        let bound = stability(&x, 0.1, false).largest_stable_step;
        let below = repeated_steps(&w, &x, &y, 0.99 * bound, false, 4000);
        let above = repeated_steps(&w, &x, &y, 1.01 * bound, false, 100_000);
        assert!(below[4000] < below[0] && (below[4000] - below[3999]).abs() < 1e-12);
        assert!(above.len() < 100_000 && above[above.len() - 1] > 1e300);
    }

    #[test]
    fn degenerate_and_huge_inputs() {
        let zero = stability(&DMatrix::zeros(2, 3), 0.1, false);
        assert_eq!((zero.largest_stable_step, zero.stable), (f64::INFINITY, true));
        let huge = stability(&DMatrix::from_element(2, 2, 1e200), 0.1, false);
        assert_eq!(huge.largest_stable_step, 0.0);
        assert!(!huge.stable);
        let single = stability(&DMatrix::from_element(1, 1, -3.0), 0.1, false);
        assert!((single.largest_stable_step - 1.0 / 9.0).abs() < 1e-16 && single.stable);
    }
}
