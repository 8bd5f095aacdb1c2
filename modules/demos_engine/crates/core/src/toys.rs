// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Pseudo-experiments.

use crate::data::Data;
use crate::fit::{minimize, Anchor, Fit, Problem, Status, Work};
use crate::infer::{asimov, conditional, expected_data, free_fit, free_poi, Refusal, Statistic};
use crate::kernel::{slope, Wall};
use crate::lanes::{Failure, Lanes};
use crate::model::Model;
use crate::names::order;
use crate::prelude::*;
use crate::random::{drawn, Random};

/// The test statistic of one data set.
#[derive(Clone, Copy, Debug)]
pub struct Toy {
    pub q: f64,
    pub mu_hat: f64,
    /// Worst status of the two fits.
    pub status: Status,
}

/// Where pseudo-data come from, with what their fits share.
#[derive(Clone)]
pub struct Truth {
    pub theta: Vec<f64>,
    /// The information about all parameters, and about all but that of interest.
    free: Option<Anchor>,
    held: Option<Anchor>,
    /// What is expected there.
    data: Data,
}

impl Truth {
    /// A point from which fits begin.
    pub fn near(theta: &[f64]) -> Truth {
        Truth { theta: theta.to_vec(), free: None, held: None, data: Data::default() }
    }

    /// The same with the expected information there (the Hessian of its Asimov data).
    pub fn new(model: &Model, theta: &[f64], poi: usize, work: &mut Work) -> Truth {
        let data = asimov(model, theta, work);
        let problem = Problem::new(model, &data);
        let free = Anchor::new(&problem, theta, Some(poi), work);
        let held = Anchor::new(&problem.holding(poi), theta, None, work);
        Truth { theta: theta.to_vec(), free, held, data: expected_data(model, theta, work) }
    }

    fn conditional(&self, problem: &Problem, start: &[f64], work: &mut Work) -> Option<Fit> {
        self.held.as_ref()?.minimize(problem, start, work)
    }

    /// The fit of all parameters from a conditional one: within the bounds, or with the strength at its
    /// lower bound.
    fn unconditional(&self, problem: &Problem, poi: usize, held: &Fit, work: &mut Work) -> Option<Fit> {
        let free = self.free.as_ref()?;
        let low = problem.low[poi];
        if held.status == Status::Converged && held.theta[poi] == low && rises(problem, poi, held, work) {
            return Some(held.clone());
        }
        if let Some(fit) = free.minimize(problem, &held.theta, work) {
            return Some(fit);
        }
        let mut start = held.theta.clone();
        start[poi] = low;
        let fit = self.conditional(&problem.holding(poi), &start, work)?;
        if rises(problem, poi, &fit, work) {
            Some(fit)
        } else {
            None
        }
    }
}

/// Whether -ln L does not fall with the parameter of interest.
fn rises(problem: &Problem, poi: usize, fit: &Fit, work: &mut Work) -> bool {
    let Work { point, scratch, .. } = &mut *work;
    slope(problem.model, problem.data, &fit.theta, &Wall::STAGES[0], point, scratch);
    point.gradient[poi] >= 0.0
}

/// The test statistic of `data` for a signal strength; both fits start near the truth.
pub fn statistic(
    model: &Model,
    data: &Data,
    poi: usize,
    mu: f64,
    kind: Statistic,
    near: &Truth,
    work: &mut Work,
) -> Toy {
    let problem = Problem::new(model, data);
    let mut start = near.theta.clone();
    start[poi] = mu;
    let conditional = problem.holding(poi);
    let held = near.conditional(&conditional, &start, work);
    let held = held.unwrap_or_else(|| minimize(&conditional, &start, true, work));
    let mut within = problem.clone();
    if kind == Statistic::QTilde {
        within.low[poi] = within.low[poi].max(0.0);
    }
    // A lower bound below 0 is moved, not met.
    let bounded = within.low[poi] >= 0.0;
    let found = if bounded { near.unconditional(&within, poi, &held, work) } else { None };
    let (free, wide) = match found {
        Some(free) => (free, within),
        None => free_fit(&problem, poi, kind, &near.theta, true, work),
    };
    // The free fit cannot lie above a conditional one: start there if it does.
    let above = held.nll < free.nll - 1e-9;
    let free = if above { minimize(&wide, &held.theta, false, work) } else { free };
    let mu_hat = free.theta[poi];
    let irrelevant = if kind == Statistic::Q0 { mu_hat < mu } else { mu_hat > mu };
    let rise = 2.0 * (held.nll - free.nll);
    let status = if held.status == Status::Converged { free.status } else { held.status };
    let q = if status != Status::Converged {
        f64::NAN
    } else if irrelevant {
        0.0
    } else {
        rise.max(0.0)
    };
    Toy { q, mu_hat, status }
}

/// The statistic of the pseudo-experiment `index` drawn from `truth`.
#[allow(clippy::too_many_arguments)]
pub fn toy(
    model: &Model,
    truth: &Truth,
    poi: usize,
    mu: f64,
    kind: Statistic,
    seed: u64,
    index: u64,
    work: &mut Work,
) -> Toy {
    let data = drawn(model, truth.data.clone(), &mut Random::new(seed, index));
    statistic(model, &data, poi, mu, kind, truth, work)
}

