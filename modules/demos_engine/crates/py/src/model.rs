// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! The model class.

use crate::convert::{document, model_error, refusal};
use crate::parallel;
use demos_engine_core::constraint::Constraint;
use demos_engine_core::data::Data;
use demos_engine_core::expected::{expected, ChannelYields};
use demos_engine_core::fit::{Fit, Problem, Status, Work};
use demos_engine_core::infer::{expected_data, Cls, Refusal, Statistic, Test};
use demos_engine_core::json::Value;
use demos_engine_core::kernel::{evaluate, log_likelihood, stride, Mode, Wall};
use demos_engine_core::limit::upper_limit;
use demos_engine_core::model::{Model, Signal};
use demos_engine_core::random::{pseudo_data, Random};
use demos_engine_core::report::{at_bounds, covariance, lowest_rate, profile_interval};
use demos_engine_core::scan::chain;
use demos_engine_core::search::search;
use demos_engine_core::spec::Interpolation;
use demos_engine_core::toys::{statistic, toy, Toy};
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use std::sync::{Arc, Mutex, PoisonError};

type Array<'py> = PyReadonlyArray1<'py, f64>;

/// A compiled model.
#[pyclass(frozen, name = "Model", module = "demos_engine._engine")]
pub struct PyModel {
    model: Arc<Model>,
    /// Rooms of earlier calls, kept for the next.
    rooms: Mutex<Vec<Work>>,
}

/// How a fit differs from the model's own setup, in pyhf's order of parameters.
#[derive(FromPyObject)]
pub struct Setup {
    fixed: Vec<(usize, f64)>,
    bounds: Vec<(usize, f64, f64)>,
    start: Option<Vec<f64>>,
}

fn kind(name: &str) -> PyResult<Statistic> {
    match name {
        "qtilde" => Ok(Statistic::QTilde),
        "q" => Ok(Statistic::Q),
        "q0" => Ok(Statistic::Q0),
        other => Err(PyValueError::new_err(format!("unknown test statistic {other:?}: qtilde, q or q0"))),
    }
}

impl PyModel {
    fn wrap(model: Model) -> PyModel {
        PyModel { model: Arc::new(model), rooms: Mutex::new(Vec::new()) }
    }

    /// Run without the interpreter's lock, in a room of this model.
    fn with_room<T: Send>(&self, py: Python<'_>, task: impl FnOnce(&Model, &mut Work) -> T + Send) -> T {
        py.allow_threads(|| {
            let spare = self.rooms.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut room = spare.unwrap_or_else(|| Work::new(&self.model));
            let result = task(&self.model, &mut room);
            self.rooms.lock().unwrap_or_else(PoisonError::into_inner).push(room);
            result
        })
    }

    fn data_set(&self, values: Option<&Array<'_>>) -> PyResult<Data> {
        let values = match values {
            Some(values) => values,
            None => return Ok(self.model.observed.clone()),
        };
        Data::from_external(&self.model, values.as_slice()?).ok_or_else(|| {
            let size = self.model.observed.to_external(&self.model).len();
            PyValueError::new_err(format!("data are {size} finite numbers: main counts, then auxiliary data"))
        })
    }

    fn point(&self, values: &Array<'_>) -> PyResult<Vec<f64>> {
        let values = values.as_slice()?;
        if values.len() != self.model.parameters() {
            let message = format!("{} parameters are needed, not {}", self.model.parameters(), values.len());
            return Err(PyValueError::new_err(message));
        }
        Ok(self.model.to_internal(values))
    }

