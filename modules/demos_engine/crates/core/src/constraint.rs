// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Constraint terms of parameters.

#[cfg(target_arch = "wasm32")]
use crate::prelude::*;

/// The auxiliary measurement that constrains a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constraint {
    Free,
    /// A Gaussian of this width around the parameter.
    Normal {
        sigma: f64,
    },
    /// A Poisson count with mean `factor` times the parameter.
    Poisson {
        factor: f64,
    },
}

impl Constraint {
    /// Uncertainty of the auxiliary measurement in units of the parameter; 0 where there is none.
    pub fn width(&self) -> f64 {
        match self {
            Constraint::Free => 0.0,
            Constraint::Normal { sigma } => *sigma,
            Constraint::Poisson { factor } => 1.0 / factor.sqrt(),
        }
    }
}
