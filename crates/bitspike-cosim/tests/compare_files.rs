//! Two waveform files, and the views of their divergence.

use std::path::PathBuf;

use bitspike_cosim::compare::views::{SideNames, write_views};
use bitspike_cosim::compare::{
    CompareOptions, Divergence, DivergenceKind, ScopePair, Verdict, WaveformComparison, WaveformOptions,
    compare_waveforms,
};
use bitspike_cosim::waveform::{Sampling, WaveformError, open_waveform};

struct Scratch(tempfile::TempDir);

impl Scratch {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a scratch folder"))
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).expect("a scratch file");
        path
    }
}

/// Four edges at 5, 15, 25, 35; `v` before them is `values`. Declaration order, ids and aliases as one tool writes them.
fn tool_a(values: [&str; 4]) -> String {
    let header = "$timescale 1ns $end $scope module tb $end $var wire 1 ! clk $end $scope module u_a $end
$var wire 1 ! clk_i $end $var wire 4 \" v $end $var wire 1 # go $end $var real 64 % volts $end $upscope $end $upscope $end
$enddefinitions $end\n";
    let [a, b, c, d] = values;
    format!("{header}#0 0! b{a} \" 1# r0.5 % #5 1! b{b} \" #10 0! #15 1! b{c} \" #20 0! #25 1! b{d} \" #30 0! #35 1!\n")
}

/// The same run as another tool writes it: other order, other ids, another instance name, changes at other times of the cycle.
fn tool_b(values: [&str; 4]) -> String {
    let header = "$timescale 1ns $end $scope module tb $end $scope module u_b $end
$var wire 1 a go $end $var wire 4 b v [3:0] $end $var wire 1 c clk_i $end $upscope $end $upscope $end
$enddefinitions $end\n";
    let [v0, v1, v2, v3] = values;
    format!(
        "{header}#0 0c 1a b{v0} b #5 1c #7 b{v1} b #10 0c #15 1c #17 b{v2} b #20 0c #25 1c #27 b{v3} b #30 0c #35 1c\n"
    )
}

fn options(left: &str, right: &str) -> WaveformOptions {
    let sampling = Sampling::RisingEdge { clock: "clk_i".into(), condition: None };
    WaveformOptions {
        scopes: ScopePair { left: left.into(), right: right.into() },
        sampling,
        compare: CompareOptions::default(),
    }
}

fn compare(left: &str, right: &str, options: &WaveformOptions) -> Result<WaveformComparison, WaveformError> {
    let scratch = Scratch::new();
    compare_waveforms(&scratch.file("left.vcd", left), &scratch.file("right.vcd", right), options)
}

fn divergence(left: &str, right: &str, options: &WaveformOptions) -> Divergence {
    match compare(left, right, options).expect("comparable").verdict {
        Verdict::Divergence(divergence) => *divergence,
        Verdict::Agreement(agreement) => panic!("{agreement}"),
    }
}

#[test]
fn another_tool_and_another_instance_name_agree_by_clock() {
    let values = ["1", "10", "111", "1000"];
    let found = compare(&tool_a(values), &tool_b(values), &options("u_a", "tb.u_b")).expect("comparable");
    let Verdict::Agreement(agreement) = &found.verdict else { panic!("{}", found.verdict) };
    assert_eq!((agreement.records, agreement.signals), (4, 3));
    assert_eq!(found.skipped, ["volts"]);
    let names: Vec<&str> = found.signals.iter().map(|signal| signal.name.as_str()).collect();
    assert_eq!(names, ["clk_i", "go", "v"]);
}

#[test]
fn the_first_difference_is_named() {
    let found = divergence(&tool_a(["1", "10", "111", "0"]), &tool_b(["1", "10", "11x", "1"]), &options("u_a", "u_b"));
    assert_eq!((found.kind, found.left_cycle, found.left_time, found.right_time), (DivergenceKind::Values, 2, 25, 25));
    let first = found.first().expect("v differs");
    assert_eq!(
        (first.name.as_str(), first.left.to_string(), first.right.to_string()),
        ("v", "4'h7".into(), "4'b011x".into())
    );
}

#[test]
fn by_time_the_moment_of_a_change_counts() {
    let values = ["1", "10", "111", "1000"];
    let by_time = WaveformOptions { sampling: Sampling::EveryTime, ..options("u_a", "u_b") };
    assert_eq!(divergence(&tool_a(values), &tool_b(values), &by_time).left_time, 5);
    let same = compare(&tool_a(values), &tool_a(values), &options("u_a", "u_a")).expect("comparable");
    assert!(matches!(same.verdict, Verdict::Agreement(_)));
}

