// One weight from its base and delta: saturate to W bits (base_i + delta_i * 2^Shift), the sum itself exact; with Wrap the
// lowest W bits of the sum. Combinational.
`default_nettype none

module rebuild #(
    parameter BaseBits = 8,  // bits of the base
    parameter DeltaBits = 4, // bits of the delta, fewer than of the sum
    parameter SumBits = 9,   // bits that hold their sum
    parameter Shift = 0,     // a delta d stands for d * 2^Shift
    parameter W = 8,         // bits of the weight
    parameter Wrap = 0       // 1: wrap to W bits, 0: saturate
) (
    input  wire [BaseBits-1:0]  base_i,
    input  wire [DeltaBits-1:0] delta_i,
    output wire [W-1:0]         weight_o
);
    wire [SumBits-1:0] base = {{(SumBits - BaseBits + 1) {base_i[BaseBits-1]}}, base_i[BaseBits-2:0]};
    wire [SumBits-1:0] delta = {{(SumBits - DeltaBits) {delta_i[DeltaBits-1]}}, delta_i};
    wire [SumBits-1:0] sum = base + (delta << Shift);

    generate
        if (Wrap != 0) begin : gen_wrap
            assign weight_o = sum[W-1:0];
            wire unused = &{1'b0, sum};
        end else begin : gen_saturate
            saturate #(.InBits(SumBits), .OutBits(W)) saturate (.value_i(sum), .value_o(weight_o));
        end
    endgenerate
endmodule

`default_nettype wire
