// The signed number of OutBits nearest to a signed number of InBits >= OutBits. Combinational.
`default_nettype none

module saturate #(
    parameter InBits = 9,
    parameter OutBits = 8
) (
    input  wire [InBits-1:0]  value_i,
    output wire [OutBits-1:0] value_o
);
    generate
        if (InBits == OutBits) begin : gen_same
            assign value_o = value_i;
        end else begin : gen_clip
            wire sign = value_i[InBits-1];
            wire [InBits-OutBits:0] top = value_i[InBits-1:OutBits-1];
            wire fits = &top || !(|top);
            assign value_o = fits ? value_i[OutBits-1:0] : {sign, {(OutBits - 1) {!sign}}};
        end
    endgenerate
endmodule

`default_nettype wire
