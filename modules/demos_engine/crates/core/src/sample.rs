// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! One sample of one channel: read, checked and turned into flat arrays.

use crate::error::Result;
use crate::json::Value;
use crate::names::order;
use crate::prelude::*;
use crate::spec::{items, member, number, numbers, string, Interpolation, Kind, NormCode, Place, ShapeCode};
use crate::text::quoted;

type Numbers = Arc<Vec<f64>>;

/// A modifier as named in the workspace.
#[derive(Clone, Debug)]
pub struct Modifier {
    pub kind: Kind,
    pub name: Arc<str>,
    /// Absolute uncertainties per bin (shapesys, staterror); else empty.
    pub uncertainties: Arc<Vec<f64>>,
    /// Its parameters, one or one per bin, where the document names them; else pyhf's rules hold.
    pub parameters: Option<Arc<Vec<Arc<str>>>>,
}

/// Coefficients of normsys factors: f = 1 + Σ cᵢ αⁱ inside |α| < 1, an exponential outside.
#[derive(Clone, Debug, Default)]
pub struct NormTable {
    pub coefficients: [Vec<f64>; 6],
    pub ln_up: Vec<f64>,
    pub ln_down: Vec<f64>,
    /// From this |α| on a factor is an exponential: 1 (code4) or 0 (code1).
    pub polynomial_below: Vec<f64>,
}

/// A sample. Parameters are referred to by the index of their modifier here.
#[derive(Clone, Debug)]
pub struct Sample {
    pub name: Arc<str>,
    pub nominal: Arc<Vec<f64>>,
    /// One per (type, name), in the order of (name, type).
    pub modifiers: Vec<Modifier>,
    /// Modifiers whose parameter is the factor (normfactor, lumi).
    pub scales: Vec<u32>,
    /// normsys that change anything.
    pub norms: Vec<u32>,
    pub norm_table: NormTable,
    /// histosys that change anything.
    pub shapes: Vec<u32>,
    /// Interpolation of each of them.
    pub shape_codes: Vec<ShapeCode>,
    /// Half the difference of the variations, `[bin][shape]`.
    pub slope: Vec<f64>,
    /// Mean of the variations minus the nominal, `[bin][shape]`.
    pub bend: Vec<f64>,
    /// Modifiers with one factor per bin (shapefactor, shapesys, staterror).
    pub gammas: Vec<u32>,
}

impl Sample {
    /// Number of bins.
    pub fn bins(&self) -> usize {
        self.nominal.len()
    }

    /// Read and compile a sample.
    ///
    /// # Errors
    /// A finding below `place`.
    ///
    /// Without an `interpolation` every modifier states its own, and names its parameters.
    pub fn read(value: &Value, interpolation: Option<Interpolation>, place: &Place) -> Result<Sample> {
        let name = string(member(value, "name", place)?, &place.key("name"))?;
        let nominal = numbers(member(value, "data", place)?, &place.key("data"))?;
        let list = place.key("modifiers");
        let found = items(member(value, "modifiers", place)?, &list)?;
        let mut modifiers: Vec<(Modifier, Effect)> = Vec::with_capacity(found.len());
        for (index, modifier) in found.iter().enumerate() {
            let at = list.index(index);
            modifiers.push(read_modifier(modifier, &name, nominal.len(), interpolation, &at)?);
        }
        let key = |i: usize| (&modifiers[i].0.name, modifiers[i].0.kind);
        let sorted = order(modifiers.len(), &|a, b| key(a) < key(b));
        // pyhf keeps the last of two, ROOT multiplies them: such a model has no one meaning.
        if let Some(pair) = sorted.windows(2).find(|pair| key(pair[0]) == key(pair[1])) {
            if interpolation.is_some() {
                let (modifier, kind) = key(pair[1]);
                let message = text![
                    "the sample ",
                    quoted(&name),
                    " has two ",
                    kind.name(),
                    " modifiers ",
                    quoted(modifier)
                ];
                return Err(list.index(pair[1]).fail("duplicate_name", message));
            }
        }
        let kept = sorted.into_iter().map(|i| modifiers[i].clone()).collect();
        Ok(Sample::compile(name, nominal, kept))
    }

    /// A signal: yields scaled by one normfactor.
    pub fn signal(name: &str, yields: Vec<f64>, poi: &str) -> Sample {
        let modifier = Modifier {
            kind: Kind::Normfactor,
            name: Arc::from(poi),
            uncertainties: Arc::default(),
            parameters: None,
        };
        Sample::compile(Arc::from(name), Arc::new(yields), vec![(modifier, Effect::Scale)])
    }

