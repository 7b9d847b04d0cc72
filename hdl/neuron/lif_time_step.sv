// Leaky integrate-and-fire time step of one neuron: leak, integrate and fire in the order the semantics name.
// Contract: arithmetic.md, "Time step". Purely combinational.

module lif_time_step #(
  parameter int unsigned VBits,           // membrane potential, signed, [4, 32]
  parameter int unsigned ISynBits,        // synaptic current, signed, 0 (absent) or [4, 32]
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
  input  logic signed [VBits-1:0]           v_i,
  input  logic signed [ISynWidth-1:0]       i_syn_i,
  input  logic        [RefractoryWidth-1:0] refractory_i,
  input  logic signed [VBits:0]             threshold_i,
  input  logic        [LeakWidth-1:0]       leak_i,
  input  logic signed [VBits-1:0]           v_reset_i,
  input  logic signed [BiasWidth-1:0]       bias_i,
  input  logic        [DecayWidth-1:0]      i_syn_decay_i,
  input  logic        [RefractoryWidth-1:0] refractory_steps_i,
  input  logic        [31:0]                random_i,           // 15:0 for the leak, 31:16 for the decay
  output logic signed [VBits-1:0]           v_o,
  output logic signed [ISynWidth-1:0]       i_syn_o,
  output logic        [RefractoryWidth-1:0] refractory_o,
  output logic        [SpikeBits-1:0]       n_o,                // spikes fired
  output logic                              v_overflow_o,
  output logic                              i_syn_overflow_o
);

  localparam int unsigned SaturateV     = (Semantics >> 0) & 1;    // bit 0
  localparam int unsigned SaturateISyn  = (Semantics >> 1) & 1;    // bit 1
  localparam int unsigned LeakRounding  = (Semantics >> 5) & 7;    // bits 7:5
  localparam int unsigned LeakClamp     = (Semantics >> 8) & 3;    // bits 9:8
  localparam int unsigned DecayRounding = (Semantics >> 13) & 7;   // bits 15:13
  localparam int unsigned DecayClamp    = (Semantics >> 16) & 3;   // bits 17:16
  localparam int unsigned Order         = (Semantics >> 22) & 3;   // bits 23:22

  localparam int unsigned LeakFirst = 0;
  localparam int unsigned LeakLast  = 2;

  if (Order > LeakLast) begin : gen_check_order
    $error("Order is %0d, must be 0 to %0d", Order, LeakLast);
  end

  // Wide enough for v + i_syn + bias.
  localparam int unsigned WideVISyn = (VBits > ISynBits) ? VBits : ISynBits;
  localparam int unsigned SumBits   = ((WideVISyn > BiasBits) ? WideVISyn : BiasBits) + 2;

  logic signed [SumBits-1:0] drive;   // i_syn + bias
  if (ISynBits > 0 && BiasBits > 0) begin : gen_drive_both
    assign drive = SumBits'(i_syn_i) + SumBits'(bias_i);
  end else if (ISynBits > 0) begin : gen_drive_i_syn
    assign drive = SumBits'(i_syn_i);
  end else if (BiasBits > 0) begin : gen_drive_bias
    assign drive = SumBits'(bias_i);
  end else begin : gen_drive_none
    assign drive = '0;
  end

  logic signed [VBits-1:0]   reduce_in;
  logic signed [VBits-1:0]   reduced;
  logic                      overflow_reduce;
  reduce #(
    .XBits(VBits), .FracBits(LeakBits), .Form(LeakForm), .Rounding(LeakRounding), .Clamp(LeakClamp), .Saturate(SaturateV)
  ) u_leak (
    .x_i(reduce_in), .amount_i(leak_i), .random_i(random_i[15:0]), .y_o(reduced), .overflow_o(overflow_reduce)
  );

  logic signed [VBits-1:0]   sum_in;
  logic signed [SumBits-1:0] sum;
  logic signed [VBits-1:0]   integrated;
  logic                      overflow_sum;
  assign sum = SumBits'(sum_in) + drive;
  fit #(.InBits(SumBits), .OutBits(VBits), .Saturate(SaturateV)) u_integrate (
    .x_i(sum), .y_o(integrated), .overflow_o(overflow_sum)
  );

  logic signed [VBits-1:0]   fire_in;
  logic signed [VBits-1:0]   fired;
  logic        [SpikeBits-1:0] n;
  logic                      overflow_fire;
  fire #(.VBits(VBits), .Semantics(Semantics)) u_fire (
    .x_i(fire_in), .threshold_i(threshold_i), .v_reset_i(v_reset_i), .x_o(fired), .n_o(n), .overflow_o(overflow_fire)
  );

  logic signed [VBits-1:0] v;
  logic                    overflow;
  if (Order == LeakFirst) begin : gen_leak_integrate_fire
    assign reduce_in = v_i;
    assign sum_in    = reduced;
    assign fire_in   = integrated;
    assign v         = fired;
    assign overflow  = overflow_reduce || overflow_sum || overflow_fire;
  end else if (Order == LeakLast) begin : gen_integrate_fire_leak
    assign sum_in    = v_i;
    assign fire_in   = integrated;
    assign reduce_in = fired;
    assign v         = (n != '0) ? fired : reduced;
    assign overflow  = overflow_sum || overflow_fire || (n == '0 && overflow_reduce);
  end else begin : gen_integrate_leak_fire
    assign sum_in    = v_i;
    assign reduce_in = integrated;
    assign fire_in   = reduced;
    assign v         = fired;
    assign overflow  = overflow_reduce || overflow_sum || overflow_fire;
  end

  logic held;
  assign held         = RefractoryBits > 0 && refractory_i != '0;
  assign v_o          = held ? v_i : v;
  assign n_o          = held ? '0 : n;
  assign v_overflow_o = !held && overflow;
  assign refractory_o = held ? refractory_i - RefractoryWidth'(1'b1) : (n_o != '0) ? refractory_steps_i : refractory_i;

  if (ISynBits > 0) begin : gen_decay
    reduce #(
      .XBits(ISynBits), .FracBits(DecayBits), .Form(DecayForm), .Rounding(DecayRounding), .Clamp(DecayClamp),
      .Saturate(SaturateISyn)
    ) u_decay (
      .x_i(i_syn_i), .amount_i(i_syn_decay_i), .random_i(random_i[31:16]), .y_o(i_syn_o), .overflow_o(i_syn_overflow_o)
    );
  end else begin : gen_no_decay
    assign i_syn_o          = i_syn_i;
    assign i_syn_overflow_o = '0;
    logic unused_decay;
    assign unused_decay = ^{i_syn_decay_i, random_i[31:16]};
  end
  if (BiasBits == 0) begin : gen_no_bias
    logic unused_bias;
    assign unused_bias = ^bias_i;
  end

endmodule
