//! Malformed files and impossible requests, with the message each gets.

use bitspike_cosim::waveform::{
    Record, RecordSource, SampleRequest, Sampling, SignalSpec, VcdHeader, VcdWriter, WaveformError, open_waveform,
    sample_vcd,
};

const HEADER: &str = "$timescale 1 ns $end
$scope module top $end
$scope module u_a $end $var wire 1 ! clk_i $end $var wire 8 # v_mem $end $var real 64 % volts $end $upscope $end
$scope module u_b $end $scope module u_probe $end $var wire 1 $ ready $end $upscope $end $upscope $end
$scope module u_c $end $scope module u_probe $end $upscope $end $upscope $end
$upscope $end
$enddefinitions $end
";

fn request(scope: &str, clock: &str, signal: (&str, u32)) -> SampleRequest {
    let sampling = Sampling::RisingEdge { clock: clock.into(), condition: None };
    SampleRequest { scope: scope.into(), sampling, signals: vec![SignalSpec::new(signal.0, signal.1)] }
}

fn first_error(text: &str, request: &SampleRequest) -> String {
    let run = || -> Result<(), WaveformError> {
        let mut reader = sample_vcd(text.as_bytes(), request)?;
        while reader.next_record()?.is_some() {}
        Ok(())
    };
    run().expect_err("the file is malformed").to_string()
}

#[test]
fn malformed_bodies() {
    let cases = [
        ("#0\n0!\nq!\n", "line 10, byte {6}: found `q!`: expected a value change, `#time` or a `$keyword`"),
        ("0\"\n", "line 8, byte {0}: found `0\"`: the identifier is not declared in the header"),
        ("b101 \"\n", "line 8, byte {0}: found `b101 \"`: the identifier is not declared in the header"),
        ("r1.5 \"\n", "line 8, byte {0}: found `r1.5 \"`: the identifier is not declared in the header"),
        ("b100000000 #\n", "line 8, byte {0}: found `b100000000 #`: more digits than the 8 bits declared"),
        ("b012 #\n", "line 8, byte {0}: found `b012 #`: `2` is not one of the digits 0, 1, x, z"),
        ("b01012101 #\n", "line 8, byte {0}: found `b01012101 #`: `2` is not one of the digits 0, 1, x, z"),
        ("#5\n#4\n", "line 9, byte {3}: time goes back from #5 to #4"),
        ("#1x\n", "line 8, byte {0}: found `#1x`: expected a whole number below 2^64 after `#`"),
        ("#\n0!\n", "line 8, byte {0}: found `#`: expected a whole number below 2^64 after `#`"),
        (
            "#18446744073709551616\n",
            "line 8, byte {0}: found `#18446744073709551616`: expected a whole number below 2^64 after `#`",
        ),
        ("0 !\n", "line 8, byte {0}: found `0 !`: a value without identifier"),
        ("b #\n", "line 8, byte {0}: found `b #`: expected binary digits after `b`"),
        (
            "0aaaaaaaaaa\n",
            "line 8, byte {0}: found `0aaaaaaaaaa`: expected an identifier of 1 to 9 characters from `!` to `~`",
        ),
        ("0\u{7f}\n", "line 8, byte {0}: found `0\u{7f}`: expected an identifier of 1 to 9 characters from `!` to `~`"),
        ("$end\n", "line 8, byte {0}: found `$end`: `$end` closes nothing"),
        (
            "$dumpports 0! $end\n",
            "line 8, byte {0}: found `$dumpports 0! $end`: expected $dumpvars, $dumpall, $dumpon, $dumpoff or $comment",
        ),
        (
            "$dumpvars\n$dumpvars\n",
            "line 9, byte {10}: found `$dumpvars`: expected value changes or `$end` of the dump section",
        ),
        (
            "$dumpvars\n0!\n",
            "line 10, byte {13}: the file ends inside a dump section (no `$end`); was the simulator interrupted?",
        ),
        (
            "$comment 0!\n",
            "line 9, byte {12}: the file ends inside a comment (no `$end`); was the simulator interrupted?",
        ),
        ("#0\nb101", "line 9, byte {3}: the file ends inside `b101`; was the simulator interrupted?"),
        ("#0\nb101 ", "line 9, byte {3}: the file ends inside `b101`; was the simulator interrupted?"),
        ("#0\n1", "line 9, byte {3}: the file ends inside `1`; was the simulator interrupted?"),
    ];
    for (body, expected) in cases {
        let (before, rest) = expected.split_once('{').expect("an offset in the body");
        let (offset, after) = rest.split_once('}').expect("an offset in the body");
        let offset = HEADER.len() + offset.parse::<usize>().expect("a number");
        let found = first_error(&format!("{HEADER}{body}"), &request("u_a", "clk_i", ("v_mem", 8)));
        assert_eq!(found, format!("{before}{offset}{after}"), "{body:?}");
    }
}

