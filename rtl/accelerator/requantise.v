// Batch norm and activation of one neuron in seven clocks: (t * multiplier + bias * 2^8) >> (9 + shift), clamped: hidden
// activations to -2^F .. 2^F (less 1 if X bits end there), logits to 24 bits. One DSP48E1, then a shifter.
`default_nettype none

module requantise #(
    parameter Total = 24, // bits of the neuron's sum
    parameter X = 7,      // bits of an activation
    parameter F = 5       // its fraction bits
) (
    input  wire             clk_i,
    input  wire             rst_ni,
    input  wire [Total-1:0] total_i,
    input  wire [17:0]      multiplier_i,
    input  wire [31:0]      bias_i,
    input  wire [4:0]       shift_i,
    output reg  [X-1:0]     activation_o,
    output reg  [23:0]      logit_o
);
    localparam Greatest = X == F + 1 ? (1 << F) - 1 : 1 << F;
    localparam Least = -(1 << F);

    localparam T = Total < 25 ? Total : 25;
    localparam Sum = (T + 18 > 40 ? T + 18 : 40) + 1;
    localparam V = Sum - 9 > 24 ? Sum - 9 : 24; // bits of the shifted value, at least a logit's

    wire signed [T-1:0] t = total_i[Total-1:Total-T];
    generate
        if (Total > T) begin : gen_cut
            wire unused = &{1'b0, total_i[Total-T-1:0]};
        end
    endgenerate

    // Registers are exactly as wide as what they hold: Yosys 0.23 drops the bits of a register that only repeat the sign
    // when it packs it into the DSP. A reset keeps the last clocks of a delay out of shift registers: those are slow at
    // their outputs.
    reg signed [T-1:0] t_q;
    reg signed [17:0] multiplier_q;
    reg signed [39:0] bias_q, bias2_q;
    reg signed [T+17:0] product_q;
    reg signed [Sum-1:0] sum_q;
    wire signed [Sum-1:0] product = {{(Sum-T-18){product_q[T+17]}}, product_q};
    wire signed [Sum-1:0] bias = {{(Sum-40){bias2_q[39]}}, bias2_q};
    reg [4:0] shift_q, shift2_q, shift3_q;
    always @(posedge clk_i) begin
        t_q <= t;
        multiplier_q <= multiplier_i;
        bias_q <= {bias_i, 8'b0};
        product_q <= t_q * multiplier_q;
        bias2_q <= rst_ni ? bias_q : 0;
        sum_q <= product + bias;
        shift_q <= shift_i;
        shift2_q <= shift_q;
        shift3_q <= rst_ni ? shift2_q : 0;
    end

    reg signed [V-1:0] coarse_q, fine_q, value_q;
    reg [2:0] shift4_q;
    reg above_q, below_q, logit_above_q, logit_below_q;
    wire unused = &{1'b0, sum_q[8:0], value_q};
    wire signed [V-1:0] whole = {{(V-Sum+9){sum_q[Sum-1]}}, sum_q[Sum-1:9]};
    always @(posedge clk_i) begin
        coarse_q <= whole >>> {shift3_q[4:3], 3'b0};
        shift4_q <= rst_ni ? shift3_q[2:0] : 0;
        fine_q <= coarse_q >>> shift4_q;
        // What does not fit: any bit above differs from the sign.
        value_q <= fine_q;
        above_q <= !fine_q[V-1] && |fine_q[V-2:F];
        below_q <= fine_q[V-1] && !(&fine_q[V-2:F]);
        logit_above_q <= !fine_q[V-1] && |fine_q[V-2:23];
        logit_below_q <= fine_q[V-1] && !(&fine_q[V-2:23]);
        activation_o <= above_q ? Greatest[X-1:0] : below_q ? Least[X-1:0] : value_q[X-1:0];
        logit_o <= logit_above_q ? 24'h7fffff : logit_below_q ? 24'h800000 : value_q[23:0];
    end
endmodule

`default_nettype wire