    fn compile(name: Arc<str>, nominal: Arc<Vec<f64>>, modifiers: Vec<(Modifier, Effect)>) -> Sample {
        let bins = nominal.len();
        let mut sample = Sample {
            name,
            nominal,
            modifiers: Vec::with_capacity(modifiers.len()),
            scales: Vec::new(),
            norms: Vec::new(),
            norm_table: NormTable::default(),
            shapes: Vec::new(),
            shape_codes: Vec::new(),
            slope: Vec::new(),
            bend: Vec::new(),
            gammas: Vec::new(),
        };
        let mut variations: Vec<(Numbers, Numbers)> = Vec::new();
        let mut factors: Vec<(f64, f64, NormCode)> = Vec::new();
        for (index, (modifier, effect)) in modifiers.into_iter().enumerate() {
            let index = index as u32;
            sample.modifiers.push(modifier);
            match effect {
                Effect::Scale => sample.scales.push(index),
                Effect::Bins => sample.gammas.push(index),
                Effect::Norm { low, high, code } => {
                    if low != 1.0 || high != 1.0 {
                        sample.norms.push(index);
                        factors.push((low, high, code));
                    }
                }
                Effect::Shape { low, high, code } => {
                    if *low != *sample.nominal || *high != *sample.nominal {
                        sample.shapes.push(index);
                        sample.shape_codes.push(code);
                        variations.push((low, high));
                    }
                }
            }
        }
        sample.norm_table = NormTable::new(&factors);
        sample.slope.reserve(bins * variations.len());
        sample.bend.reserve(bins * variations.len());
        for bin in 0..bins {
            let nominal = sample.nominal[bin];
            for (low, high) in &variations {
                sample.slope.push(0.5 * (high[bin] - low[bin]));
                sample.bend.push(0.5 * (high[bin] + low[bin]) - nominal);
            }
        }
        sample
    }
}

/// Samples in the order of their names.
pub fn by_name(samples: &[Arc<Sample>]) -> Vec<Arc<Sample>> {
    let sorted = order(samples.len(), &|a, b| samples[a].name < samples[b].name);
    sorted.into_iter().map(|i| samples[i].clone()).collect()
}

/// What a modifier does to its sample.
#[derive(Clone)]
enum Effect {
    Scale,
    Norm { low: f64, high: f64, code: NormCode },
    Shape { low: Numbers, high: Numbers, code: ShapeCode },
    Bins,
}

fn read_modifier(
    value: &Value,
    sample: &str,
    bins: usize,
    interpolation: Option<Interpolation>,
    place: &Place,
) -> Result<(Modifier, Effect)> {
    let name = string(member(value, "name", place)?, &place.key("name"))?;
    let at = place.key("type");
    let kind = string(member(value, "type", place)?, &at)?;
    let kind = match Kind::ALL.iter().find(|known| known.name() == &*kind) {
        Some(known) => *known,
        None => {
            return Err(at.fail(
                "schema_error",
                text!["the modifier ", quoted(&name), " has the unknown type ", quoted(&kind)],
            ))
        }
    };
    let here = place.key("data");
    let data = match (interpolation, value.get("data")) {
        (None, None) => &Value::Null,
        _ => member(value, "data", place)?,
    };
    let parameters = match interpolation {
        Some(_) => None,
        None => Some(read_parameters(value, kind, bins, place)?),
    };
    let own = |kind: Kind| match interpolation {
        Some(common) => Ok(common),
        None => Interpolation::of_modifier(value, kind, place),
    };
    let per_bin = |value: &Value, place: &Place| {
        let list = numbers(value, place)?;
        if list.len() != bins {
            let message = text![
                "the ",
                kind.name(),
                " ",
                quoted(&name),
                " has ",
                list.len(),
                " values for the ",
                bins,
                " bins of ",
                quoted(sample)
            ];
            return Err(place.fail("length_mismatch", message));
        }
        Ok(list)
    };
    let mut uncertainties = Arc::default();
    let effect = match kind {
        Kind::Lumi | Kind::Normfactor | Kind::Shapefactor => {
            if kind == Kind::Lumi && &*name != "lumi" && interpolation.is_some() {
                let message = text!["a lumi modifier is called \"lumi\", not ", quoted(&name)];
                return Err(place.key("name").fail("schema_error", message));
            }
            if !matches!(data, Value::Null) {
                let message = text!["the ", kind.name(), " ", quoted(&name), " has data other than null"];
                return Err(here.fail("schema_error", message));
            }
            if kind == Kind::Shapefactor {
                Effect::Bins
            } else {
                Effect::Scale
            }
        }
        Kind::Normsys => {
            let low = number(member(data, "lo", &here)?, &here.key("lo"))?;
            let high = number(member(data, "hi", &here)?, &here.key("hi"))?;
            if low <= 0.0 || high <= 0.0 {
                let message = text![
                    "the normsys ",
                    quoted(&name),
                    " of ",
                    quoted(sample),
                    " has a factor that is not positive"
                ];
                return Err(here.fail("degenerate_normsys", message));
            }
            Effect::Norm { low, high, code: own(kind)?.normsys }
        }
        Kind::Histosys => Effect::Shape {
            low: per_bin(member(data, "lo_data", &here)?, &here.key("lo_data"))?,
            high: per_bin(member(data, "hi_data", &here)?, &here.key("hi_data"))?,
            code: own(kind)?.histosys,
        },
        // The document states the constraint of each parameter: uncertainties are only a comment.
        Kind::Shapesys | Kind::Staterror if interpolation.is_none() => Effect::Bins,
        Kind::Shapesys | Kind::Staterror => {
            uncertainties = per_bin(data, &here)?;
            if let Some(bin) = uncertainties.iter().position(|&x| x < 0.0) {
                let message = text!["the ", kind.name(), " ", quoted(&name), " has a negative uncertainty"];
                return Err(here.index(bin).fail("negative_uncertainty", message));
            }
            Effect::Bins
        }
    };
    Ok((Modifier { kind, name, uncertainties, parameters }, effect))
}

