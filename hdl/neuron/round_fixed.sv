// Divides by a fixed power of two with one of five roundings: y = x / 2**Shift.
// Contract: arithmetic.md, "Numbers". Purely combinational.

module round_fixed #(
  parameter int unsigned XBits,      // width of x, signed
  parameter int unsigned Shift,      // [0, 31]
  parameter int unsigned Rounding,   // 0 floor, 1 toward_zero, 2 half_up, 3 half_even, 4 stochastic
  localparam int unsigned YBits = ((XBits > Shift + 1) ? XBits - Shift : 1) + 1   // rounding up may need one bit more
) (
  input  logic signed [XBits-1:0] x_i,
  input  logic        [15:0]      random_i,   // used by stochastic only
  output logic signed [YBits-1:0] y_o
);

  localparam int unsigned ToZero     = 1;
  localparam int unsigned HalfUp     = 2;
  localparam int unsigned HalfEven   = 3;
  localparam int unsigned Stochastic = 4;

  if (Shift > 31) begin : gen_check_shift
    $error("Shift is %0d, must be 0 to 31", Shift);
  end
  if (Rounding > Stochastic) begin : gen_check_rounding
    $error("Rounding is %0d, must be 0 to %0d", Rounding, Stochastic);
  end

  if (Shift == 0) begin : gen_whole
    assign y_o = YBits'(x_i);
  end else begin : gen_rounded
    // Wide enough for x + 2**Shift.
    localparam int unsigned SumBits = ((XBits > Shift + 1) ? XBits : Shift + 1) + 1;
    logic signed [SumBits-1:0] x_wide;
    logic        [Shift-1:0]   offset;   // below 2**Shift
    logic signed [SumBits-1:0] sum;
    assign x_wide = SumBits'(x_i);
    if (Rounding == ToZero) begin : gen_to_zero
      assign offset = {Shift{x_wide[SumBits-1]}};
    end else if (Rounding == HalfUp) begin : gen_half_up
      assign offset = {1'b1, {(Shift - 1){1'b0}}};
    end else if (Rounding == HalfEven) begin : gen_half_even
      assign offset = x_wide[Shift] ? {1'b1, {(Shift - 1){1'b0}}} : {1'b0, {(Shift - 1){1'b1}}};
    end else if (Rounding == Stochastic && Shift > 16) begin : gen_stochastic_wide
      assign offset = {random_i, {(Shift - 16){1'b0}}};
    end else if (Rounding == Stochastic) begin : gen_stochastic
      assign offset = random_i[Shift-1:0];
    end else begin : gen_floor
      assign offset = '0;
    end
    assign sum = x_wide + signed'(SumBits'(offset));
    assign y_o = YBits'(sum >>> Shift);
  end

  logic unused_random;   // stochastic uses Shift bits, the others none
  assign unused_random = ^random_i;

endmodule
