//! A whole run of a stimulus, as a source of records.

use bitspike_spec::stimulus::{InPins, Receiver, Sender};
use bitspike_spec::{Core, Counters, ProbeSchema, Stimulus};

use super::Instance;
use crate::rtl::{RtlError, epoch_write, probe_layout};
use crate::waveform::{Record, RecordLayout, RecordSource, WaveformError};

/// The RTL playing a stimulus in this process: one record for each cycle.
///
/// Contract: `docs/src/contract/schedule.md`, section Environment. The time of a record is its cycle.
#[derive(Debug)]
pub struct RtlRun<'a> {
    instance: &'a mut Instance,
    layout: RecordLayout,
    sender: Sender<'a>,
    receiver: Receiver<'a>,
    resets: &'a [u64],
    epoch_starts: &'a [u64],
    epoch: u32,
    cycle: u64,
    cycles: u64,
}

impl<'a> RtlRun<'a> {
    /// Configures and resets the instance, ready for cycle 0 of `cycles`.
    ///
    /// The number of cycles is given, not found by watching the RTL: what is compared must not depend on one of the sides.
    ///
    /// # Errors
    /// [`RtlError::Stimulus`] and the errors of [`Instance::configure`].
    pub fn new(
        instance: &'a mut Instance,
        core: &'a Core,
        stimulus: &'a Stimulus,
        cycles: u64,
    ) -> Result<Self, RtlError> {
        stimulus.check(core.structure())?;
        instance.configure(core)?;
        instance.reset()?;
        Ok(RtlRun {
            layout: probe_layout(&ProbeSchema::new(core.structure())),
            sender: Sender::new(stimulus, core.structure()),
            receiver: Receiver::new(stimulus, core.structure()),
            resets: &stimulus.resets,
            epoch_starts: &core.values().epoch_starts,
            epoch: 0,
            instance,
            cycle: 0,
            cycles,
        })
    }

    /// Plays the next cycle and gives its packed record, or `None` after the last.
    ///
    /// # Errors
    /// [`RtlError::Simulation`].
    pub fn step(&mut self) -> Result<Option<&[u32]>, RtlError> {
        if self.cycle == self.cycles {
            return Ok(None);
        }
        self.reset_if_due()?;
        self.change_epoch_if_due();
        let t = self.cycle;
        let (aer_in_req, aer_in_data) = self.sender.pins(t);
        let pins = InPins { aer_in_req, aer_in_data, aer_out_ack: self.receiver.pin(t) };
        let out = self.instance.cycle(pins)?;
        self.sender.tick(t, out.aer_in_ack);
        self.receiver.tick(t, out.aer_out_req);
        self.cycle += 1;
        Ok(Some(self.instance.record()))
    }

    fn reset_if_due(&mut self) -> Result<(), RtlError> {
        if let Some((&next, rest)) = self.resets.split_first()
            && next == self.cycle
        {
            self.resets = rest;
            self.sender.reset();
            self.receiver.reset();
            self.instance.reset()?;
        }
        Ok(())
    }

    fn change_epoch_if_due(&mut self) {
        if let Some((&start, rest)) = self.epoch_starts.split_first()
            && start == self.cycle + 1
        {
            self.epoch_starts = rest;
            self.epoch += 1;
            self.instance.offer(epoch_write(self.epoch));
        }
    }

    /// Plays what is left and reads the counters, as [`Instance::counters`].
    ///
    /// # Errors
    /// [`RtlError::Simulation`].
    pub fn finish(mut self) -> Result<Counters, RtlError> {
        while self.step()?.is_some() {}
        self.instance.counters()
    }
}

impl RecordSource for RtlRun<'_> {
    fn layout(&self) -> &RecordLayout {
        &self.layout
    }

    fn next_record(&mut self) -> Result<Option<Record<'_>>, WaveformError> {
        let cycle = self.cycle;
        let values = self.step()?;
        Ok(values.map(|values| Record { cycle, time: cycle, values, unknowns: None }))
    }
}
