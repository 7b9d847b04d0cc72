// Plays an event list through the core, dumps the probe scope, then reads identity and counters over the register bus.
// Contract: schedule.md, "Environment"; probe.md, "Files of the testbench". Plain SystemVerilog, for any simulator; time unit 1 ns.

module core_tb #(
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
  parameter int unsigned ArrayWidths
);

  localparam int unsigned NeuronBits   = (Neurons > 2) ? $clog2(Neurons) : 1;
  localparam int unsigned WordLineBits = (WordLines > 2) ? $clog2(WordLines) : 1;
  localparam int unsigned InjectBits   = NeuronBits + WeightBits;
  localparam int unsigned BodyBits     = (WordLineBits > InjectBits) ? WordLineBits : InjectBits;
  localparam int unsigned PayloadBits  = ((Synapse >> 12) & 7) + BodyBits;   // bits 14:12: DelayBits
  localparam int unsigned EventBits    = PayloadBits + 2;
  localparam int unsigned FourPhase    = (Schedule >> 7) & 1;   // bit 7

  localparam int unsigned HalfPeriod      = 5;
  localparam int unsigned ResetEdges      = 2;
  localparam int unsigned IdRegisters     = 16;
  localparam logic [31:0] AddressCounters = 32'h20;
  localparam logic [31:0] AddressEpoch    = 32'h16;

  logic                  clk;
  logic                  rst_n;
  logic                  cfg_valid;
  logic                  cfg_write;
  logic [31:0]           cfg_addr;
  logic [31:0]           cfg_wdata;
  logic                  cfg_ready;
  logic [31:0]           cfg_rdata;
  logic                  aer_in_req;
  logic [EventBits-1:0]  aer_in_data;
  logic                  aer_in_ack;
  logic                  aer_out_req;
  logic [NeuronBits-1:0] aer_out_data;
  logic                  aer_out_ack;

  /* verilator tracing_on */
  bitspike_core #(
    .Neurons(Neurons), .WordLines(WordLines), .Lanes(Lanes), .WeightBits(WeightBits), .WeightShift(WeightShift),
    .VBits(VBits), .ISynBits(ISynBits), .LeakBits(LeakBits), .DecayBits(DecayBits), .BiasBits(BiasBits),
    .RefractoryBits(RefractoryBits), .QueueDepth(QueueDepth), .SpikeQueueDepth(SpikeQueueDepth), .Semantics(Semantics),
    .Schedule(Schedule), .Model(Model), .ModelWidths(ModelWidths), .Synapse(Synapse), .Array(Array), .ArrayWidths(ArrayWidths)
  ) u_core (
    .clk_i(clk), .rst_ni(rst_n), .cfg_valid_i(cfg_valid), .cfg_write_i(cfg_write), .cfg_addr_i(cfg_addr),
    .cfg_wdata_i(cfg_wdata), .cfg_ready_o(cfg_ready), .cfg_rdata_o(cfg_rdata), .aer_in_req_i(aer_in_req),
    .aer_in_data_i(aer_in_data), .aer_in_ack_o(aer_in_ack), .aer_out_req_o(aer_out_req), .aer_out_data_o(aer_out_data),
    .aer_out_ack_i(aer_out_ack)
  );
  /* verilator tracing_off */

  initial begin
    clk = 1'b0;
    forever #(HalfPeriod) clk = !clk;
  end

  // Plusargs.
  string       program_name;
  string       events_name;
  string       ready_name;
  string       resets_name;
  string       image_name;
  string       epochs_name;
  string       vcd_name;
  longint      cycles;
  longint      repeats;
  longint      period;
  int          events_file;
  int          resets_file;
  int          epochs_file;

  task automatic require_number(input string option, input int found);
    if (found == 0) begin
      $fatal(1, "core_tb: plusarg +%s= is missing or not a decimal number", option);
    end
  endtask

  function automatic int open_file(input string option, input string name);
    open_file = $fopen(name, "r");
    if (open_file == 0) begin
      $fatal(1, "core_tb: cannot read the file of +%s=%s", option, name);
    end
  endfunction

  task automatic read_plusargs;
    int image_file;
    if ($value$plusargs("program=%s", program_name) == 0) $fatal(1, "core_tb: plusarg +program=FILE is missing");
    if ($value$plusargs("events=%s", events_name) == 0) $fatal(1, "core_tb: plusarg +events=FILE is missing");
    if ($value$plusargs("ready=%s", ready_name) == 0) $fatal(1, "core_tb: plusarg +ready=FILE is missing");
    if ($value$plusargs("resets=%s", resets_name) == 0) $fatal(1, "core_tb: plusarg +resets=FILE is missing");
    if ($value$plusargs("vcd=%s", vcd_name) == 0) $fatal(1, "core_tb: plusarg +vcd=FILE is missing");
    require_number("cycles", $value$plusargs("cycles=%d", cycles));
    if ($value$plusargs("repeat=%d", repeats) == 0) repeats = 1;
    if ($value$plusargs("period=%d", period) == 0) period = 0;
    if ($value$plusargs("image=%s", image_name) != 0) begin
      image_file = open_file("image", image_name);
      $fclose(image_file);
    end
    epochs_file = 0;
    if ($value$plusargs("epochs=%s", epochs_name) != 0) epochs_file = open_file("epochs", epochs_name);
    if (cycles < 1) $fatal(1, "core_tb: +cycles=%0d, must be at least 1", cycles);
    if (repeats < 1) $fatal(1, "core_tb: +repeat=%0d, must be at least 1", repeats);
  endtask

  // Register bus: a transfer takes the rising edge after the falling edge at which it is called.
  task automatic bus_transfer(input logic write, input logic [31:0] address, input logic [31:0] data);
    cfg_valid = 1'b1;
    cfg_write = write;
    cfg_addr  = address;
    cfg_wdata = data;
    @(negedge clk);
    while (!cfg_ready) @(negedge clk);
    cfg_valid = 1'b0;
  endtask

  task automatic play_program;
    int          file;
    int          fields;
    int          line;
    logic [31:0] address;
    logic [31:0] data;
    file   = open_file("program", program_name);
    line   = 1;
    fields = $fscanf(file, "%h %h", address, data);
    while (fields == 2) begin
      bus_transfer(1'b1, address, data);
      line   = line + 1;
      fields = $fscanf(file, "%h %h", address, data);
    end
    if ($feof(file) == 0 || fields == 1) $fatal(1, "core_tb: %s: entry %0d is not an address and a data word", program_name, line);
    $fclose(file);
  endtask

  // Receiver: the ready pattern.
  logic pattern [$];
  int   pattern_index;
  logic pattern_now;

  task automatic read_pattern;
    int file;
    int fields;
    int value;
    file   = open_file("ready", ready_name);
    fields = $fscanf(file, "%d", value);
    while (fields == 1) begin
      if (value != 0 && value != 1) $fatal(1, "core_tb: %s: entry %0d is %0d, must be 0 or 1", ready_name, pattern.size() + 1, value);
      pattern.push_back(value == 1);
      fields = $fscanf(file, "%d", value);
    end
    if ($feof(file) == 0) $fatal(1, "core_tb: %s: entry %0d is not 0 or 1", ready_name, pattern.size() + 1);
    if (pattern.size() == 0) $fatal(1, "core_tb: %s holds no entry, at least one is needed", ready_name);
    $fclose(file);
  endtask

  // Sender: one event at a time from the file, which is rewound for each repetition.
  logic                 event_valid;
  longint               event_not_before;
  logic [EventBits-1:0] event_data;
  longint               repetition;
  longint               events_read;

  /* verilator lint_off BLKSEQ */   // the position in the file is no hardware: no process but this one reads it
  task automatic read_event(output logic valid, output longint not_before, output logic [EventBits-1:0] data);
    int          fields;
    logic [63:0] word;
    fields = $fscanf(events_file, "%d %h", not_before, word);
    if (fields != 2 && $feof(events_file) != 0 && events_read > 0 && repetition + 1 < repeats) begin
      repetition  = repetition + 1;
      events_read = 0;
      void'($rewind(events_file));
      fields      = $fscanf(events_file, "%d %h", not_before, word);
    end
    if (fields != 2 && ($feof(events_file) == 0 || fields == 1)) begin
      $fatal(1, "core_tb: %s: event %0d is not a cycle and a data word", events_name, events_read + 1);
    end
    if (fields == 2 && word >> EventBits != 0) begin
      $fatal(1, "core_tb: %s: data %0h of event %0d has more than %0d bits", events_name, word, events_read + 1, EventBits);
    end
    if (fields == 2) events_read = events_read + 1;
    valid      = fields == 2;
    not_before = not_before + repetition * period;
    data       = EventBits'(word);
  endtask
  /* verilator lint_on BLKSEQ */

  // Resets, and starts of the later epochs, in ascending order; none left reads as -1.
  longint next_reset;
  longint next_epoch_start;
  int     epoch;

  task automatic read_cycle(input int file, input string name, inout longint next);
    int     fields;
    longint previous;
    previous = next;
    fields   = $fscanf(file, "%d", next);
    if (fields != 1) begin
      if ($feof(file) == 0) $fatal(1, "core_tb: %s: an entry is not a cycle", name);
      next = -1;
    end else if (next <= previous) begin
      $fatal(1, "core_tb: %s: cycle %0d after %0d, must ascend", name, next, previous);
    end
  endtask

  // In the cycle before the start of an epoch the bus writes its number.
  task automatic write_epoch(input longint now);
    cfg_valid = now + 1 == next_epoch_start;
    if (cfg_valid) begin
      epoch     = epoch + 1;
      cfg_write = 1'b1;
      cfg_addr  = AddressEpoch;
      cfg_wdata = 32'(epoch);
      read_cycle(epochs_file, epochs_name, next_epoch_start);
    end
  endtask

  // The environment's registers.
  longint               cycle;      // number of the cycle that the next rising edge ends
  logic                 starting;   // before cycle 0: load the first event
  logic                 playing;    // within the cycles asked for, and not in reset
  logic                 req_q;
  logic [EventBits-1:0] data_q;
  logic                 ack_q;
  logic                 sent;       // the event is done with

  if (FourPhase == 1) begin : gen_four_phase
    assign aer_in_req  = req_q;
    assign aer_in_data = data_q;
    assign aer_out_ack = ack_q;
    assign sent        = req_q && aer_in_ack;
    always_ff @(posedge clk or negedge rst_n) begin
      if (!rst_n) begin
        req_q  <= 1'b0;
        data_q <= '0;
        ack_q  <= 1'b0;
      end else if (playing) begin
        if (pattern_now) ack_q <= aer_out_req;
        if (sent) begin
          req_q <= 1'b0;
        end else if (!req_q && !aer_in_ack && event_valid && event_not_before <= cycle + 1) begin
          req_q  <= 1'b1;
          data_q <= event_data;
        end
      end
    end
  end else begin : gen_synchronous
    assign aer_in_req  = playing && event_valid && event_not_before <= cycle;
    assign aer_in_data = aer_in_req ? event_data : '0;
    assign aer_out_ack = playing && pattern_now;
    assign sent        = aer_in_req && aer_in_ack;
    assign req_q       = 1'b0;
    assign data_q      = '0;
    assign ack_q       = 1'b0;
    logic unused_registers;
    assign unused_registers = ^{req_q, data_q, ack_q};
  end

  always @(posedge clk) begin : step_sender
    logic                 valid;
    longint               not_before;
    logic [EventBits-1:0] data;
    if (starting || (playing && sent)) begin
      read_event(valid, not_before, data);
      event_valid      <= valid;
      event_not_before <= not_before;
      event_data       <= data;
    end
  end

  always_ff @(posedge clk) begin
    if (starting) begin
      cycle         <= 0;
      pattern_index <= 0;
      pattern_now   <= pattern[0];
    end else if (playing) begin
      cycle         <= cycle + 1;
      pattern_index <= (pattern_index + 1) % pattern.size();
      pattern_now   <= pattern[(pattern_index + 1) % pattern.size()];
    end
  end

  task automatic hold_reset(input int edges);
    rst_n   = 1'b0;
    playing = 1'b0;
    repeat (edges) @(negedge clk);
    rst_n   = 1'b1;
    playing = 1'b1;
  endtask

  task automatic print_register(input string kind, input logic [31:0] address, input string name);
    bus_transfer(1'b0, address, '0);
    $display("%s %s %0d", kind, name, cfg_rdata);
  endtask

  task automatic print_registers;
    print_register("counter", AddressCounters + 0, "events_accepted");
    print_register("counter", AddressCounters + 1, "events_dropped");
    print_register("counter", AddressCounters + 2, "loop_back_dropped");
    print_register("counter", AddressCounters + 3, "synaptic_ops");
    print_register("counter", AddressCounters + 4, "v_overflows");
    print_register("counter", AddressCounters + 5, "i_syn_overflows");
    print_register("counter", AddressCounters + 6, "spikes");
    print_register("counter", AddressCounters + 7, "stall_cycles");
    print_register("counter", AddressCounters + 8, "time_steps");
    print_register("counter", AddressCounters + 9, "queue_high_water");
    print_register("counter", AddressCounters + 10, "u_overflows");
    print_register("counter", AddressCounters + 11, "word_lines_merged");
    print_register("counter", AddressCounters + 12, "conversions_at_limit");
    print_register("counter", AddressCounters + 13, "reads");
    for (int unsigned i = 0; i < IdRegisters; i++) print_register("id", i, $sformatf("%0d", i));
  endtask

  task automatic stop_dump;
`ifdef VERILATOR
    $c("vlSymsp->_traceDumpClose();");   // because Verilator 5.006 ignores $dumpoff
`else
    $dumpoff;
`endif
  endtask

  // All that is not clocked changes at falling edges, so that every rising edge samples settled pins.
  initial begin
    rst_n         = 1'b0;
    playing       = 1'b0;
    starting      = 1'b0;
    cfg_valid     = 1'b0;
    cfg_write     = 1'b0;
    cfg_addr      = '0;
    cfg_wdata     = '0;
    repetition    = 0;
    events_read   = 0;
    next_reset    = -1;
    next_epoch_start = 0;   // epochs after the first start above 0
    epoch         = 0;
    read_plusargs();
    events_file   = open_file("events", events_name);
    resets_file   = open_file("resets", resets_name);
    read_pattern();
    read_cycle(resets_file, resets_name, next_reset);
    if (epochs_file == 0) next_epoch_start = -1;
    else read_cycle(epochs_file, epochs_name, next_epoch_start);
    @(negedge clk);
    play_program();
    starting      = 1'b1;
    @(negedge clk);
    starting      = 1'b0;
    $dumpfile(vcd_name);
    $dumpvars(0, core_tb);
    hold_reset(ResetEdges);
    for (longint c = 0; c < cycles; c++) begin
      if (c == next_reset) begin
        hold_reset(ResetEdges);
        read_cycle(resets_file, resets_name, next_reset);
      end
      write_epoch(c);
      @(negedge clk);
    end
    playing   = 1'b0;
    cfg_valid = 1'b0;
    stop_dump();
    print_registers();
    $display("bitspike_tb done cycles=%0d", cycles);
    $finish;
  end

  logic unused_out;
  assign unused_out = ^{aer_out_req, aer_out_data};

endmodule
