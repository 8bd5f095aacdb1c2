// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! From a workspace to a model: parameters, their order, and what touches what.

use crate::constraint::Constraint;
use crate::data::Data;
use crate::error::{Error, Result};
use crate::json::Value;
use crate::names::{order, Addresses, Names};
use crate::pointer;
use crate::prelude::*;
use crate::sample::{by_name, Modifier, Sample};
use crate::spec::{Declared, Interpolation, Kind, Measurement, ParameterSpec, ShapeCode, Workspace};
use crate::text::quoted;

type Numbers = Arc<Vec<f64>>;

/// Most parameters accepted: the Hessian is dense.
pub const MAX_PARAMETERS: usize = 8192;

/// A named parameter of one or several components.
#[derive(Clone, Debug)]
pub struct ParameterSet {
    pub name: Arc<str>,
    /// First component, in pyhf's order.
    pub first: usize,
    pub size: usize,
    pub scalar: bool,
    pub kinds: Vec<Kind>,
}

/// Which samples of a bin share the same per-bin factors.
#[derive(Clone, Debug)]
pub struct Group {
    pub bin: usize,
    /// Channel-local parameters whose product multiplies the samples.
    pub slots: Vec<u32>,
}

/// Channel-local parameter indices of one sample.
#[derive(Clone, Debug)]
pub struct Links {
    pub sample: Arc<Sample>,
    pub scales: Vec<u32>,
    pub norms: Vec<u32>,
    pub shapes: Vec<u32>,
    /// Where the interpolation functions of each shape are: `code * locals + local`.
    pub shape_at: Vec<u32>,
    /// Group of each bin.
    pub groups: Vec<u32>,
}

/// One channel with everything that touches it.
#[derive(Clone, Debug)]
pub struct Channel {
    pub name: Arc<str>,
    pub bins: usize,
    pub first_bin: usize,
    pub samples: Vec<Links>,
    /// Parameters of the channel, ascending in elimination order.
    pub locals: Vec<u32>,
    /// How many of the locals are per-bin factors.
    pub slots: usize,
    pub groups: Vec<Group>,
    /// (slot, bin) for every per-bin factor.
    pub slot_bins: Vec<(u32, u32)>,
    /// Pairs of slots of one bin, with the bin.
    pub slot_pairs: Vec<(u32, u32, u32)>,
}

/// A compiled model. Immutable; share it between threads freely.
///
/// Parameters are stored in *elimination order* (per-bin factors first), which
/// is what makes the factorisation sparse; `internal` and `external` convert
/// from and to pyhf's order.
#[derive(Clone, Debug)]
pub struct Model {
    pub sets: Vec<ParameterSet>,
    /// Names in pyhf's order and spelling.
    pub names: Vec<String>,
    pub internal: Vec<usize>,
    pub external: Vec<usize>,
    pub init: Vec<f64>,
    pub low: Vec<f64>,
    pub high: Vec<f64>,
    pub fixed: Vec<bool>,
    /// Parameters that no rate and no constraint depends on.
    pub inert: Vec<bool>,
    pub constraints: Vec<Constraint>,
    pub poi: Option<usize>,
    pub poi_name: Arc<str>,
    pub channels: Vec<Channel>,
    pub bins: usize,
    /// The first `slots` parameters each touch one bin only.
    pub slots: usize,
    /// End of the run of parameters that touch the same bin as this one.
    pub cluster_end: Vec<usize>,
    pub interpolation: Interpolation,
    /// The interpolations of templates in use; `Links::shape_at` counts in their order.
    pub shape_codes: Vec<ShapeCode>,
    /// Parameters (elimination order) at whose zero an interpolation has a kink.
    pub kinked: Vec<usize>,
    pub observed: Data,
    pub measurement: Arc<str>,
    pub measurement_names: Vec<Arc<str>>,
    source: Arc<Source>,
}

/// What a model was made from, kept so that signals can be added to it.
#[derive(Clone, Debug)]
struct Source {
    document: Value,
    workspace: Workspace,
    compiled: Compiled,
}

/// One signal: its yields in some channels, scaled by the parameter of interest.
pub struct Signal {
    pub name: String,
    pub yields: Vec<(String, Vec<f64>)>,
}

impl Model {
    /// Compile a workspace.
    ///
    /// `poi` replaces the measurement's parameter of interest.
    ///
    /// # Errors
    /// What pyhf refuses, with a code, the place and the object's name. A
    /// parameter of interest that nothing defines is no error: such a model has none.
    pub fn load(
        document: &Value,
        measurement: Option<&str>,
        poi: Option<&str>,
        interpolation: Interpolation,
    ) -> Result<Model> {
        let workspace = Workspace::read(document, measurement, interpolation, &|_| None)?;
        let compiled = compiled(document, &workspace);
        Model::build(document.clone(), workspace, compiled, poi, interpolation)
    }

