// Codes of converters: each keeps the last trial that was not too high, and starts from 0.
// Contract: array.md, "Converters".

module converter_codes #(
  parameter int unsigned Converters,   // at least 1
  parameter int unsigned AdcBits       // [1, 12]
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic                          prepare_i,   // conversion starts in the next cycle
  input  logic                          convert_i,
  input  logic [Converters-1:0]         above_i,     // comparators: the sum is not below the trial
  input  logic [Converters*AdcBits-1:0] trials_i,    // converter 0 in the low bits
  output logic [Converters*AdcBits-1:0] codes_o      // offset binary
);

  if (AdcBits < 1 || AdcBits > 12) begin : gen_check_adc_bits
    $error("AdcBits is %0d, must be 1 to 12", AdcBits);
  end

  logic [Converters*AdcBits-1:0] codes_q;
  logic [Converters*AdcBits-1:0] codes_d;
  always_comb begin
    codes_d = codes_q;
    if (prepare_i) begin
      codes_d = '0;
    end else if (convert_i) begin
      for (int unsigned i = 0; i < Converters; i++) begin
        if (above_i[i]) begin
          codes_d[i*AdcBits +: AdcBits] = trials_i[i*AdcBits +: AdcBits];
        end
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      codes_q <= '0;
    end else begin
      codes_q <= codes_d;
    end
  end
  assign codes_o = codes_q;

endmodule
