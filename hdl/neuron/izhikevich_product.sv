// One product of an Izhikevich time step and what follows it up to the next product.
// Contract: arithmetic.md, "Time step", izhikevich. Purely combinational; which of its kinds it makes is chosen by kind_i, none passes.

module izhikevich_product #(
  parameter int unsigned VBits,         // membrane potential, signed, [4, 32]
  parameter int unsigned DriveBits,     // synaptic current and bias, signed
  parameter int unsigned QBits,         // exact widths of what passes between products, signed: q, or y of shift_add
  parameter int unsigned SBits,         // poly - u + drive
  parameter int unsigned EBits,         // e
  parameter int unsigned CarryBits,     // the largest of them and of u
  parameter int unsigned SaturateV,     // overflow of v: 0 wrap, 1 saturate
  parameter int unsigned Model,         // packed records of arithmetic.md
  parameter int unsigned ModelWidths,
  parameter int unsigned Kinds,         // kinds it can make, a bit for each, as kind_i; one only with shift_add
  localparam int unsigned Form         = (Model >> 2) & 1,             // bit 2
  localparam int unsigned Digits       = (Model >> 17) & 7,            // bits 19:17
  localparam int unsigned UBits        = (ModelWidths >> 0) & 63,      // bits 5:0
  localparam int unsigned ConstantBits = (ModelWidths >> 8) & 63,      // bits 13:8
  localparam int unsigned ConstantWidth = (Form == 1) ? 7 * Digits : ConstantBits,
  localparam int unsigned KBits        = (VBits < 30) ? VBits + 2 : 32
) (
  input  logic        [4:0]               kind_i,          // 0 first of poly, 1 second of poly, 2 scale, 3 b, 4 a; or none
  input  logic signed [VBits-1:0]         x_i,             // v, advanced by the substeps before
  input  logic signed [CarryBits-1:0]     carry_i,         // what the product before leaves
  input  logic                            v_overflow_i,    // of the substeps before
  input  logic signed [VBits-1:0]         v_i,             // at the start of the time step
  input  logic signed [UBits-1:0]         u_i,
  input  logic signed [DriveBits-1:0]     drive_i,
  input  logic signed [ConstantWidth-1:0] k2_i,            // constants: numbers, or digits with shift_add
  input  logic signed [ConstantWidth-1:0] dt_i,
  input  logic signed [ConstantWidth-1:0] a_i,
  input  logic signed [ConstantWidth-1:0] b_i,
  input  logic signed [KBits-1:0]         k1_i,
  input  logic signed [KBits-1:0]         k0_i,
  input  logic signed [KBits-1:0]         v_zero_i,
  input  logic        [15:0]              random_i,        // of this product
  input  logic        [15:0]              scale_random_i,  // of the scale by a shift that follows kind 1
  output logic signed [VBits-1:0]         x_o,
  output logic signed [CarryBits-1:0]     carry_o,
  output logic                            v_overflow_o,
  output logic                            u_overflow_o     // of the recovery, with kind 4
);

  localparam int unsigned Simultaneous  = (Model >> 3) & 1;            // bit 3
  localparam int unsigned Accommodation = (Model >> 4) & 1;            // bit 4
  localparam int unsigned SaturateU     = (Model >> 5) & 1;            // bit 5
  localparam int unsigned Rounding      = (Model >> 6) & 7;            // bits 8:6
  localparam int unsigned ScaleByDt     = (Model >> 9) & 1;            // bit 9
  localparam int unsigned DtShift       = (Model >> 10) & 15;          // bits 13:10
  localparam int unsigned SegmentBits   = ((Model >> 15) & 3) + 1;     // bits 16:15
  localparam int unsigned ConstantFrac  = (ModelWidths >> 16) & 31;    // bits 20:16
  localparam int unsigned VFrac         = (ModelWidths >> 24) & 31;    // bits 28:24

  localparam int unsigned First  = 0;
  localparam int unsigned Second = 1;
  localparam int unsigned Scale  = 2;
  localparam int unsigned SlopeB = 3;
  localparam int unsigned RateA  = 4;

  localparam bit HasFirst  = Kinds[First];
  localparam bit HasSecond = Kinds[Second];
  localparam bit HasScale  = Kinds[Scale];
  localparam bit HasSlopeB = Kinds[SlopeB];
  localparam bit HasRateA  = Kinds[RateA];

  localparam int unsigned WBits = ((VBits > KBits) ? VBits : KBits) + 1;   // w - v_zero, v - k1
  logic signed [VBits-1:0] w;
  logic signed [WBits-1:0] from_zero;
  assign w         = (Simultaneous == 1) ? v_i : x_i;
  assign from_zero = WBits'(w) - WBits'(v_zero_i);

  // Operands: as wide as the kinds at hand need.
  localparam int unsigned OperandA = (HasSecond && QBits > ConstantBits) ? QBits : ConstantBits;
  localparam int unsigned OperandV = (HasFirst || HasSecond) ? VBits : 1;
  localparam int unsigned OperandS = (HasScale && SBits > OperandV) ? SBits : OperandV;
  localparam int unsigned OperandW = (HasSlopeB && WBits > OperandS) ? WBits : OperandS;
  localparam int unsigned OperandB = (HasRateA && EBits > OperandW) ? EBits : OperandW;
  // With shift_add the one kind has one operand.
  localparam int unsigned OperandD = HasSecond ? QBits : HasScale ? SBits : HasSlopeB ? WBits : EBits;

  localparam int unsigned ProductBits = (Form == 0) ? OperandA + OperandB : HasFirst ? 2 * WBits : ConstantBits + OperandD;
  logic signed [ProductBits-1:0] product;

  if (Form == 0) begin : gen_multiplier
    logic signed [OperandA-1:0] operand_a;
    logic signed [OperandB-1:0] operand_b;
    always_comb begin
      operand_a = '0;
      operand_b = '0;
      if (HasFirst && kind_i[First]) begin
        operand_a = OperandA'(k2_i);
        operand_b = OperandB'(x_i);
      end
      if (HasSecond && kind_i[Second]) begin
        operand_a = OperandA'(QBits'(carry_i));
        operand_b = OperandB'(x_i);
      end
      if (HasScale && kind_i[Scale]) begin
        operand_a = OperandA'(dt_i);
        operand_b = OperandB'(SBits'(carry_i));
      end
      if (HasSlopeB && kind_i[SlopeB]) begin
        operand_a = OperandA'(b_i);
        operand_b = OperandB'(from_zero);
      end
      if (HasRateA && kind_i[RateA]) begin
        operand_a = OperandA'(a_i);
        operand_b = OperandB'(EBits'(carry_i));
      end
    end
    assign product = ProductBits'(operand_a) * ProductBits'(operand_b);
  end else if (HasFirst) begin : gen_square
    logic signed [WBits-1:0] from_vertex;
    logic        [WBits-1:0] magnitude;
    assign from_vertex = WBits'(x_i) - WBits'(k1_i);
    assign magnitude   = (from_vertex < 0) ? -from_vertex : from_vertex;
    chord_square #(.XBits(WBits), .SegmentBits(SegmentBits)) u_square (.x_i(magnitude), .square_o(product));
  end else begin : gen_digits
    logic signed [OperandD-1:0]      operand;
    logic        [ConstantWidth-1:0] digits;
    assign operand = HasSlopeB ? OperandD'(from_zero) : OperandD'(carry_i);
    assign digits  = HasSecond ? k2_i : HasScale ? dt_i : HasSlopeB ? b_i : a_i;
    digit_product #(.XBits(OperandD), .ConstantBits(ConstantBits), .Digits(Digits)) u_digits (
      .x_i(operand), .digits_i(digits), .product_o(product)
    );
  end

  // A product of v and v has VFrac too many fraction bits, one with a constant ConstantFrac.
  localparam int unsigned WithV        = (Form == 0) ? Second : First;
  localparam bit          HasV         = Kinds[WithV];
  localparam bit          HasConstant  = (Kinds & ~(32'd1 << WithV)) != 0;
  localparam int unsigned VQuotient    = ((ProductBits > VFrac + 1) ? ProductBits - VFrac : 1) + 1;
  localparam int unsigned ConstantQuotient = ((ProductBits > ConstantFrac + 1) ? ProductBits - ConstantFrac : 1) + 1;
  localparam int unsigned RoundedBits  = (!HasConstant || (HasV && VQuotient > ConstantQuotient)) ? VQuotient : ConstantQuotient;
  logic signed [RoundedBits-1:0] rounded_v;
  logic signed [RoundedBits-1:0] rounded_constant;
  logic signed [RoundedBits-1:0] rounded;
  if (HasV) begin : gen_round_v
    logic signed [VQuotient-1:0] quotient;
    round_fixed #(.XBits(ProductBits), .Shift(VFrac), .Rounding(Rounding)) u_round (
      .x_i(product), .random_i(random_i), .y_o(quotient)
    );
    assign rounded_v = RoundedBits'(quotient);
  end else begin : gen_no_round_v
    assign rounded_v = '0;
  end
  if (HasConstant) begin : gen_round_constant
    logic signed [ConstantQuotient-1:0] quotient;
    round_fixed #(.XBits(ProductBits), .Shift(ConstantFrac), .Rounding(Rounding)) u_round (
      .x_i(product), .random_i(random_i), .y_o(quotient)
    );
    assign rounded_constant = RoundedBits'(quotient);
  end else begin : gen_no_round_constant
    assign rounded_constant = '0;
  end
  assign rounded = (HasV && (!HasConstant || kind_i[WithV])) ? rounded_v : rounded_constant;

  // The derivative, and the step of v.
  logic signed [CarryBits-1:0] derivative;
  assign derivative = CarryBits'(rounded) + CarryBits'(k0_i) - CarryBits'(u_i) + CarryBits'(drive_i);

  logic                    steps;
  logic signed [VBits-1:0] x_next;
  logic                    x_overflow;
  if ((ScaleByDt == 1) ? HasScale : HasSecond) begin : gen_step
    localparam int unsigned ShiftedBits = ((SBits > DtShift + 1) ? SBits - DtShift : 1) + 1;
    localparam int unsigned StepBits    = (ScaleByDt == 1) ? RoundedBits : ShiftedBits;
    localparam int unsigned SumBits     = ((StepBits > VBits) ? StepBits : VBits) + 1;
    logic signed [StepBits-1:0] step;
    if (ScaleByDt == 1) begin : gen_constant
      assign step  = rounded;
      assign steps = kind_i[Scale];
    end else begin : gen_shift
      round_fixed #(.XBits(SBits), .Shift(DtShift), .Rounding(Rounding)) u_round (
        .x_i(SBits'(derivative)), .random_i(scale_random_i), .y_o(step)
      );
      assign steps = kind_i[Second];
    end
    fit #(.InBits(SumBits), .OutBits(VBits), .Saturate(SaturateV)) u_fit (
      .x_i(SumBits'(x_i) + SumBits'(step)), .y_o(x_next), .overflow_o(x_overflow)
    );
  end else begin : gen_no_step
    assign steps      = '0;
    assign x_next     = x_i;
    assign x_overflow = '0;
  end
  assign x_o          = steps ? x_next : x_i;
  assign v_overflow_o = v_overflow_i || (steps && x_overflow);

  // The recovery.
  logic signed [UBits-1:0] u_next;
  if (HasRateA) begin : gen_recovery
    localparam int unsigned SumBits = ((RoundedBits > UBits) ? RoundedBits : UBits) + 1;
    logic u_overflow;
    fit #(.InBits(SumBits), .OutBits(UBits), .Saturate(SaturateU)) u_fit (
      .x_i(SumBits'(u_i) + SumBits'(rounded)), .y_o(u_next), .overflow_o(u_overflow)
    );
    assign u_overflow_o = kind_i[RateA] && u_overflow;
  end else begin : gen_no_recovery
    assign u_next       = '0;
    assign u_overflow_o = '0;
  end

  always_comb begin
    carry_o = carry_i;
    if (HasFirst && kind_i[First]) begin
      carry_o = (Form == 0) ? CarryBits'(rounded) + CarryBits'(k1_i) : CarryBits'(rounded);
    end
    if (HasSecond && kind_i[Second]) begin
      carry_o = derivative;
    end
    if (HasSlopeB && kind_i[SlopeB]) begin
      carry_o = (Accommodation == 1) ? CarryBits'(rounded) : CarryBits'(rounded) - CarryBits'(u_i);
    end
    if (HasRateA && kind_i[RateA]) begin
      carry_o = CarryBits'(u_next);
    end
  end

  // No kind uses all of them.
  logic unused_inputs;
  assign unused_inputs = ^{kind_i, v_i, u_i, drive_i, k2_i, dt_i, a_i, b_i, k1_i, k0_i, v_zero_i, scale_random_i, carry_i,
                           from_zero, derivative, rounded, rounded_v, rounded_constant};

endmodule
