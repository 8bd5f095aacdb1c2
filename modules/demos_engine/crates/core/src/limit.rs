// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Upper limits: where CLs crosses a level.

use crate::fit::Work;
use crate::infer::{Cls, Refusal, Test};
use crate::prelude::*;

/// Most tests of one limit search.
const MAX_TESTS: usize = 200;
/// Largest signal strength looked at.
const LARGEST: f64 = 1e9;

/// The observed limit and the expected ones at -2 … 2 standard deviations.
///
/// An entry is infinite where CLs stays above the level up to the largest strength.
#[derive(Clone, Debug)]
pub struct Limit {
    pub observed: f64,
    pub expected: [f64; 5],
    /// All tests made, by rising signal strength.
    pub tests: Vec<Cls>,
}

/// Find the limits at `level` to a relative precision; the six curves share their tests.
///
/// # Errors
/// What `Test::at` refuses.
pub fn upper_limit(test: &Test, level: f64, precision: f64, work: &mut Work) -> Result<Limit, Box<Refusal>> {
    let mut tests: Vec<Cls> = Vec::new();
    let mut begin = test.free.theta[test.poi].abs().max(test.model.init[test.poi].abs());
    if begin <= 1e-9 {
        begin = 1.0;
    }
    tests.push(test.at(begin, work)?);
    let mut limits = [f64::INFINITY; 6];
    for (curve, limit) in limits.iter_mut().enumerate() {
        *limit = crossing(test, curve, level, precision, &mut tests, work)?;
    }
    let [observed, expected @ ..] = limits;
    Ok(Limit { observed, expected, tests })
}

/// Curve 0 is the observed one; the expected ones rise from -2 to 2 standard deviations.
fn value(cls: &Cls, curve: usize) -> f64 {
    if curve == 0 {
        cls.observed
    } else {
        cls.expected[curve - 1]
    }
}

fn insert(tests: &mut Vec<Cls>, cls: Cls) {
    let at = tests.iter().position(|known| known.mu > cls.mu).unwrap_or(tests.len());
    tests.insert(at, cls);
}

fn crossing(
    test: &Test,
    curve: usize,
    level: f64,
    precision: f64,
    tests: &mut Vec<Cls>,
    work: &mut Work,
) -> Result<f64, Box<Refusal>> {
    let goal = level.ln();
    let above = |cls: &Cls| value(cls, curve) > level;
    while tests.iter().all(&above) {
        let last = tests[tests.len() - 1].mu;
        if last >= LARGEST || tests.len() > MAX_TESTS {
            return Ok(f64::INFINITY);
        }
        insert(tests, test.at(last * 2.0, work)?);
    }
    // CLs is 1 without signal, so zero strength always lies above.
    loop {
        let upper = tests.iter().position(|cls| !above(cls)).unwrap_or(0);
        let right = (tests[upper].mu, log(value(&tests[upper], curve)));
        let left =
            if upper == 0 { (0.0, 0.0) } else { (tests[upper - 1].mu, log(value(&tests[upper - 1], curve))) };
        let width = right.0 - left.0;
        if width <= precision * right.0 || tests.len() > MAX_TESTS || right.0 < 1e-12 {
            let share = (left.1 - goal) / (left.1 - right.1);
            return Ok(left.0 + width * share.max(0.0).min(1.0));
        }
        let share = (left.1 - goal) / (left.1 - right.1);
        // Overshoot a little towards the far end, so that the bracket closes from both sides.
        let aim = if share.is_finite() { share } else { 0.5 };
        let nudge = 0.4 * precision * right.0 / width;
        let near = if aim < 0.5 { aim + nudge } else { aim - nudge };
        let previous = tests.len();
        let guess = left.0 + width * near.max(0.05_f64.min(nudge)).min(1.0 - 0.05_f64.min(nudge));
        insert(tests, test.at(guess, work)?);
        if previous > 40 {
            insert(tests, test.at(0.5 * (left.0 + right.0), work)?);
        }
    }
}

fn log(value: f64) -> f64 {
    value.max(1e-300).ln()
}
