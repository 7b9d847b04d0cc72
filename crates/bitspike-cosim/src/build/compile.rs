//! From C++ to a library or program, with the Verilator runtime taken from the cache.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::time::Instant;

use tempfile::TempDir;

use super::cache::{Entry, EntryState};
use super::process::run;
use super::{BuildKind, BuildRequest, Builder, Optimisation, Phase, Timings, diagnose, shim, verilate};
use crate::rtl::RtlError;
use crate::toolchain::Toolchain;

/// Targets that only make objects and say which: linking is done here, so that no archive rule of a Verilator version matters.
const MAKEFILE: &str = "\
include Vbitspike.mk
.PHONY: bitspike_model bitspike_runtime
bitspike_model: $(VK_OBJS) bitspike_shim.o
\t@printf '%s\\n' $(VK_OBJS) bitspike_shim.o > model.list
\t@printf '%s\\n' $(LDFLAGS) $(LDLIBS) > libraries.list
bitspike_runtime: $(VK_GLOBAL_OBJS)
\t@printf '%s\\n' $(VK_GLOBAL_OBJS) > runtime.list
";

/// Builds a request in a temporary folder and installs the result.
pub(super) fn build_into(
    builder: &Builder,
    request: &BuildRequest<'_>,
    entry: &Entry,
    progress: &mut dyn FnMut(Phase),
) -> Result<Timings, RtlError> {
    let work = Work::new()?;
    let mut timings = Timings::default();

    progress(Phase::Verilate);
    let start = Instant::now();
    request.source.write_to(&work.rtl())?;
    verilate::verilate(builder, request, &work.rtl())?;
    timings.verilate = start.elapsed();

    let start = Instant::now();
    work.write("bitspike.mk", MAKEFILE)?;
    work.write("bitspike_shim.cpp", &shim::source(request.kind, request.structure))?;
    let runtime = compile(builder, request.kind, &work, progress)?;
    timings.compile = start.elapsed();

    progress(Phase::Link);
    let start = Instant::now();
    let artefact = link(builder, request.kind, &work, &runtime)?;
    entry.install(&[artefact])?;
    timings.link = start.elapsed();
    Ok(timings)
}

/// A temporary folder with the RTL in `rtl` and the C++ in `objects`.
struct Work(TempDir);

impl Work {
    fn new() -> Result<Self, RtlError> {
        let folder = tempfile::Builder::new().prefix("bitspike-build-").tempdir();
        let folder = folder.map_err(RtlError::file("create a folder in", std::env::temp_dir()))?;
        if folder.path().to_string_lossy().contains(char::is_whitespace) {
            return Err(RtlError::BuildFolder { path: folder.path().to_owned() });
        }
        let objects = folder.path().join("objects");
        fs::create_dir(&objects).map_err(RtlError::file("create", &objects))?;
        Ok(Work(folder))
    }

    fn rtl(&self) -> PathBuf {
        self.0.path().join("rtl")
    }

    fn objects(&self) -> PathBuf {
        self.0.path().join("objects")
    }

    fn write(&self, name: &str, text: &str) -> Result<(), RtlError> {
        let path = self.objects().join(name);
        fs::write(&path, text).map_err(RtlError::file("write", &path))
    }

