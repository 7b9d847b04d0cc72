// Square of a magnitude without a multiplier: chords of x**2 between the points whose leading bits are followed by zeros.
// Contract: arithmetic.md, "Time step", izhikevich, shift_add. Source: Mitchell 1962 (leading-one decomposition). Purely combinational.

module chord_square #(
  parameter int unsigned XBits,         // width of x, unsigned, [2, 64]
  parameter int unsigned SegmentBits    // 2**SegmentBits chords in each octave, [1, 4]
) (
  input  logic [XBits-1:0]   x_i,
  output logic [2*XBits-1:0] square_o   // exact at the points, at most 2**(-2 SegmentBits - 2) of x**2 above between them
);

  if (XBits < 2 || XBits > 64) begin : gen_check_x_bits
    $error("XBits is %0d, must be 2 to 64", XBits);
  end
  if (SegmentBits < 1 || SegmentBits > 4) begin : gen_check_segment_bits
    $error("SegmentBits is %0d, must be 1 to 4", SegmentBits);
  end

  localparam int unsigned MBits     = SegmentBits + 1;
  localparam int unsigned SlopeBits = MBits + 1;
  localparam int unsigned KBits     = $clog2(XBits);
  localparam int unsigned RiseBits  = XBits + SlopeBits;

  // k bits of x lie below its leading SegmentBits + 1 bits.
  logic [KBits-1:0] k;
  always_comb begin
    k = '0;
    for (int unsigned e = MBits; e < XBits; e++) begin
      if (x_i[e]) begin
        k = KBits'(e - SegmentBits);
      end
    end
  end

  logic [MBits-1:0]     m;       // x >> k
  logic [XBits-1:0]     r;       // x mod 2**k
  logic [SlopeBits-1:0] slope;   // 2 m + 1
  assign m     = MBits'(x_i >> k);
  assign r     = x_i & ~({XBits{1'b1}} << k);
  assign slope = {m, 1'b1};

  // m**2 and slope * r as sums of shifted copies.
  logic [2*MBits-1:0]  m_square;
  logic [RiseBits-1:0] rise;
  always_comb begin
    m_square = '0;
    for (int unsigned i = 0; i < MBits; i++) begin
      if (m[i]) begin
        m_square = m_square + ((2 * MBits)'(m) << i);
      end
    end
    rise = '0;
    for (int unsigned i = 0; i < SlopeBits; i++) begin
      if (slope[i]) begin
        rise = rise + (RiseBits'(r) << i);
      end
    end
  end

  assign square_o = ((((2 * XBits)'(m_square) << k) + (2 * XBits)'(rise)) << k);

endmodule
