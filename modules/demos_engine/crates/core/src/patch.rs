// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! JSON Patch (RFC 6902) on shared trees: what a patch leaves alone is not copied.

use crate::error::{Error, Result};
use crate::json::{Value, MAX_DEPTH};
use crate::names::Addresses;
use crate::pointer;
use crate::prelude::*;
use crate::text::quoted;

/// Most operations accepted in one patch.
pub const MAX_OPERATIONS: usize = 100_000;
/// Nesting that copies may build up before it is measured.
const DEPTH_TO_MEASURE: usize = 8 * MAX_DEPTH;

/// Apply a patch to a document.
///
/// # Errors
/// `invalid_patch` where the patch itself is malformed, `patch_conflict` where
/// it does not fit the document; the pointer is the operation's place in the patch.
pub fn apply(document: &Value, patch: &Value) -> Result<Value> {
    let operations: &[Value] = match patch {
        Value::Array(items) => items,
        _ => {
            return Err(Error::new(
                "invalid_patch",
                "",
                text!["a patch is an array of operations, not ", patch.kind()],
            ))
        }
    };
    if operations.len() > MAX_OPERATIONS {
        return Err(Error::new("resource_limit", "", text![operations.len(), " operations in one patch"]));
    }
    let mut result = document.clone();
    // An upper bound of the nesting: copies of copies could otherwise exhaust the stack.
    let mut depth = MAX_DEPTH;
    for (index, operation) in operations.iter().enumerate() {
        let fail = |(code, message)| Error::new(code, text!["/", index], message);
        depth = step(&mut result, operation, depth).map_err(fail)?;
        if depth > DEPTH_TO_MEASURE {
            depth = nesting(&result, &mut Addresses::default());
            if depth > 2 * MAX_DEPTH {
                return Err(fail((
                    "resource_limit",
                    String::from("the patched document is nested too deeply"),
                )));
            }
        }
    }
    Ok(result)
}

/// Levels of containers below and with a value; shared parts are measured once.
fn nesting(value: &Value, known: &mut Addresses) -> usize {
    let address = value.address();
    if let Some(depth) = known.get(address) {
        return depth;
    }
    let depth = match value {
        Value::Array(items) => 1 + items.iter().map(|item| nesting(item, known)).max().unwrap_or(0),
        Value::Object(members) => 1 + members.iter().map(|(_, item)| nesting(item, known)).max().unwrap_or(0),
        Value::Numbers(_) => 1,
        _ => return 0,
    };
    known.set(address, depth);
    depth
}

type Failure = (&'static str, String);

fn invalid(message: impl Into<String>) -> Failure {
    ("invalid_patch", message.into())
}

fn conflict(message: impl Into<String>) -> Failure {
    ("patch_conflict", message.into())
}

/// Apply one operation to a document nested no deeper than `depth`; returns that bound afterwards.
fn step(document: &mut Value, operation: &Value, depth: usize) -> core::result::Result<usize, Failure> {
    let text = |key: &str| match operation.get(key) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(other) => {
            Err(invalid(text!["the member ", quoted(key), " is ", other.kind(), ", not a string"]))
        }
        None => Err(invalid(text!["the member ", quoted(key), " is missing"])),
    };
    let value = || operation.get("value").cloned().ok_or_else(|| invalid("the member \"value\" is missing"));
    let name = text("op")?;
    let path = tokens(&text("path")?)?;
    let reach = path.len();
    match &*name {
        "add" => {
            add(document, &path, value()?)?;
            Ok(depth.max(reach + MAX_DEPTH))
        }
        "remove" => remove(document, &path).map(|_| depth),
        "replace" => {
            replace(document, &path, value()?)?;
            Ok(depth.max(reach + MAX_DEPTH))
        }
        "copy" => {
            let copied = find(document, &tokens(&text("from")?)?)?.into_owned();
            add(document, &path, copied)?;
            Ok(reach + depth)
        }
        "move" => {
            let from = tokens(&text("from")?)?;
            if path.len() > from.len() && path[..from.len()] == from[..] {
                return Err(conflict("a value cannot be moved into itself"));
            }
            let moved = remove(document, &from)?;
            add(document, &path, moved)?;
            Ok(reach + depth)
        }
        "test" => {
            if *find(document, &path)? == value()? {
                Ok(depth)
            } else {
                Err(conflict("the value tested for is not there"))
            }
        }
        other => Err(invalid(text!["unknown operation ", quoted(other)])),
    }
}

