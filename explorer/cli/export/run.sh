#!/usr/bin/env bash
# Runs the test bench: ./run.sh iverilog, or ./run.sh verilator (5.006 or later). Exit code 0 if it passes.
set -euo pipefail
cd "$(dirname "$0")"
case ${1:-iverilog} in
iverilog | icarus) simulator=iverilog other=verilator ;;
verilator) simulator=verilator other=iverilog ;;
*)
    echo "there is no simulator \`$1' here; usage: ./run.sh [iverilog|verilator]" >&2
    exit 2
    ;;
esac
if ! command -v "$simulator" >/dev/null; then
    echo "$simulator is not installed: apt-get install $simulator, or take ./run.sh $other" >&2
    exit 2
fi
mkdir -p build
log=$PWD/build/$simulator.log
case $simulator in
iverilog)
    sources=(sim/testbench.v sim/pick.v) # the second instead of rtl/pick.v: see there
    for file in rtl/*.v; do
        [ "$file" = rtl/pick.v ] || sources+=("$file")
    done
    iverilog -g2012 -o build/testbench.vvp -s testbench -I sim "${sources[@]}"
    run=(vvp -n ../build/testbench.vvp)
    ;;
verilator)
    objects=$PWD/build/verilator
    if [[ $objects = *[^A-Za-z0-9_./+-]* ]]; then # Make cannot work in such a folder
        objects=$(mktemp -d)
        [[ $objects != *[^A-Za-z0-9_./+-]* ]] || { rmdir "$objects"; objects=$(mktemp -d /tmp/verilator-XXXXXX); }
        trap 'rm -rf "$objects"' EXIT
    fi
    verilator --binary --timing -Wno-fatal -j "$(nproc)" --top-module testbench -Mdir "$objects" -o testbench \
        -Isim sim/testbench.v rtl/*.v >build/verilator.build.log 2>&1 ||
        { cat build/verilator.build.log >&2; exit 2; }
    run=("$objects/testbench")
    ;;
esac
# The memories are read from the working folder. Verilator's line about $finish would come after the verdict.
(cd rtl && "${run[@]}") | sed '/: Verilog \$finish$/d' | tee "$log"
tail -n 1 "$log" | grep -q '^PASS'
