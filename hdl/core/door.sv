// Door of the core: decides whether a waiting event may enter, and whether it goes to the queue or past it.
// Contract: schedule.md, "Door".

module door #(
  parameter int unsigned PayloadBits,   // payload of an event
  parameter int unsigned QueueDepth,    // entries of the event queue, [2, 65536]
  parameter int unsigned Schedule,      // packed record of arithmetic.md
  localparam int unsigned EventBits = PayloadBits + 2,
  localparam int unsigned CountBits = $clog2(QueueDepth + 1)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 valid_i,          // an event waits at the pins
  input  logic [EventBits-1:0] event_i,
  input  logic [CountBits-1:0] queue_count_i,
  input  logic                 loop_push_i,      // a spike takes the queue's write port
  input  logic                 quiet_i,          // controller idle, pipeline and spike output empty
  input  logic                 take_bypass_i,    // the controller fetches the bypass event
  output logic                 ready_o,          // there is room for it
  output logic                 accept_o,
  output logic                 push_o,           // to the queue
  output logic                 bypass_valid_o,
  output logic [EventBits-1:0] bypass_event_o
);

  localparam int unsigned Policy     = (Schedule >> 4) & 3;   // bits 5:4
  localparam int unsigned DropFull   = (Schedule >> 6) & 1;   // bit 6
  localparam int unsigned InOrder    = 0;
  localparam int unsigned Bypass     = 1;
  localparam int unsigned Barrier    = 2;

  if (Policy > Barrier) begin : gen_check_policy
    $error("time-step policy is %0d, must be 0 to %0d", Policy, Barrier);
  end

  logic queue_room;
  assign queue_room = !loop_push_i && (DropFull == 1 || queue_count_i < CountBits'(QueueDepth));

  assign accept_o = valid_i && ready_o;

  if (Policy == InOrder) begin : gen_in_order
    assign ready_o        = queue_room;
    assign push_o         = accept_o;
    assign bypass_valid_o = '0;
    assign bypass_event_o = '0;
    logic unused_bypass;
    assign unused_bypass = ^{clk_i, rst_ni, event_i, quiet_i, take_bypass_i};
  end else begin : gen_bypass
    logic                 to_bypass;
    logic                 drained;
    logic                 bypass_valid_q;
    logic [EventBits-1:0] bypass_q;

    assign to_bypass      = event_i[PayloadBits];   // odd kinds: time_step, time_step_one
    assign drained        = Policy == Bypass || (quiet_i && queue_count_i == '0);
    assign ready_o        = to_bypass ? !bypass_valid_q && drained : queue_room;
    assign push_o         = accept_o && !to_bypass;
    assign bypass_valid_o = bypass_valid_q;
    assign bypass_event_o = bypass_q;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        bypass_valid_q <= '0;
      end else if (accept_o && to_bypass) begin
        bypass_valid_q <= '1;
      end else if (take_bypass_i) begin
        bypass_valid_q <= '0;
      end
    end
    always_ff @(posedge clk_i) begin
      if (accept_o && to_bypass) begin
        bypass_q <= event_i;
      end
    end
  end

endmodule
