#!/usr/bin/env bash
# Searches on small data: what they buy, their budget, killed ones, warm starts, rungs, and what is refused.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 3000 300 || wrong "no data"
export DELTASWEEP_CHECKPOINT_SECONDS=1000 # rungs keep theirs all the same

# sweep NAME SEED BUDGET [KEY…]: a search over 4 x 4 x 3 networks and codes.
sweep() {
    local name=$1 seed=$2 budget=$3
    shift 3
    cat <<EOF2
name: $name
dataset: data
network: "64-{8..32 step 8}-{4, 6, 8, 12}-4"
train: {epochs: 9, batch: 100, lr: 0.005}
axes: {scheme: fixed-point, weight_bits: [3, 4, 6], frac_bits: 2, engine: none}
search:
  method: random
  objectives: [max validation_accuracy, min weight_storage_bits]
  constraints: ["weights < 2300"]
  budget: {$budget}
  seed: $seed
  batch: 4
EOF2
    printf '  %s\n' "$@"
}
bought="SELECT number, round, point, seed, epochs, known_epochs, accuracy FROM search_purchases ORDER BY number"
rows="SELECT point, seed, validation_accuracy, test_accuracy FROM results ORDER BY point, seed"
rounds="SELECT round, purchases, points, trainings, front, hypervolume FROM search_rounds ORDER BY round"

# What it would do.
sweep calm 1 "trainings: 10" >a.yaml
expect 0 "combinations 48" run a.yaml --dry-run
grep -q "choose network, place 2: 8, 16, 24, 32" out || wrong "dry run: $(cat out)"
[ ! -e deltasweep.db ] || wrong "a dry run made a database"

# A search keeps its budget and its constraints, and reports work on what it bought.
expect 0 "random of 48 combinations" run a.yaml --db calm.db --jobs 2
same 10 "$(sqlite3 calm.db "SELECT count(*) FROM training")" "trainings of a budget of 10"
same 0 "$(sqlite3 calm.db "SELECT count(*) FROM points WHERE weights >= 2300")" "points that break a constraint"
same 1 "$(sqlite3 calm.db "SELECT count(*) FROM searches WHERE ended IS NOT NULL AND method = 'random'")" "ended searches"
same "" "$(sqlite3 calm.db "PRAGMA foreign_key_check")" "references"
expect 0 "validation_accuracy" pareto --db calm.db --max validation_accuracy --min weight_storage_bits
sqlite3 calm.db "$bought; $rows; $rounds" >calm
[ "$(sqlite3 calm.db "SELECT count(*) FROM search_rounds WHERE hypervolume > 0")" -gt 0 ] || wrong "no hypervolume"

# status tells its rounds and its budget. A label tells the network, which the braces vary.
expect 0 "calm: method random, 3 rounds done, 10 of 10 trainings; " status --db calm.db
grep -q "hypervolume 0.[0-9]*; ended$" out || wrong "status of a search: $(cat out)"
expect 0 '{"sweep": "calm", "method": "random", "rounds": 3, "in_round": 0, "purchases": 10, ' status --db calm.db --json
same 10 "$(sqlite3 calm.db "SELECT count(*) FROM jobs WHERE label LIKE 'train fixed-point W_ f2 64-%-4 seed 0'")" "labels"

# Again: nothing is trained, and the rows are the same.
expect 0 "10 of an earlier run" run a.yaml --db calm.db --jobs 1
sqlite3 calm.db "$bought; $rows; $rounds" >again
cmp -s calm again || wrong "another result when done again: $(diff calm again | head -4)"
same 10 "$(sqlite3 calm.db "SELECT sum(attempts) FROM jobs")" "attempts"

# The same seed chooses the same, and another one does not.
sweep other 2 "trainings: 10" >b.yaml
expect 0 "" run b.yaml --db other.db --jobs 2
[ "$(sqlite3 calm.db "SELECT point FROM points ORDER BY 1")" != "$(sqlite3 other.db "SELECT point FROM points ORDER BY 1")" ] ||
    wrong "another seed chooses the same points"
sweep same 1 "trainings: 10" >c.yaml
expect 0 "" run c.yaml --db same.db --jobs 1
same "$(sqlite3 calm.db "$bought")" "$(sqlite3 same.db "$bought")" "the choice of the same seed"

# Killed at random moments, it goes on, and ends as the one that was not.
seed=${SEED:-$(date +%s%N)}
RANDOM=$((seed % 32768))
echo "SEED=$seed"
for kill in 1 2 3; do
    setsid "$program" run a.yaml --db killed.db --jobs 2 >out 2>err &
    pid=$!
    sleep "0.$((10 + RANDOM % 40))"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
