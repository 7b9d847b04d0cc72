//! Record streams that agree and that part, in each way they can.

use bitspike_cosim::compare::{
    CompareOptions, Divergence, DivergenceKind, Pairing, UnknownRule, Verdict, compare_streams,
};
use bitspike_cosim::waveform::{OwnedRecord, Record, RecordLayout, RecordSource, SignalSpec, WaveformError};

/// Records from memory; fails after the last one if `fault` says so.
struct Listed {
    layout: RecordLayout,
    records: Vec<OwnedRecord>,
    next: usize,
    fault: Option<&'static str>,
}

impl RecordSource for Listed {
    fn layout(&self) -> &RecordLayout {
        &self.layout
    }

    fn next_record(&mut self) -> Result<Option<Record<'_>>, WaveformError> {
        let Some(record) = self.records.get(self.next) else {
            return self.fault.map_or(Ok(None), |text| Err(WaveformError::Source(text.into())));
        };
        self.next += 1;
        Ok(Some(record.as_record()))
    }
}

fn signals() -> Vec<SignalSpec> {
    vec![SignalSpec::new("valid", 1), SignalSpec::new("v", 16), SignalSpec::new("mask", 40)]
}

fn listed(records: Vec<OwnedRecord>) -> Listed {
    Listed { layout: RecordLayout::new(signals()), records, next: 0, fault: None }
}

/// Ten cycles: valid in odd ones, v counts by three, mask has bit `cycle` in its upper word.
fn trace() -> Vec<OwnedRecord> {
    let record = |cycle: u32| OwnedRecord {
        cycle: u64::from(cycle),
        time: 10 * u64::from(cycle) + 5,
        values: vec![cycle % 2, 3 * cycle, 7, 1 << (cycle % 8)],
        unknowns: None,
    };
    (0..10).map(record).collect()
}

fn compare(left: Vec<OwnedRecord>, right: Vec<OwnedRecord>, options: &CompareOptions) -> Verdict {
    compare_streams(listed(left), listed(right), options).expect("both streams can be compared")
}

fn parted(left: Vec<OwnedRecord>, right: Vec<OwnedRecord>, options: &CompareOptions) -> Divergence {
    match compare(left, right, options) {
        Verdict::Divergence(divergence) => *divergence,
        Verdict::Agreement(agreement) => panic!("{agreement}"),
    }
}

fn agrees(left: Vec<OwnedRecord>, right: Vec<OwnedRecord>, options: &CompareOptions) -> u64 {
    match compare(left, right, options) {
        Verdict::Agreement(agreement) => agreement.records,
        Verdict::Divergence(divergence) => panic!("{divergence}"),
    }
}

fn with(change: impl FnOnce(&mut Vec<OwnedRecord>)) -> Vec<OwnedRecord> {
    let mut records = trace();
    change(&mut records);
    records
}

#[test]
fn equal_streams_agree_and_say_what_was_compared() {
    let options = CompareOptions { ignore: vec!["mask".into()], ..CompareOptions::default() };
    let Verdict::Agreement(agreement) = compare(trace(), trace(), &options) else { panic!("equal") };
    assert_eq!((agreement.records, agreement.signals, agreement.records_with_unknown), (10, 2, 0));
    assert_eq!((agreement.first_cycle, agreement.last_cycle), (0, 9));
    assert_eq!(agreement.to_string(), "agreement: 10 records of 2 signals, cycles 0 to 9; not compared: mask");
}

