// One lane's sum out of P, two clocks after its index: first one of every 16, then one of these.
`default_nettype none

module lane_select #(
    parameter P = 32,
    parameter Width = 20,
    parameter IndexBits = P > 1 ? $clog2(P) : 1
) (
    input  wire                 clk_i,
    input  wire [IndexBits-1:0] index_i,
    input  wire [P*Width-1:0]   sums_i,
    output reg  [Width-1:0]     sum_o
);
    localparam Groups = (P + 15) / 16;
    localparam GroupBits = Groups > 1 ? $clog2(Groups) : 1;

    wire [3:0] low;
    wire [GroupBits-1:0] high;
    generate
        if (IndexBits > 4) begin : gen_high
            assign low = index_i[3:0];
            assign high = index_i[IndexBits-1:4];
        end else begin : gen_low
            wire [IndexBits+3:0] wide = {4'b0, index_i};
            wire unused = &{1'b0, wide};
            assign low = wide[3:0];
            assign high = 0;
        end
    endgenerate

    reg [GroupBits-1:0] high_q;
    wire [Groups*Width-1:0] words;
    wire [Width-1:0] word;
    genvar g;
    generate
        for (g = 0; g < Groups; g = g + 1) begin : gen_group
            localparam Lanes = P - 16 * g < 16 ? P - 16 * g : 16;
            wire [16*Width:0] sums = {{((16-Lanes)*Width+1){1'b0}}, sums_i[16*g*Width+:Lanes*Width]};
            wire [Width-1:0] lane;
            reg [Width-1:0] lane_q;
            wire unused = sums[16*Width];
            pick #(.Count(16), .Width(Width)) u_pick (.index_i(low), .words_i(sums[16*Width-1:0]), .word_o(lane));
            always @(posedge clk_i) lane_q <= lane;
            assign words[g*Width+:Width] = lane_q;
        end
    endgenerate
    pick #(.Count(Groups), .Width(Width)) u_pick (.index_i(high_q), .words_i(words), .word_o(word));
    always @(posedge clk_i) begin
        high_q <= high;
        sum_o <= word;
    end
endmodule

`default_nettype wire