done
sleep 0.2
expect 0 "" run a.yaml --db killed.db --jobs 2
same "" "$(sqlite3 killed.db "PRAGMA foreign_key_check")" "references after kills"
sqlite3 killed.db "$bought; $rows; $rounds" >killed
cmp -s calm killed || wrong "another result after kills: $(diff calm killed | head -4)"
same 0 "$(sqlite3 killed.db "SELECT count(*) FROM jobs WHERE completions > 1")" "jobs done twice"

# More budget goes on where less ended; trainings of another sweep cost nothing.
sweep calm 1 "points: 14" >a.yaml
expect 0 "" run a.yaml --db calm.db --jobs 2
same 14 "$(sqlite3 calm.db "SELECT count(*) FROM training")" "trainings of a larger budget"
same 1 "$(sqlite3 calm.db "SELECT count(*) FROM searches")" "searches: it is the same one"
sweep warm 1 "trainings: 3" >d.yaml
expect 0 "that the database had from other sweeps, and 0 of an earlier run" run d.yaml --db calm.db --jobs 2
same 17 "$(sqlite3 calm.db "SELECT count(*) FROM training")" "trainings after a warm start"

# A smaller budget ends earlier, and so does its progress. What was bought beyond it stays known.
sweep calm 1 "trainings: 5" >smaller.yaml
expect 0 "" run smaller.yaml --db calm.db --jobs 2
same "2|5" "$(sqlite3 calm.db "SELECT max(round), max(purchases) FROM search_rounds WHERE search = 1")" "progress of a smaller budget"
same 14 "$(sqlite3 calm.db "SELECT count(*) FROM search_purchases WHERE search = 1")" "purchases beyond a smaller budget"

# Combinations that differ only in what the code does not use are one point, also when a front is counted.
sweep collapsed 1 "trainings: 10" | sed 's/scheme: fixed-point/&, delta_bits: [1, 2]/' >h.yaml
expect 0 "random of 96 combinations" run h.yaml --db collapsed.db --jobs 2
expect 0 "" pareto --db collapsed.db --max validation_accuracy --min weight_storage_bits --csv
same "$(($(wc -l <out) - 1))" "$(sqlite3 collapsed.db "SELECT front FROM search_rounds ORDER BY round DESC LIMIT 1")" \
    "points on the front"

# So do the other methods: what they buy follows from accuracies alone, never from the time that something took.
for method in nsga2 front; do
    sweep $method 1 "trainings: 6" | sed "s/random/$method/" >g.yaml
    expect 0 "$method of 48 combinations" run g.yaml --db calm.$method.db --jobs 1
    setsid "$program" run g.yaml --db killed.$method.db --jobs 2 >out 2>err &
    pid=$!
    sleep "0.$((20 + RANDOM % 60))"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    sleep 0.2
    for time in "after a kill" again; do
        expect 0 "" run g.yaml --db killed.$method.db --jobs 2
        for db in calm killed; do sqlite3 $db.$method.db "$bought; $rows; $rounds" >$db; done
        cmp -s calm killed || wrong "$method $time: $(diff calm killed | head -4)"
    done
done
[ "$(sqlite3 killed.front.db "SELECT count(*) FROM rungs")" -gt 0 ] || wrong "front bought no rungs"
"$program" status --db killed.front.db --json >out
same "$(sqlite3 killed.front.db "SELECT count(*) FROM jobs")" "$(sqlite3 :memory: "SELECT json_extract(readfile('out'), '$.sweeps[0].done')")" \
    "jobs of a sweep with rungs"

# Two runs of one search on one database share its trainings, and end with the rows of one run, also where one is killed.
all="$bought; $rows; $rounds; SELECT digest, kind, state, completions FROM jobs ORDER BY digest"
shared=no
for file in c.yaml g.yaml; do
    XDG_CACHE_HOME=$work/cache.one expect 0 "" run $file --db one.$file.db --jobs 2
    for kill in no yes; do
        db=two.$kill.$file.db pids=()
        for i in 1 2; do
            XDG_CACHE_HOME=$work/cache.$kill setsid "$program" run $file --db $db --jobs 1 >out.$i 2>err.$i &
            pids+=($!)
        done
        if [ $kill = yes ]; then
            sleep "0.$((10 + RANDOM % 60))"
            kill -9 "${pids[0]}" 2>/dev/null
        fi
        wait "${pids[0]}" 2>/dev/null || [ $kill = yes ] || wrong "$file, the first of two runs: $(tail -n 2 err.1)"
        wait "${pids[1]}" || wrong "$file, the second of two runs: $(tail -n 2 err.2)"
        diff <(sqlite3 one.$file.db "$all") <(sqlite3 $db "$all") >difference ||
            wrong "$file, one run (<) and two at once (kill: $kill): $(head -4 difference)"
        same 1 "$(sqlite3 $db "SELECT count(*) FROM searches WHERE ended IS NOT NULL")" "ended searches of two runs"
        ! grep -q ": round" err.1 || ! grep -q ": round" err.2 || shared=yes
    done