    fn problem<'a>(&'a self, data: &'a Data, setup: &Setup) -> PyResult<(Problem<'a>, Vec<f64>)> {
        let model = &*self.model;
        let mut problem = Problem::new(model, data);
        let mut start = match &setup.start {
            Some(start) if start.len() == model.parameters() => model.to_internal(start),
            Some(_) => return Err(PyValueError::new_err("the start has the wrong length")),
            None => model.init.clone(),
        };
        for &(index, low, high) in &setup.bounds {
            let at = *model.internal.get(index).ok_or_else(|| PyValueError::new_err("no such parameter"))?;
            if low.is_nan() || high.is_nan() || low > high {
                return Err(PyValueError::new_err("a lower bound is above the upper one"));
            }
            problem.low[at] = low;
            problem.high[at] = high;
        }
        for &(index, value) in &setup.fixed {
            let at = *model.internal.get(index).ok_or_else(|| PyValueError::new_err("no such parameter"))?;
            if !value.is_finite() {
                return Err(PyValueError::new_err("a fixed value is not finite"));
            }
            problem.fixed[at] = true;
            start[at] = value;
        }
        Ok((problem, start))
    }

    fn array<'py>(&self, py: Python<'py>, theta: &[f64]) -> Bound<'py, PyArray1<f64>> {
        PyArray1::from_vec(py, self.model.to_external(theta))
    }

    fn matrix<'py>(&self, py: Python<'py>, rows: &[f64]) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let size = self.model.parameters();
        let mut out = Vec::with_capacity(size * size);
        for &i in &self.model.internal {
            out.extend(self.model.internal.iter().map(|&j| rows[i * size + j]));
        }
        PyArray1::from_vec(py, out).reshape([size, size])
    }

    fn fit_dict<'py>(
        &self,
        py: Python<'py>,
        fit: &Fit,
        problem: &Problem<'_>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let (rate, bin) = self.with_room(py, |_, room| lowest_rate(problem, &fit.theta, room));
        let bounds: Vec<usize> =
            at_bounds(problem, &fit.theta).iter().map(|&at| self.model.external[at]).collect();
        let out = PyDict::new(py);
        out.set_item("parameters", self.array(py, &fit.theta))?;
        out.set_item("twice_nll", 2.0 * (fit.nll + problem.data.constant))?;
        out.set_item("status", fit.status.name())?;
        out.set_item("iterations", fit.iterations)?;
        out.set_item("evaluations", fit.evaluations)?;
        out.set_item("decrement", fit.decrement)?;
        out.set_item("at_bounds", bounds)?;
        out.set_item("lowest_rate", rate)?;
        out.set_item("lowest_bin", bin)?;
        Ok(out)
    }
}

fn cls_dict<'py>(py: Python<'py>, cls: &Cls) -> PyResult<Bound<'py, PyDict>> {
    let out = PyDict::new(py);
    out.set_item("mu", cls.mu)?;
    out.set_item("CLs_obs", cls.observed)?;
    out.set_item("CLs_exp", cls.expected.to_vec())?;
    out.set_item("CLsb_obs", cls.cls_b)?;
    out.set_item("CLb_obs", cls.cl_b)?;
    out.set_item("q", cls.q)?;
    out.set_item("q_asimov", cls.q_asimov)?;
    out.set_item("mu_hat", cls.mu_hat)?;
    out.set_item("evaluations", cls.evaluations)?;
    Ok(out)
}

fn toys_dict<'py>(py: Python<'py>, toys: &[Toy]) -> PyResult<Bound<'py, PyDict>> {
    let out = PyDict::new(py);
    out.set_item("q", PyArray1::from_iter(py, toys.iter().map(|toy| toy.q)))?;
    out.set_item("mu_hat", PyArray1::from_iter(py, toys.iter().map(|toy| toy.mu_hat)))?;
    out.set_item("converged", toys.iter().filter(|toy| toy.status == Status::Converged).count())?;
    Ok(out)
}

#[pymethods]
impl PyModel {
    #[staticmethod]
    #[pyo3(signature = (source, measurement, poi, normsys, histosys, patch))]
    fn load(
        py: Python<'_>,
        source: &Bound<'_, PyAny>,
        measurement: Option<&str>,
        poi: Option<&str>,
        normsys: &str,
        histosys: &str,
        patch: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyModel> {
        let codes = Interpolation::from_names(normsys, histosys).map_err(|error| model_error(py, &error))?;
        let mut value = document(source)?;
        if let Some(patch) = patch {
            let patch = document(patch)?;
            value =
                demos_engine_core::patch::apply(&value, &patch).map_err(|error| model_error(py, &error))?;
        }
        let model = py.allow_threads(|| Model::load(&value, measurement, poi, codes));
        model.map(PyModel::wrap).map_err(|error| model_error(py, &error))
    }

    fn patched(&self, py: Python<'_>, patch: &Bound<'_, PyAny>) -> PyResult<PyModel> {
        let patch = document(patch)?;
        let model = py.allow_threads(|| self.model.patched(&patch));
        model.map(PyModel::wrap).map_err(|error| model_error(py, &error))
    }

    fn with_signal(
        &self,
        py: Python<'_>,
        name: String,
        yields: Vec<(String, Vec<f64>)>,
    ) -> PyResult<PyModel> {
        let model = py.allow_threads(|| self.model.with_signal(&Signal { name, yields }));
        model.map(PyModel::wrap).map_err(|error| model_error(py, &error))
    }

    #[getter]
    fn names(&self) -> Vec<String> {
        self.model.names.clone()
    }

    #[getter]
    fn init<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.array(py, &self.model.init)
    }

