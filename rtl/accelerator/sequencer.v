// Issues the beats of an image: one input of one pass of one layer a clock, to all lanes. Between two passes it idles as
// long as their data and the draining of the lanes ask for (docs/accelerator.md, "Clocks"): at least one clock, in which
// the accumulators are cleared and the next pass's constants are set.
`default_nettype none

module sequencer #(
    parameter LayerCount = 3,
    parameter [16*(LayerCount+1)-1:0] Sizes = {16'd10, 16'd64, 16'd96, 16'd784}, // 16 bits each, the inputs lowest
    parameter P = 32,       // lanes
    parameter Latency = 17, // L: from a neuron's last beat to the first that may read its activation
    parameter IndexBits = 10
) (
    input  wire                 clk_i,
    input  wire                 rst_ni,
    input  wire                 start_i,       // an image and a place for its result are there
    output wire                 start_o,       // the image is taken: its first beat is in the next clock
    output wire                 release_o,     // the image's pixels have been read
    output reg                  valid_o,       // a beat
    output reg                  first_o,       // of its pass
    output reg                  last_o,        // of its pass
    output reg  [IndexBits-1:0] index_o,       // of the input
    output reg                  pixels_o,      // the inputs are pixels
    output reg                  parity_o,      // the layer's lowest bit
    output reg                  final_pass_o,  // of its layer
    output reg                  final_layer_o,
    output reg  [15:0]          lanes_o        // with a neuron in this pass, less 1
);
    localparam LayerBits = LayerCount > 1 ? $clog2(LayerCount) : 1;

    function integer size(input integer l);
        size = {16'b0, Sizes[16*l+:16]};
    endfunction
    function integer passes(input integer l);
        passes = (size(l + 1) + P - 1) / P;
    endfunction
    function integer last_lanes(input integer l);
        last_lanes = size(l + 1) - (passes(l) - 1) * P;
    endfunction
    function integer at_least_1(input integer x);
        at_least_1 = x < 1 ? 1 : x;
    endfunction
    // Idle clocks less 1 after a pass that is not the layer's last, and after the layer's last.
    function integer pass_gap(input integer l);
        pass_gap = at_least_1(P - size(l)) - 1;
    endfunction
    function integer layer_gap(input integer l);
        layer_gap = (l == LayerCount - 1 ? at_least_1(last_lanes(l) - size(0))
                                         : at_least_1(Latency - 1 - (passes(l) - 1) * P)) - 1;
    endfunction
    function integer most(input integer passes_wanted); // passes, or else idle clocks, of any layer
        integer l;
        begin
            most = 1;
            for (l = 0; l < LayerCount; l = l + 1) begin
                if (passes_wanted != 0 && passes(l) > most) most = passes(l);
                if (passes_wanted == 0 && pass_gap(l) > most) most = pass_gap(l);
                if (passes_wanted == 0 && layer_gap(l) > most) most = layer_gap(l);
            end
        end
    endfunction

    localparam PassBits = $clog2(most(1) + 1);
    localparam GapBits = $clog2(most(0) + 1);
    localparam Full = P - 1; // lanes of a pass that is not its layer's last, less 1

    reg [LayerBits-1:0] layer_q;
    reg [PassBits-1:0] pass_q;
    reg [IndexBits-1:0] left_q; // beats after this one
    reg [GapBits-1:0] gap_q;    // idle clocks after this one
    reg image_q;                // the next pass is an image's first
    reg go_q;                   // this is the last idle clock, unless an image is waited for
    reg at_final_pass_q;        // pass_q is the last of layer_q
    reg release_q;              // the pass reads the pixels for the last time

    // The constants of layer_q.
    integer beats, final_lanes, after_pass, after_layer, l;
    reg single;      // a pass is one beat
    reg before_last; // the next pass is the last
    reg one_pass;    // the next layer has but one
    always @* begin
        beats = 0;
        final_lanes = 0;
        after_pass = 0;
        after_layer = 0;
        single = 0;
        before_last = 0;
        one_pass = 0;
        for (l = 0; l < LayerCount; l = l + 1)
            if ({{(32-LayerBits){1'b0}}, layer_q} == l) begin
                beats = size(l) - 1;
                final_lanes = last_lanes(l) - 1;
                after_pass = pass_gap(l);
                after_layer = layer_gap(l);
                single = size(l) == 1;
                before_last = {{(32-PassBits){1'b0}}, pass_q} == passes(l) - 2;
                one_pass = passes((l + 1) % LayerCount) == 1;
            end
    end
    wire at_final_layer = {{(32-LayerBits){1'b0}}, layer_q} == LayerCount - 1;
    wire [GapBits-1:0] gap = final_pass_o ? after_layer[GapBits-1:0] : after_pass[GapBits-1:0];
    wire unused = &{1'b0, beats, final_lanes, after_pass, after_layer};

    wire go = go_q && (!image_q || start_i);
    assign start_o = go_q && image_q && start_i;
    assign release_o = last_o && release_q;

    always @(posedge clk_i) begin
        if (!rst_ni) begin
            valid_o <= 0;
            last_o <= 0;
            gap_q <= 0;
            go_q <= 0;
            layer_q <= 0;
            pass_q <= 0;
            at_final_pass_q <= passes(0) == 1;
            image_q <= 1;
        end else if (valid_o) begin
            last_o <= !last_o && left_q == 1;
            if (last_o) begin
                valid_o <= 0;
                gap_q <= gap;
                go_q <= gap == 0;
                pass_q <= final_pass_o ? 0 : pass_q + 1;
                at_final_pass_q <= final_pass_o ? one_pass : before_last;
                image_q <= final_pass_o && final_layer_o;
                if (final_pass_o) layer_q <= final_layer_o ? 0 : layer_q + 1;
            end
        end else begin
            valid_o <= go;
            last_o <= go && single;
            go_q <= !go && (go_q || gap_q == 0 || gap_q == 1);
            if (gap_q != 0) gap_q <= gap_q - 1;
        end
        if (valid_o) begin
            index_o <= index_o + 1;
            left_q <= left_q - 1;
            first_o <= 0;
        end else begin
            index_o <= 0;
            left_q <= beats[IndexBits-1:0];
            first_o <= 1;
            pixels_o <= layer_q == 0;
            parity_o <= layer_q[0];
            final_pass_o <= at_final_pass_q;
            final_layer_o <= at_final_layer;
            release_q <= at_final_pass_q && layer_q == 0;
            lanes_o <= at_final_pass_q ? final_lanes[15:0] : Full[15:0];
        end
    end
endmodule

`default_nettype wire
