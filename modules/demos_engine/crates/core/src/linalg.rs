// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Factorisation of the Hessian: LDLᵀ on the upper triangle, by rows.
//!
//! Per-bin factors come first and couple only with their own bin and with the
//! shared parameters, so their pivots cost one row each; the shared block is
//! updated by register-sized tiles, a strip at a time within a panel that the
//! nearest cache holds, and a panel at a time beyond it.

use crate::arithmetic::{Arithmetic, Rows};
use crate::kernel::stride;
use crate::loops::Loops;
use crate::prelude::*;
use core::ops::Range;

/// Rows eliminated one by one before a tile takes over.
const STRIP: usize = 8;
/// Rows eliminated from the rest of the shared block at once.
const PANEL: usize = 32;
/// A pivot smaller than this, relative to its diagonal element, is no information.
const SINGULAR: f64 = 1e-11;

/// Which block structure a matrix has (see `Model`).
#[derive(Clone, Copy)]
pub struct Pattern<'a> {
    pub size: usize,
    pub slots: usize,
    pub cluster_end: &'a [usize],
}

/// A factor LDLᵀ; row i holds D and, right of it, D times the column of L.
#[derive(Clone)]
pub struct Factor {
    loops: Loops,
    rows: Vec<f64>,
    pivots: Vec<f64>,
    scaled: Vec<f64>,
    /// Curvature assumed along a direction that has none, by row; infinite: do not move along it.
    pub assumed: Vec<f64>,
    /// First row with a clearly negative pivot.
    pub negative: Option<usize>,
    /// How many directions had no curvature.
    pub flat: usize,
}

impl Factor {
    /// Room for a matrix of this size.
    pub fn new(size: usize, loops: Loops) -> Factor {
        Factor {
            loops,
            rows: vec![0.0; size * stride(size) + 8],
            pivots: vec![0.0; size],
            scaled: vec![0.0; PANEL * stride(size) + 8],
            assumed: vec![f64::INFINITY; size],
            negative: None,
            flat: 0,
        }
    }

    /// Factor `matrix` restricted to the `free` rows, its diagonal raised by the factor `damping`.
    ///
    /// Directions without information get the curvature `assumed`. Returns whether the matrix
    /// is positive (semi)definite; if it is not, the factor is of no use.
    pub fn factor(&mut self, matrix: &[f64], pattern: Pattern, free: &[bool], damping: f64) -> bool {
        (self.loops.factor)(self, matrix, pattern, free, damping)
    }

    #[inline(always)]
    pub(crate) fn run<A: Arithmetic>(
        &mut self,
        matrix: &[f64],
        pattern: Pattern,
        free: &[bool],
        damping: f64,
    ) -> bool {
        let Pattern { size, slots, cluster_end } = pattern;
        let stride = stride(size);
        self.negative = None;
        self.flat = 0;
        self.copy(matrix, pattern, free, damping);
        for i in 0..slots {
            if !self.pivot(i, if free[i] { matrix[i * stride + i] } else { 1.0 }) {
                return false;
            }
            for c in i + 1..cluster_end[i] {
                self.eliminate::<A>(i, c, c, cluster_end[i], stride);
                self.eliminate::<A>(i, c, slots, size, stride);
            }
        }
        for first in (0..slots).step_by(PANEL) {
            let last = (first + PANEL).min(slots);
            self.scale(first, first, last, slots, stride);
            self.update::<A>(first, first..last, slots..size, stride);
        }
        let mut panel = slots;
        while panel < size {
            let end = after(panel, PANEL).min(size);
            let mut strip = panel;
            while strip < end {
                let stop = after(strip, STRIP).min(end);
                for i in strip..stop {
                    if !self.pivot(i, if free[i] { matrix[i * stride + i] } else { 1.0 }) {
                        return false;
                    }
                    for r in i + 1..stop {
                        self.eliminate::<A>(i, r, r, size, stride);
                    }
                }
                self.scale(panel, strip, stop, strip, stride);
                self.update::<A>(panel, strip..stop, stop..end, stride);
                strip = stop;
            }
            self.update::<A>(panel, panel..end, end..size, stride);
            panel = end;
        }
        true
    }

    #[inline(always)]
    fn copy(&mut self, matrix: &[f64], pattern: Pattern, free: &[bool], damping: f64) {
        let Pattern { size, slots, cluster_end } = pattern;
        let stride = stride(size);
        for i in 0..size {
            let (from, near) = if i < slots { (slots, i..cluster_end[i]) } else { (i, i..i) };
            for range in [near, from..size] {
                let source = &matrix[i * stride..][range.clone()];
                let target = &mut self.rows[i * stride..][range.clone()];
                for ((x, y), &free_column) in target.iter_mut().zip(source).zip(&free[range]) {
                    *x = if free[i] && free_column { *y } else { 0.0 };
                }
            }
            let diagonal = &mut self.rows[i * stride + i];
            *diagonal = if free[i] { *diagonal * (1.0 + damping) } else { 1.0 };
        }
    }

    /// Accept the pivot of row `i`; assume one where the direction carries no information.
    #[inline(always)]
    fn pivot(&mut self, i: usize, diagonal: f64) -> bool {
        let stride = stride(self.pivots.len());
        let pivot = self.rows[i * stride + i];
        let least = SINGULAR * diagonal.abs();
        if pivot > least {
            self.pivots[i] = pivot;
            return true;
        }
        if pivot >= -least && pivot.is_finite() {
            self.pivots[i] = self.assumed[i];
            self.flat += 1;
            return true;
        }
        self.pivots[i] = f64::INFINITY;
        self.negative = Some(i);
        false
    }

