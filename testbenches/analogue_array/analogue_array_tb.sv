// Drives an array that is read through converters: its write ports, marks, reads, stalls; a group that is pending and not stalled is issued.
// One stimulus line is one cycle; one output line shows the pins just before the rising edge that ends it. No expectation here.

module analogue_array_tb #(
  parameter int unsigned WordLines,
  parameter int unsigned Neurons,
  parameter int unsigned Lanes,
  parameter int unsigned Schedule,
  parameter int unsigned Array,
  parameter int unsigned ArrayWidths
);

  // As in analogue_array.
  localparam int unsigned AdcBits = (Array >> 2) & 15;
  localparam int unsigned Columns = 1 << ((Array >> 11) & 15);
  localparam int unsigned Rows = ((Array >> 15) & 4095) + 1;
  localparam int unsigned Epochs = ((Array >> 27) & 15) + 1;
  localparam int unsigned Slices = ((ArrayWidths >> 5) & 7) + 1;
  localparam int unsigned SliceBits = ((ArrayWidths >> 8) & 7) + 1;
  localparam int unsigned ReadBits = AdcBits + (Slices - 1) * SliceBits + ((Slices > 1) ? 1 : 0);
  localparam int unsigned CodesBits = (((ArrayWidths >> 4) & 1) + 1) * ((ArrayWidths >> 0) & 15);
  localparam int unsigned CellBits = Slices * (CodesBits + ((ArrayWidths >> 11) & 31));
  localparam int unsigned Groups = Neurons / Lanes;
  localparam int unsigned Blocks = (WordLines + Rows - 1) / Rows;
  localparam int unsigned CodesWidth = Lanes * Slices * AdcBits;
  localparam int unsigned Words = Epochs * WordLines * Groups;
  localparam int unsigned AddressBits = (Words > 2) ? $clog2(Words) : 1;
  localparam int unsigned Chunks = (Lanes * CellBits + 31) / 32;
  localparam int unsigned ChunkBits = (Chunks > 2) ? $clog2(Chunks) : 1;
  localparam int unsigned EpochBits = (Epochs > 2) ? $clog2(Epochs) : 1;
  localparam int unsigned WordLineBits = (WordLines > 2) ? $clog2(WordLines) : 1;
  localparam int unsigned GroupBits = (Groups > 2) ? $clog2(Groups) : 1;
  localparam int unsigned BlockBits = (Blocks > 2) ? $clog2(Blocks) : 1;
  localparam int unsigned PhaseBits = (Columns > 2) ? $clog2(Columns) : 1;
  localparam int unsigned LimitBits = $clog2(Lanes * Slices + 1);

  localparam int unsigned HalfPeriod = 5;

  logic clk;
  logic rst_n;
  logic cell_write;
  logic [AddressBits-1:0] cell_address;
  logic [ChunkBits-1:0] cell_chunk;
  logic constant_write;
  logic [27:0] constant_address;
  logic [31:0] write_data;
  logic [EpochBits-1:0] epoch;
  logic [31:0] reads;
  logic mark;
  logic [WordLineBits-1:0] word_line;
  logic start;
  logic stall;
  logic busy;
  logic pending;
  logic [GroupBits-1:0] group;
  logic [Lanes*ReadBits-1:0] words;
  logic marked;
  logic done;
  logic [LimitBits-1:0] at_limit;
  logic [2:0] state;
  logic [BlockBits-1:0] block;
  logic [PhaseBits-1:0] phase;
  logic [CodesWidth-1:0] trials;
  logic [CodesWidth-1:0] codes;

  analogue_array #(
    .WordLines(WordLines), .Neurons(Neurons), .Lanes(Lanes), .Schedule(Schedule), .Array(Array), .ArrayWidths(ArrayWidths)
  ) u_analogue_array (
    .clk_i(clk), .rst_ni(rst_n), .cell_write_i(cell_write), .cell_address_i(cell_address), .cell_chunk_i(cell_chunk),
    .constant_write_i(constant_write), .constant_address_i(constant_address), .write_data_i(write_data), .epoch_i(epoch),
    .reads_i(reads), .mark_i(mark), .word_line_i(word_line), .start_i(start), .stall_i(pending && stall),
    .issue_i(pending && !stall), .busy_o(busy), .pending_o(pending), .group_o(group), .words_o(words), .marked_o(marked),
    .done_o(done), .at_limit_o(at_limit), .state_o(state), .block_o(block), .phase_o(phase), .trials_o(trials), .codes_o(codes)
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
    fields = $fscanf(file, "%h %h %h %h %h %h %h %h %h %h %h %h %h",
                     rst_n, cell_write, cell_address, cell_chunk, constant_write, constant_address, write_data, epoch, reads,
                     mark, word_line, start, stall);
    if (fields != 13 && ($feof(file) == 0 || fields > 0)) begin
      $fatal(1, "analogue_array_tb: %s: line %0d has not 13 hex words", stimulus_name, line);
    end
    line = line + 1;
  endtask

  initial begin
    if ($value$plusargs("stimulus=%s", stimulus_name) == 0) $fatal(1, "analogue_array_tb: plusarg +stimulus=FILE is missing");
    if ($value$plusargs("vcd=%s", vcd_name) == 0) $fatal(1, "analogue_array_tb: plusarg +vcd=FILE is missing");
    file = $fopen(stimulus_name, "r");
    if (file == 0) $fatal(1, "analogue_array_tb: cannot read the file of +stimulus=%s", stimulus_name);
    $dumpfile(vcd_name);
    $dumpvars(0, analogue_array_tb);
    line = 1;
    rst_n = '0;
    cell_write = '0;
    cell_address = '0;
    cell_chunk = '0;
    constant_write = '0;
    constant_address = '0;
    write_data = '0;
    epoch = '0;
    reads = '0;
    mark = '0;
    word_line = '0;
    start = '0;
    stall = '0;
    repeat (2) @(negedge clk);
    read_line();
    while (fields == 13) begin
      #(HalfPeriod - 1);
      $display("out %0h %0h %0h %0h %0h %0h %0h %0h %0h %0h %0h %0h",
               busy, pending, group, words, marked, done, at_limit, state, block, phase, trials, codes);
      @(negedge clk);
      read_line();
    end
    $display("bitspike_tb done lines=%0d", line - 2);
    $finish;
  end

endmodule
