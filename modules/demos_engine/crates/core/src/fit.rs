// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Minimisation: Newton's method with exact second derivatives and bounds.

use crate::data::Data;
use crate::kernel::{evaluate, slope, Mode, Point, Scratch, Wall};
use crate::linalg::{Factor, Pattern};
use crate::loops::Loops;
use crate::model::Model;
use crate::prelude::*;

/// Most Newton steps of one descent.
const MAX_ITERATIONS: u32 = 200;
/// Predicted gain in -ln L below which a fit has converged.
const TOLERANCE: f64 = 1e-9;
/// A step that meets the first bound before this fraction of its length runs along a flat direction:
/// most parameters leave their bounds only because that one did, so only the first ones are set there.
const FAR: f64 = 0.25;
/// Gain in -ln L for which it is worth following a slope without curvature.
const WORTH: f64 = 1e-6;

/// Largest part of a step's predicted gain that the next may have for the factor to be kept.
const CONTRACTION: f64 = 0.1;
/// Most steps with one factor.
const KEPT_STEPS: u32 = 20;

/// How a fit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// At a minimum.
    Converged,
    /// The iteration limit was reached.
    IterationLimit,
    /// No direction lowers the likelihood although the gradient is not zero.
    Stalled,
    /// A bin with observed events has no positive rate anywhere near: -ln L has no finite value.
    RateNotPositive,
    /// The likelihood or a derivative is not finite at the start.
    NotFinite,
}

impl Status {
    /// The name in results.
    pub fn name(self) -> &'static str {
        match self {
            Status::Converged => "converged",
            Status::IterationLimit => "iteration_limit",
            Status::Stalled => "stalled",
            Status::RateNotPositive => "rate_not_positive",
            Status::NotFinite => "not_finite",
        }
    }
}

/// A fit's outcome, parameters in elimination order.
#[derive(Clone, Debug)]
pub struct Fit {
    pub theta: Vec<f64>,
    /// Saturated -ln L; infinite unless it is defined.
    pub nll: f64,
    pub status: Status,
    pub iterations: u32,
    pub evaluations: u32,
    /// Predicted gain of the last step.
    pub decrement: f64,
}

/// What to minimise.
#[derive(Clone)]
pub struct Problem<'a> {
    pub model: &'a Model,
    pub data: &'a Data,
    /// Parameters that stay at their start.
    pub fixed: Vec<bool>,
    pub low: Vec<f64>,
    pub high: Vec<f64>,
}

impl<'a> Problem<'a> {
    /// All parameters free that the model does not fix.
    pub fn new(model: &'a Model, data: &'a Data) -> Problem<'a> {
        let held = |i: usize| model.fixed[i] || model.inert[i] || model.low[i] >= model.high[i];
        Problem {
            model,
            data,
            fixed: (0..model.parameters()).map(held).collect(),
            low: model.low.clone(),
            high: model.high.clone(),
        }
    }

    /// The same with one more parameter held.
    pub fn holding(&self, parameter: usize) -> Problem<'a> {
        let mut problem = self.clone();
        problem.fixed[parameter] = true;
        problem
    }
}

/// Room for fits of one model, reused between them.
#[derive(Clone)]
pub struct Work {
    pub point: Point,
    trial: Point,
    pub factor: Factor,
    pub scratch: Scratch,
    free: Vec<bool>,
    step: Vec<f64>,
    product: Vec<f64>,
    saddle: Vec<f64>,
    next: Vec<f64>,
    loops: Loops,
}

impl Work {
    /// Room for a model's fits on this processor.
    pub fn new(model: &Model) -> Work {
        Work::with(model, Loops::native())
    }

    /// The same with loops compiled elsewhere.
    pub fn with(model: &Model, loops: Loops) -> Work {
        let size = model.parameters();
        Work {
            point: Point::new(model),
            trial: Point::new(model),
            factor: Factor::new(size, loops),
            scratch: Scratch::new(loops),
            free: vec![false; size],
            step: vec![0.0; size],
            product: vec![0.0; size],
            saddle: vec![0.0; size],
            next: vec![0.0; size],
            loops,
        }
    }
}

