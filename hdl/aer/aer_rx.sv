// Address-event input: four-phase handshake behind a synchroniser, or synchronous valid/ready.
// Contract: schedule.md, "Door". An event is acknowledged in a cycle with valid_o and ready_i.

module aer_rx #(
  parameter int unsigned EventBits,   // kind and payload
  parameter int unsigned FourPhase    // 0: synchronous, 1: four-phase
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 req_i,
  input  logic [EventBits-1:0] data_i,    // held by the sender from req to ack
  output logic                 ack_o,
  output logic                 valid_o,   // an event waits
  output logic [EventBits-1:0] event_o,
  input  logic                 ready_i    // the door is done with it
);

  assign event_o = data_i;

  if (FourPhase == 1) begin : gen_four_phase
    logic req_sync;
    logic ack_q;
    synchroniser u_synchroniser (.clk_i(clk_i), .rst_ni(rst_ni), .level_i(req_i), .level_o(req_sync));
    assign valid_o = req_sync && !ack_q;
    assign ack_o   = ack_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        ack_q <= '0;
      end else begin
        ack_q <= (valid_o && ready_i) || (ack_q && req_sync);
      end
    end
  end else begin : gen_synchronous
    assign valid_o = req_i;
    assign ack_o   = req_i && ready_i;
    logic unused_clock;
    assign unused_clock = ^{clk_i, rst_ni};
  end

endmodule
