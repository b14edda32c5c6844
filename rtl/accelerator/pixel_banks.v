// Takes pixels from the stream into two banks: while one image computes, the next one loads.
`default_nettype none

module pixel_banks #(
    parameter Pixels = 784,
    parameter Width = 8,
    parameter Block = 0,
    parameter IndexBits = Pixels > 1 ? $clog2(Pixels) : 1
) (
    input  wire                 clk_i,
    input  wire                 rst_ni,
    input  wire                 pixel_valid_i,
    output wire                 pixel_ready_o,
    input  wire [Width-1:0]     pixel_data_i,
    output wire                 full_o,    // the bank to be read holds an image
    input  wire                 release_i, // it has been read
    input  wire [IndexBits-1:0] read_index_i,
    output wire [Width-1:0]     read_data_o
);
    reg [1:0] full_q;
    reg write_bank_q, read_bank_q, last_q; // last_q: the next pixel is an image's last
    reg [IndexBits-1:0] write_index_q;

    wire take = pixel_valid_i && pixel_ready_o;
    wire filled = take && last_q;
    assign pixel_ready_o = !full_q[write_bank_q];
    assign full_o = full_q[read_bank_q];

    always @(posedge clk_i) begin
        if (!rst_ni) begin
            full_q <= 0;
            write_bank_q <= 0;
            read_bank_q <= 0;
            write_index_q <= 0;
            last_q <= Pixels == 1;
        end else begin
            if (take) begin
                write_index_q <= last_q ? 0 : write_index_q + 1;
                last_q <= Pixels == 1 || {{(32-IndexBits){1'b0}}, write_index_q} == Pixels - 2;
            end
            write_bank_q <= write_bank_q ^ filled;
            read_bank_q <= read_bank_q ^ release_i;
            full_q[0] <= (full_q[0] || (filled && !write_bank_q)) && !(release_i && !read_bank_q);
            full_q[1] <= (full_q[1] || (filled && write_bank_q)) && !(release_i && read_bank_q);
        end
    end

    // Written a clock later: an image's first beat is two clocks after its last pixel.
    reg write_q, write_bank2_q;
    reg [IndexBits-1:0] write_index2_q;
    reg [Width-1:0] write_data_q;
    always @(posedge clk_i) begin
        write_q <= take;
        write_bank2_q <= write_bank_q;
        write_index2_q <= write_index_q;
        write_data_q <= pixel_data_i;
    end

    banks #(.Depth(Pixels), .Width(Width), .Block(Block)) u_banks (
        .clk_i(clk_i), .write_i(write_q), .write_bank_i(write_bank2_q), .write_index_i(write_index2_q),
        .write_data_i(write_data_q), .read_bank_i(read_bank_q), .read_index_i(read_index_i), .read_data_o(read_data_o)
    );
endmodule

`default_nettype wire
