//! Messages of every error, names and codes of the rules, counters, and the random generator.

use bitspike_spec::fx::{FxError, FxNumber, Lfsr, Overflow, OverflowCounts, QFormat, Rounding, fit};

fn format(bits: u8, frac: u8, signed: bool) -> QFormat {
    QFormat::new(bits, frac, signed).expect("a legal format")
}

#[test]
fn a_width_outside_2_to_64_is_refused() {
    for bits in [0, 1, 65, 255] {
        let error = QFormat::new(bits, 0, true).expect_err("too narrow or too wide");
        assert_eq!(error, FxError::Bits { bits });
        assert_eq!(error.to_string(), format!("bits = {bits}: a number format has 2 to 64 bits"));
    }
}

#[test]
fn a_fraction_beyond_the_width_is_refused() {
    for (bits, frac, max) in [(2, 3, 2), (8, 9, 8), (63, 64, 63), (64, 64, 63)] {
        let error = QFormat::new(bits, frac, false).expect_err("too many fraction bits");
        assert_eq!(error, FxError::Frac { bits, frac, max });
        let message = format!("frac = {frac}: a number format of {bits} bits has 0 to {max} fraction bits");
        assert_eq!(error.to_string(), message);
        assert_eq!(format(bits, max, false).frac(), max);
    }
}

#[test]
fn a_raw_value_outside_its_format_is_refused() {
    let s4 = format(4, 2, true);
    for raw in [-9, 8] {
        let error = FxNumber::new(raw, s4).expect_err("out of range");
        assert_eq!(error, FxError::RawOutOfRange { raw, format: s4 });
        assert_eq!(error.to_string(), format!("raw value {raw}: format s1.2 holds -8 to 7"));
    }
    assert_eq!(FxNumber::new(-8, s4).map(FxNumber::raw), Ok(-8));
    assert_eq!(FxNumber::new(7, s4).map(FxNumber::to_real), Ok(1.75));
}

#[test]
fn an_infinite_constant_is_refused() {
    for (value, shown) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf"), (f64::NEG_INFINITY, "-inf")] {
        let error =
            format(8, 8, false).from_real(value, Rounding::Floor, Overflow::Saturate).expect_err("not a finite number");
        assert!(matches!(error, FxError::NotFinite { .. }));
        let message = format!("value {shown}: only finite numbers can be brought into format u0.8");
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn a_stochastic_constant_is_refused() {
    let error = format(8, 4, true)
        .from_real(0.5, Rounding::Stochastic, Overflow::Wrap)
        .expect_err("a constant has no random word");
    assert_eq!(error, FxError::StochasticConstant);
    assert_eq!(
        error.to_string(),
        "rounding = stochastic: a constant is rounded once, by floor, toward_zero, half_up or half_even"
    );
}

#[test]
fn a_zero_seed_is_refused() {
    let error = Lfsr::new(0).expect_err("zero is a fixed point");
    assert_eq!(error, FxError::ZeroSeed);
    assert_eq!(error.to_string(), "seed = 0: the generator needs a seed of 1 to 4294967295");
}

#[test]
fn formats_show_the_bits_before_and_behind_the_point() {
    let shown = [
        (format(16, 14, true), "s1.14"),
        (format(8, 8, false), "u0.8"),
        (format(8, 8, true), "s-1.8"),
        (format(64, 0, true), "s63.0"),
        (format(64, 63, false), "u1.63"),
    ];
    for (format, text) in shown {
        assert_eq!(format.to_string(), text);
    }
}

#[test]
fn rules_have_their_names_and_codes() {
    let names = ["floor", "toward_zero", "half_up", "half_even", "stochastic"];
    for ((rounding, name), code) in Rounding::ALL.into_iter().zip(names).zip(0..) {
        assert_eq!((rounding.code(), rounding.name()), (code, name));
        assert_eq!(serde_json::to_string(&rounding).expect("a name"), format!("\"{name}\""));
        assert_eq!(serde_json::from_str::<Rounding>(&format!("\"{name}\"")).expect("a rule"), rounding);
    }
    for ((overflow, name), code) in Overflow::ALL.into_iter().zip(["wrap", "saturate"]).zip(0..) {
        assert_eq!((overflow.code(), overflow.name()), (code, name));
        assert_eq!(serde_json::to_string(&overflow).expect("a name"), format!("\"{name}\""));
        assert_eq!(serde_json::from_str::<Overflow>(&format!("\"{name}\"")).expect("a rule"), overflow);
    }
}

#[test]
fn counters_count_values_that_were_outside() {
    let mut counts = OverflowCounts::default();
    for x in -20..=20 {
        for overflow in Overflow::ALL {
            counts.count(overflow, fit(&x, format(4, 0, true), overflow));
        }
    }
    assert_eq!(counts, OverflowCounts { saturated: 12 + 13, wrapped: 12 + 13 });
    counts.count(Overflow::Saturate, fit(&-1, format(4, 0, false), Overflow::Saturate));
    assert_eq!(counts, OverflowCounts { saturated: 26, wrapped: 25 });
}

/// Sequence printed in many texts on xorshift32 for Marsaglia's seed 2463534242.
#[test]
fn the_generator_follows_marsaglia() {
    let mut lfsr = Lfsr::new(2_463_534_242).expect("not zero");
    let words: Vec<u32> = (0..6).map(|_| lfsr.next()).collect();
    let published = [2_463_534_242, 723_471_715, 2_497_366_906, 2_064_144_800, 2_008_045_182, 3_532_304_609];
    assert_eq!(words, published);
    assert_eq!(lfsr.state(), 374_114_282);
}

#[test]
fn lanes_start_apart_and_never_at_zero() {
    assert_eq!(Lfsr::lane_seed(0, 0), 1);
    assert_eq!(Lfsr::lane_seed(12, 1), 0x9E37_79C5);
    assert_eq!(Lfsr::lane_seed(u32::MAX, 2), 0x3C6E_F371);
    assert_eq!(Lfsr::for_lane(6, 3).state(), Lfsr::lane_seed(6, 3));
    let mut seeds: Vec<u32> = (0..64).map(|lane| Lfsr::lane_seed(99, lane)).collect();
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(seeds.len(), 64);
}

/// One step as a matrix over GF(2): entry `i` is the image of bit `i`.
type Matrix = [u32; 32];

fn apply(matrix: &Matrix, vector: u32) -> u32 {
    (0..32).filter(|bit| vector >> bit & 1 == 1).fold(0, |sum, bit| sum ^ matrix[bit])
}

fn matrix_power(step: &Matrix, mut exponent: u32) -> Matrix {
    let mut power: Matrix = std::array::from_fn(|bit| 1 << bit);
    let mut square = *step;
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = power.map(|column| apply(&square, column));
        }
        square = square.map(|column| apply(&square, column));
        exponent >>= 1;
    }
    power
}

/// The order of the step is `2^32 - 1 = 3 * 5 * 17 * 257 * 65537` and no proper divisor of it, so all nonzero states
/// lie on one cycle: an irreducible factor of lesser degree would divide the order into another number.
#[test]
fn the_generator_has_the_full_period() {
    let step: Matrix = std::array::from_fn(|bit| {
        let mut lfsr = Lfsr::new(1 << bit).expect("not zero");
        lfsr.next();
        lfsr.state()
    });
    let identity: Matrix = std::array::from_fn(|bit| 1 << bit);
    assert_eq!(matrix_power(&step, u32::MAX), identity);
    for prime in [3, 5, 17, 257, 65537] {
        assert_ne!(matrix_power(&step, u32::MAX / prime), identity, "period divides (2^32 - 1) / {prime}");
    }
}
