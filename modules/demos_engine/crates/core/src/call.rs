// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Every question about a model, by name: a request of JSON types in, an answer of JSON types out.
//!
//! Both faces (Python, JavaScript) ask through here, so that a question has one meaning. Arrays are in
//! pyhf's order of parameters.

use crate::answer::{texts, Object};
use crate::ask::{bad, Ask};
use crate::constraint::Constraint;
use crate::contour::contours;
use crate::decimal;
use crate::expected::expected;
use crate::fit::{Fit, Problem, Status, Work};
use crate::gof::goodness;
use crate::infer::{free_poi, Cls, Refusal, Statistic, Test};
use crate::json::Value;
use crate::lanes::{Failure, Lanes};
use crate::limit::upper_limit;
use crate::model::Model;
use crate::prelude::*;
use crate::ranking::{centre, impacts, known, pulls, widths};
use crate::report::{certificate, covariance, nonzero_or_zero, profile_interval, standing};
use crate::scan::{around, scan};
use crate::search::{search, Search};
use crate::setup::{arranged, index, notes, KEYS};
use crate::simplify::simplified;
use crate::special::ln_normal_cdf;
use crate::text::quoted;

/// Most points of one scan, curve or contour, and most restarts.
pub const MOST_POINTS: usize = 100_000;
/// Most pseudo-experiments per hypothesis.
pub const MOST_TOYS: usize = 10_000_000;
/// Other starts that the search for the lowest minimum tries.
const RESTARTS: usize = 8;

/// The questions.
pub const OPERATIONS: [&str; 13] = [
    "model",
    "expected",
    "fit",
    "cls",
    "curve",
    "upper_limit",
    "significance",
    "gof",
    "scan",
    "contour",
    "pulls",
    "impacts",
    "simplify",
];

type Answer<S> = Result<Value, Failure<S>>;

/// Ask `operation` of a model.
///
/// # Errors
/// A refusal with its code, the JSON pointer of the option to blame if one is, and a message; or the
/// host stopped the work.
pub fn call<L: Lanes>(
    model: &Model,
    operation: &str,
    request: &Value,
    work: &mut Work,
    lanes: &L,
) -> Answer<L::Stop> {
    let (known, answer): (&[&str], Ask1<L>) = match operation {
        "model" => return Ok(describe(model)),
        "expected" => (&["stage", "parameters", "uncertainties"], yields),
        "fit" => (&["start", "restarts", "uncertainties", "covariance", "correlations", "intervals"], fit),
        "cls" => (&["mu", "test_stat", "calculator", "toys", "seed", "distributions"], cls),
        "curve" => (&["mu", "test_stat"], curve),
        "upper_limit" => (&["confidence_level", "test_stat", "rtol"], limit),
        "significance" => (&["calculator", "toys", "seed"], significance),
        "gof" => (&["calculator", "toys", "seed", "distributions"], gof),
        "scan" => (&["parameters", "points", "sigmas"], profile),
        "contour" => (&["parameters", "levels", "points"], contour),
        "pulls" => (&[], all_pulls),
        "impacts" => (&[], all_impacts),
        "simplify" => (&[], simple),
        other => {
            let mut message = text!["there is no operation ", quoted(other), " but"];
            for name in OPERATIONS {
                message.push(' ');
                message.push_str(name);
            }
            return Err(Refusal::new("unknown_operation", message).into());
        }
    };
    let ask = Ask::new(request, known, &KEYS)?;
    let model = arranged(model, &ask, work)?;
    answer(&Case { model: &model, ask, notes: Vec::new() }, work, lanes)
}

/// One question of a model that is arranged for it.
struct Case<'a> {
    model: &'a Model,
    ask: Ask<'a>,
    notes: Vec<String>,
}

