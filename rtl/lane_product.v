// One lane's registered product of two signed numbers: product_o is weight_i * data_i of the last edge with en_i high.
`default_nettype none

module lane_product #(
    parameter W = 8,     // bits of each factor
    parameter UseDsp = 1 // 1: one DSP slice, 0: LUTs
) (
    input  wire           clk_i,
    input  wire           en_i,
    input  wire [W-1:0]   weight_i,
    input  wire [W-1:0]   data_i,
    output wire [2*W-1:0] product_o
);
    wire signed [2*W-1:0] weight = {{W{weight_i[W-1]}}, weight_i};
    wire signed [2*W-1:0] data = {{W{data_i[W-1]}}, data_i};

    generate
        if (UseDsp != 0) begin : gen_dsp
            (* use_dsp = "yes" *) reg signed [2*W-1:0] product_q;
            always @(posedge clk_i) if (en_i) product_q <= weight * data;
            assign product_o = product_q;
        end else begin : gen_lut
            (* use_dsp = "no" *) reg signed [2*W-1:0] product_q;
            always @(posedge clk_i) if (en_i) product_q <= weight * data;
            assign product_o = product_q;
        end
    endgenerate
endmodule

`default_nettype wire
