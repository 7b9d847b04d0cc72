//! A witness of a run: it follows the events in the probe records, steers a read by the page, and holds every record to it.

use super::read::NaiveArray;
use super::{Neuron, Outcome, State};
use bitspike_spec::{Core, EventKind, FireCheck, ProbeSchema, Structure};
use std::collections::VecDeque;
use std::ops::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReadState {
    None,
    Select,
    Settle,
    Convert,
    Issue,
    Clear,
}

/// An event being run.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Running {
    kind: u32,
    payload: u32,
    slot: u32,
}

/// A group of weights on its way: cycle of its S2, the weights of its lanes, its codes at the limit.
struct Issued {
    cycle: u64,
    group: usize,
    weights: Vec<i128>,
    at_limit: u64,
}

/// What one record is read with.
struct Record<'a> {
    schema: &'a ProbeSchema,
    words: &'a [u32],
}

impl Record<'_> {
    fn has(&self, name: &str) -> bool {
        self.schema.signal(name).is_some()
    }

    fn word(&self, name: &str) -> u32 {
        self.words[self.schema.signal(name).unwrap_or_else(|| panic!("no {name}")).offset]
    }

    /// Fields of `bits` bits of a signal, lowest first.
    fn fields(&self, name: &str, bits: u32) -> Vec<u64> {
        let Some(signal) = self.schema.signal(name) else { return Vec::new() };
        let bit = |at: u32| u64::from(self.words[signal.offset + at as usize / 32] >> (at % 32) & 1);
        let firsts = (0..signal.width).step_by(bits as usize);
        firsts.map(|first| (0..bits).map(|b| bit(first + b) << b).sum()).collect()
    }

    fn signed(&self, name: &str, bits: u32) -> Vec<i128> {
        let sign = |x: u64| i128::from(x) - if x >> (bits - 1) == 1 { 1 << bits } else { 0 };
        self.fields(name, bits).into_iter().map(sign).collect()
    }
}

/// See the module.
pub struct Witness<'a> {
    core: &'a Core,
    s: Structure,
    schema: ProbeSchema,
    array: Option<NaiveArray<'a>>,
    resets: Vec<u64>,
    running: Option<Running>,
    read_state: ReadState,
    step: u32,
    phase: u32,
    block: u32,
    active: Vec<bool>,
    /// `x` and `code`, slice by slice, of each bit line and each converter's present bit line.
    x: Vec<Vec<i128>>,
    code: Vec<Vec<i128>>,
    states: Vec<State>,
    issued: VecDeque<Issued>,
    overflows: (u32, Outcomes),
    pub word_lines_merged: u64,
    pub conversions_at_limit: u64,
    pub reads: u64,
    pub synaptic_ops: u64,
    /// Reads and groups seen, resets aside.
    pub seen: [u64; 2],
}

type Outcomes = (u32, u32);

impl<'a> Witness<'a> {
    pub fn new(core: &'a Core, resets: &[u64]) -> Self {
        let s = *core.structure();
        let inputs = if s.synapse.is_buffered() { s.synapse.polarities() } else { 0 };
        let state = State {
            i_syn: vec![0; s.accumulators() as usize],
            input: vec![0; (inputs * s.synapse.delay_slots) as usize],
            ..State::default()
        };
        let slices = s.array.analogue().map_or(0, |read| read.slices as usize);
        Witness {
            core,
            s,
            schema: ProbeSchema::new(&s),
            array: NaiveArray::new(core),
            resets: resets.to_vec(),
            running: None,
            read_state: ReadState::None,
            step: 0,
            phase: 0,
            block: 0,
            active: vec![false; s.word_lines as usize],
            x: vec![vec![0; s.neurons as usize]; slices],
            code: vec![vec![0; s.neurons as usize]; slices],
            states: vec![state; s.neurons as usize],
            issued: VecDeque::new(),
            overflows: (0, (0, 0)),
            word_lines_merged: 0,
            conversions_at_limit: 0,
            reads: 0,
            synaptic_ops: 0,
            seen: [0; 2],
        }
    }

