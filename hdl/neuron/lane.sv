// One lane: updates its neuron, or passes the state through when the event's mask leaves it out.
// Contract: schedule.md, "Pipeline", stage S1. Purely combinational.

module lane #(
  parameter int unsigned VBits,           // membrane potential, signed, [4, 32]
  parameter int unsigned ISynBits,        // synaptic current, signed, 0 (absent) or [4, 32]
  parameter int unsigned WeightBits,      // weight, signed, [2, 16]
  parameter int unsigned WeightShift,     // input = weight * 2**WeightShift, [0, 15]
  parameter int unsigned LeakBits,        // [1, 31], or [1, 16] with multiply
  parameter int unsigned DecayBits,       // [1, 31], or [1, 16] with multiply
  parameter int unsigned BiasBits,        // signed, 0 (absent) to 32
  parameter int unsigned RefractoryBits,  // 0 (absent) to 16
  parameter int unsigned Semantics,       // packed record of arithmetic.md
  localparam int unsigned LeakForm        = (Semantics >> 2) & 7,     // bits 4:2
  localparam int unsigned DecayForm       = (Semantics >> 10) & 7,    // bits 12:10
  localparam int unsigned MaxSpikes       = (Semantics >> 26) & 31,   // bits 30:26
  localparam int unsigned LeakWidth       = (LeakForm == 1) ? LeakBits : (LeakForm == 2) ? 5 : (LeakForm == 3) ? LeakBits + 1 : 1,
  localparam int unsigned DecayWidth      = (DecayForm == 1) ? DecayBits : (DecayForm == 2) ? 5 : (DecayForm == 3) ? DecayBits + 1 : 1,
  localparam int unsigned ISynWidth       = (ISynBits > 0) ? ISynBits : 1,
  localparam int unsigned BiasWidth       = (BiasBits > 0) ? BiasBits : 1,
  localparam int unsigned RefractoryWidth = (RefractoryBits > 0) ? RefractoryBits : 1,
  localparam int unsigned SpikeBits       = (MaxSpikes > 1) ? $clog2(MaxSpikes + 1) : 1
) (
  input  logic                              active_i,           // the lane is in the event's mask
  input  logic                              time_step_i,        // 1: time step, 0: synaptic operation
  input  logic signed [VBits-1:0]           v_i,
  input  logic signed [ISynWidth-1:0]       i_syn_i,
  input  logic        [RefractoryWidth-1:0] refractory_i,
  input  logic signed [WeightBits-1:0]      weight_i,
  input  logic signed [VBits:0]             threshold_i,
  input  logic        [LeakWidth-1:0]       leak_i,
  input  logic signed [VBits-1:0]           v_reset_i,
  input  logic signed [BiasWidth-1:0]       bias_i,
  input  logic                              output_enable_i,
  input  logic        [DecayWidth-1:0]      i_syn_decay_i,
  input  logic        [RefractoryWidth-1:0] refractory_steps_i,
  input  logic        [31:0]                random_i,
  output logic signed [VBits-1:0]           v_o,
  output logic signed [ISynWidth-1:0]       i_syn_o,
  output logic        [RefractoryWidth-1:0] refractory_o,
  output logic        [SpikeBits-1:0]       spikes_o,           // emitted count
  output logic                              v_overflow_o,
  output logic                              i_syn_overflow_o
);

  logic signed [VBits-1:0]           v;
  logic signed [ISynWidth-1:0]       i_syn;
  logic        [RefractoryWidth-1:0] refractory;
  logic        [SpikeBits-1:0]       n;
  logic                              v_overflow;
  logic                              i_syn_overflow;
  lif_neuron #(
    .VBits(VBits), .ISynBits(ISynBits), .WeightBits(WeightBits), .WeightShift(WeightShift), .LeakBits(LeakBits),
    .DecayBits(DecayBits), .BiasBits(BiasBits), .RefractoryBits(RefractoryBits), .Semantics(Semantics)
  ) u_lif_neuron (
    .time_step_i(time_step_i), .v_i(v_i), .i_syn_i(i_syn_i), .refractory_i(refractory_i), .weight_i(weight_i),
    .threshold_i(threshold_i), .leak_i(leak_i), .v_reset_i(v_reset_i), .bias_i(bias_i), .i_syn_decay_i(i_syn_decay_i),
    .refractory_steps_i(refractory_steps_i), .random_i(random_i), .v_o(v), .i_syn_o(i_syn), .refractory_o(refractory),
    .n_o(n), .v_overflow_o(v_overflow), .i_syn_overflow_o(i_syn_overflow)
  );

  assign v_o              = active_i ? v : v_i;
  assign i_syn_o          = active_i ? i_syn : i_syn_i;
  assign refractory_o     = active_i ? refractory : refractory_i;
  assign spikes_o         = (active_i && output_enable_i) ? n : '0;
  assign v_overflow_o     = active_i && v_overflow;
  assign i_syn_overflow_o = active_i && i_syn_overflow;

endmodule
