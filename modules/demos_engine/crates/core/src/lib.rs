// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Likelihoods, fits and limits of HistFactory models.
//!
//! No dependencies, no threads, no input or output, no standard library but for its real functions:
//! this crate also runs as WebAssembly, and compiles with Rust 1.63.

#![no_std]
// Index loops run over several arrays at once here; zipping five of them hides the formula.
#![allow(clippy::needless_range_loop)]
// `clamp` panics on crossed or NaN bounds; `max` and `min` do not.
#![allow(clippy::manual_clamp)]

extern crate alloc;
#[cfg(not(target_arch = "wasm32"))]
extern crate std;

#[macro_use]
pub mod text;

pub mod answer;
pub mod arithmetic;
pub mod ask;
pub mod call;
pub mod constraint;
pub mod contour;
pub mod data;
pub mod decimal;
pub mod error;
pub mod expected;
pub mod fit;
#[cfg(target_arch = "wasm32")]
pub mod float;
pub mod gof;
pub mod infer;
pub mod json;
pub mod kernel;
pub mod lanes;
pub mod limit;
pub mod linalg;
pub mod loops;
pub mod model;
pub mod names;
pub mod patch;
pub mod pointer;
mod prelude;
pub mod random;
pub mod ranking;
pub mod report;
pub mod sample;
pub mod scan;
pub mod search;
pub mod setup;
pub mod simplify;
pub mod spec;
pub mod special;
pub mod toys;
