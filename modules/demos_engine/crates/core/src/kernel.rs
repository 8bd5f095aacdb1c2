// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! -ln L, its gradient and its Hessian in one pass.
//!
//! The prediction of a bin is Σₛ Fₛ mₛ with m = nominal + Σ (p slope + q bend)
//! and F a product of factors. With g the logarithmic derivatives of F and d
//! the derivatives of m, the second derivatives of F m are products,
//! F (m gᵢ gⱼ + gᵢ dⱼ + dᵢ gⱼ), except on the diagonal; all of them together
//! are one small matrix product per channel.
//!
//! Everything is inlined into one function per instruction set (see `Loops`), so that all of it
//! is compiled for that set and with the optimisation of the crate that asks for it.

use crate::arithmetic::{Arithmetic, Rows};
use crate::constraint::Constraint;
use crate::data::{Data, NO_COUNT};
use crate::loops::Loops;
use crate::model::{Channel, Links, Model};
use crate::prelude::*;
use crate::spec::ShapeCode;

/// What to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The value only.
    Value,
    /// Also the gradient and a positive semidefinite approximation of the Hessian.
    Fisher,
    /// Also the gradient and the exact Hessian.
    Exact,
}

/// Where and how steeply the likelihood is continued at rates that it does not allow.
///
/// Above `margin` times the count (`EMPTY_START` for empty bins) nothing is changed.
#[derive(Clone, Copy, Debug)]
pub struct Wall {
    /// Fraction of the count below which the Poisson term is continued quadratically.
    pub margin: f64,
    /// Weight of the logarithmic barrier that keeps the rate of an empty bin positive.
    pub barrier: f64,
}

/// Rate of an empty bin below which the barrier acts.
pub const EMPTY_START: f64 = 1e-2;

impl Wall {
    /// From loose to tight; a fit tightens as long as a rate is on the continuation.
    pub const STAGES: [Wall; 4] = [
        Wall { margin: 1e-2, barrier: 1e-4 },
        Wall { margin: 1e-5, barrier: 1e-6 },
        Wall { margin: 1e-9, barrier: 1e-8 },
        Wall { margin: 1e-13, barrier: 1e-10 },
    ];

    /// Whether a bin's rate lies on the continuation.
    pub fn acts(&self, count: f64, rate: f64) -> bool {
        if count > NO_COUNT {
            rate.is_nan() || rate < self.margin * count
        } else {
            rate.is_nan() || rate < EMPTY_START
        }
    }
}

/// Gradient, Hessian and rates at one point.
#[derive(Clone, Debug, Default)]
pub struct Point {
    pub gradient: Vec<f64>,
    /// Upper triangle by rows, `stride` apart; only what `Model::slots` allows is written.
    pub hessian: Vec<f64>,
    pub rates: Vec<f64>,
}

/// Distance of the rows of a Hessian.
pub fn stride(parameters: usize) -> usize {
    (parameters + 7) / 8 * 8
}

impl Point {
    /// Room for a model's point.
    pub fn new(model: &Model) -> Point {
        let size = model.parameters();
        Point {
            gradient: vec![0.0; size],
            hessian: vec![0.0; size * stride(size) + 8],
            rates: vec![0.0; model.bins],
        }
    }
}

/// Room for intermediate results, reused between evaluations.
#[derive(Clone)]
pub struct Scratch {
    loops: Loops,
    /// Interpolation functions of every parameter and their derivatives.
    shape: [Vec<f64>; 5],
    local: [Vec<f64>; 6],
    /// Logarithmic first and second derivatives of each sample's factors.
    log_first: Vec<f64>,
    second: Vec<f64>,
    factor: Vec<f64>,
    additive: Vec<f64>,
    value: Vec<f64>,
    group_product: Vec<f64>,
    group_value: Vec<f64>,
    group_row: Vec<f64>,
    /// Per slot: derivative of the bin's rate, and the row of mixed second derivatives.
    bin_slot: Vec<f64>,
    bin_row: Vec<f64>,
    left: Vec<f64>,
    right: Vec<f64>,
    diagonal: Vec<f64>,
    gathered: [Vec<f64>; 5],
    mixed: Vec<f64>,
    terms: Vec<(f64, f64)>,
}

