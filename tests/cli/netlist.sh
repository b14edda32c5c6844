#!/usr/bin/env bash
# What Yosys makes of an accelerator computes what its RTL does: the netlist in the place of the RTL, in the exported test
# bench, under Icarus Verilog. Memories in LUTs: Yosys has no models of block RAM. (Yosys 0.23 drops the bits of a register
# that only repeat the sign when it packs it into a DSP48E1: see rtl/accelerator/requantise.v.)
source "$(dirname "$0")/lib.sh" "$1"
for tool in yosys iverilog; do command -v $tool >/dev/null || { echo "$tool is not installed"; exit 77; }; done
cells=$(dirname "$(realpath "$(command -v yosys)")")/../share/yosys/xilinx/cells_sim.v
mkdir data
"$(dirname "$program")/tests/make_data" data 300 50 || wrong "no data"
one=(--dataset data --network 64-7-4 --epochs 1 --batch 100 --engine accelerator --weight-memory lut --seed 5)

# in_netlist NAME: the exported folder NAME through Yosys; the bench's last line goes to the file said.
in_netlist() {
    (cd "$1/rtl" && yosys -q -p "read_verilog -sv $(echo *.v); hierarchy -top deltasweep_top
        synth_xilinx -family xc7 -flatten -noiopad -noclkbuf -nowidelut -top deltasweep_top
        setattr -mod -unset keep_hierarchy A:keep_hierarchy; flatten; opt_clean; write_verilog -noattr ../net.v") >yosys.log 2>&1 ||
        wrong "$1: $(tail -3 yosys.log)"
    sed -i "s/INIT([0-9]*'hx*)/INIT(0)/" "$1/net.v" # a register's first value: what the part gives it, not unknown
    iverilog -g2012 -o "$1/bench" -s testbench -I "$1/sim" "$1/sim/testbench.v" "$1/net.v" "$cells" 2>err ||
        wrong "$1: $(grep -v warning err | head -3)"
    (cd "$1/rtl" && timeout 3600 vvp -n ../bench) >said 2>&1
}

for code in "fixed-reference --delta-bits 3 --parallelism 3 --dsp-lanes 2" "consecutive --delta-bits 2 --parallelism 5 --dsp-lanes 1" \
    "fixed-point --parallelism 2"; do
    name=${code%% *}
    rm -f a.db
    # shellcheck disable=SC2086 # several options
    expect 0 "deployed_accuracy" train "${one[@]}" --db a.db --scheme $code
    expect 0 "wrote $name" export "$(sqlite3 a.db "SELECT point FROM points")" "$name" --images 4 --db a.db
    in_netlist "$name"
    grep -q "^PASS: 4 images" said || wrong "$name: $(tail -3 said)"
    echo "$name: $(grep -c DSP48E1 "$name/net.v") DSP48E1, $(grep '^PASS' said)"
done

# The same must notice a netlist that is wrong: a register less in a DSP48E1.
sed -i '0,/\.MREG(1.h1)/s//.MREG(1'"'"'h0)/' fixed-reference/net.v
iverilog -g2012 -o fixed-reference/bench -s testbench -I fixed-reference/sim fixed-reference/sim/testbench.v \
    fixed-reference/net.v "$cells" 2>/dev/null
(cd fixed-reference/rtl && timeout 3600 vvp -n ../bench) >said 2>&1
grep -q "^PASS" said && wrong "a DSP48E1 without its register went unnoticed"
finish
