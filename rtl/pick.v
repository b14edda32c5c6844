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
        for (b = 0; b < Width; b = b + 1) begin : gen_bit
            wire [(1<<IndexBits)-1:0] column;
            for (i = 0; i < (1 << IndexBits); i = i + 1) begin : gen_word
                if (i < Count) begin : gen_word_bit
                    assign column[i] = words_i[i*Width+b];
                end else begin : gen_nothing
                    assign column[i] = 1'b0;
                end
            end
            assign word_o[b] = column[index_i];
        end
    endgenerate
endmodule

`default_nettype wire
