#!/usr/bin/env bash
# list, rename, rm and merge: nothing is lost, nothing comes twice, and what contradicts is refused.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 600 100 || wrong "no data"
sweep() { # NAME SEEDS SCHEMES
    printf 'name: %s\ndataset: data\nnetwork: [64, 8, 4]\ntrain: {epochs: 2, batch: 50, seeds: %s}\naxes: {scheme: %s, engine: none}\n' "$@"
}
sweep one "[0, 1]" "[float, fixed-point]" >one.yaml
sweep two "[1, 2]" "[float]" >two.yaml
expect 0 "" run one.yaml --db a.db
expect 0 "" run two.yaml --db a.db
expect 0 "one" list --db a.db
same "one,2,4,4 two,1,2,2" "$("$program" list --db a.db --csv | tail -n +2 | cut -d, -f1,3-5 | tr '\n' ' ' | sed 's/ $//')" \
    "the list"

# Another name, and the names that there are.
expect 0 "write \`name: first\` in its file" rename one first --db a.db
expect 2 "has a sweep \`two\` already" rename first two --db a.db
expect 2 "no sweep \`one\`" rename one other --db a.db
expect 2 "kept for what \`deltasweep sim\` does" rename first sim --db a.db
expect 2 "no database" rename a b --db none.db
[ -e none.db ] && wrong "rename made a database"

# What another sweep has stays: float with seed 1.
cp a.db copy.db
expect 0 "would remove 4 runs, and with them 1 point and 3 jobs (3 trainings)" rm first --dry-run --db a.db
same 6 "$(sqlite3 a.db "SELECT count(*) FROM results")" "results after a dry run"
expect 0 "removed 4 runs" rm first --db a.db
same "2|2|1|2|0" "$(sqlite3 a.db "SELECT (SELECT count(test_accuracy) FROM results), (SELECT count(*) FROM jobs),
    (SELECT count(*) FROM points), (SELECT count(*) FROM training), (SELECT count(*) FROM pragma_foreign_key_check)")" \
    "what is left"
expect 2 "no sweep \`first\`" rm first --db a.db
same ok "$(sqlite3 a.db "PRAGMA integrity_check")" "integrity"

# Two machines: each has something that the other lacks. Merged twice, it is the same.
all="SELECT sweep, point, seed, test_accuracy FROM results ORDER BY 1, 2, 3"
sqlite3 copy.db "$all" >expected
expect 0 "copy.db: 1 sweep, 4 runs, 1 point, 3 jobs" merge copy.db --db a.db
sqlite3 a.db "$all" | diff expected - || wrong "merged results"
expect 0 "copy.db: 0 sweeps, 0 runs, 0 points, 0 jobs" merge copy.db --db a.db
sqlite3 a.db "$all" | diff expected - || wrong "results after a second merge"
same "1|0" "$(sqlite3 a.db "SELECT max(completions), (SELECT count(*) FROM pragma_foreign_key_check) FROM jobs")" "jobs"
same "$(sqlite3 copy.db "SELECT count(*) FROM epochs")" "$(sqlite3 a.db "SELECT count(*) FROM epochs")" "epochs"
sqlite3 copy.db "INSERT INTO running (job, runner, pid, seconds) SELECT digest, (SELECT max(id) FROM runners), 1, 1
    FROM jobs LIMIT 1" || wrong "no job that runs" # as a killed run leaves it
expect 0 "copy.db: 2 sweeps, 6 runs" merge copy.db --db new.db
same 0 "$(sqlite3 new.db "SELECT count(*) FROM running")" "jobs of another machine that run here"
sqlite3 new.db "SELECT count(*) FROM results" | grep -q 6 || wrong "a new database from another one"

# One file on two machines with unlike seeds has two texts: that is refused, and says what to do.
sweep two "[3]" "[float]" >three.yaml
expect 0 "" run three.yaml --db c.db
expect 1 "the sweep \`two\` has another file in c.db; rename it" merge c.db --db a.db
expect 0 "" rename two three --db c.db
expect 0 "c.db: 1 sweep, 1 run, 0 points, 1 job" merge c.db --db a.db

# A waiting job here is done there.
sqlite3 copy.db "UPDATE jobs SET state = 'waiting', completions = 0 WHERE digest IN (SELECT train_job FROM results r
    JOIN runs USING (seed) WHERE seed = 0 LIMIT 1); DELETE FROM epochs WHERE job IN (SELECT digest FROM jobs WHERE
    state = 'waiting'); DELETE FROM training WHERE job IN (SELECT digest FROM jobs WHERE state = 'waiting')"
expect 0 "; 1 job that waited here is now done" merge a.db --db copy.db
same 7 "$(sqlite3 copy.db "SELECT count(test_accuracy) FROM results")" "results with the waiting one"
grep -q "another result" err && wrong "tells what did not happen: $(cat err)"

