// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! A simplified likelihood: the fitted background with one correlated uncertainty.

use crate::answer::Object;
use crate::fit::{minimize, Problem, Work};
use crate::infer::{converged, Refusal};
use crate::json::Value;
use crate::model::Model;
use crate::prelude::*;
use crate::ranking::known;
use crate::report::covariance;

/// The workspace of a simplified likelihood.
///
/// The background-only fit gives the total yield of each bin and its uncertainty, which becomes a single
/// `histosys` on a single sample, as in the field's tool `simplify` (ATL-PHYS-PUB-2021-038).
///
/// # Errors
/// `fit_failed`.
pub fn simplified(model: &Model, work: &mut Work) -> Result<Value, Box<Refusal>> {
    let mut problem = Problem::new(model, &model.observed);
    let mut start = model.init.clone();
    if let Some(poi) = model.poi {
        problem.fixed[poi] = true;
        start[poi] = 0.0;
    }
    let fit = minimize(&problem, &start, true, work);
    let fit = converged(&problem, fit, 0.0, work)?;
    let rows = covariance(&problem, &fit.theta, work);
    known(rows.clone())?;
    let yields = crate::expected::expected(model, &fit.theta, rows.as_deref(), work);
    let mut channels = Vec::new();
    let mut observations = Vec::new();
    for (channel, found) in model.channels.iter().zip(&yields) {
        let shifted = |sign: f64| -> Vec<f64> {
            found.total.iter().zip(&found.total_errors).map(|(x, error)| x + sign * error).collect()
        };
        let data = Object::new().with("hi_data", shifted(1.0)).with("lo_data", shifted(-1.0)).end();
        let modifier =
            Object::new().with("name", "totalError").with("type", "histosys").with("data", data).end();
        let sample = Object::new()
            .with("name", "Bkg")
            .with("data", found.total.clone())
            .with("modifiers", vec![modifier])
            .end();
        channels.push(Object::new().with("name", &*channel.name).with("samples", vec![sample]).end());
        let counts = &model.observed.counts[channel.first_bin..channel.first_bin + channel.bins];
        observations.push(Object::new().with("name", &*channel.name).with("data", counts).end());
    }
    let poi = if model.poi_name.is_empty() { "mu_SIG" } else { &*model.poi_name };
    let config = Object::new().with("poi", poi).with("parameters", Vec::<Value>::new()).end();
    let measurement = Object::new().with("name", "simplified").with("config", config).end();
    Ok(Object::new()
        .with("channels", channels)
        .with("observations", observations)
        .with("measurements", vec![measurement])
        .with("version", "1.0.0")
        .end())
}
