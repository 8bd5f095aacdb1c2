// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! The Python face of the engine: numpy arrays and plain dictionaries in and out.
//!
//! Private to the package `demos_engine`, which wraps every answer in a typed class.

mod convert;
mod model;
mod parallel;

use pyo3::prelude::*;

/// The extension module.
#[pymodule]
fn _engine(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<model::PyModel>()?;
    module.add("instruction_set", demos_engine_core::arithmetic::instruction_set())?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    Ok(())
}