impl Scratch {
    /// Empty room for these loops.
    pub fn new(loops: Loops) -> Scratch {
        Scratch {
            loops,
            shape: Default::default(),
            local: Default::default(),
            log_first: Vec::new(),
            second: Vec::new(),
            factor: Vec::new(),
            additive: Vec::new(),
            value: Vec::new(),
            group_product: Vec::new(),
            group_value: Vec::new(),
            group_row: Vec::new(),
            bin_slot: Vec::new(),
            bin_row: Vec::new(),
            left: Vec::new(),
            right: Vec::new(),
            diagonal: Vec::new(),
            gathered: Default::default(),
            mixed: Vec::new(),
            terms: Vec::new(),
        }
    }
}

/// Saturated -ln L at `theta` (elimination order), with derivatives as `mode` asks.
pub fn evaluate(
    model: &Model,
    data: &Data,
    theta: &[f64],
    wall: &Wall,
    mode: Mode,
    point: &mut Point,
    scratch: &mut Scratch,
) -> f64 {
    (scratch.loops.evaluate)(model, data, theta, wall, mode, point, scratch)
}

#[inline(always)]
pub(crate) fn run<A: Arithmetic>(
    model: &Model,
    data: &Data,
    theta: &[f64],
    wall: &Wall,
    mode: Mode,
    point: &mut Point,
    scratch: &mut Scratch,
) -> f64 {
    if mode != Mode::Value {
        clear(model, point);
    }
    interpolate(model, theta, scratch);
    let mut total = 0.0;
    for channel in &model.channels {
        predict::<A>(channel, theta, scratch);
        let rates = &mut point.rates[channel.first_bin..channel.first_bin + channel.bins];
        sum_rates(channel, &scratch.value, rates);
        scratch.terms.clear();
        for (bin, &rate) in rates.iter().enumerate() {
            let count = data.counts[channel.first_bin + bin];
            let (value, first, second) = poisson(count, rate, wall);
            total += value;
            let weight =
                if mode == Mode::Fisher && rate > count && count > NO_COUNT { 1.0 / rate } else { second };
            scratch.terms.push((first, weight));
        }
        if mode != Mode::Value {
            differentiate::<A>(channel, mode == Mode::Exact, point, scratch, stride(model.parameters()));
        }
    }
    total + constrain(model, data, theta, wall, mode, point)
}

/// The gradient and the rates alone: what a step with a factor that is known needs.
pub fn slope(
    model: &Model,
    data: &Data,
    theta: &[f64],
    wall: &Wall,
    point: &mut Point,
    scratch: &mut Scratch,
) {
    (scratch.loops.slope)(model, data, theta, wall, point, scratch)
}

#[inline(always)]
pub(crate) fn run_slope<A: Arithmetic>(
    model: &Model,
    data: &Data,
    theta: &[f64],
    wall: &Wall,
    point: &mut Point,
    scratch: &mut Scratch,
) {
    interpolate(model, theta, scratch);
    for (i, (x, constraint)) in point.gradient.iter_mut().zip(&model.constraints).enumerate() {
        *x = match *constraint {
            Constraint::Free => 0.0,
            Constraint::Normal { sigma } => (theta[i] - data.aux[i]) / (sigma * sigma),
            Constraint::Poisson { factor } => factor * poisson_slope(data.aux[i], factor * theta[i], wall),
        };
    }
    for channel in &model.channels {
        predict::<A>(channel, theta, scratch);
        let rates = &mut point.rates[channel.first_bin..channel.first_bin + channel.bins];
        sum_rates(channel, &scratch.value, rates);
        scratch.terms.clear();
        for (bin, &rate) in rates.iter().enumerate() {
            let count = data.counts[channel.first_bin + bin];
            scratch.terms.push((poisson_slope(count, rate, wall), 0.0));
        }
        sum_slopes::<A>(channel, &mut point.gradient, scratch);
    }
}

