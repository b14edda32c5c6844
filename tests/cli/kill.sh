#!/usr/bin/env bash
# kill -9 of a run at random moments, until five have hit one: the database stays sound, nobody is left
# behind, the run completes when it is started again, no job is done twice, and the rows are
# those of an undisturbed run. $2: the schemes (float alone needs no hardware and is quick).
# SEED=… repeats the moments.
source "$(dirname "$0")/lib.sh" "$1"
schemes=${2:-float}
seed=${SEED:-$(date +%s%N)}
RANDOM=$((seed % 32768))
echo "SEED=$seed"
mkdir data
"$(dirname "$program")/tests/make_data" data 6000 500 || wrong "no data"
cat >a.yaml <<EOF
name: small
dataset: data
network: [64, 64, 32, 4]
train: {epochs: 30, batch: 100, seeds: 0..9}
axes: {scheme: [$schemes], delta_bits: 3, parallelism: 2, operator_inputs: 8}
EOF
rows="SELECT point, scheme, seed, train_accuracy, validation_accuracy, test_accuracy, weight_storage_bits, cycles_per_dot,
      rtl_mismatches, lut, ff, dsp, carry4, critical_path_ns, fits, binding_resource FROM results ORDER BY point, seed"

began=$(date +%s%N)
share_cache "$work/cache.calm"
XDG_CACHE_HOME=$work/cache.calm "$program" run a.yaml --db calm.db --jobs 2 2>err || wrong "undisturbed: $(tail -3 err)"
whole_ms=$((($(date +%s%N) - began) / 1000000))
sqlite3 calm.db "$rows" >calm

kills=0
longest_ms=$((whole_ms / 3))
for round in {1..20}; do
    [ $kills -lt 5 ] || break
    setsid "$program" run a.yaml --db b.db --jobs 2 2>err >out &
    pid=$!
    ms=$((50 + RANDOM * longest_ms / 32768))
    sleep "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))"
    family=$(ps -e -o pid=,sid= | awk -v s="$pid" '$2 == s { print $1 }')
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    if [ $? -ne 137 ]; then # it was done before the kill: from the start, and sooner
        rm -f b.db b.db-wal b.db-shm
        longest_ms=$((longest_ms / 2))
        continue
    fi
    kills=$((kills + 1))
    [ -n "$family" ] || wrong "round $round: ps saw no process of the run, so none can be found alive"
    for try in 1 2 3 4 5 6 7 8 9 10; do
        alive=
        for p in $family; do
            [ -e "/proc/$p" ] && ! grep -q '^State:.Z' "/proc/$p/status" 2>/dev/null && alive="$alive $p"
        done
        [ -z "$alive" ] && break
        sleep 0.1
    done
    [ -z "$alive" ] || wrong "round $round: alive a second after the kill: $(ps -o pid=,args= $alive)"
    [ -s b.db ] || continue
    same ok "$(sqlite3 b.db "PRAGMA integrity_check")" "round $round: integrity"
    same "" "$(sqlite3 b.db "PRAGMA foreign_key_check")" "round $round: references"
    halves="SELECT count(*) FROM jobs j WHERE (state = 'done') <> (completions = 1) OR (state = 'done') <> (
            EXISTS (SELECT 1 FROM training WHERE job = j.digest) OR EXISTS (SELECT 1 FROM builds WHERE job = j.digest) OR
            EXISTS (SELECT 1 FROM checks WHERE job = j.digest) OR EXISTS (SELECT 1 FROM syntheses WHERE job = j.digest))"
    [ -z "$(sqlite3 b.db "SELECT 1 FROM sqlite_schema LIMIT 1")" ] || same 0 "$(sqlite3 b.db "$halves")" "round $round: half jobs"
    echo "round $round: killed after $ms ms, $(sqlite3 b.db "SELECT count(*) FROM jobs WHERE state = 'done'" 2>/dev/null) jobs done"
done
[ $kills -eq 5 ] || wrong "only $kills kills hit a run"

expect 0 "small" run a.yaml --db b.db --jobs 2
sqlite3 b.db "$rows" >after
cmp -s calm after || wrong "other rows than undisturbed: $(diff calm after | head -4)"
same "1|1" "$(sqlite3 b.db "SELECT min(completions), max(completions) FROM jobs")" "completions"
same "$(sqlite3 calm.db "SELECT count(*) FROM jobs")" "$(sqlite3 b.db "SELECT count(*) FROM jobs")" "jobs"
finish
