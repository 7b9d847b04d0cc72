// Divides by a power of two with one of five roundings: y = x / 2**amount.
// Contract: arithmetic.md, "Numbers". Purely combinational.

module round_shift #(
  parameter int unsigned XBits,       // width of x and y, signed
  parameter int unsigned AmountBits,  // width of the shift amount, unsigned, [1, 5]
  parameter int unsigned MaxAmount,   // largest amount that occurs, [0, 31]
  parameter int unsigned Rounding     // 0 floor, 1 toward_zero, 2 half_up, 3 half_even, 4 stochastic
) (
  input  logic signed [XBits-1:0]      x_i,
  input  logic        [AmountBits-1:0] amount_i,
  input  logic        [15:0]           random_i,   // used by stochastic only
  output logic signed [XBits-1:0]      y_o
);

  localparam int unsigned ToZero     = 1;
  localparam int unsigned HalfUp     = 2;
  localparam int unsigned HalfEven   = 3;
  localparam int unsigned Stochastic = 4;

  if (Rounding > Stochastic) begin : gen_check_rounding
    $error("Rounding is %0d, must be 0 to %0d", Rounding, Stochastic);
  end

  // Wide enough for x + 2**MaxAmount.
  localparam int unsigned SumBits = ((XBits > MaxAmount + 1) ? XBits : MaxAmount + 1) + 1;

  logic signed [SumBits-1:0] x_wide;
  logic signed [SumBits-1:0] unit;
  logic signed [SumBits-1:0] offset;
  assign x_wide = SumBits'(x_i);
  assign unit   = SumBits'(signed'(2'b01)) <<< amount_i;

  if (Rounding == ToZero) begin : gen_to_zero
    assign offset = (x_i < 0) ? unit - SumBits'(signed'(2'b01)) : '0;
  end else if (Rounding == HalfUp) begin : gen_half_up
    assign offset = unit >>> 1;
  end else if (Rounding == HalfEven) begin : gen_half_even
    logic odd;
    assign odd    = 1'(x_wide >>> amount_i);
    assign offset = (amount_i == '0) ? '0 :
                    odd ? unit >>> 1 : (unit >>> 1) - SumBits'(signed'(2'b01));
  end else if (Rounding == Stochastic) begin : gen_stochastic
    assign offset = signed'(SumBits'(random_i)) & (unit - SumBits'(signed'(2'b01)));
  end else begin : gen_floor
    assign offset = '0;
  end

  logic unused_random;   // stochastic uses MaxAmount bits, the others none
  assign unused_random = ^random_i;
  if (Rounding == 0) begin : gen_no_unit
    logic unused_unit;
    assign unused_unit = ^unit;
  end

  assign y_o = XBits'((x_wide + offset) >>> amount_i);

endmodule
