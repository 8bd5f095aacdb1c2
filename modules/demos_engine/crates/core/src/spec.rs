// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! The HistFactory specification as typed data: pyhf's schema 1.0.0.

use crate::constraint::Constraint;
use crate::decimal;
use crate::error::{Error, Result};
use crate::json::Value;
use crate::names::order;
use crate::pointer;
use crate::prelude::*;
use crate::sample::{by_name, Sample};
use crate::text::{quoted, Part};

/// The modifier types, in the order in which pyhf creates their parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Histosys,
    Lumi,
    Normfactor,
    Normsys,
    Shapefactor,
    Shapesys,
    Staterror,
}

impl Kind {
    /// All kinds in pyhf's order.
    pub const ALL: [Kind; 7] = [
        Kind::Histosys,
        Kind::Lumi,
        Kind::Normfactor,
        Kind::Normsys,
        Kind::Shapefactor,
        Kind::Shapesys,
        Kind::Staterror,
    ];

    /// Whether it has one parameter per bin.
    pub fn per_bin(self) -> bool {
        matches!(self, Kind::Shapefactor | Kind::Shapesys | Kind::Staterror)
    }

    /// The name in a workspace.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Histosys => "histosys",
            Kind::Lumi => "lumi",
            Kind::Normfactor => "normfactor",
            Kind::Normsys => "normsys",
            Kind::Shapefactor => "shapefactor",
            Kind::Shapesys => "shapesys",
            Kind::Staterror => "staterror",
        }
    }
}

/// Interpolation of normsys between its variations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormCode {
    One,
    Four,
}

/// Interpolation of histosys between its variations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeCode {
    Zero,
    /// A parabola within ±1, continued by its tangents: as ROOT and HS3 mean it. pyhf's has a step there.
    Two,
    FourP,
}

/// Interpolation codes of a model; the default is pyhf 0.7's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interpolation {
    pub normsys: NormCode,
    pub histosys: ShapeCode,
}

impl Default for Interpolation {
    fn default() -> Self {
        Interpolation { normsys: NormCode::Four, histosys: ShapeCode::FourP }
    }
}

impl Interpolation {
    /// Codes by pyhf's names.
    ///
    /// # Errors
    /// `unsupported_type` for a code that pyhf does not allow there.
    pub fn from_names(normsys: &str, histosys: &str) -> Result<Self> {
        let unknown = |kind: &str, code: &str| {
            Error::new("unsupported_type", "", text![kind, " has no interpolation ", quoted(code)])
        };
        Ok(Interpolation {
            normsys: match normsys {
                "code1" => NormCode::One,
                "code4" => NormCode::Four,
                other => return Err(unknown("normsys", other)),
            },
            histosys: match histosys {
                "code0" => ShapeCode::Zero,
                "code2" => ShapeCode::Two,
                "code4p" => ShapeCode::FourP,
                other => return Err(unknown("histosys", other)),
            },
        })
    }

    /// The codes of normsys and histosys, by pyhf's names.
    pub fn names(self) -> (&'static str, &'static str) {
        let normsys = match self.normsys {
            NormCode::One => "code1",
            NormCode::Four => "code4",
        };
        let histosys = match self.histosys {
            ShapeCode::Zero => "code0",
            ShapeCode::Two => "code2",
            ShapeCode::FourP => "code4p",
        };
        (normsys, histosys)
    }

    /// The code that a modifier states itself, by pyhf's names.
    pub(crate) fn of_modifier(modifier: &Value, kind: Kind, place: &Place) -> Result<Self> {
        let at = place.key("interpolation");
        let code = string(member(modifier, "interpolation", place)?, &at)?;
        let found = match kind {
            Kind::Normsys => Interpolation::from_names(&code, "code4p"),
            _ => Interpolation::from_names("code4", &code),
        };
        found.map_err(|error| at.fail(error.code, error.message))
    }
}

