#!/usr/bin/env bash
# Makes what docs/study.md shows: runs the sweeps of the study, writes the page's tables
# anew from the database, and draws its plots. An hour or two on two cores; with
# PAPER_SEEDS=0..99 some hours more. What out/study.db has already is not done again.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/page.sh
cmake --preset release >/dev/null
cmake --build --preset release --target deltasweep >/dev/null
deltasweep=build/release/deltasweep
page=docs/study.md
db=out/study.db

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p out
# The authors repeat every training 100 times; three tell their settings apart. At f = 4 nothing is learnt, and
# the open loop is part of the study.
sed -e "s/seeds: 0\.\.99/seeds: ${PAPER_SEEDS:-0..2}/" -e 's/operator_inputs: .*/engine: [none]/' \
    -e "\$ a where: frac_bits > 4 AND scheme <> 'consecutive-open'" examples/paper.yaml >"$work/paper.yaml"
for sweep in examples/study.yaml examples/s15-linear.yaml examples/s15-cnn.yaml "$work/paper.yaml"; do
    "$deltasweep" run "$sweep" --db "$db"
done

# table NAME: the rows of the statement on standard input go into the page.
table() { "$deltasweep" query - --markdown --db "$db" | put "$page" "$1"; }

# A mean of percents with half its 95 % interval: "88.22 ± 0.20".
mean="printf('%.2f', 100 * test_accuracy) || coalesce(printf(' ± %.2f', 50 * (test_accuracy_seeds_high - test_accuracy_seeds_low)), '')"
# What distinguishes the codes.
code="scheme || coalesce(' ' || reference, '') || coalesce(' ' || span, '') || iif(bucket IS NULL, '', ' of ' || bucket) "
# Differences of equal seeds, for they begin with the same weights and see the same images: mean and
# half the 95 % interval of Student's t (half), of the points in `gains` (point, gain).
summed="sums AS (SELECT point, count(*) AS n, avg(gain) AS mean, sum(gain * gain) AS squares FROM gains GROUP BY point),
     summed AS (SELECT point, mean, sqrt(max(0, squares - n * mean * mean) / (n - 1) / n) *
                (SELECT t95 FROM t_quantiles WHERE df <= n - 1 ORDER BY df DESC LIMIT 1) AS half FROM sums)"

# of SWEEPS: the condition that a design is a point of these sweeps.
of() { echo "point IN (SELECT point FROM results WHERE sweep IN ($1))"; }

table widths <<SQL
WITH own AS (SELECT seed, test_accuracy AS accuracy FROM results WHERE sweep = 'study' AND scheme = 'fixed-point'),
     gains AS (SELECT r.point, r.test_accuracy - own.accuracy AS gain
               FROM results r JOIN own USING (seed) WHERE r.sweep = 'study' AND r.reference = 'zero'), $summed
SELECT d.weight_storage_bits AS bits, CASE d.scheme WHEN 'float' THEN 'float' WHEN 'fixed-point' THEN '8'
       ELSE iif(d.codec = 'ternary', 'ternary', d.delta_bits) END AS 'bits a weight', $mean AS 'test accuracy, %',
       (SELECT printf('%+.2f ± %.2f', 100 * mean, 100 * half) FROM summed WHERE summed.point = d.point) AS 'against 8 bits',
       iif(code_entropy_bits IS NULL, NULL, printf('%.2f', 1.0 * code_entropy_bits / weights)) AS 'entropy, bits a weight'
FROM designs d WHERE $(of "'study'") AND (d.scheme IN ('float', 'fixed-point') OR d.reference = 'zero')
ORDER BY bits DESC, d.codec
SQL

table codes <<SQL
WITH plain AS (SELECT seed, delta_bits, codec, test_accuracy AS accuracy FROM results
               WHERE sweep = 'study' AND reference = 'zero'),
     gains AS (SELECT r.point, r.test_accuracy - plain.accuracy AS gain
               FROM results r JOIN plain USING (seed, delta_bits, codec) WHERE r.sweep = 'study' AND r.scheme <> 'fixed-point'),
     $summed,
     cells AS (SELECT d.scheme, d.reference, d.span, d.bucket, iif(d.codec = 'ternary', 'ternary', d.delta_bits) AS width,
                   1.0 * weight_storage_bits / weights AS bits, printf('%.2f', 100 * test_accuracy) ||
                   CASE WHEN reference = 'zero' THEN '' WHEN abs(mean) > half THEN printf(' (**%+.2f**)', 100 * mean)
                   ELSE printf(' (%+.2f)', 100 * mean) END AS cell
            FROM designs d LEFT JOIN summed USING (point)
            WHERE $(of "'study'") AND scheme NOT IN ('float', 'fixed-point'))
SELECT $code AS code, max(iif(width = 1, cell, NULL)) AS '1 bit', max(iif(width = 'ternary', cell, NULL)) AS ternary,
       max(iif(width = 2, cell, NULL)) AS '2 bits', max(iif(width = 3, cell, NULL)) AS '3 bits',
       max(iif(width = 4, cell, NULL)) AS '4 bits', printf('%.2f', max(iif(width = 2, bits, NULL)) - 2) AS 'references, bits a weight'
FROM cells GROUP BY scheme, reference, span, bucket ORDER BY scheme DESC, reference = 'zero' DESC, reference, span
SQL

table s15 <<SQL
SELECT network, $code AS code, delta_bits AS D, weight_storage_bits AS bits, $mean AS 'test accuracy, %',
       macs AS 'multiplications', printf('%.2f', 100 * deployed_accuracy) AS 'as integers, %'
FROM designs WHERE $(of "'s15-linear', 's15-cnn'") AND weight_storage_bits <= 468640
ORDER BY sweeps, test_accuracy DESC
SQL

table paper <<SQL
SELECT scheme, frac_bits AS f, delta_offset AS o, n, printf('%.1f', 100 * test_accuracy) AS 'mean, %',
       printf('%.1f', 100 * test_accuracy_sd) AS 'standard deviation',
       (SELECT printf('%.1f to %.1f', 100 * min(r.test_accuracy), 100 * max(r.test_accuracy)) FROM results r
        WHERE r.point = d.point AND r.sweep = 'paper') AS 'range', CASE WHEN scheme = 'fixed-point' THEN 86.9
       WHEN scheme = 'fixed-reference' THEN 78.6 END AS 'published, %'
FROM designs d WHERE $(of "'paper'") ORDER BY scheme, delta_offset, frac_bits
SQL

mkdir -p docs/study
"$deltasweep" plot --db "$db" --x weight_storage_bits --y test_accuracy --color scheme -o docs/study/codes.png \
    --where "sweep = 'study' AND scheme <> 'float' AND test_accuracy > 0.85"
"$deltasweep" plot --db "$db" --x weight_storage_bits --y test_accuracy --color network -o docs/study/s15.png \
    --where "sweep IN ('s15-linear', 's15-cnn') AND test_accuracy > 0.85"
