#!/usr/bin/env bash
# status tells a living run from a dead one, and shows what the tools of a failed job printed; --dry-run says how long a
# sweep takes and what would be forgotten.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 2000 500 || wrong "no data"
cat >long.yaml <<EOF2
name: long
dataset: data
network: [64, 16, 4]
train: {epochs: 100000, batch: 100, seeds: 0..2}
axes: {scheme: float}
EOF2

# Nothing is known yet, and then something is.
expect 0 "time very roughly" run long.yaml --dry-run --db a.db
sed 's/100000/5/; s/0..2/[7]/; s/: long/: short/' long.yaml >short.yaml
expect 0 "" run short.yaml --db a.db
expect 0 "time about" run long.yaml --dry-run --db a.db
grep -q "forgets" out && wrong "a new sweep forgets: $(cat out)"

# A run at work, redirected: a time, what it does.
"$program" run long.yaml --db a.db --jobs 2 2>log >/dev/null &
pid=$!
until sqlite3 a.db "SELECT count(*) FROM running" 2>/dev/null | grep -q 2; do
    kill -0 $pid 2>/dev/null || break
    sleep 0.05
done
expect 0 "long: process $pid on $(uname -n) has been running for" status --db a.db
grep -q "0 of 3 jobs done" out || wrong "status does not say how far the run is: $(cat out)"
same 2 "$(grep -c "^  train float seed [0-2]: process [0-9]*, " out)" "running jobs in status"
expect 0 '"state": "running"' status --db a.db --json
grep -Eq '"kind": "train", "jobs": 4, "done": 1, "failed": 0, "left": 3, "running": 2' out || wrong "kinds in status: $(cat out)"
sleep 1.1
expect 0 ", epoch " status --db a.db
timeout 1 "$program" status --watch 0.1 --db a.db >out
same "124 0" "$? $(wc -c <out)" "a watch without a terminal, while a run is at work"
timeout 1 script -qec "$program status --watch 0.1 --db a.db" /dev/null >out </dev/null
grep -q "has been running for" out || wrong "a watch on a terminal: $(cat out)"
until grep -q "jobs done" log; do
    kill -0 $pid 2>/dev/null || break
    sleep 0.1
done
grep -Eq "^[0-2][0-9]:[0-5][0-9]:[0-5][0-9] 0 of 3 jobs done, 2 running, 1 left.* \(now train float seed [0-2]\)$" log ||
    wrong "redirected progress: $(cat log)"
kill -9 $pid
wait $pid 2>/dev/null
expect 0 "process $pid on $(uname -n) was killed after" status --db a.db
grep -q "^  train" out && wrong "a killed run has running jobs: $(cat out)"
expect 0 '"state": "killed"' status --db a.db --json
expect 0 "was killed after" status --db a.db --watch 5
expect 2 "--watch must be" status --db a.db --watch 0
expect 0 "" run short.yaml --db a.db
expect 0 "short: process" status --db a.db
grep -q "ended" out || wrong "a run that ended: $(cat out)"

# One that a signal ended says so, and how its jobs and those of the table go together.
cat >mixed.yaml <<EOF2
name: mixed
dataset: data
network: [64, 16, 4]
train: {seeds: [7, 8]}
axes: {scheme: float, batch: [50, 100], epochs: [5, 100000]}
EOF2
sed 's/, 100000//' mixed.yaml >before.yaml
expect 0 "4 jobs done" run before.yaml --db i.db
for signal in INT TERM; do
    "$program" run mixed.yaml --db i.db --jobs 2 2>log >/dev/null &
    pid=$!
    until sqlite3 i.db "SELECT count(*) FROM running" 2>/dev/null | grep -q 2; do
        kill -0 $pid 2>/dev/null || break
        sleep 0.05
    done
    kill -s $signal $pid
    wait $pid
    same 130 $? "exit code after SIG$signal ($(cat log))"
    expect 0 "mixed: process $pid on $(uname -n) was interrupted " status --db i.db
    grep -q "; 0 of 4 jobs done (4 more were done before); the same command continues$" out || wrong "after SIG$signal: $(cat out)"
    grep -Eq "^mixed +4 +8 +8 +4 +0 +4 " out || wrong "the table: $(cat out)"
    expect 0 '"state": "interrupted"' status --db i.db --json
done
expect 0 "" run before.yaml --db i.db
expect 0 " ended " status --db i.db
grep -q "the same command" out && wrong "a run that ended goes on: $(cat out)"

# What the file no longer asks for.
sed 's/0..2/[0, 9]/' long.yaml >other.yaml
point=$(sqlite3 a.db "SELECT point FROM results WHERE sweep = 'long' LIMIT 1")
expect 0 "forgets 2 runs without a result that the file no longer asks for: $point seed 1, $point seed 2" \
    run other.yaml --dry-run --db a.db

# All that a tool printed.
mkdir fake
cat >fake/yosys <<EOF2
#!/bin/sh
[ "\$1" = -V ] && exec $(command -v yosys) -V
for i in \$(seq 300); do echo "line \$i of much"; done
echo "ERROR: out of luck" >&2
exit 7
EOF2
chmod +x fake/yosys
with=(env PATH="$work/fake:$PATH" XDG_CACHE_HOME="$work/own") # where no result of the real one is
expect 2 "1 job failed" synth --network 64-16-4 --parallelism 2 --operator-inputs 8 --db f.db
with=()
expect 0 "all that its tools printed: deltasweep status --output" status --db f.db
job=$(sed -n 's/.*status --output \([0-9a-f]*\) .*/\1/p' out)
expect 0 "line 1 of much" status --output "$job" --db f.db
grep -q "line 300 of much" out && grep -q "^ERROR: out of luck" out && grep -q "^\[exit code 7" out &&
    grep -q "^\$ yosys " out || wrong "not all of the output is kept"
expect 2 "no output of a failed job \`zzz\`" status --output zzz --db f.db
expect 0 "1 job done" synth --network 64-16-4 --parallelism 2 --operator-inputs 8 --db f.db
same 0 "$(sqlite3 f.db "SELECT count(*) FROM job_outputs")" "outputs of jobs that are done"
# A run says that it waits for what another one does.
"$program" run long.yaml --db shared.db --jobs 3 2>/dev/null >/dev/null &
pid=$!
until sqlite3 shared.db "SELECT count(*) FROM running" 2>/dev/null | grep -q 3; do
    kill -0 $pid 2>/dev/null || break
    sleep 0.05
done
timeout 2 script -qec "stty cols 120; $program run long.yaml --db shared.db --jobs 1" /dev/null >out </dev/null
grep -q "0 of 3 jobs done, 0 running, 3 in other runs, 0 left" out || wrong "jobs of another run: $(cat out)"
kill -9 $pid
wait $pid 2>/dev/null
# What cannot be written is told once.
"$program" status --db a.db >/dev/full 2>err
same "2 1" "$? $(grep -c "No space left" err)" "exit code and messages, /dev/full"
finish
