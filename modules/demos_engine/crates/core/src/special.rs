// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Special functions that the standard library lacks.

// Coefficients are kept as published.
#![allow(clippy::excessive_precision)]

#[cfg(target_arch = "wasm32")]
use crate::float::Float;
use core::f64::consts::{FRAC_1_SQRT_2, PI};

/// ln Γ(x) for x > 0, to about 1e-15 relative.
pub fn ln_gamma(x: f64) -> f64 {
    if x >= 16.0 {
        return (x - 0.5) * x.ln() - x + 0.5 * (2.0 * PI).ln() + stirling(x);
    }
    let mut product = 1.0;
    let mut y = x;
    while y < 16.0 {
        product *= y;
        y += 1.0;
    }
    (y - 0.5) * y.ln() - y + 0.5 * (2.0 * PI).ln() + stirling(y) - product.ln()
}

/// Probability that χ² with `dof` degrees of freedom exceeds `x`: Q(dof/2, x/2).
///
/// A series below dof + 2, Lentz's continued fraction above (Numerical Recipes, section 6.2).
pub fn chi_square_tail(x: f64, dof: f64) -> f64 {
    let (a, x) = (0.5 * dof, 0.5 * x);
    if x <= 0.0 {
        return 1.0;
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let mut term = 1.0 / a;
        let mut sum = term;
        let mut n = a;
        while term > sum * 1e-17 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return (1.0 - front * sum).max(0.0);
    }
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut h = d;
    for i in 1..10_000 {
        let n = f64::from(i);
        let an = -n * (n - a);
        b += 2.0;
        d = an * d + b;
        d = 1.0 / if d.abs() < TINY { TINY } else { d };
        c = b + an / c;
        c = if c.abs() < TINY { TINY } else { c };
        let step = d * c;
        h *= step;
        if (step - 1.0).abs() < 1e-16 {
            break;
        }
    }
    front * h
}

/// The part of ln Γ beyond Stirling's formula, for x >= 16.
fn stirling(x: f64) -> f64 {
    let y = 1.0 / (x * x);
    (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y * (1.0 / 1680.0 - y / 1188.0)))) / x
}

/// ln Γ(n + 1) - n ln n + n: the constant that the saturated Poisson term leaves out.
///
/// Written so that nothing cancels for counts of 1e11 and more.
pub fn saturated_constant(n: f64) -> f64 {
    if n <= 0.0 {
        0.0
    } else if n >= 16.0 {
        0.5 * (2.0 * PI * n).ln() + stirling(n)
    } else {
        ln_gamma(n + 1.0) - n * n.ln() + n
    }
}

/// exp(x²) erfc(x) for x >= 0.5 (rational approximations of W. J. Cody, 1969).
fn scaled_erfc(x: f64) -> f64 {
    if x <= 4.0 {
        const P: [f64; 9] = [
            5.641_884_969_886_700_9e-1,
            8.883_149_794_388_375_9,
            6.611_919_063_714_163e1,
            2.986_351_381_974_001_3e2,
            8.819_522_212_417_690_9e2,
            1.712_047_612_634_070_6e3,
            2.051_078_377_826_071_5e3,
            1.230_339_354_797_997_2e3,
            2.153_115_354_744_038_5e-8,
        ];
        const Q: [f64; 8] = [
            1.574_492_611_070_983_5e1,
            1.176_939_508_913_124_9e2,
            5.371_811_018_620_098_6e2,
            1.621_389_574_566_690_2e3,
            3.290_799_235_733_459_6e3,
            4.362_619_090_143_247e3,
            3.439_367_674_143_721_6e3,
            1.230_339_354_803_749_4e3,
        ];
        let mut top = P[8] * x;
        let mut bottom = x;
        for i in 0..7 {
            top = (top + P[i]) * x;
            bottom = (bottom + Q[i]) * x;
        }
        return (top + P[7]) / (bottom + Q[7]);
    }
    const P: [f64; 6] = [
        3.053_266_349_612_323_4e-1,
        3.603_448_999_498_044_4e-1,
        1.257_817_261_112_292_5e-1,
        1.608_378_514_874_227_7e-2,
        6.587_491_615_298_378e-4,
        1.631_538_713_730_209_8e-2,
    ];
    const Q: [f64; 5] = [
        2.568_520_192_289_822,
        1.872_952_849_923_460_4,
        5.279_051_029_514_284e-1,
        6.051_834_131_244_132e-2,
        2.335_204_976_268_691_8e-3,
    ];
    let y = 1.0 / (x * x);
    let mut top = P[5] * y;
    let mut bottom = y;
    for i in 0..4 {
        top = (top + P[i]) * y;
        bottom = (bottom + Q[i]) * y;
    }
    let tail = y * (top + P[4]) / (bottom + Q[4]);
    (1.0 / PI.sqrt() - tail) / x
}

