// A group of lanes from LUTs. Each adds code * number of every beat to an accumulator of its own; capture_i, a clock
// before the last beat is in, copies the sums out, and a clock without beat clears them. Inputs are registered here, once
// for the group: they fan out no further. Stages of delta_product lie between beat and accumulator.
`default_nettype none

(* keep_hierarchy = "yes" *)
module lut_lanes #(
    parameter Lanes = 8,
    parameter D = 4,     // bits of a code
    parameter U = 8,     // bits of the number
    parameter Acc = 20   // bits of an accumulator
) (
    input  wire                 clk_i,
    input  wire                 idle_i,    // no beat; with once_i
    input  wire                 capture_i,
    input  wire [U-1:0]         once_i,
    input  wire [U+1:0]         triple_i,  // 3 * once_i
    input  wire [Lanes*D-1:0]   codes_i,   // a clock after once_i
    output wire [Lanes*Acc-1:0] sums_o
);
    localparam Rows = (D + 1) / 2;
    localparam Stages = Rows > 1 ? $clog2(Rows) : 1;
    localparam Product = U + 2 * Rows;

    reg [U-1:0] once_q;
    reg [U+1:0] triple_q;
    reg [Stages:0] idle_q; // the last: the product's
    reg capture_q;
    always @(posedge clk_i) begin
        once_q <= once_i;
        triple_q <= triple_i;
        idle_q <= {idle_q[Stages-1:0], idle_i};
        capture_q <= capture_i;
    end

    genvar k;
    generate
        for (k = 0; k < Lanes; k = k + 1) begin : gen_lane
            wire [Product-1:0] product;
            wire carry;
            delta_product #(.D(D), .U(U)) u_product (
                .clk_i(clk_i), .code_i(codes_i[k*D+:D]), .once_i(once_q), .triple_i(triple_q), .product_o(product),
                .carry_o(carry)
            );
            wire [Acc-1:0] addend;
            if (Product < Acc) begin : gen_extend
                assign addend = {{(Acc-Product){product[Product-1]}}, product};
            end else begin : gen_cut
                assign addend = product[Acc-1:0];
                if (Product > Acc) begin : gen_unused
                    wire unused = &{1'b0, product[Product-1:Acc]};
                end
            end
            reg [Acc-1:0] sum_q, out_q;
            wire [Acc:0] sum = {sum_q, 1'b1} + {addend, carry};
            wire unused = sum[0];
            always @(posedge clk_i) begin
                if (idle_q[Stages]) sum_q <= 0;
                else sum_q <= sum[Acc:1];
                if (capture_q) out_q <= sum_q;
            end
            assign sums_o[k*Acc+:Acc] = out_q;
        end
    endgenerate
endmodule

`default_nettype wire
