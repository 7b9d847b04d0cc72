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

  localparam int unsigned Words = 2 + Polarities + 2 * Accumulators + 2 * Polarities;   // of a vector

  string  stimulus_name;
  string  vcd_name;
  int     file;
  int     fields;
  int     line;
  longint value [Words];

  // Decimal words: bias random, input of each polarity, i_syn and i_syn_decay of each accumulator, both gains of each polarity.
  task automatic read_vector;
    int found;
    fields = 0;
    found  = 1;
    while (found == 1 && fields < 32'(Words)) begin
      found = $fscanf(file, "%d", value[fields]);
      if (found == 1) fields = fields + 1;
    end
    if (fields != 32'(Words) && ($feof(file) == 0 || fields > 0)) begin
      $fatal(1, "synaptic_current_tb: %s: line %0d has not %0d decimal words", stimulus_name, line, Words);
    end
    line        = line + 1;
    bias        = BiasWidth'(value[0]);
    random      = 32'(value[1]);
    inputs      = packed_inputs();
    i_syn       = packed_currents();
    i_syn_decay = packed_decays();
    gain        = packed_gains();
  endtask

  // Words side by side, the first in the low bits.
  function automatic logic [Polarities*ISynBits-1:0] packed_inputs();
    for (int unsigned q = 0; q < Polarities; q++) begin
      packed_inputs[q*ISynBits +: ISynBits] = ISynBits'(value[2 + q]);
    end
  endfunction
  function automatic logic [Accumulators*ISynBits-1:0] packed_currents();
    for (int unsigned k = 0; k < Accumulators; k++) begin
      packed_currents[k*ISynBits +: ISynBits] = ISynBits'(value[2 + Polarities + k]);
    end
  endfunction
  function automatic logic [Accumulators*DecayWidth-1:0] packed_decays();
    for (int unsigned k = 0; k < Accumulators; k++) begin
      packed_decays[k*DecayWidth +: DecayWidth] = DecayWidth'(value[2 + Polarities + Accumulators + k]);
    end
  endfunction
  function automatic logic [Polarities*2*GainWidth-1:0] packed_gains();
    for (int unsigned g = 0; g < 2 * Polarities; g++) begin
      packed_gains[g*GainWidth +: GainWidth] = GainWidth'(value[2 + Polarities + 2 * Accumulators + g]);
    end
  endfunction

  initial begin
    if ($value$plusargs("stimulus=%s", stimulus_name) == 0) $fatal(1, "synaptic_current_tb: plusarg +stimulus=FILE is missing");
    if ($value$plusargs("vcd=%s", vcd_name) == 0) $fatal(1, "synaptic_current_tb: plusarg +vcd=FILE is missing");
    file = $fopen(stimulus_name, "r");
    if (file == 0) $fatal(1, "synaptic_current_tb: cannot read the file of +stimulus=%s", stimulus_name);
    $dumpfile(vcd_name);
    $dumpvars(0, synaptic_current_tb);
    line = 1;
    read_vector();
    while (fields == 32'(Words)) begin
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

endmodule
