// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! JSON Patch (RFC 6902) on shared trees: what a patch leaves alone is not copied.

use crate::error::{Error, Result};
use crate::json::{Value, MAX_DEPTH};
use std::collections::HashMap;
use std::sync::Arc;

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
                format!("a patch is an array of operations, not {}", patch.kind()),
            ))
        }
    };
    if operations.len() > MAX_OPERATIONS {
        return Err(Error::new(
            "resource_limit",
            "",
            format!("{} operations in one patch", operations.len()),
        ));
    }
    let mut result = document.clone();
    // An upper bound of the nesting: copies of copies could otherwise exhaust the stack.
    let mut depth = MAX_DEPTH;
    for (index, operation) in operations.iter().enumerate() {
        let fail = |(code, message)| Error::new(code, format!("/{}", index), message);
        depth = step(&mut result, operation, depth).map_err(fail)?;
        if depth > DEPTH_TO_MEASURE {
            depth = nesting(&result, &mut HashMap::new());
            if depth > 2 * MAX_DEPTH {
                return Err(fail((
                    "resource_limit",
                    "the patched document is nested too deeply".to_string(),
                )));
            }
        }
    }
    Ok(result)
}

/// Levels of containers below and with a value; shared parts are measured once.
fn nesting(value: &Value, known: &mut HashMap<usize, usize>) -> usize {
    let address = value.address();
    if let Some(&depth) = known.get(&address) {
        return depth;
    }
    let depth = match value {
        Value::Array(items) => 1 + items.iter().map(|item| nesting(item, known)).max().unwrap_or(0),
        Value::Object(members) => 1 + members.iter().map(|(_, item)| nesting(item, known)).max().unwrap_or(0),
        Value::Numbers(_) => 1,
        _ => return 0,
    };
    known.insert(address, depth);
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
fn step(document: &mut Value, operation: &Value, depth: usize) -> std::result::Result<usize, Failure> {
    let text = |key: &str| match operation.get(key) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(other) => Err(invalid(format!("the member {:?} is {}, not a string", key, other.kind()))),
        None => Err(invalid(format!("the member {:?} is missing", key))),
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
        other => Err(invalid(format!("unknown operation {:?}", other))),
    }
}

/// The reference tokens of a JSON pointer.
fn tokens(pointer: &str) -> std::result::Result<Vec<String>, Failure> {
    if pointer.is_empty() {
        return Ok(Vec::new());
    }
    match pointer.strip_prefix('/') {
        Some(rest) => Ok(rest.split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).collect()),
        None => Err(invalid(format!("{:?} is not a JSON pointer", pointer))),
    }
}

fn position(token: &str, length: usize) -> std::result::Result<usize, Failure> {
    let plain = !token.is_empty()
        && token.bytes().all(|b| b.is_ascii_digit())
        && (token == "0" || !token.starts_with('0'));
    match token.parse::<usize>() {
        Ok(index) if plain && index < length => Ok(index),
        _ => Err(conflict(format!("no item {:?} in an array of {}", token, length))),
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
) -> std::result::Result<std::borrow::Cow<'a, Value>, Failure> {
    use std::borrow::Cow;
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
        node = next.ok_or_else(|| conflict(format!("nothing at {:?}", token)))?;
    }
    Ok(node)
}

/// Apply `change` to the container that holds the last token of `path`, then
/// restore the compact form of number arrays on the way.
fn within<T>(
    node: &mut Value,
    path: &[String],
    change: &mut dyn FnMut(&mut Value, &str) -> std::result::Result<T, Failure>,
) -> std::result::Result<T, Failure> {
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
                    None => return Err(conflict(format!("no member {:?}", path[0]))),
                }
            }
            _ => return Err(conflict(format!("{:?} is looked for in {}", path[0], node.kind()))),
        }
    };
    if let Value::Array(items) = node {
        if !items.is_empty() && items.iter().all(|item| matches!(item, Value::Number(_))) {
            *node = Value::array(items.to_vec());
        }
    }
    Ok(result)
}

fn add(document: &mut Value, path: &[String], value: Value) -> std::result::Result<(), Failure> {
    if path.is_empty() {
        *document = value;
        return Ok(());
    }
    within(document, path, &mut |container, token| match container {
        Value::Array(items) => {
            let length = items.len();
            let index = if token == "-" { length } else { position(token, length + 1)? };
            Arc::make_mut(items).insert(index, value.clone());
            Ok(())
        }
        Value::Object(members) => {
            let members = Arc::make_mut(members);
            match members.iter_mut().find(|(key, _)| **key == *token) {
                Some((_, old)) => *old = value.clone(),
                None => members.push((Arc::from(token), value.clone())),
            }
            Ok(())
        }
        other => Err(conflict(format!("nothing can be added to {}", other.kind()))),
    })
}

fn remove(document: &mut Value, path: &[String]) -> std::result::Result<Value, Failure> {
    if path.is_empty() {
        return Ok(std::mem::replace(document, Value::Null));
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
                None => Err(conflict(format!("no member {:?}", token))),
            }
        }
        other => Err(conflict(format!("nothing can be removed from {}", other.kind()))),
    })
}

fn replace(document: &mut Value, path: &[String], value: Value) -> std::result::Result<(), Failure> {
    if path.is_empty() {
        *document = value;
        return Ok(());
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
            Some(old) => {
                *old = value.clone();
                Ok(())
            }
            None => Err(conflict(format!("nothing to replace at {:?}", token))),
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
