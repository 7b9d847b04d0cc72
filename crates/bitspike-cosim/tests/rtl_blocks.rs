//! The blocks of the core in their benches, against what the contract says they do in each cycle.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

mod bench_common;

use std::collections::VecDeque;

use bench_common::{Parameters, Random, play};

/// Plays a line of hexadecimal words for each cycle and reads lines of hexadecimal words.
fn play_hex(bench: &str, parameters: Parameters<'_>, cycles: &[Vec<u64>]) -> Vec<Vec<u128>> {
    let hex = |cycle: &Vec<u64>| cycle.iter().map(|word| format!("{word:x}")).collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = cycles.iter().map(hex).collect();
    let number = |word: String| u128::from_str_radix(&word, 16).unwrap();
    play(bench, parameters, &lines).into_iter().map(|line| line.into_iter().map(number).collect()).collect()
}

fn bits(values: &[bool]) -> Vec<u128> {
    values.iter().map(|&value| u128::from(value)).collect()
}

/// A level through two flip-flops.
#[derive(Default)]
struct Synchroniser([bool; 2]);

impl Synchroniser {
    fn tick(&mut self, level: bool) {
        self.0 = [level, self.0[0]];
    }

    fn level(&self) -> bool {
        self.0[1]
    }
}

/// A random level that changes now and then.
fn toggled(random: &mut Random, level: bool) -> bool {
    level != (random.below(3) == 0)
}

/// `accept = req_sync and not ack and room`; `ack <= accept ? 1 : (ack and req_sync)`; synchronous: `ack = req and room`.
#[test]
fn aer_rx_shakes_hands() {
    let mut random = Random::new(1);
    let mut req = false;
    let cycles: Vec<Vec<u64>> = (0..2000)
        .map(|_| {
            req = toggled(&mut random, req);
            vec![
                u64::from(random.below(50) != 0),
                u64::from(req),
                u64::from(random.below(1024)),
                u64::from(random.below(2)),
            ]
        })
        .collect();
    let (mut sync, mut ack, mut accepts) = (Synchroniser::default(), false, 0);
    for (cycle, found) in cycles.iter().zip(play_hex("aer_rx", &[("EventBits", 10), ("FourPhase", 1)], &cycles)) {
        let [reset, req, ready] = [cycle[0] == 0, cycle[1] != 0, cycle[3] != 0];
        if reset {
            (sync, ack) = (Synchroniser::default(), false);
        }
        let valid = sync.level() && !ack;
        assert_eq!(found[..2], bits(&[ack, valid]));
        assert_eq!(found[2], u128::from(cycle[2]));
        accepts += u32::from(valid && ready);
        if !reset {
            ack = (valid && ready) || (ack && sync.level());
            sync.tick(req);
        }
    }
    assert!(accepts > 100, "{accepts}");
    for (cycle, found) in cycles.iter().zip(play_hex("aer_rx", &[("EventBits", 10), ("FourPhase", 0)], &cycles)) {
        let [req, ready] = [cycle[1] != 0, cycle[3] != 0];
        assert_eq!(found[..2], bits(&[req && ready, req]));
    }
}

/// `IDLE`, on accept data and request, `REQ` until the acknowledge, `WAIT` until it goes.
#[test]
fn aer_tx_shakes_hands() {
    #[derive(PartialEq)]
    enum State {
        Idle,
        Req,
        Wait,
    }
    let mut random = Random::new(2);
    let mut ack = false;
    let cycles: Vec<Vec<u64>> = (0..2000)
        .map(|_| {
            ack = toggled(&mut random, ack);
            vec![
                u64::from(random.below(50) != 0),
                u64::from(random.below(2)),
                u64::from(random.below(16)),
                u64::from(ack),
            ]
        })
        .collect();
    let (mut sync, mut state, mut req, mut data, mut accepts) = (Synchroniser::default(), State::Idle, false, 0, 0);
    for (cycle, found) in cycles.iter().zip(play_hex("aer_tx", &[("NeuronBits", 4), ("FourPhase", 1)], &cycles)) {
        let [reset, valid, ack] = [cycle[0] == 0, cycle[1] != 0, cycle[3] != 0];
        if reset {
            (sync, state, req, data) = (Synchroniser::default(), State::Idle, false, 0);
        }
        let idle = state == State::Idle;
        let accept = valid && idle;
        assert_eq!(found, [u128::from(accept), u128::from(req), u128::from(data), u128::from(idle)]);
        accepts += u32::from(accept);
        if reset {
            continue;
        }
        state = match state {
            State::Idle if accept => {
                (req, data) = (true, cycle[2]);
                State::Req
            }
            State::Req if sync.level() => {
                req = false;
                State::Wait
            }
            State::Wait if !sync.level() => State::Idle,
            other @ (State::Idle | State::Req | State::Wait) => other,
        };
        sync.tick(ack);
    }
    assert!(accepts > 100, "{accepts}");
    for (cycle, found) in cycles.iter().zip(play_hex("aer_tx", &[("NeuronBits", 4), ("FourPhase", 0)], &cycles)) {
        let [valid, ack] = [cycle[1], cycle[3]];
        assert_eq!(found, [valid & ack, valid, cycle[2], 1].map(u128::from));
    }
}

