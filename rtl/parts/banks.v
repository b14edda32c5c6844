// Two banks of numbers, one written while the other is read. A number is at the output two clocks after its address; one
// that is written in a clock can be addressed in the next. In block RAM, or in LUT RAM: then pages of 64, each with an
// output register of its own.
`default_nettype none

module banks #(
    parameter Depth = 784, // numbers of a bank
    parameter Width = 8,   // bits of a number
    parameter Block = 0,   // 1: block RAM, 0: LUT RAM
    parameter IndexBits = Depth > 1 ? $clog2(Depth) : 1
) (
    input  wire                 clk_i,
    input  wire                 write_i,
    input  wire                 write_bank_i,
    input  wire [IndexBits-1:0] write_index_i,
    input  wire [Width-1:0]     write_data_i,
    input  wire                 read_bank_i,
    input  wire [IndexBits-1:0] read_index_i,
    output wire [Width-1:0]     read_data_o
);
    generate
        if (Block != 0) begin : gen_block
            (* ram_style = "block" *) reg [Width-1:0] memory[0:2*(1<<IndexBits)-1];
            reg [Width-1:0] word_q, data_q;
            always @(posedge clk_i) begin
                if (write_i) memory[{write_bank_i, write_index_i}] <= write_data_i;
                word_q <= memory[{read_bank_i, read_index_i}];
                data_q <= word_q;
            end
            assign read_data_o = data_q;
        end else begin : gen_lut
            localparam Pages = (Depth + 63) / 64;
            localparam PageBits = Pages > 1 ? $clog2(Pages) : 1;
            localparam OffsetBits = IndexBits < 6 ? IndexBits : 6;
            wire [PageBits-1:0] write_page, read_page;
            if (IndexBits > 6) begin : gen_pages
                assign write_page = write_index_i[IndexBits-1:6];
                assign read_page = read_index_i[IndexBits-1:6];
            end else begin : gen_page
                assign write_page = 0;
                assign read_page = 0;
            end
            wire [2*Pages*Width-1:0] words;
            wire [2*Width-1:0] word; // of either bank
            reg [PageBits-1:0] page_q;
            reg bank_q;
            reg [Width-1:0] data_q;
            genvar b, p;
            for (b = 0; b < 2; b = b + 1) begin : gen_bank
                for (p = 0; p < Pages; p = p + 1) begin : gen_page_memory
                    (* ram_style = "distributed" *) reg [Width-1:0] memory[0:(1<<OffsetBits)-1];
                    reg [Width-1:0] word_q;
                    always @(posedge clk_i) begin
                        if (write_i && write_bank_i == b && write_page == p)
                            memory[write_index_i[OffsetBits-1:0]] <= write_data_i;
                        word_q <= memory[read_index_i[OffsetBits-1:0]];
                    end
                    assign words[(b*Pages+p)*Width+:Width] = word_q;
                end
                pick #(.Count(Pages), .Width(Width)) u_pick (
                    .index_i(page_q), .words_i(words[b*Pages*Width+:Pages*Width]), .word_o(word[b*Width+:Width])
                );
            end
            always @(posedge clk_i) begin
                page_q <= read_page;
                bank_q <= read_bank_i;
                data_q <= bank_q ? word[2*Width-1:Width] : word[Width-1:0];
            end
            assign read_data_o = data_q;
        end
    endgenerate
endmodule

`default_nettype wire
