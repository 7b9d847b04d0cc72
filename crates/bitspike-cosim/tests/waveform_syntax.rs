//! Each syntax case of VCD, with the expected values written by hand.

use bitspike_cosim::waveform::{
    RawValue, RecordSource, SampleRequest, Sampling, ScanEvent, SignalSpec, VariableKind, VcdScanner, WaveformError,
    sample_vcd,
};

const HEADER: &str = "$date today $end $version hand $end $timescale 10ps $end
$scope module top $end
$var wire 1 ! clk $end
$var wire 8 \" v [7:0] $end
$var reg 40 # wide[39:0] $end
$var real 64 $ volts $end
$var string 1 % state $end
$scope interface bus $end $var logic 1 & valid $end $var wire 1 ( bit [3] $end $upscope $end
$upscope $end
$enddefinitions $end
";

/// All changes of all variables as (time, name, binary digits).
fn changes(body: &str) -> Result<Vec<(u64, String, String)>, WaveformError> {
    let text = format!("{HEADER}{body}");
    let mut scanner = VcdScanner::new(text.as_bytes())?;
    let bits: Vec<usize> = (0..scanner.hierarchy().variables().len())
        .filter(|&index| scanner.hierarchy().variables()[index].kind == VariableKind::Bits)
        .collect();
    let slots = scanner.watch(&bits);
    let (mut time, mut seen) = (0, Vec::new());
    while let Some(event) = scanner.next_event()? {
        match event {
            ScanEvent::Time(now) => time = now,
            ScanEvent::Change(slot) => {
                let index = bits[slots.iter().position(|&other| other == slot).expect("a watched slot")];
                let variable = &scanner.hierarchy().variables()[index];
                let (value, unknown) = (scanner.value(slot).to_vec(), scanner.unknown(slot).to_vec());
                let digits = RawValue { width: variable.width, value, unknown }.binary();
                seen.push((time, variable.name.trim_start_matches("top.").to_string(), digits));
            }
        }
    }
    Ok(seen)
}

/// The digits of the only change in `body`.
fn only(body: &str) -> String {
    let seen = changes(body).expect("valid VCD");
    assert_eq!(seen.len(), 1, "{seen:?}");
    seen[0].2.clone()
}

#[test]
fn header_names_widths_and_unit() {
    let scanner = VcdScanner::new(HEADER.as_bytes()).expect("valid header");
    let hierarchy = scanner.hierarchy();
    assert_eq!(hierarchy.scopes(), ["top", "top.bus"]);
    let found: Vec<(&str, u32)> = hierarchy.variables().iter().map(|v| (v.name.as_str(), v.width)).collect();
    let expected = [
        ("top.clk", 1),
        ("top.v", 8),
        ("top.wide", 40),
        ("top.volts", 64),
        ("top.state", 1),
        ("top.bus.valid", 1),
        ("top.bus.bit[3]", 1),
    ];
    assert_eq!(found, expected);
    assert_eq!(hierarchy.time_unit().map(|unit| (unit.factor, unit.exponent)), Some((10, -12)));
}

#[test]
fn scalars_of_four_states() {
    let states: Vec<String> = ["0!", "1!", "x!", "X!", "z!", "Z!"].iter().map(|body| only(body)).collect();
    assert_eq!(states, ["0", "1", "x", "x", "z", "z"]);
}

#[test]
fn vectors_are_extended_to_the_left_by_their_first_digit() {
    let cases = [
        ("b1 \"", "00000001"),
        ("b01 \"", "00000001"),
        ("bx1 \"", "xxxxxxx1"),
        ("bz \"", "zzzzzzzz"),
        ("b1x \"", "0000001x"),
        ("bZ0x1 \"", "zzzzz0x1"),
        ("b10100101 \"", "10100101"),
        ("B11 \"", "00000011"),
        ("1\"", "00000001"),
        ("x\"", "xxxxxxxx"),
    ];
    for (body, expected) in cases {
        assert_eq!(only(body), expected, "{body}");
    }
}

#[test]
fn values_wider_than_a_word() {
    assert_eq!(only("b1000000010000000000000000000000000000001 #"), "1000000010000000000000000000000000000001");
    assert_eq!(only("b110000000000000000000000000000000000000 #"), "0110000000000000000000000000000000000000");
    assert_eq!(only("bz1 #"), format!("{}1", "z".repeat(39)));
}

#[test]
fn dump_sections_comments_blank_lines_and_several_changes_on_a_line() {
    let body = "$comment 1! $dumpvars $end\n$dumpvars 0!\nb1 \" $end\n\n#5 1! 1&\n$dumpoff x! $end #7\n$dumpon 1! $end $dumpall 0! $end";
    let expected = [
        (0, "clk", "0"),
        (0, "v", "00000001"),
        (5, "clk", "1"),
        (5, "bus.valid", "1"),
        (5, "clk", "x"),
        (7, "clk", "1"),
        (7, "clk", "0"),
    ];
    let expected: Vec<_> = expected.iter().map(|(t, n, v)| (*t, n.to_string(), v.to_string())).collect();
    assert_eq!(changes(body).expect("valid VCD"), expected);
}

#[test]
fn carriage_returns_tabs_and_a_value_split_over_lines() {
    assert_eq!(only("#1\r\nb101\r\n\"\r\n"), "00000101");
    assert_eq!(only("b11\t\"\t"), "00000011");
}

#[test]
fn reals_and_strings_are_skipped_and_counted() {
    let text = format!("{HEADER}#1 r1.5 $ sRUN % R-2e9 $ 1!\n");
    let mut scanner = VcdScanner::new(text.as_bytes()).expect("valid header");
    let slot = scanner.watch(&[0])[0];
    assert_eq!(scanner.next_event().expect("valid"), Some(ScanEvent::Time(1)));
    assert_eq!(scanner.next_event().expect("valid"), Some(ScanEvent::Change(slot)));
    assert_eq!(scanner.next_event().expect("valid"), None);
    assert_eq!((scanner.notes().reals, scanner.notes().strings), (2, 1));
}

/// Gives one byte at a time, as a slow pipe may.
struct Trickle<'a>(&'a [u8]);