/// Block pattern of a model's Hessian.
pub fn pattern(model: &Model) -> Pattern<'_> {
    Pattern { size: model.parameters(), slots: model.slots, cluster_end: &model.cluster_end }
}

/// Distance from its kink, in standard deviations, within which both sides are looked at.
const NEAR_KINK: f64 = 0.5;

/// Minimise from `start`. `cold`: the start is far away, take a first step with the Fisher matrix.
pub fn minimize(problem: &Problem, start: &[f64], cold: bool, work: &mut Work) -> Fit {
    let mut best = minimize_from(problem, start, cold, work);
    // An interpolation with a kink may have a valley on both sides of its zero.
    for &i in &problem.model.kinked {
        if best.status != Status::Converged {
            break;
        }
        let at = best.theta[i];
        let across = if at > 0.0 { problem.low[i] < 0.0 } else { problem.high[i] > 0.0 };
        if problem.fixed[i] || at == 0.0 || at.abs() >= NEAR_KINK || !across {
            continue;
        }
        let mut other = best.theta.clone();
        other[i] = if at > 0.0 { -0.0 } else { 0.0 };
        // Does the way on from the ridge lead down, once the other parameters have followed?
        let ridge = minimize_from(&problem.holding(i), &other, false, work);
        best.iterations += ridge.iterations;
        best.evaluations += ridge.evaluations + 1;
        other = ridge.theta;
        let (wall, mode) = (&Wall::STAGES[3], Mode::Fisher);
        evaluate(problem.model, problem.data, &other, wall, mode, &mut work.point, &mut work.scratch);
        let slope = work.point.gradient[i];
        if (at > 0.0 && slope < 1e-7) || (at < 0.0 && slope > -1e-7) {
            continue;
        }
        let found = minimize_from(problem, &other, false, work);
        best.iterations += found.iterations;
        best.evaluations += found.evaluations;
        if found.status == Status::Converged && found.nll < best.nll - 1e-10 {
            best = Fit { iterations: best.iterations, evaluations: best.evaluations, ..found };
        }
    }
    best
}

fn minimize_from(problem: &Problem, start: &[f64], cold: bool, work: &mut Work) -> Fit {
    let mut theta = start.to_vec();
    for i in 0..theta.len() {
        if !problem.fixed[i] {
            theta[i] = theta[i].max(problem.low[i]).min(problem.high[i]);
        }
    }
    let mut descent = Descent {
        problem: problem.clone(),
        work,
        theta,
        wall: Wall::STAGES[0],
        value: 0.0,
        iterations: 0,
        evaluations: 0,
        decrement: f64::INFINITY,
    };
    let status = descent.run(cold);
    let nll = if matches!(status, Status::RateNotPositive | Status::NotFinite) {
        f64::INFINITY
    } else {
        descent.value
    };
    Fit {
        nll,
        status,
        iterations: descent.iterations,
        evaluations: descent.evaluations,
        decrement: descent.decrement,
        theta: descent.theta,
    }
}

struct Descent<'a, 'w> {
    problem: Problem<'a>,
    work: &'w mut Work,
    theta: Vec<f64>,
    wall: Wall,
    value: f64,
    iterations: u32,
    evaluations: u32,
    decrement: f64,
}

/// What a quadratic model proposes.
enum Proposal {
    /// A descent direction: slope and predicted gain.
    Step { slope: f64, gain: f64 },
    /// None could be found.
    Nothing,
}

impl<'a, 'w> Descent<'a, 'w> {
    fn run(&mut self, cold: bool) -> Status {
        let bounds = (self.problem.low.clone(), self.problem.high.clone());
        let kinked: Vec<usize> = self.kinks();
        for &i in &kinked {
            self.keep_side(i, &bounds);
        }
        let mut stage = 0;
        let mut turns = 0;
        let mut cold = cold;
        loop {
            self.wall = Wall::STAGES[stage];
            let status = self.descend(cold);
            cold = false;
            if status != Status::Converged {
                return status;
            }
            if turns < 50 && self.turn(&kinked, &bounds) {
                turns += 1;
                continue;
            }
            let counts = &self.problem.data.counts;
            let outside =
                |wall: &Wall| counts.iter().zip(&self.work.point.rates).any(|(&n, &rate)| wall.acts(n, rate));
            let touching = outside(&self.wall);
            if touching && stage + 1 < Wall::STAGES.len() {
                stage += 1;
                continue;
            }
            let denied = |(&n, &rate): (&f64, &f64)| n > crate::data::NO_COUNT && self.wall.acts(n, rate);
            if counts.iter().zip(&self.work.point.rates).any(denied) {
                return Status::RateNotPositive;
            }
            return Status::Converged;
        }
    }

