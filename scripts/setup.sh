#!/usr/bin/env bash
# Installs, with apt, the Debian packages that deltasweep is built and run with; only
# those that are missing. As root, or as a user with sudo.
set -euo pipefail

packages=(
    gcc g++ cmake ninja-build pkg-config git ca-certificates # build
    libopenblas-dev        # matrix products of training
    libdnnl-dev            # the same in 8 bits and bfloat16
    libsqlite3-dev sqlite3 # the record, and a shell to look at it
    libyaml-dev            # sweep files
    libjansson-dev         # JSON output, Yosys statistics
    libcsv-dev             # tables of data
    zlib1g-dev             # gz data sets, packed networks
    libzip-dev             # .npz archives
    nettle-dev             # SHA-256 of jobs and cache entries, by the processor's own instructions
    verilator libsystemc-dev # simulation
    yosys opensta          # synthesis, static timing
    iverilog               # tests: netlists against RTL; exported test benches
    gnuplot-nox            # plots
    dataset-fashion-mnist  # the real data
    mandoc zsh fish        # tests: the man page, completions
    chromium               # tests: the report page in a real browser
    slurm-wlm              # tests: a cluster of this machine alone
    clang libclang-rt-14-dev # fuzzing: libFuzzer and the sanitizers of clang 14 (scripts/fuzz.sh)
    llvm                   # fuzzing: which lines were reached (llvm-cov, llvm-profdata)
    time                   # tests, scripts/bench.sh: the memory that a command needs
    procps libcmocka-dev cppcheck clang-tidy # tests and static checks
)
# The report page is bundled with node. A nodejs that is not Debian's brings an npm of its own.
command -v npm >/dev/null || packages+=(nodejs npm)

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing+=("$package")
done

if [ ${#missing[@]} -eq 0 ]; then
    echo "setup: all ${#packages[@]} packages are installed"
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "setup: this is not Debian; install the equivalents of: ${missing[*]}" >&2
    exit 2
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "setup: run this as root or install sudo; missing: ${missing[*]}" >&2
        exit 2
    fi
    as_root=(sudo)
fi
echo "setup: installing ${#missing[@]} packages: ${missing[*]}"
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" >/dev/null; }
if ! apt update || ! apt install -y --no-install-recommends "${missing[@]}"; then
    echo "setup: apt-get failed (no network, or not Debian 12?); still to be installed: ${missing[*]}" >&2
    exit 2
fi
echo "setup: done"
