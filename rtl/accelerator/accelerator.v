// A whole network of linear layers, batch norms and HardTanhs, and the class of each image: docs/accelerator.md says what
// it computes and its clocks. P lanes each own the accumulator of a neuron; a beat gives all of them the same number and
// each its own code. Nothing stalls between a beat and a result: what has to wait (pixels, a place for the result,
// draining lanes, activations under way) waits in the sequencer.
//
// Clocks from the issue of a beat to:
//   Number      the number that all lanes multiply (and its triple) is there: 3, 4 for consecutive codes
//   Beat        the product of the beat is at the accumulators: Number + 1 + Stages of the product
//   Drain       the first captured sum of a pass is selected, if the beat was its last: Beat + 2
//   Sum         it is at the output of the selection: Drain + 2, and 3 more if lanes share DSPs
//   Combined    with the reference: Sum, and 3 more with references
//   Latency     a beat that reads the activation can be issued: Combined + 8
`default_nettype none

module accelerator #(
    parameter LayerCount = 3,
    parameter [16*(LayerCount+1)-1:0] Sizes = {16'd10, 16'd64, 16'd96, 16'd784}, // 16 bits each, the inputs lowest
    parameter W = 8,            // bits of a weight
    parameter F = 5,            // fraction bits
    parameter D = 4,            // bits of a code
    parameter Shift = 0,        // a code d stands for d * 2^Shift
    parameter ShiftBits = 0,    // or for d * 2^(Shift + s): s has so many bits and is in each neuron's word
    parameter Consecutive = 0,  // codes are differences along a row
    parameter Reference = 1,    // neurons have references
    parameter Contents = 0,     // 1: memories have the contents of their files
    parameter P = 32,           // lanes
    parameter DspLanes = 0,     // the first of them on DSP48E1
    parameter BlockBits = P * D, // of a weight word, the lowest in block RAM
    parameter ChunkCount = 1,   // of the block part, see weight_memory.v
    parameter [16*(ChunkCount>0?ChunkCount:1)-1:0] ChunkDepths = 16'd2608,
    parameter BlockPixels = 0,  // pixel banks in block RAM, else LUT RAM
    parameter BlockNeurons = 0, // neurons' words in block RAM, else LUTs
    parameter X = W < F + 2 ? W : F + 2 // bits of an activation
) (
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire         pixel_valid_i,
    output wire         pixel_ready_o,
    input  wire [X-1:0] pixel_data_i,
    output wire         result_valid_o,
    input  wire         result_ready_i,
    output wire [7:0]   result_class_o,
    output wire [23:0]  result_logit_o
);
    function integer size(input integer l);
        size = {16'b0, Sizes[16*l+:16]};
    endfunction
    function integer widest(input integer first, input integer last); // of sizes
        integer l;
        begin
            widest = 1;
            for (l = first; l <= last; l = l + 1) if (size(l) > widest) widest = size(l);
        end
    endfunction
    function integer words(input integer unused);
        integer l;
        begin
            words = 0 * unused;
            for (l = 0; l < LayerCount; l = l + 1) words = words + size(l) * ((size(l + 1) + P - 1) / P);
        end
    endfunction
    function integer neurons(input integer unused);
        integer l;
        begin
            neurons = 0 * unused;
            for (l = 0; l < LayerCount; l = l + 1) neurons = neurons + size(l + 1);
        end
    endfunction
    function integer index_bits(input integer count);
        index_bits = count > 1 ? $clog2(count) : 1;
    endfunction

    localparam Pixels = size(0);
    localparam Hidden = LayerCount > 1 ? widest(1, LayerCount - 1) : 1;
    localparam MostInputs = widest(0, LayerCount - 1);
    localparam IndexBits = index_bits(MostInputs);
    localparam PixelBits = index_bits(Pixels);
    localparam HiddenBits = index_bits(Hidden);
    localparam Grow = $clog2(MostInputs + 1);
    localparam Inputs = X + Grow;                       // bits of a sum of inputs
    localparam Total = W + X - 1 + Grow;
    localparam Acc = Consecutive != 0 ? Total : D + X - 1 + Grow;
    localparam U = Consecutive != 0 ? Inputs : X;       // bits of the number that lanes multiply
    localparam Paired = DspLanes > 0 && Consecutive == 0 && D + Acc <= 25 ? 1 : 0;
    localparam Rows = (D + 1) / 2;
    localparam Stages = Rows > 1 ? $clog2(Rows) : 1;

    localparam Number = Consecutive != 0 ? 4 : 3;
    localparam Beat = Number + 1 + Stages;
    localparam Drain = Beat + 2;
    localparam Sum = Drain + 2 + (Paired != 0 ? 3 : 0);
    localparam Combined = Sum + (Reference != 0 ? 3 : 0);
    localparam Latency = Combined + 8;

    // ------------------------------------------------------------- beats and their inputs

    wire pixels_full, start, release_pixels, room;
    wire beat, first, last, from_pixels, parity, final_pass, final_layer;
    wire [IndexBits-1:0] index;
    wire [15:0] lanes;
    sequencer #(.LayerCount(LayerCount), .Sizes(Sizes), .P(P), .Latency(Latency), .IndexBits(IndexBits)) u_sequencer (
        .clk_i(clk_i), .rst_ni(rst_ni), .start_i(pixels_full && room), .start_o(start), .release_o(release_pixels),
        .valid_o(beat), .first_o(first), .last_o(last), .index_o(index), .pixels_o(from_pixels), .parity_o(parity),
        .final_pass_o(final_pass), .final_layer_o(final_layer), .lanes_o(lanes)
    );

    wire [X-1:0] pixel, hidden;
    wire [15:0] neuron_index; // within its layer
    wire [IndexBits:0] index_wide = {1'b0, index}; // so that a narrower index can be cut from it
    wire unused_index = &{1'b0, index_wide, neuron_index};
    pixel_banks #(.Pixels(Pixels), .Width(X), .Block(BlockPixels)) u_pixels (
        .clk_i(clk_i), .rst_ni(rst_ni), .pixel_valid_i(pixel_valid_i), .pixel_ready_o(pixel_ready_o),
        .pixel_data_i(pixel_data_i), .full_o(pixels_full), .release_i(release_pixels),
        .read_index_i(index_wide[PixelBits-1:0]), .read_data_o(pixel)
    );

    reg hidden_write_q, hidden_bank_q;
    wire [X-1:0] activation;
    generate
        if (LayerCount > 1) begin : gen_hidden
            banks #(.Depth(Hidden), .Width(X), .Block(0)) u_hidden (
                .clk_i(clk_i), .write_i(hidden_write_q), .write_bank_i(hidden_bank_q),
                .write_index_i(neuron_index[HiddenBits-1:0]), .write_data_i(activation), .read_bank_i(!parity),
                .read_index_i(index_wide[HiddenBits-1:0]), .read_data_o(hidden)
            );
        end else begin : gen_no_hidden
            assign hidden = 0;
            wire unused = &{1'b0, parity, hidden_write_q, hidden_bank_q, activation};
        end
    endgenerate

    wire beat2, first2, from_pixels2;
    delay #(.Width(3), .Stages(2), .Reset(1)) u_beat2 (
        .clk_i(clk_i), .rst_ni(rst_ni), .data_i({beat, first, from_pixels}), .data_o({beat2, first2, from_pixels2})
    );
    wire [X-1:0] input2 = from_pixels2 ? pixel : hidden;

    // The sum of the pass's inputs so far, and the number for the lanes: the input, or minus the sum before it.
    reg [Inputs-1:0] inputs_q;
    wire [Inputs-1:0] inputs_before = first2 ? {Inputs{1'b0}} : inputs_q;
    always @(posedge clk_i) if (beat2) inputs_q <= inputs_before + {{Grow{input2[X-1]}}, input2};

    reg [U-1:0] once_q;
    reg [U+1:0] triple_q;
    generate
        if (Consecutive != 0) begin : gen_consecutive
            reg [U-1:0] number_q;
            always @(posedge clk_i) begin
                number_q <= -inputs_before;
                once_q <= number_q;
                triple_q <= {{2{number_q[U-1]}}, number_q} + {number_q[U-1], number_q, 1'b0};
            end
        end else begin : gen_input
            always @(posedge clk_i) begin
                once_q <= input2;
                triple_q <= {{2{input2[U-1]}}, input2} + {input2[U-1], input2, 1'b0};
            end
        end
    endgenerate

    // ---------------------------------------------------------------------------- lanes

    wire next_word, lanes_beat, captured;
    reg lanes_idle_q;
    wire [P*D-1:0] codes;
    wire [P*Acc-1:0] sums;
    delay #(.Stages(Number-2), .Reset(1)) u_next (.clk_i(clk_i), .rst_ni(rst_ni), .data_i(beat), .data_o(next_word));
    delay #(.Stages(1), .Reset(1)) u_beat (.clk_i(clk_i), .rst_ni(rst_ni), .data_i(next_word), .data_o(lanes_beat));
    always @(posedge clk_i) lanes_idle_q <= !rst_ni || !lanes_beat;
    delay #(.Stages(Beat), .Reset(1)) u_last (.clk_i(clk_i), .rst_ni(rst_ni), .data_i(beat && last), .data_o(captured));

    weight_memory #(
        .Words(words(0)), .Width(P*D), .Contents(Contents), .BlockBits(BlockBits), .ChunkCount(ChunkCount),
        .ChunkDepths(ChunkDepths)
    ) u_weights (.clk_i(clk_i), .rst_ni(rst_ni), .next_i(next_word), .word_o(codes));

    localparam LanesOfDsp = Paired != 0 ? 2 : 1;
    localparam Group = 8; // lanes that share a copy of their inputs
    genvar k;
    generate
        for (k = 0; k < DspLanes; k = k + LanesOfDsp) begin : gen_dsp
            localparam Here = DspLanes - k < LanesOfDsp ? DspLanes - k : LanesOfDsp; // 1: nobody is in the upper half
            wire [LanesOfDsp*D:0] code = {{((LanesOfDsp-Here)*D+1){1'b0}}, codes[k*D+:Here*D]};
            wire unused_code = code[LanesOfDsp*D];
            wire [LanesOfDsp*Acc-1:0] sum;
            dsp_lane #(.D(D), .U(U), .Acc(Acc), .Paired(Paired)) u_dsp (
                .clk_i(clk_i), .idle_i(lanes_idle_q), .capture_i(captured), .once_i(once_q),
                .codes_i(code[LanesOfDsp*D-1:0]), .sums_o(sum)
            );
            assign sums[k*Acc+:Here*Acc] = sum[Here*Acc-1:0];
            if (Here < LanesOfDsp) begin : gen_half
                wire unused = &{1'b0, sum};
            end
        end
        for (k = DspLanes; k < P; k = k + Group) begin : gen_lut
            localparam Here = P - k < Group ? P - k : Group;
            lut_lanes #(.Lanes(Here), .D(D), .U(U), .Acc(Acc)) u_lanes (
                .clk_i(clk_i), .idle_i(lanes_idle_q), .capture_i(captured), .once_i(once_q), .triple_i(triple_q),
                .codes_i(codes[k*D+:Here*D]), .sums_o(sums[k*Acc+:Here*Acc])
            );
        end
        if (DspLanes == P) begin : gen_no_lut
            wire unused = &{1'b0, triple_q};
        end
    endgenerate

    // ------------------------------------------------------- one sum a clock out of the lanes

    localparam LaneBits = index_bits(P);
    wire [LaneBits+2:0] pass_tags; // of the pass that is captured
    wire [15+LaneBits:0] lanes_wide = {{LaneBits{1'b0}}, lanes};
    wire unused_lanes = &{1'b0, lanes_wide};
    delay #(.Width(LaneBits+3), .Stages(Beat+1), .Reset(1)) u_tags (
        .clk_i(clk_i), .rst_ni(rst_ni), .data_i({parity, final_layer, final_pass, lanes_wide[LaneBits-1:0]}),
        .data_o(pass_tags)
    );
    wire [Inputs-1:0] inputs_then;
    delay #(.Width(Inputs), .Stages(Beat+1-3)) u_inputs (
        .clk_i(clk_i), .rst_ni(1'b1), .data_i(inputs_q), .data_o(inputs_then)
    );

    reg capture_q, draining_q, final_pass_q, final_layer_q, parity_q;
    reg [LaneBits-1:0] lane_q, left_q;
    reg [Inputs-1:0] inputs_drain_q;
    reg final_lane_q;
    wire [LaneBits-1:0] lanes_then = pass_tags[LaneBits-1:0];
    always @(posedge clk_i) begin
        capture_q <= rst_ni && captured;
        if (!rst_ni) draining_q <= 0;
        else if (capture_q) draining_q <= 1;
        else if (final_lane_q) draining_q <= 0;
        lane_q <= capture_q ? 0 : lane_q + 1;
        left_q <= capture_q ? lanes_then : left_q - 1;
        final_lane_q <= capture_q ? lanes_then == 0 : left_q == 1;
        if (capture_q) begin
            {parity_q, final_layer_q, final_pass_q} <= pass_tags[LaneBits+2:LaneBits];
            inputs_drain_q <= inputs_then;
        end
    end

    wire [Acc-1:0] selected, corrected;
    lane_select #(.P(P), .Width(Acc)) u_select (
        .clk_i(clk_i), .index_i(lane_q), .sums_i(sums), .sum_o(selected)
    );

    // A neuron's word arrives with its selected sum.
    localparam NeuronBits = ShiftBits + 5 + 32 + 18 + W;
    localparam OwnBits = ShiftBits > 0 ? ShiftBits : 1; // of a wire, at least
    localparam Neurons = neurons(0);
    localparam NeuronIndexBits = index_bits(Neurons);
    reg [NeuronIndexBits-1:0] neuron_q;
    reg last_neuron_q; // this is the last
    always @(posedge clk_i)
        if (!rst_ni) begin
            neuron_q <= 0;
            last_neuron_q <= Neurons == 1;
        end else if (draining_q) begin
            neuron_q <= last_neuron_q ? 0 : neuron_q + 1;
            last_neuron_q <= Neurons == 1 || {{(32-NeuronIndexBits){1'b0}}, neuron_q} == Neurons - 2;
        end
    wire [NeuronBits-1:0] neuron;
    rom #(
        .Depth(Neurons), .Width(NeuronBits), .Contents(Contents), .File("neurons.hex"), .Block(BlockNeurons)
    ) u_neurons (.clk_i(clk_i), .address_i(neuron_q), .data_o(neuron));

    wire [Inputs-1:0] inputs_selected;
    delay #(.Width(Inputs), .Stages(2)) u_inputs_selected (
        .clk_i(clk_i), .rst_ni(1'b1), .data_i(inputs_drain_q), .data_o(inputs_selected)
    );
    wire [Inputs-1:0] inputs_corrected;
    wire [W-1:0] reference;
    wire [OwnBits-1:0] neuron_shift, own_shift; // with the neuron's word; with its corrected sum
    wire [NeuronBits:0] neuron_wide = {1'b0, neuron};
    assign neuron_shift = neuron_wide[W+55+:OwnBits];
    generate
        if (Paired != 0) begin : gen_paired
            wire even, odd;
            wire shared = {{(32-LaneBits){1'b0}}, lane_q} < DspLanes;
            delay #(.Width(2), .Stages(2)) u_parity (
                .clk_i(clk_i), .rst_ni(1'b1), .data_i({shared && !lane_q[0], shared && lane_q[0]}), .data_o({even, odd})
            );
            pair_correction #(.D(D), .Acc(Acc), .Total(Inputs)) u_correction (
                .clk_i(clk_i), .rst_ni(rst_ni), .even_i(even), .odd_i(odd), .sum_i(selected), .total_i(inputs_selected),
                .sum_o(corrected)
            );
        end else begin : gen_single
            assign corrected = selected;
        end
    endgenerate
    delay #(.Width(Inputs+W), .Stages(Sum-Drain-2)) u_reference (
        .clk_i(clk_i), .rst_ni(1'b1), .data_i({inputs_selected, neuron[W-1:0]}), .data_o({inputs_corrected, reference})
    );
    generate
        if (ShiftBits > 0) begin : gen_own_shift
            delay #(.Width(OwnBits), .Stages(Sum-Drain-2)) u_own_shift (
                .clk_i(clk_i), .rst_ni(1'b1), .data_i(neuron_shift), .data_o(own_shift)
            );
        end else begin : gen_one_shift
            assign own_shift = 0;
            wire unused = &{1'b0, neuron_wide, neuron_shift};
        end
    endgenerate

    wire [Total-1:0] total;
    combine #(.Reference(Reference), .W(W), .Inputs(Inputs), .Acc(Acc), .Shift(Shift), .ShiftBits(ShiftBits), .Total(Total)) u_combine (
        .clk_i(clk_i), .reference_i(reference), .inputs_i(inputs_corrected), .sum_i(corrected), .shift_i(own_shift),
        .total_o(total)
    );

    wire [54:0] requantisation; // shift, bias, multiplier
    delay #(.Width(55), .Stages(Combined-Drain-2)) u_requantisation (
        .clk_i(clk_i), .rst_ni(1'b1), .data_i(neuron[W+:55]), .data_o(requantisation)
    );
    wire [23:0] logit;
    requantise #(.Total(Total), .X(X), .F(F)) u_requantise (
        .clk_i(clk_i), .rst_ni(rst_ni), .total_i(total), .multiplier_i(requantisation[17:0]), .bias_i(requantisation[49:18]),
        .shift_i(requantisation[54:50]), .activation_o(activation), .logit_o(logit)
    );

    // --------------------------------------------------- activations to memory, logits to a class

    localparam Done = Combined + 7 - Drain; // clocks from the selection to the requantised number
    wire done, done_last, done_layer, done_parity;
    delay #(.Width(4), .Stages(Done-1), .Reset(1)) u_done (
        .clk_i(clk_i), .rst_ni(rst_ni), .data_i({draining_q, final_pass_q && final_lane_q, final_layer_q, parity_q}),
        .data_o({done, done_last, done_layer, done_parity})
    );
    reg logit_q, last_q;
    reg [15:0] neuron_index_q;
    assign neuron_index = neuron_index_q;
    always @(posedge clk_i) begin
        hidden_write_q <= rst_ni && done && !done_layer;
        hidden_bank_q <= done_parity;
        logit_q <= rst_ni && done && done_layer;
        last_q <= done_last;
        if (!rst_ni) neuron_index_q <= 0;
        else if (hidden_write_q || logit_q) neuron_index_q <= last_q ? 0 : neuron_index_q + 1;
    end

    wire classified;
    wire [7:0] best_class;
    wire [23:0] best_logit;
    argmax u_argmax (
        .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(logit_q), .last_i(last_q), .index_i(neuron_index_q[7:0]),
        .logit_i(logit), .valid_o(classified), .class_o(best_class), .logit_o(best_logit)
    );
    result_queue #(.Width(32)) u_results (
        .clk_i(clk_i), .rst_ni(rst_ni), .write_i(classified), .data_i({best_class, best_logit}),
        .result_valid_o(result_valid_o), .result_ready_i(result_ready_i),
        .result_data_o({result_class_o, result_logit_o})
    );

    // Images between their first beat and the taking of their result, as so many ones: never more than there are places.
    reg [3:0] in_flight_q;
    reg start_q; // an image starts at most every other clock, so that it may be counted a clock late
    wire taken = result_valid_o && result_ready_i;
    assign room = !in_flight_q[3];
    always @(posedge clk_i) begin
        start_q <= rst_ni && start;
        if (!rst_ni) in_flight_q <= 0;
        else if (start_q && !taken) in_flight_q <= {in_flight_q[2:0], 1'b1};
        else if (taken && !start_q) in_flight_q <= {1'b0, in_flight_q[3:1]};
    end
endmodule

`default_nettype wire
