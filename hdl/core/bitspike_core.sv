// The core: address events in, reads of a synapse array, P neurons updated per cycle, address events out.
// Contract: arithmetic.md, schedule.md, array.md, probe.md.

module bitspike_core #(
  parameter int unsigned Neurons,          // bit lines, [1, 65536], a multiple of Lanes
  parameter int unsigned WordLines,        // rows of the synapse array, [1, 65536]
  parameter int unsigned Lanes,            // neurons updated per cycle, a power of two
  parameter int unsigned WeightBits,       // weight, signed, [2, 16]
  parameter int unsigned WeightShift,      // input = weight * 2**WeightShift, [0, 15]
  parameter int unsigned VBits,            // membrane potential, signed, [4, 32]
  parameter int unsigned ISynBits,         // synaptic current, signed, 0 (absent) or [4, 32]
  parameter int unsigned LeakBits,         // [1, 31], or [1, 16] with multiply
  parameter int unsigned DecayBits,        // [1, 31], or [1, 16] with multiply
  parameter int unsigned BiasBits,         // signed, 0 (absent) to 32
  parameter int unsigned RefractoryBits,   // 0 (absent) to 16
  parameter int unsigned QueueDepth,       // entries of the event queue, [2, 65536]
  parameter int unsigned SpikeQueueDepth,  // entries of the spike queue, [4, 65536]
  parameter int unsigned Semantics,        // packed records of arithmetic.md
  parameter int unsigned Schedule,
  parameter int unsigned Model,            // 0 for lif
  parameter int unsigned ModelWidths,      // 0 for lif
  parameter int unsigned Synapse,          // 0: one accumulator, fed at once
  parameter int unsigned Array,            // packed records of array.md, 0: event read, one epoch
  parameter int unsigned ArrayWidths,      // 0 with event read
  localparam int unsigned NeuronBits   = (Neurons > 2) ? $clog2(Neurons) : 1,
  localparam int unsigned WordLineBits = (WordLines > 2) ? $clog2(WordLines) : 1,
  localparam int unsigned InjectBits   = NeuronBits + WeightBits,
  localparam int unsigned BodyBits     = (WordLineBits > InjectBits) ? WordLineBits : InjectBits,
  localparam int unsigned DelayBits    = (Synapse >> 12) & 7,   // bits 14:12
  localparam int unsigned PayloadBits  = DelayBits + BodyBits,
  localparam int unsigned EventBits    = PayloadBits + 2
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  cfg_valid_i,    // register bus
  input  logic                  cfg_write_i,
  input  logic [31:0]           cfg_addr_i,
  input  logic [31:0]           cfg_wdata_i,
  output logic                  cfg_ready_o,
  output logic [31:0]           cfg_rdata_o,
  input  logic                  aer_in_req_i,   // events: {kind, payload}
  input  logic [EventBits-1:0]  aer_in_data_i,
  output logic                  aer_in_ack_o,
  output logic                  aer_out_req_o,  // spikes: neuron
  output logic [NeuronBits-1:0] aer_out_data_o,
  input  logic                  aer_out_ack_i
);

  localparam int unsigned LeakForm  = (Semantics >> 2) & 7;     // bits 4:2
  localparam int unsigned DecayForm = (Semantics >> 10) & 7;    // bits 12:10
  localparam int unsigned MaxSpikes = (Semantics >> 26) & 31;   // bits 30:26
  localparam int unsigned FourPhase = (Schedule >> 7) & 1;      // bit 7
  localparam int unsigned LoopBack  = (Schedule >> 8) & 1;      // bit 8

  if (Neurons < 1 || Neurons > 65536) begin : gen_check_neurons
    $error("Neurons is %0d, must be 1 to 65536", Neurons);
  end
  if (WordLines < 1 || WordLines > 65536) begin : gen_check_word_lines
    $error("WordLines is %0d, must be 1 to 65536", WordLines);
  end
  if (Lanes < 1 || (Lanes & (Lanes - 1)) != 0 || Neurons % Lanes != 0) begin : gen_check_lanes
    $error("Lanes is %0d, must be a power of two that divides Neurons (%0d)", Lanes, Neurons);
  end
  if (WeightBits < 2 || WeightBits > 16) begin : gen_check_weight_bits
    $error("WeightBits is %0d, must be 2 to 16", WeightBits);
  end
  if (WeightShift > 15) begin : gen_check_weight_shift
    $error("WeightShift is %0d, must be 0 to 15", WeightShift);
  end
  if (VBits < 4 || VBits > 32) begin : gen_check_v_bits
    $error("VBits is %0d, must be 4 to 32", VBits);
  end
  if (ISynBits != 0 && (ISynBits < 4 || ISynBits > 32)) begin : gen_check_i_syn_bits
    $error("ISynBits is %0d, must be 0 or 4 to 32", ISynBits);
  end
  if (LeakBits < 1 || LeakBits > ((LeakForm == 3) ? 16 : 31)) begin : gen_check_leak_bits
    $error("LeakBits is %0d, must be 1 to 31, or 1 to 16 with multiply", LeakBits);
  end
  if (DecayBits < 1 || DecayBits > ((DecayForm == 3) ? 16 : 31)) begin : gen_check_decay_bits
    $error("DecayBits is %0d, must be 1 to 31, or 1 to 16 with multiply", DecayBits);
  end
  if (BiasBits > 32) begin : gen_check_bias_bits
    $error("BiasBits is %0d, must be 0 to 32", BiasBits);
  end
  if (RefractoryBits > 16) begin : gen_check_refractory_bits
    $error("RefractoryBits is %0d, must be 0 to 16", RefractoryBits);
  end
  if (QueueDepth < 2 || QueueDepth > 65536) begin : gen_check_queue_depth
    $error("QueueDepth is %0d, must be 2 to 65536", QueueDepth);
  end
  if (SpikeQueueDepth < 4 || SpikeQueueDepth > 65536) begin : gen_check_spike_queue_depth
    $error("SpikeQueueDepth is %0d, must be 4 to 65536", SpikeQueueDepth);
  end
  if (Semantics >> 31 != 0) begin : gen_check_semantics
    $error("Semantics is 0x%0x, bit 31 must be 0", Semantics);
  end
  if (Schedule >> 11 != 0) begin : gen_check_schedule
    $error("Schedule is 0x%0x, bits 31 to 11 must be 0", Schedule);
  end
  if (Model >> 23 != 0 || (Model & 3) > 1 || ((Model & 3) == 0 && (Model != 0 || ModelWidths != 0))) begin : gen_check_model
    $error("Model is 0x%0x and ModelWidths 0x%0x, must be 0 for lif, or izhikevich (1) with bits 31 to 23 of Model 0", Model, ModelWidths);
  end
  if ((ModelWidths & 32'he0e0_c0c0) != 0) begin : gen_check_model_widths
    $error("ModelWidths is 0x%0x, bits 7:6, 15:14, 23:21 and 31:29 must be 0", ModelWidths);
  end
  if (Synapse >> 15 != 0 || ((Synapse >> 12) & 7) > 6 || (ISynBits == 0 && Synapse != 0)) begin : gen_check_synapse
    $error("Synapse is 0x%0x, must be 0 without ISynBits, bits 31 to 15 must be 0 and log2 DelaySlots at most 6", Synapse);
  end
  if (Array >> 31 != 0 || ((Array & 1) == 0 && ((Array & 32'h07ff_ffff) != 0 || ArrayWidths != 0)) || ArrayWidths >> 16 != 0) begin : gen_check_array
    $error("Array is 0x%0x and ArrayWidths 0x%0x, only the epochs may be set with event read, unused bits must be 0", Array, ArrayWidths);
  end
  if ((Array & 1) == 1 && DelayBits > 0) begin : gen_check_array_delay
    $error("log2 DelaySlots is %0d, must be 0 with analogue read", DelayBits);
  end
  if ((Model & 3) == 1 && RefractoryBits != 0) begin : gen_check_model_refractory
    $error("RefractoryBits is %0d, must be 0 with izhikevich", RefractoryBits);
  end

  localparam int unsigned Groups          = Neurons / Lanes;
  localparam int unsigned GroupBits       = (Groups > 2) ? $clog2(Groups) : 1;
  // Array: how it is read, and what a lane has in one of its words.
  localparam int unsigned Analogue        = (Array >> 0) & 1;             // bit 0
  localparam int unsigned AdcBits         = (Array >> 2) & 15;            // bits 5:2
  localparam int unsigned Columns         = 1 << ((Array >> 11) & 15);    // bits 14:11
  localparam int unsigned Blocks          = (WordLines + ((Array >> 15) & 4095)) / (((Array >> 15) & 4095) + 1);   // bits 26:15
  localparam int unsigned Epochs          = ((Array >> 27) & 15) + 1;     // bits 30:27
  localparam int unsigned EpochBits       = (Epochs > 2) ? $clog2(Epochs) : 1;
  localparam int unsigned CodesBits       = (((ArrayWidths >> 4) & 1) + 1) * ((ArrayWidths >> 0) & 15);   // bits 4 and 3:0
  localparam int unsigned Slices          = ((ArrayWidths >> 5) & 7) + 1; // bits 7:5
  localparam int unsigned ReadBits        = AdcBits + (Slices - 1) * (((ArrayWidths >> 8) & 7) + 1) + ((Slices > 1) ? 1 : 0);   // bits 10:8
  localparam int unsigned CellBits        = Slices * (CodesBits + ((ArrayWidths >> 11) & 31));            // bits 15:11
  localparam int unsigned WordBits        = (Analogue == 1) ? ReadBits : WeightBits;
  localparam int unsigned FieldBits       = (Analogue == 1) ? CellBits : WeightBits;
  localparam int unsigned ArrayWords      = Epochs * WordLines * Groups;
  localparam int unsigned ArrayBits       = (ArrayWords > 2) ? $clog2(ArrayWords) : 1;
  localparam int unsigned Chunks          = (Lanes * FieldBits + 31) / 32;
  localparam int unsigned ChunkBits       = (Chunks > 2) ? $clog2(Chunks) : 1;
  localparam int unsigned LeakWidth       = (LeakForm == 1) ? LeakBits : (LeakForm == 2) ? 5 : (LeakForm == 3) ? LeakBits + 1 : 1;
  localparam int unsigned DecayWidth      = (DecayForm == 1) ? DecayBits : (DecayForm == 2) ? 5 : (DecayForm == 3) ? DecayBits + 1 : 1;
  localparam int unsigned ISynWidth       = (ISynBits > 0) ? ISynBits : 1;
  localparam int unsigned BiasWidth       = (BiasBits > 0) ? BiasBits : 1;
  localparam int unsigned RefractoryWidth = (RefractoryBits > 0) ? RefractoryBits : 1;
  localparam int unsigned Polarities      = 1 + ((Synapse >> 2) & 1);     // bit 2
  localparam int unsigned Filters         = 1 << ((Synapse >> 0) & 3);    // bits 1:0
  localparam int unsigned GainWidth       = ((Synapse >> 7) & 31) + 1;    // bits 11:7
  localparam int unsigned SlotWidth       = (DelayBits > 0) ? DelayBits : 1;
  localparam int unsigned InputsWidth     = Polarities * ISynWidth;
  localparam int unsigned CurrentsWidth   = Filters * InputsWidth;
  localparam int unsigned UBits           = (ModelWidths >> 0) & 63;      // bits 5:0
  localparam int unsigned UWidth          = (UBits > 0) ? UBits : 1;
  localparam int unsigned ConstantBits    = (ModelWidths >> 8) & 63;      // bits 13:8
  localparam int unsigned ConstantNumber  = (ConstantBits > 0) ? ConstantBits : 1;
  localparam int unsigned ConstantWidth   = (((Model >> 2) & 1) == 1) ? 7 * ((Model >> 17) & 7) : ConstantNumber;
  localparam int unsigned LimitBits       = $clog2(Lanes * Slices + 1);
  localparam int unsigned ReadBlockBits   = (Analogue == 1 && Blocks > 2) ? $clog2(Blocks) : 1;
  localparam int unsigned ReadPhaseBits   = (Columns > 2) ? $clog2(Columns) : 1;
  localparam int unsigned CodesWidth      = (Analogue == 1) ? Lanes * Slices * AdcBits : 1;
  localparam int unsigned KBits           = (VBits < 30) ? VBits + 2 : 32;
  localparam int unsigned SpikeBits       = (MaxSpikes > 1) ? $clog2(MaxSpikes + 1) : 1;
  localparam int unsigned QueueCountBits  = $clog2(QueueDepth + 1);
  localparam int unsigned SpikeCountBits  = $clog2(SpikeQueueDepth + 1);
  localparam logic [1:0]  WordLine        = 2'd0;

  // Shifted, not concatenated: a parameter that is set to 0 from outside counts as unsized.
  localparam int unsigned EchoBits = 15 * 32;
  localparam logic [EchoBits-1:0] Structure = EchoBits'({
    Schedule, Semantics, SpikeQueueDepth, QueueDepth, BiasBits | RefractoryBits << 8,
    VBits | ISynBits << 8 | LeakBits << 16 | DecayBits << 24, WeightBits | WeightShift << 8, Lanes, WordLines, Neurons
  }) | EchoBits'(Model) << 10 * 32 | EchoBits'(ModelWidths) << 11 * 32 | EchoBits'(Synapse) << 12 * 32 | EchoBits'(Array) << 13 * 32 |
     EchoBits'(ArrayWidths) << 14 * 32;

  logic                            init;
  logic [GroupBits-1:0]            init_group;
  logic [SlotWidth-1:0]            init_slot;
  logic                            idle;
  logic                            run;
  logic                            stall;
  logic [1:0]                      kind;
  logic [PayloadBits-1:0]          payload;
  logic                            issue;
  logic [GroupBits-1:0]            issue_group;
  logic [1:0]                      issue_kind;
  logic [SlotWidth-1:0]            issue_slot;
  logic                            take_queue;
  logic                            take_bypass;

  logic signed [VBits-1:0]         v_init;
  logic signed [UWidth-1:0]        u_init;
  logic [Polarities*Filters*DecayWidth-1:0] i_syn_decay;
  logic [Polarities*2*GainWidth-1:0] gain;
  logic signed [ConstantWidth-1:0] k2;
  logic signed [KBits-1:0]         k1;
  logic signed [KBits-1:0]         k0;
  logic signed [KBits-1:0]         v_zero;
  logic signed [ConstantWidth-1:0] dt;
  logic [RefractoryWidth-1:0]      refractory_steps;
  logic [31:0]                     lfsr_seed;
  logic [WordLineBits-1:0]         first_word_line;
  logic [SlotWidth-1:0]            loop_back_delay;
  logic                            parameter_write;
  logic [NeuronBits-1:0]           parameter_neuron;
  logic signed [VBits:0]           threshold;
  logic [LeakWidth-1:0]            leak;
  logic signed [VBits-1:0]         v_reset;
  logic signed [BiasWidth-1:0]     bias;
  logic                            output_enable;
  logic signed [ConstantWidth-1:0] a;
  logic signed [ConstantWidth-1:0] b;
  logic signed [UWidth-1:0]        u_step;
  logic                            array_write;
  logic [ArrayBits-1:0]            array_address;
  logic [ChunkBits-1:0]            array_chunk;
  logic [31:0]                     array_data;
  logic                            constant_write;
  logic [27:0]                     constant_address;
  logic [EpochBits-1:0]            epoch;

  logic [31:0]                     events_accepted;
  logic [31:0]                     events_dropped;
  logic [31:0]                     loop_back_dropped;
  logic [31:0]                     synaptic_ops;
  logic [31:0]                     v_overflows;
  logic [31:0]                     u_overflows;
  logic [31:0]                     i_syn_overflows;
  logic [31:0]                     spikes;
  logic [31:0]                     stall_cycles;
  logic [31:0]                     time_steps;
  logic [31:0]                     queue_high_water;
  logic [31:0]                     word_lines_merged;
  logic [31:0]                     conversions_at_limit;
  logic [31:0]                     reads;

  register_bus #(
    .Neurons(Neurons), .WordLines(WordLines), .Lanes(Lanes), .WeightBits(WeightBits), .VBits(VBits), .ISynBits(ISynBits),
    .LeakBits(LeakBits), .DecayBits(DecayBits), .BiasBits(BiasBits), .RefractoryBits(RefractoryBits), .Semantics(Semantics),
    .Model(Model), .ModelWidths(ModelWidths), .Synapse(Synapse), .Array(Array), .ArrayWidths(ArrayWidths)
  ) u_register_bus (
    .clk_i(clk_i), .cfg_valid_i(cfg_valid_i), .cfg_write_i(cfg_write_i), .cfg_addr_i(cfg_addr_i),
    .cfg_wdata_i(cfg_wdata_i), .cfg_ready_o(cfg_ready_o), .cfg_rdata_o(cfg_rdata_o), .structure_i(Structure),
    .counters_i({reads, conversions_at_limit, word_lines_merged, u_overflows, queue_high_water, time_steps, stall_cycles, spikes, i_syn_overflows, v_overflows, synaptic_ops,
                 loop_back_dropped, events_dropped, events_accepted}),
    .v_init_o(v_init), .u_init_o(u_init), .i_syn_decay_o(i_syn_decay), .gain_o(gain), .k2_o(k2), .k1_o(k1), .k0_o(k0),
    .v_zero_o(v_zero), .dt_o(dt), .refractory_steps_o(refractory_steps), .lfsr_seed_o(lfsr_seed),
    .first_word_line_o(first_word_line), .loop_back_delay_o(loop_back_delay), .epoch_o(epoch), .parameter_write_o(parameter_write), .parameter_neuron_o(parameter_neuron),
    .threshold_o(threshold), .leak_o(leak), .v_reset_o(v_reset), .bias_o(bias), .output_enable_o(output_enable),
    .a_o(a), .b_o(b), .u_step_o(u_step),
    .array_write_o(array_write), .array_address_o(array_address), .array_chunk_o(array_chunk), .array_data_o(array_data),
    .constant_write_o(constant_write), .constant_address_o(constant_address)
  );

  logic                      aer_in_valid;
  logic                      aer_in_ready;
  logic                      aer_in_accept;
  logic [EventBits-1:0]      aer_in_event;
  aer_rx #(.EventBits(EventBits), .FourPhase(FourPhase)) u_aer_rx (
    .clk_i(clk_i), .rst_ni(rst_ni), .req_i(aer_in_req_i), .data_i(aer_in_data_i), .ack_o(aer_in_ack_o),
    .valid_o(aer_in_valid), .event_o(aer_in_event), .ready_i(aer_in_ready)
  );

  logic [QueueCountBits-1:0] queue_count;
  logic [SpikeCountBits-1:0] spike_queue_count;
  logic                      s1_valid;
  logic                      s2_valid;
  logic                      spike_valid;
  logic                      spike_accept;
  logic                      loop_push;
  logic                      door_push;
  logic                      quiet;
  logic                      sent;
  logic                      queue_open;
  logic                      occupied;
  logic                      bypass_valid;
  logic [EventBits-1:0]      bypass_event;
  assign quiet = idle && !s1_valid && !s2_valid && spike_queue_count == '0 && !spike_valid;
  door #(.PayloadBits(PayloadBits), .QueueDepth(QueueDepth), .Schedule(Schedule)) u_door (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(aer_in_valid), .event_i(aer_in_event), .queue_count_i(queue_count),
    .loop_push_i(loop_push), .quiet_i(quiet), .sent_i(sent), .acknowledged_i(aer_in_ack_o), .take_bypass_i(take_bypass),
    .take_queue_i(take_queue), .ready_o(aer_in_ready), .accept_o(aer_in_accept), .push_o(door_push),
    .queue_open_o(queue_open), .occupied_o(occupied),
    .bypass_valid_o(bypass_valid), .bypass_event_o(bypass_event)
  );

  logic [NeuronBits-1:0]     spike_address;
  logic [BodyBits-1:0]       loop_word_line;
  logic [EventBits-1:0]      loop_event;
  logic [EventBits-1:0]      queue_head;
  logic                      loop_dropped;
  logic                      door_dropped;
  assign loop_push  = LoopBack == 1 && spike_accept;
  assign loop_word_line = BodyBits'(first_word_line) + BodyBits'(spike_address);
  if (DelayBits > 0) begin : gen_loop_delay
    assign loop_event = {WordLine, loop_back_delay, loop_word_line};
  end else begin : gen_no_loop_delay
    assign loop_event = {WordLine, loop_word_line};
    logic unused_loop_back_delay;
    assign unused_loop_back_delay = ^loop_back_delay;
  end
  event_queue #(.EventBits(EventBits), .QueueDepth(QueueDepth)) u_event_queue (
    .clk_i(clk_i), .rst_ni(rst_ni), .loop_push_i(loop_push), .loop_event_i(loop_event), .door_push_i(door_push),
    .door_event_i(aer_in_event), .occupied_i(occupied), .pop_i(take_queue), .head_o(queue_head), .count_o(queue_count),
    .loop_dropped_o(loop_dropped), .door_dropped_o(door_dropped)
  );

  logic                      mark;
  logic                      read_start;
  logic                      read_busy;
  logic                      read_pending;
  logic [GroupBits-1:0]      read_group;
  controller #(
    .Neurons(Neurons), .Lanes(Lanes), .PayloadBits(PayloadBits), .SpikeQueueDepth(SpikeQueueDepth), .Semantics(Semantics),
    .Schedule(Schedule), .Model(Model), .Synapse(Synapse), .Array(Array)
  ) u_controller (
    .clk_i(clk_i), .rst_ni(rst_ni), .queue_filled_i(queue_open && queue_count != '0), .queue_head_i(queue_head),
    .bypass_valid_i(bypass_valid), .bypass_event_i(bypass_event), .spike_queue_count_i(spike_queue_count),
    .s1_valid_i(s1_valid), .s2_valid_i(s2_valid), .read_busy_i(read_busy), .read_pending_i(read_pending),
    .read_group_i(read_group), .init_o(init), .init_group_o(init_group), .init_slot_o(init_slot), .idle_o(idle), .run_o(run),
    .stall_o(stall), .take_queue_o(take_queue), .take_bypass_o(take_bypass), .kind_o(kind), .payload_o(payload),
    .issue_o(issue), .issue_group_o(issue_group), .issue_kind_o(issue_kind), .issue_slot_o(issue_slot),
    .read_start_o(read_start), .mark_o(mark)
  );

  logic [Lanes*WordBits-1:0] words;
  logic                      marked;
  logic                      read_done;
  logic [LimitBits-1:0]      at_limit;
  logic [2:0]                read_state;
  logic [ReadBlockBits-1:0]  read_block;
  logic [ReadPhaseBits-1:0]  read_phase;
  logic [CodesWidth-1:0]     adc_trial;
  logic [CodesWidth-1:0]     adc_code;
  if (Analogue == 1) begin : gen_analogue
    analogue_array #(
      .WordLines(WordLines), .Neurons(Neurons), .Lanes(Lanes), .Schedule(Schedule), .Array(Array), .ArrayWidths(ArrayWidths)
    ) u_analogue_array (
      .clk_i(clk_i), .rst_ni(rst_ni), .cell_write_i(array_write), .cell_address_i(array_address), .cell_chunk_i(array_chunk),
      .constant_write_i(constant_write), .constant_address_i(constant_address), .write_data_i(array_data), .epoch_i(epoch),
      .reads_i(reads), .mark_i(mark), .word_line_i(payload[WordLineBits-1:0]), .start_i(read_start), .stall_i(stall),
      .issue_i(issue && read_busy), .busy_o(read_busy), .pending_o(read_pending), .group_o(read_group), .words_o(words),
      .marked_o(marked), .done_o(read_done), .at_limit_o(at_limit), .state_o(read_state), .block_o(read_block),
      .phase_o(read_phase), .trials_o(adc_trial), .codes_o(adc_code)
    );
  end else begin : gen_event
    logic [ArrayBits-1:0] row_address;
    assign row_address = ArrayBits'((32'(epoch) * WordLines + 32'(payload[WordLineBits-1:0])) * Groups + 32'(issue_group));
    synapse_array #(
      .Epochs(Epochs), .WordLines(WordLines), .Groups(Groups), .Lanes(Lanes), .WeightBits(WeightBits)
    ) u_synapse_array (
      .clk_i(clk_i), .write_i(array_write), .write_address_i(array_address), .write_chunk_i(array_chunk),
      .write_data_i(array_data), .read_i(issue && kind == WordLine), .read_address_i(row_address), .weights_o(words)
    );
    assign {read_busy, read_pending, read_group, marked, read_done} = '0;
    assign {at_limit, read_state, read_block, read_phase, adc_trial, adc_code} = '0;
    logic unused_read;
    assign unused_read = ^{mark, read_start, constant_write, constant_address};
  end

  logic [1:0]                       s2_kind;
  logic [GroupBits-1:0]             s2_group;
  logic [Lanes-1:0]                 s2_mask;
  logic [Lanes*SpikeBits-1:0]       s2_spikes;
  logic [Lanes-1:0]                 s2_v_overflow;
  logic [Lanes-1:0]                 s2_u_overflow;
  logic [Lanes-1:0]                 s2_i_syn_overflow;
  logic [Lanes*VBits-1:0]           write_v;
  logic [Lanes*UWidth-1:0]          write_u;
  logic [Lanes*CurrentsWidth-1:0]   write_i_syn;
  logic [Lanes*InputsWidth-1:0]     write_input;
  logic [SlotWidth-1:0]             write_slot;
  logic [Lanes*RefractoryWidth-1:0] write_refractory;
  neuron_array #(
    .Neurons(Neurons), .Lanes(Lanes), .WeightBits(WeightBits), .WeightShift(WeightShift), .VBits(VBits),
    .ISynBits(ISynBits), .LeakBits(LeakBits), .DecayBits(DecayBits), .BiasBits(BiasBits), .RefractoryBits(RefractoryBits),
    .Semantics(Semantics), .Schedule(Schedule), .Model(Model), .ModelWidths(ModelWidths), .Synapse(Synapse), .Array(Array),
    .ArrayWidths(ArrayWidths)
  ) u_neuron_array (
    .clk_i(clk_i), .rst_ni(rst_ni), .init_i(init), .init_group_i(init_group), .init_slot_i(init_slot), .issue_i(issue),
    .issue_group_i(issue_group), .issue_kind_i(issue_kind), .issue_neuron_i(payload[NeuronBits-1:0]),
    .issue_weight_i(payload[NeuronBits +: WeightBits]), .issue_slot_i(issue_slot), .weights_i(words), .v_init_i(v_init),
    .u_init_i(u_init), .i_syn_decay_i(i_syn_decay), .gain_i(gain), .k2_i(k2), .k1_i(k1), .k0_i(k0), .v_zero_i(v_zero), .dt_i(dt),
    .refractory_steps_i(refractory_steps),
    .lfsr_seed_i(lfsr_seed), .parameter_write_i(parameter_write), .parameter_neuron_i(parameter_neuron),
    .threshold_i(threshold), .leak_i(leak), .v_reset_i(v_reset), .bias_i(bias), .output_enable_i(output_enable),
    .a_i(a), .b_i(b), .u_step_i(u_step),
    .s1_valid_o(s1_valid), .s2_valid_o(s2_valid), .s2_kind_o(s2_kind), .s2_group_o(s2_group), .s2_mask_o(s2_mask),
    .s2_spikes_o(s2_spikes), .s2_v_overflow_o(s2_v_overflow), .s2_u_overflow_o(s2_u_overflow),
    .s2_i_syn_overflow_o(s2_i_syn_overflow), .write_v_o(write_v), .write_u_o(write_u), .write_i_syn_o(write_i_syn),
    .write_input_o(write_input), .write_slot_o(write_slot), .write_refractory_o(write_refractory)
  );

  logic                       spike_entry_load;
  logic [GroupBits-1:0]       spike_entry_group;
  logic [Lanes*SpikeBits-1:0] spike_entry_counts;
  fifo #(.Depth(SpikeQueueDepth), .Width(GroupBits + Lanes * SpikeBits)) u_spike_queue (
    .clk_i(clk_i), .rst_ni(rst_ni), .push_i(s2_valid && s2_spikes != '0), .data_i({s2_group, s2_spikes}),
    .pop_i(spike_entry_load), .head_o({spike_entry_group, spike_entry_counts}), .count_o(spike_queue_count)
  );
  spike_serialiser #(.Neurons(Neurons), .Lanes(Lanes), .SpikeBits(SpikeBits)) u_spike_serialiser (
    .clk_i(clk_i), .rst_ni(rst_ni), .entry_valid_i(spike_queue_count != '0), .entry_group_i(spike_entry_group),
    .entry_counts_i(spike_entry_counts), .load_o(spike_entry_load), .valid_o(spike_valid), .address_o(spike_address),
    .accept_i(spike_accept)
  );
  aer_tx #(.NeuronBits(NeuronBits), .FourPhase(FourPhase)) u_aer_tx (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(spike_valid), .address_i(spike_address), .accept_o(spike_accept), .idle_o(sent),
    .req_o(aer_out_req_o), .data_o(aer_out_data_o), .ack_i(aer_out_ack_i)
  );

  counters #(
    .Lanes(Lanes), .QueueDepth(QueueDepth), .Neurons(Neurons), .Array(Array), .ArrayWidths(ArrayWidths)
  ) u_counters (
    .clk_i(clk_i), .rst_ni(rst_ni), .event_accepted_i(aer_in_accept), .event_dropped_i(door_dropped),
    .loop_back_dropped_i(loop_dropped), .spike_i(spike_accept), .stall_i(stall), .s2_valid_i(s2_valid), .s2_kind_i(s2_kind),
    .s2_last_group_i(s2_group == GroupBits'(Groups - 1)), .s2_v_overflow_i(s2_v_overflow),
    .s2_u_overflow_i(s2_u_overflow),
    .s2_i_syn_overflow_i(s2_i_syn_overflow), .queue_count_i(queue_count), .mark_i(mark), .marked_i(marked), .read_done_i(read_done),
    .s2_at_limit_i(at_limit), .events_accepted_o(events_accepted),
    .events_dropped_o(events_dropped), .loop_back_dropped_o(loop_back_dropped), .synaptic_ops_o(synaptic_ops),
    .v_overflows_o(v_overflows), .i_syn_overflows_o(i_syn_overflows), .spikes_o(spikes), .stall_cycles_o(stall_cycles),
    .time_steps_o(time_steps), .queue_high_water_o(queue_high_water),
    .u_overflows_o(u_overflows), .word_lines_merged_o(word_lines_merged), .conversions_at_limit_o(conversions_at_limit),
    .reads_o(reads)
  );

  /* verilator tracing_on */
  probe #(
    .Neurons(Neurons), .Lanes(Lanes), .VBits(VBits), .ISynBits(ISynBits), .RefractoryBits(RefractoryBits),
    .SpikeBits(SpikeBits), .PayloadBits(PayloadBits), .QueueDepth(QueueDepth), .SpikeQueueDepth(SpikeQueueDepth),
    .ModelWidths(ModelWidths), .Synapse(Synapse), .WordLines(WordLines), .Array(Array), .ArrayWidths(ArrayWidths)
  ) u_probe (
    .clk_i(clk_i), .rst_ni(rst_ni), .init_i(init), .idle_i(idle), .run_i(run), .stall_i(stall), .queue_count_i(queue_count),
    .event_kind_i(kind), .event_payload_i(payload), .issue_valid_i(issue), .issue_group_i(issue_group),
    .init_group_i(init_group), .s2_valid_i(s2_valid), .s2_group_i(s2_group), .s2_mask_i(s2_mask), .write_v_i(write_v),
    .write_u_i(write_u), .write_i_syn_i(write_i_syn), .write_input_i(write_input), .write_slot_i(write_slot),
    .write_refractory_i(write_refractory), .s2_spikes_i(s2_spikes),
    .spike_queue_count_i(spike_queue_count), .aer_in_ack_i(aer_in_ack_o), .aer_in_accept_i(aer_in_accept),
    .aer_out_req_i(aer_out_req_o), .aer_out_accept_i(spike_accept), .aer_out_valid_i(spike_valid),
    .aer_out_address_i(spike_address), .events_dropped_i(events_dropped), .loop_back_dropped_i(loop_back_dropped),
    .v_overflows_i(v_overflows), .u_overflows_i(u_overflows), .i_syn_overflows_i(i_syn_overflows), .spikes_i(spikes), .stall_cycles_i(stall_cycles),
    .time_steps_i(time_steps), .read_state_i(read_state), .read_block_i(read_block), .read_phase_i(read_phase),
    .adc_trial_i(adc_trial), .adc_code_i(adc_code), .word_lines_merged_i(word_lines_merged),
    .conversions_at_limit_i(conversions_at_limit), .reads_i(reads), .epoch_i(epoch)
  );
  /* verilator tracing_off */

endmodule
