#!/usr/bin/env bash
# Every exit code that the help of a command names is reached, and no other.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 600 100 || wrong "no data"
cp -r data damaged
head -c 1000 data/train-images-idx3-ubyte >damaged/train-images-idx3-ubyte

# reaches CODE COMMAND ARGUMENT…: the command ends with that code, which is noted.
reaches() {
    local code=$1 command=$2
    shift 2
    expect "$code" "" "$command" "$@"
    echo "$code" >>"reached.$command"
}

# interrupted COMMAND ARGUMENT…: the same after an interrupt in the midst of its work.
interrupted() {
    "$program" "$@" >out 2>err </dev/null &
    local pid=$!
    for _ in $(seq 100); do
        [ -n "$(pgrep -P $pid)" ] && break
        sleep 0.05
    done
    kill -INT $pid
    wait $pid
    same 130 $? "exit code of an interrupted $1"
    echo 130 >>"reached.$1"
}

sweep() { # NAME EPOCHS LR SCHEME: a sweep file
    printf 'name: %s\ndataset: data\nnetwork: [64, 4]\ntrain: {epochs: %s, lr: %s, batch: 50}\naxes: {scheme: %s}\n' "$@"
}
sweep good 1 0.01 float >good.yaml
sweep wild 30 1e300 float >wild.yaml
sweep long 100000 0.01 float >long.yaml
sed 's/64, 4/64, 0/' good.yaml >bad.yaml
reaches 0 run good.yaml --db a.db
reaches 1 run wild.yaml --db w.db
reaches 2 run
reaches 3 run bad.yaml
interrupted run long.yaml --db l.db

one=(--dataset data --network 64-4 --batch 50 --db a.db)
reaches 0 train "${one[@]}" --epochs 1 --engine accelerator
reaches 1 train "${one[@]}" --epochs 30 --lr 1e300 --scheme float
reaches 2 train --delta-bits x
reaches 3 train "${one[@]/#data/damaged}"
# A weights file that is damaged or missing means the same to a sweep and to a command.
head -c 100 good.yaml >cut.dsn
sed 's/epochs: 1/epochs: 1, load: cut.dsn/' good.yaml >load.yaml
expect 3 "cut.dsn is no network" run load.yaml --db a.db
expect 3 "cut.dsn is no network" train "${one[@]}" --load cut.dsn
rm cut.dsn
expect 2 "cannot read cut.dsn" run load.yaml --db a.db
expect 2 "cannot read cut.dsn" train "${one[@]}" --load cut.dsn
interrupted train "${one[@]}" --epochs 100000
point=$(sqlite3 a.db "SELECT point FROM points WHERE engine = 'accelerator'")

operator=(--network 64-4 --operator-inputs 8 --parallelism 2 --db a.db)
reaches 0 sim "${operator[@]}"
reaches 1 sim "${one[@]}" --trained --epochs 30 --lr 1e300
reaches 2 sim --trace wave.txt
reaches 3 sim "${one[@]/#data/damaged}" --trained
interrupted sim "${one[@]}" --trained --epochs 100000

reaches 0 synth "${operator[@]}"
reaches 2 synth --parallelism 0
interrupted synth --network 784-256-10 --engine accelerator --parallelism 64 --db a.db

echo "" >empty.rpt
cat >power.rpt <<'EOF2'
| Tool Version     : Vivado v.2023.1 (lin64) Build 1
| Design           : deltasweep_top
| Device           : xc7s15ftgb196-1
| Design State     : routed
Power Report
| Total On-Chip Power (W)  | 0.060        |
| Dynamic (W)              | 0.040        |
| Device Static (W)        | 0.020        |
EOF2
reaches 0 export "$point" engine --images 2 --db a.db
expect 0 "" train "${one[@]/#64-4/64-16-4}" --engine accelerator --epochs 5 --lr 10 --scheme consecutive-open \
    --weight-bits 5 --frac-bits 4 --delta-bits 3 --delta-offset 2
