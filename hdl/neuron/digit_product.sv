// Product with a constant of few signed powers of two: a sum of shifted copies, no multiplier.
// Contract: arithmetic.md, "Time step", izhikevich, shift_add: digits of a constant. Purely combinational.

module digit_product #(
  parameter int unsigned XBits,          // width of x, signed
  parameter int unsigned ConstantBits,   // width of the constant as a number, signed, [4, 32]
  parameter int unsigned Digits,         // signed powers of two, [1, 4]
  localparam int unsigned ProductBits = XBits + ConstantBits
) (
  input  logic signed [XBits-1:0]       x_i,
  input  logic        [7*Digits-1:0]    digits_i,   // of each: exponent 4:0, negative 5, present 6
  output logic signed [ProductBits-1:0] product_o
);

  if (ConstantBits < 4 || ConstantBits > 32) begin : gen_check_constant_bits
    $error("ConstantBits is %0d, must be 4 to 32", ConstantBits);
  end
  if (Digits < 1 || Digits > 4) begin : gen_check_digits
    $error("Digits is %0d, must be 1 to 4", Digits);
  end

  for (genvar i = 0; i < Digits; i++) begin : gen_digit
    logic signed [ProductBits-1:0] copy;
    logic signed [ProductBits-1:0] term;
    logic signed [ProductBits-1:0] sum;   // of this digit and those before
    assign copy = ProductBits'(x_i) <<< digits_i[7*i +: 5];
    assign term = !digits_i[7*i+6] ? '0 : digits_i[7*i+5] ? -copy : copy;
    if (i == 0) begin : gen_first
      assign sum = term;
    end else begin : gen_next
      assign sum = gen_digit[i-1].sum + term;
    end
  end

  assign product_o = gen_digit[Digits-1].sum;

endmodule