    /// Compile a patched version of this model's workspace, reusing every sample that the patch leaves alone.
    ///
    /// # Errors
    /// As for `load`, and what `patch::apply` refuses.
    pub fn patched(&self, patch: &Value) -> Result<Model> {
        let document = crate::patch::apply(&self.source.document, patch)?;
        let reuse = |spec: &Value| self.source.compiled.get(spec);
        let workspace = Workspace::read(&document, Some(&self.measurement), self.interpolation, &reuse)?;
        let compiled = compiled(&document, &workspace);
        Model::build(document, workspace, compiled, None, self.interpolation)
    }

    /// This model with a signal added; the background's samples are reused as they are.
    ///
    /// A sample of the same name is replaced. The parameter of interest becomes
    /// a normfactor of the signal, defined by it where the background has none.
    ///
    /// # Errors
    /// `unresolved_reference` for an unknown channel, `length_mismatch`,
    /// `poi_undefined`, `nonfinite_number`.
    pub fn with_signal(&self, signal: &Signal) -> Result<Model> {
        if self.poi_name.is_empty() {
            let message = "the measurement names no parameter of interest that could scale the signal";
            return Err(Error::new("poi_undefined", "", message));
        }
        let mut workspace = self.source.workspace.clone();
        for (channel, yields) in &signal.yields {
            let mut pointer = String::from("/yields");
            pointer::push(&mut pointer, channel);
            let target = match workspace.channels.iter_mut().find(|known| *known.name == **channel) {
                Some(target) => target,
                None => {
                    let message = text!["the model has no channel ", quoted(channel)];
                    return Err(Error::new("unresolved_reference", pointer, message));
                }
            };
            let bins = target.samples[0].bins();
            if yields.len() != bins {
                let message = text![yields.len(), " yields for the ", bins, " bins of ", quoted(channel)];
                return Err(Error::new("length_mismatch", pointer, message));
            }
            if let Some(bin) = yields.iter().position(|x| !x.is_finite()) {
                let pointer = text![pointer, "/", bin];
                return Err(Error::new("nonfinite_number", pointer, "a yield is not finite"));
            }
            let sample = Arc::new(Sample::signal(&signal.name, yields.clone(), &self.poi_name));
            target.samples.retain(|known| *known.name != *signal.name);
            target.samples.push(sample);
            target.samples = by_name(&target.samples);
        }
        let compiled = self.source.compiled.clone();
        let document = self.source.document.clone();
        Model::build(document, workspace, compiled, Some(&self.poi_name), self.interpolation)
    }

    fn build(
        document: Value,
        workspace: Workspace,
        compiled: Compiled,
        poi: Option<&str>,
        interpolation: Interpolation,
    ) -> Result<Model> {
        let (sets, components) = match &workspace.measurement.declared {
            None => by_rule(&workspace)?,
            Some(declared) => by_name_of(&workspace, declared)?,
        };
        let poi_name: Arc<str> = match poi {
            Some(name) => Arc::from(name),
            None => workspace.measurement.poi.clone(),
        };
        let total: usize = sets.iter().map(|set| set.set.size).sum();
        if total == 0 {
            return Err(Error::new("schema_error", "/channels", "the model has no parameter"));
        }
        if total > MAX_PARAMETERS {
            let message = text![total, " parameters are more than the ", MAX_PARAMETERS, " accepted"];
            return Err(Error::new("resource_limit", "/channels", message));
        }
        let shape_codes = shape_codes(&workspace);
        let layout = Layout::new(&workspace, &components, &sets, &shape_codes);
        let mut model = Model {
            names: names(&sets),
            internal: layout.internal,
            external: layout.external,
            init: vec![0.0; total],
            low: vec![0.0; total],
            high: vec![0.0; total],
            fixed: vec![false; total],
            inert: vec![false; total],
            constraints: vec![Constraint::Free; total],
            poi: None,
            poi_name,
            channels: layout.channels,
            bins: layout.bins,
            slots: layout.slots,
            cluster_end: layout.cluster_end,
            interpolation,
            shape_codes,
            kinked: Vec::new(),
            observed: Data::default(),
            measurement: workspace.measurement.name.clone(),
            measurement_names: workspace.measurement_names.clone(),
            sets: Vec::new(),
            source: Arc::new(Source { document, workspace, compiled }),
        };
        let mut aux = vec![0.0; total];
        for set in &sets {
            for i in 0..set.set.size {
                let at = model.internal[set.set.first + i];
                model.init[at] = set.inits[i];
                model.low[at] = set.bounds[i].0;
                model.high[at] = set.bounds[i].1;
                model.fixed[at] = set.fixed[i];
                model.constraints[at] = set.constraints[i];
                aux[at] = set.auxdata[i];
            }
        }
        model.sets = sets.into_iter().map(|set| set.set).collect();
        model.mark_inert();
        model.find_kinks();
        model.set_poi(poi)?;
        let mut counts = Vec::with_capacity(model.bins);
        for observed in &model.source.workspace.observations {
            counts.extend_from_slice(observed);
        }
        model.observed = Data::new(&model, counts, aux);
        Ok(model)
    }

    fn mark_inert(&mut self) {
        let mut used = vec![false; self.init.len()];
        for channel in &self.channels {
            for &local in &channel.locals {
                used[local as usize] = true;
            }
        }
        for (i, used) in used.into_iter().enumerate() {
            self.inert[i] = !used && self.constraints[i] == Constraint::Free;
        }
    }

