//! FST files: sampled like the VCD of the same run.

use std::path::Path;

use bitspike_cosim::compare::{CompareOptions, ScopePair, Verdict, WaveformOptions, compare_waveforms};
use bitspike_cosim::waveform::{RecordSource, SampleRequest, Sampling, SignalSpec, open_waveform};
use fst_writer::{FstFileType, FstInfo, FstScopeType, FstSignalType, FstVarDirection, FstVarType, open_fst};

const CHANGES: [(u64, &[(usize, &str)]); 6] = [
    (0, &[(0, "0"), (1, "000000000000000000000000000000000011"), (2, "x")]),
    (5, &[(0, "1"), (1, "100000000000000000000000000000000100")]),
    (10, &[(0, "0"), (2, "1")]),
    (15, &[(0, "1"), (1, "00000000000000000000000000000000z1x0")]),
    (20, &[(0, "0")]),
    (25, &[(0, "1")]),
];

fn write_fst(path: &Path) {
    let (version, date) = (String::new(), String::new());
    let info = FstInfo { start_time: 0, timescale_exponent: -9, version, date, file_type: FstFileType::Verilog };
    let mut header = open_fst(path, &info).expect("a scratch file");
    header.scope("top", "", FstScopeType::Module).expect("a scope");
    let mut var = |name: &str, width| {
        header
            .var(name, FstSignalType::bit_vec(width), FstVarType::Wire, FstVarDirection::Implicit, None)
            .expect("a signal")
    };
    let ids = [var("clk", 1), var("v [35:0]", 36), var("go", 1)];
    header.up_scope().expect("one scope open");
    let mut body = header.finish().expect("a header");
    for (time, changes) in CHANGES {
        body.time_change(time).expect("times increase");
        changes.iter().for_each(|(index, bits)| body.signal_change(ids[*index], bits.as_bytes()).expect("bits"));
    }
    body.finish().expect("a body");
}

fn write_vcd(path: &Path) {
    let mut text = "$timescale 1 ns $end $scope module top $end $var wire 1 ! clk $end $var wire 36 \" v [35:0] $end
$var wire 1 # go $end $upscope $end $enddefinitions $end\n"
        .to_string();
    for (time, changes) in CHANGES {
        text += &format!("#{time}\n");
        for (index, bits) in changes {
            text += &if *index == 1 { format!("b{bits} \"\n") } else { format!("{bits}{}\n", ["!", "", "#"][*index]) };
        }
    }
    std::fs::write(path, text).expect("a scratch file");
}

#[test]
fn fst_is_sampled_before_the_edge() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let path = folder.path().join("a.fst");
    write_fst(&path);
    let sampling = Sampling::RisingEdge { clock: "clk".into(), condition: None };
    let signals = vec![SignalSpec::new("v", 36), SignalSpec::new("go", 1)];
    let request = SampleRequest { scope: "top".into(), sampling, signals };
    let waveform = open_waveform(&path).expect("an FST file");
    assert_eq!(waveform.hierarchy().time_unit().map(|unit| (unit.factor, unit.exponent)), Some((1, -9)));
    let mut reader = waveform.sample(&request).expect("all signals are there");
    let mut rows = Vec::new();
    while let Some(record) = reader.next_record().expect("readable") {
        rows.push((record.time, record.values.to_vec(), record.unknowns.map(<[u32]>::to_vec)));
    }
    let expected = [
        (5, vec![3, 0, 0], Some(vec![0, 0, 1])),
        (15, vec![4, 8, 1], None),
        (25, vec![0b1100, 0, 1], Some(vec![0b1010, 0, 0])),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn fst_and_vcd_of_one_run_agree() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let (left, right) = (folder.path().join("a.fst"), folder.path().join("a.vcd"));
    write_fst(&left);
    write_vcd(&right);
    for sampling in [Sampling::RisingEdge { clock: "clk".into(), condition: None }, Sampling::EveryTime] {
        let scopes = ScopePair { left: "top".into(), right: "top".into() };
        let options = WaveformOptions { scopes, sampling, compare: CompareOptions::default() };
        let verdict = compare_waveforms(&left, &right, &options).expect("comparable").verdict;
        assert!(matches!(verdict, Verdict::Agreement(_)), "{verdict}");
    }
}
