// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! What every module may use: this crate does without the standard library.

#[cfg(target_arch = "wasm32")]
pub use crate::float::Float;
pub use alloc::boxed::Box;
#[cfg(any(test, not(target_arch = "wasm32")))]
pub use alloc::format;
pub use alloc::string::String;
pub use alloc::sync::Arc;
pub use alloc::vec;
pub use alloc::vec::Vec;
