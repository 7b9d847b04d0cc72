//! The 20 patterns in the unit: against golden counts, a plain loop of the contract, and a table measured elsewhere.
#![allow(clippy::unwrap_used)]

mod shell;

use bitspike::patterns::agreement::{Agreement, Bound};
use bitspike::patterns::forms::forms;
use bitspike::patterns::pair::run_pairs;
use bitspike::patterns::study::{Constants, FRACS, Way, WidthRequest, WidthStudy, width_study};
use bitspike::patterns::text::study_csv;
use bitspike::patterns::unit::{UnitChoice, run};
use bitspike_reference::izhikevich::patterns::{PATTERNS, Pattern};
use bitspike_reference::izhikevich::{Recovery, Scheme};
use bitspike_spec::UpdateOrder;
use bitspike_spec::fx::Rounding;
use shell::{bitspike, root};
use std::collections::HashMap;
use std::fs;

/// Letter, and a column of the golden parameters, which Brian2 and a plain float64 loop made.
fn golden(column: &str) -> HashMap<char, String> {
    let path = root().join("crates/bitspike-reference/tests/data/izh20_params.csv");
    let text = fs::read_to_string(path).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let index = rows[0].iter().position(|name| *name == column).unwrap();
    rows[1..].iter().map(|row| (row[0].chars().next().unwrap(), row[index].to_owned())).collect()
}

#[test]
fn the_float_side_has_the_golden_spikes() {
    for (update, column) in
        [(UpdateOrder::Sequential, "spike_steps_seq"), (UpdateOrder::Simultaneous, "spike_steps_sim")]
    {
        let golden = golden(column);
        let pairs = run_pairs(&UnitChoice { update, ..UnitChoice::default() });
        assert_eq!(pairs.len(), 20);
        for pair in pairs {
            let letter = pair.pattern.letter;
            if let Some(steps) = golden.get(&letter) {
                let found: Vec<String> = pair.float.spikes.iter().map(u64::to_string).collect();
                assert_eq!(found.join(" "), *steps, "{letter} {update}");
            }
        }
    }
}

/// Three of the seven patterns without golden steps have golden counts: in the order of the script, and of Brian2's method `euler`.
#[test]
fn the_float_side_has_the_golden_counts() {
    for (index, update) in [UpdateOrder::Sequential, UpdateOrder::Simultaneous].into_iter().enumerate() {
        let pairs = run_pairs(&UnitChoice { update, ..UnitChoice::default() });
        for (letter, counts) in [('D', [6, 7]), ('N', [7, 11]), ('T', [12, 390])] {
            let pair = pairs.iter().find(|pair| pair.pattern.letter == letter).unwrap();
            assert_eq!(pair.agreement.float_spikes, counts[index], "{letter} {update}");
        }
    }
}

/// Where the plain loop below keeps the inner product of the polynomial.
#[derive(Clone, Copy, PartialEq)]
enum Inner {
    /// In the format of the states: the contract.
    State,
    /// In the format of the constants.
    Constant,
}

/// `x / 2^by` by division, without the shifts of `fx`.
fn divided(x: i128, by: u32, rounding: Rounding) -> i128 {
    let unit = 1_i128 << by;
    let (below, rest) = (x.div_euclid(unit), x.rem_euclid(unit));
    let up = match rounding {
        Rounding::Floor => false,
        Rounding::TowardZero => x < 0 && rest != 0,
        Rounding::HalfUp => 2 * rest >= unit,
        Rounding::HalfEven => 2 * rest > unit || (2 * rest == unit && below % 2 != 0),
        Rounding::Stochastic => panic!("the plain loop has no random words"),
    };
    below + i128::from(up)
}

