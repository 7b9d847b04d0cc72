//! Writer against two readers: the `vcd` crate as an independent oracle, and the bulk scanner.

use std::collections::HashMap;

use bitspike_cosim::waveform::{
    OwnedRecord, RecordLayout, RecordSource, SampleRequest, Sampling, ScanEvent, SignalSpec, VcdHeader, VcdScanner,
    VcdWriter, sample_vcd,
};
use proptest::prelude::*;

fn signals_of(widths: &[u32]) -> Vec<SignalSpec> {
    widths.iter().enumerate().map(|(index, &width)| SignalSpec::new(format!("s{index}"), width)).collect()
}

fn used_bits(layout: &RecordLayout) -> Vec<u32> {
    let mask = |width: u32, word: u32| u32::MAX >> (32 * (word + 1)).saturating_sub(width).min(31);
    let words =
        |signal: &SignalSpec| (0..signal.width.div_ceil(32)).map(|word| mask(signal.width, word)).collect::<Vec<_>>();
    layout.signals().iter().flat_map(words).collect()
}

prop_compose! {
    fn trace()(widths in prop::collection::vec(prop_oneof![Just(1u32), 2..40u32, 60..140u32], 1..6))
        (rows in prop::collection::vec((prop::collection::vec(any::<u32>(), 25), prop::collection::vec(any::<u32>(), 25), 0..4u8), 0..20),
         widths in Just(widths)) -> (Vec<u32>, Vec<OwnedRecord>) {
        let layout = RecordLayout::new(signals_of(&widths));
        let masks = used_bits(&layout);
        let cut = |words: &[u32]| words.iter().zip(&masks).map(|(word, mask)| word & mask).collect::<Vec<u32>>();
        let record = |(index, (values, unknowns, rare)): (usize, &(Vec<u32>, Vec<u32>, u8))| {
            let unknowns = cut(unknowns);
            let has_unknown = *rare == 0 && unknowns.iter().any(|&word| word != 0);
            let time = 10 * index as u64 + 25;
            OwnedRecord { cycle: index as u64, time, values: cut(values), unknowns: has_unknown.then_some(unknowns) }
        };
        (widths, rows.iter().enumerate().map(record).collect())
    }
}

fn written(widths: &[u32], records: &[OwnedRecord]) -> Vec<u8> {
    let (clock, reset) = ("clk_i".into(), "rst_ni".into());
    let header = VcdHeader { scope: "top.u_probe".into(), clock, reset, half_period: 5, signals: signals_of(widths) };
    let mut writer = VcdWriter::new(Vec::new(), &header).expect("a good header");
    records.iter().for_each(|record| writer.write(&record.as_record()).expect("a good record"));
    writer.finish().expect("memory takes everything")
}

/// (time, name, digits at full width) of every change, read by the `vcd` crate.
fn oracle(text: &[u8]) -> Vec<(u64, String, String)> {
    let mut parser = vcd::Parser::new(text);
    let header = parser.parse_header().expect("the oracle reads the header");
    let scope = header.find_scope(&["top", "u_probe"]).expect("the scope");
    let vars = scope.items.iter().filter_map(|item| {
        let vcd::ScopeItem::Var(var) = item else { return None };
        Some((var.code, (var.reference.clone(), var.size as usize)))
    });
    let vars: HashMap<vcd::IdCode, (String, usize)> = vars.collect();
    let (mut time, mut changes) = (0, Vec::new());
    for command in parser {
        let command = command.expect("the oracle reads the body");
        let (id, digits) = if let vcd::Command::ChangeScalar(id, value) = command {
            (id, value.to_string())
        } else if let vcd::Command::ChangeVector(id, value) = command {
            (id, value.to_string())
        } else {
            time = if let vcd::Command::Timestamp(now) = command { now } else { time };
            continue;
        };
        let (name, width) = &vars[&id];
        let fill = match digits.as_bytes()[0] {
            b'1' => "0".to_string(),
            _ => digits[..1].to_string(),
        };
        changes.push((time, name.clone(), format!("{}{digits}", fill.repeat(width - digits.len()))));
    }
    changes
}

/// The same, read by the bulk scanner.
fn scanned(text: &[u8]) -> Vec<(u64, String, String)> {
    let mut scanner = VcdScanner::new(text).expect("the header is good");
    let all: Vec<usize> = (0..scanner.hierarchy().variables().len()).collect();
    scanner.watch(&all);
    let (mut time, mut changes) = (0, Vec::new());
    while let Some(event) = scanner.next_event().expect("the body is good") {
        match event {
            ScanEvent::Time(now) => time = now,
            ScanEvent::Change(slot) => {
                let variable = &scanner.hierarchy().variables()[slot];
                let (value, unknown) = (scanner.value(slot).to_vec(), scanner.unknown(slot).to_vec());
                let raw = bitspike_cosim::waveform::RawValue { width: variable.width, value, unknown };
                changes.push((time, variable.name.replace("top.u_probe.", ""), raw.binary()));
            }
        }
    }
    changes
}

proptest! {
    #[test]
    fn scanner_and_vcd_crate_read_the_same((widths, records) in trace()) {
        let text = written(&widths, &records);
        prop_assert_eq!(scanned(&text), oracle(&text));
    }

    #[test]
    fn sampling_gives_back_the_records((widths, records) in trace()) {
        let text = written(&widths, &records);
        let sampling = Sampling::RisingEdge { clock: "clk_i".into(), condition: Some("rst_ni".into()) };
        let request = SampleRequest { scope: "u_probe".into(), sampling, signals: signals_of(&widths) };
        let mut reader = sample_vcd(&text[..], &request).expect("all signals are there");
        let mut read = Vec::new();
        while let Some(record) = reader.next_record().expect("the body is good") {
            read.push(OwnedRecord::from(record));
        }
        prop_assert_eq!(read, records);
    }

    /// Values the oracle holds at each rising edge are the records: the writer alone, without our reader.
    #[test]
    fn the_oracle_sees_each_record_before_its_edge((widths, records) in trace()) {
        let layout = RecordLayout::new(signals_of(&widths));
        let (mut held, mut settled) = (HashMap::new(), HashMap::new());
        let (mut now, mut edges) = (0, Vec::new());
        for (time, name, digits) in oracle(&written(&widths, &records)) {
            if time != now {
                settled.clone_from(&held);
                now = time;
            }
            let reset_released = settled.get("rst_ni").is_some_and(|level| level == "1");
            if name == "clk_i" && digits == "1" && reset_released {
                edges.push(settled.clone());
            }
            held.insert(name, digits);
        }
        prop_assert_eq!(edges.len(), records.len());
        for (edge, record) in edges.iter().zip(&records) {
            for (index, signal) in layout.signals().iter().enumerate() {
                prop_assert_eq!(&edge[&signal.name], &layout.value(index, &record.as_record()).binary());
            }
        }
    }

    /// Any bytes after a good header: an error or an end, never a panic.
    #[test]
    fn arbitrary_bodies_never_panic(body in "[01xzbrs#$! \"\n\r\tA-Za-z\u{80}]{0,60}") {
        let text = format!("$var wire 1 ! a $end $var wire 9 \" b $end $enddefinitions $end\n{body}");
        let mut scanner = VcdScanner::new(text.as_bytes()).expect("the header is good");
        scanner.watch(&[0, 1]);
        while let Ok(Some(_)) = scanner.next_event() {}
    }
}
