#!/usr/bin/env bash
# Every column of the views `results` and `designs` is in `help columns`, which names no other, and is shown by `show`.
source "$(dirname "$0")/lib.sh" "$1"

# A database with a value in every column: that of format 4, brought up to date.
sqlite3 a.db "PRAGMA application_id = 0x64737770; PRAGMA user_version = 4" ".read $source_dir/tests/golden/format_4.sql"
"$(dirname "$program")/tests/make_store" a.db || wrong "format 4 is not brought up to date"
sqlite3 a.db "SELECT name FROM pragma_table_info('results') UNION SELECT name FROM pragma_table_info('designs')" >columns
[ "$(wc -l <columns)" -gt 100 ] || wrong "few columns: $(wc -l <columns)"

expect 0 "" help columns
sed -n 's/^  \([a-z][a-z0-9_]*\) .*/\1/p' out | sort >helped
sort columns | diff - helped || wrong "help columns and the views differ"

# The views as tables, so that a value can be changed: `show` then says something else of one of the two points. A column
# that is younger than format 4 has no value yet.
for view in results designs; do
    sqlite3 a.db "CREATE TABLE copy AS SELECT * FROM $view; DROP VIEW $view; ALTER TABLE copy RENAME TO $view"
    sqlite3 a.db "SELECT format('UPDATE $view SET %s = 7 WHERE NOT EXISTS (SELECT 1 FROM $view WHERE %s IS NOT NULL);',
                                name, name) FROM pragma_table_info('$view')" | sqlite3 a.db
done
points=(2222222222 1111111111)
for point in "${points[@]}"; do
    expect 0 "" show "$point" --db a.db
    cp out "$point"
done
sqlite3 a.db "SELECT c.name, group_concat('UPDATE ' || t.name || ' SET ' || c.name || ' = iif(typeof(' || c.name ||
    ') = ''text'', ' || c.name || ' || ''~'', NULL)', ';') FROM pragma_table_list t, pragma_table_info(t.name) c
    WHERE t.name IN ('results', 'designs') GROUP BY c.name" >changes
while IFS='|' read -r column change; do
    cp a.db changed.db
    sqlite3 changed.db "PRAGMA synchronous = OFF" "$change"
    shown=no
    for point in "${points[@]}"; do
        expect 0 "" show "$point" --db changed.db
        cmp -s out "$point" || { shown=yes && break; }
    done
    case $column in
    git_revision | rtl_digest | tool_versions) # the table of jobs has them, for each job
        value=$(sqlite3 a.db "SELECT substr(${column/tool_versions/tools}, 1, 12) FROM jobs WHERE digest = 'check-2-0'")
        grep -qF -- "$value" 2222222222 && shown=yes
        ;;
    esac
    [ "$shown" = yes ] || wrong "show does not print $column"
done <changes
finish
