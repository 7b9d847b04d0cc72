//! Yosys runs: widths of the ports, the mapped netlist, its cells.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bitspike_cosim::rtl::RtlError;
use bitspike_cosim::toolchain::FoundTool;
use serde::Deserialize;

use super::wrapper::{DUT, HARNESS, ModuleParameters, Port};
use super::{Area, Cells, ModuleCells, SynthRequest, Target};
use crate::error::Error;

/// Lines of a failing tool's last words that are shown.
const LAST_WORDS: usize = 4;

/// The flat netlist with the harness, for place and route.
pub(super) const FLAT: &str = "flat.json";
/// Seconds of processor time a tool may take: routing can go on for ever on a netlist that cannot be routed.
const PATIENCE: u32 = 300;

/// A folder with the sources, in which the tools run.
pub(super) struct Work<'a> {
    folder: tempfile::TempDir,
    request: &'a SynthRequest<'a>,
    yosys: &'a Path,
    sources: String,
}

#[derive(Deserialize)]
struct Netlist {
    modules: BTreeMap<String, Module>,
}

#[derive(Deserialize)]
struct Module {
    #[serde(default)]
    ports: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    cells: BTreeMap<String, Cell>,
}

#[derive(Deserialize)]
struct Cell {
    #[serde(rename = "type")]
    kind: String,
}

