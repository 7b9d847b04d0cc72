// Address-event output: four-phase handshake with a synchronised acknowledge, or synchronous valid/ready.
// Contract: schedule.md, "Spike output".

module aer_tx #(
  parameter int unsigned NeuronBits,   // width of an address
  parameter int unsigned FourPhase     // 0: synchronous, 1: four-phase
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  valid_i,     // a spike waits
  input  logic [NeuronBits-1:0] address_i,
  output logic                  accept_o,    // it is taken in this cycle
  output logic                  idle_o,      // no handshake under way
  output logic                  req_o,
  output logic [NeuronBits-1:0] data_o,
  input  logic                  ack_i
);

  if (FourPhase == 1) begin : gen_four_phase
    typedef enum logic [1:0] {
      StateIdle,
      StateReq,
      StateWait
    } state_t;

    state_t                state_q;
    logic                  req_q;
    logic [NeuronBits-1:0] data_q;
    logic                  ack_sync;
    synchroniser u_synchroniser (.clk_i(clk_i), .rst_ni(rst_ni), .level_i(ack_i), .level_o(ack_sync));

    assign idle_o   = state_q == StateIdle;
    assign accept_o = valid_i && idle_o;
    assign req_o    = req_q;
    assign data_o   = data_q;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        state_q <= StateIdle;
        req_q   <= '0;
        data_q  <= '0;
      end else if (accept_o) begin
        state_q <= StateReq;
        req_q   <= '1;
        data_q  <= address_i;
      end else if (state_q == StateReq && ack_sync) begin
        state_q <= StateWait;
        req_q   <= '0;
      end else if (state_q == StateWait && !ack_sync) begin
        state_q <= StateIdle;
      end
    end
  end else begin : gen_synchronous
    assign idle_o   = '1;
    assign accept_o = valid_i && ack_i;
    assign req_o    = valid_i;
    assign data_o   = address_i;
    logic unused_clock;
    assign unused_clock = ^{clk_i, rst_ni};
  end

endmodule
