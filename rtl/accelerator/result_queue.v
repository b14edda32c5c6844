// Keeps up to four results until they are taken. Whoever writes must know that there is a place: the accelerator takes an
// image only when there is one for its result.
`default_nettype none

module result_queue #(
    parameter Width = 32
) (
    input  wire             clk_i,
    input  wire             rst_ni,
    input  wire             write_i,
    input  wire [Width-1:0] data_i,
    output wire             result_valid_o,
    input  wire             result_ready_i,
    output wire [Width-1:0] result_data_o
);
    wire [4*Width-1:0] places;
    reg [3:0] full_q;
    reg [1:0] write_at_q, read_at_q;

    wire take = result_valid_o && result_ready_i;
    assign result_valid_o = full_q[read_at_q];
    pick #(.Count(4), .Width(Width)) u_pick (.index_i(read_at_q), .words_i(places), .word_o(result_data_o));

    genvar p;
    generate
        for (p = 0; p < 4; p = p + 1) begin : gen_place
            reg [Width-1:0] place_q;
            always @(posedge clk_i) begin
                if (write_i && write_at_q == p) place_q <= data_i;
                if (!rst_ni) full_q[p] <= 0;
                else if (write_i && write_at_q == p) full_q[p] <= 1;
                else if (take && read_at_q == p) full_q[p] <= 0;
            end
            assign places[p*Width+:Width] = place_q;
        end
    endgenerate

    always @(posedge clk_i) begin
        if (!rst_ni) begin
            write_at_q <= 0;
            read_at_q <= 0;
        end else begin
            if (write_i) write_at_q <= write_at_q + 1;
            if (take) read_at_q <= read_at_q + 1;
        end
    end
endmodule

`default_nettype wire
