//! Spike queue, serialiser and four-phase transmitter.

use crate::cast::count;
use bitspike_spec::Handshake;
use std::collections::VecDeque;

/// Spikes of one neuron waiting to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LaneSpikes {
    pub(crate) neuron: u32,
    pub(crate) count: u32,
}

/// One entry of the spike queue or of the serialiser: how many neurons of [`Output::waiting`] belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    neurons: u32,
    time_step: u64,
}

/// State of the four-phase transmitter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Transmitter {
    #[default]
    Idle,
    Request,
    Wait,
}

/// The registers between the pipeline and the AER output pins.
///
/// The neurons of all entries lie in one queue, first those of the serialiser, lowest lane first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Output {
    waiting: VecDeque<LaneSpikes>,
    queue: VecDeque<Entry>,
    serialiser: Option<Entry>,
    transmitter: Transmitter,
    ack_first: bool,
    ack_second: bool,
}

/// The combinational signals of the output in one cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutputWires {
    /// `out_accept`
    pub(crate) accept: bool,
    /// Address of the spike in the serialiser, 0 when there is none.
    pub(crate) address: u32,
    /// Time step of the state write that made this spike.
    pub(crate) time_step: u64,
    done: bool,
    load: bool,
}

impl Output {
    /// Whether spike queue and serialiser hold nothing.
    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        self.serialiser.is_none() && self.queue.is_empty()
    }

    /// Whether the transmitter is idle too and its synchroniser has settled, so that no edge changes a register.
    #[inline(always)]
    pub(crate) fn is_quiet(&self) -> bool {
        self.is_empty() && self.transmitter == Transmitter::Idle && !self.ack_first && !self.ack_second
    }

    /// Whether the four-phase transmitter is idle.
    pub(crate) fn transmitter_is_idle(&self) -> bool {
        self.transmitter == Transmitter::Idle
    }

    /// `spike_queue_count`
    #[inline(always)]
    pub(crate) fn queue_count(&self) -> u32 {
        count(self.queue.len())
    }

    /// The request pin.
    #[inline(always)]
    pub(crate) fn request(&self, handshake: Handshake) -> bool {
        match handshake {
            Handshake::Synchronous => self.serialiser.is_some(),
            Handshake::FourPhase => self.transmitter == Transmitter::Request,
        }
    }

    /// The combinational logic of one cycle.
    #[inline]
    pub(crate) fn wires(&self, handshake: Handshake, ack: bool) -> OutputWires {
        let Some(entry) = self.serialiser else {
            let load = !self.queue.is_empty();
            return OutputWires { accept: false, address: 0, time_step: 0, done: false, load };
        };
        let accept = match handshake {
            Handshake::Synchronous => ack,
            Handshake::FourPhase => self.transmitter == Transmitter::Idle,
        };
        let head = self.waiting.front().expect("a loaded serialiser holds a spike");
        let done = accept && entry.neurons == 1 && head.count == 1;
        let load = done && !self.queue.is_empty();
        OutputWires { accept, address: head.neuron, time_step: entry.time_step, done, load }
    }

    /// The edge that ends a cycle, but for the push of [`Output::push`], which comes after it.
    #[inline]
    pub(crate) fn edge(&mut self, handshake: Handshake, ack: bool, wires: &OutputWires) {
        if wires.accept {
            self.take_spike();
        }
        if wires.load {
            self.serialiser = self.queue.pop_front();
        } else if wires.done {
            self.serialiser = None;
        }
        if handshake == Handshake::FourPhase {
            self.transmit(wires.accept);
            (self.ack_first, self.ack_second) = (ack, self.ack_first);
        }
    }

    fn take_spike(&mut self) {
        let head = self.waiting.front_mut().expect("a spike was accepted");
        head.count -= 1;
        if head.count == 0 {
            self.waiting.pop_front();
            if let Some(entry) = &mut self.serialiser {
                entry.neurons -= 1;
            }
        }
    }

    fn transmit(&mut self, accept: bool) {
        self.transmitter = match self.transmitter {
            Transmitter::Idle if accept => Transmitter::Request,
            Transmitter::Request if self.ack_second => Transmitter::Wait,
            Transmitter::Wait if !self.ack_second => Transmitter::Idle,
            same @ (Transmitter::Idle | Transmitter::Request | Transmitter::Wait) => same,
        };
    }

    /// Appends an entry with the spikes of one group, lowest lane first; an empty group is no entry.
    pub(crate) fn push(&mut self, spikes: impl IntoIterator<Item = LaneSpikes>, time_step: u64) {
        let before = self.waiting.len();
        self.waiting.extend(spikes);
        let neurons = count(self.waiting.len() - before);
        if neurons > 0 {
            self.queue.push_back(Entry { neurons, time_step });
        }
    }
}
