#!/usr/bin/env bash
# Measures how fast training, simulation and fronts are on this machine, and what synthesis makes
# of the operators. Builds what it needs first; takes some minutes, with a cache of its
# own. With a FOLDER it also leaves what it found there: training.txt, accelerator.txt,
# pareto.txt, reports.txt and operators.db.
# bench.sh [FOLDER]
set -euo pipefail
out=${1:+$(realpath "$1")}
cd "$(dirname "$0")/.."
cmake --preset release >/dev/null
cmake --build --preset release --target deltasweep deltasweep-lockstep \
    bench_train bench_accel bench_pareto make_data make_store >/dev/null
deltasweep=build/release/deltasweep

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work
out=${out:-$work}
load() { cut -d" " -f1 /proc/loadavg; }

echo "== training as OpenBLAS chooses its kernels (load of the machine: $(load))"
env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE build/release/tests/bench_train | tee "$out/training.txt"
if [ -n "${OPENBLAS_CORETYPE:-}" ]; then
    echo "== training with OPENBLAS_CORETYPE=$OPENBLAS_CORETYPE (load: $(load))"
    build/release/tests/bench_train
fi

echo "== an accelerator of 784-96-64-10, 32 lanes: the whole test set (load: $(load))"
build/release/tests/bench_accel | tee "$out/accelerator.txt"

echo "== fronts of a million rows (load: $(load))"
build/release/tests/bench_pareto | tee "$out/pareto.txt"

echo "== planning of a million trainings, and 2000 trivial trainings on two workers (load: $(load))"
mkdir "$work/tiny"
build/release/tests/make_data "$work/tiny" 40 20
printf '%s\n' 'name: million' "dataset: $work/tiny" 'network: [64, 16, 10]' \
    'axes: {engine: none, delta_bits: 2..6, epochs: 1..2500, batch: 11..90}' >"$work/million.yaml"
printf '%s\n' 'name: trivial' "dataset: $work/tiny" 'network: [64, 4]' 'train: {seeds: 0..1999, epochs: 1}' \
    'axes: {engine: none, scheme: fixed-point}' >"$work/trivial.yaml"
TIMEFORMAT='planning: %U s of processor time, %R s'
time "$deltasweep" run "$work/million.yaml" --dry-run --db "$work/none.db" 2>/dev/null | grep -E '^(points|jobs train)'
"$deltasweep" run "$work/trivial.yaml" --db "$work/trivial.db" --jobs 2 2>&1 | grep 'jobs done in'

echo "== reports of a million designs (load: $(load))"
build/release/tests/make_store "$work/many.db"
sed -e 's/WHERE i < 19999/WHERE i < 999999/' -e 's/VALUES (0), (1), (2)/VALUES (0)/' -e 's/LIMIT 10/LIMIT 2/' \
    -e 's/0.001 \* (1 << rate)/0.001 * (1 + rate)/' -e 's/0.02 \* rate/0.02 * (rate % 4)/' tests/cli/many.sql |
    sqlite3 "$work/many.db" >/dev/null
# report WORDS…: processor time, time, and the most memory that the program or gnuplot had.
report() {
    /usr/bin/time -f "$1: %U s of processor time, %e s, %M kB" "$deltasweep" "$@" --db "$work/many.db" 2>&1 >/dev/null | tail -1
}
{
    report pareto
    report pareto --max test_accuracy --min weight_storage_bits --max macs_per_second
    report plot --x weight_storage_bits --y test_accuracy --color scheme -o "$work/many.svg"
    report status
} | tee "$out/reports.txt"

echo "== operators, N = 32, W = 8, D = 4 (load: $(load))"
for scheme in fixed-point fixed-reference consecutive; do
    for p in 1 2 4 8 16; do
        point=(--db "$out/operators.db" --scheme "$scheme" --delta-bits 4 --operator-inputs 32 --parallelism "$p")
        for command in sim synth; do
            "$deltasweep" "$command" "${point[@]}" >/dev/null 2>"$work/messages" || { cat "$work/messages" >&2; exit 1; }
        done
    done
done
"$deltasweep" query --db "$out/operators.db" "
    SELECT scheme, parallelism AS P, max(cycles_per_dot) AS 'clocks/dot', sum(rtl_mismatches) AS mismatches,
           round(max(sim_clocks_per_second) / 1e6, 1) AS 'Verilator Mclk/s',
           round(max(lockstep_clocks_per_second) / 1e6, 2) AS 'SystemC Mclk/s', round(max(build_seconds), 1) AS 'build s',
           max(lut) AS LUT, max(ff) AS FF, max(dsp) AS DSP, round(max(critical_path_ns), 1) AS 'path ns',
           round(max(synth_seconds), 1) AS 'synthesis s'
    FROM designs GROUP BY scheme, parallelism"