    /// Free parameters at whose zero an interpolation has a kink.
    fn kinks(&self) -> Vec<usize> {
        self.problem.model.kinked.iter().copied().filter(|&i| !self.problem.fixed[i]).collect()
    }

    /// Confine a kinked parameter to the side on which it is.
    fn keep_side(&mut self, i: usize, (low, high): &(Vec<f64>, Vec<f64>)) {
        self.problem.low[i] = low[i];
        self.problem.high[i] = high[i];
        if self.theta[i].is_sign_negative() {
            self.problem.high[i] = high[i].min(-0.0);
        } else {
            self.problem.low[i] = low[i].max(0.0);
        }
    }

    /// At kinks that stop the descent, look at the other side; whether it goes on there.
    fn turn(&mut self, kinked: &[usize], bounds: &(Vec<f64>, Vec<f64>)) -> bool {
        let at_zero: Vec<usize> = kinked.iter().copied().filter(|&i| self.theta[i] == 0.0).collect();
        let mut turned = false;
        for i in at_zero {
            if bounds.0[i] >= 0.0 || bounds.1[i] <= 0.0 {
                continue;
            }
            self.theta[i] = -self.theta[i];
            self.evaluate(Mode::Fisher);
            let slope = self.work.point.gradient[i];
            let onwards = if self.theta[i].is_sign_negative() { slope > 0.0 } else { slope < 0.0 };
            if onwards && slope.abs() > 1e-7 {
                turned = true;
            } else {
                self.theta[i] = -self.theta[i];
            }
            self.keep_side(i, bounds);
        }
        turned
    }

    fn evaluate(&mut self, mode: Mode) -> f64 {
        self.evaluations += 1;
        let work = &mut *self.work;
        let (model, data) = (self.problem.model, self.problem.data);
        evaluate(model, data, &self.theta, &self.wall, mode, &mut work.point, &mut work.scratch)
    }

    fn evaluate_next(&mut self, mode: Mode) -> f64 {
        self.evaluations += 1;
        let work = &mut *self.work;
        let (model, data) = (self.problem.model, self.problem.data);
        evaluate(model, data, &work.next, &self.wall, mode, &mut work.trial, &mut work.scratch)
    }

    fn descend(&mut self, cold: bool) -> Status {
        let mut mode = if cold { Mode::Fisher } else { Mode::Exact };
        let mut damping = 0.0;
        self.value = self.evaluate(mode);
        for _ in 0..MAX_ITERATIONS {
            if !self.value.is_finite() || self.work.point.gradient.iter().any(|g| !g.is_finite()) {
                return Status::NotFinite;
            }
            let mut saddle = false;
            let proposal = self.propose(&mut mode, &mut damping, &mut saddle);
            let (slope, gain) = match proposal {
                Proposal::Step { slope, gain } => (slope, gain),
                Proposal::Nothing => return Status::Stalled,
            };
            self.iterations += 1;
            self.decrement = gain;
            let noise = 4.0 * f64::EPSILON * self.value.abs();
            let tolerance = TOLERANCE.max(noise) * if damping > 0.0 { 1e-3 } else { 1.0 };
            if gain <= tolerance {
                if saddle && self.leave_saddle() {
                    mode = Mode::Exact;
                    continue;
                }
                // Along a nearly flat direction the quadratic model may reach too far.
                self.advance(1.0);
                let value = self.evaluate_next(Mode::Value);
                if value <= self.value + noise {
                    self.value = value;
                    self.theta.copy_from_slice(&self.work.next);
                }
                return Status::Converged;
            }
            if self.search(slope, noise) {
                mode = Mode::Exact;
                damping = if damping > 1e-5 { damping * 0.1 } else { 0.0 };
            } else if gain < 1e-7_f64.max(100.0 * noise) {
                return Status::Converged;
            } else if mode == Mode::Exact {
                mode = Mode::Fisher;
                self.evaluate(mode);
            } else if damping < 1e6 {
                damping = (damping * 10.0).max(1e-2);
            } else {
                return Status::Stalled;
            }
        }
        Status::IterationLimit
    }

