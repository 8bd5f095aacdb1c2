// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Asymptotic hypothesis tests (arXiv:1007.1727) with pyhf's conventions.

use crate::constraint::Constraint;
use crate::data::Data;
use crate::decimal;
use crate::fit::{minimize, Fit, Problem, Status, Work};
use crate::kernel::{evaluate, Mode, Wall};
use crate::model::Model;
use crate::prelude::*;
use crate::report::lowest_bin;
use crate::special::ln_normal_cdf;
use crate::text::quoted;

/// Which test statistic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// For limits with a signal that cannot be negative.
    QTilde,
    /// For limits.
    Q,
    /// For discovery.
    Q0,
}

impl Statistic {
    /// The name in requests and results.
    pub fn name(self) -> &'static str {
        match self {
            Statistic::QTilde => "qtilde",
            Statistic::Q => "q",
            Statistic::Q0 => "q0",
        }
    }

    /// The signal strength of the Asimov data: where the hypothesis that is not tested lies.
    pub fn asimov_strength(self) -> f64 {
        if self == Statistic::Q0 {
            1.0
        } else {
            0.0
        }
    }
}

/// Why a test has no answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub code: &'static str,
    /// JSON pointer of an option in the request; empty where none is to blame.
    pub pointer: String,
    pub message: String,
}

impl Refusal {
    /// A refusal that no single option is to blame for.
    pub fn new(code: &'static str, message: impl Into<String>) -> Box<Refusal> {
        Box::new(Refusal { code, pointer: String::new(), message: message.into() })
    }
}

pub(crate) fn refuse<T>(code: &'static str, message: impl Into<String>) -> Result<T, Box<Refusal>> {
    Err(Refusal::new(code, message))
}

/// Result of a test.
#[derive(Clone, Debug)]
pub struct Cls {
    pub mu: f64,
    /// CLs, or the p-value of the background hypothesis for `Q0`.
    pub observed: f64,
    /// The same expected for fluctuations of -2, -1, 0, 1, 2 standard deviations.
    pub expected: [f64; 5],
    pub cls_b: f64,
    pub cl_b: f64,
    /// The test statistic on the data and on the Asimov data.
    pub q: f64,
    pub q_asimov: f64,
    pub mu_hat: f64,
    pub evaluations: u32,
}

/// Everything about a data set that does not depend on the tested signal strength.
pub struct Test<'a> {
    pub model: &'a Model,
    pub data: &'a Data,
    pub poi: usize,
    pub statistic: Statistic,
    pub free: Fit,
    /// Fit at the signal strength of the Asimov data.
    pub reference: Fit,
    pub asimov: Data,
    /// -ln L of the Asimov data at its own point: the minimum by construction.
    asimov_nll: f64,
    asimov_mu: f64,
    evaluations: u32,
    /// What is to be known about the bounds of the parameter of interest.
    pub notes: Vec<String>,
}

/// The parameter of interest, free to be tested.
///
/// # Errors
/// `poi_undefined` and `poi_fixed`.
pub fn free_poi(model: &Model) -> Result<usize, Box<Refusal>> {
    match model.poi {
        Some(poi) if model.fixed[poi] || model.low[poi] >= model.high[poi] => {
            refuse("poi_fixed", "the parameter of interest is fixed")
        }
        Some(poi) => Ok(poi),
        None => refuse(
            "poi_undefined",
            text!["no modifier defines the parameter of interest ", quoted(&model.poi_name)],
        ),
    }
}

/// Largest bound that a test moves the parameter of interest's to.
const WIDEST: f64 = 1e9;

/// The free fit that a test statistic means, with the bounds that it needs.
///
/// `qtilde` takes the best signal strength at 0 where it is lower (arXiv:1007.1727 Eq. 16), so bounds
/// below 0 do not matter. Every statistic compares with the *best* strength (Eqs. 12, 14, 16): an upper
/// bound at which the fit ends, and a lower one below 0, are moved until the fit ends within them.
pub(crate) fn free_fit<'a>(
    problem: &Problem<'a>,
    poi: usize,
    statistic: Statistic,
    start: &[f64],
    cold: bool,
    work: &mut Work,
) -> (Fit, Problem<'a>) {
    let mut problem = problem.clone();
    if statistic == Statistic::QTilde {
        problem.low[poi] = problem.low[poi].max(0.0);
    }
    let mut fit = minimize(&problem, start, cold, work);
    loop {
        let (low, high) = (problem.low[poi], problem.high[poi]);
        let x = fit.theta[poi];
        let width = 9.0 * (high - low).max(high.abs()).max(1e-3);
        if fit.status != Status::Converged {
            return (fit, problem);
        } else if x >= high && high < WIDEST {
            problem.high[poi] = high + width;
        } else if x <= low && low < 0.0 && low > -WIDEST {
            problem.low[poi] = low - width;
        } else {
            return (fit, problem);
        }
        let wider = minimize(&problem, &fit.theta, false, work);
        if wider.status != Status::Converged {
            // Beyond the bound there is no likelihood: the bound is where the best strength lies.
            problem.low[poi] = low;
            problem.high[poi] = high;
            return (fit, problem);
        }
        let evaluations = fit.evaluations;
        fit = wider;
        fit.evaluations += evaluations;
    }
}

