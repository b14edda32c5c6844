// One weight from its base and delta: saturate to W bits (base_i + delta_i * 2^Shift), the sum itself exact.
// Combinational.
`default_nettype none

module rebuild #(
    parameter BaseBits = 8,  // bits of the base
    parameter DeltaBits = 4, // bits of the delta, fewer than of the sum
    parameter SumBits = 9,   // bits that hold their sum
    parameter Shift = 0,     // a delta d stands for d * 2^Shift
    parameter W = 8          // bits of the weight
) (
    input  wire [BaseBits-1:0]  base_i,
    input  wire [DeltaBits-1:0] delta_i,
    output wire [W-1:0]         weight_o
);
    wire [SumBits-1:0] base = {{(SumBits - BaseBits + 1) {base_i[BaseBits-1]}}, base_i[BaseBits-2:0]};
    wire [SumBits-1:0] delta = {{(SumBits - DeltaBits) {delta_i[DeltaBits-1]}}, delta_i};
    wire [SumBits-1:0] sum = base + (delta << Shift);

    saturate #(.InBits(SumBits), .OutBits(W)) saturate (.value_i(sum), .value_o(weight_o));
endmodule

`default_nettype wire
