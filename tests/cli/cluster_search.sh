#!/usr/bin/env bash
# A search in shards, round by round, with a made-up Slurm (slurm.sh starts a real one): it ends with the rows of one
# machine, also where a shard is killed or does not start; and it ends where no shard does anything.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data bin
"$(dirname "$program")/tests/make_data" data 2000 300 || wrong "no data"
export DELTASWEEP_CHECKPOINT_SECONDS=1000 # rungs keep theirs all the same

# search NAME METHOD BUDGET [EPOCHS]
search() {
    cat <<EOF2
name: $1
dataset: data
network: "64-{8..32 step 8}-{4, 6, 8, 12}-4"
train: {epochs: ${4:-9}, batch: 100, lr: 0.005, seeds: [0, 1]}
axes: {scheme: fixed-point, weight_bits: [3, 4, 6], frac_bits: 2, engine: none}
search:
  method: $2
  objectives: [max validation_accuracy, min weight_storage_bits]
  budget: {$3}
  batch: 4
EOF2
}
# ledger DATABASE, rows DATABASE: what is the same on every machine.
ledger() {
    sqlite3 "$1" "SELECT number, round, point, seed, epochs, known_epochs, training, accuracy FROM search_purchases ORDER BY 1" \
        "SELECT round, purchases, points, trainings, front, hypervolume FROM search_rounds ORDER BY 1" \
        "SELECT digest, method, budget_trainings, ended IS NULL FROM searches"
}
rows() {
    ledger "$1"
    sqlite3 "$1" "SELECT sweep, point, seed, validation_accuracy, test_accuracy, weight_storage_bits FROM results" \
        "SELECT job, hex(network) FROM training" "SELECT job, training, epochs FROM rungs" "SELECT job, epoch, loss FROM epochs" \
        "SELECT digest, kind, state, completions, label FROM jobs" "SELECT name, file, content FROM sweeps" \
        "SELECT s.name, p.digest, r.seed, r.train_job FROM runs r JOIN sweeps s ON s.id = r.sweep JOIN points p ON p.id = r.point" |
        sort
}

