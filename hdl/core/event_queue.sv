// Event queue with two writers: looped-back spikes before the door; a writer that finds it full loses its event.
// Contract: schedule.md, "Door" and "Spike output".

module event_queue #(
  parameter int unsigned EventBits,    // kind and payload
  parameter int unsigned QueueDepth,   // entries, [2, 65536]
  localparam int unsigned CountBits = $clog2(QueueDepth + 1)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 loop_push_i,
  input  logic [EventBits-1:0] loop_event_i,
  input  logic                 door_push_i,      // never together with loop_push_i
  input  logic [EventBits-1:0] door_event_i,
  input  logic                 occupied_i,       // one entry less for loop_push_i
  input  logic                 pop_i,            // only when count_o > 0
  output logic [EventBits-1:0] head_o,           // valid when count_o > 0
  output logic [CountBits-1:0] count_o,
  output logic                 loop_dropped_o,
  output logic                 door_dropped_o
);

  logic full;
  logic loop_full;
  assign full           = count_o == CountBits'(QueueDepth);
  assign loop_full      = full || (occupied_i && count_o == CountBits'(QueueDepth - 1));
  assign loop_dropped_o = loop_push_i && loop_full;
  assign door_dropped_o = door_push_i && full;

  fifo #(.Depth(QueueDepth), .Width(EventBits)) u_fifo (
    .clk_i(clk_i), .rst_ni(rst_ni), .push_i(loop_push_i ? !loop_full : door_push_i && !full),
    .data_i(loop_push_i ? loop_event_i : door_event_i), .pop_i(pop_i), .head_o(head_o), .count_o(count_o)
  );

endmodule
