#!/usr/bin/env bash
# kill -9 in the middle of a training: run again, it goes on where it was, and the result is that of an
# undisturbed run. A cache that cannot be written costs nothing but the going on.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 6000 500 || wrong "no data"
cat >a.yaml <<EOF2
name: long
dataset: data
network: [64, 64, 32, 4]
train: {epochs: 100, batch: 100, lr: 0.002, decay: cosine, seeds: [3]}
axes: {scheme: float}
EOF2
export DELTASWEEP_CHECKPOINT_SECONDS=0
epochs="SELECT epoch, loss, train_accuracy, validation_accuracy, test_accuracy FROM epochs ORDER BY epoch"
result="SELECT train_accuracy, validation_accuracy, test_accuracy, deployed_accuracy, hex(network) FROM training"

with=(env XDG_CACHE_HOME="$work/calm")
expect 0 "" run a.yaml --db calm.db --jobs 1
! grep -q "went on" err || wrong "an undisturbed run went on from somewhere"
with=()
sqlite3 calm.db "$epochs; $result" >calm.rows

setsid "$program" run a.yaml --db b.db --jobs 1 2>err >out &
pid=$!
for ((i = 0; i < 1000; i++)); do
    [ -z "$(find cache/deltasweep/training -type f ! -name '*.part-*' ! -name '*.lock' 2>/dev/null)" ] || break
    sleep 0.01
done
kill -9 $pid 2>/dev/null
wait $pid 2>/dev/null
[ $? -eq 137 ] || wrong "the run was done before it was killed"
sleep 0.2 # its worker dies with it
same 1 "$(find cache/deltasweep/training -type f ! -name '*.part-*' ! -name '*.lock' | wc -l)" "checkpoints"
expect 0 "went on after epoch" run a.yaml --db b.db --jobs 1
sqlite3 b.db "$epochs; $result" >after
cmp -s calm.rows after || wrong "another result than undisturbed: $(diff calm.rows after | cut -c 1-200 | head -4)"
same 0 "$(find cache/deltasweep/training -type f ! -name '*.part' | wc -l)" "checkpoints when done"

with=(env XDG_CACHE_HOME=/proc/nowhere)
expect 0 "not kept for going on later" run a.yaml --db c.db --jobs 1
sqlite3 c.db "$epochs; $result" >after
cmp -s calm.rows after || wrong "another result without a cache"
finish