    fn find_kinks(&mut self) {
        let mut kinked = vec![false; self.init.len()];
        for channel in &self.channels {
            for links in &channel.samples {
                let table = &links.sample.norm_table;
                for (&at, &below) in links.norms.iter().zip(&table.polynomial_below) {
                    kinked[channel.locals[at as usize] as usize] |= below == 0.0;
                }
                for (&at, &code) in links.shapes.iter().zip(&links.sample.shape_codes) {
                    kinked[channel.locals[at as usize] as usize] |= code == ShapeCode::Zero;
                }
            }
        }
        self.kinked = (0..kinked.len()).filter(|&i| kinked[i]).collect();
    }

    fn set_poi(&mut self, asked: Option<&str>) -> Result<()> {
        let name = self.poi_name.clone();
        match self.sets.iter().find(|set| set.name == name) {
            Some(set) if set.size == 1 => self.poi = Some(self.internal[set.first]),
            Some(set) => {
                let message =
                    text!["the parameter of interest ", quoted(&set.name), " has ", set.size, " components"];
                return Err(Error::new("poi_undefined", "/measurements", message));
            }
            None if asked.is_some() && !name.is_empty() => {
                let message = text!["no modifier defines the parameter of interest ", quoted(&name)];
                return Err(Error::new("poi_undefined", "/measurements", message));
            }
            None => {}
        }
        Ok(())
    }

    /// Number of parameter components.
    pub fn parameters(&self) -> usize {
        self.init.len()
    }

    /// Index (in elimination order) of a parameter by its name in pyhf's spelling.
    pub fn index(&self, name: &str) -> Option<usize> {
        let scalar = self.sets.iter().find(|set| &*set.name == name && set.size == 1).map(|set| set.first);
        scalar.or_else(|| self.names.iter().position(|known| known == name)).map(|i| self.internal[i])
    }

    /// Values in elimination order, from pyhf's order.
    pub fn to_internal(&self, values: &[f64]) -> Vec<f64> {
        self.external.iter().map(|&i| values[i]).collect()
    }

    /// Values in pyhf's order, from elimination order.
    pub fn to_external<T: Clone>(&self, values: &[T]) -> Vec<T> {
        self.internal.iter().map(|&i| values[i].clone()).collect()
    }

    /// The workspace document the model was made from (without added signals).
    pub fn document(&self) -> &Value {
        &self.source.document
    }
}

/// Compiled samples by the node they came from.
#[derive(Clone, Debug, Default)]
struct Compiled {
    numbers: Addresses,
    samples: Vec<Arc<Sample>>,
}

impl Compiled {
    fn get(&self, spec: &Value) -> Option<Arc<Sample>> {
        self.numbers.get(spec.address()).map(|at| self.samples[at].clone())
    }
}

fn compiled(document: &Value, workspace: &Workspace) -> Compiled {
    let mut found = Compiled::default();
    let list = match document.get("channels") {
        Some(Value::Array(list)) => list,
        _ => return found,
    };
    for channel in &workspace.channels {
        let specs = match list.get(channel.position).and_then(|c| c.get("samples")) {
            Some(Value::Array(specs)) => specs,
            _ => continue,
        };
        for spec in specs.iter() {
            if let Some(Value::String(name)) = spec.get("name") {
                if let Some(sample) = channel.samples.iter().find(|sample| sample.name == *name) {
                    found.numbers.set(spec.address(), found.samples.len());
                    found.samples.push(sample.clone());
                }
            }
        }
    }
    found
}

fn names(sets: &[Configured]) -> Vec<String> {
    let mut names = Vec::new();
    for Configured { set, .. } in sets {
        if set.scalar {
            names.push(String::from(&*set.name));
        } else {
            names.extend((0..set.size).map(|i| text![set.name, "[", i, "]"]));
        }
    }
    names
}

/// The interpolations of templates that a model uses; at least one.
fn shape_codes(workspace: &Workspace) -> Vec<ShapeCode> {
    let mut found: Vec<ShapeCode> = Vec::new();
    let samples = workspace.channels.iter().flat_map(|channel| &channel.samples);
    for code in samples.flat_map(|sample| &sample.shape_codes) {
        if !found.contains(code) {
            found.push(*code);
        }
    }
    if found.is_empty() {
        found.push(ShapeCode::FourP);
    }
    found
}

/// Parameter components (in the order of the sets) of every modifier of every sample.
struct Components {
    /// `[channel][sample][modifier]`: first component of consecutive ones, or all of them.
    found: Vec<Vec<Vec<Run>>>,
}

enum Run {
    From(usize),
    Listed(Vec<u32>),
    Single(usize),
}

impl Components {
    fn of(&self, channel: usize, sample: usize, modifier: u32, bin: usize) -> usize {
        match &self.found[channel][sample][modifier as usize] {
            Run::From(first) => first + bin,
            Run::Listed(list) => list[bin] as usize,
            Run::Single(at) => *at,
        }
    }
}

