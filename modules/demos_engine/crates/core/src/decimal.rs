// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Numbers as texts: shortest digits that give the same double, and the nearest double of a text.
//!
//! In a browser its own functions do this: with the library's tables a module would be a third larger.

use crate::prelude::*;

/// The double nearest to a JSON number; infinite beyond their range.
#[cfg(not(target_arch = "wasm32"))]
pub fn read(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

/// The shortest text that reads as the same double.
#[cfg(not(target_arch = "wasm32"))]
pub fn write(number: f64) -> String {
    format!("{:?}", number)
}

#[cfg(target_arch = "wasm32")]
mod host {
    /// Longest text of a double.
    pub const LONGEST: usize = 32;

    #[link(wasm_import_module = "host")]
    extern "C" {
        /// The double nearest to a number's text.
        pub fn read_number(text: *const u8, length: usize) -> f64;
        /// Write a double into `LONGEST` bytes; returns how many are used.
        pub fn write_number(number: f64, text: *mut u8) -> usize;
    }
}

/// The double nearest to a JSON number; infinite beyond their range.
#[cfg(target_arch = "wasm32")]
pub fn read(text: &str) -> f64 {
    // SAFETY: the host reads these bytes only.
    unsafe { host::read_number(text.as_ptr(), text.len()) }
}

/// The shortest text that reads as the same double.
#[cfg(target_arch = "wasm32")]
pub fn write(number: f64) -> String {
    let mut text = vec![0; host::LONGEST];
    // SAFETY: the host writes ASCII into these bytes only and says how many.
    let length = unsafe { host::write_number(number, text.as_mut_ptr()) };
    text.truncate(length);
    String::from_utf8(text).unwrap_or_default()
}
