//! From weights to the files of the hand-over.

use bitspike_device::adc::{AdcConfig, AdcRange};
use bitspike_device::config::EpochConfig;
use bitspike_device::effects::read_noise::ReadNoiseConfig;
use bitspike_device::files::{Manifest, Role, hand_over};
use bitspike_device::ir_drop::{Network, ReadMode, Settings, Wires};
use bitspike_device::mapping::Mapping;
use bitspike_device::mvm::Slice;
use bitspike_device::{ArrayConfig, ProgrammedArray, WeightMatrix, characterise, program, program_with_threads};
use sha2::{Digest, Sha256};
use std::num::NonZeroUsize;

const EVERYTHING: &str = r#"
    device = "everything"
    stuck = { low = 0.02, high = 0.05, open = 0.01, word_line = 0.01, bit_line = 0.01 }
    spread = { sigma = { fit = "hfox_wan_1s" } }
    write_verify = { tolerance = 2e-6, gain = 0.7, sigma_pulse = 2e-6, sigma_read = 5e-7, max_pulses = 20 }
    relaxation = { sigma = { relative = 0.02 } }
    endurance = { cycles = 1e5, scale = 1e6, shape = 1.5, closure_per_decade = 0.01 }
    drift = { power_law = { nu_mean = 0.05, nu_sigma = 0.01, t0 = 1.0 } }
    telegraph = { amplitude = 0.05, amplitude_sigma = 0.3, tau_0 = 1.0, tau_1 = 2.0, read_interval = 0.1 }
    temperature = { activation_energy = 1.1 }
    read_noise = { relative = 0.01 }
    flicker = "cmo_hfox"
    nonlinear = { sinh = 2.0 }
    wires = { r_wl = 1.0, r_bl = 0.5, tolerance = 1e-12 }
    epochs = [{ seconds = 1.0 }, { seconds = 1e4, kelvin = 358.15, at_cycle = 100000 }]
    adc = { share_gain = 0.02, offset_lsb = 0.7, range = { percentile = 99.0 } }
"#;

fn config(text: &str) -> ArrayConfig {
    toml::from_str(text).expect("good TOML")
}

fn matrix(word_lines: u32, bit_lines: u32) -> WeightMatrix {
    let weight = |k: u32| f64::from(k * 7919 % 31) - 15.0;
    WeightMatrix { word_lines, bit_lines, weights: (0..word_lines * bit_lines).map(weight).collect() }
}

/// Of the images; the manifest has the hash of the configuration, which a new key changes.
fn digest(array: &ProgrammedArray) -> String {
    let (_, mut files) = hand_over(array).expect("finite");
    files.retain(|(name, _)| name != "manifest.json");
    let text: String = files.into_iter().flat_map(|(name, text)| [name, text]).collect();
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The same bytes from any number of threads, and the bytes that debug and release builds gave when this was written: a
/// changed digest means that stored seeds no longer give the arrays they gave.
#[test]
fn all_effects_together_give_the_same_bytes_everywhere() {
    let (weights, config) = (matrix(12, 9), config(EVERYTHING));
    let one = program(&weights, &config, 2026).expect("valid");
    for threads in [2, 8] {
        let threads = NonZeroUsize::new(threads).expect("above 0");
        assert_eq!(program_with_threads(&weights, &config, (2026, threads)).expect("valid"), one);
    }
    assert_ne!(digest(&program(&weights, &config, 2027).expect("valid")), digest(&one));
    assert_eq!(digest(&one), "01f0400597dfc79d733c26f20b00243ffc909d79393d8b6fb4b20712fe5f9ee1");
}

/// Each effect alone changes what it says it changes; without it the bytes are those of the ideal device.
#[test]
fn each_effect_is_on_or_off_alone() {
    let weights = matrix(40, 30);
    let ideal = program(&weights, &ArrayConfig::default(), 5).expect("valid");
    let image = |array: &ProgrammedArray| array.epochs[0].image.clone();
    let fixed = format!("i_lsb = {:e}\n", ideal.i_lsb);
    for line in EVERYTHING.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("device")) {
        let key = line.split(' ').next().expect("a key");
        let array = program(&weights, &config(&format!("{fixed}{line}")), 5).expect("valid");
        let same_codes = array.epochs[0]
            .image
            .slices()
            .iter()
            .zip(ideal.epochs[0].image.slices())
            .all(|(a, b)| (&a.plus, &a.minus) == (&b.plus, &b.minus));
        match key {
            // Without a spread to correct, or drift to accelerate, nothing happens at the first epoch.
            "temperature" | "epochs" => assert_eq!(image(&array), image(&ideal), "{key}"),
            "read_noise" | "flicker" => {
                assert!(same_codes, "{key}");
                assert_ne!(image(&array), image(&ideal), "{key}");
            }
            "adc" => {
                assert_eq!(image(&array), image(&ideal), "{key}");
                assert_ne!(array.adcs, ideal.adcs, "{key}");
            }
            // Its first epoch is the start of the drift.
            "drift" => assert!(same_codes, "{key}"),
            _ => assert!(!same_codes, "{key}"),
        }
    }
}

