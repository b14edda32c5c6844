#!/usr/bin/env bash
# query: the three forms, what is refused, what is suggested.
source "$(dirname "$0")/lib.sh" "$1"
make_database a.db
before=$(sha256sum <a.db)
count=$(sqlite3 a.db "SELECT count(*) FROM results")

expect 0 "" query "SELECT count(*) AS n FROM results" --db a.db --csv
same "n $count" "$(tr '\n' ' ' <out | sed 's/ $//')" "csv of a count"
expect 0 "" query --json --db a.db "SELECT 1 AS i, 0.1 AS r, 'a\"b' || char(9) AS t, NULL AS z, x'0102' AS b"
same '[
  {"i": 1, "r": 0.1, "t": "a\"b\t", "z": null, "b": "(2 bytes)"}
]' "$(cat out)" "json of each type"
expect 0 "" query --csv --db a.db "SELECT 1 AS i, 0.1 AS r, 'a\"b,' AS t, NULL AS z, '' AS e, 1 AS i"
same 'i,r,t,z,e,i_2
1,0.1,"a""b,",,"",1' "$(cat out)" "csv of each type"
expect 0 "" query --db a.db "SELECT 1 AS i, 'é' AS name UNION ALL SELECT 100, 'longer'"
same '  i  name
---  ------
  1  é
100  longer' "$(cat out)" "text"
expect 0 "" query --json --db a.db "SELECT * FROM results WHERE 0"
same '[]' "$(cat out)" "json of no row"
expect 0 "no rows" query --db a.db "SELECT * FROM results WHERE 0"

# The database's text obeys nobody: no escape sequence reaches the terminal.
expect 0 "" query --db a.db "SELECT dataset FROM results"
grep -q $'\033' out && wrong "an escape character on standard output"

# The header is bold on a terminal only, and not there if NO_COLOR is set.
bold() { # bold NO_COLOR TERM: how many lines have an escape sequence
    NO_COLOR=$1 TERM=$2 script -qec "'$program' query 'SELECT 1 AS x' --db a.db" /dev/null </dev/null | grep -c $'\033'
}
same 1 "$(bold "" xterm)" "bold lines on a terminal"
same 0 "$(bold 1 xterm)" "bold lines with NO_COLOR"
same 0 "$(bold "" dumb)" "bold lines on a dumb terminal"
expect 0 "" query "SELECT 1 AS x" --db a.db
grep -q $'\033' out && wrong "an escape character in a file"

# Every value survives the way through CSV.
expect 0 "" query --csv --db a.db "SELECT test_accuracy, lr, fmax_mhz, created FROM results ORDER BY point, seed"
sqlite3 -csv a.db "SELECT printf('%!.17g', test_accuracy) FROM results ORDER BY point, seed" >expected
paste -d' ' <(tail -n +2 out | cut -d, -f1) expected | awk '$1 != $2 && $1 + 0 != $2 + 0 { exit 1 }' || wrong "csv lost digits"

echo "SELECT 7 AS seven" | "$program" query - --db a.db --csv >out 2>err || wrong "query -: $(cat err)"
same "seven 7" "$(tr '\n' ' ' <out | sed 's/ $//')" "query -"

for sql in "DELETE FROM runs" "INSERT INTO sweeps DEFAULT VALUES" "UPDATE points SET lr = 1" "CREATE TABLE t (x)" \
    "CREATE TEMP TABLE t (x)" "DROP TABLE runs" "ATTACH 'b.db' AS b" "PRAGMA journal_mode = DELETE" "PRAGMA journal_mode" \
    "PRAGMA user_version = 4" "VACUUM" "VACUUM INTO 'b.db'" "BEGIN" "BEGIN IMMEDIATE" "SAVEPOINT x" "REINDEX" "ANALYZE" \
    "ALTER TABLE runs RENAME TO r" "REPLACE INTO sweeps DEFAULT VALUES" "WITH x AS (SELECT 1) DELETE FROM runs" \
    "PRAGMA writable_schema = 1" "DETACH main" "SELECT load_extension('x')"; do
    expect 2 "for reading only" query "$sql" --db a.db
    [ -s out ] && wrong "output of a refused statement: $sql"
done
[ -e b.db ] && wrong "a refused statement made b.db"
expect 2 "one statement at a time" query "SELECT 1; DELETE FROM runs" --db a.db
expect 2 "one statement at a time" query "SELECT 1; SELECT 2" --db a.db
expect 0 "" query "SELECT 1; -- a remark" --db a.db
expect 0 "" query "PRAGMA integrity_check" --db a.db
same "$before" "$(sha256sum <a.db)" "the database after all that"

expect 2 'did you mean `test_accuracy`' query "SELECT tset_accuracy FROM results" --db a.db
expect 2 'did you mean `results`' query "SELECT * FROM result" --db a.db
expect 2 "another table or view has one" query "SELECT reference FROM runs" --db a.db
expect 2 "syntax error" query "SELEC 1" --db a.db
expect 2 "there is no SQL" query "  " --db a.db
expect 2 "stands for a value that nobody gives" query "SELECT 1 WHERE 1 = :x" --db a.db
expect 2 'no column `made-up`; if you mean a text, write it in single quotes' query "SELECT \"made-up\"" --db a.db
expect 2 "one statement, in quotes" query --db a.db
expect 2 "one statement, in quotes" query SELECT 1 --db a.db
expect 2 "not both" query --json --csv "SELECT 1" --db a.db
expect 2 "not both" query --markdown --csv "SELECT 1" --db a.db
expect 2 "none.db" query "SELECT 1" --db none.db
[ -e none.db ] && wrong "query made a database"
echo "this is not a database, and long enough to be taken for one: $(seq 200)" >text.db
expect 2 "text.db" query "SELECT 1" --db text.db
"$program" query "SELECT * FROM results" --db a.db >/dev/full 2>err
same 2 $? "exit code, /dev/full"

# Reading goes on while another program writes, and sees what it had finished.
sqlite3 a.db "PRAGMA journal_mode = WAL" >/dev/null
coproc writer { sqlite3 a.db; }
echo "BEGIN IMMEDIATE; DELETE FROM runs; SELECT 'writing';" >&"${writer[1]}"
read -r word <&"${writer[0]}"
same writing "$word" "the writer"
expect 0 "" query "SELECT count(*) FROM results" --db a.db --csv
same "$count" "$(tail -1 out)" "rows while another program writes"
echo "ROLLBACK; PRAGMA journal_mode = DELETE;" >&"${writer[1]}"
eval "exec ${writer[1]}>&-"
wait
chmod a-w a.db
expect 0 "" query "SELECT count(*) FROM results" --db a.db
finish
