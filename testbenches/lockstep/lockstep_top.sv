// The core with its probe scope as ports, so that a program that steps it in process reads ports only.
// Contract: probe.md. The widths are computed here from the parameters, so a probe signal missing or of another width fails the build.

module lockstep_top #(
  parameter int unsigned Neurons,          // the parameters of bitspike_core
  parameter int unsigned WordLines,
  parameter int unsigned Lanes,
  parameter int unsigned WeightBits,
  parameter int unsigned WeightShift,
  parameter int unsigned VBits,
  parameter int unsigned ISynBits,
  parameter int unsigned LeakBits,
  parameter int unsigned DecayBits,
  parameter int unsigned BiasBits,
  parameter int unsigned RefractoryBits,
  parameter int unsigned QueueDepth,
  parameter int unsigned SpikeQueueDepth,
  parameter int unsigned Semantics,
  parameter int unsigned Schedule,
  parameter int unsigned Model,
  parameter int unsigned ModelWidths,
  parameter int unsigned Synapse,
  parameter int unsigned Array,
  parameter int unsigned ArrayWidths,
  localparam int unsigned Groups              = Neurons / Lanes,
  localparam int unsigned NeuronBits          = (Neurons > 2) ? $clog2(Neurons) : 1,
  localparam int unsigned WordLineBits        = (WordLines > 2) ? $clog2(WordLines) : 1,
  localparam int unsigned GroupBits           = (Groups > 2) ? $clog2(Groups) : 1,
  localparam int unsigned InjectBits          = NeuronBits + WeightBits,
  localparam int unsigned BodyBits            = (WordLineBits > InjectBits) ? WordLineBits : InjectBits,
  localparam int unsigned DelayBits           = (Synapse >> 12) & 7,         // bits 14:12
  localparam int unsigned SlotWidth           = (DelayBits > 0) ? DelayBits : 1,
  localparam int unsigned PayloadBits         = DelayBits + BodyBits,
  localparam int unsigned EventBits           = PayloadBits + 2,
  localparam int unsigned MaxSpikes           = (Semantics >> 26) & 31,   // bits 30:26
  localparam int unsigned SpikeBits           = (MaxSpikes > 1) ? $clog2(MaxSpikes + 1) : 1,
  localparam int unsigned UBits               = (ModelWidths >> 0) & 63,     // bits 5:0
  localparam int unsigned Polarities          = 1 + ((Synapse >> 2) & 1),    // bit 2
  localparam int unsigned Filters             = 1 << ((Synapse >> 0) & 3),   // bits 1:0
  localparam bit          Buffered            = Filters > 1 || DelayBits > 0,
  localparam int unsigned WriteUBits          = (UBits > 0) ? Lanes * UBits : 1,
  localparam int unsigned WriteISynBits       = (ISynBits > 0) ? Lanes * Polarities * Filters * ISynBits : 1,
  localparam int unsigned WriteInputBits      = Buffered ? Lanes * Polarities * ISynBits : 1,
  localparam int unsigned WriteRefractoryBits = (RefractoryBits > 0) ? Lanes * RefractoryBits : 1,
  localparam int unsigned Analogue            = (Array >> 0) & 1,             // bit 0
  localparam int unsigned AdcBits             = (Array >> 2) & 15,            // bits 5:2
  localparam int unsigned Columns             = 1 << ((Array >> 11) & 15),    // bits 14:11
  localparam int unsigned Rows                = ((Array >> 15) & 4095) + 1,   // bits 26:15
  localparam int unsigned Epochs              = ((Array >> 27) & 15) + 1,     // bits 30:27
  localparam int unsigned Slices              = ((ArrayWidths >> 5) & 7) + 1, // bits 7:5
  localparam int unsigned Blocks              = (WordLines + Rows - 1) / Rows,
  localparam int unsigned ReadBlockBits       = (Analogue == 1 && Blocks > 2) ? $clog2(Blocks) : 1,
  localparam int unsigned ReadPhaseBits       = (Columns > 2) ? $clog2(Columns) : 1,
  localparam int unsigned EpochBits           = (Epochs > 2) ? $clog2(Epochs) : 1,
  localparam int unsigned CodesWidth          = (Analogue == 1) ? Lanes * Slices * AdcBits : 1
) (
  input  logic                                 clk_i,
  input  logic                                 rst_ni,
  input  logic                                 cfg_valid_i,
  input  logic                                 cfg_write_i,
  input  logic [31:0]                          cfg_addr_i,
  input  logic [31:0]                          cfg_wdata_i,
  output logic                                 cfg_ready_o,
  output logic [31:0]                          cfg_rdata_o,
  input  logic                                 aer_in_req_i,
  input  logic [EventBits-1:0]                 aer_in_data_i,
  output logic                                 aer_in_ack_o,
  output logic                                 aer_out_req_o,
  output logic [NeuronBits-1:0]                aer_out_data_o,
  input  logic                                 aer_out_ack_i,
  output logic [1:0]                           probe_control_state_o,
  output logic [$clog2(QueueDepth+1)-1:0]      probe_queue_count_o,
  output logic [1:0]                           probe_event_kind_o,
  output logic [PayloadBits-1:0]               probe_event_payload_o,
  output logic                                 probe_issue_valid_o,
  output logic [GroupBits-1:0]                 probe_issue_group_o,
  output logic                                 probe_write_valid_o,
  output logic [GroupBits-1:0]                 probe_write_group_o,
  output logic [Lanes-1:0]                     probe_write_mask_o,
  output logic [Lanes*VBits-1:0]               probe_write_v_o,
  output logic [WriteUBits-1:0]                probe_write_u_o,
  output logic [WriteISynBits-1:0]             probe_write_i_syn_o,
  output logic [WriteInputBits-1:0]            probe_write_input_o,
  output logic [SlotWidth-1:0]                 probe_write_slot_o,
  output logic [WriteRefractoryBits-1:0]       probe_write_refractory_o,
  output logic [Lanes*SpikeBits-1:0]           probe_write_spikes_o,
  output logic [$clog2(SpikeQueueDepth+1)-1:0] probe_spike_queue_count_o,
  output logic                                 probe_aer_in_ack_o,
  output logic                                 probe_aer_in_accept_o,
  output logic                                 probe_aer_out_req_o,
  output logic                                 probe_aer_out_accept_o,
  output logic [NeuronBits-1:0]                probe_aer_out_address_o,
  output logic [31:0]                          probe_events_dropped_o,
  output logic [31:0]                          probe_loop_back_dropped_o,
  output logic [31:0]                          probe_v_overflows_o,
  output logic [31:0]                          probe_u_overflows_o,
  output logic [31:0]                          probe_i_syn_overflows_o,
  output logic [31:0]                          probe_spikes_o,
  output logic [31:0]                          probe_stall_cycles_o,
  output logic [31:0]                          probe_time_steps_o,
  output logic [2:0]                           probe_read_state_o,
  output logic [ReadBlockBits-1:0]             probe_read_block_o,
  output logic [ReadPhaseBits-1:0]             probe_read_phase_o,
  output logic [CodesWidth-1:0]                probe_adc_trial_o,
  output logic [CodesWidth-1:0]                probe_adc_code_o,
  output logic [31:0]                          probe_word_lines_merged_o,
  output logic [31:0]                          probe_conversions_at_limit_o,
  output logic [31:0]                          probe_reads_o,
  output logic [EpochBits-1:0]                 probe_epoch_o
);

  /* verilator tracing_on */
  bitspike_core #(
    .Neurons(Neurons), .WordLines(WordLines), .Lanes(Lanes), .WeightBits(WeightBits), .WeightShift(WeightShift),
    .VBits(VBits), .ISynBits(ISynBits), .LeakBits(LeakBits), .DecayBits(DecayBits), .BiasBits(BiasBits),
    .RefractoryBits(RefractoryBits), .QueueDepth(QueueDepth), .SpikeQueueDepth(SpikeQueueDepth), .Semantics(Semantics),
    .Schedule(Schedule), .Model(Model), .ModelWidths(ModelWidths), .Synapse(Synapse), .Array(Array), .ArrayWidths(ArrayWidths)
  ) u_core (
    .clk_i(clk_i), .rst_ni(rst_ni), .cfg_valid_i(cfg_valid_i), .cfg_write_i(cfg_write_i), .cfg_addr_i(cfg_addr_i),
    .cfg_wdata_i(cfg_wdata_i), .cfg_ready_o(cfg_ready_o), .cfg_rdata_o(cfg_rdata_o), .aer_in_req_i(aer_in_req_i),
    .aer_in_data_i(aer_in_data_i), .aer_in_ack_o(aer_in_ack_o), .aer_out_req_o(aer_out_req_o),
    .aer_out_data_o(aer_out_data_o), .aer_out_ack_i(aer_out_ack_i)
  );
  /* verilator tracing_off */

  // A probe signal of another width than the port's is a WIDTH warning, so the build must not waive it.
  assign probe_control_state_o     = u_core.u_probe.control_state;
  assign probe_queue_count_o       = u_core.u_probe.queue_count;
  assign probe_event_kind_o        = u_core.u_probe.event_kind;
  assign probe_event_payload_o     = u_core.u_probe.event_payload;
  assign probe_issue_valid_o       = u_core.u_probe.issue_valid;
  assign probe_issue_group_o       = u_core.u_probe.issue_group;
  assign probe_write_valid_o       = u_core.u_probe.write_valid;
  assign probe_write_group_o       = u_core.u_probe.write_group;
  assign probe_write_mask_o        = u_core.u_probe.write_mask;
  assign probe_write_v_o           = u_core.u_probe.write_v;
  assign probe_write_u_o           = u_core.u_probe.write_u;
  assign probe_write_i_syn_o       = u_core.u_probe.write_i_syn;
  assign probe_write_input_o       = u_core.u_probe.write_input;
  assign probe_write_slot_o        = u_core.u_probe.write_slot;
  assign probe_write_refractory_o  = u_core.u_probe.write_refractory;
  assign probe_write_spikes_o      = u_core.u_probe.write_spikes;
  assign probe_spike_queue_count_o = u_core.u_probe.spike_queue_count;
  assign probe_aer_in_ack_o        = u_core.u_probe.aer_in_ack;
  assign probe_aer_in_accept_o     = u_core.u_probe.aer_in_accept;
  assign probe_aer_out_req_o       = u_core.u_probe.aer_out_req;
  assign probe_aer_out_accept_o    = u_core.u_probe.aer_out_accept;
  assign probe_aer_out_address_o   = u_core.u_probe.aer_out_address;
  assign probe_events_dropped_o    = u_core.u_probe.events_dropped;
  assign probe_loop_back_dropped_o = u_core.u_probe.loop_back_dropped;
  assign probe_v_overflows_o       = u_core.u_probe.v_overflows;
  assign probe_u_overflows_o       = u_core.u_probe.u_overflows;
  assign probe_i_syn_overflows_o   = u_core.u_probe.i_syn_overflows;
  assign probe_spikes_o            = u_core.u_probe.spikes;
  assign probe_stall_cycles_o      = u_core.u_probe.stall_cycles;
  assign probe_time_steps_o        = u_core.u_probe.time_steps;
  assign probe_read_state_o        = u_core.u_probe.read_state;
  assign probe_read_block_o        = u_core.u_probe.read_block;
  assign probe_read_phase_o        = u_core.u_probe.read_phase;
  assign probe_adc_trial_o         = u_core.u_probe.adc_trial;
  assign probe_adc_code_o          = u_core.u_probe.adc_code;
  assign probe_word_lines_merged_o = u_core.u_probe.word_lines_merged;
  assign probe_conversions_at_limit_o = u_core.u_probe.conversions_at_limit;
  assign probe_reads_o             = u_core.u_probe.reads;
  assign probe_epoch_o             = u_core.u_probe.epoch;

endmodule