#[test]
fn drift_goes_on_from_epoch_to_epoch_and_heat_speeds_it_up() {
    let text = r#"
        drift = { power_law = { nu_mean = 0.05, nu_sigma = 0.01, t0 = 1.0 } }
        epochs = [{ seconds = 1.0 }, { seconds = 1e4, at_cycle = 10 }, { seconds = 1e5, at_cycle = 20 }]
    "#;
    let weights = matrix(10, 10);
    let cold = program(&weights, &config(text), 3).expect("valid");
    let plus = |array: &ProgrammedArray, epoch: usize| array.epochs[epoch].image.slices()[0].plus.clone();
    for k in 0..100 {
        let codes = [0, 1, 2].map(|epoch| plus(&cold, epoch)[k]);
        assert!(codes[0] >= codes[1] && codes[1] >= codes[2], "{codes:?}");
    }
    let hot = text.replace("1e4,", "1e4, kelvin = 358.15,") + "\ntemperature = { activation_energy = 1.1 }";
    let hot = program(&weights, &config(&hot), 3).expect("valid");
    let sum = |array: &ProgrammedArray| plus(array, 1).iter().map(|&c| u32::from(c)).sum::<u32>();
    assert!(sum(&hot) < sum(&cold));
    assert_eq!(plus(&hot, 0), plus(&cold, 0));
    assert_eq!(hot.epochs[2].epoch, EpochConfig { seconds: 1e5, kelvin: 298.15, at_cycle: 20 });
}

/// Every sum of codes is within half an LSB for each active word line of what a solve of the network says.
#[test]
fn codes_hold_the_wires() {
    let wires = Wires::new(2.0, 2.0);
    let weights = matrix(32, 16);
    for code_bits in 6..=12 {
        let base = ArrayConfig { code_bits, read_mode: ReadMode::Analogue, ..ArrayConfig::default() };
        let array = program(&weights, &ArrayConfig { wires: Some(wires.clone()), ..base }, 1).expect("valid");
        let g = array.devices.planes[1].devices.iter().map(|device| device.g() * 1e-6).collect();
        let network = Network::new(&wires, 16, g).expect("valid");
        let inputs: Vec<Option<f64>> = (0..32).map(|i| (i % 3 == 0).then_some(0.2)).collect();
        let currents = network.solve(&inputs, Settings::default()).expect("converges").currents;
        let minus = &array.epochs[0].image.slices()[0].minus;
        for (j, current) in currents.iter().enumerate() {
            let sum: f64 = (0..32).step_by(3).map(|i| f64::from(minus[i * 16 + j])).sum();
            assert!((sum - current / array.i_lsb).abs() < 0.5 * 11.0 + 1e-6, "{code_bits} {j}: {sum}");
        }
    }
}

#[test]
fn variance_codes_are_the_squares_of_the_noise() {
    let read_noise = Some(ReadNoiseConfig { relative: 0.02, absolute: 1e-7 });
    let array = program(&matrix(6, 5), &ArrayConfig { read_noise, ..ArrayConfig::default() }, 1).expect("valid");
    let image = &array.epochs[0].image;
    let lsb = 2.0_f64.powi(-(image.variance_shift() as i32));
    let planes = &array.devices.planes;
    for (k, &code) in image.slices()[0].variance.iter().enumerate() {
        let one = |plane: usize| {
            let g = planes[plane].devices[k].g() * 1e-6;
            ((0.02 * g).powi(2) + 1e-14) * (0.2 / array.i_lsb).powi(2)
        };
        assert!((f64::from(code) * lsb - one(0) - one(1)).abs() <= 0.5001 * lsb, "{k}: {code}");
    }
    let largest = image.slices()[0].variance.iter().max().expect("cells");
    assert!((1024..4096).contains(largest), "twelve bits are used to a factor 4: {largest}");
}

