// Drives the register bus: shared values, staged writes, echo and counters.
// One stimulus line is one cycle; one output line shows the pins just before the rising edge that ends it. No expectation here.

module register_bus_tb #(
  parameter int unsigned Neurons,
  parameter int unsigned WordLines,
  parameter int unsigned Lanes,
  parameter int unsigned WeightBits,
  parameter int unsigned VBits,
  parameter int unsigned ISynBits,
  parameter int unsigned LeakBits,
  parameter int unsigned DecayBits,
  parameter int unsigned BiasBits,
  parameter int unsigned RefractoryBits,
  parameter int unsigned Semantics,
  parameter int unsigned Model,
  parameter int unsigned ModelWidths,
  parameter int unsigned Synapse,
  parameter int unsigned Array,
  parameter int unsigned ArrayWidths
);

  // As in register_bus.
  localparam int unsigned Groups = Neurons / Lanes;
  localparam int unsigned NeuronBits = (Neurons > 2) ? $clog2(Neurons) : 1;
  localparam int unsigned WordLineBits = (WordLines > 2) ? $clog2(WordLines) : 1;
  localparam int unsigned Epochs = ((Array >> 27) & 15) + 1;
  localparam int unsigned EpochBits = (Epochs > 2) ? $clog2(Epochs) : 1;
  localparam int unsigned CodesBits = (((ArrayWidths >> 4) & 1) + 1) * ((ArrayWidths >> 0) & 15);
  localparam int unsigned CellBits = (((ArrayWidths >> 5) & 7) + 1) * (CodesBits + ((ArrayWidths >> 11) & 31));
  localparam int unsigned ArrayWords = Epochs * WordLines * Groups;
  localparam int unsigned ArrayBits = (ArrayWords > 2) ? $clog2(ArrayWords) : 1;
  localparam int unsigned Chunks = (Lanes * (((Array & 1) == 1) ? CellBits : WeightBits) + 31) / 32;
  localparam int unsigned ChunkBits = (Chunks > 2) ? $clog2(Chunks) : 1;
  localparam int unsigned LeakForm = (Semantics >> 2) & 7;
  localparam int unsigned DecayForm = (Semantics >> 10) & 7;
  localparam int unsigned LeakWidth = (LeakForm == 1) ? LeakBits : (LeakForm == 2) ? 5 : (LeakForm == 3) ? LeakBits + 1 : 1;
  localparam int unsigned DecayWidth = (DecayForm == 1) ? DecayBits : (DecayForm == 2) ? 5 : (DecayForm == 3) ? DecayBits + 1 : 1;
  localparam int unsigned BiasWidth = (BiasBits > 0) ? BiasBits : 1;
  localparam int unsigned RefractoryWidth = (RefractoryBits > 0) ? RefractoryBits : 1;
  localparam int unsigned Polarities = 1 + ((Synapse >> 2) & 1);
  localparam int unsigned Filters = 1 << ((Synapse >> 0) & 3);
  localparam int unsigned GainWidth = ((Synapse >> 7) & 31) + 1;
  localparam int unsigned DelayBits = (Synapse >> 12) & 7;
  localparam int unsigned SlotWidth = (DelayBits > 0) ? DelayBits : 1;
  localparam int unsigned Accumulators = Polarities * Filters;
  localparam int unsigned UBits = (ModelWidths >> 0) & 63;
  localparam int unsigned UWidth = (UBits > 0) ? UBits : 1;
  localparam int unsigned ConstantBits = (ModelWidths >> 8) & 63;
  localparam int unsigned ConstantNumber = (ConstantBits > 0) ? ConstantBits : 1;
  localparam int unsigned ConstantWidth = (((Model >> 2) & 1) == 1) ? 7 * ((Model >> 17) & 7) : ConstantNumber;
  localparam int unsigned KBits = (VBits < 30) ? VBits + 2 : 32;

  localparam int unsigned HalfPeriod = 5;

  logic clk;
  logic cfg_valid;
  logic cfg_write;
  logic [31:0] cfg_addr;
  logic [31:0] cfg_wdata;
  logic [15*32-1:0] structure;
  logic [14*32-1:0] counters;
  logic cfg_ready;
  logic [31:0] cfg_rdata;
  logic signed [VBits-1:0] v_init;
  logic signed [UWidth-1:0] u_init;
  logic [Accumulators*DecayWidth-1:0] i_syn_decay;
  logic [Polarities*2*GainWidth-1:0] gain;
  logic signed [ConstantWidth-1:0] k2;
  logic signed [KBits-1:0] k1;
  logic signed [KBits-1:0] k0;
  logic signed [KBits-1:0] v_zero;
  logic signed [ConstantWidth-1:0] dt;
  logic [RefractoryWidth-1:0] refractory_steps;
  logic [31:0] lfsr_seed;
  logic [WordLineBits-1:0] first_word_line;
  logic [SlotWidth-1:0] loop_back_delay;
  logic parameter_write;
  logic [NeuronBits-1:0] parameter_neuron;
  logic signed [VBits+1-1:0] threshold;
  logic [LeakWidth-1:0] leak;
  logic signed [VBits-1:0] v_reset;
  logic signed [BiasWidth-1:0] bias;
  logic output_enable;
  logic signed [ConstantWidth-1:0] a;
  logic signed [ConstantWidth-1:0] b;
  logic signed [UWidth-1:0] u_step;
  logic array_write;
  logic [ArrayBits-1:0] array_address;
  logic [ChunkBits-1:0] array_chunk;
  logic [31:0] array_data;
  logic constant_write;
  logic [27:0] constant_address;
  logic [EpochBits-1:0] epoch;

  register_bus #(
    .Neurons(Neurons), .WordLines(WordLines), .Lanes(Lanes), .WeightBits(WeightBits), .VBits(VBits), .ISynBits(ISynBits),
    .LeakBits(LeakBits), .DecayBits(DecayBits), .BiasBits(BiasBits), .RefractoryBits(RefractoryBits), .Semantics(Semantics),
    .Model(Model), .ModelWidths(ModelWidths), .Synapse(Synapse), .Array(Array), .ArrayWidths(ArrayWidths)
  ) u_register_bus (
    .clk_i(clk), .cfg_valid_i(cfg_valid), .cfg_write_i(cfg_write), .cfg_addr_i(cfg_addr), .cfg_wdata_i(cfg_wdata),
    .structure_i(structure), .counters_i(counters), .cfg_ready_o(cfg_ready), .cfg_rdata_o(cfg_rdata), .v_init_o(v_init),
    .u_init_o(u_init), .i_syn_decay_o(i_syn_decay), .gain_o(gain), .k2_o(k2), .k1_o(k1), .k0_o(k0), .v_zero_o(v_zero),
    .dt_o(dt), .loop_back_delay_o(loop_back_delay), .a_o(a), .b_o(b), .u_step_o(u_step), .refractory_steps_o(refractory_steps), .lfsr_seed_o(lfsr_seed),
    .first_word_line_o(first_word_line), .parameter_write_o(parameter_write), .parameter_neuron_o(parameter_neuron),
    .threshold_o(threshold), .leak_o(leak), .v_reset_o(v_reset), .bias_o(bias), .output_enable_o(output_enable),
    .array_write_o(array_write), .array_address_o(array_address), .array_chunk_o(array_chunk), .array_data_o(array_data),
    .constant_write_o(constant_write), .constant_address_o(constant_address), .epoch_o(epoch)
  );

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
    fields = $fscanf(file, "%h %h %h %h %h %h",
                     cfg_valid, cfg_write, cfg_addr, cfg_wdata, structure, counters);
    if (fields != 6 && ($feof(file) == 0 || fields > 0)) begin
      $fatal(1, "register_bus_tb: %s: line %0d has not 6 hex words", stimulus_name, line);
    end
    line = line + 1;
  endtask

  initial begin
    if ($value$plusargs("stimulus=%s", stimulus_name) == 0) $fatal(1, "register_bus_tb: plusarg +stimulus=FILE is missing");
    if ($value$plusargs("vcd=%s", vcd_name) == 0) $fatal(1, "register_bus_tb: plusarg +vcd=FILE is missing");
    file = $fopen(stimulus_name, "r");
    if (file == 0) $fatal(1, "register_bus_tb: cannot read the file of +stimulus=%s", stimulus_name);
    $dumpfile(vcd_name);
    $dumpvars(0, register_bus_tb);
    line = 1;
    cfg_valid = '0;
    cfg_write = '0;
    cfg_addr = '0;
    cfg_wdata = '0;
    structure = '0;
    counters = '0;
    @(negedge clk);
    read_line();
    while (fields == 6) begin
      #(HalfPeriod - 1);
      $display("out %0h %0h %0d %0d %0h %0h %0d %0d %0d %0d %0d %0h %0h %0h %0h %0h %0h %0d %0h %0d %0d %0h %0d %0d %0d %0h %0h %0h %0h %0h %0h %0h",
               cfg_ready, cfg_rdata, v_init, u_init, i_syn_decay, gain, k2, k1, k0, v_zero, dt, refractory_steps, lfsr_seed,
               first_word_line, loop_back_delay, parameter_write, parameter_neuron, threshold, leak, v_reset, bias,
               output_enable, a, b, u_step, array_write, array_address, array_chunk, array_data,
               constant_write, constant_address, epoch);
      @(negedge clk);
      read_line();
    end
    $display("bitspike_tb done lines=%0d", line - 2);
    $finish;
  end

endmodule
