// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! What a fit's outcome says: covariance, bounds, rates.

use crate::decimal;
use crate::fit::{minimize, pattern, Fit, Problem, Status, Work};
use crate::infer::Refusal;
use crate::kernel::{evaluate, log_likelihood, stride, Mode, Wall};
use crate::prelude::*;

/// Inverse Hessian of the free parameters, by rows, in elimination order.
///
/// Fixed parameters and those at a bound have zero rows; the variance of a
/// parameter on which nothing depends is infinite. `None` where the Hessian of
/// the others is not positive definite.
pub fn covariance(problem: &Problem, theta: &[f64], work: &mut Work) -> Option<Vec<f64>> {
    let size = theta.len();
    let pattern = pattern(problem.model);
    let wall = &Wall::STAGES[3];
    evaluate(problem.model, problem.data, theta, wall, Mode::Exact, &mut work.point, &mut work.scratch);
    let free: Vec<bool> = (0..size)
        .map(|i| !problem.fixed[i] && theta[i] > problem.low[i] && theta[i] < problem.high[i])
        .collect();
    work.factor.assumed.iter_mut().for_each(|curvature| *curvature = f64::INFINITY);
    let definite = work.factor.factor(&work.point.hessian, pattern, &free, 0.0);
    let dead = |i: &usize| free[*i] && work.point.hessian[*i * stride(size) + *i] == 0.0;
    let dead: Vec<usize> = (0..size).filter(dead).collect();
    if !definite || work.factor.flat > dead.len() {
        return None;
    }
    let mut matrix = vec![0.0; size * size];
    for i in (0..size).filter(|&i| free[i]) {
        let row = &mut matrix[i * size..(i + 1) * size];
        row[i] = 1.0;
        work.factor.solve(pattern, row);
    }
    // Exactly symmetric, whatever rounding did.
    for i in 0..size {
        for j in 0..i {
            let mean = 0.5 * (matrix[i * size + j] + matrix[j * size + i]);
            matrix[i * size + j] = mean;
            matrix[j * size + i] = mean;
        }
    }
    for i in dead {
        matrix[i * size + i] = f64::INFINITY;
    }
    Some(matrix)
}

/// Parameters (elimination order indices) that ended at one of their bounds.
pub fn at_bounds(problem: &Problem, theta: &[f64]) -> Vec<usize> {
    let held = |&i: &usize| !problem.fixed[i] && (theta[i] <= problem.low[i] || theta[i] >= problem.high[i]);
    (0..theta.len()).filter(held).collect()
}

/// The lowest rate of any bin, and the bin.
pub fn lowest_rate(problem: &Problem, theta: &[f64], work: &mut Work) -> (f64, usize) {
    log_likelihood(problem.model, problem.data, theta, &mut work.point, &mut work.scratch);
    let mut lowest = (f64::INFINITY, 0);
    for (bin, &rate) in work.point.rates.iter().enumerate() {
        if rate < lowest.0 {
            lowest = (rate, bin);
        }
    }
    lowest
}

/// Where twice -ln L has risen by one on both sides of a parameter's best value (MINOS).
///
/// A side is `None` where the parameter meets its bound first.
///
/// # Errors
/// `fit_failed` where a fit on the way did not converge.
pub fn profile_interval(
    problem: &Problem,
    fit: &Fit,
    parameter: usize,
    width: f64,
    work: &mut Work,
) -> Result<(Option<f64>, Option<f64>), Refusal> {
    let low = crossing(problem, fit, parameter, -width.abs(), problem.low[parameter], work)?;
    let high = crossing(problem, fit, parameter, width.abs(), problem.high[parameter], work)?;
    Ok((low, high))
}

fn crossing(
    problem: &Problem,
    fit: &Fit,
    parameter: usize,
    width: f64,
    bound: f64,
    work: &mut Work,
) -> Result<Option<f64>, Refusal> {
    let held = problem.holding(parameter);
    let best = fit.theta[parameter];
    let mut near = fit.theta.clone();
    let mut rise = |x: f64, work: &mut Work| {
        near[parameter] = x;
        let conditional = minimize(&held, &near, false, work);
        if conditional.status != Status::Converged {
            let message = text!["the fit at ", decimal::write(x), " ended as ", conditional.status.name()];
            return Err(Refusal { code: "fit_failed", message });
        }
        near.copy_from_slice(&conditional.theta);
        Ok(2.0 * (conditional.nll - fit.nll))
    };
    let clip = |x: f64| if width < 0.0 { x.max(bound) } else { x.min(bound) };
    // The root of the rise grows almost linearly: look for one there.
    let (mut inner, mut inner_root) = (best, 0.0);
    let mut outer = clip(best + width);
    let mut outer_root = rise(outer, work)?.max(0.0).sqrt();
    let mut tries = 0;
    while outer_root < 1.0 {
        if outer == bound || tries > 30 {
            return Ok(None);
        }
        inner = outer;
        inner_root = outer_root;
        let speed = if outer_root > 0.1 { 1.1 / outer_root } else { 2.0 };
        outer = clip(best + (outer - best) * speed.max(1.05));
        outer_root = rise(outer, work)?.max(0.0).sqrt();
        tries += 1;
    }
    for _ in 0..40 {
        let guess = inner + (outer - inner) * (1.0 - inner_root) / (outer_root - inner_root);
        let margin = 0.02 * (outer - inner);
        let x = if width > 0.0 {
            guess.max(inner + margin).min(outer - margin)
        } else {
            guess.min(inner + margin).max(outer - margin)
        };
        let root = rise(x, work)?.max(0.0).sqrt();
        if (root - 1.0).abs() < 1e-6 {
            return Ok(Some(x));
        }
        if root < 1.0 {
            inner = x;
            inner_root = root;
        } else {
            outer = x;
            outer_root = root;
        }
    }
    Ok(Some(0.5 * (inner + outer)))
}