impl std::io::Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
        buffer[0] = *first;
        self.0 = rest;
        Ok(1)
    }
}

fn edge_request(condition: Option<&str>) -> SampleRequest {
    let sampling = Sampling::RisingEdge { clock: "clk".into(), condition: condition.map(str::to_string) };
    SampleRequest { scope: "top".into(), sampling, signals: vec![SignalSpec::new("v", 8), SignalSpec::new("wide", 40)] }
}

/// (cycle, time, values, unknown plane) of every record.
type Rows = Vec<(u64, u64, Vec<u32>, Option<Vec<u32>>)>;

fn rows(mut source: impl RecordSource) -> Rows {
    let mut rows = Vec::new();
    while let Some(record) = source.next_record().expect("valid VCD") {
        rows.push((record.cycle, record.time, record.values.to_vec(), record.unknowns.map(<[u32]>::to_vec)));
    }
    rows
}

#[test]
fn values_are_sampled_before_the_edge_whatever_the_order_of_changes_at_its_time() {
    let body = "#0 0! b1 \" b0 #\n#5 b10 \" 1!\n#10 0! b11 \"\n#15 1! b100 \" b111 #\n#20 0!\n#25 1!\n";
    let text = format!("{HEADER}{body}");
    let expected = vec![(0, 5, vec![1, 0, 0], None), (1, 15, vec![3, 0, 0], None), (2, 25, vec![4, 7, 0], None)];
    assert_eq!(rows(sample_vcd(text.as_bytes(), &edge_request(None)).expect("found")), expected);
    assert_eq!(rows(sample_vcd(Trickle(text.as_bytes()), &edge_request(None)).expect("found")), expected);
}

