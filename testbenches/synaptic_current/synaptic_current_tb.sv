// Drives the synaptic current of a time step with one vector per stimulus line.
// One output line per vector: drive, overflow, then the accumulators. No expectation here.

module synaptic_current_tb #(
  parameter int unsigned ISynBits,
  parameter int unsigned DecayBits,
  parameter int unsigned BiasBits,
  parameter int unsigned Semantics,
  parameter int unsigned Synapse
);

  // As in synaptic_current.
  localparam int unsigned DecayForm    = (Semantics >> 10) & 7;
  localparam int unsigned Polarities   = 1 + ((Synapse >> 2) & 1);
  localparam int unsigned Filters      = 1 << ((Synapse >> 0) & 3);
  localparam int unsigned GainWidth    = ((Synapse >> 7) & 31) + 1;
  localparam int unsigned Accumulators = Polarities * Filters;
  localparam int unsigned DecayWidth   = (DecayForm == 1) ? DecayBits : (DecayForm == 2) ? 5 : (DecayForm == 3) ? DecayBits + 1 : 1;
  localparam int unsigned BiasWidth    = (BiasBits > 0) ? BiasBits : 1;
  localparam int unsigned CurrentBits  = ISynBits + $clog2(Accumulators);
  localparam int unsigned DriveBits    = ((CurrentBits > BiasBits) ? CurrentBits : BiasBits) + 1;

  localparam int unsigned Spacing = 10;   // time units from vector to vector

  logic        [Accumulators*ISynBits-1:0]   i_syn;
  logic        [Polarities*ISynBits-1:0]     inputs;
  logic signed [BiasWidth-1:0]               bias;
  logic        [Accumulators*DecayWidth-1:0] i_syn_decay;
  logic        [Polarities*2*GainWidth-1:0]  gain;
  logic        [31:0]                        random;
  logic signed [DriveBits-1:0]               drive;
  logic        [Accumulators*ISynBits-1:0]   next_i_syn;
  logic                                      overflow;

  synaptic_current #(
    .ISynBits(ISynBits), .DecayBits(DecayBits), .BiasBits(BiasBits), .Semantics(Semantics), .Synapse(Synapse)
  ) u_synaptic_current (
    .i_syn_i(i_syn), .input_i(inputs), .bias_i(bias), .i_syn_decay_i(i_syn_decay), .gain_i(gain), .random_i(random),
    .drive_o(drive), .i_syn_o(next_i_syn), .overflow_o(overflow)
  );

  string  stimulus_name;
  string  vcd_name;
  int     file;
  int     fields;
  int     line;
  longint value;

  task automatic read_value;
    fields = $fscanf(file, "%d", value);
  endtask

  // The rest of a vector: a word that is missing ends the run.
  task automatic need_value;
    read_value();
    if (fields != 1) $fatal(1, "synaptic_current_tb: %s: line %0d is too short", stimulus_name, line);
  endtask

  // Decimal words: bias random, input of each polarity, i_syn and i_syn_decay of each accumulator, both gains of each polarity.
  task automatic read_vector;
    read_value();
    if (fields == 1) begin
      bias = BiasWidth'(value);
      need_value();
      random = 32'(value);
      for (int unsigned q = 0; q < Polarities; q++) begin
        need_value();
        inputs[q*ISynBits +: ISynBits] = ISynBits'(value);
      end
      for (int unsigned k = 0; k < Accumulators; k++) begin
        need_value();
        i_syn[k*ISynBits +: ISynBits] = ISynBits'(value);
      end
      for (int unsigned k = 0; k < Accumulators; k++) begin
        need_value();
        i_syn_decay[k*DecayWidth +: DecayWidth] = DecayWidth'(value);
      end
      for (int unsigned g = 0; g < 2 * Polarities; g++) begin
        need_value();
        gain[g*GainWidth +: GainWidth] = GainWidth'(value);
      end
    end else if ($feof(file) == 0) begin
      $fatal(1, "synaptic_current_tb: %s: line %0d has not decimal words", stimulus_name, line);
    end
    line = line + 1;
  endtask

  initial begin
    if ($value$plusargs("stimulus=%s", stimulus_name) == 0) $fatal(1, "synaptic_current_tb: plusarg +stimulus=FILE is missing");
    if ($value$plusargs("vcd=%s", vcd_name) == 0) $fatal(1, "synaptic_current_tb: plusarg +vcd=FILE is missing");
    file = $fopen(stimulus_name, "r");
    if (file == 0) $fatal(1, "synaptic_current_tb: cannot read the file of +stimulus=%s", stimulus_name);
    $dumpfile(vcd_name);
    $dumpvars(0, synaptic_current_tb);
    line = 1;
    read_vector();
    while (fields == 1) begin
      #(Spacing);
      $write("out %0d %0d", drive, overflow);
      for (int unsigned k = 0; k < Accumulators; k++) begin
        $write(" %0d", $signed(next_i_syn[k*ISynBits +: ISynBits]));
      end
      $write("\n");
      read_vector();
    end
    $display("bitspike_tb done lines=%0d", line - 2);
    $finish;
  end

  logic unused_value;
  assign unused_value = ^value[63:32];

endmodule
