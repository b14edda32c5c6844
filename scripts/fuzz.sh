#!/usr/bin/env bash
# Gives the readers of foreign bytes any bytes, with libFuzzer: scripts/fuzz.sh [OPTION]... [SECONDS [NAME]...]
# Each harness of tests/fuzz, or each that is named, runs for SECONDS (60) on one processor. Says executions, executions
# per second, edges of the program that were reached, and findings; ends with 1 if there is one.
#   --fast      with the undefined-behaviour sanitizer alone: more executions in the time
#   --built     takes the harnesses as they are built already
#   --coverage  runs nothing: the lines of the readers that the inputs kept so far reach
#   --totals    runs nothing: the sums over all runs so far
# The inputs that it finds worth keeping, the findings and the log are in build/fuzz-kept, or in the folder that
# DELTASWEEP_FUZZ_FOLDER names. A finding that is mended goes into tests/fuzz/corpus/NAME.
set -euo pipefail
cd "$(dirname "$0")/.."
kept=${DELTASWEEP_FUZZ_FOLDER:-$PWD/build/fuzz-kept} preset=fuzz built='' what=run
while [[ ${1:-} == --* ]]; do
    case "$1" in
        --fast) preset=fuzz-undefined ;;
        --built) built=1 ;;
        --coverage) preset=fuzz-coverage what=coverage ;;
        --totals) what=totals built=1 ;;
        *) sed -n '2,11s/^# //p' "$0" >&2; exit 2 ;;
    esac
    shift
done
seconds=${1:-60} log=$kept/log
[ $# -eq 0 ] || shift
harnesses=build/$preset/tests/fuzz

# totals: of the log, whose lines are: time, preset, harness, executions, seconds, edges, whether it ended well.
totals() {
    [ -s "$log" ] || { echo "fuzz: no run so far"; return; }
    awk -F '\t' '{ n[$3] += $4; s[$3] += $5; if ($6 > e[$3]) e[$3] = $6; bad[$3] += $7 != 0; of[$2] += $4; N += $4; S += $5 }
        END { form = "%-14s %14s %9s %10s %7s %8s\n"
              printf form, "harness", "executions", "seconds", "per s", "edges", "findings"
              for (k in n) printf form, k, n[k], s[k], int(n[k] / (s[k] + 1e-9)), e[k], bad[k] | "sort"
              close("sort")
              printf form, "all", sprintf("%d", N), S, int(N / (S + 1e-9)), "", ""
              for (k in of) printf "  %s: %d\n", k, of[k] }' "$log"
}

# fuzz_one NAME BYTES: 0, or 1 with a finding.
fuzz_one() {
    local name=$1 bytes=$2 report rc=0 executions edges took
    mkdir -p "$kept/corpus/$name" "$kept/findings"
    report=$kept/findings/$name.txt
    "$harnesses/fuzz_$name" -max_len="$bytes" -max_total_time="$seconds" -timeout=30 -rss_limit_mb=2048 -reload=0 \
        -print_final_stats=1 -artifact_prefix="$kept/findings/$name-" \
        "$kept/corpus/$name" "$PWD/tests/fuzz/corpus/$name" >"$report" 2>&1 || rc=$?
    [ $rc -ne 72 ] || rc=0 # libFuzzer's code for an interruption, which is no finding
    executions=$(awk '/^stat::number_of_executed_units/ { print $2 }' "$report")
    edges=$(awk '/ cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") e = $(i + 1) } END { print e + 0 }' "$report")
    took=$(awk '/^Done .* runs in/ { print $5 }' "$report")
    executions=${executions:-0} took=${took:-0}
    printf '%(%FT%T)T\t%s\t%s\t%d\t%d\t%d\t%d\n' -1 "$preset" "$name" "$executions" "$took" "$edges" "$rc" >>"$log"
    printf '%-14s %12d executions, %8d per second, %6d edges, %5d inputs kept%s\n' "$name" "$executions" \
        $((executions / (took > 0 ? took : 1))) "$edges" "$(find "$kept/corpus/$name" -type f | wc -l)" \
        "$([ $rc -eq 0 ] || echo "; FINDING: $report")"
    [ $rc -eq 0 ] && rm -f "$report"
    return $((rc != 0))
}

# cover_one NAME: the lines of the files that belong to the headers that the harness includes. They have writers, too.
cover_one() {
    local name=$1 program=$harnesses/fuzz_$1 profile=$kept/profile headers
    headers=$(sed -n 's|^#include "\(.*\)\.h"$|\1|p' "tests/fuzz/fuzz_$name.c" | grep -v '^tests/' | paste -sd'|')
    mkdir -p "$kept/corpus/$name"
    LLVM_PROFILE_FILE=$profile.raw "$program" -runs=0 "$kept/corpus/$name" "$PWD/tests/fuzz/corpus/$name" \
        >/dev/null 2>&1 || true
    llvm-profdata merge -sparse "$profile.raw" -o "$profile"
    llvm-cov report "$program" -instr-profile="$profile" 2>/dev/null |
        awk -v name="$name" -v files="($headers)[a-z_]*[.]c$" '$1 ~ files && $8 > $9 {
            printf "%-14s %-38s %4d of %4d lines\n", name, $1, $8 - $9, $8 }'
    rm -f "$profile" "$profile.raw"
}

[ $what != totals ] || { totals; exit; }
if [ -z "$built" ]; then
    command -v clang >/dev/null || { echo "fuzz: there is no clang; scripts/setup.sh installs it" >&2; exit 2; }
    cmake --preset "$preset" >/dev/null
    cmake --build --preset "$preset" >/dev/null
fi
mkdir -p "$kept"
kept=$(cd "$kept" && pwd) # harnesses change their folder
findings=0
while read -r name bytes; do
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    if [ $what = coverage ]; then cover_one "$name"; else fuzz_one "$name" "$bytes" || findings=$((findings + 1)); fi
done <"$harnesses/harnesses"
[ $what = coverage ] || echo "fuzz: $findings findings"
[ $findings -eq 0 ]
