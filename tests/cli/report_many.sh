#!/usr/bin/env bash
# report of 20,000 designs: how long making the page takes, and a filter in it.
source "$(dirname "$0")/lib.sh" "$1"
"$(dirname "$program")/tests/make_store" many.db && sqlite3 many.db <"$source_dir/tests/cli/many.sql" >/dev/null
TIMEFORMAT='%U %S %R'
times=$({ time "$program" report many.db -o many.html 2>said; } 2>&1)
grep -q "20000 designs" said || wrong "$(cat said)"
echo "made in $times s (user, system, elapsed), $(stat -c %s many.html) bytes"
node "$source_dir/tests/cli/report_many.mjs" "$work/many.html" || wrong "in the browser"
finish