    /// Non-empty lines of a list that `make` wrote.
    fn list(&self, name: &str) -> Result<Vec<String>, RtlError> {
        let path = self.objects().join(name);
        let text = fs::read_to_string(&path).map_err(RtlError::file("read", &path))?;
        Ok(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
    }
}

/// Compiles model and shim, and the runtime if the cache does not have it; returns the runtime's objects.
fn compile(
    builder: &Builder,
    kind: BuildKind,
    work: &Work,
    progress: &mut dyn FnMut(Phase),
) -> Result<Vec<PathBuf>, RtlError> {
    let entry = builder.cache.entry("runtime", &builder.runtime_key(kind));
    if entry.state() == EntryState::Whole {
        progress(Phase::Compile { runtime: false });
        make(builder, kind, work, &["bitspike_model"])?;
        return Ok(entry.files());
    }
    let _lock = entry.lock(&mut || progress(Phase::Waiting))?;
    if entry.state() == EntryState::Whole {
        progress(Phase::Compile { runtime: false });
        make(builder, kind, work, &["bitspike_model"])?;
        return Ok(entry.files());
    }
    progress(Phase::Compile { runtime: true });
    make(builder, kind, work, &["bitspike_runtime", "bitspike_model"])?;
    let objects: Vec<PathBuf> = work.list("runtime.list")?.iter().map(|name| work.objects().join(name)).collect();
    entry.install(&objects)?;
    Ok(entry.files())
}

fn make(builder: &Builder, kind: BuildKind, work: &Work, targets: &[&str]) -> Result<(), RtlError> {
    let jobs = available_parallelism().map_or(1, usize::from);
    let mut arguments = vec!["-f".to_owned(), "bitspike.mk".to_owned(), format!("-j{jobs}")];
    arguments.extend(make_variables(&builder.toolchain, kind, builder.optimisation));
    if let Some(ccache) = &builder.toolchain.ccache {
        arguments.push(format!("OBJCACHE={}", ccache.display()));
    }
    arguments.extend(targets.iter().map(|&target| target.to_owned()));
    let finished = run(&builder.toolchain.make.path, &arguments, &work.objects())?;
    if finished.success {
        return Ok(());
    }
    Err(diagnose::compile_error("compiling the RTL", &finished.text))
}

/// Variables that override those of Verilator's makefile. `OPT_FAST` must be set here: its default comes last on the command line.
pub(super) fn make_variables(toolchain: &Toolchain, kind: BuildKind, optimisation: Optimisation) -> Vec<String> {
    let compiler = toolchain.compiler.path.display();
    let mut variables = vec![format!("CXX={compiler}"), format!("LINK={compiler}")];
    let (fast, slow) = match optimisation {
        Optimisation::Full => ("OPT_FAST=-O3", "OPT_SLOW=-O1"),
        Optimisation::None => ("OPT_FAST=-O0", "OPT_SLOW=-O0"),
    };
    variables.extend([fast, slow, "OPT_GLOBAL=-O2", "CFG_CXXFLAGS_STD=-std=gnu++20"].map(str::to_owned));
    let coroutines = if toolchain.is_clang() { "" } else { "-fcoroutines" };
    variables.push(format!("CFG_CXXFLAGS_COROUTINES={coroutines}"));
    variables.push(format!("USER_CPPFLAGS={}", compiler_flags(toolchain, kind)));
    variables
}

fn compiler_flags(toolchain: &Toolchain, kind: BuildKind) -> &'static str {
    match (kind, toolchain.is_clang()) {
        (BuildKind::TestbenchVcd | BuildKind::TestbenchFst, _) => "",
        (BuildKind::Lockstep, true) => shim::LOCKSTEP_FLAGS,
        (BuildKind::Lockstep, false) => shim::LOCKSTEP_FLAGS_GCC,
    }
}

fn link(builder: &Builder, kind: BuildKind, work: &Work, runtime: &[PathBuf]) -> Result<PathBuf, RtlError> {
    let artefact = work.objects().join(kind.file_name());
    let mut arguments: Vec<String> = match kind {
        BuildKind::Lockstep => vec!["-shared".to_owned()],
        BuildKind::TestbenchVcd | BuildKind::TestbenchFst => Vec::new(),
    };
    arguments.extend(["-o".to_owned(), text(&artefact)]);
    arguments.extend(work.list("model.list")?);
    arguments.extend(runtime.iter().map(|object| text(object)));
    arguments.extend(work.list("libraries.list")?);
    let finished = run(&builder.toolchain.compiler.path, &arguments, &work.objects())?;
    if finished.success { Ok(artefact) } else { Err(diagnose::compile_error("linking the RTL", &finished.text)) }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
