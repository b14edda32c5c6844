#!/usr/bin/env bash
# pareto: the front of known rows, objectives, columns, exit codes.
source "$(dirname "$0")/lib.sh" "$1"
make_database a.db

# The front by its definition, in SQL.
front() {
    sqlite3 a.db "SELECT point FROM designs a WHERE test_accuracy IS NOT NULL AND NOT EXISTS (SELECT 1 FROM designs b WHERE
        b.test_accuracy >= a.test_accuracy AND b.$1 <= a.$1 AND (b.test_accuracy > a.test_accuracy OR b.$1 < a.$1))" | sort
}
expect 0 "1 left out" pareto --db a.db --csv --columns point
same "$(front weight_storage_bits)" "$(tail -n +2 out | sort)" "the default front"
expect 0 "" pareto --db a.db --csv --columns point --max test_accuracy --min weights
same "$(front weights)" "$(tail -n +2 out | sort)" "accuracy against weights"

expect 0 "" pareto --db a.db --json --where "fits AND parallelism = 8"
same "point network scheme weight_bits frac_bits delta_bits test_accuracy test_accuracy_low test_accuracy_high test_accuracy_interval n weight_storage_bits" \
    "$(sed -n 2p out | grep -o '"[a-z_]*":' | tr -d '":' | tr '\n' ' ' | sed 's/ $//')" "the columns that vary"
expect 0 "" pareto --db a.db --view results --where "sweep = 'made-up'" --columns point,seed,test_accuracy --csv
same "point,seed,test_accuracy" "$(head -1 out)" "chosen columns"
same "$(sqlite3 a.db "SELECT printf('%.9f', max(test_accuracy)) FROM results WHERE sweep = 'made-up'")" "$(sed -n 2p out | awk -F, '{ printf "%.9f", $3 }')" "best first"
expect 0 "" pareto --db a.db --max macs_per_second --min lut --max test_accuracy --columns point
same "1 of 1 rows of \`designs\` are on the front" \
    "$("$program" pareto --db a.db --where "point = 'pf10a700001'" 2>&1 >/dev/null)" "one row"

# One sweep's points; a sweep that asks again for the points of another adds no design, and no row of the front.
expect 0 "" pareto --db a.db --sweep odd --csv --columns point
same "pf10a700001" "$(tail -n +2 out)" "the points of one sweep"
expect 2 'did you mean `made-up`' pareto --db a.db --sweep made-upp
expect 2 "take --sweep NAME" pareto --db a.db --where "sweep = 'odd'"
expect 0 "" pareto --db a.db --csv
cp out once
"$program" pareto --db a.db --view results --csv --columns point,seed,test_accuracy >runs_once 2>/dev/null
cp a.db twice.db
sqlite3 twice.db "INSERT INTO sweeps (id, name, file, content, created, updated) VALUES (9, 'again', 'b.yaml', '', '', '');
    INSERT INTO runs (sweep, point, seed, train_job, check_job, created)
    SELECT 9, point, seed, train_job, check_job, created FROM runs WHERE sweep = 1"
expect 0 "" pareto --db twice.db --csv
cmp -s out once || wrong "the front of points that two sweeps asked for is another"
expect 0 "243 left out: another sweep's row for the same point and seed" pareto --db twice.db --view results --csv --columns point,seed,test_accuracy
cmp -s out runs_once || wrong "the front of runs that two sweeps asked for is another"
same "83|82" "$(sqlite3 twice.db "SELECT (SELECT count(*) FROM designs), (SELECT count(*) FROM trainings)")" "rows of two sweeps"

# Two data sets are two tasks: what is easy there does not beat what is hard here.
cp a.db tasks.db
sqlite3 tasks.db "UPDATE points SET dataset = 'digits' WHERE network = '784-32-10'; UPDATE training SET
    test_accuracy = test_accuracy + 0.1 WHERE job IN (SELECT train_job FROM runs r JOIN points p ON p.id = r.point WHERE dataset = 'digits')"
