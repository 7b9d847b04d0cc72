//! The generated wrapper around a module.
//!
//! Parameters are set on an instance, because `hierarchy -chparam` hits an internal assertion in Yosys. The module sits in `synth_dut`, whose
//! hierarchy is kept so that its cells can be told from the wrapper's, and that sits in `synth_harness`: every input comes from a shift register,
//! every output goes into a signature register. So four pins are enough for any module, and the clock frequency includes the module's
//! combinational paths from register to register.

use std::fmt::Write as _;

use bitspike_cosim::rtl::RtlSource;
use bitspike_spec::Structure;

use crate::error::Error;

/// Name of the module that holds what is measured.
pub const DUT: &str = "synth_dut";
/// Name of the module around it.
pub const HARNESS: &str = "synth_harness";

/// The parameters a module declares, with the values of a core.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleParameters {
    /// The module.
    pub module: String,
    /// Names and values, in the order of declaration.
    pub values: Vec<(&'static str, u32)>,
}

/// A port of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Name.
    pub name: String,
    /// Whether the module reads it.
    pub is_input: bool,
    /// Width in bits.
    pub bits: usize,
}

impl ModuleParameters {
    /// The parameters of `module` with the values of `structure`.
    ///
    /// # Errors
    /// [`Error::Option`] for a module that is not in the RTL, or one with a parameter that no core has.
    pub fn of(source: &RtlSource, structure: &Structure, module: &str) -> Result<Self, Error> {
        let listed = source.listed();
        let file = listed.iter().find(|path| stem(path) == module).ok_or_else(|| unknown(&listed, module))?;
        let text = source.text(file).unwrap_or_default();
        let known = structure.parameters();
        let value = |name: &str| {
            known.iter().copied().find(|(known, _)| *known == name).ok_or_else(|| {
                let names = known.map(|(name, _)| name).join(", ");
                option(format!("{module} has the parameter {name}, which no core sets; a core sets {names}"))
            })
        };
        let values = declared(&text).into_iter().map(value).collect::<Result<_, _>>()?;
        Ok(ModuleParameters { module: module.to_owned(), values })
    }

    fn instance(&self, ports: &str) -> String {
        let values: Vec<String> = self.values.iter().map(|(name, value)| format!(".{name}({value})")).collect();
        let parameters = if values.is_empty() { String::new() } else { format!(" #({})", values.join(", ")) };
        format!("  {}{parameters} u_module ({ports});\n", self.module)
    }

    /// A module with one instance and no connections: elaborated, it shows the widths of the ports.
    #[must_use]
    pub fn probe(&self) -> String {
        format!("module synth_ports;\n{}endmodule\n", self.instance(""))
    }

    /// The two modules around the instance.
    #[must_use]
    pub fn harness(&self, ports: &[Port]) -> String {
        self.dut(ports) + &harness(ports)
    }

    fn dut(&self, ports: &[Port]) -> String {
        let declare = |port: &Port| {
            let direction = if port.is_input { "input" } else { "output" };
            format!("  {direction} logic [{}:0] {}", port.bits - 1, port.name)
        };
        let declarations: Vec<String> = ports.iter().map(declare).collect();
        let connections: Vec<String> = ports.iter().map(|port| format!(".{0}({0})", port.name)).collect();
        format!(
            "(* keep_hierarchy *)\nmodule {DUT} (\n{}\n);\n{}endmodule\n\n",
            declarations.join(",\n"),
            self.instance(&connections.join(", "))
        )
    }
}

/// Clock and reset come from pins, everything else from registers.
fn pin(port: &Port) -> Option<&str> {
    ["clk_i", "rst_ni"].into_iter().find(|name| port.name == *name)
}

