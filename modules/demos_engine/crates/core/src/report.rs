// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! What a fit's outcome says: covariance, bounds, rates.

use crate::answer::{texts, Object};
use crate::data::NO_COUNT;
use crate::decimal;
use crate::fit::{minimize, pattern, Fit, Problem, Status, Work};
use crate::infer::Refusal;
use crate::kernel::{evaluate, log_likelihood, stride, Mode, Wall};
use crate::names::order;
use crate::prelude::*;
use crate::spec::ShapeCode;

/// What holds where pyhf's likelihood is not defined.
pub const CONVENTION: &str = "pyhf; rate >= 0 in empty bins";

/// Said of models whose templates are interpolated by parabolas.
const PARABOLA: &str =
    "code2: continued by its tangents beyond one standard deviation, as ROOT and HS3; pyhf 0.7.6 has a step there";

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

/// Why a point is a minimum, from what `covariance` has just left in `work`: the largest derivative of
/// -ln L in a free parameter times its uncertainty, the smallest pivot of the Hessian relative to its
/// diagonal, and the derivatives in the parameters at their bounds.
pub fn certificate(problem: &Problem, theta: &[f64], errors: &[f64], work: &Work) -> Object {
    let model = problem.model;
    let gradient = &work.point.gradient;
    let held = at_bounds(problem, theta);
    let free: Vec<bool> = (0..theta.len()).map(|i| !problem.fixed[i] && !held.contains(&i)).collect();
    let slopes = (0..theta.len()).filter(|&i| free[i] && errors[i].is_finite());
    let largest = slopes.map(|i| (gradient[i] * errors[i]).abs()).fold(0.0, f64::max);
    let mut multipliers = Object::new();
    for &i in &held {
        multipliers.with(&model.names[model.external[i]], gradient[i]);
    }
    let mut found = Object::new();
    found
        .with("projected_gradient", largest)
        .with("curvature", work.factor.least_pivot(&work.point.hessian, &free))
        .with("multipliers", multipliers);
    found
}

/// Parameters (elimination order indices) that ended at one of their bounds.
pub fn at_bounds(problem: &Problem, theta: &[f64]) -> Vec<usize> {
    let held = |&i: &usize| !problem.fixed[i] && (theta[i] <= problem.low[i] || theta[i] >= problem.high[i]);
    (0..theta.len()).filter(held).collect()
}

/// A bin, and what it expects.
#[derive(Clone, Copy, Debug)]
pub struct Bin {
    /// Number of the channel in the model.
    pub channel: usize,
    /// Number of the bin in the channel, from 0.
    pub bin: usize,
    pub rate: f64,
}

/// The bin of the lowest rate; where a fit found no positive rate for one with events, that bin.
pub fn lowest_bin(problem: &Problem, fit: &Fit, work: &mut Work) -> Bin {
    log_likelihood(problem.model, problem.data, &fit.theta, &mut work.point, &mut work.scratch);
    let denied = fit.status == Status::RateNotPositive;
    let mut lowest = Bin { channel: 0, bin: 0, rate: f64::INFINITY };
    for (c, channel) in problem.model.channels.iter().enumerate() {
        for bin in 0..channel.bins {
            let at = channel.first_bin + bin;
            let rate = nonzero_or_zero(work.point.rates[at]);
            let relevant = !denied || problem.data.counts[at] > NO_COUNT;
            if relevant && (rate < lowest.rate || rate.is_nan()) {
                lowest = Bin { channel: c, bin, rate };
            }
        }
    }
    lowest
}

/// A yield without what the kernel leaves of a factor of exactly zero, about 1e-150.
pub fn nonzero_or_zero(x: f64) -> f64 {
    if x.abs() < 1e-100 {
        0.0
    } else {
        x
    }
}

/// What every result says of the fit that it rests on.
pub fn standing(problem: &Problem, fit: &Fit, mut notes: Vec<String>, work: &mut Work) -> Object {
    let model = problem.model;
    let bounds = at_bounds(problem, &fit.theta);
    let mut external: Vec<usize> = bounds.iter().map(|&at| model.external[at]).collect();
    let sorted = order(external.len(), &|a, b| external[a] < external[b]);
    external = sorted.into_iter().map(|i| external[i]).collect();
    let bin = lowest_bin(problem, fit, work);
    let place = Object::new()
        .with("channel", &*model.channels[bin.channel].name)
        .with("bin", bin.bin)
        .with("rate", bin.rate)
        .end();
    if model.shape_codes.contains(&ShapeCode::Two) {
        notes.push(String::from(PARABOLA));
    }
    let mut answer = Object::new();
    answer
        .with("at_bounds", texts(external.iter().map(|&i| &*model.names[i])))
        .with("lowest_bin", place)
        .with("convention", CONVENTION)
        .with("notes", texts(notes.iter().map(|note| &**note)));
    answer
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
) -> Result<(Option<f64>, Option<f64>), Box<Refusal>> {
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
) -> Result<Option<f64>, Box<Refusal>> {
    let held = problem.holding(parameter);
    let best = fit.theta[parameter];
    let mut near = fit.theta.clone();
    let mut rise = |x: f64, work: &mut Work| {
        near[parameter] = x;
        let conditional = minimize(&held, &near, false, work);
        if conditional.status != Status::Converged {
            let message = text!["the fit at ", decimal::write(x), " ended as ", conditional.status.name()];
            return Err(Refusal::new("fit_failed", message));
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
