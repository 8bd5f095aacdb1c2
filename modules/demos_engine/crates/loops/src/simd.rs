// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! The loops in WebAssembly's vectors of two, which the compiler does not find when it optimises for size.
//!
//! None of them is inlined: where they are called the code is to stay small.

use core::arch::wasm32::{
    f64x2_add, f64x2_extract_lane, f64x2_mul, f64x2_splat, v128, v128_load, v128_store,
};

use demos_engine_core::arithmetic::Rows;

/// Σ a b
#[inline(never)]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let size = a.len().min(b.len());
    let (a, b) = (a.as_ptr(), b.as_ptr());
    let (mut even, mut odd) = (f64x2_splat(0.0), f64x2_splat(0.0));
    let mut i = 0;
    while i + 4 <= size {
        // SAFETY: four elements of both from `i` on.
        unsafe {
            let (a, b) = (a.add(i).cast::<v128>(), b.add(i).cast::<v128>());
            even = f64x2_add(f64x2_mul(v128_load(a), v128_load(b)), even);
            odd = f64x2_add(f64x2_mul(v128_load(a.add(1)), v128_load(b.add(1))), odd);
        }
        i += 4;
    }
    let sums = f64x2_add(even, odd);
    let mut sum = f64x2_extract_lane::<0>(sums) + f64x2_extract_lane::<1>(sums);
    while i < size {
        // SAFETY: inside both.
        sum += unsafe { *a.add(i) * *b.add(i) };
        i += 1;
    }
    sum
}

/// y += scale x
#[inline(never)]
pub fn axpy(scale: f64, x: &[f64], y: &mut [f64]) {
    let size = x.len().min(y.len());
    let (x, y) = (x.as_ptr(), y.as_mut_ptr());
    let factor = f64x2_splat(scale);
    let mut i = 0;
    while i + 4 <= size {
        // SAFETY: four elements of both from `i` on.
        unsafe {
            let (x, y) = (x.add(i).cast::<v128>(), y.add(i).cast::<v128>());
            let even = f64x2_add(f64x2_mul(factor, v128_load(x)), v128_load(y));
            let odd = f64x2_add(f64x2_mul(factor, v128_load(x.add(1))), v128_load(y.add(1)));
            v128_store(y, even);
            v128_store(y.add(1), odd);
        }
        i += 4;
    }
    while i < size {
        // SAFETY: inside both.
        unsafe { *y.add(i) += scale * *x.add(i) };
        i += 1;
    }
}

/// `tile` = Σᵣ leftᵣ[..4] ⊗ rightᵣ[..8]
#[inline(never)]
pub fn tile(left: Rows, right: Rows, rank: usize, tile: &mut [[f64; 8]; 4]) {
    let last = rank.saturating_sub(1);
    let fits = last * left.stride + 4 <= left.values.len() && last * right.stride + 8 <= right.values.len();
    assert!(rank == 0 || fits);
    macro_rules! columns {
        ($from:ident, $($row:literal: $low:ident $high:ident;)+) => {{
            $(let (mut $low, mut $high) = (f64x2_splat(0.0), f64x2_splat(0.0));)+
            let (mut a, mut b) = (left.values.as_ptr(), right.values.as_ptr().wrapping_add($from));
            for _ in 0..rank {
                // SAFETY: the last row ends inside the slice.
                let (first, second) = unsafe { (v128_load(b.cast()), v128_load(b.add(2).cast())) };
                $(
                    let scale = f64x2_splat(unsafe { *a.add($row) });
                    $low = f64x2_add(f64x2_mul(scale, first), $low);
                    $high = f64x2_add(f64x2_mul(scale, second), $high);
                )+
                a = a.wrapping_add(left.stride);
                b = b.wrapping_add(right.stride);
            }
            $(
                // SAFETY: four elements of a row of eight.
                unsafe {
                    let target = tile[$row].as_mut_ptr().add($from).cast::<v128>();
                    v128_store(target, $low);
                    v128_store(target.add(1), $high);
                }
            )+
        }};
    }
    // Four columns at a time: the sums of eight do not fit into the registers.
    for &from in &[0, 4] {
        columns! {
            from,
            0: a0 a1;
            1: b0 b1;
            2: c0 c1;
            3: d0 d1;
        }
    }
}
