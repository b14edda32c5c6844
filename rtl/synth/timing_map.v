// Yosys techmap: series-7 cells as Yosys leaves them -> the cells of xc7_speed1.lib, for the static timing alone.
// A CARRY4 gets scalar pins. A DSP48E1 is taken apart into what its parameters leave in place; each part that all bits
// of a bus share has one output, since the delays are known per bus and not per bit.

module CARRY4 (
    output [3:0] CO, O,
    input        CI, CYINIT,
    input  [3:0] DI, S
);
    XC7_CARRY4 _TECHMAP_REPLACE_ (
        .CI(CI), .CYINIT(CYINIT), .S0(S[0]), .S1(S[1]), .S2(S[2]), .S3(S[3]),
        .DI0(DI[0]), .DI1(DI[1]), .DI2(DI[2]), .DI3(DI[3]),
        .O0(O[0]), .O1(O[1]), .O2(O[2]), .O3(O[3]), .CO0(CO[0]), .CO1(CO[1]), .CO2(CO[2]), .CO3(CO[3])
    );
endmodule

// bits_once: the bits of a port that are not their right neighbour's net again. A sign that is repeated over the top of
// a DSP port is one routed net, not a fanout of 20.
module bits_once #(parameter Width = 1, IdBits = 1, parameter [Width*IdBits-1:0] Ids = 0) (
    input [Width-1:0] bits_i, output [Width-1:0] once_o
);
    genvar i;
    assign once_o[0] = bits_i[0];
    generate
        for (i = 1; i < Width; i = i + 1)
            assign once_o[i] = Ids[i*IdBits+:IdBits] == Ids[(i-1)*IdBits+:IdBits] ? 1'b0 : bits_i[i];
    endgenerate
endmodule

