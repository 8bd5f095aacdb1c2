// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! The innermost loops, compiled for speed in a module that is compiled for size.
//!
//! The level of optimisation belongs to a crate, and generic functions to the crate that names
//! their types: this one.

#![no_std]

#[cfg(target_arch = "wasm32")]
mod simd;

use demos_engine_core::arithmetic::Arithmetic;
#[cfg(target_arch = "wasm32")]
use demos_engine_core::arithmetic::Rows;
use demos_engine_core::loops::Loops;

/// Two roundings: WebAssembly cannot fuse them.
struct Plain;

impl Arithmetic for Plain {
    #[inline(always)]
    fn fma(a: f64, b: f64, c: f64) -> f64 {
        a * b + c
    }

    #[cfg(target_arch = "wasm32")]
    fn tile(left: Rows, right: Rows, rank: usize, tile: &mut [[f64; 8]; 4]) {
        simd::tile(left, right, rank, tile);
    }

    #[cfg(target_arch = "wasm32")]
    fn dot(a: &[f64], b: &[f64]) -> f64 {
        simd::dot(a, b)
    }

    #[cfg(target_arch = "wasm32")]
    fn axpy(scale: f64, x: &[f64], y: &mut [f64]) {
        simd::axpy(scale, x, y);
    }
}

/// The loops.
pub fn loops() -> Loops {
    Loops::of::<Plain>()
}