    #[getter]
    fn bounds(&self) -> Vec<(f64, f64)> {
        let pairs: Vec<(f64, f64)> =
            self.model.low.iter().copied().zip(self.model.high.iter().copied()).collect();
        self.model.to_external(&pairs)
    }

    #[getter]
    fn fixed(&self) -> Vec<bool> {
        self.model.to_external(&self.model.fixed)
    }

    /// Per parameter: name of the constraint, its value and its width.
    #[getter]
    fn constraints(&self) -> Vec<(&'static str, f64, f64)> {
        let describe = |&at: &usize| match self.model.constraints[at] {
            Constraint::Free => ("none", f64::NAN, 0.0),
            other @ Constraint::Normal { .. } => ("normal", self.model.observed.aux[at], other.width()),
            other @ Constraint::Poisson { factor } => {
                ("poisson", self.model.observed.aux[at] / factor, other.width())
            }
        };
        self.model.internal.iter().map(describe).collect()
    }

    /// Per parameter set: name, components, modifier types.
    #[getter]
    fn sets(&self) -> Vec<(String, usize, Vec<&'static str>)> {
        let describe = |set: &demos_engine_core::model::ParameterSet| {
            (set.name.to_string(), set.size, set.kinds.iter().map(|kind| kind.name()).collect())
        };
        self.model.sets.iter().map(describe).collect()
    }

    #[getter]
    fn poi(&self) -> Option<usize> {
        self.model.poi.map(|at| self.model.external[at])
    }

    #[getter]
    fn poi_name(&self) -> String {
        self.model.poi_name.to_string()
    }

    #[getter]
    fn measurement(&self) -> String {
        self.model.measurement.to_string()
    }

    #[getter]
    fn measurements(&self) -> Vec<String> {
        self.model.measurement_names.iter().map(|name| name.to_string()).collect()
    }

    /// Per channel: name, bins, samples.
    #[getter]
    fn channels(&self) -> Vec<(String, usize, Vec<String>)> {
        let samples = |channel: &demos_engine_core::model::Channel| {
            channel.samples.iter().map(|links| links.sample.name.to_string()).collect()
        };
        self.model.channels.iter().map(|c| (c.name.to_string(), c.bins, samples(c))).collect()
    }

