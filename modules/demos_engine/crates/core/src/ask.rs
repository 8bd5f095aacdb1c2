// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Requests: an object of options, read with the name of what is wrong.

use crate::decimal;
use crate::infer::{Refusal, Statistic};
use crate::json::Value;
use crate::pointer;
use crate::prelude::*;
use crate::text::quoted;

type Result<T> = core::result::Result<T, Box<Refusal>>;

/// Largest seed: a double holds every whole number up to it.
const LARGEST_SEED: f64 = 9_007_199_254_740_991.0;

/// The options of one question.
pub struct Ask<'a> {
    value: &'a Value,
}

/// A refusal at one option.
pub fn bad<T>(key: &str, message: impl Into<String>) -> Result<T> {
    Err(refusal(key, message.into()))
}

#[inline(never)]
pub(crate) fn refusal(key: &str, message: String) -> Box<Refusal> {
    let mut place = String::new();
    pointer::push(&mut place, key);
    Box::new(Refusal { code: "invalid_value", pointer: place, message })
}

impl<'a> Ask<'a> {
    /// Read a request that may hold the options `known`, and those in `common`.
    ///
    /// # Errors
    /// `invalid_value` for another option, and for a bare `level`.
    pub fn new(value: &'a Value, known: &[&str], common: &[&str]) -> Result<Ask<'a>> {
        let members = match value {
            Value::Null => return Ok(Ask { value }),
            Value::Object(members) => members,
            other => return bad("", text!["a request is an object, not ", other.kind()]),
        };
        for (key, _) in members.iter() {
            if &**key == "level" {
                let message = "level is ambiguous (pyhf means the size of the test by it, others the \
                               confidence): give confidence_level, such as 0.95";
                return bad(key, message);
            }
            if !known.iter().chain(common).any(|name| *name == &**key) {
                let mut message = text!["there is no option ", quoted(key), " here, but"];
                for name in known.iter().chain(common) {
                    message.push(' ');
                    message.push_str(name);
                }
                return bad(key, message);
            }
        }
        Ok(Ask { value })
    }

    /// An option that is there and not null.
    pub fn get(&self, key: &str) -> Option<&'a Value> {
        self.value.get(key).filter(|value| !matches!(value, Value::Null))
    }

    /// A finite number.
    pub fn number(&self, key: &str, default: f64) -> Result<f64> {
        match self.get(key) {
            None => Ok(default),
            Some(Value::Number(number)) if number.is_finite() => Ok(*number),
            Some(Value::Number(number)) => {
                bad(key, text![key, " is ", decimal::write(*number), ", which cannot be used"])
            }
            Some(other) => bad(key, text![key, " is a number, not ", other.kind()]),
        }
    }

    /// A number between 0 and 1, both excluded.
    pub fn share(&self, key: &str, default: f64) -> Result<f64> {
        let number = self.number(key, default)?;
        if number > 1e-12 && number < 1.0 {
            Ok(number)
        } else {
            bad(key, text![key, " lies between 0 and 1"])
        }
    }

    /// A whole number within limits; a double holds every one up to 2^53.
    pub fn whole(&self, key: &str, default: usize, least: usize, most: usize) -> Result<usize> {
        let number = self.number(key, default as f64)?;
        if number != number.floor() {
            return bad(key, text![key, " is a whole number"]);
        }
        if number < least as f64 || number > most as f64 {
            return bad(key, text![key, " lies between ", least, " and ", most]);
        }
        Ok(number as usize)
    }

    /// The seed of random numbers, 0 where it is left out.
    pub fn seed(&self) -> Result<u64> {
        let number = self.number("seed", 0.0)?;
        if number == number.floor() && (0.0..=LARGEST_SEED).contains(&number) {
            Ok(number as u64)
        } else {
            bad("seed", "seed is a whole number from 0 to 2^53 - 1")
        }
    }

    /// A flag, false where it is left out.
    pub fn flag(&self, key: &str, default: bool) -> Result<bool> {
        match self.get(key) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => bad(key, text![key, " is true or false, not ", other.kind()]),
        }
    }

    /// A text.
    pub fn text(&self, key: &str) -> Result<Option<Arc<str>>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => bad(key, text![key, " is a text, not ", other.kind()]),
        }
    }

    /// Some names.
    pub fn names(&self, key: &str) -> Result<Vec<Arc<str>>> {
        let items = match self.get(key) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) => items,
            Some(other) => return bad(key, text![key, " is a list of names, not ", other.kind()]),
        };
        let mut names = Vec::with_capacity(items.len());
        for item in items.iter() {
            match item {
                Value::String(name) => names.push(name.clone()),
                other => return bad(key, text![key, " is a list of names, not of ", other.kind()]),
            }
        }
        Ok(names)
    }

    /// Some numbers, or one.
    pub fn numbers(&self, key: &str) -> Result<Option<Vec<f64>>> {
        self.get(key).map(|value| numbers(key, value)).transpose()
    }

    /// The members of an object.
    pub fn members(&self, key: &str) -> Result<&'a [(Arc<str>, Value)]> {
        match self.get(key) {
            None => Ok(&[]),
            Some(Value::Object(members)) => Ok(members),
            Some(other) => bad(key, text![key, " is an object, not ", other.kind()]),
        }
    }

    /// Which test statistic.
    pub fn statistic(&self) -> Result<Statistic> {
        match self.text("test_stat")?.as_deref() {
            None | Some("qtilde") => Ok(Statistic::QTilde),
            Some("q") => Ok(Statistic::Q),
            Some("q0") => Ok(Statistic::Q0),
            Some(other) => {
                bad("test_stat", text!["unknown test statistic ", quoted(other), ": qtilde, q or q0"])
            }
        }
    }

    /// Whether pseudo-experiments are asked for instead of the asymptotic formulae.
    pub fn by_toys(&self) -> Result<bool> {
        match self.text("calculator")?.as_deref() {
            None | Some("asymptotic") => Ok(false),
            Some("toys") => Ok(true),
            Some(other) => {
                bad("calculator", text!["unknown calculator ", quoted(other), ": asymptotic or toys"])
            }
        }
    }
}

/// Finite numbers of one option.
pub fn numbers(key: &str, value: &Value) -> Result<Vec<f64>> {
    let found = match value {
        Value::Numbers(numbers) => numbers.to_vec(),
        Value::Number(number) => vec![*number],
        Value::Array(items) if items.is_empty() => Vec::new(),
        other => return bad(key, text![quoted(key), " is a list of numbers, not ", other.kind()]),
    };
    if found.iter().any(|x| !x.is_finite()) {
        return bad(key, text!["a value of ", quoted(key), " is not finite"]);
    }
    Ok(found)
}
