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
  input  logic                 quiet_i,          // controller idle, pipeline and serialiser empty
  input  logic                 sent_i,           // the transmitter is idle
  input  logic                 acknowledged_i,   // the acknowledge pin is high
  input  logic                 take_bypass_i,    // the controller fetches the bypass event
  input  logic                 take_queue_i,     // the controller fetches from the queue
  output logic                 ready_o,          // it is acknowledged in this cycle
  output logic                 accept_o,
  output logic                 push_o,           // to the queue
  output logic                 queue_open_o,     // the controller may fetch from the queue
  output logic                 occupied_o,       // the event being run keeps its place in the queue
  output logic                 bypass_valid_o,
  output logic [EventBits-1:0] bypass_event_o
);

  localparam int unsigned Policy     = (Schedule >> 4) & 3;   // bits 5:4
  localparam int unsigned DropFull   = (Schedule >> 6) & 1;   // bit 6
  localparam int unsigned FourPhase  = (Schedule >> 7) & 1;   // bit 7
  localparam int unsigned Between    = (Schedule >> 10) & 1;  // bit 10
  localparam int unsigned InOrder    = 0;
  localparam int unsigned Bypass     = 1;
  localparam int unsigned Barrier    = 2;

  if (Policy > Barrier) begin : gen_check_policy
    $error("time-step policy is %0d, must be 0 to %0d", Policy, Barrier);
  end

  if (Between == 1 && (FourPhase == 0 || DropFull == 1)) begin : gen_check_between
    $error("door between_events needs the four-phase handshake and the full policy stall");
  end

  logic to_bypass;   // the event goes past the queue
  logic room;        // it may enter
  logic queue_room;
  assign to_bypass  = Policy != InOrder && event_i[PayloadBits];   // odd kinds: time_step, time_step_one
  assign queue_room = !loop_push_i && (DropFull == 1 || queue_count_i < CountBits'(QueueDepth));
  assign accept_o   = valid_i && room;
  assign push_o     = accept_o && !to_bypass;

  if (Between == 1) begin : gen_between
    logic calm;
    logic holding_q;   // an event is in and not acknowledged
    logic occupied_q;
    assign calm         = quiet_i && sent_i && !bypass_valid_o;
    assign room         = calm && !holding_q && queue_count_i < CountBits'(QueueDepth) &&
                          (!to_bypass || Policy == Bypass || queue_count_i == '0);
    assign ready_o      = holding_q && calm;
    assign queue_open_o = calm && !holding_q && !acknowledged_i && !accept_o;
    assign occupied_o   = occupied_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        holding_q  <= '0;
        occupied_q <= '0;
      end else begin
        holding_q  <= accept_o || (holding_q && !calm);
        occupied_q <= take_queue_i || (occupied_q && !calm);
      end
    end
    logic unused_queue_room;
    assign unused_queue_room = queue_room;
  end else begin : gen_overlapped
    assign room         = to_bypass ? !bypass_valid_o && (Policy == Bypass || (quiet_i && queue_count_i == '0)) : queue_room;
    assign ready_o      = room;
    assign queue_open_o = '1;
    assign occupied_o   = '0;
    logic unused_between;
    assign unused_between = ^{sent_i, acknowledged_i, take_queue_i};
  end

  if (Policy == InOrder) begin : gen_in_order
    assign bypass_valid_o = '0;
    assign bypass_event_o = '0;
    logic unused_bypass;
    assign unused_bypass = ^{clk_i, rst_ni, event_i, quiet_i, take_bypass_i};
  end else begin : gen_bypass
    logic                 bypass_valid_q;
    logic [EventBits-1:0] bypass_q;

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
