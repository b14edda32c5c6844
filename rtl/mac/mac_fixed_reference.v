// Multiply-accumulate operator of the paper, fixed-reference deltas:
//   weight i = saturate to W bits (INITIAL_WEIGHT + IN_WEIGHTS[i] * 2^DELTA_SHIFT)
//   OUT_DATA = saturate(IN_BIAS + sum of weight i * IN_DATA[i]), exact until the saturation to 2W bits.
//
// Timing, EN and RSTN are those of mac_plain.v: ceil(N / P) + 2 edges. INITIAL_WEIGHT is held like the other inputs.
// Element i of IN_WEIGHTS sits at bits [i * INPUT_DELTAWIDTH +: INPUT_DELTAWIDTH], of IN_DATA at
// [i * INPUT_BITWIDTH +: INPUT_BITWIDTH]. All numbers are signed.
`default_nettype none

module MAC #(
    parameter INPUT_BITWIDTH = 8,    // W, bits of data, bias and rebuilt weights: 2..16
    parameter INPUT_DELTAWIDTH = 4,  // D, bits of a stored delta: 1..W
    parameter INPUT_NUM_DATA = 32,   // N, products of one request
    parameter NUM_MULT_PARALLEL = 1, // P, multipliers: 1..N, need not divide N
    parameter DELTA_SHIFT = 0,       // a delta d stands for d * 2^DELTA_SHIFT: 0..W-D
    parameter USE_DSP = 1            // 1: a DSP slice per multiplier, 0: LUTs
) (
    input  wire                                       CLK_SYS,
    input  wire                                       RSTN,
    input  wire                                       EN,
    input  wire                                       DO_CALC,
    input  wire [INPUT_BITWIDTH-1:0]                  IN_BIAS,
    input  wire [INPUT_BITWIDTH-1:0]                  INITIAL_WEIGHT,
    input  wire [INPUT_NUM_DATA*INPUT_DELTAWIDTH-1:0] IN_WEIGHTS,
    input  wire [INPUT_NUM_DATA*INPUT_BITWIDTH-1:0]   IN_DATA,
    output wire [2*INPUT_BITWIDTH-1:0]                OUT_DATA,
    output wire                                       DATA_RDY
);
    localparam W = INPUT_BITWIDTH;
    localparam D = INPUT_DELTAWIDTH;
    localparam P = NUM_MULT_PARALLEL;
    localparam Groups = (INPUT_NUM_DATA + P - 1) / P;
    localparam GroupBits = Groups > 1 ? $clog2(Groups) : 1;

    wire [GroupBits-1:0] group, group_next;
    wire                 running, valid_operands, first_products, valid_products;
    wire [P*D-1:0]       deltas_d;
    wire [P*W-1:0]       weights_d, data;
    wire [P*(W+2)-1:0]   data_triple;
    reg  [P*W-1:0]       weights_q;

    mac_control #(.Groups(Groups), .GroupBits(GroupBits)) control (
        .clk_i(CLK_SYS), .rst_ni(RSTN), .en_i(EN), .do_calc_i(DO_CALC), .group_o(group),
        .group_next_o(group_next), .running_o(running), .valid_operands_o(valid_operands),
        .first_products_o(first_products), .valid_products_o(valid_products), .ready_o(DATA_RDY)
    );

    delta_fetch #(.Width(D), .Count(INPUT_NUM_DATA), .Lanes(P), .GroupBits(GroupBits)) fetch_deltas (
        .clk_i(CLK_SYS), .en_i(EN), .running_i(running), .group_next_i(group_next), .deltas_i(IN_WEIGHTS),
        .lanes_o(deltas_d)
    );
    data_fetch #(
        .Width(W), .Count(INPUT_NUM_DATA), .Lanes(P), .GroupBits(GroupBits), .Triple(USE_DSP == 0)
    ) fetch_data (
        .clk_i(CLK_SYS), .en_i(EN), .group_i(group), .elements_i(IN_DATA), .data_o(data), .triple_o(data_triple)
    );

    genvar p;
    generate
        for (p = 0; p < P; p = p + 1) begin : gen_lane
            rebuild #(.BaseBits(W), .SumBits(W + 1), .DeltaBits(D), .Shift(DELTA_SHIFT), .W(W)) rebuild (
                .base_i(INITIAL_WEIGHT), .delta_i(deltas_d[p*D+:D]), .weight_o(weights_d[p*W+:W])
            );
        end
    endgenerate

    always @(posedge CLK_SYS) if (EN) weights_q <= weights_d;

    mac_datapath #(
        .W(W), .N(INPUT_NUM_DATA), .P(P), .UseDsp(USE_DSP), .TermLanes(USE_DSP != 0 ? 2 : 1), .BeforeLevels(2)
    ) datapath (
        .clk_i(CLK_SYS), .en_i(EN), .first_i(first_products), .valid_i(valid_products), .bias_i(IN_BIAS),
        .weights_i(weights_q), .data_i(data), .triple_i(data_triple), .sum_o(OUT_DATA)
    );

    // A fixed reference needs no state between groups.
    wire unused = &{1'b0, valid_operands};
endmodule

`default_nettype wire
