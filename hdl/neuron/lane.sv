// One lane: updates its neuron, or passes the state through when the event's mask leaves it out.
// Contract: schedule.md, "Pipeline", stage S1; arithmetic.md. Combinational, but for an Izhikevich step of several cycles.

module lane #(
  parameter int unsigned VBits,           // membrane potential, signed, [4, 32]
  parameter int unsigned ISynBits,        // synaptic current, signed, 0 (absent) or [4, 32]
  parameter int unsigned WeightBits,      // weight, signed, [2, 16]
  parameter int unsigned WeightShift,     // input = weight * 2**WeightShift, [0, 15]
  parameter int unsigned LeakBits,        // [1, 31], or [1, 16] with multiply
  parameter int unsigned DecayBits,       // [1, 31], or [1, 16] with multiply
  parameter int unsigned BiasBits,        // signed, 0 (absent) to 32
  parameter int unsigned RefractoryBits,  // 0 (absent) to 16
  parameter int unsigned Semantics,       // packed records of arithmetic.md
  parameter int unsigned Model,
  parameter int unsigned ModelWidths,
  parameter int unsigned Synapse,
  parameter int unsigned Array,           // packed records of array.md
  parameter int unsigned ArrayWidths,
  localparam int unsigned LeakForm        = (Semantics >> 2) & 7,     // bits 4:2
  localparam int unsigned DecayForm       = (Semantics >> 10) & 7,    // bits 12:10
  localparam int unsigned MaxSpikes       = (Semantics >> 26) & 31,   // bits 30:26
  localparam int unsigned LeakWidth       = (LeakForm == 1) ? LeakBits : (LeakForm == 2) ? 5 : (LeakForm == 3) ? LeakBits + 1 : 1,
  localparam int unsigned DecayWidth      = (DecayForm == 1) ? DecayBits : (DecayForm == 2) ? 5 : (DecayForm == 3) ? DecayBits + 1 : 1,
  localparam int unsigned ISynWidth       = (ISynBits > 0) ? ISynBits : 1,
  localparam int unsigned BiasWidth       = (BiasBits > 0) ? BiasBits : 1,
  localparam int unsigned RefractoryWidth = (RefractoryBits > 0) ? RefractoryBits : 1,
  localparam int unsigned SpikeBits       = (MaxSpikes > 1) ? $clog2(MaxSpikes + 1) : 1,
  // Synapse: polarities, accumulators and gains of a neuron.
  localparam int unsigned Polarities      = 1 + ((Synapse >> 2) & 1),                 // bit 2
  localparam int unsigned Filters         = 1 << ((Synapse >> 0) & 3),                // bits 1:0
  localparam int unsigned GainWidth       = ((Synapse >> 7) & 31) + 1,                // bits 11:7
  localparam int unsigned InputsWidth     = Polarities * ISynWidth,
  localparam int unsigned CurrentsWidth   = Filters * InputsWidth,
  localparam int unsigned DecaysWidth     = Polarities * Filters * DecayWidth,
  localparam int unsigned GainsWidth      = Polarities * 2 * GainWidth,
  // Array: a read through converters may have more bits than a weight (bits 5:2; 7:5 and 10:8).
  localparam int unsigned Slices          = ((ArrayWidths >> 5) & 7) + 1,
  localparam int unsigned ReadBits        = ((Array >> 2) & 15) + (Slices - 1) * (((ArrayWidths >> 8) & 7) + 1) + ((Slices > 1) ? 1 : 0),
  localparam int unsigned OperandBits     = ((Array & 1) == 1 && ReadBits > WeightBits) ? ReadBits : WeightBits,
  // Model: u, constants and cycles of a time step; one bit each where there is none.
  localparam int unsigned Izhikevich      = Model & 3,                                // bits 1:0
  localparam int unsigned UBits           = (ModelWidths >> 0) & 63,                  // bits 5:0
  localparam int unsigned UWidth          = (UBits > 0) ? UBits : 1,
  localparam int unsigned ConstantBits    = (ModelWidths >> 8) & 63,                  // bits 13:8
  localparam int unsigned ConstantNumber  = (ConstantBits > 0) ? ConstantBits : 1,
  localparam int unsigned ConstantWidth   = (((Model >> 2) & 1) == 1) ? 7 * ((Model >> 17) & 7) : ConstantNumber,
  localparam int unsigned KBits           = (VBits < 30) ? VBits + 2 : 32,
  localparam int unsigned Multipliers     = (Model >> 20) & 7,                        // bits 22:20
  localparam int unsigned Products        = (((Model >> 14) & 1) + 1) * (2 + ((Model >> 9) & 1)) + 2,
  localparam int unsigned StepCycles      = (Multipliers > 0) ? (Products + Multipliers - 1) / Multipliers : 1,
  localparam int unsigned CycleBits       = (StepCycles > 2) ? $clog2(StepCycles) : 1
) (
  input  logic                              clk_i,
  input  logic                              active_i,           // the lane is in the event's mask
  input  logic                              time_step_i,        // 1: time step, 0: synaptic operation
  input  logic        [CycleBits-1:0]       cycle_i,            // of a time step, [0, StepCycles - 1]; the results are those of the last
  input  logic signed [VBits-1:0]           v_i,
  input  logic signed [UWidth-1:0]          u_i,
  input  logic        [CurrentsWidth-1:0]   i_syn_i,            // accumulator 0 in the low bits
  input  logic        [InputsWidth-1:0]     input_i,            // of the event's delay slot, polarity 0 in the low bits
  input  logic        [RefractoryWidth-1:0] refractory_i,
  input  logic signed [OperandBits-1:0]     weight_i,           // weight, or what a read gave
  input  logic signed [VBits:0]             threshold_i,
  input  logic        [LeakWidth-1:0]       leak_i,
  input  logic signed [VBits-1:0]           v_reset_i,
  input  logic signed [BiasWidth-1:0]       bias_i,
  input  logic                              output_enable_i,
  input  logic signed [ConstantWidth-1:0]   a_i,
  input  logic signed [ConstantWidth-1:0]   b_i,
  input  logic signed [UWidth-1:0]          u_step_i,
  input  logic        [DecaysWidth-1:0]     i_syn_decay_i,
  input  logic        [GainsWidth-1:0]      gain_i,
  input  logic        [RefractoryWidth-1:0] refractory_steps_i,
  input  logic signed [ConstantWidth-1:0]   k2_i,
  input  logic signed [KBits-1:0]           k1_i,
  input  logic signed [KBits-1:0]           k0_i,
  input  logic signed [KBits-1:0]           v_zero_i,
  input  logic signed [ConstantWidth-1:0]   dt_i,
  input  logic        [31:0]                random_i,
  output logic signed [VBits-1:0]           v_o,
  output logic signed [UWidth-1:0]          u_o,
  output logic        [CurrentsWidth-1:0]   i_syn_o,
  output logic        [InputsWidth-1:0]     input_o,
  output logic        [RefractoryWidth-1:0] refractory_o,
  output logic        [SpikeBits-1:0]       spikes_o,           // emitted count
  output logic                              v_overflow_o,
  output logic                              u_overflow_o,
  output logic                              i_syn_overflow_o
);

  localparam int unsigned CurrentBits = ISynWidth + $clog2(Polarities * Filters);
  localparam int unsigned DriveBits   = ((CurrentBits > BiasBits) ? CurrentBits : BiasBits) + 1;
  localparam bit          Buffered    = Filters > 1 || ((Synapse >> 12) & 7) > 0;   // bits 14:12: log2 DelaySlots

  if (Izhikevich > 1) begin : gen_check_model
    $error("model is %0d, must be 0 or 1", Izhikevich);
  end

  // Time step: the synapse, then the neuron model.
  logic signed [DriveBits-1:0]       drive;
  logic        [CurrentsWidth-1:0]   step_i_syn;
  logic                              step_i_syn_overflow;
  synaptic_current #(
    .ISynBits(ISynBits), .DecayBits(DecayBits), .BiasBits(BiasBits), .Semantics(Semantics), .Synapse(Synapse)
  ) u_synaptic_current (
    .i_syn_i(i_syn_i), .input_i(input_i), .bias_i(bias_i), .i_syn_decay_i(i_syn_decay_i), .gain_i(gain_i), .random_i(random_i),
    .drive_o(drive), .i_syn_o(step_i_syn), .overflow_o(step_i_syn_overflow)
  );

  logic signed [VBits-1:0]           step_v;
  logic signed [UWidth-1:0]          step_u;
  logic        [RefractoryWidth-1:0] step_refractory;
  logic        [SpikeBits-1:0]       step_n;
  logic                              step_v_overflow;
  logic                              step_u_overflow;
  if (Izhikevich == 1) begin : gen_izhikevich
    izhikevich_time_step #(
      .VBits(VBits), .DriveBits(DriveBits), .Semantics(Semantics), .Model(Model), .ModelWidths(ModelWidths)
    ) u_time_step (
      .clk_i(clk_i), .cycle_i(cycle_i), .v_i(v_i), .u_i(u_i), .drive_i(drive), .threshold_i(threshold_i), .v_reset_i(v_reset_i),
      .u_step_i(u_step_i), .a_i(a_i), .b_i(b_i), .k2_i(k2_i), .dt_i(dt_i), .k1_i(k1_i), .k0_i(k0_i), .v_zero_i(v_zero_i),
      .random_i(random_i), .v_o(step_v), .u_o(step_u), .fires_o(step_n), .v_overflow_o(step_v_overflow),
      .u_overflow_o(step_u_overflow)
    );
    assign step_refractory = refractory_i;
    logic unused_leak;
    assign unused_leak = ^leak_i;
  end else begin : gen_lif
    lif_time_step #(
      .VBits(VBits), .DriveBits(DriveBits), .LeakBits(LeakBits), .RefractoryBits(RefractoryBits), .Semantics(Semantics)
    ) u_time_step (
      .v_i(v_i), .refractory_i(refractory_i), .drive_i(drive), .threshold_i(threshold_i), .leak_i(leak_i),
      .v_reset_i(v_reset_i), .refractory_steps_i(refractory_steps_i), .random_i(random_i[15:0]), .v_o(step_v),
      .refractory_o(step_refractory), .n_o(step_n), .v_overflow_o(step_v_overflow)
    );
    assign step_u          = u_i;
    assign step_u_overflow = '0;
    logic unused_constants;
    assign unused_constants = ^{clk_i, cycle_i, a_i, b_i, u_step_i, k2_i, k1_i, k0_i, v_zero_i, dt_i};
  end

  // Synaptic operation: on the input word if there is one, else on the accumulators.
  logic        [InputsWidth-1:0]     synapse;
  logic signed [VBits-1:0]           weight_v;
  logic        [InputsWidth-1:0]     weight_synapse;
  logic        [RefractoryWidth-1:0] weight_refractory;
  logic        [SpikeBits-1:0]       weight_n;
  logic                              weight_v_overflow;
  logic                              weight_i_syn_overflow;
  synaptic_operation #(
    .VBits(VBits), .ISynBits(ISynBits), .WeightBits(OperandBits), .WeightShift(WeightShift),
    .RefractoryBits(RefractoryBits), .Semantics(Semantics), .Synapse(Synapse)
  ) u_synaptic_operation (
    .v_i(v_i), .synapse_i(synapse), .refractory_i(refractory_i), .weight_i(weight_i), .threshold_i(threshold_i),
    .v_reset_i(v_reset_i), .refractory_steps_i(refractory_steps_i), .v_o(weight_v), .synapse_o(weight_synapse),
    .refractory_o(weight_refractory), .n_o(weight_n), .v_overflow_o(weight_v_overflow),
    .i_syn_overflow_o(weight_i_syn_overflow)
  );

  logic [CurrentsWidth-1:0] weight_i_syn;
  if (Buffered) begin : gen_buffered
    assign synapse      = input_i;
    assign weight_i_syn = i_syn_i;
    assign input_o      = !active_i ? input_i : time_step_i ? '0 : weight_synapse;
  end else begin : gen_direct
    assign synapse      = i_syn_i;
    assign weight_i_syn = weight_synapse;
    assign input_o      = '0;
  end

  logic                       i_syn_overflow;
  logic                       v_overflow;
  logic [SpikeBits-1:0]       n;
  assign n                = time_step_i ? step_n : weight_n;
  assign v_overflow       = time_step_i ? step_v_overflow : weight_v_overflow;
  assign i_syn_overflow   = time_step_i ? step_i_syn_overflow : weight_i_syn_overflow;
  assign v_o              = !active_i ? v_i : time_step_i ? step_v : weight_v;
  assign u_o              = (active_i && time_step_i) ? step_u : u_i;
  assign i_syn_o          = !active_i ? i_syn_i : time_step_i ? step_i_syn : weight_i_syn;
  assign refractory_o     = !active_i ? refractory_i : time_step_i ? step_refractory : weight_refractory;
  assign spikes_o         = (active_i && output_enable_i) ? n : '0;
  assign v_overflow_o     = active_i && v_overflow;
  assign u_overflow_o     = active_i && time_step_i && step_u_overflow;
  assign i_syn_overflow_o = active_i && i_syn_overflow;

endmodule