done
[ $shared = yes ] || wrong "never did two runs work at the same time"

# Ctrl-C ends it with the code of a sweep, and leaves nothing half done.
sweep stopped 1 "trainings: 30" | sed 's/epochs: 9/epochs: 2000/' >f.yaml
"$program" run f.yaml --db stopped.db --jobs 2 >out 2>err &
pid=$!
for ((i = 0; i < 500; i++)); do
    [ "$(sqlite3 stopped.db "SELECT count(*) FROM running" 2>/dev/null)" = 2 ] && break
    sleep 0.01
done
expect 0 "; 0 of 4 jobs of this round done" status --db stopped.db
kill -INT $pid
wait $pid
same 130 $? "exit code after Ctrl-C"
same ok "$(sqlite3 stopped.db "PRAGMA integrity_check")" "integrity after Ctrl-C"
same 0 "$(sqlite3 stopped.db "SELECT count(*) FROM searches WHERE ended IS NOT NULL")" "ended searches after Ctrl-C"

# What it buys follows from the database, not from the checkpoints that another search left in the cache.
sweep front 1 "trainings: 4" "rungs: 2" | sed 's/random/front/' >two.yaml
sweep front 1 "trainings: 4" "rungs: 3" | sed 's/random/front/' >three.yaml
mkdir left fresh
with=(env XDG_CACHE_HOME="$work/left")
expect 0 "" run two.yaml --db two.db --jobs 2
expect 0 "" run three.yaml --db left.db --jobs 2
with=(env XDG_CACHE_HOME="$work/fresh")
expect 0 "" run three.yaml --db fresh.db --jobs 2
with=()
same "$(sqlite3 fresh.db "$bought")" "$(sqlite3 left.db "$bought")" "purchases with checkpoints of another search"

# Rungs are told.
sweep rungs 1 "trainings: 4" "rungs: 3" >e.yaml
expect 0 "rungs 3: 1, 3, 9 epochs" run e.yaml --dry-run

# A search goes on in a database that took it over, and goes away with its sweep.
expect 0 "" merge same.db --db merged.db
same "$(sqlite3 same.db "$bought; $rounds")" "$(sqlite3 merged.db "$bought; $rounds")" "a merged search"
expect 0 "10 of an earlier run" run c.yaml --db merged.db --jobs 1
same 10 "$(sqlite3 merged.db "SELECT sum(attempts) FROM jobs")" "attempts after merging"
expect 0 "" rm same --db merged.db
same 0 "$(sqlite3 merged.db "SELECT count(*) FROM search_purchases")" "purchases of a removed search"

# fit lists all that a search may choose from, if it can be listed.
expect 0 "64-32-12-4" fit a.yaml

refused() {
    local what=$1 text=$2
    shift 2
    sweep bad 1 "trainings: 3" "$@" >bad.yaml
    sed -i "$what" bad.yaml
    expect 3 "$text" run bad.yaml --db bad.db
}
refused 's/method: random/method: randon/' 'there is no `randon`; did you mean `random`?'
refused 's/max validation_accuracy/max test_accuracy/' 'bad.yaml:8: search.objectives[0]: `test_accuracy` cannot be an objective'
refused 's/min weight_storage_bits/min lut/' 'write `estimated_lut`'
refused 's/min weight_storage_bits/min weigths/' 'did you mean `weights`?'
refused 's/min weight_storage_bits/least weights/' 'an objective is `max` or `min` and a name'
refused 's/min weight_storage_bits/min rtl_mismatches/' 'is known after the work alone'
refused 's/weights < 2300/wieghts < 2300/' 'did you mean `weights`?'
refused 's/weights < 2300/weights < 0/' 'is feasible'
refused 's/weights < 2300/rowid > 0/' 'bad.yaml:9: search.constraints[0]: no such column: rowid'
refused 's/weights < 2300/(SELECT count(*) FROM sqlite_master) = 0/' 'bad.yaml:9: search.constraints[0]: not authorized'
refused 's/weights < 2300/abs(-9223372036854775807 - 1) > 0/' 'bad.yaml: search.constraints[0]: integer overflow'
refused 's/trainings: 3/trainings: 0/' 'bad.yaml:10: search.budget.trainings: `0` is not a number above 0'
refused 's/budget: .*/budget: {time: 3}/' 'there is no such key'
refused '/budget/d' 'a search needs a budget'
refused 's/method: random/method: grid/' 'takes no other key'
refused 's/  seed: 1/  seeds: 1/' 'bad.yaml:11: search.seeds'
refused 's/epochs: 9/mode: paper, epochs: 9/' 'keeps none'
refused 's/8..32 step 8/8..32 stp 8/' 'neither a whole number nor a range'
[ ! -e bad.db ] || wrong "a bad file made a database"
finish
