// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Contours of the profile likelihood in two parameters.

use crate::fit::{minimize, Fit, Problem, Status, Work};
use crate::infer::Refusal;
use crate::lanes::{Failure, Lanes};
use crate::prelude::*;
use core::f64::consts::PI;

/// One level's closed line around the best fit.
#[derive(Clone, Debug)]
pub struct Contour {
    pub level: f64,
    /// In the order of the directions; a point lies on a bound where that comes first.
    pub points: Vec<(f64, f64)>,
    /// How many points lie on a bound.
    pub bounded: usize,
}

/// The rise of 2 NLL that two parameters of interest allow at a confidence level (χ², 2 degrees of
/// freedom).
pub fn threshold(level: f64) -> f64 {
    -2.0 * (1.0 - level).ln()
}

/// Contours of rising `levels`; points in `directions` directions from the best fit.
///
/// `covariance` holds the variances of both parameters and their covariance, with which directions
/// are spread evenly over the ellipse of the quadratic approximation.
///
/// # Errors
/// `fit_failed` where a fit on the way did not converge.
pub fn contours<L: Lanes>(
    problem: &Problem,
    best: &Fit,
    at: (usize, usize),
    covariance: (f64, f64, f64),
    levels: &[f64],
    directions: usize,
    lanes: &L,
) -> Result<Vec<Contour>, Failure<L::Stop>> {
    let (a, b) = (covariance.0.sqrt(), covariance.1.sqrt());
    let slope = covariance.2 / a;
    let rest = (b * b - slope * slope).max(1e-12 * b * b).sqrt();
    let found = lanes.run(problem.model, directions, &|n, work: &mut Work| {
        let (cos, sin) = direction(2.0 * PI * n as f64 / directions as f64);
        let ray = Ray { problem, best, at, along: (a * cos, slope * cos + rest * sin) };
        ray.crossings(levels, work)
    })?;
    let mut contours: Vec<Contour> = levels
        .iter()
        .map(|&level| Contour { level, points: Vec::with_capacity(directions), bounded: 0 })
        .collect();
    for ends in found {
        for (contour, (reach, point)) in contours.iter_mut().zip(ends?) {
            contour.points.push(point);
            contour.bounded += usize::from(reach);
        }
    }
    Ok(contours)
}

/// Cosine and sine of an angle from 0 to 2π: their series, as the core has no library for them.
fn direction(angle: f64) -> (f64, f64) {
    let x = PI - angle;
    let (mut cos, mut sin, mut term) = (0.0, 0.0, 1.0);
    for n in 0..40 {
        match n % 4 {
            0 => cos += term,
            1 => sin += term,
            2 => cos -= term,
            _ => sin -= term,
        }
        term *= x / f64::from(n + 1);
    }
    (-cos, sin)
}

/// A half-line from the best fit.
struct Ray<'r, 'a> {
    problem: &'r Problem<'a>,
    best: &'r Fit,
    at: (usize, usize),
    along: (f64, f64),
}

impl<'r, 'a> Ray<'r, 'a> {
    fn point(&self, t: f64) -> (f64, f64) {
        let (i, j) = self.at;
        let clip = |at: usize, x: f64| x.max(self.problem.low[at]).min(self.problem.high[at]);
        (clip(i, self.best.theta[i] + t * self.along.0), clip(j, self.best.theta[j] + t * self.along.1))
    }

    /// Where the line leaves the bounds.
    fn end(&self) -> f64 {
        let limit = |at: usize, step: f64| {
            let room =
                if step > 0.0 { self.problem.high[at] } else { self.problem.low[at] } - self.best.theta[at];
            if step == 0.0 {
                f64::INFINITY
            } else {
                (room / step).max(0.0)
            }
        };
        limit(self.at.0, self.along.0).min(limit(self.at.1, self.along.1))
    }

    /// Per level: whether the bound came first, and the point.
    #[allow(clippy::type_complexity)]
    fn crossings(&self, levels: &[f64], work: &mut Work) -> Result<Vec<(bool, (f64, f64))>, Box<Refusal>> {
        let held = self.problem.holding(self.at.0).holding(self.at.1);
        let end = self.end();
        let mut near = self.best.theta.clone();
        let mut root_at = |t: f64, work: &mut Work| -> Result<f64, Box<Refusal>> {
            let (x, y) = self.point(t);
            near[self.at.0] = x;
            near[self.at.1] = y;
            let fit = minimize(&held, &near, false, work);
            if fit.status != Status::Converged {
                return Err(Refusal::new(
                    "fit_failed",
                    text!["a fit of the contour ended as ", fit.status.name()],
                ));
            }
            near.copy_from_slice(&fit.theta);
            Ok((2.0 * (fit.nll - self.best.nll)).max(0.0).sqrt())
        };
        let mut ends = Vec::with_capacity(levels.len());
        // The root of the rise grows almost linearly along the line.
        let (mut inner, mut inner_root) = (0.0, 0.0);
        for &level in levels {
            let goal = threshold(level).sqrt();
            let mut outer = end.min(goal.max(inner * 1.05));
            let mut outer_root = root_at(outer, work)?;
            let mut tries = 0;
            while outer_root < goal && outer < end && tries < 60 {
                inner = outer;
                inner_root = outer_root;
                let speed = if outer_root > 0.1 * goal { 1.1 * goal / outer_root } else { 2.0 };
                outer = end.min(outer * speed.max(1.05));
                outer_root = root_at(outer, work)?;
                tries += 1;
            }
            if outer_root < goal {
                ends.push((true, self.point(outer)));
                continue;
            }
            let (mut low, mut low_root) = (inner, inner_root);
            let mut t = outer;
            for _ in 0..40 {
                if (outer_root - goal).abs() < 1e-6 * goal {
                    t = outer;
                    break;
                }
                let guess = low + (outer - low) * (goal - low_root) / (outer_root - low_root);
                let margin = 0.02 * (outer - low);
                t = guess.max(low + margin).min(outer - margin);
                let root = root_at(t, work)?;
                if (root - goal).abs() < 1e-6 * goal {
                    break;
                }
                if root < goal {
                    low = t;
                    low_root = root;
                } else {
                    outer = t;
                    outer_root = root;
                }
            }
            ends.push((false, self.point(t)));
            inner = low;
            inner_root = low_root;
        }
        Ok(ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_lie_on_the_circle_where_the_library_puts_them() {
        for n in 0..64 {
            let angle = 2.0 * PI * f64::from(n) / 64.0;
            let (cos, sin) = direction(angle);
            assert!((cos - angle.cos()).abs() < 1e-14 && (sin - angle.sin()).abs() < 1e-14, "{}", angle);
        }
    }
}
