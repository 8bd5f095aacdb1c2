// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Who runs independent fits: one after the other here, on threads where the host has them.

use crate::fit::Work;
use crate::infer::Refusal;
use crate::loops::Loops;
use crate::model::Model;
use crate::prelude::*;
use core::convert::Infallible;

/// One independent task of a question: its number, and room for its fits.
pub type Task<'t, T> = &'t (dyn Fn(usize, &mut Work) -> T + Sync);

/// A way to run independent tasks. Results are in the order of the tasks and depend on nothing else.
pub trait Lanes {
    /// Why the work was given up.
    type Stop;

    /// Run tasks 0 to `size`, each with room for fits of `model`.
    ///
    /// # Errors
    /// The host wants the work to stop.
    fn run<T: Send>(
        &self,
        model: &Model,
        size: usize,
        task: Task<'_, T>,
    ) -> Result<Vec<T>, Failure<Self::Stop>>;
}

/// One task after the other.
pub struct Serial(pub Loops);

impl Lanes for Serial {
    type Stop = Infallible;

    fn run<T: Send>(
        &self,
        model: &Model,
        size: usize,
        task: Task<'_, T>,
    ) -> Result<Vec<T>, Failure<Infallible>> {
        let mut work = Work::with(model, self.0);
        Ok((0..size).map(|n| task(n, &mut work)).collect())
    }
}

/// Why a question was not answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure<S> {
    /// It has no answer.
    Refused(Box<Refusal>),
    /// The host stopped the work.
    Stopped(S),
}

impl<S> From<Box<Refusal>> for Failure<S> {
    fn from(refusal: Box<Refusal>) -> Self {
        Failure::Refused(refusal)
    }
}
