#!/usr/bin/env bash
# From a fresh clone to a first result: installs what is missing, builds, sweeps a few
# design points over the real FashionMNIST, prints the table and the Pareto front, and
# draws it. Run it again, and it does only what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

./scripts/setup.sh
cmake --preset release >/dev/null
cmake --build --preset release --target deltasweep deltasweep-lockstep

mkdir -p out
deltasweep=build/release/deltasweep
db=out/demo.db

"$deltasweep" run examples/demo.yaml --db "$db"

echo
echo "Designs (mean over seeds):"
"$deltasweep" query --db "$db" "
    select point, scheme, reference, delta_bits as D, parallelism as P, round(100 * test_accuracy, 2) as 'test %', n,
           weight_storage_bits as 'weight bits', cycles_per_dot as 'clocks/dot', rtl_mismatches as mismatches,
           lut, ff, dsp, round(fmax_mhz, 1) as 'f_max MHz', round(macs_per_second / 1e6, 1) as 'MMAC/s',
           iif(fits, 'yes', 'no') as fits, binding_resource as binding
    from designs order by weight_storage_bits, scheme, reference, parallelism"

echo
echo "Pareto front (accuracy against stored bits against speed):"
"$deltasweep" pareto --db "$db" --max test_accuracy --min weight_storage_bits --max macs_per_second

"$deltasweep" plot --db "$db" --x weight_storage_bits --y test_accuracy --color scheme -o out/pareto.svg
"$deltasweep" plot --db "$db" --x weight_storage_bits --y test_accuracy --color scheme -o out/pareto.png

echo
echo "Files: $db out/pareto.svg out/pareto.png"
