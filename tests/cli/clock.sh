#!/usr/bin/env bash
# Durations and the time left do not follow the wall clock. $2 is a library that sets it back at each look.
source "$(dirname "$0")/lib.sh" "$1"
clock=$(realpath "$2")
mkdir data
"$(dirname "$program")/tests/make_data" data 2000 500 || wrong "no data"
cat >a.yaml <<EOF2
name: small
dataset: data
network: [64, 16, 4]
train: {epochs: 2, batch: 100}
axes: {scheme: [float, fixed-reference], delta_bits: 3, parallelism: 2, operator_inputs: 8}
EOF2
with=(env LD_PRELOAD="$clock")
expect 0 "5 jobs done" run a.yaml --db a.db
with=()
seconds=$(sed -n 's/.*jobs done in \([0-9.-]*\) s.*/\1/p' err)
awk "BEGIN {exit !($seconds >= 0 && $seconds < 3000)}" || wrong "the run took $seconds s"
bad() { same 0 "$(sqlite3 a.db "SELECT count(*) FROM $1 WHERE NOT ($2 >= 0 AND $2 < 3000)")" "wrong durations in $1"; }
bad jobs seconds
bad training seconds
bad epochs seconds
bad builds seconds
bad syntheses seconds
bad runners seconds
bad checks "clocks / clocks_per_second"
same 5 "$(sqlite3 a.db "SELECT count(*) FROM jobs WHERE abs((julianday(finished) - julianday(started)) * 86400 - seconds) < 0.1")" \
    "jobs whose start and end are as far apart as they took"

# A year forth in one run and back in another, while they share the jobs: nobody's lease is taken, and none stays.
sed -e 's/epochs: 2/epochs: 20, seeds: 0..11/' -e 's/\[float, fixed-reference\]/float/' a.yaml >b.yaml
expect 0 "12 jobs done" run b.yaml --db calm.db --jobs 1
year=31536000
CLOCK_JUMP=$year LD_PRELOAD=$clock "$program" run b.yaml --db b.db --jobs 1 2>forth >/dev/null &
forth=$!
CLOCK_JUMP=-$year LD_PRELOAD=$clock "$program" run b.yaml --db b.db --jobs 1 2>back >/dev/null
same 0 $? "exit code a year back ($(tail -1 back))"
wait $forth
same 0 $? "exit code a year on ($(tail -1 forth))"
same "1|1|1" "$(sqlite3 b.db "SELECT min(completions), max(completions), max(attempts) FROM jobs")" "completions and attempts"
same 0 "$(sqlite3 b.db "SELECT count(*) FROM running")" "leases that stay"
rows="SELECT point, seed, train_accuracy, test_accuracy FROM results ORDER BY point, seed"
same "$(sqlite3 calm.db "$rows")" "$(sqlite3 b.db "$rows")" "rows"
finish
