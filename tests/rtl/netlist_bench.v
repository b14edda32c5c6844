// The netlist MAC_gate beside its RTL: the same random requests, DATA_RDY compared at every edge, OUT_DATA with each
// answer. Ends with "requests N mismatches M". PLAIN is defined for the operator without deltas.
`timescale 1ns / 1ps
`default_nettype none

module netlist_bench;
    parameter W = 8, D = 4, SHIFT = 0, N = 8, P = 2, DSP = 1, Requests = 100;

    reg clk = 0, rst_n = 0, enable = 1, go = 0;
    reg [W-1:0] bias = 0, initial_weight = 0;
    reg [N*D-1:0] weights = 0;
    reg [N*W-1:0] data = 0;
    wire [2*W-1:0] rtl_out, gate_out;
    wire rtl_ready, gate_ready;
    integer request, i, mismatches = 0;

`ifdef PLAIN
    MAC #(.INPUT_BITWIDTH(W), .INPUT_NUM_DATA(N), .NUM_MULT_PARALLEL(P), .USE_DSP(DSP)) rtl (
        .CLK_SYS(clk), .RSTN(rst_n), .EN(enable), .DO_CALC(go), .IN_BIAS(bias),
        .IN_WEIGHTS(weights), .IN_DATA(data), .OUT_DATA(rtl_out), .DATA_RDY(rtl_ready)
    );
    MAC_gate gate (
        .CLK_SYS(clk), .RSTN(rst_n), .EN(enable), .DO_CALC(go), .IN_BIAS(bias),
        .IN_WEIGHTS(weights), .IN_DATA(data), .OUT_DATA(gate_out), .DATA_RDY(gate_ready)
    );
`else
    MAC #(
        .INPUT_BITWIDTH(W), .INPUT_DELTAWIDTH(D), .DELTA_SHIFT(SHIFT), .INPUT_NUM_DATA(N), .NUM_MULT_PARALLEL(P),
        .USE_DSP(DSP)
    ) rtl (
        .CLK_SYS(clk), .RSTN(rst_n), .EN(enable), .DO_CALC(go), .IN_BIAS(bias), .INITIAL_WEIGHT(initial_weight),
        .IN_WEIGHTS(weights), .IN_DATA(data), .OUT_DATA(rtl_out), .DATA_RDY(rtl_ready)
    );
    MAC_gate gate (
        .CLK_SYS(clk), .RSTN(rst_n), .EN(enable), .DO_CALC(go), .IN_BIAS(bias), .INITIAL_WEIGHT(initial_weight),
        .IN_WEIGHTS(weights), .IN_DATA(data), .OUT_DATA(gate_out), .DATA_RDY(gate_ready)
    );
`endif

    always #5 clk = !clk;

    task edge_;
        begin
            @(negedge clk);
            if (rtl_ready !== gate_ready || (rtl_ready && request > 0 && rtl_out !== gate_out))
                mismatches = mismatches + 1;
        end
    endtask

    initial begin
        request = 0;
        repeat (4) @(negedge clk);
        rst_n = 1;
        edge_;
        for (request = 1; request <= Requests; request = request + 1) begin
            for (i = 0; i < N * D; i = i + 1) weights[i] = $random;
            for (i = 0; i < N * W; i = i + 1) data[i] = $random;
            bias = $random;
            initial_weight = $random;
            go = 1;
            edge_;
            while (!rtl_ready) begin
                enable = request % 4 != 0 || $random % 2 == 0; // every fourth request is held now and then
                edge_;
                go = 0;
            end
            enable = 1;
            edge_;
        end
        $display("requests %0d mismatches %0d", Requests, mismatches);
        $finish;
    end
endmodule
