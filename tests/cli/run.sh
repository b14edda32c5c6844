#!/usr/bin/env bash
# run, status, train, sim and synth on a small data set: results appear, nothing is done
# twice, Ctrl-C stops at once, faults have their messages and exit codes.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 2000 500 || wrong "no data"
cat >a.yaml <<EOF
name: small
dataset: data
network: [64, 16, 4]
train: {epochs: 2, batch: 100, seeds: [0, 1]}
axes: {scheme: [float, fixed-reference], delta_bits: 3, parallelism: 2, operator_inputs: 8}
EOF

# Before anything runs.
expect 0 "jobs train 4, 0 done already" run a.yaml --dry-run --db a.db
[ -e a.db ] && wrong "a dry run made a database"
for f in first-look demo paper bits cnn; do
    expect 0 "jobs check" run "$source_dir/examples/$f.yaml" --dry-run --db a.db
done
expect 2 "name a sweep file" run
expect 2 "did you mean --dry-run" run a.yaml --dry-rum
expect 2 "none.yaml" run none.yaml
printf 'name: a\nnetwork: [64, 4]\naxis: {}\n' >bad.yaml
expect 3 "bad.yaml:3: axis: there is no such key; did you mean \`axes\`?" run bad.yaml --db a.db
sed 's/delta_bits: 3/delta_bits: [3, 9]/' a.yaml >bad.yaml
expect 3 "delta_bits=9" run bad.yaml --db a.db
sed 's/dataset: data/dataset: nowhere/' a.yaml >bad.yaml
expect 2 "nowhere" run bad.yaml --db a.db
[ -e a.db ] && wrong "a refused sweep made a database"

# The whole way.
expect 0 "small: 2 points, 4 runs; 8 jobs done" run a.yaml --db a.db --jobs 2
[ -s out ] && wrong "run wrote to standard output: $(head -c 200 out)"
rows="SELECT point, scheme, seed, test_accuracy, cycles_per_dot, rtl_mismatches, lut, ff, dsp, fits, binding_resource FROM results ORDER BY point, seed"
sqlite3 a.db "$rows" >first
same 4 "$(wc -l <first)" "rows of results"
same "1|1|1" "$(sqlite3 a.db "SELECT min(completions), max(completions), count(DISTINCT state) FROM jobs")" "completions"
same "2|6|0" "$(sqlite3 a.db "SELECT count(*), max(cycles_per_dot), sum(rtl_mismatches) FROM results WHERE scheme = 'fixed-reference'")" "cycles"
same "4" "$(sqlite3 a.db "SELECT count(*) FROM results WHERE test_accuracy > 0.9")" "runs that learned"
same "2" "$(sqlite3 a.db "SELECT count(*) FROM results WHERE scheme = 'float' AND lut IS NULL AND parallelism IS NULL")" "float rows"
same "448|256" "$(sqlite3 a.db "SELECT max(vectors), max(trained_vectors) FROM checks")" "vectors"
same "ok" "$(sqlite3 a.db "PRAGMA integrity_check")" "integrity"

# Again: nothing is left to do. Another sweep shares what it can.
expect 0 "0 jobs done" run a.yaml --db a.db
sqlite3 a.db "$rows" | cmp -s - first || wrong "a second run changed the results"
same "8|8" "$(sqlite3 a.db "SELECT sum(completions), sum(attempts) FROM jobs")" "jobs after a second run"
expect 0 "jobs train 4, 4 done already" run a.yaml --dry-run --db a.db
sed 's/small/other/; s/seeds: .0, 1./seeds: [1, 2]/; s/.float, fixed-reference./fixed-reference/' a.yaml >b.yaml
expect 0 "other: 1 point, 2 runs; 2 jobs done" run b.yaml --db a.db

expect 0 "small" status --db a.db
expect 0 '"left": 0' status --db a.db --json
expect 2 "there is no database" status --db none.db

# One point, with the same jobs.
expect 0 "0 jobs done" train --dataset data --network 64-16-4 --epochs 2 --batch 100 --scheme fixed-reference \
    --delta_bits 3 --seed 1 --db a.db --parallelism 2 --operator-inputs 8
