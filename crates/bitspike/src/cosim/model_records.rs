//! The model as a stream of probe records.

use bitspike_cosim::waveform::{Record, RecordLayout, RecordSource, WaveformError};
use bitspike_model::{Run, Summary};
use bitspike_spec::{Core, Stimulus};

use crate::control::Control;
use crate::run::signal_specs;

/// The every-cycle model as one side of a comparison. Ends early when interrupted.
pub struct ModelRecords<'a> {
    run: Run<'a>,
    layout: RecordLayout,
    control: Control<'a>,
    total: Option<u64>,
}

impl<'a> ModelRecords<'a> {
    /// The model before cycle 0. The stimulus was checked against the core.
    #[must_use]
    pub fn new(core: &'a Core, stimulus: &'a Stimulus, control: Control<'a>) -> Self {
        let layout = RecordLayout::new(signal_specs(core));
        ModelRecords { run: Run::new(core, stimulus), layout, control, total: stimulus.cycles }
    }

    /// What the run has come to.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.run.summary()
    }
}

impl RecordSource for ModelRecords<'_> {
    fn layout(&self) -> &RecordLayout {
        &self.layout
    }

    fn next_record(&mut self) -> Result<Option<Record<'_>>, WaveformError> {
        let Some((cycle, values)) = self.run.step() else { return Ok(None) };
        if !self.control.goes_on(cycle, self.total) {
            return Ok(None);
        }
        Ok(Some(Record { cycle, time: cycle, values, unknowns: None }))
    }
}