expect 0 "each of 2 data sets has a front of its own" pareto --db tasks.db --csv --columns dataset,point
for dataset in digits fashion-mnist; do
    "$program" pareto --db tasks.db --csv --columns dataset,point --where "dataset = '$dataset'" 2>/dev/null | tail -n +2
done | sort >expected
[ "$(cut -d, -f1 expected | uniq | wc -l)" = 2 ] || wrong "no two fronts to compare with"
tail -n +2 out | sort | cmp -s - expected || wrong "the fronts of two data sets"

# Cells that unlike tools counted are told apart.
expect 0 "" pareto --db a.db --max test_accuracy --min lut
grep -q "different versions" err && wrong "tools that are the same: $(cat err)"
cp a.db tools.db
sqlite3 tools.db "UPDATE jobs SET tools = 'Yosys 0.70' WHERE kind = 'synth' AND digest LIKE '%-8'"
expect 0 "of different versions of the tools" pareto --db tools.db --max test_accuracy --min lut
grep -q "synthesis_tools" out || wrong "no column of the tools: $(head -2 out)"

# A point with fewer seeds than others may owe its validation accuracy to the seeds that it has.
expect 0 "some points have more seeds than others" pareto --db a.db --max validation_accuracy --min weight_storage_bits
expect 0 "" pareto --db a.db --max validation_accuracy --min weight_storage_bits --where "n = 3"
grep -q "more seeds than others" err && wrong "told of seeds that are equal: $(cat err)"
expect 0 "" pareto --db a.db --max test_accuracy --min weight_storage_bits
grep -q "more seeds than others" err && wrong "all seeds have the same test images: $(cat err)"

# As a whole: knee and hypervolume, by their definitions in SQL, from the worst of all rows or a reference.
expect 0 "knee: " pareto --db a.db
knee=$(sed -n 's/^knee: \([^,]*\),.*/\1/p' err)
"$program" pareto --db a.db --csv --columns point,test_accuracy,weight_storage_bits 2>/dev/null >front.csv
same "$(sqlite3 :memory: ".import --csv front.csv f" "SELECT point FROM f, (SELECT min(test_accuracy + 0.0) AS l, max(test_accuracy + 0.0) AS h,
    min(weight_storage_bits + 0.0) AS b, max(weight_storage_bits + 0.0) AS w FROM f)
    ORDER BY (h - test_accuracy) / (h - l) + (weight_storage_bits - b) / (w - b), f.rowid LIMIT 1")" "$knee" "the knee"
volume() { # ACCURACY BITS: the area between the front and this reference
    sqlite3 :memory: ".import --csv front.csv f" "SELECT printf('%.2f', sum(max(0, accuracy - max(below, $1)) * max(0, $2 - bits))) FROM (
        SELECT DISTINCT test_accuracy + 0.0 AS accuracy, weight_storage_bits + 0.0 AS bits,
        coalesce((SELECT max(g.test_accuracy + 0.0) FROM f g WHERE g.weight_storage_bits + 0 < f.weight_storage_bits + 0), -1) AS below FROM f)"
}
same "$(volume 0.75 400000)" "$("$program" pareto --db a.db --summary --csv --reference 0.75,400000 2>/dev/null | sed -n 2p | cut -d, -f5 |
    xargs printf '%.2f')" "the hypervolume from a reference"
worst=$(sqlite3 -separator ' ' a.db "SELECT printf('%.12f', min(test_accuracy)), max(weight_storage_bits) FROM designs WHERE test_accuracy IS NOT NULL")
expect 0 "" pareto --db a.db --summary --csv
same "$(volume $worst)" "$(sed -n 2p out | cut -d, -f5 | xargs printf '%.2f')" "the hypervolume from the worst"
same "$worst" "$(sed -n 2p out | awk -F, '{ printf "%.12f %d", $7, $8 }')" "the reference"
expect 2 "not a number for each of the 2 objectives" pareto --db a.db --reference 1
expect 2 "not a number for each" pareto --db a.db --reference 1,2,3

