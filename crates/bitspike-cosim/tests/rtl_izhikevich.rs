//! The Izhikevich time step of the RTL against the contract's equations in plain 128-bit integers.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

mod bench_common;

use bench_common::{Random, fit, part, play_numbers, round};
use bitspike_spec::fx::{digit_word, signed_digits};

/// Choices and widths, as the packed records have them.
#[derive(Clone, Copy, Debug)]
struct Choice {
    v_bits: u32,
    drive_bits: u32,
    saturate_v: bool,
    compare: u32,
    shift_add: bool,
    simultaneous: bool,
    accommodation: bool,
    saturate_u: bool,
    rounding: u32,
    /// `None`: by `dt`.
    dt_shift: Option<u32>,
    substeps: u32,
    segment_bits: u32,
    digits: u32,
    multipliers: u32,
    u_bits: u32,
    constant_bits: u32,
    constant_frac: u32,
    v_frac: u32,
}

/// A 24-bit neuron with 18-bit constants, a step of 2^-2 ms, multipliers for all products.
const USUAL: Choice = Choice {
    v_bits: 24,
    drive_bits: 20,
    saturate_v: true,
    compare: 0,
    shift_add: false,
    simultaneous: false,
    accommodation: false,
    saturate_u: true,
    rounding: 0,
    dt_shift: Some(2),
    substeps: 1,
    segment_bits: 1,
    digits: 0,
    multipliers: 0,
    u_bits: 20,
    constant_bits: 18,
    constant_frac: 15,
    v_frac: 14,
};

/// Four bits of everything.
const SMALL: Choice = Choice {
    v_bits: 4,
    drive_bits: 4,
    u_bits: 4,
    constant_bits: 4,
    constant_frac: 2,
    v_frac: 1,
    dt_shift: Some(1),
    rounding: 3,
    ..USUAL
};

/// Inputs of one step; constants as numbers.
#[derive(Clone, Copy, Debug)]
struct Step {
    v: i128,
    u: i128,
    drive: i128,
    threshold: i128,
    v_reset: i128,
    u_step: i128,
    a: i128,
    b: i128,
    k2: i128,
    dt: i128,
    k1: i128,
    k0: i128,
    v_zero: i128,
    random: u32,
}

impl Choice {
    fn k_bits(&self) -> u32 {
        (self.v_bits + 2).min(32)
    }

