// Drives the event queue: two writers, one reader.
// One stimulus line is one cycle; one output line shows the pins just before the rising edge that ends it. No expectation here.

module event_queue_tb #(
  parameter int unsigned EventBits,
  parameter int unsigned QueueDepth
);

  // As in event_queue.
  localparam int unsigned CountBits = $clog2(QueueDepth + 1);

  localparam int unsigned HalfPeriod = 5;

  logic clk;
  logic rst_n;
  logic loop_push;
  logic [EventBits-1:0] loop_event;
  logic door_push;
  logic [EventBits-1:0] door_event;
  logic occupied;
  logic pop;
  logic [EventBits-1:0] head;
  logic [CountBits-1:0] count;
  logic loop_dropped;
  logic door_dropped;

  event_queue #(
    .EventBits(EventBits), .QueueDepth(QueueDepth)
  ) u_event_queue (
    .clk_i(clk), .rst_ni(rst_n), .loop_push_i(loop_push), .loop_event_i(loop_event), .door_push_i(door_push),
    .door_event_i(door_event), .occupied_i(occupied), .pop_i(pop), .head_o(head), .count_o(count), .loop_dropped_o(loop_dropped),
    .door_dropped_o(door_dropped)
  );

  initial begin
    clk = 1'b0;
    forever #(HalfPeriod) clk = !clk;
  end

  string stimulus_name;
  string vcd_name;
  int    file;
  int    fields;
  int    line;

  task automatic read_line;
    fields = $fscanf(file, "%h %h %h %h %h %h %h",
                     rst_n, loop_push, loop_event, door_push, door_event, occupied, pop);
    if (fields != 7 && ($feof(file) == 0 || fields > 0)) begin
      $fatal(1, "event_queue_tb: %s: line %0d has not 7 hex words", stimulus_name, line);
    end
    line = line + 1;
  endtask

  initial begin
    if ($value$plusargs("stimulus=%s", stimulus_name) == 0) $fatal(1, "event_queue_tb: plusarg +stimulus=FILE is missing");
    if ($value$plusargs("vcd=%s", vcd_name) == 0) $fatal(1, "event_queue_tb: plusarg +vcd=FILE is missing");
    file = $fopen(stimulus_name, "r");
    if (file == 0) $fatal(1, "event_queue_tb: cannot read the file of +stimulus=%s", stimulus_name);
    $dumpfile(vcd_name);
    $dumpvars(0, event_queue_tb);
    line = 1;
    rst_n = '0;
    loop_push = '0;
    loop_event = '0;
    door_push = '0;
    door_event = '0;
    occupied = '0;
    pop = '0;
    repeat (2) @(negedge clk);
    read_line();
    while (fields == 7) begin
      #(HalfPeriod - 1);
      $display("out %0h %0h %0h %0h",
               head, count, loop_dropped, door_dropped);
      @(negedge clk);
      read_line();
    end
    $display("bitspike_tb done lines=%0d", line - 2);
    $finish;
  end

endmodule
