// Drives a lane with a leaky integrate-and-fire neuron and a direct synapse, one vector per stimulus line.
// One output line per vector: v, i_syn, refractory, n, v_overflow, i_syn_overflow. No expectation here.

module lif_neuron_tb #(
  parameter int unsigned VBits,
  parameter int unsigned ISynBits,
  parameter int unsigned WeightBits,
  parameter int unsigned WeightShift,
  parameter int unsigned LeakBits,
  parameter int unsigned DecayBits,
  parameter int unsigned BiasBits,
  parameter int unsigned RefractoryBits,
  parameter int unsigned Semantics
);

  // As in lane.
  localparam int unsigned LeakForm        = (Semantics >> 2) & 7;
  localparam int unsigned DecayForm       = (Semantics >> 10) & 7;
  localparam int unsigned MaxSpikes       = (Semantics >> 26) & 31;
  localparam int unsigned LeakWidth       = (LeakForm == 1) ? LeakBits : (LeakForm == 2) ? 5 : (LeakForm == 3) ? LeakBits + 1 : 1;
  localparam int unsigned DecayWidth      = (DecayForm == 1) ? DecayBits : (DecayForm == 2) ? 5 : (DecayForm == 3) ? DecayBits + 1 : 1;
  localparam int unsigned ISynWidth       = (ISynBits > 0) ? ISynBits : 1;
  localparam int unsigned BiasWidth       = (BiasBits > 0) ? BiasBits : 1;
  localparam int unsigned RefractoryWidth = (RefractoryBits > 0) ? RefractoryBits : 1;
  localparam int unsigned SpikeBits       = (MaxSpikes > 1) ? $clog2(MaxSpikes + 1) : 1;

  localparam int unsigned Fields    = 12;   // of a vector
  localparam int unsigned Spacing   = 10;   // time units from vector to vector

  logic                              time_step;
  logic signed [VBits-1:0]           v;
  logic signed [ISynWidth-1:0]       i_syn;
  logic        [RefractoryWidth-1:0] refractory;
  logic signed [WeightBits-1:0]      weight;
  logic signed [VBits:0]             threshold;
  logic        [LeakWidth-1:0]       leak;
  logic signed [VBits-1:0]           v_reset;
  logic signed [BiasWidth-1:0]       bias;
  logic        [DecayWidth-1:0]      i_syn_decay;
  logic        [RefractoryWidth-1:0] refractory_steps;
  logic        [31:0]                random;
  logic signed [VBits-1:0]           next_v;
  logic signed [ISynWidth-1:0]       next_i_syn;
  logic        [RefractoryWidth-1:0] next_refractory;
  logic        [SpikeBits-1:0]       n;
  logic                              v_overflow;
  logic                              i_syn_overflow;
  logic                              absent_u;
  logic        [ISynWidth-1:0]       absent_input;
  logic                              absent_u_overflow;

  lane #(
    .VBits(VBits), .ISynBits(ISynBits), .WeightBits(WeightBits), .WeightShift(WeightShift), .LeakBits(LeakBits),
    .DecayBits(DecayBits), .BiasBits(BiasBits), .RefractoryBits(RefractoryBits), .Semantics(Semantics), .Model(0),
    .ModelWidths(0), .Synapse(0), .Array(0), .ArrayWidths(0)
  ) u_lane (
    .clk_i('0), .active_i('1), .time_step_i(time_step), .cycle_i('0), .v_i(v), .u_i('0), .i_syn_i(i_syn), .input_i('0),
    .refractory_i(refractory), .weight_i(weight), .threshold_i(threshold), .leak_i(leak), .v_reset_i(v_reset), .bias_i(bias),
    .output_enable_i('1), .a_i('0), .b_i('0), .u_step_i('0), .i_syn_decay_i(i_syn_decay), .gain_i('0),
    .refractory_steps_i(refractory_steps), .k2_i('0), .k1_i('0), .k0_i('0), .v_zero_i('0), .dt_i('0), .random_i(random),
    .v_o(next_v), .u_o(absent_u), .i_syn_o(next_i_syn), .input_o(absent_input), .refractory_o(next_refractory), .spikes_o(n),
    .v_overflow_o(v_overflow), .u_overflow_o(absent_u_overflow), .i_syn_overflow_o(i_syn_overflow)
  );

  string       stimulus_name;
  string       vcd_name;
  int          file;
  int          fields;
  int          line;
  int          kind;
  longint      value [Fields];

  // Decimal words: kind v i_syn refractory weight threshold leak v_reset bias i_syn_decay refractory_steps random.
  task automatic read_vector;
    fields = $fscanf(file, "%d %d %d %d %d %d %d %d %d %d %d %d", value[0], value[1], value[2], value[3], value[4], value[5],
                     value[6], value[7], value[8], value[9], value[10], value[11]);
    if (fields != Fields && ($feof(file) == 0 || fields > 0)) begin
      $fatal(1, "lif_neuron_tb: %s: line %0d has not %0d decimal words", stimulus_name, line, Fields);
    end
    line             = line + 1;
    kind             = 32'(value[0]);
    time_step        = kind[0];
    v                = VBits'(value[1]);
    i_syn            = ISynWidth'(value[2]);
    refractory       = RefractoryWidth'(value[3]);
    weight           = WeightBits'(value[4]);
    threshold        = (VBits + 1)'(value[5]);
    leak             = LeakWidth'(value[6]);
    v_reset          = VBits'(value[7]);
    bias             = BiasWidth'(value[8]);
    i_syn_decay      = DecayWidth'(value[9]);
    refractory_steps = RefractoryWidth'(value[10]);
    random           = 32'(value[11]);
  endtask

  initial begin
    if ($value$plusargs("stimulus=%s", stimulus_name) == 0) $fatal(1, "lif_neuron_tb: plusarg +stimulus=FILE is missing");
    if ($value$plusargs("vcd=%s", vcd_name) == 0) $fatal(1, "lif_neuron_tb: plusarg +vcd=FILE is missing");
    file = $fopen(stimulus_name, "r");
    if (file == 0) $fatal(1, "lif_neuron_tb: cannot read the file of +stimulus=%s", stimulus_name);
    $dumpfile(vcd_name);
    $dumpvars(0, lif_neuron_tb);
    line = 1;
    read_vector();
    while (fields == Fields) begin
      #(Spacing);
      $display("out %0d %0d %0d %0d %0d %0d", next_v, next_i_syn, next_refractory, n, v_overflow, i_syn_overflow);
      read_vector();
    end
    $display("bitspike_tb done lines=%0d", line - 2);
    $finish;
  end

  logic unused_kind;
  assign unused_kind = ^{kind[31:1], absent_u, absent_input, absent_u_overflow};

endmodule