const QUEUE: Parameters<'_> = &[("EventBits", 10), ("QueueDepth", 3)];

/// Columns: `rst_n loop_push loop_event door_push door_event occupied pop`, and `head count loop_dropped door_dropped`.
#[test]
fn the_event_queue_keeps_order_and_drops_when_full() {
    let mut random = Random::new(3);
    let mut queue = VecDeque::new();
    let (mut cycles, mut expected, mut dropped) = (Vec::new(), Vec::new(), [0, 0, 0]);
    for _ in 0..4000 {
        let reset = random.below(100) == 0;
        if reset {
            queue.clear();
        }
        let writer = random.below(3);
        let (loop_push, door_push) = (writer == 1, writer == 2);
        let (occupied, pop) = (random.below(3) == 0, !queue.is_empty() && random.below(3) == 0);
        let event = [u64::from(random.below(1024)), u64::from(random.below(1024))];
        let full = queue.len() == 3;
        let loop_full = queue.len() + usize::from(occupied) >= 3;
        expected.push((queue.front().copied(), queue.len(), loop_push && loop_full, door_push && full));
        cycles.push(vec![
            u64::from(!reset),
            u64::from(loop_push),
            event[0],
            u64::from(door_push),
            event[1],
            u64::from(occupied),
            u64::from(pop),
        ]);
        dropped[0] += u32::from(loop_push && loop_full && !full);
        dropped[1] += u32::from(loop_push && full);
        dropped[2] += u32::from(door_push && full);
        if reset {
            continue;
        }
        if pop {
            queue.pop_front();
        }
        if loop_push && !loop_full {
            queue.push_back(event[0]);
        }
        if door_push && !full {
            queue.push_back(event[1]);
        }
    }
    assert!(dropped.iter().all(|&count| count > 50), "{dropped:?}");
    for (found, (head, count, loop_dropped, door_dropped)) in
        play_hex("event_queue", QUEUE, &cycles).iter().zip(expected)
    {
        assert_eq!(found[1..], [count as u128, u128::from(loop_dropped), u128::from(door_dropped)]);
        assert!(head.is_none_or(|head| u128::from(head) == found[0]), "{found:?}, head {head:?}");
    }
}

/// An event that is run keeps its place: a loop-back push meets a full queue one entry early, a push of the door does not.
#[test]
fn an_occupied_place_counts_for_loop_back_only() {
    let door = |event: u64, occupied: u64| vec![1, 0, 0, 1, event, occupied, 0];
    let back = |event: u64, occupied: u64| vec![1, 1, event, 0, 0, occupied, 0];
    let look = vec![1, 0, 0, 0, 0, 0, 0];
    let cycles =
        [door(1, 1), door(2, 1), back(3, 1), look.clone(), back(4, 0), look.clone(), door(5, 0), back(6, 0), look];
    let found = play_hex("event_queue", QUEUE, &cycles);
    let count: Vec<u128> = found.iter().map(|line| line[1]).collect();
    let dropped: Vec<[u128; 2]> = found.iter().map(|line| [line[2], line[3]]).collect();
    assert_eq!(count, [0, 1, 2, 2, 2, 3, 3, 3, 3]);
    assert_eq!(dropped, [[0, 0], [0, 0], [1, 0], [0, 0], [0, 0], [0, 0], [0, 1], [1, 0], [0, 0]]);
}

