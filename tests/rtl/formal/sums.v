// The sums of docs/arithmetic.md, "In the domain of deltas", beside reconstruct and multiply: N weights w = r + d * 2^Shift,
// or each the one before plus d * 2^Shift, all of them W-bit numbers.
module prove_sums #(
    parameter N = 3, parameter W = 4, parameter X = 3, parameter D = 3, parameter Shift = 0, parameter Consecutive = 0,
    parameter Wrong = 0
) (
    input [W-1:0] first,   // fixed-reference: r; consecutive: the first weight
    input [N*D-1:0] codes, // of consecutive rows the first is not used
    input [N*X-1:0] inputs, output good
);
    localparam Total = W + X - 1 + $clog2(N + 1);
    integer i;
    localparam Bits = Total + 2;
    reg signed [Bits-1:0] weight, exact, all, products, before, x, d, reference;
    reg representable;
    always @* begin
        exact = 0;
        all = 0;
        products = 0;
        representable = 1;
        weight = {{(Bits-W){first[W-1]}}, first};
        reference = weight;
        for (i = 0; i < N; i = i + 1) begin
            x = {{(Bits-X){inputs[i*X+X-1]}}, inputs[i*X+:X]};
            d = {{(Bits-D){codes[i*D+D-1]}}, codes[i*D+:D]};
            before = all;
            if (Consecutive) begin
                if (i > 0) weight = weight + (d <<< Shift);
                if (i > 0) products = products - d * (Wrong ? all + x : before);
            end else begin
                weight = reference + (d <<< Shift);
                products = products + d * (Wrong ? x + 1 : x);
            end
            if (weight < -(1 <<< (W - 1)) || weight >= 1 <<< (W - 1)) representable = 0;
            exact = exact + weight * x;
            all = all + x;
        end
    end
    wire signed [Bits-1:0] ours = (Consecutive ? weight : reference) * all + (products <<< Shift);
    assign good = !representable || (ours[Total-1:0] == exact[Total-1:0]
        && exact >= -(1 <<< (Total - 1)) && exact < 1 <<< (Total - 1));
endmodule
