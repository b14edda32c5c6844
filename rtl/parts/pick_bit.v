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
    // Places that no index asks for repeat the bits: 0 there would cost a level (13 of 16: three instead of two).
    wire [Places-1:0] places;
    genvar i;
    generate
        for (i = 0; i < Places; i = i + 1) begin : gen_place
            assign places[i] = bits_i[i%Count];
        end
    endgenerate
    assign bit_o = places[index_i];
endmodule

`default_nettype wire
