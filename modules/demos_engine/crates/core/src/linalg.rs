// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Factorisation of the Hessian: LDLᵀ on the upper triangle, by rows.
//!
//! Per-bin factors come first and couple only with their own bin and with the
//! shared parameters, so their pivots cost one row each; the shared block is
//! updated by register-sized tiles.

use crate::kernel::{stride, Arithmetic, Loops, Rows};
use crate::prelude::*;

/// Rows eliminated at once in the shared block.
const PANEL: usize = 16;
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
            scaled: Vec::new(),
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
        self.update::<A>(0, slots, slots, size, stride);
        let mut panel = slots;
        while panel < size {
            let end = (panel + PANEL).min(size);
            for i in panel..end {
                if !self.pivot(i, if free[i] { matrix[i * stride + i] } else { 1.0 }) {
                    return false;
                }
                for r in i + 1..end {
                    self.eliminate::<A>(i, r, r, size, stride);
                }
            }
            self.update::<A>(panel, end, end, size, stride);
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
        let source = &upper[i * stride + from..i * stride + to];
        for (x, y) in lower[from..to].iter_mut().zip(source) {
            *x = A::fma(multiplier, *y, *x);
        }
    }

    /// Subtract what the pivots `first..last` contribute to the block from `from` on.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn update<A: Arithmetic>(&mut self, first: usize, last: usize, from: usize, size: usize, stride: usize) {
        let width = (size - from + 7) / 8 * 8;
        self.scaled.clear();
        self.scaled.resize((last - first) * width, 0.0);
        for r in first..last {
            let inverse = 1.0 / self.pivots[r];
            let row = &self.rows[r * stride + from..r * stride + size];
            for (x, y) in self.scaled[(r - first) * width..].iter_mut().zip(row) {
                *x = y * inverse;
            }
        }
        let (upper, lower) = self.rows.split_at_mut(from * stride);
        let right = &upper[first * stride..];
        for i in (0..size - from).step_by(4) {
            for j in (i / 8 * 8..size - from).step_by(8) {
                let tile = if from + j + 8 > stride {
                    narrow::<A>(&self.scaled, width, i, right, stride, from + j, size, last - first)
                } else {
                    let (left, right) =
                        (Rows::new(&self.scaled, i, width), Rows::new(right, from + j, stride));
                    A::tile(left, right, last - first)
                };
                for (x, row) in tile.iter().enumerate().take(size - from - i) {
                    let target = &mut lower[(i + x) * stride..];
                    for y in (i + x).max(j)..(size - from).min(j + 8) {
                        target[from + y] -= row[y - j];
                    }
                }
            }
        }
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
            for (x, a) in x[from..size].iter_mut().zip(&row[from..]) {
                *x -= y * a;
            }
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
                sum += row[from..].iter().zip(&x[from..size]).map(|(a, b)| a * b).sum::<f64>();
            }
            x[i] -= sum / self.pivots[i];
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

/// `tile` at the right edge, where eight columns would leave the row.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn narrow<A: Arithmetic>(
    left: &[f64],
    left_stride: usize,
    i: usize,
    right: &[f64],
    right_stride: usize,
    j: usize,
    size: usize,
    rank: usize,
) -> [[f64; 8]; 4] {
    let mut sums = [[0.0; 8]; 4];
    for r in 0..rank {
        let a = &left[r * left_stride + i..r * left_stride + i + 4];
        let b = &right[r * right_stride + j..r * right_stride + size.min(j + 8)];
        for x in 0..4 {
            for (y, b) in b.iter().enumerate() {
                sums[x][y] = A::fma(a[x], *b, sums[x][y]);
            }
        }
    }
    sums
}
