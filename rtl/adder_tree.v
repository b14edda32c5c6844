// Sum of Count signed numbers, sign-extended to SumBits; exact if SumBits >= Width + clog2(Count). Neighbours are
// added pair by pair, so clog2(Count) adders deep. Combinational.
`default_nettype none

module adder_tree #(
    parameter Width = 16, // bits of an operand
    parameter Count = 1,
    parameter SumBits = 16
) (
    input  wire [Count*Width-1:0] operands_i,
    output wire [SumBits-1:0]     sum_o
);
    localparam Levels = $clog2(Count);

    genvar level, i;
    generate
        for (level = 0; level <= Levels; level = level + 1) begin : gen_level
            localparam Here = (Count + (1 << level) - 1) >> level;
            wire [Here*SumBits-1:0] sums;
            for (i = 0; i < Here; i = i + 1) begin : gen_sum
                if (level == 0) begin : gen_extend
                    if (SumBits == Width) begin : gen_same
                        assign sums[i*SumBits+:SumBits] = operands_i[i*Width+:Width];
                    end else begin : gen_wider
                        assign sums[i*SumBits+:SumBits] = {
                            {(SumBits - Width) {operands_i[i*Width+Width-1]}}, operands_i[i*Width+:Width]
                        };
                    end
                end else if (2 * i + 1 < (Count + (1 << (level - 1)) - 1) >> (level - 1)) begin : gen_add
                    assign sums[i*SumBits+:SumBits] = gen_level[level-1].sums[(2*i)*SumBits+:SumBits]
                        + gen_level[level-1].sums[(2*i+1)*SumBits+:SumBits];
                end else begin : gen_odd
                    assign sums[i*SumBits+:SumBits] = gen_level[level-1].sums[(2*i)*SumBits+:SumBits];
                end
            end
        end
    endgenerate

    assign sum_o = gen_level[Levels].sums;
endmodule

`default_nettype wire