/// The gradient of one channel, added to the whole.
#[inline(always)]
fn sum_slopes<A: Arithmetic>(channel: &Channel, gradient: &mut [f64], scratch: &mut Scratch) {
    let Scratch { local, log_first, factor, value, group_value, gathered, terms, .. } = scratch;
    let (bins, ids) = (channel.bins, &channel.locals[..]);
    reset(group_value, channel.groups.len());
    let mut start = 0;
    for (s, links) in channel.samples.iter().enumerate() {
        let factors = links.scales.len() + links.norms.len();
        let first = &log_first[start..start + factors];
        start += factors;
        let shapes = links.shapes.len();
        let [moved, bent, ..] = gathered;
        reset(moved, shapes);
        reset(bent, shapes);
        let mut weighted = 0.0;
        for bin in 0..bins {
            let (v, push) = (value[s * bins + bin], terms[bin].0);
            weighted = A::fma(push, v, weighted);
            group_value[links.groups[bin] as usize] += v;
            if shapes > 0 {
                let scale = push * factor[s * bins + bin];
                A::axpy(scale, &links.sample.slope[bin * shapes..(bin + 1) * shapes], moved);
                A::axpy(scale, &links.sample.bend[bin * shapes..(bin + 1) * shapes], bent);
            }
        }
        for (j, (&id, &at)) in links.shapes.iter().zip(&links.shape_at).enumerate() {
            let at = at as usize;
            gradient[ids[id as usize] as usize] += moved[j] * local[2][at] + bent[j] * local[4][at];
        }
        for (&id, &g) in links.scales.iter().chain(&links.norms).zip(first) {
            gradient[ids[id as usize] as usize] += weighted * g;
        }
    }
    for (group, value) in channel.groups.iter().zip(group_value.iter()) {
        let push = terms[group.bin].0;
        for &slot in &group.slots {
            gradient[ids[slot as usize] as usize] += push * value / nonzero(local[0][slot as usize]);
        }
    }
}

/// Zero what will be written.
#[inline(always)]
fn clear(model: &Model, point: &mut Point) {
    let size = model.parameters();
    let stride = stride(size);
    for x in point.gradient.iter_mut() {
        *x = 0.0;
    }
    for i in 0..size {
        let row = &mut point.hessian[i * stride..i * stride + size];
        let from = if i < model.slots {
            for x in row[i..model.cluster_end[i]].iter_mut() {
                *x = 0.0;
            }
            model.slots
        } else {
            i
        };
        for x in row[from..].iter_mut() {
            *x = 0.0;
        }
    }
}

/// The interpolation functions p, p', q, q', q'' of every parameter, as if each moved templates.
#[inline(always)]
fn interpolate(model: &Model, theta: &[f64], scratch: &mut Scratch) {
    let size = theta.len();
    for list in scratch.shape.iter_mut() {
        list.resize(size * model.shape_codes.len(), 0.0);
    }
    for (k, &code) in model.shape_codes.iter().enumerate() {
        interpolate_by(code, k * size, model.slots, theta, &mut scratch.shape);
    }
}

/// Interpolate by one code, from the place `first` on.
#[inline(always)]
fn interpolate_by(code: ShapeCode, first: usize, slots: usize, theta: &[f64], shape: &mut [Vec<f64>; 5]) {
    let [p, dp, q, dq, ddq] = shape;
    for i in slots..theta.len() {
        let a = theta[i];
        let size = a.abs();
        // The sign of a zero says from which side a kink is approached.
        let sign = if a.is_sign_negative() { -1.0 } else { 1.0 };
        let inside = size < 1.0;
        let s = a * a;
        let (p0, q0, q1, q2) = match code {
            ShapeCode::FourP if inside => (
                a,
                0.125 * s * (15.0 + s * (3.0 * s - 10.0)),
                0.125 * a * (30.0 + s * (18.0 * s - 40.0)),
                0.125 * (30.0 + s * (90.0 * s - 120.0)),
            ),
            ShapeCode::FourP | ShapeCode::Zero => (a, size, sign, 0.0),
            ShapeCode::Two if size <= 1.0 => (a, s, 2.0 * a, 2.0),
            ShapeCode::Two => (a, 2.0 * size - 1.0, 2.0 * sign, 0.0),
        };
        let at = first + i;
        p[at] = p0;
        dp[at] = 1.0;
        q[at] = q0;
        dq[at] = q1;
        ddq[at] = q2;
    }
}

/// A factor that may be divided by: its logarithmic derivative stays finite at zero.
#[inline(always)]
pub(crate) fn nonzero(factor: f64) -> f64 {
    if factor.abs() < 1e-150 {
        1e-150
    } else {
        factor
    }
}

