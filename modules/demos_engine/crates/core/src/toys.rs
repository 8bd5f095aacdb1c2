// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Pseudo-experiments.

use crate::data::Data;
use crate::fit::{minimize, Problem, Status, Work};
use crate::infer::Statistic;
use crate::model::Model;
use crate::random::{pseudo_data, Random};

/// The test statistic of one data set.
#[derive(Clone, Copy, Debug)]
pub struct Toy {
    pub q: f64,
    pub mu_hat: f64,
    /// Worst status of the two fits.
    pub status: Status,
}

/// The test statistic of `data` for a signal strength; both fits start at `near`.
pub fn statistic(
    model: &Model,
    data: &Data,
    poi: usize,
    mu: f64,
    kind: Statistic,
    near: &[f64],
    work: &mut Work,
) -> Toy {
    let problem = Problem::new(model, data);
    let mut start = near.to_vec();
    start[poi] = mu;
    let held = minimize(&problem.holding(poi), &start, true, work);
    let free = minimize(&problem, near, true, work);
    // The free fit cannot lie above a conditional one: start there if it does.
    let free = if held.nll < free.nll { minimize(&problem, &held.theta, false, work) } else { free };
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
    truth: &[f64],
    poi: usize,
    mu: f64,
    kind: Statistic,
    seed: u64,
    index: u64,
    work: &mut Work,
) -> Toy {
    let data = pseudo_data(model, truth, &mut Random::new(seed, index), work);
    statistic(model, &data, poi, mu, kind, truth, work)
}
