#!/usr/bin/env bash
# doctor: what is there, and what it says when something is not.
source "$(dirname "$0")/lib.sh" "$1"
bins=$work/bins
mkdir "$bins" empty

# A folder with exactly the tools that are wanted, so that the test does not depend on the machine.
tool() {
    printf '#!/bin/sh\necho "%s 1.2.3"\n' "$1" >"$bins/$1"
    chmod +x "$bins/$1"
}
for name in verilator g++ yosys sta gnuplot git; do tool "$name"; done
# A small data set in the real format: 20 + 10 images of 2 by 2 pixels.
idx() { # idx FILE HEADER BYTES: the header as printf reads it, then zeros
    { printf '%b' "$2"; head -c "$3" /dev/zero; } >"$1"
}
mkdir -p data/fashion-mnist
(
    cd data/fashion-mnist
    idx train-images-idx3-ubyte '\0000\0000\0010\0003\0000\0000\0000\0024\0000\0000\0000\0002\0000\0000\0000\0002' 80
    idx t10k-images-idx3-ubyte '\0000\0000\0010\0003\0000\0000\0000\0012\0000\0000\0000\0002\0000\0000\0000\0002' 40
    idx train-labels-idx1-ubyte '\0000\0000\0010\0001\0000\0000\0000\0024' 20
    idx t10k-labels-idx1-ubyte '\0000\0000\0010\0001\0000\0000\0000\0012' 10
)

with=(env PATH="$bins" DELTASWEEP_DATASETS="$work/data")
expect 0 "$bins/verilator" doctor --quick
grep -q "1.2.3" out || wrong "no version: $(cat out)"
grep -q "$work/data/fashion-mnist" out || wrong "the data set's folder is not named"
grep -q "20 + 10 images of 4 pixels" out || wrong "the data set was not read: $(cat out)"
grep -q "MISSING" out && wrong "something is missing: $(cat out)"
grep -q "tested with 0.23" out || wrong "nothing about the version of yosys: $(cat out)"
printf '#!/bin/sh\necho "Yosys 0.23 (git sha1 7ce5011c24b)"\n' >"$bins/yosys"
expect 0 "" doctor --quick
grep -q "tested with 0.23" out && wrong "0.23 is a version that was tested"
tool yosys
expect 0 "" doctor --quick --json
sqlite3 :memory: "SELECT json_extract(readfile('out'), '\$.tools[0].found'), json_extract(readfile('out'), '\$.tools[0].version'),
    json_extract(readfile('out'), '\$.cores') >= 1, json_extract(readfile('out'), '\$.cache.path')" >got
same "1|verilator 1.2.3|1|$work/cache/deltasweep" "$(cat got)" "the JSON"

# Tools that are there and do nothing.
printf '#!/bin/sh\n[ "$1" != -V ] || { echo "Yosys 0.23"; exit; }\necho "ERROR: no such thing" >&2\nexit 1\n' >"$bins/yosys"
expect 2 "3 of what is required are missing or do not work" doctor
grep -q "synthesis  *FAILED: .*no such thing" out || wrong "a yosys that fails: $(tail -4 out)"
same 3 "$(grep -c ' FAILED: ' out)" "trials that fail"
tool yosys

mkdir -p cache/deltasweep/other/abc
head -c 1500000 /dev/zero >cache/deltasweep/other/abc/file
expect 0 "1.5 MB in 1 entries" doctor --quick

rm "$bins/gnuplot"
expect 0 "MISSING (optional): apt-get install gnuplot-nox" doctor --quick
rm "$bins/yosys"
expect 2 "MISSING: apt-get install yosys" doctor --quick
with=(env PATH="$bins" DELTASWEEP_DATASETS="$work/empty")
expect 2 "MISSING: data set fashion-mnist" doctor --quick
cp -r data broken
head -c 30 data/fashion-mnist/t10k-images-idx3-ubyte >broken/fashion-mnist/t10k-images-idx3-ubyte
with=(env PATH="$bins" DELTASWEEP_DATASETS="$work/broken")
expect 2 "BROKEN: " doctor --quick
grep -q "t10k-images" out || wrong "the broken file is not named"
with=(env PATH="$bins" DELTASWEEP_SHARE="$work/empty")
expect 2 "DELTASWEEP_SHARE" doctor --quick
with=(env PATH="$bins" DELTASWEEP_LOCKSTEP="$work/none")
expect 2 "DELTASWEEP_LOCKSTEP" doctor --quick
with=(env PATH="$bins" XDG_CACHE_HOME=/proc/no)
expect 2 "XDG_CACHE_HOME" doctor --quick

# Where there is no room to try anything, what was found is told all the same.
with=(env TMPDIR=/proc/nowhere)
expect 2 "shipped files" doctor
# Without its tool nothing is tried.
with=(env PATH="$work/empty" DELTASWEEP_DATASETS="$work/data")
expect 2 "verilator is missing" doctor
same 3 "$(grep -c 'not tried: ' out)" "what was not tried: $(cat out)"
finish
