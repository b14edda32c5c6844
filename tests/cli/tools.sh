#!/usr/bin/env bash
# Tools that lie, hang, leave processes behind or print without end: each costs one job or one command, and says so. A
# version that is not known is an error, for results are found by names that are made of versions.
source "$(dirname "$0")/lib.sh" "$1"
mkdir fake
one=(--network 64-16-4 --parallelism 2 --operator-inputs 8)
with=(env PATH="$work/fake:$PATH")

fake() { # fake TOOL LINES: a tool that does these; $real is the true one
    { echo '#!/bin/sh'; echo "real=$(command -v "$1")"; echo "$2"; } >"fake/$1"
    chmod +x "fake/$1"
}
nothing_left() { # nothing_left WHAT: no process of a fake tool lives on
    pgrep -f "sleep 86398$" >/dev/null || return 0
    wrong "$1: a process of the tool lives on"
    pkill -f "sleep 86398$"
}
took_under() { # took_under SECONDS WHAT: since `started`
    [ $(($(date +%s%N) - started)) -lt $(($1 * 1000000000)) ] || wrong "$2: it took over $1 s"
}

# Versions. What was finished stays finished, and nothing is planned anew.
fake yosys 'exec "$real" "$@"'
expect 0 "" synth "${one[@]}" --db a.db
jobs() { sqlite3 a.db "SELECT group_concat(digest || state || coalesce(tools, '')) FROM jobs"; }
before=$(jobs)
for lie in 'exit 3' 'exit 0' 'echo " "' 'kill -SEGV $$' 'exec 2>&- >&-; sleep 86398'; do
    fake yosys "[ \"\$1\" = -V ] || exec \"\$real\" \"\$@\"; $lie"
    expect 2 "the version of yosys is not known" synth "${one[@]}" --db a.db --tool-time 0.5
    same "$before" "$(jobs)" "the jobs after a version query that does: $lie"
done
nothing_left "a version query"
expect 2 "BROKEN" doctor --quick --tool-time 0.5
grep -q "  yosys *BROKEN: the version of yosys is not known" out || wrong "doctor: what is broken: $(cat out)"
fake yosys 'exec "$real" "$@"'
fake sta 'exit 1'
expect 2 "the version of sta is not known" synth "${one[@]}" --db a.db
same "$before" "$(jobs)" "the jobs after OpenSTA did not tell its version"
rm fake/sta
fake g++ 'exit 1'
expect 2 "the version of g++ is not known" sim "${one[@]}" --db a.db
rm fake/g++
expect 0 "0 jobs done" synth "${one[@]}" --db a.db

# A version query that hangs hears that the user wants to stop.
fake yosys 'trap "" TERM INT; sleep 86398 & sleep 86398'
"${with[@]}" "$program" synth "${one[@]}" --db a.db >out 2>err &
pid=$!
until pgrep -f "sleep 86398$" >/dev/null; do sleep 0.02; done
started=$(date +%s%N)
kill -TERM $pid
wait $pid
same 130 $? "exit code of a run that was stopped while it asked for a version ($(cat err))"
took_under 3 "the stop"
nothing_left "the stop"

# A tool that ends and leaves processes with its pipes, one of them in a session of its own: its end counts, and they
# are ended.
with=(env PATH="$work/fake:$PATH" XDG_CACHE_HOME="$work/own")
fake yosys '[ "$1" = -V ] && exec "$real" -V; sleep 86398 & setsid sleep 86398 & echo its own end >&2; exit 7'
started=$(date +%s%N)
expect 2 "failed with exit code 7" synth "${one[@]}" --db b.db
took_under 4 "a tool that left processes"
nothing_left "a tool that left processes"
# One that closes its outputs and lives on; neither hears SIGTERM.
fake yosys '[ "$1" = -V ] && exec "$real" -V; trap "" TERM; exec >&- 2>&-; sleep 86398'
rm -rf own
expect 2 "yosys was ended after 0.5 s, the limit for a tool; --tool-time gives a tool more time" \
    synth "${one[@]}" --db c.db --tool-time 0.5
nothing_left "a tool that closed its outputs"

# A worker that is killed leaves no tool behind, not even one in a session of its own.
fake yosys '[ "$1" = -V ] && exec "$real" -V; [ -e killed ] && exit 1; (setsid sleep 86398 &) ; sleep 86398'
"${with[@]}" "$program" synth "${one[@]}" --db d.db >out 2>err &
pid=$!
until [ "$(pgrep -cf "sleep 86398$")" = 2 ]; do sleep 0.02; done
fake yosys '[ "$1" = -V ] && exec "$real" -V; exit 1'
kill -KILL "$(pgrep -P $pid)"
wait $pid
grep -q "killed by signal 9" err || wrong "a killed worker is not told: $(cat err)"
nothing_left "a killed worker"

# Much output: its beginning and its end are kept.
fake yosys '[ "$1" = -V ] && exec "$real" -V
    echo the first line >&2; head -c 150000000 /dev/zero | tr "\0" x >&2; echo; echo the last line >&2; exit 1'
expect 2 "failed with exit code 1" synth "${one[@]}" --db e.db
expect 0 "the last line" status --db e.db --output "$(sqlite3 e.db "SELECT substr(job, 1, 10) FROM job_outputs")"
for words in "the first line" "MB on standard error are left out here"; do
    grep -q "$words" out || wrong "what is kept of 150 MB lacks: $words"
done
[ "$(wc -c <out)" -lt 5000000 ] || wrong "$(wc -c <out) bytes are kept of 150 MB"

# Commands without jobs: gnuplot hangs.
make_database f.db || wrong "no database"
fake gnuplot 'trap "" TERM; setsid sleep 86398 & sleep 86398'
expect 2 "gnuplot was ended after 0.5 s, the limit for a tool; --tool-time gives a tool more time" \
    plot --x parallelism --y lut --db f.db -o f.svg --tool-time 0.5
nothing_left "plot"
[ -e f.svg ] && wrong "a plot of a gnuplot that hung"
finish
