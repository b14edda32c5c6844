#!/usr/bin/env bash
# A part of another family: cells and fit, but no clock and no export.
source "$(dirname "$0")/lib.sh" "$1"
command -v yosys >/dev/null || { echo "yosys is not installed"; exit 77; }
expect 0 "fits" synth --db a.db --scheme fixed-point --operator-inputs 2 --parallelism 1 --device lfe5u-12f
same 1 "$(sqlite3 a.db "SELECT dsp = 1 AND lut > 10 AND ff > 10 AND carry4 = 0 AND fits IS NOT NULL AND fmax_mhz IS NULL
    AND power_mw IS NULL AND lut_utilisation = lut / 12144.0 FROM designs")" "the figures of an operator"
expect 0 "fits" synth --db a.db --scheme fixed-point --operator-inputs 2 --parallelism 1 --device lfe5u-12f --multiplier lut
same 1 "$(sqlite3 a.db "SELECT dsp = 0 FROM designs WHERE multiplier = 'lut'")" "multipliers in LUTs"
expect 0 "schedule_cycles" synth --db a.db --network 4-2 --engine accelerator --parallelism 1 --device lfe5u-12f
same 1 "$(sqlite3 a.db "SELECT lut > 100 AND ff > 100 AND fits AND fmax_mhz IS NULL AND estimated_lut IS NULL AND
    estimated_fmax_mhz IS NULL AND schedule_cycles > 0 FROM designs WHERE engine = 'accelerator'")" "those of an accelerator"

mkdir data
"$(dirname "$program")/tests/make_data" data 300 50 || wrong "no data"
one=(--dataset data --network 64-4 --epochs 1 --engine accelerator --parallelism 1 --device lfe5u-12f --db b.db)
expect 0 "deployed_accuracy" train "${one[@]}"
expect 2 "export is a project for Vivado" export "$(sqlite3 b.db "SELECT point FROM points")" folder --db b.db
[ -e folder ] && wrong "a refused export left its folder"
finish
