#!/usr/bin/env bash
# Out of memory at any one allocation: the right output all the same, or a message and exit code 2; never a crash.
# $2 is the library of tests/support/fail_malloc.c.
library=$(realpath "$2")
source "$(dirname "$0")/lib.sh" "$1"
make_database a.db
export FAIL_MALLOC_COUNT=$work/count

# Allocations before main are the C library's and OpenBLAS's own; --version has no others.
LD_PRELOAD=$library "$program" --version >/dev/null
first=$(cat count)

try() { # try COMMAND…: each of its first 40 allocations fails, then ever fewer; the folder engine goes before each
    local n total got failed=0 runs=0
    rm -rf engine
    LD_PRELOAD=$library "$program" "$@" >good 2>/dev/null
    same 0 $? "exit code of $1 with memory enough"
    total=$(cat count)
    [ "$total" -gt "$first" ] || wrong "$1: no allocation was counted"
    for ((n = first + 1; n <= total; n += (n < first + 40 ? 1 : 1 + (n - first) / 20))); do
        rm -rf engine
        FAIL_MALLOC=$n LD_PRELOAD=$library "$program" "$@" >out 2>err
        got=$?
        runs=$((runs + 1))
        if [ $got -eq 2 ] && [ -s err ]; then
            failed=$((failed + 1))
        elif [ $got -ne 0 ] || ! cmp -s out good; then
            wrong "$1: allocation $n of $total failed: exit code $got: $(head -c 200 err)"
        fi
    done
    [ "$failed" -gt 0 ] || wrong "$1: no failed allocation was noticed in $runs runs"
    echo "$1: $runs of $((total - first)) allocations failed one at a time, $failed noticed, the others not needed"
}

try query "SELECT point, test_accuracy FROM designs WHERE delta_bits = 2" --db a.db
try pareto --db a.db --csv
try show f10a700001 --db a.db
try plot --db a.db --x weight_storage_bits --y test_accuracy --color scheme -o p.svg
try fit --delta-bits 4 --parallelism 96 --dsp-lanes 24
try fit f10a700001 --db a.db --scheme consecutive

cat >power.rpt <<'EOF'
| Tool Version     : Vivado v.2023.1 (lin64) Build 1
| Design           : deltasweep_top
| Device           : xc7s15ftgb196-1
| Design State     : routed
Power Report
| Total On-Chip Power (W)  | 0.060        |
| Dynamic (W)              | 0.040        |
| Device Static (W)        | 0.020        |
EOF
try import-report f10a700001 power.rpt --db a.db
try calibration --db a.db
printf 'name,source,lut,fmax_mhz\n"a, b",c,300,100\nd,e,400,\n' >points.csv
try import-points points.csv --db a.db
try plot --db a.db --x "lut + 1 AS cells" --y fmax_mhz --color "delta_bits * 2" --shape network --published -o p.gp
try plot --db a.db --view epochs --color scheme -o p.gp

mkdir data
"$(dirname "$program")/tests/make_data" data 100 50 || wrong "no data"
printf 'name: a\ndataset: data\nnetwork: [64, 4]\ntrain: {epochs: 1, seeds: 0..1}\naxes: {scheme: float}\nwhere: "1"\n' >a.yaml
try run a.yaml --dry-run --db run.db
try run a.yaml --db run.db --jobs 1 # only the first time has anything to do
try status --db run.db
"$program" train --engine accelerator --dataset data --network 64-4 --epochs 1 --batch 50 --scheme fixed-reference \
    --db run.db >/dev/null 2>&1 || wrong "no accelerator"
try export "$(sqlite3 run.db "SELECT point FROM points WHERE engine = 'accelerator'")" engine --images 2 --db run.db
[ -z "$(find . -name '*draft*')" ] || wrong "a draft of an export stayed"
same ok "$(sqlite3 run.db "PRAGMA integrity_check")" "integrity"
finish
