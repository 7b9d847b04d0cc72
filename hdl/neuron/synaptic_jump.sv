// What the inputs of a time step add to the accumulators of one polarity.
// Contract: arithmetic.md, "Time step": jump(q, f, x). Purely combinational.

module synaptic_jump #(
  parameter int unsigned ISynBits,   // synaptic current, signed, [4, 32]
  parameter int unsigned Rounding,   // of the decay: 0 floor, 1 toward_zero, 2 half_up, 3 half_even, 4 stochastic
  parameter int unsigned Synapse,    // packed record of arithmetic.md
  localparam int unsigned Filter    = (Synapse >> 0) & 3,    // bits 1:0
  localparam int unsigned GainBits  = (Synapse >> 7) & 31,   // bits 11:7
  localparam int unsigned GainWidth = GainBits + 1,
  localparam int unsigned Filters   = 1 << Filter,
  localparam int unsigned JumpBits  = ISynBits + 1
) (
  input  logic signed [ISynBits-1:0]         x_i,       // input[pointer][q]
  input  logic        [2*GainWidth-1:0]      gain_i,    // of this polarity, gain 0 in the low bits; three_tau only
  input  logic        [31:0]                 random_i,  // 15:0 for gain 0, 31:16 for gain 1
  output logic        [Filters*JumpBits-1:0] jump_o     // accumulator 0 in the low bits
);

  localparam int unsigned DoubleExponential = 1;
  localparam int unsigned ThreeTau          = 2;

  if (Filter > ThreeTau) begin : gen_check_filter
    $error("filter is %0d, must be 0 to %0d", Filter, ThreeTau);
  end
  if ((Filter == ThreeTau) ? GainBits < 1 || GainBits > 16 : GainBits != 0) begin : gen_check_gain_bits
    $error("GainBits is %0d, must be 1 to 16 with three_tau, else 0", GainBits);
  end

  if (Filter == ThreeTau) begin : gen_three_tau
    for (genvar g = 0; g < 2; g++) begin : gen_gain
      localparam int unsigned ProductBits = ISynBits + GainWidth + 1;
      localparam int unsigned RoundedBits = ProductBits - GainBits + 1;
      logic signed [ProductBits-1:0] product;
      logic signed [RoundedBits-1:0] rounded;
      logic signed [JumpBits-1:0]    y;
      logic        [RoundedBits-JumpBits-1:0] unused_high;   // sign, because gain <= 2**GainBits
      assign product = ProductBits'(x_i) * signed'(ProductBits'(gain_i[g*GainWidth +: GainWidth]));
      round_fixed #(.XBits(ProductBits), .Shift(GainBits), .Rounding(Rounding)) u_round (
        .x_i(product), .random_i(random_i[16*g +: 16]), .y_o(rounded)
      );
      assign {unused_high, y}                     = rounded;
      assign jump_o[g*JumpBits +: JumpBits]       = y;
      assign jump_o[(g + 2)*JumpBits +: JumpBits] = -y;
    end
  end else begin : gen_plain
    assign jump_o[0 +: JumpBits] = JumpBits'(x_i);
    if (Filter == DoubleExponential) begin : gen_double_exponential
      assign jump_o[JumpBits +: JumpBits] = -(JumpBits'(x_i));
    end
    logic unused_gain;
    assign unused_gain = ^{gain_i, random_i};
  end

endmodule