type Ask1<L> = fn(&Case<'_>, &mut Work, &L) -> Answer<<L as Lanes>::Stop>;

impl<'a> Case<'a> {
    fn problem(&self) -> Problem<'_> {
        Problem::new(self.model, &self.model.observed)
    }

    /// The lowest minimum found, or why there is none.
    fn best(&self, work: &mut Work) -> Result<Fit, Box<Refusal>> {
        let problem = self.problem();
        let found = search(&problem, &self.model.init, true, RESTARTS, work);
        crate::infer::converged(&problem, found.best, f64::NAN, work)
    }

    fn standing(&self, fit: &Fit, more: &[String], work: &mut Work) -> Object {
        let mut all = notes(&self.ask);
        all.extend(self.notes.iter().chain(more).cloned());
        standing(&self.problem(), fit, all, work)
    }

    fn toys(&self) -> Result<(usize, u64), Box<Refusal>> {
        let size = self.ask.whole("toys", 1000, 1, MOST_TOYS)?;
        Ok((size, self.ask.seed()?))
    }

    fn name(&self, at: usize) -> &'a str {
        &self.model.names[self.model.external[at]]
    }
}

/// A refusal at one option.
#[inline(never)]
fn wrong<S>(key: &str, message: impl Into<String>) -> Failure<S> {
    Failure::Refused(crate::ask::refusal(key, message.into()))
}

/// What a model consists of.
fn describe(model: &Model) -> Value {
    let channels: Vec<Value> = model
        .channels
        .iter()
        .map(|channel| {
            let samples = channel.samples.iter().map(|links| &*links.sample.name);
            let counts = &model.observed.counts[channel.first_bin..channel.first_bin + channel.bins];
            Object::new()
                .with("name", &*channel.name)
                .with("bins", channel.bins)
                .with("samples", texts(samples))
                .with("observed", counts)
                .end()
        })
        .collect();
    let mut parameters = Vec::with_capacity(model.parameters());
    for set in &model.sets {
        for i in set.first..set.first + set.size {
            let at = model.internal[i];
            let constraint = match model.constraints[at] {
                Constraint::Free => Value::Null,
                ref other => {
                    let kind = if matches!(other, Constraint::Normal { .. }) { "gauss" } else { "poisson" };
                    let (value, width) = (centre(model, at), other.width());
                    Object::new().with("type", kind).with("value", value).with("width", width).end()
                }
            };
            let parameter = Object::new()
                .with("name", &*model.names[i])
                .with("kinds", texts(set.kinds.iter().map(|kind| kind.name())))
                .with("init", model.init[at])
                .with("bounds", vec![model.low[at], model.high[at]])
                .with("fixed", model.fixed[at])
                .with("constraint", constraint)
                .end();
            parameters.push(parameter);
        }
    }
    let poi = model.poi.map(|at| &*model.names[model.external[at]]);
    Object::new()
        .with("measurement", &*model.measurement)
        .with("measurements", texts(model.measurement_names.iter().map(|name| &**name)))
        .with("poi", poi)
        .with("parameters", parameters)
        .with("channels", channels)
        .end()
}

/// Variances of the constraints: what is known before any fit.
fn prefit(model: &Model) -> Vec<f64> {
    let size = model.parameters();
    let mut rows = vec![0.0; size * size];
    for i in (0..size).filter(|&i| !model.fixed[i]) {
        let width = model.constraints[i].width();
        rows[i * size + i] = width * width;
    }
    rows
}

/// A point given by a list in pyhf's order, or by name with the rest at `base`.
fn point(model: &Model, value: &Value, base: &[f64]) -> Result<Vec<f64>, Box<Refusal>> {
    if let Value::Object(members) = value {
        let mut theta = base.to_vec();
        for (name, value) in members.iter() {
            theta[index(model, name)?] = match crate::ask::numbers(name, value)?[..] {
                [x] => x,
                _ => return bad("parameters", text![quoted(name), " has one value"]),
            };
        }
        return Ok(theta);
    }
    let values = crate::ask::numbers("parameters", value)?;
    if values.len() != model.parameters() {
        let message = text![model.parameters(), " parameters are needed, not ", values.len()];
        return bad("parameters", message);
    }
    Ok(model.to_internal(&values))
}

