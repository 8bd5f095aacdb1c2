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
mod answer;

use alloc::boxed::Box;

use alloc::string::String;
use alloc::vec::Vec;
use answer::{failure, refusal, Answer};
use demos_engine_core::error::Result;
use demos_engine_core::expected::expected;
use demos_engine_core::fit::{Problem, Status, Work};
use demos_engine_core::infer::{Statistic, Test};
use demos_engine_core::json::parse;
use demos_engine_core::limit::upper_limit;
use demos_engine_core::model::{Model, Signal};
use demos_engine_core::report::covariance;
use demos_engine_core::search::search;
use demos_engine_core::spec::Interpolation;
use demos_engine_core::text;
use demos_engine_loops::loops;

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

/// Load a workspace, with an optional JSON Patch (length 0: none).
///
/// # Safety
/// Both (pointer, length) pairs describe memory from `demos_alloc`.
#[no_mangle]
pub unsafe extern "C" fn demos_load(
    workspace: *const u8,
    workspace_length: usize,
    patch: *const u8,
    patch_length: usize,
) -> *mut Loaded {
    let made = load(bytes(workspace, workspace_length), bytes(patch, patch_length));
    loaded(made)
}

fn loaded(made: Result<Model>) -> *mut Loaded {
    let loaded = match made {
        Ok(model) => {
            let text = answer::model(&model);
            let work = Work::with(&model, loops());
            Loaded { engine: Some(Box::new(Engine { model, work })), text }
        }
        Err(error) => Loaded { engine: None, text: failure(&error) },
    };
    Box::into_raw(Box::new(loaded))
}

fn load(workspace: &[u8], patch: &[u8]) -> Result<Model> {
    let mut document = parse(workspace)?;
    if !patch.is_empty() {
        document = demos_engine_core::patch::apply(&document, &parse(patch)?)?;
    }
    Model::load(&document, None, None, Interpolation::default())
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

fn statistic(code: u32) -> Statistic {
    match code {
        1 => Statistic::Q,
        2 => Statistic::Q0,
        _ => Statistic::QTilde,
    }
}

/// CLs. `code` is the test statistic: 0 qtilde, 1 q, 2 q0.
///
/// # Safety
/// `engine` comes from `demos_take`.
#[no_mangle]
pub unsafe extern "C" fn demos_cls(engine: *mut Engine, mu: f64, code: u32) -> *mut String {
    let Engine { model, work } = &mut *engine;
    let found =
        Test::new(model, &model.observed, statistic(code), None, work).and_then(|test| test.at(mu, work));
    text(match found {
        Ok(cls) => answer::cls(&cls),
        Err(error) => refusal(&error),
    })
}

/// Upper limits.
///
/// # Safety
/// `engine` comes from `demos_take`.
#[no_mangle]
pub unsafe extern "C" fn demos_limit(engine: *mut Engine, level: f64, precision: f64) -> *mut String {
    let Engine { model, work } = &mut *engine;
    let found = Test::new(model, &model.observed, Statistic::QTilde, None, work)
        .and_then(|test| upper_limit(&test, 1.0 - level, precision, work));
    text(match found {
        Ok(limit) => answer::limit(&limit),
        Err(error) => refusal(&error),
    })
}

/// The best fit with uncertainties, after `restarts` other starts.
///
/// # Safety
/// `engine` comes from `demos_take`.
#[no_mangle]
pub unsafe extern "C" fn demos_fit(engine: *mut Engine, restarts: usize) -> *mut String {
    let Engine { model, work } = &mut *engine;
    let problem = Problem::new(model, &model.observed);
    let found = search(&problem, &model.init, true, restarts, work);
    let errors = if found.best.status == Status::Converged {
        covariance(&problem, &found.best.theta, work)
    } else {
        None
    };
    text(answer::fit(model, &found, errors.as_deref()))
}

/// Expected yields at a point of `length` parameters in pyhf's order, without uncertainties.
///
/// # Safety
/// `engine` comes from `demos_take`; the values are memory from `demos_alloc`.
#[no_mangle]
pub unsafe extern "C" fn demos_expected(
    engine: *mut Engine,
    values: *const f64,
    length: usize,
) -> *mut String {
    let Engine { model, work } = &mut *engine;
    if length != model.parameters() {
        return text(answer::problem("invalid_value", "the parameters have the wrong length"));
    }
    let theta = model.to_internal(core::slice::from_raw_parts(values, length));
    let yields = expected(model, &theta, None, work);
    text(answer::yields(model, &yields))
}

/// This model with a signal added: `{"name": ..., "yields": {channel: [...]}}`.
///
/// # Safety
/// `engine` comes from `demos_take`; the text is memory from `demos_alloc`.
#[no_mangle]
pub unsafe extern "C" fn demos_with_signal(
    engine: *mut Engine,
    signal: *const u8,
    length: usize,
) -> *mut Loaded {
    let model = &(*engine).model;
    let made = read_signal(bytes(signal, length)).and_then(|signal| model.with_signal(&signal));
    loaded(made)
}

fn read_signal(text: &[u8]) -> Result<Signal> {
    use demos_engine_core::json::Value;
    use demos_engine_core::spec::{member, numbers, string, Place};
    let document = parse(text)?;
    let root = Place::root();
    let name = String::from(&*string(member(&document, "name", &root)?, &root.key("name"))?);
    let place = root.key("yields");
    let mut yields = Vec::new();
    match member(&document, "yields", &root)? {
        Value::Object(channels) => {
            for (channel, values) in channels.iter() {
                yields.push((String::from(&**channel), numbers(values, &place.key(channel))?.to_vec()));
            }
        }
        other => return Err(place.fail("schema_error", text!["an object is expected, not ", other.kind()])),
    }
    Ok(Signal { name, yields })
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
