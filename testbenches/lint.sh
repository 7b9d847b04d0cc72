#!/bin/sh
# Lints every module alone, then the whole core and its benches over many parameter sets; needs Verilator only.
# Prints one line per module and the counts; the exit status is 1 if Verilator said anything.

cd "$(dirname "$0")/.." || exit 1

runs=0
failed=0

# lint TOP OPTIONS..: one silent run of Verilator, or its output.
lint() {
  top=$1
  shift
  runs=$((runs + 1))
  if output=$(verilator --lint-only -Wall --timing --timescale 1ns/1ns -F hdl/files.f "$@" --top "$top" 2>&1) && [ -z "$output" ]; then
    return 0
  fi
  failed=$((failed + 1))
  printf 'FAILED %s %s\n%s\n' "$top" "$*" "$output"
  return 1
}

# semantics KEY=CODE..: the packed record of arithmetic.md.
semantics() {
  v=1; i=1; leak=2; leak_round=0; leak_clamp=0; decay=0; decay_round=0; decay_clamp=0
  compare=0; reset=0; order=0; per_step=1; current=0; max=1
  for pair in "$@"; do eval "$pair"; done
  echo $((v | i << 1 | leak << 2 | leak_round << 5 | leak_clamp << 8 | decay << 10 | decay_round << 13 | decay_clamp << 16 \
    | compare << 18 | reset << 20 | order << 22 | per_step << 24 | current << 25 | max << 26))
}

# schedule KEY=CODE..: likewise.
schedule() {
  interval=1; policy=0; drop=0; four_phase=0; loop_back=0; per_neuron=1; between=0
  for pair in "$@"; do eval "$pair"; done
  echo $((interval | policy << 4 | drop << 6 | four_phase << 7 | loop_back << 8 | per_neuron << 9 | between << 10))
}

# model KEY=CODE..: likewise, of an Izhikevich neuron.
model() {
  form=0; update=0; recovery=0; u=1; round=0; dt=0; dt_shift=0; substeps=1; segments=0; digits=0; multipliers=0
  for pair in "$@"; do eval "$pair"; done
  echo $((1 | form << 2 | update << 3 | recovery << 4 | u << 5 | round << 6 | dt << 9 | dt_shift << 10 | (substeps - 1) << 14 \
    | segments << 15 | digits << 17 | multipliers << 20))
}

# widths U_BITS CONSTANT_BITS CONSTANT_FRAC V_FRAC: likewise.
widths() {
  echo $(($1 | $2 << 8 | $3 << 16 | $4 << 24))
}

# synapse KEY=CODE..: likewise.
synapse() {
  filter=0; split=0; shift=0; gain=0; delay=0
  for pair in "$@"; do eval "$pair"; done
  echo $((filter | split << 2 | shift << 3 | gain << 7 | delay << 12))
}

# array KEY=CODE..: likewise, of array.md, analogue read.
array() {
  ramp=0; adc=5; half_up=0; settle=1; columns=0; rows=1; epochs=1
  for pair in "$@"; do eval "$pair"; done
  echo $((1 | ramp << 1 | adc << 2 | half_up << 6 | settle << 7 | columns << 11 | (rows - 1) << 15 | (epochs - 1) << 27))
}

# array_widths KEY=CODE..: likewise.
array_widths() {
  code=6; pair=0; slices=1; slice_bits=1; variance=0
  for pair_of in "$@"; do eval "$pair_of"; done
  echo $((code | pair << 4 | (slices - 1) << 5 | (slice_bits - 1) << 8 | variance << 11))
}

# The core by itself, and under its two benches; the last five parameters may be left out.
core() {
  options="-GNeurons=$1 -GWordLines=$2 -GLanes=$3 -GWeightBits=$4 -GWeightShift=$5 -GVBits=$6 -GISynBits=$7 -GLeakBits=$8"
  shift 8
  options="$options -GDecayBits=$1 -GBiasBits=$2 -GRefractoryBits=$3 -GQueueDepth=$4 -GSpikeQueueDepth=$5 -GSemantics=$6 -GSchedule=$7"
  options="$options -GModel=${8:-0} -GModelWidths=${9:-0} -GSynapse=${10:-0} -GArray=${11:-0} -GArrayWidths=${12:-0}"
  lint bitspike_core $options
  lint core_tb $options testbenches/core/core_tb.sv
  lint lockstep_top $options testbenches/lockstep/lockstep_top.sv
}

