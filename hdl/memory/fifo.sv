// First-in first-out queue on a synchronous memory: an entry pushed in cycle t is at the head in t+1 when the queue was empty.
// Contract: schedule.md, "Door" and "Spike output": count <= count + push - pop. The user never pushes when full nor pops when empty.

module fifo #(
  parameter int unsigned Depth,   // entries, [2, 65536]
  parameter int unsigned Width,   // bits of an entry
  localparam int unsigned CountBits = $clog2(Depth + 1)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 push_i,
  input  logic [Width-1:0]     data_i,
  input  logic                 pop_i,
  output logic [Width-1:0]     head_o,    // valid when count_o > 0
  output logic [CountBits-1:0] count_o    // entries, [0, Depth]
);

  if (Depth < 2 || Depth > 65536) begin : gen_check_depth
    $error("Depth is %0d, must be 2 to 65536", Depth);
  end

  localparam int unsigned AddressBits = $clog2(Depth);

  logic [CountBits-1:0]   count_q;
  logic [AddressBits-1:0] write_q;
  logic [AddressBits-1:0] read_q;
  logic [AddressBits-1:0] write_next;
  logic [AddressBits-1:0] read_next;
  logic [AddressBits-1:0] read_d;
  assign write_next = (write_q == AddressBits'(Depth - 1)) ? '0 : write_q + AddressBits'(1'b1);
  assign read_next  = (read_q == AddressBits'(Depth - 1)) ? '0 : read_q + AddressBits'(1'b1);
  assign read_d     = pop_i ? read_next : read_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      count_q <= '0;
      write_q <= '0;
      read_q  <= '0;
    end else begin
      count_q <= count_q + CountBits'(push_i) - CountBits'(pop_i);
      read_q  <= read_d;
      if (push_i) begin
        write_q <= write_next;
      end
    end
  end

  // The memory is read one cycle ahead of the head; an entry written in that cycle is forwarded.
  logic             forward_q;
  logic [Width-1:0] forwarded_q;
  logic [Width-1:0] memory_head;
  ram_1r1w #(.Depth(Depth), .Width(Width)) u_ram (
    .clk_i(clk_i), .write_i(push_i), .write_address_i(write_q), .write_data_i(data_i),
    .read_i(1'b1), .read_address_i(read_d), .read_data_o(memory_head)
  );
  always_ff @(posedge clk_i) begin
    forward_q <= push_i && write_q == read_d;
    if (push_i) begin
      forwarded_q <= data_i;
    end
  end

  assign head_o  = forward_q ? forwarded_q : memory_head;
  assign count_o = count_q;

endmodule
