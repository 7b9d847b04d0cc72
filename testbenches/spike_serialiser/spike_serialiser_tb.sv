// Drives the spike serialiser: one entry at a time, lowest lane first.
// One stimulus line is one cycle; one output line shows the pins just before the rising edge that ends it. No expectation here.

module spike_serialiser_tb #(
  parameter int unsigned Neurons,
  parameter int unsigned Lanes,
  parameter int unsigned SpikeBits
);

  // As in spike_serialiser.
  localparam int unsigned Groups = Neurons / Lanes;
  localparam int unsigned NeuronBits = (Neurons > 2) ? $clog2(Neurons) : 1;
  localparam int unsigned GroupBits = (Groups > 2) ? $clog2(Groups) : 1;

  localparam int unsigned HalfPeriod = 5;

  logic clk;
  logic rst_n;
  logic entry_valid;
  logic [GroupBits-1:0] entry_group;
  logic [Lanes*SpikeBits-1:0] entry_counts;
  logic accept;
  logic load;
  logic valid;
  logic [NeuronBits-1:0] address;

  spike_serialiser #(
    .Neurons(Neurons), .Lanes(Lanes), .SpikeBits(SpikeBits)
  ) u_spike_serialiser (
    .clk_i(clk), .rst_ni(rst_n), .entry_valid_i(entry_valid), .entry_group_i(entry_group), .entry_counts_i(entry_counts),
    .accept_i(accept), .load_o(load), .valid_o(valid), .address_o(address)
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
    fields = $fscanf(file, "%h %h %h %h %h",
                     rst_n, entry_valid, entry_group, entry_counts, accept);
    if (fields != 5 && ($feof(file) == 0 || fields > 0)) begin
      $fatal(1, "spike_serialiser_tb: %s: line %0d has not 5 hex words", stimulus_name, line);
    end
    line = line + 1;
  endtask

  initial begin
    if ($value$plusargs("stimulus=%s", stimulus_name) == 0) $fatal(1, "spike_serialiser_tb: plusarg +stimulus=FILE is missing");
    if ($value$plusargs("vcd=%s", vcd_name) == 0) $fatal(1, "spike_serialiser_tb: plusarg +vcd=FILE is missing");
    file = $fopen(stimulus_name, "r");
    if (file == 0) $fatal(1, "spike_serialiser_tb: cannot read the file of +stimulus=%s", stimulus_name);
    $dumpfile(vcd_name);
    $dumpvars(0, spike_serialiser_tb);
    line = 1;
    rst_n = '0;
    entry_valid = '0;
    entry_group = '0;
    entry_counts = '0;
    accept = '0;
    repeat (2) @(negedge clk);
    read_line();
    while (fields == 5) begin
      #(HalfPeriod - 1);
      $display("out %0h %0h %0h",
               load, valid, address);
      @(negedge clk);
      read_line();
    end
    $display("bitspike_tb done lines=%0d", line - 2);
    $finish;
  end

endmodule
