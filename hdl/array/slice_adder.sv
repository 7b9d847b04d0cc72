// Words of one group from the codes of its converters: the slices of a lane, shifted and added.
// Contract: array.md, "What a read gives", w[j]. Purely combinational.

module slice_adder #(
  parameter int unsigned Lanes,       // power of two
  parameter int unsigned AdcBits,     // code, [1, 12]
  parameter int unsigned Slices,      // [1, 8]
  parameter int unsigned SliceBits,   // shift between two slices, [1, 8]
  localparam int unsigned CodesWidth = Lanes * Slices * AdcBits,
  localparam int unsigned ReadBits   = AdcBits + (Slices - 1) * SliceBits + ((Slices > 1) ? 1 : 0),
  localparam int unsigned CountBits  = $clog2(Lanes * Slices + 1)
) (
  input  logic                      use_i,        // the codes are used
  input  logic [CodesWidth-1:0]     codes_i,      // offset binary, slice 0 of lane 0 in the low bits, slices of a lane side by side
  output logic [CodesWidth-1:0]     codes_o,      // two's complement; 0 when not used
  output logic [Lanes*ReadBits-1:0] words_o,      // signed; 0 when not used
  output logic [CountBits-1:0]      at_limit_o    // lanes and slices with the lowest or the highest code; 0 when not used
);

  localparam logic [AdcBits-1:0] Half = AdcBits'(1) << (AdcBits - 1);

  logic [AdcBits-1:0] code;
  always_comb begin
    code       = '0;
    codes_o    = '0;
    words_o    = '0;
    at_limit_o = '0;
    if (use_i) begin
      codes_o = codes_i ^ {Lanes*Slices{Half}};
      for (int unsigned lane = 0; lane < Lanes; lane++) begin
        for (int unsigned s = 0; s < Slices; s++) begin
          code       = codes_i[(lane*Slices+s)*AdcBits +: AdcBits];
          at_limit_o = at_limit_o + CountBits'(code == '0 || code == '1);
          words_o[lane*ReadBits +: ReadBits] = words_o[lane*ReadBits +: ReadBits] +
                                               (ReadBits'(signed'(code ^ Half)) << (s * SliceBits));
        end
      end
    end
  end

endmodule
