//! The Verilated core in this process, stepped cycle by cycle.
//!
//! One foreign call for each cycle: it costs a few nanoseconds, so there is no batch mode.

mod library;
mod run;

use std::sync::Arc;

use bitspike_spec::stimulus::{InPins, OutPins};
use bitspike_spec::{Core, Counters, ProbeSchema, Structure};

use crate::build::{Build, BuildKind};
use crate::rtl::{
    BusProgram, BusWrite, COUNTER_REGISTERS, COUNTERS_ADDRESS, IDENTITY_REGISTERS, RtlError, check_identity,
    counters_from,
};
use library::{Handle, Library};
pub use run::RtlRun;

/// What every register and memory of the RTL holds before reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InitialState {
    /// Zero.
    #[default]
    Zero,
    /// Random values that follow from the seed: the same seed gives the same state with the same build.
    Random(u32),
}

impl InitialState {
    /// The seed as Verilator takes it: 0 for zeros, else `1 .. 2^31 - 1`.
    pub(crate) fn seed(self) -> i32 {
        match self {
            InitialState::Zero => 0,
            InitialState::Random(seed) => (seed % 0x7fff_ffff + 1).cast_signed(),
        }
    }
}

/// A loaded lock-step library, from which instances are made.
#[derive(Clone, Debug)]
pub struct Lockstep {
    library: Arc<Library>,
    build: Build,
}

impl Lockstep {
    /// Loads a build.
    ///
    /// # Errors
    /// [`RtlError::Kind`] if it is not a [`BuildKind::Lockstep`] build, [`RtlError::Load`] if the library cannot be loaded.
    pub fn load(build: &Build) -> Result<Self, RtlError> {
        build.require_kind(BuildKind::Lockstep)?;
        Ok(Lockstep { library: Arc::new(Library::load(build.artefact())?), build: build.clone() })
    }

    /// The structure it was built for.
    #[must_use]
    pub fn structure(&self) -> &Structure {
        self.build.structure()
    }

    /// A core of its own, not yet configured.
    ///
    /// # Errors
    /// [`RtlError::Simulation`] if the model cannot be made.
    pub fn instance(&self, initial: InitialState) -> Result<Instance, RtlError> {
        let schema = ProbeSchema::new(self.structure());
        let handle = Handle::new(Arc::clone(&self.library), initial.seed())?;
        Ok(Instance {
            handle,
            structure: *self.structure(),
            record: vec![0; schema.words()],
            build: self.build.clone(),
        })
    }
}

/// One Verilated core. Making one takes much longer than a reset: keep it and configure it again.
#[derive(Debug)]
pub struct Instance {
    handle: Handle,
    structure: Structure,
    record: Vec<u32>,
    build: Build,
}

impl Instance {
    /// Loads all values of a core over the register bus, with reset asserted, and checks the identification registers.
    ///
    /// Takes one cycle for each write: the words of the array, and at most 8 for each parameter entry, 24 shared values, and 2 for
    /// each bit line of a slice read through converters.
    ///
    /// # Errors
    /// [`RtlError::Structure`] if the core has other parameters than the build, [`RtlError::Identity`] if the RTL does not echo
    /// them, [`RtlError::Simulation`].
    pub fn configure(&mut self, core: &Core) -> Result<(), RtlError> {
        self.build.require_structure(core.structure())?;
        let program = BusProgram::new(core);
        self.handle.write(&program.values)?;
        self.handle.write(&program.image)?;
        let mut words = [0; IDENTITY_REGISTERS];
        self.handle.read(0, &mut words)?;
        check_identity(&self.structure, &words)
    }

    /// Two clock edges in reset, none of them sampled; the next cycle is cycle 0.
    ///
    /// # Errors
    /// [`RtlError::Simulation`].
    pub fn reset(&mut self) -> Result<(), RtlError> {
        self.handle.reset()
    }

    /// One cycle: drives the pins, samples the core's pins and its probe record just before the rising edge, then clocks it.
    ///
    /// The record is packed as [`ProbeSchema`] says and read with [`Instance::record`].
    ///
    /// # Errors
    /// [`RtlError::Simulation`] if the RTL stops itself.
    #[inline]
    pub fn cycle(&mut self, pins: InPins) -> Result<OutPins, RtlError> {
        self.handle.cycle(pins, Some(&mut self.record))
    }

    /// Writes a register in the next cycle, whatever its pins are.
    pub fn offer(&mut self, write: BusWrite) {
        self.handle.offer(write);
    }

    /// As [`Instance::cycle`], without taking the record.
    ///
    /// # Errors
    /// As [`Instance::cycle`].
    #[inline]
    pub fn cycle_unrecorded(&mut self, pins: InPins) -> Result<OutPins, RtlError> {
        self.handle.cycle(pins, None)
    }

    /// The record of the last [`Instance::cycle`].
    #[must_use]
    pub fn record(&self) -> &[u32] {
        &self.record
    }

    /// The structure it was built for.
    #[must_use]
    pub fn structure(&self) -> &Structure {
        &self.structure
    }

    /// Reads the counters over the register bus, one a cycle, with idle address-event pins.
    ///
    /// Counter `k` of [`Counters::named`] is its value `k` cycles from now, so all of them agree only when the core is drained.
    ///
    /// # Errors
    /// [`RtlError::Simulation`].
    pub fn counters(&mut self) -> Result<Counters, RtlError> {
        let mut words = [0; COUNTER_REGISTERS];
        self.handle.read(COUNTERS_ADDRESS, &mut words)?;
        Ok(counters_from(words))
    }
}
