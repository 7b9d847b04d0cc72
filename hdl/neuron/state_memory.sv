// Memory of one kind of neuron state, one word per group (or per group and delay slot), with the results on their way to it in place of stale words.
// Contract: schedule.md, "Pipeline": an event works on the state that the event before it left.

module state_memory #(
  parameter int unsigned Words,       // one per group, or per group and delay slot
  parameter int unsigned Width,       // bits of a word
  parameter int unsigned ForwardS3,   // 1: keep the result before the last
  localparam int unsigned AddressBits = (Words > 2) ? $clog2(Words) : 1
) (
  input  logic                 clk_i,
  input  logic                 write_i,         // INIT or S2
  input  logic [AddressBits-1:0] write_address_i,
  input  logic [Width-1:0]     write_word_i,
  input  logic                 read_i,          // S0
  input  logic [AddressBits-1:0] read_address_i,
  output logic [Width-1:0]     read_word_o,     // S1
  input  logic                 s1_last_i,       // S2 takes a new result at this edge
  input  logic [Width-1:0]     s2_word_i,       // last result
  input  logic                 use_s2_i,        // the word read is the last result
  input  logic                 use_s3_i         // the word read is the result before it
);

  logic [Width-1:0] memory_word;
  ram_1r1w #(.Depth(Words), .Width(Width)) u_ram (
    .clk_i(clk_i), .write_i(write_i), .write_address_i(write_address_i), .write_data_i(write_word_i),
    .read_i(read_i), .read_address_i(read_address_i), .read_data_o(memory_word)
  );

  if (ForwardS3 == 1) begin : gen_s3
    logic [Width-1:0] s3_word_q;
    always_ff @(posedge clk_i) begin
      if (s1_last_i) begin
        s3_word_q <= s2_word_i;
      end
    end
    assign read_word_o = use_s2_i ? s2_word_i : use_s3_i ? s3_word_q : memory_word;
  end else begin : gen_no_s3
    assign read_word_o = use_s2_i ? s2_word_i : memory_word;
    logic unused_s3;
    assign unused_s3 = ^{s1_last_i, use_s3_i};
  end

endmodule
