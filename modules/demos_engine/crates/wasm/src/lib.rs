// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! The engine for JavaScript: a C interface that answers in JSON.
//!
//! A text or an array is passed as (pointer, length) in memory obtained from
//! `demos_alloc`. Every answer is a handle to a JSON text, read with
//! `demos_text` and `demos_text_length` and given back with `demos_text_free`.
//! The interface is single-threaded, as its host is.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

#[cfg(target_arch = "wasm32")]
mod allocator;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use demos_engine_core::answer::Object;
use demos_engine_core::call::call;
use demos_engine_core::data::Data;
use demos_engine_core::error::Result;
use demos_engine_core::fit::Work;
use demos_engine_core::json::{parse, write, Value};
use demos_engine_core::lanes::{Failure, Serial};
use demos_engine_core::model::{Model, Signal};
use demos_engine_core::setup::with_signal;
use demos_engine_core::spec::{member, numbers, string, Interpolation, Place};
use demos_engine_core::text;
use demos_engine_loops::loops;

/// A JSON text.
type Answer = String;

/// A loaded model with the room for its fits.
pub struct Engine {
    model: Model,
    work: Work,
}

/// The result of loading: an engine, or the reason why there is none.
pub struct Loaded {
    engine: Option<Box<Engine>>,
    text: String,
}

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

/// Words that hold `size` bytes: memory from here is aligned for numbers too.
fn words(size: usize) -> usize {
    size / 8 + 1
}

/// Room for `size` bytes.
#[no_mangle]
pub extern "C" fn demos_alloc(size: usize) -> *mut u8 {
    let mut room = Vec::<u64>::with_capacity(words(size));
    let pointer = room.as_mut_ptr();
    core::mem::forget(room);
    pointer.cast()
}

/// Give back what `demos_alloc` gave.
///
/// # Safety
/// `pointer` comes from `demos_alloc(size)` and was not given back before.
#[no_mangle]
pub unsafe extern "C" fn demos_free(pointer: *mut u8, size: usize) {
    drop(Vec::<u64>::from_raw_parts(pointer.cast(), 0, words(size)));
}

/// # Safety
/// The pointer and length describe memory that the host filled.
unsafe fn bytes<'a>(pointer: *const u8, length: usize) -> &'a [u8] {
    if length == 0 {
        &[]
    } else {
        core::slice::from_raw_parts(pointer, length)
    }
}

/// Load a workspace.
///
/// The options, all of them optional, are `{"patch": [...], "measurement": NAME, "poi": NAME,
/// "interpolation": {"normsys": CODE, "histosys": CODE}}`.
///
/// # Safety
/// Both (pointer, length) pairs describe memory from `demos_alloc`.
#[no_mangle]
pub unsafe extern "C" fn demos_load(
    workspace: *const u8,
    workspace_length: usize,
    options: *const u8,
    options_length: usize,
) -> *mut Loaded {
    let made = load(bytes(workspace, workspace_length), bytes(options, options_length));
    loaded(made)
}

fn loaded(made: Result<Model>) -> *mut Loaded {
    let loaded = match made {
        Ok(model) => {
            let mut work = Work::with(&model, loops());
            let text = asked(&model, "model", &Value::Null, &mut work);
            Loaded { engine: Some(Box::new(Engine { model, work })), text }
        }
        Err(error) => Loaded { engine: None, text: problem(error.code, &error.pointer, &error.message) },
    };
    Box::into_raw(Box::new(loaded))
}

fn load(workspace: &[u8], options: &[u8]) -> Result<Model> {
    let mut document = parse(workspace)?;
    let options = parse(options)?;
    if let Some(patch) = given(&options, "patch") {
        document = demos_engine_core::patch::apply(&document, patch)?;
    }
    let place = Place::root();
    let text =
        |value: Option<&Value>, key: &str, default: &str| match value.and_then(|value| given(value, key)) {
            Some(value) => string(value, &place.key(key)),
            None => Ok(Arc::from(default)),
        };
    let codes = given(&options, "interpolation");
    let (normsys, histosys) = (text(codes, "normsys", "code4")?, text(codes, "histosys", "code4p")?);
    let (measurement, poi) = (text(Some(&options), "measurement", "")?, text(Some(&options), "poi", "")?);
    fn named(name: &str) -> Option<&str> {
        Some(name).filter(|name| !name.is_empty())
    }
    let interpolation = Interpolation::from_names(&normsys, &histosys)?;
    Model::load(&document, named(&measurement), named(&poi), interpolation)
}

/// A member that is there and not null.
fn given<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    value.get(key).filter(|value| !matches!(value, Value::Null))
}

