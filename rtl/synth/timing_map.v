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
        && OPMODEREG == 0 && USE_PATTERN_DETECT == "NO_PATDET" && !IS_CLK_INVERTED;
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
    DSP_OPMODE \_TECHMAP_REPLACE_.in_opmode (.I(OPMODE), .Y(opmode));
    DSP_ALUMODE \_TECHMAP_REPLACE_.in_alumode (.I(ALUMODE), .Y(alumode));
    DSP_INMODE \_TECHMAP_REPLACE_.in_inmode (.I(INMODE), .Y(inmode));
    generate
        if (AREG != 0 && A_INPUT == "CASCADE")
            DSP_AREG_CASCADE \_TECHMAP_REPLACE_.areg (.C(CLK), .D(ACIN[0]), .CE(CEA2), .R(RSTA), .Q(a));
        else if (AREG == 2) begin // two registers in a row: the second is fed as by a cascade, inside the DSP
            wire first;
            DSP_AREG \_TECHMAP_REPLACE_.areg1 (.C(CLK), .D(a_once), .CE(CEA1), .R(RSTA), .Q(first));
            DSP_AREG_CASCADE \_TECHMAP_REPLACE_.areg (.C(CLK), .D(first), .CE(CEA2), .R(RSTA), .Q(a));
        end else if (AREG != 0) DSP_AREG \_TECHMAP_REPLACE_.areg (.C(CLK), .D(a_once), .CE(CEA2), .R(RSTA), .Q(a));
        else if (A_INPUT == "CASCADE") assign a = ACIN[0];
        else DSP_A \_TECHMAP_REPLACE_.in_a (.A(a_once), .Y(a));

        if (BREG != 0 && B_INPUT == "CASCADE")
            DSP_BREG_CASCADE \_TECHMAP_REPLACE_.breg (.C(CLK), .D(BCIN[0]), .CE(CEB2), .R(RSTB), .Q(b));
        else if (BREG == 2) begin
            wire first;
            DSP_BREG \_TECHMAP_REPLACE_.breg1 (.C(CLK), .D(b_once), .CE(CEB1), .R(RSTB), .Q(first));
            DSP_BREG_CASCADE \_TECHMAP_REPLACE_.breg (.C(CLK), .D(first), .CE(CEB2), .R(RSTB), .Q(b));
        end else if (BREG != 0) DSP_BREG \_TECHMAP_REPLACE_.breg (.C(CLK), .D(b_once), .CE(CEB2), .R(RSTB), .Q(b));
        else if (B_INPUT == "CASCADE") assign b = BCIN[0];
        else DSP_B \_TECHMAP_REPLACE_.in_b (.B(b_once), .Y(b));

        if (CREG != 0) DSP_CREG \_TECHMAP_REPLACE_.creg (.C(CLK), .D(c_once), .CE(CEC), .R(RSTC), .Q(c));
        else DSP_C \_TECHMAP_REPLACE_.in_c (.C(c_once), .Y(c));

        if (USE_DPORT == "TRUE") begin
            wire before;
            if (DREG != 0) DSP_DREG \_TECHMAP_REPLACE_.dreg (.C(CLK), .D(d_once), .CE(CED), .R(RSTD), .Q(d));
            else DSP_D \_TECHMAP_REPLACE_.in_d (.D(d_once), .Y(d));
            DSP_PREADD \_TECHMAP_REPLACE_.preadd (.A(a), .D(d), .INMODE(inmode), .Y(before));
            if (ADREG != 0) DSP_ADREG \_TECHMAP_REPLACE_.adreg (.C(CLK), .D(before), .CE(CEAD), .R(RSTD), .Q(ad));
            else assign ad = before;
        end

        if (USE_MULT != "NONE") begin
            wire product;
            if (USE_DPORT == "TRUE") DSP_MULT \_TECHMAP_REPLACE_.mult (.A(1'b0), .AD(ad), .B(b), .Y(product));
            else DSP_MULT \_TECHMAP_REPLACE_.mult (.A(a), .AD(1'b0), .B(b), .Y(product));
            if (MREG != 0) DSP_MREG \_TECHMAP_REPLACE_.mreg (.C(CLK), .D(product), .CE(CEM), .R(RSTM), .Q(m));
            else assign m = product;
            DSP_ALU \_TECHMAP_REPLACE_.alu (
                .M(m), .C(c), .PCIN(PCIN[0]), .OPMODE(opmode), .ALUMODE(alumode),
                .CARRYIN(CARRYIN), .A(1'b0), .B(1'b0), .PREG(p_again), .Y(sum)
            );
        end else
            DSP_ALU \_TECHMAP_REPLACE_.alu (
                .M(1'b0), .C(c), .PCIN(PCIN[0]), .OPMODE(opmode), .ALUMODE(alumode),
                .CARRYIN(CARRYIN), .A(a), .B(b), .PREG(p_again), .Y(sum)
            );
    endgenerate

    genvar i;
    generate
        if (PREG != 0) begin : p_register
            // Bit 0 has the way back into the adder and the cascade, which are buses with one delay.
            wire [47:0] cascade;
            for (i = 0; i < 48; i = i + 1) begin : bits
                DSP_PREG preg (.C(CLK), .D(sum), .CE(CEP), .R(RSTP), .P(P[i]), .PCOUT(cascade[i]));
            end
            assign PCOUT = cascade[0];
            assign p_again = cascade[0];
        end else begin : p_wires
            for (i = 0; i < 48; i = i + 1) begin : bits
                DSP_P out_p (.I(sum), .O(P[i]));
            end
            DSP_PCOUT \_TECHMAP_REPLACE_.out_pcout (.I(sum), .Y(PCOUT[0]));
            assign p_again = 1'b0;
        end
        if (ACASCREG != 0 || AREG == 0) DSP_ACOUT \_TECHMAP_REPLACE_.out_a (.A(a), .Y(ACOUT[0]));
        if (BCASCREG != 0 || BREG == 0) DSP_BCOUT \_TECHMAP_REPLACE_.out_b (.B(b), .Y(BCOUT[0]));
    endgenerate
endmodule

// Parameters of a block RAM that its timing does not depend on.
`define CONTENTS parameter \
    INIT_00 = 0, INIT_01 = 0, INIT_02 = 0, INIT_03 = 0, INIT_04 = 0, INIT_05 = 0, INIT_06 = 0, INIT_07 = 0, \
    INIT_08 = 0, INIT_09 = 0, INIT_0A = 0, INIT_0B = 0, INIT_0C = 0, INIT_0D = 0, INIT_0E = 0, INIT_0F = 0, \
    INIT_10 = 0, INIT_11 = 0, INIT_12 = 0, INIT_13 = 0, INIT_14 = 0, INIT_15 = 0, INIT_16 = 0, INIT_17 = 0, \
    INIT_18 = 0, INIT_19 = 0, INIT_1A = 0, INIT_1B = 0, INIT_1C = 0, INIT_1D = 0, INIT_1E = 0, INIT_1F = 0, \
    INIT_20 = 0, INIT_21 = 0, INIT_22 = 0, INIT_23 = 0, INIT_24 = 0, INIT_25 = 0, INIT_26 = 0, INIT_27 = 0, \
    INIT_28 = 0, INIT_29 = 0, INIT_2A = 0, INIT_2B = 0, INIT_2C = 0, INIT_2D = 0, INIT_2E = 0, INIT_2F = 0, \
    INIT_30 = 0, INIT_31 = 0, INIT_32 = 0, INIT_33 = 0, INIT_34 = 0, INIT_35 = 0, INIT_36 = 0, INIT_37 = 0, \
    INIT_38 = 0, INIT_39 = 0, INIT_3A = 0, INIT_3B = 0, INIT_3C = 0, INIT_3D = 0, INIT_3E = 0, INIT_3F = 0, \
    INIT_40 = 0, INIT_41 = 0, INIT_42 = 0, INIT_43 = 0, INIT_44 = 0, INIT_45 = 0, INIT_46 = 0, INIT_47 = 0, \
    INIT_48 = 0, INIT_49 = 0, INIT_4A = 0, INIT_4B = 0, INIT_4C = 0, INIT_4D = 0, INIT_4E = 0, INIT_4F = 0, \
    INIT_50 = 0, INIT_51 = 0, INIT_52 = 0, INIT_53 = 0, INIT_54 = 0, INIT_55 = 0, INIT_56 = 0, INIT_57 = 0, \
    INIT_58 = 0, INIT_59 = 0, INIT_5A = 0, INIT_5B = 0, INIT_5C = 0, INIT_5D = 0, INIT_5E = 0, INIT_5F = 0, \
    INIT_60 = 0, INIT_61 = 0, INIT_62 = 0, INIT_63 = 0, INIT_64 = 0, INIT_65 = 0, INIT_66 = 0, INIT_67 = 0, \
    INIT_68 = 0, INIT_69 = 0, INIT_6A = 0, INIT_6B = 0, INIT_6C = 0, INIT_6D = 0, INIT_6E = 0, INIT_6F = 0, \
    INIT_70 = 0, INIT_71 = 0, INIT_72 = 0, INIT_73 = 0, INIT_74 = 0, INIT_75 = 0, INIT_76 = 0, INIT_77 = 0, \
    INIT_78 = 0, INIT_79 = 0, INIT_7A = 0, INIT_7B = 0, INIT_7C = 0, INIT_7D = 0, INIT_7E = 0, INIT_7F = 0, \
    INITP_00 = 0, INITP_01 = 0, INITP_02 = 0, INITP_03 = 0, INITP_04 = 0, INITP_05 = 0, INITP_06 = 0, \
    INITP_07 = 0, INITP_08 = 0, INITP_09 = 0, INITP_0A = 0, INITP_0B = 0, INITP_0C = 0, INITP_0D = 0, \
    INITP_0E = 0, INITP_0F = 0, INIT_A = 0, INIT_B = 0, INIT_FILE = 0, SRVAL_A = 0, SRVAL_B = 0, READ_WIDTH_A \
    = 0, READ_WIDTH_B = 0, WRITE_WIDTH_A = 0, WRITE_WIDTH_B = 0, WRITE_MODE_A = 0, WRITE_MODE_B = 0, \
    RDADDR_COLLISION_HWCONFIG = 0, SIM_DEVICE = 0, SIM_COLLISION_CHECK = 0, RSTREG_PRIORITY_A = 0, \
    RSTREG_PRIORITY_B = 0, EN_ECC_READ = 0, EN_ECC_WRITE = 0, \
    IS_CLKARDCLK_INVERTED = 0, IS_CLKBWRCLK_INVERTED = 0, IS_ENARDEN_INVERTED = 0, IS_ENBWREN_INVERTED = 0, \
    IS_RSTRAMARSTRAM_INVERTED = 0, IS_RSTRAMB_INVERTED = 0, IS_RSTREGARSTREG_INVERTED = 0, \
    IS_RSTREGB_INVERTED = 0;

// Block RAM as two ports; in simple dual-port mode the first reads both halves and the second writes both.
module RAMB18E1 (
    input         CLKARDCLK, CLKBWRCLK, ENARDEN, ENBWREN, REGCEAREGCE, REGCEB,
    input         RSTRAMARSTRAM, RSTRAMB, RSTREGARSTREG, RSTREGB,
    input  [13:0] ADDRARDADDR, ADDRBWRADDR,
    input  [15:0] DIADI, DIBDI,
    input  [1:0]  DIPADIP, DIPBDIP, WEA,
    input  [3:0]  WEBWE,
    output [15:0] DOADO, DOBDO,
    output [1:0]  DOPADOP, DOPBDOP
);
    parameter DOA_REG = 0, DOB_REG = 0, RAM_MODE = "TDP";
    `CONTENTS
    wire [71:0] a, b;
    block_ram_port #(.Registered(DOA_REG)) port_a (
        .C(CLKARDCLK), .EN(ENARDEN), .REGCE(REGCEAREGCE), .RST(RSTRAMARSTRAM), .RSTREG(RSTREGARSTREG),
        .ADDR({2'b0, ADDRARDADDR}), .DI(RAM_MODE == "SDP" ? 72'b0 : {54'b0, DIPADIP, DIADI}), .WE({6'b0, WEA}), .DO(a)
    );
    block_ram_port #(.Registered(DOB_REG)) port_b (
        .C(CLKBWRCLK), .EN(ENBWREN), .REGCE(REGCEB), .RST(RSTRAMB), .RSTREG(RSTREGB),
        .ADDR({2'b0, ADDRBWRADDR}),
        .DI(RAM_MODE == "SDP" ? {36'b0, DIPBDIP, DIPADIP, DIBDI, DIADI} : {54'b0, DIPBDIP, DIBDI}),
        .WE({4'b0, WEBWE}), .DO(b)
    );
    assign {DOPADOP, DOADO} = a[17:0];
    assign {DOPBDOP, DOBDO} = RAM_MODE == "SDP" ? a[35:18] : b[17:0];
endmodule

module RAMB36E1 (
    input         CLKARDCLK, CLKBWRCLK, ENARDEN, ENBWREN, REGCEAREGCE, REGCEB,
    input         RSTRAMARSTRAM, RSTRAMB, RSTREGARSTREG, RSTREGB,
    input  [15:0] ADDRARDADDR, ADDRBWRADDR,
    input  [31:0] DIADI, DIBDI,
    input  [3:0]  DIPADIP, DIPBDIP, WEA,
    input  [7:0]  WEBWE,
    input         CASCADEINA, CASCADEINB,
    output [31:0] DOADO, DOBDO,
    output [3:0]  DOPADOP, DOPBDOP,
    output        CASCADEOUTA, CASCADEOUTB
);
    parameter DOA_REG = 0, DOB_REG = 0, RAM_MODE = "TDP", RAM_EXTENSION_A = "NONE", RAM_EXTENSION_B = "NONE";
    `CONTENTS
    wire [71:0] a, b;
    block_ram_port #(.Registered(DOA_REG)) port_a (
        .C(CLKARDCLK), .EN(ENARDEN), .REGCE(REGCEAREGCE), .RST(RSTRAMARSTRAM), .RSTREG(RSTREGARSTREG),
        .ADDR(ADDRARDADDR), .DI(RAM_MODE == "SDP" ? 72'b0 : {36'b0, DIPADIP, DIADI}), .WE({4'b0, WEA}), .DO(a)
    );
    block_ram_port #(.Registered(DOB_REG)) port_b (
        .C(CLKBWRCLK), .EN(ENBWREN), .REGCE(REGCEB), .RST(RSTRAMB), .RSTREG(RSTREGB), .ADDR(ADDRBWRADDR),
        .DI(RAM_MODE == "SDP" ? {DIPBDIP, DIPADIP, DIBDI, DIADI} : {36'b0, DIPBDIP, DIBDI}), .WE(WEBWE), .DO(b)
    );
    // Two of them as 64 K words of one bit: the lower one's output goes through the upper one. No delay of that is
    // published; an estimate: as Yosys joins deeper memories, a route and a LUT.
    wire joined_a, joined_b;
    assign CASCADEOUTA = a[0];
    assign CASCADEOUTB = b[0];
    generate
        if (RAM_EXTENSION_A == "UPPER") LUT2 \_TECHMAP_REPLACE_.join_a (.I0(a[0]), .I1(CASCADEINA), .O(joined_a));
        else assign joined_a = a[0];
        if (RAM_EXTENSION_B == "UPPER") LUT2 \_TECHMAP_REPLACE_.join_b (.I0(b[0]), .I1(CASCADEINB), .O(joined_b));
        else assign joined_b = b[0];
    endgenerate
    assign {DOPADOP, DOADO} = {a[35:1], joined_a};
    assign {DOPBDOP, DOBDO} = RAM_MODE == "SDP" ? a[71:36] : {b[35:1], joined_b};
endmodule

module block_ram_port #(parameter Registered = 0) (
    input C, EN, REGCE, RST, RSTREG, input [15:0] ADDR, input [71:0] DI, input [7:0] WE, output [71:0] DO
);
    // Kept: a port that only writes still has set-up times.
    generate
        if (Registered != 0)
            (* keep *) XC7_RAMB_PORT_REG port (
                .C(C), .EN(EN), .REGCE(REGCE), .RST(RST), .RSTREG(RSTREG), .ADDR(ADDR), .DI(DI), .WE(WE), .DO(DO)
            );
        else
            (* keep *) XC7_RAMB_PORT port (
                .C(C), .EN(EN), .REGCE(REGCE), .RST(RST), .RSTREG(RSTREG), .ADDR(ADDR), .DI(DI), .WE(WE), .DO(DO)
            );
    endgenerate
endmodule

// LUTs as memory: one cell that is written, and one for each port that is read.
module lut_ram #(parameter Reads = 1) (
    input C, WE, input [7:0] WADDR, DI, input [8*Reads-1:0] RADDR, output [Reads-1:0] DO
);
    (* keep *) XC7_LUTRAM_WRITE write (.C(C), .WE(WE), .ADDR(WADDR), .DI(DI));
    genvar i;
    generate
        for (i = 0; i < Reads; i = i + 1) XC7_LUTRAM_READ read (.C(C), .ADDR(RADDR[8*i+:8]), .O(DO[i]));
    endgenerate
endmodule

module RAM32X1S (output O, input A0, A1, A2, A3, A4, D, WCLK, WE);
    parameter INIT = 0, IS_WCLK_INVERTED = 0;
    wire [7:0] address = {A4, A3, A2, A1, A0};
    lut_ram #(.Reads(1)) ram (.C(WCLK), .WE(WE), .WADDR(address), .DI({7'b0, D}), .RADDR(address), .DO(O));
endmodule

module RAM64X1S (output O, input A0, A1, A2, A3, A4, A5, D, WCLK, WE);
    parameter INIT = 0, IS_WCLK_INVERTED = 0;
    wire [7:0] address = {A5, A4, A3, A2, A1, A0};
    lut_ram #(.Reads(1)) ram (.C(WCLK), .WE(WE), .WADDR(address), .DI({7'b0, D}), .RADDR(address), .DO(O));
endmodule

module RAM32X1D (
    output DPO, SPO,
    input A0, A1, A2, A3, A4, DPRA0, DPRA1, DPRA2, DPRA3, DPRA4, D, WCLK, WE
);
    parameter INIT = 0, IS_WCLK_INVERTED = 0;
    wire [7:0] write = {3'b0, A4, A3, A2, A1, A0}, read = {3'b0, DPRA4, DPRA3, DPRA2, DPRA1, DPRA0};
    lut_ram #(.Reads(2)) ram (.C(WCLK), .WE(WE), .WADDR(write), .DI({7'b0, D}), .RADDR({read, write}), .DO({DPO, SPO}));
endmodule

module RAM64X1D (
    output DPO, SPO,
    input A0, A1, A2, A3, A4, A5, DPRA0, DPRA1, DPRA2, DPRA3, DPRA4, DPRA5, D, WCLK, WE
);
    parameter INIT = 0, IS_WCLK_INVERTED = 0;
    wire [7:0] write = {2'b0, A5, A4, A3, A2, A1, A0}, read = {2'b0, DPRA5, DPRA4, DPRA3, DPRA2, DPRA1, DPRA0};
    lut_ram #(.Reads(2)) ram (.C(WCLK), .WE(WE), .WADDR(write), .DI({7'b0, D}), .RADDR({read, write}), .DO({DPO, SPO}));
endmodule

module RAM128X1D (
    output DPO, SPO,
    input [6:0] A, DPRA, input D, WCLK, WE
);
    parameter INIT = 0, IS_WCLK_INVERTED = 0;
    wire [7:0] write = {1'b0, A}, read = {1'b0, DPRA};
    lut_ram #(.Reads(2)) ram (.C(WCLK), .WE(WE), .WADDR(write), .DI({7'b0, D}), .RADDR({read, write}), .DO({DPO, SPO}));
endmodule

module RAM32M (
    output [1:0] DOA, DOB, DOC, DOD,
    input  [4:0] ADDRA, ADDRB, ADDRC, ADDRD,
    input  [1:0] DIA, DIB, DIC, DID,
    input  WCLK, WE
);
    parameter INIT_A = 0, INIT_B = 0, INIT_C = 0, INIT_D = 0, IS_WCLK_INVERTED = 0;
    wire [7:0] a = ADDRA, b = ADDRB, c = ADDRC, d = ADDRD;
    lut_ram #(.Reads(8)) ram (
        .C(WCLK), .WE(WE), .WADDR(d), .DI({DID, DIC, DIB, DIA}),
        .RADDR({d, d, c, c, b, b, a, a}), .DO({DOD, DOC, DOB, DOA})
    );
endmodule

module RAM64M (
    output DOA, DOB, DOC, DOD,
    input  [5:0] ADDRA, ADDRB, ADDRC, ADDRD,
    input  DIA, DIB, DIC, DID,
    input  WCLK, WE
);
    parameter INIT_A = 0, INIT_B = 0, INIT_C = 0, INIT_D = 0, IS_WCLK_INVERTED = 0;
    wire [7:0] a = ADDRA, b = ADDRB, c = ADDRC, d = ADDRD;
    lut_ram #(.Reads(4)) ram (
        .C(WCLK), .WE(WE), .WADDR(d), .DI({4'b0, DID, DIC, DIB, DIA}), .RADDR({d, c, b, a}), .DO({DOD, DOC, DOB, DOA})
    );
endmodule
