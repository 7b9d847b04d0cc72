// Izhikevich time step of one neuron: a chain of products, all at once or over several cycles with shared multipliers.
// Contract: arithmetic.md, "Time step", izhikevich, and "Shared multipliers". Combinational where StepCycles is 1.

module izhikevich_time_step #(
  parameter int unsigned VBits,         // membrane potential, signed, [4, 32]
  parameter int unsigned DriveBits,     // synaptic current and bias, signed
  parameter int unsigned Semantics,     // packed records of arithmetic.md
  parameter int unsigned Model,
  parameter int unsigned ModelWidths,
  localparam int unsigned Form          = (Model >> 2) & 1,            // bit 2
  localparam int unsigned ScaleByDt     = (Model >> 9) & 1,            // bit 9
  localparam int unsigned Substeps      = ((Model >> 14) & 1) + 1,     // bit 14
  localparam int unsigned Digits        = (Model >> 17) & 7,           // bits 19:17
  localparam int unsigned Multipliers   = (Model >> 20) & 7,           // bits 22:20
  localparam int unsigned UBits         = (ModelWidths >> 0) & 63,     // bits 5:0
  localparam int unsigned ConstantBits  = (ModelWidths >> 8) & 63,     // bits 13:8
  localparam int unsigned ConstantWidth = (Form == 1) ? 7 * Digits : ConstantBits,
  localparam int unsigned KBits         = (VBits < 30) ? VBits + 2 : 32,
  localparam int unsigned Products      = Substeps * (2 + ScaleByDt) + 2,
  localparam int unsigned StepCycles    = (Multipliers > 0) ? (Products + Multipliers - 1) / Multipliers : 1,
  localparam int unsigned CycleBits     = (StepCycles > 2) ? $clog2(StepCycles) : 1
) (
  input  logic                            clk_i,          // used where StepCycles is more than 1
  input  logic        [CycleBits-1:0]     cycle_i,        // of the step, [0, StepCycles - 1]; the other inputs hold through it
  input  logic signed [VBits-1:0]         v_i,
  input  logic signed [UBits-1:0]         u_i,
  input  logic signed [DriveBits-1:0]     drive_i,        // current + bias
  input  logic signed [VBits:0]           threshold_i,
  input  logic signed [VBits-1:0]         v_reset_i,
  input  logic signed [UBits-1:0]         u_step_i,       // added to u at a spike
  input  logic signed [ConstantWidth-1:0] a_i,            // constants: numbers, or digits with shift_add
  input  logic signed [ConstantWidth-1:0] b_i,
  input  logic signed [ConstantWidth-1:0] k2_i,
  input  logic signed [ConstantWidth-1:0] dt_i,
  input  logic signed [KBits-1:0]         k1_i,
  input  logic signed [KBits-1:0]         k0_i,
  input  logic signed [KBits-1:0]         v_zero_i,
  input  logic        [31:0]              random_i,       // word of the lane
  output logic signed [VBits-1:0]         v_o,            // results in the last cycle
  output logic signed [UBits-1:0]         u_o,
  output logic                            fires_o,
  output logic                            v_overflow_o,
  output logic                            u_overflow_o
);

  localparam int unsigned SaturateV      = (Semantics >> 0) & 1;          // bit 0
  localparam int unsigned LeakForm       = (Semantics >> 2) & 7;          // bits 4:2
  localparam int unsigned Compare        = (Semantics >> 18) & 3;         // bits 19:18
  localparam int unsigned Reset          = (Semantics >> 20) & 3;         // bits 21:20
  localparam int unsigned Order          = (Semantics >> 22) & 3;         // bits 23:22
  localparam int unsigned FirePerTimeStep = (Semantics >> 24) & 1;        // bit 24
  localparam int unsigned MaxSpikes      = (Semantics >> 26) & 31;        // bits 30:26
  localparam int unsigned Simultaneous   = (Model >> 3) & 1;              // bit 3
  localparam int unsigned SaturateU      = (Model >> 5) & 1;              // bit 5
  localparam int unsigned Segments       = (Model >> 15) & 3;             // bits 16:15
  localparam int unsigned ConstantFrac   = (ModelWidths >> 16) & 31;      // bits 20:16
  localparam int unsigned VFrac          = (ModelWidths >> 24) & 31;      // bits 28:24
  localparam int unsigned ToValue        = 1;

  if (LeakForm != 0 || Reset != ToValue || Order != 0 || FirePerTimeStep != 1 || MaxSpikes != 1) begin : gen_check_semantics
    $error("izhikevich needs leak form none, reset value, order 0, fire_check per_time_step and max_spikes 1");
  end
  if (UBits < 4 || UBits > 32) begin : gen_check_u_bits
    $error("UBits is %0d, must be 4 to 32", UBits);
  end
  if (ConstantBits < 4 || ConstantBits > 32) begin : gen_check_constant_bits
    $error("ConstantBits is %0d, must be 4 to 32", ConstantBits);
  end
  if (ConstantFrac < 1 || VFrac > 24) begin : gen_check_frac
    $error("ConstantFrac is %0d, must be 1 to 31, and VFrac %0d, must be 0 to 24", ConstantFrac, VFrac);
  end
  if (Substeps == 2 && Simultaneous == 1) begin : gen_check_substeps
    $error("substeps is 2, which needs the update sequential");
  end
  if ((Form == 1) ? Digits < 1 || Digits > 4 || Multipliers != 0 : Digits != 0 || Segments != 0) begin : gen_check_form
    $error("shift_add needs Digits (%0d) 1 to 4 and Multipliers (%0d) 0, multiplier needs Digits and SegmentBits 0", Digits, Multipliers);
  end

  // Exact widths of what passes between products: a quotient has one bit more than the product less the shift.
  localparam int unsigned WBits        = ((VBits > KBits) ? VBits : KBits) + 1;
  localparam int unsigned FirstBits    = (Form == 1) ? 2 * WBits : ConstantBits + VBits;
  localparam int unsigned FirstShift   = (Form == 1) ? VFrac : ConstantFrac;
  localparam int unsigned FirstQuotient = ((FirstBits > FirstShift + 1) ? FirstBits - FirstShift : 1) + 1;
  localparam int unsigned QBits        = (Form == 1) ? FirstQuotient : ((FirstQuotient > KBits) ? FirstQuotient : KBits) + 1;
  localparam int unsigned SecondBits   = QBits + ((Form == 1) ? ConstantBits : VBits);
  localparam int unsigned SecondShift  = (Form == 1) ? ConstantFrac : VFrac;
  localparam int unsigned SecondQuotient = ((SecondBits > SecondShift + 1) ? SecondBits - SecondShift : 1) + 1;
  localparam int unsigned PolyBits     = (SecondQuotient > KBits) ? SecondQuotient : KBits;
  localparam int unsigned TermBits     = (UBits > DriveBits) ? UBits : DriveBits;
  localparam int unsigned SBits        = ((PolyBits > TermBits) ? PolyBits : TermBits) + 2;
  localparam int unsigned SlopeBits    = ConstantBits + WBits;
  localparam int unsigned SlopeQuotient = ((SlopeBits > ConstantFrac + 1) ? SlopeBits - ConstantFrac : 1) + 1;
  localparam int unsigned EBits        = ((SlopeQuotient > UBits) ? SlopeQuotient : UBits) + 1;
  localparam int unsigned CarryQS      = (QBits > SBits) ? QBits : SBits;
  localparam int unsigned CarryBits    = (CarryQS > EBits) ? CarryQS : EBits;

  // Product j of the step is made in cycle j / Stride by unit j mod Stride.
  localparam int unsigned Stride    = (Multipliers > 0) ? Multipliers : Products;
  localparam int unsigned Units     = (Stride < Products) ? Stride : Products;
  localparam int unsigned OfSubstep = 2 + ScaleByDt;
  localparam int unsigned OfV       = Substeps * OfSubstep;

  logic [63:0] random;   // twice, so that a slice is a rotation
  assign random = {random_i, random_i};

  logic signed [VBits-1:0]     x_first;
  logic signed [CarryBits-1:0] carry_first;
  logic                        v_overflow_first;

  for (genvar unit = 0; unit < Units; unit++) begin : gen_unit
    logic signed [VBits-1:0]     x;
    logic signed [CarryBits-1:0] carry;
    logic                        v_overflow;
    logic signed [VBits-1:0]     x_next;
    logic signed [CarryBits-1:0] carry_next;
    logic                        v_overflow_next;
    logic                        u_overflow;
    logic                        u_overflows;   // of this unit or one before
    if (unit == 0) begin : gen_first
      assign x           = x_first;
      assign carry       = carry_first;
      assign v_overflow  = v_overflow_first;
      assign u_overflows = u_overflow;
    end else begin : gen_next
      assign x           = gen_unit[unit-1].x_next;
      assign carry       = gen_unit[unit-1].carry_next;
      assign v_overflow  = gen_unit[unit-1].v_overflow_next;
      assign u_overflows = gen_unit[unit-1].u_overflows || u_overflow;
    end

    // What the unit does in each cycle; past the last product it does nothing.
    for (genvar cycle = 0; cycle < StepCycles; cycle++) begin : gen_cycle
      localparam int unsigned J      = unit + cycle * Stride;
      localparam int unsigned Kind   = (J < OfV) ? J % OfSubstep : 3 + J - OfV;
      localparam int unsigned Number = (J < OfV) ? 3 * (J / OfSubstep) + Kind : 6 + J - OfV;
      localparam int unsigned Bit    = (J < Products) ? 1 << Kind : 0;
      logic        now;
      logic [4:0]  kind;           // of this cycle and those before
      logic [15:0] random_part;
      logic [15:0] scale_random;   // of the scale by a shift that follows a second product
      if (StepCycles > 1) begin : gen_now
        assign now = cycle_i == CycleBits'(cycle);
      end else begin : gen_always
        assign now = '1;
      end
      localparam int unsigned Place = (2 * Number) % 32;
      if (cycle == 0) begin : gen_first
        assign kind         = now ? 5'(Bit) : '0;
        assign random_part  = now ? random[Place +: 16] : '0;
        assign scale_random = now ? random[(Place + 2) % 32 +: 16] : '0;
      end else begin : gen_next
        assign kind         = now ? 5'(Bit) : gen_cycle[cycle-1].kind;
        assign random_part  = now ? random[Place +: 16] : gen_cycle[cycle-1].random_part;
        assign scale_random = now ? random[(Place + 2) % 32 +: 16] : gen_cycle[cycle-1].scale_random;
      end
    end

    izhikevich_product #(
      .VBits(VBits), .DriveBits(DriveBits), .QBits(QBits), .SBits(SBits), .EBits(EBits), .CarryBits(CarryBits),
      .SaturateV(SaturateV), .Model(Model), .ModelWidths(ModelWidths), .Kinds(kinds_of(unit))
    ) u_product (
      .kind_i(gen_cycle[StepCycles-1].kind), .x_i(x), .carry_i(carry), .v_overflow_i(v_overflow), .v_i(v_i), .u_i(u_i),
      .drive_i(drive_i), .k2_i(k2_i), .dt_i(dt_i), .a_i(a_i), .b_i(b_i), .k1_i(k1_i), .k0_i(k0_i), .v_zero_i(v_zero_i),
      .random_i(gen_cycle[StepCycles-1].random_part), .scale_random_i(gen_cycle[StepCycles-1].scale_random),
      .x_o(x_next), .carry_o(carry_next), .v_overflow_o(v_overflow_next), .u_overflow_o(u_overflow)
    );
  end

  // Kinds of product that a unit makes in all its cycles, a bit for each.
  function automatic int unsigned kinds_of(input int unsigned unit);
    kinds_of = 0;
    for (int unsigned j = unit; j < Products; j = j + Stride) begin
      kinds_of = kinds_of | (1 << ((j < OfV) ? j % OfSubstep : 3 + j - OfV));
    end
  endfunction

  // Between cycles.
  if (StepCycles > 1) begin : gen_shared
    logic signed [VBits-1:0]     x_q;
    logic signed [CarryBits-1:0] carry_q;
    logic                        v_overflow_q;
    logic                        starts;
    always_ff @(posedge clk_i) begin
      x_q          <= gen_unit[Units-1].x_next;
      carry_q      <= gen_unit[Units-1].carry_next;
      v_overflow_q <= gen_unit[Units-1].v_overflow_next;
    end
    assign starts           = cycle_i == '0;
    assign x_first          = starts ? v_i : x_q;
    assign carry_first      = carry_q;
    assign v_overflow_first = !starts && v_overflow_q;
  end else begin : gen_at_once
    assign x_first          = v_i;
    assign carry_first      = '0;
    assign v_overflow_first = '0;
    logic unused_clock;
    assign unused_clock = ^{clk_i, cycle_i};
  end

  logic signed [VBits-1:0]      x;
  logic signed [UBits-1:0]      y;
  logic [CarryBits-UBits-1:0]   unused_carry;   // sign
  logic                         unused_random;
  logic                         unused_overflow;
  assign x                 = gen_unit[Units-1].x_next;
  assign {unused_carry, y} = gen_unit[Units-1].carry_next;
  assign unused_random     = ^random;
  fire_once #(.VBits(VBits), .Compare(Compare), .Reset(ToValue), .Saturate(SaturateV)) u_fire (
    .x_i(x), .threshold_i(threshold_i), .v_reset_i(v_reset_i), .x_o(v_o), .fires_o(fires_o), .overflow_o(unused_overflow)
  );

  logic signed [UBits:0]   u_sum;
  logic signed [UBits-1:0] u_stepped;
  logic                    u_step_overflow;
  assign u_sum = (UBits + 1)'(y) + (UBits + 1)'(u_step_i);
  fit #(.InBits(UBits + 1), .OutBits(UBits), .Saturate(SaturateU)) u_fit (
    .x_i(u_sum), .y_o(u_stepped), .overflow_o(u_step_overflow)
  );
  assign u_o          = fires_o ? u_stepped : y;
  assign v_overflow_o = gen_unit[Units-1].v_overflow_next;
  assign u_overflow_o = gen_unit[Units-1].u_overflows || (fires_o && u_step_overflow);

endmodule
