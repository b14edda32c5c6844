#!/usr/bin/env bash
# report: the page of known rows in a real browser; hostile names; what cannot be written.
source "$(dirname "$0")/lib.sh" "$1"
make_database a.db
cat >hostile.sql <<'SQL'
UPDATE points SET dataset =
    '</script><img src=x onerror="INJECTED=1"><!-- ''"`\ & &amp; ' || char(8238, 7, 9) || 'x' || char(0x2028)
    WHERE point = 'pf10a700002';
UPDATE sweeps SET name = '<script>INJECTED=1</script>@DATA@$&', 
    content = '</pre><iframe src=http://localhost/>' WHERE id = 2;
INSERT INTO searches (id, sweep, digest, method, seed, objectives, combinations, started)
    VALUES (1, 1, 'd', 'front', 3, 'max test_accuracy, min lut', 100, '2026-01-01T00:00:00Z');
INSERT INTO search_rounds VALUES (1, 1, 4, 4, 1.5, 0.1, 2, 0.4), (1, 2, 8, 6, 3.0, 0.25, 3, 0.7);
UPDATE points SET scheme = '"><b onmouseover=INJECTED=1>' WHERE point = 'pf10a700001';
SQL
sqlite3 a.db <hostile.sql

expect 0 "83 designs" report a.db -o page.html
[ "$(grep -c '<script' page.html)" = 2 ] || wrong "$(grep -c '<script' page.html) scripts in the page"
node "$source_dir/tests/cli/report.mjs" "$program" "$work/a.db" "$work/page.html" || wrong "in the browser"

# Other rows, other words of the command line.
expect 0 "27 designs" report --db a.db --where "scheme = 'consecutive'" -o part.html
expect 1 "no design" report --db a.db --where "0" -o none.html
expect 2 "did you mean" report --db a.db --where "test_acuracy > 0" -o none.html
expect 2 "did you mean \`made-up\`" report --db a.db --sweep made-upp -o none.html
expect 2 "report needs -o" report a.db
expect 2 "takes no \`b.db\`" report a.db b.db -o none.html
expect 2 "" report a.db -o /nowhere/none.html
expect 2 "" report missing.db -o none.html
[ -e none.html ] && wrong "a page was written without designs"
finish