grep -q "^ *2 " out || wrong "train printed no second epoch"
expect 0 "" synth --dataset data --network 64,16,4 --delta-bits 3 --parallelism 2 --operator-inputs 8 --db a.db --json
grep -q '"fits": *1' out || wrong "synth says nothing of fits"
expect 0 "" sim --network 64-16-4 --delta-bits 3 --parallelism 2 --operator-inputs 8 --db a.db --json --trace wave.vcd
grep -q '"mismatches": *0' out && grep -q '"cycles_per_dot": *6' out || wrong "sim: $(cat out)"
[ -s wave.vcd ] || wrong "no waveform"
expect 2 "--delta-bits: \`x\`" train --delta-bits x --db a.db
expect 2 "one point" train --delta-bits 2,3 --db a.db
expect 2 "did you mean --delta-bits" sim --delta-bist 3 --db a.db
expect 2 "ends neither in .fst nor in .vcd" sim --trace wave.txt --db a.db
expect 2 "no operator" synth --scheme float --db a.db
expect 2 "none has nothing to synthesise" synth --engine none --db nothing.db
grep -q "results are in" err && wrong "a synthesis of nothing has results: $(cat err)"
expect 2 "none has nothing to simulate" sim --engine none --trained --db nothing.db
[ -e nothing.db ] && wrong "a synthesis of nothing made a database"
expect 2 "delta_bits is 9" synth --delta-bits 9 --db a.db

# An option or an axis that changes nothing is told.
expect 0 "--delta-bits has no effect here: no point of this kind uses it" train --dataset data --network 64-4 --epochs 1 \
    --scheme float --delta-bits 2 --db unused.db
sed 's/small/unused/; s/float, fixed-reference/fixed-point/' a.yaml >unused.yaml
expect 0 "delta_bits has no effect here: no point of the sweep uses it" run unused.yaml --dry-run --db unused.db

# The published 7.992 M multiply-accumulates a second: 8 multipliers, N / P = 2,000, 1 MHz; clocks counted in the RTL.
expect 0 "" sim --operator-inputs 16000 --parallelism 8 --db rate.db
grep -q "mismatches" out && ! grep -q "first_where" out || wrong "a mismatch that is not there has a place: $(cat out)"
same "7.992" "$(sqlite3 rate.db "SELECT round(macs_per_second_at_1mhz / 1e6, 3) FROM results")" "the published rate"

# Without tools the rest goes on, and the exit code says so.
mkdir bin
ln -s "$(command -v sqlite3)" bin/
with=(env PATH="$work/bin")
expect 2 "yosys is not installed: apt-get install yosys" run a.yaml --db c.db
same "4|0" "$(sqlite3 c.db "SELECT count(test_accuracy), count(lut) FROM results")" "results without tools"
with=()
expect 0 "4 jobs done" run a.yaml --db c.db
same "4|2|2" "$(sqlite3 c.db "SELECT count(test_accuracy), count(lut), count(cycles_per_dot) FROM results")" "results with tools again"

# A tool that fails costs its own jobs; why is kept; the same command makes it good.
mkdir fake
printf '#!/bin/sh\n[ "$1" = -V ] && echo "Yosys 0.0" && exit 0\necho "out of luck" >&2\nexit 7\n' >fake/yosys
chmod +x fake/yosys
with=(env PATH="$work/fake:$PATH")
expect 2 "1 job failed" run a.yaml --db e.db
grep -q "FAILED: synth .*exit code 7" err && grep -q "out of luck" err || wrong "why synthesis failed: $(cat err)"
expect 0 "out of luck" status --db e.db
same "4|0|2" "$(sqlite3 e.db "SELECT count(test_accuracy), count(lut), count(cycles_per_dot) FROM results")" "results beside a failed job"
with=()
expect 0 "1 job done" run a.yaml --db e.db
same "2|0" "$(sqlite3 e.db "SELECT count(lut), (SELECT count(*) FROM jobs WHERE state <> 'done') FROM results")" "results made good"

# A training that diverges is a verdict, kept, and not tried again.
sed 's/small/wild/; s/epochs: 2/epochs: 30, lr: 1e300/; s/, fixed-reference//' a.yaml >wild.yaml
expect 1 "2 trainings diverged" run wild.yaml --db w.db
expect 1 "0 jobs done" run wild.yaml --db w.db
grep -q "2 trainings diverged" err || wrong "what diverged before is not said: $(cat err)"
same "2|2|0" "$(sqlite3 w.db "SELECT sum(attempts), sum(final), sum(completions) FROM jobs")" "diverged jobs"

# A worker that is killed costs one try of one job.
sed 's/small/killed/; s/epochs: 2/epochs: 1500/; s/, fixed-reference//' a.yaml >killed.yaml
"$program" run killed.yaml --db k.db --jobs 2 2>err >out &
pid=$!
for _ in $(seq 100); do
    worker=$(pgrep -P $pid | head -1)
    [ -n "$worker" ] && break
    sleep 0.05
