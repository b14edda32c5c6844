#!/usr/bin/env bash
# Installs what is missing, then every check and test: static checks, the fast tests
# under the address and undefined-behaviour sanitizers, and all tests on the release
# build. Ends with ctest's summary.
set -euo pipefail
cd "$(dirname "$0")/.."

stage() { printf '\n== %s (%s s)\n' "$1" "$SECONDS"; }

stage "setup"
./scripts/setup.sh

stage "build: release, warnings are errors"
cmake --preset release >/dev/null
cmake --build --preset release

stage "static checks"
./scripts/lint.sh

stage "build: address + undefined sanitizers"
cmake --preset asan >/dev/null
cmake --build --preset asan

stage "fast tests under the sanitizers"
ctest --preset asan -LE slow -j "$(nproc)"

stage "all tests, release"
ctest --preset release -j "$(nproc)"
