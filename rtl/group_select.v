// Group group_i of Lanes neighbouring elements out of Count; elements past the last are 0.
// Combinational.
`default_nettype none

module group_select #(
    parameter Width = 8,    // bits of an element
    parameter Count = 32,   // elements
    parameter Lanes = 1,    // elements of a group
    parameter GroupBits = 5 // bits of a group's number
) (
    input  wire [GroupBits-1:0]   group_i,
    input  wire [Count*Width-1:0] elements_i,
    output wire [Lanes*Width-1:0] lanes_o
);
    localparam Groups = (Count + Lanes - 1) / Lanes;

    generate
        if (Groups == 1) begin : gen_all
            assign lanes_o = elements_i;
            wire unused = &{1'b0, group_i};
        end else begin : gen_select
            wire [Groups*Lanes*Width-1:0] padded;
            if (Groups * Lanes == Count) begin : gen_exact
                assign padded = elements_i;
            end else begin : gen_padded
                assign padded = {{((Groups * Lanes - Count) * Width) {1'b0}}, elements_i};
            end
            assign lanes_o = padded[group_i*(Lanes*Width)+:Lanes*Width];
        end
    endgenerate
endmodule

`default_nettype wire
