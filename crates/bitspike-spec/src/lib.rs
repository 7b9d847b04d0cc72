//! Core description: configuration, elaboration, number formats, stimulus and probe schema.

pub mod array;
pub mod config;
pub mod core;
pub mod error;
pub mod event;
pub mod fx;
pub mod neuron_model;
pub mod probe;
pub mod random;
pub mod semantics;
pub mod stimulus;
pub mod structure;
pub mod synapse;
#[cfg(feature = "testing")]
pub mod testing;

mod coded;

pub use crate::array::{
    Adc, AnalogueArray, AnalogueRead, ArrayImage, ArrayRead, ArrayStructure, Converter, SliceImage, SynapseArray,
};
pub use crate::core::{Core, CrossbarImage, IzhikevichConstants, NeuronParameters, Values};
pub use error::CoreError;
pub use event::{AerEvent, EventKind};
pub use neuron_model::{Izhikevich, NeuronModel, Products, Recovery, TimeScale, UpdateOrder};
pub use probe::{Counters, ProbeSchema, Signal, SignalKind};
pub use semantics::{Clamp, Compare, FireCheck, Integrate, Order, Reduce, ReduceForm, Reset, Semantics};
pub use stimulus::{Stimulus, TimedEvent};
pub use structure::{Door, FullPolicy, Handshake, Schedule, Structure, TimeStepPolicy};
pub use synapse::{Filter, Polarity, Synapse};
