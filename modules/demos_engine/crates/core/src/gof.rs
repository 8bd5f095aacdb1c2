// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Goodness of fit against the saturated model.

use crate::constraint::Constraint;
use crate::fit::{minimize, Fit, Problem, Status, Work};
use crate::infer::{converged, Refusal};
use crate::lanes::{Failure, Lanes};
use crate::model::Model;
use crate::prelude::*;
use crate::random::{pseudo_data, Random};
use crate::special::chi_square_tail;
use crate::toys::{above, binomial, sorted};

/// How well the best fit describes the data.
#[derive(Clone, Debug)]
pub struct Goodness {
    /// Twice the rise of -ln L, constraint terms included, above a model with one free rate per bin and
    /// every auxiliary measurement met.
    pub statistic: f64,
    /// Bins less unconstrained floating parameters.
    pub dof: i64,
    /// Probability of a larger statistic; `None` without degrees of freedom.
    pub p_value: Option<f64>,
    /// Standard deviation of a p-value from pseudo-experiments.
    pub error: Option<f64>,
    pub failed: usize,
    /// Statistics of the pseudo-experiments.
    pub drawn: Vec<f64>,
    pub fit: Fit,
}

/// Test the best fit; the distribution of the statistic is χ², or that of `toys` (size, seed).
///
/// Both likelihoods are Poisson terms and constraints (R. D. Cousins, "Generalization of Chisquare
/// Goodness-of-Fit Test for Binned Data Using Saturated Models", 2013): the statistic is twice the
/// saturated -ln L that a fit minimises.
///
/// # Errors
/// `fit_failed`.
pub fn goodness<L: Lanes>(
    model: &Model,
    toys: Option<(usize, u64)>,
    work: &mut Work,
    lanes: &L,
) -> Result<Goodness, Failure<L::Stop>> {
    let problem = Problem::new(model, &model.observed);
    let fit = minimize(&problem, &model.init, true, work);
    let fit = converged(&problem, fit, f64::NAN, work)?;
    let floating = (0..model.parameters())
        .filter(|&i| !problem.fixed[i] && model.constraints[i] == Constraint::Free)
        .count();
    let dof = model.bins as i64 - floating as i64;
    let statistic = 2.0 * fit.nll;
    let (size, seed) = match toys {
        Some(toys) => toys,
        None => {
            let p_value = if dof > 0 { Some(chi_square_tail(statistic, dof as f64)) } else { None };
            let drawn = Vec::new();
            return Ok(Goodness { statistic, dof, p_value, error: None, failed: 0, drawn, fit });
        }
    };
    let drawn = lanes.run(model, size, &|n, work| {
        let data = pseudo_data(model, &fit.theta, &mut Random::new(seed, n as u64), work);
        let found = minimize(&Problem::new(model, &data), &fit.theta, true, work);
        if found.status == Status::Converged {
            2.0 * found.nll
        } else {
            f64::NAN
        }
    })?;
    let drawn: Vec<f64> = drawn.into_iter().filter(|x| x.is_finite()).collect();
    if drawn.is_empty() {
        return Err(Refusal::new("fit_failed", "no pseudo-experiment could be fitted").into());
    }
    let p_value = above(&sorted(&drawn), statistic);
    let error = Some(binomial(p_value, drawn.len()));
    Ok(Goodness { statistic, dof, p_value: Some(p_value), error, failed: size - drawn.len(), drawn, fit })
}