    fn data<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        PyArray1::from_vec(py, self.model.observed.to_external(&self.model))
    }

    fn expected_data<'py>(
        &self,
        py: Python<'py>,
        parameters: Array<'py>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let theta = self.point(&parameters)?;
        let data = self.with_room(py, |model, room| expected_data(model, &theta, room).to_external(model));
        Ok(PyArray1::from_vec(py, data))
    }

    #[pyo3(signature = (parameters, data))]
    fn logpdf(&self, py: Python<'_>, parameters: Array<'_>, data: Option<Array<'_>>) -> PyResult<f64> {
        let theta = self.point(&parameters)?;
        let data = self.data_set(data.as_ref())?;
        Ok(self.with_room(py, |model, room| {
            log_likelihood(model, &data, &theta, &mut room.point, &mut room.scratch)
        }))
    }

    /// -ln L with gradient and Hessian.
    #[pyo3(signature = (parameters, data))]
    #[allow(clippy::type_complexity)]
    fn derivatives<'py>(
        &self,
        py: Python<'py>,
        parameters: Array<'py>,
        data: Option<Array<'py>>,
    ) -> PyResult<(f64, Bound<'py, PyArray1<f64>>, Bound<'py, PyArray2<f64>>)> {
        let theta = self.point(&parameters)?;
        let data = self.data_set(data.as_ref())?;
        let size = theta.len();
        let (value, gradient, rows) = self.with_room(py, |model, room| {
            let wall = &Wall::STAGES[3];
            let value = evaluate(model, &data, &theta, wall, Mode::Exact, &mut room.point, &mut room.scratch);
            let mut rows = vec![0.0; size * size];
            for i in 0..size {
                for j in i..size {
                    let written = i >= model.slots || j >= model.slots || j < model.cluster_end[i];
                    if written {
                        let x = room.point.hessian[i * stride(size) + j];
                        rows[i * size + j] = x;
                        rows[j * size + i] = x;
                    }
                }
            }
            (value, room.point.gradient.clone(), rows)
        });
        Ok((value + data.constant, self.array(py, &gradient), self.matrix(py, &rows)?))
    }

    #[pyo3(signature = (data, setup, restarts, uncertainties))]
    fn fit<'py>(
        &self,
        py: Python<'py>,
        data: Option<Array<'py>>,
        setup: Setup,
        restarts: usize,
        uncertainties: bool,
    ) -> PyResult<Bound<'py, PyDict>> {
        let data = self.data_set(data.as_ref())?;
        let (problem, start) = self.problem(&data, &setup)?;
        let (found, errors) = self.with_room(py, |_, room| {
            let found = search(&problem, &start, true, restarts, room);
            let wanted = uncertainties && found.best.status == Status::Converged;
            let errors = if wanted { covariance(&problem, &found.best.theta, room) } else { None };
            (found, errors)
        });
        let out = self.fit_dict(py, &found.best, &problem)?;
        let second = match &found.second {
            Some(second) => Some(self.fit_dict(py, second, &problem)?),
            None => None,
        };
        out.set_item("second_minimum", second)?;
        out.set_item("covariance", errors.map(|rows| self.matrix(py, &rows)).transpose()?)?;
        Ok(out)
    }

    /// MINOS-like intervals around a best fit for some parameters.
    #[pyo3(signature = (data, setup, best, parameters, widths, threads, progress))]
    #[allow(clippy::too_many_arguments, clippy::type_complexity)]
    fn intervals(
        &self,
        py: Python<'_>,
        data: Option<Array<'_>>,
        setup: Setup,
        best: Array<'_>,
        parameters: Vec<usize>,
        widths: Vec<f64>,
        threads: Option<usize>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<(Option<f64>, Option<f64>, Option<String>)>> {
        let data = self.data_set(data.as_ref())?;
        let (problem, _) = self.problem(&data, &setup)?;
        let theta = self.point(&best)?;
        let at: Vec<usize> = parameters.iter().map(|&i| self.model.internal[i]).collect();
        parallel::run(py, &self.model, at.len(), threads, progress, |n, room| {
            let fit = demos_engine_core::fit::minimize(&problem, &theta, false, room);
            match profile_interval(&problem, &fit, at[n], widths[n], room) {
                Ok((low, high)) => (low, high, None),
                Err(refusal) => (None, None, Some(refusal.message)),
            }
        })
    }

    /// Conditional fits: `fixed` values per task; returns (2 NLL, status, parameters).
    #[pyo3(signature = (data, setup, near, held, threads, progress))]
    #[allow(clippy::too_many_arguments, clippy::type_complexity)]
    fn conditional<'py>(
        &self,
        py: Python<'py>,
        data: Option<Array<'py>>,
        setup: Setup,
        near: Array<'py>,
        held: Vec<Vec<(usize, f64)>>,
        threads: Option<usize>,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Vec<(f64, &'static str, Bound<'py, PyArray1<f64>>)>> {
        let data = self.data_set(data.as_ref())?;
        let (problem, _) = self.problem(&data, &setup)?;
        let theta = self.point(&near)?;
        let fits = parallel::run(py, &self.model, held.len(), threads, progress, |n, room| {
            let parameters: Vec<usize> = held[n].iter().map(|(i, _)| self.model.internal[*i]).collect();
            let values: Vec<f64> = held[n].iter().map(|(_, x)| *x).collect();
            chain(&problem, &theta, &parameters, &[values], room).remove(0)
        })?;
        let constant = data.constant;
        Ok(fits
            .iter()
            .map(|fit| (2.0 * (fit.nll + constant), fit.status.name(), self.array(py, &fit.theta)))
            .collect())
    }

    /// Chains of conditional fits; returns (2 NLL, status) for each point of each chain.
    #[pyo3(signature = (data, setup, near, parameters, chains, threads, progress))]
    #[allow(clippy::too_many_arguments)]
    fn scan(
        &self,
        py: Python<'_>,
        data: Option<Array<'_>>,
        setup: Setup,
        near: Array<'_>,
        parameters: Vec<usize>,
        chains: Vec<Vec<Vec<f64>>>,
        threads: Option<usize>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Vec<(f64, &'static str)>>> {
        let data = self.data_set(data.as_ref())?;
        let (problem, _) = self.problem(&data, &setup)?;
        let theta = self.point(&near)?;
        let at: Vec<usize> = parameters.iter().map(|&i| self.model.internal[i]).collect();
        let constant = data.constant;
        parallel::run(py, &self.model, chains.len(), threads, progress, |n, room| {
            let fits = chain(&problem, &theta, &at, &chains[n], room);
            fits.iter().map(|fit| (2.0 * (fit.nll + constant), fit.status.name())).collect()
        })
    }

    #[pyo3(signature = (mu, statistic, data))]
    fn cls<'py>(
        &self,
        py: Python<'py>,
        mu: f64,
        statistic: &str,
        data: Option<Array<'py>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let statistic = kind(statistic)?;
        let data = self.data_set(data.as_ref())?;
        let result = self.with_room(py, |model, room| {
            Test::new(model, &data, statistic, None, room).and_then(|test| test.at(mu, room))
        });
        cls_dict(py, &result.map_err(|error| refusal(py, &error))?)
    }

    /// CLs at several signal strengths; the fits that do not depend on them are shared.
    #[pyo3(signature = (strengths, statistic, data))]
    fn cls_curve<'py>(
        &self,
        py: Python<'py>,
        strengths: Vec<f64>,
        statistic: &str,
        data: Option<Array<'py>>,
    ) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let statistic = kind(statistic)?;
        let data = self.data_set(data.as_ref())?;
        let result: Result<Vec<Cls>, Refusal> = self.with_room(py, |model, room| {
            let test = Test::new(model, &data, statistic, None, room)?;
            strengths.iter().map(|&mu| test.at(mu, room)).collect()
        });
        let result = result.map_err(|error| refusal(py, &error))?;
        result.iter().map(|cls| cls_dict(py, cls)).collect()
    }

    #[pyo3(signature = (level, precision, statistic, data))]
    fn upper_limit<'py>(
        &self,
        py: Python<'py>,
        level: f64,
        precision: f64,
        statistic: &str,
        data: Option<Array<'py>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let statistic = kind(statistic)?;
        let data = self.data_set(data.as_ref())?;
        let result = self.with_room(py, |model, room| {
            let test = Test::new(model, &data, statistic, None, room)?;
            upper_limit(&test, level, precision, room)
        });
        let limit = result.map_err(|error| refusal(py, &error))?;
        let out = PyDict::new(py);
        out.set_item("observed", limit.observed)?;
        out.set_item("expected", limit.expected.to_vec())?;
        let tests: PyResult<Vec<_>> = limit.tests.iter().map(|cls| cls_dict(py, cls)).collect();
        out.set_item("tests", PyList::new(py, tests?)?)?;
        Ok(out)
    }

    /// CLs of many patches of this model; an entry is a result or (code, message).
    #[pyo3(signature = (patches, mu, statistic, near, threads, progress))]
    #[allow(clippy::too_many_arguments)]
    fn grid<'py>(
        &self,
        py: Python<'py>,
        patches: Vec<Py<PyAny>>,
        mu: f64,
        statistic: &str,
        near: Option<Array<'py>>,
        threads: Option<usize>,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let statistic = kind(statistic)?;
        let near = near.map(|near| self.point(&near)).transpose()?;
        let background = &*self.model;
        let test = |patch: &Value| {
            let model = background
                .patched(patch)
                .map_err(|error| Refusal { code: error.code, message: error.to_string() })?;
            let start = near.as_ref().map(|near| carried(background, near, &model));
            let mut room = Work::new(&model);
            Test::new(&model, &model.observed, statistic, start.as_deref(), &mut room)?.at(mu, &mut room)
        };
        let results = parallel::run(py, background, patches.len(), threads, progress, |n, _| {
            // Only reading a patch needs the interpreter: meanwhile the other threads test theirs.
            let patch = Python::with_gil(|py| document(patches[n].bind(py)))?;
            Ok(test(&patch))
        })?;
        results
            .into_iter()
            .map(|result: PyResult<_>| match result? {
                Ok(cls) => Ok(cls_dict(py, &cls)?.into_any()),
                Err(Refusal { code, message }) => Ok((code, message).into_pyobject(py)?.into_any()),
            })
            .collect()
    }

    /// Yields per channel at a parameter point, with uncertainties if a covariance is given.
    #[pyo3(signature = (parameters, covariance))]
    fn expected<'py>(
        &self,
        py: Python<'py>,
        parameters: Array<'py>,
        covariance: Option<Vec<f64>>,
    ) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let theta = self.point(&parameters)?;
        let size = theta.len();
        if covariance.as_ref().is_some_and(|rows| rows.len() != size * size) {
            return Err(PyValueError::new_err("the covariance has the wrong size"));
        }
        let yields = self.with_room(py, |model, room| {
            let internal = covariance.map(|rows| {
                let mut out = Vec::with_capacity(size * size);
                for &i in &model.external {
                    out.extend(model.external.iter().map(|&j| rows[i * size + j]));
                }
                out
            });
            expected(model, &theta, internal.as_deref(), room)
        });
        self.model
            .channels
            .iter()
            .zip(&yields)
            .map(|(channel, yields)| yields_dict(py, channel, yields))
            .collect()
    }

    /// Pseudo-data sets, one per row.
    fn sample<'py>(
        &self,
        py: Python<'py>,
        parameters: Array<'py>,
        size: usize,
        seed: u64,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let theta = self.point(&parameters)?;
        let rows = parallel::run(py, &self.model, size, None, None, |n, room| {
            pseudo_data(&self.model, &theta, &mut Random::new(seed, n as u64), room).to_external(&self.model)
        })?;
        let width = self.model.observed.to_external(&self.model).len();
        PyArray1::from_vec(py, rows.concat()).reshape([size, width])
    }

    /// The test statistic of pseudo-experiments drawn from a parameter point.
    #[pyo3(signature = (truth, mu, statistic, size, seed, threads, progress))]
    #[allow(clippy::too_many_arguments)]
    fn toys<'py>(
        &self,
        py: Python<'py>,
        truth: Array<'py>,
        mu: f64,
        statistic: &str,
        size: usize,
        seed: u64,
        threads: Option<usize>,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let statistic = kind(statistic)?;
        let truth = self.point(&truth)?;
        let poi = self.poi_or_error()?;
        let toys = parallel::run(py, &self.model, size, threads, progress, |n, room| {
            toy(&self.model, &truth, poi, mu, statistic, seed, n as u64, room)
        })?;
        toys_dict(py, &toys)
    }

    /// The test statistic of given data sets.
    #[pyo3(signature = (sets, near, mu, kind_name, threads, progress))]
    #[allow(clippy::too_many_arguments)]
    fn statistics<'py>(
        &self,
        py: Python<'py>,
        sets: Vec<Array<'py>>,
        near: Array<'py>,
        mu: f64,
        kind_name: &str,
        threads: Option<usize>,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let which = kind(kind_name)?;
        let near = self.point(&near)?;
        let poi = self.poi_or_error()?;
        let data: Vec<Data> = sets.iter().map(|set| self.data_set(Some(set))).collect::<PyResult<_>>()?;
        let toys = parallel::run(py, &self.model, data.len(), threads, progress, |n, room| {
            statistic(&self.model, &data[n], poi, mu, which, &near, room)
        })?;
        toys_dict(py, &toys)
    }
}

