#!/usr/bin/env bash
# Measures what the project claims to be fast, on this machine. Builds first if need be.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset release >/dev/null
cmake --build --preset release >/dev/null

# OpenBLAS picks its kernels from the processor unless these tell it otherwise.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE

echo "== training (load of the machine: $(cut -d" " -f1 /proc/loadavg))"
build/release/tests/bench_train "$@"
