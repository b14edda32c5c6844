// Self-checking test bench of an exported accelerator. It sends the images of pixels.hex as fast as the accelerator takes
// them, and each result must come in the very clock that the schedule says; then one and a half of them, and a reset in
// the middle; then all of them again with stalls on both streams, short and long, until every place for a result is full.
// Every class and its logit must be as in expected.hex, in order, once. Prints one line that begins with PASS or FAIL.
`timescale 1ns / 1ps
`default_nettype none

module testbench;
    `include "golden.vh" // XBits, Pixels, Images, CyclesPerInference, CyclesLatency, Seed

    localparam Total = Images * Pixels;
    localparam Long = 6 * CyclesPerInference + CyclesLatency; // clocks in which four results wait, and a fifth image
    localparam Patience = 2 * Long + 10000; // clocks without a result
    localparam Quiet = 2 * CyclesLatency + 100; // clocks after the last result, in which no other may come
    localparam Steady = 0, Broken = 1, Stalls = 2;

    reg [XBits-1:0] pixels[0:Total-1];
    reg [31:0] expected[0:Images-1]; // {class, logit}
    reg [31:0] schedule[0:Images-1]; // clock of the result, the first pixel's being 0

    reg clk = 0;
    always #5 clk = ~clk;

    reg rst_n = 0;
    reg pixel_valid = 0, result_ready = 0;
    reg [XBits-1:0] pixel_data = 0;
    wire pixel_ready, result_valid;
    wire [7:0] result_class;
    wire [23:0] result_logit;
    deltasweep_top dut (
        .clk_i(clk), .rst_ni(rst_n), .pixel_valid_i(pixel_valid), .pixel_ready_o(pixel_ready),
        .pixel_data_i(pixel_data), .result_valid_o(result_valid), .result_ready_i(result_ready),
        .result_class_o(result_class), .result_logit_o(result_logit)
    );

    integer phase = Steady, resetting = 0, sent = 0, got = 0, idle = 0, errors = 0;
    integer pause = 0, hold = 0; // clocks left in which no pixel is offered, no result taken
    integer clocks = 0, first_pixel = 0, first_result = 0, last_result = 0;
    reg [31:0] noise = Seed;

    wire pixel_taken = pixel_valid && pixel_ready;
    wire result_taken = result_valid && result_ready;
    integer limit, next;

    task finish;
        begin
            $display("clocks: %0d for one image, %0d for %0d in a stream; by the schedule %0d and %0d, %0d an image",
                     first_result, last_result, Images, schedule[0], schedule[Images-1], CyclesPerInference);
            if (errors == 0)
                $display("PASS: %0d images, without stalls and with: %0d results as expected", Images, 2 * Images);
            else $display("FAIL: %0d errors", errors);
            $finish;
        end
    endtask

    // A result that is not the expected one, comes too often, or too early or late.
    task check;
        begin
            if (got >= Images) begin
                errors = errors + 1;
                $display("a result too many: class %0d, after %0d results", result_class, got);
            end else begin
                if ({result_class, result_logit} !== expected[got]) begin
                    errors = errors + 1;
                    $display("image %0d: class %0d, logit %0d; expected class %0d, logit %0d", got, result_class,
                             $signed(result_logit), expected[got][31:24], $signed(expected[got][23:0]));
                end
                if (phase == Steady && clocks - first_pixel != schedule[got]) begin
                    errors = errors + 1;
                    $display("image %0d: result after %0d clocks; by the schedule after %0d", got, clocks - first_pixel,
                             schedule[got]);
                end
            end
        end
    endtask

    initial begin
        $readmemh("../sim/pixels.hex", pixels);
        $readmemh("../sim/expected.hex", expected);
        $readmemh("../sim/schedule.hex", schedule);
    end

    always @(posedge clk) begin
        clocks <= clocks + 1;
        noise <= {noise[30:0], noise[31] ^ noise[21] ^ noise[1] ^ noise[0]};
        limit = phase == Broken ? Pixels + (Pixels + 1) / 2 : Total;
        next = sent + (pixel_taken ? 1 : 0);
        if (resetting < 4) begin
            resetting <= resetting + 1;
            rst_n <= resetting == 3;
            pixel_valid <= 0;
            result_ready <= 0;
            sent <= 0;
            got <= 0;
            idle <= 0;
            pause <= 0;
            hold <= phase == Stalls ? Long : 0;
        end else begin
            // Pixels: once offered, one stays until it is taken.
            sent <= next;
            if (pause > 0) pause <= pause - 1;
            else if (phase == Stalls && noise[15:8] == 0) pause <= CyclesPerInference / 4;
            if (!pixel_valid || pixel_ready) begin
                pixel_valid <= next < limit && !(phase == Stalls && (pause > 0 || noise[3:0] < 4));
                pixel_data <= pixels[next < Total ? next : 0];
            end
            // Results: none is taken for long at first; then now and then.
            if (hold > 0) hold <= hold - 1;
            else if (phase == Stalls && result_taken)
                hold <= noise[19:18] == 0 ? 2 * CyclesPerInference : {28'b0, noise[23:20]};
            result_ready <= phase != Stalls || (hold == 0 && !result_taken && noise[25:24] != 0);
            if (phase == Steady && pixel_taken && sent == 0) first_pixel <= clocks;

            idle <= idle + 1;
            if (result_taken && phase != Broken) begin
                check;
                got <= got + 1;
                idle <= 0;
                if (phase == Steady) last_result <= clocks - first_pixel;
                if (phase == Steady && got == 0) first_result <= clocks - first_pixel;
            end
            if ((phase == Broken || got < Images) && idle > Patience) begin
                errors = errors + 1;
                $display("no result for %0d clocks, after %0d of %0d images and %0d pixels", idle, got, Images, sent);
                finish;
            end
            if (errors >= 20) finish;
            if (phase == Broken ? sent == limit : got >= Images && idle > Quiet) begin
                if (phase == Stalls) finish;
                phase <= phase + 1;
                resetting <= 0;
                rst_n <= 0;
            end
        end
    end
endmodule

`default_nettype wire
