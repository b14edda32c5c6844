#!/usr/bin/env bash
# kill -9 at random moments: of a run (its parent process), of a worker, of a tool that a worker started, of a worker with
# all of its group, of all processes at once. One run is at work, or two that share the database, and a reader looks at it
# all the while. After each kill the database is sound, no job is done by half, and nobody is left behind. Whenever the
# sweep is complete, no job was done twice, and its rows are those of an undisturbed run.
# $2: the schemes (float alone needs no hardware and is quick), or `search`: a search that buys rungs. $3: how many kills.
# $4: `fresh`: each run makes its own simulators and syntheses. TEST_SEED=… repeats the moments.
source "$(dirname "$0")/lib.sh" "$1"
schemes=${2:-float}
wanted=${3:-6}
seed=${TEST_SEED:-$(date +%s%N)}
RANDOM=$((seed % 32768))
echo "TEST_SEED=$seed"
mkdir data
if [ "$schemes" = search ]; then
    "$(dirname "$program")/tests/make_data" data 3000 300 || wrong "no data"
    export DELTASWEEP_CHECKPOINT_SECONDS=1000 # rungs keep theirs all the same
    cat >a.yaml <<EOF
name: small
dataset: data
network: "64-{8..32 step 8}-{4, 6, 8, 12}-4"
train: {epochs: 9, batch: 25}
axes: {scheme: fixed-point, weight_bits: [3, 4, 6], frac_bits: 2, engine: none}
search: {method: front, objectives: [max validation_accuracy, min weight_storage_bits], budget: {trainings: 8}, batch: 4}
EOF
    rows="SELECT number, round, point, seed, epochs, known_epochs, accuracy FROM search_purchases ORDER BY number;
          SELECT point, seed, validation_accuracy, test_accuracy FROM results ORDER BY point, seed;
          SELECT round, purchases, points, trainings, front, hypervolume FROM search_rounds ORDER BY round"
else
    "$(dirname "$program")/tests/make_data" data 6000 500 || wrong "no data"
    cat >a.yaml <<EOF
name: small
dataset: data
network: [64, 64, 32, 4]
train: {epochs: 30, batch: 100, seeds: 0..9}
axes: {scheme: [$schemes], delta_bits: 3, parallelism: 2, operator_inputs: 8}
EOF
    rows="SELECT point, scheme, seed, train_accuracy, validation_accuracy, test_accuracy, weight_storage_bits, cycles_per_dot,
          rtl_mismatches, lut, ff, dsp, carry4, critical_path_ns, fits, binding_resource FROM results ORDER BY point, seed"
fi

began=$(date +%s%N)
share_cache "$work/cache.calm"
[ "${4:-}" != fresh ] || rm -rf cache cache.calm
XDG_CACHE_HOME=$work/cache.calm "$program" run a.yaml --db calm.db --jobs 2 2>err || wrong "undisturbed: $(tail -3 err)"
longest_ms=$((($(date +%s%N) - began) / 3000000))
sqlite3 calm.db "$rows" >calm
all_jobs=$(sqlite3 calm.db "SELECT count(*) FROM jobs")

pause() { # pause LONGEST-MS: a random while
    local ms=$((30 + RANDOM * $1 / 32768))
    sleep "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))"
}

family() { # family PID: the processes of the session that PID leads
    ps -e -o pid=,sid= | awk -v s="$1" '$2 == s { print $1 }'
}

gone() { # gone PROCESS…: whether all have ended, a second at most later
    local try p alive
    for try in {1..10}; do
        alive=
        for p in "$@"; do
            [ -e "/proc/$p" ] && ! grep -q '^State:.Z' "/proc/$p/status" 2>/dev/null && alive="$alive $p"
        done
        [ -z "$alive" ] && return
        sleep 0.1
    done
    wrong "round $round: alive a second after the kill: $(ps -o pid=,args= $alive)"
}

ask() { # ask SQL: of the database, also while another process looks after its log
    sqlite3 -cmd ".timeout 20000" $b "$1"
}

sound() { # the database, whatever was killed
    [ -s $b ] || return
    same ok "$(ask "PRAGMA integrity_check")" "round $round: integrity"
    same "" "$(ask "PRAGMA foreign_key_check")" "round $round: references"
    [ -n "$(ask "SELECT 1 FROM sqlite_schema LIMIT 1")" ] || return
    same 0 "$(ask "SELECT count(*) FROM jobs j WHERE completions > 1 OR (state = 'done') <> (completions = 1) OR
        (state = 'done') <> (
        EXISTS (SELECT 1 FROM rungs WHERE job = j.digest) OR EXISTS (SELECT 1 FROM training WHERE job = j.digest) OR EXISTS (SELECT 1 FROM builds WHERE job = j.digest) OR
        EXISTS (SELECT 1 FROM checks WHERE job = j.digest) OR EXISTS (SELECT 1 FROM syntheses WHERE job = j.digest))")" \
        "round $round: jobs that are done by half or twice"
}

