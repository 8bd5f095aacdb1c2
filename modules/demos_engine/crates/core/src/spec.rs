// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! The HistFactory specification as typed data: pyhf's schema 1.0.0.

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

/// The chosen measurement.
#[derive(Clone, Debug)]
pub struct Measurement {
    pub name: Arc<str>,
    /// Empty: none.
    pub poi: Arc<str>,
    pub parameters: Vec<ParameterSpec>,
}

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
        let channels = read_channels(member(document, "channels", &root)?, interpolation, reuse)?;
        let version = member(document, "version", &root)?;
        let here = root.key("version");
        let version = string(version, &here)?;
        if &*version != "1.0.0" {
            return Err(here
                .fail("unsupported_version", text!["the version is ", quoted(&version), ", not \"1.0.0\""]));
        }
        let observations = read_observations(member(document, "observations", &root)?, &channels)?;
        let (measurement, measurement_names) =
            read_measurement(member(document, "measurements", &root)?, measurement)?;
        Ok(Workspace { channels, observations, measurement, measurement_names })
    }
}

fn read_channels(
    value: &Value,
    interpolation: Interpolation,
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

fn read_measurement(value: &Value, wanted: Option<&str>) -> Result<(Measurement, Vec<Arc<str>>)> {
    let root = Place::root();
    let list = root.key("measurements");
    let mut names = Vec::new();
    let mut chosen = None;
    for (index, measurement) in items(value, &list)?.iter().enumerate() {
        let here = list.index(index);
        let name = string(member(measurement, "name", &here)?, &here.key("name"))?;
        if chosen.is_none() && wanted.map_or(true, |wanted| wanted == &*name) {
            chosen = Some(read_config(measurement, name.clone(), &here)?);
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

fn read_config(measurement: &Value, name: Arc<str>, place: &Place) -> Result<Measurement> {
    let here = place.key("config");
    let config = member(measurement, "config", place)?;
    let poi = string(member(config, "poi", &here)?, &here.key("poi"))?;
    let list = here.key("parameters");
    let mut parameters: Vec<ParameterSpec> = Vec::new();
    for (index, parameter) in items(member(config, "parameters", &here)?, &list)?.iter().enumerate() {
        let at = list.index(index);
        let parsed = read_parameter(parameter, &at)?;
        if parameters.iter().any(|known| known.name == parsed.name) {
            return Err(at.fail("duplicate_name", text!["two configurations of ", quoted(&parsed.name)]));
        }
        parameters.push(parsed);
    }
    Ok(Measurement { name, poi, parameters })
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
    let fixed = match parameter.get("fixed") {
        Some(Value::Bool(fixed)) => Some(*fixed),
        Some(other) => {
            let message = text!["a boolean is expected, not ", other.kind()];
            return Err(at.key("fixed").fail("schema_error", message));
        }
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
        fixed,
    })
}

fn read_bounds(value: &Value, place: &Place) -> Result<Vec<(f64, f64)>> {
    let pairs = items(value, place)?;
    if pairs.is_empty() {
        return Err(place.fail("schema_error", "the array is empty"));
    }
    let mut bounds = Vec::with_capacity(pairs.len());
    for (index, pair) in pairs.iter().enumerate() {
        let here = place.index(index);
        match numbers(pair, &here)?[..] {
            [low, high] if low <= high => bounds.push((low, high)),
            [low, high] => {
                let (low, high) = (decimal::write(low), decimal::write(high));
                let message = text!["the lower bound ", low, " is above the upper one ", high];
                return Err(here.fail("invalid_bounds", message));
            }
            _ => return Err(here.fail("schema_error", "bounds are pairs of numbers")),
        }
    }
    Ok(bounds)
}
