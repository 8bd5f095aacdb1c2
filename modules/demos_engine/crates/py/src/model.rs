// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! The model class.

use crate::convert::{document, model_error, python, refusal, request};
use crate::parallel::{self, Pool};
use demos_engine_core::call::call;
use demos_engine_core::data::Data;
use demos_engine_core::fit::{Status, Work};
use demos_engine_core::infer::{expected_data, Cls, Refusal, Statistic, Test};
use demos_engine_core::json::Value;
use demos_engine_core::kernel::{evaluate, log_likelihood, stride, Mode, Wall};
use demos_engine_core::lanes::Failure;
use demos_engine_core::model::{Model, Signal};
use demos_engine_core::random::{pseudo_data, Random};
use demos_engine_core::setup::with_signal;
use demos_engine_core::spec::Interpolation;
use demos_engine_core::toys::{statistic, Toy, Truth};
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::{Arc, Mutex, PoisonError};

type Array<'py> = PyReadonlyArray1<'py, f64>;

/// A compiled model.
#[pyclass(frozen, name = "Model", module = "demos_engine._engine")]
pub struct PyModel {
    model: Arc<Model>,
    /// Rooms of earlier calls, kept for the next.
    rooms: Mutex<Vec<Work>>,
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

    fn data_set(&self, values: &Array<'_>) -> PyResult<Data> {
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
    out.set_item("calculator", "asymptotic")?;
    out.set_item("status", "converged")?;
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
        let model = py.allow_threads(|| with_signal(&self.model, &Signal { name, yields }));
        model.map(PyModel::wrap).map_err(|error| model_error(py, &error))
    }

    fn with_data(&self, values: Array<'_>) -> PyResult<PyModel> {
        Ok(PyModel::wrap(self.model.with_data(self.data_set(&values)?)))
    }

    /// Ask an operation: a request of JSON types in, an answer of JSON types and arrays out.
    #[pyo3(signature = (operation, asked, threads, progress))]
    fn call<'py>(
        &self,
        py: Python<'py>,
        operation: &str,
        asked: &Bound<'py, PyAny>,
        threads: Option<usize>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let asked = request(asked)?;
        let pool = Pool { threads, progress };
        match self.with_room(py, |model, room| call(model, operation, &asked, room, &pool)) {
            Ok(answer) => python(py, &answer),
            Err(Failure::Refused(error)) => Err(refusal(py, &error)),
            Err(Failure::Stopped(error)) => Err(error),
        }
    }

    /// The document that the model was made from, patches included, signals given as yields left out.
    fn document<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        python(py, self.model.document())
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

    /// Codes of normsys and histosys, by pyhf's names.
    #[getter]
    fn interpolation(&self) -> (&'static str, &'static str) {
        self.model.interpolation.names()
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

    fn logpdf(&self, py: Python<'_>, parameters: Array<'_>) -> PyResult<f64> {
        let theta = self.point(&parameters)?;
        Ok(self.with_room(py, |model, room| {
            log_likelihood(model, &model.observed, &theta, &mut room.point, &mut room.scratch)
        }))
    }

    /// -ln L with gradient and Hessian.
    #[allow(clippy::type_complexity)]
    fn derivatives<'py>(
        &self,
        py: Python<'py>,
        parameters: Array<'py>,
    ) -> PyResult<(f64, Bound<'py, PyArray1<f64>>, Bound<'py, PyArray2<f64>>)> {
        let theta = self.point(&parameters)?;
        let size = theta.len();
        let (value, gradient, rows) = self.with_room(py, |model, room| {
            let wall = &Wall::STAGES[3];
            let value = evaluate(
                model,
                &model.observed,
                &theta,
                wall,
                Mode::Exact,
                &mut room.point,
                &mut room.scratch,
            );
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
        Ok((value + self.model.observed.constant, self.array(py, &gradient), self.matrix(py, &rows)?))
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
            let model =
                background.patched(patch).map_err(|error| Refusal::new(error.code, error.to_string()))?;
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
                Err(refusal) => {
                    let Refusal { code, message, .. } = *refusal;
                    Ok((code, message).into_pyobject(py)?.into_any())
                }
            })
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
        let near = Truth::near(&self.point(&near)?);
        let poi = self.poi_or_error()?;
        let data: Vec<Data> = sets.iter().map(|set| self.data_set(set)).collect::<PyResult<_>>()?;
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