    /// `next` = theta + `length` step, never outside the bounds.
    fn advance(&mut self, length: f64) {
        let Work { next, step, .. } = &mut *self.work;
        let Problem { fixed, low, high, .. } = &self.problem;
        let (fixed, low, high, step) = (&fixed[..], &low[..], &high[..], &step[..]);
        for (i, (next, &theta)) in next.iter_mut().zip(&self.theta).enumerate() {
            *next = if fixed[i] {
                theta
            } else {
                let x = theta + length * step[i];
                if x <= low[i] {
                    low[i]
                } else if x >= high[i] {
                    high[i]
                } else {
                    x
                }
            };
        }
    }

    /// Backtracking along the step; on success the new point is current.
    fn search(&mut self, slope: f64, noise: f64) -> bool {
        let mut length = 1.0;
        for attempt in 0..40 {
            self.advance(length);
            let mode = if attempt == 0 { Mode::Exact } else { Mode::Value };
            let mut value = self.evaluate_next(mode);
            if value <= self.value + 1e-4 * length * slope + noise {
                if mode == Mode::Value {
                    value = self.evaluate_next(Mode::Exact);
                }
                self.value = value;
                core::mem::swap(&mut self.work.point, &mut self.work.trial);
                self.theta.copy_from_slice(&self.work.next);
                return true;
            }
            let excess = value - self.value - slope * length;
            let best = if value.is_finite() { -0.5 * slope * length * length / excess } else { 0.0 };
            length = best.max(0.1 * length).min(0.5 * length);
            if length * slope.abs() < noise {
                return false;
            }
        }
        false
    }

    /// Minimise the quadratic model within the bounds.
    fn propose(&mut self, mode: &mut Mode, damping: &mut f64, saddle: &mut bool) -> Proposal {
        let model = self.problem.model;
        let pattern = pattern(model);
        for _ in 0..40 {
            self.release();
            match self.solve(pattern, *damping) {
                Solution::Found => {
                    let work = &mut *self.work;
                    work.factor.multiply(pattern, &work.point.hessian, &work.step, &mut work.product);
                    let slope: f64 = (work.loops.dot)(&work.point.gradient, &work.step);
                    let curve: f64 = (work.loops.dot)(&work.product, &work.step);
                    if work.step.iter().all(|&x| x == 0.0) {
                        return Proposal::Step { slope: 0.0, gain: 0.0 };
                    }
                    let gain = -(slope + 0.5 * curve);
                    if slope < 0.0 && gain.is_finite() {
                        return Proposal::Step { slope, gain: gain.abs() };
                    }
                    if *mode == Mode::Exact {
                        *mode = Mode::Fisher;
                        self.evaluate(*mode);
                    } else {
                        *damping = (*damping * 10.0).max(1e-3);
                    }
                }
                Solution::Indefinite if *mode == Mode::Exact => {
                    let work = &mut *self.work;
                    *saddle = work.factor.negative_direction(pattern, &mut work.saddle);
                    *mode = Mode::Fisher;
                    self.evaluate(*mode);
                }
                Solution::Indefinite => *damping = (*damping * 10.0).max(1e-3),
            }
            if *damping > 1e12 {
                break;
            }
        }
        Proposal::Nothing
    }