/// The parameters of a pyhf workspace, by pyhf's rules.
fn by_rule(workspace: &Workspace) -> Result<(Vec<Configured>, Components)> {
    let table = Table::collect(workspace)?;
    let sets = table.sets(workspace)?;
    let mut numbers = Names::default();
    for set in &sets {
        numbers.number(&set.set.name);
    }
    let first = |entry: &Entry| numbers.find(&entry.name).map_or(0, |at| sets[at].set.first);
    // First component of each entry, by kind.
    let firsts: Vec<Vec<usize>> =
        table.found.iter().map(|entries| entries.iter().map(first).collect()).collect();
    let mut found = Vec::with_capacity(workspace.channels.len());
    for (c, channel) in workspace.channels.iter().enumerate() {
        let mut rows = Vec::with_capacity(channel.samples.len());
        for (s, sample) in channel.samples.iter().enumerate() {
            let run = |(modifier, &link): (&Modifier, &u32)| {
                let (kind, link) = (modifier.kind as usize, link as usize);
                let first = firsts[kind][link];
                if modifier.kind.per_bin() {
                    Run::From(first + table.found[kind][link].offsets[c].unwrap_or(0))
                } else {
                    Run::Single(first)
                }
            };
            rows.push(sample.modifiers.iter().zip(&table.links[c][s]).map(run).collect());
        }
        found.push(rows);
    }
    Ok((sets, Components { found }))
}

/// The parameters that a document declares, in its order.
///
/// # Errors
/// `duplicate_name`, `unknown_parameter`, and `incompatible_parameter_reuse` for what the kernel
/// does not compute: one parameter for several bins of a channel, or for a bin and a whole sample.
fn by_name_of(workspace: &Workspace, declared: &[Declared]) -> Result<(Vec<Configured>, Components)> {
    let mut numbers = Names::default();
    let mut sets: Vec<Configured> = Vec::with_capacity(declared.len());
    for parameter in declared {
        if !numbers.number(&parameter.name).1 {
            let message = text!["two parameters are called ", quoted(&parameter.name)];
            return Err(Error::new("duplicate_name", "/measurements", message));
        }
        sets.push(Configured::declared(parameter, sets.len()));
    }
    let mut found = Vec::with_capacity(workspace.channels.len());
    let mut roles: Vec<Option<Role>> = vec![None; sets.len()];
    for (c, channel) in workspace.channels.iter().enumerate() {
        let fail = |code, message| Error::new(code, text!["/channels/", channel.position], message);
        let mut rows = Vec::with_capacity(channel.samples.len());
        for sample in &channel.samples {
            let mut row = Vec::with_capacity(sample.modifiers.len());
            let mut met: Vec<usize> = Vec::new();
            for modifier in &sample.modifiers {
                let own = core::slice::from_ref(&modifier.name);
                let names = modifier.parameters.as_ref().map_or(own, |names| &names[..]);
                let mut listed: Vec<u32> = Vec::with_capacity(names.len());
                for (bin, name) in names.iter().enumerate() {
                    let at = match numbers.find(name) {
                        Some(at) => at,
                        // Of an added signal: the parameter of interest that only it defines.
                        None if modifier.parameters.is_none() => {
                            numbers.number(name);
                            roles.push(None);
                            sets.push(Configured::declared(&signal_strength(name), sets.len()));
                            sets.len() - 1
                        }
                        None => {
                            let message = text!["the parameter ", quoted(name), " is not declared"];
                            return Err(fail("unknown_parameter", message));
                        }
                    };
                    let role = if modifier.kind.per_bin() { Role::Bin(c, bin) } else { Role::Whole };
                    let repeated = modifier.kind.per_bin() && met.contains(&at);
                    if repeated || !roles[at].map_or(true, |known| known.goes_with(role)) {
                        let message = text![
                            "the parameter ",
                            quoted(name),
                            " acts on several bins of a channel, twice on one, or on a bin and a whole sample"
                        ];
                        return Err(fail("incompatible_parameter_reuse", message));
                    }
                    roles[at] = Some(role);
                    if modifier.kind.per_bin() {
                        met.push(at);
                    }
                    let kinds = &mut sets[at].set.kinds;
                    if !kinds.contains(&modifier.kind) {
                        kinds.push(modifier.kind);
                    }
                    listed.push(at as u32);
                }
                row.push(Run::Listed(listed));
            }
            rows.push(row);
        }
        found.push(rows);
    }
    Ok((sets, Components { found }))
}

/// On what a declared parameter acts.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Whole,
    /// On this bin of this channel, and perhaps on bins of other channels.
    Bin(usize, usize),
}

impl Role {
    fn goes_with(self, other: Role) -> bool {
        match (self, other) {
            (Role::Bin(c, bin), Role::Bin(d, other)) => c != d || bin == other,
            _ => self == other,
        }
    }
}

fn signal_strength(name: &Arc<str>) -> Declared {
    Declared {
        name: name.clone(),
        init: 1.0,
        bounds: (0.0, 10.0),
        fixed: false,
        constraint: Constraint::Free,
        auxdata: 0.0,
    }
}

