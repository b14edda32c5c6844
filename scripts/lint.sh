#!/usr/bin/env bash
# Static checks: cppcheck and clang-tidy over the C sources, Verilator's lint over the
# RTL. Needs a configured build/release (compile_commands.json). The clang analyzer takes
# nine tenths of the time of clang-tidy: it looks at the product alone, and along a
# bounded number of paths; with --all at everything, along all of them.
set -euo pipefail
cd "$(dirname "$0")/.."
build=build/release
mapfile -t sources < <(git ls-files --cached --others --exclude-standard -- '*.c')

echo "lint: words for people go through base/say.h"
if grep -nE '(^|[^a-z_])(v?fprintf\(stderr|printf\(|perror\()' "${sources[@]}" | grep -E '^(base|db|explorer)/'; then
    echo "lint: what files say must not reach a terminal raw: take say" >&2
    exit 1
fi

echo "lint: cppcheck"
cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
    --suppress=missingIncludeSystem -D_GNU_SOURCE -I . -j "$(nproc)" "${sources[@]}"

# tidy [OPTION]... : clang-tidy over the files that standard input names, each ended by a 0.
tidy() { xargs -0 -n 4 -P "$(nproc)" clang-tidy --quiet -p "$build" "$@" 2>/dev/null; }
echo "lint: clang-tidy"
if [ "${1:-}" = --all ]; then
    printf '%s\0' "${sources[@]}" | tidy
else
    bounded=()
    for word in -Xclang -analyzer-config -Xclang max-nodes=40000; do bounded+=("--extra-arg=$word"); done
    printf '%s\0' "${sources[@]}" | grep -zv '^tests/' | tidy "${bounded[@]}"
    printf '%s\0' "${sources[@]}" | grep -z '^tests/' | tidy '--checks=-clang-analyzer-*'
fi

echo "lint: verilator"
folders=()
for folder in rtl/*/; do folders+=(-y "$folder"); done
for variant in rtl/mac/mac_plain.v rtl/mac/mac_fixed_reference.v rtl/mac/mac_consecutive.v; do
    for parameters in "-GINPUT_NUM_DATA=32" "-GNUM_MULT_PARALLEL=8" "-GINPUT_NUM_DATA=1" \
        "-GINPUT_NUM_DATA=33 -GNUM_MULT_PARALLEL=16" "-GINPUT_NUM_DATA=7 -GNUM_MULT_PARALLEL=3 -GUSE_DSP=0" \
        "-GINPUT_BITWIDTH=5 -GINPUT_NUM_DATA=9 -GNUM_MULT_PARALLEL=5 -GUSE_DSP=0"; do
        # shellcheck disable=SC2086 # several arguments
        verilator --lint-only -Wall "${folders[@]}" rtl/lint.vlt "$variant" --top-module MAC $parameters
    done
done
for parameters in "" "-GD=2 -GP=96 -GBlockBits=100 -GDspLanes=3 -GChunkDepths=16'd944" \
    "-GD=8 -GReference=0 -GP=7 -GBlockBits=0 -GDspLanes=7" \
    "-GD=2 -GConsecutive=1 -GP=5 -GBlockBits=10 -GF=7 -GBlockPixels=1 -GBlockNeurons=1" \
    "-GD=1 -GW=4 -GF=1 -GP=1 -GBlockBits=1 -GShift=2" "-GD=5 -GW=10 -GF=9 -GP=3 -GBlockBits=15 -GDspLanes=1" \
    "-GLayerCount=1 -GSizes=32'h00010001 -GP=1 -GBlockBits=4 -GChunkDepths=16'd1"; do
    # shellcheck disable=SC2086 # several arguments
    verilator --lint-only -Wall "${folders[@]}" rtl/lint.vlt rtl/accelerator/accelerator.v --top-module accelerator \
        $parameters
done
