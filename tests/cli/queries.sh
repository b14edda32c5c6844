#!/usr/bin/env bash
# docs/queries.md: each query of the page answers what the page says, from the database that the page names.
# queries.sh PROGRAM [--write]: --write puts the answers into the page instead.
source "$(dirname "$0")/lib.sh" "$1"
page=$source_dir/docs/queries.md
"$(dirname "$program")/tests/make_store" a.db && sqlite3 a.db ".read $source_dir/tests/golden/evening.sql" || wrong "no database"

# Each pair of blocks, the SQL and its answer, as files 1.sql, 1.answer, 2.sql, …
awk '/^```sql$/ { n++; out = n ".sql"; next }
     /^```$/ { if (out ~ /sql$/) { close(out); out = ""; answer = 1 }
               else if (answer) { out = n ".answer"; printf "" > out; answer = 0 }
               else if (out != "") { close(out); out = "" }
               next }
     out != "" { print > out }' "$page"
n=$(ls ./*.sql | wc -l)
same 10 "$n" "queries on the page"
for i in $(seq "$n"); do
    "$program" query - --db a.db <"$i.sql" >"$i.got" 2>err || wrong "query $i: $(cat err)"
    [ "$(wc -l <"$i.got")" -gt 2 ] || wrong "query $i has no row"
    [ "${2:-}" = --write ] || diff "$i.answer" "$i.got" || wrong "query $i of docs/queries.md answers something else"
done
if [ "${2:-}" = --write ]; then
    awk '/^```sql$/ { n++; sql = 1 }
         /^```$/ && sql { sql = 0; print; getline; print; while ((getline line < (n ".got")) > 0) print line
                          while ((getline line) > 0 && line != "```") { } print "```"; next }
         { print }' "$page" >page && cp page "$page"
fi
finish
