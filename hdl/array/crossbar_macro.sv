// Hard macro of an array read through converters: cells, summed currents, read noise, comparators. Behavioural; a black box for synthesis.
// Contract: array.md, "Cells", "What a read gives" and "The macro". Nothing here is reset. Simulation loads the cells with +image=FILE.

`ifdef SYNTHESIS
(* blackbox *)
`endif
module crossbar_macro #(
  parameter int unsigned WordLines,     // rows
  parameter int unsigned Neurons,       // bit lines, a multiple of Lanes
  parameter int unsigned Lanes,         // power of two
  parameter int unsigned Array,         // packed records of array.md, analogue read
  parameter int unsigned ArrayWidths,
  localparam int unsigned AdcBits      = (Array >> 2) & 15,                  // bits 5:2
  localparam int unsigned Columns      = 1 << ((Array >> 11) & 15),          // bits 14:11
  localparam int unsigned Rows         = ((Array >> 15) & 4095) + 1,         // bits 26:15
  localparam int unsigned Epochs       = ((Array >> 27) & 15) + 1,           // bits 30:27
  localparam int unsigned CodeBits     = (ArrayWidths >> 0) & 15,            // bits 3:0
  localparam int unsigned Pair         = (ArrayWidths >> 4) & 1,             // bit 4
  localparam int unsigned Slices       = ((ArrayWidths >> 5) & 7) + 1,       // bits 7:5
  localparam int unsigned VarianceBits = (ArrayWidths >> 11) & 31,           // bits 15:11
  localparam int unsigned Groups       = Neurons / Lanes,
  localparam int unsigned Blocks       = (WordLines + Rows - 1) / Rows,
  localparam int unsigned Converters   = Groups / Columns * Lanes * Slices,
  localparam int unsigned SliceBits    = (1 + Pair) * CodeBits + VarianceBits,   // of a cell
  localparam int unsigned Words        = Epochs * WordLines * Groups,
  localparam int unsigned AddressBits  = (Words > 2) ? $clog2(Words) : 1,
  localparam int unsigned Chunks       = (Lanes * Slices * SliceBits + 31) / 32,
  localparam int unsigned ChunkBits    = (Chunks > 2) ? $clog2(Chunks) : 1,
  localparam int unsigned EpochBits    = (Epochs > 2) ? $clog2(Epochs) : 1,
  localparam int unsigned BlockBits    = (Blocks > 2) ? $clog2(Blocks) : 1,
  localparam int unsigned PhaseBits    = (Columns > 2) ? $clog2(Columns) : 1
) (
  input  logic                          clk_i,
  input  logic                          cell_write_i,        // store chunk cell_chunk_i; the last chunk commits the word
  input  logic [AddressBits-1:0]        cell_address_i,      // (epoch * WordLines + word_line) * Groups + group
  input  logic [ChunkBits-1:0]          cell_chunk_i,
  input  logic                          constant_write_i,    // noise, slices and bit lines
  input  logic [27:0]                   constant_address_i,  // register bus address - 0x3000_0000
  input  logic [31:0]                   write_data_i,
  input  logic [EpochBits-1:0]          epoch_i,             // image that is read
  input  logic [BlockBits-1:0]          block_i,             // block of word lines that is read
  input  logic [Rows-1:0]               rows_i,              // active word lines of the block
  input  logic                          sample_i,            // hold the sums, with the noise of this read, from the end of the cycle on
  input  logic [31:0]                   reads_i,             // number of the read
  input  logic                          compare_i,           // the comparators are in use
  input  logic [PhaseBits-1:0]          phase_i,             // group k * Columns + phase_i is at the converters k
  input  logic [Converters*AdcBits-1:0] trials_i,            // (k * Lanes + lane) * Slices + slice, the first in the low bits
  output logic [Converters-1:0]         above_o              // likewise: the sum is not below the trial; 0 when not in use
);