impl<'a> Test<'a> {
    /// Fit the data freely and at the Asimov strength, and make the Asimov data.
    ///
    /// `start`, in elimination order, is where the first fit begins (default: the model's own).
    ///
    /// # Errors
    /// `poi_undefined`, `poi_fixed`, `invalid_bounds` (the Asimov strength is outside the
    /// bounds) and `fit_failed`.
    pub fn new(
        model: &'a Model,
        data: &'a Data,
        statistic: Statistic,
        start: Option<&[f64]>,
        work: &mut Work,
    ) -> Result<Test<'a>, Box<Refusal>> {
        let poi = free_poi(model)?;
        let problem = Problem::new(model, data);
        let asimov_mu = statistic.asimov_strength();
        if asimov_mu < model.low[poi] || asimov_mu > model.high[poi] {
            let message = text![
                "the bounds ",
                decimal::write(model.low[poi]),
                " to ",
                decimal::write(model.high[poi]),
                " of the parameter of interest exclude ",
                decimal::write(asimov_mu)
            ];
            return refuse("invalid_bounds", message);
        }
        let mut begin = start.unwrap_or(&model.init).to_vec();
        begin[poi] = asimov_mu;
        let held = problem.holding(poi);
        let reference = minimize(&held, &begin, start.is_none(), work);
        let reference = converged(&held, reference, asimov_mu, work)?;
        let (free, wide) = free_fit(&problem, poi, statistic, &reference.theta, false, work);
        let free = converged(&wide, free, f64::NAN, work)?;
        let notes = notes(&problem, &wide, &free, poi, statistic);
        let asimov = asimov(model, &reference.theta, work);
        let asimov_nll = evaluate(
            model,
            &asimov,
            &reference.theta,
            &Wall::STAGES[3],
            Mode::Value,
            &mut work.point,
            &mut work.scratch,
        );
        let evaluations = reference.evaluations + free.evaluations;
        Ok(Test {
            model,
            data,
            poi,
            statistic,
            free,
            reference,
            asimov,
            asimov_nll,
            asimov_mu,
            evaluations,
            notes,
        })
    }

    /// Test a signal strength.
    ///
    /// # Errors
    /// `fit_failed`, and `invalid_value` for a strength that is not finite or not 0 for `Q0`.
    pub fn at(&self, mu: f64, work: &mut Work) -> Result<Cls, Box<Refusal>> {
        if !mu.is_finite() || (self.statistic == Statistic::Q0 && mu != 0.0) {
            return refuse(
                "invalid_value",
                text!["the signal strength ", decimal::write(mu), " cannot be tested"],
            );
        }
        let observed = self.conditional(self.data, &self.free.theta, mu, work)?;
        let asimov = self.conditional(&self.asimov, &self.reference.theta, mu, work)?;
        let mu_hat = self.free.theta[self.poi];
        let q = self.q(observed.nll - self.free.nll, mu_hat, mu);
        let q_asimov = self.q(asimov.nll - self.asimov_nll, self.asimov_mu, mu);
        let (cls_b, cl_b) = tails(q, q_asimov, self.statistic);
        let observed_value = if self.statistic == Statistic::Q0 { cls_b.exp() } else { (cls_b - cl_b).exp() };
        let root = q_asimov.sqrt();
        let mut expected = [0.0; 5];
        for (value, sigmas) in expected.iter_mut().zip([2.0, 1.0, 0.0, -1.0, -2.0]) {
            let both = ln_normal_cdf(-(sigmas + root));
            *value = if self.statistic == Statistic::Q0 {
                both.exp()
            } else {
                (both - ln_normal_cdf(-sigmas)).exp()
            };
        }
        Ok(Cls {
            mu,
            observed: observed_value,
            expected,
            cls_b: cls_b.exp(),
            cl_b: cl_b.exp(),
            q,
            q_asimov,
            mu_hat,
            evaluations: self.evaluations + observed.evaluations + asimov.evaluations,
        })
    }

    fn q(&self, rise: f64, mu_hat: f64, mu: f64) -> f64 {
        let irrelevant = if self.statistic == Statistic::Q0 { mu_hat < mu } else { mu_hat > mu };
        if irrelevant {
            0.0
        } else {
            (2.0 * rise).max(0.0)
        }
    }

    fn conditional(&self, data: &Data, near: &[f64], mu: f64, work: &mut Work) -> Result<Fit, Box<Refusal>> {
        conditional(&Problem::new(self.model, data), self.poi, near, mu, false, work)
    }
}