    fn reset(&mut self) {
        self.running = None;
        self.read_state = ReadState::None;
        self.active.fill(false);
        self.issued.clear();
        self.overflows = (0, (0, 0));
        (self.word_lines_merged, self.conversions_at_limit, self.reads, self.synaptic_ops) = (0, 0, 0, 0);
    }

    fn epoch(&self, cycle: u64) -> usize {
        self.core.values().epoch_starts.iter().filter(|&&start| start <= cycle).count()
    }

    /// Looks at the record of a cycle.
    pub fn see(&mut self, cycle: u64, words: &[u32]) {
        if self.resets.contains(&cycle) {
            self.reset();
        }
        let schema = self.schema.clone();
        let record = Record { schema: &schema, words };
        let control = record.word("control_state");
        if control >= 2 {
            self.follow(&record);
        } else {
            assert_eq!(self.running, None, "an event ends when its slots are over");
        }
        self.check_registers(cycle, &record);
        let issue = if control == 2 { self.issue(cycle, &record) } else { None };
        if control == 3 {
            self.check_stall(&record);
        }
        self.check_codes(&record, issue);
        self.write(cycle, &record);
        self.mirror(&record);
        if control == 2 {
            self.edge(cycle);
        }
    }

    /// Takes up the event that a record shows.
    fn follow(&mut self, record: &Record) {
        let (kind, payload) = (record.word("event_kind"), record.word("event_payload"));
        if let Some(running) = self.running {
            assert_eq!((running.kind, running.payload), (kind, payload), "the event goes on");
            return;
        }
        self.running = Some(Running { kind, payload, slot: 0 });
        if kind == EventKind::TimeStep.code() && self.array.is_some() {
            self.read_state = ReadState::Select;
        }
    }

    fn check_registers(&self, cycle: u64, record: &Record) {
        if record.has("epoch") {
            assert_eq!(record.word("epoch") as usize, self.epoch(cycle), "epoch");
        }
        let Some(array) = &self.array else { return };
        let state = self.read_state;
        let shown_block = if matches!(state, ReadState::None | ReadState::Select) { 0 } else { self.block };
        let shown_phase = if matches!(state, ReadState::Convert | ReadState::Issue) { self.phase } else { 0 };
        let shown = ["read_state", "read_block", "read_phase"].map(|name| record.word(name));
        assert_eq!(shown, [state as u32, shown_block, shown_phase], "registers of the read");
        let counters = ["word_lines_merged", "conversions_at_limit", "reads"].map(|name| u64::from(record.word(name)));
        assert_eq!(counters, [self.word_lines_merged, self.conversions_at_limit, self.reads], "counters");
        let trials = record.fields("adc_trial", array.read.adc_bits);
        let expected: Vec<u64> = (0..self.s.lanes as usize)
            .flat_map(|lane| (0..self.x.len()).map(move |slice| (lane, slice)))
            .map(|(lane, slice)| if state == ReadState::Convert { self.trial(array, lane, slice) } else { 0 })
            .collect();
        assert_eq!(trials, expected, "adc_trial");
    }

    /// The trial of converter 0 of a lane and slice.
    fn trial(&self, array: &NaiveArray, lane: usize, slice: usize) -> u64 {
        let j = self.phase as usize * self.s.lanes as usize + lane;
        let x = self.x[slice][j];
        u64::try_from(array.convert_step(slice, x, (self.step, self.code[slice][j])).0).expect("a trial is unsigned")
    }

    /// The group that may be issued.
    fn pending(&self) -> Option<u32> {
        let running = self.running?;
        let interval = self.s.schedule.initiation_interval;
        if self.read_state == ReadState::Issue {
            let columns = self.array?.read.columns_per_converter;
            return self.step.is_multiple_of(interval).then(|| self.step / interval * columns + self.phase);
        }
        let is_row = running.kind == EventKind::WordLine.code() && self.array.is_none();
        let group = running.slot / interval;
        (is_row && running.slot.is_multiple_of(interval) && group < self.s.groups()).then_some(group)
    }

