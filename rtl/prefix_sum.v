// Running sums over lanes: sum p = lane 0 + ... + lane p, signed and exact. A Kogge-Stone network of adders, so
// log2(Lanes) adders deep. Combinational.
`default_nettype none

module prefix_sum #(
    parameter Width = 4,  // bits of a lane
    parameter Lanes = 1,
    parameter SumBits = 4 // bits of a sum: Width + clog2(Lanes) hold any
) (
    input  wire [Lanes*Width-1:0]   lanes_i,
    output wire [Lanes*SumBits-1:0] sums_o
);
    localparam Levels = $clog2(Lanes);

    genvar level, p;
    generate
        for (level = 0; level <= Levels; level = level + 1) begin : gen_level
            wire [Lanes*SumBits-1:0] sums;
            for (p = 0; p < Lanes; p = p + 1) begin : gen_lane
                if (level == 0) begin : gen_extend
                    if (SumBits == Width) begin : gen_same
                        assign sums[p*SumBits+:SumBits] = lanes_i[p*Width+:Width];
                    end else begin : gen_wider
                        assign sums[p*SumBits+:SumBits] = {
                            {(SumBits - Width) {lanes_i[p*Width+Width-1]}}, lanes_i[p*Width+:Width]
                        };
                    end
                end else if (p < 1 << (level - 1)) begin : gen_done
                    assign sums[p*SumBits+:SumBits] = gen_level[level-1].sums[p*SumBits+:SumBits];
                end else begin : gen_add
                    assign sums[p*SumBits+:SumBits] = gen_level[level-1].sums[p*SumBits+:SumBits]
                        + gen_level[level-1].sums[(p-(1<<(level-1)))*SumBits+:SumBits];
                end
            end
        end
    endgenerate

    assign sums_o = gen_level[Levels].sums;
endmodule

`default_nettype wire
