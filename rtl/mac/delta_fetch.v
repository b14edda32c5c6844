// The deltas of the group that the operand registers load at the coming edge. Group 0 comes straight from the port;
// every other one was read an edge earlier, so that no wide multiplexer stands before the adders that follow.
`default_nettype none

module delta_fetch #(
    parameter Width = 4,    // bits of a delta
    parameter Count = 32,   // deltas
    parameter Lanes = 1,    // deltas of a group
    parameter GroupBits = 5 // bits of a group's number
) (
    input  wire                   clk_i,
    input  wire                   en_i,
    input  wire                   running_i,    // the coming edge loads a group other than 0
    input  wire [GroupBits-1:0]   group_next_i, // the group after that
    input  wire [Count*Width-1:0] deltas_i,
    output wire [Lanes*Width-1:0] lanes_o
);
    generate
        if (Count == Lanes) begin : gen_one_group
            assign lanes_o = deltas_i;
            wire unused = &{1'b0, clk_i, en_i, running_i, group_next_i};
        end else begin : gen_groups
            wire [Lanes*Width-1:0] lanes_d;
            reg  [Lanes*Width-1:0] lanes_q;
            group_select #(.Width(Width), .Count(Count), .Lanes(Lanes), .GroupBits(GroupBits)) group_select (
                .group_i(group_next_i), .elements_i(deltas_i), .lanes_o(lanes_d)
            );
            always @(posedge clk_i) if (en_i) lanes_q <= lanes_d;
            assign lanes_o = running_i ? lanes_q : deltas_i[0+:Lanes*Width];
        end
    endgenerate
endmodule

`default_nettype wire
