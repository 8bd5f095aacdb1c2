// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Reproducible random numbers: every stream depends on its seed and index only.

use crate::constraint::Constraint;
use crate::data::Data;
use crate::fit::Work;
#[cfg(target_arch = "wasm32")]
use crate::float::Float;
use crate::infer::expected_data;
use crate::model::Model;
use crate::special::ln_gamma;

/// xoshiro256++ seeded by splitmix64.
#[derive(Clone, Debug)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream `index` of a seed.
    pub fn new(seed: u64, index: u64) -> Random {
        let mut x = seed ^ index.wrapping_mul(0xD1B5_4A32_D192_ED03).rotate_left(17);
        let mut next = || {
            x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = x;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        };
        Random { state: [next(), next(), next(), next()] }
    }

    fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Uniform in the open interval (0, 1).
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64)
    }

    /// Standard normal (Marsaglia's polar method).
    pub fn normal(&mut self) -> f64 {
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square < 1.0 && square > 0.0 {
                return x * (-2.0 * square.ln() / square).sqrt();
            }
        }
    }

    /// Poisson: inversion for small means, Hörmann's PTRS for others, a Gaussian beyond 1e15.
    pub fn poisson(&mut self, mean: f64) -> f64 {
        if mean.is_nan() || mean <= 0.0 {
            return 0.0;
        }
        if mean > 1e15 {
            return (mean + mean.sqrt() * self.normal()).round();
        }
        if mean < 10.0 {
            let mut count = 0.0;
            let mut product = self.uniform();
            let limit = (-mean).exp();
            while product > limit {
                count += 1.0;
                product *= self.uniform();
            }
            return count;
        }
        let root = mean.sqrt();
        let b = 0.931 + 2.53 * root;
        let a = -0.059 + 0.024_83 * b;
        let inverse = 1.1239 + 1.1328 / (b - 3.4);
        let squeeze = 0.9277 - 3.6224 / (b - 2.0);
        loop {
            let u = self.uniform() - 0.5;
            let v = self.uniform();
            let us = 0.5 - u.abs();
            let k = ((2.0 * a / us + b) * u + mean + 0.43).floor();
            if us >= 0.07 && v <= squeeze {
                return k;
            }
            if k < 0.0 || (us < 0.013 && v > us) {
                continue;
            }
            let left = v.ln() + inverse.ln() - (a / (us * us) + b).ln();
            if left <= k * mean.ln() - mean - ln_gamma(k + 1.0) {
                return k;
            }
        }
    }
}

/// Draw pseudo-data, auxiliary measurements included, from a parameter point.
pub fn pseudo_data(model: &Model, theta: &[f64], random: &mut Random, work: &mut Work) -> Data {
    drawn(model, expected_data(model, theta, work), random)
}

/// One data set from what is expected.
pub fn drawn(model: &Model, expected: Data, random: &mut Random) -> Data {
    // pyhf's order, so that the numbers do not depend on the elimination order.
    let counts = expected.counts.iter().map(|&mean| random.poisson(mean)).collect();
    let mut aux = expected.aux;
    for &at in &model.internal {
        aux[at] = match model.constraints[at] {
            Constraint::Free => aux[at],
            Constraint::Normal { sigma } => aux[at] + sigma * random.normal(),
            Constraint::Poisson { .. } => random.poisson(aux[at]),
        };
    }
    // Only differences of -ln L are asked of pseudo-data: the constant is left out.
    Data { counts, aux, constant: 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    #[test]
    fn poisson_has_its_mean_and_variance_in_every_regime() {
        for (n, mean) in [0.3, 4.0, 12.0, 350.0, 4e6].iter().enumerate() {
            let mut random = Random::new(7, n as u64);
            let size = 40_000;
            let draws: Vec<f64> = (0..size).map(|_| random.poisson(*mean)).collect();
            let average = draws.iter().sum::<f64>() / size as f64;
            let variance = draws.iter().map(|x| (x - average).powi(2)).sum::<f64>() / size as f64;
            let error = (mean / size as f64).sqrt();
            assert!((average - mean).abs() < 4.5 * error, "mean {} of {}", average, mean);
            let spread = 4.5 * ((2.0 + 1.0 / mean) / size as f64).sqrt();
            assert!((variance / mean - 1.0).abs() < spread, "variance {} of {}", variance, mean);
        }
    }

    #[test]
    fn streams_are_independent_of_each_other_and_reproducible() {
        let draw = |index| Random::new(1, index).uniform();
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }
}
