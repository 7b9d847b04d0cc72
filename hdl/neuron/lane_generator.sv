// Random words of one lane: xorshift32, one word in use, advanced on request.
// Contract: arithmetic.md, "Random words".

module lane_generator #(
  parameter int unsigned Lane   // index of the lane, enters its seed
) (
  input  logic        clk_i,
  input  logic        load_i,        // take the seed: every cycle of INIT
  input  logic        advance_i,     // go to the next word
  input  logic [31:0] lfsr_seed_i,   // common seed of the core
  output logic [31:0] word_o
);

  localparam int unsigned Golden = 32'h9E37_79B9;

  logic [31:0] word_q;
  logic [31:0] a;
  logic [31:0] b;
  logic [31:0] c;
  assign a = word_q ^ (word_q << 13);
  assign b = a ^ (a >> 17);
  assign c = b ^ (b << 5);

  always_ff @(posedge clk_i) begin
    if (load_i) begin
      word_q <= (lfsr_seed_i + 32'(Lane * Golden)) | 32'(1'b1);
    end else if (advance_i) begin
      word_q <= c;
    end
  end

  assign word_o = word_q;

endmodule
