// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! The arithmetic of the innermost loops, for each instruction set.

/// The rows of a matrix from a column on, `stride` apart.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    pub values: &'a [f64],
    pub stride: usize,
}

impl<'a> Rows<'a> {
    /// The rows of `values` from the column `at` on; of no rows, none.
    #[inline(always)]
    pub(crate) fn new(values: &'a [f64], at: usize, stride: usize) -> Rows<'a> {
        Rows { values: values.get(at..).unwrap_or(&[]), stride }
    }
}

/// Multiply and add, fused where the processor can and the caller was compiled for it.
pub trait Arithmetic {
    /// a b + c
    fn fma(a: f64, b: f64, c: f64) -> f64;

    /// `tile` = Σᵣ leftᵣ[..4] ⊗ rightᵣ[..8] for `rank` rows: most of the time goes here.
    #[inline(always)]
    fn tile(left: Rows, right: Rows, rank: usize, tile: &mut [[f64; 8]; 4]) {
        // Four arrays and running offsets: so the compiler keeps all sums in registers.
        let (mut first, mut second, mut third, mut fourth) = ([0.0; 8], [0.0; 8], [0.0; 8], [0.0; 8]);
        let (mut at, mut across) = (0, 0);
        for _ in 0..rank {
            let (a, b) = (&left.values[at..at + 4], &right.values[across..across + 8]);
            at += left.stride;
            across += right.stride;
            for y in 0..8 {
                first[y] = Self::fma(a[0], b[y], first[y]);
                second[y] = Self::fma(a[1], b[y], second[y]);
                third[y] = Self::fma(a[2], b[y], third[y]);
                fourth[y] = Self::fma(a[3], b[y], fourth[y]);
            }
        }
        *tile = [first, second, third, fourth];
    }

    /// Σ a b, in eight sums that do not wait for each other.
    #[inline(always)]
    fn dot(a: &[f64], b: &[f64]) -> f64 {
        let size = a.len().min(b.len());
        let (a, b) = (&a[..size], &b[..size]);
        let mut sums = [0.0; 8];
        let (mut left, mut right) = (a.chunks_exact(8), b.chunks_exact(8));
        for (x, y) in (&mut left).zip(&mut right) {
            for i in 0..8 {
                sums[i] = Self::fma(x[i], y[i], sums[i]);
            }
        }
        let mut rest = 0.0;
        for (x, y) in left.remainder().iter().zip(right.remainder()) {
            rest = Self::fma(*x, *y, rest);
        }
        ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7])) + rest
    }

    /// y += scale x
    #[inline(always)]
    fn axpy(scale: f64, x: &[f64], y: &mut [f64]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y = Self::fma(scale, *x, *y);
        }
    }
}

/// One rounding.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(crate) struct Fused;
/// Two roundings: never a library call.
pub struct Separate;

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
impl Arithmetic for Fused {
    #[inline(always)]
    fn fma(a: f64, b: f64, c: f64) -> f64 {
        a.mul_add(b, c)
    }
}

impl Arithmetic for Separate {
    #[inline(always)]
    fn fma(a: f64, b: f64, c: f64) -> f64 {
        a * b + c
    }
}

/// The arithmetic without run-time detection.
#[cfg(target_arch = "aarch64")]
pub(crate) type Portable = Fused;
#[cfg(not(target_arch = "aarch64"))]
pub(crate) type Portable = Separate;

/// Whether the fused, wider code may run.
pub(crate) fn wide() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma")
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        false
    }
}

/// Name of the instruction set in use.
pub fn instruction_set() -> &'static str {
    if wide() {
        "x86-64-v3"
    } else if cfg!(target_arch = "aarch64") {
        "aarch64"
    } else if cfg!(target_arch = "wasm32") {
        "wasm32"
    } else {
        "generic"
    }
}
