// Synapse array: one word per (epoch, word line, group) with the weights of all lanes, read synchronously, written in 32-bit chunks.
// Contract: schedule.md, "Pipeline"; probe.md, "Register bus". Simulation loads it whole with +image=FILE.

module synapse_array #(
  parameter int unsigned Epochs,       // images, [1, 16]
  parameter int unsigned WordLines,    // rows
  parameter int unsigned Groups,       // words per row
  parameter int unsigned Lanes,        // weights per word
  parameter int unsigned WeightBits,   // weight, signed, [2, 16]
  localparam int unsigned Depth       = Epochs * WordLines * Groups,
  localparam int unsigned Width       = Lanes * WeightBits,
  localparam int unsigned AddressBits = (Depth > 2) ? $clog2(Depth) : 1,
  localparam int unsigned Chunks      = (Width + 31) / 32,
  localparam int unsigned ChunkBits   = (Chunks > 2) ? $clog2(Chunks) : 1
) (
  input  logic                   clk_i,
  input  logic                   write_i,           // store chunk write_chunk_i; the last chunk commits the word
  input  logic [AddressBits-1:0] write_address_i,   // (epoch * WordLines + word_line) * Groups + group
  input  logic [ChunkBits-1:0]   write_chunk_i,
  input  logic [31:0]            write_data_i,
  input  logic                   read_i,
  input  logic [AddressBits-1:0] read_address_i,
  output logic [Width-1:0]       weights_o          // the cycle after read_i, lane 0 in the low bits
);

  localparam int unsigned LastBits = Width - 32 * (Chunks - 1);   // bits of the last chunk in use

  logic             commit;
  logic [Width-1:0] word;
  assign commit = write_i && write_chunk_i == ChunkBits'(Chunks - 1);
  assign word[Width-1 -: LastBits] = write_data_i[LastBits-1:0];

  for (genvar i = 0; i < Chunks - 1; i++) begin : gen_staged
    logic [31:0] chunk_q;
    always_ff @(posedge clk_i) begin
      if (write_i && write_chunk_i == ChunkBits'(i)) begin
        chunk_q <= write_data_i;
      end
    end
    assign word[32*i +: 32] = chunk_q;
  end
  if (LastBits < 32) begin : gen_unused
    logic unused_data;
    assign unused_data = ^write_data_i[31:LastBits];
  end

  logic [Width-1:0] memory [Depth];

  always_ff @(posedge clk_i) begin
    if (commit) begin
      memory[write_address_i] <= word;
    end
  end
  always_ff @(posedge clk_i) begin
    if (read_i) begin
      weights_o <= memory[read_address_i];
    end
  end

`ifndef SYNTHESIS
  string image;
  initial begin
    if ($value$plusargs("image=%s", image)) begin
      $readmemh(image, memory);
    end
  end
`endif

endmodule
