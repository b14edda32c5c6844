// data_o is data_i of Stages clocks ago (0: the wire itself). With Reset all stages are 0 after a reset.
`default_nettype none

module delay #(
    parameter Width = 1,
    parameter Stages = 1,
    parameter Reset = 0
) (
    input  wire             clk_i,
    input  wire             rst_ni,
    input  wire [Width-1:0] data_i,
    output wire [Width-1:0] data_o
);
    generate
        if (Stages == 0) begin : gen_wire
            wire unused = &{1'b0, clk_i, rst_ni};
            assign data_o = data_i;
        end else begin : gen_stages
            reg [Stages*Width-1:0] stages_q;
            wire [(Stages+1)*Width-1:0] next = {stages_q, data_i};
            if (Reset != 0) begin : gen_reset
                always @(posedge clk_i) stages_q <= rst_ni ? next[Stages*Width-1:0] : 0;
            end else begin : gen_plain
                wire unused = rst_ni;
                always @(posedge clk_i) stages_q <= next[Stages*Width-1:0];
            end
            assign data_o = next[Stages*Width+:Width];
        end
    endgenerate
endmodule

`default_nettype wire
