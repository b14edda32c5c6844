// The weight words of a network, one after the other and round again: a word is at the output two clocks after next_i.
// The lowest BlockBits bits of the words lie in block RAM, cut by depth into chunks (an odd depth wastes less), the
// others in LUTs.
`default_nettype none

module weight_memory #(
    parameter Words = 944,
    parameter Width = 128,     // bits of a word
    parameter BlockBits = 128,
    parameter ChunkCount = 1,
    parameter [16*(ChunkCount>0?ChunkCount:1)-1:0] ChunkDepths = 16'd944 // 16 bits each, the first lowest
) (
    input  wire             clk_i,
    input  wire             rst_ni,
    input  wire             next_i,
    output wire [Width-1:0] word_o
);
    localparam AddressBits = Words > 1 ? $clog2(Words) : 1;
    localparam Last = Words - 1;

    function integer start(input integer chunk); // first word of a chunk
        integer i;
        begin
            start = 0;
            for (i = 0; i < chunk; i = i + 1) start = start + {16'b0, ChunkDepths[16*i+:16]};
        end
    endfunction

    reg [AddressBits-1:0] address_q;
    always @(posedge clk_i)
        if (!rst_ni) address_q <= 0;
        else if (next_i) address_q <= address_q == Last[AddressBits-1:0] ? 0 : address_q + 1;

    genvar c;
    generate
        if (BlockBits > 0) begin : gen_block
            localparam ChunkBits = ChunkCount > 1 ? $clog2(ChunkCount) : 1;
            wire [ChunkCount*BlockBits-1:0] words;
            // The address within a chunk and which chunk, counted rather than computed.
            reg [AddressBits-1:0] local_q;
            reg [ChunkBits-1:0] chunk_q, chunk_read_q;
            reg [ChunkCount-1:0] at_end;
            integer i;
            always @*
                for (i = 0; i < ChunkCount; i = i + 1)
                    at_end[i] = {{(32-ChunkBits){1'b0}}, chunk_q} == i
                        && {{(32-AddressBits){1'b0}}, local_q} == {16'b0, ChunkDepths[16*i+:16]} - 1;
            always @(posedge clk_i) begin
                chunk_read_q <= chunk_q;
                if (!rst_ni) begin
                    local_q <= 0;
                    chunk_q <= 0;
                end else if (next_i) begin
                    local_q <= |at_end ? 0 : local_q + 1;
                    if (|at_end) chunk_q <= chunk_q == ChunkCount - 1 ? 0 : chunk_q + 1;
                end
            end
            for (c = 0; c < ChunkCount; c = c + 1) begin : gen_chunk
                localparam Depth = {16'b0, ChunkDepths[16*c+:16]};
                localparam Bits = Depth > 1 && Depth <= Words ? $clog2(Depth) : 1;
                localparam [7:0] Digit = "0" + c % 10;
                localparam [7:0] Tens = "0" + c / 10;
                (* ram_style = "block", rom_style = "block" *) reg [BlockBits-1:0] memory[0:Depth-1];
                reg [BlockBits-1:0] word_q;
`ifdef VERILATOR
                string folder;
                initial begin
                    if ($value$plusargs("memories=%s", folder) == 0) folder = ".";
                    if (c < 10) $readmemh({folder, "/weights_b", Digit, ".hex"}, memory);
                    else $readmemh({folder, "/weights_b", Tens, Digit, ".hex"}, memory);
                end
`else
                if (c < 10) begin : gen_file
                    initial $readmemh({"weights_b", Digit, ".hex"}, memory);
                end else begin : gen_file
                    initial $readmemh({"weights_b", Tens, Digit, ".hex"}, memory);
                end
`endif
                always @(posedge clk_i) word_q <= memory[local_q[Bits-1:0]];
                assign words[c*BlockBits+:BlockBits] = word_q;
            end
            wire [BlockBits-1:0] word;
            pick #(.Count(ChunkCount), .Width(BlockBits)) u_pick (
                .index_i(chunk_read_q), .words_i(words), .word_o(word)
            );
            reg [BlockBits-1:0] word_q;
            always @(posedge clk_i) word_q <= word;
            assign word_o[BlockBits-1:0] = word_q;
        end
        if (BlockBits < Width) begin : gen_lut
            rom #(.Depth(Words), .Width(Width-BlockBits), .File("weights_l.hex"), .Block(0)) u_rom (
                .clk_i(clk_i), .address_i(address_q), .data_o(word_o[Width-1:BlockBits])
            );
        end
    endgenerate
endmodule

`default_nettype wire
