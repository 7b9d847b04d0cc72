//! What goes over the register bus: the program that loads a core, the registers that identify it, its counters.
//!
//! Contract: `docs/src/contract/probe.md`, section Register bus.

use bitspike_spec::{Core, Counters, CrossbarImage, NeuronParameters, Structure};

use super::RtlError;

const IDENTITY: u32 = 0x6273_0001;
const NEURON_BASE: u32 = 0x1000_0000;
const ARRAY_BASE: u32 = 0x2000_0000;

/// Address of the first counter.
pub(crate) const COUNTERS_ADDRESS: u32 = 0x20;

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
    /// Shared values and neuron parameters.
    pub values: Vec<BusWrite>,
    /// The synapse array, chunk by chunk.
    pub image: Vec<BusWrite>,
}

impl BusProgram {
    /// The program of a core.
    #[must_use]
    pub fn new(core: &Core) -> Self {
        let mut values = shared_values(core);
        values.extend((0_u32..).zip(&core.values().neurons).flat_map(|(n, parameters)| neuron_writes(n, parameters)));
        BusProgram { values, image: image_writes(core.structure(), &core.values().image) }
    }
}

/// Two's complement in 32 bits; every value of a core fits, so the upper bits only repeat the sign.
fn word(value: i64) -> u32 {
    value.cast_unsigned() as u32
}

fn shared_values(core: &Core) -> Vec<BusWrite> {
    let v = core.values();
    let i_syn_decay = v.i_syn_decay.first().copied().unwrap_or(0);
    let data = [word(v.v_init), word(i_syn_decay), v.refractory_steps, v.lfsr_seed, v.first_word_line];
    (0x10..).zip(data).map(|(address, data)| BusWrite { address, data }).collect()
}

fn neuron_writes(n: u32, p: &NeuronParameters) -> impl Iterator<Item = BusWrite> {
    let fields = [word(p.threshold), word(p.leak), word(p.v_reset), word(p.bias), u32::from(p.output_enable)];
    (NEURON_BASE + 8 * n..).zip(fields).map(|(address, data)| BusWrite { address, data })
}

fn image_writes(structure: &Structure, image: &CrossbarImage) -> Vec<BusWrite> {
    let chunks = (structure.lanes * structure.weight_bits).div_ceil(32);
    let stride = chunks.next_power_of_two();
    let rows = (0..image.word_lines()).flat_map(|row| image.row(row).chunks(structure.lanes as usize));
    (0_u32..)
        .zip(rows)
        .flat_map(|(index, weights)| {
            let first = ARRAY_BASE + index * stride;
            (first..).zip(packed(weights, structure.weight_bits)).map(|(address, data)| BusWrite { address, data })
        })
        .collect()
}

/// Weights side by side, the first in the lowest bits, in 32-bit words.
pub(crate) fn packed(weights: &[i16], bits: u32) -> Vec<u32> {
    let mut words = vec![0_u32; (weights.len() * bits as usize).div_ceil(32)];
    let mask = (1_u64 << bits) - 1;
    for (lane, &weight) in weights.iter().enumerate() {
        let place = lane * bits as usize;
        let shifted = (i64::from(weight).cast_unsigned() & mask) << (place % 32);
        words[place / 32] |= shifted as u32;
        if shifted >> 32 != 0 {
            words[place / 32 + 1] |= (shifted >> 32) as u32;
        }
    }
    words
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

/// The identification registers `0x00` to `0x0A` of a structure.
#[must_use]
pub fn identity(s: &Structure) -> [IdentityRegister; 11] {
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

/// Counters from the ten words of the register map, `0x20` on.
#[must_use]
pub fn counters_from(words: [u32; 10]) -> Counters {
    let [accepted, dropped, loop_back, ops, v, i_syn, spikes, stalls, steps, high_water] = words.map(u64::from);
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
        u_overflows: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::packed;

    #[test]
    fn weights_are_packed_across_word_boundaries() {
        assert_eq!(packed(&[1, -1, 7, -8], 4), [0x87f1]);
        assert_eq!(
            packed(&[1, 2, 3, 4, 5, 6, -1], 5),
            [1 | 2 << 5 | 3 << 10 | 4 << 15 | 5 << 20 | 6 << 25 | 3 << 30, 7]
        );
        assert_eq!(packed(&[-2, 0x1234], 16), [0x1234_fffe]);
    }
}
