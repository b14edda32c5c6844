// total = reference * inputs + 2^(Shift + shift_i) * sum, one DSP48E1: three clocks. Without references, which have no
// shift_i, total is the shifted sum itself, in the same clock.
`default_nettype none

module combine #(
    parameter Reference = 1,
    parameter W = 8,      // bits of a reference
    parameter Inputs = 17, // bits of the sum of all inputs
    parameter Acc = 20,
    parameter Shift = 0,
    parameter ShiftBits = 0, // of shift_i; 0: it is 0
    parameter Total = 24,
    parameter OwnBits = ShiftBits > 0 ? ShiftBits : 1
) (
    input  wire              clk_i,
    input  wire [W-1:0]      reference_i,
    input  wire [Inputs-1:0] inputs_i,
    input  wire [Acc-1:0]    sum_i,
    input  wire [OwnBits-1:0] shift_i,
    output wire [Total-1:0]  total_o
);
    localparam Own = ShiftBits > 0 ? (1 << ShiftBits) - 1 : 0; // the greatest shift_i
    localparam Placed = Acc + Shift + Own;
    wire signed [Acc+Shift-1:0] placed = {sum_i, {Shift{1'b0}}};
    wire signed [Placed-1:0] sum;
    generate
        if (ShiftBits > 0) begin : gen_own_shift
            assign sum = {{Own{placed[Acc+Shift-1]}}, placed} << shift_i;
        end else begin : gen_one_shift
            assign sum = placed;
        end
        if (Reference != 0) begin : gen_reference
            // The total fits its bits, whatever wraps on the way. No register repeats a sign, see requantise.v.
            localparam SumBits = Placed < Total ? Placed : Total;
            reg signed [W-1:0] reference_q;
            reg signed [Inputs-1:0] inputs_q;
            reg signed [SumBits-1:0] sum_q, sum2_q;
            reg signed [Total-1:0] product_q, total_q;
            wire signed [Total-1:0] addend = {{(Total-SumBits){sum2_q[SumBits-1]}}, sum2_q};
            wire unused = &{1'b0, sum, shift_i};
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
            wire unused = &{1'b0, clk_i, reference_i, inputs_i, shift_i};
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
