// Sequencing of one request: which group of lanes is read, and what the pipeline's stages hold.
//
// group_o is the group that the operand registers (stage 1) load at the coming edge, and group_next_o the one after it;
// at rest they are 0 and 1, so that the starting edge itself loads group 0. running_o: group_o is not 0.
// valid_operands_o describes stage 1, *_products_o stage 2: first marks group 0 and valid any group of the request.
// ready_o rises with the edge at which the accumulators (stage 3) take the last group: edge Groups + 2, the starting
// edge being edge 1. Everything holds while en_i is low, but for the reset.
`default_nettype none

module mac_control #(
    parameter Groups = 1,   // groups of lanes in one request
    parameter GroupBits = 1 // bits of a group's number
) (
    input  wire                 clk_i,
    input  wire                 rst_ni,
    input  wire                 en_i,
    input  wire                 do_calc_i,
    output wire [GroupBits-1:0] group_o,
    output wire [GroupBits-1:0] group_next_o,
    output wire                 running_o,
    output wire                 valid_operands_o,
    output wire                 first_products_o,
    output wire                 valid_products_o,
    output wire                 ready_o
);
    localparam [GroupBits-1:0] First = {GroupBits{1'b0}};
    localparam [GroupBits-1:0] Last = Groups[GroupBits-1:0] - 1'b1;
    localparam [GroupBits-1:0] Second = Groups > 1 ? {{(GroupBits - 1) {1'b0}}, 1'b1} : First;

    reg                 do_calc_q, ready_q, running_q;
    reg [GroupBits-1:0] group_q, group_next_q;
    reg first_operands_q, valid_operands_q, last_operands_q;
    reg first_products_q, valid_products_q, last_products_q;

    wire start = do_calc_i && !do_calc_q && ready_q;
    wire issue = start || running_q;
    wire last = group_q == Last;

    always @(posedge clk_i)
        if (!rst_ni) begin
            do_calc_q <= 1'b0;
            ready_q <= 1'b1;
            running_q <= 1'b0;
            group_q <= First;
            group_next_q <= Second;
            first_operands_q <= 1'b0;
            valid_operands_q <= 1'b0;
            last_operands_q <= 1'b0;
            first_products_q <= 1'b0;
            valid_products_q <= 1'b0;
            last_products_q <= 1'b0;
        end else if (en_i) begin
            do_calc_q <= do_calc_i;
            ready_q <= (ready_q && !start) || last_products_q;
            running_q <= issue && !last;
            if (issue) begin
                group_q <= group_next_q;
                group_next_q <= group_next_q == Last ? First : group_next_q + 1'b1;
            end
            first_operands_q <= start;
            valid_operands_q <= issue;
            last_operands_q <= issue && last;
            first_products_q <= first_operands_q;
            valid_products_q <= valid_operands_q;
            last_products_q <= last_operands_q;
        end

    assign group_o = group_q;
    assign group_next_o = group_next_q;
    assign running_o = running_q;
    assign valid_operands_o = valid_operands_q;
    assign first_products_o = first_products_q;
    assign valid_products_o = valid_products_q;
    assign ready_o = ready_q;
endmodule

`default_nettype wire
