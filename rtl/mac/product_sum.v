// Sum of one or two products of signed numbers, registered: that of the last edge with en_i high. Two DSP slices pass
// the first product to the second one's adder on their own wire, so the addition costs no LUT.
`default_nettype none

module product_sum #(
    parameter W = 8,     // bits of each factor
    parameter Lanes = 1, // products: 1 or 2
    parameter UseDsp = 1,  // 1: one DSP slice per product, 0: LUTs
    parameter Registered = 1 // 0: the sum is not registered, but combinational
) (
    input  wire                   clk_i,
    input  wire                   en_i,
    input  wire [Lanes*W-1:0]     weights_i,
    input  wire [Lanes*W-1:0]     data_i,
    input  wire [Lanes*(W+2)-1:0] triple_i, // 3 * data_i; 0 if UseDsp
    output wire [2*W+Lanes-2:0]   sum_o
);
    localparam Bits = 2 * W + Lanes - 1;

    wire [Lanes*Bits-1:0] products;
    wire [Bits-1:0]       sum;

    genvar p;
    generate
        for (p = 0; p < Lanes; p = p + 1) begin : gen_lane
            wire [2*W-1:0] product;
            if (UseDsp != 0) begin : gen_dsp
                wire signed [W-1:0] weight = weights_i[p*W+:W];
                wire signed [W-1:0] data = data_i[p*W+:W];
                (* use_dsp = "yes" *) wire signed [2*W-1:0] dsp_product;
                assign dsp_product = weight * data;
                assign product = dsp_product;
                wire unused = &{1'b0, triple_i[p*(W+2)+:W+2]};
            end else begin : gen_lut
                lut_multiplier #(.W(W)) lut_multiplier (
                    .weight_i(weights_i[p*W+:W]), .data_i(data_i[p*W+:W]), .triple_i(triple_i[p*(W+2)+:W+2]),
                    .product_o(product)
                );
            end
            assign products[p*Bits+:Bits] = {{(Bits - 2 * W + 1) {product[2*W-1]}}, product[2*W-2:0]};
        end
        if (Lanes == 1) begin : gen_one
            assign sum = products;
        end else begin : gen_two
            assign sum = products[0+:Bits] + products[Bits+:Bits];
        end
        if (Registered != 0) begin : gen_registered
            reg [Bits-1:0] sum_q;
            always @(posedge clk_i) if (en_i) sum_q <= sum;
            assign sum_o = sum_q;
        end else begin : gen_combinational
            assign sum_o = sum;
            wire unused = &{1'b0, clk_i, en_i};
        end
    endgenerate
endmodule

`default_nettype wire
