// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Independent fits on several threads, with progress and interruption.

use demos_engine_core::fit::Work;
use demos_engine_core::lanes::{Failure, Lanes, Task};
use demos_engine_core::model::Model;
use pyo3::prelude::*;
use rayon::prelude::*;
use std::time::{Duration, Instant};

/// How often progress is reported and signals are looked at.
const PERIOD: Duration = Duration::from_millis(100);

/// Threads for the core's independent tasks.
pub struct Pool {
    pub threads: Option<usize>,
    pub progress: Option<Py<PyAny>>,
}

impl Lanes for Pool {
    type Stop = PyErr;

    fn run<T: Send>(&self, model: &Model, size: usize, task: Task<'_, T>) -> Result<Vec<T>, Failure<PyErr>> {
        Python::with_gil(|py| {
            let progress = self.progress.as_ref().map(|progress| progress.bind(py));
            run(py, model, size, self.threads, progress, task).map_err(Failure::Stopped)
        })
    }
}

/// Run `task(index, work)` for every index; results are in the order of the indices
/// and do not depend on the number of threads.
pub fn run<T, F>(
    py: Python<'_>,
    model: &Model,
    size: usize,
    threads: Option<usize>,
    progress: Option<&Bound<'_, PyAny>>,
    task: F,
) -> PyResult<Vec<T>>
where
    T: Send,
    F: Fn(usize, &mut Work) -> T + Sync,
{
    let pool = match threads {
        Some(threads) if threads > 1 => Some(
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .map_err(|error| pyo3::exceptions::PyRuntimeError::new_err(error.to_string()))?,
        ),
        _ => None,
    };
    let width = threads.unwrap_or_else(rayon::current_num_threads).max(1);
    let mut results = Vec::new();
    let mut batch = width;
    while results.len() < size {
        let range = results.len()..size.min(results.len() + batch);
        let began = Instant::now();
        let part: Vec<T> = py.allow_threads(|| {
            let parallel =
                || range.clone().into_par_iter().map_init(|| Work::new(model), |w, i| task(i, w)).collect();
            match &pool {
                Some(pool) => pool.install(parallel),
                None if width > 1 => parallel(),
                None => {
                    let mut work = Work::new(model);
                    range.clone().map(|i| task(i, &mut work)).collect()
                }
            }
        });
        results.extend(part);
        py.check_signals()?;
        if let Some(progress) = progress {
            progress.call1((results.len(), size))?;
        }
        if began.elapsed() < PERIOD {
            batch = (batch * 2).min(1 << 16);
        }
    }
    Ok(results)
}