    /// Reads, or rows: what is issued in this cycle, with its weights.
    fn issue(&mut self, cycle: u64, record: &Record) -> Option<u32> {
        let group = self.pending();
        let is_row = self.running.is_some_and(|running| running.kind == EventKind::WordLine.code());
        if is_row || self.read_state != ReadState::None {
            assert_eq!(record.word("issue_valid") == 1, group.is_some(), "issue");
        }
        let group = group?;
        assert_eq!(record.word("issue_group"), group, "the group issued");
        let lines = (group * self.s.lanes) as usize..((group + 1) * self.s.lanes) as usize;
        let weights = lines.clone().map(|j| self.weight(cycle, j)).collect();
        let at_limit = lines.map(|j| self.codes(j).iter().filter(|code| self.is_limit(**code)).count() as u64).sum();
        self.issued.push_back(Issued { cycle: cycle + 2, group: group as usize, weights, at_limit });
        Some(group)
    }

    fn is_limit(&self, code: i128) -> bool {
        let half = self.array.map_or(0, |array| 1 << (array.read.adc_bits - 1));
        code == -half || code == half - 1
    }

    /// The codes of a bit line, slice by slice.
    fn codes(&self, j: usize) -> Vec<i128> {
        let half = self.array.map_or(0, |array| 1_i128 << (array.read.adc_bits - 1));
        self.code.iter().map(|codes| codes[j] - half).collect()
    }

    fn weight(&self, cycle: u64, j: usize) -> i128 {
        if let Some(array) = &self.array {
            let codes = self.codes(j);
            return (0..).zip(codes).map(|(s, code)| code << (s * array.read.slice_bits)).sum();
        }
        let running = self.running.expect("a row is read by an event");
        let word_line = running.payload & ((1 << self.s.word_line_bits()) - 1);
        self.core.values().array.event_images()[self.epoch(cycle)].row(word_line)[j].into()
    }

    fn check_stall(&self, record: &Record) {
        if self.read_state == ReadState::None {
            return;
        }
        assert!(self.pending().is_some(), "only an issue stalls");
        assert_eq!(self.s.semantics.fire_check, FireCheck::PerOperation, "a read without firing does not stall");
        let in_flight = record.word("spike_queue_count") as usize + self.issued.len();
        assert!(in_flight >= self.s.spike_queue_depth as usize, "stall with room");
        assert_eq!(record.word("issue_valid"), 0);
    }

    fn check_codes(&self, record: &Record, issue: Option<u32>) {
        let Some(array) = &self.array else { return };
        let lanes = 0..self.s.lanes as usize;
        let expected: Vec<i128> = match issue {
            Some(group) => lanes.flat_map(|lane| self.codes((group * self.s.lanes) as usize + lane)).collect(),
            None => vec![0; self.s.lanes as usize * self.x.len()],
        };
        assert_eq!(record.signed("adc_code", array.read.adc_bits), expected, "adc_code");
    }

    /// S2 of a group of weights: the states it must leave.
    fn write(&mut self, cycle: u64, record: &Record) {
        let (from, counted) = self.overflows;
        if counted != (0, 0) {
            let i_syn = if record.has("i_syn_overflows") { record.word("i_syn_overflows") } else { 0 };
            assert_eq!(record.word("v_overflows") + i_syn, from + counted.0 + counted.1, "overflows are counted");
        }
        self.overflows = (0, (0, 0));
        if self.issued.front().is_none_or(|issued| issued.cycle != cycle) {
            return;
        }
        let issued = self.issued.pop_front().expect("just seen");
        assert_eq!((record.word("write_valid"), record.word("write_group") as usize), (1, issued.group));
        assert!(record.fields("write_mask", 1).iter().all(|&bit| bit == 1));
        let lanes = self.s.lanes as usize;
        let mut emitted = Vec::new();
        let i_syn = if record.has("i_syn_overflows") { record.word("i_syn_overflows") } else { 0 };
        self.overflows.0 = record.word("v_overflows") + i_syn;
        let mut after = self.clone_group(issued.group);
        let slot = self.slot(record);
        for (lane, (state, weight)) in after.iter_mut().zip(&issued.weights).enumerate() {
            let n = (issued.group * lanes + lane) as u32;
            let outcome = self.apply(n, (state, slot.clone()), *weight);
            emitted.push(outcome.emitted as u64);
            self.overflows.1.0 += u32::from(outcome.v_overflow);
            self.overflows.1.1 += u32::from(outcome.i_syn_overflow);
        }
        self.compare(record, (&after, slot), &emitted);
        if self.array.is_some() {
            self.conversions_at_limit += issued.at_limit;
            self.seen[1] += 1;
        } else {
            self.synaptic_ops += u64::from(self.s.lanes);
        }
    }

