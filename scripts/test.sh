#!/usr/bin/env bash
# Installs what is missing, then the checks and tests: static checks, the fast tests under
# the address and undefined-behaviour sanitizers, and the tests on the release build, fast
# and slow. `test.sh --all` also runs those labelled `long` (whole grids, random and extreme
# accelerators, every planted fault) and lets the clang analyzer look at everything. Ends with ctest's summary.
set -euo pipefail
cd "$(dirname "$0")/.."

all=()
left_out=(-LE long)
case "${1:-}" in
    "") ;;
    --all) all=(--all) left_out=() ;;
    *) echo "usage: scripts/test.sh [--all]" >&2; exit 2 ;;
esac

stage() { printf '\n== %s (%s s)\n' "$1" "$SECONDS"; }

stage "setup"
./scripts/setup.sh

stage "build: release, warnings are errors"
cmake --preset release >/dev/null
cmake --build --preset release

stage "static checks"
./scripts/lint.sh "${all[@]}"

stage "build: address + undefined sanitizers"
cmake --preset asan >/dev/null
cmake --build --preset asan

stage "fast tests under the sanitizers"
ctest --preset asan -LE "slow|long|tools" -j "$(nproc)"

stage "all tests, release"
ctest --preset release "${left_out[@]}" -j "$(nproc)"
