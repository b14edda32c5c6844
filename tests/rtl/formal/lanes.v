// One pass of N beats through a lane, any numbers and codes: the sum that comes out is the sum of the products. Clocks as
// in accelerator.v: codes a clock after their number, capture Stages + 1 clocks after the last number.

// What all lanes are fed: free numbers in clocks 1 .. N, and the sum of them.
module feed #(parameter D = 3, parameter U = 3, parameter N = 2) (
    input clk, input [U-1:0] free,
    output reg [5:0] clock, output idle, output capture, output [U-1:0] number, output reg [U-1:0] number_before,
    output reg beat_before, output reg signed [31:0] total
);
    localparam Rows = (D + 1) / 2;
    localparam Stages = Rows > 1 ? $clog2(Rows) : 1;
    initial begin
        clock = 0;
        beat_before = 0;
        total = 0;
    end
    assign idle = clock < 1 || clock > N;
    assign number = free;
    assign capture = clock == N + 1 + Stages;
    always @(posedge clk) begin
        clock <= clock + 1;
        beat_before <= !idle;
        number_before <= free;
        if (!idle) total <= total + {{(32-U){free[U-1]}}, free};
    end
endmodule

// A lane of LUTs. Wrong: it is never cleared.
module prove_lut_lane #(
    parameter D = 3, parameter U = 3, parameter N = 2, parameter Acc = D + U - 1 + $clog2(N + 1), parameter Wrong = 0
) (
    input clk, input [U-1:0] free, input [D-1:0] code, output good
);
    localparam Rows = (D + 1) / 2;
    localparam Stages = Rows > 1 ? $clog2(Rows) : 1;
    wire [5:0] clock;
    wire idle, capture, beat_before;
    wire [U-1:0] number, number_before;
    wire signed [31:0] total;
    feed #(.D(D), .U(U), .N(N)) u_feed (
        .clk(clk), .free(free), .clock(clock), .idle(idle), .capture(capture), .number(number),
        .number_before(number_before), .beat_before(beat_before), .total(total)
    );
    wire [Acc-1:0] sum;
    lut_lanes #(.Lanes(1), .D(D), .U(U), .Acc(Acc)) dut (
        .clk_i(clk), .idle_i(idle && !Wrong), .capture_i(capture), .once_i(number),
        .triple_i({{2{number[U-1]}}, number} + {number[U-1], number, 1'b0}), .codes_i(code), .sums_o(sum)
    );
    reg signed [31:0] exact;
    initial exact = 0;
    wire signed [31:0] a = {{(32-D){code[D-1]}}, code}, b = {{(32-U){number_before[U-1]}}, number_before};
    always @(posedge clk) if (beat_before) exact <= exact + a * b;
    assign good = clock != N + Stages + 3 || sum == exact[Acc-1:0];
endmodule

// Two lanes of one DSP48E1 and their correction. Wrong: the odd lane does not get back what the even one borrowed.
module prove_pair #(
    parameter D = 3, parameter U = 3, parameter N = 2, parameter Acc = D + U - 1 + $clog2(N + 1), parameter Wrong = 0
) (
    input clk, input [U-1:0] free, input [D-1:0] even_code, input [D-1:0] odd_code, output good
);
    localparam Rows = (D + 1) / 2;
    localparam Stages = Rows > 1 ? $clog2(Rows) : 1;
    localparam Total = U + $clog2(N + 1);
    localparam Out = N + Stages + 3; // the clock when both sums are out
    wire [5:0] clock;
    wire idle, capture, beat_before;
    wire [U-1:0] number, number_before;
    wire signed [31:0] total;
    feed #(.D(D), .U(U), .N(N)) u_feed (
        .clk(clk), .free(free), .clock(clock), .idle(idle), .capture(capture), .number(number),
        .number_before(number_before), .beat_before(beat_before), .total(total)
    );
    wire [2*Acc-1:0] sums;
    dsp_lane #(.D(D), .U(U), .Acc(Acc), .Paired(1)) dut (
        .clk_i(clk), .idle_i(idle), .capture_i(capture), .once_i(number),
        .codes_i({odd_code, ~even_code[D-1], even_code[D-2:0]}), .sums_o(sums)
    );
    wire [Acc-1:0] corrected;
    pair_correction #(.D(D), .Acc(Acc), .Total(Total)) correction (
        .clk_i(clk), .rst_ni(1'b1), .even_i(clock == Out), .odd_i(clock == Out + 1 && !Wrong),
        .sum_i(clock == Out ? sums[Acc-1:0] : sums[2*Acc-1:Acc]), .total_i(total[Total-1:0]), .sum_o(corrected)
    );
    reg signed [31:0] even_exact, odd_exact;
    initial begin
        even_exact = 0;
        odd_exact = 0;
    end
    wire signed [31:0] a = {{(32-D){even_code[D-1]}}, even_code}, c = {{(32-D){odd_code[D-1]}}, odd_code};
    wire signed [31:0] b = {{(32-U){number_before[U-1]}}, number_before};
    always @(posedge clk)
        if (beat_before) begin
            even_exact <= even_exact + a * b;
            odd_exact <= odd_exact + c * b;
        end
    assign good = (clock != Out + 3 || corrected == even_exact[Acc-1:0])
        && (clock != Out + 4 || corrected == odd_exact[Acc-1:0]);
endmodule
