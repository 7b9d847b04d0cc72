//! Synthesis: a core, or one of its modules, as cells of a technology, with its area and clock frequency.
//!
//! Yosys maps the module inside a generated wrapper (parameters set on an instance, see [`wrapper`]), nextpnr places and routes it between
//! registers. Results are kept in the user's cache under the RTL, the parameters of the module, the technology and the tools' versions.

mod cache;
mod cells;
mod clock;
mod target;
pub mod wrapper;
mod yosys;

use std::path::PathBuf;
use std::time::Instant;

use bitspike_cosim::rtl::RtlSource;
use bitspike_cosim::toolchain::{FoundTool, find_tool};
use bitspike_spec::Structure;
use serde::{Deserialize, Serialize};

pub use cells::{Area, CellClass, Cells, ModuleCells};
pub use clock::{Clock, PathStep};
pub use target::Target;
pub use wrapper::ModuleParameters;

use crate::error::Error;

/// The module of the whole core.
pub const CORE: &str = "bitspike_core";
/// The module of one neuron's update.
pub const NEURON: &str = "lane";

/// What to synthesise.
#[derive(Clone, Debug)]
pub struct SynthRequest<'a> {
    /// The RTL.
    pub source: &'a RtlSource,
    /// Values of the parameters; a module takes those it declares.
    pub structure: &'a Structure,
    /// The module.
    pub module: &'a str,
    /// The technology.
    pub target: Target,
    /// Cell library of [`Target::Asic`].
    pub liberty: Option<PathBuf>,
    /// Seeds of placement, one run for each; none: no clock frequency.
    pub seeds: Vec<u32>,
    /// Whether the cells are also counted module by module.
    pub detail: Detail,
}

/// How much is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// The whole, mapped flat.
    Total,
    /// Also each module below, mapped with the hierarchy kept: a second run, and a little more area.
    Modules,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SynthResult {
    /// The module.
    pub module: String,
    /// The technology.
    pub target: Target,
    /// Name and value of the module's parameters.
    pub parameters: Vec<(String, u32)>,
    /// Cells of the whole.
    pub area: Area,
    /// Cells module by module, own cells only.
    pub modules: Vec<ModuleCells>,
    /// Clock frequency, where it could be found.
    pub clock: Option<Clock>,
    /// What is missing, and why.
    pub notes: Vec<String>,
    /// Tools and their versions.
    pub tools: Vec<(String, String)>,
    /// Wall time of the tools in seconds.
    pub seconds: f64,
}

/// Whether a result was computed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The tools ran.
    Computed,
    /// The cache had it.
    Cached,
}

/// The tools of one technology.
struct Tools {
    yosys: FoundTool,
    nextpnr: Result<FoundTool, String>,
}

impl Tools {
    fn find(request: &SynthRequest<'_>) -> Result<Self, Error> {
        let nextpnr = match request.target.nextpnr() {
            _ if holds_macro(request) => Err(format!(
                "no clock frequency: {} holds the array as a hard macro, which cannot be placed and routed; --module lane has one",
                request.module
            )),
            None => Err(format!("no clock frequency: bitspike knows no place and route for {}", request.target)),
            Some(name) => find_tool(name).map_err(|error| format!("no clock frequency: {error}")),
        };
        Ok(Tools { yosys: find_tool("yosys")?, nextpnr })
    }

    fn versions(&self) -> Vec<(String, String)> {
        let nextpnr = self.nextpnr.iter().map(|tool| ("nextpnr".to_owned(), tool.version.clone()));
        std::iter::once(("yosys".to_owned(), self.yosys.version.clone())).chain(nextpnr).collect()
    }
}

/// Whether the module contains the macro of an array that is read through converters.
fn holds_macro(request: &SynthRequest<'_>) -> bool {
    let above = ["bitspike_core", "analogue_array", "crossbar_macro"];
    request.structure.array.analogue().is_some() && above.contains(&request.module)
}

/// Versions of the tools that would synthesise for a technology, as one line; the note when there is no Yosys.
#[must_use]
pub fn tool_versions(target: Target) -> String {
    let version = |name| find_tool(name).map_or_else(|_| "absent".to_owned(), |tool| tool.version);
    let nextpnr = target.nextpnr().map(version).unwrap_or_default();
    format!("{} {nextpnr}", version("yosys"))
}

/// Synthesises a module, or takes the result from the cache.
///
/// # Errors
/// [`Error::Rtl`] without Yosys, [`Error::Tool`] if it fails, [`Error::Option`] for a module that is not in the RTL or needs parameters that
/// no core has, or for an ASIC without a library.
pub fn synthesise(request: &SynthRequest<'_>) -> Result<(SynthResult, Origin), Error> {
    let tools = Tools::find(request)?;
    let parameters = ModuleParameters::of(request.source, request.structure, request.module)?;
    let key = cache::key(request, &parameters, &tools.versions())?;
    if let Some(result) = cache::load(&key) {
        return Ok((result, Origin::Cached));
    }
    let result = run(request, &parameters, &tools)?;
    cache::save(&key, &result)?;
    Ok((result, Origin::Computed))
}

fn run(request: &SynthRequest<'_>, parameters: &ModuleParameters, tools: &Tools) -> Result<SynthResult, Error> {
    let begin = Instant::now();
    let work = yosys::Work::new(request, parameters, &tools.yosys)?;
    let area = work.area()?;
    let modules = match request.detail {
        Detail::Total => Vec::new(),
        Detail::Modules => work.modules()?,
    };
    let mut notes = Vec::new();
    let clock = clock::find(&work, &request.seeds, &tools.nextpnr).unwrap_or_else(|note| {
        notes.extend(note);
        None
    });
    Ok(SynthResult {
        module: request.module.to_owned(),
        target: request.target,
        parameters: parameters.values.iter().map(|&(name, value)| (name.to_owned(), value)).collect(),
        area,
        modules,
        clock,
        notes,
        tools: tools.versions(),
        seconds: begin.elapsed().as_secs_f64(),
    })
}
