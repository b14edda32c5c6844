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
for name in verilator g++ make yosys sta gnuplot git; do tool "$name"; done
mkdir -p data/fashion-mnist
for name in train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte; do
    touch "data/fashion-mnist/$name"
done

with=(env PATH="$bins" DELTASWEEP_DATASETS="$work/data")
expect 0 "$bins/verilator" doctor
grep -q "1.2.3" out || wrong "no version: $(cat out)"
grep -q "$work/data/fashion-mnist" out || wrong "the data set's folder is not named"
grep -q "MISSING" out && wrong "something is missing: $(cat out)"
expect 0 "" doctor --json
sqlite3 :memory: "SELECT json_extract(readfile('out'), '\$.tools[0].found'), json_extract(readfile('out'), '\$.tools[0].version'),
    json_extract(readfile('out'), '\$.cores') >= 1, json_extract(readfile('out'), '\$.cache.path')" >got
same "1|verilator 1.2.3|1|$work/cache/deltasweep" "$(cat got)" "the JSON"

mkdir -p cache/deltasweep/synth/abc
head -c 1500000 /dev/zero >cache/deltasweep/synth/abc/file
expect 0 "1.5 MB in 1 entries" doctor

rm "$bins/gnuplot"
expect 0 "MISSING (optional): apt-get install gnuplot-nox" doctor
rm "$bins/yosys"
expect 2 "MISSING: apt-get install yosys" doctor
with=(env PATH="$bins" DELTASWEEP_DATASETS="$work/empty")
if [ ! -d /usr/share/datasets/fashion-mnist ]; then
    expect 2 "apt-get install dataset-fashion-mnist" doctor
fi
with=(env PATH="$bins" XDG_CACHE_HOME=/proc/no)
expect 2 "XDG_CACHE_HOME" doctor
finish