/// The names of a modifier's parameters: one, or one per bin.
fn read_parameters(value: &Value, kind: Kind, bins: usize, place: &Place) -> Result<Arc<Vec<Arc<str>>>> {
    let list = place.key("parameters");
    let found = items(member(value, "parameters", place)?, &list)?;
    let wanted = if kind.per_bin() { bins } else { 1 };
    if found.len() != wanted {
        let message = text![found.len(), " parameters where ", wanted, " are needed"];
        return Err(list.fail("length_mismatch", message));
    }
    let mut names = Vec::with_capacity(wanted);
    for (index, name) in found.iter().enumerate() {
        names.push(string(name, &list.index(index))?);
    }
    Ok(Arc::new(names))
}

impl NormTable {
    /// Of factors at -1 and +1 with their interpolation.
    fn new(factors: &[(f64, f64, NormCode)]) -> NormTable {
        let mut table = NormTable::default();
        let polynomial = factors.iter().any(|&(_, _, code)| code == NormCode::Four);
        for &(low, high, code) in factors {
            table.ln_up.push(high.ln());
            table.ln_down.push(low.ln());
            match code {
                NormCode::Four => {
                    table.polynomial_below.push(1.0);
                    table.push_polynomial(low, high);
                }
                NormCode::One => {
                    table.polynomial_below.push(0.0);
                    if polynomial {
                        table.coefficients.iter_mut().for_each(|list| list.push(0.0));
                    }
                }
            }
        }
        table
    }

    fn push_polynomial(&mut self, low: f64, high: f64) {
        let (up, down) = (high.ln(), low.ln());
        // Value, slope and curvature of the exponentials at ±1, as pyhf's code4 with α₀ = 1.
        let b = [high - 1.0, low - 1.0, up * high, -down * low, up * up * high, down * down * low];
        let rows = [
            [15.0 / 16.0, -15.0 / 16.0, -7.0 / 16.0, -7.0 / 16.0, 1.0 / 16.0, -1.0 / 16.0],
            [1.5, 1.5, -9.0 / 16.0, 9.0 / 16.0, 1.0 / 16.0, 1.0 / 16.0],
            [-0.625, 0.625, 0.625, 0.625, -0.125, 0.125],
            [-1.5, -1.5, 0.875, -0.875, -0.125, -0.125],
            [3.0 / 16.0, -3.0 / 16.0, -3.0 / 16.0, -3.0 / 16.0, 1.0 / 16.0, -1.0 / 16.0],
            [0.5, 0.5, -5.0 / 16.0, 5.0 / 16.0, 1.0 / 16.0, 1.0 / 16.0],
        ];
        for (row, out) in rows.iter().zip(self.coefficients.iter_mut()) {
            out.push(row.iter().zip(b.iter()).map(|(a, b)| a * b).sum());
        }
    }
}