#[test]
fn a_fixed_lsb_clamps_and_counts() {
    let free = program(&matrix(6, 5), &ArrayConfig::default(), 1).expect("valid");
    let i_lsb = Some(free.i_lsb / 2.0);
    let clamped = program(&matrix(6, 5), &ArrayConfig { i_lsb, ..ArrayConfig::default() }, 1).expect("valid");
    let codes = |array: &ProgrammedArray| array.epochs[0].image.slices()[0].plus.clone();
    let above = |codes: &[u16]| codes.iter().filter(|&&c| c > 512).count() as u64;
    let minus = &free.epochs[0].image.slices()[0].minus;
    assert_eq!(clamped.epochs[0].clamped, above(&codes(&free)) + above(minus));
    assert!(codes(&clamped).contains(&1023));
}

/// An ideal array with a granular converter returns the sums of the integer weights: half an LSB of rounding for each
/// device, 2 x 0.5 x 12 rows, is far below half a level (133 codes).
#[test]
fn an_ideal_array_computes_integers() {
    let weights = matrix(12, 8);
    for (mapping, levels) in [(Mapping::OneSided, 16), (Mapping::TwoSided, 16), (Mapping::Offset, 32)] {
        let adc = AdcConfig { range: AdcRange::Granular, bits: 12, ..AdcConfig::default() };
        let scale = Some(1.0);
        let base = ArrayConfig { mapping, levels, scale, adc, code_bits: 12, ..ArrayConfig::default() };
        let array = program(&weights, &base, 1).expect("valid");
        let image = &array.epochs[0].image;
        let slice = Slice::new(image, &image.slices()[0]);
        let mut acc = vec![0; 8];
        let active = [0, 2, 3, 7, 8, 11];
        slice.event_sums(&active, &mut acc);
        for (j, &acc) in acc.iter().enumerate() {
            let sum: f64 = active.iter().map(|&i| weights.weights[i as usize * 8 + j]).sum();
            assert_eq!(f64::from(array.adcs[0].convert(j, i64::from(acc))), sum, "{mapping:?} {j}");
        }
    }
}

#[test]
fn slices_add_up_to_the_weight() {
    let base =
        ArrayConfig { mapping: Mapping::BitSliced, levels: 4, slices: 2, scale: Some(1.0), ..ArrayConfig::default() };
    let weights = matrix(9, 7);
    let array = program(&weights, &base, 1).expect("valid");
    let unit = 1023.0 * (39.0 / 40.0) / 3.0;
    let image = array.epochs[0].image.event_image().expect("fits");
    for (code, weight) in image.codes().iter().zip(&weights.weights) {
        // Two devices of half an LSB in slice 0 and in slice 1, which counts four times.
        assert!((f64::from(*code) - unit * weight).abs() <= 5.0, "{code} {weight}");
    }
}

/// Noise of 0.1 g on 32 active devices of each sign of about 20 µS, in levels of 2.6 µS: some 5 levels.
#[test]
fn read_noise_shows_in_the_sums_after_the_converters_only() {
    let found = |text: &str| characterise(&matrix(64, 30), &config(text), (4, NonZeroUsize::MIN)).expect("valid").1.mvm;
    let quiet = found("adc = { bits = 12 }");
    let noisy = "adc = { bits = 12 }\nread_noise = { relative = 0.1 }";
    // A deviation of 0.1 g is 102 LSB at g_max, whose square does not fit in twelve bits: said, not passed over.
    assert!(program(&matrix(64, 30), &config(noisy), 4).expect("valid").epochs[0].clamped > 0);
    let noisy = found(&format!("{noisy}\nvariance_bits = 16"));
    for (quiet, noisy) in quiet.iter().zip(&noisy) {
        assert_eq!(quiet.array, noisy.array);
        assert!(noisy.converted.deviation > 5.0 * quiet.converted.deviation, "{noisy:?}");
    }
    // Mean square of the conductances, from the weights themselves: each noise is independent.
    let g = |level: f64| 1.0 + 2.6 * level;
    let square = |w: &f64| g(w.abs()).powi(2) + g(0.0).powi(2);
    let weights = matrix(64, 30).weights;
    let mean = weights.iter().map(square).sum::<f64>() / weights.len() as f64;
    let expected = 0.1 * (0.5 * 64.0 * mean).sqrt() / 2.6;
    let deviation = noisy[2].converted.deviation;
    assert!((deviation / expected - 1.0).abs() < 0.1, "{deviation} {expected}");
}

