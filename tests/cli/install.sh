#!/usr/bin/env bash
# The installed program alone, from its data to a plot: nothing of the source tree is left that it could read.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
build=$(dirname "$program")
"$build/tests/make_data" data 2000 300 || wrong "no data"
cmake --install "$build" --prefix "$work/prefix" >log 2>&1 || wrong "install: $(cat log)"
program=$work/prefix/bin/deltasweep
hidden=/$(printf '%s' "${source_dir#/}" | tr -c x x) # as long as the folder's name, which the programs contain
LC_ALL=C sed -i "s|$source_dir|$hidden|g" "$work"/prefix/bin/*
grep -q "$source_dir" "$work"/prefix/bin/* && wrong "the source tree is not hidden"
ninja -C "$build" -t inputs deltasweep | grep -q deltasweep-lockstep || wrong "the target deltasweep builds no lock-step program"
for name in man/man1/deltasweep.1 bash-completion/completions/deltasweep zsh/site-functions/_deltasweep \
    fish/vendor_completions.d/deltasweep.fish; do
    [ -s "$work/prefix/share/$name" ] || wrong "$name is not installed"
done
cd "$work/prefix/share/deltasweep" && for name in README.md docs/sweeps.md examples/first-look.yaml db/migrations/1.sql; do
    [ -s "$name" ] || wrong "$name is not installed"
done
cd "$work" || exit 1

# What doctor calls good was tried.
expect 0 "$work/prefix/bin/../share/deltasweep/rtl" doctor
same 3 "$(grep -c 'works (' out)" "trials that work: $(cat out err)"
grep -q "60000 + 10000 images of 784 pixels" out || wrong "the real data set was not read: $(cat out)"
grep -q "$work/prefix/bin/deltasweep-lockstep" out || wrong "not the installed lock-step program: $(cat out)"

# A whole network: trained, built, run, synthesised, exported, drawn.
cat >a.yaml <<'EOF2'
name: whole
dataset: data
network: [64, 10, 4]
train: {epochs: 1, batch: 100}
axes: {engine: accelerator, delta_bits: 3, parallelism: 2, dsp_lanes: 2}
EOF2
expect 0 "" run a.yaml --db a.db
same "1|1" "$(sqlite3 a.db "SELECT count(rtl_mismatches), count(lut) FROM results WHERE rtl_mismatches = 0")" "points with hardware"
point=$(sqlite3 a.db "SELECT point FROM points LIMIT 1")
expect 0 "" export "$point" engine --db a.db
[ -s engine/run.sh ] || wrong "the export: $(find engine | head)"
expect 0 "" train --dataset data --network 64-10-4 --epochs 1 --db a.db
expect 0 "" plot --x lut --y test_accuracy --db a.db -o a.png
[ -s a.png ] || wrong "no plot"
expect 0 "2 designs" report a.db -o page.html
grep -q "Apache" page.html || wrong "the page has no charts"
finish
