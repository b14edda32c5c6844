#!/usr/bin/env bash
# Networks, recipes and formats of layers as axes; points that no RTL computes; a database of an older format.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 600 200 || wrong "no data"
cat >a.yaml <<EOF
name: shapes
dataset: data
train: {epochs: 3, batch: 50, lr: 0.01}
axes:
  network: [8x8-4c3-p2-4, 64-16-4]
  delta_bits: [[4, 2], 3]
  decay: [none, cosine]
  engine: none
where: "network LIKE '64%' OR decay = 'cosine'"
EOF
lack="the accelerator has no convolutions yet; their hardware columns stay NULL"
expect 0 "jobs train 6, 0 done already" run a.yaml --dry-run --db a.db
grep -q "delta_bits=4-2 .*network=8x8x1-4c3-p2-4" out || wrong "the points: $(cat out)"
grep -q "2 points have no RTL yet: $lack" err || wrong "what the RTL lacks: $(cat err)"
expect 0 "shapes: 6 points, 6 runs; 6 jobs done" run a.yaml --db a.db --jobs 2
grep -q "$lack" err || wrong "what the RTL lacks is not said: $(cat err)"
expect 0 "0 jobs done" run a.yaml --db a.db
same "6|6|0|6" "$(sqlite3 a.db "SELECT count(*), sum(test_accuracy > 0.6 AND deployed_accuracy > 0.6), count(engine), sum(weights_fit) FROM results")" "results"
same "4-2||4|292|2560" "$(sqlite3 a.db "SELECT delta_bits_layers, frac_bits_layers, delta_bits, weights, macs FROM designs WHERE network LIKE '8%' AND delta_bits = 4")" "axes"
same "6" "$(sqlite3 a.db "SELECT count(*) FROM results WHERE code_entropy_bits BETWEEN 1 AND weight_storage_bits AND best_epoch = 3")" "entropies"
same "0" "$(sqlite3 a.db "SELECT count(*) FROM jobs WHERE kind <> 'train'")" "jobs of hardware"
point=$(sqlite3 a.db "SELECT point FROM points WHERE network LIKE '8%' AND delta_bits = 4")
expect 0 "delta bits of layers" show "$point" --db a.db

# The same as options, and what cannot be done with it.
options=(--dataset data --network 8x8,4c3,p2,4 --delta-bits 4-2 --batch 50 --lr 0.01 --decay cosine --db a.db)
expect 0 "0 jobs done" train "${options[@]}" --epochs 3 --engine none
grep -q "^ *3 " out || wrong "train printed no third epoch: $(cat out)"
expect 2 "there is nothing to simulate: the accelerator has no convolutions yet" sim "${options[@]}"
expect 2 "there is nothing to synthesise: the accelerator has no convolutions yet" synth "${options[@]}"
expect 2 "cannot be exported: the accelerator has no convolutions yet" export "$point" folder --db a.db
expect 0 "open" fit "$point" --db a.db
grep -q "1 point has no RTL yet" err || wrong "fit says nothing of the RTL: $(cat err)"
expect 1 "it cannot fit xc7s15" fit --network 28x28-64c3-p2-96-10 --delta-bits 8
expect 2 "delta_bits is 4-3-2, for 3 layers, but the network has 2" train --dataset data --network 64-16-4 --delta-bits 4-3-2 --db a.db
expect 2 "8x8x3, but those of data are 8x8x1" train --dataset data --network 8x8x3,4c3,4 --db a.db
expect 2 "192 inputs, but data has 64" train --dataset data --network 192-4 --db a.db
expect 2 "one point" train --lr 0.1,0.2 --db a.db
expect 2 '`pas`; did you mean `pass`' train --clamp-gradient pas --db a.db

# A database of format 3 is read by what writes, and loses nothing.
sqlite3 old.db "PRAGMA application_id = 0x64737770; PRAGMA user_version = 3;" ".read $source_dir/tests/golden/format_3.sql" \
    "INSERT INTO sweeps VALUES (1, 'before', 'b.yaml', '', '', '')" >/dev/null
expect 2 "has format 3, from an older deltasweep" status --db old.db
expect 0 "6 jobs done" run a.yaml --db old.db
same "before,shapes|$(ls "$source_dir/db/migrations" | wc -l)" "$(sqlite3 old.db "SELECT group_concat(name, ','), (SELECT user_version FROM pragma_user_version) FROM (SELECT name FROM sweeps ORDER BY id)")" "the older database"
finish