/// Spikes of an entry leave lane by lane, the lowest first; the next entry is loaded as the last spike leaves.
#[test]
fn the_serialiser_sends_each_count_from_the_lowest_lane() {
    let mut random = Random::new(4);
    let (mut entry, mut group): ([u64; 4], u64) = ([0; 4], 0);
    let (mut valid, mut sent) = (false, 0);
    let (mut cycles, mut expected) = (Vec::new(), Vec::new());
    for _ in 0..3000 {
        let reset = random.below(200) == 0;
        if reset {
            valid = false;
        }
        let lane = entry.iter().position(|&count| count > 0).unwrap_or(0);
        let accept = valid && random.below(4) != 0;
        let mut left = entry;
        left[lane] -= u64::from(accept);
        let done = accept && left == [0; 4];
        let mut counts = [0; 4].map(|_| u64::from(random.below(4) * random.below(2)));
        counts[random.below(4) as usize] = 1 + u64::from(random.below(3));
        let (entry_valid, next_group) = (random.below(3) != 0, u64::from(random.below(4)));
        let load = (!valid || done) && entry_valid;
        let address = valid.then_some(group * 4 + lane as u64);
        expected.push((load, valid, address));
        let packed = counts.iter().rev().fold(0, |word, &count| word << 2 | count);
        cycles.push(vec![u64::from(!reset), u64::from(entry_valid), next_group, packed, u64::from(accept)]);
        sent += u32::from(accept);
        if reset {
            entry = [0; 4];
            continue;
        }
        (entry, group) = if load { (counts, next_group) } else { (left, group) };
        valid = load || (valid && !done);
    }
    assert!(sent > 1000, "{sent}");
    let parameters = [("Neurons", 16), ("Lanes", 4), ("SpikeBits", 2)];
    for (found, (load, valid, address)) in play_hex("spike_serialiser", &parameters, &cycles).iter().zip(expected) {
        assert_eq!(found[..2], bits(&[load, valid]));
        assert!(address.is_none_or(|address| u128::from(address) == found[2]), "{found:?}, address {address:?}");
    }
}

/// Words of 16 weights of 5 bits: two chunks are staged, the third commits; a read gives the old word in the cycle of a write.
#[test]
fn the_array_is_written_in_chunks_and_read_a_cycle_later() {
    let mut random = Random::new(5);
    let (mut memory, mut staged, mut read) = ([0_u128; 12], [0_u64; 2], None);
    let (mut cycles, mut expected) = (Vec::new(), Vec::new());
    let fill = (0..12).flat_map(|address| (0..3).map(move |chunk| (1, address, chunk, 0)));
    let more: Vec<(u64, u64, u64, u64)> = (0..3000)
        .map(|_| (random.below(2).into(), random.below(12).into(), random.below(3).into(), random.below(2).into()))
        .collect();
    for (write, address, chunk, reads) in fill.chain(more) {
        let (data, read_address) = (u64::from(random.word()), random.below(12));
        cycles.push(vec![write, address, chunk, data, reads, u64::from(read_address)]);
        expected.push(read);
        if reads == 1 {
            read = Some(memory[read_address as usize]);
        }
        match (write, chunk) {
            (1, 2) => {
                memory[address as usize] =
                    u128::from(data & 0xffff) << 64 | u128::from(staged[1]) << 32 | u128::from(staged[0])
            }
            (1, _) => staged[chunk as usize] = data,
            _ => {}
        }
    }
    let parameters = [("Epochs", 1), ("WordLines", 3), ("Groups", 4), ("Lanes", 16), ("WeightBits", 5)];
    for (found, word) in play_hex("synapse_array", &parameters, &cycles).iter().zip(expected) {
        assert!(word.is_none_or(|word| word == found[0]), "{found:x?}, word {word:x?}");
    }
}

/// Outputs of the bus in the order of its bench.
const BUS: [&str; 32] = [
    "ready",
    "rdata",
    "v_init",
    "u_init",
    "i_syn_decay",
    "gain",
    "k2",
    "k1",
    "k0",
    "v_zero",
    "dt",
    "refractory_steps",
    "lfsr_seed",
    "first_word_line",
    "loop_back_delay",
    "parameter_write",
    "parameter_neuron",
    "threshold",
    "leak",
    "v_reset",
    "bias",
    "output_enable",
    "a",
    "b",
    "u_step",
    "array_write",
    "array_address",
    "array_chunk",
    "array_data",
    "constant_write",
    "constant_address",
    "epoch",
];

struct Bus<'a> {
    parameters: Parameters<'a>,
    lines: Vec<String>,
}

