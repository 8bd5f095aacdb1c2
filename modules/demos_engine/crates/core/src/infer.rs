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

/// Why a test has no answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub code: &'static str,
    pub message: String,
}

fn refuse<T>(code: &'static str, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { code, message: message.into() })
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
    ) -> Result<Test<'a>, Refusal> {
        let poi = match model.poi {
            Some(poi) => poi,
            None => {
                return refuse(
                    "poi_undefined",
                    text!["no modifier defines the parameter of interest ", quoted(&model.poi_name)],
                )
            }
        };
        let problem = Problem::new(model, data);
        if problem.fixed[poi] {
            return refuse("poi_fixed", "the parameter of interest is fixed");
        }
        let asimov_mu = if statistic == Statistic::Q0 { 1.0 } else { 0.0 };
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
        let reference = converged(minimize(&problem.holding(poi), &begin, start.is_none(), work), asimov_mu)?;
        let free = converged(minimize(&problem, &reference.theta, false, work), f64::NAN)?;
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
        Ok(Test { model, data, poi, statistic, free, reference, asimov, asimov_nll, asimov_mu, evaluations })
    }

    /// Test a signal strength.
    ///
    /// # Errors
    /// `fit_failed`, and `invalid_value` for a strength that is not finite or not 0 for `Q0`.
    pub fn at(&self, mu: f64, work: &mut Work) -> Result<Cls, Refusal> {
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

    fn conditional(&self, data: &Data, near: &[f64], mu: f64, work: &mut Work) -> Result<Fit, Refusal> {
        let problem = Problem::new(self.model, data).holding(self.poi);
        let mut begin = near.to_vec();
        begin[self.poi] = mu;
        converged(minimize(&problem, &begin, false, work), mu)
    }
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

fn converged(fit: Fit, mu: f64) -> Result<Fit, Refusal> {
    if fit.status == Status::Converged {
        return Ok(fit);
    }
    let which =
        if mu.is_nan() { String::from("the free fit") } else { text!["the fit at ", decimal::write(mu)] };
    refuse("fit_failed", text![which, " ended as ", fit.status.name()])
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
