#!/usr/bin/env bash
# What a new user meets sooner or later: one missing tool, a mistake in a sweep file, RTL that
# does not compile. Each has its message, its exit code and its remedy.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 2000 500 || wrong "no data"
cat >a.yaml <<EOF
name: small
dataset: data
network: [64, 16, 4]
train: {epochs: 2, batch: 100}
axes: {scheme: fixed-reference, delta_bits: 3, parallelism: 2, operator_inputs: 8}
EOF

# Every tool but the timing estimate's: the rest is done, the exit code says that something is not.
mkdir most
for tool in verilator yosys; do
    cp -sf "$(dirname "$(command -v $tool)")"/* most/ 2>/dev/null
done
rm -f most/sta
with=(env PATH="$work/most")
expect 2 "sta is not installed: apt-get install opensta" run a.yaml --db a.db
grep -q "the timing estimate was left out" err || wrong "no verdict on timing: $(cat err)"
same "1|1|0" "$(sqlite3 a.db "SELECT count(lut), count(cycles_per_dot), count(fmax_mhz) FROM results")" "results without sta"
with=()
expect 0 "1 job done" run a.yaml --db a.db
same "1" "$(sqlite3 a.db "SELECT count(fmax_mhz) FROM results")" "results with sta again"

# Every line about a missing tool says who speaks.
with=(env PATH="$work/data")
expect 2 "simulation and synthesis were left out" run a.yaml --db b.db
same "3" "$(grep -c "^deltasweep: " err)" "lines of deltasweep"
with=()

# The message of a failed build shows where the error is.
mkdir -p share/models
cp -r "$source_dir/rtl" "$source_dir/sim" share/
cp -r "$source_dir/models/fpga" share/models/
sed -i 's/^endmodule/no_such_module wrong();\nendmodule/' share/rtl/mac/mac_fixed_reference.v
with=(env DELTASWEEP_SHARE="$work/share")
expect 2 "Cannot find file containing module: 'no_such_module'" run a.yaml --db c.db
expect 0 "Cannot find file containing module: 'no_such_module'" status --db c.db
expect 2 "1 job failed;" synth --network 64-16-4 --delta-bits 3 --parallelism 2 --operator-inputs 8 --db c.db
with=()
# A refusal of options speaks of options, not of a sweep file's keys.
expect 2 "(parallelism) is 9" synth --parallelism 9 --operator-inputs 8 --db t.db
grep -q "where:" err && wrong "options have no where: $(cat err)"

# A trace that cannot be written is refused before any work.
expect 2 "--trace: cannot write no/where.vcd: No such file" sim --trace no/where.vcd --operator-inputs 8 --db t.db
[ -e t.db ] && wrong "a refused trace made a database"
finish