fn tokens(pointer: &str) -> core::result::Result<Vec<String>, Failure> {
    pointer::tokens(pointer).ok_or_else(|| invalid(text![quoted(pointer), " is not a JSON pointer"]))
}

fn position(token: &str, length: usize) -> core::result::Result<usize, Failure> {
    match pointer::index(token) {
        Some(index) if index < length => Ok(index),
        _ => Err(conflict(text!["no item ", quoted(token), " in an array of ", length])),
    }
}

/// An array of numbers as an ordinary one, so that single items can be addressed.
fn spread(value: &mut Value) {
    if let Value::Numbers(numbers) = value {
        *value = Value::Array(Arc::new(numbers.iter().map(|&x| Value::Number(x)).collect()));
    }
}

fn find<'a>(
    document: &'a Value,
    path: &[String],
) -> core::result::Result<alloc::borrow::Cow<'a, Value>, Failure> {
    use alloc::borrow::Cow;
    let mut node = Cow::Borrowed(document);
    for token in path {
        let next: Option<Cow<Value>> = match &node {
            Cow::Borrowed(Value::Array(items)) => Some(Cow::Borrowed(&items[position(token, items.len())?])),
            Cow::Borrowed(inner @ Value::Object(_)) => inner.get(token).map(Cow::Borrowed),
            Cow::Borrowed(Value::Numbers(numbers)) => {
                Some(Cow::Owned(Value::Number(numbers[position(token, numbers.len())?])))
            }
            _ => None,
        };
        node = next.ok_or_else(|| conflict(text!["nothing at ", quoted(token)]))?;
    }
    Ok(node)
}

/// Apply `change` to the container that holds the last token of `path`, return what it took out, and
/// restore the compact form of number arrays on the way.
fn within(
    node: &mut Value,
    path: &[String],
    change: &mut dyn FnMut(&mut Value, &str) -> core::result::Result<Value, Failure>,
) -> core::result::Result<Value, Failure> {
    spread(node);
    let result = if path.len() == 1 {
        change(node, &path[0])?
    } else {
        match node {
            Value::Array(items) => {
                let index = position(&path[0], items.len())?;
                within(&mut Arc::make_mut(items)[index], &path[1..], change)?
            }
            Value::Object(members) => {
                let found = Arc::make_mut(members).iter_mut().find(|(key, _)| **key == *path[0]);
                match found {
                    Some((_, inner)) => within(inner, &path[1..], change)?,
                    None => return Err(conflict(text!["no member ", quoted(&path[0])])),
                }
            }
            _ => return Err(conflict(text![quoted(&path[0]), " is looked for in ", node.kind()])),
        }
    };
    if let Value::Array(items) = node {
        if !items.is_empty() && items.iter().all(|item| matches!(item, Value::Number(_))) {
            *node = Value::array(items.to_vec());
        }
    }
    Ok(result)
}

fn add(document: &mut Value, path: &[String], value: Value) -> core::result::Result<Value, Failure> {
    if path.is_empty() {
        return Ok(core::mem::replace(document, value));
    }
    within(document, path, &mut |container, token| match container {
        Value::Array(items) => {
            let length = items.len();
            let index = if token == "-" { length } else { position(token, length + 1)? };
            Arc::make_mut(items).insert(index, value.clone());
            Ok(Value::Null)
        }
        Value::Object(members) => {
            let members = Arc::make_mut(members);
            match members.iter_mut().find(|(key, _)| **key == *token) {
                Some((_, old)) => return Ok(core::mem::replace(old, value.clone())),
                None => members.push((Arc::from(token), value.clone())),
            }
            Ok(Value::Null)
        }
        other => Err(conflict(text!["nothing can be added to ", other.kind()])),
    })
}

