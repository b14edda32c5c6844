// Multiply-accumulate operator of the paper, plain weights:
//   OUT_DATA = saturate(IN_BIAS + sum of IN_WEIGHTS[i] * IN_DATA[i]), exact until the saturation to 2W bits.
//
// One request, counting rising edges of CLK_SYS with EN high (an edge with EN low does not count and changes
// nothing, but for the reset): the edge that first sees DO_CALC high is edge 1. DATA_RDY falls just after it and
// rises just after edge ceil(N / P) + 2, when OUT_DATA is valid; both hold until the next request. IN_BIAS,
// IN_WEIGHTS and IN_DATA must be stable from before edge 1 until DATA_RDY is high. DO_CALC may fall after edge 1 or
// stay high; only a new rising edge starts again, and one that comes while DATA_RDY is low is ignored. RSTN low at an
// edge ends a request whatever EN is: DATA_RDY is high afterwards, OUT_DATA keeps no meaning, and DO_CALC counts as
// having been low. Nothing is defined before a first edge with RSTN low.
//
// Element i of IN_WEIGHTS and IN_DATA sits at bits [i * INPUT_BITWIDTH +: INPUT_BITWIDTH]. All numbers are signed.
`default_nettype none

module MAC #(
    parameter INPUT_BITWIDTH = 8,    // W, bits of weights, data and bias: 2..16
    parameter INPUT_NUM_DATA = 32,   // N, products of one request
    parameter NUM_MULT_PARALLEL = 1, // P, multipliers: 1..N, need not divide N
    parameter USE_DSP = 1            // 1: a DSP slice per multiplier, 0: LUTs
) (
    input  wire                                     CLK_SYS,
    input  wire                                     RSTN,
    input  wire                                     EN,
    input  wire                                     DO_CALC,
    input  wire [INPUT_BITWIDTH-1:0]                IN_BIAS,
    input  wire [INPUT_NUM_DATA*INPUT_BITWIDTH-1:0] IN_WEIGHTS,
    input  wire [INPUT_NUM_DATA*INPUT_BITWIDTH-1:0] IN_DATA,
    output wire [2*INPUT_BITWIDTH-1:0]              OUT_DATA,
    output wire                                     DATA_RDY
);
    localparam W = INPUT_BITWIDTH;
    localparam P = NUM_MULT_PARALLEL;
    localparam Groups = (INPUT_NUM_DATA + P - 1) / P;
    localparam GroupBits = Groups > 1 ? $clog2(Groups) : 1;

    wire [GroupBits-1:0] group, group_next;
    wire                 running, valid_operands, first_products, valid_products;
    wire [P*W-1:0]       weights_d, data;
    wire [P*(W+2)-1:0]   data_triple;
    reg  [P*W-1:0]       weights_q;

    mac_control #(.Groups(Groups), .GroupBits(GroupBits)) control (
        .clk_i(CLK_SYS), .rst_ni(RSTN), .en_i(EN), .do_calc_i(DO_CALC), .group_o(group),
        .group_next_o(group_next), .running_o(running), .valid_operands_o(valid_operands),
        .first_products_o(first_products), .valid_products_o(valid_products), .ready_o(DATA_RDY)
    );

    group_select #(.Width(W), .Count(INPUT_NUM_DATA), .Lanes(P), .GroupBits(GroupBits)) select_weights (
        .group_i(group), .elements_i(IN_WEIGHTS), .lanes_o(weights_d)
    );
    data_fetch #(
        .Width(W), .Count(INPUT_NUM_DATA), .Lanes(P), .GroupBits(GroupBits), .Triple(USE_DSP == 0)
    ) fetch_data (
        .clk_i(CLK_SYS), .en_i(EN), .group_i(group), .elements_i(IN_DATA), .data_o(data), .triple_o(data_triple)
    );

    always @(posedge CLK_SYS) if (EN) weights_q <= weights_d;

    mac_datapath #(
        .W(W), .N(INPUT_NUM_DATA), .P(P), .UseDsp(USE_DSP), .TermLanes(USE_DSP != 0 ? 2 : 1), .BeforeLevels(2)
    ) datapath (
        .clk_i(CLK_SYS), .en_i(EN), .first_i(first_products), .valid_i(valid_products), .bias_i(IN_BIAS),
        .weights_i(weights_q), .data_i(data), .triple_i(data_triple), .sum_o(OUT_DATA)
    );

    // Whole weights are used as they come.
    wire unused = &{1'b0, group_next, running, valid_operands};
endmodule

`default_nettype wire