#[test]
fn malformed_headers() {
    let cases = [
        (
            "",
            "line 1, byte 0: the file ends inside the header (no `$enddefinitions $end`); was the simulator interrupted?",
        ),
        ("\n\nELF\n", "line 3 of the VCD header: found `ELF`, a VCD file starts with a keyword such as `$timescale`"),
        (
            "$scope module a $end\n",
            "line 2, byte 21: the file ends inside the header (no `$enddefinitions $end`); was the simulator interrupted?",
        ),
        (
            "$timescale 1 ns $end\n$var wire x ! a $end\n$enddefinitions $end\n",
            "line 2 of the VCD header: invalid digit found in string in `$var wire x ! a $end`",
        ),
        (
            "$timescale 1 hour $end\n$enddefinitions $end\n",
            "line 1 of the VCD header: invalid timescale unit in `$timescale 1 hour $end`",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(first_error(text, &request("", "clk_i", ("v", 8))), expected, "{text:?}");
    }
}

#[test]
fn impossible_requests() {
    let cases = [
        (
            request("u_aa", "clk_i", ("v_mem", 8)),
            "no scope `u_aa` in the waveform; expected a full path or a last name; similar: top.u_a, top.u_b, top.u_c",
        ),
        (
            request("zebra_crossing", "clk_i", ("v_mem", 8)),
            "no scope `zebra_crossing` in the waveform; expected a full path or a last name; nothing there has a similar name",
        ),
        (
            request("u_probe", "clk_i", ("v_mem", 8)),
            "scope `u_probe` is ambiguous, give the full path: top.u_b.u_probe, top.u_c.u_probe",
        ),
        (
            request("u_a", "clk", ("v_mem", 8)),
            "no clock `clk` in scope `top.u_a` nor as a full path; expected 1 bit; similar: clk_i",
        ),
        (
            request("u_a", "clk_i", ("v_men", 8)),
            "no signal `v_men` in scope `top.u_a`; expected 8 bits; similar: v_mem",
        ),
        (
            request("u_a", "clk_i", ("redy", 1)),
            "no signal `redy` in scope `top.u_a`; expected 1 bits; similar: top.u_b.u_probe.ready",
        ),
        (request("u_a", "clk_i", ("v_mem", 9)), "signal `top.u_a.v_mem` has 8 bits, expected 9"),
        (request("u_a", "v_mem", ("v_mem", 8)), "signal `top.u_a.v_mem` has 8 bits, expected 1"),
        (request("u_a", "clk_i", ("volts", 64)), "signal `top.u_a.volts` is of kind real, expected bits"),
    ];
    for (request, expected) in cases {
        assert_eq!(first_error(HEADER, &request), expected);
    }
}

#[test]
fn files_that_cannot_be_opened() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let missing = open_waveform(&folder.path().join("none.vcd")).expect_err("there is no file").to_string();
    assert!(missing.starts_with("open ") && missing.contains("none.vcd"), "{missing}");
    let fake = folder.path().join("fake.fst");
    std::fs::write(&fake, HEADER).expect("scratch file");
    let message = open_waveform(&fake).expect_err("this is VCD text").to_string();
    assert!(message.starts_with("FST file: ") && message.ends_with("fake.fst is Vcd"), "{message}");
    std::fs::write(&fake, "neither").expect("scratch file");
    let message = open_waveform(&fake).expect_err("this is no waveform").to_string();
    assert!(message.starts_with("FST file: ") && message.contains("unknown file format"), "{message}");
}

fn header(scope: &str, half_period: u64, width: u32) -> VcdHeader {
    let (clock, reset) = ("clk_i".into(), "rst_ni".into());
    VcdHeader { scope: scope.into(), clock, reset, half_period, signals: vec![SignalSpec::new("v", width)] }
}

#[test]
fn the_writer_refuses_what_vcd_cannot_hold() {
    let error = |header: &VcdHeader| VcdWriter::new(Vec::new(), header).expect_err("refused").to_string();
    let names = "allowed: printable ASCII without white space, at least one character";
    assert_eq!(error(&header("top.u a", 5, 4)), format!("scope: found `u a`, {names}"));
    assert_eq!(error(&header("", 5, 4)), format!("scope: found ``, {names}"));
    assert_eq!(error(&header("top", 0, 4)), "half_period: found `0`, allowed: 1 or more");
    assert_eq!(error(&header("top", 5, 0)), "width: found `0 (v)`, allowed: 1 or more");
    let mut writer = VcdWriter::new(Vec::new(), &header("top", 5, 4)).expect("a good header");
    let mut write = |values: &[u32], unknowns: Option<&[u32]>| {
        writer.write(&Record { cycle: 0, time: 0, values, unknowns }).expect_err("refused").to_string()
    };
    assert_eq!(write(&[1, 2], None), "a record has 2 words, its signals need 1");
    assert_eq!(write(&[1], Some(&[])), "a record has 0 words, its signals need 1");
    assert_eq!(write(&[16], None), "signal `v`: a bit above its 4 bits is set");
}
