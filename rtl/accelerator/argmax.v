// The greatest of an image's logits and its index, the first of equals. valid_o is one clock, two after the last logit.
`default_nettype none

module argmax (
    input  wire        clk_i,
    input  wire        rst_ni,
    input  wire        valid_i, // a logit
    input  wire        last_i,  // the image's last
    input  wire [7:0]  index_i,
    input  wire [23:0] logit_i,
    output reg         valid_o,
    output reg  [7:0]  class_o,
    output reg  [23:0] logit_o
);
    reg valid_q, last_q, better_q;
    reg [7:0] index_q;
    reg signed [23:0] logit_q;

    // A comparison takes a clock: what arrives meets the best so far and, beside it, the one that may just become it.
    wire signed [23:0] logit = logit_i;
    wire signed [23:0] best = logit_o;
    wire above_last = logit > logit_q;
    wire above_best = logit > best;
    always @(posedge clk_i) begin
        valid_q <= rst_ni && valid_i;
        last_q <= last_i;
        index_q <= index_i;
        logit_q <= logit_i;
        better_q <= valid_i && (index_i == 0 || (better_q ? above_last : above_best));
        if (better_q) begin
            class_o <= index_q;
            logit_o <= logit_q;
        end
        valid_o <= rst_ni && valid_q && last_q;
    end
endmodule

`default_nettype wire
