#!/usr/bin/env bash
# A sweep in shards: each has a database of its own, and united in any order they have the rows of one machine. And the
# words for Slurm, which is a made-up one here (slurm.sh starts a real one). cluster_search.sh has searches.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 200 100 || wrong "no data"
cat >a.yaml <<'EOF2'
name: shards
dataset: data
train: {epochs: 1, batch: 50, seeds: [0, 1, 2]}
axes: {network: [64-8-4, 64-12-4], engine: [none], delta_bits: [2, 3], mirror: [true, false]}
EOF2

# rows DATABASE: what is the same on every machine.
rows() {
    sqlite3 "$1" "SELECT sweep, point, seed, train_accuracy, test_accuracy, fits, weight_storage_bits, macs FROM results" \
        "SELECT job, epoch, loss FROM epochs" "SELECT digest, kind, state, completions, label FROM jobs" \
        "SELECT name, file, content FROM sweeps" | sort
}
# all_rows DATABASE: of shards, their times too; without the numbers that a database gives its rows.
all_rows() {
    rows "$1"
    sqlite3 "$1" "SELECT digest, started, finished, seconds, host, attempts FROM jobs" "SELECT name, created, updated FROM sweeps" \
        "SELECT r.seed, p.digest, s.name, r.train_job, r.check_job, r.created FROM runs r JOIN points p ON p.id = r.point
         JOIN sweeps s ON s.id = r.sweep" "SELECT job, seconds, hex(network) FROM training" | sort
}

# same_rows HOW A B WHAT: of two databases; HOW is rows or all_rows.
same_rows() {
    diff <("$1" "$2") <("$1" "$3") >difference || wrong "$4: $(head -5 difference)"
}

# ---- shards, and their union
expect 2 "--shard is its number" run a.yaml --shard 3/2
expect 2 "--shard is its number" run a.yaml --shard 1
expect 2 "at most 1000" run a.yaml --shard 1/1001
expect 0 "jobs train 8, 0 done" run a.yaml --shard 2/3 --dry-run
expect 0 "24 jobs done" run a.yaml --db whole.db
for i in 1 2 3; do expect 0 "8 runs; 8 jobs done" run a.yaml --shard $i/3 --db $i.db; done
expect 0 "all.db: new from 2.db" merge 1.db 2.db 3.db -o all.db
expect 0 "" merge 3.db 1.db -o other.db
expect 0 "" merge 2.db 3.db --db other.db
same_rows rows whole.db all.db "rows of one machine, and of three"
same_rows all_rows all.db other.db "rows in another order"
expect 0 "0 sweeps, 0 runs, 0 points, 0 jobs" merge 2.db -o all.db
same_rows all_rows all.db other.db "rows after one more merge"
expect 0 "0 jobs done" run a.yaml --db all.db

# Of one job that two have done, the one that ended first stays; a failed one gives way.
cp all.db early.db
cp all.db late.db
job=$(sqlite3 all.db "SELECT min(digest) FROM jobs")
sqlite3 early.db "UPDATE jobs SET finished = '2001-01-01T00:00:00Z', host = 'x' WHERE digest = '$job'"
sqlite3 late.db "UPDATE jobs SET state = 'failed', message = 'm', completions = 0 WHERE digest = '$job';
    INSERT INTO job_outputs VALUES ('$job', 'text'); DELETE FROM epochs WHERE job = '$job'; DELETE FROM training WHERE job = '$job'"
for order in "early late all" "late all early" "all early late"; do
    read -r a b c <<<"$order"
    rm -f any.db
    expect 0 "" merge $a.db $b.db $c.db -o any.db
    same "done|x" "$(sqlite3 any.db "SELECT state, host FROM jobs WHERE digest = '$job'")" "the job, merged as $order"
    same "0|1|1" "$(sqlite3 any.db "SELECT (SELECT count(*) FROM job_outputs), (SELECT count(*) FROM training WHERE job =
        '$job'), (SELECT count(*) FROM epochs WHERE job = '$job')")" "its results, merged as $order"
    same "ok" "$(sqlite3 any.db "PRAGMA integrity_check" "PRAGMA foreign_key_check")" "integrity"
    all_rows any.db >"rows.$a"
done
cmp -s rows.early rows.late && cmp -s rows.late rows.all || wrong "the rows depend on the order"

# What cannot be united.
expect 2 "which database" merge -o all.db
expect 2 "are the same: give one" merge 1.db -o all.db --db all.db
expect 2 "there is no database none.db" merge 1.db none.db -o new.db
expect 2 "are the same file" merge 1.db new.db -o 1.db
sqlite3 2.db "PRAGMA user_version = 99"
expect 2 "2.db has format 99, from a newer deltasweep" merge 1.db 2.db -o new.db
[ -e new.db ] && wrong "a database was made, and nothing was merged"
sqlite3 3.db "UPDATE training SET network = x'00' WHERE job = (SELECT min(job) FROM training)"
expect 1 "1 job that both databases have done has another result in 3.db" merge 1.db 3.db -o all.db
sed 's/seeds: \[0/seeds: [7, 0/' a.yaml >b.yaml
expect 0 "" run b.yaml --shard 1/5 --db b.db
expect 1 "the sweep \`shards\` has another file in b.db" merge b.db -o all.db

