//! The input files of the testbench.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use bitspike_spec::{Core, Stimulus, SynapseArray};

use super::RunRequest;
use crate::lockstep::InitialState;
use crate::rtl::{BusProgram, RtlError, array_words};

/// Writes the files into `folder` and gives the program's arguments, all but `+vcd`.
pub(super) fn write(folder: &Path, request: &RunRequest<'_>) -> Result<Vec<String>, RtlError> {
    let stimulus = request.stimulus;
    let files = [
        ("program", program(request.core)),
        ("ready", lines(stimulus.ready.iter().map(|bit| u32::from(*bit)))),
        ("resets", lines(stimulus.resets.iter())),
        ("epochs", lines(request.core.values().epoch_starts.iter())),
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

/// All values but the words of the array, which go the shorter way of `+image`.
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
    let digits = (core.structure().lanes * core.structure().cell_bits()).div_ceil(4) as usize;
    for chunks in array_words(core) {
        std::writeln!(file, "{}", image_line(core, &chunks, digits)).map_err(failed())?;
    }
    file.flush().map_err(failed())?;
    Ok(path)
}

/// A word as one number of so many digits, or the cells of a macro chunk by chunk, the lowest first.
fn image_line(core: &Core, chunks: &[u32], digits: usize) -> String {
    match core.values().array {
        SynapseArray::Event(_) => {
            let word: String = chunks.iter().rev().map(|chunk| format!("{chunk:08x}")).collect();
            word[word.len() - digits..].to_owned()
        }
        SynapseArray::Analogue(_) => chunks.iter().map(|chunk| format!("{chunk:x}")).collect::<Vec<_>>().join(" "),
    }
}
