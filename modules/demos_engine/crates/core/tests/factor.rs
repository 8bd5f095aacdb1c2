// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! The factorisation that knows a matrix's structure against elimination that knows nothing.

use demos_engine_core::arithmetic::Separate;
use demos_engine_core::kernel::stride;
use demos_engine_core::linalg::{Factor, Pattern};
use demos_engine_core::loops::Loops;
use demos_engine_core::random::Random;

/// Sizes around the widths of tiles, strips and panels, and larger ones.
const SIZES: [usize; 14] = [1, 2, 3, 7, 8, 9, 16, 31, 32, 33, 40, 65, 100, 197];

struct Matrix {
    size: usize,
    slots: usize,
    cluster_end: Vec<usize>,
    /// All elements, by rows.
    full: Vec<f64>,
}

impl Matrix {
    /// Random and positive definite; the first `slots` rows couple in clusters of up to `cluster`.
    fn random(size: usize, slots: usize, cluster: usize, random: &mut Random) -> Matrix {
        let cluster_end: Vec<usize> =
            (0..slots).map(|i| (i / cluster * cluster + cluster).min(slots)).collect();
        let mut full = vec![0.0; size * size];
        for i in 0..size {
            for j in i + 1..size {
                let coupled = j >= slots || j < cluster_end[i];
                let x = if coupled { random.normal() } else { 0.0 };
                full[i * size + j] = x;
                full[j * size + i] = x;
            }
        }
        for i in 0..size {
            let others: f64 = full[i * size..(i + 1) * size].iter().map(|x| x.abs()).sum();
            full[i * size + i] = 0.1 + others;
        }
        Matrix { size, slots, cluster_end, full }
    }

    fn pattern(&self) -> Pattern<'_> {
        Pattern { size: self.size, slots: self.slots, cluster_end: &self.cluster_end }
    }

    /// As the kernel writes it: what the pattern leaves out is not even zero.
    fn upper(&self) -> Vec<f64> {
        let stride = stride(self.size);
        let mut upper = vec![f64::NAN; self.size * stride + 8];
        for i in 0..self.size {
            for j in i..self.size {
                if i >= self.slots || j >= self.slots || j < self.cluster_end[i] {
                    upper[i * stride + j] = self.full[i * self.size + j];
                }
            }
        }
        upper
    }

    fn times(&self, x: &[f64]) -> Vec<f64> {
        self.full.chunks(self.size).map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum()).collect()
    }

    /// Gauss-Jordan elimination; rows that are not free are those of the unit matrix.
    fn solve(&self, free: &[bool], damping: f64, right: &[f64]) -> Vec<f64> {
        let size = self.size;
        let mut full = self.full.clone();
        let mut x = right.to_vec();
        for i in 0..size {
            for j in 0..size {
                let element = &mut full[i * size + j];
                if !free[i] || !free[j] {
                    *element = if i == j { 1.0 } else { 0.0 };
                } else if i == j {
                    *element *= 1.0 + damping;
                }
            }
        }
        for i in 0..size {
            for r in (0..size).filter(|&r| r != i) {
                let multiplier = full[r * size + i] / full[i * size + i];
                for j in i..size {
                    full[r * size + j] -= multiplier * full[i * size + j];
                }
                x[r] -= multiplier * x[i];
            }
        }
        (0..size).map(|i| x[i] / full[i * size + i]).collect()
    }
}

fn near(found: &[f64], wanted: &[f64], what: &str) {
    let scale = wanted.iter().fold(1e-300, |a: f64, x| a.max(x.abs()));
    for (i, (x, y)) in found.iter().zip(wanted).enumerate() {
        assert!((x - y).abs() < 1e-12 * scale, "{}, element {}: {} is not {}", what, i, x, y);
    }
}

/// Every size without, with few, with many and with only per-bin factors, for every arithmetic.
fn every(check: &mut dyn FnMut(&Matrix, Loops, &mut Random, &str)) {
    let mut random = Random::new(8, 0);
    for &size in &SIZES {
        for &(slots, cluster) in &[(0, 1), (size / 10, 1), (size / 2, 3), (size, 2)] {
            let matrix = Matrix::random(size, slots, cluster, &mut random);
            for (name, loops) in [("native", Loops::native()), ("portable", Loops::of::<Separate>())] {
                let what = format!("{} parameters, {} per bin, {}", size, slots, name);
                check(&matrix, loops, &mut random, &what);
            }
        }
    }
}

