#!/usr/bin/env bash
# Measures what docs/measured.md shows, and writes it there; the small tables of README.md
# and the picture docs/pareto.png, too. Everything is measured in a fresh clone of the last
# commit, with an empty cache. Takes more than ten minutes on two cores that do nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/page.sh
./scripts/setup.sh
page=docs/measured.md
unset CMAKE_C_COMPILER_LAUNCHER CMAKE_CXX_COMPILER_LAUNCHER # a compiler cache would make the build time meaningless

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
git clone -q . "$work/clone"
deltasweep=$work/clone/build/release/deltasweep
demo=$work/clone/out/demo.db
commit=$(git -C "$work/clone" rev-parse --short=10 HEAD)
load=$(cut -d' ' -f1 /proc/loadavg)

# timed COMMAND…: runs it in the clone and prints the seconds that it took.
timed() {
    local from=$EPOCHREALTIME
    (cd "$work/clone" && "$@") >"$work/log" 2>&1 || { cat "$work/log" >&2; return 1; }
    awk -v from="$from" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f\n", to - from }'
}

# table DATABASE PAGE NAME: the rows of the statement on standard input go into PAGE.
table() { "$deltasweep" query - --markdown --db "$1" | put "$2" "$3"; }

# fixed DIGITS EXPRESSION: the SQL for so many digits behind the point; NULL stays NULL.
fixed() { echo "iif($2 IS NULL, NULL, printf('%.$1f', $2))"; }

# rows WHAT VALUE…: a table of two columns.
rows() {
    printf '| what | %s |\n| --- | --- |\n' "$1"
    printf '| %s | %s |\n' "${@:2}"
}

step() { echo "measure.sh: $* ($SECONDS s)" >&2; }

step "building the program"
build_s=$(timed bash -c 'cmake --preset release && cmake --build --preset release --target deltasweep deltasweep-lockstep')
step "demo.sh"
demo_s=$(timed ./scripts/demo.sh)
again_s=$(timed ./scripts/demo.sh)
step "the accelerators of examples/accelerator.yaml"
accelerators_s=$(timed "$deltasweep" run examples/accelerator.yaml --db "$work/accelerators.db")
step "operators of other sizes"
for scheme in fixed-point fixed-reference consecutive; do
    for size in '150 1 dsp' '150 8 dsp' '32 1 lut' '32 8 lut' '32 16 lut'; do
        read -r inputs p multiplier <<<"$size"
        timed "$deltasweep" synth --db "$work/variants.db" --scheme "$scheme" --delta-bits 4 --operator-inputs "$inputs" \
            --parallelism "$p" --multiplier "$multiplier" >/dev/null
    done
done
step "accelerators of 1 to 64 lanes"
for scheme in fixed-reference consecutive; do
    for p in 1 16 64; do
        timed "$deltasweep" synth --db "$work/lanes.db" --engine accelerator --scheme "$scheme" --delta-bits 2 \
            --parallelism "$p" >/dev/null
    done
done
step "bench.sh"
bench_s=$(timed ./scripts/bench.sh "$work")

flags=$(grep -m1 '^flags' /proc/cpuinfo | grep -oEw 'avx2|avx512f|avx_vnni|avx512_vnni|avx512_bf16|amx_int8|amx_bf16' | xargs || true)
rows 'of this measurement' \
    commit "$commit" \
    date "$(date -u +%F)" \
    processor "$(lscpu | sed -n 's/^Model name: *//p' | head -1), $(uname -m), family $(lscpu | sed -n 's/^CPU family: *//p'), model $(
        lscpu | sed -n 's/^Model: *//p')" \
    cores "$(nproc)$(lscpu | sed -n 's/^Hypervisor vendor: */ (a virtual machine of /p' | sed 's/$/)/')" \
    'its vector instructions' "${flags:-none that training looks for}" \
    memory "$(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)" \
    system "$(. /etc/os-release && echo "$PRETTY_NAME"), Linux $(uname -r)" \
    tools "$(dpkg-query -W -f '${Package} ${Version}, ' gcc libopenblas-dev libdnnl-dev verilator libsystemc-dev yosys opensta |
        sed 's/, $//')" \
    'load of the machine when it began' "$load" | put "$page" machine