fn yields<L: Lanes>(case: &Case<'_>, work: &mut Work, _: &L) -> Answer<L::Stop> {
    let (model, ask) = (case.model, &case.ask);
    let given = ask.get("parameters");
    let stage = ask.text("stage")?;
    let with_errors = ask.flag("uncertainties", given.is_none() || stage.is_some())?;
    let stage = match stage.as_deref() {
        None if given.is_some() => "point",
        None | Some("postfit") => "postfit",
        Some("prefit") => "prefit",
        Some(other) => {
            return Err(wrong("stage", text!["unknown stage ", quoted(other), ": prefit or postfit"]))
        }
    };
    let mut theta = model.init.clone();
    let mut rows = None;
    if stage == "postfit" {
        theta = case.best(work)?.theta;
        if with_errors {
            let found = covariance(&case.problem(), &theta, work);
            if found.is_none() {
                return Err(Refusal::new("fit_failed", "the best fit has no covariance").into());
            }
            rows = found;
        }
    } else if with_errors {
        rows = Some(prefit(model));
    }
    if let Some(value) = given {
        theta = point(model, value, &theta)?;
    }
    let found = expected(model, &theta, rows.as_deref(), work);
    let mut channels = Vec::with_capacity(found.len());
    for (channel, found) in model.channels.iter().zip(&found) {
        let mut samples = Object::new();
        for (s, links) in channel.samples.iter().enumerate() {
            let range = s * channel.bins..(s + 1) * channel.bins;
            let clean: Vec<f64> = found.yields[range.clone()].iter().map(|&x| nonzero_or_zero(x)).collect();
            let errors = if with_errors { Value::from(&found.errors[range]) } else { Value::Null };
            let sample = Object::new().with("yields", clean).with("uncertainties", errors).end();
            samples.with(&links.sample.name, sample);
        }
        let errors = if with_errors { Value::from(&found.total_errors[..]) } else { Value::Null };
        let sum = if with_errors { Some(found.sum_error) } else { None };
        let counts = &model.observed.counts[channel.first_bin..channel.first_bin + channel.bins];
        channels.push(
            Object::new()
                .with("name", &*channel.name)
                .with("samples", samples)
                .with("total", found.total.clone())
                .with("total_uncertainties", errors)
                .with("sum_uncertainty", sum)
                .with("observed", counts)
                .end(),
        );
    }
    let parameters = model.to_external(&theta);
    Ok(Object::new().with("stage", stage).with("parameters", parameters).with("channels", channels).end())
}

/// Rows and columns of a matrix in pyhf's order.
fn external(model: &Model, rows: &[f64]) -> Vec<f64> {
    let size = model.parameters();
    let mut out = Vec::with_capacity(size * size);
    for &i in &model.internal {
        out.extend(model.internal.iter().map(|&j| rows[i * size + j]));
    }
    out
}

fn minimum(case: &Case<'_>, fit: &Fit) -> Object {
    let mut answer = Object::new();
    answer
        .with("converged", fit.status == Status::Converged)
        .with("status", fit.status.name())
        .with("twice_nll", 2.0 * (fit.nll + case.model.observed.constant))
        .with("parameters", case.model.to_external(&fit.theta))
        .with("iterations", fit.iterations)
        .with("evaluations", fit.evaluations)
        .with("decrement", fit.decrement);
    answer
}