    fn parameters(&self) -> [(&'static str, u32); 5] {
        let semantics = u32::from(self.saturate_v) | self.compare << 18 | 1 << 20 | 1 << 24 | 1 << 25 | 1 << 26;
        let model = 1
            | u32::from(self.shift_add) << 2
            | u32::from(self.simultaneous) << 3
            | u32::from(self.accommodation) << 4
            | u32::from(self.saturate_u) << 5
            | self.rounding << 6
            | u32::from(self.dt_shift.is_none()) << 9
            | self.dt_shift.unwrap_or(0) << 10
            | (self.substeps - 1) << 14
            | (self.segment_bits - 1) << 15
            | self.digits << 17
            | self.multipliers << 20;
        let widths = self.u_bits | self.constant_bits << 8 | self.constant_frac << 16 | self.v_frac << 24;
        [
            ("VBits", self.v_bits),
            ("DriveBits", self.drive_bits),
            ("Semantics", semantics),
            ("Model", model),
            ("ModelWidths", widths),
        ]
    }

    /// A constant in the range of its width, and a sum of few signed powers of two if it must be.
    fn constant(&self, random: &mut Random) -> i128 {
        if !self.shift_add {
            return random.signed(self.constant_bits);
        }
        let limit = 1_i128 << (self.constant_bits - 1);
        loop {
            let digits = 0..=random.below(self.digits);
            let value = digits.map(|_| [-1, 1][random.below(2) as usize] << random.below(self.constant_bits)).sum();
            if (-limit..limit).contains(&value) && signed_digits(value as i64).len() <= self.digits as usize {
                return value;
            }
        }
    }

    fn step(&self, random: &mut Random) -> Step {
        Step {
            v: random.signed(self.v_bits),
            u: random.signed(self.u_bits),
            drive: random.signed(self.drive_bits),
            threshold: random.signed(self.v_bits + 1),
            v_reset: random.signed(self.v_bits),
            u_step: random.signed(self.u_bits),
            a: self.constant(random),
            b: self.constant(random),
            k2: self.constant(random),
            dt: self.constant(random),
            k1: random.signed(self.k_bits()),
            k0: random.signed(self.k_bits()),
            v_zero: random.signed(self.k_bits()),
            random: random.word(),
        }
    }

    /// The words of a vector, in the order of the bench.
    fn vector(&self, s: &Step) -> Vec<i128> {
        let constant = |value: i128| {
            if self.shift_add { i128::from(digit_word(value as i64).unwrap()) } else { value }
        };
        let (a, b, k2, dt) = (constant(s.a), constant(s.b), constant(s.k2), constant(s.dt));
        let random = i128::from(s.random);
        vec![s.v, s.u, s.drive, s.threshold, s.v_reset, s.u_step, a, b, k2, dt, s.k1, s.k0, s.v_zero, random]
    }

    /// `x^2`, or the chord between the squares of its neighbours on the grid of the octave.
    fn chord(&self, x: i128) -> i128 {
        let octave = if x == 0 { 0 } else { x.ilog2() };
        let spacing = 1_i128 << octave.saturating_sub(self.segment_bits);
        let left = x.div_euclid(spacing) * spacing;
        let right = left + spacing;
        left * left + (right * right - left * left) * (x - left) / spacing
    }

    fn poly(&self, s: &Step, i: u32, v: i128) -> i128 {
        let round = |x, k, product| round(x, k, self.rounding, part(s.random, 2 * product));
        if self.shift_add {
            let y = round(self.chord((v - s.k1).abs()), self.v_frac, 3 * i);
            round(s.k2 * y, self.constant_frac, 3 * i + 1) + s.k0
        } else {
            let q = round(s.k2 * v, self.constant_frac, 3 * i) + s.k1;
            round(q * v, self.v_frac, 3 * i + 1) + s.k0
        }
    }

    /// `v u fires v_overflow u_overflow` after the step.
    fn expected(&self, s: &Step) -> Vec<i128> {
        let round = |x, k, product| round(x, k, self.rounding, part(s.random, 2 * product));
        let (mut x, mut v_overflow) = (s.v, false);
        for i in 0..self.substeps {
            let slope = self.poly(s, i, x) - s.u + s.drive;
            let change = match self.dt_shift {
                Some(shift) => round(slope, shift, 3 * i + 2),
                None => round(s.dt * slope, self.constant_frac, 3 * i + 2),
            };
            let (next, overflow) = fit(x + change, self.v_bits, self.saturate_v);
            (x, v_overflow) = (next, v_overflow || overflow);
        }
        let w = if self.simultaneous { s.v } else { x };
        let e = round(s.b * (w - s.v_zero), self.constant_frac, 6) - if self.accommodation { 0 } else { s.u };
        let (y, u_overflow) = fit(s.u + round(s.a * e, self.constant_frac, 7), self.u_bits, self.saturate_u);
        let fires = [x >= s.threshold, x > s.threshold, x == s.threshold][self.compare as usize];
        if !fires {
            return vec![x, y, 0, i128::from(v_overflow), i128::from(u_overflow)];
        }
        let (u, overflow) = fit(y + s.u_step, self.u_bits, self.saturate_u);
        vec![s.v_reset, u, 1, i128::from(v_overflow), i128::from(u_overflow || overflow)]
    }

    fn check(&self, steps: &[Step]) {
        let vectors: Vec<Vec<i128>> = steps.iter().map(|step| self.vector(step)).collect();
        let found = play_numbers("izhikevich_neuron", &self.parameters(), &vectors);
        assert_eq!(found.len(), steps.len());
        for (step, found) in steps.iter().zip(found) {
            assert_eq!(found, self.expected(step), "v u fires v_overflow u_overflow of {step:?} in {self:?}");
        }
        self.check_coverage(steps);
    }

    /// The vectors must reach every outcome: quiet steps, spikes, overflows and their absence.
    fn check_coverage(&self, steps: &[Step]) {
        let outcomes: Vec<Vec<i128>> = steps.iter().map(|step| self.expected(step)).collect();
        for column in [2, 3, 4] {
            for value in [0, 1] {
                let count = outcomes.iter().filter(|outcome| outcome[column] == value).count();
                assert!(count * 200 > steps.len(), "column {column} is {value} in {count} of {}", steps.len());
            }
        }
    }

    fn check_random(&self, seed: u64) {
        let mut random = Random::new(seed);
        let steps: Vec<Step> = (0..8000).map(|_| self.step(&mut random)).collect();
        self.check(&steps);
    }

    /// Every `v`, `u` and drive of four bits, under random constants.
    fn check_exhaustive(&self, seed: u64) {
        let mut random = Random::new(seed);
        let mut steps = Vec::new();
        for _ in 0..8 {
            let constants = self.step(&mut random);
            let range = || -8_i128..8;
            for (v, u) in range().flat_map(|v| range().map(move |u| (v, u))) {
                steps.extend(range().map(|drive| Step { v, u, drive, random: random.word(), ..constants }));
            }
        }
        self.check(&steps);
    }
}

#[test]
fn every_state_of_four_bits_with_multipliers() {
    SMALL.check_exhaustive(1);
}

#[test]
fn every_state_of_four_bits_without_multipliers() {
    Choice { shift_add: true, digits: 2, saturate_v: false, ..SMALL }.check_exhaustive(2);
}

#[test]
fn usual_widths_at_once_and_with_one_shared_multiplier() {
    USUAL.check_random(3);
    Choice { multipliers: 1, ..USUAL }.check_random(3);
}

#[test]
fn two_substeps_scaled_by_dt_over_two_multipliers_with_stochastic_rounding() {
    let choice = Choice { substeps: 2, dt_shift: None, rounding: 4, saturate_v: false, compare: 1, ..USUAL };
    choice.check_random(4);
    Choice { multipliers: 2, ..choice }.check_random(4);
    Choice { multipliers: 3, ..choice }.check_random(4);
}

#[test]
fn simultaneous_accommodation_in_five_of_seven_multipliers() {
    let choice = Choice { simultaneous: true, accommodation: true, saturate_u: false, rounding: 2, ..USUAL };
    Choice { multipliers: 5, ..choice }.check_random(5);
    Choice { multipliers: 3, rounding: 1, ..choice }.check_random(5);
}

/// Products of more than 16 fraction bits stretch the random part.
#[test]
fn wide_fractions_with_stochastic_rounding() {
    let wide =
        Choice { v_bits: 30, u_bits: 32, v_frac: 20, constant_bits: 24, constant_frac: 22, rounding: 4, ..USUAL };
    wide.check_random(6);
    Choice { shift_add: true, digits: 3, segment_bits: 4, ..wide }.check_random(6);
}

#[test]
fn chords_and_digits_at_usual_widths() {
    let choice = Choice { shift_add: true, segment_bits: 2, digits: 4, ..USUAL };
    choice.check_random(7);
    let choice = Choice { dt_shift: None, substeps: 2, rounding: 3, segment_bits: 1, digits: 1, ..choice };
    choice.check_random(8);
}

/// Vertex, points and middles of chords at full width: the square's error has the contract's bound and no sign.
#[test]
fn chords_stay_above_the_square_within_the_bound() {
    for segment_bits in 1..=4 {
        let choice = Choice { segment_bits, ..USUAL };
        for x in (0..5000).chain((1 << 25)..(1 << 25) + 5000) {
            let above = choice.chord(x) - x * x;
            assert!(above >= 0 && above << (2 * segment_bits + 2) <= x * x, "{x} with {segment_bits}");
        }
    }
}
