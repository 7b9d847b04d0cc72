// Two flip-flops that bring an asynchronous level into the clock domain.
// Contract: schedule.md, "Door" and "Spike output": reset to 0.

module synchroniser (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic level_i,   // asynchronous
  output logic level_o    // two cycles later
);

  logic [1:0] level_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      level_q <= '0;
    end else begin
      level_q <= {level_q[0], level_i};
    end
  end

  assign level_o = level_q[1];

endmodule