impl<'a> Bus<'a> {
    fn new(parameters: Parameters<'a>) -> Self {
        Bus { parameters, lines: Vec::new() }
    }

    /// Structure register `k` holds `0x100 + k`, counter `k` holds `0x200 + k`.
    fn cycle(&mut self, valid: u32, write: u32, address: u32, data: u32) {
        let words = |count: u32, base: u32| (0..count).rev().map(|k| format!("{:08x}", base + k)).collect::<String>();
        let (structure, counters) = (words(15, 0x101), words(14, 0x200));
        self.lines.push(format!("{valid:x} {write:x} {address:x} {data:x} {structure} {counters}"));
    }

    fn write(&mut self, address: u32, data: i64) {
        self.cycle(1, 1, address, data as u32);
    }

    /// What the outputs hold after the last cycle, and the word each read gave.
    fn finish(mut self, reads: &[u32]) -> (Vec<String>, Vec<u32>) {
        self.cycle(0, 0, 0, 0);
        for &address in reads {
            self.cycle(1, 0, address, 0);
        }
        self.cycle(0, 0, 0, 0);
        let found = play("register_bus", self.parameters, &self.lines);
        let first = found.len() - reads.len();
        let word = |line: &Vec<String>| u32::from_str_radix(&line[1], 16).unwrap();
        (found[first - 2].clone(), found[first..].iter().map(word).collect())
    }
}

fn output<'a>(line: &'a [String], name: &str) -> &'a str {
    &line[BUS.iter().position(|known| *known == name).unwrap()]
}

/// Saturating current-based neurons, decay by 7-bit factors; parameters of a model are 0 unless they are given.
fn bus_parameters(model: u32, widths: u32, synapse: u32, refractory_bits: u32) -> Vec<(&'static str, u32)> {
    let leak = if model == 0 { 2 } else { 0 };
    vec![
        ("Neurons", 16),
        ("WordLines", 8),
        ("Lanes", 4),
        ("WeightBits", 12),
        ("VBits", 12),
        ("ISynBits", 8),
        ("LeakBits", 7),
        ("DecayBits", 7),
        ("BiasBits", 8),
        ("RefractoryBits", refractory_bits),
        ("Semantics", 3 | leak << 2 | 3 << 10 | 1 << 20 | 1 << 24 | 1 << 25 | 1 << 26),
        ("Model", model),
        ("ModelWidths", widths),
        ("Synapse", synapse),
        ("Array", 0),
        ("ArrayWidths", 0),
    ]
}

/// Shared values, sign-extended when they are read back; registers of what a LIF neuron does not have ignore writes.
#[test]
fn the_bus_of_a_plain_core() {
    let parameters = bus_parameters(0, 0, 0, 3);
    let mut bus = Bus::new(&parameters);
    let values: [(u32, i64); 9] =
        [(0x10, -5), (0x11, 3), (0x12, 6), (0x13, 0xdead_beef), (0x14, 7), (0x15, 1), (0x16, 1), (0x18, 9), (0x1c, 9)];
    for (address, value) in values.into_iter().chain([(0x30, 100), (0x31, 90), (0x38, 4)]) {
        bus.write(address, value);
    }
    let reads = [
        0x00, 0x01, 0x0a, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x18, 0x1c, 0x20, 0x2d, 0x2e, 0x30, 0x31,
        0x38,
    ];
    let (line, words) = bus.finish(&reads);
    let minus_5 = (-5_i32).cast_unsigned();
    let expected =
        [0x6273_0001, 0x101, 0x10a, 0x10f, minus_5, 0, 6, 0xdead_beef, 7, 0, 0, 0, 0, 0x200, 0x20d, 0, 100, 0, 0];
    assert_eq!(words, expected);
    let found = ["ready", "v_init", "i_syn_decay", "refractory_steps", "lfsr_seed", "first_word_line"]
        .map(|name| output(&line, name));
    assert_eq!(found, ["1", "-5", "64", "6", "deadbeef", "7"]);
}

