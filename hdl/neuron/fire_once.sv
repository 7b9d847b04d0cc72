// Compares with the threshold and resets once.
// Contract: arithmetic.md, "Fire": one round of the repetition. Purely combinational.

module fire_once #(
  parameter int unsigned VBits,      // membrane potential, signed, [4, 32]
  parameter int unsigned Compare,    // 0 ge, 1 gt, 2 eq
  parameter int unsigned Reset,      // 0 zero, 1 value, 2 subtract
  parameter int unsigned Saturate    // 0 wrap, 1 saturate
) (
  input  logic signed [VBits-1:0] x_i,
  input  logic signed [VBits:0]   threshold_i,
  input  logic signed [VBits-1:0] v_reset_i,     // used by reset to value only
  output logic signed [VBits-1:0] x_o,           // after the reset, or as it came
  output logic                    fires_o,
  output logic                    overflow_o     // the reset that was made left the range
);

  localparam int unsigned GreaterThan = 1;
  localparam int unsigned Equal       = 2;
  localparam int unsigned ToValue     = 1;
  localparam int unsigned Subtract    = 2;

  if (Compare > Equal) begin : gen_check_compare
    $error("Compare is %0d, must be 0 to %0d", Compare, Equal);
  end
  if (Reset > Subtract) begin : gen_check_reset
    $error("Reset is %0d, must be 0 to %0d", Reset, Subtract);
  end

  logic signed [VBits:0]   x_wide;
  logic signed [VBits-1:0] x_reset;
  assign x_wide = (VBits + 1)'(x_i);

  if (Compare == Equal) begin : gen_equal
    assign fires_o = x_wide == threshold_i;
  end else if (Compare == GreaterThan) begin : gen_greater_than
    assign fires_o = x_wide > threshold_i;
  end else begin : gen_greater_equal
    assign fires_o = x_wide >= threshold_i;
  end

  if (Reset == Subtract) begin : gen_subtract
    logic signed [VBits+1:0] difference;
    logic                    overflow;
    assign difference = (VBits + 2)'(x_i) - (VBits + 2)'(threshold_i);
    fit #(.InBits(VBits + 2), .OutBits(VBits), .Saturate(Saturate)) u_fit (
      .x_i(difference), .y_o(x_reset), .overflow_o(overflow)
    );
    assign overflow_o = fires_o && overflow;
  end else if (Reset == ToValue) begin : gen_value
    assign x_reset    = v_reset_i;
    assign overflow_o = '0;
  end else begin : gen_zero
    assign x_reset    = '0;
    assign overflow_o = '0;
  end

  if (Reset != ToValue) begin : gen_no_value
    logic unused_v_reset;
    assign unused_v_reset = ^v_reset_i;
  end

  assign x_o = fires_o ? x_reset : x_i;

endmodule
