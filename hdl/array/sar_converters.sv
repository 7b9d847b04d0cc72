// Successive-approximation converters, all in the same step: each tries its bits from the highest down and keeps those not too high.
// Contract: array.md, "Converters", sar. They see one comparator bit each, never a sum.

module sar_converters #(
  parameter int unsigned Converters,   // at least 1
  parameter int unsigned AdcBits,      // [1, 12]
  localparam int unsigned StepBits = 12
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic                          prepare_i,   // conversion starts in the next cycle
  input  logic                          convert_i,
  input  logic [StepBits-1:0]           step_i,      // of the conversion, [0, AdcBits]
  input  logic [Converters-1:0]         above_i,     // comparators: the sum is not below the trial
  output logic [Converters*AdcBits-1:0] trials_o,    // convert_i, else 0; converter 0 in the low bits
  output logic [Converters*AdcBits-1:0] codes_o      // offset binary
);

  // The bit tried in this step: none in step 0, in which the sum is sampled.
  logic [AdcBits-1:0] tried;
  always_comb begin
    for (int unsigned b = 0; b < AdcBits; b++) begin
      tried[b] = convert_i && step_i == StepBits'(AdcBits - b);
    end
  end

  always_comb begin
    trials_o = '0;
    if (convert_i && step_i != '0) begin
      trials_o = codes_o | {Converters{tried}};
    end
  end

  converter_codes #(.Converters(Converters), .AdcBits(AdcBits)) u_converter_codes (
    .clk_i(clk_i), .rst_ni(rst_ni), .prepare_i(prepare_i), .convert_i(convert_i), .above_i(above_i), .trials_i(trials_o),
    .codes_o(codes_o)
  );

endmodule
