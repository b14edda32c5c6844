// Running sums over lanes: sum p = lane 0 + ... + lane p, signed and exact. A Kogge-Stone network of adders, so
// log2(Lanes) adders deep; each level's are one bit wider than the last's. Combinational.
`default_nettype none

module prefix_sum #(
    parameter Width = 4, // bits of a lane; a sum has clog2(Lanes) more
    parameter Lanes = 1
) (
    input  wire [Lanes*Width-1:0]                   lanes_i,
    output wire [Lanes*(Width+$clog2(Lanes))-1:0] sums_o
);
    localparam Levels = $clog2(Lanes);

    genvar level, p;
    generate
        for (level = 0; level <= Levels; level = level + 1) begin : gen_level
            localparam Bits = Width + level;
            localparam Reach = level == 0 ? 0 : 1 << (level - 1);
            wire [Lanes*Bits-1:0] sums;
            if (level == 0) begin : gen_lanes
                assign sums = lanes_i;
            end else begin : gen_sums
                for (p = 0; p < Lanes; p = p + 1) begin : gen_lane
                    wire [Bits-2:0] here = gen_level[level-1].sums[p*(Bits-1)+:Bits-1];
                    if (p < Reach) begin : gen_done
                        assign sums[p*Bits+:Bits] = {here[Bits-2], here};
                    end else begin : gen_add
                        wire [Bits-2:0] left = gen_level[level-1].sums[(p-Reach)*(Bits-1)+:Bits-1];
                        assign sums[p*Bits+:Bits] = {here[Bits-2], here} + {left[Bits-2], left};
                    end
                end
            end
        end
    endgenerate

    assign sums_o = gen_level[Levels].sums;
endmodule

`default_nettype wire
