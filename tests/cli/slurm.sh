#!/usr/bin/env bash
# A sweep on a real Slurm cluster, which the test starts and ends: two shards, one of them killed in its middle, submitted
# again, united: the rows that one machine gives. Then the same with a search, which Slurm takes from round to round. Prints
# a log of what Slurm did.
source "$(dirname "$0")/lib.sh" "$1"
source "$source_dir/tests/support/slurm.sh"
slurm_start || exit 77
log() { printf '%s %s\n' "$(date -u +%T)" "$*"; }
log "$(sinfo --version) on loopback: $(sinfo --noheader --format='%N %c CPUs, %T')"

mkdir data
"$(dirname "$program")/tests/make_data" data 2000 300 || wrong "no data"
cat >a.yaml <<'EOF2'
name: cluster
dataset: data
train: {epochs: 60, batch: 50, seeds: [0, 1, 2]}
axes: {network: [64-96-4], delta_bits: [2, 3, 4, 5], engine: [none, operator], parallelism: 4}
where: engine = 'none' OR delta_bits = 3
EOF2
rows() {
    sqlite3 "$1" "SELECT sweep, point, seed, train_accuracy, test_accuracy, rtl_mismatches, lut, fits FROM results" \
        "SELECT job, epoch, loss FROM epochs" "SELECT digest, kind, state, completions, label FROM jobs" \
        "SELECT name, file, content FROM sweeps" | sort
}
folder=$work/all.shards/cluster
empty_queue() { [ -z "$(squeue --noheader 2>/dev/null)" ]; }
trained() { [ "$(sqlite3 "file:$folder/$1-of-2.db?mode=ro" "SELECT count(*) FROM training" 2>/dev/null || echo 0)" -ge "$2" ]; }
ends() { scontrol --oneliner show jobs | sed -nE 's/.*JobId=([0-9]+).*JobName=([^ ]*).*(JobState=[A-Z]*).*(ExitCode=[0-9:]*).*/  job \1 \2 \3 \4/p'; }

expect 0 "2 shards are in the queue as job" submit a.yaml --shards 2 --db all.db
log "submit: $(tr '\n' ' ' <out)"
slurm_wait 60 trained 2 2 || wrong "shard 2 has not begun: $(tail -n 5 "$folder"/*.log)"
log "$(squeue --noheader --format='%i %j %T' | tr '\n' ';')"
expect 2 "are in the queue still" submit a.yaml --shards 2 --db all.db
pids=$(pgrep -f -- "^$program run a.yaml --shard 2/2")
[ -n "$pids" ] || wrong "shard 2 is over: nothing to kill"
# shellcheck disable=SC2086 # several numbers
kill -9 $pids
log "SIGKILL to the $(echo "$pids" | wc -w) processes of shard 2, after $(sqlite3 "file:$folder/2-of-2.db?mode=ro" "SELECT count(*) FROM training") trainings"
slurm_wait 300 empty_queue || wrong "the queue does not end: $(squeue)"
log "the queue is empty: $(sqlite3 all.db "SELECT count(*) || ' trainings in all.db' FROM training")"
ends
before=$(sqlite3 "$folder/2-of-2.db" "SELECT count(*) FROM training")
[ "$(sqlite3 all.db "SELECT count(*) FROM training")" -lt 12 ] || wrong "nothing was lost by the kill"

expect 0 "2 shards are in the queue as job" submit a.yaml --shards 2 --db all.db
log "submit again: $(tr '\n' ' ' <out)"
slurm_wait 300 empty_queue || wrong "the queue does not end: $(squeue)"
ends
after=$(tail -n 1 "$folder/2-of-2.log")
log "shard 2: $after"
[ "$(sed -n 's/.*, \([0-9]*\) done before.*/\1/p' <<<"$after")" -ge "$before" ] || wrong "shard 2 lost work: $before trainings before"
log "merge: $(tail -n 1 "$folder/merge.log")"
grep -q "COMPLETED" <(ends) || wrong "no job completed"

expect 0 "" run a.yaml --db whole.db
log "one machine: $(tail -n 1 err)"
diff <(rows whole.db) <(rows all.db) >difference || wrong "rows of one machine (<) and of the cluster (>): $(head -5 difference)"
log "$(rows all.db | wc -l) rows are those of one machine; jobs in two shards: $(sqlite3 "$folder/1-of-2.db" \
    "ATTACH '$folder/2-of-2.db' AS b; SELECT coalesce(group_concat(a.kind), 'none') FROM jobs a JOIN b.jobs USING (digest)")"
expect 0 " 0 jobs done" run a.yaml --db all.db

# ---- a search
cat >s.yaml <<'EOF2'
name: rounds
dataset: data
network: "64-{64, 96}-4"
train: {epochs: 30, batch: 50, seeds: [0, 1]}
axes: {delta_bits: [2, 3, 4, 5], engine: operator, parallelism: 4}
search: {method: front, objectives: [max validation_accuracy, min weight_storage_bits], budget: {trainings: 4}, batch: 4, rungs: 2}
EOF2
search_rows() {
    rows "$1"
    sqlite3 "$1" "SELECT number, round, point, seed, epochs, known_epochs, training, accuracy FROM search_purchases" \
        "SELECT round, purchases, points, trainings, front, hypervolume FROM search_rounds" \
        "SELECT digest, method, ended IS NULL FROM searches" | sort
}
folder=$work/search.shards/rounds
# second_round: whether shard 2 works on what was chosen by what the first round found.
second_round() {
    [ "$(sqlite3 "file:search.db?mode=ro" "SELECT max(round) FROM search_purchases" 2>/dev/null || echo 0)" -ge 2 ] &&
        pids=$(pgrep -f -- "^$program run s.yaml --shard 2/2")
}
expect 0 "2 shards are in the queue as job" submit s.yaml --shards 2 --db search.db
log "submit a search: $(tr '\n' ' ' <out)"
slurm_wait 120 second_round || wrong "no second round: $(tail -n 5 "$folder"/*.log)"
expect 2 "are in the queue still" submit s.yaml --shards 2 --db search.db
# shellcheck disable=SC2086 # several numbers
kill -9 $pids
log "SIGKILL to shard 2 in its second round"
slurm_wait 300 empty_queue || wrong "the queue does not end: $(squeue)"
ends
sed -n 's/^rounds: \(round\|front\|the search\)/  &/p' "$folder/merge.log"
grep -q "the search is at its end" "$folder/merge.log" || wrong "the search did not end: $(tail -n 3 "$folder/merge.log")"
export XDG_CACHE_HOME=$work/cache.one # no epochs of the shards
share_cache "$XDG_CACHE_HOME"
expect 0 "" run s.yaml --db one.db
log "one machine: $(tail -n 1 err)"
diff <(search_rows one.db) <(search_rows search.db) >difference || wrong "a search on one machine (<) and on the cluster (>): $(head -5 difference)"
log "$(search_rows search.db | wc -l) rows are those of one machine"
finish
