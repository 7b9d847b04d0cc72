// Event counters of the core, 32 bits modulo 2**32.
// Contract: schedule.md, "Counters".

module counters #(
  parameter int unsigned Lanes,        // power of two
  parameter int unsigned QueueDepth,   // entries of the event queue, [2, 65536]
  parameter int unsigned Neurons,      // multiple of Lanes
  parameter int unsigned Array,        // packed records of array.md
  parameter int unsigned ArrayWidths,
  localparam int unsigned Slices         = ((ArrayWidths >> 5) & 7) + 1,   // bits 7:5
  localparam int unsigned LimitBits      = $clog2(Lanes * Slices + 1),
  localparam int unsigned QueueCountBits = $clog2(QueueDepth + 1)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      event_accepted_i,
  input  logic                      event_dropped_i,
  input  logic                      loop_back_dropped_i,
  input  logic                      spike_i,
  input  logic                      stall_i,
  input  logic                      s2_valid_i,
  input  logic [1:0]                s2_kind_i,
  input  logic                      s2_last_group_i,      // group Groups - 1
  input  logic [Lanes-1:0]          s2_v_overflow_i,
  input  logic [Lanes-1:0]          s2_u_overflow_i,      // constant 0 where there is no u
  input  logic [Lanes-1:0]          s2_i_syn_overflow_i,
  input  logic [QueueCountBits-1:0] queue_count_i,
  input  logic                      mark_i,               // analogue read: slot of a word_line event
  input  logic                      marked_i,             // whose word line was active already
  input  logic                      read_done_i,          // a block is read
  input  logic [LimitBits-1:0]      s2_at_limit_i,        // codes at either end, of the words of a read in S2
  output logic [31:0]               events_accepted_o,
  output logic [31:0]               events_dropped_o,
  output logic [31:0]               loop_back_dropped_o,
  output logic [31:0]               synaptic_ops_o,
  output logic [31:0]               v_overflows_o,
  output logic [31:0]               i_syn_overflows_o,
  output logic [31:0]               spikes_o,
  output logic [31:0]               stall_cycles_o,
  output logic [31:0]               time_steps_o,
  output logic [31:0]               queue_high_water_o,
  output logic [31:0]               u_overflows_o,
  output logic [31:0]               word_lines_merged_o,
  output logic [31:0]               conversions_at_limit_o,
  output logic [31:0]               reads_o
);

  localparam int unsigned Analogue = (Array >> 0) & 1;   // bit 0
  localparam logic [1:0]  WordLine = 2'd0;
  localparam logic [1:0]  TimeStep = 2'd1;
  localparam logic [1:0]  Inject   = 2'd2;

  logic [31:0]               events_accepted_q;
  logic [31:0]               events_dropped_q;
  logic [31:0]               loop_back_dropped_q;
  logic [31:0]               synaptic_ops_q;
  logic [31:0]               v_overflows_q;
  logic [31:0]               u_overflows_q;
  logic [31:0]               i_syn_overflows_q;
  logic [31:0]               spikes_q;
  logic [31:0]               stall_cycles_q;
  logic [31:0]               time_steps_q;
  logic [QueueCountBits-1:0] queue_high_water_q;

  logic [31:0] v_overflows;
  logic [31:0] u_overflows;
  logic [31:0] i_syn_overflows;
  always_comb begin
    v_overflows     = '0;
    u_overflows     = '0;
    i_syn_overflows = '0;
    if (|s2_v_overflow_i) begin
      for (int unsigned i = 0; i < Lanes; i++) begin
        v_overflows = v_overflows + 32'(s2_v_overflow_i[i]);
      end
    end
    if (|s2_u_overflow_i) begin
      for (int unsigned i = 0; i < Lanes; i++) begin
        u_overflows = u_overflows + 32'(s2_u_overflow_i[i]);
      end
    end
    if (|s2_i_syn_overflow_i) begin
      for (int unsigned i = 0; i < Lanes; i++) begin
        i_syn_overflows = i_syn_overflows + 32'(s2_i_syn_overflow_i[i]);
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      events_accepted_q   <= '0;
      events_dropped_q    <= '0;
      loop_back_dropped_q <= '0;
      synaptic_ops_q      <= '0;
      v_overflows_q       <= '0;
      u_overflows_q       <= '0;
      i_syn_overflows_q   <= '0;
      spikes_q            <= '0;
      stall_cycles_q      <= '0;
      time_steps_q        <= '0;
      queue_high_water_q  <= '0;
    end else begin
      events_accepted_q   <= events_accepted_q + 32'(event_accepted_i);
      events_dropped_q    <= events_dropped_q + 32'(event_dropped_i);
      loop_back_dropped_q <= loop_back_dropped_q + 32'(loop_back_dropped_i);
      spikes_q            <= spikes_q + 32'(spike_i);
      stall_cycles_q      <= stall_cycles_q + 32'(stall_i);
      if (queue_count_i > queue_high_water_q) begin
        queue_high_water_q <= queue_count_i;
      end
      if (s2_valid_i) begin
        v_overflows_q     <= v_overflows_q + v_overflows;
        u_overflows_q     <= u_overflows_q + u_overflows;
        i_syn_overflows_q <= i_syn_overflows_q + i_syn_overflows;
        if (s2_kind_i == WordLine && Analogue == 0) begin
          synaptic_ops_q <= synaptic_ops_q + 32'(Lanes);
        end
        if (s2_kind_i == Inject) begin
          synaptic_ops_q <= synaptic_ops_q + 32'(1'b1);
        end
        if (s2_kind_i == TimeStep && s2_last_group_i) begin
          time_steps_q <= time_steps_q + 32'(1'b1);
        end
      end
      // No S2 of an inject falls into this slot: it lasts until its S2.
      if (Analogue == 1 && mark_i && !marked_i) begin
        synaptic_ops_q <= synaptic_ops_q + 32'(Neurons);
      end
    end
  end

  if (Analogue == 1) begin : gen_read
    logic [31:0] word_lines_merged_q;
    logic [31:0] conversions_at_limit_q;
    logic [31:0] reads_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        word_lines_merged_q    <= '0;
        conversions_at_limit_q <= '0;
        reads_q                <= '0;
      end else begin
        word_lines_merged_q <= word_lines_merged_q + 32'(marked_i);
        reads_q             <= reads_q + 32'(read_done_i);
        if (s2_valid_i && s2_kind_i == WordLine) begin
          conversions_at_limit_q <= conversions_at_limit_q + 32'(s2_at_limit_i);
        end
      end
    end
    assign word_lines_merged_o    = word_lines_merged_q;
    assign conversions_at_limit_o = conversions_at_limit_q;
    assign reads_o                = reads_q;
  end else begin : gen_no_read
    assign word_lines_merged_o    = '0;
    assign conversions_at_limit_o = '0;
    assign reads_o                = '0;
    logic unused_read;
    assign unused_read = ^{mark_i, marked_i, read_done_i, s2_at_limit_i};
  end

  assign events_accepted_o   = events_accepted_q;
  assign events_dropped_o    = events_dropped_q;
  assign loop_back_dropped_o = loop_back_dropped_q;
  assign synaptic_ops_o      = synaptic_ops_q;
  assign v_overflows_o       = v_overflows_q;
  assign i_syn_overflows_o   = i_syn_overflows_q;
  assign spikes_o            = spikes_q;
  assign stall_cycles_o      = stall_cycles_q;
  assign time_steps_o        = time_steps_q;
  assign queue_high_water_o  = 32'(queue_high_water_q);
  assign u_overflows_o       = u_overflows_q;

endmodule