current=$(semantics per_step=1 current=1 decay=2)
lif="-GModel=0 -GModelWidths=0 -GSynapse=0"
izhikevich="-GModel=$(model multipliers=2 round=4) -GModelWidths=$(widths 20 18 15 14)"
three_tau="-GSynapse=$(synapse filter=2 split=1 gain=6 shift=1 delay=2)"
neuron="-GVBits=12 -GISynBits=8 -GWeightBits=4 -GWeightShift=2 -GLeakBits=7 -GDecayBits=3 -GBiasBits=8 -GRefractoryBits=3 -GSemantics=$current"
step="-GVBits=12 -GDriveBits=10 -GLeakBits=7 -GRefractoryBits=3 -GSemantics=$current"
izhikevich_semantics=$(semantics leak=0 reset=1 current=1 decay=3 decay_round=4)
operation=$(echo "$neuron" | sed 's/-GLeakBits=7 -GDecayBits=3 -GBiasBits=8 //')
event="-GArray=0 -GArrayWidths=0"
read="-GArray=$(array columns=1 rows=3 epochs=2) -GArrayWidths=$(array_widths pair=1 slices=2 slice_bits=2 variance=4)"
bus="-GNeurons=16 -GWordLines=8 -GLanes=4 $(echo "$neuron" | sed 's/-GWeightShift=2 //')"

# Parameters of each module when it stands alone.
parameters() {
  case $1 in
    fit) echo "-GInBits=9 -GOutBits=8 -GSaturate=1" ;;
    round_shift) echo "-GXBits=12 -GAmountBits=5 -GMaxAmount=12 -GRounding=3" ;;
    reduce) echo "-GXBits=12 -GFracBits=7 -GForm=3 -GRounding=4 -GClamp=2 -GSaturate=0" ;;
    fire_once) echo "-GVBits=12 -GCompare=1 -GReset=2 -GSaturate=1" ;;
    fire) echo "-GVBits=12 -GSemantics=$(semantics reset=2 max=3)" ;;
    round_fixed) echo "-GXBits=12 -GShift=5 -GRounding=3" ;;
    synaptic_operation) echo "$operation -GSynapse=0" ;;
    synaptic_jump) echo "-GISynBits=8 -GRounding=3 $three_tau" ;;
    synaptic_current | synaptic_current_tb) echo "-GISynBits=8 -GDecayBits=3 -GBiasBits=8 -GSemantics=$current $three_tau" ;;
    lif_time_step) echo "$step" ;;
    chord_square) echo "-GXBits=15 -GSegmentBits=2" ;;
    digit_product) echo "-GXBits=12 -GConstantBits=10 -GDigits=3" ;;
    izhikevich_product)
      echo "-GVBits=16 -GDriveBits=12 -GQBits=20 -GSBits=22 -GEBits=19 -GCarryBits=22 -GSaturateV=1 $izhikevich -GKinds=31" ;;
    izhikevich_time_step | izhikevich_neuron_tb)
      echo "-GVBits=16 -GDriveBits=12 -GSemantics=$izhikevich_semantics $izhikevich" ;;
    lif_neuron_tb) echo "$neuron" ;;
    lane) echo "$neuron $lif $read" ;;
    lane_generator) echo "-GLane=3" ;;
    neuron_parameters) echo "-GEntries=4 -GPerNeuron=1 -GVBits=12 -GLeakBits=7 -GBiasBits=8 -GSemantics=$current -GModel=0 -GModelWidths=0" ;;
    state_memory) echo "-GWords=4 -GWidth=24 -GForwardS3=1" ;;
    neuron_array) echo "-GNeurons=16 -GLanes=4 $neuron $lif $read -GSchedule=$(schedule)" ;;
    ram_1r1w) echo "-GDepth=5 -GWidth=7" ;;
    fifo) echo "-GDepth=5 -GWidth=7" ;;
    synapse_array | synapse_array_tb) echo "-GEpochs=3 -GWordLines=8 -GGroups=4 -GLanes=16 -GWeightBits=5" ;;
    crossbar_macro) echo "-GWordLines=8 -GNeurons=16 -GLanes=4 $read" ;;
    word_line_marks) echo "-GWordLines=8 -GArray=$(array rows=3)" ;;
    read_controller) echo "-GWordLines=8 -GGroups=4 -GSchedule=$(schedule interval=2) -GArray=$(array columns=1 rows=3)" ;;
    converter_codes | sar_converters | ramp_converters) echo "-GConverters=3 -GAdcBits=5" ;;
    converters_tb) echo "-GMaxBits=6" ;;
    slice_adder) echo "-GLanes=4 -GAdcBits=5 -GSlices=2 -GSliceBits=2" ;;
    analogue_array | analogue_array_tb) echo "-GWordLines=8 -GNeurons=16 -GLanes=4 -GSchedule=$(schedule interval=2) $read" ;;
    synchroniser) echo "" ;;
    aer_rx | aer_rx_tb) echo "-GEventBits=10 -GFourPhase=1" ;;
    aer_tx | aer_tx_tb) echo "-GNeuronBits=4 -GFourPhase=1" ;;
    door) echo "-GPayloadBits=8 -GQueueDepth=4 -GSchedule=$(schedule policy=2)" ;;
    event_queue | event_queue_tb) echo "-GEventBits=10 -GQueueDepth=4" ;;
    controller)
      echo "-GNeurons=16 -GLanes=4 -GPayloadBits=8 -GSpikeQueueDepth=4 -GSemantics=$current -GSchedule=$(schedule interval=2)" \
        "-GModel=0 -GSynapse=0 -GArray=0" ;;
    spike_serialiser | spike_serialiser_tb) echo "-GNeurons=16 -GLanes=4 -GSpikeBits=2" ;;
    counters) echo "-GLanes=4 -GQueueDepth=4 -GNeurons=16 $read" ;;
    register_bus | register_bus_tb) echo "$bus $lif $read" ;;
    probe)
      echo "-GNeurons=16 -GLanes=4 -GVBits=12 -GISynBits=8 -GRefractoryBits=3 -GSpikeBits=1 -GPayloadBits=8 -GQueueDepth=4" \
        "-GSpikeQueueDepth=4 -GModelWidths=0 -GSynapse=0 -GWordLines=8 $read" ;;
    bitspike_core | core_tb | lockstep_top)
      echo "-GNeurons=16 -GWordLines=8 -GLanes=4 $neuron $lif $event -GQueueDepth=4 -GSpikeQueueDepth=4 -GSchedule=$(schedule)" ;;
    *) return 1 ;;
  esac
}

