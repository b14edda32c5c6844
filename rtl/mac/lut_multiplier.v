// Product of two signed numbers from LUTs: two bits of the weight choose among 0, 1, 2 and 3 times the data (the two
// highest, whose value is negative, among 0, 1, -2 and -1 times), and a tree of adders sums these rows. Three times the
// data is an input, since it can be had a stage earlier. Combinational. A plain `*` takes Yosys 2.6 times the LUTs.
`default_nettype none

module lut_multiplier #(
    parameter W = 8 // bits of each factor
) (
    input  wire [W-1:0]   weight_i,
    input  wire [W-1:0]   data_i,
    input  wire [W+1:0]   triple_i, // 3 * data_i
    output wire [2*W-1:0] product_o
);
    localparam Rows = (W + 1) / 2;
    localparam Levels = $clog2(Rows);

    wire [W+1:0] once = {{2{data_i[W-1]}}, data_i};
    wire [W+1:0] minus = -once;

    wire unused_triple = &{1'b0, triple_i}; // by W = 2, which has but one row

    genvar level, i;
    generate
        for (level = 0; level <= Levels; level = level + 1) begin : gen_level
            localparam Here = (Rows + (1 << level) - 1) >> level;
            localparam Below = level == 0 ? 0 : (Rows + (1 << (level - 1)) - 1) >> (level - 1);
            // A sum of 2^level rows; each row stands two bits above the one before.
            localparam Bits = W + (2 << level);
            localparam Shift = 1 << level; // of a pair's second sum over its first
            for (i = 0; i < Here; i = i + 1) begin : gen_sum
                wire [Bits-1:0] sum;
                if (level == 0 && 2 * i + 1 < W - 1) begin : gen_row
                    assign sum = weight_i[2*i+1] ? (weight_i[2*i] ? triple_i : once << 1) : (weight_i[2*i] ? once : 0);
                end else if (level == 0 && 2 * i + 1 == W - 1) begin : gen_last_row
                    assign sum = weight_i[W-1] ? (weight_i[W-2] ? minus : minus << 1) : (weight_i[W-2] ? once : 0);
                end else if (level == 0) begin : gen_last_row_of_one_bit
                    assign sum = weight_i[W-1] ? minus : 0;
                end else begin : gen_add
                    localparam Half = Bits - Shift;
                    wire [Half-1:0] low = gen_level[level-1].gen_sum[2*i].sum;
                    if (2 * i + 1 < Below) begin : gen_pair
                        // The first sum's lowest bits meet nothing.
                        wire [Half-1:0] high = gen_level[level-1].gen_sum[2*i+1].sum;
                        assign sum = {{{Shift{low[Half-1]}}, low[Half-1:Shift]} + high, low[Shift-1:0]};
                    end else begin : gen_odd
                        assign sum = {{Shift{low[Half-1]}}, low};
                    end
                end
            end
        end
    endgenerate

    assign product_o = gen_level[Levels].gen_sum[0].sum[2*W-1:0];
    if (W + (2 << Levels) > 2 * W) begin : gen_unused
        wire unused = &{1'b0, gen_level[Levels].gen_sum[0].sum[W+(2<<Levels)-1:2*W]};
    end
endmodule

`default_nettype wire