/// Values of all cells of a channel, with the derivatives of their factors.
#[cfg_attr(target_arch = "x86_64", inline(always))]
pub(crate) fn predict<A: Arithmetic>(channel: &Channel, theta: &[f64], scratch: &mut Scratch) {
    let Scratch { shape, local, log_first, second, factor, additive, value, group_product, gathered, .. } =
        scratch;
    gather(&channel.locals, theta, &mut local[0]);
    for (list, from) in local[1..].iter_mut().zip(shape.iter()) {
        list.clear();
        for functions in from.chunks_exact(theta.len()) {
            list.extend(channel.locals.iter().map(|&i| functions[i as usize]));
        }
    }
    group_product.clear();
    for group in &channel.groups {
        group_product.push(group.slots.iter().map(|&slot| nonzero(local[0][slot as usize])).product());
    }
    log_first.clear();
    second.clear();
    factor.clear();
    additive.clear();
    value.clear();
    for links in &channel.samples {
        let mut common = 1.0;
        for &at in &links.scales {
            let scale = nonzero(local[0][at as usize]);
            common *= scale;
            log_first.push(1.0 / scale);
            second.push(0.0);
        }
        common *= norm_factors::<A>(links, &local[0], gathered, log_first, second);
        let shapes = links.shapes.len();
        if shapes == 0 {
            let nominal = &links.sample.nominal[..channel.bins];
            additive.extend_from_slice(nominal);
            let scales = links.groups.iter().map(|&group| common * group_product[group as usize]);
            factor.extend(scales.clone());
            value.extend(scales.zip(nominal).map(|(scale, rate)| scale * rate));
            continue;
        }
        gather(&links.shape_at, &local[1], &mut gathered[0]);
        gather(&links.shape_at, &local[3], &mut gathered[1]);
        for bin in 0..channel.bins {
            let slope = &links.sample.slope[bin * shapes..(bin + 1) * shapes];
            let bend = &links.sample.bend[bin * shapes..(bin + 1) * shapes];
            let delta = A::dot(&gathered[0], slope) + A::dot(&gathered[1], bend);
            let rate = links.sample.nominal[bin] + delta;
            let scale = common * group_product[links.groups[bin] as usize];
            additive.push(rate);
            factor.push(scale);
            value.push(scale * rate);
        }
    }
}

#[inline(always)]
fn gather(indices: &[u32], from: &[f64], to: &mut Vec<f64>) {
    to.clear();
    to.extend(indices.iter().map(|&i| from[i as usize]));
}

/// The product of a sample's normsys factors; appends f'/f and f''/f of each.
#[inline(always)]
fn norm_factors<A: Arithmetic>(
    links: &Links,
    theta: &[f64],
    gathered: &mut [Vec<f64>; 5],
    log_first: &mut Vec<f64>,
    second: &mut Vec<f64>,
) -> f64 {
    let table = &links.sample.norm_table;
    let size = links.norms.len();
    if size == 0 {
        return 1.0;
    }
    let [alpha, values, ..] = gathered;
    gather(&links.norms, theta, alpha);
    let alpha = &alpha[..size];
    values.clear();
    values.resize(size, 1.0);
    let values = &mut values[..size];
    let start = log_first.len();
    log_first.resize(start + size, 0.0);
    second.resize(start + size, 0.0);
    let first = &mut log_first[start..start + size];
    let curve = &mut second[start..start + size];
    let polynomial = !table.coefficients[0].is_empty();
    if polynomial {
        let [c1, c2, c3, c4, c5, c6] = &table.coefficients;
        let (c1, c2, c3) = (&c1[..size], &c2[..size], &c3[..size]);
        let (c4, c5, c6) = (&c4[..size], &c5[..size], &c6[..size]);
        for i in 0..size {
            let a = alpha[i];
            let f = A::fma(a, c6[i], c5[i]);
            let f = A::fma(a, f, c4[i]);
            let f = A::fma(a, f, c3[i]);
            let f = A::fma(a, f, c2[i]);
            let f = A::fma(a, f, c1[i]);
            let f = A::fma(a, f, 1.0);
            let d = A::fma(a, 6.0 * c6[i], 5.0 * c5[i]);
            let d = A::fma(a, d, 4.0 * c4[i]);
            let d = A::fma(a, d, 3.0 * c3[i]);
            let d = A::fma(a, d, 2.0 * c2[i]);
            let d = A::fma(a, d, c1[i]);
            let e = A::fma(a, 30.0 * c6[i], 20.0 * c5[i]);
            let e = A::fma(a, e, 12.0 * c4[i]);
            let e = A::fma(a, e, 6.0 * c3[i]);
            let e = A::fma(a, e, 2.0 * c2[i]);
            let inverse = 1.0 / f;
            values[i] = f;
            first[i] = d * inverse;
            curve[i] = e * inverse;
        }
    }
    for i in 0..size {
        let a = alpha[i];
        if a.abs() >= table.polynomial_below[i] {
            let slope = if a.is_sign_negative() { -table.ln_down[i] } else { table.ln_up[i] };
            values[i] = (a * slope).exp();
            first[i] = slope;
            curve[i] = slope * slope;
        }
    }
    values.iter().product()
}

