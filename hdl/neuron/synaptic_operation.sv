// Applies one weight to one neuron: to its membrane potential or to its synaptic current.
// Contract: arithmetic.md, "Synaptic operation". Purely combinational.

module synaptic_operation #(
  parameter int unsigned VBits,           // membrane potential, signed, [4, 32]
  parameter int unsigned ISynBits,        // synaptic current, signed, 0 (absent) or [4, 32]
  parameter int unsigned WeightBits,      // weight, or word of a read, signed, [2, 32]
  parameter int unsigned WeightShift,     // input = weight * 2**WeightShift, [0, 15]
  parameter int unsigned RefractoryBits,  // 0 (absent) to 16
  parameter int unsigned Semantics,       // packed records of arithmetic.md
  parameter int unsigned Synapse,
  localparam int unsigned Polarities      = 1 + ((Synapse >> 2) & 1),   // bit 2
  localparam int unsigned ISynWidth       = (ISynBits > 0) ? ISynBits : 1,
  localparam int unsigned RefractoryWidth = (RefractoryBits > 0) ? RefractoryBits : 1,
  localparam int unsigned MaxSpikes       = (Semantics >> 26) & 31,   // bits 30:26
  localparam int unsigned SpikeBits       = (MaxSpikes > 1) ? $clog2(MaxSpikes + 1) : 1
) (
  input  logic signed [VBits-1:0]           v_i,
  input  logic        [Polarities*ISynWidth-1:0] synapse_i,  // of each polarity: i_syn, or the input word if buffered
  input  logic        [RefractoryWidth-1:0] refractory_i,
  input  logic signed [WeightBits-1:0]      weight_i,
  input  logic signed [VBits:0]             threshold_i,
  input  logic signed [VBits-1:0]           v_reset_i,
  input  logic        [RefractoryWidth-1:0] refractory_steps_i,
  output logic signed [VBits-1:0]           v_o,
  output logic        [Polarities*ISynWidth-1:0] synapse_o,
  output logic        [RefractoryWidth-1:0] refractory_o,
  output logic        [SpikeBits-1:0]       n_o,                // spikes fired
  output logic                              v_overflow_o,
  output logic                              i_syn_overflow_o
);

  localparam int unsigned SaturateV        = (Semantics >> 0) & 1;    // bit 0
  localparam int unsigned SaturateISyn     = (Semantics >> 1) & 1;    // bit 1
  localparam int unsigned FirePerTimeStep  = (Semantics >> 24) & 1;   // bit 24
  localparam int unsigned IntegrateCurrent = (Semantics >> 25) & 1;   // bit 25

  if (IntegrateCurrent == 1 && (ISynBits == 0 || FirePerTimeStep == 0)) begin : gen_check_current
    $error("integrate = current needs ISynBits of 4 to 32 (is %0d) and fire_check = per_time_step", ISynBits);
  end
  if (IntegrateCurrent == 0 && ISynBits != 0) begin : gen_check_membrane
    $error("ISynBits is %0d, must be 0 with integrate = membrane", ISynBits);
  end

  localparam int unsigned InputBits = WeightBits + WeightShift;

  if (IntegrateCurrent == 1) begin : gen_current
    localparam int unsigned SumBits = ((ISynBits > InputBits) ? ISynBits : InputBits) + 1;
    logic signed [ISynBits-1:0] x;   // of the weight's polarity
    logic signed [ISynBits-1:0] y;
    logic signed [SumBits-1:0]  sum;
    assign sum = SumBits'(x) + (SumBits'(weight_i) <<< WeightShift);
    fit #(.InBits(SumBits), .OutBits(ISynBits), .Saturate(SaturateISyn)) u_fit (
      .x_i(sum), .y_o(y), .overflow_o(i_syn_overflow_o)
    );
    if (Polarities == 2) begin : gen_split
      logic inhibitory;
      assign inhibitory = weight_i < 0;
      assign x          = inhibitory ? synapse_i[ISynBits +: ISynBits] : synapse_i[0 +: ISynBits];
      assign synapse_o  = inhibitory ? {y, synapse_i[0 +: ISynBits]} : {synapse_i[ISynBits +: ISynBits], y};
    end else begin : gen_signed
      assign x         = synapse_i;
      assign synapse_o = y;
    end
    assign v_o          = v_i;
    assign v_overflow_o = '0;
  end else begin : gen_membrane
    localparam int unsigned SumBits = ((VBits > InputBits) ? VBits : InputBits) + 1;
    logic                      held;
    logic signed [SumBits-1:0] sum;
    logic signed [VBits-1:0]   x;
    logic signed [VBits-1:0]   v;
    logic                      overflow;
    logic                      overflow_fire;
    assign held = RefractoryBits > 0 && refractory_i != '0;
    assign sum  = SumBits'(v_i) + (SumBits'(weight_i) <<< WeightShift);
    fit #(.InBits(SumBits), .OutBits(VBits), .Saturate(SaturateV)) u_fit (
      .x_i(sum), .y_o(x), .overflow_o(overflow)
    );
    assign v_o              = held ? v_i : v;
    assign v_overflow_o     = !held && (overflow || overflow_fire);
    assign synapse_o        = synapse_i;
    assign i_syn_overflow_o = '0;
    if (FirePerTimeStep == 0) begin : gen_fire
      logic [SpikeBits-1:0] n;
      fire #(.VBits(VBits), .Semantics(Semantics)) u_fire (
        .x_i(x), .threshold_i(threshold_i), .v_reset_i(v_reset_i), .x_o(v), .n_o(n), .overflow_o(overflow_fire)
      );
      assign n_o          = held ? '0 : n;
      assign refractory_o = (n_o != '0) ? refractory_steps_i : refractory_i;
    end else begin : gen_no_fire
      assign v             = x;
      assign overflow_fire = '0;
    end
  end

  if (FirePerTimeStep == 1) begin : gen_no_fire
    assign n_o          = '0;
    assign refractory_o = refractory_i;
    logic unused_fire;
    assign unused_fire = ^{threshold_i, v_reset_i, refractory_steps_i};
  end

endmodule