/// A place in a document; its pointer is only written when needed.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    /// The whole document.
    pub fn root() -> Place<'static> {
        Place { parent: None, step: Step::Root }
    }

    /// A member of the object here.
    pub fn key(&'a self, key: &'a str) -> Place<'a> {
        Place { parent: Some(self), step: Step::Key(key) }
    }

    /// An item of the array here.
    pub fn index(&'a self, index: usize) -> Place<'a> {
        Place { parent: Some(self), step: Step::Index(index) }
    }

    /// The JSON pointer.
    pub fn pointer(&self) -> String {
        let mut text = self.parent.map(Place::pointer).unwrap_or_default();
        match self.step {
            Step::Root => {}
            Step::Key(key) => pointer::push(&mut text, key),
            Step::Index(index) => {
                text.push('/');
                index.append(&mut text);
            }
        }
        text
    }

    /// A finding here.
    pub fn fail(&self, code: &'static str, message: impl Into<String>) -> Box<Error> {
        Error::new(code, self.pointer(), message)
    }
}

/// A required member.
pub fn member<'a>(value: &'a Value, key: &str, place: &Place) -> Result<&'a Value> {
    match value {
        Value::Object(_) => value
            .get(key)
            .ok_or_else(|| place.fail("schema_error", text!["the member ", quoted(key), " is missing"])),
        other => Err(place.fail("schema_error", text!["an object is expected, not ", other.kind()])),
    }
}

/// A string.
pub fn string(value: &Value, place: &Place) -> Result<Arc<str>> {
    match value {
        Value::String(text) => Ok(text.clone()),
        other => Err(place.fail("schema_error", text!["a string is expected, not ", other.kind()])),
    }
}

/// A number.
pub fn number(value: &Value, place: &Place) -> Result<f64> {
    match value {
        Value::Number(number) => Ok(*number),
        other => Err(place.fail("schema_error", text!["a number is expected, not ", other.kind()])),
    }
}

/// A non-empty array of numbers.
pub fn numbers(value: &Value, place: &Place) -> Result<Arc<Vec<f64>>> {
    match value {
        Value::Numbers(numbers) => Ok(numbers.clone()),
        Value::Array(items) => match items.iter().position(|item| !matches!(item, Value::Number(_))) {
            Some(index) => {
                let message = text!["a number is expected, not ", items[index].kind()];
                Err(place.index(index).fail("schema_error", message))
            }
            None => Err(place.fail("schema_error", "the array is empty")),
        },
        other => Err(place.fail("schema_error", text!["an array is expected, not ", other.kind()])),
    }
}

/// The items of an array that is not one of numbers.
pub fn items<'a>(value: &'a Value, place: &Place) -> Result<&'a [Value]> {
    match value {
        Value::Array(items) => Ok(items),
        Value::Numbers(_) => Err(place.index(0).fail("schema_error", "an object is expected, not a number")),
        other => Err(place.fail("schema_error", text!["an array is expected, not ", other.kind()])),
    }
}

/// One channel: its samples in the order of their names.
#[derive(Clone, Debug)]
pub struct ChannelSpec {
    pub name: Arc<str>,
    /// Index in the document, for pointers.
    pub position: usize,
    pub samples: Vec<Arc<Sample>>,
}

/// One parameter's configuration in a measurement.
#[derive(Clone, Debug)]
pub struct ParameterSpec {
    pub name: Arc<str>,
    pub pointer: String,
    pub inits: Option<Arc<Vec<f64>>>,
    pub bounds: Option<Vec<(f64, f64)>>,
    pub auxdata: Option<Arc<Vec<f64>>>,
    pub factors: Option<Arc<Vec<f64>>>,
    pub sigmas: Option<Arc<Vec<f64>>>,
    pub fixed: Option<bool>,
}

/// One parameter with everything that is to be known about it: a document in `FORM` declares all.
#[derive(Clone, Debug)]
pub struct Declared {
    pub name: Arc<str>,
    pub init: f64,
    pub bounds: (f64, f64),
    pub fixed: bool,
    pub constraint: Constraint,
    /// What the auxiliary measurement observed; 0 where there is none.
    pub auxdata: f64,
}

/// The chosen measurement.
#[derive(Clone, Debug)]
pub struct Measurement {
    pub name: Arc<str>,
    /// Empty: none.
    pub poi: Arc<str>,
    /// What a pyhf workspace configures.
    pub parameters: Vec<ParameterSpec>,
    /// What a document in `FORM` declares.
    pub declared: Option<Vec<Declared>>,
}

/// Value of `format` in a document that resolves every convention: parameters are declared with
/// their constraints, every modifier names its parameters and its interpolation.
pub const FORM: &str = "demos-histfactory/1";

