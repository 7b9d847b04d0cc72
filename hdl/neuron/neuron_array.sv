// State memory, parameters and lanes of all neurons: reads a group (S0), updates its lanes (S1), writes it back (S2).
// Contract: schedule.md, "Pipeline"; arithmetic.md.

module neuron_array #(
  parameter int unsigned Neurons,         // multiple of Lanes
  parameter int unsigned Lanes,           // power of two
  parameter int unsigned WeightBits,      // weight, signed, [2, 16]
  parameter int unsigned WeightShift,     // input = weight * 2**WeightShift, [0, 15]
  parameter int unsigned VBits,           // membrane potential, signed, [4, 32]
  parameter int unsigned ISynBits,        // synaptic current, signed, 0 (absent) or [4, 32]
  parameter int unsigned LeakBits,        // [1, 31], or [1, 16] with multiply
  parameter int unsigned DecayBits,       // [1, 31], or [1, 16] with multiply
  parameter int unsigned BiasBits,        // signed, 0 (absent) to 32
  parameter int unsigned RefractoryBits,  // 0 (absent) to 16
  parameter int unsigned Semantics,       // packed records of arithmetic.md
  parameter int unsigned Schedule,
  parameter int unsigned Model,
  parameter int unsigned ModelWidths,
  parameter int unsigned Synapse,
  parameter int unsigned Array,           // packed records of array.md
  parameter int unsigned ArrayWidths,
  localparam int unsigned Groups          = Neurons / Lanes,
  localparam int unsigned NeuronBits      = (Neurons > 2) ? $clog2(Neurons) : 1,
  localparam int unsigned GroupBits       = (Groups > 2) ? $clog2(Groups) : 1,
  localparam int unsigned LeakForm        = (Semantics >> 2) & 7,     // bits 4:2
  localparam int unsigned DecayForm       = (Semantics >> 10) & 7,    // bits 12:10
  localparam int unsigned MaxSpikes       = (Semantics >> 26) & 31,   // bits 30:26
  localparam int unsigned LeakWidth       = (LeakForm == 1) ? LeakBits : (LeakForm == 2) ? 5 : (LeakForm == 3) ? LeakBits + 1 : 1,
  localparam int unsigned DecayWidth      = (DecayForm == 1) ? DecayBits : (DecayForm == 2) ? 5 : (DecayForm == 3) ? DecayBits + 1 : 1,
  localparam int unsigned ISynWidth       = (ISynBits > 0) ? ISynBits : 1,
  localparam int unsigned BiasWidth       = (BiasBits > 0) ? BiasBits : 1,
  localparam int unsigned RefractoryWidth = (RefractoryBits > 0) ? RefractoryBits : 1,
  localparam int unsigned SpikeBits       = (MaxSpikes > 1) ? $clog2(MaxSpikes + 1) : 1,
  // Synapse: polarities, accumulators, gains and delay slots of a neuron.
  localparam int unsigned Polarities      = 1 + ((Synapse >> 2) & 1),     // bit 2
  localparam int unsigned Filters         = 1 << ((Synapse >> 0) & 3),    // bits 1:0
  localparam int unsigned GainWidth       = ((Synapse >> 7) & 31) + 1,    // bits 11:7
  localparam int unsigned DelayBits       = (Synapse >> 12) & 7,          // bits 14:12
  localparam int unsigned SlotWidth       = (DelayBits > 0) ? DelayBits : 1,
  localparam int unsigned InputsWidth     = Polarities * ISynWidth,
  localparam int unsigned CurrentsWidth   = Filters * InputsWidth,
  localparam int unsigned DecaysWidth     = Polarities * Filters * DecayWidth,
  localparam int unsigned GainsWidth      = Polarities * 2 * GainWidth,
  // Array: bits of a lane in a word, signed: a weight, or a read through converters (bits 5:2; 7:5 and 10:8).
  localparam int unsigned Slices          = ((ArrayWidths >> 5) & 7) + 1,
  localparam int unsigned ReadBits        = ((Array >> 2) & 15) + (Slices - 1) * (((ArrayWidths >> 8) & 7) + 1) + ((Slices > 1) ? 1 : 0),
  localparam int unsigned WordBits        = ((Array & 1) == 1) ? ReadBits : WeightBits,
  // Model: u and constants; one bit each where there is none.
  localparam int unsigned UBits           = (ModelWidths >> 0) & 63,      // bits 5:0
  localparam int unsigned UWidth          = (UBits > 0) ? UBits : 1,
  localparam int unsigned ConstantBits    = (ModelWidths >> 8) & 63,      // bits 13:8
  localparam int unsigned ConstantNumber  = (ConstantBits > 0) ? ConstantBits : 1,
  localparam int unsigned ConstantWidth   = (((Model >> 2) & 1) == 1) ? 7 * ((Model >> 17) & 7) : ConstantNumber,
  localparam int unsigned KBits           = (VBits < 30) ? VBits + 2 : 32
) (
  input  logic                                    clk_i,
  input  logic                                    rst_ni,
  input  logic                                    init_i,             // write group init_group_i with the initial state
  input  logic        [GroupBits-1:0]             init_group_i,
  input  logic        [SlotWidth-1:0]             init_slot_i,        // and this delay slot of it with 0
  input  logic                                    issue_i,            // S0: start an update
  input  logic        [GroupBits-1:0]             issue_group_i,
  input  logic        [1:0]                       issue_kind_i,       // word_line 0, time_step 1, inject 2, time_step_one 3
  input  logic        [NeuronBits-1:0]            issue_neuron_i,     // of inject and time_step_one
  input  logic signed [WeightBits-1:0]            issue_weight_i,     // of inject
  input  logic        [SlotWidth-1:0]             issue_slot_i,       // delay slot of the input memory
  input  logic        [Lanes*WordBits-1:0]        weights_i,          // S1: word of the array, lane 0 in the low bits
  input  logic signed [VBits-1:0]                 v_init_i,
  input  logic signed [UWidth-1:0]                u_init_i,
  input  logic        [DecaysWidth-1:0]           i_syn_decay_i,
  input  logic        [GainsWidth-1:0]            gain_i,
  input  logic signed [ConstantWidth-1:0]         k2_i,
  input  logic signed [KBits-1:0]                 k1_i,
  input  logic signed [KBits-1:0]                 k0_i,
  input  logic signed [KBits-1:0]                 v_zero_i,
  input  logic signed [ConstantWidth-1:0]         dt_i,
  input  logic        [RefractoryWidth-1:0]       refractory_steps_i,
  input  logic        [31:0]                      lfsr_seed_i,
  input  logic                                    parameter_write_i,  // store the fields below
  input  logic        [NeuronBits-1:0]            parameter_neuron_i, // ignored when shared
  input  logic signed [VBits:0]                   threshold_i,
  input  logic        [LeakWidth-1:0]             leak_i,
  input  logic signed [VBits-1:0]                 v_reset_i,
  input  logic signed [BiasWidth-1:0]             bias_i,
  input  logic                                    output_enable_i,
  input  logic signed [ConstantWidth-1:0]         a_i,
  input  logic signed [ConstantWidth-1:0]         b_i,
  input  logic signed [UWidth-1:0]                u_step_i,
  output logic                                    s1_valid_o,
  output logic                                    s2_valid_o,
  output logic        [1:0]                       s2_kind_o,
  output logic        [GroupBits-1:0]             s2_group_o,
  output logic        [Lanes-1:0]                 s2_mask_o,          // lanes updated
  output logic        [Lanes*SpikeBits-1:0]       s2_spikes_o,        // emitted counts
  output logic        [Lanes-1:0]                 s2_v_overflow_o,
  output logic        [Lanes-1:0]                 s2_u_overflow_o,
  output logic        [Lanes-1:0]                 s2_i_syn_overflow_o,
  output logic        [Lanes*VBits-1:0]           write_v_o,          // what INIT or S2 writes, lane 0 in the low bits
  output logic        [Lanes*UWidth-1:0]          write_u_o,
  output logic        [Lanes*CurrentsWidth-1:0]   write_i_syn_o,
  output logic        [Lanes*InputsWidth-1:0]     write_input_o,      // to delay slot write_slot_o
  output logic        [SlotWidth-1:0]             write_slot_o,
  output logic        [Lanes*RefractoryWidth-1:0] write_refractory_o
);

  localparam int unsigned LaneBits      = (Lanes > 1) ? $clog2(Lanes) : 1;
  localparam int unsigned LaneShift     = $clog2(Lanes);
  localparam int unsigned OperandBits   = (WordBits > WeightBits) ? WordBits : WeightBits;
  localparam int unsigned LeakRounding  = (Semantics >> 5) & 7;    // bits 7:5
  localparam int unsigned DecayRounding = (Semantics >> 13) & 7;   // bits 15:13
  localparam int unsigned Interval      = (Schedule >> 0) & 15;    // bits 3:0
  localparam int unsigned PerNeuron     = (Schedule >> 9) & 1;     // bit 9
  localparam int unsigned ModelRounding = (Model >> 6) & 7;        // bits 8:6
  localparam int unsigned ISynShift     = (Synapse >> 3) & 15;     // bits 6:3
  localparam int unsigned DelaySlots    = 1 << DelayBits;
  localparam bit          Buffered      = Filters > 1 || DelayBits > 0;
  localparam bit LeakDraws  = (LeakForm == 2 || LeakForm == 3) && LeakRounding == 4;
  localparam bit DecayDraws = ISynBits > 0 && (DecayForm == 2 || DecayForm == 3 || ISynShift > 0 || GainWidth > 1) && DecayRounding == 4;
  localparam bit Random     = LeakDraws || DecayDraws || ModelRounding == 4;
  localparam logic [1:0] Inject = 2'd2;

  // Cycles of stage S1: StepCycles for a time step, 1 for a synaptic operation.
  localparam int unsigned Multipliers = (Model >> 20) & 7;         // bits 22:20
  localparam int unsigned Products    = (((Model >> 14) & 1) + 1) * (2 + ((Model >> 9) & 1)) + 2;
  localparam int unsigned StepCycles  = (Multipliers > 0) ? (Products + Multipliers - 1) / Multipliers : 1;
  localparam int unsigned CycleBits   = (StepCycles > 2) ? $clog2(StepCycles) : 1;

  // S0: memories take their addresses. S1: their words and the event's fields are here.
  logic                         s1_valid_q;
  logic        [1:0]            s1_kind_q;
  logic        [GroupBits-1:0]  s1_group_q;
  logic                         s1_all_q;      // all lanes, else s1_lane_q only
  logic        [LaneBits-1:0]   s1_lane_q;
  logic signed [WeightBits-1:0] s1_weight_q;
  logic                         s1_time_step;
  logic        [CycleBits-1:0]  s1_cycle;
  logic                         s1_last;       // last cycle of S1: S2 takes the results at its end
  assign s1_time_step = s1_kind_q[0];

  if (StepCycles > 1) begin : gen_cycles
    logic [CycleBits-1:0] cycle_q;
    always_ff @(posedge clk_i) begin
      cycle_q <= issue_i ? '0 : cycle_q + CycleBits'(1'b1);
    end
    assign s1_cycle = cycle_q;
    assign s1_last  = s1_valid_q && (!s1_time_step || cycle_q == CycleBits'(StepCycles - 1));
  end else begin : gen_one_cycle
    assign s1_cycle = '0;
    assign s1_last  = s1_valid_q;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      s1_valid_q <= '0;
    end else begin
      s1_valid_q <= issue_i || (s1_valid_q && !s1_last);
    end
  end
  always_ff @(posedge clk_i) begin
    if (issue_i) begin
      s1_kind_q   <= issue_kind_i;
      s1_group_q  <= issue_group_i;
      s1_all_q    <= !issue_kind_i[1];
      s1_lane_q   <= LaneBits'(issue_neuron_i & NeuronBits'(Lanes - 1));
      s1_weight_q <= issue_weight_i;
    end
  end

  // S2: the registered results.
  logic                 s2_valid_q;
  logic [1:0]           s2_kind_q;
  logic [GroupBits-1:0] s2_group_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      s2_valid_q <= '0;
    end else begin
      s2_valid_q <= s1_last;
    end
  end
  always_ff @(posedge clk_i) begin
    if (s1_last) begin
      s2_kind_q  <= s1_kind_q;
      s2_group_q <= s1_group_q;
    end
  end

  logic                 write;
  logic [GroupBits-1:0] write_group;
  assign write       = init_i || s2_valid_q;
  assign write_group = init_i ? init_group_i : s2_group_q;

  // A single-group event, or a word line right after a long time step of two groups, may read a group whose result has not
  // reached the memory yet. The last result (S2), and with back-to-back issues the one before it (S3), are never older than the
  // memory, so they take its place.
  localparam bit ForwardS2 = Groups > 1 && Interval < StepCycles + 2;
  localparam bit ForwardS3 = (Groups > 2 || (Groups == 2 && StepCycles > 1)) && Interval < 2;

  logic use_s2;
  logic use_s3;
  if (ForwardS2) begin : gen_forward_s2
    logic filled_q;   // S2 holds a result of this run
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        filled_q <= '0;
      end else if (s1_last) begin
        filled_q <= '1;
      end
    end
    assign use_s2 = filled_q && s2_group_q == s1_group_q;
  end else begin : gen_no_forward_s2
    assign use_s2 = '0;
  end
  if (ForwardS3) begin : gen_forward_s3
    logic                 filled_q;
    logic [GroupBits-1:0] group_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        filled_q <= '0;
      end else if (s1_last) begin
        filled_q <= gen_forward_s2.filled_q;
      end
    end
    always_ff @(posedge clk_i) begin
      if (s1_last) begin
        group_q <= s2_group_q;
      end
    end
    assign use_s3 = filled_q && group_q == s1_group_q;
  end else begin : gen_no_forward_s3
    assign use_s3 = '0;
  end

  logic [Lanes*VBits-1:0] s1_v;
  logic [Lanes*VBits-1:0] s2_v;
  state_memory #(.Words(Groups), .Width(Lanes * VBits), .ForwardS3(32'(ForwardS3))) u_v_memory (
    .clk_i(clk_i), .write_i(write), .write_address_i(write_group), .write_word_i(write_v_o), .read_i(issue_i),
    .read_address_i(issue_group_i), .read_word_o(s1_v), .s1_last_i(s1_last), .s2_word_i(s2_v), .use_s2_i(use_s2),
    .use_s3_i(use_s3)
  );
  assign write_v_o = init_i ? {Lanes{v_init_i}} : s2_v;

  logic [Lanes*UWidth-1:0] s1_u;
  logic [Lanes*UWidth-1:0] s2_u;
  if (UBits > 0) begin : gen_u
    assign write_u_o = init_i ? {Lanes{u_init_i}} : s2_u;
    state_memory #(.Words(Groups), .Width(Lanes * UWidth), .ForwardS3(32'(ForwardS3))) u_u_memory (
      .clk_i(clk_i), .write_i(write), .write_address_i(write_group), .write_word_i(write_u_o), .read_i(issue_i),
      .read_address_i(issue_group_i), .read_word_o(s1_u), .s1_last_i(s1_last), .s2_word_i(s2_u), .use_s2_i(use_s2),
      .use_s3_i(use_s3)
    );
  end else begin : gen_no_u
    assign s1_u      = '0;
    assign write_u_o = '0;
    logic unused_u;
    assign unused_u = ^{s2_u, u_init_i};
  end

  logic [Lanes*CurrentsWidth-1:0] s1_i_syn;
  logic [Lanes*CurrentsWidth-1:0] s2_i_syn;
  if (ISynBits > 0) begin : gen_i_syn
    assign write_i_syn_o = init_i ? '0 : s2_i_syn;
    state_memory #(.Words(Groups), .Width(Lanes * CurrentsWidth), .ForwardS3(32'(ForwardS3))) u_i_syn_memory (
      .clk_i(clk_i), .write_i(write), .write_address_i(write_group), .write_word_i(write_i_syn_o), .read_i(issue_i),
      .read_address_i(issue_group_i), .read_word_o(s1_i_syn), .s1_last_i(s1_last), .s2_word_i(s2_i_syn), .use_s2_i(use_s2),
      .use_s3_i(use_s3)
    );
  end else begin : gen_no_i_syn
    assign s1_i_syn      = '0;
    assign write_i_syn_o = '0;
    logic unused_i_syn;
    assign unused_i_syn = ^s2_i_syn;
  end

  logic [Lanes*InputsWidth-1:0] s1_input;
  logic [Lanes*InputsWidth-1:0] s2_input;
  if (Buffered) begin : gen_input
    localparam int unsigned Words       = Groups * DelaySlots;
    localparam int unsigned AddressBits = (Words > 2) ? $clog2(Words) : 1;
    logic [SlotWidth-1:0] s1_slot_q;
    logic [SlotWidth-1:0] s2_slot_q;
    logic                 same_s2;
    logic                 same_s3;
    always_ff @(posedge clk_i) begin
      if (issue_i) begin
        s1_slot_q <= issue_slot_i;
      end
      if (s1_last) begin
        s2_slot_q <= s1_slot_q;
      end
    end
    assign same_s2 = s2_slot_q == s1_slot_q;
    if (ForwardS3) begin : gen_slot_s3
      logic [SlotWidth-1:0] slot_q;
      always_ff @(posedge clk_i) begin
        if (s1_last) begin
          slot_q <= s2_slot_q;
        end
      end
      assign same_s3 = slot_q == s1_slot_q;
    end else begin : gen_no_slot_s3
      assign same_s3 = '0;
    end
    assign write_slot_o  = init_i ? init_slot_i : s2_slot_q;
    assign write_input_o = init_i ? '0 : s2_input;
    state_memory #(.Words(Words), .Width(Lanes * InputsWidth), .ForwardS3(32'(ForwardS3))) u_input_memory (
      .clk_i(clk_i), .write_i(write), .write_address_i(AddressBits'(32'(write_group) * DelaySlots + 32'(write_slot_o))),
      .write_word_i(write_input_o), .read_i(issue_i),
      .read_address_i(AddressBits'(32'(issue_group_i) * DelaySlots + 32'(issue_slot_i))), .read_word_o(s1_input),
      .s1_last_i(s1_last), .s2_word_i(s2_input), .use_s2_i(use_s2 && same_s2), .use_s3_i(use_s3 && same_s3)
    );
  end else begin : gen_no_input
    assign s1_input      = '0;
    assign write_input_o = '0;
    assign write_slot_o  = '0;
    logic unused_input;
    assign unused_input = ^{s2_input, init_slot_i, issue_slot_i};
  end

  logic [Lanes*RefractoryWidth-1:0] s1_refractory;
  logic [Lanes*RefractoryWidth-1:0] s2_refractory;
  if (RefractoryBits > 0) begin : gen_refractory
    assign write_refractory_o = init_i ? '0 : s2_refractory;
    state_memory #(.Words(Groups), .Width(Lanes * RefractoryWidth), .ForwardS3(32'(ForwardS3))) u_refractory_memory (
      .clk_i(clk_i), .write_i(write), .write_address_i(write_group), .write_word_i(write_refractory_o), .read_i(issue_i),
      .read_address_i(issue_group_i), .read_word_o(s1_refractory), .s1_last_i(s1_last), .s2_word_i(s2_refractory),
      .use_s2_i(use_s2), .use_s3_i(use_s3)
    );
  end else begin : gen_no_refractory
    assign s1_refractory      = '0;
    assign write_refractory_o = '0;
    logic unused_refractory;
    assign unused_refractory = ^s2_refractory;
  end

  // Shared parameters are the one entry of lane 0.
  logic [GroupBits-1:0] parameter_group;
  assign parameter_group = GroupBits'(parameter_neuron_i >> LaneShift);

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [VBits:0]       threshold;
    logic        [LeakWidth-1:0] leak;
    logic signed [VBits-1:0]     v_reset;
    logic signed [BiasWidth-1:0] bias;
    logic                        output_enable;
    logic signed [ConstantWidth-1:0] a;
    logic signed [ConstantWidth-1:0] b;
    logic signed [UWidth-1:0]    u_step;

    if (PerNeuron == 1) begin : gen_parameters
      logic selected;
      assign selected = (parameter_neuron_i & NeuronBits'(Lanes - 1)) == NeuronBits'(lane);
      neuron_parameters #(
        .Entries(Groups), .PerNeuron(PerNeuron), .VBits(VBits), .LeakBits(LeakBits), .BiasBits(BiasBits), .Semantics(Semantics),
        .Model(Model), .ModelWidths(ModelWidths)
      ) u_neuron_parameters (
        .clk_i(clk_i), .write_i(parameter_write_i && selected), .write_address_i(parameter_group),
        .threshold_i(threshold_i), .leak_i(leak_i), .v_reset_i(v_reset_i), .bias_i(bias_i), .output_enable_i(output_enable_i),
        .a_i(a_i), .b_i(b_i), .u_step_i(u_step_i), .read_i(issue_i), .read_address_i(issue_group_i),
        .threshold_o(threshold), .leak_o(leak), .v_reset_o(v_reset), .bias_o(bias), .output_enable_o(output_enable),
        .a_o(a), .b_o(b), .u_step_o(u_step)
      );
    end else if (lane == 0) begin : gen_parameters
      neuron_parameters #(
        .Entries(1), .PerNeuron(PerNeuron), .VBits(VBits), .LeakBits(LeakBits), .BiasBits(BiasBits), .Semantics(Semantics),
        .Model(Model), .ModelWidths(ModelWidths)
      ) u_neuron_parameters (
        .clk_i(clk_i), .write_i(parameter_write_i), .write_address_i('0),
        .threshold_i(threshold_i), .leak_i(leak_i), .v_reset_i(v_reset_i), .bias_i(bias_i), .output_enable_i(output_enable_i),
        .a_i(a_i), .b_i(b_i), .u_step_i(u_step_i), .read_i('0), .read_address_i('0),
        .threshold_o(threshold), .leak_o(leak), .v_reset_o(v_reset), .bias_o(bias), .output_enable_o(output_enable),
        .a_o(a), .b_o(b), .u_step_o(u_step)
      );
    end else begin : gen_parameters
      assign threshold     = gen_lane[0].threshold;
      assign leak          = gen_lane[0].leak;
      assign v_reset       = gen_lane[0].v_reset;
      assign bias          = gen_lane[0].bias;
      assign output_enable = gen_lane[0].output_enable;
      assign a             = gen_lane[0].a;
      assign b             = gen_lane[0].b;
      assign u_step        = gen_lane[0].u_step;
    end

    logic [31:0] random;
    if (Random) begin : gen_random
      lane_generator #(.Lane(lane)) u_lane_generator (
        .clk_i(clk_i), .load_i(init_i), .advance_i(s1_last && s1_time_step), .lfsr_seed_i(lfsr_seed_i), .word_o(random)
      );
    end else begin : gen_no_random
      assign random = '0;
    end

    logic signed [OperandBits-1:0] weight;
    assign weight = (s1_kind_q == Inject) ? OperandBits'(s1_weight_q) : OperandBits'(signed'(weights_i[lane*WordBits +: WordBits]));

    logic                       active;
    logic [VBits-1:0]           v_d;
    logic [UWidth-1:0]          u_d;
    logic [CurrentsWidth-1:0]   i_syn_d;
    logic [InputsWidth-1:0]     input_d;
    logic [RefractoryWidth-1:0] refractory_d;
    logic [SpikeBits-1:0]       spikes_d;
    logic                       v_overflow_d;
    logic                       u_overflow_d;
    logic                       i_syn_overflow_d;
    assign active = s1_all_q || s1_lane_q == LaneBits'(lane);
    lane #(
      .VBits(VBits), .ISynBits(ISynBits), .WeightBits(WeightBits), .WeightShift(WeightShift), .LeakBits(LeakBits),
      .DecayBits(DecayBits), .BiasBits(BiasBits), .RefractoryBits(RefractoryBits), .Semantics(Semantics), .Model(Model),
      .ModelWidths(ModelWidths), .Synapse(Synapse), .Array(Array), .ArrayWidths(ArrayWidths)
    ) u_lane (
      .clk_i(clk_i), .active_i(active), .time_step_i(s1_time_step), .cycle_i(s1_cycle),
      .v_i(s1_v[lane*VBits +: VBits]), .u_i(s1_u[lane*UWidth +: UWidth]),
      .i_syn_i(s1_i_syn[lane*CurrentsWidth +: CurrentsWidth]), .input_i(s1_input[lane*InputsWidth +: InputsWidth]),
      .refractory_i(s1_refractory[lane*RefractoryWidth +: RefractoryWidth]), .weight_i(weight),
      .threshold_i(threshold), .leak_i(leak), .v_reset_i(v_reset), .bias_i(bias), .output_enable_i(output_enable),
      .a_i(a), .b_i(b), .u_step_i(u_step), .i_syn_decay_i(i_syn_decay_i), .gain_i(gain_i),
      .refractory_steps_i(refractory_steps_i), .k2_i(k2_i), .k1_i(k1_i), .k0_i(k0_i), .v_zero_i(v_zero_i), .dt_i(dt_i),
      .random_i(random), .v_o(v_d), .u_o(u_d), .i_syn_o(i_syn_d), .input_o(input_d), .refractory_o(refractory_d),
      .spikes_o(spikes_d), .v_overflow_o(v_overflow_d), .u_overflow_o(u_overflow_d), .i_syn_overflow_o(i_syn_overflow_d)
    );

    logic                       active_q;
    logic [VBits-1:0]           v_q;
    logic [UWidth-1:0]          u_q;
    logic [CurrentsWidth-1:0]   i_syn_q;
    logic [InputsWidth-1:0]     input_q;
    logic [RefractoryWidth-1:0] refractory_q;
    logic [SpikeBits-1:0]       spikes_q;
    logic                       v_overflow_q;
    logic                       u_overflow_q;
    logic                       i_syn_overflow_q;
    always_ff @(posedge clk_i) begin
      if (s1_last) begin
        active_q         <= active;
        v_q              <= v_d;
        u_q              <= u_d;
        i_syn_q          <= i_syn_d;
        input_q          <= input_d;
        refractory_q     <= refractory_d;
        spikes_q         <= spikes_d;
        v_overflow_q     <= v_overflow_d;
        u_overflow_q     <= u_overflow_d;
        i_syn_overflow_q <= i_syn_overflow_d;
      end
    end
    assign s2_mask_o[lane]                                     = active_q;
    assign s2_v[lane*VBits +: VBits]                           = v_q;
    assign s2_u[lane*UWidth +: UWidth]                         = u_q;
    assign s2_i_syn[lane*CurrentsWidth +: CurrentsWidth]       = i_syn_q;
    assign s2_input[lane*InputsWidth +: InputsWidth]           = input_q;
    assign s2_refractory[lane*RefractoryWidth +: RefractoryWidth] = refractory_q;
    assign s2_spikes_o[lane*SpikeBits +: SpikeBits]            = spikes_q;
    assign s2_v_overflow_o[lane]                               = v_overflow_q;
    assign s2_u_overflow_o[lane]                               = UBits > 0 && u_overflow_q;
    assign s2_i_syn_overflow_o[lane]                           = i_syn_overflow_q;
  end

  if (!Random) begin : gen_no_random
    logic unused_seed;
    assign unused_seed = ^lfsr_seed_i;
  end
  if (PerNeuron == 0) begin : gen_no_parameter_address
    logic unused_parameter_neuron;
    assign unused_parameter_neuron = ^{parameter_neuron_i, parameter_group};
  end

  assign s1_valid_o = s1_valid_q;
  assign s2_valid_o = s2_valid_q;
  assign s2_kind_o  = s2_kind_q;
  assign s2_group_o = s2_group_q;

endmodule