modules=0
for file in $(find hdl testbenches -name '*.sv' | sort); do
  module=$(basename "$file" .sv)
  modules=$((modules + 1))
  if ! options=$(parameters "$module"); then
    failed=$((failed + 1))
    echo "FAILED $module: no parameters for it in testbenches/lint.sh"
    continue
  fi
  source=
  case $file in testbenches/*) source=$file ;; esac
  lint "$module" $options $source && echo "ok $module"
done

#    N   A   P  WB WS VB IB LB DB BB RB  Q  SQ
core 1   1   1  2  0  4  0  1  1  0  0   2  4  "$(semantics)" "$(schedule)"
core 2   2   1  4  0  8  0  7  1  0  1   3  5  "$(semantics leak=1 leak_clamp=1)" "$(schedule interval=2 policy=1 drop=1)"
core 2   2   2  4  15 5  0  7  1  1  2   2  4  "$(semantics leak=0 v=0)" "$(schedule interval=3 policy=2 per_neuron=0)"
core 3   5   1  16 15 32 0  16 16 32 16  4  4  "$(semantics leak=3 leak_round=4 leak_clamp=2 per_step=0)" "$(schedule four_phase=1)"
core 256 256 16 4  0  12 0  7  1  0  3   16 16 "$(semantics per_step=0)" "$(schedule)"
core 256 256 1  4  0  12 0  7  1  0  0 128  16 "$(semantics leak=1 leak_clamp=1 per_step=0)" "$(schedule interval=2 policy=1 drop=1 four_phase=1)"
core 256 16  64 8  2  16 0  7  1  8  4   16 16 "$(semantics reset=2 max=31)" "$(schedule loop_back=1)"
core 16  16  4  4  0  12 0  7  1  0  0   8  4  "$(semantics leak=1 per_step=0)" "$(schedule policy=1 four_phase=1 between=1)"
core 16  16  4  4  0  12 0  7  1  0  0   8  4  "$(semantics leak=1 per_step=0)" "$(schedule policy=0 four_phase=1 between=1 loop_back=1)"
core 24  24  8  3  1  31 0  31 1  5  5   17 9  "$(semantics leak=1)" "$(schedule per_neuron=0 interval=15)"
for form in 0 1 2 3 4; do
  for round in 0 1 2 3 4; do
    core 8 4 4 4 1 10 9 6 5 7 2 4 4 "$(semantics leak=$form leak_round=$round decay=$form decay_round=$round current=1)" \
      "$(schedule interval=$((1 + round % 3)) per_neuron=$((round % 2)))"
  done
done
for form in 2 3; do
  core 8 4 2 4 1 10 9 6 5 7 2 4 4 "$(semantics leak=$form leak_clamp=2 decay=$form decay_clamp=2 i=0 current=1)" "$(schedule)"
done
core 8 4 2 4 1 10 9 31 31 7 2 4 4 "$(semantics leak=1 leak_clamp=1 decay=1 decay_clamp=1 current=1)" "$(schedule)"
for order in 0 1 2; do
  for reset in 0 1 2; do
    core 4 4 4 4 0 8 0 6 5 0 0 4 4 "$(semantics order=$order reset=$reset compare=$order per_step=$((reset % 2)))" \
      "$(schedule policy=$order drop=$((reset % 2)) four_phase=$((order % 2)) loop_back=$((reset % 2)))"
  done
done
for bits in 4 5 8 16 24 32; do
  core 6 4 2 2 0 "$bits" 0 3 3 "$bits" 1 4 4 "$(semantics leak=3)" "$(schedule interval=2)"
  core 6 4 2 9 3 9 "$bits" 3 3 1 1 4 4 "$(semantics leak=2 decay=3 current=1)" "$(schedule interval=3)"
done

# Izhikevich neurons: each product form, dt form, order, rounding, substeps, and every number of shared multipliers.
izh() {
  core 12 6 4 6 3 20 16 1 12 9 0 4 4 "$1" "$2" "$3" "$(widths 18 14 11 9)" "$4"
}
for multipliers in 0 1 2 3 4 5 6 7; do
  izh "$izhikevich_semantics" "$(schedule interval=$((1 + multipliers % 3)))" "$(model multipliers=$multipliers round=$((multipliers % 5)) \
    dt=$((multipliers % 2)) dt_shift=$(((multipliers + 1) % 2 * 3)) substeps=$((1 + multipliers / 4)))" 0
done
for digits in 1 2 3 4; do
  izh "$izhikevich_semantics" "$(schedule)" "$(model form=1 segments=$((digits - 1)) digits=$digits round=$digits u=0 \
    dt=$((digits % 2)) update=$((digits / 2 % 2)) recovery=$((digits % 2)))" "$(synapse filter=$((digits % 3)) gain=$((digits % 3 / 2 * 9)))"
done
izh "$(semantics leak=0 reset=1 decay=2 current=1)" "$(schedule per_neuron=0)" "$(model update=1 recovery=1)" "$(synapse split=1 shift=15)"
core 4 4 1 4 0 32 0 1 1 32 0 4 4 "$(semantics leak=0 reset=1)" "$(schedule)" "$(model round=4 dt=1)" "$(widths 32 32 31 24)"
core 4 4 1 4 0 4 4 1 1 0 0 4 4 "$(semantics leak=0 reset=1 current=1)" "$(schedule)" "$(model round=3 dt_shift=15)" "$(widths 4 4 1 0)" "$(synapse delay=6)"

# Filters, polarities, delays.
for filter in 0 1 2; do
  for split in 0 1; do
    for delay in 0 1 6; do
      core 6 4 2 5 2 12 10 6 7 5 3 4 4 "$(semantics current=1 decay=3 decay_round=$((filter + split)) reset=2 max=3)" \
        "$(schedule loop_back=$split interval=$((1 + filter)))" 0 0 "$(synapse filter=$filter split=$split delay=$delay shift=$delay gain=$((filter / 2 * 7)))"
    done
  done
done
core 2 4 2 5 2 12 10 6 7 5 3 4 4 "$(semantics current=1 decay=2)" "$(schedule)" 0 0 "$(synapse filter=2 split=1 gain=16)"

# Epochs with event read; analogue read: both converters, slices, pairs, noise, epochs, converters that serve several groups.
read_core() {
  core 16 7 2 4 1 12 10 7 7 5 0 4 4 "$(semantics current=1 decay=2)" "$(schedule loop_back=1 interval=2)" 0 0 0 "$@"
}
read_core $((15 << 27)) 0
read_core $((1 << 27)) 0
read_core "$(array)" "$(array_widths)"
read_core "$(array ramp=1 columns=3 rows=7 half_up=1)" "$(array_widths pair=1 variance=4)"
read_core "$(array adc=12 settle=15 columns=1 rows=4 epochs=16)" "$(array_widths code=12 slices=8 slice_bits=1 variance=16)"
read_core "$(array adc=1 ramp=1 columns=2 rows=2 epochs=3)" "$(array_widths code=9 pair=1 slices=3 slice_bits=8)"
core 1 1 1 4 0 12 0 7 1 0 0 4 4 "$(semantics per_step=0)" "$(schedule)" 0 0 0 "$(array adc=1)" "$(array_widths)"
core 2 2 2 16 15 32 0 7 1 0 3 4 4 "$(semantics per_step=0 reset=2 max=3)" "$(schedule)" 0 0 0 "$(array rows=2 adc=9)" "$(array_widths slices=2 slice_bits=6)"
core 12 6 4 6 3 20 16 1 12 9 0 4 4 "$izhikevich_semantics" "$(schedule policy=1 four_phase=1 between=1)" "$(model multipliers=2)" "$(widths 18 14 11 9)" \
  "$(synapse filter=2 split=1 gain=6)" "$(array rows=4 columns=0 epochs=2)" "$(array_widths pair=1 variance=8)"

echo "$modules modules, $runs runs, $failed failed"
[ "$failed" -eq 0 ]
