#!/usr/bin/env bash
# replay.sh [SEEDS [BATCH]]: how fast each method of search finds the front of the grids in tests/grids (default: 20 seeds,
# trainings bought one by one). It prints the table of docs/search.md and draws docs/search.png from it, with the curves of
# Optuna in tests/grids/optuna.csv beside ours (docs/replay_optuna.py made them). Takes some minutes.
# With another batch than 1 it prints the table alone.
set -euo pipefail
cd "$(dirname "$0")/.."
seeds=${1:-20} batch=${2:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build/release/tests/test_replay "$seeds" "$batch" >"$work/curves.csv"
if [ "$batch" = 1 ]; then
    sed -n '2,$s/,nsga2,/,Optuna NSGA-II,/; 2,$s/,tpe,/,Optuna TPE,/; 2,$p' tests/grids/optuna.csv >>"$work/curves.csv"
fi

# at(GRID, METHOD, SEED, TIME, SHARE): the curve of each seed, looked at every hundredth of the grid's training time.
sqlite3 -batch "$work/curves.db" <<SQL
.mode csv
.import '$work/curves.csv' c
CREATE INDEX by_seed ON c(grid, method, seed);
CREATE TABLE at AS WITH RECURSIVE t(time) AS (SELECT 0 UNION ALL SELECT time + 1 FROM t WHERE time < 40)
    SELECT s.grid, s.method, s.seed, t.time / 100.0 AS time, coalesce((SELECT max(share + 0.0) FROM c WHERE c.grid = s.grid
        AND c.method = s.method AND c.seed = s.seed AND c.time + 0.0 <= t.time / 100.0), 0) AS share
    FROM (SELECT DISTINCT grid, method, seed FROM c) s, t;
CREATE VIEW ranked AS SELECT *, row_number() OVER (PARTITION BY grid, method, time ORDER BY share) - 1 AS rank,
    count(*) OVER (PARTITION BY grid, method, time) - 1 AS last FROM at;
CREATE VIEW bands AS SELECT grid, method, time, last + 1 AS seeds, max(iif(rank = last / 2, share, NULL)) AS median,
    max(iif(rank = (last + 5) / 10, share, NULL)) AS low, max(iif(rank = last - (last + 5) / 10, share, NULL)) AS high
    FROM ranked GROUP BY grid, method, time;
CREATE TABLE until AS SELECT grid, method, seed, min(iif(share >= 0.98, time + 0.0, 1)) AS time
    FROM (SELECT grid, method, seed, time, share + 0.0 AS share FROM c) GROUP BY grid, method, seed;
.mode markdown
WITH r AS (SELECT *, row_number() OVER (PARTITION BY grid, method ORDER BY time) - 1 AS rank,
        count(*) OVER (PARTITION BY grid, method) - 1 AS last FROM until),
    u AS (SELECT grid, method, max(iif(rank = last / 2, time, 0)) AS median, max(iif(rank = (last + 5) / 10, time, 0)) AS low,
        max(iif(rank = last - (last + 5) / 10, time, 0)) AS high, max(time) AS worst FROM r GROUP BY grid, method)
SELECT grid, method, b.seeds, iif(u.median < 1, printf('%.2f', u.median), 'later') AS '98 % by',
    iif(u.low < 1, printf('%.2f', u.low), 'later') || ' to ' || iif(u.high < 1, printf('%.2f', u.high), 'later') AS range,
    iif(u.worst < 1, printf('%.2f', u.worst), 'later') AS worst, printf('%.3f', b.median) AS 'at 0.1', printf('%.3f', c.median) AS 'at 0.2'
FROM u JOIN bands b USING (grid, method) JOIN bands c USING (grid, method) WHERE b.time = 0.1 AND c.time = 0.2
ORDER BY grid, method != 'random', method = 'front', method;
SQL
[ "$batch" = 1 ] || exit 0

{
    cat <<'GNUPLOT'
set terminal pngcairo size 1500, 500 font "DejaVu Sans,11" linewidth 2
set output "docs/search.png"
set xlabel "share of the grid's training time"
set xrange [0:0.4]
set yrange [0.8:1]
set grid lc rgb "#dddddd"
set key bottom right opaque
set style fill transparent solid 0.18 noborder
GNUPLOT
    grids=$(sqlite3 "$work/curves.db" 'SELECT DISTINCT grid FROM at ORDER BY grid')
    echo "set multiplot layout 1, $(wc -w <<<"$grids")"
    label="share of the grid's hypervolume"
    for grid in $grids; do
        echo "set title '$grid'; set ylabel \"$label\""
        label=
        plots=()
        while IFS='|' read -r method color dash; do
            name="$work/$grid-$method"
            sqlite3 -separator ' ' "$work/curves.db" "SELECT time, median, low, high FROM bands
                WHERE grid = '$grid' AND method = '$method' ORDER BY time" >"$name"
            [ -s "$name" ] || continue
            [ "$method" != front ] || plots+=("'$name' using 1:3:4 with filledcurves lc rgb '$color' notitle")
            plots+=("'$name' using 1:2 with lines lc rgb '$color' dt $dash title '$method'")
        done <<'METHODS'
random|#888888|3
nsga2|#e69f00|1
Optuna NSGA-II|#009e73|2
Optuna TPE|#cc79a7|4
front|#0072b2|1
METHODS
        (IFS=,; echo "plot ${plots[*]}")
    done
} | gnuplot