# Other results of the same work.
cp a.db d.db
sqlite3 d.db "UPDATE training SET network = x'00' WHERE job = (SELECT min(job) FROM training)"
sqlite3 a.db "SELECT hex(network) FROM training ORDER BY job" >networks
expect 1 "1 job that both databases have done has another result in d.db" merge d.db --db a.db
expect 0 "; 1 job with another result there keeps that of a.db" merge d.db --db a.db --ours
sqlite3 a.db "SELECT hex(network) FROM training ORDER BY job" | diff -q networks - >/dev/null || wrong "our results changed"
expect 2 "are the same file" merge a.db --db ./a.db
expect 2 "there is no database none.db" merge none.db --db a.db
echo text >text.db
expect 2 "not a database" merge text.db --db a.db

# Side by side: what differs throughout, pairs, and what only one has.
sed 's/name: one/name: longer/; s/epochs: 2/epochs: 4/; s/float, fixed-point/float, consecutive/' one.yaml >longer.yaml
expect 0 "" run one.yaml --db a.db
expect 0 "" run longer.yaml --db a.db
expect 0 "only_a" compare one longer --db a.db --json
grep -q '{"axis": "epochs", "a": 2, "b": 4}' out || wrong "what differs: $(cat out)"
same "float" "$(sed -n 's/.*"scheme": "\([a-z-]*\)".*"difference".*/\1/p' out)" "schemes of the pairs"
same "fixed-point consecutive" "$(sed -n '/only_a/,$s/.*"scheme": "\([a-z-]*\)".*/\1/p' out | tr '\n' ' ' | sed 's/ $//')" \
    "points of one alone"
difference=$(sqlite3 a.db "SELECT round(avg(b.test_accuracy - a.test_accuracy), 6) FROM results a JOIN results b USING (seed)
    WHERE a.sweep = 'one' AND b.sweep = 'longer' AND a.scheme = 'float' AND b.scheme = 'float'")
spread=$(sqlite3 a.db "WITH d AS (SELECT b.test_accuracy - a.test_accuracy AS d FROM results a JOIN results b USING (seed)
    WHERE a.sweep = 'one' AND b.sweep = 'longer' AND a.scheme = 'float' AND b.scheme = 'float')
    SELECT round(12.7062 * abs(max(d) - min(d)) / 2, 4) FROM d")
got=$(sed -n 's/.*"difference": \([-0-9.e]*\), "ci95": \([-0-9.e]*\).*/\1 \2/p' out | head -1)
same "$(printf '%.4f %.3f' "$difference" "$spread")" "$(printf '%.4f %.3f' $got)" "the difference and its interval"
figure=$(sed -n '/"figures"/,$s/.*"figure": "test_accuracy", .*"difference": \([-0-9.e]*\), .*"n": \([0-9]*\), "over": "\([a-z ]*\)".*/\1 \2 \3/p' out)
same "$(printf '%.4f' "$difference") 2 equal seeds" "$(printf '%.4f' "${figure%% *}") ${figure#* }" "the figures of one pair"
expect 0 "Points that both have" compare --other copy.db --db a.db
# Two points: every figure that both have, over equal seeds.
read -r a b < <(sqlite3 -separator ' ' a.db "SELECT max(point) FILTER (WHERE epochs = 2), max(point) FILTER (WHERE epochs = 4) FROM results
    WHERE scheme = 'float' AND sweep IN ('one', 'longer')")
expect 0 "What differs throughout" compare "$a" "${b:0:8}" --db a.db
expect 0 "" compare "$a" "$b" --db a.db --csv
same "$(printf '%.4f' "$difference"),2,equal seeds" "$(sed -n 's/^test_accuracy,//p' out | awk -F, '{ printf "%.4f,%s,%s", $4, $6, $7 }')" \
    "the difference of two points"
same "exact" "$(sed -n 's/^weight_storage_bits,.*,//p' out)" "a figure that no seed changes"
expect 2 "is a sweep and" compare one "$b" --db a.db
expect 2 "there is no point" compare "$a" p0 --db a.db
expect 2 "no sweep \`none\`" compare one none --db a.db
expect 2 "name two sweeps or two points" compare one --db a.db
expect 2 "no column \`acuracy\`" compare one longer --figure acuracy --db a.db

# What is probably meant, and never a word that is merely like another one.
expect 2 "did you mean \`list\`?" lst
expect 2 "did you mean \`rm\`?" delete
expect 2 "did you mean \`query\`?" results
expect 2 "unknown command \`escort\` (see" escort
expect 2 "unknown command \`lift\`: did you mean \`list\`?" lift
expect 2 "did you mean fashion-mnist?" train --dataset fashion-mnits
expect 2 "did you mean data?" train --dataset dta
expect 2 "did you mean $work/data?" train --dataset "$work/dat"
finish
