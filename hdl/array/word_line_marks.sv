// Active word lines of an array read through converters: marked one by one, found and cleared block by block.
// Contract: array.md, "Schedule of an analogue read", active[WordLines].

module word_line_marks #(
  parameter int unsigned WordLines,   // rows
  parameter int unsigned Array,       // packed record of array.md, analogue read
  localparam int unsigned Rows         = ((Array >> 15) & 4095) + 1,   // bits 26:15
  localparam int unsigned Blocks       = (WordLines + Rows - 1) / Rows,
  localparam int unsigned WordLineBits = (WordLines > 2) ? $clog2(WordLines) : 1,
  localparam int unsigned BlockBits    = (Blocks > 2) ? $clog2(Blocks) : 1
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    mark_i,         // word_line_i becomes active
  input  logic [WordLineBits-1:0] word_line_i,
  input  logic                    search_i,
  output logic                    found_o,        // search_i: a word line is active
  output logic [BlockBits-1:0]    first_o,        // search_i: the lowest block that has one
  input  logic [BlockBits-1:0]    block_i,
  input  logic                    look_i,
  output logic [Rows-1:0]         rows_o,         // look_i: the active word lines of block_i; else 0
  input  logic                    clear_i,        // none is active in block_i
  output logic                    marked_o        // mark_i: it was active already
);

  if (Rows > WordLines) begin : gen_check_rows
    $error("RowsPerRead is %0d, must be 1 to WordLines (%0d)", Rows, WordLines);
  end

  // Up to the end of the last block; the word lines that are not there are never marked.
  localparam int unsigned MarkBits = (Blocks * Rows > 2) ? $clog2(Blocks * Rows) : 1;
  logic [Blocks*Rows-1:0] active_q;
  logic [MarkBits-1:0]    word_line;
  assign word_line = MarkBits'(word_line_i);

  assign marked_o = mark_i && active_q[word_line];

  always_comb begin
    found_o = '0;
    first_o = '0;
    if (search_i) begin
      for (int unsigned b = Blocks; b > 0; b--) begin
        if (|active_q[(b-1)*Rows +: Rows]) begin
          found_o = '1;
          first_o = BlockBits'(b - 1);
        end
      end
    end
  end

  always_comb begin
    rows_o = '0;
    if (look_i) begin
      rows_o = active_q[32'(block_i)*Rows +: Rows];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q <= '0;
    end else if (mark_i) begin
      active_q[word_line] <= '1;
    end else if (clear_i) begin
      active_q[32'(block_i)*Rows +: Rows] <= '0;
    end
  end

endmodule