    /// Free every parameter that is not held at a bound by its gradient.
    fn release(&mut self) {
        let Work { point, free, step, factor, .. } = &mut *self.work;
        let Problem { fixed, low, high, .. } = &self.problem;
        let (fixed, low, high, gradient) = (&fixed[..], &low[..], &high[..], &point.gradient[..]);
        for (i, (free, &x)) in free.iter_mut().zip(&self.theta).enumerate() {
            let g = gradient[i];
            let held = (x <= low[i] && g >= 0.0) || (x >= high[i] && g <= 0.0);
            *free = !fixed[i] && !held;
        }
        step.iter_mut().for_each(|step| *step = 0.0);
        factor.assumed.iter_mut().for_each(|curvature| *curvature = f64::INFINITY);
    }

    /// The step of the quadratic model; parameters that would leave their bounds are set there and the rest solved again.
    fn solve(&mut self, pattern: Pattern, damping: f64) -> Solution {
        let mut pinned = false;
        for _ in 0..2 * pattern.size + 1 {
            let work = &mut *self.work;
            if !work.factor.factor(&work.point.hessian, pattern, &work.free, damping) {
                return Solution::Indefinite;
            }
            if pinned {
                for i in 0..pattern.size {
                    if work.free[i] {
                        work.step[i] = 0.0;
                    }
                }
                work.factor.multiply(pattern, &work.point.hessian, &work.step, &mut work.product);
            }
            let right = work.next.iter_mut().zip(&work.free).zip(&work.point.gradient).zip(&work.product);
            for (((x, &free), gradient), product) in right {
                let pull = if pinned { *product } else { 0.0 };
                *x = if free { -(gradient + pull) } else { 0.0 };
            }
            work.factor.solve(pattern, &mut work.next);
            let (theta, low, high) = (&self.theta[..], &self.problem.low[..], &self.problem.high[..]);
            // The step within the bounds, and which fraction of the whole one it is.
            let within = |i: usize, step: f64| {
                let (low, high) = (low[i] - theta[i], high[i] - theta[i]);
                if step < low {
                    (low, low / step)
                } else if step > high {
                    (high, high / step)
                } else {
                    (step, 1.0)
                }
            };
            let (free, next) = (&mut work.free[..], &work.next[..]);
            let mut first = 1.0_f64;
            for (i, &step) in next.iter().enumerate() {
                if free[i] {
                    first = first.min(within(i, step).1);
                }
            }
            let reached = if first > FAR { 1.0 } else { first / FAR };
            let mut violated = false;
            for (i, (step, free)) in work.step.iter_mut().zip(free).enumerate() {
                if *free {
                    let (inside, fraction) = within(i, next[i]);
                    *step = inside;
                    if fraction < 1.0 && fraction <= reached {
                        *free = false;
                        violated = true;
                    }
                }
            }
            pinned |= violated;
            let again = violated || (self.work.factor.flat > 0 && self.follow_slopes(pattern));
            if !again {
                return Solution::Found;
            }
        }
        Solution::Found
    }

    /// Where only empty bins are touched -ln L is linear: assume a curvature that makes the step
    /// as long as the parameter is large. Returns whether there is such a direction.
    fn follow_slopes(&mut self, pattern: Pattern) -> bool {
        let work = &mut *self.work;
        work.factor.multiply(pattern, &work.point.hessian, &work.step, &mut work.product);
        let mut found = false;
        for i in 0..pattern.size {
            let reach = 1.0 + self.theta[i].abs();
            let slope = (work.point.gradient[i] + work.product[i]).abs();
            if work.free[i]
                && work.step[i] == 0.0
                && slope * reach > WORTH
                && work.factor.assumed[i].is_infinite()
            {
                work.factor.assumed[i] = slope / reach;
                found = true;
            }
        }
        found
    }

    /// From a stationary point that is no minimum, go down along negative curvature.
    fn leave_saddle(&mut self) -> bool {
        let largest = self.work.saddle.iter().fold(0.0_f64, |a, x| a.max(x.abs()));
        if largest == 0.0 || !largest.is_finite() {
            return false;
        }
        for &length in &[1.0, -1.0, 0.3, -0.3, 0.1, -0.1, 0.03, -0.03] {
            let work = &mut *self.work;
            for (step, x) in work.step.iter_mut().zip(&work.saddle) {
                *step = x / largest;
            }
            self.advance(length);
            let value = self.evaluate_next(Mode::Value);
            if value < self.value - 1e-7 {
                self.value = self.evaluate_next(Mode::Exact);
                core::mem::swap(&mut self.work.point, &mut self.work.trial);
                self.theta.copy_from_slice(&self.work.next);
                return true;
            }
        }
        false
    }
}

