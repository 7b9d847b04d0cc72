// Memory with one write port and one synchronous read port; a read in the cycle of a write to its address gives the old word.
// Contract: schedule.md, "Pipeline": content is not reset.

module ram_1r1w #(
  parameter int unsigned Depth,   // words
  parameter int unsigned Width,   // bits of a word
  localparam int unsigned AddressBits = (Depth > 2) ? $clog2(Depth) : 1
) (
  input  logic                   clk_i,
  input  logic                   write_i,
  input  logic [AddressBits-1:0] write_address_i,
  input  logic [Width-1:0]       write_data_i,
  input  logic                   read_i,
  input  logic [AddressBits-1:0] read_address_i,
  output logic [Width-1:0]       read_data_o       // the cycle after read_i, then held
);

  if (Depth < 1 || Width < 1) begin : gen_check_size
    $error("Depth is %0d and Width is %0d, both must be at least 1", Depth, Width);
  end

  logic [Width-1:0] memory [Depth];

  always_ff @(posedge clk_i) begin
    if (write_i) begin
      memory[write_address_i] <= write_data_i;
    end
  end
  always_ff @(posedge clk_i) begin
    if (read_i) begin
      read_data_o <= memory[read_address_i];
    end
  end

endmodule