    fn clone_group(&self, group: usize) -> Vec<State> {
        let lanes = self.s.lanes as usize;
        self.states[group * lanes..][..lanes].to_vec()
    }

    /// Where the input words of the slot written stand.
    fn slot(&self, record: &Record) -> Range<usize> {
        let polarities = if self.s.synapse.is_buffered() { self.s.synapse.polarities() as usize } else { 0 };
        let slot = if record.has("write_slot") { record.word("write_slot") as usize } else { 0 };
        slot * polarities..(slot + 1) * polarities
    }

    fn apply(&self, n: u32, (state, slot): (&mut State, Range<usize>), weight: i128) -> Outcome {
        let neuron = Neuron { core: self.core, n };
        if self.s.accumulators() == 0 {
            return neuron.synaptic_operation(state, weight);
        }
        if state.input.is_empty() {
            return neuron.receive(&mut state.i_syn, weight);
        }
        neuron.receive(&mut state.input[slot], weight)
    }

    fn compare(&self, record: &Record, (after, slot): (&[State], Range<usize>), emitted: &[u64]) {
        let all = |of: &dyn Fn(&State) -> Vec<i128>| after.iter().flat_map(of).collect::<Vec<i128>>();
        assert_eq!(record.signed("write_v", self.s.v_bits), all(&|state| vec![state.v]), "write_v");
        if self.s.u_bits() > 0 {
            assert_eq!(record.signed("write_u", self.s.u_bits()), all(&|state| vec![state.u]), "write_u");
        }
        if self.s.i_syn_bits > 0 {
            assert_eq!(record.signed("write_i_syn", self.s.i_syn_bits), all(&|state| state.i_syn.clone()), "i_syn");
            assert_eq!(
                record.signed("write_input", self.s.i_syn_bits),
                all(&|state| state.input[slot.clone()].to_vec()),
                "input"
            );
        }
        if self.s.refractory_bits > 0 {
            let refractory = record.fields("write_refractory", self.s.refractory_bits);
            assert_eq!(refractory, after.iter().map(|state| state.refractory as u64).collect::<Vec<_>>());
        }
        assert_eq!(record.fields("write_spikes", self.s.spike_bits()), emitted, "write_spikes");
    }

    /// Takes over what a record says is written, whoever wrote it.
    fn mirror(&mut self, record: &Record) {
        if record.word("write_valid") == 0 {
            return;
        }
        let first = (record.word("write_group") * self.s.lanes) as usize;
        let (v, u) = (record.signed("write_v", self.s.v_bits), self.s.u_bits());
        let u = if u > 0 { record.signed("write_u", u) } else { Vec::new() };
        let currents = |name| if self.s.i_syn_bits > 0 { record.signed(name, self.s.i_syn_bits) } else { Vec::new() };
        let (i_syn, input) = (currents("write_i_syn"), currents("write_input"));
        let refractory = record.fields("write_refractory", self.s.refractory_bits.max(1));
        let slot = self.slot(record);
        for (lane, state) in self.states[first..][..self.s.lanes as usize].iter_mut().enumerate() {
            state.v = v[lane];
            state.u = u.get(lane).copied().unwrap_or(0);
            let (a, q) = (state.i_syn.len(), slot.len());
            state.i_syn.copy_from_slice(&i_syn[lane * a..][..a]);
            state.input[slot.clone()].copy_from_slice(&input[lane * q..][..q]);
            state.refractory = refractory.get(lane).map_or(0, |&count| count.into());
        }
    }

