// Holds one entry of the spike queue and offers its spikes one by one, lowest lane first.
// Contract: schedule.md, "Spike output".

module spike_serialiser #(
  parameter int unsigned Neurons,     // multiple of Lanes
  parameter int unsigned Lanes,       // power of two
  parameter int unsigned SpikeBits,   // count of one lane, [1, 5]
  localparam int unsigned Groups     = Neurons / Lanes,
  localparam int unsigned NeuronBits = (Neurons > 2) ? $clog2(Neurons) : 1,
  localparam int unsigned GroupBits  = (Groups > 2) ? $clog2(Groups) : 1
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       entry_valid_i,    // the spike queue holds an entry
  input  logic [GroupBits-1:0]       entry_group_i,
  input  logic [Lanes*SpikeBits-1:0] entry_counts_i,   // lane 0 in the low bits, not all 0
  output logic                       load_o,           // the entry is taken (pop)
  output logic                       valid_o,
  output logic [NeuronBits-1:0]      address_o,
  input  logic                       accept_i          // the spike offered is taken
);

  localparam int unsigned LaneBits = (Lanes > 1) ? $clog2(Lanes) : 1;

  logic                       valid_q;
  logic [GroupBits-1:0]       group_q;
  logic [Lanes*SpikeBits-1:0] counts_q;
  logic [Lanes*SpikeBits-1:0] counts_d;
  logic [LaneBits-1:0]        lane;
  logic                       done;

  always_comb begin
    lane = '0;
    if (valid_q) begin
      for (int unsigned i = Lanes; i > 0; i--) begin
        if (counts_q[(i-1)*SpikeBits +: SpikeBits] != '0) begin
          lane = LaneBits'(i - 1);
        end
      end
    end
  end

  always_comb begin
    counts_d = counts_q;
    if (accept_i) begin
      counts_d[32'(lane)*SpikeBits +: SpikeBits] = counts_q[32'(lane)*SpikeBits +: SpikeBits] - SpikeBits'(1'b1);
    end
  end

  assign done      = accept_i && counts_d == '0;
  assign load_o    = (!valid_q || done) && entry_valid_i;
  assign valid_o   = valid_q;
  assign address_o = (NeuronBits'(group_q) << $clog2(Lanes)) | NeuronBits'(lane);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
    end else if (load_o) begin
      valid_q <= '1;
    end else if (done) begin
      valid_q <= '0;
    end
  end
  always_ff @(posedge clk_i) begin
    if (load_o) begin
      group_q  <= entry_group_i;
      counts_q <= entry_counts_i;
    end else begin
      counts_q <= counts_d;
    end
  end

endmodule