/// The sequential order of the contract, form `multiplier`, written again with plain integers that never overflow.
fn plain(pattern: &Pattern, (frac, constant_frac): (u32, u32), rounding: Rounding, inner: Inner) -> Vec<u64> {
    let raw = |value: f64, frac: u32| (value * f64::from(frac).exp2()).round_ties_even() as i128;
    let (state, constant) = (|value| raw(value, frac), |value| raw(value, constant_frac));
    let by_constant = |x| divided(x, constant_frac, rounding);
    let p = &pattern.parameters;
    let (k2, a, b, dt) = (constant(0.04), constant(p.a * pattern.dt), constant(p.b), pattern.dt);
    let (mut v, mut u) = (state(pattern.v0), state(pattern.u0));
    let mut spikes = Vec::new();
    for step in 0..pattern.steps {
        let parabola = match inner {
            Inner::State => divided((by_constant(k2 * v) + state(p.k1)) * v, frac, rounding),
            Inner::Constant => by_constant((divided(k2 * v, frac, rounding) + constant(p.k1)) * v),
        };
        let slope = parabola + state(p.k0) - u + state(pattern.current(step));
        // A time step of a power of two is one in either format; half a shift rounds as the product does.
        v += if dt.log2().fract() == 0.0 {
            divided(slope, -dt.log2() as u32, rounding)
        } else {
            by_constant(constant(dt) * slope)
        };
        let e = match p.recovery {
            Recovery::Decaying => by_constant(b * v) - u,
            Recovery::Undamped => by_constant(b * (v - state(-65.0))),
        };
        u += by_constant(a * e);
        if v > state(p.threshold) {
            spikes.push(step as u64);
            (v, u) = (state(p.c), u + state(p.d));
        }
    }
    spikes
}

#[test]
fn the_unit_fires_as_a_plain_loop_of_the_contract_does() {
    for rounding in [Rounding::Floor, Rounding::TowardZero, Rounding::HalfUp, Rounding::HalfEven] {
        for (frac, constant_frac) in [(8, 8), (10, 32), (17, 21), (20, 32), (28, 28), (30, 32)] {
            let choice = UnitChoice { frac, constant_frac, rounding, ..UnitChoice::default() };
            for pattern in &PATTERNS {
                let unit = run(&choice, pattern, &choice.inputs(pattern));
                let expected = plain(pattern, (frac, constant_frac), rounding, Inner::State);
                // The plain loop has no width to overflow.
                assert_eq!((unit.spikes, unit.saturations), (expected, 0), "{} {choice:?}", pattern.letter);
            }
        }
    }
}

fn float_spikes(pattern: &Pattern) -> Vec<u64> {
    pattern.spike_steps(Scheme::Sequential).unwrap().into_iter().map(|step| step as u64).collect()
}

fn tally(spikes: impl Fn(&Pattern) -> Vec<u64>) -> Counts {
    let agreements = PATTERNS.each_ref().map(|p| Agreement::of(p, &float_spikes(p), &spikes(p)));
    let meet = |bound| agreements.iter().filter(|a| a.meets(bound)).count();
    (meet(Bound::Exact), meet(Bound::Count))
}

/// Patterns of 20 that are exact, and that have as many spikes.
type Counts = (usize, usize);

/// A width study of 2026 by an integer model in Python: fraction bits; constants of 32, to nearest; constants of 32, truncated.
const MEASURED: [(u32, Counts, Counts); 9] = [
    (8, (7, 16), (2, 10)),
    (10, (10, 20), (5, 15)),
    (12, (12, 18), (5, 18)),
    (14, (14, 20), (9, 18)),
    (16, (19, 20), (9, 18)),
    (18, (19, 20), (13, 18)),
    (20, (19, 20), (17, 19)),
    (24, (19, 20), (19, 20)),
    (28, (19, 20), (19, 20)),
];

#[test]
fn the_table_measured_elsewhere_comes_from_an_inner_product_in_the_format_of_the_constants() {
    for (frac, nearest, truncated) in MEASURED {
        let of = |rounding| tally(|pattern| plain(pattern, (frac, 32), rounding, Inner::Constant));
        assert_eq!((of(Rounding::HalfUp), of(Rounding::Floor)), (nearest, truncated), "{frac} fraction bits");
    }
}

fn study() -> WidthStudy {
    width_study(&WidthRequest::default())
}