#[inline(always)]
fn sum_rates(channel: &Channel, values: &[f64], rates: &mut [f64]) {
    for rate in rates.iter_mut() {
        *rate = 0.0;
    }
    for row in values.chunks_exact(channel.bins) {
        for (rate, value) in rates.iter_mut().zip(row) {
            *rate += value;
        }
    }
}

/// Saturated Poisson term and its first two derivatives in the rate.
#[inline(always)]
fn poisson(count: f64, rate: f64, wall: &Wall) -> (f64, f64, f64) {
    if count > NO_COUNT {
        let least = wall.margin * count;
        if rate >= least {
            return (saturated(count, rate), 1.0 - count / rate, count / (rate * rate));
        }
        let (slope, curve) = (1.0 - 1.0 / wall.margin, count / (least * least));
        let step = rate - least;
        return (saturated(count, least) + step * (slope + 0.5 * curve * step), slope + curve * step, curve);
    }
    if rate >= EMPTY_START {
        return (rate, 1.0, 0.0);
    }
    // A barrier that joins the plain term with two continuous derivatives.
    let at = rate.max(wall.barrier);
    let (x, ratio) = (at / EMPTY_START, EMPTY_START / at);
    let value = -x.ln() + (x - 1.0) - 0.5 * (x - 1.0) * (x - 1.0);
    let slope = (-ratio + 1.0 - (x - 1.0)) / EMPTY_START;
    let curve = (ratio * ratio - 1.0) / (EMPTY_START * EMPTY_START);
    let step = rate - at;
    let weight = wall.barrier;
    (
        rate + weight * (value + step * (slope + 0.5 * curve * step)),
        1.0 + weight * (slope + curve * step),
        weight * curve,
    )
}

/// The first derivative of `poisson`.
#[inline(always)]
fn poisson_slope(count: f64, rate: f64, wall: &Wall) -> f64 {
    if count > NO_COUNT {
        let least = wall.margin * count;
        if rate >= least {
            return 1.0 - count / rate;
        }
    } else if rate >= EMPTY_START {
        return 1.0;
    }
    poisson(count, rate, wall).1
}

/// rate - count - count ln(rate / count), without cancellation near its minimum.
#[inline(always)]
fn saturated(count: f64, rate: f64) -> f64 {
    let x = (rate - count) / count;
    if x.abs() < 0.5 {
        count * (x - x.ln_1p())
    } else {
        rate - count - count * (rate / count).ln()
    }
}

/// Gradient and Hessian of one channel, added to the whole.
#[inline(always)]
fn differentiate<A: Arithmetic>(
    channel: &Channel,
    exact: bool,
    point: &mut Point,
    scratch: &mut Scratch,
    stride: usize,
) {
    let slots = channel.slots;
    let wide = channel.locals.len() - slots;
    let width = (wide + 7) / 8 * 8;
    let rank = channel.bins + if exact { channel.samples.iter().map(products).sum() } else { 0 };
    reset(&mut scratch.group_row, channel.groups.len() * width);
    reset(&mut scratch.group_value, channel.groups.len());
    reset(&mut scratch.left, rank * width);
    reset(&mut scratch.right, rank * width);
    reset(&mut scratch.diagonal, wide);
    sum_samples::<A>(channel, exact, scratch, width);
    sum_groups(channel, exact, point, scratch, width, stride);
    let ids = &channel.locals[slots..];
    for (bin, &(first, weight)) in scratch.terms.iter().enumerate() {
        let row = &scratch.right[bin * width..bin * width + wide];
        let scaled = &mut scratch.left[bin * width..bin * width + wide];
        for i in 0..wide {
            point.gradient[ids[i] as usize] += first * row[i];
            scaled[i] = weight * row[i];
            scratch.diagonal[i] = A::fma(scaled[i], row[i], scratch.diagonal[i]);
        }
    }
    for (&id, &x) in ids.iter().zip(&scratch.diagonal) {
        point.hessian[id as usize * stride + id as usize] += x;
    }
    spread::<A>(ids, width, rank, &scratch.left, &scratch.right, &mut point.hessian, stride);
}