#[test]
fn solutions_are_those_of_plain_elimination() {
    every(&mut |matrix, loops, random, what| {
        let mut factor = Factor::new(matrix.size, loops);
        let right: Vec<f64> = (0..matrix.size).map(|_| random.normal()).collect();
        let all = vec![true; matrix.size];
        let some: Vec<bool> = (0..matrix.size).map(|i| i % 5 != 2).collect();
        for (free, damping) in [(&all, 0.0), (&some, 0.0), (&all, 0.3), (&some, 1e3)] {
            assert!(factor.factor(&matrix.upper(), matrix.pattern(), free, damping), "{}", what);
            let mut x = right.clone();
            factor.solve(matrix.pattern(), &mut x);
            near(&x, &matrix.solve(free, damping, &right), what);
            assert_eq!((factor.flat, factor.negative), (0, None), "{}", what);
        }
    });
}

#[test]
fn products_are_those_of_the_whole_matrix() {
    every(&mut |matrix, loops, random, what| {
        let factor = Factor::new(matrix.size, loops);
        let x: Vec<f64> = (0..matrix.size).map(|_| random.normal()).collect();
        let mut product = vec![f64::NAN; matrix.size];
        factor.multiply(matrix.pattern(), &matrix.upper(), &x, &mut product);
        near(&product, &matrix.times(&x), what);
    });
}

#[test]
fn what_was_factored_before_leaves_no_trace() {
    every(&mut |matrix, loops, random, what| {
        let right: Vec<f64> = (0..matrix.size).map(|_| random.normal()).collect();
        let free = vec![true; matrix.size];
        let solution = |factor: &mut Factor| {
            assert!(factor.factor(&matrix.upper(), matrix.pattern(), &free, 0.0), "{}", what);
            let mut x = right.clone();
            factor.solve(matrix.pattern(), &mut x);
            x
        };
        let fresh = solution(&mut Factor::new(matrix.size, loops));
        let mut used = Factor::new(matrix.size, loops);
        for &rubbish in &[1e300, f64::INFINITY, f64::NAN] {
            let other = vec![rubbish; matrix.upper().len()];
            used.factor(&other, matrix.pattern(), &free, 0.0);
            assert_eq!(solution(&mut used), fresh, "{}", what);
        }
    });
}

#[test]
fn a_saddle_is_found_wherever_it_is_and_left_downwards() {
    every(&mut |matrix, loops, _, what| {
        for row in [0, matrix.size / 2, matrix.size - 1] {
            let mut saddle =
                Matrix { cluster_end: matrix.cluster_end.clone(), full: matrix.full.clone(), ..*matrix };
            saddle.full[row * matrix.size + row] *= -1.0;
            let mut factor = Factor::new(matrix.size, loops);
            let free = vec![true; matrix.size];
            assert!(!factor.factor(&saddle.upper(), saddle.pattern(), &free, 0.0), "{}", what);
            let mut x = vec![0.0; matrix.size];
            assert!(factor.negative_direction(saddle.pattern(), &mut x), "{}", what);
            let curvature: f64 = saddle.times(&x).iter().zip(&x).map(|(a, b)| a * b).sum();
            assert!(curvature < 0.0, "{}, row {}: {}", what, row, curvature);
        }
    });
}

#[test]
fn a_direction_without_information_is_counted_and_stays() {
    every(&mut |matrix, loops, random, what| {
        let idle = matrix.size - 1;
        let mut blind =
            Matrix { cluster_end: matrix.cluster_end.clone(), full: matrix.full.clone(), ..*matrix };
        for i in 0..matrix.size {
            blind.full[i * matrix.size + idle] = 0.0;
            blind.full[idle * matrix.size + i] = 0.0;
        }
        let mut factor = Factor::new(matrix.size, loops);
        assert!(factor.factor(&blind.upper(), blind.pattern(), &vec![true; matrix.size], 0.0), "{}", what);
        assert_eq!(factor.flat, 1, "{}", what);
        let mut x: Vec<f64> = (0..matrix.size).map(|_| random.normal()).collect();
        factor.solve(blind.pattern(), &mut x);
        assert_eq!(x[idle], 0.0, "{}", what);
    });
}
