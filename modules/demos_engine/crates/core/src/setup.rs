// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! A model as a question wants it: parameters held, bounds changed, expected instead of observed data.

use crate::ask::{bad, numbers, Ask};
use crate::data::Data;
use crate::decimal;
use crate::fit::Work;
use crate::infer::{asimov, Refusal};
use crate::json::Value;
use crate::model::{Model, Signal};
use crate::prelude::*;
use crate::text::quoted;
use alloc::borrow::Cow;

type Result<T> = core::result::Result<T, Box<Refusal>>;

/// The options that every question takes.
pub const KEYS: [&str; 3] = ["fixed", "bounds", "expected"];

impl Model {
    /// This model with other data.
    pub fn with_data(&self, data: Data) -> Model {
        let mut model = self.clone();
        model.observed = data;
        model
    }

    /// The data that the start values expect at a signal strength, before any fit.
    pub fn asimov_before_fit(&self, mu: f64, work: &mut Work) -> Data {
        let mut theta = self.init.clone();
        if let Some(poi) = self.poi {
            theta[poi] = mu;
        }
        asimov(self, &theta, work)
    }
}

/// A parameter by its name.
pub fn index(model: &Model, name: &str) -> Result<usize> {
    model
        .index(name)
        .ok_or_else(|| Refusal::new("unknown_parameter", text!["the model has no parameter ", quoted(name)]))
}

/// The components of a parameter by its name, in elimination order.
fn components(model: &Model, name: &str) -> Result<Vec<usize>> {
    match model.sets.iter().find(|set| &*set.name == name) {
        Some(set) => Ok((set.first..set.first + set.size).map(|i| model.internal[i]).collect()),
        None => Ok(vec![index(model, name)?]),
    }
}

/// The model that a question is about.
///
/// # Errors
/// `unknown_parameter`, `invalid_bounds`, `invalid_value`, and `missing_observation` for a blinded
/// model of which no expected results are asked.
pub fn arranged<'m>(model: &'m Model, ask: &Ask<'_>, work: &mut Work) -> Result<Cow<'m, Model>> {
    let mut model = Cow::Borrowed(model);
    for (name, value) in ask.members("bounds")? {
        let (low, high) = match numbers(name, value)?[..] {
            [low, high] if low <= high => (low, high),
            _ => return bad("bounds", text!["the bounds of ", quoted(name), " are two numbers in order"]),
        };
        for at in components(&model, name)? {
            let model = model.to_mut();
            model.low[at] = low;
            model.high[at] = high;
            model.init[at] = model.init[at].max(low).min(high);
        }
    }
    for (name, value) in ask.members("fixed")? {
        let at = components(&model, name)?;
        let values = numbers(name, value)?;
        if values.len() != at.len() {
            let message = text![values.len(), " values for the ", at.len(), " of ", quoted(name)];
            return bad("fixed", message);
        }
        let model = model.to_mut();
        for (at, value) in at.into_iter().zip(values) {
            model.init[at] = value;
            model.fixed[at] = true;
        }
    }
    let strength = match ask.get("expected") {
        None | Some(Value::Bool(false)) => None,
        Some(Value::Bool(true)) => Some(0.0),
        Some(Value::Number(mu)) if mu.is_finite() => Some(*mu),
        Some(_) => return bad("expected", "expected is true, false or the signal strength of the data"),
    };
    if let Some(mu) = strength {
        let data = model.asimov_before_fit(mu, work);
        model.to_mut().observed = data;
    }
    Ok(model)
}

/// What a result says about data that were not observed.
pub fn notes(ask: &Ask<'_>) -> Vec<String> {
    let mu = match ask.get("expected") {
        Some(Value::Bool(true)) => 0.0,
        Some(Value::Number(mu)) => *mu,
        _ => return Vec::new(),
    };
    vec![text![
        "expected: the data are what the start values expect at a strength of ",
        decimal::write(mu),
        ", before any fit"
    ]]
}

/// A model with a signal added, and with the data of the model that it is added to.
///
/// # Errors
/// As for `Model::with_signal`.
pub fn with_signal(model: &Model, signal: &Signal) -> crate::error::Result<Model> {
    let made = model.with_signal(signal)?;
    match Data::from_external(&made, &model.observed.to_external(model)) {
        Some(data) => Ok(made.with_data(data)),
        None => Ok(made),
    }
}
