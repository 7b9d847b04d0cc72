// Synaptic current of one neuron in a time step: takes the buffered inputs in, gives the drive, decays every accumulator.
// Contract: arithmetic.md, "Time step". Purely combinational; all neuron models share it.

module synaptic_current #(
  parameter int unsigned ISynBits,    // synaptic current, signed, 0 (absent) or [4, 32]
  parameter int unsigned DecayBits,   // [1, 31], or [1, 16] with multiply
  parameter int unsigned BiasBits,    // signed, 0 (absent) to 32
  parameter int unsigned Semantics,   // packed records of arithmetic.md
  parameter int unsigned Synapse,
  localparam int unsigned DecayForm    = (Semantics >> 10) & 7,       // bits 12:10
  localparam int unsigned Polarities   = 1 + ((Synapse >> 2) & 1),    // bit 2
  localparam int unsigned Filters      = 1 << ((Synapse >> 0) & 3),   // bits 1:0
  localparam int unsigned GainWidth    = ((Synapse >> 7) & 31) + 1,   // bits 11:7
  localparam int unsigned Accumulators = Polarities * Filters,
  localparam int unsigned DecayWidth   = (DecayForm == 1) ? DecayBits : (DecayForm == 2) ? 5 : (DecayForm == 3) ? DecayBits + 1 : 1,
  localparam int unsigned ISynWidth    = (ISynBits > 0) ? ISynBits : 1,
  localparam int unsigned BiasWidth    = (BiasBits > 0) ? BiasBits : 1,
  localparam int unsigned CurrentBits  = ISynWidth + $clog2(Accumulators),
  localparam int unsigned DriveBits    = ((CurrentBits > BiasBits) ? CurrentBits : BiasBits) + 1
) (
  input  logic        [Accumulators*ISynWidth-1:0]   i_syn_i,        // accumulator 0 in the low bits
  input  logic        [Polarities*ISynWidth-1:0]     input_i,        // buffered only
  input  logic signed [BiasWidth-1:0]                bias_i,
  input  logic        [Accumulators*DecayWidth-1:0]  i_syn_decay_i,
  input  logic        [Polarities*2*GainWidth-1:0]   gain_i,         // three_tau only
  input  logic        [31:0]                         random_i,       // word of the lane
  output logic signed [DriveBits-1:0]                drive_o,        // current + bias
  output logic        [Accumulators*ISynWidth-1:0]   i_syn_o,
  output logic                                       overflow_o
);

  localparam int unsigned Saturate      = (Semantics >> 1) & 1;    // bit 1
  localparam int unsigned DecayRounding = (Semantics >> 13) & 7;   // bits 15:13
  localparam int unsigned DecayClamp    = (Semantics >> 16) & 3;   // bits 17:16
  localparam int unsigned ISynShift     = (Synapse >> 3) & 15;     // bits 6:3
  localparam int unsigned DelayBits     = (Synapse >> 12) & 7;     // bits 14:12
  localparam bit          Buffered      = Filters > 1 || DelayBits > 0;
  localparam int unsigned JumpBits      = ISynWidth + 1;

  if (ISynBits > 0) begin : gen_i_syn
    logic [63:0] random;   // twice, so that a slice is a rotation
    assign random = {random_i, random_i};

    for (genvar q = 0; q < Polarities; q++) begin : gen_polarity
      if (Buffered) begin : gen_jump
        logic [Filters*JumpBits-1:0] jump;
        synaptic_jump #(.ISynBits(ISynBits), .Rounding(DecayRounding), .Synapse(Synapse)) u_jump (
          .x_i(input_i[q*ISynBits +: ISynBits]), .gain_i(gain_i[q*2*GainWidth +: 2*GainWidth]),
          .random_i({random[6 + 4*q +: 16], random[4 + 4*q +: 16]}), .jump_o(jump)
        );
      end
    end

    for (genvar k = 0; k < Accumulators; k++) begin : gen_accumulator
      logic signed [ISynBits-1:0]    x;          // integrated
      logic signed [CurrentBits-1:0] sum;        // of this accumulator and those before
      logic                          overflow;
      logic                          overflow_decay;
      logic                          overflows;  // of this accumulator or one before
      if (Buffered) begin : gen_take_in
        logic signed [ISynBits+1:0] taken;
        assign taken = (ISynBits + 2)'(signed'(i_syn_i[k*ISynBits +: ISynBits])) +
                       (ISynBits + 2)'(signed'(gen_polarity[k/Filters].gen_jump.jump[(k%Filters)*JumpBits +: JumpBits]));
        fit #(.InBits(ISynBits + 2), .OutBits(ISynBits), .Saturate(Saturate)) u_fit (
          .x_i(taken), .y_o(x), .overflow_o(overflow)
        );
      end else begin : gen_direct
        assign x        = i_syn_i[k*ISynBits +: ISynBits];
        assign overflow = '0;
      end
      reduce #(
        .XBits(ISynBits), .FracBits(DecayBits), .Form(DecayForm), .Rounding(DecayRounding), .Clamp(DecayClamp), .Saturate(Saturate)
      ) u_decay (
        .x_i(x), .amount_i(i_syn_decay_i[k*DecayWidth +: DecayWidth]), .random_i(random[16 + 2*k +: 16]),
        .y_o(i_syn_o[k*ISynBits +: ISynBits]), .overflow_o(overflow_decay)
      );
      if (k == 0) begin : gen_first
        assign sum       = CurrentBits'(x);
        assign overflows = overflow || overflow_decay;
      end else begin : gen_next
        assign sum       = gen_accumulator[k-1].sum + CurrentBits'(x);
        assign overflows = gen_accumulator[k-1].overflows || overflow || overflow_decay;
      end
    end
    assign overflow_o = gen_accumulator[Accumulators-1].overflows;

    logic signed [DriveBits-1:0] current;
    if (ISynShift > 0) begin : gen_shift
      localparam int unsigned RoundedBits = ((CurrentBits > ISynShift + 1) ? CurrentBits - ISynShift : 1) + 1;
      logic signed [RoundedBits-1:0] rounded;
      round_fixed #(.XBits(CurrentBits), .Shift(ISynShift), .Rounding(DecayRounding)) u_round (
        .x_i(gen_accumulator[Accumulators-1].sum), .random_i(random[12 +: 16]), .y_o(rounded)
      );
      assign current = DriveBits'(rounded);
    end else begin : gen_no_shift
      assign current = DriveBits'(gen_accumulator[Accumulators-1].sum);
    end
    if (BiasBits > 0) begin : gen_bias
      assign drive_o = current + DriveBits'(bias_i);
    end else begin : gen_no_bias
      assign drive_o = current;
    end
    logic unused_random;
    assign unused_random = ^random;
  end else begin : gen_no_i_syn
    if (BiasBits > 0) begin : gen_bias
      assign drive_o = DriveBits'(bias_i);
    end else begin : gen_no_bias
      assign drive_o = '0;
    end
    assign i_syn_o    = i_syn_i;
    assign overflow_o = '0;
    logic unused_current;
    assign unused_current = ^{i_syn_decay_i, random_i};
  end

  if (ISynBits == 0 || !Buffered) begin : gen_not_buffered
    logic unused_input;
    assign unused_input = ^{input_i, gain_i};
  end
  if (BiasBits == 0) begin : gen_no_bias
    logic unused_bias;
    assign unused_bias = ^bias_i;
  end

endmodule
