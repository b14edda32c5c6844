// The data of one group in operand registers (stage 1): those of group_i at the last edge with en_i high; and, where
// lut_multiplier wants them, three times as much.
`default_nettype none

module data_fetch #(
    parameter Width = 8,     // bits of an element
    parameter Count = 32,    // elements
    parameter Lanes = 1,     // elements of a group
    parameter GroupBits = 5, // bits of a group's number
    parameter Triple = 0     // 1: triple_o is wanted; 0: it is 0
) (
    input  wire                       clk_i,
    input  wire                       en_i,
    input  wire [GroupBits-1:0]       group_i,
    input  wire [Count*Width-1:0]     elements_i,
    output wire [Lanes*Width-1:0]     data_o,
    output wire [Lanes*(Width+2)-1:0] triple_o
);
    wire [Lanes*Width-1:0] data_d;
    reg  [Lanes*Width-1:0] data_q;

    group_select #(.Width(Width), .Count(Count), .Lanes(Lanes), .GroupBits(GroupBits)) group_select (
        .group_i(group_i), .elements_i(elements_i), .lanes_o(data_d)
    );

    always @(posedge clk_i) if (en_i) data_q <= data_d;
    assign data_o = data_q;

    genvar p;
    generate
        if (Triple != 0) begin : gen_triple
            reg [Lanes*(Width+2)-1:0] triple_q;
            for (p = 0; p < Lanes; p = p + 1) begin : gen_lane
                wire [Width+1:0] once = {{2{data_d[p*Width+Width-1]}}, data_d[p*Width+:Width]};
                always @(posedge clk_i) if (en_i) triple_q[p*(Width+2)+:Width+2] <= once + (once << 1);
            end
            assign triple_o = triple_q;
        end else begin : gen_none
            assign triple_o = {(Lanes * (Width + 2)) {1'b0}};
        end
    endgenerate
endmodule

`default_nettype wire