#[test]
fn converter_ranges() {
    let weights = matrix(64, 8);
    let clamps = |range: AdcRange| {
        let adc = AdcConfig { range, profile_density: 0.2, ..AdcConfig::default() };
        let base = ArrayConfig { adc, ..ArrayConfig::default() };
        let (_, found) = characterise(&weights, &base, (4, NonZeroUsize::MIN)).expect("valid");
        let mvm = found.mvm.iter().find(|mvm| mvm.density == 0.2).expect("measured");
        (mvm.clamped, mvm.converted.deviation)
    };
    let (max, percentile) = (clamps(AdcRange::Max), clamps(AdcRange::Percentile(90.0)));
    assert_eq!(max.0, 0.0);
    // One in ten of the profiled sums lies beyond: 512 conversions, a standard error of 0.013, correlated between lines.
    assert!((percentile.0 - 0.1).abs() < 0.06, "{percentile:?}");
    assert!(clamps(AdcRange::Percentile(100.0)).1 < max.1, "a narrower range has finer codes");
}

/// Blocks of 2 of 5 word lines, one bit line of 1, -15, 15, 15, 2: the second block has the largest sum, 30 levels of 66.5 codes.
#[test]
fn the_range_of_a_converter_is_that_of_a_block() {
    let weights = WeightMatrix { word_lines: 5, bit_lines: 1, weights: vec![1.0, -15.0, 15.0, 15.0, 2.0] };
    let gain = |rows_per_read: Option<u32>| {
        let base = ArrayConfig { rows_per_read, ..ArrayConfig::default() };
        let adc = program(&weights, &base, 1).expect("valid").adcs.remove(0);
        f64::from(adc.multipliers[0]) / 2.0_f64.powi(adc.shift as i32) * 2.6 / 40.0 * 1023.0
    };
    for (rows, sum) in [(Some(2), 30.0), (None, 33.0), (Some(5), 33.0), (Some(1), 15.0), (Some(4), 31.0)] {
        // Codes are whole: half a code for each of up to ten devices in 30 levels.
        assert!((gain(rows) / (128.0 / sum) - 1.0).abs() < 5.0 / (66.5 * 15.0), "{rows:?}");
    }
    let percentile = ArrayConfig {
        rows_per_read: Some(1),
        adc: AdcConfig { range: AdcRange::Percentile(100.0), profile_density: 1.0, ..AdcConfig::default() },
        ..ArrayConfig::default()
    };
    let one = program(&weights, &percentile, 1).expect("valid").adcs.remove(0);
    let whole = ArrayConfig { rows_per_read: None, ..percentile };
    let all = program(&weights, &whole, 1).expect("valid").adcs.remove(0);
    let ratio = f64::from(one.multipliers[0]) / f64::from(all.multipliers[0])
        * 2.0_f64.powi(all.shift as i32 - one.shift as i32);
    assert!((ratio / (18.0 / 15.0) - 1.0).abs() < 0.01, "18 together, 15 alone: {ratio}");
}