#[test]
fn divergence_in_the_first_a_middle_and_the_last_cycle() {
    for (cycle, before, after) in [(0, 0, 2), (4, 2, 2), (9, 2, 0)] {
        let options = CompareOptions { window: 2, ..CompareOptions::default() };
        let found = parted(trace(), with(|records| records[cycle].values[1] ^= 0x8000), &options);
        assert_eq!(
            (found.kind, found.left_cycle, found.right_cycle),
            (DivergenceKind::Values, cycle as u64, cycle as u64)
        );
        assert_eq!((found.records_before, found.left_time), (cycle as u64, 10 * cycle as u64 + 5));
        let first = found.first().expect("a signal differs");
        assert_eq!((first.name.as_str(), first.index, found.differences.len()), ("v", 1, 1));
        assert_eq!((first.left.value[0], first.right.value[0]), (3 * cycle as u32, (3 * cycle as u32) ^ 0x8000));
        assert_eq!((found.at, found.window.len()), (before, before + 1 + after));
        let cycles: Vec<u64> = found.window.iter().filter_map(|row| Some(row.left.as_ref()?.cycle)).collect();
        let expected: Vec<u64> = (cycle - before..=cycle + after).map(|cycle| cycle as u64).collect();
        assert_eq!(cycles, expected);
    }
}

#[test]
fn all_differing_signals_are_listed_and_every_bit_counts() {
    let right = with(|records| {
        records[6].values[0] ^= 1;
        records[6].values[3] ^= 0x80;
    });
    let found = parted(trace(), right, &CompareOptions { window: 0, ..CompareOptions::default() });
    let names: Vec<&str> = found.differences.iter().map(|difference| difference.name.as_str()).collect();
    assert_eq!((names, found.window.len(), found.at), (vec!["valid", "mask"], 1, 0));
    let expected = "divergence after 6 equal records: cycle 6, 2 signals differ
  valid: left 1'h0, right 1'h1
  mask: left 40'h4000000007, right 40'hc000000007
> left cycle 6: valid=1'h0 mask=40'h4000000007 | right cycle 6: valid=1'h1 mask=40'hc000000007";
    assert_eq!(found.to_string(), expected);
    for (word, bits) in [(0, 1), (1, 16), (2, 32), (3, 8)] {
        for bit in 0..bits {
            let right = with(|records| records[3].values[word] ^= 1 << bit);
            assert_eq!(parted(trace(), right, &CompareOptions::default()).left_cycle, 3, "word {word} bit {bit}");
        }
    }
}

#[test]
fn a_side_that_ends_early_is_a_divergence_of_its_own() {
    let short = || with(|records| records.truncate(7));
    let options = CompareOptions { window: 2, ..CompareOptions::default() };
    let found = parted(short(), trace(), &options);
    assert_eq!((found.kind, found.left_cycle, found.right_cycle), (DivergenceKind::LeftEnded, 6, 7));
    assert_eq!((found.at, found.window.len(), found.differences.len()), (2, 5, 0));
    assert!(found.window[2..].iter().all(|row| row.left.is_none() && row.right.is_some()));
    assert!(
        found
            .to_string()
            .starts_with("divergence after 7 equal records: the left side ends after cycle 6, the right side goes on")
    );
    let found = parted(trace(), short(), &options);
    assert_eq!((found.kind, found.left_cycle, found.right_cycle), (DivergenceKind::RightEnded, 7, 6));
    assert_eq!(parted(Vec::new(), trace(), &options).kind, DivergenceKind::LeftEnded);
}

#[test]
fn a_skipped_cycle_is_a_divergence_of_its_own() {
    let found = parted(trace(), with(|records| drop(records.remove(4))), &CompareOptions::default());
    assert_eq!((found.kind, found.left_cycle, found.right_cycle), (DivergenceKind::Cycles, 4, 5));
}