/// One step from `next` with a factor that is known, for the parameters that are free in it: moves `next`
/// to the step's end and returns the predicted gain. `None` where a parameter would leave its bounds, or
/// one at a bound should.
fn kept_step(problem: &Problem, wall: &Wall, factor: &Factor, work: &mut Work) -> Option<f64> {
    let Work { next, trial, scratch, free, step: follow, loops, .. } = &mut *work;
    slope(problem.model, problem.data, next, wall, trial, scratch);
    for (i, (x, &g)) in follow.iter_mut().zip(&trial.gradient).enumerate() {
        *x = if free[i] { -g } else { 0.0 };
        let at_low = next[i] <= problem.low[i] && g >= 0.0;
        let at_high = next[i] >= problem.high[i] && g <= 0.0;
        if !free[i] && !problem.fixed[i] && !at_low && !at_high {
            return None;
        }
    }
    factor.solve(pattern(problem.model), follow);
    let gain = -0.5 * (loops.dot)(&trial.gradient, follow);
    for (i, (x, &step)) in next.iter_mut().zip(follow.iter()).enumerate() {
        if free[i] {
            *x += step;
            if !(*x > problem.low[i] && *x < problem.high[i]) {
                return None;
            }
        }
    }
    Some(gain.abs())
}

/// The factor of a Hessian, for fits that end near its point.
#[derive(Clone)]
pub struct Anchor {
    factor: Factor,
    free: Vec<bool>,
}

impl Anchor {
    /// The Hessian of `problem` at `theta`, where it is positive definite.
    ///
    /// Parameters at a bound stay there, but for `loose`, which is free.
    pub fn new(problem: &Problem, theta: &[f64], loose: Option<usize>, work: &mut Work) -> Option<Anchor> {
        let (model, wall) = (problem.model, &Wall::STAGES[0]);
        if !model.kinked.is_empty() {
            return None;
        }
        evaluate(model, problem.data, theta, wall, Mode::Exact, &mut work.point, &mut work.scratch);
        let inside = |i: usize| theta[i] > problem.low[i] && theta[i] < problem.high[i];
        let free: Vec<bool> =
            (0..theta.len()).map(|i| !problem.fixed[i] && (loose == Some(i) || inside(i))).collect();
        work.factor.assumed.iter_mut().for_each(|curvature| *curvature = f64::INFINITY);
        let definite = work.factor.factor(&work.point.hessian, pattern(model), &free, 0.0);
        if definite && work.factor.flat == 0 {
            Some(Anchor { factor: work.factor.clone(), free })
        } else {
            None
        }
    }

    /// Minimise from a point near by. `None` where the factor does not lead there: the way is longer, or
    /// along a bound.
    pub fn minimize(&self, problem: &Problem, start: &[f64], work: &mut Work) -> Option<Fit> {
        let wall = &Wall::STAGES[0];
        work.free.copy_from_slice(&self.free);
        work.next.copy_from_slice(start);
        let mut gain = f64::INFINITY;
        for iterations in 1..=KEPT_STEPS {
            let found = kept_step(problem, wall, &self.factor, work)?;
            if !found.is_finite() || found > CONTRACTION * gain {
                return None;
            }
            gain = found;
            if gain <= CONTRACTION * TOLERANCE {
                let Work { next, trial, scratch, .. } = &mut *work;
                let nll = evaluate(problem.model, problem.data, next, wall, Mode::Value, trial, scratch);
                let walled = problem.data.counts.iter().zip(&trial.rates);
                if !nll.is_finite() || walled.into_iter().any(|(&n, &rate)| wall.acts(n, rate)) {
                    return None;
                }
                return Some(Fit {
                    theta: next.clone(),
                    nll,
                    status: Status::Converged,
                    iterations,
                    evaluations: iterations + 1,
                    decrement: gain,
                });
            }
        }
        None
    }
}

enum Solution {
    Found,
    Indefinite,
}
