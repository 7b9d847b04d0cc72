//! Every register of the core, and what one clock edge does to them.
//!
//! Contract: `docs/src/contract/schedule.md`. A cycle has two halves: [`Machine::wires`] is the combinational logic
//! between the registers and the pins, [`Machine::edge`] the rising edge that ends the cycle.

mod control;
mod door;
mod output;
mod read;
mod stage;

pub(crate) use control::Control;
pub(crate) use door::Synchroniser;
pub(crate) use output::{LaneSpikes, Output, OutputWires};
pub(crate) use read::{ReadState, Reader};
pub(crate) use stage::{Mask, QuietRows, Stage, draw, draw_all};

use crate::cast::{Lane, index, sign_extend};
use crate::memory::{Inputs, Memory, generators, parameters};
use crate::neuron::{IzhikevichParameters, IzhikevichRules, ModelUnit, Parameters, Rules, SynapseParameters, Unit};
use bitspike_spec::fx::Lfsr;
use bitspike_spec::stimulus::{InPins, OutPins};
use bitspike_spec::{AerEvent, Core, Counters, Door, EventKind, FireCheck, Handshake, Structure, TimeStepPolicy};
use std::borrow::Cow;
use std::collections::VecDeque;

/// An event as the queue stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StoredEvent {
    pub(crate) kind: EventKind,
    pub(crate) payload: u32,
}

/// Rules and parameters of every neuron of an Izhikevich core.
#[derive(Clone, Debug)]
pub(crate) struct IzhikevichUnit {
    rules: IzhikevichRules,
    parameters: Vec<IzhikevichParameters<i64>>,
}

impl IzhikevichUnit {
    fn new(core: &Core) -> Option<Self> {
        let rules = IzhikevichRules::of_core(core)?;
        let parameters = (0..core.structure().neurons).map(|n| IzhikevichParameters::new(core, n)).collect();
        Some(IzhikevichUnit { rules, parameters })
    }
}

/// What never changes while a core runs.
#[derive(Clone, Debug)]
pub(crate) struct Fixed<'a> {
    pub(crate) core: Cow<'a, Core>,
    pub(crate) structure: Structure,
    pub(crate) rules: Rules,
    pub(crate) parameters: Vec<Parameters<i64>>,
    pub(crate) synapse: SynapseParameters<i64>,
    pub(crate) izhikevich: Option<IzhikevichUnit>,
    pub(crate) groups: u32,
    pub(crate) quiet_rows: Option<QuietRows>,
}