#[test]
fn from_28_bits_on_every_pattern_but_the_chaotic_one_is_exact() {
    let study = study();
    for row in study.rows.iter().filter(|row| row.frac >= 28) {
        assert!(row.agreement.is_exact() || row.pattern == 'H', "{row:?}");
        assert!(row.agreement.has_same_count(), "{row:?}");
    }
}

#[test]
fn the_study_shows_what_rounding_and_constants_cost() {
    let study = study();
    let least = |constants, rounding| {
        let way = Way { constants, rounding };
        FRACS.into_iter().find(|&frac| study.tally(way, frac).exact == 19).unwrap()
    };
    let separate = |rounding| least(Constants::Separate, rounding);
    // Each rounding of a product is off by half a unit at most to nearest, by one at most otherwise, and with a bias then.
    assert!(separate(Rounding::HalfEven) + 4 <= separate(Rounding::Floor), "rounding to nearest saves 4 bits");
    assert!(
        separate(Rounding::HalfEven) + 8 <= least(Constants::Same, Rounding::HalfEven),
        "constants need 8 bits more"
    );
    assert!(study.all_smallest(Bound::Count).iter().any(|smallest| !smallest.is_monotone()), "not monotone");
    let hidden = study.rows.iter().filter(|row| row.agreement.has_same_count());
    assert!(hidden.filter_map(|row| row.agreement.largest_error_ms).any(|error| error > 50.0), "counts hide errors");
}

#[test]
fn smallest_widths_are_those_of_the_rows() {
    let study = study();
    let way = study.ways[0];
    let smallest = study.smallest('D', way, Bound::Exact);
    let exact: Vec<u32> =
        study.of_way(way).filter(|row| row.pattern == 'D' && row.agreement.is_exact()).map(|row| row.frac).collect();
    assert_eq!(smallest.first, exact.first().copied());
    assert_eq!(exact, [20, 22, 26, 28, 30], "the width of everything at which phasic bursting is lost again is 24");
    assert_eq!((smallest.first, smallest.always), (Some(20), Some(26)));
    assert_eq!(study.smallest('H', way, Bound::Exact).first, None);
}

#[test]
fn stochastic_rounding_depends_on_its_seed_alone() {
    let request = |seed| WidthRequest { roundings: vec![Rounding::Stochastic], seed, ..WidthRequest::default() };
    assert_eq!(width_study(&request(1)), width_study(&request(1)));
    assert_ne!(width_study(&request(1)).rows, width_study(&request(2)).rows);
}

#[test]
fn more_segments_and_digits_keep_more_patterns() {
    let rows = forms(&UnitChoice::default());
    let row = |name: &str| rows.iter().find(|row| row.name == name).unwrap();
    let near = |segments: u32, digits: u32| row(&format!("shift_add, segment_bits {segments}, digits {digits}")).near;
    assert_eq!(row("multiplier").exact, 19);
    let chosen = row("shift_add, segment_bits 3, digits 4");
    assert!(chosen.exact < chosen.near && chosen.near < chosen.count, "{chosen:?}");
    assert_eq!(chosen.wrong.len(), 20 - chosen.count);
    assert!(near(1, 1) < near(3, 4) && near(3, 2) < near(3, 4) && near(1, 4) < near(4, 4));
    assert!(row("four pieces, float").count > row("two pieces, float").count);
    assert!(chosen.count > row("four pieces, float").count);
}

/// Names of the elements of an XML text, each closed in its turn.
fn elements(xml: &str) -> Vec<String> {
    let (mut open, mut found) = (Vec::new(), Vec::new());
    for tag in xml.split('<').skip(1).map(|rest| rest.split_once('>').unwrap().0) {
        let name = |tag: &str| tag.split([' ', '/']).next().unwrap().to_owned();
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(closed));
            continue;
        }
        found.push(tag.to_owned());
        if !tag.ends_with('/') {
            open.push(name(tag));
        }
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    found
}

