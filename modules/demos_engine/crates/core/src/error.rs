// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Findings: what is wrong with an input, and where.

use crate::prelude::*;
use core::fmt;

/// Why an input was refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// A code of the finding taxonomy, such as `length_mismatch`.
    pub code: &'static str,
    /// JSON pointer of the place (empty: the whole document).
    pub pointer: String,
    /// What is wrong, in a sentence that names the object.
    pub message: String,
}

impl Error {
    /// A finding at a JSON pointer.
    pub fn new(code: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Box<Error> {
        Box::new(Error { code, pointer: pointer.into(), message: message.into() })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pointer.is_empty() {
            write!(f, "{}: {}", self.code, self.message)
        } else {
            write!(f, "{} at {}: {}", self.code, self.pointer, self.message)
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl std::error::Error for Error {}

/// Result of everything that reads input; an error is rare and takes one word on the way.
pub type Result<T> = core::result::Result<T, Box<Error>>;
