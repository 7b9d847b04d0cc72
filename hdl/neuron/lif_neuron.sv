// One update of one leaky integrate-and-fire neuron: a time step or a synaptic operation.
// Contract: arithmetic.md. Purely combinational: the state memory lives in neuron_array.

module lif_neuron #(
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
  input  logic                              time_step_i,        // 1: time step, 0: synaptic operation
  input  logic signed [VBits-1:0]           v_i,
  input  logic signed [ISynWidth-1:0]       i_syn_i,
  input  logic        [RefractoryWidth-1:0] refractory_i,
  input  logic signed [WeightBits-1:0]      weight_i,
  input  logic signed [VBits:0]             threshold_i,
  input  logic        [LeakWidth-1:0]       leak_i,
  input  logic signed [VBits-1:0]           v_reset_i,
  input  logic signed [BiasWidth-1:0]       bias_i,
  input  logic        [DecayWidth-1:0]      i_syn_decay_i,
  input  logic        [RefractoryWidth-1:0] refractory_steps_i,
  input  logic        [31:0]                random_i,
  output logic signed [VBits-1:0]           v_o,
  output logic signed [ISynWidth-1:0]       i_syn_o,
  output logic        [RefractoryWidth-1:0] refractory_o,
  output logic        [SpikeBits-1:0]       n_o,                // spikes fired
  output logic                              v_overflow_o,
  output logic                              i_syn_overflow_o
);

  logic signed [VBits-1:0]           step_v;
  logic signed [ISynWidth-1:0]       step_i_syn;
  logic        [RefractoryWidth-1:0] step_refractory;
  logic        [SpikeBits-1:0]       step_n;
  logic                              step_v_overflow;
  logic                              step_i_syn_overflow;
  lif_time_step #(
    .VBits(VBits), .ISynBits(ISynBits), .LeakBits(LeakBits), .DecayBits(DecayBits), .BiasBits(BiasBits),
    .RefractoryBits(RefractoryBits), .Semantics(Semantics)
  ) u_lif_time_step (
    .v_i(v_i), .i_syn_i(i_syn_i), .refractory_i(refractory_i), .threshold_i(threshold_i), .leak_i(leak_i),
    .v_reset_i(v_reset_i), .bias_i(bias_i), .i_syn_decay_i(i_syn_decay_i), .refractory_steps_i(refractory_steps_i),
    .random_i(random_i), .v_o(step_v), .i_syn_o(step_i_syn), .refractory_o(step_refractory), .n_o(step_n),
    .v_overflow_o(step_v_overflow), .i_syn_overflow_o(step_i_syn_overflow)
  );

  logic signed [VBits-1:0]           synapse_v;
  logic signed [ISynWidth-1:0]       synapse_i_syn;
  logic        [RefractoryWidth-1:0] synapse_refractory;
  logic        [SpikeBits-1:0]       synapse_n;
  logic                              synapse_v_overflow;
  logic                              synapse_i_syn_overflow;
  synaptic_operation #(
    .VBits(VBits), .ISynBits(ISynBits), .WeightBits(WeightBits), .WeightShift(WeightShift),
    .RefractoryBits(RefractoryBits), .Semantics(Semantics)
  ) u_synaptic_operation (
    .v_i(v_i), .i_syn_i(i_syn_i), .refractory_i(refractory_i), .weight_i(weight_i), .threshold_i(threshold_i),
    .v_reset_i(v_reset_i), .refractory_steps_i(refractory_steps_i), .v_o(synapse_v), .i_syn_o(synapse_i_syn),
    .refractory_o(synapse_refractory), .n_o(synapse_n), .v_overflow_o(synapse_v_overflow),
    .i_syn_overflow_o(synapse_i_syn_overflow)
  );

  assign v_o              = time_step_i ? step_v              : synapse_v;
  assign i_syn_o          = time_step_i ? step_i_syn          : synapse_i_syn;
  assign refractory_o     = time_step_i ? step_refractory     : synapse_refractory;
  assign n_o              = time_step_i ? step_n              : synapse_n;
  assign v_overflow_o     = time_step_i ? step_v_overflow     : synapse_v_overflow;
  assign i_syn_overflow_o = time_step_i ? step_i_syn_overflow : synapse_i_syn_overflow;

endmodule
