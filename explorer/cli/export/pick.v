// Stands in for rtl/pick.v in Icarus Verilog alone, which would evaluate the thousands of single bits there again for
// every word that changes, and take twenty times as long. The same function; Vivado and Verilator see rtl/pick.v.
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
    assign word_o = index_i < Count ? words_i[index_i*Width+:Width] : {Width{1'b0}};
endmodule

`default_nettype wire