    /// row[r][from..to] -= (row[i][r] / pivot) row[i][from..to]
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn eliminate<A: Arithmetic>(&mut self, i: usize, r: usize, from: usize, to: usize, stride: usize) {
        let multiplier = -self.rows[i * stride + r] / self.pivots[i];
        if multiplier == 0.0 {
            return;
        }
        let (upper, lower) = self.rows.split_at_mut(r * stride);
        A::axpy(multiplier, &upper[i * stride + from..i * stride + to], &mut lower[from..to]);
    }

    /// Divide the rows `first..last`, from the column `from` on, by their pivots; the copies of a panel
    /// begin at `panel`.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn scale(&mut self, panel: usize, first: usize, last: usize, from: usize, stride: usize) {
        let left = from / 8 * 8;
        for r in first..last {
            let inverse = 1.0 / self.pivots[r];
            let row = &self.rows[r * stride + left..(r + 1) * stride];
            let target = &mut self.scaled[(r - panel) * stride + left..(r - panel + 1) * stride];
            for (x, y) in target.iter_mut().zip(row) {
                *x = y * inverse;
            }
        }
    }

    /// Subtract what the pivots of the rows `from` contribute to the rows `to` and all columns right of them.
    ///
    /// Tiles end at multiples of eight columns: what they write left of the diagonal is never read.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn update<A: Arithmetic>(&mut self, panel: usize, from: Range<usize>, to: Range<usize>, stride: usize) {
        let (upper, lower) = self.rows.split_at_mut(to.start * stride);
        let right = &upper[from.start * stride..];
        let left = &self.scaled[(from.start - panel) * stride..];
        let mut tile = [[0.0; 8]; 4];
        for i in to.clone().step_by(4) {
            for j in (i / 8 * 8..stride).step_by(8) {
                A::tile(Rows::new(left, i, stride), Rows::new(right, j, stride), from.len(), &mut tile);
                let first = (i - to.start) * stride + j;
                for (x, row) in tile.iter().enumerate().take(to.end - i) {
                    let target = &mut lower[first + x * stride..first + x * stride + 8];
                    for (x, y) in target.iter_mut().zip(row) {
                        *x -= y;
                    }
                }
            }
        }
    }

    /// The smallest pivot relative to its diagonal element, of the rows that are `free`: what is left of a
    /// parameter's curvature once the others follow it.
    pub fn least_pivot(&self, matrix: &[f64], free: &[bool]) -> f64 {
        let stride = stride(free.len());
        let kept = (0..free.len()).filter(|&i| free[i] && matrix[i * stride + i] > 0.0);
        kept.map(|i| self.pivots[i] / matrix[i * stride + i]).fold(1.0, f64::min)
    }

    /// Solve for one right-hand side in place.
    pub fn solve(&self, pattern: Pattern, x: &mut [f64]) {
        let Pattern { size, slots, cluster_end } = pattern;
        let stride = stride(size);
        for i in 0..size {
            let y = x[i] / self.pivots[i];
            x[i] = y;
            if y == 0.0 {
                continue;
            }
            let row = &self.rows[i * stride..i * stride + size];
            let from = if i < slots {
                for c in i + 1..cluster_end[i] {
                    x[c] -= y * row[c];
                }
                slots
            } else {
                i + 1
            };
            (self.loops.axpy)(-y, &row[from..], &mut x[from..size]);
        }
        self.solve_upper(pattern, size, x);
    }

    /// Solve Lᵀ x = x for the first `size` rows.
    fn solve_upper(&self, pattern: Pattern, size: usize, x: &mut [f64]) {
        let stride = stride(pattern.size);
        for i in (0..size).rev() {
            let row = &self.rows[i * stride..i * stride + size];
            let mut sum = 0.0;
            let from = if i < pattern.slots {
                for c in i + 1..pattern.cluster_end[i].min(size) {
                    sum += row[c] * x[c];
                }
                pattern.slots
            } else {
                i + 1
            };
            if from < size {
                sum += (self.loops.dot)(&row[from..], &x[from..size]);
            }
            x[i] -= sum / self.pivots[i];
        }
    }

    /// Product of a symmetric matrix (upper triangle) with a vector.
    pub fn multiply(&self, pattern: Pattern, matrix: &[f64], x: &[f64], out: &mut [f64]) {
        let Pattern { size, slots, cluster_end } = pattern;
        let stride = stride(size);
        for value in out.iter_mut() {
            *value = 0.0;
        }
        for i in 0..size {
            let row = &matrix[i * stride..i * stride + size];
            let mut sum = row[i] * x[i];
            let from = if i < slots {
                for j in i + 1..cluster_end[i] {
                    sum += row[j] * x[j];
                    out[j] += row[j] * x[i];
                }
                slots
            } else {
                i + 1
            };
            out[i] += sum + (self.loops.dot)(&row[from..], &x[from..]);
            (self.loops.axpy)(x[i], &row[from..], &mut out[from..]);
        }
    }

    /// After a failed factorisation, a direction of negative curvature.
    pub fn negative_direction(&self, pattern: Pattern, x: &mut [f64]) -> bool {
        for value in x.iter_mut() {
            *value = 0.0;
        }
        match self.negative {
            Some(row) => {
                x[row] = 1.0;
                // Lᵀ x = e: the rows above solve for minus the coupling.
                self.solve_upper(pattern, row + 1, x);
                x.iter().all(|value| value.is_finite())
            }
            None => false,
        }
    }
}

/// The next multiple of `step` after `i`.
fn after(i: usize, step: usize) -> usize {
    (i / step + 1) * step
}
