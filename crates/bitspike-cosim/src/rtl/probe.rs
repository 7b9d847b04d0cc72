//! The probe schema as the layout of a record source.

use bitspike_spec::ProbeSchema;

use crate::waveform::{RecordLayout, SignalSpec};

/// The signals of a schema, in the same words: offsets are equal on both sides.
#[must_use]
pub fn probe_layout(schema: &ProbeSchema) -> RecordLayout {
    RecordLayout::new(schema.signals().iter().map(|signal| SignalSpec::new(signal.name, signal.width)).collect())
}
