// Parameters of the neurons of one lane: one entry per group, read synchronously, or one shared entry in registers.
// Contract: arithmetic.md, "State and parameters of a neuron". Fields that the semantics do not use are not stored.

module neuron_parameters #(
  parameter int unsigned Entries,    // groups, or 1 when shared
  parameter int unsigned PerNeuron,  // 1: memory of Entries entries, 0: one shared entry
  parameter int unsigned VBits,      // membrane potential, signed, [4, 32]
  parameter int unsigned LeakBits,   // [1, 31], or [1, 16] with multiply
  parameter int unsigned BiasBits,   // signed, 0 (absent) to 32
  parameter int unsigned Semantics,  // packed records of arithmetic.md
  parameter int unsigned Model,
  parameter int unsigned ModelWidths,
  localparam int unsigned LeakForm    = (Semantics >> 2) & 7,   // bits 4:2
  localparam int unsigned LeakWidth   = (LeakForm == 1) ? LeakBits : (LeakForm == 2) ? 5 : (LeakForm == 3) ? LeakBits + 1 : 1,
  localparam int unsigned BiasWidth   = (BiasBits > 0) ? BiasBits : 1,
  localparam int unsigned UBits       = (ModelWidths >> 0) & 63,   // bits 5:0
  localparam int unsigned UWidth      = (UBits > 0) ? UBits : 1,
  localparam int unsigned ConstantBits = (ModelWidths >> 8) & 63,  // bits 13:8
  localparam int unsigned ConstantNumber = (ConstantBits > 0) ? ConstantBits : 1,
  localparam int unsigned ConstantWidth = (((Model >> 2) & 1) == 1) ? 7 * ((Model >> 17) & 7) : ConstantNumber,
  localparam int unsigned AddressBits = (Entries > 2) ? $clog2(Entries) : 1
) (
  input  logic                        clk_i,
  input  logic                        write_i,
  input  logic        [AddressBits-1:0] write_address_i,
  input  logic signed [VBits:0]       threshold_i,
  input  logic        [LeakWidth-1:0] leak_i,
  input  logic signed [VBits-1:0]     v_reset_i,
  input  logic signed [BiasWidth-1:0] bias_i,
  input  logic                        output_enable_i,
  input  logic signed [ConstantWidth-1:0] a_i,
  input  logic signed [ConstantWidth-1:0] b_i,
  input  logic signed [UWidth-1:0]    u_step_i,
  input  logic                        read_i,
  input  logic        [AddressBits-1:0] read_address_i,
  output logic signed [VBits:0]       threshold_o,      // the cycle after read_i
  output logic        [LeakWidth-1:0] leak_o,
  output logic signed [VBits-1:0]     v_reset_o,
  output logic signed [BiasWidth-1:0] bias_o,
  output logic                        output_enable_o,
  output logic signed [ConstantWidth-1:0] a_o,
  output logic signed [ConstantWidth-1:0] b_o,
  output logic signed [UWidth-1:0]    u_step_o
);

  localparam int unsigned Reset       = (Semantics >> 20) & 3;   // bits 21:20
  localparam int unsigned LeakStored  = (LeakForm >= 1 && LeakForm <= 3) ? LeakWidth : 0;
  localparam int unsigned VResetStored = (Reset == 1) ? VBits : 0;
  localparam int unsigned ThresholdAt = 1;
  localparam int unsigned LeakAt      = ThresholdAt + VBits + 1;
  localparam int unsigned VResetAt    = LeakAt + LeakStored;
  localparam int unsigned BiasAt      = VResetAt + VResetStored;
  localparam int unsigned Izhikevich  = Model & 3;               // bits 1:0
  localparam int unsigned RecoveryAt  = BiasAt + BiasBits;
  localparam int unsigned EntryBits   = RecoveryAt + ((Izhikevich == 1) ? 2 * ConstantWidth + UBits : 0);

  logic [EntryBits-1:0] entry_d;
  logic [EntryBits-1:0] entry;

  if (PerNeuron == 1) begin : gen_memory
    ram_1r1w #(.Depth(Entries), .Width(EntryBits)) u_ram (
      .clk_i(clk_i), .write_i(write_i), .write_address_i(write_address_i), .write_data_i(entry_d),
      .read_i(read_i), .read_address_i(read_address_i), .read_data_o(entry)
    );
  end else begin : gen_shared
    logic [EntryBits-1:0] entry_q;
    always_ff @(posedge clk_i) begin
      if (write_i) begin
        entry_q <= entry_d;
      end
    end
    assign entry = entry_q;
    logic unused_address;
    assign unused_address = ^{write_address_i, read_i, read_address_i};
  end

  assign entry_d[0]                      = output_enable_i;
  assign entry_d[ThresholdAt +: VBits+1] = threshold_i;
  assign output_enable_o                 = entry[0];
  assign threshold_o                     = entry[ThresholdAt +: VBits+1];

  if (LeakStored > 0) begin : gen_leak
    assign entry_d[LeakAt +: LeakWidth] = leak_i;
    assign leak_o                       = entry[LeakAt +: LeakWidth];
  end else begin : gen_no_leak
    assign leak_o = '0;
    logic unused_leak;
    assign unused_leak = ^leak_i;
  end
  if (VResetStored > 0) begin : gen_v_reset
    assign entry_d[VResetAt +: VBits] = v_reset_i;
    assign v_reset_o                  = entry[VResetAt +: VBits];
  end else begin : gen_no_v_reset
    assign v_reset_o = '0;
    logic unused_v_reset;
    assign unused_v_reset = ^v_reset_i;
  end
  if (BiasBits > 0) begin : gen_bias
    assign entry_d[BiasAt +: BiasWidth] = bias_i;
    assign bias_o                       = entry[BiasAt +: BiasWidth];
  end else begin : gen_no_bias
    assign bias_o = '0;
    logic unused_bias;
    assign unused_bias = ^bias_i;
  end
  if (Izhikevich == 1) begin : gen_recovery
    assign entry_d[RecoveryAt +: 2*ConstantWidth+UBits] = {u_step_i, b_i, a_i};
    assign {u_step_o, b_o, a_o}                         = entry[RecoveryAt +: 2*ConstantWidth+UBits];
  end else begin : gen_no_recovery
    assign {u_step_o, b_o, a_o} = '0;
    logic unused_recovery;
    assign unused_recovery = ^{u_step_i, b_i, a_i};
  end

endmodule
