// Analogue read of an array: selects a block, lets it settle, converts it phase by phase, issues its words, clears its marks.
// Contract: array.md, "Schedule of an analogue read".

module read_controller #(
  parameter int unsigned WordLines,   // rows
  parameter int unsigned Groups,      // of neurons
  parameter int unsigned Schedule,    // packed record of arithmetic.md
  parameter int unsigned Array,       // packed record of array.md, analogue read
  localparam int unsigned Columns   = 1 << ((Array >> 11) & 15),     // bits 14:11
  localparam int unsigned Rows      = ((Array >> 15) & 4095) + 1,    // bits 26:15
  localparam int unsigned Blocks    = (WordLines + Rows - 1) / Rows,
  localparam int unsigned Served    = Groups / Columns,              // converters of a lane and slice
  localparam int unsigned GroupBits = (Groups > 2) ? $clog2(Groups) : 1,
  localparam int unsigned BlockBits = (Blocks > 2) ? $clog2(Blocks) : 1,
  localparam int unsigned PhaseBits = (Columns > 2) ? $clog2(Columns) : 1,
  localparam int unsigned IndexBits = (Served > 2) ? $clog2(Served) : 1,
  localparam int unsigned StepBits  = 12
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 start_i,     // a time step is fetched
  input  logic                 stall_i,
  input  logic                 found_i,     // search_o: a word line is active
  input  logic [BlockBits-1:0] first_i,     // search_o: the lowest block that has one
  output logic                 search_o,
  output logic                 settle_o,
  output logic                 sample_o,    // last cycle of settling
  output logic                 clear_o,     // the block is read
  output logic                 prepare_o,   // conversion starts in the next cycle
  output logic                 convert_o,
  output logic [StepBits-1:0]  step_o,      // of a conversion
  output logic                 pending_o,   // group_o is to be issued, with the codes of the converters index_o
  output logic [IndexBits-1:0] index_o,
  output logic [GroupBits-1:0] group_o,
  output logic                 busy_o,
  output logic [2:0]           state_o,     // read_state of the contract
  output logic [BlockBits-1:0] block_o,
  output logic [PhaseBits-1:0] phase_o
);

  localparam int unsigned Interval     = (Schedule >> 0) & 15;    // bits 3:0
  localparam int unsigned Ramp         = (Array >> 1) & 1;        // bit 1
  localparam int unsigned AdcBits      = (Array >> 2) & 15;       // bits 5:2
  localparam int unsigned SettleCycles = (Array >> 7) & 15;       // bits 10:7
  localparam int unsigned Conversion   = (Ramp == 1) ? 1 << AdcBits : AdcBits + 1;   // cycles
  localparam int unsigned WaitBits     = (Interval > 2) ? $clog2(Interval) : 1;

  if (SettleCycles < 1) begin : gen_check_settle_cycles
    $error("SettleCycles is %0d, must be 1 to 15", SettleCycles);
  end
  if (Groups % Columns != 0) begin : gen_check_columns
    $error("ColumnsPerConverter is %0d, must divide the groups (%0d)", Columns, Groups);
  end

  typedef enum logic [2:0] {
    ReadNone,
    ReadSelect,
    ReadSettle,
    ReadConvert,
    ReadIssue,
    ReadClear
  } read_state_t;

  read_state_t          state_q;
  logic [StepBits-1:0]  step_q;    // cycle of SETTLE and CONVERT; in ISSUE the converters whose group is issued
  logic [WaitBits-1:0]  wait_q;    // slot of ISSUE mod Interval
  logic [BlockBits-1:0] block_q;
  logic [PhaseBits-1:0] phase_q;
  logic                 settled;
  logic                 converted;
  logic                 slot_last;
  logic                 issued;

  assign settled   = state_q == ReadSettle && step_q == StepBits'(SettleCycles - 1);
  assign converted = step_q == StepBits'(Conversion - 1);
  assign slot_last = wait_q == WaitBits'(Interval - 1);
  assign issued    = state_q == ReadIssue && !stall_i && slot_last && step_q == StepBits'(Served - 1);

  assign search_o  = state_q == ReadSelect;
  assign settle_o  = state_q == ReadSettle;
  assign sample_o  = settled;
  assign clear_o   = state_q == ReadClear;
  assign prepare_o = settled || (issued && phase_q != PhaseBits'(Columns - 1));
  assign convert_o = state_q == ReadConvert;
  assign step_o    = step_q;
  assign pending_o = state_q == ReadIssue && wait_q == '0;
  assign index_o   = IndexBits'(step_q);
  assign group_o   = GroupBits'(32'(step_q) * Columns + 32'(phase_q));
  assign busy_o    = state_q != ReadNone;
  assign state_o   = state_q;
  assign block_o   = block_q;
  assign phase_o   = phase_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= ReadNone;
      step_q  <= '0;
      wait_q  <= '0;
      block_q <= '0;
      phase_q <= '0;
    end else begin
      unique case (state_q)
        ReadNone: begin
          if (start_i) begin
            state_q <= ReadSelect;
          end
        end
        ReadSelect: begin
          state_q <= found_i ? ReadSettle : ReadNone;
          block_q <= first_i;
          step_q  <= '0;
        end
        ReadSettle: begin
          step_q  <= settled ? '0 : step_q + StepBits'(1'b1);
          phase_q <= '0;
          if (settled) begin
            state_q <= ReadConvert;
          end
        end
        ReadConvert: begin
          step_q <= converted ? '0 : step_q + StepBits'(1'b1);
          wait_q <= '0;
          if (converted) begin
            state_q <= ReadIssue;
          end
        end
        ReadIssue: begin
          if (issued) begin
            step_q  <= '0;
            state_q <= (phase_q == PhaseBits'(Columns - 1)) ? ReadClear : ReadConvert;
            phase_q <= (phase_q == PhaseBits'(Columns - 1)) ? phase_q : phase_q + PhaseBits'(1'b1);
          end else if (!stall_i && slot_last) begin
            step_q  <= step_q + StepBits'(1'b1);
            wait_q  <= '0;
          end else if (!stall_i) begin
            wait_q  <= wait_q + WaitBits'(1'b1);
          end
        end
        ReadClear: begin
          state_q <= ReadSelect;
        end
        default: begin
          state_q <= ReadNone;
        end
      endcase
    end
  end

endmodule
