//! `bitspike fuzz`: random values and stimuli, model against RTL in process.

use super::exit::Exit;
use crate::control::Interrupt;
use crate::error::Error;

/// Compare model and RTL on random cores and stimuli
#[derive(clap::Args, Clone, Debug)]
pub(super) struct Args {}

pub(super) fn execute(_args: &Args, _interrupt: &Interrupt) -> Result<Exit, Error> {
    Ok(Exit::Ok)
}
