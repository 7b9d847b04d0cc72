//! The figures of `bitspike accuracy` for the points of a sweep: float layers that are equal for many points run once.

use std::sync::Arc;

use super::candidate::Candidate;
use super::memo::Memo;
use crate::accuracy::{
    AccuracyOptions, Case, FloatKey, FloatLayers, Layers, Outcome, Sensitivity, constants_layer, figures, fixed_layer,
    float_layers, measure, moved_start,
};
use crate::control::Control;
use crate::error::Error;

/// Membrane potentials of float layers kept for points to come: 256 MB.
const KEPT_VALUES: u64 = 1 << 25;

/// The key of a float layer: what it depends on, and the events.
type Key = (FloatKey, String);

/// Measures points of a sweep layer by layer.
#[derive(Debug, Default)]
pub struct LayerMeter {
    options: AccuracyOptions,
    float: Memo<Key, FloatLayers>,
    /// By fraction bits too: they say what one LSB is.
    sensitivity: Memo<(Key, u32), Outcome<Sensitivity>>,
}

/// What was found for a point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerFigures {
    /// Figures by name.
    pub figures: Vec<(String, f64)>,
    /// What is missing or different, and why.
    pub notes: Vec<String>,
}

impl LayerMeter {
    /// Measures with these parameters of the figures.
    #[must_use]
    pub fn new(options: AccuracyOptions) -> Self {
        LayerMeter { options, ..LayerMeter::default() }
    }

    /// The figures of a candidate. A workload that has no layers to compare gives none, and a note.
    ///
    /// # Errors
    /// [`Error::Reference`] for a parameter of the figures out of its range.
    pub fn measure(&self, candidate: &Candidate, control: Control<'_>) -> Result<LayerFigures, Error> {
        let layers = self.case(candidate).and_then(|case| Ok((self.layers(&case, candidate, control)?, case)));
        let (layers, case) = match layers {
            Ok(found) => found,
            Err(error @ (Error::Option { .. } | Error::Core(_) | Error::Reference(_))) => {
                return Ok(LayerFigures { figures: Vec::new(), notes: vec![format!("accuracy: {error}")] });
            }
            Err(error) => return Err(error),
        };
        let report = measure(&case, &layers)?;
        Ok(LayerFigures { figures: figures(&case, &layers, &report)?, notes: notes(&case, &layers) })
    }

    fn case(&self, candidate: &Candidate) -> Result<Case, Error> {
        let (core, stimulus) = (&candidate.core.core, &candidate.workload.loaded.stimulus);
        Case::new(core, (candidate.real.clone(), candidate.core.dt()), stimulus, self.options.clone())
    }

    fn layers(&self, case: &Case, candidate: &Candidate, control: Control<'_>) -> Result<Layers, Error> {
        let key = (FloatKey::of(case), candidate.workload.hash().to_owned());
        let capacity = (KEPT_VALUES / (2 * case.steps * case.traced.len() as u64)) as usize;
        let float = self.float.get(key.clone(), capacity, || float_layers(case, control))?;
        let moved = || moved_start(case, &float, control);
        let sensitivity = self.sensitivity.get((key, case.core.structure().frac), capacity, moved)?;
        Ok(Layers {
            device: None,
            sensitivity: (*sensitivity).clone(),
            float: Arc::clone(&float),
            constants: constants_layer(case, control)?,
            fixed: fixed_layer(case, control),
            rtl: None,
        })
    }
}

/// What is different from the core's own way of running, and the layers left out.
fn notes(case: &Case, layers: &Layers) -> Vec<String> {
    let left_out = layers.float.continuous.as_ref().err().map(|why| format!("no continuous layer: {why}"));
    case.notes.iter().cloned().chain(left_out).map(|note| format!("accuracy: {note}")).collect()
}