#[test]
fn the_hand_over_can_be_read_back_and_checked() {
    let array = program(&matrix(12, 9), &config(EVERYTHING), 2026).expect("valid");
    let (manifest, files) = hand_over(&array).expect("finite");
    let content = |name: &str| &files.iter().find(|(n, _)| n == name).expect("listed").1;
    let back: Manifest = serde_json::from_str(content("manifest.json")).expect("JSON");
    assert_eq!((back.seed, &back.adcs, &back.weights_sha256), (2026, &array.adcs, &manifest.weights_sha256));
    assert_eq!(back.epochs[1].epoch.at_cycle, 100_000);
    let mut seen = 1;
    for (number, epoch) in back.epochs.iter().enumerate() {
        let slice = &array.epochs[number].image.slices()[0];
        for file in &epoch.files {
            let text = content(&file.name);
            let hash: String = Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(hash, file.sha256, "{}", file.name);
            let codes: Vec<u16> = text.lines().map(|word| u16::from_str_radix(word, 16).expect("hex")).collect();
            let expected = match file.role {
                Role::Plus => &slice.plus,
                Role::Minus => &slice.minus,
                Role::Variance => &slice.variance,
                Role::Multiplier | Role::Offset => panic!("not of an epoch"),
            };
            assert_eq!(&codes, expected);
            seen += 1;
        }
    }
    for file in &back.adc_files {
        let words: Vec<i32> =
            content(&file.name).lines().map(|w| u32::from_str_radix(w, 16).expect("hex") as i32).collect();
        let expected = if file.role == Role::Offset { &array.adcs[0].offsets } else { &array.adcs[0].multipliers };
        assert_eq!(&words, expected);
        seen += 1;
    }
    assert_eq!(seen, files.len(), "every file is listed");
    let other = ArrayConfig { v_read: 0.21, ..array.config.clone() };
    let other = program(&matrix(12, 9), &other, 2026).expect("valid");
    assert_ne!(hand_over(&other).expect("finite").0.config_sha256, manifest.config_sha256);
}

#[test]
fn an_ideal_array_has_no_errors() {
    let (_, found) = characterise(&matrix(20, 10), &ArrayConfig::default(), (1, NonZeroUsize::MIN)).expect("valid");
    assert_eq!(found.levels.len(), 16);
    assert!(found.levels.iter().all(|level| level.g.deviation < 1e-9 && (level.g.mean - level.target).abs() < 1e-9));
    assert_eq!(found.levels.iter().map(|level| level.g.count).sum::<u64>(), 400);
    assert_eq!((found.pulses, found.stuck, found.ir_drop), (vec![400], 0, vec![]));
    // Rounding of the codes: two devices of half an LSB for each of about 10 active rows, level = 66 LSB.
    assert!(found.mvm.iter().all(|mvm| mvm.array.deviation < 0.1 && mvm.clamped == 0.0));
}

#[test]
fn a_characterisation_shows_each_effect() {
    let text = r#"
        stuck = { high = 0.05 }
        spread = { sigma = { absolute = 4e-6 } }
        write_verify = { tolerance = 1e-6, sigma_pulse = 1e-6 }
        drift = { power_law = { nu_mean = 0.05, nu_sigma = 0.0, t0 = 1.0 } }
        wires = { r_wl = 5.0, r_bl = 5.0 }
        read_mode = "analogue"
        epochs = [{ seconds = 1.0 }, { seconds = 1e4, at_cycle = 9 }]
    "#;
    let (array, found) = characterise(&matrix(40, 30), &config(text), (1, NonZeroUsize::MIN)).expect("valid");
    assert!(found.error_before_verify.deviation > found.error_after_verify.deviation);
    assert!(found.stuck > 60 && found.stuck < 180, "2400 devices, 5 %: {}", found.stuck);
    assert_eq!(found.pulses.iter().sum::<u64>(), 2400);
    assert!(found.pulses.len() == 101, "a stuck device takes every pulse");
    let corner = |i: usize, j: usize| (0..25).map(|k| found.ir_drop[(i + k / 5) * 30 + j + k % 5]).sum::<f64>();
    assert!(corner(0, 25) > 2.0 * corner(35, 0) && corner(35, 0) > 0.0, "most is lost far from driver and ground");
    let at = |seconds: f64, n: usize| found.drift.iter().filter(|p| p.seconds == seconds).nth(n).expect("point").g.mean;
    let level = found.drift.len() / 2 - 2;
    assert!((at(1e4, level) / at(1.0, level) - 1e4_f64.powf(-0.05)).abs() < 0.03, "stuck devices drift no further");
    assert_eq!(found.mvm.len(), 2 * 3);
    assert_eq!(found.adc.len(), array.adcs.len());
    let json = serde_json::to_string(&found).expect("finite");
    assert!(json.contains("\"error_after_verify\""));
}