#[test]
fn unknown_bits_come_with_a_plane_only_while_there_are_any() {
    let text = format!("{HEADER}#0 0! b1 \"\n#5 1!\n#6 0! b0 #\n#7 1!\n#8 0! b1z \"\n#9 1!\n#10 0! b0 \"\n#11 1!\n");
    let expected = vec![
        (0, 5, vec![1, 0, 0], Some(vec![0, u32::MAX, 255])),
        (1, 7, vec![1, 0, 0], None),
        (2, 9, vec![3, 0, 0], Some(vec![1, 0, 0])),
        (3, 11, vec![0, 0, 0], None),
    ];
    assert_eq!(rows(sample_vcd(text.as_bytes(), &edge_request(None)).expect("found")), expected);
}

#[test]
fn the_condition_must_hold_before_the_edge_and_cycles_count_from_there() {
    // `valid` rises together with the edge at 15, so the first sampled edge is 25; it falls at 35, which is still sampled.
    let body =
        "#0 0! b0 \" b0 # 0&\n#5 1!\n#10 0!\n#15 1! 1&\n#20 0! b101 \"\n#25 1!\n#30 0!\n#35 1! 0&\n#40 0!\n#45 1!\n";
    let text = format!("{HEADER}{body}");
    let found = rows(sample_vcd(text.as_bytes(), &edge_request(Some("bus.valid"))).expect("found"));
    assert_eq!(found, vec![(0, 25, vec![5, 0, 0], None), (1, 35, vec![5, 0, 0], None)]);
}

#[test]
fn edges_are_changes_to_one_but_not_the_first_value_nor_a_glitch_nor_a_repeated_one() {
    let body = "#0 1! b0 \" b0 #\n#5 1!\n#10 0!\n#15 1! 0!\n#20 x!\n#25 1!\n#25 b1 \"\n#30 z!\n#35 1!";
    let text = format!("{HEADER}{body}");
    let times: Vec<u64> =
        rows(sample_vcd(text.as_bytes(), &edge_request(None)).expect("found")).iter().map(|row| row.1).collect();
    assert_eq!(times, [25, 35]);
}

#[test]
fn without_a_clock_each_time_with_a_change_is_a_record_with_the_change() {
    let text = format!("{HEADER}#0 b1 \" b0 #\n#5 1!\n#9 b10 \"\nb11 \"\n");
    let request = SampleRequest { sampling: Sampling::EveryTime, ..edge_request(None) };
    let expected = vec![(0, 0, vec![1, 0, 0], None), (1, 9, vec![3, 0, 0], None)];
    assert_eq!(rows(sample_vcd(text.as_bytes(), &request).expect("found")), expected);
}

#[test]
fn aliases_share_an_identifier_and_both_names_get_the_value() {
    let text = "$scope module t $end $var wire 1 ! clk $end $var wire 4 % a $end $var wire 4 % b $end $upscope $end
$enddefinitions $end #0 0! b110 % #1 1!";
    let signals = vec![SignalSpec::new("a", 4), SignalSpec::new("clk", 1), SignalSpec::new("b", 4)];
    let sampling = Sampling::RisingEdge { clock: "clk".into(), condition: None };
    let reader = sample_vcd(text.as_bytes(), &SampleRequest { scope: "t".into(), sampling, signals });
    assert_eq!(rows(reader.expect("found")), vec![(0, 1, vec![6, 0, 6], None)]);
}

#[test]
fn identifiers_far_apart_are_found_too() {
    let text = "$scope module t $end $var wire 1 ! clk $end $var wire 4 abcdefgh a $end $upscope $end
$enddefinitions $end #0 0! b110 abcdefgh #1 1!";
    let sampling = Sampling::RisingEdge { clock: "t.clk".into(), condition: None };
    let request = SampleRequest { scope: "t".into(), sampling, signals: vec![SignalSpec::new("a", 4)] };
    assert_eq!(rows(sample_vcd(text.as_bytes(), &request).expect("found")), vec![(0, 1, vec![6], None)]);
}
