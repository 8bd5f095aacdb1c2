// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Data sets: main counts and auxiliary measurements.

use crate::constraint::Constraint;
use crate::model::Model;
use crate::prelude::*;
use crate::special::saturated_constant;
use core::f64::consts::PI;

/// Counts below this are treated as zero: their logarithm weighs nothing.
pub const NO_COUNT: f64 = 1e-12;

/// One data set. Auxiliary values are in elimination order, unused where nothing constrains.
#[derive(Clone, Debug, Default)]
pub struct Data {
    pub counts: Vec<f64>,
    pub aux: Vec<f64>,
    /// What the saturated likelihood leaves out of -ln L.
    pub constant: f64,
}

impl Data {
    /// A data set from its parts.
    pub fn new(model: &Model, counts: Vec<f64>, aux: Vec<f64>) -> Data {
        let mut constant: f64 = counts.iter().map(|&n| saturated_constant(n)).sum();
        for (constraint, &aux) in model.constraints.iter().zip(&aux) {
            constant += match *constraint {
                Constraint::Free => 0.0,
                Constraint::Normal { sigma } => sigma.ln() + 0.5 * (2.0 * PI).ln(),
                Constraint::Poisson { .. } => saturated_constant(aux),
            };
        }
        Data { counts, aux, constant }
    }

    /// From pyhf's order: main counts, then the auxiliary data.
    ///
    /// `None` where the length is wrong, or a value is not finite or a negative count.
    pub fn from_external(model: &Model, values: &[f64]) -> Option<Data> {
        let order = aux_order(model);
        let fits = values.len() == model.bins + order.len();
        if !fits || values.iter().any(|x| !x.is_finite()) {
            return None;
        }
        let counts = values[..model.bins].to_vec();
        let mut aux = vec![0.0; model.parameters()];
        let mut valid = counts.iter().all(|&n| n >= 0.0);
        for (&at, &value) in order.iter().zip(&values[model.bins..]) {
            aux[at] = value;
            valid &= value >= 0.0 || !matches!(model.constraints[at], Constraint::Poisson { .. });
        }
        if valid {
            Some(Data::new(model, counts, aux))
        } else {
            None
        }
    }

    /// In pyhf's order.
    pub fn to_external(&self, model: &Model) -> Vec<f64> {
        let mut values = self.counts.clone();
        values.extend(aux_order(model).into_iter().map(|at| self.aux[at]));
        values
    }
}

/// Constrained parameters (elimination order indices) in the order of pyhf's auxiliary data.
fn aux_order(model: &Model) -> Vec<usize> {
    model.internal.iter().copied().filter(|&at| model.constraints[at] != Constraint::Free).collect()
}
