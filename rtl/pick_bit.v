// One of Count bits, the index_i-th, in a module of its own: so mapped, 16 bits are two levels of LUT6. Mapped together,
// the bits of a word share the decoding of the index, and those nets go everywhere.
`default_nettype none

(* keep_hierarchy = "yes" *)
module pick_bit #(
    parameter Count = 4,
    parameter IndexBits = Count > 1 ? $clog2(Count) : 1
) (
    input  wire [IndexBits-1:0] index_i,
    input  wire [Count-1:0]     bits_i,
    output wire                 bit_o
);
    localparam Places = 1 << IndexBits;
    wire [Places:0] padded = {{(Places+1-Count){1'b0}}, bits_i};
    wire unused = padded[Places];
    wire [Places-1:0] places = padded[Places-1:0];
    assign bit_o = places[index_i];
endmodule

`default_nettype wire
