//! The synaptic current of the RTL against the contract's equations in plain 128-bit integers.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

mod bench_common;

use bench_common::{Random, fit, part, play_numbers, round};

/// Choices and widths, as the packed records have them.
#[derive(Clone, Copy, Debug)]
struct Choice {
    i_syn_bits: u32,
    decay_bits: u32,
    bias_bits: u32,
    saturate: bool,
    decay_form: u32,
    rounding: u32,
    filter: u32,
    split: bool,
    shift: u32,
    gain_bits: u32,
    delay_bits: u32,
}

const USUAL: Choice = Choice {
    i_syn_bits: 16,
    decay_bits: 10,
    bias_bits: 8,
    saturate: true,
    decay_form: 3,
    rounding: 0,
    filter: 0,
    split: false,
    shift: 0,
    gain_bits: 0,
    delay_bits: 0,
};

#[derive(Clone, Debug)]
struct Step {
    bias: i128,
    random: u32,
    inputs: Vec<i128>,
    i_syn: Vec<i128>,
    decays: Vec<i128>,
    gains: Vec<i128>,
}

impl Choice {
    fn polarities(&self) -> usize {
        1 + usize::from(self.split)
    }

    fn accumulators(&self) -> usize {
        self.polarities() << self.filter
    }

    fn parameters(&self) -> [(&'static str, u32); 5] {
        let semantics =
            u32::from(self.saturate) << 1 | self.decay_form << 10 | self.rounding << 13 | 1 << 24 | 1 << 25 | 1 << 26;
        let synapse =
            self.filter | u32::from(self.split) << 2 | self.shift << 3 | self.gain_bits << 7 | self.delay_bits << 12;
        [
            ("ISynBits", self.i_syn_bits),
            ("DecayBits", self.decay_bits),
            ("BiasBits", self.bias_bits),
            ("Semantics", semantics),
            ("Synapse", synapse),
        ]
    }

    fn step(&self, random: &mut Random) -> Step {
        let decay_limit = match self.decay_form {
            1 => (1 << self.decay_bits) - 1,
            2 => 16,
            _ => 1 << self.decay_bits,
        };
        let gain_limit = if self.gain_bits == 0 { 0 } else { 1 << self.gain_bits };
        Step {
            bias: if self.bias_bits == 0 { 0 } else { random.signed(self.bias_bits) },
            random: random.word(),
            inputs: (0..self.polarities()).map(|_| random.signed(self.i_syn_bits)).collect(),
            i_syn: (0..self.accumulators()).map(|_| random.signed(self.i_syn_bits)).collect(),
            decays: (0..self.accumulators()).map(|_| i128::from(random.below(decay_limit + 1))).collect(),
            gains: (0..2 * self.polarities()).map(|_| i128::from(random.below(gain_limit + 1))).collect(),
        }
    }

    fn jump(&self, s: &Step, q: usize, f: usize) -> i128 {
        let x = s.inputs[q];
        match self.filter {
            0 => x,
            1 => [x, -x][f],
            _ => {
                let g = f % 2;
                let random = part(s.random, (4 + 4 * q + 2 * g) as u32);
                let y = round(s.gains[2 * q + g] * x, self.gain_bits, self.rounding, random);
                if f < 2 { y } else { -y }
            }
        }
    }

    fn decay(&self, x: i128, amount: i128, random: u32) -> (i128, bool) {
        match self.decay_form {
            1 => fit(x - amount, self.i_syn_bits, self.saturate),
            2 => (x - round(x, amount as u32, self.rounding, random), false),
            _ => (round(x * amount, self.decay_bits, self.rounding, random), false),
        }
    }

    /// `drive overflow`, then the accumulators after the step.
    fn expected(&self, s: &Step) -> Vec<i128> {
        let filters = 1 << self.filter;
        let (mut sum, mut overflow, mut next) = (0, false, Vec::new());
        for k in 0..self.accumulators() {
            let mut x = s.i_syn[k];
            if self.filter != 0 || self.delay_bits > 0 {
                let (taken, flag) = fit(x + self.jump(s, k / filters, k % filters), self.i_syn_bits, self.saturate);
                (x, overflow) = (taken, overflow || flag);
            }
            sum += x;
            let (decayed, flag) = self.decay(x, s.decays[k], part(s.random, 16 + 2 * k as u32));
            overflow |= flag;
            next.push(decayed);
        }
        let current = round(sum, self.shift, self.rounding, part(s.random, 12));
        [current + s.bias, i128::from(overflow)].into_iter().chain(next).collect()
    }

    fn vector(s: &Step) -> Vec<i128> {
        let lists = [&s.inputs, &s.i_syn, &s.decays, &s.gains];
        [s.bias, i128::from(s.random)].into_iter().chain(lists.into_iter().flatten().copied()).collect()
    }

    fn check(&self, steps: &[Step]) {
        let vectors: Vec<Vec<i128>> = steps.iter().map(Self::vector).collect();
        let found = play_numbers("synaptic_current", &self.parameters(), &vectors);
        assert_eq!(found.len(), steps.len());
        for (step, found) in steps.iter().zip(found) {
            assert_eq!(found, self.expected(step), "drive overflow i_syn.. of {step:?} in {self:?}");
        }
    }

    fn check_random(&self, seed: u64) {
        let mut random = Random::new(seed);
        let steps: Vec<Step> = (0..5000).map(|_| self.step(&mut random)).collect();
        let overflows = steps.iter().filter(|step| self.expected(step)[1] == 1).count();
        let may = self.filter != 0 || self.delay_bits > 0 || self.decay_form == 1;
        assert!(!may || (overflows > 25 && overflows < 4975), "{overflows} of 5000 overflow");
        self.check(&steps);
    }
}

#[test]
fn a_direct_synapse_decays() {
    USUAL.check_random(1);
    Choice { split: true, shift: 3, rounding: 4, decay_form: 2, bias_bits: 0, ..USUAL }.check_random(2);
}

#[test]
fn a_delayed_exponential_takes_its_input_in() {
    Choice { delay_bits: 2, decay_form: 1, saturate: false, rounding: 1, shift: 15, split: true, ..USUAL }
        .check_random(3);
}

#[test]
fn two_exponentials_jump_against_each_other() {
    Choice { filter: 1, rounding: 2, shift: 1, ..USUAL }.check_random(4);
}

#[test]
fn four_exponentials_of_either_polarity_with_gains() {
    Choice { filter: 2, gain_bits: 8, rounding: 4, split: true, shift: 2, ..USUAL }.check_random(5);
    Choice { filter: 2, gain_bits: 16, rounding: 3, i_syn_bits: 32, bias_bits: 32, decay_bits: 16, ..USUAL }
        .check_random(6);
}

/// Every input and accumulator of four bits, of both polarities.
#[test]
fn every_state_of_four_bits() {
    let choice = Choice {
        i_syn_bits: 4,
        decay_bits: 3,
        bias_bits: 4,
        delay_bits: 1,
        split: true,
        rounding: 3,
        shift: 1,
        ..USUAL
    };
    let mut random = Random::new(7);
    let mut steps = Vec::new();
    for index in 0..1 << 16 {
        let field = |at: u32| i128::from(index >> (4 * at) & 15) - 8;
        steps.push(Step {
            inputs: vec![field(0), field(1)],
            i_syn: vec![field(2), field(3)],
            ..choice.step(&mut random)
        });
    }
    choice.check(&steps);
}