/// Modifiers of a workspace by kind and name, as pyhf walks them.
struct Table {
    /// Per kind, names in the order of creation, with the component count.
    found: Vec<Vec<Entry>>,
    index: Vec<Names>,
    /// For each channel and sample, the entry of each modifier.
    links: Vec<Vec<Vec<u32>>>,
}

struct Entry {
    name: Arc<str>,
    size: usize,
    /// First component in each channel (staterror: the components of several channels are appended).
    offsets: Vec<Option<usize>>,
    /// Nominal rates and uncertainties of a shapesys.
    shapesys: Option<(Numbers, Numbers)>,
}

impl Table {
    fn collect(workspace: &Workspace) -> Result<Table> {
        let channels = workspace.channels.len();
        let mut table = Table {
            found: (0..Kind::ALL.len()).map(|_| Vec::new()).collect(),
            index: vec![Names::default(); Kind::ALL.len()],
            links: Vec::with_capacity(channels),
        };
        for (c, channel) in workspace.channels.iter().enumerate() {
            let mut rows = Vec::with_capacity(channel.samples.len());
            for sample in &channel.samples {
                let mut row = Vec::with_capacity(sample.modifiers.len());
                for modifier in &sample.modifiers {
                    let kind = modifier.kind as usize;
                    let (at, new) = table.index[kind].number(&modifier.name);
                    if new {
                        table.found[kind].push(Entry {
                            name: modifier.name.clone(),
                            size: 0,
                            offsets: vec![None; channels],
                            shapesys: None,
                        });
                    }
                    table.found[kind][at].extend(modifier, sample, c, channel.position, !new)?;
                    row.push(at as u32);
                }
                rows.push(row);
            }
            table.links.push(rows);
        }
        Ok(table)
    }

    /// Parameter sets in pyhf's order, configured by the measurement.
    fn sets(&self, workspace: &Workspace) -> Result<Vec<Configured>> {
        let mut sets: Vec<Configured> = Vec::new();
        let mut known = Names::default();
        for kind in Kind::ALL {
            let found = &self.found[kind as usize];
            let by_name = |a: usize, b: usize| found[a].name < found[b].name;
            let sorted = order(found.len(), &|a, b| kind == Kind::Staterror && by_name(a, b));
            for entry in sorted.into_iter().map(|i| &found[i]) {
                let (at, new) = known.number(&entry.name);
                if !new {
                    // Only the two interpolated systematics may share one parameter.
                    if kind != Kind::Normsys || sets[at].set.kinds != [Kind::Histosys] {
                        let message = text![
                            quoted(&entry.name),
                            " is the name of a ",
                            sets[at].set.kinds[0].name(),
                            " and of a ",
                            kind.name(),
                            ", which cannot share a parameter"
                        ];
                        return Err(Error::new("incompatible_parameter_reuse", "/channels", message));
                    }
                    sets[at].set.kinds.push(kind);
                    continue;
                }
                sets.push(Configured::new(kind, entry, self, workspace)?);
            }
        }
        let mut first = 0;
        for configured in &mut sets {
            configured.set.first = first;
            first += configured.set.size;
            let config = workspace.measurement.parameters.iter().find(|p| p.name == configured.set.name);
            configured.configure(config, &workspace.measurement)?;
        }
        Ok(sets)
    }
}

impl Entry {
    /// Note that a sample of a channel carries this modifier.
    fn extend(
        &mut self,
        modifier: &Modifier,
        sample: &Sample,
        channel: usize,
        position: usize,
        known: bool,
    ) -> Result<()> {
        let refuse = |code, message| Err(Error::new(code, text!["/channels/", position], message));
        match modifier.kind {
            Kind::Shapesys => {
                if known {
                    let message = text![
                        "the shapesys ",
                        quoted(&self.name),
                        " is on several samples; it cannot be shared"
                    ];
                    return refuse("incompatible_parameter_reuse", message);
                }
                self.size = sample.bins();
                self.offsets[channel] = Some(0);
                self.shapesys = Some((sample.nominal.clone(), modifier.uncertainties.clone()));
            }
            Kind::Shapefactor => {
                if known && sample.bins() > self.size {
                    let message = text![
                        "the shapefactor ",
                        quoted(&self.name),
                        " has ",
                        self.size,
                        " components, too few for a channel of ",
                        sample.bins(),
                        " bins"
                    ];
                    return refuse("length_mismatch", message);
                }
                if !known {
                    self.size = sample.bins();
                }
                self.offsets[channel] = Some(0);
            }
            Kind::Staterror => {
                if self.offsets[channel].is_none() {
                    self.offsets[channel] = Some(self.size);
                    self.size += sample.bins();
                }
            }
            _ => {
                self.size = 1;
                self.offsets[channel] = Some(0);
            }
        }
        Ok(())
    }
}

/// A parameter set with its values.
struct Configured {
    set: ParameterSet,
    inits: Vec<f64>,
    bounds: Vec<(f64, f64)>,
    fixed: Vec<bool>,
    auxdata: Vec<f64>,
    constraints: Vec<Constraint>,
}