/// Quantiles of a normal distribution at -2 … 2 standard deviations.
const QUANTILES: [f64; 5] =
    [0.022_750_131_948_179_2, 0.158_655_253_931_457, 0.5, 0.841_344_746_068_543, 0.977_249_868_051_821];

/// A hypothesis test with pseudo-experiments.
#[derive(Clone, Debug)]
pub struct ToyTest {
    pub mu: f64,
    /// CLs, or the p-value of the background hypothesis for `Q0`.
    pub observed: f64,
    /// Its standard deviation over repetitions of the pseudo-experiments.
    pub error: f64,
    pub expected: [f64; 5],
    pub cls_b: f64,
    pub cls_b_error: f64,
    pub cl_b: f64,
    pub cl_b_error: f64,
    pub q: f64,
    /// Statistics with the tested signal and at the other hypothesis, of the fits that converged.
    pub signal: Vec<f64>,
    pub background: Vec<f64>,
    pub failed: usize,
    /// The conditional fit at the tested strength.
    pub fit: Fit,
}

/// Test a signal strength with pseudo-experiments drawn from the conditional fits, as pyhf does.
///
/// Streams of random numbers are 2 `seed` for the tested hypothesis and 2 `seed` + 1 for the other.
///
/// # Errors
/// As for `Test::at`, and `fit_failed` where no pseudo-experiment could be fitted.
pub fn test<L: Lanes>(
    model: &Model,
    mu: f64,
    kind: Statistic,
    (size, seed): (usize, u64),
    work: &mut Work,
    lanes: &L,
) -> Result<ToyTest, Failure<L::Stop>> {
    let poi = free_poi(model)?;
    let problem = Problem::new(model, &model.observed);
    let mut truth = Vec::with_capacity(2);
    for x in [mu, kind.asimov_strength()] {
        truth.push(conditional(&problem, poi, &model.init, x, true, work)?);
    }
    let near = Truth::near(&truth[0].theta);
    let q = statistic(model, &model.observed, poi, mu, kind, &near, work).q;
    if !q.is_finite() {
        return Err(Refusal::new("fit_failed", "the fits to the data did not converge").into());
    }
    let origins: Vec<Truth> = truth.iter().map(|fit| Truth::new(model, &fit.theta, poi, work)).collect();
    let drawn = lanes.run(model, 2 * size, &|n, work| {
        let which = n / size;
        let stream = 2 * seed + which as u64;
        toy(model, &origins[which], poi, mu, kind, stream, (n % size) as u64, work).q
    })?;
    let kept = |part: &[f64]| part.iter().copied().filter(|q| q.is_finite()).collect::<Vec<f64>>();
    let (signal, background) = (kept(&drawn[..size]), kept(&drawn[size..]));
    if signal.is_empty() || background.is_empty() {
        return Err(Refusal::new("fit_failed", "no pseudo-experiment could be fitted").into());
    }
    let failed = 2 * size - signal.len() - background.len();
    let (with, without) = (sorted(&signal), sorted(&background));
    let ratio = |both: f64, alone: f64| match kind {
        Statistic::Q0 => both,
        _ if alone > 0.0 => both / alone,
        _ => 0.0,
    };
    let (cls_b, cl_b) = (above(&with, q), above(&without, q));
    let curve: Vec<f64> = background.iter().map(|&q| ratio(above(&with, q), above(&without, q))).collect();
    let curve = sorted(&curve);
    let mut expected = [0.0; 5];
    for (value, share) in expected.iter_mut().zip(QUANTILES) {
        *value = quantile(&curve, share);
    }
    let (cls_b_error, cl_b_error) = (binomial(cls_b, with.len()), binomial(cl_b, without.len()));
    let observed = ratio(cls_b, cl_b);
    let error = match kind {
        Statistic::Q0 => cls_b_error,
        _ if cl_b > 0.0 => {
            (cls_b_error * cls_b_error + observed * observed * cl_b_error * cl_b_error).sqrt() / cl_b
        }
        _ => f64::INFINITY,
    };
    let fit = truth.swap_remove(0);
    Ok(ToyTest {
        mu,
        observed,
        error,
        expected,
        cls_b,
        cls_b_error,
        cl_b,
        cl_b_error,
        q,
        signal,
        background,
        failed,
        fit,
    })
}

/// Numbers in rising order.
pub fn sorted(values: &[f64]) -> Vec<f64> {
    order(values.len(), &|a, b| values[a] < values[b]).into_iter().map(|i| values[i]).collect()
}

/// The share of `sorted` that is not below `x`; above it where `x` is 0.
///
/// A test statistic is 0 for all data that do not speak against the hypothesis: as in the asymptotic
/// formulae, whose p-value is 1/2 there, these data do not count as more extreme than each other.
pub fn above(sorted: &[f64], x: f64) -> f64 {
    let below = sorted.partition_point(|&value| value < x || (x == 0.0 && value == 0.0));
    1.0 - below as f64 / sorted.len() as f64
}

/// Standard deviation of a share counted in `size` trials; one success is assumed where there is none.
pub fn binomial(share: f64, size: usize) -> f64 {
    let size = size as f64;
    let share = share.max(1.0 / size).min(1.0);
    (share * (1.0 - share).max(1.0 / size) / size).sqrt()
}

/// A quantile by linear interpolation between the order statistics.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share * (sorted.len() - 1) as f64;
    let below = at as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (at - below as f64)
}
