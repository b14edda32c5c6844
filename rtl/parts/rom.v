// Read-only memory with contents from a file, one word a line in hexadecimal. A word is at the output two clocks after its
// address, or three with TwoSteps.
//
// In block RAM, or in LUTs. In LUTs it is cut into pages of 64 words, one LUT6 a bit. Each page has an output register of
// its own, so that no clock pays for a page and the multiplexer behind the pages together. TwoSteps cuts this multiplexer,
// too, with a register after every 16 pages.
`default_nettype none

module rom #(
    parameter Depth = 512,      // words
    parameter Width = 8,        // bits of a word
    parameter Contents = 0,     // 1: read File. By default no file is read: some tools elaborate modules with defaults
    parameter File = "",        // in the working folder; in Verilator in the folder of +memories=
    parameter Block = 1,        // 1: block RAM, 0: LUTs
    parameter TwoSteps = 0,     // of LUTs only
    parameter AddressBits = Depth > 1 ? $clog2(Depth) : 1
) (
    input  wire                   clk_i,
    input  wire [AddressBits-1:0] address_i,
    output wire [Width-1:0]       data_o
);
    generate
        if (Block != 0) begin : gen_block
            (* ram_style = "block", rom_style = "block" *) reg [Width-1:0] memory[0:Depth-1];
            reg [Width-1:0] word_q, data_q;
            if (Contents != 0) begin : gen_contents
`ifdef VERILATOR
                string folder;
                initial begin
                    if ($value$plusargs("memories=%s", folder) == 0) folder = ".";
                    $readmemh({folder, "/", File}, memory);
                end
`else
                initial $readmemh(File, memory);
`endif
            end
            always @(posedge clk_i) begin
                word_q <= memory[address_i];
                data_q <= word_q;
            end
            assign data_o = data_q;
        end else begin : gen_lut
            localparam Pages = (Depth + 63) / 64;
            localparam PageBits = Pages > 1 ? $clog2(Pages) : 1;
`ifdef YOSYS
            (* ram_style = "logic" *)
`endif
            (* rom_style = "distributed" *) reg [Width-1:0] memory[0:64*Pages-1];
            wire [Pages*Width-1:0] words;
            wire [PageBits-1:0] page;
            reg [PageBits-1:0] page_q;
            reg [Width-1:0] data_q;
            if (Contents != 0) begin : gen_contents
`ifdef VERILATOR
                string folder;
                initial begin
                    if ($value$plusargs("memories=%s", folder) == 0) folder = ".";
                    $readmemh({folder, "/", File}, memory, 0, Depth - 1);
                end
`else
                initial $readmemh(File, memory, 0, Depth - 1);
`endif
            end
            wire [5:0] offset;
            if (AddressBits > 6) begin : gen_pages
                assign offset = address_i[5:0];
                assign page = address_i[AddressBits-1:6];
            end else begin : gen_page
                wire [AddressBits+5:0] wide = {6'b0, address_i};
                wire unused = &{1'b0, wide};
                assign offset = wide[5:0];
                assign page = 0;
            end
            genvar p;
            for (p = 0; p < Pages; p = p + 1) begin : gen_page_word
                reg [Width-1:0] word_q;
                always @(posedge clk_i) word_q <= memory[64*p+{26'b0, offset}];
                assign words[p*Width+:Width] = word_q;
            end
            always @(posedge clk_i) page_q <= page;
            wire [Width-1:0] word;
            if (TwoSteps != 0) begin : gen_two_steps
                localparam Groups = (Pages + 15) / 16;
                localparam GroupBits = PageBits > 4 ? PageBits - 4 : 1;
                wire [PageBits+3:0] page_wide = {4'b0, page_q};
                reg [GroupBits-1:0] group_q;
                reg [Groups*Width-1:0] groups_q;
                wire unused = &{1'b0, page_wide};
                always @(posedge clk_i) group_q <= page_wide[4+:GroupBits];
                for (p = 0; p < Groups; p = p + 1) begin : gen_group
                    localparam Here = Pages - 16 * p < 16 ? Pages - 16 * p : 16;
                    wire [16*Width:0] padded = {{((16-Here)*Width+1){1'b0}}, words[16*p*Width+:Here*Width]};
                    wire [Width-1:0] group;
                    wire unused_top = padded[16*Width];
                    pick #(.Count(16), .Width(Width)) u_pick (
                        .index_i(page_wide[3:0]), .words_i(padded[16*Width-1:0]), .word_o(group)
                    );
                    always @(posedge clk_i) groups_q[p*Width+:Width] <= group;
                end
                pick #(.Count(Groups), .Width(Width)) u_pick (.index_i(group_q), .words_i(groups_q), .word_o(word));
            end else begin : gen_one_step
                pick #(.Count(Pages), .Width(Width)) u_pick (.index_i(page_q), .words_i(words), .word_o(word));
            end
            always @(posedge clk_i) data_q <= word;
            assign data_o = data_q;
        end
    endgenerate
endmodule

`default_nettype wire
