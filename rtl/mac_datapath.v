// Products and sums, the same for every weight code:
//   stage 2: one registered product per lane;
//   stage 3: accumulators, each the sum of 2^BeforeLevels neighbouring lanes;
//   sum_o: bias and all accumulators, saturated to 2W bits; a function of stage 3 alone.
// The lanes' sum is a tree that stage 3 cuts in two, so that neither half is deep.
`default_nettype none

module mac_datapath #(
    parameter W = 8,     // bits of weights, data and bias
    parameter N = 32,    // products of one request
    parameter P = 1,     // lanes
    parameter UseDsp = 1 // 1: a DSP slice per lane, 0: LUTs
) (
    input  wire           clk_i,
    input  wire           en_i,
    input  wire           first_i, // stage 2 holds group 0 of a request
    input  wire           valid_i, // stage 2 holds some group of a request
    input  wire [W-1:0]   bias_i,
    input  wire [P*W-1:0] weights_i,
    input  wire [P*W-1:0] data_i,
    output wire [2*W-1:0] sum_o
);
    localparam Levels = $clog2(P);
    localparam BeforeLevels = Levels > 1 ? Levels - 1 : Levels;
    localparam Lanes = 1 << BeforeLevels; // lanes of one accumulator
    localparam Accumulators = (P + Lanes - 1) / Lanes;
    // N products of at most 2^(2W-2) and a bias of at most 2^(W-1).
    localparam SumBits = 2 * W + $clog2(N);

    wire [P*2*W-1:0]                products;
    wire [Accumulators*SumBits-1:0] accumulators;
    wire [SumBits-1:0]              total;

    genvar p, a;
    generate
        for (p = 0; p < P; p = p + 1) begin : gen_lane
            lane_product #(.W(W), .UseDsp(UseDsp)) lane_product (
                .clk_i(clk_i), .en_i(en_i), .weight_i(weights_i[p*W+:W]), .data_i(data_i[p*W+:W]),
                .product_o(products[p*2*W+:2*W])
            );
        end
        for (a = 0; a < Accumulators; a = a + 1) begin : gen_accumulator
            localparam Here = (a + 1) * Lanes <= P ? Lanes : P - a * Lanes;
            wire [SumBits-1:0] lanes_sum, carried;
            reg  [SumBits-1:0] sum_q;
            adder_tree #(.Width(2 * W), .Count(Here), .SumBits(SumBits)) adder_tree (
                .operands_i(products[a*Lanes*2*W+:Here*2*W]), .sum_o(lanes_sum)
            );
            if (a == 0) begin : gen_bias
                assign carried = first_i ? {{(SumBits - W) {bias_i[W-1]}}, bias_i} : sum_q;
            end else begin : gen_zero
                assign carried = first_i ? {SumBits{1'b0}} : sum_q;
            end
            always @(posedge clk_i) if (en_i && valid_i) sum_q <= lanes_sum + carried;
            assign accumulators[a*SumBits+:SumBits] = sum_q;
        end
    endgenerate

    adder_tree #(.Width(SumBits), .Count(Accumulators), .SumBits(SumBits)) adder_tree (
        .operands_i(accumulators), .sum_o(total)
    );
    saturate #(.InBits(SumBits), .OutBits(2 * W)) saturate (.value_i(total), .value_o(sum_o));
endmodule

`default_nettype wire