fn fit<L: Lanes>(case: &Case<'_>, work: &mut Work, lanes: &L) -> Answer<L::Stop> {
    let (model, ask) = (case.model, &case.ask);
    let problem = case.problem();
    let restarts = ask.whole("restarts", RESTARTS, 0, MOST_POINTS)?;
    let mut start = model.init.clone();
    if let Some(value) = ask.get("start") {
        let given = point(model, value, &start)?;
        for i in (0..start.len()).filter(|&i| !problem.fixed[i]) {
            start[i] = given[i];
        }
    }
    let mut wanted = Vec::new();
    for name in ask.names("intervals")? {
        wanted.push(index(model, &name)?);
    }
    let correlations = ask.flag("correlations", false)?;
    let full = ask.flag("covariance", false)?;
    let known = ask.flag("uncertainties", true)? || correlations || full || !wanted.is_empty();
    let Search { best, second, tried, converged: ended, agreed } =
        search(&problem, &start, true, restarts, work);
    let converged = best.status == Status::Converged;
    let rows = if converged && known { covariance(&problem, &best.theta, work) } else { None };
    let errors = rows.as_ref().map(|rows| widths(rows, start.len()));
    let proof = errors.as_ref().map(|errors| {
        let mut proof = certificate(&problem, &best.theta, errors, work);
        proof
            .with("decrement", best.decrement)
            .with("restarts", tried)
            .with("converged", ended)
            .with("agreed", agreed);
        proof.end()
    });
    let mut intervals = Object::new();
    if let Some(errors) = &errors {
        let ends = lanes.run(model, wanted.len(), &|n, work: &mut Work| {
            let at = wanted[n];
            let width = if errors[at] > 0.0 && errors[at].is_finite() { errors[at] } else { 0.1 };
            profile_interval(&problem, &best, at, width, work)
        })?;
        for (&at, end) in wanted.iter().zip(&ends) {
            let value = best.theta[at];
            let (low, high, error) = match end {
                Ok((low, high)) => (low.map(|x| x - value), high.map(|x| x - value), None),
                Err(refusal) => (None, None, Some(&*refusal.message)),
            };
            let interval = Object::new()
                .with("value", value)
                .with("minus", low)
                .with("plus", high)
                .with("method", "profile")
                .with("error", error)
                .end();
            intervals.with(case.name(at), interval);
        }
    }
    let mut answer = minimum(case, &best);
    answer
        .with("parameter_names", texts(model.names.iter().map(|name| &**name)))
        .with("certificate", proof)
        .with("uncertainties", errors.as_ref().map(|errors| model.to_external(errors)));
    if full {
        answer.with("covariance", rows.as_ref().map(|rows| external(model, rows)));
    }
    if correlations {
        answer.with(
            "correlations",
            rows.as_ref().zip(errors.as_ref()).map(|(rows, errors)| {
                let scaled = |n: usize, x: f64| {
                    let scale = errors[n / start.len()] * errors[n % start.len()];
                    if scale > 0.0 && scale.is_finite() {
                        x / scale
                    } else {
                        0.0
                    }
                };
                let rows: Vec<f64> = rows.iter().enumerate().map(|(n, &x)| scaled(n, x)).collect();
                external(model, &rows).chunks(start.len()).map(Value::from).collect::<Vec<Value>>()
            }),
        );
    }
    let second = second.map(|second| minimum(case, &second).and(case.standing(&second, &[], work)).end());
    Ok(answer
        .with("intervals", intervals)
        .with("second_minimum", second)
        .and(case.standing(&best, &[], work))
        .end())
}

