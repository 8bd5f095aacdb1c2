// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Functions of real numbers that the language has only with its standard library.

use core::arch::wasm32::{f64x2_abs, f64x2_extract_lane, f64x2_floor, f64x2_splat, f64x2_sqrt};

mod runtime {
    // The compiler's run-time library for this target brings these.
    extern "C" {
        pub fn exp(x: f64) -> f64;
        pub fn log(x: f64) -> f64;
        pub fn log1p(x: f64) -> f64;
        pub fn round(x: f64) -> f64;
    }
}

/// The methods of the standard library's `f64`.
pub trait Float {
    /// |x|
    fn abs(self) -> f64;
    /// √x
    fn sqrt(self) -> f64;
    /// The largest integer that is not larger.
    fn floor(self) -> f64;
    /// The nearest integer.
    fn round(self) -> f64;
    /// eˣ
    fn exp(self) -> f64;
    /// ln x
    fn ln(self) -> f64;
    /// ln(1 + x)
    fn ln_1p(self) -> f64;
}

impl Float for f64 {
    #[inline(always)]
    fn abs(self) -> f64 {
        f64x2_extract_lane::<0>(f64x2_abs(f64x2_splat(self)))
    }

    #[inline(always)]
    fn sqrt(self) -> f64 {
        f64x2_extract_lane::<0>(f64x2_sqrt(f64x2_splat(self)))
    }

    #[inline(always)]
    fn floor(self) -> f64 {
        f64x2_extract_lane::<0>(f64x2_floor(f64x2_splat(self)))
    }

    #[inline]
    fn round(self) -> f64 {
        // SAFETY: a function of its argument alone, as are the next three.
        unsafe { runtime::round(self) }
    }

    #[inline]
    fn exp(self) -> f64 {
        unsafe { runtime::exp(self) }
    }

    #[inline]
    fn ln(self) -> f64 {
        unsafe { runtime::log(self) }
    }

    #[inline]
    fn ln_1p(self) -> f64 {
        unsafe { runtime::log1p(self) }
    }
}
