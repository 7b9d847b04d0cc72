// Leak of the membrane potential or decay of the synaptic current, in one of five forms.
// Contract: arithmetic.md, "Leak and decay". Purely combinational.

module reduce #(
  parameter int unsigned XBits,       // width of the state, signed, [4, 32]
  parameter int unsigned FracBits,    // LeakBits or DecayBits, [1, 31], or [1, 16] with multiply
  parameter int unsigned Form,        // 0 none, 1 subtract, 2 shift, 3 multiply, 4 clear
  parameter int unsigned Rounding,    // 0 floor, 1 toward_zero, 2 half_up, 3 half_even, 4 stochastic
  parameter int unsigned Clamp,       // 0 none, 1 zero (subtract), 2 min_one (shift, multiply)
  parameter int unsigned Saturate,    // overflow of the state: 0 wrap, 1 saturate
  // Width of the amount: FracBits (subtract), 5 (shift), FracBits + 1 (multiply), 1 (unused).
  localparam int unsigned AmountBits = (Form == 1) ? FracBits : (Form == 2) ? 5 : (Form == 3) ? FracBits + 1 : 1
) (
  input  logic signed [XBits-1:0]      x_i,
  input  logic        [AmountBits-1:0] amount_i,
  input  logic        [15:0]           random_i,
  output logic signed [XBits-1:0]      y_o,
  output logic                         overflow_o
);

  localparam int unsigned Subtract   = 1;
  localparam int unsigned Shift      = 2;
  localparam int unsigned Multiply   = 3;
  localparam int unsigned Clear      = 4;
  localparam int unsigned ToZero     = 1;
  localparam int unsigned MinOne     = 2;
  localparam int unsigned Stochastic = 4;

  if (Form > Clear) begin : gen_check_form
    $error("Form is %0d, must be 0 to %0d", Form, Clear);
  end
  if (Clamp > MinOne || (Clamp == ToZero && Form != Subtract) ||
      (Clamp == MinOne && Form != Shift && Form != Multiply)) begin : gen_check_clamp
    $error("Clamp is %0d, must be 0, 1 with Form 1 or 2 with Form 2 or 3", Clamp);
  end
  if (FracBits < 1 || FracBits > ((Form == Multiply) ? 16 : 31)) begin : gen_check_frac_bits
    $error("FracBits is %0d, must be 1 to 31, or 1 to 16 with Form 3", FracBits);
  end

  logic signed [XBits-1:0] sign;   // -1 or 1
  assign sign = (x_i < 0) ? '1 : XBits'(signed'(2'b01));

  if (Form == Subtract) begin : gen_subtract
    localparam int unsigned SumBits = ((XBits > FracBits) ? XBits : FracBits + 1) + 1;
    logic signed [SumBits-1:0] x_wide;
    logic signed [SumBits-1:0] amount;
    assign x_wide = SumBits'(x_i);
    assign amount = signed'(SumBits'(amount_i));
    if (Clamp == ToZero) begin : gen_to_zero
      logic signed [SumBits-1:0] moved;
      assign moved      = (x_i < 0) ? x_wide + amount : x_wide - amount;
      assign y_o        = ((moved < 0) == (x_i < 0)) ? XBits'(moved) : '0;
      assign overflow_o = '0;
    end else begin : gen_fit
      logic signed [SumBits-1:0] difference;
      assign difference = x_wide - amount;
      fit #(.InBits(SumBits), .OutBits(XBits), .Saturate(Saturate)) u_fit (
        .x_i(difference), .y_o(y_o), .overflow_o(overflow_o)
      );
    end
  end else if (Form == Shift) begin : gen_shift
    // Beyond XBits only stochastic rounding still depends on the amount.
    localparam int unsigned MaxAmount = (Rounding == Stochastic || XBits > 31) ? 31 : XBits;
    logic        [AmountBits-1:0] amount;
    logic signed [XBits-1:0]      d;
    if (MaxAmount < 31) begin : gen_limit
      assign amount = (amount_i > AmountBits'(MaxAmount)) ? AmountBits'(MaxAmount) : amount_i;
    end else begin : gen_no_limit
      assign amount = amount_i;
    end
    round_shift #(.XBits(XBits), .AmountBits(AmountBits), .MaxAmount(MaxAmount), .Rounding(Rounding)) u_round_shift (
      .x_i(x_i), .amount_i(amount), .random_i(random_i), .y_o(d)
    );
    if (Clamp == MinOne) begin : gen_min_one
      assign y_o = x_i - ((d == '0 && x_i != '0) ? sign : d);
    end else begin : gen_plain
      assign y_o = x_i - d;
    end
    assign overflow_o = '0;
  end else if (Form == Multiply) begin : gen_multiply
    localparam int unsigned ProductBits = XBits + AmountBits + 1;
    logic signed [ProductBits-1:0] product;
    logic signed [ProductBits-1:0] shifted;
    logic signed [XBits-1:0]       y;
    logic        [ProductBits-XBits-1:0] unused_high;   // zero or sign, because amount <= 2**FracBits
    assign product = ProductBits'(x_i) * signed'(ProductBits'(amount_i));
    round_shift #(.XBits(ProductBits), .AmountBits(5), .MaxAmount(FracBits), .Rounding(Rounding)) u_round_shift (
      .x_i(product), .amount_i(5'(FracBits)), .random_i(random_i), .y_o(shifted)
    );
    assign {unused_high, y} = shifted;
    if (Clamp == MinOne) begin : gen_min_one
      logic keeps;
      assign keeps = amount_i == {1'b1, {FracBits{1'b0}}};
      assign y_o   = (y == x_i && x_i != '0 && !keeps) ? x_i - sign : y;
    end else begin : gen_plain
      assign y_o = y;
    end
    assign overflow_o = '0;
  end else begin : gen_none_or_clear
    assign y_o        = (Form == Clear) ? '0 : x_i;
    assign overflow_o = '0;
  end

  if (Form != Shift && Form != Multiply) begin : gen_no_random
    logic unused_random;
    assign unused_random = ^random_i;
  end
  if (Form != Subtract && Form != Shift && Form != Multiply) begin : gen_no_amount
    logic unused_amount;
    assign unused_amount = ^amount_i;
  end
  if (Clamp != MinOne) begin : gen_no_sign
    logic unused_sign;
    assign unused_sign = ^sign;
  end

endmodule