#[test]
fn an_unknown_bit_differs_unless_a_rule_says_otherwise() {
    let unknown = |cycle: usize, value: u32| {
        with(move |records| {
            records[cycle].unknowns = Some(vec![0, 2, 0, 0]);
            records[cycle].values[1] = records[cycle].values[1] & !2 | value;
        })
    };
    let rule = |unknown| CompareOptions { unknown, window: 0, ..CompareOptions::default() };
    let found = parted(unknown(5, 0), trace(), &rule(UnknownRule::Differs));
    assert_eq!(found.first().map(|first| first.left.to_string()), Some("16'b00000000000011x1".into()));
    assert_eq!(
        parted(trace(), unknown(5, 2), &rule(UnknownRule::Differs)).first().map(|first| first.right.binary()),
        Some("00000000000011z1".into())
    );
    assert_eq!(agrees(unknown(5, 0), unknown(5, 0), &rule(UnknownRule::Differs)), 10);
    assert_eq!(parted(unknown(5, 0), unknown(5, 2), &rule(UnknownRule::Differs)).left_cycle, 5, "x is not z");
    assert_eq!(agrees(unknown(5, 0), trace(), &rule(UnknownRule::IgnoreLeft)), 10);
    assert_eq!(parted(trace(), unknown(5, 0), &rule(UnknownRule::IgnoreLeft)).left_cycle, 5);
    assert_eq!(agrees(trace(), unknown(5, 0), &rule(UnknownRule::IgnoreRight)), 10);
    assert_eq!(parted(unknown(5, 0), trace(), &rule(UnknownRule::IgnoreRight)).left_cycle, 5);
    assert_eq!(agrees(unknown(5, 0), unknown(6, 2), &rule(UnknownRule::IgnoreEither)), 10);
    let also_wrong = |mut records: Vec<OwnedRecord>| {
        records[5].values[1] ^= 1;
        records
    };
    assert_eq!(
        parted(also_wrong(unknown(5, 0)), trace(), &rule(UnknownRule::IgnoreEither)).left_cycle,
        5,
        "the known bits of the same signal still count"
    );
}

#[test]
fn range_and_ignore_list_hide_what_they_name_and_nothing_else() {
    let wrong = || {
        with(|records| {
            records[2].values[1] += 1;
            records[8].values[3] += 1;
        })
    };
    let options = |start, end, ignore: &[&str]| CompareOptions {
        start,
        end,
        ignore: ignore.iter().map(|name| (*name).to_string()).collect(),
        ..CompareOptions::default()
    };
    assert_eq!(parted(trace(), wrong(), &options(0, None, &[])).left_cycle, 2);
    assert_eq!(parted(trace(), wrong(), &options(3, None, &[])).left_cycle, 8);
    assert_eq!(parted(trace(), wrong(), &options(2, Some(2), &[])).left_cycle, 2);
    assert_eq!(agrees(trace(), wrong(), &options(3, Some(7), &[])), 5);
    assert_eq!(agrees(trace(), wrong(), &options(0, Some(1), &[])), 2);
    assert_eq!(parted(trace(), wrong(), &options(0, None, &["v"])).left_cycle, 8);
    assert_eq!(parted(trace(), wrong(), &options(0, None, &["ma*"])).left_cycle, 2);
    assert_eq!(agrees(trace(), wrong(), &options(0, None, &["ma*", "v"])), 10);
}

#[test]
fn transactions_are_matched_in_sequence_and_both_cycles_are_named() {
    // The right side is one cycle later and its idle records hold other values.
    let late = || {
        with(|records| {
            records.iter_mut().for_each(|record| record.cycle += 1);
            records.iter_mut().step_by(2).for_each(|record| record.values[1] = 999);
        })
    };
    let pairing = Pairing::Transaction { condition: "valid".into() };
    let options = CompareOptions { pairing, window: 1, ..CompareOptions::default() };
    assert_eq!(agrees(trace(), late(), &options), 5);
    let mut wrong = late();
    wrong[7].values[1] = 1;
    let found = parted(trace(), wrong, &options);
    assert_eq!((found.left_cycle, found.right_cycle, found.records_before), (7, 8, 3));
    let cycles = found.window.iter().filter_map(|row| Some((row.left.as_ref()?.cycle, row.right.as_ref()?.cycle)));
    assert_eq!(cycles.collect::<Vec<_>>(), [(5, 6), (7, 8), (9, 10)]);
    assert!(found.to_string().contains("cycle 7 on the left, 8 on the right, 1 signals differ"), "{found}");
    let mut lost = late();
    lost[9].values[0] = 0;
    assert_eq!(parted(trace(), lost, &options).kind, DivergenceKind::RightEnded);
    let mut unknown = late();
    unknown[3].unknowns = Some(vec![1, 0, 0, 0]);
    assert_eq!(parted(trace(), unknown, &options).right_cycle, 6, "an unknown condition is no transaction");
}