impl Configured {
    /// A parameter of one component.
    fn declared(parameter: &Declared, first: usize) -> Configured {
        let set =
            ParameterSet { name: parameter.name.clone(), first, size: 1, scalar: true, kinds: Vec::new() };
        Configured {
            set,
            inits: vec![parameter.init],
            bounds: vec![parameter.bounds],
            fixed: vec![parameter.fixed],
            auxdata: vec![parameter.auxdata],
            constraints: vec![parameter.constraint],
        }
    }

    fn new(kind: Kind, entry: &Entry, table: &Table, workspace: &Workspace) -> Result<Configured> {
        let size = entry.size;
        let scalar = !kind.per_bin();
        let set = ParameterSet { name: entry.name.clone(), first: 0, size, scalar, kinds: vec![kind] };
        let (init, bounds) = match kind {
            Kind::Histosys | Kind::Normsys => (0.0, (-5.0, 5.0)),
            Kind::Shapesys | Kind::Staterror => (1.0, (1e-10, 10.0)),
            _ => (1.0, (0.0, 10.0)),
        };
        let mut configured = Configured {
            set,
            inits: vec![init; size],
            bounds: vec![bounds; size],
            fixed: vec![false; size],
            auxdata: vec![0.0; size],
            constraints: vec![Constraint::Free; size],
        };
        match kind {
            Kind::Histosys | Kind::Normsys | Kind::Lumi => {
                configured.constraints = vec![Constraint::Normal { sigma: 1.0 }; size];
            }
            Kind::Shapesys => configured.set_shapesys(entry),
            Kind::Staterror => configured.set_staterror(entry, table, workspace)?,
            Kind::Normfactor | Kind::Shapefactor => {}
        }
        Ok(configured)
    }

    /// A bin without rate or without uncertainty has a fixed factor of unit constraint.
    fn set_shapesys(&mut self, entry: &Entry) {
        if let Some((nominal, uncertainties)) = &entry.shapesys {
            for (i, (&rate, &error)) in nominal.iter().zip(uncertainties.iter()).enumerate() {
                let valid = rate > 0.0 && error > 0.0;
                let factor = if valid { (rate * rate) / (error * error) } else { 1.0 };
                self.fixed[i] = !valid;
                self.auxdata[i] = factor;
                self.constraints[i] = Constraint::Poisson { factor };
            }
        }
    }

    /// The uncertainties of all samples that carry the name, relative to their summed rate.
    fn set_staterror(&mut self, entry: &Entry, table: &Table, workspace: &Workspace) -> Result<()> {
        self.auxdata = vec![1.0; entry.size];
        let kind = Kind::Staterror as usize;
        for (c, channel) in workspace.channels.iter().enumerate() {
            let first = match entry.offsets[c] {
                Some(first) => first,
                None => continue,
            };
            let carrying = |s: usize| {
                let sample = &channel.samples[s];
                let at = sample.modifiers.iter().zip(&table.links[c][s]).find(|(modifier, &link)| {
                    modifier.kind == Kind::Staterror && table.found[kind][link as usize].name == entry.name
                });
                at.map(|(modifier, _)| (sample, modifier))
            };
            let bins = channel.samples[0].bins();
            let found: Vec<_> = (0..channel.samples.len()).filter_map(carrying).collect();
            for bin in 0..bins {
                let rate: f64 = found.iter().map(|(sample, _)| sample.nominal[bin]).sum();
                let square = |x: f64| (x / rate) * (x / rate);
                let sum: f64 = found.iter().map(|(_, modifier)| square(modifier.uncertainties[bin])).sum();
                let error = if rate > 0.0 { sum.sqrt() } else { 0.0 };
                self.fixed[first + bin] = error == 0.0;
                self.constraints[first + bin] =
                    Constraint::Normal { sigma: if error == 0.0 { 1.0 } else { error } };
            }
        }
        self.same_samples_everywhere(entry, table, workspace)
    }

    /// pyhf requires that every sample that carries a staterror carries it in the same channels.
    fn same_samples_everywhere(&self, entry: &Entry, table: &Table, workspace: &Workspace) -> Result<()> {
        let kind = Kind::Staterror as usize;
        let mut expected: Option<Vec<Arc<str>>> = None;
        for (c, channel) in workspace.channels.iter().enumerate() {
            if entry.offsets[c].is_none() {
                continue;
            }
            let carries = |s: &usize| {
                let links = channel.samples[*s].modifiers.iter().zip(&table.links[c][*s]);
                links.clone().any(|(modifier, &link)| {
                    modifier.kind == Kind::Staterror && table.found[kind][link as usize].name == entry.name
                })
            };
            let samples: Vec<Arc<str>> =
                (0..channel.samples.len()).filter(carries).map(|s| channel.samples[s].name.clone()).collect();
            match &expected {
                Some(known) if *known != samples => {
                    let message = text![
                        "the staterror ",
                        quoted(&entry.name),
                        " is on different samples in different channels"
                    ];
                    let pointer = text!["/channels/", channel.position];
                    return Err(Error::new("incompatible_parameter_reuse", pointer, message));
                }
                _ => expected = Some(samples),
            }
        }
        Ok(())
    }

