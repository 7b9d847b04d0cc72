//! The VCD header: collected here, parsed by the `vcd` crate.

use std::io::Read;

use vcd::{ReferenceIndex, ScopeItem, ScopeType, TimescaleUnit, VarType};

use super::WaveformError;
use super::buffer::ByteBuffer;
use super::hierarchy::{Hierarchy, TimeUnit, Variable, VariableKind, join};
use super::lexer::id_of;

/// Reads up to and including `$enddefinitions $end`.
pub(crate) fn read_header<R: Read>(buffer: &mut ByteBuffer<R>) -> Result<Hierarchy, WaveformError> {
    let text = collect(buffer)?;
    let header = vcd::Parser::new(&text[..]).parse_header().map_err(|error| header_error(&text, &error))?;
    let mut hierarchy = Hierarchy::default();
    hierarchy.set_time_unit(header.timescale.map(|(factor, unit)| TimeUnit { factor, exponent: exponent(unit) }));
    add_items(&mut hierarchy, "", &header.items);
    Ok(hierarchy)
}

/// The header as text with its line breaks; kinds of scopes and variables that the `vcd` crate does not know (`interface`, `struct`,
/// `logic`, ...) become `module` and `wire`.
fn collect<R: Read>(buffer: &mut ByteBuffer<R>) -> Result<Vec<u8>, WaveformError> {
    let mut text = Vec::new();
    let mut previous = Vec::new();
    loop {
        let line = buffer.line();
        if !buffer.skip_blank()? {
            return Err(buffer.truncated("the header (no `$enddefinitions $end`)"));
        }
        if text.is_empty() && buffer.bytes()[buffer.pos()] != b'$' {
            return Err(not_vcd(buffer));
        }
        text.resize(text.len() + usize::try_from(buffer.line() - line).unwrap_or(0), b'\n');
        let word = buffer.word()?;
        text.extend_from_slice(known_kind(&previous, word));
        text.push(b' ');
        if previous == b"$enddefinitions" && word == b"$end" {
            return Ok(text);
        }
        previous.clear();
        previous.extend_from_slice(word);
    }
}

fn not_vcd<R: Read>(buffer: &ByteBuffer<R>) -> WaveformError {
    let reason = format!("found `{}`, a VCD file starts with a keyword such as `$timescale`", buffer.excerpt());
    WaveformError::Header { line: buffer.line(), reason }
}

fn known_kind<'a>(previous: &[u8], word: &'a [u8]) -> &'a [u8] {
    let text = std::str::from_utf8(word).unwrap_or_default();
    let is_kind = !word.is_empty() && word.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    match previous {
        b"$scope" if is_kind && text.parse::<ScopeType>().is_err() => b"module",
        b"$var" if is_kind && text == "realtime" => b"real",
        b"$var" if is_kind && text.parse::<VarType>().is_err() => b"wire",
        _ => word,
    }
}

fn header_error(text: &[u8], error: &std::io::Error) -> WaveformError {
    let parse = error.get_ref().and_then(|inner| inner.downcast_ref::<vcd::ParseError>());
    let Some(parse) = parse else {
        return WaveformError::Header { line: line_count(text), reason: error.to_string() };
    };
    let index = usize::try_from(parse.line().saturating_sub(1)).unwrap_or(0);
    let found = text.split(|&byte| byte == b'\n').nth(index).unwrap_or_default();
    let reason = format!("{} in `{}`", parse.kind(), String::from_utf8_lossy(found).trim());
    WaveformError::Header { line: parse.line(), reason }
}

fn line_count(text: &[u8]) -> u64 {
    1 + text.iter().filter(|&&byte| byte == b'\n').count() as u64
}

fn add_items(hierarchy: &mut Hierarchy, scope: &str, items: &[ScopeItem]) {
    for item in items {
        if let ScopeItem::Scope(inner) = item {
            let path = join(scope, &inner.identifier);
            hierarchy.add_scope(path.clone());
            add_items(hierarchy, &path, &inner.items);
        } else if let ScopeItem::Var(var) = item {
            hierarchy.add_variable(variable(scope, var));
        }
    }
}

fn variable(scope: &str, var: &vcd::Var) -> Variable {
    let bit = match var.index {
        Some(ReferenceIndex::BitSelect(bit)) => format!("[{bit}]"),
        Some(ReferenceIndex::Range(..)) | None => String::new(),
    };
    Variable {
        name: join(scope, &format!("{}{bit}", without_range(&var.reference))),
        width: var.size,
        kind: kind(var.var_type),
        id: id_of(var.code.to_string().as_bytes()).unwrap_or(u64::MAX),
    }
}

/// `data[7:0]` without its range; `data[7]` is one element and stays.
pub(crate) fn without_range(reference: &str) -> &str {
    let Some((name, range)) = reference.strip_suffix(']').and_then(|head| head.rsplit_once('[')) else {
        return reference;
    };
    let is_range = range.split_once(':').is_some_and(|(a, b)| a.parse::<i64>().is_ok() && b.parse::<i64>().is_ok());
    if is_range && !name.is_empty() { name } else { reference }
}

fn kind(var_type: VarType) -> VariableKind {
    if var_type == VarType::Real {
        VariableKind::Real
    } else if var_type == VarType::String {
        VariableKind::Text
    } else if var_type == VarType::Event {
        VariableKind::Event
    } else {
        VariableKind::Bits
    }
}

fn exponent(unit: TimescaleUnit) -> i32 {
    match unit {
        TimescaleUnit::S => 0,
        TimescaleUnit::MS => -3,
        TimescaleUnit::US => -6,
        TimescaleUnit::NS => -9,
        TimescaleUnit::PS => -12,
        TimescaleUnit::FS => -15,
    }
}