/// A workspace with one measurement chosen, channels in the order of their names.
#[derive(Clone, Debug)]
pub struct Workspace {
    pub channels: Vec<ChannelSpec>,
    /// Observed counts, one entry per channel.
    pub observations: Vec<Arc<Vec<f64>>>,
    pub measurement: Measurement,
    pub measurement_names: Vec<Arc<str>>,
}

impl Workspace {
    /// Read a workspace. `reuse` finds samples that are compiled already.
    ///
    /// # Errors
    /// A finding with the pointer of the place.
    pub fn read(
        document: &Value,
        measurement: Option<&str>,
        interpolation: Interpolation,
        reuse: &dyn Fn(&Value) -> Option<Arc<Sample>>,
    ) -> Result<Workspace> {
        let root = Place::root();
        if let Value::Object(_) = document {
            if document.get("channels").is_none() && document.get("distributions").is_some() {
                return Err(root.fail("wrong_format", "this is an HS3 document, not a pyhf workspace"));
            }
        }
        let declares = read_format(document, &root)?;
        let interpolation = if declares { None } else { Some(interpolation) };
        let channels = read_channels(member(document, "channels", &root)?, interpolation, reuse)?;
        let observations = read_observations(member(document, "observations", &root)?, &channels)?;
        let (measurement, measurement_names) =
            read_measurement(member(document, "measurements", &root)?, measurement, declares)?;
        Ok(Workspace { channels, observations, measurement, measurement_names })
    }
}

/// Check the version; whether the document is in `FORM` (else it is a pyhf workspace).
fn read_format(document: &Value, root: &Place) -> Result<bool> {
    let (key, known) = match document.get("format") {
        Some(_) => ("format", FORM),
        None => ("version", "1.0.0"),
    };
    let here = root.key(key);
    let given = string(member(document, key, root)?, &here)?;
    if &*given != known {
        let message = text!["the ", key, " is ", quoted(&given), ", not ", quoted(known)];
        return Err(here.fail("unsupported_version", message));
    }
    Ok(key == "format")
}

fn read_channels(
    value: &Value,
    interpolation: Option<Interpolation>,
    reuse: &dyn Fn(&Value) -> Option<Arc<Sample>>,
) -> Result<Vec<ChannelSpec>> {
    let root = Place::root();
    let list = root.key("channels");
    let found = items(value, &list)?;
    if found.is_empty() {
        return Err(list.fail("schema_error", "a workspace needs at least one channel"));
    }
    let mut channels = Vec::with_capacity(found.len());
    for (position, channel) in found.iter().enumerate() {
        let here = list.index(position);
        let name = string(member(channel, "name", &here)?, &here.key("name"))?;
        let inside = here.key("samples");
        let specs = items(member(channel, "samples", &here)?, &inside)?;
        if specs.is_empty() {
            return Err(inside.fail("schema_error", text!["the channel ", quoted(&name), " has no sample"]));
        }
        let mut samples: Vec<Arc<Sample>> = Vec::with_capacity(specs.len());
        for (index, spec) in specs.iter().enumerate() {
            let at = inside.index(index);
            let sample = match reuse(spec) {
                Some(sample) => sample,
                None => Arc::new(Sample::read(spec, interpolation, &at)?),
            };
            let bins = samples.first().map_or(sample.bins(), |first| first.bins());
            if sample.bins() != bins {
                let message = text![
                    "the sample ",
                    quoted(&sample.name),
                    " has ",
                    sample.bins(),
                    " bins, the channel ",
                    bins
                ];
                return Err(at.key("data").fail("length_mismatch", message));
            }
            samples.push(sample);
        }
        let samples = by_name(&samples);
        if let Some(pair) = samples.windows(2).find(|pair| pair[0].name == pair[1].name) {
            let message = text!["the channel ", quoted(&name), " has two samples ", quoted(&pair[0].name)];
            return Err(inside.fail("duplicate_name", message));
        }
        channels.push(ChannelSpec { name, position, samples });
    }
    let sorted = order(channels.len(), &|a, b| channels[a].name < channels[b].name);
    let channels: Vec<ChannelSpec> = sorted.into_iter().map(|c| channels[c].clone()).collect();
    if let Some(pair) = channels.windows(2).find(|pair| pair[0].name == pair[1].name) {
        return Err(list.fail("duplicate_name", text!["two channels are called ", quoted(&pair[0].name)]));
    }
    Ok(channels)
}