reaches 1 export "$(sqlite3 a.db "SELECT point FROM points WHERE delta_offset = 2")" saturated --db a.db
reaches 2 export
cp data/train-images-idx3-ubyte whole
cp damaged/train-images-idx3-ubyte data/
reaches 3 export "$point" again --db a.db
cp whole data/train-images-idx3-ubyte

reaches 0 import-report "$point" power.rpt --db a.db
reaches 2 import-report
reaches 3 import-report "$point" empty.rpt --db a.db
reaches 0 import-points "$source_dir/examples/published.csv" --db a.db
reaches 2 import-points
reaches 3 import-points empty.rpt --db a.db
reaches 0 fit --delta-bits 4
reaches 1 fit --network 784-1000-10 --delta-bits 8
reaches 2 fit none --db none.db
reaches 3 fit bad.yaml
reaches 0 pareto --db a.db
reaches 1 pareto --db a.db --where 0
reaches 2 pareto --max
sed 's/axes: .*/axes: {scheme: fixed-reference, engine: none, delta_bits: 2..5, weight_bits: 6..8}/' good.yaml >grid.yaml
"$program" run grid.yaml --db grid.db 2>>log || wrong "the grid"
reaches 0 importance --db grid.db --of weight_storage_bits
reaches 1 importance --db a.db --where 0
reaches 2 importance --of
reaches 0 plot --db a.db --x weight_storage_bits --y test_accuracy -o p.svg
reaches 1 plot --db a.db --x weight_storage_bits --y test_accuracy -o p.svg --where 0
reaches 2 plot
reaches 0 submit good.yaml --shards 2 --dry-run --db shards.db
sed -e 's/, lr: 1e300//' -e 's/axes: .*/axes: {scheme: float, engine: none, lr: [0.01, 1.0e300]}/' wild.yaml >search.yaml
echo 'search: {method: random, objectives: [max validation_accuracy, min weights], budget: {trainings: 2}}' >>search.yaml
"$program" run search.yaml --db search.db 2>>log
mkdir slurm
printf '#!/bin/sh\n' | tee slurm/sbatch >slurm/squeue
chmod +x slurm/*
with=(env PATH="$work/slurm:$PATH")
reaches 1 submit search.yaml --shards 2 --db search.db
with=()
reaches 2 submit
reaches 3 submit bad.yaml --shards 2
reaches 0 completion bash
reaches 2 completion
reaches 0 report a.db -o report.html
reaches 1 report a.db -o report.html --where 0
reaches 2 report
reaches 0 query "SELECT 1" --db a.db
reaches 2 query "DELETE FROM points" --db a.db
reaches 0 show "$point" --db a.db
reaches 2 show xyz --db a.db
reaches 0 status --db a.db
reaches 2 status --db none.db
reaches 0 list --db a.db
reaches 2 list --db none.db
reaches 0 rename train tries --db a.db
reaches 2 rename none other --db a.db
cp a.db b.db
reaches 0 merge b.db --db new.db
sqlite3 b.db "UPDATE training SET network = x'00'"
reaches 1 merge b.db --db new.db
reaches 2 merge none.db --db new.db
reaches 0 compare tries --other a.db --db a.db
sqlite3 b.db "UPDATE points SET network = '1-1'"
reaches 1 compare --other b.db --db a.db
reaches 2 compare tries --db a.db
reaches 0 rm tries --db new.db
reaches 2 rm tries --db new.db
reaches 0 calibration --db a.db
reaches 2 calibration --db none.db
reaches 0 data data
reaches 2 data nowhere
reaches 3 data damaged
reaches 0 cache
reaches 2 cache --prune --older never
reaches 0 doctor
with=(env PATH=/nonexistent "DELTASWEEP_DATASETS=$work")
reaches 2 doctor
with=()

for command in $("$program" --help | sed -n 's/^  \([a-z-]*\)  .*/\1/p'); do
    "$program" "$command" --help | sed -n '/^exit codes:/,$p' | sed -n 's/^  \([0-9][0-9]*\)  .*/\1/p' | sort >named
    sort -u "reached.$command" 2>/dev/null | diff named - >difference ||
        wrong "$command: exit codes that its help names (<), and that are reached (>): $(cat difference)"
done
finish