/// Rows that a sample's second derivatives off the diagonal take in the product of its channel: none
/// where only templates move, one where only factors do.
#[inline(always)]
fn products(links: &Links) -> usize {
    match (links.scales.is_empty() && links.norms.is_empty(), links.shapes.is_empty()) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 2,
    }
}

#[inline(always)]
fn reset(list: &mut Vec<f64>, size: usize) {
    list.clear();
    list.resize(size, 0.0);
}

/// The derivative rows of every group of samples and, if `exact`, the second-order part of every sample.
#[inline(always)]
fn sum_samples<A: Arithmetic>(channel: &Channel, exact: bool, scratch: &mut Scratch, width: usize) {
    let Scratch {
        local,
        log_first,
        second,
        factor,
        value,
        group_row,
        group_value,
        left,
        right,
        diagonal,
        gathered,
        mixed,
        terms,
        ..
    } = scratch;
    let (bins, slots) = (channel.bins, channel.slots as u32);
    let mut start = 0;
    let mut row = bins;
    for (s, links) in channel.samples.iter().enumerate() {
        let factors = links.scales.len() + links.norms.len();
        let first = &log_first[start..start + factors];
        let curve = &second[start..start + factors];
        start += factors;
        let shapes = links.shapes.len();
        gather(&links.shape_at, &local[2], &mut gathered[0]);
        gather(&links.shape_at, &local[4], &mut gathered[1]);
        let [dp, dq, step, bent, ..] = gathered;
        let (dp, dq) = (&dp[..shapes], &dq[..shapes]);
        reset(step, shapes);
        reset(bent, shapes);
        reset(mixed, shapes);
        let mut weighted = 0.0;
        for bin in 0..bins {
            let cell = s * bins + bin;
            let (v, f) = (value[cell], factor[cell]);
            let push = terms[bin].0;
            let slope = &links.sample.slope[bin * shapes..(bin + 1) * shapes];
            let bend = &links.sample.bend[bin * shapes..(bin + 1) * shapes];
            for j in 0..shapes {
                step[j] = f * A::fma(dp[j], slope[j], dq[j] * bend[j]);
            }
            if exact {
                let scale = push * f;
                for j in 0..shapes {
                    mixed[j] = A::fma(push, step[j], mixed[j]);
                    bent[j] = A::fma(scale, bend[j], bent[j]);
                }
            }
            let group = links.groups[bin] as usize;
            group_value[group] += v;
            let total = &mut group_row[group * width..(group + 1) * width];
            for (&at, &x) in links.shapes.iter().zip(step.iter()) {
                total[(at - slots) as usize] += x;
            }
            for (&at, &g) in links.scales.iter().chain(&links.norms).zip(first) {
                total[(at - slots) as usize] += v * g;
            }
            weighted = A::fma(push, v, weighted);
        }
        if exact {
            for (j, (&id, &at)) in links.shapes.iter().zip(&links.shape_at).enumerate() {
                diagonal[(id - slots) as usize] += bent[j] * local[5][at as usize];
            }
            // With e = m g / 2 + d off the diagonal g eᵀ + e gᵀ; without d that is the one row m g gᵀ.
            let rows = products(links);
            let share = if rows == 2 { 0.5 } else { 1.0 };
            let (left, right) = (&mut left[row * width..], &mut right[row * width..]);
            if rows == 2 {
                for (j, &id) in links.shapes.iter().enumerate() {
                    left[(id - slots) as usize] += mixed[j];
                }
            }
            for (j, &id) in links.scales.iter().chain(&links.norms).enumerate() {
                let id = (id - slots) as usize;
                // A parameter may have several factors; `before` is what the earlier ones gave.
                let before = right[id];
                diagonal[id] += weighted * (curve[j] + 2.0 * (1.0 - share) * first[j] * before)
                    + 2.0 * first[j] * left[id];
                right[id] += first[j];
                left[id] += share * weighted * first[j];
            }
            if rows == 2 {
                right[width..2 * width].copy_from_slice(&left[..width]);
                left[width..2 * width].copy_from_slice(&right[..width]);
            }
            row += rows;
        }
    }
}

