//! One point evaluated: the model on its workload, every metric, and, where asked for, the layers of accuracy.

use std::time::Instant;

use bitspike_spec::array::AnalogueRead;
use bitspike_spec::{Izhikevich, Products, Structure, TimeScale};

use super::candidate::Candidate;
use super::cost::number;
use super::file::SweepFile;
use super::layers::LayerMeter;
use super::store::{Figures, PointResult};
use crate::control::{Control, Interrupt, NoProgress};
use crate::error::Error;
use crate::metrics::measure;
use crate::results::{Recorder, RecorderOptions, structure_hash};
use crate::run::{RunRequest, simulate};

/// Evaluates points.
pub struct Evaluator {
    layers: Option<LayerMeter>,
}

impl Evaluator {
    /// Evaluates what a sweep file asks for.
    #[must_use]
    pub fn new(file: &SweepFile) -> Self {
        Evaluator { layers: file.accuracy.clone().map(LayerMeter::new) }
    }

    /// Runs the model on a candidate and measures it; nothing if it was interrupted.
    ///
    /// # Errors
    /// [`Error::Reference`] for a parameter of the figures out of its range.
    pub fn evaluate(&self, candidate: &Candidate, interrupt: &Interrupt) -> Result<Option<PointResult>, Error> {
        let begin = Instant::now();
        if interrupt.is_set() {
            return Ok(None);
        }
        let control = Control { interrupt, progress: &NoProgress };
        let core = &candidate.core.core;
        let options =
            RecorderOptions { spikes: None, traces: None, neurons: Vec::new(), labels: candidate.workload.labels() };
        let recorder = Recorder::new(core, options);
        let request = RunRequest { core, stimulus: &candidate.workload.loaded.stimulus, recorder, trace: None };
        let run = simulate(request, control)?;
        let mut figures: Figures =
            measure(&run).iter().map(|figure| (figure.name.to_owned(), number(figure))).collect();
        figures.extend(structural(core.structure()));
        let mut notes = Vec::new();
        if let Some(layers) = &self.layers {
            let found = layers.measure(candidate, control)?;
            figures.extend(found.figures);
            notes = found.notes;
        }
        if interrupt.is_set() {
            return Ok(None);
        }
        figures.retain(|_, value| value.is_finite());
        Ok(Some(PointResult {
            key: candidate.key.clone(),
            structure: structure_hash(core.structure()),
            figures,
            notes,
            seconds: begin.elapsed().as_secs_f64(),
        }))
    }
}

/// Counts and widths that costs are worked out from.
fn structural(s: &Structure) -> Vec<(String, f64)> {
    let mut figures =
        vec![("neurons", s.neurons), ("v_bits", s.v_bits), ("weight_bits", s.weight_bits), ("lanes", s.lanes)];
    figures.extend(s.izhikevich().iter().flat_map(products));
    figures.extend(s.array.analogue().iter().flat_map(of_array));
    figures.into_iter().map(|(name, value)| (name.to_owned(), f64::from(value))).collect()
}

/// Converters, and devices that hold one weight.
fn of_array(read: &AnalogueRead) -> [(&'static str, u32); 3] {
    [("adc_bits", read.adc_bits), ("slices", read.slices), ("devices_per_weight", read.slices * read.devices_per_cell)]
}

/// Products of one update: multiplications, or the additions of the digits of the constants and of the chords of the square.
fn products(model: &Izhikevich) -> Vec<(&'static str, u32)> {
    let scaled = u32::from(model.time_scale == TimeScale::Constant);
    let products = model.substeps * (2 + scaled) + 2;
    match model.products {
        Products::Multiplier { .. } => vec![("multiplications", products), ("constant_bits", model.constant_bits)],
        Products::ShiftAdd { digits, segment_bits } => {
            // The slope of a chord has `segment_bits + 2` bits; its product is added to the square at the chord's start.
            let square = segment_bits + 2;
            vec![("shift_additions", (products - model.substeps) * digits + model.substeps * square)]
        }
    }
}
