//! From the output of a failed tool to an error that names the cause.

use crate::rtl::RtlError;

const MOST_LINES: usize = 20;

/// The error behind the output of Verilator.
pub(super) fn verilate_error(text: &str) -> RtlError {
    let mut errors = text.lines().filter(|line| line.starts_with("%Error"));
    if let Some(error) = text.lines().find_map(missing_signal) {
        return error;
    }
    let location = errors.find_map(|line| location(line.split_once(": ")?.1)).unwrap_or_else(unknown_place);
    RtlError::Verilate { location, messages: error_part(text, |line| line.starts_with("%Error")) }
}

/// The error behind the output of `make`, the compiler or the linker.
pub(super) fn compile_error(phase: &'static str, text: &str) -> RtlError {
    let fault = |line: &str| line.contains("error:") || line.contains("undefined reference") || line.contains("***");
    let location = text.lines().filter(|line| fault(line)).find_map(location).unwrap_or_else(unknown_place);
    RtlError::Compile { phase, location, messages: error_part(text, fault) }
}

fn unknown_place() -> String {
    "unknown place".to_owned()
}

/// `%Error: F:L:C: Can't find definition of 'X' in dotted variable: 'u_core.u_probe.X'`
fn missing_signal(line: &str) -> Option<RtlError> {
    let rest = line.split_once("Can't find definition of '")?.1;
    let (signal, path) = rest.split_once('\'')?;
    let problem =
        "missing in the RTL, every signal of the probe table must be a net of the scope u_core.u_probe".to_owned();
    path.contains("u_probe").then(|| RtlError::ProbeSignal { signal: signal.to_owned(), problem })
}

/// A width warning at a port of the lock-step wrapper, which says that a probe signal has another width than the contract's:
/// `%Warning-WIDTH: F:L:C: Operator ASSIGNW expects A bits on the Assign RHS, but Assign RHS's VARXREF 'X' generates B bits.`
pub(super) fn port_width_error(text: &str) -> Option<RtlError> {
    text.lines().filter(|line| line.contains("-WIDTH") && line.contains("lockstep_top.sv")).find_map(|line| {
        let signal = between(line, "'s VARXREF '", "'")?;
        let (expected, found) = (between(line, "expects ", " bits")?, between(line, "generates ", " bits")?);
        let problem = format!("has {found} bits in the RTL, expected {expected}");
        Some(RtlError::ProbeSignal { signal: signal.to_owned(), problem })
    })
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    Some(text.split_once(before)?.1.split_once(after)?.0)
}

/// `FILE:LINE` at the start of a message.
fn location(message: &str) -> Option<String> {
    let mut parts = message.split(':');
    let (file, line) = (parts.next()?.trim(), parts.next()?.trim());
    let is_place = !file.is_empty() && !line.is_empty() && line.chars().all(|c| c.is_ascii_digit());
    is_place.then(|| format!("{file}:{line}"))
}

/// The output from the first fault on, at most [`MOST_LINES`] lines; without a fault the last lines.
fn error_part(text: &str, fault: impl Fn(&str) -> bool) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let first = lines.iter().position(|line| fault(line)).unwrap_or(lines.len().saturating_sub(MOST_LINES));
    let shown = &lines[first..lines.len().min(first + MOST_LINES)];
    shown.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_error_names_its_place_and_drops_what_came_before() {
        let text =
            "g++ -c x.cpp\nIn file included from a.h\nx.cpp:12:4: error: no such thing\nmake: *** [x.o] Error 1\n";
        let RtlError::Compile { phase, location, messages } = compile_error("compiling the RTL", text) else {
            panic!("not a compile error");
        };
        assert_eq!((phase, location.as_str()), ("compiling the RTL", "x.cpp:12"));
        assert_eq!(messages, "x.cpp:12:4: error: no such thing\nmake: *** [x.o] Error 1");
    }

    #[test]
    fn output_without_a_known_fault_is_shown_from_its_end() {
        let text: String = (0..50).map(|n| format!("line {n}\n")).collect();
        let RtlError::Verilate { location, messages } = verilate_error(&text) else { panic!("not a Verilator error") };
        assert_eq!(location, "unknown place");
        assert!(messages.starts_with("line 30\n") && messages.ends_with("line 49"), "{messages}");
    }
}
