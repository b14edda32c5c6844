// Corrects the sums of two lanes that share a DSP48E1 (dsp_lane.v); a sum comes out three clocks after it went in. The even
// lane's sum is too great by 2^(D-1) * total, because each of its codes was. The odd lane's sum must follow in the next
// clock. It is too small by 1 if the even accumulator was negative. All other sums pass unchanged.
`default_nettype none

module pair_correction #(
    parameter D = 4,
    parameter Acc = 20,
    parameter Total = 17 // bits of the sum of all inputs
) (
    input  wire             clk_i,
    input  wire             rst_ni,
    input  wire             even_i,
    input  wire             odd_i,
    input  wire [Acc-1:0]   sum_i,
    input  wire [Total-1:0] total_i,
    output reg  [Acc-1:0]   sum_o
);
    localparam Offset = Total + D - 1;
    localparam Wide = (Offset > Acc ? Offset : Acc) + 1;

    wire [Offset-1:0] offset = {total_i, {(D-1){1'b0}}};
    wire [Wide-1:0] offset_wide = {{(Wide-Offset){offset[Offset-1]}}, offset};

    reg [Acc-1:0] first_q, second_q;
    reg [Wide-1:0] offset_q;
    reg even_q, odd_q, odd2_q, borrow_q, borrow2_q;
    wire [Wide-1:0] raw = {{(Wide-Acc){first_q[Acc-1]}}, first_q} + offset_q;
    wire unused = &{1'b0, raw};

    always @(posedge clk_i) begin
        first_q <= sum_i - (even_i ? offset_wide[Acc-1:0] : {Acc{1'b0}});
        offset_q <= offset_wide;
        even_q <= even_i;
        odd_q <= odd_i;

        second_q <= first_q;
        borrow_q <= even_q && raw[Wide-1];
        odd2_q <= rst_ni && odd_q; // resets keep it out of a shift register, whose output is slow

        borrow2_q <= borrow_q;
        sum_o <= second_q + {{(Acc-1){1'b0}}, odd2_q && borrow2_q};
    end
endmodule

`default_nettype wire
