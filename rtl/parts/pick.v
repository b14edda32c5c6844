// One of Count words, the index_i-th. Bit by bit, so that synthesis sees multiplexers and no multiplication of the index.
`default_nettype none

module pick #(
    parameter Count = 4,
    parameter Width = 8,
    parameter IndexBits = Count > 1 ? $clog2(Count) : 1
) (
    input  wire [IndexBits-1:0]   index_i,
    input  wire [Count*Width-1:0] words_i,
    output wire [Width-1:0]       word_o
);
    genvar b, i;
    generate
        if (Count == 1) begin : gen_wire
            wire unused = &{1'b0, index_i};
            assign word_o = words_i;
        end else begin : gen_bits
            for (b = 0; b < Width; b = b + 1) begin : gen_bit
                wire [Count-1:0] column;
                for (i = 0; i < Count; i = i + 1) begin : gen_word
                    assign column[i] = words_i[i*Width+b];
                end
                pick_bit #(.Count(Count), .IndexBits(IndexBits)) u_bit (
                    .index_i(index_i), .bits_i(column), .bit_o(word_o[b])
                );
            end
        end
    endgenerate
endmodule

`default_nettype wire
