// Brings an exact result back into the width of its state: two's complement wrap or saturation.
// Contract: arithmetic.md, "Numbers". Purely combinational.

module fit #(
  parameter int unsigned InBits,    // width of the exact value, signed, more than OutBits
  parameter int unsigned OutBits,   // width of the state, signed
  parameter int unsigned Saturate   // 0: wrap, 1: saturate
) (
  input  logic signed [InBits-1:0]  x_i,
  output logic signed [OutBits-1:0] y_o,
  output logic                      overflow_o   // x is outside the state's range
);

  if (InBits <= OutBits) begin : gen_check_in_bits
    $error("InBits is %0d, must be more than OutBits (%0d)", InBits, OutBits);
  end
  if (Saturate > 1) begin : gen_check_saturate
    $error("Saturate is %0d, must be 0 or 1", Saturate);
  end

  logic negative;
  assign negative   = x_i[InBits-1];
  assign overflow_o = x_i[InBits-1:OutBits-1] != {(InBits - OutBits + 1){negative}};

  if (Saturate == 1) begin : gen_saturate
    assign y_o = overflow_o ? {negative, {(OutBits - 1){~negative}}} : x_i[OutBits-1:0];
  end else begin : gen_wrap
    assign y_o = x_i[OutBits-1:0];
  end

endmodule
