#!/usr/bin/env bash
# What hangs, takes all memory or crashes costs one job, and says so. A locked database is waited for as long as is asked.
# Each event of a run is a line of JSON.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data fake
"$(dirname "$program")/tests/make_data" data 2000 500 || wrong "no data"
one=(--network 64-16-4 --parallelism 2 --operator-inputs 8)

fake_yosys() { # fake_yosys LINES: a Yosys that does these
    { echo '#!/bin/sh'; echo "[ \"\$1\" = -V ] && exec $(command -v yosys) -V"; echo "$1"; } >fake/yosys
    chmod +x fake/yosys
}
left_behind() { # left_behind WHAT: whether a process of the fake tool lives on
    pgrep -f "sleep 86399$" >/dev/null && wrong "$1: a process of the tool lives on"
}
with=(env PATH="$work/fake:$PATH" XDG_CACHE_HOME="$work/own")

# A tool that hangs, with processes that it started, one of them in a session of its own.
fake_yosys 'echo "hangs now"; setsid sleep 86399 & sleep 86399'
expect 2 "yosys was ended after 0.5 s, the limit for a tool; --tool-time gives a tool more time" \
    synth "${one[@]}" --db a.db --tool-time 0.5s
left_behind "--tool-time"
expect 0 "status --output" status --db a.db
expect 0 "hangs now" status --db a.db --output "$(sqlite3 a.db "SELECT substr(job, 1, 10) FROM job_outputs")"
expect 2 "the limit for a job; --job-time gives a job more time" synth "${one[@]}" --db a.db --job-time 0.5
left_behind "--job-time"
same 0 "$(sqlite3 a.db "SELECT count(*) FROM running")" "leases of jobs that were ended"

# One that takes too much memory.
fake_yosys "exec perl -e '\$x = \"x\" x 300000000; sleep 86399'"
expect 2 "the limit for a job is 200 MB; --job-memory gives a job more" synth "${one[@]}" --db a.db --job-memory 200M

# A crash gets a second try. What both printed is kept, also if the second one is well.
fake_yosys 'echo "try of $$"; kill -SEGV $$'
expect 2 "it gets a second try" synth "${one[@]}" --db a.db
sqlite3 a.db "SELECT output FROM job_outputs" >kept
same "1 1 2" "$(grep -c "^.first try: .*signal 11" kept) $(grep -c "^.second try" kept) $(grep -c "^.exit code 139" kept)" \
    "what is kept of both tries"
with=()
cat >a.yaml <<EOF
name: small
dataset: data
network: [64, 16, 4]
train: {epochs: 100, batch: 100}
axes: {scheme: float}
EOF
"$program" run a.yaml --db c.db 2>err >/dev/null &
pid=$!
until worker=$(pgrep -P $pid); do sleep 0.02; done
kill -SYS "$worker" # the sanitizers catch others
wait $pid
same 0 $? "exit code after a crash ($(cat err))"
grep -q "killed by signal 31 (Bad system call); it gets a second try" err || wrong "a crash is not told: $(cat err)"
expect 0 "crashed once, done at the second try: train float seed 0" status --db c.db
expect 0 '"crashed": [' status --db c.db --json
same "done|1|2" "$(sqlite3 c.db "SELECT state, completions, attempts FROM jobs")" "the job that crashed once"

# The log: each line is an object, and what is known of the job is in it.
sed -i 's/epochs: 100/epochs: 3, seeds: [1, 2]/' a.yaml
echo '{"event": "of an earlier run"}' >log
expect 0 "2 jobs done" run a.yaml --db b.db --log-json log
sqlite3 :memory: "CREATE TABLE l (x)" ".mode ascii" ".separator \"\\001\" \"\\n\"" ".import log l" \
    "SELECT group_concat(x ->> 'event', ' ') FROM l WHERE json_valid(x)" >events
for event in "of an earlier run" run_started job_started epoch job_done run_ended; do
    grep -q "$event" events || wrong "no $event in the log: $(cat events)"
done
same "$(wc -l <log) 6 2" "$(grep -c '^{.*}$' log) $(grep -c '"event": "epoch"' log) $(grep -c '"figures": {.*"test_accuracy": [01]' log)" \
    "lines, epochs and results in the log"
expect 2 "--log-json: cannot write no/such/log" run a.yaml --db d.db --log-json no/such/log
[ -e d.db ] && wrong "a refused log made a database"

# The lock of another program, and the patience for it.
mkfifo asks
sqlite3 -cmd ".timeout 10000" b.db <asks >/dev/null & # it waits for what looks at the lock below
exec 7>asks
echo "BEGIN IMMEDIATE;" >&7
until ! sqlite3 b.db "BEGIN IMMEDIATE; ROLLBACK" 2>/dev/null; do sleep 0.05; done
sed 's/epochs: 3/epochs: 4/' a.yaml >b.yaml
expect 2 "is locked by another program" run b.yaml --db b.db --lock-timeout 0.2
expect 2 "is locked by another program" rm small --db b.db --lock-timeout 0
expect 2 "is locked by another program" rename small big --db b.db --lock-timeout 0
expect 2 "is locked by another program" import-points "$source_dir/examples/published.csv" --db b.db --lock-timeout 0
echo "COMMIT;" >&7
exec 7>&-
wait
for bad in --lock-timeout --job-time --job-memory --tool-time; do
    expect 2 "$bad must be" run a.yaml --db b.db $bad soon
done
expect 2 "--job-memory must be" run a.yaml --db b.db --job-memory 0
finish
