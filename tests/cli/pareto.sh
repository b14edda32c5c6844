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
same "point network scheme weight_bits frac_bits delta_bits test_accuracy test_accuracy_low test_accuracy_high n weight_storage_bits" \
    "$(sed -n 2p out | grep -o '"[a-z_]*":' | tr -d '":' | tr '\n' ' ' | sed 's/ $//')" "the columns that vary"
expect 0 "" pareto --db a.db --view results --where "sweep = 'made-up'" --columns point,seed,test_accuracy --csv
same "point,seed,test_accuracy" "$(head -1 out)" "chosen columns"
same "$(sqlite3 a.db "SELECT printf('%.9f', max(test_accuracy)) FROM results WHERE sweep = 'made-up'")" "$(sed -n 2p out | awk -F, '{ printf "%.9f", $3 }')" "best first"
expect 0 "" pareto --db a.db --max macs_per_second --min lut --max test_accuracy --columns point
same "1 of 1 rows of \`designs\` are on the front" \
    "$("$program" pareto --db a.db --where "point = 'f10a700001'" 2>&1 >/dev/null)" "one row"

expect 1 "no row" pareto --db a.db --where "0"
expect 1 'value for `fmax_mhz`' pareto --db a.db --max fmax_mhz --where "scheme = 'float'"
expect 2 'did you mean `test_accuracy`' pareto --db a.db --max tst_accuracy
expect 2 'did you mean `test_accuracy`' pareto --db a.db --where "tst_accuracy > 0"
expect 2 "holds words" pareto --db a.db --max scheme
expect 2 "given twice" pareto --db a.db --max lut --min lut
expect 2 "there is no view" pareto --db a.db --view points
expect 2 "one statement at a time" pareto --db a.db --where "1); DELETE FROM runs; --"
expect 2 "did you mean" pareto --db a.db --columns point,lutt
expect 2 "no column" pareto --db a.db --columns ,
expect 2 "none.db" pareto --db none.db
finish
