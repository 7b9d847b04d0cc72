// Drives an Izhikevich time step with one vector per stimulus line, for as many clock cycles as it takes.
// One output line per vector: v, u, fires, v_overflow, u_overflow in the last cycle. No expectation here.

module izhikevich_neuron_tb #(
  parameter int unsigned VBits,
  parameter int unsigned DriveBits,
  parameter int unsigned Semantics,
  parameter int unsigned Model,
  parameter int unsigned ModelWidths
);

  // As in izhikevich_time_step.
  localparam int unsigned UBits         = (ModelWidths >> 0) & 63;
  localparam int unsigned ConstantBits  = (ModelWidths >> 8) & 63;
  localparam int unsigned ConstantWidth = (((Model >> 2) & 1) == 1) ? 7 * ((Model >> 17) & 7) : ConstantBits;
  localparam int unsigned KBits         = (VBits < 30) ? VBits + 2 : 32;
  localparam int unsigned Multipliers   = (Model >> 20) & 7;
  localparam int unsigned Products      = (((Model >> 14) & 1) + 1) * (2 + ((Model >> 9) & 1)) + 2;
  localparam int unsigned StepCycles    = (Multipliers > 0) ? (Products + Multipliers - 1) / Multipliers : 1;
  localparam int unsigned CycleBits     = (StepCycles > 2) ? $clog2(StepCycles) : 1;

  localparam int unsigned Fields     = 14;   // of a vector
  localparam int unsigned HalfPeriod = 5;

  logic                            clk;
  logic        [CycleBits-1:0]     cycle;
  logic signed [VBits-1:0]         v;
  logic signed [UBits-1:0]         u;
  logic signed [DriveBits-1:0]     drive;
  logic signed [VBits:0]           threshold;
  logic signed [VBits-1:0]         v_reset;
  logic signed [UBits-1:0]         u_step;
  logic signed [ConstantWidth-1:0] a;
  logic signed [ConstantWidth-1:0] b;
  logic signed [ConstantWidth-1:0] k2;
  logic signed [ConstantWidth-1:0] dt;
  logic signed [KBits-1:0]         k1;
  logic signed [KBits-1:0]         k0;
  logic signed [KBits-1:0]         v_zero;
  logic        [31:0]              random;
  logic signed [VBits-1:0]         next_v;
  logic signed [UBits-1:0]         next_u;
  logic                            fires;
  logic                            v_overflow;
  logic                            u_overflow;

  izhikevich_time_step #(
    .VBits(VBits), .DriveBits(DriveBits), .Semantics(Semantics), .Model(Model), .ModelWidths(ModelWidths)
  ) u_izhikevich_time_step (
    .clk_i(clk), .cycle_i(cycle), .v_i(v), .u_i(u), .drive_i(drive), .threshold_i(threshold), .v_reset_i(v_reset),
    .u_step_i(u_step), .a_i(a), .b_i(b), .k2_i(k2), .dt_i(dt), .k1_i(k1), .k0_i(k0), .v_zero_i(v_zero), .random_i(random),
    .v_o(next_v), .u_o(next_u), .fires_o(fires), .v_overflow_o(v_overflow), .u_overflow_o(u_overflow)
  );

  string       stimulus_name;
  string       vcd_name;
  int          file;
  int          fields;
  int          line;
  longint      value [Fields];

  // Decimal words: v u drive threshold v_reset u_step a b k2 dt k1 k0 v_zero random.
  task automatic read_vector;
    fields = $fscanf(file, "%d %d %d %d %d %d %d %d %d %d %d %d %d %d", value[0], value[1], value[2], value[3], value[4],
                     value[5], value[6], value[7], value[8], value[9], value[10], value[11], value[12], value[13]);
    if (fields != Fields && ($feof(file) == 0 || fields > 0)) begin
      $fatal(1, "izhikevich_neuron_tb: %s: line %0d has not %0d decimal words", stimulus_name, line, Fields);
    end
    line      = line + 1;
    v         = VBits'(value[0]);
    u         = UBits'(value[1]);
    drive     = DriveBits'(value[2]);
    threshold = (VBits + 1)'(value[3]);
    v_reset   = VBits'(value[4]);
    u_step    = UBits'(value[5]);
    a         = ConstantWidth'(value[6]);
    b         = ConstantWidth'(value[7]);
    k2        = ConstantWidth'(value[8]);
    dt        = ConstantWidth'(value[9]);
    k1        = KBits'(value[10]);
    k0        = KBits'(value[11]);
    v_zero    = KBits'(value[12]);
    random    = 32'(value[13]);
  endtask

  initial begin
    if ($value$plusargs("stimulus=%s", stimulus_name) == 0) $fatal(1, "izhikevich_neuron_tb: plusarg +stimulus=FILE is missing");
    if ($value$plusargs("vcd=%s", vcd_name) == 0) $fatal(1, "izhikevich_neuron_tb: plusarg +vcd=FILE is missing");
    file = $fopen(stimulus_name, "r");
    if (file == 0) $fatal(1, "izhikevich_neuron_tb: cannot read the file of +stimulus=%s", stimulus_name);
    $dumpfile(vcd_name);
    $dumpvars(0, izhikevich_neuron_tb);
    line = 1;
    clk  = 1'b0;
    read_vector();
    while (fields == Fields) begin
      for (int unsigned c = 0; c < StepCycles; c++) begin
        cycle = CycleBits'(c);
        #(HalfPeriod);
        if (c == StepCycles - 1) $display("out %0d %0d %0d %0d %0d", next_v, next_u, fires, v_overflow, u_overflow);
        clk = 1'b1;
        #(HalfPeriod);
        clk = 1'b0;
      end
      read_vector();
    end
    $display("bitspike_tb done lines=%0d", line - 2);
    $finish;
  end

endmodule