fn harness(ports: &[Port]) -> String {
    let width = |is_input: bool| {
        let chosen = ports.iter().filter(|port| port.is_input == is_input && pin(port).is_none());
        chosen.map(|port| port.bits).sum::<usize>().max(1)
    };
    let (inputs, outputs) = (width(true), width(false));
    let mut text = format!(
        "module {HARNESS} (input logic clk_i, input logic rst_ni, input logic scan_i, output logic scan_o);\n\
        \x20 logic [{0}:0] in_q;\n  logic [{1}:0] out;\n  logic [{1}:0] out_q;\n\
        \x20 always_ff @(posedge clk_i) begin\n    in_q <= (in_q << 1) | scan_i;\n    out_q <= (out_q << 1) ^ out;\n  end\n\
        \x20 assign scan_o = out_q[{1}];\n  {DUT} u_dut (",
        inputs - 1,
        outputs - 1,
    );
    let (mut next_in, mut next_out) = (0, 0);
    for (index, port) in ports.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        let (bus, next) = if port.is_input { ("in_q", &mut next_in) } else { ("out", &mut next_out) };
        let signal = pin(port).map_or_else(|| slice(bus, next, port.bits), str::to_owned);
        write!(text, "{separator}.{}({signal})", port.name).expect("a string takes any text");
    }
    text + ");\nendmodule\n"
}

fn slice(bus: &str, next: &mut usize, bits: usize) -> String {
    let low = *next;
    *next += bits;
    format!("{bus}[{}:{low}]", *next - 1)
}

/// Names of the parameters a module declares: lines that begin with `parameter`, as the house style has them.
fn declared(text: &str) -> Vec<&str> {
    let lines = text.lines().filter_map(|line| line.trim_start().strip_prefix("parameter "));
    lines.filter_map(|line| line.split("//").next()?.trim().trim_end_matches(',').split_whitespace().last()).collect()
}

fn stem(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path).trim_end_matches(".sv")
}

fn unknown(listed: &[String], module: &str) -> Error {
    let names: Vec<&str> = listed.iter().map(|path| stem(path)).collect();
    option(format!("is {module}, must be one of: {}", names.join(", ")))
}

fn option(problem: String) -> Error {
    Error::Option { option: "--module", problem }
}

#[cfg(test)]
mod tests {
    use super::{ModuleParameters, Port, declared};
    use bitspike_cosim::rtl::RtlSource;

    fn port(name: &str, is_input: bool, bits: usize) -> Port {
        Port { name: name.to_owned(), is_input, bits }
    }

    #[test]
    fn parameters_are_read_from_the_source() {
        let text = "module m #(\n  parameter int unsigned Bits,  // width, [2, 4]\n  parameter int unsigned Depth  // entries\n) (";
        assert_eq!(declared(text), ["Bits", "Depth"]);
    }

    #[test]
    fn every_bit_is_connected_once_and_the_clock_to_its_pin() {
        let parameters = ModuleParameters { module: "m".to_owned(), values: vec![("Bits", 3)] };
        let text = parameters.harness(&[
            port("clk_i", true, 1),
            port("a_i", true, 3),
            port("b_i", true, 1),
            port("y_o", false, 4),
        ]);
        assert!(text.contains("m #(.Bits(3)) u_module (.clk_i(clk_i), .a_i(a_i), .b_i(b_i), .y_o(y_o));"), "{text}");
        assert!(text.contains("logic [3:0] in_q;"), "{text}");
        assert!(text.contains("u_dut (.clk_i(clk_i), .a_i(in_q[2:0]), .b_i(in_q[3:3]), .y_o(out[3:0]));"), "{text}");
    }

    #[test]
    fn the_core_and_the_neuron_take_what_they_declare() {
        let core = crate::metrics::tests::tiny_core();
        let source = RtlSource::embedded();
        let of = |module| ModuleParameters::of(&source, core.structure(), module);
        assert_eq!(of(super::super::CORE).expect("a module").values, core.structure().parameters());
        let neuron = of(super::super::NEURON).expect("a module");
        assert!(neuron.values.contains(&("VBits", 8)) && !neuron.values.iter().any(|(name, _)| *name == "Lanes"));
        let missing = of("no_such").expect_err("not there").to_string();
        assert!(missing.contains("is no_such, must be one of: ram_1r1w"), "{missing}");
        let foreign = of("ram_1r1w").expect_err("its own parameters").to_string();
        assert!(foreign.contains("which no core sets"), "{foreign}");
    }
}