/// The fit with the parameter of interest held at `mu`.
///
/// # Errors
/// `fit_failed`, and `invalid_value` for a strength that is not finite.
pub(crate) fn conditional(
    problem: &Problem,
    poi: usize,
    near: &[f64],
    mu: f64,
    cold: bool,
    work: &mut Work,
) -> Result<Fit, Box<Refusal>> {
    let problem = problem.holding(poi);
    let mut begin = near.to_vec();
    begin[poi] = mu;
    let fit = minimize(&problem, &begin, cold, work);
    converged(&problem, fit, mu, work)
}

/// ln CLs+b and ln CLb.
fn tails(q: f64, q_asimov: f64, statistic: Statistic) -> (f64, f64) {
    let (root, reference) = (q.sqrt(), q_asimov.sqrt());
    let distance = if statistic != Statistic::QTilde || root <= reference {
        root - reference
    } else if reference > 0.0 {
        (q - q_asimov) / (2.0 * reference)
    } else {
        // No sensitivity: both hypotheses are the same, whatever rounding made of q.
        0.0
    };
    (ln_normal_cdf(-(distance + reference)), ln_normal_cdf(-distance))
}

/// What a test did with the bounds of the parameter of interest, where it matters.
fn notes(asked: &Problem, used: &Problem, free: &Fit, poi: usize, statistic: Statistic) -> Vec<String> {
    let name = quoted(&asked.model.names[asked.model.external[poi]]);
    let mut notes = Vec::new();
    if statistic == Statistic::QTilde && asked.low[poi] < 0.0 {
        notes.push(text![
            "qtilde takes the best value of ",
            name,
            " at 0 where it is lower (arXiv:1007.1727 Eq. 16): its lower bound ",
            decimal::write(asked.low[poi]),
            " is not used"
        ]);
    }
    let moved_down = statistic != Statistic::QTilde && used.low[poi] < asked.low[poi];
    if used.high[poi] > asked.high[poi] || moved_down {
        let bound = if moved_down { asked.low[poi] } else { asked.high[poi] };
        notes.push(text![
            "the best value of ",
            quoted(&asked.model.names[asked.model.external[poi]]),
            " lies beyond its bound ",
            decimal::write(bound),
            ": the test uses it where it is, ",
            decimal::write(free.theta[poi])
        ]);
    }
    if statistic == Statistic::Q && free.theta[poi] <= used.low[poi] {
        notes.push(text![
            "q with ",
            quoted(&asked.model.names[asked.model.external[poi]]),
            " at its lower bound ",
            decimal::write(used.low[poi]),
            ", as in pyhf: without that bound (arXiv:1007.1727 Eq. 14) the value differs"
        ]);
    }
    notes
}

/// A fit that converged, or which one did not and where.
pub(crate) fn converged(problem: &Problem, fit: Fit, mu: f64, work: &mut Work) -> Result<Fit, Box<Refusal>> {
    if fit.status == Status::Converged {
        return Ok(fit);
    }
    let which =
        if mu.is_nan() { String::from("the free fit") } else { text!["the fit at ", decimal::write(mu)] };
    let mut message = text![which, " ended as ", fit.status.name()];
    let bin = lowest_bin(problem, &fit, work);
    if matches!(fit.status, Status::RateNotPositive | Status::NotFinite) {
        let count =
            decimal::write(problem.data.counts[problem.model.channels[bin.channel].first_bin + bin.bin]);
        message = text![
            message,
            ": the channel ",
            quoted(&problem.model.channels[bin.channel].name),
            ", bin ",
            bin.bin,
            " (from 0), expects ",
            decimal::write(bin.rate),
            " and has ",
            count
        ];
    }
    refuse("fit_failed", message)
}

/// The data that a parameter point expects; rates may be negative, as in pyhf.
pub fn expected_data(model: &Model, theta: &[f64], work: &mut Work) -> Data {
    let empty = Data { counts: vec![0.0; model.bins], aux: vec![0.0; theta.len()], constant: 0.0 };
    evaluate(model, &empty, theta, &Wall::STAGES[3], Mode::Value, &mut work.point, &mut work.scratch);
    let expected = |(constraint, &x): (&Constraint, &f64)| match *constraint {
        Constraint::Poisson { factor } => factor * x,
        _ => x,
    };
    let aux = model.constraints.iter().zip(theta).map(expected).collect();
    Data { counts: work.point.rates.clone(), aux, constant: 0.0 }
}

/// The Asimov data of a parameter point, ready to be fitted.
pub fn asimov(model: &Model, theta: &[f64], work: &mut Work) -> Data {
    let Data { mut counts, aux, .. } = expected_data(model, theta, work);
    // The barrier of empty bins may leave a rate just below zero.
    counts.iter_mut().for_each(|count| *count = count.max(0.0));
    Data::new(model, counts, aux)
}
