#!/usr/bin/env bash
# A whole network on the part, from the sweep file to `show`: trained, deployed, every test image through
# its RTL, synthesised; what fits before any of that; what is done once, and what is missing.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 2000 300 || wrong "no data"
cat >a.yaml <<EOF2
name: whole
dataset: data
network: [64, 10, 4]
train: {epochs: 2, batch: 100}
axes: {engine: [operator, accelerator], delta_bits: 3, parallelism: 4, operator_inputs: 8, dsp_lanes: 2}
EOF2

# Before anything runs.
expect 0 "engine=accelerator parallelism=4 dsp_lanes=2 weight_memory=both" run a.yaml --dry-run --db a.db
sed 's/\[operator, accelerator\]/accelerater/' a.yaml >bad.yaml
expect 3 "axes.engine[0]: there is no \`accelerater\`; did you mean \`accelerator\`?" run bad.yaml --db a.db
expect 0 "accelerator" fit a.yaml
same 4 "$(wc -l <out)" "lines of fit of two points"
expect 0 "xc7a35t" fit --network 64-10-4 --delta-bits 3 --parallelism 4
same "" "$(cut -d ' ' -f 1 out | sort | uniq -d)" "devices that fit lists twice"
[ "$(grep -c '^xc7' out)" -ge 7 ] || wrong "fit lists few devices: $(cat out)"
expect 1 "it cannot fit xc7s15" fit --scheme fixed-point --weight-memory block
expect 1 "none of the 2 points" fit <(sed 's/\[64, 10, 4\]/[64, 4096, 4096, 4]/' a.yaml)
expect 2 "a sweep file describes its points" fit a.yaml --parallelism 2
expect 2 "none.yaml" fit none.yaml
expect 2 "there is no database" fit 0123 --db none.db
expect 2 "did you mean --weight-memory" fit --wieght-memory lut
[ -e a.db ] && wrong "something made a database"

# The whole way.
expect 0 "whole: 2 points, 2 runs; 7 jobs done" run a.yaml --db a.db --jobs 2
"$program" query --db a.db --json "SELECT * FROM results WHERE engine = 'accelerator'" >row
value() { # value COLUMN
    sqlite3 :memory: "SELECT json_extract(readfile('row'), '\$[0].$1')"
}
same "4 2 both 300 0" "$(value parallelism) $(value dsp_lanes) $(value weight_memory) $(value rtl_images) $(value rtl_mismatches)" "the accelerator"
same "$(value schedule_cycles)" "$(value cycles_per_inference)" "clocks of schedule and RTL"
same "$(value deployed_accuracy)" "$(value rtl_accuracy)" "accuracy of definition and RTL"
sqlite3 :memory: "SELECT count(*) FROM (SELECT readfile('row') AS r) WHERE json_extract(r, '\$[0].deployed_accuracy') > 0.9
    AND abs(json_extract(r, '\$[0].cycle_efficiency') - 680.0 / 4 / json_extract(r, '\$[0].cycles_per_inference')) < 1e-9
    AND json_extract(r, '\$[0].latency_us') > 0 AND json_extract(r, '\$[0].energy_uj') > 0 AND json_extract(r, '\$[0].fits') = 1
    AND abs(json_extract(r, '\$[0].macs_per_second') / json_extract(r, '\$[0].inferences_per_second') - 680) < 1e-6
    AND json_extract(r, '\$[0].fmax_2_mhz') > json_extract(r, '\$[0].fmax_mhz') AND json_extract(r, '\$[0].lut') > 0" >got
same 1 "$(cat got)" "figures of the accelerator ($(cat row))"
same "operator" "$(sqlite3 a.db "SELECT engine FROM results WHERE cycles_per_dot IS NOT NULL AND cycles_per_inference IS NULL")" "the operator"
expect 0 "0 jobs done" run a.yaml --db a.db

# Seen from all sides.
point=$(sqlite3 a.db "SELECT point FROM points WHERE engine = 'accelerator'")
expect 0 "RTL against the integer network" show "$point" --db a.db
for words in "^accelerator" "DSP lanes  *2" "clocks per inference  *[0-9]" "deployed accuracy  *9[0-9.]* %" "inferences per second" "energy of an inference"; do
    grep -q "$words" out || wrong "\"$words\" not in show"
