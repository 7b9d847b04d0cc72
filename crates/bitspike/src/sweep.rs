//! Sweeps: one base core, axes to vary, thousands of bit-exact designs measured, costed and compared.
//!
//! `sweep.toml` is a [`file::SweepFile`]; its [`space::Space`] numbers every design; a strategy ([`strategy`]) chooses which are evaluated; an
//! [`executor`] evaluates them into a [`store::Store`]; [`table::Table`] reads them back, joined with synthesis and cost, for front, report
//! and exports. Every axis is a list, so all strategies speak of the same designs and share their results.

pub mod axis;
pub mod candidate;
pub mod cost;
pub mod evaluate;
pub mod executor;
pub mod export;
pub mod expression;
pub mod file;
pub mod layers;
pub mod memo;
pub mod pareto;
mod program;
pub mod report;
pub mod search;
pub mod session;
pub mod slurm;
pub mod space;
pub mod store;
pub mod strategy;
pub mod table;
pub mod verify;
