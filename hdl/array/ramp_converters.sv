// Single-slope converters on one ramp: each keeps the last trial that was not too high.
// Contract: array.md, "Converters", ramp. They see one comparator bit each, never a sum.

module ramp_converters #(
  parameter int unsigned Converters,   // at least 1
  parameter int unsigned AdcBits,      // [1, 12]
  localparam int unsigned StepBits = 12
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic                          prepare_i,   // conversion starts in the next cycle
  input  logic                          convert_i,
  input  logic [StepBits-1:0]           step_i,      // of the conversion, [0, 2**AdcBits - 1]
  input  logic [Converters-1:0]         above_i,     // comparators: the sum is not below the trial
  output logic [Converters*AdcBits-1:0] trials_o,    // convert_i, else 0; converter 0 in the low bits
  output logic [Converters*AdcBits-1:0] codes_o      // offset binary
);

  logic [AdcBits-1:0] trial;
  assign trial    = convert_i ? AdcBits'(step_i) : '0;
  assign trials_o = {Converters{trial}};

  converter_codes #(.Converters(Converters), .AdcBits(AdcBits)) u_converter_codes (
    .clk_i(clk_i), .rst_ni(rst_ni), .prepare_i(prepare_i), .convert_i(convert_i), .above_i(above_i), .trials_i(trials_o),
    .codes_o(codes_o)
  );

  if (AdcBits < StepBits) begin : gen_unused
    logic unused_step;
    assign unused_step = ^step_i[StepBits-1:AdcBits];
  end

endmodule