/// Join the groups of each bin, and add what involves per-bin factors.
#[inline(always)]
fn sum_groups(
    channel: &Channel,
    exact: bool,
    point: &mut Point,
    scratch: &mut Scratch,
    width: usize,
    stride: usize,
) {
    let Scratch { local, group_row, group_value, right, terms, bin_slot, bin_row, .. } = scratch;
    let slots = channel.slots;
    let wide = channel.locals.len() - slots;
    let hessian = &mut point.hessian;
    reset(bin_slot, slots);
    reset(bin_row, slots * width);
    for (g, group) in channel.groups.iter().enumerate() {
        let row = &group_row[g * width..(g + 1) * width];
        let total = &mut right[group.bin * width..(group.bin + 1) * width];
        for (x, y) in total.iter_mut().zip(row) {
            *x += y;
        }
        let push = terms[group.bin].0;
        for (n, &slot) in group.slots.iter().enumerate() {
            let inverse = 1.0 / nonzero(local[0][slot as usize]);
            let slot = slot as usize;
            bin_slot[slot] += group_value[g] * inverse;
            if exact {
                let scale = push * inverse;
                for (x, y) in bin_row[slot * width..(slot + 1) * width].iter_mut().zip(row) {
                    *x += scale * y;
                }
                for &other in &group.slots[..n] {
                    let mixed = scale * group_value[g] / nonzero(local[0][other as usize]);
                    add(hessian, stride, channel.locals[slot], channel.locals[other as usize], mixed);
                }
            }
        }
    }
    for &(slot, bin) in &channel.slot_bins {
        let (slot, bin) = (slot as usize, bin as usize);
        let (push, weight) = terms[bin];
        let id = channel.locals[slot];
        point.gradient[id as usize] += push * bin_slot[slot];
        let scale = weight * bin_slot[slot];
        add(hessian, stride, id, id, scale * bin_slot[slot]);
        let total = &right[bin * width..bin * width + wide];
        let second = &bin_row[slot * width..slot * width + wide];
        for i in 0..wide {
            add(hessian, stride, id, channel.locals[slots + i], scale * total[i] + second[i]);
        }
    }
    for &(a, b, bin) in &channel.slot_pairs {
        let weight = terms[bin as usize].1;
        let product = weight * bin_slot[a as usize] * bin_slot[b as usize];
        add(hessian, stride, channel.locals[a as usize], channel.locals[b as usize], product);
    }
}

#[inline(always)]
fn add(hessian: &mut [f64], stride: usize, a: u32, b: u32, x: f64) {
    let (row, column) = if a < b { (a, b) } else { (b, a) };
    hessian[row as usize * stride + column as usize] += x;
}

/// Add Σᵣ leftᵣ rightᵣᵀ above the diagonal to the rows and columns `ids` (ascending).
#[inline(always)]
fn spread<A: Arithmetic>(
    ids: &[u32],
    width: usize,
    rank: usize,
    left: &[f64],
    right: &[f64],
    hessian: &mut [f64],
    stride: usize,
) {
    let size = ids.len();
    let mut tile = [[0.0; 8]; 4];
    for i in (0..size).step_by(4) {
        for j in (i / 8 * 8..size).step_by(8) {
            A::tile(Rows::new(left, i, width), Rows::new(right, j, width), rank, &mut tile);
            // Most columns follow each other. Right of the diagonal's tile all of them are above it.
            let run = j > i && ids.get(j + 7).map_or(false, |last| last - ids[j] == 7);
            for (x, row) in tile.iter().enumerate().take(size - i) {
                let target = &mut hessian[ids[i + x] as usize * stride..];
                if run {
                    let at = ids[j] as usize;
                    for (x, y) in target[at..at + 8].iter_mut().zip(row) {
                        *x += y;
                    }
                    continue;
                }
                let from = (i + x + 1).max(j);
                for y in from..size.min(j + 8) {
                    target[ids[y] as usize] += row[y - j];
                }
            }
        }
    }
}

