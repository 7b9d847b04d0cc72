// Converts one sum by converters of 1 to MaxBits bits of either kind, each with an ideal comparator. No expectation here.
// One stimulus line: the sum and the shift between two codes, decimal; one output line: the codes of sar, then of ramp, 1 bit first.

module converters_tb #(
  parameter int unsigned MaxBits
);

  localparam int unsigned HalfPeriod = 5;
  localparam int unsigned StepBits   = 12;

  logic                clk;
  logic                rst_n;
  logic                prepare;
  logic                converting;
  logic [StepBits-1:0] step;
  longint              sum;
  longint              shift;
  logic [StepBits-1:0] sar_codes [MaxBits];
  logic [StepBits-1:0] ramp_codes [MaxBits];

  for (genvar i = 0; i < MaxBits; i++) begin : gen_bits
    localparam int unsigned AdcBits = i + 1;
    logic [AdcBits-1:0] sar_trial;
    logic [AdcBits-1:0] sar_code;
    logic [AdcBits-1:0] ramp_trial;
    logic [AdcBits-1:0] ramp_code;
    logic               sar_above;
    logic               ramp_above;
    assign sar_above     = sum >= (longint'(sar_trial) - (64'sd1 << i)) << shift;
    assign ramp_above    = sum >= (longint'(ramp_trial) - (64'sd1 << i)) << shift;
    assign sar_codes[i]  = StepBits'(sar_code);
    assign ramp_codes[i] = StepBits'(ramp_code);
    sar_converters #(.Converters(1), .AdcBits(AdcBits)) u_sar (
      .clk_i(clk), .rst_ni(rst_n), .prepare_i(prepare), .convert_i(converting && step <= StepBits'(AdcBits)), .step_i(step),
      .above_i(sar_above), .trials_o(sar_trial), .codes_o(sar_code)
    );
    ramp_converters #(.Converters(1), .AdcBits(AdcBits)) u_ramp (
      .clk_i(clk), .rst_ni(rst_n), .prepare_i(prepare), .convert_i(converting && step < StepBits'(1 << AdcBits)), .step_i(step),
      .above_i(ramp_above), .trials_o(ramp_trial), .codes_o(ramp_code)
    );
  end

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
    fields = $fscanf(file, "%d %d", sum, shift);
    if (fields != 2 && ($feof(file) == 0 || fields > 0)) begin
      $fatal(1, "converters_tb: %s: line %0d has not 2 decimal words", stimulus_name, line);
    end
    line = line + 1;
  endtask

  task automatic convert;
    prepare = 1'b1;
    @(negedge clk);
    prepare    = 1'b0;
    converting = 1'b1;
    for (int unsigned i = 0; i < 1 << MaxBits || i <= MaxBits; i++) begin
      step = StepBits'(i);
      @(negedge clk);
    end
    converting = 1'b0;
  endtask

  initial begin
    if ($value$plusargs("stimulus=%s", stimulus_name) == 0) $fatal(1, "converters_tb: plusarg +stimulus=FILE is missing");
    if ($value$plusargs("vcd=%s", vcd_name) == 0) $fatal(1, "converters_tb: plusarg +vcd=FILE is missing");
    file = $fopen(stimulus_name, "r");
    if (file == 0) $fatal(1, "converters_tb: cannot read the file of +stimulus=%s", stimulus_name);
    $dumpfile(vcd_name);
    $dumpvars(0, converters_tb);
    line = 1;
    rst_n      = '0;
    prepare    = '0;
    converting = '0;
    step       = '0;
    sum        = 0;
    shift      = 0;
    repeat (2) @(negedge clk);
    rst_n = '1;
    read_line();
    while (fields == 2) begin
      convert();
      $write("out");
      for (int unsigned i = 0; i < MaxBits; i++) $write(" %0d", sar_codes[i]);
      for (int unsigned i = 0; i < MaxBits; i++) $write(" %0d", ramp_codes[i]);
      $write("\n");
      read_line();
    end
    $display("bitspike_tb done lines=%0d", line - 2);
    $finish;
  end

endmodule