complete() { # the rows of a sweep that is complete
    ask "$rows" >after
    cmp -s calm after || wrong "round $round: other rows than undisturbed: $(diff calm after | head -4)"
    same "1|1" "$(ask "SELECT min(completions), max(completions) FROM jobs")" "round $round: completions"
    same "$all_jobs" "$(ask "SELECT count(*) FROM jobs")" "round $round: jobs"
    same 0 "$(ask "SELECT count(*) FROM running")" "round $round: leases"
}

start() { # start NUMBER: a run in a session of its own
    setsid "$program" run a.yaml --db $b --jobs $((3 - runs)) 2>"err$1" >/dev/null &
    pids+=($!)
}

hit() { # hit KIND PID…: kills them, and counts it if one was there
    local kind=$1
    shift
    [ $# -gt 0 ] && kill -9 "$@" 2>/dev/null || return 0
    killed[$kind]=$((killed[$kind] + 1))
    kills=$((kills + 1))
}

# The reader: its questions are answered, whatever is killed.
reader() {
    local reads=0 question words db
    while [ ! -e stop ]; do
        for question in status "query|SELECT count(*) FROM results"; do
            IFS='|' read -r -a words <<<"$question"
            db=$(cat now)
            # A database is made in one step, but before it there is an empty file.
            [ -n "$(sqlite3 -readonly $db "SELECT 1 FROM sqlite_schema WHERE name = 'results'" 2>/dev/null)" ] || continue
            if "$program" "${words[@]}" --db $db >reader.out 2>reader.err; then
                reads=$((reads + 1))
            elif [ "$(cat now)" = $db ]; then
                echo "${words[*]}: $(cat reader.err)" >>reader.failed
            fi
        done
        sleep 0.05
    done
    echo $reads >reads
}
b=b.db # a new one whenever a sweep is complete
echo $b >now
reader &
reader=$!

kinds=(run worker tool group all)
declare -A killed=([run]=0 [worker]=0 [tool]=0 [group]=0 [all]=0)
kills=0
completed=0
for round in $(seq $((3 * wanted))); do
    [ $kills -lt "$wanted" ] || break
    runs=$((1 + round % 2))
    pids=()
    for i in $(seq $runs); do start "$i"; done
    pause "$longest_ms"
    what=${kinds[RANDOM % 5]}
    victim=${pids[RANDOM % runs]}
    members=$(family "$victim")
    of_all=
    # Not a tool that the run itself asks for its version: what is done with versions is not known then, and that is an error.
    worker=$(ps -o pid=,comm= --ppid "$victim" | awk '$2 == "deltasweep" { print $1; exit }')
    case $what in
    run) kill -9 "$victim" 2>/dev/null && gone $members ;;
    worker) hit worker $worker ;;
    tool) [ -z "$worker" ] || hit tool $(ps -o pid= --ppid "$((worker))" | head -1) ;;
    group) [ -z "$worker" ] || hit group -- "-$((worker))" ;;
    all) kill -9 $members 2>/dev/null && of_all=$victim && gone $members ;;
    esac
    sound
    pause "$((longest_ms / 2))" # what lives goes on, and takes over
    for pid in "${pids[@]}"; do
        members=$(family "$pid")
        kill -9 "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
        how=$?
        if [ $how -eq 137 ]; then # it was not complete before
            kind=run
            [ "$pid" != "$of_all" ] || kind=all
            killed[$kind]=$((killed[$kind] + 1))
            kills=$((kills + 1))
        fi
        [ $how -eq 0 ] || [ $how -eq 137 ] || wrong "round $round: exit code $how: $(tail -2 err1)"
        gone $members
    done
    sound
    ended=$(ask "SELECT count(*) FROM jobs WHERE state = 'done'" 2>/dev/null)
    left=$((all_jobs - ${ended:-0}))
    # A search has jobs that are done, and then a round to record.
    ended=$(ask "SELECT count(*) FROM searches WHERE ended IS NOT NULL" 2>/dev/null)
    [ "$schemes" != search ] || left=$((left + 1 - ${ended:-0}))
    echo "round $round: $runs at work, $what killed, $left jobs left"
    if [ "$left" = 0 ]; then # again from the start, and sooner
        complete
        completed=$((completed + 1))
        b=b$completed.db
        echo $b >now
        rm -f b.db* "b$((completed - 1)).db"*
        [ "${4:-}" != fresh ] || rm -rf cache
    fi
done
[ $kills -ge "$wanted" ] || wrong "only $kills kills hit a process"

# Two runs end what is left.
"$program" run a.yaml --db $b --jobs 1 2>err2 >/dev/null &
expect 0 "small" run a.yaml --db $b --jobs 1
wait $! || wrong "the second run: $(tail -2 err2)"
complete
touch stop
wait $reader
[ -e reader.failed ] && wrong "the reader: $(head -3 reader.failed)"
[ "$(cat reads)" -gt 0 ] || wrong "the reader read nothing"
echo "kills: run ${killed[run]}, worker ${killed[worker]}, tool ${killed[tool]}, group ${killed[group]}, all at once \
${killed[all]}; completed $((completed + 1)) times; the reader was answered $(cat reads) times"
finish