# Finished work of another database is not done again.
expect 0 "24 results taken from all.db" run a.yaml --from all.db --db new.db
grep -q "0 jobs done in .*, 24 done before" err || wrong "with --from: $(cat err)"
same_rows rows whole.db new.db "rows with --from"
expect 2 "there is no database none.db" run a.yaml --from none.db --db newer.db
[ -e newer.db ] && wrong "a refused --from made a database"

# ---- Slurm, made up
mkdir bin
for tool in sbatch squeue; do printf '#!/bin/sh\necho %s "$@" >>calls\n[ ! -e %s.say ] || cat %s.say\n[ ! -e %s.err ] || { cat %s.err >&2; exit 1; }\n' $tool $tool $tool $tool $tool >bin/$tool; done
chmod +x bin/*
folder=$work/results/all.shards/shards
mkdir results
with=(env PATH=/nonexistent)
expect 2 "there is no Slurm here" submit a.yaml --shards 2
with=()
PATH=$work/bin:$PATH
expect 2 "name a sweep file" submit a.yaml
expect 2 "--shards must be a whole number from 1 to 1000" submit a.yaml --shards 0
expect 2 "--sbatch --array=1-2: \`submit\` sets --array itself" submit a.yaml --shards 2 --sbatch=--array=1-2
expect 2 "--sbatch takes an option of sbatch" submit a.yaml --shards 2 --sbatch 8:00
expect 2 "cannot stand in a script" submit a.yaml --shards 2 --db "it's.db"
expect 2 "cannot make the folder" submit a.yaml --shards 2 --db none/all.db
echo "axes: {no: 1}" >bad.yaml
expect 3 "bad.yaml:" submit bad.yaml --shards 2
expect 0 "the scripts are written" submit a.yaml --shards 2 --db results/all.db --dry-run --sbatch=--time=10 --sbatch --mem=2G
[ -e calls ] && wrong "--dry-run called Slurm: $(cat calls)"
for line in "#SBATCH --array=1-2" "#SBATCH --time=10" "#SBATCH --mem=2G" "#SBATCH --output=\"$folder/%a-of-2.log\""; do
    grep -qxF -- "$line" "$folder/array.sh" || wrong "array.sh has no line $line: $(cat "$folder/array.sh")"
done
sh -n "$folder/array.sh" && sh -n "$folder/merge.sh" || wrong "a script is no script"
echo 12 >sbatch.say
expect 0 "2 shards are in the queue as job 12; job 12 unites them" submit a.yaml --shards 2 --db results/all.db
same "array 12 merge 12" "$(tr '\n' ' ' <out | sed 's/ $//')" "what it prints"
same "sbatch --parsable $folder/array.sh
sbatch --parsable --dependency=afterany:12 $folder/merge.sh" "$(cat calls)" "what Slurm got"
# The scripts do what they say.
SLURM_ARRAY_TASK_ID=2 sh "$folder/array.sh" >log 2>&1 || wrong "shard 2: $(cat log)"
SLURM_ARRAY_TASK_ID=1 SLURM_CPUS_ON_NODE=1 sh "$folder/array.sh" >log 2>&1 || wrong "shard 1: $(cat log)"
sh "$folder/merge.sh" >log 2>&1 || wrong "merge: $(cat log)"
same_rows rows whole.db results/all.db "rows of the scripts"
SLURM_ARRAY_TASK_ID=1 sh "$folder/array.sh" >log 2>&1 && grep -q "0 results taken from results/all.db" log || wrong "again: $(cat log)"
# What Slurm may say.
echo 12 >squeue.say
expect 2 "are in the queue still (squeue --jobs 12,12)" submit a.yaml --shards 2 --db results/all.db
rm squeue.say
echo "slurm_load_jobs error: Unable to contact slurm controller" >squeue.err
expect 2 "Slurm does not answer: slurm_load_jobs error: Unable to contact" submit a.yaml --shards 2 --db results/all.db
echo "slurm_load_jobs error: Invalid job id specified" >squeue.err
printf 'sbatch: error: invalid partition specified: x\nsbatch: error: Batch job submission failed\n' >sbatch.err
expect 2 "array.sh: sbatch: error: invalid partition specified: x; sbatch: error: Batch" submit a.yaml --shards 2 --db results/all.db
rm sbatch.say sbatch.err
expect 2 "it says nothing" submit a.yaml --shards 2 --db results/all.db
printf '#!/bin/sh\ncase $* in *merge.sh) exit 1;; esac\necho 7\n' >bin/sbatch
expect 2 "in the queue as job 7, but nothing unites them: when they have ended, deltasweep merge $folder/*.db" submit a.yaml --shards 2 --db results/all.db
same "array 7" "$(cat out)" "what it prints"
expect 0 "the sweep has 24 trainings: some of the 30 shards" submit a.yaml --shards 30 --dry-run
finish