    fn configure(&mut self, config: Option<&ParameterSpec>, measurement: &Measurement) -> Result<()> {
        let lumi = self.set.kinds == [Kind::Lumi];
        let config = match config {
            Some(config) => config,
            None if lumi => {
                let message =
                    text!["the measurement ", quoted(&measurement.name), " does not configure \"lumi\""];
                return Err(Error::new("missing_parameter_config", "/measurements", message));
            }
            None => return Ok(()),
        };
        let (name, size) = (self.set.name.clone(), self.set.size);
        let missing = |key: &str| {
            let message = text!["the configuration of \"lumi\" has no ", key];
            Err(Error::new("missing_parameter_config", config.pointer.clone(), message))
        };
        if lumi && config.inits.is_none() {
            return missing("inits");
        }
        if lumi && config.bounds.is_none() {
            return missing("bounds");
        }
        if lumi && config.auxdata.is_none() {
            return missing("auxdata");
        }
        let fits = |key: &str, found: usize| {
            if found == size {
                return Ok(());
            }
            let message = text![found, " values of ", key, " for the ", size, " of ", quoted(&name)];
            Err(Error::new("length_mismatch", text![config.pointer, "/", key], message))
        };
        let unused = |key: &str| {
            let message = text!["the parameter ", quoted(&name), " has no ", key];
            Err(Error::new("schema_error", text![config.pointer, "/", key], message))
        };
        if let Some(inits) = &config.inits {
            fits("inits", inits.len())?;
            self.inits = inits.to_vec();
        }
        if let Some(bounds) = &config.bounds {
            fits("bounds", bounds.len())?;
            self.bounds = bounds.clone();
        }
        if let Some(fixed) = config.fixed {
            self.fixed = vec![fixed; size];
        }
        let kind = self.set.kinds[0];
        if let Some(auxdata) = &config.auxdata {
            if matches!(kind, Kind::Normfactor | Kind::Shapefactor) {
                return unused("auxdata");
            }
            fits("auxdata", auxdata.len())?;
            self.auxdata = auxdata.to_vec();
        }
        if let Some(factors) = &config.factors {
            if kind != Kind::Shapesys {
                return unused("factors");
            }
            fits("factors", factors.len())?;
            self.constraints = factors.iter().map(|&factor| Constraint::Poisson { factor }).collect();
        }
        if let Some(sigmas) = &config.sigmas {
            if !matches!(kind, Kind::Lumi | Kind::Staterror) {
                return unused("sigmas");
            }
            fits("sigmas", sigmas.len())?;
            self.constraints = sigmas.iter().map(|&sigma| Constraint::Normal { sigma }).collect();
        }
        self.check_starts(config)?;
        self.check_constraints(&config.pointer)
    }

    /// A fit cannot begin outside the bounds.
    fn check_starts(&self, config: &ParameterSpec) -> Result<()> {
        let outside = |(init, bounds): (&f64, &(f64, f64))| *init < bounds.0 || *init > bounds.1;
        if let Some(i) = self.inits.iter().zip(&self.bounds).position(outside) {
            let key = if config.inits.is_some() { "inits" } else { "bounds" };
            let message = text!["a start value of ", quoted(&self.set.name), " is outside its bounds"];
            return Err(Error::new("invalid_bounds", text![config.pointer, "/", key, "/", i], message));
        }
        Ok(())
    }

    fn check_constraints(&self, pointer: &str) -> Result<()> {
        let bad = |(constraint, aux): (&Constraint, &f64)| match *constraint {
            Constraint::Normal { sigma } => sigma <= 0.0,
            Constraint::Poisson { factor } => factor <= 0.0 || *aux < 0.0,
            Constraint::Free => false,
        };
        if self.constraints.iter().zip(&self.auxdata).any(bad) {
            let message =
                text!["the constraint of ", quoted(&self.set.name), " has a width that is not positive"];
            return Err(Error::new("conflicting_constraint", pointer, message));
        }
        Ok(())
    }
}

/// Elimination order and channel blocks.
struct Layout {
    internal: Vec<usize>,
    external: Vec<usize>,
    channels: Vec<Channel>,
    bins: usize,
    slots: usize,
    cluster_end: Vec<usize>,
}

