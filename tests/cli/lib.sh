# What the tests of the commands share. $1 of a test is the program.
set -u
program=$(realpath "$1")
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d /tmp/deltasweep-cli-XXXXXX)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME="$work/cache" NO_COLOR=
# Simulators and syntheses take longer than all else, and their keys hold all that they depend on: the tests share them.
# share_cache FOLDER [KIND…]
share_cache() {
    local folder=$1 kind kinds=(verilator-runtime verilated verilated-accelerator synth)
    shift
    [ $# -eq 0 ] || kinds=("$@")
    mkdir -p "$folder/deltasweep"
    for kind in "${kinds[@]}"; do
        mkdir -p "$source_dir/build/test-cache/deltasweep/$kind"
        ln -s "$source_dir/build/test-cache/deltasweep/$kind" "$folder/deltasweep/"
    done
}
share_cache "$XDG_CACHE_HOME"
cd "$work" || exit 1
failures=0
with=() # what the program is started with, for example env X=1

wrong() {
    echo "FAIL: $*" >&2
    failures=$((failures + 1))
}

# expect CODE WORD COMMAND…: the exit code, and WORD (a fixed string, may be empty) in
# what the program said on either stream. Leaves them in the files out and err.
expect() {
    local code=$1 word=$2 got
    shift 2
    "${with[@]}" "$program" "$@" >out 2>err </dev/null
    got=$?
    [ "$got" -eq "$code" ] || wrong "exit code $got, not $code: $* ($(head -c 300 err))"
    [ -z "$word" ] || grep -qF -- "$word" out err || wrong "\"$word\" not said by: $* ($(head -c 300 out err))"
}

# same EXPECTED GOT WHAT
same() {
    [ "$1" = "$2" ] || wrong "$3: expected <$1>, got <$2>"
}

# make_database FILE: the program's own tables and views, with the rows of rows.sql. Without the write-ahead log, so that
# it can be read where no file can be written.
make_database() {
    "$(dirname "$program")/tests/make_store" "$1" &&
        sqlite3 "$1" "PRAGMA journal_mode = DELETE" ".read $source_dir/tests/cli/rows.sql" >/dev/null
}

finish() {
    [ "$failures" -eq 0 ] || exit 1
    exit 0
}