impl Fixed<'_> {
    /// Whether an event of this kind goes to the bypass register.
    #[inline(always)]
    pub(crate) fn bypasses(&self, kind: EventKind) -> bool {
        kind.is_time_step() && self.structure.schedule.time_step != TimeStepPolicy::InOrder
    }

    /// Whether an event of this kind can make neurons fire.
    #[inline(always)]
    pub(crate) fn may_fire(&self, kind: EventKind) -> bool {
        kind.is_time_step() || self.rules.semantics.fire_check == FireCheck::PerOperation
    }

    /// Whether the door opens only between events.
    #[inline(always)]
    pub(crate) fn is_between_events(&self) -> bool {
        self.structure.schedule.door == Door::BetweenEvents
    }

    /// Groups an event of this kind touches.
    #[inline(always)]
    pub(crate) fn groups_of(&self, kind: EventKind) -> u32 {
        if kind.is_single() {
            1
        } else if self.structure.only_marks(kind) {
            0
        } else {
            self.groups
        }
    }

    /// Cycles from the issue of a group to its write.
    pub(crate) fn issue_to_write(&self, kind: EventKind) -> u64 {
        u64::from(self.structure.s1_cycles(kind)) + 1
    }

    /// Rules and parameters of neuron `n`.
    #[inline(always)]
    pub(crate) fn unit(&self, n: usize) -> Unit<'_, i64> {
        let model = match &self.izhikevich {
            None => ModelUnit::Lif,
            Some(IzhikevichUnit { rules, parameters }) => ModelUnit::Izhikevich(rules, &parameters[n]),
        };
        Unit { rules: &self.rules, parameters: &self.parameters[n], synapse: &self.synapse, model }
    }

    /// Whether weights go to a synaptic current.
    #[inline(always)]
    pub(crate) fn has_currents(&self) -> bool {
        self.rules.accumulators > 0
    }

    /// The word line of a `word_line` event.
    #[inline(always)]
    pub(crate) fn word_line(&self, event: StoredEvent) -> u32 {
        event.payload & ((1 << self.structure.word_line_bits()) - 1)
    }

    /// The weights of a word line in an epoch, with event read.
    #[inline(always)]
    pub(crate) fn weights(&self, epoch: u32, word_line: u32) -> &[i16] {
        self.core.values().array.event_images()[index(epoch)].row(word_line)
    }

    /// The weight of an `inject` event.
    #[inline(always)]
    pub(crate) fn weight(&self, event: StoredEvent) -> i64 {
        sign_extend(event.payload >> self.structure.neuron_bits(), self.structure.weight_bits).into()
    }

    /// The delay of an event in time steps: 0 for a time step.
    #[inline(always)]
    pub(crate) fn delay(&self, event: StoredEvent) -> u32 {
        if event.kind.is_time_step() { 0 } else { event.payload.checked_shr(self.structure.body_bits()).unwrap_or(0) }
    }

    /// The event that a spike of this neuron comes back as.
    pub(crate) fn looped_back(&self, neuron: u32) -> StoredEvent {
        let values = self.core.values();
        let event = AerEvent::WordLine { word_line: values.first_word_line + neuron, delay: values.loop_back_delay };
        StoredEvent { kind: event.kind(), payload: event.payload(&self.structure) }
    }

    /// The event in an AER input word.
    #[inline(always)]
    pub(crate) fn decode(&self, word: u32) -> StoredEvent {
        let bits = self.structure.payload_bits();
        let kind = match (word >> bits) & 3 {
            0 => EventKind::WordLine,
            1 => EventKind::TimeStep,
            2 => EventKind::Inject,
            _ => EventKind::TimeStepOne,
        };
        StoredEvent { kind, payload: word & ((1 << bits) - 1) }
    }

    /// The neuron named by the payload of an `inject` or `time_step_one` event.
    #[inline(always)]
    pub(crate) fn neuron(&self, event: StoredEvent) -> u32 {
        event.payload & ((1 << self.structure.neuron_bits()) - 1)
    }
}

/// The combinational signals of one cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wires {
    /// `calm`; of no meaning, and false, when the door is overlapped.
    pub(crate) calm: bool,
    pub(crate) stall: bool,
    pub(crate) issue: Option<u32>,
    pub(crate) offered: StoredEvent,
    pub(crate) in_ack: bool,
    pub(crate) accept: bool,
    pub(crate) output: OutputWires,
    pub(crate) loop_push: bool,
}

/// The registers and memories of a core.
#[derive(Clone, Debug)]
pub(crate) struct Machine<'a, L> {
    pub(crate) fixed: Fixed<'a>,
    pub(crate) memory: Memory<L>,
    pub(crate) inputs: Inputs<L>,
    pub(crate) generators: Vec<Lfsr>,
    pub(crate) control: Control,
    pub(crate) queue: VecDeque<StoredEvent>,
    pub(crate) bypass: Option<StoredEvent>,
    /// The event run last, or now, came from the queue: `occupied` of the contract wherever a spike can loop back.
    pub(crate) last_was_queued: bool,
    pub(crate) s1: Stage<L>,
    pub(crate) s2: Stage<L>,
    pub(crate) output: Output,
    pub(crate) door: Synchroniser,
    pub(crate) counters: Counters,
    /// The register `epoch`.
    pub(crate) epoch: u32,
    /// Nothing with event read.
    pub(crate) reader: Option<Reader>,
}

