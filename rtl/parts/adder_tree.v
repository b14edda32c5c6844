// Sum of Count numbers modulo 2^Width. Neighbours are added pair by pair, so clog2(Count) adders deep. Combinational.
`default_nettype none

module adder_tree #(
    parameter Width = 16, // bits of an operand and of the sum
    parameter Count = 1
) (
    input  wire [Count*Width-1:0] operands_i,
    output wire [Width-1:0]       sum_o
);
    localparam Levels = $clog2(Count);

    genvar level, i;
    generate
        for (level = 0; level <= Levels; level = level + 1) begin : gen_level
            localparam Here = (Count + (1 << level) - 1) >> level;
            localparam Below = level == 0 ? 0 : (Count + (1 << (level - 1)) - 1) >> (level - 1);
            wire [Here*Width-1:0] sums;
            if (level == 0) begin : gen_operands
                assign sums = operands_i;
            end else begin : gen_sums
                for (i = 0; i < Here; i = i + 1) begin : gen_sum
                    if (2 * i + 1 < Below) begin : gen_pair
                        assign sums[i*Width+:Width] = gen_level[level-1].sums[(2*i)*Width+:Width]
                            + gen_level[level-1].sums[(2*i+1)*Width+:Width];
                    end else begin : gen_odd
                        assign sums[i*Width+:Width] = gen_level[level-1].sums[(2*i)*Width+:Width];
                    end
                end
            end
        end
    endgenerate

    assign sum_o = gen_level[Levels].sums;
endmodule

`default_nettype wire
