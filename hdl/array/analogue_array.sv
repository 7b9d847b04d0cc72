// Synapse array that is read through converters: word lines are marked, and a time step first reads the marked ones, block by block.
// Contract: array.md. The words of a group come a cycle after its issue, as those of synapse_array do.

module analogue_array #(
  parameter int unsigned WordLines,     // rows
  parameter int unsigned Neurons,       // bit lines, a multiple of Lanes
  parameter int unsigned Lanes,         // power of two
  parameter int unsigned Schedule,      // packed record of arithmetic.md
  parameter int unsigned Array,         // packed records of array.md, analogue read
  parameter int unsigned ArrayWidths,
  localparam int unsigned AdcBits      = (Array >> 2) & 15,              // bits 5:2
  localparam int unsigned Columns      = 1 << ((Array >> 11) & 15),      // bits 14:11
  localparam int unsigned Rows         = ((Array >> 15) & 4095) + 1,     // bits 26:15
  localparam int unsigned Epochs       = ((Array >> 27) & 15) + 1,       // bits 30:27
  localparam int unsigned CodeBits     = (ArrayWidths >> 0) & 15,        // bits 3:0
  localparam int unsigned Pair         = (ArrayWidths >> 4) & 1,         // bit 4
  localparam int unsigned Slices       = ((ArrayWidths >> 5) & 7) + 1,   // bits 7:5
  localparam int unsigned SliceBits    = ((ArrayWidths >> 8) & 7) + 1,   // bits 10:8
  localparam int unsigned VarianceBits = (ArrayWidths >> 11) & 31,       // bits 15:11
  localparam int unsigned ReadBits     = AdcBits + (Slices - 1) * SliceBits + ((Slices > 1) ? 1 : 0),
  localparam int unsigned CellBits     = Slices * ((1 + Pair) * CodeBits + VarianceBits),
  localparam int unsigned Groups       = Neurons / Lanes,
  localparam int unsigned Blocks       = (WordLines + Rows - 1) / Rows,
  localparam int unsigned Served       = Groups / Columns,               // converters of a lane and slice
  localparam int unsigned CodesWidth   = Lanes * Slices * AdcBits,       // of a group
  localparam int unsigned Words        = Epochs * WordLines * Groups,
  localparam int unsigned AddressBits  = (Words > 2) ? $clog2(Words) : 1,
  localparam int unsigned Chunks       = (Lanes * CellBits + 31) / 32,
  localparam int unsigned ChunkBits    = (Chunks > 2) ? $clog2(Chunks) : 1,
  localparam int unsigned EpochBits    = (Epochs > 2) ? $clog2(Epochs) : 1,
  localparam int unsigned WordLineBits = (WordLines > 2) ? $clog2(WordLines) : 1,
  localparam int unsigned GroupBits    = (Groups > 2) ? $clog2(Groups) : 1,
  localparam int unsigned BlockBits    = (Blocks > 2) ? $clog2(Blocks) : 1,
  localparam int unsigned PhaseBits    = (Columns > 2) ? $clog2(Columns) : 1,
  localparam int unsigned IndexBits    = (Served > 2) ? $clog2(Served) : 1,
  localparam int unsigned LimitBits    = $clog2(Lanes * Slices + 1),
  localparam int unsigned StepBits     = 12
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      cell_write_i,        // the macro's write ports
  input  logic [AddressBits-1:0]    cell_address_i,
  input  logic [ChunkBits-1:0]      cell_chunk_i,
  input  logic                      constant_write_i,
  input  logic [27:0]               constant_address_i,
  input  logic [31:0]               write_data_i,
  input  logic [EpochBits-1:0]      epoch_i,
  input  logic [31:0]               reads_i,             // number of the read
  input  logic                      mark_i,              // slot of a word_line event
  input  logic [WordLineBits-1:0]   word_line_i,
  input  logic                      start_i,             // a time step is fetched
  input  logic                      stall_i,
  input  logic                      issue_i,             // group_o is issued
  output logic                      busy_o,              // read_state is not NONE
  output logic                      pending_o,           // group_o is to be issued
  output logic [GroupBits-1:0]      group_o,
  output logic [Lanes*ReadBits-1:0] words_o,             // the cycle after issue_i, lane 0 in the low bits
  output logic                      marked_o,            // mark_i: the word line was active already
  output logic                      done_o,              // a block is read
  output logic [LimitBits-1:0]      at_limit_o,          // two cycles after issue_i: codes at either end
  output logic [2:0]                state_o,             // for the probe
  output logic [BlockBits-1:0]      block_o,
  output logic [PhaseBits-1:0]      phase_o,
  output logic [CodesWidth-1:0]     trials_o,            // of converter 0 of each lane and slice; 0 when not converting
  output logic [CodesWidth-1:0]     codes_o              // of the group issued, two's complement; 0 when none is
);

  localparam int unsigned Ramp       = (Array >> 1) & 1;          // bit 1
  localparam int unsigned Converters = Served * Lanes * Slices;   // number (k * Lanes + lane) * Slices + slice

  if ((Array & 1) == 0) begin : gen_check_read
    $error("Array is 0x%0x, bit 0 must be 1: analogue read", Array);
  end

  logic                 search;
  logic                 settle;
  logic                 sample;
  logic                 prepare;
  logic                 convert;
  logic                 found;
  logic [BlockBits-1:0] first;
  logic [StepBits-1:0]  step;
  logic [IndexBits-1:0] index;
  read_controller #(.WordLines(WordLines), .Groups(Groups), .Schedule(Schedule), .Array(Array)) u_read_controller (
    .clk_i(clk_i), .rst_ni(rst_ni), .start_i(start_i), .stall_i(stall_i), .found_i(found), .first_i(first), .search_o(search),
    .settle_o(settle), .sample_o(sample), .clear_o(done_o), .prepare_o(prepare), .convert_o(convert), .step_o(step),
    .pending_o(pending_o), .index_o(index), .group_o(group_o), .busy_o(busy_o), .state_o(state_o), .block_o(block_o),
    .phase_o(phase_o)
  );

  logic [Rows-1:0] rows;
  word_line_marks #(.WordLines(WordLines), .Array(Array)) u_word_line_marks (
    .clk_i(clk_i), .rst_ni(rst_ni), .mark_i(mark_i), .word_line_i(word_line_i), .search_i(search), .found_o(found),
    .first_o(first), .block_i(block_o), .look_i(settle), .rows_o(rows), .clear_i(done_o), .marked_o(marked_o)
  );

  logic [Converters-1:0]         above;
  logic [Converters*AdcBits-1:0] trials;
  logic [Converters*AdcBits-1:0] codes;
  crossbar_macro #(
    .WordLines(WordLines), .Neurons(Neurons), .Lanes(Lanes), .Array(Array), .ArrayWidths(ArrayWidths)
  ) u_crossbar_macro (
    .clk_i(clk_i), .cell_write_i(cell_write_i), .cell_address_i(cell_address_i), .cell_chunk_i(cell_chunk_i),
    .constant_write_i(constant_write_i), .constant_address_i(constant_address_i), .write_data_i(write_data_i), .epoch_i(epoch_i),
    .block_i(block_o), .rows_i(rows), .sample_i(sample), .reads_i(reads_i), .compare_i(convert), .phase_i(phase_o),
    .trials_i(trials), .above_o(above)
  );
  if (Ramp == 1) begin : gen_ramp
    ramp_converters #(.Converters(Converters), .AdcBits(AdcBits)) u_converters (
      .clk_i(clk_i), .rst_ni(rst_ni), .prepare_i(prepare), .convert_i(convert), .step_i(step), .above_i(above),
      .trials_o(trials), .codes_o(codes)
    );
  end else begin : gen_sar
    sar_converters #(.Converters(Converters), .AdcBits(AdcBits)) u_converters (
      .clk_i(clk_i), .rst_ni(rst_ni), .prepare_i(prepare), .convert_i(convert), .step_i(step), .above_i(above),
      .trials_o(trials), .codes_o(codes)
    );
  end
  assign trials_o = trials[CodesWidth-1:0];

  // S0: the codes of the group that is issued. S1: its words. S2: its count.
  logic [CodesWidth-1:0]     issued_codes;
  logic [Lanes*ReadBits-1:0] words;
  logic [LimitBits-1:0]      at_limit;
  always_comb begin
    issued_codes = '0;
    if (issue_i) begin
      issued_codes = codes[32'(index)*CodesWidth +: CodesWidth];
    end
  end
  slice_adder #(.Lanes(Lanes), .AdcBits(AdcBits), .Slices(Slices), .SliceBits(SliceBits)) u_slice_adder (
    .use_i(issue_i), .codes_i(issued_codes), .codes_o(codes_o), .words_o(words), .at_limit_o(at_limit)
  );

  logic [Lanes*ReadBits-1:0] words_q;
  logic [LimitBits-1:0]      s1_at_limit_q;
  logic [LimitBits-1:0]      s2_at_limit_q;
  always_ff @(posedge clk_i) begin
    s1_at_limit_q <= at_limit;
    s2_at_limit_q <= s1_at_limit_q;
    if (issue_i) begin
      words_q <= words;
    end
  end
  assign words_o    = words_q;
  assign at_limit_o = s2_at_limit_q;

endmodule
