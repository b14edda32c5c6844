#!/usr/bin/env bash
# importance: figures of a grid whose truth is known, silence with its reason, and what is refused.
source "$(dirname "$0")/lib.sh" "$1"
make_database a.db

# In these rows parallelism decides the LUTs; the accuracies become all the same.
sqlite3 a.db "UPDATE training SET test_accuracy = 0.5" || wrong "the database cannot be written"
expect 0 "" importance --db a.db --of lut --csv
same objective,axis,acts_with,share,share_error,alone,alone_error,note "$(head -1 out)" "header"
awk -F, '$2 == "parallelism" && $4 > 0.85 && $6 > 0.95 { found = 1 } END { exit !found }' out || wrong "parallelism does not decide the LUTs: $(cat out)"
grep -q 'lut,reference,,,,.*cannot be told' out || wrong "a share of the reference, which the scheme decides: $(cat out)"
cp out first
expect 0 "81 rows" importance --db a.db --of lut --csv
cmp -s first out || wrong "the same question has another answer"
expect 0 '"axis": "parallelism"' importance --db a.db --of lut --json --pairs
expect 0 '{"objective": "lut", "axis": "parallelism"' importance --db a.db --of lut --json-lines
expect 0 "| parallelism" importance --db a.db --of lut --markdown

# Silence: all accuracies are the same, there are few, or the rows have no value.
expect 1 "rows have the same value" importance --db a.db
grep -q "the column .note. says why" err || wrong "silence does not say where its reason is: $(cat err)"
expect 1 "at least 12 are needed" importance --db a.db --where "scheme = 'float'"
expect 1 "0 rows have a value" importance --db a.db --of bram36 --where "lut IS NULL"
# One of two can be answered.
expect 0 "rows have the same value" importance --db a.db --of test_accuracy --of lut
expect 0 "does not depend on the hardware: parallelism" importance --db a.db --of test_accuracy --of lut

expect 2 "did you mean \`lut\`" importance --db a.db --of luts
expect 2 "holds words" importance --db a.db --of scheme
expect 2 "the SQL is wrong" importance --db a.db --where "lut >"
expect 2 "takes no" importance a.db
expect 2 "no-such.db" importance --db no-such.db
finish
