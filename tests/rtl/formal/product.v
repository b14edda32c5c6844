// The lanes' LUT product, its registers taken as wires: product + carry = code * number, as two's complements.
// Wrong: the carry is forgotten (of the codes that have one).
module prove_product #(parameter D = 4, parameter U = 8, parameter Wrong = 0) (
    input [D-1:0] code, input [U-1:0] number, output good
);
    localparam Product = U + 2 * ((D + 1) / 2);
    wire [Product-1:0] product;
    wire carry;
    wire [U+1:0] triple = {{2{number[U-1]}}, number} + {number[U-1], number, 1'b0};
    delta_product #(.D(D), .U(U)) dut (
        .clk_i(1'b0), .code_i(code), .once_i(number), .triple_i(triple), .product_o(product), .carry_o(carry)
    );
    wire signed [Product-1:0] a = {{(Product-D){code[D-1]}}, code}, b = {{(Product-U){number[U-1]}}, number};
    wire [Product-1:0] exact = a * b;
    assign good = product + (Wrong ? 1'b0 : carry) == exact;
endmodule

// A register as a wire: what a pipeline computes of inputs that stand still.
(* techmap_celltype = "$dff" *)
module register_as_wire (CLK, D, Q);
    parameter WIDTH = 1, CLK_POLARITY = 1;
    input CLK;
    input [WIDTH-1:0] D;
    output [WIDTH-1:0] Q;
    assign Q = D;
endmodule