/// Significance of a p-value: how many standard deviations a normal variable exceeds with it.
fn sigmas(p: f64) -> f64 {
    // Bisection on the monotone ln Φ: exact enough everywhere, and small.
    let goal = p.ln();
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if ln_normal_cdf(-middle) > goal {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

fn one_test(cls: &Cls, statistic: Statistic) -> Object {
    let mut answer = Object::new();
    answer
        .with("mu", cls.mu)
        .with("CLs_obs", cls.observed)
        .with("CLs_exp", &cls.expected[..])
        .with("CLsb_obs", cls.cls_b)
        .with("CLb_obs", cls.cl_b)
        .with("q", cls.q)
        .with("q_asimov", cls.q_asimov)
        .with("mu_hat", cls.mu_hat)
        .with("test_stat", statistic.name())
        .with("calculator", "asymptotic")
        .with("status", "converged")
        .with("evaluations", cls.evaluations);
    if statistic == Statistic::Q0 {
        answer.with("p0", cls.observed).with("Z", cls.q.sqrt());
    }
    answer
}

/// The strength that a statistic tests unless another is given.
fn strength(ask: &Ask<'_>, statistic: Statistic) -> Result<f64, Box<Refusal>> {
    let mu = ask.number("mu", if statistic == Statistic::Q0 { 0.0 } else { 1.0 })?;
    if statistic == Statistic::Q0 && mu != 0.0 {
        return bad("mu", text!["q0 tests a signal strength of 0, not ", decimal::write(mu)]);
    }
    Ok(mu)
}

fn cls<L: Lanes>(case: &Case<'_>, work: &mut Work, lanes: &L) -> Answer<L::Stop> {
    let statistic = case.ask.statistic()?;
    let mu = strength(&case.ask, statistic)?;
    if case.ask.by_toys()? {
        return toys(case, mu, statistic, work, lanes);
    }
    let test = Test::new(case.model, &case.model.observed, statistic, None, work)?;
    let found = test.at(mu, work)?;
    Ok(one_test(&found, statistic).and(case.standing(&test.free, &test.notes, work)).end())
}

fn toys<L: Lanes>(
    case: &Case<'_>,
    mu: f64,
    statistic: Statistic,
    work: &mut Work,
    lanes: &L,
) -> Answer<L::Stop> {
    let (size, seed) = case.toys()?;
    let found = crate::toys::test(case.model, mu, statistic, (size, seed), work, lanes)?;
    let mut answer = Object::new();
    answer
        .with("mu", mu)
        .with("CLs_obs", found.observed)
        .with("error", found.error)
        .with("CLs_exp", &found.expected[..])
        .with("CLsb_obs", found.cls_b)
        .with("CLsb_error", found.cls_b_error)
        .with("CLb_obs", found.cl_b)
        .with("CLb_error", found.cl_b_error)
        .with("q", found.q)
        .with("test_stat", statistic.name())
        .with("calculator", "toys")
        .with("n_toys", size)
        .with("seed", seed as f64)
        .with("failed", found.failed)
        .with("status", "converged");
    if statistic == Statistic::Q0 {
        answer.with("p0", found.observed).with("Z", sigmas(found.observed));
    }
    if case.ask.flag("distributions", false)? {
        answer.with("q_signal", found.signal).with("q_background", found.background);
    }
    let mut notes = Vec::new();
    if found.q == 0.0 {
        notes.push(String::from(
            "toys: the statistic of the data is 0; pseudo-data with 0 too do not count as more extreme, as in \
             the asymptotic formulae (pyhf counts them and gives a p-value of 1)",
        ));
    }
    Ok(answer.and(case.standing(&found.fit, &notes, work)).end())
}

fn curve<L: Lanes>(case: &Case<'_>, work: &mut Work, _: &L) -> Answer<L::Stop> {
    let statistic = case.ask.statistic()?;
    let strengths = case.ask.numbers("mu")?.unwrap_or_default();
    let test = Test::new(case.model, &case.model.observed, statistic, None, work)?;
    let mut tests = Vec::with_capacity(strengths.len());
    for mu in strengths {
        tests.push(one_test(&test.at(mu, work)?, statistic).end());
    }
    Ok(Object::new().with("tests", tests).and(case.standing(&test.free, &test.notes, work)).end())
}

fn limit<L: Lanes>(case: &Case<'_>, work: &mut Work, _: &L) -> Answer<L::Stop> {
    let statistic = case.ask.statistic()?;
    if statistic == Statistic::Q0 {
        return Err(wrong("test_stat", "limits are made with qtilde or q"));
    }
    let level = case.ask.share("confidence_level", 0.95)?;
    let rtol = case.ask.share("rtol", 1e-5)?;
    let test = Test::new(case.model, &case.model.observed, statistic, None, work)?;
    let found = upper_limit(&test, 1.0 - level, rtol, work)?;
    let tests: Vec<Value> = found.tests.iter().map(|cls| one_test(cls, statistic).end()).collect();
    Ok(Object::new()
        .with("observed", found.observed)
        .with("expected", &found.expected[..])
        .with("confidence_level", level)
        .with("rtol", rtol)
        .with("test_stat", statistic.name())
        .with("status", "converged")
        .with("tests", tests)
        .and(case.standing(&test.free, &test.notes, work))
        .end())
}

fn significance<L: Lanes>(case: &Case<'_>, work: &mut Work, lanes: &L) -> Answer<L::Stop> {
    let test = Test::new(case.model, &case.model.observed, Statistic::Q0, None, work)?;
    let found = test.at(0.0, work)?;
    let mut answer = Object::new();
    answer
        .with("p0", found.observed)
        .with("Z", found.q.sqrt())
        .with("p0_exp", found.expected[2])
        .with("Z_exp", found.q_asimov.sqrt())
        .with("q0", found.q)
        .with("mu_hat", found.mu_hat)
        .with("test_stat", "q0")
        .with("calculator", "asymptotic")
        .with("status", "converged");
    if case.ask.by_toys()? {
        let (size, seed) = case.toys()?;
        let found = crate::toys::test(case.model, 0.0, Statistic::Q0, (size, seed), work, lanes)?;
        answer = Object::new();
        answer
            .with("p0", found.observed)
            .with("error", found.error)
            .with("Z", sigmas(found.observed))
            .with("p0_exp", found.expected[2])
            .with("Z_exp", sigmas(found.expected[2]))
            .with("q0", found.q)
            .with("mu_hat", test.free.theta[test.poi])
            .with("test_stat", "q0")
            .with("calculator", "toys")
            .with("n_toys", size)
            .with("seed", seed as f64)
            .with("failed", found.failed)
            .with("status", "converged");
    }
    Ok(answer.and(case.standing(&test.free, &test.notes, work)).end())
}

fn gof<L: Lanes>(case: &Case<'_>, work: &mut Work, lanes: &L) -> Answer<L::Stop> {
    let by_toys = case.ask.by_toys()?;
    let toys = if by_toys { Some(case.toys()?) } else { None };
    let found = goodness(case.model, toys, work, lanes)?;
    let mut answer = Object::new();
    answer
        .with("statistic", found.statistic)
        .with("p_value", found.p_value)
        .with("dof", found.dof as f64)
        .with("calculator", if by_toys { "toys" } else { "asymptotic" })
        .with("status", "converged");
    if let Some((size, seed)) = toys {
        answer
            .with("error", found.error)
            .with("n_toys", size)
            .with("seed", seed as f64)
            .with("failed", found.failed);
        if case.ask.flag("distributions", false)? {
            answer.with("statistics", found.drawn);
        }
    }
    let note = String::from(
        "gof: saturated model, constraint terms included; degrees of freedom are bins less unconstrained \
         floating parameters",
    );
    Ok(answer.and(case.standing(&found.fit, &[note], work)).end())
}

/// A floating parameter by its name.
fn floating(case: &Case<'_>, name: &str) -> Result<usize, Box<Refusal>> {
    let at = index(case.model, name)?;
    if case.problem().fixed[at] {
        return bad("parameters", text!["the model holds the parameter ", quoted(name)]);
    }
    Ok(at)
}

fn profile<L: Lanes>(case: &Case<'_>, work: &mut Work, lanes: &L) -> Answer<L::Stop> {
    let (model, ask) = (case.model, &case.ask);
    let points = ask.whole("points", 21, 1, MOST_POINTS)?;
    let sigmas = ask.number("sigmas", 3.0)?;
    // Names alone, or names with their values.
    let mut asked: Vec<(usize, Option<Vec<f64>>)> = Vec::new();
    match ask.get("parameters") {
        None => asked.push((free_poi(model)?, None)),
        Some(Value::Object(members)) => {
            for (name, value) in members.iter() {
                asked.push((floating(case, name)?, Some(crate::ask::numbers(name, value)?)));
            }
        }
        Some(_) => {
            for name in ask.names("parameters")? {
                asked.push((floating(case, &name)?, None));
            }
        }
    }
    if !matches!(asked.len(), 1 | 2) {
        return Err(wrong("parameters", "a scan has one or two parameters"));
    }
    let problem = case.problem();
    let best = case.best(work)?;
    let mut errors = Vec::new();
    if asked.iter().any(|(_, values)| values.is_none()) {
        errors = widths(&known(covariance(&problem, &best.theta, work))?, best.theta.len());
    }
    let axes: Vec<(usize, Vec<f64>)> = asked
        .into_iter()
        .map(|(at, values)| {
            let made = values.unwrap_or_else(|| around(&problem, &best, at, errors[at], points, sigmas));
            (at, made)
        })
        .collect();
    if axes.iter().map(|(_, values)| values.len()).product::<usize>() > MOST_POINTS {
        let message = text!["a scan has at most ", MOST_POINTS, " points"];
        return Err(wrong("parameters", message));
    }
    let found = scan(&problem, &best, &axes, lanes)?;
    let rise = match &axes[..] {
        [_, (_, second)] => {
            Value::from(found.rise.chunks(second.len().max(1)).map(Value::from).collect::<Vec<_>>())
        }
        _ => Value::from(found.rise),
    };
    let listed: Vec<Value> = axes
        .iter()
        .map(|(at, values)| {
            Object::new().with("parameter", case.name(*at)).with("values", values.clone()).end()
        })
        .collect();
    let centre: Vec<f64> = axes.iter().map(|(at, _)| best.theta[*at]).collect();
    Ok(Object::new()
        .with("axes", listed)
        .with("delta_twice_nll", rise)
        .with("best", centre)
        .with("failed", found.failed)
        .with("status", "converged")
        .and(case.standing(&best, &[], work))
        .end())
}

fn contour<L: Lanes>(case: &Case<'_>, work: &mut Work, lanes: &L) -> Answer<L::Stop> {
    let names = case.ask.names("parameters")?;
    let at = match &names[..] {
        [a, b] if a != b => (floating(case, a)?, floating(case, b)?),
        _ => return Err(wrong("parameters", "a contour has two parameters")),
    };
    let levels = crate::toys::sorted(&case.ask.numbers("levels")?.unwrap_or_else(|| vec![0.68, 0.95]));
    if levels.is_empty() || levels.iter().any(|x| !(1e-6..1.0).contains(x)) {
        return Err(wrong("levels", "levels are confidence levels between 0 and 1"));
    }
    let directions = case.ask.whole("points", 48, 8, MOST_POINTS)?;
    let (problem, best) = (case.problem(), case.best(work)?);
    let size = best.theta.len();
    let rows = known(covariance(&problem, &best.theta, work))?;
    // At a bound there is no curvature to go by: a tenth of the range then.
    let variance = |i: usize| {
        let x = rows[i * size + i];
        let range = 0.1 * (problem.high[i] - problem.low[i]);
        if x > 0.0 && x.is_finite() {
            x
        } else {
            range * range
        }
    };
    let shared = rows[at.0 * size + at.1];
    let covariance = (variance(at.0), variance(at.1), if shared.is_finite() { shared } else { 0.0 });
    let found = contours(&problem, &best, at, covariance, &levels, directions, lanes)?;
    let mut points = Object::new();
    let mut bounded = Vec::new();
    for line in &found {
        let pairs: Vec<Value> = line.points.iter().map(|&(x, y)| Value::from(vec![x, y])).collect();
        points.with(&decimal::write(line.level), pairs);
        if line.bounded > 0 {
            let level = decimal::write(line.level);
            bounded.push(text![line.bounded, " points of the level ", level, " lie on a bound"]);
        }
    }
    Ok(Object::new()
        .with("parameters", texts([case.name(at.0), case.name(at.1)]))
        .with("levels", levels)
        .with("points", points)
        .with("best_fit", vec![best.theta[at.0], best.theta[at.1]])
        .with("status", "converged")
        .and(case.standing(&best, &bounded, work))
        .end())
}

/// The best fit with the uncertainties of its parameters.
fn measured(case: &Case<'_>, work: &mut Work) -> Result<(Fit, Vec<f64>), Box<Refusal>> {
    let best = case.best(work)?;
    let rows = known(covariance(&case.problem(), &best.theta, work))?;
    let errors = widths(&rows, best.theta.len());
    Ok((best, errors))
}

fn all_pulls<L: Lanes>(case: &Case<'_>, work: &mut Work, _: &L) -> Answer<L::Stop> {
    let (best, errors) = measured(case, work)?;
    let found = pulls(&case.problem(), &best, &errors);
    let rows: Vec<Value> = found
        .iter()
        .map(|pull| {
            Object::new()
                .with("name", &*case.model.names[pull.parameter])
                .with("best_fit", pull.best_fit)
                .with("uncertainty", pull.uncertainty)
                .with("pull", pull.pull)
                .with("constraint", pull.constraint)
                .end()
        })
        .collect();
    Ok(Object::new()
        .with("pulls", rows)
        .with("status", "converged")
        .and(case.standing(&best, &[], work))
        .end())
}

fn all_impacts<L: Lanes>(case: &Case<'_>, work: &mut Work, lanes: &L) -> Answer<L::Stop> {
    free_poi(case.model)?;
    let (best, errors) = measured(case, work)?;
    let found = impacts(&case.problem(), &best, &errors, lanes)?;
    let rows: Vec<Value> = found
        .iter()
        .map(|impact| {
            Object::new()
                .with("name", &*case.model.names[impact.parameter])
                .with("best_fit", impact.best_fit)
                .with("uncertainty", impact.uncertainty)
                .with("up", impact.up)
                .with("down", impact.down)
                .with("up_prefit", impact.up_prefit)
                .with("down_prefit", impact.down_prefit)
                .end()
        })
        .collect();
    let poi = free_poi(case.model)?;
    Ok(Object::new()
        .with("parameter_of_interest", case.name(poi))
        .with("impacts", rows)
        .with("status", "converged")
        .and(case.standing(&best, &[], work))
        .end())
}

fn simple<L: Lanes>(case: &Case<'_>, work: &mut Work, _: &L) -> Answer<L::Stop> {
    Ok(Object::new().with("workspace", simplified(case.model, work)?).end())
}