impl PyModel {
    fn poi_or_error(&self) -> PyResult<usize> {
        self.model.poi.ok_or_else(|| PyValueError::new_err("the model has no parameter of interest"))
    }
}

/// A parameter point of one model as a start for another that shares most of its parameters.
fn carried(from: &Model, theta: &[f64], to: &Model) -> Vec<f64> {
    let known: std::collections::HashMap<&str, usize> =
        from.names.iter().enumerate().map(|(i, name)| (name.as_str(), from.internal[i])).collect();
    let mut start = to.init.clone();
    for (i, name) in to.names.iter().enumerate() {
        if let Some(&at) = known.get(name.as_str()) {
            if !to.fixed[to.internal[i]] {
                start[to.internal[i]] = theta[at];
            }
        }
    }
    start
}

fn yields_dict<'py>(
    py: Python<'py>,
    channel: &demos_engine_core::model::Channel,
    yields: &ChannelYields,
) -> PyResult<Bound<'py, PyDict>> {
    let out = PyDict::new(py);
    out.set_item("name", &*channel.name)?;
    let samples = PyDict::new(py);
    for (s, links) in channel.samples.iter().enumerate() {
        let range = s * channel.bins..(s + 1) * channel.bins;
        let pair = (
            PyArray1::from_slice(py, &yields.yields[range.clone()]),
            PyArray1::from_slice(py, &yields.errors[range]),
        );
        samples.set_item(&*links.sample.name, pair)?;
    }
    out.set_item("samples", samples)?;
    out.set_item("total", PyArray1::from_slice(py, &yields.total))?;
    out.set_item("total_error", PyArray1::from_slice(py, &yields.total_errors))?;
    out.set_item("sum_error", yields.sum_error)?;
    Ok(out)
}
