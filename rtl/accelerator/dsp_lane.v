// One DSP48E1 as one lane, or, with Paired, as two.
//
// A pair has one product and one accumulator. The factor is {odd code, zeros, even code + 2^(D-1)}: the even code is in
// its lowest K = 25 - D bits, the odd one above. The accumulator then has the even sum in its lowest K bits and the odd sum
// above them. Where the even sum is negative, it has taken 1 from the odd one. pair_correction mends both when they are
// read.
//
// The clocks are those of lut_lanes. Code and number go into a register, their product into the next, and the sum into
// the third. Stages - 1 registers before these make up for the stages of delta_product.
`default_nettype none

(* keep_hierarchy = "yes" *)
module dsp_lane #(
    parameter D = 4,
    parameter U = 8,
    parameter Acc = 20,
    parameter Paired = 1,
    parameter Lanes = Paired != 0 ? 2 : 1
) (
    input  wire                 clk_i,
    input  wire                 idle_i,    // no beat; with once_i
    input  wire                 capture_i,
    input  wire [U-1:0]         once_i,
    input  wire [Lanes*D-1:0]   codes_i, // a clock after once_i
    output wire [Lanes*Acc-1:0] sums_o
);
    localparam Rows = (D + 1) / 2;
    localparam Stages = Rows > 1 ? $clog2(Rows) : 1;
    localparam K = 25 - D;
    localparam CodeBits = Paired != 0 ? 25 : D;

    reg [Stages:0] idle_q;
    reg capture_q;
    always @(posedge clk_i) begin
        idle_q <= {idle_q[Stages-1:0], idle_i};
        capture_q <= capture_i;
    end

    wire signed [U-1:0] number;
    wire [Lanes*D-1:0] codes;
    reg signed [U-1:0] number_q;
    always @(posedge clk_i) number_q <= number;
    delay #(.Width(U), .Stages(Stages-1)) u_number (.clk_i(clk_i), .rst_ni(1'b1), .data_i(once_i), .data_o(number));
    delay #(.Width(Lanes*D), .Stages(Stages-1)) u_codes (.clk_i(clk_i), .rst_ni(1'b1), .data_i(codes_i), .data_o(codes));

    wire signed [CodeBits-1:0] code;
    reg signed [CodeBits+U-1:0] product_q;
    wire signed [47:0] product = {{(48-CodeBits-U){product_q[CodeBits+U-1]}}, product_q};
    reg signed [47:0] sum_q;
    always @(posedge clk_i) begin
        product_q <= code * number_q;
        if (idle_q[Stages]) sum_q <= 0;
        else sum_q <= sum_q + product;
    end

    reg [Lanes*Acc-1:0] out_q;
    wire [Lanes*Acc-1:0] sums;
    always @(posedge clk_i) if (capture_q) out_q <= sums;
    assign sums_o = out_q;

    generate
        if (Paired != 0) begin : gen_paired
            assign code = {codes[2*D-1:D], {(K-D){1'b0}}, codes[D-1:0]};
            assign sums = {sum_q[K+:Acc], sum_q[Acc-1:0]};
            wire unused = &{1'b0, sum_q};
        end else begin : gen_single
            assign code = codes;
            assign sums = sum_q[Acc-1:0];
            wire unused = &{1'b0, sum_q};
        end
    endgenerate
endmodule

`default_nettype wire
