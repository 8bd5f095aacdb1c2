// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Answers as JSON values.

use crate::json::Value;
use crate::prelude::*;

/// An object under construction.
#[derive(Default)]
pub struct Object(Vec<(Arc<str>, Value)>);

impl Object {
    /// Without members.
    pub fn new() -> Object {
        Object::default()
    }

    /// One more member.
    #[inline(always)]
    pub fn with(&mut self, key: &str, value: impl Into<Value>) -> &mut Object {
        self.put(key, value.into())
    }

    // One copy of this for all kinds of values keeps the WebAssembly module small.
    #[inline(never)]
    fn put(&mut self, key: &str, value: Value) -> &mut Object {
        self.0.push((Arc::from(key), value));
        self
    }

    /// The members of another.
    #[inline(never)]
    pub fn and(&mut self, other: Object) -> &mut Object {
        self.0.extend(other.0);
        self
    }

    /// The value, which takes the members away.
    #[inline(never)]
    pub fn end(&mut self) -> Value {
        Value::Object(Arc::new(core::mem::take(&mut self.0)))
    }
}

impl From<Object> for Value {
    #[inline(never)]
    fn from(mut object: Object) -> Value {
        object.end()
    }
}

impl From<&mut Object> for Value {
    #[inline(never)]
    fn from(object: &mut Object) -> Value {
        object.end()
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::Number(number)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Value {
        Value::Number(number as f64)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Value {
        Value::Number(f64::from(number))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Value {
        Value::Bool(flag)
    }
}

impl From<&str> for Value {
    #[inline(never)]
    fn from(text: &str) -> Value {
        Value::String(Arc::from(text))
    }
}

impl From<Vec<f64>> for Value {
    #[inline(never)]
    fn from(numbers: Vec<f64>) -> Value {
        if numbers.is_empty() {
            Value::Array(Arc::default())
        } else {
            Value::Numbers(Arc::new(numbers))
        }
    }
}

impl From<&[f64]> for Value {
    #[inline(never)]
    fn from(numbers: &[f64]) -> Value {
        Value::from(numbers.to_vec())
    }
}

impl From<Vec<Value>> for Value {
    #[inline(never)]
    fn from(items: Vec<Value>) -> Value {
        Value::Array(Arc::new(items))
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// Texts as an array.
pub fn texts<'t>(items: impl IntoIterator<Item = &'t str>) -> Value {
    list(&mut items.into_iter())
}

#[inline(never)]
fn list(items: &mut dyn Iterator<Item = &str>) -> Value {
    Value::from(items.map(Value::from).collect::<Vec<Value>>())
}