done
sleep 0.2
kill -9 "$worker"
wait $pid
same 0 $? "exit code after a killed worker"
grep -q "killed by signal 9.*second try" err || wrong "nothing said of a killed worker: $(cat err)"
same "2|2" "$(sqlite3 k.db "SELECT sum(completions), count(*) FROM training JOIN jobs ON digest = job")" "jobs after a killed worker"

# No more room: what is finished stays, and the run goes on once there is room.
sed 's/small/full/; s/seeds: .0, 1./seeds: 0..199/; s/, fixed-reference//' a.yaml >full.yaml
with=(bash -c 'ulimit -f 600; exec "$@"' _)
expect 2 "make room and run again" run full.yaml --db full.db
with=()
same ok "$(sqlite3 full.db "PRAGMA integrity_check")" "integrity of a full database"
kept=$(sqlite3 full.db "SELECT count(*) FROM training")
[ "$kept" -gt 0 ] && [ "$kept" -lt 200 ] || wrong "$kept of 200 results in a database that was full"
same "$kept" "$(sqlite3 full.db "SELECT sum(completions) FROM jobs")" "completions in a full database"
expect 0 "full: 1 point, 200 runs; $((200 - kept)) jobs done" run full.yaml --db full.db

# Damaged data.
cp -r data damaged
head -c 1000 data/train-images-idx3-ubyte >damaged/train-images-idx3-ubyte
sed 's/dataset: data/dataset: damaged/' a.yaml >bad.yaml
expect 3 "damaged/train-images-idx3-ubyte" run bad.yaml --db bad.db
[ -e bad.db ] && wrong "damaged data made a database"

# On a terminal there is one live line, and it is gone at the end.
sed 's/small/live/; s/epochs: 2/epochs: 200/; s/, fixed-reference//' a.yaml >live.yaml
script -qec "$program run live.yaml --db live.db" live.out >/dev/null
grep -q "of 2 jobs done, . running" live.out || wrong "no live line on a terminal"
grep -q "test accuracy" live.out && wrong "plain lines on a terminal"

# Ctrl-C: within a second, 130, one line, and the same command continues.
sed 's/small/long/; s/epochs: 2/epochs: 20000/; s/float, //; s/delta_bits: 3/delta_bits: [2, 3]/' a.yaml >long.yaml
for signal in INT TERM; do
    "$program" run long.yaml --db d.db --jobs 2 2>err >out &
    pid=$!
    for _ in $(seq 100); do
        [ "$(pgrep -c -P $pid)" -ge 2 ] && break
        sleep 0.1
    done
    sleep 0.5
    workers=$(pgrep -d ' ' -P $pid)
    began=$(date +%s%N)
    kill -$signal $pid
    wait $pid
    code=$?
    took=$((($(date +%s%N) - began) / 1000000))
    same 130 $code "exit code of SIG$signal"
    [ $took -lt 1000 ] || wrong "SIG$signal took $took ms"
    grep -q "the same command continues" err || wrong "SIG$signal: $(cat err)"
    for w in $workers; do
        kill -0 "$w" 2>/dev/null && wrong "worker $w lives on after SIG$signal"
    done
    same ok "$(sqlite3 d.db "PRAGMA integrity_check")" "integrity after SIG$signal"
done

# A network with convolutions: trained and run as integers, and no RTL for it.
cat >images.yaml <<EOF
name: convolutions
dataset: data
network: [8x8, 4c3, p2, 6c3, 4]
train: {epochs: 1, batch: 100}
axes: {scheme: fixed-reference, reference: zero}
EOF
expect 0 "1 point, 1 run; 1 job done" run images.yaml --db images.db
same "8x8x1-4c3-p2-6c3-4||1" "$(sqlite3 images.db "SELECT network, cycles_per_inference,
    abs(test_accuracy - deployed_accuracy) < 0.02 FROM results")" "a network with convolutions"

# A database that is not ours.
"$program" run long.yaml --db d.db 2>/dev/null &
pid=$!
sleep 1.5
expect 0 "long" status --db d.db
kill -INT $pid
wait $pid
expect 2 "no/such/folder.db" run a.yaml --db no/such/folder.db
sqlite3 foreign.db "CREATE TABLE t (x)"
expect 2 "another program's database" run a.yaml --db foreign.db
finish
