#!/usr/bin/env bash
# Static checks: cppcheck and clang-tidy over the C sources, Verilator's lint over the
# RTL. Needs a configured build/release (compile_commands.json).
set -euo pipefail
cd "$(dirname "$0")/.."
build=build/release
mapfile -t sources < <(git ls-files --cached --others --exclude-standard -- '*.c')

echo "lint: cppcheck"
cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
    --suppress=missingIncludeSystem -D_GNU_SOURCE -I . -j "$(nproc)" "${sources[@]}"

echo "lint: clang-tidy"
printf '%s\0' "${sources[@]}" | xargs -0 -n 4 -P "$(nproc)" clang-tidy --quiet -p "$build" 2>/dev/null

echo "lint: verilator"
for variant in rtl/mac_plain.v rtl/mac_fixed_reference.v rtl/mac_consecutive.v; do
    for parameters in "-GINPUT_NUM_DATA=32" "-GNUM_MULT_PARALLEL=8" "-GINPUT_NUM_DATA=1" \
        "-GINPUT_NUM_DATA=33 -GNUM_MULT_PARALLEL=16" "-GINPUT_NUM_DATA=7 -GNUM_MULT_PARALLEL=3 -GUSE_DSP=0" \
        "-GINPUT_BITWIDTH=5 -GINPUT_NUM_DATA=9 -GNUM_MULT_PARALLEL=5 -GUSE_DSP=0"; do
        # shellcheck disable=SC2086 # several arguments
        verilator --lint-only -Wall -Irtl rtl/lint.vlt "$variant" --top-module MAC $parameters
    done
done
