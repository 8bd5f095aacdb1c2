// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Other minima: cheap restarts around and away from the first one.

use crate::constraint::Constraint;
use crate::fit::{minimize, Fit, Problem, Status, Work};
use crate::kernel::nonzero;
use crate::model::Model;
use crate::names::order;
use crate::prelude::*;
use crate::random::Random;

/// Gap in -ln L above which two minima are different.
const GAP: f64 = 1e-6;

/// The lowest minimum found, and the next.
#[derive(Clone, Debug)]
pub struct Search {
    pub best: Fit,
    pub second: Option<Fit>,
    /// How many other starts were tried, how many of them converged, and how many of those ended at the
    /// best fit.
    pub tried: usize,
    pub converged: usize,
    pub agreed: usize,
}

/// Minimise from `start`, then from `restarts` other places.
///
/// Half of them change the side of the parameters whose variations are the
/// most one-sided (what makes several minima), half are random within the
/// constraints. The same places are taken every time.
pub fn search(problem: &Problem, start: &[f64], cold: bool, restarts: usize, work: &mut Work) -> Search {
    let first = minimize(problem, start, cold, work);
    let mut found = Search { best: first.clone(), second: None, tried: 0, converged: 0, agreed: 0 };
    if restarts == 0 || first.status != Status::Converged {
        return found;
    }
    let mut starts = sides(problem, &first.theta, (restarts + 1) / 2);
    let mut random = Random::new(0x00DE_305E, 0);
    while starts.len() < restarts {
        starts.push(scattered(problem, &first.theta, &mut random));
    }
    let (mut iterations, mut evaluations) = (0, 0);
    found.tried = starts.len();
    let mut ends = Vec::with_capacity(starts.len());
    for (start, cold) in starts {
        let fit = minimize(problem, &start, cold, work);
        iterations += fit.iterations;
        evaluations += fit.evaluations;
        if fit.status == Status::Converged {
            ends.push(fit.nll);
            found.offer(problem, fit);
        }
    }
    found.converged = ends.len();
    found.agreed = ends.iter().filter(|&&nll| (nll - found.best.nll).abs() <= GAP).count();
    found.best.iterations = first.iterations + iterations;
    found.best.evaluations = first.evaluations + evaluations;
    found
}

impl Search {
    fn offer(&mut self, problem: &Problem, fit: Fit) {
        if fit.nll < self.best.nll - GAP {
            let old = core::mem::replace(&mut self.best, fit);
            if apart(problem, &self.best, &old) {
                self.second = Some(old);
            }
        } else if fit.nll > self.best.nll + GAP && apart(problem, &self.best, &fit) {
            let lower = self.second.as_ref().map_or(true, |second| fit.nll < second.nll);
            if lower {
                self.second = Some(fit);
            }
        }
    }
}

/// Whether two fits differ in a parameter by more than a twentieth of its constraint.
fn apart(problem: &Problem, a: &Fit, b: &Fit) -> bool {
    let width = |i: usize| match problem.model.constraints[i] {
        Constraint::Free => 1.0,
        other => other.width(),
    };
    (0..a.theta.len()).any(|i| (a.theta[i] - b.theta[i]).abs() > 0.05 * width(i))
}

/// Starts on the other side of the most one-sided parameters.
fn sides(problem: &Problem, theta: &[f64], most: usize) -> Vec<(Vec<f64>, bool)> {
    let score = bends(problem.model);
    let mut sorted = order(theta.len(), &|a, b| score[a] > score[b]);
    sorted.retain(|&i| !problem.fixed[i] && score[i] > 0.0);
    let mut starts = Vec::new();
    for i in sorted {
        let size = theta[i].abs();
        let sides = if size > 0.2 { vec![-theta[i]] } else { vec![1.0, -1.0] };
        for side in sides {
            if starts.len() < most {
                let mut start = theta.to_vec();
                start[i] = side;
                starts.push((start, false));
            }
        }
    }
    starts
}

/// How far each parameter is from acting linearly, in standard deviations of the counts.
fn bends(model: &Model) -> Vec<f64> {
    let mut score = vec![0.0; model.parameters()];
    for channel in &model.channels {
        let mut bend = vec![0.0; channel.locals.len() * channel.bins];
        let mut add = |id: u32, bin: usize, x: f64| bend[id as usize * channel.bins + bin] += x;
        for links in &channel.samples {
            let sample = &links.sample;
            for bin in 0..channel.bins {
                for (n, &id) in links.shapes.iter().enumerate() {
                    add(id, bin, sample.bend[bin * links.shapes.len() + n]);
                }
                for (n, &id) in links.norms.iter().enumerate() {
                    let (up, down) = (sample.norm_table.ln_up[n].exp(), sample.norm_table.ln_down[n].exp());
                    add(id, bin, sample.nominal[bin] * (0.5 * (up + down) - 1.0));
                }
            }
        }
        for (id, row) in channel.locals.iter().zip(bend.chunks(channel.bins)) {
            for (bin, x) in row.iter().enumerate() {
                let count = model.observed.counts[channel.first_bin + bin];
                score[*id as usize] += x * x / nonzero(count.max(1.0));
            }
        }
    }
    score
}

/// A start drawn from the constraints, unconstrained parameters scaled at random.
fn scattered(problem: &Problem, theta: &[f64], random: &mut Random) -> (Vec<f64>, bool) {
    let mut start = theta.to_vec();
    for i in problem.model.slots..start.len() {
        if problem.fixed[i] {
            continue;
        }
        start[i] = match problem.model.constraints[i] {
            Constraint::Normal { sigma } => problem.data.aux[i] + sigma * random.normal(),
            Constraint::Poisson { .. } => start[i],
            Constraint::Free => start[i] * (0.5 * random.normal()).exp(),
        };
    }
    (start, true)
}
