// Fires up to max_spikes times: compare, count, reset, until the comparison fails.
// Contract: arithmetic.md, "Fire". Purely combinational.

module fire #(
  parameter int unsigned VBits,       // membrane potential, signed, [4, 32]
  parameter int unsigned Semantics,   // packed record of arithmetic.md
  localparam int unsigned MaxSpikes = (Semantics >> 26) & 31,
  localparam int unsigned SpikeBits = (MaxSpikes > 1) ? $clog2(MaxSpikes + 1) : 1
) (
  input  logic signed [VBits-1:0]     x_i,
  input  logic signed [VBits:0]       threshold_i,
  input  logic signed [VBits-1:0]     v_reset_i,
  output logic signed [VBits-1:0]     x_o,
  output logic        [SpikeBits-1:0] n_o,          // spikes fired, [0, max_spikes]
  output logic                        overflow_o
);

  localparam int unsigned Saturate = (Semantics >> 0) & 1;    // bit 0
  localparam int unsigned Compare  = (Semantics >> 18) & 3;   // bits 19:18
  localparam int unsigned Reset    = (Semantics >> 20) & 3;   // bits 21:20

  if (MaxSpikes < 1 || (MaxSpikes > 1 && Reset != 2)) begin : gen_check_max_spikes
    $error("max_spikes is %0d, must be 1, or 1 to 31 with reset = subtract", MaxSpikes);
  end

  localparam int unsigned Rounds = (MaxSpikes > 0) ? MaxSpikes : 1;   // 0 is refused above

  for (genvar i = 0; i < Rounds; i++) begin : gen_round
    logic signed [VBits-1:0]     x;
    logic signed [VBits-1:0]     x_next;
    logic        [SpikeBits-1:0] n_next;
    logic                        going;          // this round and every one before fired
    logic                        fires;
    logic                        overflow;
    logic                        overflow_next;
    logic signed [VBits-1:0]     x_fired;

    fire_once #(.VBits(VBits), .Compare(Compare), .Reset(Reset), .Saturate(Saturate)) u_fire_once (
      .x_i(x), .threshold_i(threshold_i), .v_reset_i(v_reset_i), .x_o(x_fired), .fires_o(fires), .overflow_o(overflow)
    );
    if (i == 0) begin : gen_first
      assign x             = x_i;
      assign going         = fires;
      assign n_next        = SpikeBits'(going);
      assign x_next        = x_fired;
      assign overflow_next = overflow;
    end else begin : gen_repeated
      assign x             = gen_round[i-1].x_next;
      assign going         = gen_round[i-1].going && fires;
      assign n_next        = gen_round[i-1].n_next + SpikeBits'(going);
      assign x_next        = going ? x_fired : x;
      assign overflow_next = gen_round[i-1].overflow_next || (going && overflow);
    end
  end

  assign x_o        = gen_round[Rounds-1].x_next;
  assign n_o        = gen_round[Rounds-1].n_next;
  assign overflow_o = gen_round[Rounds-1].overflow_next;

endmodule
