#!/bin/sh
# Synthesises one lane (neuron, synapse, no memory) for Xilinx 7 series with Yosys, for each neuron model; prints a table row for each.
# Needs Yosys only; the exit status is 1 if a run failed.

cd "$(dirname "$0")/.." || exit 1

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
sources=$(sed 's#^#hdl/#' hdl/files.f | grep hdl/neuron | tr '\n' ' ')

# area NAME SEMANTICS MODEL MODEL_WIDTHS SYNAPSE: the wrapper's ports are wide enough for any of them.
area() {
  cat >"$work/wrapper.sv" <<END
module wrapper (
  input logic clk, input logic active, input logic time_step, input logic [2:0] cycle, input logic [31:0] v, input logic [31:0] u,
  input logic [255:0] i_syn, input logic [63:0] inputs, input logic [15:0] weight, input logic [32:0] threshold,
  input logic [31:0] leak, input logic [31:0] v_reset, input logic output_enable, input logic [31:0] a, input logic [31:0] b,
  input logic [31:0] u_step, input logic [255:0] i_syn_decay, input logic [67:0] gain, input logic [31:0] k2,
  input logic [31:0] k1, input logic [31:0] k0, input logic [31:0] v_zero, input logic [31:0] dt, input logic [31:0] random,
  output logic [31:0] v_next, output logic [31:0] u_next, output logic [255:0] i_syn_next, output logic [63:0] inputs_next,
  output logic spikes, output logic v_overflow, output logic u_overflow, output logic i_syn_overflow
);
  lane #(
    .VBits(24), .ISynBits(16), .WeightBits(8), .WeightShift(0), .LeakBits(1), .DecayBits(1), .BiasBits(0), .RefractoryBits(0),
    .Semantics($2), .Model($3), .ModelWidths($4), .Synapse($5), .Array(0), .ArrayWidths(0)
  ) u_lane (
    .clk_i(clk), .active_i(active), .time_step_i(time_step), .cycle_i(cycle), .v_i(v), .u_i(u), .i_syn_i(i_syn), .input_i(inputs),
    .refractory_i(1'b0), .weight_i(weight), .threshold_i(threshold), .leak_i(leak), .v_reset_i(v_reset), .bias_i(1'b0),
    .output_enable_i(output_enable), .a_i(a), .b_i(b), .u_step_i(u_step), .i_syn_decay_i(i_syn_decay), .gain_i(gain),
    .refractory_steps_i(1'b0), .k2_i(k2), .k1_i(k1), .k0_i(k0), .v_zero_i(v_zero), .dt_i(dt), .random_i(random), .v_o(v_next),
    .u_o(u_next), .i_syn_o(i_syn_next), .input_o(inputs_next), .refractory_o(), .spikes_o(spikes), .v_overflow_o(v_overflow),
    .u_overflow_o(u_overflow), .i_syn_overflow_o(i_syn_overflow)
  );
endmodule
END
  if ! yosys -q -p "read_verilog -sv -defer -DSYNTHESIS $sources $work/wrapper.sv; hierarchy -check -top wrapper; \
      synth_xilinx -top wrapper -flatten -noiopad -noclkbuf; tee -o $work/stat stat" >"$work/out" 2>&1; then
    failed=$((failed + 1))
    printf 'FAILED %s\n' "$1"
    tail -5 "$work/out"
    return
  fi
  awk -v name="$1" '$1 ~ /^LUT[1-6]$/ { lut += $2 } $1 == "CARRY4" { carry = $2 } $1 ~ /^FD/ { ff += $2 } $1 ~ /^DSP48/ { dsp = $2 }
    END { printf "| %s | %d | %d | %d | %d |\n", name, lut, carry, dsp, ff }' "$work/stat"
}

# Shift leak and shift decay, so that every multiplier is the neuron model's; constants of 18 bits, 14 fraction bits of v.
lif=$((3 | 2 << 2 | 2 << 10 | 1 << 20 | 1 << 24 | 1 << 25 | 1 << 26))
izhikevich=$((3 | 2 << 10 | 1 << 20 | 1 << 24 | 1 << 25 | 1 << 26))
widths=$((24 | 18 << 8 | 15 << 16 | 14 << 24))

printf '| neuron unit | LUT | CARRY4 | DSP48E1 | flip-flops |\n|---|---|---|---|---|\n'
area 'LIF' $lif 0 0 0
area 'Izhikevich, a multiplier for each product' $izhikevich $((1 | 2 << 10)) $widths 0
area 'Izhikevich, one shared multiplier' $izhikevich $((1 | 2 << 10 | 1 << 20)) $widths 0
for form in '2 4' '3 4' '4 3' '4 4'; do   # segment bits, digits
  set -- $form
  area "Izhikevich, shift_add, segment_bits $1, digits $2" $izhikevich $((1 | 1 << 2 | 2 << 10 | ($1 - 1) << 15 | $2 << 17)) $widths 0
done
area 'LIF, double_exponential' $lif 0 0 1
area 'LIF, three_tau, split, 8-bit gains' $lif 0 0 $((2 | 1 << 2 | 8 << 7))

[ "$failed" -eq 0 ]
