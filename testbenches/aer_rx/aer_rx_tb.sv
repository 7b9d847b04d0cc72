// Drives the address-event input, four-phase or synchronous.
// One stimulus line is one cycle; one output line shows the pins just before the rising edge that ends it. No expectation here.

module aer_rx_tb #(
  parameter int unsigned EventBits,
  parameter int unsigned FourPhase
);

  localparam int unsigned HalfPeriod = 5;

  logic clk;
  logic rst_n;
  logic req;
  logic [EventBits-1:0] data;
  logic ready;
  logic ack;
  logic valid;
  logic [EventBits-1:0] waiting_event;

  aer_rx #(
    .EventBits(EventBits), .FourPhase(FourPhase)
  ) u_aer_rx (
    .clk_i(clk), .rst_ni(rst_n), .req_i(req), .data_i(data), .ready_i(ready), .ack_o(ack), .valid_o(valid),
    .event_o(waiting_event)
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
    fields = $fscanf(file, "%h %h %h %h",
                     rst_n, req, data, ready);
    if (fields != 4 && ($feof(file) == 0 || fields > 0)) begin
      $fatal(1, "aer_rx_tb: %s: line %0d has not 4 hex words", stimulus_name, line);
    end
    line = line + 1;
  endtask

  initial begin
    if ($value$plusargs("stimulus=%s", stimulus_name) == 0) $fatal(1, "aer_rx_tb: plusarg +stimulus=FILE is missing");
    if ($value$plusargs("vcd=%s", vcd_name) == 0) $fatal(1, "aer_rx_tb: plusarg +vcd=FILE is missing");
    file = $fopen(stimulus_name, "r");
    if (file == 0) $fatal(1, "aer_rx_tb: cannot read the file of +stimulus=%s", stimulus_name);
    $dumpfile(vcd_name);
    $dumpvars(0, aer_rx_tb);
    line = 1;
    rst_n = '0;
    req = '0;
    data = '0;
    ready = '0;
    repeat (2) @(negedge clk);
    read_line();
    while (fields == 4) begin
      #(HalfPeriod - 1);
      $display("out %0h %0h %0h",
               ack, valid, waiting_event);
      @(negedge clk);
      read_line();
    end
    $display("bitspike_tb done lines=%0d", line - 2);
    $finish;
  end

endmodule