fn read_observations(value: &Value, channels: &[ChannelSpec]) -> Result<Vec<Arc<Vec<f64>>>> {
    let root = Place::root();
    let list = root.key("observations");
    let mut found: Vec<(Arc<str>, Arc<Vec<f64>>, usize)> = Vec::new();
    for (index, observation) in items(value, &list)?.iter().enumerate() {
        let here = list.index(index);
        let name = string(member(observation, "name", &here)?, &here.key("name"))?;
        let inside = here.key("data");
        let data = numbers(member(observation, "data", &here)?, &inside)?;
        if let Some(bin) = data.iter().position(|&n| n < 0.0) {
            let message = text!["the observation of ", quoted(&name), " is negative"];
            return Err(inside.index(bin).fail("negative_observation", message));
        }
        if found.iter().any(|(known, _, _)| *known == name) {
            return Err(here.fail("duplicate_name", text!["two observations are called ", quoted(&name)]));
        }
        found.push((name, data, index));
    }
    let of = |channel: &ChannelSpec| {
        let (_, data, index) = found.iter().find(|(name, _, _)| *name == channel.name).ok_or_else(|| {
            list.fail("missing_observation", text!["none for the channel ", quoted(&channel.name)])
        })?;
        let bins = channel.samples[0].bins();
        if data.len() != bins {
            let message =
                text![data.len(), " observations for the ", bins, " bins of ", quoted(&channel.name)];
            return Err(list.index(*index).key("data").fail("length_mismatch", message));
        }
        Ok(data.clone())
    };
    let mut counts = Vec::with_capacity(channels.len());
    for channel in channels {
        counts.push(of(channel)?);
    }
    Ok(counts)
}

fn read_measurement(
    value: &Value,
    wanted: Option<&str>,
    declares: bool,
) -> Result<(Measurement, Vec<Arc<str>>)> {
    let root = Place::root();
    let list = root.key("measurements");
    let mut names: Vec<Arc<str>> = Vec::new();
    let mut chosen = None;
    for (index, measurement) in items(value, &list)?.iter().enumerate() {
        let here = list.index(index);
        let name = string(member(measurement, "name", &here)?, &here.key("name"))?;
        if names.contains(&name) {
            let message = text!["two measurements are called ", quoted(&name)];
            return Err(here.key("name").fail("duplicate_name", message));
        }
        if chosen.is_none() && wanted.map_or(true, |wanted| wanted == &*name) {
            chosen = Some(read_config(measurement, name.clone(), declares, &here)?);
        }
        names.push(name);
    }
    match (chosen, wanted) {
        (Some(measurement), _) => Ok((measurement, names)),
        (None, Some(wanted)) => {
            let mut message = text!["no measurement ", quoted(wanted), " among"];
            for name in &names {
                message.push(' ');
                quoted(name).append(&mut message);
            }
            Err(list.fail("unresolved_reference", message))
        }
        (None, None) => Err(list.fail("schema_error", "no measurement is defined")),
    }
}

fn read_config(measurement: &Value, name: Arc<str>, declares: bool, place: &Place) -> Result<Measurement> {
    let here = place.key("config");
    let config = member(measurement, "config", place)?;
    let poi = string(member(config, "poi", &here)?, &here.key("poi"))?;
    let list = here.key("parameters");
    let found = items(member(config, "parameters", &here)?, &list)?;
    if declares {
        let mut declared = Vec::with_capacity(found.len());
        for (index, parameter) in found.iter().enumerate() {
            declared.push(read_declared(parameter, &list.index(index))?);
        }
        return Ok(Measurement { name, poi, parameters: Vec::new(), declared: Some(declared) });
    }
    let mut parameters: Vec<ParameterSpec> = Vec::new();
    for (index, parameter) in found.iter().enumerate() {
        let at = list.index(index);
        let parsed = read_parameter(parameter, &at)?;
        if parameters.iter().any(|known| known.name == parsed.name) {
            return Err(at.fail("duplicate_name", text!["two configurations of ", quoted(&parsed.name)]));
        }
        parameters.push(parsed);
    }
    Ok(Measurement { name, poi, parameters, declared: None })
}

