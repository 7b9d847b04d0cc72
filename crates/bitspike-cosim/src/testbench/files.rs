//! The input files of the testbench.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use bitspike_spec::{Core, Stimulus};

use super::RunRequest;
use crate::lockstep::InitialState;
use crate::rtl::{BusProgram, RtlError, packed};

/// Writes the files into `folder` and gives the program's arguments, all but `+vcd`.
pub(super) fn write(folder: &Path, request: &RunRequest<'_>) -> Result<Vec<String>, RtlError> {
    let stimulus = request.stimulus;
    let files = [
        ("program", program(request.core)),
        ("ready", lines(stimulus.ready.iter().map(|bit| u32::from(*bit)))),
        ("resets", lines(stimulus.resets.iter())),
    ];
    let mut arguments = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).map_err(RtlError::file("write", &path))?;
        arguments.push(format!("+{name}={}", path.display()));
    }
    arguments.push(format!("+image={}", image(folder, request.core)?.display()));
    arguments.push(format!("+events={}", events(folder, request.core, stimulus)?.display()));
    arguments.push(format!("+repeat={}", stimulus.repeat));
    arguments.push(format!("+period={}", stimulus.period));
    arguments.push(format!("+cycles={}", request.cycles));
    arguments.extend(initial_state(request.initial));
    Ok(arguments)
}

fn initial_state(initial: InitialState) -> Vec<String> {
    match initial {
        InitialState::Zero => vec!["+verilator+rand+reset+0".to_owned()],
        InitialState::Random(_) => {
            vec!["+verilator+rand+reset+2".to_owned(), format!("+verilator+seed+{}", initial.seed())]
        }
    }
}

fn lines<T: ToString>(values: impl Iterator<Item = T>) -> String {
    values.map(|value| value.to_string() + "\n").collect()
}

/// Shared values and neuron parameters; the array goes the shorter way of `+image`.
fn program(core: &Core) -> String {
    let mut text = String::new();
    for write in BusProgram::new(core).values {
        writeln!(text, "{:x} {:x}", write.address, write.data).expect("writing to a string");
    }
    text
}

fn events(folder: &Path, core: &Core, stimulus: &Stimulus) -> Result<PathBuf, RtlError> {
    let path = folder.join("events");
    let failed = || RtlError::file("write", &path);
    let mut file = BufWriter::new(File::create(&path).map_err(failed())?);
    for timed in &stimulus.events {
        let word = timed.event.word(core.structure());
        std::writeln!(file, "{} {word:x}", timed.not_before).map_err(failed())?;
    }
    file.flush().map_err(failed())?;
    Ok(path)
}

fn image(folder: &Path, core: &Core) -> Result<PathBuf, RtlError> {
    let path = folder.join("image");
    let failed = || RtlError::file("write", &path);
    let mut file = BufWriter::new(File::create(&path).map_err(failed())?);
    let (images, structure) = (core.values().array.event_images(), core.structure());
    let rows = images.iter().flat_map(|image| (0..image.word_lines()).map(|row| image.row(row)));
    for group in rows.flat_map(|row| row.chunks(structure.lanes as usize)) {
        let words = packed(group, structure.weight_bits);
        let digits: String = words.iter().rev().map(|word| format!("{word:08x}")).collect();
        let used = (structure.lanes * structure.weight_bits).div_ceil(4) as usize;
        std::writeln!(file, "{}", &digits[digits.len() - used..]).map_err(failed())?;
    }
    file.flush().map_err(failed())?;
    Ok(path)
}
