//! What goes over the register bus: the program that loads a core, the registers that identify it, its counters.
//!
//! Contract: `docs/src/contract/probe.md`, section Register bus, and `array.md`, section Bus.

use bitspike_spec::fx::digit_word;
use bitspike_spec::{Core, Counters, NeuronModel, NeuronParameters, Products, Structure};

use super::RtlError;
use super::array::{array_writes, constant_writes};

const IDENTITY: u32 = 0x6273_0001;
const VALUES: u32 = 0x10;
const MODEL_VALUES: u32 = 0x18;
const DECAY: u32 = 0x30;
const GAIN: u32 = 0x38;
const EPOCH: u32 = 0x16;
const NEURON_BASE: u32 = 0x1000_0000;

/// Address of the first counter.
pub(crate) const COUNTERS_ADDRESS: u32 = 0x20;

/// Registers of [`identity`], from address 0 on.
pub const IDENTITY_REGISTERS: usize = 16;

/// Counters of the register map, from `0x20` on.
pub const COUNTER_REGISTERS: usize = 14;

/// One write over the register bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct BusWrite {
    /// Word address.
    pub address: u32,
    /// Data.
    pub data: u32,
}

/// The writes that load the values of a core, played while the core is in reset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusProgram {
    /// Shared values, epoch 0, neuron parameters, values of an array read through converters.
    pub values: Vec<BusWrite>,
    /// The synapse array in all its epochs, chunk by chunk.
    pub image: Vec<BusWrite>,
}

impl BusProgram {
    /// The program of a core.
    #[must_use]
    pub fn new(core: &Core) -> Self {
        let structure = core.structure();
        let mut values = shared_values(core);
        if let NeuronModel::Izhikevich(_) = structure.model {
            values.extend(model_values(core));
        }
        values.extend((0_u32..).zip(&core.values().neurons).flat_map(|(n, p)| neuron_writes(structure, n, p)));
        values.extend(constant_writes(core));
        BusProgram { values, image: array_writes(core) }
    }
}

/// Two's complement in 32 bits; every value of a core fits, so the upper bits only repeat the sign.
pub(super) fn word(value: i64) -> u32 {
    value.cast_unsigned() as u32
}

/// A constant of an Izhikevich neuron as its register takes it: a number, or digits where there is no multiplier.
fn constant(structure: &Structure, value: i64) -> u32 {
    match structure.model {
        NeuronModel::Izhikevich(izhikevich) => match izhikevich.products {
            Products::Multiplier { .. } => word(value),
            Products::ShiftAdd { .. } => digit_word(value).expect("the core was checked: constants have few digits"),
        },
        NeuronModel::Lif => word(value),
    }
}

/// Writes of consecutive registers.
pub(super) fn registers(first: u32, data: impl IntoIterator<Item = u32>) -> impl Iterator<Item = BusWrite> {
    (first..).zip(data).map(|(address, data)| BusWrite { address, data })
}

fn shared_values(core: &Core) -> Vec<BusWrite> {
    let v = core.values();
    let first = [word(v.v_init), word(v.u_init), v.refractory_steps, v.lfsr_seed, v.first_word_line, v.loop_back_delay];
    let decay = v.i_syn_decay.iter().map(|&amount| word(amount));
    let gain = v.gain.iter().flatten().map(|&gain| word(gain));
    registers(VALUES, first)
        .chain([epoch_write(0)])
        .chain(registers(DECAY, decay))
        .chain(registers(GAIN, gain))
        .collect()
}

/// The write that puts the array into an epoch.
pub(crate) fn epoch_write(epoch: u32) -> BusWrite {
    BusWrite { address: EPOCH, data: epoch }
}

fn model_values(core: &Core) -> impl Iterator<Item = BusWrite> {
    let c = core.values().izhikevich;
    let constant = |value| constant(core.structure(), value);
    registers(MODEL_VALUES, [constant(c.k2), word(c.k1), word(c.k0), word(c.v_zero), constant(c.dt)])
}

/// The parameters of one neuron; field 4 comes last, because it commits the others.
fn neuron_writes(structure: &Structure, n: u32, p: &NeuronParameters) -> Vec<BusWrite> {
    let base = NEURON_BASE + 8 * n;
    let mut writes: Vec<BusWrite> =
        registers(base, [word(p.threshold), word(p.leak), word(p.v_reset), word(p.bias)]).collect();
    if let NeuronModel::Izhikevich(_) = structure.model {
        writes.extend(registers(base + 5, [constant(structure, p.a), constant(structure, p.b), word(p.u_step)]));
    }
    writes.push(BusWrite { address: base + 4, data: u32::from(p.output_enable) });
    writes
}

/// One read-only register that echoes the structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentityRegister {
    /// Word address.
    pub address: u32,
    /// What it echoes.
    pub what: &'static str,
    /// The word that follows from the structure.
    pub word: u32,
}

/// The identification registers `0x00` to `0x0F` of a structure.
#[must_use]
pub fn identity(s: &Structure) -> [IdentityRegister; IDENTITY_REGISTERS] {
    let words = [
        ("id", IDENTITY),
        ("neurons", s.neurons),
        ("word_lines", s.word_lines),
        ("lanes", s.lanes),
        ("weight_bits | weight_shift << 8", s.weight_bits | s.weight_shift << 8),
        ("v_bits | i_syn_bits << 8 | leak_bits << 16 | decay_bits << 24", state_bits(s)),
        ("bias_bits | refractory_bits << 8", s.bias_bits | s.refractory_bits << 8),
        ("queue_depth", s.queue_depth),
        ("spike_queue_depth", s.spike_queue_depth),
        ("semantics", s.semantics.pack()),
        ("schedule", s.schedule.pack()),
        ("model", s.model.pack()),
        ("model_widths", s.model.pack_widths(s.frac)),
        ("synapse", s.synapse.pack()),
        ("array", s.array.pack()),
        ("array_widths", s.array.pack_widths()),
    ];
    let mut address = 0;
    words.map(|(what, word)| {
        let register = IdentityRegister { address, what, word };
        address += 1;
        register
    })
}

fn state_bits(s: &Structure) -> u32 {
    s.v_bits | s.i_syn_bits << 8 | s.semantics.leak.bits << 16 | s.semantics.decay.bits << 24
}

/// Compares what the registers of [`identity`] read with what they must read.
pub(crate) fn check_identity(structure: &Structure, found: &[u32]) -> Result<(), RtlError> {
    for (register, &found) in identity(structure).iter().zip(found) {
        let IdentityRegister { address, what, word: expected } = *register;
        if found != expected {
            return Err(RtlError::Identity { address, what, found, expected });
        }
    }
    Ok(())
}

/// Counters from the words of the register map, `0x20` on.
#[must_use]
pub fn counters_from(words: [u32; COUNTER_REGISTERS]) -> Counters {
    let [accepted, dropped, loop_back, ops, v, i_syn, spikes, stalls, steps, high_water, u, merged, limit, reads] =
        words.map(u64::from);
    Counters {
        events_accepted: accepted,
        events_dropped: dropped,
        loop_back_dropped: loop_back,
        synaptic_ops: ops,
        v_overflows: v,
        i_syn_overflows: i_syn,
        spikes,
        stall_cycles: stalls,
        time_steps: steps,
        queue_high_water: high_water,
        u_overflows: u,
        word_lines_merged: merged,
        conversions_at_limit: limit,
        reads,
    }
}
