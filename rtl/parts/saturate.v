// The signed number of OutBits nearest to a signed number of InBits >= OutBits. Combinational. Two flags, each of few
// loads before it, decide all output bits: the sign alone would have to reach every one.
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
            wire above = !sign && |value_i[InBits-2:OutBits-1];
            wire below = sign && !(&value_i[InBits-2:OutBits-1]);
            assign value_o[OutBits-1] = (value_i[OutBits-1] || below) && !above;
            assign value_o[OutBits-2:0] = (value_i[OutBits-2:0] | {(OutBits - 1) {above}}) & ~{(OutBits - 1) {below}};
        end
    endgenerate
endmodule

`default_nettype wire
