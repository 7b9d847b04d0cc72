// Leaky integrate-and-fire time step of one neuron: leak, integrate and fire in the order the semantics name.
// Contract: arithmetic.md, "Time step". Purely combinational.

module lif_time_step #(
  parameter int unsigned VBits,           // membrane potential, signed, [4, 32]
  parameter int unsigned DriveBits,       // synaptic current and bias, signed
  parameter int unsigned LeakBits,        // [1, 31], or [1, 16] with multiply
  parameter int unsigned RefractoryBits,  // 0 (absent) to 16
  parameter int unsigned Semantics,       // packed record of arithmetic.md
  localparam int unsigned LeakForm        = (Semantics >> 2) & 7,     // bits 4:2
  localparam int unsigned MaxSpikes       = (Semantics >> 26) & 31,   // bits 30:26
  localparam int unsigned LeakWidth       = (LeakForm == 1) ? LeakBits : (LeakForm == 2) ? 5 : (LeakForm == 3) ? LeakBits + 1 : 1,
  localparam int unsigned RefractoryWidth = (RefractoryBits > 0) ? RefractoryBits : 1,
  localparam int unsigned SpikeBits       = (MaxSpikes > 1) ? $clog2(MaxSpikes + 1) : 1
) (
  input  logic signed [VBits-1:0]           v_i,
  input  logic        [RefractoryWidth-1:0] refractory_i,
  input  logic signed [DriveBits-1:0]       drive_i,            // current + bias
  input  logic signed [VBits:0]             threshold_i,
  input  logic        [LeakWidth-1:0]       leak_i,
  input  logic signed [VBits-1:0]           v_reset_i,
  input  logic        [RefractoryWidth-1:0] refractory_steps_i,
  input  logic        [15:0]                random_i,           // for the leak
  output logic signed [VBits-1:0]           v_o,
  output logic        [RefractoryWidth-1:0] refractory_o,
  output logic        [SpikeBits-1:0]       n_o,                // spikes fired
  output logic                              v_overflow_o
);

  localparam int unsigned SaturateV     = (Semantics >> 0) & 1;    // bit 0
  localparam int unsigned LeakRounding  = (Semantics >> 5) & 7;    // bits 7:5
  localparam int unsigned LeakClamp     = (Semantics >> 8) & 3;    // bits 9:8
  localparam int unsigned Order         = (Semantics >> 22) & 3;   // bits 23:22

  localparam int unsigned LeakFirst = 0;
  localparam int unsigned LeakLast  = 2;

  if (Order > LeakLast) begin : gen_check_order
    $error("Order is %0d, must be 0 to %0d", Order, LeakLast);
  end

  localparam int unsigned SumBits = ((VBits > DriveBits) ? VBits : DriveBits) + 1;

  logic signed [VBits-1:0]   reduce_in;
  logic signed [VBits-1:0]   reduced;
  logic                      overflow_reduce;
  reduce #(
    .XBits(VBits), .FracBits(LeakBits), .Form(LeakForm), .Rounding(LeakRounding), .Clamp(LeakClamp), .Saturate(SaturateV)
  ) u_leak (
    .x_i(reduce_in), .amount_i(leak_i), .random_i(random_i), .y_o(reduced), .overflow_o(overflow_reduce)
  );

  logic signed [VBits-1:0]   sum_in;
  logic signed [SumBits-1:0] sum;
  logic signed [VBits-1:0]   integrated;
  logic                      overflow_sum;
  assign sum = SumBits'(sum_in) + SumBits'(drive_i);
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

endmodule