impl Layout {
    fn new(
        workspace: &Workspace,
        components: &Components,
        sets: &[Configured],
        shape_codes: &[ShapeCode],
    ) -> Layout {
        let total = sets.iter().map(|set| set.set.size).sum();

        // The bin that a per-bin factor touches, if it is the only one.
        let mut touched: Vec<Option<usize>> = vec![None; total];
        let mut several = vec![false; total];
        let mut bins = 0;
        for (c, channel) in workspace.channels.iter().enumerate() {
            let width = channel.samples[0].bins();
            for (s, sample) in channel.samples.iter().enumerate() {
                for &m in &sample.gammas {
                    for bin in 0..width {
                        let at = components.of(c, s, m, bin);
                        several[at] |= touched[at].map_or(false, |known| known != bins + bin);
                        touched[at] = Some(bins + bin);
                    }
                }
            }
            bins += width;
        }
        let local_bin = |i: usize| if several[i] { None } else { touched[i] };
        let rank = |i: usize| local_bin(i).unwrap_or(usize::MAX);
        let external = order(total, &|a, b| rank(a) < rank(b));
        let slots = external.iter().take_while(|&&i| local_bin(i).is_some()).count();
        let mut internal = vec![0; total];
        for (at, &i) in external.iter().enumerate() {
            internal[i] = at;
        }
        let mut cluster_end = vec![0; slots];
        for at in (0..slots).rev() {
            let next = at + 1;
            let same = next < slots && local_bin(external[next]) == local_bin(external[at]);
            cluster_end[at] = if same { cluster_end[next] } else { next };
        }
        let mut channels = Vec::with_capacity(workspace.channels.len());
        let mut first_bin = 0;
        for (c, channel) in workspace.channels.iter().enumerate() {
            let of = |s: usize, m: u32, bin: usize| internal[components.of(c, s, m, bin)] as u32;
            let block = block(channel, first_bin, total, shape_codes, &of);
            first_bin += block.bins;
            channels.push(block);
        }
        Layout { internal, external, channels, bins, slots, cluster_end }
    }
}

/// One channel's block; `of(sample, modifier, bin)` is the parameter in elimination order.
fn block(
    channel: &crate::spec::ChannelSpec,
    first_bin: usize,
    total: usize,
    shape_codes: &[ShapeCode],
    of: &dyn Fn(usize, u32, usize) -> u32,
) -> Channel {
    let bins = channel.samples[0].bins();
    let mut place = vec![u32::MAX; total];
    let mut locals: Vec<u32> = Vec::new();
    let mut per_bin = vec![false; total];
    let mut meet = |id: u32| {
        if place[id as usize] == u32::MAX {
            place[id as usize] = 0;
            locals.push(id);
        }
    };
    for (s, sample) in channel.samples.iter().enumerate() {
        for &m in sample.scales.iter().chain(&sample.norms).chain(&sample.shapes) {
            meet(of(s, m, 0));
        }
        for &m in &sample.gammas {
            for bin in 0..bins {
                let id = of(s, m, bin);
                per_bin[id as usize] = true;
                meet(id);
            }
        }
    }
    // Per-bin factors come first here even if they touch several channels.
    let rank = |i: usize| (!per_bin[locals[i] as usize], locals[i]);
    let sorted = order(locals.len(), &|a, b| rank(a) < rank(b));
    let locals: Vec<u32> = sorted.into_iter().map(|i| locals[i]).collect();
    let slots = locals.iter().take_while(|&&id| per_bin[id as usize]).count();
    for (at, &id) in locals.iter().enumerate() {
        place[id as usize] = at as u32;
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut samples = Vec::with_capacity(channel.samples.len());
    for (s, sample) in channel.samples.iter().enumerate() {
        let map = |list: &[u32]| -> Vec<u32> { list.iter().map(|&m| place[of(s, m, 0) as usize]).collect() };
        let shapes = map(&sample.shapes);
        let code = |code: &ShapeCode| shape_codes.iter().position(|known| known == code).unwrap_or(0);
        let shape_at = shapes
            .iter()
            .zip(&sample.shape_codes)
            .map(|(&at, found)| (code(found) * locals.len()) as u32 + at)
            .collect();
        let mut membership = Vec::with_capacity(bins);
        for bin in 0..bins {
            let slots: Vec<u32> = sample.gammas.iter().map(|&m| place[of(s, m, bin) as usize]).collect();
            let sorted = order(slots.len(), &|a, b| slots[a] < slots[b]);
            let slots: Vec<u32> = sorted.into_iter().map(|i| slots[i]).collect();
            let known = groups.iter().position(|group| group.bin == bin && group.slots == slots);
            let at = known.unwrap_or_else(|| {
                groups.push(Group { bin, slots });
                groups.len() - 1
            });
            membership.push(at as u32);
        }
        samples.push(Links {
            sample: sample.clone(),
            scales: map(&sample.scales),
            norms: map(&sample.norms),
            shapes,
            shape_at,
            groups: membership,
        });
    }
    let slot_bins = slot_bins(&groups);
    let mut slot_pairs = Vec::new();
    for (i, &(a, bin)) in slot_bins.iter().enumerate() {
        let others = slot_bins[i + 1..].iter().take_while(|(_, other)| *other == bin);
        slot_pairs.extend(others.map(|&(b, _)| (a, b, bin)));
    }
    Channel {
        name: channel.name.clone(),
        bins,
        first_bin,
        samples,
        locals,
        slots,
        groups,
        slot_bins,
        slot_pairs,
    }
}

/// Every per-bin factor with its bin, in the order of the bins.
fn slot_bins(groups: &[Group]) -> Vec<(u32, u32)> {
    let mut found: Vec<(u32, u32)> = Vec::new();
    for group in groups {
        found.extend(group.slots.iter().map(|&slot| (slot, group.bin as u32)));
    }
    let rank = |i: usize| (found[i].1, found[i].0);
    let sorted = order(found.len(), &|a, b| rank(a) < rank(b));
    let mut found: Vec<(u32, u32)> = sorted.into_iter().map(|i| found[i]).collect();
    found.dedup();
    found
}
