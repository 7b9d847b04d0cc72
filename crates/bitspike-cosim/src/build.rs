//! Verilated builds: one program for each structure, kept in a cache.
//!
//! A build is keyed by what it is made of: the RTL, the parameters, the versions of Verilator and of the compiler, the flags and
//! the [`BuildKind`]. The Verilator runtime is compiled once for each (versions, flags, kind) and linked into every build. Builds
//! run in a temporary folder and are renamed into the cache, so an interrupted one leaves nothing there.

mod cache;
mod compile;
mod diagnose;
mod process;
mod shim;
mod verilate;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bitspike_spec::Structure;
use sha2::{Digest, Sha256};

use crate::rtl::{RtlError, RtlSource, hex};
use crate::toolchain::Toolchain;
pub use cache::user_folder;
use cache::{Cache, EntryState};

/// What is built from the RTL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BuildKind {
    /// A shared library that is stepped in this process.
    Lockstep,
    /// The testbench as a program that writes VCD.
    TestbenchVcd,
    /// The testbench as a program that writes FST.
    TestbenchFst,
}

impl BuildKind {
    /// Name used in keys and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            BuildKind::Lockstep => "lock-step library",
            BuildKind::TestbenchVcd => "testbench with VCD",
            BuildKind::TestbenchFst => "testbench with FST",
        }
    }

    const fn file_name(self) -> &'static str {
        match self {
            BuildKind::Lockstep => "lockstep.so",
            BuildKind::TestbenchVcd | BuildKind::TestbenchFst => "testbench",
        }
    }
}

impl fmt::Display for BuildKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What to build.
#[derive(Clone, Copy, Debug)]
pub struct BuildRequest<'a> {
    /// The RTL.
    pub source: &'a RtlSource,
    /// The structure, which becomes the Verilog parameters.
    pub structure: &'a Structure,
    /// Library or program.
    pub kind: BuildKind,
}

/// What a build is doing now, for a progress display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Another process builds the same thing; waiting for it.
    Waiting,
    /// Verilator turns the RTL into C++.
    Verilate,
    /// The compiler runs on the generated C++ and, the first time, on the Verilator runtime.
    Compile {
        /// Whether the runtime is compiled too.
        runtime: bool,
    },
    /// The linker runs.
    Link,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Phase::Waiting => "waiting for another build of the same RTL",
            Phase::Verilate => "verilating the RTL",
            Phase::Compile { runtime: false } => "compiling the RTL",
            Phase::Compile { runtime: true } => "compiling the RTL and, once, the Verilator runtime",
            Phase::Link => "linking",
        })
    }
}

/// Where a build comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The cache had it.
    Cached,
    /// It was built now.
    Built,
    /// The cache had it damaged, so it was built again.
    Repaired,
}

/// How long a build took; zero for what was not done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Verilator.
    pub verilate: Duration,
    /// The compiler.
    pub compile: Duration,
    /// The linker.
    pub link: Duration,
    /// Everything, cache look-up included.
    pub total: Duration,
}

/// A finished build.
#[derive(Clone, Debug)]
pub struct Build {
    artefact: PathBuf,
    structure: Structure,
    kind: BuildKind,
    key: String,
    origin: Origin,
    timings: Timings,
}

impl Build {
    /// The library or program.
    #[must_use]
    pub fn artefact(&self) -> &Path {
        &self.artefact
    }

    /// The structure it was built for.
    #[must_use]
    pub fn structure(&self) -> &Structure {
        &self.structure
    }

    /// Library or program.
    #[must_use]
    pub fn kind(&self) -> BuildKind {
        self.kind
    }

    /// The cache key, in hexadecimal.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Where it comes from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// How long it took.
    #[must_use]
    pub fn timings(&self) -> Timings {
        self.timings
    }

    pub(crate) fn require_kind(&self, expected: BuildKind) -> Result<(), RtlError> {
        let found = self.kind;
        if found == expected { Ok(()) } else { Err(RtlError::Kind { found, expected }) }
    }