rows seconds \
    'build of the program alone, nothing cached' "$build_s" \
    '`demo.sh` after that build: trainings, simulators, checks, syntheses' "$demo_s" \
    '`demo.sh` from a fresh clone: both' "$(awk -v a="$build_s" -v b="$demo_s" 'BEGIN { printf "%.1f", a + b }')" \
    '`demo.sh` again' "$again_s" \
    '`deltasweep run examples/accelerator.yaml`' "$accelerators_s" \
    '`bench.sh`, the builds of its programs included' "$bench_s" | put "$page" times

{
    printf '| what | measured |\n| --- | ---: |\n'
    sed -nE 's/^  products: (.*)/| the products | \1 |/p; s/^  (.*[^ ]) {2,}([0-9.]+)$/| \1 | \2 |/p' "$work/training.txt"
} | put "$page" training

{
    printf '| what | measured |\n| --- | --- |\n'
    sed -nE 's/^(bulk|lock-step|schedule): (.*)/| \1 | \2 |/p; s/^([0-9]+ clocks per inference.*[^ ]) *$/| clocks | \1 |/p' \
        "$work/accelerator.txt"
} | put "$page" simulation

{
    printf '| what | measured |\n| --- | --- |\n'
    sed -nE 's/^(front of .*): (.*)/| \1 | \2 |/p' "$work/pareto.txt"
} | put "$page" pareto

table "$work/operators.db" "$page" operator-simulation <<SQL
SELECT scheme, parallelism AS P, max(cycles_per_dot) AS 'clocks a dot product', sum(rtl_mismatches) AS mismatches,
       $(fixed 1 'max(sim_clocks_per_second) / 1e6') AS 'Verilator, M clocks/s',
       $(fixed 2 'max(lockstep_clocks_per_second) / 1e6') AS 'lock-step with SystemC, M clocks/s',
       $(fixed 1 'max(build_seconds)') AS 'build of the simulator, s'
FROM designs GROUP BY scheme, parallelism ORDER BY scheme DESC, parallelism
SQL

table "$work/operators.db" "$page" operators <<SQL
SELECT scheme, parallelism AS P, max(lut) AS LUT, max(ff) AS FF, max(carry4) AS CARRY4, max(dsp) AS DSP,
       $(fixed 1 'max(critical_path_ns)') AS 'critical path, ns', $(fixed 0 'max(fmax_mhz)') AS 'f_max, MHz',
       $(fixed 3 'max(macs_per_second_at_1mhz) / 1e6') AS 'M MAC/s at 1 MHz',
       $(fixed 0 'max(macs_per_second) / 1e6') AS 'M MAC/s at f_max', $(fixed 1 'max(synth_seconds)') AS 'synthesis, s'
FROM designs GROUP BY scheme, parallelism ORDER BY scheme DESC, parallelism
SQL

table "$work/variants.db" "$page" operator-variants <<SQL
SELECT scheme, operator_inputs AS N, parallelism AS P, multiplier, lut AS LUT, ff AS FF, carry4 AS CARRY4, dsp AS DSP,
       $(fixed 1 'critical_path_ns') AS 'critical path, ns', $(fixed 0 'fmax_mhz') AS 'f_max, MHz'
FROM designs ORDER BY scheme DESC, multiplier, operator_inputs, parallelism
SQL