/// Every accumulator and gain, signed constants, four delay slots, three epochs.
#[test]
fn the_bus_of_an_izhikevich_core_with_filters() {
    let widths = 10 | 9 << 8 | 6 << 16 | 4 << 24;
    let mut parameters = bus_parameters(1 | 1 << 9, widths, 2 | 1 << 2 | 6 << 7 | 2 << 12, 0);
    parameters.iter_mut().filter(|(name, _)| *name == "Array").for_each(|(_, array)| *array = 2 << 27);
    let mut bus = Bus::new(&parameters);
    let values = [
        (0x10, -2000),
        (0x11, -500),
        (0x12, 6),
        (0x15, 3),
        (0x16, 2),
        (0x18, -256),
        (0x19, -8000),
        (0x1a, 8000),
        (0x1b, -1),
        (0x1c, 255),
    ];
    let decays = (0..8_u32).map(|k| (0x30 + k, 121 + i64::from(k)));
    let gains = (0..4_u32).map(|g| (0x38 + g, 61 + i64::from(g)));
    for (address, value) in values.into_iter().chain(decays).chain(gains) {
        bus.write(address, value);
    }
    let reads: Vec<u32> = [0x10, 0x11, 0x12, 0x15, 0x16].into_iter().chain(0x18..0x1d).chain(0x30..0x3c).collect();
    let (line, words) = bus.finish(&reads);
    let signed: Vec<i32> = words.iter().map(|word| word.cast_signed()).collect();
    assert_eq!(signed[..10], [-2000, -500, 0, 3, 2, -256, -8000, 8000, -1, 255]);
    assert_eq!(signed[10..18], [121, 122, 123, 124, 125, 126, 127, 128]);
    assert_eq!(signed[18..], [61, 62, 63, 64]);
    let names = ["u_init", "k2", "k1", "k0", "v_zero", "dt", "loop_back_delay", "epoch"];
    assert_eq!(names.map(|name| output(&line, name)), ["-500", "-256", "-8000", "8000", "-1", "255", "3", "2"]);
    let packed =
        |fields: std::ops::RangeInclusive<u128>, bits: u32| fields.rev().fold(0, |word, field| word << bits | field);
    assert_eq!(output(&line, "i_syn_decay"), format!("{:x}", packed(121..=128, 8)));
    assert_eq!(output(&line, "gain"), format!("{:x}", packed(61..=64, 7)));
}

/// With `shift_add` constants are digits, without a sign.
#[test]
fn the_bus_of_a_core_without_multipliers_takes_digits() {
    let parameters = bus_parameters(1 | 1 << 2 | 2 << 17, 10 | 9 << 8 | 6 << 16 | 4 << 24, 0, 0);
    let mut bus = Bus::new(&parameters);
    bus.write(0x18, 0x3fff);
    bus.write(0x1c, 0x1fff);
    let (line, words) = bus.finish(&[0x18, 0x1c]);
    assert_eq!(words, [0x3fff, 0], "dt is absent: the time step is a shift");
    assert_eq!(output(&line, "k2"), "-1", "all of the 14 bits, shown as signed by the bench");
}

/// Fields of a neuron wait for field 4, and chunks of an array word go out as they come.
#[test]
fn the_bus_stages_neuron_parameters_and_passes_array_chunks() {
    let parameters = bus_parameters(1, 10 | 9 << 8 | 6 << 16 | 4 << 24, 0, 0);
    let mut bus = Bus::new(&parameters);
    for (field, value) in [(0, -4000), (2, -77), (3, -128), (5, -3), (6, 255), (7, -512)] {
        bus.write(0x1000_0000 + 8 * 13 + field, value);
    }
    bus.write(0x1000_0000 + 8 * 13 + 4, 1);
    bus.write(0x2000_0000 + (5 * 4 + 3) * 2 + 1, 0xabcd_1234);
    bus.write(0x3000_0000, 1);
    let found = play("register_bus", &parameters, &bus.lines);
    let names =
        ["parameter_write", "parameter_neuron", "threshold", "v_reset", "bias", "output_enable", "a", "b", "u_step"];
    assert_eq!(names.map(|name| output(&found[6], name)), ["1", "d", "-4000", "-77", "-128", "1", "-3", "255", "-512"]);
    assert!(found[..6].iter().all(|line| output(line, "parameter_write") == "0"));
    let names = ["array_write", "array_address", "array_chunk", "array_data", "parameter_write"];
    assert_eq!(names.map(|name| output(&found[7], name)), ["1", "17", "1", "abcd1234", "0"]);
    let names = ["array_write", "constant_write"];
    assert_eq!(
        names.map(|name| output(&found[8], name)),
        ["0", "0"],
        "an array without converters has no values of theirs"
    );
}