done
expect 0 '"cycles_per_inference":' show "$point" --db a.db --json
expect 0 "xc7s100" fit "$point" --db a.db
expect 0 "\"parallelism\": 2" fit "$point" --parallelism 2 --db a.db --json
expect 0 "" pareto --max deployed_accuracy --max inferences_per_second --db a.db
grep -q "$point" out || wrong "the accelerator is not on the front"
one=(--dataset data --network 64-10-4 --epochs 2 --batch 100 --delta-bits 3 --parallelism 4 --db a.db)
expect 0 "0 jobs done" train "${one[@]}"
grep -q deployed_accuracy out || wrong "train says nothing of the deployed accuracy"
expect 0 "0 jobs done" sim --engine accelerator --dsp-lanes 2 "${one[@]}" --json
grep -q '"mismatches": *0' out && grep -q '"images": *300' out || wrong "sim: $(cat out)"
expect 0 "0 jobs done" synth --engine accelerator --dsp-lanes 2 "${one[@]}" --json
grep -q '"schedule_cycles": *[1-9]' out && grep -q '"fits": *1' out || wrong "synth: $(cat out)"
expect 2 "accelerator has none" sim --engine accelerator --trace a.vcd "${one[@]}"
expect 2 "parallelism=513" sim --engine accelerator "${one[@]/#4/513}"

# Whatever the RTL got different is a verdict, also in a later run: results, and clocks that are not the schedule's.
cp a.db wrong.db
sqlite3 wrong.db "UPDATE accelerator_checks SET mismatches = 2, first_image = 7, first_where = 'class'"
expect 1 "1 check found that the RTL" run a.yaml --db wrong.db
expect 0 "first_where" show "$point" --db wrong.db
sqlite3 wrong.db "UPDATE accelerator_checks SET mismatches = 0, schedule_agrees = 0"
expect 1 "1 check found that the RTL" run a.yaml --db wrong.db
same 1 "$(sqlite3 wrong.db "SELECT rtl_mismatches FROM results WHERE engine = 'accelerator' AND sweep = 'whole'")" "a schedule that is wrong"

# An RTL with a bug, here half of every bias, is found out, said, and recorded.
mkdir share
cp -r "$source_dir/rtl" "$source_dir/sim" share/
sed -i "s/{bias_i, 8'b0}/{bias_i[31], bias_i, 7'b0}/" share/rtl/accelerator/requantise.v
cmp -s share/rtl/accelerator/requantise.v "$source_dir/rtl/accelerator/requantise.v" && wrong "no bug was planted"
with=(env DELTASWEEP_SHARE="$work/share")
expect 1 "1 check found that the RTL" sim --engine accelerator "${one[@]/#a.db/bug.db}"
grep -q "MISMATCH: check accelerator 64-10-4 .* in 300 images; the first is image" err || wrong "the mismatch is not said: $(cat err)"
same 1 "$(sqlite3 bug.db "SELECT rtl_mismatches > 0 AND rtl_images = 300 FROM results")" "what a bug leaves in the database"
with=()

# A network that saturates off its code's grid has no integer form: trained, but never checked.
open=(--engine accelerator --scheme consecutive-open --weight-bits 6 --frac-bits 4 --delta-bits 2 --delta-offset 2 --lr 0.05
    --batch 20 --epochs 3 --dataset data --network 64-10-4 --parallelism 1 --db open.db)
expect 1 "1 trained network cannot be deployed" sim "${open[@]}"
expect 1 "0 jobs done" sim "${open[@]}"
expect 0 "was saturated" status --db open.db
same "1|0|0" "$(sqlite3 open.db "SELECT count(test_accuracy), count(deployed_accuracy), count(rtl_mismatches) FROM results")" "what cannot be deployed"

# What cannot fit is neither trained nor built nor synthesised, if so asked.
cat >unfit.yaml <<EOF2
name: unfit
dataset: data
network: [64, 512, 512, 4]
axes: {engine: accelerator, scheme: fixed-point, weight_memory: block}
skip_unfit: true
EOF2
expect 0 "skipped: it cannot fit" run unfit.yaml --dry-run --db a.db
expect 0 "unfit: 1 point, 1 run; 0 jobs done" run unfit.yaml --db a.db
same "0|bram|" "$(sqlite3 a.db "SELECT fits, binding_resource, lut FROM results WHERE sweep = 'unfit'")" "what cannot fit"

# Without tools the accelerator is trained and deployed, and the rest is NULL.
mkdir bin
with=(env PATH="$work/bin")
expect 2 "is not installed" run a.yaml --db c.db
same "1|0|0|1" "$(sqlite3 c.db "SELECT count(deployed_accuracy), count(cycles_per_inference), count(lut), count(schedule_cycles)
    FROM results WHERE engine = 'accelerator'")" "results without tools"
with=()
finish