fn remove(document: &mut Value, path: &[String]) -> core::result::Result<Value, Failure> {
    if path.is_empty() {
        return Ok(core::mem::replace(document, Value::Null));
    }
    within(document, path, &mut |container, token| match container {
        Value::Array(items) => {
            let index = position(token, items.len())?;
            Ok(Arc::make_mut(items).remove(index))
        }
        Value::Object(members) => {
            let members = Arc::make_mut(members);
            match members.iter().position(|(key, _)| **key == *token) {
                Some(index) => Ok(members.remove(index).1),
                None => Err(conflict(text!["no member ", quoted(token)])),
            }
        }
        other => Err(conflict(text!["nothing can be removed from ", other.kind()])),
    })
}

fn replace(document: &mut Value, path: &[String], value: Value) -> core::result::Result<Value, Failure> {
    if path.is_empty() {
        return Ok(core::mem::replace(document, value));
    }
    within(document, path, &mut |container, token| {
        let place = match container {
            Value::Array(items) => {
                let index = position(token, items.len())?;
                Arc::make_mut(items).get_mut(index)
            }
            Value::Object(members) => {
                Arc::make_mut(members).iter_mut().find(|(key, _)| **key == *token).map(|(_, old)| old)
            }
            _ => None,
        };
        match place {
            Some(old) => Ok(core::mem::replace(old, value.clone())),
            None => Err(conflict(text!["nothing to replace at ", quoted(token)])),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn applied(document: &str, patch: &str) -> Result<Value> {
        apply(&parse(document.as_bytes()).unwrap(), &parse(patch.as_bytes()).unwrap())
    }

    #[test]
    fn operations_change_what_they_name() {
        let patch = r#"[{"op": "add", "path": "/a/1", "value": 9}, {"op": "remove", "path": "/b"},
                        {"op": "replace", "path": "/c~1d", "value": [1]}, {"op": "copy", "from": "/a/0", "path": "/a/-"},
                        {"op": "move", "from": "/c~1d", "path": "/e"}, {"op": "test", "path": "/e/0", "value": 1.0}]"#;
        let result = applied(r#"{"a": [1, 2], "b": null, "c/d": {}}"#, patch).unwrap();
        assert_eq!(result, parse(br#"{"e": [1], "a": [1, 9, 2, 1]}"#).unwrap());
    }

    #[test]
    fn untouched_parts_are_shared_with_the_source() {
        let source = parse(br#"{"a": {"x": [1]}, "b": 1}"#).unwrap();
        let result =
            apply(&source, &parse(br#"[{"op": "replace", "path": "/b", "value": 2}]"#).unwrap()).unwrap();
        assert_eq!(source.get("a").unwrap().address(), result.get("a").unwrap().address());
        assert_eq!(source.get("b"), Some(&Value::Number(1.0)));
    }

    #[test]
    fn failures_name_the_operation() {
        let cases = [
            (r#"[{"op": "merge", "path": "/a"}]"#, "invalid_patch"),
            (r#"[{"op": "replace", "path": "/a/7", "value": 1}]"#, "patch_conflict"),
            (r#"[{"op": "replace", "path": "/a/01", "value": 1}]"#, "patch_conflict"),
            (r#"[{"op": "test", "path": "/a", "value": [2]}]"#, "patch_conflict"),
            (r#"[{"op": "move", "from": "/a", "path": "/a/0"}]"#, "patch_conflict"),
            (r#"[{"op": "add", "path": "a", "value": 1}]"#, "invalid_patch"),
        ];
        for (patch, code) in cases {
            let error = applied(r#"{"a": [1]}"#, patch).unwrap_err();
            assert_eq!((error.code, &*error.pointer), (code, "/0"), "{}", patch);
        }
    }
}
