// The one scope that is compared: every signal of the contract under its exact name, 0 while it means nothing.
// Contract: probe.md. A signal of an absent state (write_u, write_i_syn, write_refractory, ..) is one constant 0 bit or word.

/* verilator tracing_on */
module probe #(
  parameter int unsigned Neurons,          // multiple of Lanes
  parameter int unsigned Lanes,            // power of two
  parameter int unsigned VBits,            // membrane potential, signed, [4, 32]
  parameter int unsigned ISynBits,         // synaptic current, signed, 0 (absent) or [4, 32]
  parameter int unsigned RefractoryBits,   // 0 (absent) to 16
  parameter int unsigned SpikeBits,        // count of one lane, [1, 5]
  parameter int unsigned PayloadBits,      // payload of an event
  parameter int unsigned QueueDepth,       // entries of the event queue
  parameter int unsigned SpikeQueueDepth,  // entries of the spike queue
  parameter int unsigned ModelWidths,      // packed records of arithmetic.md
  parameter int unsigned Synapse,
  parameter int unsigned WordLines,        // rows of the synapse array
  parameter int unsigned Array,            // packed records of array.md
  parameter int unsigned ArrayWidths,
  localparam int unsigned Groups          = Neurons / Lanes,
  localparam int unsigned NeuronBits      = (Neurons > 2) ? $clog2(Neurons) : 1,
  localparam int unsigned GroupBits       = (Groups > 2) ? $clog2(Groups) : 1,
  localparam int unsigned ISynWidth       = (ISynBits > 0) ? ISynBits : 1,
  localparam int unsigned RefractoryWidth = (RefractoryBits > 0) ? RefractoryBits : 1,
  localparam int unsigned QueueCountBits  = $clog2(QueueDepth + 1),
  localparam int unsigned SpikeCountBits  = $clog2(SpikeQueueDepth + 1),
  localparam int unsigned UBits           = (ModelWidths >> 0) & 63,     // bits 5:0
  localparam int unsigned UWidth          = (UBits > 0) ? UBits : 1,
  localparam int unsigned Polarities      = 1 + ((Synapse >> 2) & 1),    // bit 2
  localparam int unsigned Filters         = 1 << ((Synapse >> 0) & 3),   // bits 1:0
  localparam int unsigned DelayBits       = (Synapse >> 12) & 7,         // bits 14:12
  localparam int unsigned SlotWidth       = (DelayBits > 0) ? DelayBits : 1,
  localparam bit          Buffered        = Filters > 1 || DelayBits > 0,
  localparam int unsigned InputsWidth     = Polarities * ISynWidth,
  localparam int unsigned CurrentsWidth   = Filters * InputsWidth,
  localparam int unsigned Analogue        = (Array >> 0) & 1,              // bit 0
  localparam int unsigned AdcBits         = (Array >> 2) & 15,             // bits 5:2
  localparam int unsigned Columns         = 1 << ((Array >> 11) & 15),     // bits 14:11
  localparam int unsigned Rows            = ((Array >> 15) & 4095) + 1,    // bits 26:15
  localparam int unsigned Blocks          = (WordLines + Rows - 1) / Rows,
  localparam int unsigned Epochs          = ((Array >> 27) & 15) + 1,      // bits 30:27
  localparam int unsigned Slices          = ((ArrayWidths >> 5) & 7) + 1,  // bits 7:5
  localparam int unsigned BlockBits       = (Analogue == 1 && Blocks > 2) ? $clog2(Blocks) : 1,
  localparam int unsigned PhaseBits       = (Columns > 2) ? $clog2(Columns) : 1,
  localparam int unsigned EpochBits       = (Epochs > 2) ? $clog2(Epochs) : 1,
  localparam int unsigned CodesWidth      = (Analogue == 1) ? Lanes * Slices * AdcBits : 1,
  // Absent states keep one bit in the scope, not one for each lane.
  localparam int unsigned WriteUBits          = (UBits > 0) ? Lanes * UBits : 1,
  localparam int unsigned WriteISynBits       = (ISynBits > 0) ? Lanes * CurrentsWidth : 1,
  localparam int unsigned WriteInputBits      = Buffered ? Lanes * InputsWidth : 1,
  localparam int unsigned WriteRefractoryBits = (RefractoryBits > 0) ? Lanes * RefractoryBits : 1
) (
  input logic                             clk_i,
  input logic                             rst_ni,
  /* verilator tracing_off */
  input logic                             init_i,                // controller state
  input logic                             idle_i,
  input logic                             run_i,
  input logic                             stall_i,
  input logic [QueueCountBits-1:0]        queue_count_i,
  input logic [1:0]                       event_kind_i,
  input logic [PayloadBits-1:0]           event_payload_i,
  input logic                             issue_valid_i,
  input logic [GroupBits-1:0]             issue_group_i,
  input logic [GroupBits-1:0]             init_group_i,
  input logic                             s2_valid_i,
  input logic [GroupBits-1:0]             s2_group_i,
  input logic [Lanes-1:0]                 s2_mask_i,
  input logic [Lanes*VBits-1:0]           write_v_i,
  input logic [Lanes*UWidth-1:0]          write_u_i,
  input logic [Lanes*CurrentsWidth-1:0]   write_i_syn_i,
  input logic [Lanes*InputsWidth-1:0]     write_input_i,
  input logic [SlotWidth-1:0]             write_slot_i,
  input logic [Lanes*RefractoryWidth-1:0] write_refractory_i,
  input logic [Lanes*SpikeBits-1:0]       s2_spikes_i,
  input logic [SpikeCountBits-1:0]        spike_queue_count_i,
  input logic                             aer_in_ack_i,
  input logic                             aer_in_accept_i,
  input logic                             aer_out_req_i,
  input logic                             aer_out_accept_i,
  input logic                             aer_out_valid_i,       // the serialiser holds a spike
  input logic [NeuronBits-1:0]            aer_out_address_i,
  input logic [31:0]                      events_dropped_i,
  input logic [31:0]                      loop_back_dropped_i,
  input logic [31:0]                      v_overflows_i,
  input logic [31:0]                      u_overflows_i,
  input logic [31:0]                      i_syn_overflows_i,
  input logic [31:0]                      spikes_i,
  input logic [31:0]                      stall_cycles_i,
  input logic [31:0]                      time_steps_i,
  input logic [2:0]                       read_state_i,
  input logic [BlockBits-1:0]             read_block_i,
  input logic [PhaseBits-1:0]             read_phase_i,
  input logic [CodesWidth-1:0]            adc_trial_i,           // 0 when not converting
  input logic [CodesWidth-1:0]            adc_code_i,            // 0 when no group of a read is issued
  input logic [31:0]                      word_lines_merged_i,
  input logic [31:0]                      conversions_at_limit_i,
  input logic [31:0]                      reads_i,
  input logic [EpochBits-1:0]             epoch_i
  /* verilator tracing_on */
);

  /* verilator tracing_off */
  localparam logic [1:0] StateInit  = 2'd0;
  localparam logic [1:0] StateIdle  = 2'd1;
  localparam logic [1:0] StateRun   = 2'd2;
  localparam logic [1:0] StateStall = 2'd3;
  localparam logic [2:0] ReadSettle  = 3'd2;
  localparam logic [2:0] ReadConvert = 3'd3;
  localparam logic [2:0] ReadIssue   = 3'd4;
  /* verilator tracing_on */

  // Read by the waveform and by hierarchical name only.
  /* verilator lint_off UNUSEDSIGNAL */
  logic [1:0]                     control_state;
  logic [QueueCountBits-1:0]      queue_count;
  logic [1:0]                     event_kind;
  logic [PayloadBits-1:0]         event_payload;
  logic                           issue_valid;
  logic [GroupBits-1:0]           issue_group;
  logic                           write_valid;
  logic [GroupBits-1:0]           write_group;
  logic [Lanes-1:0]               write_mask;
  logic [Lanes*VBits-1:0]         write_v;
  logic [WriteUBits-1:0]          write_u;
  logic [WriteISynBits-1:0]       write_i_syn;
  logic [WriteInputBits-1:0]      write_input;
  logic [SlotWidth-1:0]           write_slot;
  logic [WriteRefractoryBits-1:0] write_refractory;
  logic [Lanes*SpikeBits-1:0]     write_spikes;
  logic [SpikeCountBits-1:0]      spike_queue_count;
  logic                           aer_in_ack;
  logic                           aer_in_accept;
  logic                           aer_out_req;
  logic                           aer_out_accept;
  logic [NeuronBits-1:0]          aer_out_address;
  logic [31:0]                    events_dropped;
  logic [31:0]                    loop_back_dropped;
  logic [31:0]                    v_overflows;
  logic [31:0]                    u_overflows;
  logic [31:0]                    i_syn_overflows;
  logic [31:0]                    spikes;
  logic [31:0]                    stall_cycles;
  logic [31:0]                    time_steps;
  logic [2:0]                     read_state;
  logic [BlockBits-1:0]           read_block;
  logic [PhaseBits-1:0]           read_phase;
  logic [CodesWidth-1:0]          adc_trial;
  logic [CodesWidth-1:0]          adc_code;
  logic [31:0]                    word_lines_merged;
  logic [31:0]                    conversions_at_limit;
  logic [31:0]                    reads;
  logic [EpochBits-1:0]           epoch;
  /* verilator tracing_off */
  logic                           unused_clock;
  /* verilator tracing_on */
  /* verilator lint_on UNUSEDSIGNAL */
  assign unused_clock = ^{clk_i, rst_ni, init_i};

  assign control_state     = stall_i ? StateStall : run_i ? StateRun : idle_i ? StateIdle : StateInit;
  assign queue_count       = queue_count_i;
  assign event_kind        = run_i ? event_kind_i : '0;
  assign event_payload     = run_i ? event_payload_i : '0;
  assign issue_valid       = issue_valid_i;
  assign issue_group       = issue_valid_i ? issue_group_i : '0;
  assign write_valid       = init_i || s2_valid_i;
  assign write_group       = init_i ? init_group_i : s2_valid_i ? s2_group_i : '0;
  assign write_mask        = init_i ? '1 : s2_valid_i ? s2_mask_i : '0;
  assign write_v           = write_valid ? write_v_i : '0;
  assign write_spikes      = s2_valid_i ? s2_spikes_i : '0;
  assign spike_queue_count = spike_queue_count_i;
  assign aer_in_ack        = aer_in_ack_i;
  assign aer_in_accept     = aer_in_accept_i;
  assign aer_out_req       = aer_out_req_i;
  assign aer_out_accept    = aer_out_accept_i;
  assign aer_out_address   = aer_out_valid_i ? aer_out_address_i : '0;
  assign events_dropped    = events_dropped_i;
  assign loop_back_dropped = loop_back_dropped_i;
  assign v_overflows       = v_overflows_i;
  assign spikes            = spikes_i;
  assign stall_cycles      = stall_cycles_i;
  assign time_steps        = time_steps_i;

  assign read_state           = read_state_i;
  assign read_block           = (read_state_i >= ReadSettle) ? read_block_i : '0;
  assign read_phase           = (read_state_i == ReadConvert || read_state_i == ReadIssue) ? read_phase_i : '0;
  assign adc_trial            = adc_trial_i;
  assign adc_code             = adc_code_i;
  assign word_lines_merged    = word_lines_merged_i;
  assign conversions_at_limit = conversions_at_limit_i;
  assign reads                = reads_i;
  assign epoch                = epoch_i;

  if (UBits > 0) begin : gen_u
    assign write_u     = write_valid ? write_u_i : '0;
    assign u_overflows = u_overflows_i;
  end else begin : gen_no_u
    assign write_u     = '0;
    assign u_overflows = '0;
    /* verilator tracing_off */
    logic unused_u;
    /* verilator tracing_on */
    assign unused_u    = ^{write_u_i, u_overflows_i};
  end
  if (Buffered) begin : gen_input
    assign write_input = write_valid ? write_input_i : '0;
  end else begin : gen_no_input
    assign write_input = '0;
    /* verilator tracing_off */
    logic unused_input;
    /* verilator tracing_on */
    assign unused_input = ^write_input_i;
  end
  if (DelayBits > 0) begin : gen_slot
    assign write_slot = write_valid ? write_slot_i : '0;
  end else begin : gen_no_slot
    assign write_slot = '0;
    /* verilator tracing_off */
    logic unused_slot;
    /* verilator tracing_on */
    assign unused_slot = ^write_slot_i;
  end
  if (ISynBits > 0) begin : gen_i_syn
    assign write_i_syn     = write_valid ? write_i_syn_i : '0;
    assign i_syn_overflows = i_syn_overflows_i;
  end else begin : gen_no_i_syn
    assign write_i_syn     = '0;
    assign i_syn_overflows = '0;
    /* verilator tracing_off */
    logic unused_i_syn;
    /* verilator tracing_on */
    assign unused_i_syn    = ^{write_i_syn_i, i_syn_overflows_i};
  end
  if (RefractoryBits > 0) begin : gen_refractory
    assign write_refractory = write_valid ? write_refractory_i : '0;
  end else begin : gen_no_refractory
    assign write_refractory = '0;
    /* verilator tracing_off */
    logic unused_refractory;
    /* verilator tracing_on */
    assign unused_refractory = ^write_refractory_i;
  end

endmodule
