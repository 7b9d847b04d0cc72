// Register bus: shared values, writes into neuron parameters and synapse array, structure echo and counters.
// Contract: probe.md, "Register bus". Nothing here is reset: writes work in reset and their content stays.

module register_bus #(
  parameter int unsigned Neurons,         // multiple of Lanes
  parameter int unsigned WordLines,       // rows of the synapse array
  parameter int unsigned Lanes,           // power of two
  parameter int unsigned WeightBits,      // weight, signed, [2, 16]
  parameter int unsigned VBits,           // membrane potential, signed, [4, 32]
  parameter int unsigned ISynBits,        // synaptic current, signed, 0 (absent) or [4, 32]
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
  localparam int unsigned Groups          = Neurons / Lanes,
  localparam int unsigned NeuronBits      = (Neurons > 2) ? $clog2(Neurons) : 1,
  localparam int unsigned WordLineBits    = (WordLines > 2) ? $clog2(WordLines) : 1,
  // Array: a word has a weight, or the cells of all slices, for each lane.
  localparam int unsigned Analogue        = (Array >> 0) & 1,             // bit 0
  localparam int unsigned Epochs          = ((Array >> 27) & 15) + 1,     // bits 30:27
  localparam int unsigned EpochBits       = (Epochs > 2) ? $clog2(Epochs) : 1,
  localparam int unsigned CodesBits       = (((ArrayWidths >> 4) & 1) + 1) * ((ArrayWidths >> 0) & 15),   // bits 4 and 3:0
  localparam int unsigned CellBits        = (((ArrayWidths >> 5) & 7) + 1) * (CodesBits + ((ArrayWidths >> 11) & 31)),
  localparam int unsigned FieldBits       = (Analogue == 1) ? CellBits : WeightBits,
  localparam int unsigned ArrayWords      = Epochs * WordLines * Groups,
  localparam int unsigned ArrayBits       = (ArrayWords > 2) ? $clog2(ArrayWords) : 1,
  localparam int unsigned Chunks          = (Lanes * FieldBits + 31) / 32,
  localparam int unsigned ChunkBits       = (Chunks > 2) ? $clog2(Chunks) : 1,
  localparam int unsigned LeakForm        = (Semantics >> 2) & 7,    // bits 4:2
  localparam int unsigned DecayForm       = (Semantics >> 10) & 7,   // bits 12:10
  localparam int unsigned LeakWidth       = (LeakForm == 1) ? LeakBits : (LeakForm == 2) ? 5 : (LeakForm == 3) ? LeakBits + 1 : 1,
  localparam int unsigned DecayWidth      = (DecayForm == 1) ? DecayBits : (DecayForm == 2) ? 5 : (DecayForm == 3) ? DecayBits + 1 : 1,
  localparam int unsigned BiasWidth       = (BiasBits > 0) ? BiasBits : 1,
  localparam int unsigned RefractoryWidth = (RefractoryBits > 0) ? RefractoryBits : 1,
  // Synapse and model: as in neuron_array.
  localparam int unsigned Polarities      = 1 + ((Synapse >> 2) & 1),     // bit 2
  localparam int unsigned Filters         = 1 << ((Synapse >> 0) & 3),    // bits 1:0
  localparam int unsigned GainWidth       = ((Synapse >> 7) & 31) + 1,    // bits 11:7
  localparam int unsigned DelayBits       = (Synapse >> 12) & 7,          // bits 14:12
  localparam int unsigned SlotWidth       = (DelayBits > 0) ? DelayBits : 1,
  localparam int unsigned Accumulators    = Polarities * Filters,
  localparam int unsigned UBits           = (ModelWidths >> 0) & 63,      // bits 5:0
  localparam int unsigned UWidth          = (UBits > 0) ? UBits : 1,
  localparam int unsigned ConstantBits    = (ModelWidths >> 8) & 63,      // bits 13:8
  localparam int unsigned ConstantNumber  = (ConstantBits > 0) ? ConstantBits : 1,
  localparam int unsigned ConstantWidth   = (((Model >> 2) & 1) == 1) ? 7 * ((Model >> 17) & 7) : ConstantNumber,
  localparam int unsigned KBits           = (VBits < 30) ? VBits + 2 : 32
) (
  input  logic                              clk_i,
  input  logic                              cfg_valid_i,
  input  logic                              cfg_write_i,
  input  logic        [31:0]                cfg_addr_i,
  input  logic        [31:0]                cfg_wdata_i,
  output logic                              cfg_ready_o,         // always 1
  output logic        [31:0]                cfg_rdata_o,         // the cycle after a read, then held
  input  logic        [15*32-1:0]           structure_i,         // structure echo, register 1 in the low bits
  input  logic        [14*32-1:0]           counters_i,          // events_accepted in the low bits
  output logic signed [VBits-1:0]           v_init_o,
  output logic signed [UWidth-1:0]          u_init_o,
  output logic        [Accumulators*DecayWidth-1:0] i_syn_decay_o,   // accumulator 0 in the low bits
  output logic        [Polarities*2*GainWidth-1:0] gain_o,           // gain 0 of polarity 0 in the low bits
  output logic signed [ConstantWidth-1:0]   k2_o,
  output logic signed [KBits-1:0]           k1_o,
  output logic signed [KBits-1:0]           k0_o,
  output logic signed [KBits-1:0]           v_zero_o,
  output logic signed [ConstantWidth-1:0]   dt_o,
  output logic        [RefractoryWidth-1:0] refractory_steps_o,
  output logic        [31:0]                lfsr_seed_o,
  output logic        [WordLineBits-1:0]    first_word_line_o,
  output logic        [SlotWidth-1:0]       loop_back_delay_o,
  output logic        [EpochBits-1:0]       epoch_o,
  output logic                              parameter_write_o,   // store the fields below
  output logic        [NeuronBits-1:0]      parameter_neuron_o,
  output logic signed [VBits:0]             threshold_o,
  output logic        [LeakWidth-1:0]       leak_o,
  output logic signed [VBits-1:0]           v_reset_o,
  output logic signed [BiasWidth-1:0]       bias_o,
  output logic                              output_enable_o,
  output logic signed [ConstantWidth-1:0]   a_o,
  output logic signed [ConstantWidth-1:0]   b_o,
  output logic signed [UWidth-1:0]          u_step_o,
  output logic                              array_write_o,       // one chunk of an array word
  output logic        [ArrayBits-1:0]       array_address_o,
  output logic        [ChunkBits-1:0]       array_chunk_o,
  output logic        [31:0]                array_data_o,
  output logic                              constant_write_o,    // one value of an array read through converters
  output logic        [27:0]                constant_address_o   // its address from 0x3000_0000 on
);

  localparam logic [31:0] Id                     = 32'h6273_0001;
  localparam logic [31:0] AddressId              = 32'h00;
  localparam logic [31:0] AddressStructure       = 32'h01;
  localparam logic [31:0] AddressVInit           = 32'h10;
  localparam logic [31:0] AddressUInit           = 32'h11;
  localparam logic [31:0] AddressRefractorySteps = 32'h12;
  localparam logic [31:0] AddressLfsrSeed        = 32'h13;
  localparam logic [31:0] AddressFirstWordLine   = 32'h14;
  localparam logic [31:0] AddressLoopBackDelay   = 32'h15;
  localparam logic [31:0] AddressEpoch           = 32'h16;
  localparam logic [31:0] AddressK2              = 32'h18;
  localparam logic [31:0] AddressK1              = 32'h19;
  localparam logic [31:0] AddressK0              = 32'h1a;
  localparam logic [31:0] AddressVZero           = 32'h1b;
  localparam logic [31:0] AddressDt              = 32'h1c;
  localparam logic [31:0] AddressCounters        = 32'h20;
  localparam logic [31:0] AddressISynDecay       = 32'h30;   // + accumulator
  localparam logic [31:0] AddressGain            = 32'h38;   // + 2 polarity + gain
  localparam logic [31:0] StructureRegisters     = 32'd15;   // of the structure echo
  localparam logic [31:0] CounterRegisters       = 32'd14;
  localparam int unsigned Izhikevich             = Model & 3;          // bits 1:0
  localparam int unsigned ScaleByDt              = (Model >> 9) & 1;   // bit 9
  localparam logic [3:0]  PageParameters         = 4'h1;     // 0x1000_0000 ..
  localparam logic [3:0]  PageArray              = 4'h2;     // 0x2000_0000 ..
  localparam logic [3:0]  PageConstants          = 4'h3;     // 0x3000_0000 ..
  localparam int unsigned StrideShift            = $clog2(Chunks);

  logic write;
  assign write       = cfg_valid_i && cfg_write_i;
  assign cfg_ready_o = '1;

  logic signed [VBits-1:0]           v_init_q;
  logic signed [UWidth-1:0]          u_init_q;
  logic        [Accumulators*DecayWidth-1:0] i_syn_decay_q;
  logic        [Polarities*2*GainWidth-1:0]  gain_q;
  logic signed [ConstantWidth-1:0]   k2_q;
  logic signed [KBits-1:0]           k1_q;
  logic signed [KBits-1:0]           k0_q;
  logic signed [KBits-1:0]           v_zero_q;
  logic signed [ConstantWidth-1:0]   dt_q;
  logic        [SlotWidth-1:0]       loop_back_delay_q;
  logic        [RefractoryWidth-1:0] refractory_steps_q;
  logic        [31:0]                lfsr_seed_q;
  logic        [WordLineBits-1:0]    first_word_line_q;
  logic        [EpochBits-1:0]       epoch_q;
  always_ff @(posedge clk_i) begin
    if (write && cfg_addr_i == AddressVInit) begin
      v_init_q <= cfg_wdata_i[VBits-1:0];
    end
    if (write && cfg_addr_i == AddressLfsrSeed) begin
      lfsr_seed_q <= cfg_wdata_i;
    end
    if (write && cfg_addr_i == AddressFirstWordLine) begin
      first_word_line_q <= cfg_wdata_i[WordLineBits-1:0];
    end
  end
  for (genvar k = 0; k < Accumulators; k++) begin : gen_i_syn_decay
    if (ISynBits > 0 && DecayForm >= 1 && DecayForm <= 3) begin : gen_register
      always_ff @(posedge clk_i) begin
        if (write && cfg_addr_i == AddressISynDecay + k) begin
          i_syn_decay_q[k*DecayWidth +: DecayWidth] <= cfg_wdata_i[DecayWidth-1:0];
        end
      end
    end else begin : gen_absent
      assign i_syn_decay_q[k*DecayWidth +: DecayWidth] = '0;
    end
  end
  for (genvar g = 0; g < 2 * Polarities; g++) begin : gen_gain
    if (GainWidth > 1) begin : gen_register
      always_ff @(posedge clk_i) begin
        if (write && cfg_addr_i == AddressGain + g) begin
          gain_q[g*GainWidth +: GainWidth] <= cfg_wdata_i[GainWidth-1:0];
        end
      end
    end else begin : gen_absent
      assign gain_q[g*GainWidth +: GainWidth] = '0;
    end
  end
  if (Izhikevich == 1) begin : gen_izhikevich
    always_ff @(posedge clk_i) begin
      if (write && cfg_addr_i == AddressUInit) begin
        u_init_q <= cfg_wdata_i[UWidth-1:0];
      end
      if (write && cfg_addr_i == AddressK2) begin
        k2_q <= cfg_wdata_i[ConstantWidth-1:0];
      end
      if (write && cfg_addr_i == AddressK1) begin
        k1_q <= cfg_wdata_i[KBits-1:0];
      end
      if (write && cfg_addr_i == AddressK0) begin
        k0_q <= cfg_wdata_i[KBits-1:0];
      end
      if (write && cfg_addr_i == AddressVZero) begin
        v_zero_q <= cfg_wdata_i[KBits-1:0];
      end
    end
  end else begin : gen_no_izhikevich
    assign {u_init_q, k2_q, k1_q, k0_q, v_zero_q} = '0;
  end
  if (Izhikevich == 1 && ScaleByDt == 1) begin : gen_dt
    always_ff @(posedge clk_i) begin
      if (write && cfg_addr_i == AddressDt) begin
        dt_q <= cfg_wdata_i[ConstantWidth-1:0];
      end
    end
  end else begin : gen_no_dt
    assign dt_q = '0;
  end
  if (DelayBits > 0) begin : gen_loop_back_delay
    always_ff @(posedge clk_i) begin
      if (write && cfg_addr_i == AddressLoopBackDelay) begin
        loop_back_delay_q <= cfg_wdata_i[SlotWidth-1:0];
      end
    end
  end else begin : gen_no_loop_back_delay
    assign loop_back_delay_q = '0;
  end
  if (Epochs > 1) begin : gen_epoch
    always_ff @(posedge clk_i) begin
      if (write && cfg_addr_i == AddressEpoch) begin
        epoch_q <= cfg_wdata_i[EpochBits-1:0];
      end
    end
  end else begin : gen_no_epoch
    assign epoch_q = '0;
  end
  if (RefractoryBits > 0) begin : gen_refractory_steps
    always_ff @(posedge clk_i) begin
      if (write && cfg_addr_i == AddressRefractorySteps) begin
        refractory_steps_q <= cfg_wdata_i[RefractoryWidth-1:0];
      end
    end
  end else begin : gen_no_refractory_steps
    assign refractory_steps_q = '0;
  end
  assign v_init_o           = v_init_q;
  assign u_init_o           = u_init_q;
  assign i_syn_decay_o      = i_syn_decay_q;
  assign gain_o             = gain_q;
  assign k2_o               = k2_q;
  assign k1_o               = k1_q;
  assign k0_o               = k0_q;
  assign v_zero_o           = v_zero_q;
  assign dt_o               = dt_q;
  assign loop_back_delay_o  = loop_back_delay_q;
  assign refractory_steps_o = refractory_steps_q;
  assign lfsr_seed_o        = lfsr_seed_q;
  assign first_word_line_o  = first_word_line_q;
  assign epoch_o            = epoch_q;

  // Neuron parameters: the other fields wait here for field 4.
  logic                         parameter_page;
  logic        [2:0]            field;
  logic signed [VBits:0]        threshold_q;
  logic        [LeakWidth-1:0]  leak_q;
  logic signed [VBits-1:0]      v_reset_q;
  logic signed [BiasWidth-1:0]  bias_q;
  logic signed [ConstantWidth-1:0] a_q;
  logic signed [ConstantWidth-1:0] b_q;
  logic signed [UWidth-1:0]     u_step_q;
  assign parameter_page = write && cfg_addr_i[31:28] == PageParameters;
  assign field          = cfg_addr_i[2:0];
  always_ff @(posedge clk_i) begin
    if (parameter_page && field == 3'd0) begin
      threshold_q <= (VBits + 1)'(signed'(cfg_wdata_i));
    end
    if (parameter_page && field == 3'd1) begin
      leak_q <= cfg_wdata_i[LeakWidth-1:0];
    end
    if (parameter_page && field == 3'd2) begin
      v_reset_q <= cfg_wdata_i[VBits-1:0];
    end
    if (parameter_page && field == 3'd3) begin
      bias_q <= cfg_wdata_i[BiasWidth-1:0];
    end
  end
  if (Izhikevich == 1) begin : gen_recovery
    always_ff @(posedge clk_i) begin
      if (parameter_page && field == 3'd5) begin
        a_q <= cfg_wdata_i[ConstantWidth-1:0];
      end
      if (parameter_page && field == 3'd6) begin
        b_q <= cfg_wdata_i[ConstantWidth-1:0];
      end
      if (parameter_page && field == 3'd7) begin
        u_step_q <= cfg_wdata_i[UWidth-1:0];
      end
    end
  end else begin : gen_no_recovery
    assign {a_q, b_q, u_step_q} = '0;
  end
  assign parameter_write_o  = parameter_page && field == 3'd4;
  assign parameter_neuron_o = cfg_addr_i[3 +: NeuronBits];
  assign threshold_o        = threshold_q;
  assign leak_o             = leak_q;
  assign v_reset_o          = v_reset_q;
  assign bias_o             = bias_q;
  assign output_enable_o    = cfg_wdata_i[0];
  assign a_o                = a_q;
  assign b_o                = b_q;
  assign u_step_o           = u_step_q;

  assign array_write_o      = write && cfg_addr_i[31:28] == PageArray;
  assign array_address_o    = ArrayBits'(cfg_addr_i[27:0] >> StrideShift);
  assign array_chunk_o      = (Chunks > 1) ? cfg_addr_i[ChunkBits-1:0] : '0;
  assign array_data_o       = cfg_wdata_i;
  assign constant_write_o   = Analogue == 1 && write && cfg_addr_i[31:28] == PageConstants;
  assign constant_address_o = cfg_addr_i[27:0];

  // A constant as it was written: a signed number, or digits.
  localparam bit Digits = ((Model >> 2) & 1) == 1;   // bit 2: shift_add
  function automatic logic [31:0] constant_word(input logic signed [ConstantWidth-1:0] x);
    constant_word = Digits ? 32'($unsigned(x)) : 32'(x);
  endfunction

  logic [31:0] rdata_d;
  always_comb begin
    rdata_d = '0;
    unique case (cfg_addr_i)
      AddressId:              rdata_d = Id;
      AddressVInit:           rdata_d = 32'(v_init_q);
      AddressUInit:           rdata_d = 32'(u_init_q);
      AddressRefractorySteps: rdata_d = 32'(refractory_steps_q);
      AddressLfsrSeed:        rdata_d = lfsr_seed_q;
      AddressFirstWordLine:   rdata_d = 32'(first_word_line_q);
      AddressLoopBackDelay:   rdata_d = 32'(loop_back_delay_q);
      AddressEpoch:           rdata_d = 32'(epoch_q);
      AddressK2:              rdata_d = constant_word(k2_q);
      AddressK1:              rdata_d = 32'(k1_q);
      AddressK0:              rdata_d = 32'(k0_q);
      AddressVZero:           rdata_d = 32'(v_zero_q);
      AddressDt:              rdata_d = constant_word(dt_q);
      default: begin
        if (cfg_addr_i >= AddressStructure && cfg_addr_i < AddressStructure + StructureRegisters) begin
          rdata_d = structure_i[32*(cfg_addr_i - AddressStructure) +: 32];
        end
        if (cfg_addr_i >= AddressCounters && cfg_addr_i < AddressCounters + CounterRegisters) begin
          rdata_d = counters_i[32*(cfg_addr_i - AddressCounters) +: 32];
        end
        for (int unsigned k = 0; k < Accumulators; k++) begin
          if (cfg_addr_i == AddressISynDecay + k) begin
            rdata_d = 32'(i_syn_decay_q[k*DecayWidth +: DecayWidth]);
          end
        end
        for (int unsigned g = 0; g < 2 * Polarities; g++) begin
          if (cfg_addr_i == AddressGain + g) begin
            rdata_d = 32'(gain_q[g*GainWidth +: GainWidth]);
          end
        end
      end
    endcase
  end
  always_ff @(posedge clk_i) begin
    if (cfg_valid_i && !cfg_write_i) begin
      cfg_rdata_o <= rdata_d;
    end
  end

endmodule
