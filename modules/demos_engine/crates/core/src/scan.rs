// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Profile likelihood scans.

use crate::fit::{minimize, Fit, Problem, Status, Work};
use crate::lanes::{Failure, Lanes};
use crate::names::order;
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

/// A scan over the grid of one or two axes.
#[derive(Clone, Debug)]
pub struct Scan {
    /// Rise of 2 NLL above the best fit, rows along the first axis; infinite where a fit failed.
    pub rise: Vec<f64>,
    pub failed: usize,
}

/// Profile the likelihood over the grid of `axes` (parameter in elimination order, values).
///
/// Each row runs from the best value outwards on both sides, every fit beginning where its neighbour
/// ended.
///
/// # Errors
/// The host stopped the work.
pub fn scan<L: Lanes>(
    problem: &Problem,
    best: &Fit,
    axes: &[(usize, Vec<f64>)],
    lanes: &L,
) -> Result<Scan, Failure<L::Stop>> {
    let (along, last) = (axes.len() - 1, &axes[axes.len() - 1].1);
    let centre = best.theta[axes[along].0];
    let sorted = order(last.len(), &|a, b| (last[a] - centre).abs() < (last[b] - centre).abs());
    let heads: Vec<Option<f64>> =
        if along == 0 { vec![None] } else { axes[0].1.iter().map(|&x| Some(x)).collect() };
    let parameters: Vec<usize> = axes.iter().map(|(at, _)| *at).collect();
    let sides: Vec<Vec<usize>> = [true, false]
        .iter()
        .map(|&up| sorted.iter().copied().filter(|&i| (last[i] >= centre) == up).collect())
        .collect();
    let rows = lanes.run(problem.model, 2 * heads.len(), &|n, work: &mut Work| {
        let head = heads[n / 2];
        let points: Vec<Vec<f64>> =
            sides[n % 2].iter().map(|&i| head.into_iter().chain([last[i]]).collect()).collect();
        chain(problem, &best.theta, &parameters, &points, work)
    })?;
    let mut found = Scan { rise: vec![f64::INFINITY; heads.len() * last.len()], failed: 0 };
    for (n, fits) in rows.iter().enumerate() {
        for (fit, &i) in fits.iter().zip(&sides[n % 2]) {
            if fit.status == Status::Converged {
                found.rise[n / 2 * last.len() + i] = 2.0 * (fit.nll - best.nll);
            } else {
                found.failed += 1;
            }
        }
    }
    Ok(found)
}

/// Values of one parameter within some uncertainties of its best value and its bounds.
pub fn around(problem: &Problem, best: &Fit, at: usize, width: f64, points: usize, sigmas: f64) -> Vec<f64> {
    let (low, high) = (problem.low[at], problem.high[at]);
    let reach = if width > 0.0 && width.is_finite() { sigmas * width } else { 0.5 * (high - low) };
    let (from, to) = (low.max(best.theta[at] - reach), high.min(best.theta[at] + reach));
    let step = if points > 1 { (to - from) / (points - 1) as f64 } else { 0.0 };
    (0..points).map(|n| if n + 1 == points && n > 0 { to } else { from + step * n as f64 }).collect()
}