    /// Checks that a core has the parameters of this build.
    pub(crate) fn require_structure(&self, wanted: &Structure) -> Result<(), RtlError> {
        for ((parameter, built), (_, wanted)) in self.structure.parameters().into_iter().zip(wanted.parameters()) {
            if built != wanted {
                return Err(RtlError::Structure { parameter, built, wanted });
            }
        }
        Ok(())
    }
}

/// How well the model's C++ is compiled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Optimisation {
    /// For long runs (`-O3`).
    #[default]
    Full,
    /// For runs of a few cycles (`-O0`): sooner compiled, slower in a run.
    None,
}

/// Builds RTL and keeps the results.
#[derive(Clone, Debug)]
pub struct Builder {
    toolchain: Toolchain,
    cache: Cache,
    optimisation: Optimisation,
}

impl Builder {
    /// A builder with the installed tools and the user's cache: `BITSPIKE_CACHE`, else `bitspike` in `XDG_CACHE_HOME` or
    /// `~/.cache`, else in the temporary folder.
    ///
    /// # Errors
    /// As [`Toolchain::find`].
    pub fn new() -> Result<Self, RtlError> {
        Ok(Self::with(Toolchain::find()?, cache::user_folder()))
    }

    /// A builder with the given tools and cache folder.
    #[must_use]
    pub fn with(toolchain: Toolchain, cache: PathBuf) -> Self {
        Builder { toolchain, cache: Cache::new(cache), optimisation: Optimisation::default() }
    }

    /// The same builder with another optimisation of the model.
    #[must_use]
    pub fn with_optimisation(self, optimisation: Optimisation) -> Self {
        Builder { optimisation, ..self }
    }

    /// The tools.
    #[must_use]
    pub fn toolchain(&self) -> &Toolchain {
        &self.toolchain
    }

    /// The cache folder.
    #[must_use]
    pub fn cache(&self) -> &Path {
        self.cache.folder()
    }

    /// The build of a request, from the cache if it is there and whole.
    ///
    /// # Errors
    /// [`RtlError::ProbeSignal`], [`RtlError::Verilate`], [`RtlError::Compile`], [`RtlError::File`], [`RtlError::BuildFolder`],
    /// [`RtlError::ToolRun`].
    pub fn build(&self, request: &BuildRequest<'_>, progress: &mut dyn FnMut(Phase)) -> Result<Build, RtlError> {
        let start = Instant::now();
        let key = self.key(request);
        let entry = self.cache.entry("builds", &key);
        let name = request.kind.file_name();
        let mut build = Build {
            artefact: entry.file(name),
            structure: *request.structure,
            kind: request.kind,
            key,
            origin: Origin::Cached,
            timings: Timings::default(),
        };
        if entry.state() != EntryState::Whole {
            let _lock = entry.lock(&mut || progress(Phase::Waiting))?;
            build.origin = match entry.state() {
                EntryState::Whole => Origin::Cached,
                EntryState::Missing => Origin::Built,
                EntryState::Damaged => Origin::Repaired,
            };
            if build.origin != Origin::Cached {
                build.timings = compile::build_into(self, request, &entry, progress)?;
            }
        }
        build.timings.total = start.elapsed();
        Ok(build)
    }

    /// SHA-256 of everything the result depends on.
    fn key(&self, request: &BuildRequest<'_>) -> String {
        let mut parts = self.tool_key(request.kind, self.optimisation);
        parts.push(request.source.hash());
        parts.push(shim::source(request.kind, request.structure));
        parts.extend(verilate::arguments(request));
        digest(&parts)
    }

    /// SHA-256 of everything the runtime depends on, which the optimisation of the model does not touch.
    fn runtime_key(&self, kind: BuildKind) -> String {
        digest(&self.tool_key(kind, Optimisation::Full))
    }

    fn tool_key(&self, kind: BuildKind, optimisation: Optimisation) -> Vec<String> {
        let mut parts = vec!["bitspike build 1".to_owned(), self.toolchain.verilator.version.clone()];
        parts.push(self.toolchain.verilator.path.display().to_string());
        parts.push(self.toolchain.compiler.version.clone());
        parts.push(kind.name().to_owned());
        parts.extend(compile::make_variables(&self.toolchain, kind, optimisation));
        parts
    }
}

fn digest(parts: &[String]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    hex(&digest.finalize())[..32].to_owned()
}
