// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Expected yields with their uncertainties.

use crate::fit::Work;
use crate::kernel::{cell_derivatives, cells};
use crate::model::Model;
use crate::prelude::*;

/// Yields of one channel.
#[derive(Clone, Debug, Default)]
pub struct ChannelYields {
    /// `[sample][bin]`
    pub yields: Vec<f64>,
    pub errors: Vec<f64>,
    /// `[bin]`
    pub total: Vec<f64>,
    pub total_errors: Vec<f64>,
    /// Uncertainty of the sum over the bins.
    pub sum_error: f64,
}

/// Yields at a parameter point; `covariance` (rows, elimination order) gives the
/// uncertainties by linear propagation, zero without it.
pub fn expected(
    model: &Model,
    theta: &[f64],
    covariance: Option<&[f64]>,
    work: &mut Work,
) -> Vec<ChannelYields> {
    let mut values = Vec::new();
    cells(model, theta, &mut work.scratch, &mut values);
    let mut first = 0;
    let mut result = Vec::with_capacity(model.channels.len());
    for channel in &model.channels {
        let size = channel.samples.len() * channel.bins;
        let yields = values[first..first + size].to_vec();
        first += size;
        let mut total = vec![0.0; channel.bins];
        for row in yields.chunks(channel.bins) {
            for (sum, x) in total.iter_mut().zip(row) {
                *sum += x;
            }
        }
        let errors = vec![0.0; yields.len()];
        let total_errors = vec![0.0; total.len()];
        result.push(ChannelYields { yields, errors, total, total_errors, sum_error: 0.0 });
    }
    if let Some(covariance) = covariance {
        propagate(model, theta, covariance, work, &mut result);
    }
    result
}

fn propagate(
    model: &Model,
    theta: &[f64],
    covariance: &[f64],
    work: &mut Work,
    result: &mut [ChannelYields],
) {
    // One sparse row per cell.
    let mut rows: Vec<Vec<Vec<(u32, f64)>>> =
        result.iter().map(|channel| vec![Vec::new(); channel.yields.len()]).collect();
    cell_derivatives(model, theta, &mut work.scratch, &mut |c, s, bin, id, x| {
        rows[c][s * model.channels[c].bins + bin].push((id, x));
    });
    let size = theta.len();
    let mut row = vec![0.0; size];
    let mut sum = vec![0.0; size];
    for (channel, rows) in result.iter_mut().zip(&rows) {
        let bins = channel.total.len();
        for (error, sparse) in channel.errors.iter_mut().zip(rows) {
            *error = spread(sparse, covariance, size);
        }
        sum.iter_mut().for_each(|x| *x = 0.0);
        for bin in 0..bins {
            row.iter_mut().for_each(|x| *x = 0.0);
            for sparse in rows.iter().skip(bin).step_by(bins) {
                for &(id, x) in sparse {
                    row[id as usize] += x;
                    sum[id as usize] += x;
                }
            }
            channel.total_errors[bin] = spread(&dense(&row), covariance, size);
        }
        channel.sum_error = spread(&dense(&sum), covariance, size);
    }
}

fn dense(row: &[f64]) -> Vec<(u32, f64)> {
    row.iter().enumerate().filter(|(_, &x)| x != 0.0).map(|(i, &x)| (i as u32, x)).collect()
}

/// The standard deviation of a linear function of the parameters.
fn spread(row: &[(u32, f64)], covariance: &[f64], size: usize) -> f64 {
    let mut variance = 0.0;
    // A parameter on which nothing depends has an infinite variance.
    for &(i, x) in row.iter().filter(|(_, x)| *x != 0.0) {
        let line = &covariance[i as usize * size..(i as usize + 1) * size];
        variance += x * row.iter().map(|&(j, y)| y * line[j as usize]).sum::<f64>();
    }
    variance.max(0.0).sqrt()
}