impl<'a, L: Lane> Machine<'a, L> {
    /// A core just released from reset.
    pub(crate) fn new(core: Cow<'a, Core>) -> Self {
        let structure = *core.structure();
        Machine {
            memory: Memory::new(&structure, structure.neurons),
            inputs: Inputs::new(&structure),
            generators: generators(&core),
            control: Control::RESET,
            queue: VecDeque::with_capacity(index(structure.queue_depth)),
            bypass: None,
            last_was_queued: false,
            s1: Stage::new(&structure),
            s2: Stage::new(&structure),
            output: Output::default(),
            door: Synchroniser::default(),
            counters: Counters::default(),
            epoch: 0,
            reader: Reader::new(&core),
            fixed: Fixed {
                structure,
                rules: Rules::new(&structure),
                quiet_rows: QuietRows::new(&core, &Rules::new(&structure)),
                parameters: parameters(&core),
                synapse: SynapseParameters::new(&core),
                izhikevich: IzhikevichUnit::new(&core),
                groups: structure.groups(),
                core,
            },
        }
    }

    /// Where the rows of this epoch start among those of all epochs.
    #[inline(always)]
    pub(crate) fn first_row(&self) -> u32 {
        self.epoch * self.fixed.structure.word_lines
    }

    /// Reset: every register goes to its reset value, the memories keep their content.
    pub(crate) fn reset(&mut self) {
        self.control = Control::RESET;
        self.queue.clear();
        self.bypass = None;
        for stage in [&mut self.s1, &mut self.s2] {
            stage.valid = false;
            stage.any_spike = false;
        }
        self.inputs.pointer = 0;
        if let Some(reader) = &mut self.reader {
            reader.reset();
        }
        self.output = Output::default();
        self.door = Synchroniser::default();
        self.counters = Counters::default();
    }

    pub(crate) fn handshake(&self) -> Handshake {
        self.fixed.structure.schedule.handshake
    }

    /// Entries in the event queue.
    #[inline(always)]
    pub(crate) fn queue_is_full(&self) -> bool {
        self.queue.len() >= index(self.fixed.structure.queue_depth)
    }

    /// `drained` of the contract: nothing is being done and nothing waits.
    pub(crate) fn is_drained(&self) -> bool {
        matches!(self.control, Control::Idle)
            && self.queue.is_empty()
            && self.bypass.is_none()
            && !self.s1.valid
            && !self.s2.valid
            && self.output.is_empty()
    }

    /// `calm` of the contract: nothing is being done, though events may wait in the queue.
    pub(crate) fn is_calm(&self) -> bool {
        matches!(self.control, Control::Idle)
            && self.bypass.is_none()
            && !self.s1.valid
            && !self.s2.valid
            && self.output.is_empty()
            && self.output.transmitter_is_idle()
    }

    /// The combinational logic of one cycle.
    #[inline]
    pub(crate) fn wires(&self, pins: &InPins) -> Wires {
        let stall = self.stalls();
        let output = self.output.wires(self.handshake(), pins.aer_out_ack);
        let loop_push = self.fixed.structure.schedule.loop_back && output.accept;
        let offered = self.fixed.decode(pins.aer_in_data);
        let (in_ack, accept) = self.door_wires(pins.aer_in_req, offered, loop_push);
        let issue = if stall { None } else { self.issue_pending() };
        let calm = self.fixed.is_between_events() && self.is_calm();
        Wires { calm, stall, issue, offered, in_ack, accept, output, loop_push }
    }

    /// The pins the core drives in the cycle of these wires.
    #[inline]
    pub(crate) fn pins(&self, wires: &Wires) -> OutPins {
        OutPins { aer_in_ack: wires.in_ack, aer_out_req: self.output.request(self.handshake()) }
    }

    /// The rising edge that ends the cycle of these wires.
    #[inline]
    pub(crate) fn edge(&mut self, pins: &InPins, wires: &Wires) {
        self.counters.queue_high_water = self.counters.queue_high_water.max(self.queue_count());
        let count_before = self.queue.len();
        self.output.edge(self.fixed.structure.schedule.handshake, pins.aer_out_ack, &wires.output);
        self.counters.spikes += u64::from(wires.output.accept);
        self.retire();
        self.advance_pipeline(wires.issue);
        self.control_edge(wires);
        self.door_edge(pins.aer_in_req, wires, count_before);
    }

    fn queue_count(&self) -> u64 {
        u64::from(crate::cast::count(self.queue.len()))
    }
}