fn read_declared(parameter: &Value, at: &Place) -> Result<Declared> {
    let name = string(member(parameter, "name", at)?, &at.key("name"))?;
    let init = number(member(parameter, "init", at)?, &at.key("init"))?;
    let bounds = read_pair(member(parameter, "bounds", at)?, &at.key("bounds"))?;
    let fixed = read_flag(parameter, at)?.unwrap_or(false);
    if init < bounds.0 || init > bounds.1 {
        let message = text!["the start value of ", quoted(&name), " is outside its bounds"];
        return Err(at.key("init").fail("invalid_bounds", message));
    }
    let (constraint, auxdata) = match parameter.get("constraint") {
        None | Some(Value::Null) => (Constraint::Free, 0.0),
        Some(given) => read_constraint(given, &at.key("constraint"))?,
    };
    Ok(Declared { name, init, bounds, fixed, constraint, auxdata })
}

/// A constraint and its observed value.
fn read_constraint(value: &Value, at: &Place) -> Result<(Constraint, f64)> {
    let here = at.key("type");
    let kind = string(member(value, "type", at)?, &here)?;
    let centre = number(member(value, "centre", at)?, &at.key("centre"))?;
    let width = number(member(value, "width", at)?, &at.key("width"))?;
    if width <= 0.0 {
        return Err(at.key("width").fail("negative_uncertainty", "the width is not positive"));
    }
    match &*kind {
        "gauss" => Ok((Constraint::Normal { sigma: width }, centre)),
        // The logarithm of the observed value is normal around the parameter.
        "lognormal" if centre > 0.0 => Ok((Constraint::Normal { sigma: width }, centre.ln())),
        "poisson" if centre >= 0.0 => Ok((Constraint::Poisson { factor: width }, centre)),
        "lognormal" | "poisson" => {
            Err(at.key("centre").fail("negative_observation", "the observed value is negative"))
        }
        other => Err(here.fail("unsupported_type", text!["there is no constraint ", quoted(other)])),
    }
}

fn read_flag(parameter: &Value, at: &Place) -> Result<Option<bool>> {
    match parameter.get("fixed") {
        Some(Value::Bool(fixed)) => Ok(Some(*fixed)),
        Some(other) => {
            let message = text!["a boolean is expected, not ", other.kind()];
            Err(at.key("fixed").fail("schema_error", message))
        }
        None => Ok(None),
    }
}

fn read_parameter(parameter: &Value, at: &Place) -> Result<ParameterSpec> {
    let list = |key: &'static str| match parameter.get(key) {
        Some(value) => numbers(value, &at.key(key)).map(Some),
        None => Ok(None),
    };
    let bounds = match parameter.get("bounds") {
        Some(value) => Some(read_bounds(value, &at.key("bounds"))?),
        None => None,
    };
    Ok(ParameterSpec {
        name: string(member(parameter, "name", at)?, &at.key("name"))?,
        pointer: at.pointer(),
        inits: list("inits")?,
        bounds,
        auxdata: list("auxdata")?,
        factors: list("factors")?,
        sigmas: list("sigmas")?,
        fixed: read_flag(parameter, at)?,
    })
}

fn read_bounds(value: &Value, place: &Place) -> Result<Vec<(f64, f64)>> {
    let pairs = items(value, place)?;
    if pairs.is_empty() {
        return Err(place.fail("schema_error", "the array is empty"));
    }
    let mut bounds = Vec::with_capacity(pairs.len());
    for (index, pair) in pairs.iter().enumerate() {
        bounds.push(read_pair(pair, &place.index(index))?);
    }
    Ok(bounds)
}

fn read_pair(pair: &Value, here: &Place) -> Result<(f64, f64)> {
    match numbers(pair, here)?[..] {
        [low, high] if low <= high => Ok((low, high)),
        [low, high] => {
            let (low, high) = (decimal::write(low), decimal::write(high));
            let message = text!["the lower bound ", low, " is above the upper one ", high];
            Err(here.fail("invalid_bounds", message))
        }
        _ => Err(here.fail("schema_error", "bounds are pairs of numbers")),
    }
}
