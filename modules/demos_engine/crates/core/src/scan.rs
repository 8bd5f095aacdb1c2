// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Profile likelihood scans.

use crate::fit::{minimize, Fit, Problem, Work};
use crate::prelude::*;

/// Conditional fits at each of `points` (one value per parameter), each starting from the last.
///
/// Pass points in an order in which neighbours are close.
pub fn chain(
    problem: &Problem,
    start: &[f64],
    parameters: &[usize],
    points: &[Vec<f64>],
    work: &mut Work,
) -> Vec<Fit> {
    let mut held = problem.clone();
    for &parameter in parameters {
        held.fixed[parameter] = true;
    }
    let mut near = start.to_vec();
    let mut fits = Vec::with_capacity(points.len());
    for point in points {
        for (&parameter, &x) in parameters.iter().zip(point) {
            near[parameter] = x;
        }
        let fit = minimize(&held, &near, false, work);
        if fit.nll.is_finite() {
            near.copy_from_slice(&fit.theta);
        }
        fits.push(fit);
    }
    fits
}