#[test]
fn by_time_a_side_holds_its_values_between_records() {
    let at = |time: u64, v: u32| OwnedRecord { cycle: time, time, values: vec![0, v, 0, 0], unknowns: None };
    let options = CompareOptions { pairing: Pairing::Time, window: 1, ..CompareOptions::default() };
    let left = || vec![at(0, 1), at(10, 2), at(30, 3)];
    assert_eq!(agrees(left(), vec![at(0, 1), at(10, 2), at(20, 2), at(30, 3)], &options), 4);
    let found = parted(left(), vec![at(0, 1), at(11, 2), at(30, 3)], &options);
    assert_eq!((found.left_time, found.first().map(|first| first.right.value[0])), (10, Some(1)));
    let late = CompareOptions { start: 11, ..options.clone() };
    assert_eq!(agrees(left(), vec![at(0, 1), at(11, 2), at(30, 3)], &late), 2);
    assert_eq!(parted(left(), vec![at(0, 1), at(10, 2)], &options).left_time, 30);
    assert_eq!(
        parted(left(), vec![at(5, 1), at(10, 2), at(30, 3)], &options).left_time,
        0,
        "x before the first record"
    );
}

#[test]
fn errors_of_a_comparison() {
    let error = |left: Listed, right: Listed, options: &CompareOptions| {
        compare_streams(left, right, options).expect_err("cannot be compared").to_string()
    };
    let all = CompareOptions::default();
    let other = |signals| Listed { layout: RecordLayout::new(signals), records: Vec::new(), next: 0, fault: None };
    assert_eq!(
        error(listed(trace()), other(vec![]), &all),
        "the two sides record different signals: 3 signals on the left, 0 on the right"
    );
    let mut wider = signals();
    wider[1].width = 17;
    assert_eq!(
        error(listed(trace()), other(wider), &all),
        "the two sides record different signals: `v` of 16 bits on the left, `v` of 17 bits on the right"
    );
    assert_eq!(
        error(listed(vec![]), listed(vec![]), &all),
        "nothing was compared: neither side has a record in the range"
    );
    let ignore = CompareOptions { ignore: vec!["*".into()], ..all.clone() };
    assert_eq!(error(listed(trace()), listed(trace()), &ignore), "nothing was compared: no signal is left to compare");
    let ignore = CompareOptions { ignore: vec!["mas".into()], ..all.clone() };
    assert_eq!(
        error(listed(trace()), listed(trace()), &ignore),
        "option `ignore` names signal `mas`, which is not recorded; similar: mask"
    );
    let condition =
        |name: &str| CompareOptions { pairing: Pairing::Transaction { condition: name.into() }, ..all.clone() };
    assert_eq!(
        error(listed(trace()), listed(trace()), &condition("valud")),
        "option `condition` names signal `valud`, which is not recorded; similar: valid"
    );
    assert_eq!(error(listed(trace()), listed(trace()), &condition("v")), "signal `v` has 16 bits, expected 1");
    let failing = Listed { fault: Some("the simulator died"), ..listed(trace()) };
    assert_eq!(error(listed(trace()), failing, &all), "record source: the simulator died");
    let short = listed(vec![OwnedRecord { values: vec![0], ..OwnedRecord::default() }]);
    assert_eq!(error(listed(trace()), short, &all), "a record has 1 words, its signals need 4");
}

/// The divergence stands even if the source fails in the window after it.
#[test]
fn a_source_that_fails_after_the_divergence_does_not_hide_it() {
    let left = Listed { fault: Some("broken"), ..listed(with(|records| records[9].values[1] = 0)) };
    let verdict = compare_streams(left, listed(trace()), &CompareOptions::default()).expect("a verdict");
    let Verdict::Divergence(divergence) = verdict else { panic!("they differ") };
    assert_eq!((divergence.left_cycle, divergence.window.len()), (9, 9));
}