/// Constraint terms.
#[inline(always)]
fn constrain(model: &Model, data: &Data, theta: &[f64], wall: &Wall, mode: Mode, point: &mut Point) -> f64 {
    let stride = stride(theta.len());
    let mut total = 0.0;
    for (i, constraint) in model.constraints.iter().enumerate() {
        let (value, first, second) = match *constraint {
            Constraint::Free => continue,
            Constraint::Normal { sigma } => {
                let pull = (theta[i] - data.aux[i]) / sigma;
                (0.5 * pull * pull, pull / sigma, 1.0 / (sigma * sigma))
            }
            Constraint::Poisson { factor } => {
                let (value, first, second) = poisson(data.aux[i], factor * theta[i], wall);
                (value, first * factor, second * factor * factor)
            }
        };
        total += value;
        if mode != Mode::Value {
            point.gradient[i] += first;
            point.hessian[i * stride + i] += second;
        }
    }
    total
}

/// Values of all cells, `[channel][sample][bin]`, into `cells`.
pub fn cells(model: &Model, theta: &[f64], scratch: &mut Scratch, cells: &mut Vec<f64>) {
    cells.clear();
    interpolate(model, theta, scratch);
    for channel in &model.channels {
        (scratch.loops.predict)(channel, theta, scratch);
        cells.extend_from_slice(&scratch.value);
    }
}

/// Derivatives of every cell: `visit(channel, sample, bin, local parameter, derivative)`.
pub fn cell_derivatives(
    model: &Model,
    theta: &[f64],
    scratch: &mut Scratch,
    visit: &mut dyn FnMut(usize, usize, usize, u32, f64),
) {
    interpolate(model, theta, scratch);
    for (c, channel) in model.channels.iter().enumerate() {
        (scratch.loops.predict)(channel, theta, scratch);
        let mut start = 0;
        for (s, links) in channel.samples.iter().enumerate() {
            let factors = links.scales.len() + links.norms.len();
            let shapes = links.shapes.len();
            for bin in 0..channel.bins {
                let cell = s * channel.bins + bin;
                let value = scratch.value[cell];
                for (n, &id) in links.scales.iter().chain(&links.norms).enumerate() {
                    visit(c, s, bin, channel.locals[id as usize], value * scratch.log_first[start + n]);
                }
                for (n, (&id, &from)) in links.shapes.iter().zip(&links.shape_at).enumerate() {
                    let at = bin * shapes + n;
                    let slope = scratch.local[2][from as usize] * links.sample.slope[at];
                    let bend = scratch.local[4][from as usize] * links.sample.bend[at];
                    visit(c, s, bin, channel.locals[id as usize], scratch.factor[cell] * (slope + bend));
                }
                for &slot in &channel.groups[links.groups[bin] as usize].slots {
                    let gamma = nonzero(scratch.local[0][slot as usize]);
                    visit(c, s, bin, channel.locals[slot as usize], value / gamma);
                }
            }
            start += factors;
        }
    }
}

/// ln L in pyhf's convention: NaN for a negative rate of a bin with a count, -inf for a zero one.
pub fn log_likelihood(
    model: &Model,
    data: &Data,
    theta: &[f64],
    point: &mut Point,
    scratch: &mut Scratch,
) -> f64 {
    evaluate(model, data, theta, &Wall::STAGES[3], Mode::Value, point, scratch);
    let mut total = data.constant;
    for (&count, &rate) in data.counts.iter().zip(&point.rates) {
        total += plain(count, rate);
    }
    for (i, constraint) in model.constraints.iter().enumerate() {
        total += match *constraint {
            Constraint::Free => 0.0,
            Constraint::Normal { sigma } => {
                let pull = (theta[i] - data.aux[i]) / sigma;
                0.5 * pull * pull
            }
            Constraint::Poisson { factor } => plain(data.aux[i], factor * theta[i]),
        };
    }
    -total
}

/// The saturated Poisson term with pyhf's values where the rate is not positive.
fn plain(count: f64, rate: f64) -> f64 {
    if count == 0.0 {
        rate
    } else if rate > 0.0 && rate / count == f64::INFINITY {
        // A count so small that its terms are below the precision of the rate.
        rate
    } else if rate > 0.0 {
        saturated(count, rate)
    } else if rate == 0.0 {
        f64::INFINITY
    } else {
        f64::NAN
    }
}