# Only what is better by more than the intervals: no design of this front clearly beats another, and some design of it
# clearly beats, or equals, each that is not on it.
expect 0 "values whose intervals overlap count as equal" pareto --db a.db --significant --csv --columns point
tail -n +2 out | sort >clear
[ "$(wc -l <clear)" -lt "$(tail -n +2 front.csv | wc -l)" ] || wrong "the clear front is no smaller"
sqlite3 a.db "CREATE TEMP TABLE c (point TEXT)" ".import clear c" "
    CREATE TEMP TABLE ends AS SELECT *, coalesce(test_accuracy_low, test_accuracy) AS low,
        coalesce(test_accuracy_high, test_accuracy) AS high FROM designs;
    CREATE TEMP VIEW clear_beats AS SELECT a.point AS a, b.point AS b FROM ends a, ends b WHERE a.dataset = b.dataset AND
        a.high >= b.low AND a.weight_storage_bits <= b.weight_storage_bits
        AND (a.low > b.high OR a.weight_storage_bits < b.weight_storage_bits);
    SELECT d.point FROM ends d WHERE test_accuracy IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM clear_beats WHERE b = d.point AND a IN (SELECT point FROM c)) ORDER BY 1" >expected
diff clear expected || wrong "the clear front is not what nothing of it clearly beats"
expect 2 "none of the objectives has an interval" pareto --db a.db --significant --min lut

# Nine objectives and more have a front, but no hypervolume.
expect 0 "are on the front" pareto --db a.db --max test_accuracy --min lut --min ff --min dsp --min weights --max fmax_mhz \
    --min weight_storage_bits --min critical_path_ns --max compression_ratio --max train_accuracy
grep -q hypervolume err && wrong "a hypervolume of ten objectives: $(cat err)"

expect 0 "" pareto --db a.db --json-lines --columns point,test_accuracy
same "$(tail -n +2 front.csv | wc -l)" "$(grep -c '^{"point": "p.*}$' out)" "JSON lines"

expect 1 "no row" pareto --db a.db --where "0"
expect 1 'value for `fmax_mhz`' pareto --db a.db --max fmax_mhz --where "scheme = 'float'"
expect 2 'did you mean `test_accuracy`' pareto --db a.db --max tst_accuracy
expect 2 'did you mean `test_accuracy`' pareto --db a.db --where "tst_accuracy > 0"
expect 2 'did you mean `test_accuracy`' pareto --db a.db --max accuracy
expect 2 'did you mean `test_accuracy`' pareto --db a.db --where "accuracy > 0.9"
expect 2 "holds words" pareto --db a.db --max scheme
expect 2 "given twice" pareto --db a.db --max lut --min lut
expect 2 "there is no view" pareto --db a.db --view points
expect 2 "one statement at a time" pareto --db a.db --where "1); DELETE FROM runs; --"
expect 2 'did you mean `delta_bits`' pareto --db a.db --where '"delta_bitz" > 3'
expect 0 "" pareto --db a.db --where '"delta_bits" > 3'
expect 2 "is not one expression" pareto --db a.db --where "3) OR (1"
expect 2 "stands for a value" pareto --db a.db --where "lut = :x"
endless="(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c) > 0"
expect 2 "takes too long" pareto --db a.db --where "$endless"
expect 2 "takes too long" plot --db a.db --x "$endless" --y ff -o x.svg
expect 2 "a text of more than" pareto --db a.db --where "instr(zeroblob(100000000), zeroblob(1000000) || x'01') = 0"
expect 2 "did you mean" pareto --db a.db --columns point,lutt
expect 2 "no column" pareto --db a.db --columns ,
expect 2 "none.db" pareto --db none.db
finish
