//! Sender and receiver: the pins of the address-event ports, cycle by cycle.

use super::Stimulus;
use crate::structure::{Handshake, Structure};

/// Pins driven into the core in one cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InPins {
    /// `aer_in_req_i`.
    pub aer_in_req: bool,
    /// `aer_in_data_i`.
    pub aer_in_data: u32,
    /// `aer_out_ack_i`.
    pub aer_out_ack: bool,
}

/// Pins the core drives in one cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutPins {
    /// `aer_in_ack_o`.
    pub aer_in_ack: bool,
    /// `aer_out_req_o`.
    pub aer_out_req: bool,
}

/// Drives the address-event input of a core from a stimulus.
#[derive(Clone, Debug)]
pub struct Sender<'a> {
    stimulus: &'a Stimulus,
    structure: &'a Structure,
    next: u64,
    /// Event `next`: the first cycle it may be offered in, and its input word.
    head: Option<(u64, u32)>,
    req: bool,
    data: u32,
}

impl<'a> Sender<'a> {
    /// A sender at the first event.
    #[must_use]
    pub fn new(stimulus: &'a Stimulus, structure: &'a Structure) -> Self {
        let mut sender = Sender { stimulus, structure, next: 0, head: None, req: false, data: 0 };
        sender.seek(0);
        sender
    }

    fn seek(&mut self, next: u64) {
        self.next = next;
        self.head = self.stimulus.event(next).map(|timed| (timed.not_before, timed.event.word(self.structure)));
    }

    /// Puts the sender at event `next` as if it had come there by itself, its request high (four-phase only) or low.
    pub fn place(&mut self, next: u64, req: bool) {
        self.seek(next);
        self.req = req;
        if let (true, Some((_, word))) = (req, self.head) {
            self.data = word;
        }
    }

    /// Request and data in cycle `t`.
    #[must_use]
    pub fn pins(&self, t: u64) -> (bool, u32) {
        match self.structure.schedule.handshake {
            Handshake::FourPhase => (self.req, self.data),
            Handshake::Synchronous => match self.head {
                Some((not_before, word)) if not_before <= t => (true, word),
                Some(_) | None => (false, 0),
            },
        }
    }

    /// Ends cycle `t`, in which the core answered with `ack`.
    pub fn tick(&mut self, t: u64, ack: bool) {
        match self.structure.schedule.handshake {
            Handshake::Synchronous if self.pins(t).0 && ack => self.seek(self.next + 1),
            Handshake::Synchronous => {}
            Handshake::FourPhase => self.tick_four_phase(t, ack),
        }
    }

    fn tick_four_phase(&mut self, t: u64, ack: bool) {
        if self.req {
            if ack {
                self.req = false;
                self.seek(self.next + 1);
            }
        } else if let (false, Some((not_before, word))) = (ack, self.head)
            && not_before <= t + 1
        {
            self.req = true;
            self.data = word;
        }
    }

    /// Whether every event has been handed over and the request is low.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.next >= self.stimulus.len() && !self.req
    }

    /// The structure it drives.
    #[must_use]
    pub fn structure(&self) -> &'a Structure {
        self.structure
    }

    /// Whether a four-phase request is high; a synchronous one is a matter of the cycle.
    #[must_use]
    pub fn is_requesting(&self) -> bool {
        self.req
    }

    /// Index of the event offered next or now.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.next
    }

    /// The core is in reset: the request drops, the position stays.
    pub fn reset(&mut self) {
        self.req = false;
        self.data = 0;
    }
}

/// Answers the address-event output of a core with the stimulus's ready pattern.
#[derive(Clone, Debug)]
pub struct Receiver<'a> {
    stimulus: &'a Stimulus,
    handshake: Handshake,
    ack: bool,
}

impl<'a> Receiver<'a> {
    /// A receiver that has not acknowledged anything.
    #[must_use]
    pub fn new(stimulus: &'a Stimulus, structure: &Structure) -> Self {
        Receiver { stimulus, handshake: structure.schedule.handshake, ack: false }
    }

    fn ready(&self, t: u64) -> bool {
        self.stimulus.ready.len() == 1 || self.stimulus.ready[(t % self.stimulus.ready.len() as u64) as usize]
    }

    /// `aer_out_ack_i` in cycle `t`.
    #[must_use]
    pub fn pin(&self, t: u64) -> bool {
        match self.handshake {
            Handshake::Synchronous => self.ready(t),
            Handshake::FourPhase => self.ack,
        }
    }

    /// Ends cycle `t`, in which the core drove `req`.
    pub fn tick(&mut self, t: u64, req: bool) {
        if self.handshake == Handshake::FourPhase && self.ready(t) {
            self.ack = req;
        }
    }

    /// Whether the acknowledge is low, as it must be at the end of a run.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.handshake == Handshake::Synchronous || !self.ack
    }

    /// The core is in reset: the acknowledge drops.
    pub fn reset(&mut self) {
        self.ack = false;
    }
}
