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

# What a shell may have set for other programs changes nothing: same results, no word of theirs on standard output.
one=(--network 64-16-4 --delta-bits 3 --parallelism 2 --operator-inputs 8)
mkdir poison
echo "#error poison" | tee poison/cstdint poison/verilated.h >poison/vector
with=(env XDG_CACHE_HOME="$work/fresh" GNUTERM=qt CXX=false CXXFLAGS=-bogus CPATH="$work/poison"
    CPLUS_INCLUDE_PATH="$work/poison" VERILATOR_ROOT=/nowhere MAKEFLAGS=-bogus PERL5OPT=-Mnone BASH_ENV=/nowhere
    LC_ALL=tlh LANG=tlh DNNL_VERBOSE=2 ONEDNN_VERBOSE=2)
share_cache "$work/fresh" verilator-runtime
expect 0 "" train --dataset data "${one[@]}" --epochs 2 --batch 100 --db env.db --json
[ "$(head -c 1 out)" = "[" ] || wrong "train printed $(head -c 200 out)"
grep -qi "dnnl" out && wrong "a library wrote to standard output: $(head -c 200 out)"
expect 0 "" sim "${one[@]}" --db env.db
expect 0 "" synth "${one[@]}" --db env.db
expect 0 "" plot --db env.db --x weight_storage_bits --y test_accuracy -o env.svg
with=()
expect 0 "" train --dataset data "${one[@]}" --epochs 2 --batch 100 --db plain.db
same "$(sqlite3 plain.db "SELECT hex(network) FROM training")" "$(sqlite3 env.db "SELECT hex(network) FROM training")" \
    "the trained network"

# Another program's lock is waited for, and told.
mkfifo asks
sqlite3 a.db <asks >/dev/null &
exec 7>asks
echo "BEGIN IMMEDIATE;" >&7
sed 's/small/waits/; s/epochs: 2/epochs: 3/' a.yaml >waits.yaml
"$program" run waits.yaml --db a.db 2>err >out &
pid=$!
until grep -q "a.db is locked by another program: waiting" err; do
    kill -0 $pid 2>/dev/null || break
    sleep 0.05
done
kill -0 $pid 2>/dev/null || wrong "a lock ended a run: $(cat err)"
echo "COMMIT;" >&7
exec 7>&-
wait $pid
same 0 $? "exit code after a lock"
grep -q "waits: 1 point, 1 run" err || wrong "no results after a lock: $(cat err)"
wait

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
