#!/bin/sh
# Synthesises the core for iCE40 with Yosys, over several structures; says what became block memory.
# Needs Yosys only; the exit status is 1 if a run failed.

cd "$(dirname "$0")/.." || exit 1

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

# synth NAME PARAMETER=VALUE..: Yosys takes the parameters from a wrapper with one instance.
synth() {
  name=$1
  shift
  parameters=$(printf '.%s, ' "$@" | sed 's/=\([0-9]*\)/(\1)/g; s/, $//')
  value() { printf '%s\n' "$@" | sed -n "s/^$key=//p"; }
  key=Neurons; neurons=$(value "$@")
  key=WordLines; word_lines=$(value "$@")
  key=WeightBits; weight_bits=$(value "$@")
  neuron_bits=1; while [ $((1 << neuron_bits)) -lt "$neurons" ]; do neuron_bits=$((neuron_bits + 1)); done
  payload_bits=1; while [ $((1 << payload_bits)) -lt "$word_lines" ]; do payload_bits=$((payload_bits + 1)); done
  [ $((neuron_bits + weight_bits)) -gt "$payload_bits" ] && payload_bits=$((neuron_bits + weight_bits))
  key=Synapse; payload_bits=$((payload_bits + ($(value "$@") >> 12 & 7)))
  cat >"$work/wrapper.sv" <<EOF
module wrapper (
  input logic clk, input logic rst_n, input logic cfg_valid, input logic cfg_write, input logic [31:0] cfg_addr,
  input logic [31:0] cfg_wdata, output logic cfg_ready, output logic [31:0] cfg_rdata, input logic in_req,
  input logic [$((payload_bits + 1)):0] in_data, output logic in_ack, output logic out_req,
  output logic [$((neuron_bits - 1)):0] out_data, input logic out_ack
);
  bitspike_core #($parameters) u_core (
    .clk_i(clk), .rst_ni(rst_n), .cfg_valid_i(cfg_valid), .cfg_write_i(cfg_write), .cfg_addr_i(cfg_addr),
    .cfg_wdata_i(cfg_wdata), .cfg_ready_o(cfg_ready), .cfg_rdata_o(cfg_rdata), .aer_in_req_i(in_req),
    .aer_in_data_i(in_data), .aer_in_ack_o(in_ack), .aer_out_req_o(out_req), .aer_out_data_o(out_data),
    .aer_out_ack_i(out_ack)
  );
endmodule
EOF
  sources=$(grep '\.sv$' hdl/files.f | sed 's#^#hdl/#' | tr '\n' ' ')
  if ! yosys -q -l "$work/log" -p "read_verilog -sv -defer -DSYNTHESIS $sources $work/wrapper.sv; hierarchy -check -top wrapper; \
      synth_ice40 -top wrapper; tee -o $work/stat stat" >"$work/out" 2>&1; then
    failed=$((failed + 1))
    printf 'FAILED %s\n' "$name"
    tail -5 "$work/out"
    return
  fi
  awk -v name="$name" '$1 ~ /^SB_RAM40/ { ram += $2 } $1 == "SB_LUT4" { lut = $2 } $1 ~ /^SB_DFF/ { dff += $2 }
    END { printf "ok %s: SB_LUT4 %d, flip-flops %d, SB_RAM40 %d\n", name, lut, dff, ram }' "$work/stat"
  grep -o 'mapping memory [^ ]* via [^ ]*' "$work/log" | sed 's/mapping memory /   /; s/\$paramod[^.]*\\//' | sort | uniq -c
}

# Semantics: saturate, leak by shift, fire check per time step; the tinyODIN class; current with multiply decay.
step=$((3 | 2 << 2 | 1 << 24 | 1 << 26))
tinyodin=$((3 | 1 << 2 | 1 << 8 | 1 << 26))
current=$((3 | 3 << 2 | 3 << 10 | 2 << 20 | 1 << 24 | 1 << 25 | 3 << 26))
common="WeightShift=0 LeakBits=7 DecayBits=7 BiasBits=0 QueueDepth=16 SpikeQueueDepth=16"
lif="Model=0 ModelWidths=0"
event="Array=0 ArrayWidths=0"
direct="Synapse=0 $event"

synth small Neurons=16 WordLines=16 Lanes=4 WeightBits=4 VBits=12 ISynBits=0 RefractoryBits=3 $common Semantics=$step Schedule=513 $lif $direct
synth current Neurons=16 WordLines=16 Lanes=2 WeightBits=4 VBits=12 ISynBits=12 RefractoryBits=0 $common Semantics=$current Schedule=1 $lif $direct
synth tinyodin Neurons=256 WordLines=256 Lanes=1 WeightBits=4 VBits=12 ISynBits=0 RefractoryBits=0 $common Semantics=$tinyodin Schedule=$((2 | 1 << 4 | 1 << 7 | 1 << 9 | 1 << 10)) $lif $direct

# Izhikevich: one shared multiplier, and none; three time constants of either polarity, four delay slots.
izhikevich=$((3 | 3 << 10 | 1 << 20 | 1 << 24 | 1 << 25 | 1 << 26))
widths="ModelWidths=$((20 | 18 << 8 | 15 << 16 | 14 << 24))"
synapse="Synapse=$((2 | 1 << 2 | 8 << 7 | 2 << 12)) $event"
synth izhikevich Neurons=16 WordLines=16 Lanes=1 WeightBits=4 VBits=24 ISynBits=16 RefractoryBits=0 $common Semantics=$izhikevich Schedule=513 Model=$((1 | 1 << 20)) $widths $direct
synth shift_add Neurons=16 WordLines=16 Lanes=1 WeightBits=4 VBits=24 ISynBits=16 RefractoryBits=0 $common Semantics=$izhikevich Schedule=513 Model=$((1 | 1 << 2 | 1 << 15 | 4 << 17)) $widths $direct
synth three_tau Neurons=16 WordLines=16 Lanes=1 WeightBits=4 VBits=12 ISynBits=12 RefractoryBits=0 $common Semantics=$current Schedule=513 $lif $synapse

# Analogue read, the macro a black box: 64 word lines in blocks of 32, 8-bit converters that serve two groups each; two slices on ramps of 5 bits.
sar="Synapse=0 Array=$((1 | 8 << 2 | 1 << 6 | 2 << 7 | 1 << 11 | 31 << 15)) ArrayWidths=$((10 | 1 << 4 | 12 << 11))"
ramp="Synapse=0 Array=$((1 | 1 << 1 | 5 << 2 | 2 << 7 | 31 << 15)) ArrayWidths=$((10 | 1 << 4 | 1 << 5 | 3 << 8))"
synth analogue_sar Neurons=16 WordLines=64 Lanes=4 WeightBits=8 VBits=16 ISynBits=0 RefractoryBits=3 $common Semantics=$step Schedule=513 $lif $sar
synth analogue_ramp Neurons=16 WordLines=64 Lanes=4 WeightBits=8 VBits=16 ISynBits=0 RefractoryBits=3 $common Semantics=$step Schedule=513 $lif $ramp

[ "$failed" -eq 0 ]