/// Take the engine out of a loading result; null where loading failed.
///
/// # Safety
/// `loaded` comes from `demos_load`.
#[no_mangle]
pub unsafe extern "C" fn demos_take(loaded: *mut Loaded) -> *mut Engine {
    match (*loaded).engine.take() {
        Some(engine) => Box::into_raw(engine),
        None => core::ptr::null_mut(),
    }
}

/// Give back a loading result and hand over its text.
///
/// # Safety
/// `loaded` comes from `demos_load` and is not used again.
#[no_mangle]
pub unsafe extern "C" fn demos_loaded_text(loaded: *mut Loaded) -> *mut String {
    let loaded = Box::from_raw(loaded);
    Box::into_raw(Box::new(loaded.text))
}

/// Give back an engine.
///
/// # Safety
/// `engine` comes from `demos_take` and is not used again.
#[no_mangle]
pub unsafe extern "C" fn demos_drop(engine: *mut Engine) {
    drop(Box::from_raw(engine));
}

fn text(answer: String) -> *mut String {
    Box::into_raw(Box::new(answer))
}

fn written(value: &Value) -> Answer {
    let mut text = String::new();
    write(&mut text, value);
    text
}

/// What is wrong, and where.
fn problem(code: &str, pointer: &str, message: &str) -> Answer {
    let error = Object::new().with("code", code).with("pointer", pointer).with("message", message).end();
    written(&Object::new().with("error", error).end())
}

fn asked(model: &Model, operation: &str, request: &Value, work: &mut Work) -> Answer {
    match call(model, operation, request, work, &Serial(loops())) {
        Ok(value) => written(&value),
        Err(Failure::Refused(refusal)) => problem(refusal.code, &refusal.pointer, &refusal.message),
        Err(Failure::Stopped(never)) => match never {},
    }
}

/// Ask an operation of the model: see the core's module `call`.
///
/// # Safety
/// `engine` comes from `demos_take`; the texts are memory from `demos_alloc`.
#[no_mangle]
pub unsafe extern "C" fn demos_call(
    engine: *mut Engine,
    operation: *const u8,
    operation_length: usize,
    request: *const u8,
    request_length: usize,
) -> *mut String {
    let Engine { model, work } = &mut *engine;
    let operation = core::str::from_utf8(bytes(operation, operation_length)).unwrap_or("");
    text(match parse(bytes(request, request_length)) {
        Ok(request) => asked(model, operation, &request, work),
        Err(error) => problem(error.code, &error.pointer, &error.message),
    })
}

/// Another model made from this one: `{"signal": {"name": ..., "yields": {channel: [...]}}}`,
/// `{"patch": [...]}` or `{"data": [...]}` (counts, then auxiliary data).
///
/// # Safety
/// `engine` comes from `demos_take`; the text is memory from `demos_alloc`.
#[no_mangle]
pub unsafe extern "C" fn demos_derive(engine: *mut Engine, change: *const u8, length: usize) -> *mut Loaded {
    let model = &(*engine).model;
    loaded(parse(bytes(change, length)).and_then(|change| derive(model, &change)))
}

fn derive(model: &Model, change: &Value) -> Result<Model> {
    let root = Place::root();
    if let Some(patch) = change.get("patch") {
        return model.patched(patch);
    }
    if let Some(data) = change.get("data") {
        let place = root.key("data");
        let values = numbers(data, &place)?;
        return match Data::from_external(model, &values) {
            Some(data) => Ok(model.with_data(data)),
            None => Err(place.fail("length_mismatch", "data are main counts, then auxiliary data")),
        };
    }
    let place = root.key("signal");
    let signal = member(change, "signal", &root)?;
    let name = String::from(&*string(member(signal, "name", &place)?, &place.key("name"))?);
    // The core names the places of yields so.
    let list = root.key("yields");
    let mut yields = Vec::new();
    match member(signal, "yields", &place)? {
        Value::Object(channels) => {
            for (channel, values) in channels.iter() {
                yields.push((String::from(&**channel), numbers(values, &list.key(channel))?.to_vec()));
            }
        }
        other => return Err(list.fail("schema_error", text!["an object is expected, not ", other.kind()])),
    }
    with_signal(model, &Signal { name, yields })
}

/// Where an answer's text is.
///
/// # Safety
/// `answer` comes from this interface.
#[no_mangle]
pub unsafe extern "C" fn demos_text(answer: *const Answer) -> *const u8 {
    let text: &Answer = &*answer;
    text.as_ptr()
}

/// How many bytes it has.
///
/// # Safety
/// `answer` comes from this interface.
#[no_mangle]
pub unsafe extern "C" fn demos_text_length(answer: *const Answer) -> usize {
    let text: &Answer = &*answer;
    text.len()
}

/// Give an answer back.
///
/// # Safety
/// `answer` comes from this interface and is not used again.
#[no_mangle]
pub unsafe extern "C" fn demos_text_free(answer: *mut Answer) {
    drop(Box::from_raw(answer));
}
