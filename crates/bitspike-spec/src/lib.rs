//! Core description: configuration, elaboration, number formats, stimulus and probe schema.

pub mod fx;
