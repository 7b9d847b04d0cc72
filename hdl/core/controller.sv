// Control of the core: initialises the state memory, fetches events and issues their groups.
// Contract: schedule.md, "Control".

module controller #(
  parameter int unsigned Neurons,           // multiple of Lanes
  parameter int unsigned Lanes,             // power of two
  parameter int unsigned PayloadBits,       // payload of an event
  parameter int unsigned SpikeQueueDepth,   // entries of the spike queue, [4, 65536]
  parameter int unsigned Semantics,         // packed records of arithmetic.md
  parameter int unsigned Schedule,
  parameter int unsigned Model,
  parameter int unsigned Synapse,
  parameter int unsigned Array,             // packed record of array.md
  localparam int unsigned EventBits  = PayloadBits + 2,
  localparam int unsigned Groups     = Neurons / Lanes,
  localparam int unsigned NeuronBits = (Neurons > 2) ? $clog2(Neurons) : 1,
  localparam int unsigned GroupBits  = (Groups > 2) ? $clog2(Groups) : 1,
  localparam int unsigned DelayBits  = (Synapse >> 12) & 7,   // bits 14:12
  localparam int unsigned SlotWidth  = (DelayBits > 0) ? DelayBits : 1,
  localparam int unsigned SpikeCountBits = $clog2(SpikeQueueDepth + 1)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      queue_filled_i,        // queue_count > 0, and the door lets it be fetched
  input  logic [EventBits-1:0]      queue_head_i,
  input  logic                      bypass_valid_i,
  input  logic [EventBits-1:0]      bypass_event_i,
  input  logic [SpikeCountBits-1:0] spike_queue_count_i,
  input  logic                      s1_valid_i,
  input  logic                      s2_valid_i,
  input  logic                      read_busy_i,           // the array is being read for the time step that runs
  input  logic                      read_pending_i,        // its group read_group_i is to be issued
  input  logic [GroupBits-1:0]      read_group_i,
  output logic                      init_o,                // state INIT: write group init_group_o
  output logic [GroupBits-1:0]      init_group_o,
  output logic [SlotWidth-1:0]      init_slot_o,           // and delay slot init_slot_o of it
  output logic                      idle_o,                // state IDLE
  output logic                      run_o,                 // state RUN
  output logic                      stall_o,
  output logic                      take_queue_o,          // fetch from the queue (pop)
  output logic                      take_bypass_o,
  output logic [1:0]                kind_o,                // of the event being run
  output logic [PayloadBits-1:0]    payload_o,
  output logic                      issue_o,
  output logic [GroupBits-1:0]      issue_group_o,
  output logic [1:0]                issue_kind_o,          // kind of the event; word_line for the words of a read
  output logic [SlotWidth-1:0]      issue_slot_o,          // delay slot the event reads and writes
  output logic                      read_start_o,          // a time step is fetched
  output logic                      mark_o                 // slot of a word_line event that only marks its word line
);

  localparam int unsigned Interval        = (Schedule >> 0) & 15;     // bits 3:0
  localparam int unsigned Between         = (Schedule >> 10) & 1;     // bit 10
  localparam int unsigned FirePerTimeStep = (Semantics >> 24) & 1;    // bit 24
  localparam int unsigned Analogue        = (Array >> 0) & 1;         // bit 0
  localparam logic [1:0]  WordLine        = 2'd0;
  localparam logic [1:0]  TimeStep        = 2'd1;

  if (Interval < 1) begin : gen_check_interval
    $error("initiation_interval is %0d, must be 1 to 15", Interval);
  end

  // Cycles per group, and slots of an event that touches all groups, or one: of a synaptic operation, and of a time step,
  // whose groups spend StepCycles in S1.
  localparam int unsigned Multipliers  = (Model >> 20) & 7;   // bits 22:20
  localparam int unsigned Products     = (((Model >> 14) & 1) + 1) * (2 + ((Model >> 9) & 1)) + 2;
  localparam int unsigned StepCycles   = (Multipliers > 0) ? (Products + Multipliers - 1) / Multipliers : 1;
  localparam int unsigned StepInterval = (Interval > StepCycles) ? Interval : StepCycles;
  localparam int unsigned SlotsAll     = (Interval * Groups > 3) ? Interval * Groups : 3;
  localparam int unsigned SlotsOne     = (Interval > 3) ? Interval : 3;
  localparam int unsigned StepSlotsAll = (StepInterval * Groups > StepCycles + 2) ? StepInterval * Groups : StepCycles + 2;
  localparam int unsigned StepSlotsOne = (StepInterval > StepCycles + 2) ? StepInterval : StepCycles + 2;
  localparam int unsigned SlotBits     = $clog2(StepSlotsAll);
  localparam int unsigned CursorGroups = (Groups > 2) ? $clog2(Groups + 1) : 2;
  localparam int unsigned CursorBits   = (DelayBits > CursorGroups) ? DelayBits : CursorGroups;
  localparam int unsigned PhaseBits    = (StepInterval > 2) ? $clog2(StepInterval) : 1;

  typedef enum logic [1:0] {
    StateInit,
    StateIdle,
    StateRun
  } state_t;

  state_t                state_q;
  logic [SlotBits-1:0]   slot_q;
  logic [CursorBits-1:0] cursor_q;   // slot / interval of the event; in INIT the delay slot
  logic [PhaseBits-1:0]  phase_q;    // slot mod interval of the event
  logic [EventBits-1:0]  event_q;
  logic [EventBits-1:0]  event_d;    // fetched next

  logic                  single;
  logic [NeuronBits-1:0] neuron;
  assign {kind_o, payload_o} = event_q;
  assign event_d = bypass_valid_i ? bypass_event_i : queue_head_i;
  assign single  = kind_o[1];
  assign neuron  = payload_o[NeuronBits-1:0];

  assign init_o       = state_q == StateInit;
  assign init_group_o = GroupBits'(slot_q);
  assign init_slot_o  = (DelayBits > 0) ? SlotWidth'(cursor_q) : '0;
  assign idle_o       = state_q == StateIdle;
  assign run_o        = state_q == StateRun;

  // With analogue read: a word line is marked in one slot, and the slots of a time step wait for the read.
  logic reading;
  logic marks;
  assign reading      = Analogue == 1 && read_busy_i;
  assign marks        = Analogue == 1 && kind_o == WordLine;
  assign mark_o       = run_o && marks;
  assign read_start_o = Analogue == 1 && fetch && event_d[PayloadBits +: 2] == TimeStep;
  assign issue_kind_o = reading ? WordLine : kind_o;

  logic issue_pending;
  logic may_fire;
  logic crowded;
  logic last;
  logic fetch;
  logic [SlotBits-1:0]  last_slot;
  logic [PhaseBits-1:0] last_phase;
  assign last_slot     = marks ? '0 : kind_o[0] ? (single ? SlotBits'(StepSlotsOne - 1) : SlotBits'(StepSlotsAll - 1)) :
                         (single ? SlotBits'(SlotsOne - 1) : SlotBits'(SlotsAll - 1));
  assign last_phase    = kind_o[0] ? PhaseBits'(StepInterval - 1) : PhaseBits'(Interval - 1);
  assign issue_pending = reading ? read_pending_i : run_o && !marks && phase_q == '0 &&
                         (single ? cursor_q == '0 : cursor_q < CursorBits'(Groups));
  assign may_fire      = issue_kind_o[0] || FirePerTimeStep == 0;
  assign crowded       = (SpikeCountBits + 2)'(spike_queue_count_i) + (SpikeCountBits + 2)'(s1_valid_i) +
                         (SpikeCountBits + 2)'(s2_valid_i) >= (SpikeCountBits + 2)'(SpikeQueueDepth);
  assign stall_o       = issue_pending && may_fire && crowded;
  assign issue_o       = issue_pending && !stall_o;
  assign issue_group_o = reading ? read_group_i : single ? GroupBits'(neuron >> $clog2(Lanes)) : GroupBits'(cursor_q);
  assign last          = run_o && !stall_o && !reading && slot_q == last_slot;
  assign fetch         = (idle_o || (last && Between == 0)) && (bypass_valid_i || queue_filled_i);
  assign take_bypass_o = fetch && bypass_valid_i;
  assign take_queue_o  = fetch && !bypass_valid_i;

  // The delay slot of the next time step, and of an event that acts `delay` time steps after it.
  logic init_last;
  if (DelayBits > 0) begin : gen_delay
    logic [DelayBits-1:0] pointer_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        pointer_q <= '0;
      end else if (last && kind_o == TimeStep) begin
        pointer_q <= pointer_q + DelayBits'(1'b1);
      end
    end
    assign issue_slot_o = kind_o[0] ? pointer_q : pointer_q + payload_o[PayloadBits-1 -: DelayBits];
    assign init_last    = init_o && slot_q == SlotBits'(Groups - 1) && cursor_q == CursorBits'((1 << DelayBits) - 1);
  end else begin : gen_no_delay
    assign issue_slot_o = '0;
    assign init_last    = init_o && slot_q == SlotBits'(Groups - 1);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= StateInit;
      slot_q   <= '0;
      cursor_q <= '0;
      phase_q  <= '0;
      event_q  <= '0;
    end else if (fetch) begin
      state_q  <= StateRun;
      slot_q   <= '0;
      cursor_q <= '0;
      phase_q  <= '0;
      event_q  <= event_d;
    end else if (last || init_last) begin
      state_q  <= StateIdle;
      slot_q   <= '0;
      cursor_q <= '0;
      phase_q  <= '0;
    end else if (init_o && slot_q == SlotBits'(Groups - 1)) begin
      slot_q   <= '0;
      cursor_q <= cursor_q + CursorBits'(1'b1);
    end else if (init_o) begin
      slot_q   <= slot_q + SlotBits'(1'b1);
    end else if (run_o && !stall_o && !reading) begin
      slot_q   <= slot_q + SlotBits'(1'b1);
      if (phase_q == last_phase) begin
        phase_q  <= '0;
        cursor_q <= cursor_q + CursorBits'(1'b1);
      end else begin
        phase_q  <= phase_q + PhaseBits'(1'b1);
      end
    end
  end

  if (Analogue == 0) begin : gen_no_read
    logic unused_read;
    assign unused_read = ^{read_busy_i, read_pending_i, read_group_i};
  end
  if (Neurons > 1 || PayloadBits > NeuronBits) begin : gen_payload
    logic unused_payload;
    assign unused_payload = ^{payload_o, neuron};
  end

endmodule
