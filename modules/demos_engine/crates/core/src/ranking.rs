// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Pulls of parameters, and their impacts on the parameter of interest.

use crate::constraint::Constraint;
use crate::fit::{Fit, Problem, Status, Work};
use crate::infer::{free_poi, Refusal};
use crate::lanes::{Failure, Lanes};
use crate::model::Model;
use crate::names::order;
use crate::prelude::*;
use crate::scan::chain;

/// How far the data move a constrained parameter; `parameter` is in pyhf's order.
#[derive(Clone, Copy, Debug)]
pub struct Pull {
    pub parameter: usize,
    pub best_fit: f64,
    pub uncertainty: f64,
    /// Best value less the auxiliary measurement, in units of the constraint's width.
    pub pull: f64,
    /// Uncertainty in the same units.
    pub constraint: f64,
}

/// What a parameter does to the parameter of interest; `None` where a fit failed or nothing constrains.
#[derive(Clone, Copy, Debug)]
pub struct Impact {
    pub parameter: usize,
    pub best_fit: f64,
    pub uncertainty: f64,
    pub up: Option<f64>,
    pub down: Option<f64>,
    pub up_prefit: Option<f64>,
    pub down_prefit: Option<f64>,
}

/// Square roots of the covariance's diagonal, in elimination order.
pub fn widths(covariance: &[f64], size: usize) -> Vec<f64> {
    (0..size).map(|i| covariance[i * size + i].max(0.0).sqrt()).collect()
}

/// The value at which a constraint is centred: the auxiliary measurement in units of its parameter.
pub fn centre(model: &Model, at: usize) -> f64 {
    match model.constraints[at] {
        Constraint::Poisson { factor } => model.observed.aux[at] / factor,
        _ => model.observed.aux[at],
    }
}

/// Pulls of all constrained parameters that are not held, in pyhf's order.
pub fn pulls(problem: &Problem, fit: &Fit, errors: &[f64]) -> Vec<Pull> {
    let model = problem.model;
    let constrained = |&i: &usize| {
        let at = model.internal[i];
        !problem.fixed[at] && model.constraints[at] != Constraint::Free
    };
    let pull = |i: usize| {
        let at = model.internal[i];
        let (best_fit, uncertainty) = (fit.theta[at], errors[at]);
        let width = model.constraints[at].width();
        Pull {
            parameter: i,
            best_fit,
            uncertainty,
            pull: (best_fit - centre(model, at)) / width,
            constraint: uncertainty / width,
        }
    };
    (0..model.parameters()).filter(constrained).map(pull).collect()
}

/// Impacts of all parameters that are not held, largest first.
///
/// Each is held one post-fit uncertainty above and below its best value (and one width of its
/// constraint, for the pre-fit impact), within its bounds, and the rest is fitted again.
///
/// # Errors
/// `poi_undefined`, `poi_fixed`.
pub fn impacts<L: Lanes>(
    problem: &Problem,
    fit: &Fit,
    errors: &[f64],
    lanes: &L,
) -> Result<Vec<Impact>, Failure<L::Stop>> {
    let model = problem.model;
    let poi = free_poi(model)?;
    let nuisances: Vec<usize> = (0..model.parameters())
        .filter(|&i| !problem.fixed[model.internal[i]] && model.internal[i] != poi)
        .collect();
    let shifts = lanes.run(model, 4 * nuisances.len(), &|n, work: &mut Work| {
        let at = model.internal[nuisances[n / 4]];
        let width = if n % 4 < 2 { errors[at] } else { model.constraints[at].width() };
        let sign = if n % 2 == 0 { 1.0 } else { -1.0 };
        if n % 4 >= 2 && width == 0.0 {
            return None;
        }
        let x = (fit.theta[at] + sign * width).max(problem.low[at]).min(problem.high[at]);
        let held = chain(problem, &fit.theta, &[at], &[vec![x]], work).remove(0);
        if held.status == Status::Converged {
            Some(held.theta[poi] - fit.theta[poi])
        } else {
            None
        }
    })?;
    let found: Vec<Impact> = nuisances
        .iter()
        .zip(shifts.chunks(4))
        .map(|(&parameter, shifts)| {
            let at = model.internal[parameter];
            Impact {
                parameter,
                best_fit: fit.theta[at],
                uncertainty: errors[at],
                up: shifts[0],
                down: shifts[1],
                up_prefit: shifts[2],
                down_prefit: shifts[3],
            }
        })
        .collect();
    let size = |i: usize| found[i].up.map_or(0.0, f64::abs).max(found[i].down.map_or(0.0, f64::abs));
    Ok(order(found.len(), &|a, b| size(a) > size(b)).into_iter().map(|i| found[i]).collect())
}

/// The uncertainties of a best fit, or why there are none.
///
/// # Errors
/// `fit_failed`.
pub fn known(covariance: Option<Vec<f64>>) -> Result<Vec<f64>, Box<Refusal>> {
    covariance
        .ok_or_else(|| Refusal::new("fit_failed", "the Hessian at the best fit is not positive definite"))
}
