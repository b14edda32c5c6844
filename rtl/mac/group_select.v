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
    localparam GroupWidth = Lanes * Width;
    // Groups that begin at a multiple of a power of two are selected by plain multiplexers, others by a shifter.
    localparam Log2Stride = $clog2(GroupWidth);
    localparam Stride = 1 << Log2Stride;

    genvar g;
    generate
        if (Groups == 1) begin : gen_all
            assign lanes_o = elements_i;
            wire unused = &{1'b0, group_i};
        end else begin : gen_select
            wire [Groups*Stride-1:0] groups;
            if (Groups * Stride == Count * Width) begin : gen_aligned
                assign groups = elements_i;
            end else begin : gen_align
                for (g = 0; g < Groups; g = g + 1) begin : gen_group
                    localparam Here = (g + 1) * Lanes <= Count ? GroupWidth : (Count - g * Lanes) * Width;
                    if (Here == Stride) begin : gen_full
                        assign groups[g*Stride+:Stride] = elements_i[g*GroupWidth+:Stride];
                    end else begin : gen_padded
                        assign groups[g*Stride+:Stride] = {{(Stride - Here) {1'b0}}, elements_i[g*GroupWidth+:Here]};
                    end
                end
            end
            if (Log2Stride == 0) begin : gen_bit
                assign lanes_o = groups[group_i+:1];
            end else begin : gen_wide
                assign lanes_o = groups[{group_i, {Log2Stride{1'b0}}}+:GroupWidth];
            end
        end
    endgenerate
endmodule

`default_nettype wire