`ifndef SYNTHESIS
  if (AdcBits < 1 || AdcBits > 12) begin : gen_check_adc_bits
    $error("AdcBits is %0d, must be 1 to 12", AdcBits);
  end
  if (CodeBits < 6 || CodeBits > 12) begin : gen_check_code_bits
    $error("CodeBits is %0d, must be 6 to 12", CodeBits);
  end
  if (VarianceBits != 0 && (VarianceBits < 4 || VarianceBits > 16)) begin : gen_check_variance_bits
    $error("VarianceBits is %0d, must be 0 or 4 to 16", VarianceBits);
  end

  localparam bit          Noise       = VarianceBits > 0;
  localparam bit          HalfUp      = ((Array >> 6) & 1) == 1;   // bit 6
  localparam int unsigned BitLines    = Slices * Neurons;          // of all slices, number slice * Neurons + bit line
  localparam int unsigned Cells       = Epochs * WordLines * BitLines;
  localparam int unsigned CellNumber  = (Cells > 2) ? $clog2(Cells) : 1;
  localparam int unsigned NodeCount   = 1665;
  localparam int unsigned Nodes [NodeCount] = '{
`include "gaussian_nodes.svh"
  };

  // Cells: number (epoch * WordLines + word_line) * BitLines + bit line of all slices.
  logic signed [CodeBits:0]                 difference [Cells];   // plus - minus
  logic        [(Noise ? VarianceBits : 1)-1:0] variance [Cells];
  logic        [32*Chunks-1:0]              staged;

  // The other values of the array.
  logic signed [27:0] zero_code [Slices];
  logic        [5:0]  adc_shift [Slices];
  logic        [20:0] multiplier [BitLines];
  logic signed [27:0] offset [BitLines];
  logic        [5:0]  variance_shift;
  logic        [63:0] noise_seed;

  /* verilator lint_off BLKSEQ */   // no hardware: each variable has one process, and none is read in the edge that writes it
  task automatic store(input int unsigned address);
    int unsigned          first;
    logic [CellNumber-1:0] number;
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      for (int unsigned s = 0; s < Slices; s++) begin
        number = CellNumber'(address / Groups * BitLines + s * Neurons + address % Groups * Lanes + lane);
        first  = (lane * Slices + s) * SliceBits;
        difference[number] = {1'b0, staged[first +: CodeBits]};
        if (Pair == 1) difference[number] -= {1'b0, staged[first + CodeBits +: CodeBits]};
        variance[number] = Noise ? staged[first + SliceBits - VarianceBits +: (Noise ? VarianceBits : 1)] : '0;
      end
    end
  endtask

  always @(posedge clk_i) begin
    if (cell_write_i) begin
      staged[32*cell_chunk_i +: 32] = write_data_i;
      if (cell_chunk_i == ChunkBits'(Chunks - 1)) store(32'(cell_address_i));
    end
  end

  localparam logic [27:0] AddressSeedLow       = 28'h0;
  localparam logic [27:0] AddressSeedHigh      = 28'h1;
  localparam logic [27:0] AddressVarianceShift = 28'h2;
  localparam logic [27:0] AddressSlices        = 28'h100;         // + 2 slice + field
  localparam logic [27:0] AddressBitLines      = 28'h100_0000;    // + 2 (slice * Neurons + bit line) + field

  int unsigned bit_line;
  assign bit_line = (32'(constant_address_i) - 32'(AddressBitLines)) / 2;

  always @(posedge clk_i) begin
    if (constant_write_i) begin
      case (constant_address_i)
        AddressSeedLow:       noise_seed[31:0]  = write_data_i;
        AddressSeedHigh:      noise_seed[63:32] = write_data_i;
        AddressVarianceShift: variance_shift    = write_data_i[5:0];
        default: begin
          for (int unsigned s = 0; s < Slices; s++) begin
            if (constant_address_i == AddressSlices + 28'(2 * s)) adc_shift[s] = write_data_i[5:0];
            if (constant_address_i == AddressSlices + 28'(2 * s + 1)) zero_code[s] = write_data_i[27:0];
          end
          if (constant_address_i >= AddressBitLines && bit_line < BitLines) begin
            if (constant_address_i[0]) offset[bit_line] = write_data_i[27:0];
            else multiplier[bit_line] = write_data_i[20:0];
          end
        end
      endcase
    end
  end

  // Philox4x32-10: counter words 0 and 1 differ, word 2 is the number of the read, word 3 is 0.
  function automatic logic [127:0] philox(input logic [31:0] counter_0, input logic [31:0] counter_1, input logic [31:0] counter_2);
    logic [31:0] c0;
    logic [31:0] c1;
    logic [31:0] c2;
    logic [31:0] c3;
    logic [31:0] k0;
    logic [31:0] k1;
    logic [63:0] product_0;
    logic [63:0] product_1;
    {c0, c1, c2, c3} = {counter_0, counter_1, counter_2, 32'd0};
    {k1, k0}         = noise_seed;
    for (int unsigned i = 0; i < 10; i++) begin
      product_0 = 64'hD251_1F53 * 64'(c0);
      product_1 = 64'hCD9E_8D57 * 64'(c2);
      {c0, c1, c2, c3} = {product_1[63:32] ^ c1 ^ k0, product_1[31:0], product_0[63:32] ^ c3 ^ k1, product_0[31:0]};
      k0 = k0 + 32'h9E37_79B9;
      k1 = k1 + 32'hBB67_AE85;
    end
    philox = {c3, c2, c1, c0};
  endfunction

  // A normal number with 27 fraction bits.
  function automatic longint gaussian(input logic [31:0] word);
    longint      u;
    longint      step;
    longint      high;
    longint      z;
    int unsigned octave;
    int unsigned node;
    u      = longint'(word[30:0]);
    octave = 0;
    for (int unsigned i = 7; i < 31; i++) begin
      if (word[i]) octave = i - 6;
    end
    node     = 64 * octave + 32'(u >>> octave);
    high     = longint'(Nodes[node]);
    step     = high - longint'(Nodes[node+1]);
    z        = high - ((step * (u & ((64'sd1 << octave) - 64'sd1))) >>> octave);
    gaussian = word[31] ? -z : z;
  endfunction

  // Root rounded down, bit by bit.
  function automatic longint root(input longint x);
    longint y;
    y = 0;
    for (int bit_number = 18; bit_number >= 0; bit_number--) begin
      if ((y + (64'sd1 << bit_number)) * (y + (64'sd1 << bit_number)) <= x) y = y + (64'sd1 << bit_number);
    end
    root = y;
  endfunction

  // What the comparators compare.
  longint x [BitLines];
  longint sums [BitLines];
  longint variances [BitLines];

  task automatic add_rows;
    int unsigned first;
    for (int unsigned j = 0; j < BitLines; j++) begin
      sums[j]      = 0;
      variances[j] = 0;
    end
    for (int unsigned row = 0; row < Rows; row++) begin
      if (rows_i[row]) begin
        first = (32'(epoch_i) * WordLines + 32'(block_i) * Rows + row) * BitLines;
        for (int unsigned j = 0; j < BitLines; j++) begin
          sums[j]      += longint'(difference[first+j]) - longint'(zero_code[j/Neurons]);
          variances[j] += longint'(variance[first+j]);
        end
      end
    end
  endtask

  task automatic add_noise;
    logic [127:0] words;
    logic [5:0]   k;
    k     = 6'd31 + (variance_shift >> 1);
    words = '0;
    for (int unsigned s = 0; s < Slices; s++) begin
      for (int unsigned j = 0; j < Neurons; j++) begin
        if (j % 4 == 0) words = philox(j / 4, 256 * s + 25, reads_i);
        sums[s*Neurons+j] += (gaussian(words[32*(j%4) +: 32]) * root(64'sd256 * variances[s*Neurons+j]) + (64'sd1 << (k - 6'd1))) >>> k;
      end
    end
  endtask

  always @(posedge clk_i) begin
    if (sample_i) begin
      add_rows();
      if (Noise) add_noise();
      for (int unsigned j = 0; j < BitLines; j++) begin
        x[j] = (sums[j] + longint'(offset[j])) * longint'(multiplier[j]);
        if (HalfUp && adc_shift[j/Neurons] > 0) x[j] += 64'sd1 << (adc_shift[j/Neurons] - 6'd1);
      end
    end
  end
  /* verilator lint_on BLKSEQ */

  always_comb begin
    above_o = '0;
    if (compare_i) begin
      for (int unsigned i = 0; i < Converters; i++) begin
        above_o[i] = x[i%Slices*Neurons + (i/(Slices*Lanes)*Columns + 32'(phase_i))*Lanes + i/Slices%Lanes] >=
                     (longint'(trials_i[i*AdcBits +: AdcBits]) - (64'sd1 << (AdcBits - 1))) << adc_shift[i%Slices];
      end
    end
  end

  string image;
  initial begin
    int          file;
    logic [31:0] chunk;
    if ($value$plusargs("image=%s", image)) begin
      file = $fopen(image, "r");
      for (int unsigned i = 0; file != 0 && $fscanf(file, "%h", chunk) == 1; i++) begin
        staged[32*(i%Chunks) +: 32] = chunk;
        if (i % Chunks == Chunks - 1) store(i / Chunks);
      end
    end
  end
`endif

endmodule