# Slurm: sbatch numbers its jobs, and the tests do them.
# shellcheck disable=SC2016 # it expands there
printf '#!/bin/sh\necho sbatch "$@" >>calls\nn=$(($(cat next) + 1))\necho $n | tee next\n' >bin/sbatch
printf '#!/bin/sh\n[ ! -e squeue.say ] || cat squeue.say\n' >bin/squeue
echo 10 >next
chmod +x bin/*
PATH=$work/bin:$PATH

# shard I: does a shard of the round as its job would. unite: the job that waits for the shards; its words are in the file
# said.
shard() {
    XDG_CACHE_HOME=$work/cache.$1 SLURM_ARRAY_TASK_ID=$1 SLURM_CPUS_ON_NODE=1 sh "$folder/array.sh" >>log 2>&1 ||
        wrong "shard $1: $(tail -n 2 log)"
}
unite() { SLURM_JOB_ID=$(sed -n '1s/.*,//p' "$folder/jobs") sh "$folder/merge.sh" >said 2>&1; }
over() { grep -q "the search is at its end: nothing is submitted" said; }

# ---- to its end, as one machine
for method in front random; do
    [ $method = front ] && epochs=9 || epochs=60 # whole trainings that are still running when they are killed
    search $method $method "trainings: 6" $epochs >$method.yaml
    XDG_CACHE_HOME=$work/one.cache expect 0 "$method of 48 combinations" run $method.yaml --db one.$method.db --jobs 2
    folder=$work/$method.shards/$method
    expect 0 "round 1, 4 jobs: 2 shards are in the queue as job" submit $method.yaml --shards 2 --db $method.db --sbatch=--mem=2G
    for ((round = 1; round < 20; round++)); do
        shard 1
        case $round in
            1) ;; # the other one does not start
            3)
                XDG_CACHE_HOME=$work/cache.2 SLURM_ARRAY_TASK_ID=2 SLURM_CPUS_ON_NODE=1 setsid sh "$folder/array.sh" >>log 2>&1 &
                pid=$!
                while kill -0 $pid 2>/dev/null && [ "$(sqlite3 "$folder/2-of-2.db" "SELECT count(*) FROM running" 2>/dev/null)" != 1 ]; do
                    :
                done
                kill -9 -- -$pid 2>/dev/null
                wait $pid 2>/dev/null
                ;;
            *) shard 2 ;;
        esac
        if [ $round = 3 ]; then # what they bought is united in any order, and again
            cp $method.db first.db && cp $method.db second.db
            expect 0 "" merge "$folder/1-of-2.db" "$folder/2-of-2.db" -o first.db
            expect 0 "" merge "$folder/2-of-2.db" "$folder/1-of-2.db" -o second.db
            expect 0 "" merge first.db second.db "$folder/2-of-2.db" -o any.db
            expect 0 "" merge any.db second.db -o first.db
            for db in second any; do
                diff <(rows first.db) <(rows $db.db) >difference || wrong "merged another way, $method: $(head -4 difference)"
            done
            rm any.db
        fi
        unite || wrong "$method, round $round: $(cat said)"
        ! over || break
        [ $round != 1 ] || grep -q "round 1, 2 jobs" said || wrong "the shard that did not start: $(cat said)"
    done
    grep -qxF -- "#SBATCH --mem=2G" "$folder/array.sh" || wrong "the option of the first round is lost: $(cat "$folder/array.sh")"
    over || wrong "$method does not end: $(cat said)"
    [ $round -gt 3 ] || wrong "$method ended before a shard was killed"
    diff <(rows one.$method.db) <(rows $method.db) >difference || wrong "$method, one machine (<) and two: $(head -4 difference)"
    same 0 "$(sqlite3 $method.db "SELECT count(*) FROM jobs WHERE completions <> 1")" "jobs that were not done once"
    expect 0 "nothing is submitted" submit $method.yaml --shards 2 --db $method.db
done
[ "$(sqlite3 front.db "SELECT count(*) FROM rungs")" -gt 0 ] || wrong "front bought no rungs"
same 0 "$(sqlite3 front.shards/front/1-of-2.db "ATTACH 'front.shards/front/2-of-2.db' AS b" \
    "SELECT count(*) FROM rungs a JOIN b.rungs c ON c.training = a.training")" "trainings that were in two shards"
grep -q "went on after epoch" log || wrong "no rung went on from the shard's own checkpoint"
grep -q "sbatch --parsable --dependency=afterany:[0-9]* $work/front.shards/front/merge.sh" calls || wrong "Slurm got $(cat calls)"

# More budget goes on; so does one machine with what two have done.
search random random "trainings: 8" $epochs >random.yaml
expect 0 "round 2, 2 jobs" submit random.yaml --shards 3 --db random.db
for i in 1 2 3; do shard $i; done
unite && over || wrong "with more budget: $(cat said)"
expect 0 "8 trainings" run random.yaml --db random.db
same 8 "$(sqlite3 random.db "SELECT sum(attempts) FROM jobs")" "attempts"

# ---- what does not go on
search idle random "trainings: 4" 30 >idle.yaml
folder=$work/idle.shards/idle
expect 0 "some of the 5 shards have nothing to do" submit idle.yaml --shards 5 --db idle.db
same "1 4 0" "$(sed -n 2p "$folder/jobs")" "what the shards were given"
unite || wrong "a round without its shards is not given once more: $(cat said)"
same "1 4 1" "$(sed -n 2p "$folder/jobs")" "what the shards were given again"
sed -n '1s/.*,//p' "$folder/jobs" >squeue.say
unite && wrong "goes on though no shard did anything"
grep -q "round 1: 4 jobs are without a result, and the shards have done none of them, twice" said || wrong "without shards: $(cat said)"
expect 2 "are in the queue still" submit idle.yaml --shards 5 --db idle.db
rm squeue.say
# Jobs that fail in each round.
expect 0 "round 1, 4 jobs" submit idle.yaml --shards 2 --db idle.db
for try in 1 2; do
    sed -i 's/ --jobs / --job-time 0.02 --jobs /' "$folder/array.sh"
    for i in 1 2; do SLURM_ARRAY_TASK_ID=$i sh "$folder/array.sh" >log 2>&1 && wrong "a failed job is good: $(cat log)"; done
    grep -q "2 jobs failed" log || wrong "no job failed: $(cat log)"
    unite && [ $try = 2 ] && wrong "goes on though all jobs fail"
done
grep -q "the shards have done none" said || wrong "with failed jobs: $(cat said)"
expect 0 "failed: train" status --db idle.db
expect 0 "round 1, 4 jobs" submit idle.yaml --shards 2 --db idle.db
shard 1
shard 2
unite && over || wrong "after mending: $(cat said)"

# Trainings that diverge are answers: they are not given again, and the search ends with the verdict of one machine.
search wild front "trainings: 4" | sed 's/frac_bits: 2,/frac_bits: 2, lr: [0.005, 1.0e300],/' >wild.yaml
XDG_CACHE_HOME=$work/wild.cache expect 1 "diverged" run wild.yaml --db one.wild.db --jobs 2
folder=$work/wild.shards/wild
expect 0 "round 1, " submit wild.yaml --shards 2 --db wild.db
for ((round = 1; round < 20; round++)); do
    for i in 1 2; do XDG_CACHE_HOME=$work/wild.cache.$i SLURM_ARRAY_TASK_ID=$i sh "$folder/array.sh" >>log 2>&1; done
    unite
    code=$?
    [ $code = 0 ] || break
done
same 1 $code "exit code after diverged trainings"
grep -q "trainings* diverged" said || wrong "after diverged trainings: $(cat said)"
diff <(rows one.wild.db) <(rows wild.db) >difference || wrong "diverged, one machine (<) and two: $(head -4 difference)"

# The scripts alone: the second one begins.
search dry random "trainings: 2" >dry.yaml
folder=$work/dry.shards/dry
expect 0 "sbatch $folder/merge.sh plans the first round" submit dry.yaml --shards 1 --db dry.db --dry-run
[ ! -e dry.db ] || wrong "--dry-run made a database"
SLURM_JOB_ID=3 sh "$folder/merge.sh" >said 2>&1 || wrong "the first round: $(cat said)"
grep -q "round 1, 2 jobs" said || wrong "the first round: $(cat said)"

# What is refused.
expect 2 "name that one with --from" run dry.yaml --shard 1/2 --db none.db
expect 2 "\`merge\` gives it the results of another database" run dry.yaml --from dry.db --db none.db
[ ! -e none.db ] || wrong "a refused search made a database"
expect 2 "idle.db has no round that asks for what the search asks for here" run dry.yaml --shard 1/2 --from idle.db --db none.db
finish
