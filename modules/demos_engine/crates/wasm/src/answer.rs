// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Answers as JSON texts.

use alloc::string::String;
use alloc::vec::Vec;
use demos_engine_core::error::Error;
use demos_engine_core::expected::ChannelYields;
use demos_engine_core::fit::Fit;
#[cfg(target_arch = "wasm32")]
use demos_engine_core::float::Float;
use demos_engine_core::infer::{Cls, Refusal};
use demos_engine_core::json::{write_number, write_string};
use demos_engine_core::limit::Limit;
use demos_engine_core::model::Model;
use demos_engine_core::search::Search;

/// A JSON text.
pub type Answer = String;

/// An object under construction.
struct Object {
    text: String,
}

impl Object {
    fn new() -> Object {
        Object { text: String::from("{") }
    }

    fn key(&mut self, key: &str) -> &mut String {
        if self.text.len() > 1 {
            self.text.push(',');
        }
        write_string(&mut self.text, key);
        self.text.push(':');
        &mut self.text
    }

    fn number(mut self, key: &str, value: f64) -> Self {
        write_number(self.key(key), value);
        self
    }

    fn string(mut self, key: &str, value: &str) -> Self {
        write_string(self.key(key), value);
        self
    }

    fn raw(mut self, key: &str, value: &str) -> Self {
        self.key(key).push_str(value);
        self
    }

    fn end(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

fn list<T>(items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut String, T)) -> String {
    let mut text = String::from("[");
    for item in items {
        if text.len() > 1 {
            text.push(',');
        }
        write(&mut text, item);
    }
    text.push(']');
    text
}

fn numbers(values: &[f64]) -> String {
    list(values, |text, value| write_number(text, *value))
}

/// A named problem.
pub fn problem(code: &str, message: &str) -> Answer {
    Object::new().raw("error", &Object::new().string("code", code).string("message", message).end()).end()
}

/// What is wrong with an input.
pub fn failure(error: &Error) -> Answer {
    let inner = Object::new()
        .string("code", error.code)
        .string("pointer", &error.pointer)
        .string("message", &error.message)
        .end();
    Object::new().raw("error", &inner).end()
}

/// Why a question has no answer.
pub fn refusal(refusal: &Refusal) -> Answer {
    problem(refusal.code, &refusal.message)
}

/// What a model consists of.
pub fn model(model: &Model) -> Answer {
    let channels = list(&model.channels, |text, channel| {
        let samples = list(&channel.samples, |text, links| write_string(text, &links.sample.name));
        let counts = &model.observed.counts[channel.first_bin..channel.first_bin + channel.bins];
        let object = Object::new()
            .string("name", &channel.name)
            .raw("samples", &samples)
            .raw("observed", &numbers(counts));
        text.push_str(&object.end());
    });
    let pairs: Vec<(f64, f64)> = model.low.iter().copied().zip(model.high.iter().copied()).collect();
    let bounds = list(model.to_external(&pairs), |text, (low, high)| text.push_str(&numbers(&[low, high])));
    let mut poi = String::from("null");
    if let Some(at) = model.poi {
        poi.clear();
        write_string(&mut poi, &model.names[model.external[at]]);
    }
    Object::new()
        .raw("parameter_names", &list(&model.names, |text, name| write_string(text, name)))
        .raw("init", &numbers(&model.to_external(&model.init)))
        .raw("bounds", &bounds)
        .raw("poi", &poi)
        .raw("channels", &channels)
        .end()
}

/// A test.
pub fn cls(cls: &Cls) -> Answer {
    Object::new()
        .number("mu", cls.mu)
        .number("CLs_obs", cls.observed)
        .raw("CLs_exp", &numbers(&cls.expected))
        .number("q", cls.q)
        .number("q_asimov", cls.q_asimov)
        .number("mu_hat", cls.mu_hat)
        .string("status", "converged")
        .end()
}

/// Limits; one that is infinite is null.
pub fn limit(limit: &Limit) -> Answer {
    Object::new()
        .number("observed", limit.observed)
        .raw("expected", &numbers(&limit.expected))
        .raw("tests", &list(&limit.tests, |text, test| text.push_str(&cls(test))))
        .end()
}

/// A fit with its second minimum.
pub fn fit(model: &Model, found: &Search, covariance: Option<&[f64]>) -> Answer {
    let size = model.parameters();
    let errors = match covariance {
        Some(rows) => {
            let widths: Vec<f64> = (0..size).map(|i| rows[i * size + i].max(0.0).sqrt()).collect();
            numbers(&model.to_external(&widths))
        }
        None => String::from("null"),
    };
    let second = match &found.second {
        Some(second) => one(model, second).end(),
        None => String::from("null"),
    };
    one(model, &found.best).raw("uncertainties", &errors).raw("second_minimum", &second).end()
}

fn one(model: &Model, fit: &Fit) -> Object {
    Object::new()
        .number("twice_nll", 2.0 * (fit.nll + model.observed.constant))
        .string("status", fit.status.name())
        .raw("parameters", &numbers(&model.to_external(&fit.theta)))
        .number("iterations", f64::from(fit.iterations))
}

/// Yields per channel and sample.
pub fn yields(model: &Model, yields: &[ChannelYields]) -> Answer {
    list(model.channels.iter().zip(yields), |text, (channel, found)| {
        let rows = channel.samples.iter().zip(found.yields.chunks(channel.bins));
        let mut samples = Object::new();
        for (links, row) in rows {
            samples = samples.raw(&links.sample.name, &numbers(row));
        }
        let object = Object::new()
            .string("name", &channel.name)
            .raw("samples", &samples.end())
            .raw("total", &numbers(&found.total));
        text.push_str(&object.end());
    })
}
