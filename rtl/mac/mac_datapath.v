// Products and sums, the same for every weight code:
//   stage 2: terms, each the registered sum of TermLanes neighbouring products (Late: the operands instead);
//   stage 3: accumulators, each fed by 2^BeforeLevels neighbouring terms;
//   sum_o: all accumulators, saturated to 2W bits; a function of stage 3 alone.
// The sum over the lanes is a tree that the stages cut into short pieces. The bias starts the first accumulator.
`default_nettype none

module mac_datapath #(
    parameter W = 8,            // bits of weights, data and bias
    parameter N = 32,           // products of one request
    parameter P = 1,            // lanes
    parameter UseDsp = 1,       // 1: a DSP slice per lane, 0: LUTs
    parameter TermLanes = 1,    // lanes of a term: 2 if the operands come straight from registers, else 1
    parameter Late = 0,         // 1: stage 2 holds the operands instead, and stage 3 multiplies and accumulates
    parameter BeforeLevels = 2  // adders between a term and its accumulator's own, at most
) (
    input  wire               clk_i,
    input  wire               en_i,
    input  wire               first_i, // stage 2 holds group 0 of a request
    input  wire               valid_i, // stage 2 holds some group of a request
    input  wire [W-1:0]       bias_i,
    input  wire [P*W-1:0]     weights_i,
    input  wire [P*W-1:0]     data_i,
    input  wire [P*(W+2)-1:0] triple_i, // 3 * data_i; 0 if UseDsp or Late
    output wire [2*W-1:0]     sum_o
);
    // An odd lane that is left over has an accumulator of its own, which a DSP slice holds with the multiplier.
    localparam Single = TermLanes > 1 && P % TermLanes != 0 ? 1 : 0;
    localparam Terms = Single + P / TermLanes;
    localparam Group = 1 << BeforeLevels; // terms of one accumulator
    localparam Accumulators = Single + (Terms - Single + Group - 1) / Group;
    // N products of at most 2^(2W-2) and a bias of at most 2^(W-1).
    localparam SumBits = 2 * W + $clog2(N);

    wire [Terms*SumBits-1:0]        terms;
    wire [Accumulators*SumBits-1:0] accumulators;
    wire [SumBits-1:0]              total;

    wire [P*W-1:0]     weights, data;
    wire [P*(W+2)-1:0] triple;

    genvar p, t, a;
    generate
        if (Late != 0) begin : gen_late
            reg [P*W-1:0] weights_q, data_q;
            always @(posedge clk_i)
                if (en_i) begin
                    weights_q <= weights_i;
                    data_q <= data_i;
                end
            assign weights = weights_q;
            assign data = data_q;
            if (UseDsp != 0) begin : gen_dsp
                assign triple = triple_i;
            end else begin : gen_lut
                reg [P*(W+2)-1:0] triple_q;
                for (p = 0; p < P; p = p + 1) begin : gen_lane
                    wire [W+1:0] once = {{2{data_i[p*W+W-1]}}, data_i[p*W+:W]};
                    always @(posedge clk_i) if (en_i) triple_q[p*(W+2)+:W+2] <= once + (once << 1);
                end
                assign triple = triple_q;
                wire unused = &{1'b0, triple_i};
            end
        end else begin : gen_early
            assign weights = weights_i;
            assign data = data_i;
            assign triple = triple_i;
        end
        for (t = 0; t < Terms; t = t + 1) begin : gen_term
            localparam First = t < Single ? 0 : Single + (t - Single) * TermLanes; // lane
            localparam Here = t < Single ? 1 : TermLanes;
            localparam Bits = 2 * W + Here - 1;
            wire [Bits-1:0] term;
            product_sum #(.W(W), .Lanes(Here), .UseDsp(UseDsp), .Registered(Late == 0)) product_sum (
                .clk_i(clk_i), .en_i(en_i), .weights_i(weights[First*W+:Here*W]),
                .data_i(data[First*W+:Here*W]),
                .triple_i(triple[First*(W+2)+:Here*(W+2)]), .sum_o(term)
            );
            assign terms[t*SumBits+:SumBits] = {{(SumBits - Bits + 1) {term[Bits-1]}}, term[Bits-2:0]};
        end
        for (a = 0; a < Accumulators; a = a + 1) begin : gen_accumulator
            localparam First = a < Single ? 0 : Single + (a - Single) * Group; // term
            localparam Here = a < Single ? 1 : First + Group <= Terms ? Group : Terms - First;
            wire [SumBits-1:0] terms_sum, carried;
            reg  [SumBits-1:0] sum_q;
            adder_tree #(.Width(SumBits), .Count(Here)) adder_tree (
                .operands_i(terms[First*SumBits+:Here*SumBits]), .sum_o(terms_sum)
            );
            if (a == 0) begin : gen_bias
                assign carried = first_i ? {{(SumBits - W) {bias_i[W-1]}}, bias_i} : sum_q;
            end else begin : gen_zero
                assign carried = first_i ? {SumBits{1'b0}} : sum_q;
            end
            always @(posedge clk_i) if (en_i && valid_i) sum_q <= terms_sum + carried;
            assign accumulators[a*SumBits+:SumBits] = sum_q;
        end
    endgenerate

    adder_tree #(.Width(SumBits), .Count(Accumulators)) adder_tree (.operands_i(accumulators), .sum_o(total));
    saturate #(.InBits(SumBits), .OutBits(2 * W)) saturate (.value_i(total), .value_o(sum_o));
endmodule

`default_nettype wire