#[test]
fn errors_name_the_signals() {
    let values = ["1"; 4];
    let extra = tool_b(values).replace("$var wire 1 c clk_i", "$var wire 2 d extra $end $var wire 1 c clk_i");
    let error = compare(&tool_a(values), &extra, &options("u_a", "u_b")).expect_err("one-sided").to_string();
    assert_eq!(error, "signals on one side only: only right: extra");
    let mut ignoring = options("u_a", "u_b");
    ignoring.compare.ignore = vec!["ext*".into()];
    let found = compare(&tool_a(values), &extra, &ignoring).expect("ignored");
    assert_eq!((found.one_sided, matches!(found.verdict, Verdict::Agreement(_))), (vec!["extra".to_string()], true));
    ignoring.compare.ignore.push("nothing".into());
    let error = compare(&tool_a(values), &extra, &ignoring).expect_err("a useless entry").to_string();
    assert!(error.starts_with("option `ignore` names signal `nothing`, which is not recorded"), "{error}");
    let wide = tool_b(values).replace("wire 4 b v [3:0]", "wire 5 b v [4:0]");
    let error = compare(&tool_a(values), &wide, &options("u_a", "u_b")).expect_err("other width").to_string();
    assert_eq!(error, "signal `v (right against left)` has 5 bits, expected 4");
    let by_time = WaveformOptions { sampling: Sampling::EveryTime, ..options("u_a", "u_b") };
    let error =
        compare(&tool_a(values), &tool_b(values).replace("1ns", "1ps"), &by_time).expect_err("units").to_string();
    assert_eq!(
        error,
        "time unit of the left waveform is 1e-9 s, of the right one 1e-12 s; compare by clock, or dump with one unit"
    );
    let no_edges = tool_b(values).replace("1c", "0c");
    let found = divergence(&tool_a(values), &no_edges, &options("u_a", "u_b"));
    assert_eq!(found.kind, DivergenceKind::RightEnded);
}

#[test]
fn views_show_the_window_of_both_sides() {
    let found = divergence(&tool_a(["1", "10", "111", "0"]), &tool_b(["1", "10", "110", "0"]), &options("u_a", "u_b"));
    let scratch = Scratch::new();
    let files = write_views(scratch.0.path(), &found, &SideNames::default()).expect("written");
    let gtkwave = std::fs::read_to_string(&files.gtkwave).expect("readable");
    let expected = format!(
        "[*] written by bitspike\n[dumpfile] \"both.vcd\"\n[timestart] 0\n*-5.000000 20{}\n@200\n-v (differs)\n@22\n\
         [color] 1\nmodel.v[3:0]\n[color] 1\nrtl.v[3:0]\n@28\ndiffers.v\n@200\n-clk_i\n@28\nmodel.clk_i\nrtl.clk_i\n@28\n\
         differs.clk_i\n@200\n-go\n@28\nmodel.go\nrtl.go\n@28\ndiffers.go\n",
        " -1".repeat(26)
    );
    assert_eq!(gtkwave, expected);
    let surfer = std::fs::read_to_string(&files.surfer).expect("readable");
    let expected = "load_file both.vcd
divider_add v_differs\nvariable_add model.v\nvariable_add rtl.v\nvariable_add differs.v
divider_add clk_i\nvariable_add model.clk_i\nvariable_add rtl.clk_i\nvariable_add differs.clk_i
divider_add go\nvariable_add model.go\nvariable_add rtl.go\nvariable_add differs.go
marker_set divergence 20\ncursor_set 20\nzoom_fit\n";
    assert_eq!(surfer, expected);
    let names: Vec<String> =
        open_waveform(&files.merged).expect("VCD").hierarchy().variables().iter().map(|v| v.name.clone()).collect();
    let expected = [
        "model.clk_i",
        "model.go",
        "model.v",
        "rtl.clk_i",
        "rtl.go",
        "rtl.v",
        "differs.clk_i",
        "differs.go",
        "differs.v",
    ];
    assert_eq!(names, expected);
    let merged = std::fs::read_to_string(&files.merged).expect("readable");
    let (_, body) = merged.split_once("$enddefinitions $end\n").expect("a body");
    let row = |time: u32, v: [&str; 2], differs: u32| {
        format!("#{time}\n0!\n0$\n0'\n1\"\n1%\n0(\nb{} #\nb{} &\n{differs})\n", v[0], v[1])
    };
    let expected =
        [row(0, ["0001"; 2], 0), row(10, ["0010"; 2], 0), row(20, ["0111", "0110"], 1), row(30, ["0000"; 2], 0)];
    assert_eq!(body, expected.concat() + "#40\n");
}