/// erf(x) for |x| <= 0.5 (Cody).
fn small_erf(x: f64) -> f64 {
    const P: [f64; 5] = [
        3.161_123_743_870_565_6,
        1.138_641_541_510_501_6e2,
        3.774_852_376_853_020_2e2,
        3.209_377_589_138_469_5e3,
        1.857_777_061_846_031_5e-1,
    ];
    const Q: [f64; 4] = [
        2.360_129_095_234_412_1e1,
        2.440_246_379_344_441_7e2,
        1.282_616_526_077_372_3e3,
        2.844_236_833_439_170_6e3,
    ];
    let y = x * x;
    let mut top = P[4] * y;
    let mut bottom = y;
    for i in 0..3 {
        top = (top + P[i]) * y;
        bottom = (bottom + Q[i]) * y;
    }
    x * (top + P[3]) / (bottom + Q[3])
}

/// Logarithm of the standard normal distribution function, accurate in both tails.
pub fn ln_normal_cdf(x: f64) -> f64 {
    let z = -x * FRAC_1_SQRT_2;
    if z > 0.5 {
        (0.5 * scaled_erfc(z)).ln() - 0.5 * x * x
    } else if z >= -0.5 {
        (0.5 - 0.5 * small_erf(z)).ln()
    } else {
        (-0.5 * scaled_erfc(-z) * (-0.5 * x * x).exp()).ln_1p()
    }
}

/// Standard normal distribution function.
pub fn normal_cdf(x: f64) -> f64 {
    ln_normal_cdf(x).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() <= tolerance * b.abs().max(1e-300), "{:e} is not {:e}", a, b);
    }

    #[test]
    fn ln_gamma_of_known_arguments() {
        near(ln_gamma(0.5), 0.5 * PI.ln(), 1e-14);
        near(ln_gamma(5.0), 24_f64.ln(), 1e-14);
        near(ln_gamma(101.0), 363.739_375_555_563_5, 1e-14);
        assert!(ln_gamma(1.0).abs() < 1e-14 && ln_gamma(2.0).abs() < 1e-14);
    }

    #[test]
    fn the_constant_is_continuous_where_the_formula_changes() {
        near(saturated_constant(15.999_999_999), saturated_constant(16.000_000_001), 1e-9);
        near(saturated_constant(1.9e11), 0.5 * (2.0 * PI * 1.9e11).ln(), 1e-12);
        assert_eq!(saturated_constant(0.0), 0.0);
    }

    #[test]
    fn normal_cdf_in_the_bulk_and_the_tails() {
        near(normal_cdf(0.0), 0.5, 1e-15);
        near(normal_cdf(1.0), 0.841_344_746_068_542_9, 1e-14);
        near(normal_cdf(-1.0), 0.158_655_253_931_457_05, 1e-14);
        near(normal_cdf(-8.0), 6.220_960_574_271_785e-16, 1e-12);
        near(ln_normal_cdf(-40.0), -804.608_442_013_753_9, 1e-13);
        near(normal_cdf(-0.3), 0.382_088_577_811_047_3, 1e-14);
    }
}
