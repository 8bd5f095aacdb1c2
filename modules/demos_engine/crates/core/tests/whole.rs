// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! The crate as its faces use it: what a sanitiser should see run.

use demos_engine_core::arithmetic::Separate;
use demos_engine_core::expected::expected;
use demos_engine_core::fit::{Problem, Status, Work};
use demos_engine_core::infer::{Statistic, Test};
use demos_engine_core::json::parse;
use demos_engine_core::kernel::{evaluate, stride, Mode, Wall};
use demos_engine_core::limit::upper_limit;
use demos_engine_core::loops::Loops;
use demos_engine_core::model::{Model, Signal};
use demos_engine_core::patch::apply;
use demos_engine_core::random::{pseudo_data, Random};
use demos_engine_core::report::{covariance, profile_interval};
use demos_engine_core::search::search;
use demos_engine_core::spec::Interpolation;

const TWO_BINS: &str = r#"{
    "channels": [{"name": "c", "samples": [
        {"name": "signal", "data": [12, 11], "modifiers": [{"name": "mu", "type": "normfactor", "data": null}]},
        {"name": "background", "data": [50, 52], "modifiers": [{"name": "u", "type": "shapesys", "data": [3, 7]}]}
    ]}],
    "observations": [{"name": "c", "data": [51, 48]}],
    "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": []}}],
    "version": "1.0.0"
}"#;

const ALL_TYPES: &str = r#"{
    "channels": [
        {"name": "one", "samples": [
            {"name": "s", "data": [5, 9, 2], "modifiers": [
                {"name": "mu", "type": "normfactor", "data": null}, {"name": "lumi", "type": "lumi", "data": null},
                {"name": "a", "type": "normsys", "data": {"hi": 1.1, "lo": 0.8}}]},
            {"name": "b", "data": [60, 40, 0.4], "modifiers": [
                {"name": "a", "type": "histosys", "data": {"hi_data": [66, 41, 0.5], "lo_data": [58, 37, 0.4]}},
                {"name": "n", "type": "normsys", "data": {"hi": 1.2, "lo": 0.9}},
                {"name": "st", "type": "staterror", "data": [3, 2, 0.1]}]},
            {"name": "x", "data": [10, 10, 1], "modifiers": [
                {"name": "st", "type": "staterror", "data": [1, 1, 0]}, {"name": "sh", "type": "shapesys", "data": [2, 0, 1]}]}
        ]},
        {"name": "two", "samples": [
            {"name": "b", "data": [30, 20], "modifiers": [
                {"name": "free", "type": "shapefactor", "data": null}, {"name": "n", "type": "normsys", "data": {"hi": 0.9, "lo": 1.1}}]}
        ]}
    ],
    "observations": [{"name": "one", "data": [70, 63, 0]}, {"name": "two", "data": [33, 19]}],
    "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": [
        {"name": "lumi", "inits": [1.0], "bounds": [[0.5, 1.5]], "auxdata": [1.0], "sigmas": [0.02]}]}}],
    "version": "1.0.0"
}"#;

fn load(text: &str) -> Model {
    let document = parse(text.as_bytes()).unwrap();
    Model::load(&document, None, None, Interpolation::default()).unwrap()
}

#[test]
fn tests_and_limits_of_the_two_bin_model_are_pyhf_s() {
    let model = load(TWO_BINS);
    let mut work = Work::new(&model);
    let test = Test::new(&model, &model.observed, Statistic::QTilde, None, &mut work).unwrap();
    let cls = test.at(1.0, &mut work).unwrap();
    assert!((cls.observed - 0.052_515_5).abs() < 1e-6, "{:?}", cls);
    let limit = upper_limit(&test, 0.05, 1e-6, &mut work).unwrap();
    let there = test.at(limit.observed, &mut work).unwrap();
    assert!((there.observed - 0.05).abs() < 1e-6, "{:?}", limit);
}