    /// The edge that ends a cycle without a stall.
    fn edge(&mut self, cycle: u64) {
        if self.read_state != ReadState::None {
            return self.read_edge(cycle);
        }
        let Some(running) = &mut self.running else { return };
        let kind = *[EventKind::WordLine, EventKind::TimeStep, EventKind::Inject, EventKind::TimeStepOne]
            .iter()
            .find(|kind| kind.code() == running.kind)
            .expect("a kind");
        let marks = kind == EventKind::WordLine && self.array.is_some();
        let step_cycles = if kind.is_time_step() { self.s.model.step_cycles() } else { 1 };
        let interval = step_cycles.max(self.s.schedule.initiation_interval);
        let groups = if kind.is_single() { 1 } else { self.s.groups() };
        let slots = if marks { 1 } else { (step_cycles + 2).max(interval * groups) };
        running.slot += 1;
        if marks {
            let word_line = (running.payload & ((1 << self.s.word_line_bits()) - 1)) as usize;
            if self.active[word_line] {
                self.word_lines_merged += 1;
            } else {
                self.synaptic_ops += u64::from(self.s.neurons);
            }
            self.active[word_line] = true;
        }
        if running.slot == slots {
            self.running = None;
        }
    }

    fn read_edge(&mut self, cycle: u64) {
        let array = self.array.expect("only analogue read reads");
        let read = array.read;
        self.step += 1;
        let (state, steps) = match self.read_state {
            ReadState::None | ReadState::Select => return self.select(read.rows_per_read as usize),
            ReadState::Settle => (ReadState::Convert, read.settle_cycles),
            ReadState::Convert => {
                self.convert(&array);
                (ReadState::Issue, array.conversion_cycles())
            }
            ReadState::Issue => {
                let slots = self.s.schedule.initiation_interval * self.s.groups() / read.columns_per_converter;
                if self.phase + 1 < read.columns_per_converter {
                    (ReadState::Convert, slots)
                } else {
                    (ReadState::Clear, slots)
                }
            }
            ReadState::Clear => (ReadState::Select, 1),
        };
        if self.step < steps {
            return;
        }
        match self.read_state {
            ReadState::Settle => {
                self.sample(&array, cycle);
                self.phase = 0;
            }
            ReadState::Issue if state == ReadState::Convert => self.phase += 1,
            ReadState::Clear => self.clear(read.rows_per_read as usize),
            ReadState::None | ReadState::Select | ReadState::Convert | ReadState::Issue => {}
        }
        if state == ReadState::Convert {
            self.code.iter_mut().for_each(|codes| codes.fill(0));
        }
        (self.read_state, self.step) = (state, 0);
    }

    fn select(&mut self, rows: usize) {
        self.step = 0;
        let block = self.active.chunks(rows).position(|block| block.contains(&true));
        self.read_state = if block.is_some() { ReadState::Settle } else { ReadState::None };
        self.block = block.unwrap_or(self.block as usize) as u32;
    }

    fn block_rows(&self, rows: usize) -> Range<usize> {
        let first = self.block as usize * rows;
        first..(first + rows).min(self.active.len())
    }

    fn sample(&mut self, array: &NaiveArray, cycle: u64) {
        let block = self.block_rows(array.read.rows_per_read as usize);
        let rows: Vec<usize> = block.filter(|&i| self.active[i]).collect();
        let (epoch, n) = (self.epoch(cycle), self.reads);
        for (s, x) in self.x.iter_mut().enumerate() {
            for (j, x) in x.iter_mut().enumerate() {
                *x = array.x((s, j), &rows, (epoch, n));
            }
        }
    }

    /// One step of every converter, each on the bit line of its phase.
    fn convert(&mut self, array: &NaiveArray) {
        let step = self.step - 1;
        for (s, (codes, x)) in self.code.iter_mut().zip(&self.x).enumerate() {
            for (j, (code, x)) in codes.iter_mut().zip(x).enumerate() {
                let group = j as u32 / self.s.lanes;
                if group % array.read.columns_per_converter == self.phase {
                    *code = array.convert_step(s, *x, (step, *code)).1;
                }
            }
        }
    }

    fn clear(&mut self, rows: usize) {
        let block = self.block_rows(rows);
        self.active[block].fill(false);
        self.reads += 1;
        self.seen[0] += 1;
    }
}
