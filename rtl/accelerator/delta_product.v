// Product of a D-bit code and a number that all lanes share, from LUTs: max(1, clog2(Rows)) clocks from the inputs to the
// output.
//
// Two bits of the code choose a row: 0, 1, 2 or 3 times the number. The two highest bits count negative and choose 0, 1, -2
// or -1 times. A tree of adders sums the rows, a clock for each of its levels.
//
// A negative row is only inverted, which makes it too small by 1. The sum that the row goes into adds this 1 as its carry.
// With one row there is no sum here; then carry_o gives the 1 to the accumulator.
`default_nettype none

module delta_product #(
    parameter D = 4,       // bits of the code
    parameter U = 8,       // bits of the number
    parameter Rows = (D + 1) / 2,
    parameter Product = U + 2 * Rows // bits of the product
) (
    input  wire               clk_i,
    input  wire [D-1:0]       code_i,
    input  wire [U-1:0]       once_i,
    input  wire [U+1:0]       triple_i, // 3 * once_i
    output wire [Product-1:0] product_o,
    output wire               carry_o
);
    localparam Levels = Rows > 1 ? $clog2(Rows) : 0;

    genvar level, i;
    generate
        if (Rows == 1) begin : gen_single
            // No sum here: the row's choice merges with the accumulator's LUTs, so the registers are before it.
            reg [D-1:0] code_q;
            reg [U-1:0] once_q;
            wire unused = &{1'b0, triple_i};
            always @(posedge clk_i) begin
                code_q <= code_i;
                once_q <= once_i;
            end
            wire [U+1:0] once = {{2{once_q[U-1]}}, once_q};
            if (D == 1) begin : gen_one
                assign product_o = code_q[0] ? ~once : 0;
                assign carry_o = code_q[0];
            end else begin : gen_two
                assign product_o = code_q[1] ? ~(code_q[0] ? once : once << 1) : (code_q[0] ? once : 0);
                assign carry_o = code_q[1];
            end
        end else begin : gen_rows
            wire [U+1:0] once = {{2{once_i[U-1]}}, once_i};
            wire [Rows*(U+2)-1:0] rows;
            for (i = 0; i < Rows; i = i + 1) begin : gen_row
                if (2 * i + 1 < D - 1) begin : gen_low
                    assign rows[i*(U+2)+:U+2] =
                        code_i[2*i+1] ? (code_i[2*i] ? triple_i : once << 1) : (code_i[2*i] ? once : 0);
                end else if (2 * i + 1 == D - 1) begin : gen_top
                    assign rows[i*(U+2)+:U+2] =
                        code_i[2*i+1] ? ~(code_i[2*i] ? once : once << 1) : (code_i[2*i] ? once : 0);
                end else begin : gen_top_bit
                    assign rows[i*(U+2)+:U+2] = code_i[2*i] ? ~once : 0;
                end
            end
            assign carry_o = 0;
            for (level = 1; level <= Levels; level = level + 1) begin : gen_level
                localparam Here = (Rows + (1 << level) - 1) >> level;
                localparam Below = (Rows + (1 << (level - 1)) - 1) >> (level - 1);
                localparam Bits = U + (2 << level);  // of a sum of 2^level rows
                localparam Shift = 1 << level;       // of a pair's second sum over its first
                localparam Half = Bits - Shift;      // bits of what is summed
                for (i = 0; i < Here; i = i + 1) begin : gen_sum
                    wire [Half-1:0] low;
                    reg [Bits-1:0] sum_q;
                    if (level == 1) begin : gen_low_row
                        assign low = rows[2*i*(U+2)+:U+2];
                    end else begin : gen_low_sum
                        assign low = gen_level[level-1].gen_sum[2*i].sum_q;
                    end
                    if (2 * i + 1 < Below) begin : gen_pair
                        wire [Half-1:0] high;
                        wire carry = level == 1 && 2 * i + 2 == Rows ? code_i[D-1] : 1'b0;
                        if (level == 1) begin : gen_high_row
                            assign high = rows[(2*i+1)*(U+2)+:U+2];
                        end else begin : gen_high_sum
                            assign high = gen_level[level-1].gen_sum[2*i+1].sum_q;
                        end
                        wire [Half:0] upper = {{Shift{low[Half-1]}}, low[Half-1:Shift], 1'b1} + {high, carry};
                        always @(posedge clk_i) sum_q <= {upper[Half:1], low[Shift-1:0]};
                        wire unused = upper[0];
                    end else begin : gen_odd
                        // An odd last row that is the top one gets its carry here.
                        wire carry = level == 1 ? code_i[D-1] : 1'b0;
                        always @(posedge clk_i) sum_q <= {{Shift{low[Half-1]}}, low} + {{(Bits-1){1'b0}}, carry};
                    end
                end
            end
            assign product_o = gen_level[Levels].gen_sum[0].sum_q[Product-1:0];
            wire unused = &{1'b0, gen_level[Levels].gen_sum[0].sum_q};
        end
    endgenerate
endmodule

`default_nettype wire
