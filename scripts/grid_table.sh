#!/usr/bin/env bash
# grid_table.sh SWEEP.yaml GRID.db COLUMNS: prints a trained grid as a table for tests/unit/test_replay.c, which searches
# in it as if it were not trained yet. SWEEP.yaml has the grid's points, maybe with more hardware than was trained with;
# they find their trainings by name. COLUMNS is an SQL list over f (what `deltasweep fit --csv` prints) and p (the table
# points); the names of its columns begin with
#   v:  a variable of the search; empty where the training does not use it
#   x:  a number that describes the training to a model
#   -:  an objective; less is better
#   +:  an objective; more is better
# and of the column `fits`: 1 where the point keeps the constraint. Two columns follow, in the first row of a training: the
# validation accuracy after each epoch, and the seconds that each epoch took, with seed 0.
# The tables of tests/grids were made with the columns that their first line names.
set -euo pipefail
[ $# -eq 3 ] || { sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2; }
deltasweep=${DELTASWEEP:-build/release/deltasweep}
points=$(mktemp)
trap 'rm -f "$points"' EXIT
"$deltasweep" fit "$1" --csv >"$points"
sqlite3 -batch :memory: <<SQL
.mode csv
.import '$points' f
ATTACH 'file:$2?mode=ro' AS grid;
.headers on
SELECT t.training, $3,
       iif(row_number() OVER by_training = 1, (SELECT group_concat(round(validation_accuracy, 4), ' ') FROM
           (SELECT * FROM grid.epochs e WHERE e.job = t.job ORDER BY epoch)), '') AS accuracies,
       iif(row_number() OVER by_training = 1, (SELECT group_concat(round(seconds, 3), ' ') FROM
           (SELECT * FROM grid.epochs e WHERE e.job = t.job ORDER BY epoch)), '') AS seconds
FROM f JOIN grid.training_jobs t ON t.training = f.training JOIN grid.points p ON p.id = t.point
WHERE t.seed = 0 WINDOW by_training AS (PARTITION BY t.training ORDER BY f.point) ORDER BY t.training, f.point;
SQL
