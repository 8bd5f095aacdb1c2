// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! The innermost loops, compiled for speed in a module that is compiled for size.
//!
//! The level of optimisation belongs to a crate, and generic functions to the crate that names
//! their types: this one.

#![no_std]

#[cfg(target_arch = "wasm32")]
use demos_engine_core::kernel::Rows;
use demos_engine_core::kernel::{Arithmetic, Loops};

/// Two roundings: WebAssembly cannot fuse them.
struct Plain;

impl Arithmetic for Plain {
    #[inline(always)]
    fn fma(a: f64, b: f64, c: f64) -> f64 {
        a * b + c
    }

    #[cfg(target_arch = "wasm32")]
    fn tile(left: Rows, right: Rows, rank: usize) -> [[f64; 8]; 4] {
        tile(left, right, rank)
    }
}

/// The tile in vectors of two, which the compiler does not find when it optimises for size.
#[cfg(target_arch = "wasm32")]
#[inline(never)]
fn tile(left: Rows, right: Rows, rank: usize) -> [[f64; 8]; 4] {
    use core::arch::wasm32::{f64x2_add, f64x2_mul, f64x2_splat, v128, v128_load, v128_store};
    let mut tile = [[0.0; 8]; 4];
    let last = rank.saturating_sub(1);
    assert!(rank == 0 || last * left.stride + 4 <= left.values.len());
    assert!(rank == 0 || last * right.stride + 8 <= right.values.len());
    macro_rules! rows {
        ($($row:literal: $($sum:ident $column:literal),+;)+) => {{
            $($(let mut $sum = f64x2_splat(0.0);)+)+
            for r in 0..rank {
                // SAFETY: the longest row ends inside the slice.
                let (a, b) = unsafe {
                    (left.values.as_ptr().add(r * left.stride), right.values.as_ptr().add(r * right.stride))
                };
                $(
                    let scale = f64x2_splat(unsafe { *a.add($row) });
                    $($sum = f64x2_add(f64x2_mul(scale, unsafe { v128_load(b.add($column).cast()) }), $sum);)+
                )+
            }
            $($(
                // SAFETY: two elements of a row of eight.
                unsafe { v128_store(tile[$row].as_mut_ptr().add($column).cast::<v128>(), $sum) };
            )+)+
        }};
    }
    rows! {
        0: a0 0, a1 2, a2 4, a3 6;
        1: b0 0, b1 2, b2 4, b3 6;
        2: c0 0, c1 2, c2 4, c3 6;
        3: d0 0, d1 2, d2 4, d3 6;
    }
    tile
}

/// The loops.
pub fn loops() -> Loops {
    Loops::of::<Plain>()
}
