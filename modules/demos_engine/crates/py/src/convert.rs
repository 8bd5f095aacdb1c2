// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Between Python objects and the core's values.

use demos_engine_core::error::Error;
use demos_engine_core::infer::Refusal;
use demos_engine_core::json::{parse, Value, MAX_DEPTH};
use demos_engine_core::names::Names;
use demos_engine_core::spec::Place;
use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PySequence, PyString, PyTuple,
};
use std::sync::Arc;

/// The package's exception for a finding.
pub fn model_error(py: Python<'_>, error: &Error) -> PyErr {
    raise(py, "ModelError", (error.code, error.pointer.as_str(), error.message.as_str()))
}

/// The package's exception for a question that has no answer.
pub fn refusal(py: Python<'_>, refusal: &Refusal) -> PyErr {
    raise(py, "InferenceError", (refusal.code, refusal.message.as_str(), refusal.pointer.as_str()))
}

fn raise<'py, A>(py: Python<'py>, class: &str, arguments: A) -> PyErr
where
    A: pyo3::call::PyCallArgs<'py>,
{
    let made =
        py.import("demos_engine.errors").and_then(|m| m.getattr(class)).and_then(|c| c.call1(arguments));
    match made {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
    }
}

/// A JSON document: bytes or text are parsed, other objects are walked.
pub fn document(source: &Bound<'_, PyAny>) -> PyResult<Value> {
    let py = source.py();
    if let Ok(bytes) = source.downcast::<PyBytes>() {
        let bytes = bytes.as_bytes();
        return py.allow_threads(|| parse(bytes)).map_err(|error| model_error(py, &error));
    }
    if let Ok(bytes) = source.downcast::<PyByteArray>() {
        let bytes = bytes.to_vec();
        return py.allow_threads(|| parse(&bytes)).map_err(|error| model_error(py, &error));
    }
    if let Ok(text) = source.downcast::<PyString>() {
        let text = utf8(text, &Place::root())?.to_owned();
        return py.allow_threads(|| parse(text.as_bytes())).map_err(|error| model_error(py, &error));
    }
    walk(source, &mut Names::default(), &Place::root(), 0)
}

/// A request: numbers that are not finite are allowed here, and refused by the option's name later.
pub fn request(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    if object.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(flag) = object.downcast::<PyBool>() {
        return Ok(Value::Bool(flag.is_true()));
    }
    if let Ok(text) = object.downcast::<PyString>() {
        return Ok(Value::String(Arc::from(utf8(text, &Place::root())?)));
    }
    if let Ok(dict) = object.downcast::<PyDict>() {
        let member = |(key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
            let key = key.str()?;
            Ok((Arc::from(utf8(&key, &Place::root())?), request(&value)?))
        };
        return Ok(Value::Object(Arc::new(dict.iter().map(member).collect::<PyResult<_>>()?)));
    }
    if let Ok(list) = object.downcast::<PyList>() {
        return Ok(Value::array(list.iter().map(|item| request(&item)).collect::<PyResult<_>>()?));
    }
    if let Ok(tuple) = object.downcast::<PyTuple>() {
        return Ok(Value::array(tuple.iter().map(|item| request(&item)).collect::<PyResult<_>>()?));
    }
    if let Ok(mapping) = object.downcast::<PyMapping>() {
        let dict = PyDict::new(object.py());
        dict.update(mapping)?;
        return request(dict.as_any());
    }
    if let Ok(number) = object.extract::<f64>() {
        return Ok(Value::Number(number));
    }
    request(&object.call_method0("tolist")?)
}

/// An answer as Python objects; lists of numbers are arrays.
pub fn python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(flag) => PyBool::new(py, *flag).to_owned().into_any(),
        Value::Number(number) => PyFloat::new(py, *number).into_any(),
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Numbers(numbers) => PyArray1::from_slice(py, numbers).into_any(),
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items.iter() {
                list.append(python(py, item)?)?;
            }
            list.into_any()
        }
        Value::Object(members) => {
            let dict = PyDict::new(py);
            for (key, value) in members.iter() {
                dict.set_item(&**key, python(py, value)?)?;
            }
            dict.into_any()
        }
    })
}

/// The text of a string; lone surrogates have none.
fn utf8<'a>(text: &'a Bound<'_, PyString>, place: &Place<'_>) -> PyResult<&'a str> {
    let lone = || place.fail("parse_error", "a text holds half of a surrogate pair");
    text.to_str().map_err(|_| model_error(text.py(), &lone()))
}

fn walk(object: &Bound<'_, PyAny>, names: &mut Names, place: &Place<'_>, depth: usize) -> PyResult<Value> {
    let py = object.py();
    let fail = |code, message: &str| Err(model_error(py, &place.fail(code, message)));
    if depth > MAX_DEPTH {
        return fail("resource_limit", "nested too deeply");
    }
    if object.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(flag) = object.downcast::<PyBool>() {
        return Ok(Value::Bool(flag.is_true()));
    }
    if object.is_instance_of::<PyFloat>() || object.is_instance_of::<PyInt>() {
        return match object.extract::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Number(number)),
            _ => fail("nonfinite_number", "a number is not finite"),
        };
    }
    if let Ok(text) = object.downcast::<PyString>() {
        return Ok(Value::String(names.intern(utf8(text, place)?)));
    }
    if let Ok(list) = object.downcast::<PyList>() {
        return items(list.iter(), list.len(), names, place, depth);
    }
    if let Ok(tuple) = object.downcast::<PyTuple>() {
        return items(tuple.iter(), tuple.len(), names, place, depth);
    }
    if let Ok(dict) = object.downcast::<PyDict>() {
        let mut members = Vec::with_capacity(dict.len());
        for (key, value) in dict.iter() {
            let key = match key.downcast::<PyString>() {
                Ok(key) => utf8(key, place)?.to_owned(),
                Err(_) => return fail("schema_error", "a member name is not a string"),
            };
            let value = walk(&value, names, &place.key(&key), depth + 1)?;
            members.push((names.intern(&key), value));
        }
        return Ok(Value::Object(Arc::new(members)));
    }
    if let Ok(mapping) = object.downcast::<PyMapping>() {
        let dict = PyDict::new(py);
        dict.update(mapping)?;
        return walk(dict.as_any(), names, place, depth + 1);
    }
    if let Ok(array) = object.call_method0("tolist") {
        return walk(&array, names, place, depth + 1);
    }
    if let Ok(sequence) = object.downcast::<PySequence>() {
        return walk(sequence.to_list()?.as_any(), names, place, depth + 1);
    }
    fail("schema_error", &format!("{} is not JSON", object.get_type().name()?))
}

fn items<'py>(
    found: impl Iterator<Item = Bound<'py, PyAny>>,
    size: usize,
    names: &mut Names,
    place: &Place<'_>,
    depth: usize,
) -> PyResult<Value> {
    let mut numbers = Vec::new();
    let mut others = Vec::new();
    for (index, item) in found.enumerate() {
        if others.is_empty() && item.is_exact_instance_of::<PyFloat>() {
            let number: f64 = item.extract()?;
            if number.is_finite() {
                if numbers.is_empty() {
                    numbers.reserve(size);
                }
                numbers.push(number);
                continue;
            }
        }
        others.extend(numbers.drain(..).map(Value::Number));
        others.push(walk(&item, names, &place.index(index), depth + 1)?);
    }
    Ok(if others.is_empty() && !numbers.is_empty() {
        Value::Numbers(Arc::new(numbers))
    } else {
        Value::array(others)
    })
}
