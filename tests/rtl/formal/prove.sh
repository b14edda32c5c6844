#!/usr/bin/env bash
# SAT proofs of the lanes' arithmetic with Yosys: `prove.sh REPOSITORY`. Every wrong form must be refuted.
set -euo pipefail
root=$(cd "$1" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
formal=$root/tests/rtl/formal
failed=0

# prove FILE TOP "PARAMETERS" CLOCKS: CLOCKS 0 is a proof without time, registers as wires.
prove() {
    local file=$1 top=$2 parameters=$3 clocks=$4 chparam="" wires="" sat="" expected="proved" said
    for p in $parameters; do chparam+=" -set ${p/=/ }"; done
    [[ $parameters == *Wrong=1* ]] && expected="refuted"
    if [ "$clocks" = 0 ]; then wires="techmap -map $formal/product.v; opt_clean;"; else sat="-seq $clocks -set-init-zero"; fi
    yosys -q -l log.txt -p "read_verilog -sv $root/rtl/parts/delay.v $root/rtl/accelerator/delta_product.v $root/rtl/accelerator/lut_lanes.v \
        $root/rtl/accelerator/dsp_lane.v $root/rtl/accelerator/pair_correction.v $formal/$file; chparam $chparam $top; hierarchy -top $top; rename -top top; \
        proc; setattr -mod -unset keep_hierarchy *; flatten; $wires opt; \
        tee -o sat.txt sat $sat -prove good 1 top" > /dev/null 2>&1 || { tail -3 log.txt; said="an error"; }
    if grep -q "SUCCESS!" sat.txt; then said="proved"; elif grep -q "FAIL!" sat.txt; then said="refuted"; fi
    rm -f sat.txt
    echo "$top $parameters: ${said:-no answer}"
    if [ "${said:-}" != "$expected" ]; then failed=1; fi
}

for d in 1 2 3 4 5 8; do prove product.v prove_product "D=$d U=5" 0; done
prove product.v prove_product "D=4 U=8" 0
prove product.v prove_product "D=2 U=8 Wrong=1" 0

for p in "D=1 U=3 N=2" "D=2 U=3 N=3" "D=4 U=3 N=2"; do prove lanes.v prove_lut_lane "$p" 10; done
prove lanes.v prove_lut_lane "D=2 U=3 N=2 Wrong=1" 10
for p in "D=2 U=3 N=2" "D=2 U=2 N=3" "D=3 U=2 N=2"; do prove lanes.v prove_pair "$p" 13; done
prove lanes.v prove_pair "D=2 U=3 N=2 Wrong=1" 13

for p in "N=2 W=3" "N=2 W=3 D=2 Shift=1" "N=3 W=3 X=2 D=2" "N=2 Consecutive=1" "N=2 Shift=1 Consecutive=1" "N=3 W=3 X=2 D=2 Consecutive=1"; do
    prove sums.v prove_sums "$p" 0
done
prove sums.v prove_sums "N=2 Wrong=1" 0
prove sums.v prove_sums "N=2 Consecutive=1 Wrong=1" 0
exit "$failed"
