// total = reference * inputs + 2^Shift * sum, one DSP48E1: three clocks; without references the wire itself.
`default_nettype none

module combine #(
    parameter Reference = 1,
    parameter W = 8,      // bits of a reference
    parameter Inputs = 17, // bits of the sum of all inputs
    parameter Acc = 20,
    parameter Shift = 0,
    parameter Total = 24
) (
    input  wire              clk_i,
    input  wire [W-1:0]      reference_i,
    input  wire [Inputs-1:0] inputs_i,
    input  wire [Acc-1:0]    sum_i,
    output wire [Total-1:0]  total_o
);
    wire signed [Acc+Shift-1:0] sum = {sum_i, {Shift{1'b0}}};
    generate
        if (Reference != 0) begin : gen_reference
            // The total fits its bits, whatever wraps on the way. No register repeats a sign, see requantise.v.
            localparam SumBits = Acc + Shift < Total ? Acc + Shift : Total;
            reg signed [W-1:0] reference_q;
            reg signed [Inputs-1:0] inputs_q;
            reg signed [SumBits-1:0] sum_q, sum2_q;
            reg signed [Total-1:0] product_q, total_q;
            wire signed [Total-1:0] addend = {{(Total-SumBits){sum2_q[SumBits-1]}}, sum2_q};
            wire unused = &{1'b0, sum};
            always @(posedge clk_i) begin
                reference_q <= reference_i;
                inputs_q <= inputs_i;
                sum_q <= sum[SumBits-1:0];
                product_q <= reference_q * inputs_q;
                sum2_q <= sum_q;
                total_q <= product_q + addend;
            end
            assign total_o = total_q;
        end else begin : gen_wire
            wire unused = &{1'b0, clk_i, reference_i, inputs_i};
            if (Acc + Shift >= Total) begin : gen_cut
                assign total_o = sum[Total-1:0];
                wire unused_top = &{1'b0, sum};
            end else begin : gen_extend
                assign total_o = {{(Total-Acc-Shift){sum[Acc+Shift-1]}}, sum};
            end
        end
    endgenerate
endmodule

`default_nettype wire