accelerator="point, scheme, delta_bits AS D, parallelism AS P"
cells="lut AS LUT, ff AS FF, dsp AS DSP, bram18 + 2 * bram36 AS RAMB18"
table "$work/accelerators.db" "$page" accelerators <<SQL
SELECT $accelerator, $(fixed 2 '100 * test_accuracy') AS 'test, %', $(fixed 2 '100 * rtl_accuracy') AS 'RTL, %',
       rtl_mismatches AS mismatches, cycles_per_inference AS 'clocks an image', $(fixed 3 'cycle_efficiency') AS efficiency,
       $cells, $(fixed 0 fmax_mhz) || ' (' || $(fixed 0 fmax_mhz_low) || ' to ' || $(fixed 0 fmax_mhz_high) || ')' AS 'f_max and its band, MHz',
       $(fixed 1 'macs_per_second_at_1mhz / 1e6') AS 'M MAC/s at 1 MHz', $(fixed 2 'macs_per_second / 1e9') AS 'G MAC/s at f_max',
       $(fixed 1 'latency_us') AS 'latency, µs', $(fixed 2 'energy_uj') AS 'energy, µJ',
       CASE fits WHEN 1 THEN 'yes' WHEN 0 THEN 'no' END AS fits, binding_resource AS 'fullest'
FROM results ORDER BY scheme DESC, parallelism
SQL

table "$work/lanes.db" "$page" lanes <<SQL
SELECT $accelerator, $cells, carry4 AS CARRY4, $(fixed 2 'critical_path_ns') AS 'critical path at -1, ns',
       $(fixed 2 'critical_path_2_ns') AS 'at -2, ns', $(fixed 1 'synth_seconds') AS 'synthesis, s'
FROM designs ORDER BY scheme DESC, parallelism
SQL

code="CASE WHEN scheme = 'fixed-point' THEN 'plain weights of 8 bits' WHEN reference = 'zero' THEN 'plain weights of ' || delta_bits || ' bits'
      WHEN scheme = 'consecutive' THEN 'deltas of ' || delta_bits || ' bits to the weight before'
      ELSE 'deltas of ' || delta_bits || ' bits to the row''s mean' END"
accuracy="$(fixed 2 '100 * test_accuracy') || ' (' || $(fixed 2 '100 * test_accuracy_seeds_low') || ' to ' ||
          $(fixed 2 '100 * test_accuracy_seeds_high') || ')'"
table "$demo" "$page" demo <<SQL
SELECT point, $code AS weights, parallelism AS P, $accuracy AS 'test accuracy, %', weight_storage_bits AS 'bits of all weights',
       cycles_per_dot AS 'clocks a dot product', rtl_mismatches || ' of ' || check_vectors AS 'RTL outputs that differ',
       lut AS LUT, ff AS FF, dsp AS DSP, $(fixed 0 'fmax_mhz') AS 'f_max, MHz',
       $(fixed 0 'macs_per_second / 1e6') AS 'M MAC/s at f_max', CASE fits WHEN 1 THEN 'yes' WHEN 0 THEN 'no: ' || binding_resource END AS 'fits the XC7S15'
FROM designs ORDER BY delta_bits, scheme, reference, parallelism
SQL
table "$demo" README.md results <<SQL
SELECT $code AS weights, $accuracy AS 'test accuracy, %', weight_storage_bits AS 'bits of all weights',
       rtl_mismatches || ' of ' || check_vectors AS 'RTL outputs that differ', lut AS LUT, $(fixed 0 'fmax_mhz') AS 'clock, MHz',
       CASE fits WHEN 1 THEN 'yes' WHEN 0 THEN 'no: ' || binding_resource END AS 'fits the XC7S15'
FROM designs WHERE parallelism = 8 ORDER BY delta_bits IS NULL, delta_bits, scheme DESC, reference DESC
SQL
{
    echo '```'
    "$deltasweep" pareto --db "$demo" --max test_accuracy --min weight_storage_bits --max macs_per_second \
        --columns scheme,reference,delta_bits,parallelism,test_accuracy,weight_storage_bits,macs_per_second,lut | head -5
    echo '```'
} | put README.md front
cp "$work/clone/out/pareto.png" docs/pareto.png
step "$page, README.md and docs/pareto.png are written"
