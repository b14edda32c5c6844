// Batch norm and activation of one neuron in seven clocks: (t * multiplier + bias * 2^8) >> (9 + shift), clamped: hidden
// activations to -2^F .. 2^F (less 1 if X bits end there), logits to 24 bits. One DSP48E1, then a shifter.
`default_nettype none

module requantise #(
    parameter Total = 24, // bits of the neuron's sum
    parameter X = 7,      // bits of an activation
    parameter F = 5       // its fraction bits
) (
    input  wire             clk_i,
    input  wire [Total-1:0] total_i,
    input  wire [17:0]      multiplier_i,
    input  wire [31:0]      bias_i,
    input  wire [4:0]       shift_i,
    output reg  [X-1:0]     activation_o,
    output reg  [23:0]      logit_o
);
    localparam Greatest = X == F + 1 ? (1 << F) - 1 : 1 << F;
    localparam Least = -(1 << F);

    wire signed [24:0] t;
    generate
        if (Total > 25) begin : gen_cut
            assign t = total_i[Total-1:Total-25];
            wire unused = &{1'b0, total_i[Total-26:0]};
        end else if (Total == 25) begin : gen_same
            assign t = total_i;
        end else begin : gen_extend
            assign t = {{(25-Total){total_i[Total-1]}}, total_i};
        end
    endgenerate

    reg signed [24:0] t_q;
    reg signed [17:0] multiplier_q;
    reg signed [47:0] bias_q, bias2_q;
    reg signed [42:0] product_q;
    wire signed [47:0] product = {{5{product_q[42]}}, product_q};
    reg signed [47:0] sum_q;
    reg [4:0] shift_q, shift2_q, shift3_q;
    always @(posedge clk_i) begin
        t_q <= t;
        multiplier_q <= multiplier_i;
        bias_q <= {{8{bias_i[31]}}, bias_i, 8'b0};
        product_q <= t_q * multiplier_q;
        bias2_q <= bias_q;
        sum_q <= product + bias2_q;
        shift_q <= shift_i;
        shift2_q <= shift_q;
        shift3_q <= shift2_q;
    end

    reg signed [38:0] coarse_q, fine_q, value_q;
    reg [2:0] shift4_q;
    reg above_q, below_q, logit_above_q, logit_below_q;
    wire unused = &{1'b0, sum_q[8:0]};
    wire signed [38:0] whole = sum_q[47:9];
    always @(posedge clk_i) begin
        coarse_q <= whole >>> {shift3_q[4:3], 3'b0};
        shift4_q <= shift3_q[2:0];
        fine_q <= coarse_q >>> shift4_q;
        // What does not fit: any bit above differs from the sign.
        value_q <= fine_q;
        above_q <= !fine_q[38] && |fine_q[37:F];
        below_q <= fine_q[38] && !(&fine_q[37:F]);
        logit_above_q <= !fine_q[38] && |fine_q[37:23];
        logit_below_q <= fine_q[38] && !(&fine_q[37:23]);
        activation_o <= above_q ? Greatest[X-1:0] : below_q ? Least[X-1:0] : value_q[X-1:0];
        logit_o <= logit_above_q ? 24'h7fffff : logit_below_q ? 24'h800000 : value_q[23:0];
    end
    wire unused_value = &{1'b0, value_q[38:24]};
endmodule

`default_nettype wire
