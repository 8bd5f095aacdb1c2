// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! The innermost loops, compiled for an instruction set and chosen at run time.

#[cfg(target_arch = "x86_64")]
use crate::arithmetic::{wide, Fused};
use crate::arithmetic::{Arithmetic, Portable};
use crate::data::Data;
use crate::kernel::{predict, run, run_slope, Mode, Point, Scratch, Wall};
use crate::linalg::{Factor, Pattern};
use crate::model::{Channel, Model};

type Evaluate = fn(&Model, &Data, &[f64], &Wall, Mode, &mut Point, &mut Scratch) -> f64;
type Slope = fn(&Model, &Data, &[f64], &Wall, &mut Point, &mut Scratch);
type Decompose = fn(&mut Factor, &[f64], Pattern, &[bool], f64) -> bool;
type Predict = fn(&Channel, &[f64], &mut Scratch);
type Dot = fn(&[f64], &[f64]) -> f64;
type Axpy = fn(f64, &[f64], &mut [f64]);

/// The innermost loops, compiled for one arithmetic.
#[derive(Clone, Copy)]
pub struct Loops {
    pub(crate) evaluate: Evaluate,
    pub(crate) slope: Slope,
    pub(crate) predict: Predict,
    pub(crate) factor: Decompose,
    pub(crate) dot: Dot,
    pub(crate) axpy: Axpy,
}

impl Loops {
    /// For any arithmetic, compiled in the crate that names it.
    pub fn of<A: Arithmetic>() -> Loops {
        Loops {
            evaluate: run::<A>,
            slope: run_slope::<A>,
            predict: predict::<A>,
            factor: Factor::run::<A>,
            dot: A::dot,
            axpy: A::axpy,
        }
    }

    /// For this processor.
    pub fn native() -> Loops {
        #[cfg(target_arch = "x86_64")]
        {
            if wide() {
                // SAFETY: the features were detected.
                return Loops {
                    evaluate: |model, data, theta, wall, mode, point, scratch| unsafe {
                        evaluate_wide(model, data, theta, wall, mode, point, scratch)
                    },
                    slope: |model, data, theta, wall, point, scratch| unsafe {
                        slope_wide(model, data, theta, wall, point, scratch)
                    },
                    predict: predict::<Portable>,
                    factor: |factor, matrix, pattern, free, damping| unsafe {
                        factor_wide(factor, matrix, pattern, free, damping)
                    },
                    dot: |a, b| unsafe { dot_wide(a, b) },
                    axpy: |scale, x, y| unsafe { axpy_wide(scale, x, y) },
                };
            }
        }
        Loops::of::<Portable>()
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn evaluate_wide(
    model: &Model,
    data: &Data,
    theta: &[f64],
    wall: &Wall,
    mode: Mode,
    point: &mut Point,
    scratch: &mut Scratch,
) -> f64 {
    run::<Fused>(model, data, theta, wall, mode, point, scratch)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn slope_wide(
    model: &Model,
    data: &Data,
    theta: &[f64],
    wall: &Wall,
    point: &mut Point,
    scratch: &mut Scratch,
) {
    run_slope::<Fused>(model, data, theta, wall, point, scratch)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn factor_wide(
    factor: &mut Factor,
    matrix: &[f64],
    pattern: Pattern,
    free: &[bool],
    damping: f64,
) -> bool {
    factor.run::<Fused>(matrix, pattern, free, damping)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn dot_wide(a: &[f64], b: &[f64]) -> f64 {
    Fused::dot(a, b)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn axpy_wide(scale: f64, x: &[f64], y: &mut [f64]) {
    Fused::axpy(scale, x, y);
}
