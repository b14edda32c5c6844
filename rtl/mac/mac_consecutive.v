// Multiply-accumulate operator of the paper, consecutive deltas:
//   running sum i = INITIAL_WEIGHT + (IN_WEIGHTS[0] + ... + IN_WEIGHTS[i]) * 2^DELTA_SHIFT, exact
//   weight i = saturate to W bits (running sum i); with WRAP the running sum modulo 2^W, as in the authors' operator
//   OUT_DATA = saturate(IN_BIAS + sum of weight i * IN_DATA[i]), exact until the saturation to 2W bits.
//
// Timing, EN and RSTN are those of mac_plain.v: ceil(N / P) + 2 edges. INITIAL_WEIGHT is held like the other inputs.
// Element i of IN_WEIGHTS sits at bits [i * INPUT_DELTAWIDTH +: INPUT_DELTAWIDTH], of IN_DATA at
// [i * INPUT_BITWIDTH +: INPUT_BITWIDTH]. All numbers are signed.
//
// Each group's deltas are summed lane by lane on their way into the first register (a prefix network, log2 P adders
// deep); the running sum of the groups before is added behind it.
`default_nettype none

module MAC #(
    parameter INPUT_BITWIDTH = 8,    // W, bits of data, bias and rebuilt weights: 2..16
    parameter INPUT_DELTAWIDTH = 4,  // D, bits of a stored delta: 1..W
    parameter INPUT_NUM_DATA = 32,   // N, products of one request
    parameter NUM_MULT_PARALLEL = 1, // P, multipliers: 1..N, need not divide N
    parameter DELTA_SHIFT = 0,       // a delta d stands for d * 2^DELTA_SHIFT: 0..W-D
    parameter USE_DSP = 1,           // 1: a DSP slice per multiplier, 0: LUTs
    parameter WRAP = 0               // 1: weights that leave W bits wrap, 0: they saturate
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
    localparam N = INPUT_NUM_DATA;
    localparam P = NUM_MULT_PARALLEL;
    localparam Groups = (N + P - 1) / P;
    localparam GroupBits = Groups > 1 ? $clog2(Groups) : 1;
    localparam SumBits = D + $clog2(P); // a sum of up to P deltas
    localparam DeltaBits = D + DELTA_SHIFT + $clog2(N); // a sum of up to N deltas, shifted
    localparam ExactBits = (DeltaBits > W ? DeltaBits : W) + 1;
    localparam BaseBits = WRAP != 0 ? W : ExactBits;
    // Few lanes, or multipliers of LUTs: the rebuilt weights are registered before they are multiplied, and the lanes'
    // adders come last. Else these would be the longest piece.
    localparam Late = USE_DSP == 0 || P <= 3 ? 1 : 0;
    localparam BeforeLevels = Late == 0 ? 2 : P > 8 ? 1 : 0;

    wire [GroupBits-1:0] group, group_next;
    wire                 running, valid_operands, first_products, valid_products;
    wire [P*D-1:0]       deltas;
    wire [P*SumBits-1:0] sums_d;
    wire [P*W-1:0]       weights, data;
    wire [P*(W+2)-1:0]   data_triple;
    reg  [P*SumBits-1:0] sums_q;

    mac_control #(.Groups(Groups), .GroupBits(GroupBits)) control (
        .clk_i(CLK_SYS), .rst_ni(RSTN), .en_i(EN), .do_calc_i(DO_CALC), .group_o(group),
        .group_next_o(group_next), .running_o(running), .valid_operands_o(valid_operands),
        .first_products_o(first_products), .valid_products_o(valid_products), .ready_o(DATA_RDY)
    );

    delta_fetch #(.Width(D), .Count(N), .Lanes(P), .GroupBits(GroupBits)) fetch_deltas (
        .clk_i(CLK_SYS), .en_i(EN), .running_i(running), .group_next_i(group_next), .deltas_i(IN_WEIGHTS),
        .lanes_o(deltas)
    );
    data_fetch #(
        .Width(W), .Count(N), .Lanes(P), .GroupBits(GroupBits), .Triple(USE_DSP == 0 && Late == 0)
    ) fetch_data (
        .clk_i(CLK_SYS), .en_i(EN), .group_i(group), .elements_i(IN_DATA), .data_o(data), .triple_o(data_triple)
    );
    prefix_sum #(.Width(D), .Lanes(P)) prefix_sum (.lanes_i(deltas), .sums_o(sums_d));

    always @(posedge CLK_SYS) if (EN) sums_q <= sums_d;

    // Running sum of all groups before the one in sums_q. At rest, and so at the edge that loads group 0 into sums_q,
    // it takes the initial weight.
    reg  [BaseBits-1:0] base_q;
    wire [ExactBits-1:0] group_sum = {
        {(ExactBits - SumBits) {sums_q[P*SumBits-1]}}, sums_q[(P-1)*SumBits+:SumBits]
    };
    wire [ExactBits-1:0] group_step = group_sum << DELTA_SHIFT;
    wire [ExactBits-1:0] initial_weight = {{(ExactBits - W) {INITIAL_WEIGHT[W-1]}}, INITIAL_WEIGHT};
    wire unused = &{1'b0, group_step, initial_weight}; // the highest bits, with WRAP

    always @(posedge CLK_SYS)
        if (EN) base_q <= valid_operands ? base_q + group_step[BaseBits-1:0] : initial_weight[BaseBits-1:0];

    genvar p;
    generate
        for (p = 0; p < P; p = p + 1) begin : gen_lane
            rebuild #(
                .BaseBits(BaseBits), .SumBits(ExactBits), .DeltaBits(SumBits), .Shift(DELTA_SHIFT), .W(W), .Wrap(WRAP)
            ) rebuild (
                .base_i(base_q), .delta_i(sums_q[p*SumBits+:SumBits]), .weight_o(weights[p*W+:W])
            );
        end
    endgenerate

    mac_datapath #(
        .W(W), .N(N), .P(P), .UseDsp(USE_DSP), .Late(Late), .BeforeLevels(BeforeLevels)
    ) datapath (
        .clk_i(CLK_SYS), .en_i(EN), .first_i(first_products), .valid_i(valid_products), .bias_i(IN_BIAS),
        .weights_i(weights), .data_i(data), .triple_i(data_triple), .sum_o(OUT_DATA)
    );
endmodule

`default_nettype wire