/// Two channels that share most of 40 parameters: samples that only factors change, only templates, and both.
fn many_parameters() -> String {
    let factor = |i: usize| {
        format!(r#"{{"name": "n{}", "type": "normsys", "data": {{"hi": 1.{:02}, "lo": 0.9}}}}"#, i, 5 + i)
    };
    let template = |i: usize| {
        let (up, down) = (20.0 + 0.1 * i as f64, 19.0 - 0.05 * i as f64);
        let data = format!(r#"{{"hi_data": [{}, 31], "lo_data": [{}, 28]}}"#, up, down);
        format!(r#"{{"name": "h{}", "type": "histosys", "data": {}}}"#, i, data)
    };
    let sample = |name: &str, modifiers: Vec<String>| {
        format!(r#"{{"name": "{}", "data": [20, 30], "modifiers": [{}]}}"#, name, modifiers.join(", "))
    };
    let mu = r#"{"name": "mu", "type": "normfactor", "data": null}"#;
    let factors = || (0..24).map(factor).collect::<Vec<String>>();
    let templates = || (0..15).map(template).collect::<Vec<String>>();
    let signal = sample("s", std::iter::once(String::from(mu)).chain(factors()).collect());
    let sparse = (0..24).filter(|i| i % 9 != 4).map(factor).chain((3..15).map(template)).collect();
    let channels = [
        (
            "one",
            [
                signal,
                sample("t", templates()),
                sample("b", factors().into_iter().chain(templates()).collect()),
            ],
        ),
        ("two", [sample("s", vec![String::from(mu)]), sample("t", templates()), sample("b", sparse)]),
    ];
    let channels: Vec<String> = channels
        .iter()
        .map(|(name, samples)| format!(r#"{{"name": "{}", "samples": [{}]}}"#, name, samples.join(", ")))
        .collect();
    format!(
        r#"{{"channels": [{}], "observations": [{{"name": "one", "data": [71, 83]}}, {{"name": "two", "data": [55, 96]}}],
            "measurements": [{{"name": "m", "config": {{"poi": "mu", "parameters": []}}}}], "version": "1.0.0"}}"#,
        channels.join(", ")
    )
}

fn derivatives_are_those_of_the_value(model: &Model, loops: Loops) {
    let mut work = Work::with(model, loops);
    let (size, wall) = (model.parameters(), Wall::STAGES[3]);
    let mut theta = model.init.clone();
    for (i, x) in theta.iter_mut().enumerate() {
        *x += 0.01 * (1.0 + (i % 5) as f64);
    }
    let mut at = |theta: &[f64], mode| {
        let value = evaluate(model, &model.observed, theta, &wall, mode, &mut work.point, &mut work.scratch);
        (value, work.point.gradient.clone(), work.point.hessian.clone())
    };
    let (_, gradient, hessian) = at(&theta, Mode::Exact);
    for i in (0..size).filter(|&i| !model.fixed[i]) {
        let mut shifted = |step: f64| {
            let mut point = theta.clone();
            point[i] += step;
            at(&point, Mode::Exact)
        };
        let (up, down) = (shifted(1e-5), shifted(-1e-5));
        let slope = (up.0 - down.0) / 2e-5;
        assert!((slope - gradient[i]).abs() < 1e-4 * (1.0 + slope.abs()), "slope {}: {}", i, slope);
        for j in i..size {
            let curve = (up.1[j] - down.1[j]) / 2e-5;
            let found = hessian[i * stride(size) + j];
            let tolerance = 1e-4 * (1.0 + curve.abs());
            assert!((curve - found).abs() < tolerance, "curvature {} {}: {} {}", i, j, curve, found);
        }
    }
}

#[test]
fn derivatives_of_all_modifier_types_are_those_of_the_value() {
    for text in [ALL_TYPES, &many_parameters()] {
        derivatives_are_those_of_the_value(&load(text), Loops::native());
        derivatives_are_those_of_the_value(&load(text), Loops::of::<Separate>());
    }
}

#[test]
fn a_fit_of_all_modifier_types_has_yields_uncertainties_and_pseudo_data() {
    let model = load(ALL_TYPES);
    let mut work = Work::new(&model);
    let problem = Problem::new(&model, &model.observed);
    let found = search(&problem, &model.init, true, 4, &mut work);
    assert_eq!(found.best.status, Status::Converged);
    let errors = covariance(&problem, &found.best.theta, &mut work).unwrap();
    let yields = expected(&model, &found.best.theta, Some(&errors), &mut work);
    assert!((yields[1].total[0] - 33.0).abs() < 1e-3 && yields[1].total_errors[0] > 1.0, "{:?}", yields[1]);
    let n = model.index("n").unwrap();
    let width = errors[n * model.parameters() + n].sqrt();
    let (low, high) = profile_interval(&problem, &found.best, n, width, &mut work).unwrap();
    assert!(low.unwrap() < found.best.theta[n] && found.best.theta[n] < high.unwrap());
    let toy = pseudo_data(&model, &found.best.theta, &mut Random::new(1, 0), &mut work);
    let refit = search(&Problem::new(&model, &toy), &found.best.theta, false, 0, &mut work);
    assert_eq!(refit.best.status, Status::Converged);
}

#[test]
fn signals_and_patches_make_other_models() {
    let model = load(ALL_TYPES);
    let signal = Signal { name: "s".to_string(), yields: vec![("two".to_string(), vec![4.0, 1.0])] };
    assert_eq!(model.with_signal(&signal).unwrap().channels[1].samples.len(), 2);
    let patch = br#"[{"op": "replace", "path": "/observations/0/data/0", "value": 75}]"#;
    let patch = parse(patch).unwrap();
    assert_eq!(model.patched(&patch).unwrap().observed.counts[0], 75.0);
    let document = apply(model.document(), &patch).unwrap();
    let again = Model::load(&document, None, None, Interpolation::default()).unwrap();
    assert_eq!(again.observed.counts[0], 75.0);
    let refused = Model::load(&parse(b"{}").unwrap(), None, None, Interpolation::default());
    assert_eq!(refused.unwrap_err().code, "schema_error");
}