impl<'a> Work<'a> {
    /// Writes the sources and the wrapper.
    pub(super) fn new(
        request: &'a SynthRequest<'a>,
        parameters: &ModuleParameters,
        yosys: &'a FoundTool,
    ) -> Result<Self, Error> {
        let folder = tempfile::tempdir().map_err(file("create a folder in", &std::env::temp_dir()))?;
        request.source.write_to(folder.path())?;
        let names: Vec<String> = request.source.listed().iter().map(|path| format!("hdl/{path}")).collect();
        let work = Work { folder, request, yosys: &yosys.path, sources: names.join(" ") };
        work.write("ports.sv", &parameters.probe())?;
        let ports = work.ports(&parameters.module)?;
        work.write("wrapper.sv", &parameters.harness(&ports))?;
        Ok(work)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn target(&self) -> Target {
        self.request.target
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Error> {
        let path = self.path(name);
        fs::write(&path, text).map_err(file("write", &path))
    }

    fn yosys(&self, script: &str) -> Result<String, Error> {
        let mut command = Command::new(self.yosys);
        command.args(["-q", "-p", script]);
        self.execute("yosys", command)
    }

    /// Runs a program with a limit of processor time and returns what it prints.
    pub(super) fn execute(&self, tool: &'static str, command: Command) -> Result<String, Error> {
        let mut limited = Command::new("/bin/sh");
        limited.args(["-c", &format!("ulimit -t {PATIENCE}; exec \"$0\" \"$@\"")]);
        limited.arg(command.get_program()).args(command.get_args()).current_dir(self.folder.path());
        let path = PathBuf::from(command.get_program());
        let output = limited.output().map_err(|source| RtlError::ToolRun { path, source })?;
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        match output.status.code() {
            Some(0) => Ok(text),
            Some(_) => Err(self.failed(tool, last_words(&text))),
            None => Err(self.failed(tool, format!("it was ended; its limit is {PATIENCE} s of processor time"))),
        }
    }

    fn failed(&self, tool: &'static str, problem: String) -> Error {
        Error::Tool { tool, what: self.request.module.to_owned(), problem }
    }

    fn netlist(&self, name: &str) -> Result<Netlist, Error> {
        let path = self.path(name);
        let text = fs::read_to_string(&path).map_err(file("read", &path))?;
        serde_json::from_str(&text).map_err(|error| self.unreadable(&error.to_string()))
    }

    fn unreadable(&self, problem: &str) -> Error {
        Error::Tool {
            tool: "yosys",
            what: self.request.module.to_owned(),
            problem: format!("wrote a netlist without what is needed: {problem}"),
        }
    }

    /// The ports of the module with its parameters.
    fn ports(&self, module: &str) -> Result<Vec<Port>, Error> {
        self.yosys(&format!(
            "read_verilog -sv -defer -DSYNTHESIS {} ports.sv; hierarchy -top synth_ports; proc; write_json ports.json",
            self.sources
        ))?;
        let netlist = self.netlist("ports.json")?;
        let found = netlist.modules.iter().find(|(name, _)| rtl_name(name) == module);
        let (_, found) = found.ok_or_else(|| self.unreadable(module))?;
        found.ports.iter().map(|(name, port)| self.port(name, port)).collect()
    }

    fn port(&self, name: &str, port: &serde_json::Value) -> Result<Port, Error> {
        let bits = port["bits"].as_array().map(Vec::len).filter(|&bits| bits > 0);
        let bits = bits.ok_or_else(|| self.unreadable(&format!("port {name}")))?;
        Ok(Port { name: name.to_owned(), is_input: port["direction"] == "input", bits })
    }

    fn map(&self, hierarchy: Hierarchy, netlist: &str) -> Result<String, Error> {
        let option = match (hierarchy, self.request.target) {
            (Hierarchy::Flat, Target::Xilinx | Target::Asic) => " -flatten",
            (Hierarchy::Kept, Target::Ice40 | Target::Ecp5) => " -noflatten",
            (Hierarchy::Flat, Target::Ice40 | Target::Ecp5) | (Hierarchy::Kept, Target::Xilinx | Target::Asic) => "",
        };
        let map = match self.request.target {
            Target::Ice40 => format!("synth_ice40{option} -top {HARNESS}"),
            Target::Ecp5 => format!("synth_ecp5{option} -top {HARNESS}"),
            Target::Xilinx => format!("synth_xilinx{option} -top {HARNESS}"),
            Target::Asic => self.map_to_library(option)?,
        };
        let flat = match hierarchy {
            Hierarchy::Kept => String::new(),
            Hierarchy::Flat => {
                format!("setattr -mod -unset keep_hierarchy {DUT}; flatten; clean; write_json {FLAT}")
            }
        };
        self.yosys(&format!(
            "read_verilog -sv -defer -DSYNTHESIS {} wrapper.sv; hierarchy -check -top {HARNESS}; {map}; write_json {netlist}; {flat}",
            self.sources
        ))
    }

    fn map_to_library(&self, option: &str) -> Result<String, Error> {
        let missing = || Error::Option {
            option: "--liberty",
            problem: "is not given; standard cells need a Liberty file".to_owned(),
        };
        let library = self.request.liberty.as_ref().ok_or_else(missing)?;
        let copy = self.path("cells.lib");
        fs::copy(library, &copy).map_err(|source| Error::Read { path: library.clone(), source })?;
        Ok(format!(
            "synth{option} -top {HARNESS}; dfflibmap -liberty cells.lib; abc -liberty cells.lib; clean; tee -o stat.txt stat -liberty cells.lib"
        ))
    }

    /// Maps the module flat and counts its cells.
    pub(super) fn area(&self) -> Result<Area, Error> {
        self.map(Hierarchy::Flat, "mapped.json")?;
        let netlist = self.netlist("mapped.json")?;
        let dut = netlist.modules.get(DUT).ok_or_else(|| self.unreadable(DUT))?;
        Ok(Area { cells: self.own_cells(dut), chip_area: self.chip_area()? })
    }

    fn chip_area(&self) -> Result<Option<f64>, Error> {
        let path = self.path("stat.txt");
        if self.request.target != Target::Asic {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).map_err(file("read", &path))?;
        Ok(chip_area(&text))
    }

    /// Maps the module with its hierarchy and counts the cells of each module in it.
    pub(super) fn modules(&self) -> Result<Vec<ModuleCells>, Error> {
        self.map(Hierarchy::Kept, "modules.json")?;
        let netlist = self.netlist("modules.json")?;
        let mut instances = BTreeMap::new();
        self.count_instances(&netlist, DUT, &mut instances);
        instances.remove(DUT);
        let mut found = BTreeMap::<&str, ModuleCells>::new();
        for (name, count) in &instances {
            let module = rtl_name(name);
            let entry = found.entry(module).or_insert_with(|| ModuleCells {
                module: module.to_owned(),
                instances: 0,
                area: Area::default(),
            });
            entry.instances += count;
            for (cell, cells) in self.own_cells(&netlist.modules[name]) {
                *entry.area.cells.entry(cell).or_default() += cells * count;
            }
        }
        let mut modules: Vec<ModuleCells> = found.into_values().collect();
        modules.sort_by_key(|module| std::cmp::Reverse(module.area.total()));
        Ok(modules)
    }

    /// Whether a cell is a module of the RTL, not one of the technology.
    fn is_rtl(&self, kind: &str) -> bool {
        let name = rtl_name(kind);
        self.sources.split(['/', ' ']).any(|file| file.strip_suffix(".sv") == Some(name))
    }

    fn own_cells(&self, module: &Module) -> Cells {
        let mut cells = Cells::new();
        for cell in module.cells.values().filter(|cell| !self.is_rtl(&cell.kind) && cell.kind != "$scopeinfo") {
            *cells.entry(cell.kind.clone()).or_default() += 1;
        }
        cells
    }

    /// Adds 1 for `module` and for every module below it, once for each way down.
    fn count_instances(&self, netlist: &Netlist, module: &str, instances: &mut BTreeMap<String, u64>) {
        *instances.entry(module.to_owned()).or_default() += 1;
        for cell in netlist.modules[module].cells.values().filter(|cell| self.is_rtl(&cell.kind)) {
            self.count_instances(netlist, &cell.kind, instances);
        }
    }
}

/// Whether modules are mapped one by one.
#[derive(Clone, Copy)]
enum Hierarchy {
    Flat,
    Kept,
}

/// The lines with errors, else the last lines.
fn last_words(text: &str) -> String {
    let errors: Vec<&str> = text.lines().filter(|line| line.contains("ERROR")).collect();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let shown = if errors.is_empty() { &lines } else { &errors };
    shown[shown.len().saturating_sub(LAST_WORDS)..].join("\n")
}

/// `$paramod$hash\name` and `$paramod\name\P=..` are both `name`.
fn rtl_name(name: &str) -> &str {
    match name.strip_prefix("$paramod") {
        None => name,
        Some(rest) => rest.split('\\').nth(1).unwrap_or(name),
    }
}

fn chip_area(text: &str) -> Option<f64> {
    let line = text.lines().find(|line| line.contains("Chip area for module") && line.contains(DUT))?;
    line.rsplit(':').next()?.trim().parse().ok()
}

fn file<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(std::io::Error) -> Error + 'a {
    move |source| Error::Rtl(RtlError::File { action, path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::{chip_area, rtl_name};

    #[test]
    fn names_of_yosys_are_named_as_in_the_rtl() {
        let names = ["$paramod$48e8\\reduce", "$paramod\\fit\\XBits=s32'00", "synth_dut"];
        assert_eq!(names.map(rtl_name), ["reduce", "fit", "synth_dut"]);
    }

    #[test]
    fn the_area_is_the_one_of_the_module_not_of_its_harness() {
        let text = "Chip area for module '\\synth_dut': 1044.5\n   Chip area for module '\\synth_harness': 9.0\n";
        assert_eq!(chip_area(text), Some(1044.5));
        assert_eq!(chip_area("no area"), None);
    }
}
