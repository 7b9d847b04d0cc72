//! Builds a block's bench and plays vectors through it. The tools must be installed: a missing one fails the test with its message.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bitspike_cosim::rtl::{FILE_LIST, RtlSource};
use bitspike_cosim::toolchain::Toolchain;
use bitspike_spec::random::{CellRng, Stream};

/// Values of the Verilog parameters of a bench.
pub type Parameters<'a> = &'a [(&'a str, u32)];

/// Builds the bench, plays the vectors (one line each) and gives the words of each line it prints.
pub fn play(bench: &str, parameters: Parameters<'_>, vectors: &[String]) -> Vec<Vec<String>> {
    let program = build(bench, parameters);
    let folder = tempfile::tempdir().unwrap();
    let stimulus = folder.path().join("stimulus");
    fs::write(&stimulus, vectors.join("\n") + "\n").unwrap();
    let mut command = Command::new(&program);
    command.arg(format!("+stimulus={}", stimulus.display())).arg("+vcd=/dev/null").current_dir(folder.path());
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let done = format!("bitspike_tb done lines={}", vectors.len());
    assert!(output.status.success() && text.lines().any(|line| line == done), "{bench}: no `{done}` in\n{text}");
    text.lines().filter_map(|line| line.strip_prefix("out ")).map(words).collect()
}

/// As [`play`], with decimal numbers on both sides.
pub fn play_numbers(bench: &str, parameters: Parameters<'_>, vectors: &[Vec<i128>]) -> Vec<Vec<i128>> {
    let lines: Vec<String> = vectors.iter().map(|vector| decimal(vector)).collect();
    let number = |word: String| word.parse().unwrap();
    play(bench, parameters, &lines).into_iter().map(|line| line.into_iter().map(number).collect()).collect()
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

fn decimal(vector: &[i128]) -> String {
    vector.iter().map(i128::to_string).collect::<Vec<_>>().join(" ")
}

/// The program of a bench, from a cache that outlives the test run.
fn build(bench: &str, parameters: Parameters<'_>) -> PathBuf {
    let source = RtlSource::embedded();
    let mut name = format!("{bench}-{}", &source.hash()[..16]);
    for (_, value) in parameters {
        write!(name, "-{value:x}").unwrap();
    }
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("benches");
    let program = cache.join(name);
    if !program.is_file() {
        let work = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let built = verilate(&source, work.path(), bench, parameters);
        fs::create_dir_all(&cache).unwrap();
        fs::rename(built, &program).unwrap();
    }
    program
}

fn verilate(source: &RtlSource, work: &Path, bench: &str, parameters: Parameters<'_>) -> PathBuf {
    source.write_to(work).unwrap();
    let toolchain = Toolchain::find().unwrap_or_else(|error| panic!("{error}"));
    let top = format!("{bench}_tb");
    let mut command = Command::new(&toolchain.verilator.path);
    command.current_dir(work).args([
        "--binary",
        "--timing",
        "--timescale",
        "1ns/1ns",
        "-Mdir",
        "build",
        "--prefix",
        "Vbench",
    ]);
    command.args(["-MAKEFLAGS", "OPT_FAST=-O1 OPT_SLOW=-O0 OPT_GLOBAL=-O1", "-F"]).arg(format!("hdl/{FILE_LIST}"));
    command.arg(format!("testbenches/{bench}/{top}.sv")).args(["--top", &top]);
    command.args(parameters.iter().map(|(name, value)| format!("-G{name}={value}")));
    let output = command.output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{bench}:\n{stdout}\n{stderr}");
    work.join("build/Vbench")
}

/// Random numbers of a test.
pub struct Random {
    seed: u64,
    index: u32,
}

impl Random {
    pub fn new(seed: u64) -> Self {
        Random { seed, index: 0 }
    }

    /// 32 random bits.
    pub fn word(&mut self) -> u32 {
        self.index += 1;
        CellRng::new(self.seed, Stream::Weights, self.index).block(0)[0]
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.word()) * u64::from(bound)) >> 32) as u32
    }

    /// A signed number of this width: any of them, or (three times in four) one of fewer bits, so that not everything overflows.
    pub fn signed(&mut self, bits: u32) -> i128 {
        let fewer = if self.below(4) == 0 { 0 } else { self.below(bits) };
        i128::from(self.word().cast_signed() >> (32 - bits) >> fewer)
    }

    /// Any unsigned number of this width.
    pub fn unsigned(&mut self, bits: u32) -> i128 {
        i128::from(u64::from(self.word()) >> (32 - bits))
    }
}

/// What a division by `2^k` gives under each rounding code, from quotient and remainder.
pub fn round(x: i128, k: u32, rounding: u32, random: u32) -> i128 {
    let unit = 1_i128 << k;
    let (quotient, rest) = (x.div_euclid(unit), x.rem_euclid(unit));
    let random = i128::from(random);
    let draw = if k > 16 { random << (k - 16) } else { random % unit };
    let up = match rounding {
        0 => false,
        1 => x < 0 && rest != 0,
        2 => 2 * rest >= unit && k > 0,
        3 => 2 * rest > unit || (2 * rest == unit && quotient % 2 != 0 && k > 0),
        4 => rest + draw >= unit,
        _ => panic!("no rounding {rounding}"),
    };
    quotient + i128::from(up)
}

/// `fit` of the contract and its flag.
pub fn fit(x: i128, bits: u32, saturate: bool) -> (i128, bool) {
    let (low, high) = (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1);
    let wrapped = (x - low).rem_euclid(1_i128 << bits) + low;
    (if saturate { x.clamp(low, high) } else { wrapped }, x < low || x > high)
}

/// `part(j)` of the contract: 16 bits of the word rotated right by `j`.
pub fn part(word: u32, j: u32) -> u32 {
    word.rotate_right(j % 32) & 0xffff
}
