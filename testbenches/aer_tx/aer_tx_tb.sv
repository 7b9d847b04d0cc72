// Drives the address-event output, four-phase or synchronous.
// One stimulus line is one cycle; one output line shows the pins just before the rising edge that ends it. No expectation here.

module aer_tx_tb #(
  parameter int unsigned NeuronBits,
  parameter int unsigned FourPhase
);

  localparam int unsigned HalfPeriod = 5;

  logic clk;
  logic rst_n;
  logic valid;
  logic [NeuronBits-1:0] address;
  logic ack;
  logic accept;
  logic idle;
  logic req;
  logic [NeuronBits-1:0] data;

  aer_tx #(
    .NeuronBits(NeuronBits), .FourPhase(FourPhase)
  ) u_aer_tx (
    .clk_i(clk), .rst_ni(rst_n), .valid_i(valid), .address_i(address), .ack_i(ack), .accept_o(accept), .idle_o(idle), .req_o(req),
    .data_o(data)
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
                     rst_n, valid, address, ack);
    if (fields != 4 && ($feof(file) == 0 || fields > 0)) begin
      $fatal(1, "aer_tx_tb: %s: line %0d has not 4 hex words", stimulus_name, line);
    end
    line = line + 1;
  endtask

  initial begin
    if ($value$plusargs("stimulus=%s", stimulus_name) == 0) $fatal(1, "aer_tx_tb: plusarg +stimulus=FILE is missing");
    if ($value$plusargs("vcd=%s", vcd_name) == 0) $fatal(1, "aer_tx_tb: plusarg +vcd=FILE is missing");
    file = $fopen(stimulus_name, "r");
    if (file == 0) $fatal(1, "aer_tx_tb: cannot read the file of +stimulus=%s", stimulus_name);
    $dumpfile(vcd_name);
    $dumpvars(0, aer_tx_tb);
    line = 1;
    rst_n = '0;
    valid = '0;
    address = '0;
    ack = '0;
    repeat (2) @(negedge clk);
    read_line();
    while (fields == 4) begin
      #(HalfPeriod - 1);
      $display("out %0h %0h %0h %0h",
               accept, req, data, idle);
      @(negedge clk);
      read_line();
    end
    $display("bitspike_tb done lines=%0d", line - 2);
    $finish;
  end

endmodule