#[test]
fn the_figure_has_twenty_panels_with_both_traces() {
    let folder = tempfile::tempdir().unwrap();
    let call = bitspike(folder.path(), &["patterns", "--json"]);
    assert_eq!(call.code, Some(0), "{}", call.all());
    let svg = fs::read_to_string(folder.path().join("out/patterns.svg")).unwrap();
    let elements = elements(&svg);
    let of_class = |class: &str| elements.iter().filter(|tag| tag.contains(&format!("class=\"{class}\""))).count();
    assert_eq!(of_class("panel"), 20);
    // One more of each in the legend.
    assert_eq!([of_class("float"), of_class("fixed"), of_class("input")], [21; 3]);
    assert_eq!((of_class("good"), of_class("bad")), (19, 1), "all but the chaotic pattern");
    let json = call.json();
    assert_eq!(json["patterns"].as_array().unwrap().len(), 20);
    assert_eq!(json["files"].as_array().unwrap().len(), 3);
    let png = fs::read(folder.path().join("out/patterns.png")).unwrap();
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let page = fs::read_to_string(folder.path().join("out/patterns.html")).unwrap();
    assert!(page.contains("<svg") && page.contains("inhibition induced bursting"));
}

/// The pictures of the book are those the commands of its pages draw.
#[test]
fn the_pictures_of_the_book_are_drawn_by_the_commands() {
    let pictures = [
        ("patterns", "patterns.svg", "tutorial/patterns.svg"),
        ("study widths", "widths.svg", "reference/width-study.svg"),
    ];
    for (command, drawn, shown) in pictures {
        let folder = tempfile::tempdir().unwrap();
        bitspike(folder.path(), &command.split(' ').collect::<Vec<_>>());
        let path = root().join("docs/src").join(shown);
        let drawn = fs::read_to_string(folder.path().join("out").join(drawn)).unwrap();
        assert!(
            fs::read_to_string(&path).unwrap() == drawn,
            "{}: draw it again with `bitspike {command}`",
            path.display()
        );
        assert!(drawn.len() < 300_000);
    }
}

#[test]
fn a_study_leaves_one_line_for_each_run() {
    let folder = tempfile::tempdir().unwrap();
    let call = bitspike(folder.path(), &["study", "widths", "--roundings", "floor,floor", "--bound", "ms=1", "--json"]);
    assert_eq!(call.code, Some(0), "{}", call.all());
    let json = call.json();
    assert_eq!(json["rows"].as_array().unwrap().len(), 20 * 12 * 2, "a rounding named twice is tried once");
    let csv = fs::read_to_string(folder.path().join("out/widths.csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + 20 * 12 * 2);
    assert!(csv.lines().all(|line| line.split(',').count() == 12));
    let request = WidthRequest { roundings: vec![Rounding::Floor], ..WidthRequest::default() };
    assert_eq!(csv, study_csv(&width_study(&request)));
    let first =
        json["smallest"].as_array().unwrap().iter().find(|s| s["pattern"] == "Q" && s["constants"] == "separate");
    assert_eq!(first.unwrap()["first"], 8);
}

/// Four neurons of a core, driven by events: the spikes of the paper's script up to the end of each panel.
#[test]
fn the_example_core_fires_in_the_golden_steps() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| root().join("examples/izhikevich_patterns").join(name).display().to_string();
    let call = bitspike(folder.path(), &["run", &path("core.toml"), "--stimulus", &path("stimulus.toml")]);
    assert_eq!(call.code, Some(0), "{}", call.all());
    let csv = fs::read_to_string(folder.path().join("out/spikes.csv")).unwrap();
    let golden = golden("spike_steps_seq");
    for (neuron, letter) in ['A', 'C', 'E', 'F'].into_iter().enumerate() {
        let steps = Pattern::of(letter).unwrap().steps;
        let of_neuron = |line: &str| {
            let (step, index) = (line.split(',').next()?.parse::<usize>().ok()?, line.rsplit(',').next()?);
            (index == neuron.to_string() && step < steps).then(|| step.to_string())
        };
        let found: Vec<String> = csv.lines().filter_map(of_neuron).collect();
        assert_eq!(found.join(" "), golden[&letter], "{letter}");
    }
}
