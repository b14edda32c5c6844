// The weight words of a network, one after the other and round again: a word is at the output three clocks after next_i.
// The lowest BlockBits bits of the words lie in block RAM, cut by depth into chunks (an odd depth wastes less), the
// others in LUTs. Many chunks or pages are selected in two steps, with a register between them; few in one, and their
// addresses wait a clock instead.
`default_nettype none

module weight_memory #(
    parameter Words = 944,
    parameter Width = 128,     // bits of a word
    parameter Contents = 0,    // 1: read the files; see rom.v
    parameter BlockBits = 128,
    parameter ChunkCount = 1,
    parameter [16*(ChunkCount>0?ChunkCount:1)-1:0] ChunkDepths = 16'd944 // 16 bits each, the first lowest
) (
    input  wire             clk_i,
    input  wire             rst_ni,
    input  wire             next_i,
    output wire [Width-1:0] word_o
);
    localparam Least = 4;        // chunks that one LUT6 a bit selects from
    localparam LeastPages = 16;  // of 64 words, that two levels of LUT6 select from
    localparam TwoSteps = ChunkCount > Least;
    localparam TwoStepsLut = (Words + 63) / 64 > LeastPages;

    reg next_q;
    always @(posedge clk_i) next_q <= rst_ni && next_i;

    genvar c;
    generate
        if (BlockBits > 0) begin : gen_block
            localparam ChunkBits = ChunkCount > 1 ? $clog2(ChunkCount) : 1;
            localparam AddressBits = Words > 1 ? $clog2(Words) : 1;
            wire next_block = TwoSteps ? next_i : next_q;
            wire [ChunkCount*BlockBits-1:0] words;
            // The address within a chunk and which chunk, counted rather than computed; the ends are seen a word ahead.
            reg [AddressBits-1:0] local_q;
            reg [ChunkBits-1:0] chunk_q, chunk_read_q;
            reg end_q, final_q; // this is its chunk's last word; the last chunk
            reg [ChunkCount-1:0] before_end, single;
            integer i;
            always @* begin
                for (i = 0; i < ChunkCount; i = i + 1) begin
                    before_end[i] = {{(32-ChunkBits){1'b0}}, chunk_q} == i
                        && {{(32-AddressBits){1'b0}}, local_q} == {16'b0, ChunkDepths[16*i+:16]} - 2;
                    // the chunk after this one has one word
                    single[i] = {{(32-ChunkBits){1'b0}}, chunk_q} == i
                        && ChunkDepths[16*((i+1)%ChunkCount)+:16] == 16'd1;
                end
            end
            always @(posedge clk_i) begin
                chunk_read_q <= chunk_q;
                if (!rst_ni) begin
                    local_q <= 0;
                    chunk_q <= 0;
                    end_q <= ChunkDepths[15:0] == 16'd1;
                    final_q <= ChunkCount == 1;
                end else if (next_block) begin
                    local_q <= end_q ? 0 : local_q + 1;
                    end_q <= end_q ? |single : |before_end;
                    if (end_q) begin
                        chunk_q <= final_q ? 0 : chunk_q + 1;
                        final_q <= ChunkCount == 1 || {{(32-ChunkBits){1'b0}}, chunk_q} == ChunkCount - 2;
                    end
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
                if (Contents != 0) begin : gen_contents
                    string folder;
                    initial begin
                        if ($value$plusargs("memories=%s", folder) == 0) folder = ".";
                        if (c < 10) $readmemh({folder, "/weights_b", Digit, ".hex"}, memory);
                        else $readmemh({folder, "/weights_b", Tens, Digit, ".hex"}, memory);
                    end
                end
`else
                if (Contents == 0) begin : gen_empty
                end else if (c < 10) begin : gen_file
                    initial $readmemh({"weights_b", Digit, ".hex"}, memory);
                end else begin : gen_file
                    initial $readmemh({"weights_b", Tens, Digit, ".hex"}, memory);
                end
`endif
                always @(posedge clk_i) word_q <= memory[local_q[Bits-1:0]];
                assign words[c*BlockBits+:BlockBits] = word_q;
            end
            reg [BlockBits-1:0] word_q;
            wire [BlockBits-1:0] word;
            if (TwoSteps) begin : gen_two_steps
                localparam Groups = (ChunkCount + Least - 1) / Least;
                localparam GroupBits = ChunkBits - 2;
                reg [GroupBits-1:0] group_q;
                reg [Groups*BlockBits-1:0] groups_q;
                always @(posedge clk_i) group_q <= chunk_read_q[ChunkBits-1:2];
                for (c = 0; c < Groups; c = c + 1) begin : gen_group
                    localparam Here = ChunkCount - Least * c < Least ? ChunkCount - Least * c : Least;
                    wire [Least*BlockBits:0] padded = {{((Least-Here)*BlockBits+1){1'b0}},
                                                       words[Least*c*BlockBits+:Here*BlockBits]};
                    wire [BlockBits-1:0] group;
                    wire unused = padded[Least*BlockBits];
                    pick #(.Count(Least), .Width(BlockBits)) u_pick (
                        .index_i(chunk_read_q[1:0]), .words_i(padded[Least*BlockBits-1:0]), .word_o(group)
                    );
                    always @(posedge clk_i) groups_q[c*BlockBits+:BlockBits] <= group;
                end
                pick #(.Count(Groups), .Width(BlockBits)) u_pick (
                    .index_i(group_q), .words_i(groups_q), .word_o(word)
                );
            end else begin : gen_one_step
                pick #(.Count(ChunkCount), .Width(BlockBits)) u_pick (
                    .index_i(chunk_read_q), .words_i(words), .word_o(word)
                );
            end
            always @(posedge clk_i) word_q <= word;
            assign word_o[BlockBits-1:0] = word_q;
        end
        if (BlockBits < Width) begin : gen_lut
            localparam AddressBits = Words > 1 ? $clog2(Words) : 1;
            wire next_lut = TwoStepsLut ? next_i : next_q;
            reg [AddressBits-1:0] address_q;
            reg end_q; // this is the last word
            always @(posedge clk_i)
                if (!rst_ni) begin
                    address_q <= 0;
                    end_q <= Words == 1;
                end else if (next_lut) begin
                    address_q <= end_q ? 0 : address_q + 1;
                    end_q <= Words == 1 || {{(32-AddressBits){1'b0}}, address_q} == Words - 2;
                end
            rom #(
                .Depth(Words), .Width(Width-BlockBits), .Contents(Contents), .File("weights_l.hex"), .Block(0),
                .TwoSteps(TwoStepsLut ? 1 : 0)
            ) u_rom (.clk_i(clk_i), .address_i(address_q), .data_o(word_o[Width-1:BlockBits]));
        end
    endgenerate
endmodule

`default_nettype wire
