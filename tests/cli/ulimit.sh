#!/usr/bin/env bash
# Little address space (ulimit -v), few files (-n), few processes (-u), small files (-f): each command does its work, or
# refuses with a message and an exit code. It never hangs or crashes, no result is wrong, and what was finished stays.
# $2: `all` for every level, and a table of what happened on standard output.
source "$(dirname "$0")/lib.sh" "$1"
all=${2:-}
mkdir data
"$(dirname "$program")/tests/make_data" data 400 100 || wrong "no data"
cat >small.yaml <<'EOF'
name: small
dataset: data
network: [64, 16, 4]
train: {epochs: 2, batch: 50, seeds: [1, 2]}
axes: {scheme: [float, fixed-reference], engine: [none]}
EOF
cat >whole.yaml <<'EOF'
name: whole
dataset: data
network: [64, 16, 4]
train: {epochs: 2, batch: 50, seeds: [1]}
axes: {scheme: fixed-reference, parallelism: 2, operator_inputs: 8}
EOF
if [ -n "$all" ]; then sweeps="small whole"; else sweeps=small; fi

# user COMMAND…: as a user that root is not, whose processes the kernel counts (only if $id is set).
id=
user() { if [ -n "$id" ]; then setpriv --reuid="$id" --regid="$id" --clear-groups -- "$@"; else "$@"; fi; }
# under FLAG LEVEL COMMAND…: the program with this limit, for a minute at most.
under() {
    local flag=$1 level=$2
    shift 2
    # shellcheck disable=SC2016 # the inner shell expands
    user timeout -k 5 60 bash -c 'ulimit "$1" "$2"; shift 2; exec "$@"' - "$flag" "$level" "$program" "$@" >out 2>err
}

# The work without limits: what is right.
rows="SELECT point, seed, test_accuracy, rtl_mismatches, lut FROM results ORDER BY point, seed"
declare -A right
for sweep in $sweeps; do
    expect 0 "" run $sweep.yaml --db $sweep-right.db
    right[$sweep]=$(sqlite3 $sweep-right.db "$rows")
done
question="SELECT point, test_accuracy FROM results ORDER BY point, seed"
expect 0 "" query "$question" --db small-right.db --csv
cp out right.csv

# told FLAG LEVEL COMMAND CODE WHETHER: checks an end, and writes it down.
told() {
    local flag=$1 level=$2 command=$3 code=$4 good=$5 said
    said=$(grep -a '^deltasweep: \|loading shared' err | tail -1 | cut -c 1-150)
    case $code in
    0) [ "$good" = 1 ] || wrong "ulimit $flag $level $command: exit code 0 and a wrong result ($said)" ;;
    2) [ -n "$said" ] || wrong "ulimit $flag $level $command: exit code 2 without a message ($(head -c 300 err))" ;;
    127) grep -q "loading shared" err || wrong "ulimit $flag $level $command: exit code 127 ($(head -c 300 err))" ;;
    *) wrong "ulimit $flag $level $command: exit code $code ($(tail -c 300 err))" ;;
    esac
    [ -z "$all" ] || printf '%s\t%s\t%s\t%s\t%s\n' "$flag" "$level" "$command" "$code" "$said"
}
same_rows() { [ "$(sqlite3 "$1" "$rows")" = "${right[$2]}" ]; }

try_run() { # try_run FLAG LEVEL SWEEP: with the limit, and then without it, which completes what there is
    local flag=$1 level=$2 sweep=$3 code done_jobs
    rm -f -- run.db*
    [ -z "$id" ] || { user touch run.db; rm run.db; }
    under "$flag" "$level" run "$sweep.yaml" --db run.db
    code=$?
    told "$flag" "$level" "run $sweep" $code "$(same_rows run.db "$sweep" 2>/dev/null && echo 1)"
    [ -s run.db ] || return
    done_jobs=$(sqlite3 run.db "SELECT count(*) FROM jobs WHERE state = 'done'" 2>/dev/null)
    user "$program" run "$sweep.yaml" --db run.db >out 2>err || wrong "ulimit $flag $level: afterwards: $(tail -1 err)"
    same_rows run.db "$sweep" || wrong "ulimit $flag $level: run $sweep: other results afterwards"
    grep -q ", ${done_jobs:-0} done before" err ||
        wrong "ulimit $flag $level: of $done_jobs finished jobs: $(tail -1 err)"
    same "ok 1" "$(sqlite3 run.db "PRAGMA integrity_check" "SELECT max(completions) FROM jobs" | paste -sd ' ')" \
        "the database after ulimit $flag $level"
}
try_reports() { # try_reports FLAG LEVEL
    local flag=$1 level=$2
    under "$flag" "$level" query "$question" --db small-right.db --csv
    told "$flag" "$level" query $? "$(cmp -s out right.csv && echo 1)"
    for file in plot.svg plot.gp report.html; do
        rm -f $file
        case $file in
        plot.*)
            under "$flag" "$level" plot --x weight_storage_bits --y test_accuracy --db small-right.db -o $file
            ;;
        *) under "$flag" "$level" report --db small-right.db -o $file ;;
        esac
        told "$flag" "$level" "$file" $? "$([ -s $file ] && grep -q '</svg>\|</html>\|^plot ' $file && echo 1)"
        [ -z "$(find . -maxdepth 1 -name "*.part*")" ] || wrong "ulimit $flag $level: half a $file stays"
    done
}
levels() { # levels FLAG SAMPLE ALL
    for level in $(if [ -n "$all" ]; then echo "$3"; else echo "$2"; fi); do
        for sweep in $sweeps; do
            try_run "$1" "$level" "$sweep"
        done
        try_reports "$1" "$level"
    done
}
levels -v "200000" "30000 120000 200000 260000 600000"
levels -n "12" "6 10 14 20 64"
levels -f "64" "4 64 400 700 4096"
# Root's processes are not counted.
if [ "$(id -u)" -ne 0 ]; then
    levels -u "1" "1 2 4 8 64"
elif setpriv --reuid=64999 --regid=64999 --clear-groups true 2>/dev/null && chmod -R a+rX "$work" &&
    setpriv --reuid=64999 --regid=64999 --clear-groups test -x "$program"; then
    mkdir user && cp -r data ./*.yaml small-right.db right.csv user/ && chown -R 64999:64999 user && cd user || exit 1
    id=64999 sweeps=small XDG_CACHE_HOME=$work/user/cache
    levels -u "2" "1 2 3 6 64"
fi
finish