module DSP48E1 (
    output [29:0] ACOUT,
    output [17:0] BCOUT,
    output        CARRYCASCOUT,
    output [3:0]  CARRYOUT,
    output        MULTSIGNOUT, OVERFLOW,
    output [47:0] P,
    output        PATTERNBDETECT, PATTERNDETECT,
    output [47:0] PCOUT,
    output        UNDERFLOW,
    input  [29:0] A, ACIN,
    input  [3:0]  ALUMODE,
    input  [17:0] B, BCIN,
    input  [47:0] C,
    input         CARRYCASCIN, CARRYIN,
    input  [2:0]  CARRYINSEL,
    input         CEA1, CEA2, CEAD, CEALUMODE, CEB1, CEB2, CEC, CECARRYIN, CECTRL, CED, CEINMODE, CEM, CEP, CLK,
    input  [24:0] D,
    input  [4:0]  INMODE,
    input         MULTSIGNIN,
    input  [6:0]  OPMODE,
    input  [47:0] PCIN,
    input         RSTA, RSTALLCARRYIN, RSTALUMODE, RSTB, RSTC, RSTCTRL, RSTD, RSTINMODE, RSTM, RSTP
);
    parameter integer ACASCREG = 1, ADREG = 1, ALUMODEREG = 1, AREG = 1, BCASCREG = 1, BREG = 1, CARRYINREG = 1;
    parameter integer CARRYINSELREG = 1, CREG = 1, DREG = 1, INMODEREG = 1, MREG = 1, OPMODEREG = 1, PREG = 1;
    parameter AUTORESET_PATDET = "NO_RESET", A_INPUT = "DIRECT", B_INPUT = "DIRECT";
    parameter SEL_MASK = "MASK", SEL_PATTERN = "PATTERN", USE_DPORT = "FALSE", USE_MULT = "MULTIPLY";
    parameter USE_PATTERN_DETECT = "NO_PATDET", USE_SIMD = "ONE48";
    parameter [47:0] MASK = 48'h3FFFFFFFFFFF, PATTERN = 0;
    parameter IS_ALUMODE_INVERTED = 0, IS_CARRYIN_INVERTED = 0, IS_CLK_INVERTED = 0, IS_INMODE_INVERTED = 0;
    parameter IS_OPMODE_INVERTED = 0;

    parameter _TECHMAP_BITS_CONNMAP_ = 0;
    parameter [30*_TECHMAP_BITS_CONNMAP_-1:0] _TECHMAP_CONNMAP_A_ = 0;
    parameter [18*_TECHMAP_BITS_CONNMAP_-1:0] _TECHMAP_CONNMAP_B_ = 0;
    parameter [48*_TECHMAP_BITS_CONNMAP_-1:0] _TECHMAP_CONNMAP_C_ = 0;
    parameter [25*_TECHMAP_BITS_CONNMAP_-1:0] _TECHMAP_CONNMAP_D_ = 0;

    // Registered control inputs and patterns: not inferred by Yosys 0.23, and not in the library.
    localparam Inferred = ALUMODEREG == 0 && CARRYINREG == 0 && CARRYINSELREG == 0 && INMODEREG == 0
        && OPMODEREG == 0 && USE_PATTERN_DETECT == "NO_PATDET" && !IS_CLK_INVERTED && AREG < 2 && BREG < 2;
    wire _TECHMAP_FAIL_ = !Inferred;

    wire [29:0] a_once;
    wire [17:0] b_once;
    wire [47:0] c_once;
    wire [24:0] d_once;
    bits_once #(.Width(30), .IdBits(_TECHMAP_BITS_CONNMAP_), .Ids(_TECHMAP_CONNMAP_A_)) once_a (A, a_once);
    bits_once #(.Width(18), .IdBits(_TECHMAP_BITS_CONNMAP_), .Ids(_TECHMAP_CONNMAP_B_)) once_b (B, b_once);
    bits_once #(.Width(48), .IdBits(_TECHMAP_BITS_CONNMAP_), .Ids(_TECHMAP_CONNMAP_C_)) once_c (C, c_once);
    bits_once #(.Width(25), .IdBits(_TECHMAP_BITS_CONNMAP_), .Ids(_TECHMAP_CONNMAP_D_)) once_d (D, d_once);

    wire a, b, c, d, ad, m, sum, p_again, opmode, alumode, inmode;
    DSP_OPMODE in_opmode (.I(OPMODE), .Y(opmode));
    DSP_ALUMODE in_alumode (.I(ALUMODE), .Y(alumode));
    DSP_INMODE in_inmode (.I(INMODE), .Y(inmode));
    generate
        if (AREG != 0 && A_INPUT == "CASCADE")
            DSP_AREG_CASCADE areg (.C(CLK), .D(ACIN[0]), .CE(CEA2), .R(RSTA), .Q(a));
        else if (AREG != 0) DSP_AREG areg (.C(CLK), .D(a_once), .CE(CEA2), .R(RSTA), .Q(a));
        else if (A_INPUT == "CASCADE") assign a = ACIN[0];
        else DSP_A in_a (.A(a_once), .Y(a));

        if (BREG != 0 && B_INPUT == "CASCADE")
            DSP_BREG_CASCADE breg (.C(CLK), .D(BCIN[0]), .CE(CEB2), .R(RSTB), .Q(b));
        else if (BREG != 0) DSP_BREG breg (.C(CLK), .D(b_once), .CE(CEB2), .R(RSTB), .Q(b));
        else if (B_INPUT == "CASCADE") assign b = BCIN[0];
        else DSP_B in_b (.B(b_once), .Y(b));

        if (CREG != 0) DSP_CREG creg (.C(CLK), .D(c_once), .CE(CEC), .R(RSTC), .Q(c));
        else DSP_C in_c (.C(c_once), .Y(c));

        if (USE_DPORT == "TRUE") begin
            wire before;
            if (DREG != 0) DSP_DREG dreg (.C(CLK), .D(d_once), .CE(CED), .R(RSTD), .Q(d));
            else DSP_D in_d (.D(d_once), .Y(d));
            DSP_PREADD preadd (.A(a), .D(d), .INMODE(inmode), .Y(before));
            if (ADREG != 0) DSP_ADREG adreg (.C(CLK), .D(before), .CE(CEAD), .R(RSTD), .Q(ad));
            else assign ad = before;
        end

        if (USE_MULT != "NONE") begin
            wire product;
            if (USE_DPORT == "TRUE") DSP_MULT mult (.A(1'b0), .AD(ad), .B(b), .Y(product));
            else DSP_MULT mult (.A(a), .AD(1'b0), .B(b), .Y(product));
            if (MREG != 0) DSP_MREG mreg (.C(CLK), .D(product), .CE(CEM), .R(RSTM), .Q(m));
            else assign m = product;
            DSP_ALU alu (
                .M(m), .C(c), .PCIN(PCIN[0]), .OPMODE(opmode), .ALUMODE(alumode),
                .CARRYIN(CARRYIN), .A(1'b0), .B(1'b0), .PREG(p_again), .Y(sum)
            );
        end else
            DSP_ALU alu (
                .M(1'b0), .C(c), .PCIN(PCIN[0]), .OPMODE(opmode), .ALUMODE(alumode),
                .CARRYIN(CARRYIN), .A(a), .B(b), .PREG(p_again), .Y(sum)
            );
    endgenerate

    genvar i;
    generate
        if (PREG != 0) begin
            // Bit 0 has the way back into the adder and the cascade, which are buses with one delay.
            wire [47:0] cascade;
            for (i = 0; i < 48; i = i + 1)
                DSP_PREG preg (.C(CLK), .D(sum), .CE(CEP), .R(RSTP), .P(P[i]), .PCOUT(cascade[i]));
            assign PCOUT = cascade[0];
            assign p_again = cascade[0];
        end else begin
            for (i = 0; i < 48; i = i + 1) DSP_P out_p (.I(sum), .O(P[i]));
            DSP_PCOUT out_pcout (.I(sum), .Y(PCOUT[0]));
            assign p_again = 1'b0;
        end
        if (ACASCREG != 0 || AREG == 0) DSP_ACOUT out_a (.A(a), .Y(ACOUT[0]));
        if (BCASCREG != 0 || BREG == 0) DSP_BCOUT out_b (.B(b), .Y(BCOUT[0]));
    endgenerate
endmodule
