// Drives the synapse array: chunked writes, synchronous reads.
// One stimulus line is one cycle; one output line shows the pins just before the rising edge that ends it. No expectation here.

module synapse_array_tb #(
  parameter int unsigned Epochs,
  parameter int unsigned WordLines,
  parameter int unsigned Groups,
  parameter int unsigned Lanes,
  parameter int unsigned WeightBits
);

  // As in synapse_array.
  localparam int unsigned Depth = Epochs * WordLines * Groups;
  localparam int unsigned Width = Lanes * WeightBits;
  localparam int unsigned AddressBits = (Depth > 2) ? $clog2(Depth) : 1;
  localparam int unsigned Chunks = (Width + 31) / 32;
  localparam int unsigned ChunkBits = (Chunks > 2) ? $clog2(Chunks) : 1;

  localparam int unsigned HalfPeriod = 5;

  logic clk;
  logic write;
  logic [AddressBits-1:0] write_address;
  logic [ChunkBits-1:0] write_chunk;
  logic [31:0] write_data;
  logic read;
  logic [AddressBits-1:0] read_address;
  logic [Width-1:0] weights;

  synapse_array #(
    .Epochs(Epochs), .WordLines(WordLines), .Groups(Groups), .Lanes(Lanes), .WeightBits(WeightBits)
  ) u_synapse_array (
    .clk_i(clk), .write_i(write), .write_address_i(write_address), .write_chunk_i(write_chunk), .write_data_i(write_data),
    .read_i(read), .read_address_i(read_address), .weights_o(weights)
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
    fields = $fscanf(file, "%h %h %h %h %h %h",
                     write, write_address, write_chunk, write_data, read, read_address);
    if (fields != 6 && ($feof(file) == 0 || fields > 0)) begin
      $fatal(1, "synapse_array_tb: %s: line %0d has not 6 hex words", stimulus_name, line);
    end
    line = line + 1;
  endtask

  initial begin
    if ($value$plusargs("stimulus=%s", stimulus_name) == 0) $fatal(1, "synapse_array_tb: plusarg +stimulus=FILE is missing");
    if ($value$plusargs("vcd=%s", vcd_name) == 0) $fatal(1, "synapse_array_tb: plusarg +vcd=FILE is missing");
    file = $fopen(stimulus_name, "r");
    if (file == 0) $fatal(1, "synapse_array_tb: cannot read the file of +stimulus=%s", stimulus_name);
    $dumpfile(vcd_name);
    $dumpvars(0, synapse_array_tb);
    line = 1;
    write = '0;
    write_address = '0;
    write_chunk = '0;
    write_data = '0;
    read = '0;
    read_address = '0;
    @(negedge clk);
    read_line();
    while (fields == 6) begin
      #(HalfPeriod - 1);
      $display("out %0h",
               weights);
      @(negedge clk);
      read_line();
    end
    $display("bitspike_tb done lines=%0d", line - 2);
    $finish;
  end

endmodule
