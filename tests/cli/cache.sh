#!/usr/bin/env bash
# The cache: what others may have written is not executed, what was damaged is made anew, and `cache` shows and prunes it
# while a run goes on.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 300 100 || wrong "no data"
sweep() { # NAME EPOCHS: trainings alone
    cat <<EOF2
name: $1
dataset: data
network: [64, 16, 4]
train: {epochs: $2, batch: 20}
axes: {scheme: float, engine: [none]}
EOF2
}
point=(--scheme fixed-reference --operator-inputs 4 --parallelism 2 --delta-bits 3)
synth=$XDG_CACHE_HOME/deltasweep/synth

# One changed digit of a result is noticed.
expect 0 "" synth "${point[@]}" --db a.db
digest=$(ls -t "$synth" | grep -E '^[0-9a-f]{64}$' | head -1) # it was used just now
shared=$(realpath "$synth")
rm "$synth" # a link to the entries that tests share: what follows is spoiled
mkdir -m 700 "$synth"
cp -r "$shared/$digest" "$synth/"
lut=$(sqlite3 a.db "SELECT lut FROM results")
[ "${lut:-0}" -gt 0 ] || wrong "no synthesis"
entry=$synth/$digest
same "700 600" "$(stat -c %a "$entry") $(stat -c %a "$entry/seal")" "permissions of an entry"
sed -i "s/\"lut\": *$lut/\"lut\": 9$lut/" "$entry/result.json"
grep -q "9$lut" "$entry/result.json" || wrong "no digit was changed"
expect 0 "in the cache was damaged (result.json is not what it was): it is made anew" synth "${point[@]}" --db b.db
same "$lut" "$(sqlite3 b.db "SELECT lut FROM results")" "cells after damage"

# A cache that others may write, or that another user owns, is refused. Nothing of it is read or executed.
chmod 777 "$synth"
expect 2 "other users may write in" synth "${point[@]}" --db d.db
expect 2 "set XDG_CACHE_HOME to a folder of your own" cache
chmod 700 "$synth"
chmod o+w "$entry/result.json"
expect 2 "result.json may be written by other users" synth "${point[@]}" --db d.db
chmod o-w "$entry/result.json"
if [ "$(id -u)" -eq 0 ]; then
    chown nobody "$entry"
    expect 2 "it belongs to another user" synth "${point[@]}" --db d.db
    chown root "$entry"
fi
expect 0 "" synth "${point[@]}" --db d.db
mkdir common
chmod 1777 common
with=(env XDG_CACHE_HOME="$work/common/theirs")
mkdir -p common/theirs/deltasweep/synth
chmod 777 common/theirs/deltasweep
expect 2 "cannot be used" synth "${point[@]}" --db e.db
chmod 755 common/theirs/deltasweep
expect 0 "" cache
with=(env XDG_CACHE_HOME="$work/file")
echo x >file
expect 2 "$work/file" cache
with=()

# Where the disk is full, that is said, whatever a tool makes of it.
mkdir -m 700 full fake
if mount -t tmpfs -o size=100k,mode=700 tmpfs full 2>/dev/null; then
    trap 'umount "$work/full"; rm -rf "$work"' EXIT
    cat >fake/verilator <<'EOF2'
#!/bin/sh
case $1 in
--version) echo "Tool 5" ;;
--getenv) echo /usr/share ;;
*)
    echo "collect2: error: ld returned 1 exit status" >&2
    exit 1
    ;;
esac
EOF2
    chmod +x fake/verilator
    ln fake/verilator fake/g++
    cat /dev/zero >full/rest 2>/dev/null
    with=(env XDG_CACHE_HOME="$work/full" PATH="$work/fake:$PATH")
    expect 2 "The disk is full: 0.0 MB are free in $work/full/deltasweep" sim "${point[@]}" --db f.db
    with=()
fi

# What there is, by kind.
export XDG_CACHE_HOME=$work/own
expect 0 "own/deltasweep: 0 entries" cache
cp -r "$synth" own/deltasweep/
mkdir own/deltasweep/other
cp -r own/deltasweep/synth/* own/deltasweep/other/old
touch -d "40 days ago" own/deltasweep/other/old
expect 0 "2 entries" cache --json
same '["other",1],["synth",1]' "$(jq -c '.[] | [.kind, .entries]' out | paste -sd,)" "kinds"
same "$(find own/deltasweep/synth -type f -printf '%s\n' | paste -sd+ | bc)" \
    "$(jq '.[] | select(.kind == "synth").bytes' out)" "bytes"
expect 2 "go with --prune" cache --older 30d
expect 2 "must be a positive number" cache --prune --older never
expect 0 "would remove 1 entry" cache --prune --older 30d --dry-run
[ -d own/deltasweep/other/old ] || wrong "a dry run removed something"
expect 0 "removed 1 entry" cache --prune --older 30d
[ -e own/deltasweep/other/old ] && wrong "an old entry is there still"
cp -r own/deltasweep/synth/* own/deltasweep/other/old
touch -d "2 hours ago" own/deltasweep/other/old
expect 0 "removed 1 entry" cache --prune --larger 4K --json # of two, the one that was used longest ago
same 0 "$(jq '.[] | select(.kind == "other").entries' out)" "the older one"
same 1 "$(jq '.[] | select(.kind == "synth").entries' out)" "the younger one"

# Leftovers of killed processes go; what a run uses stays.
mkdir own/deltasweep/synth/dead.draft tmp
: >own/deltasweep/synth/dead.lock
: >own/deltasweep/synth/x.part-AbCdEf
mkdir tmp/deltasweep-scratch-tool-AbCdEf
: >tmp/deltasweep-scratch-tool-AbCdEf/cc1.s
export TMPDIR=$work/tmp
expect 0 "4 leftovers" cache
[ -d own/deltasweep/synth/dead.draft ] || wrong "looking removed something"
sweep goes 100000 >goes.yaml
DELTASWEEP_CHECKPOINT_SECONDS=0 "$program" run goes.yaml --db goes.db --jobs 2 >goes.out 2>&1 &
pid=$!
until [ -n "$(find own/deltasweep/training -type f ! -name '*.*' 2>/dev/null)" ]; do
    kill -0 $pid 2>/dev/null || break
    sleep 0.05
done
expect 0 "in use now" cache --prune --older 1s --larger 1K
same "0" "$(find own/deltasweep/synth -mindepth 1 | wc -l)" "what is left of synth"
same "0" "$(find tmp -mindepth 1 | wc -l)" "what is left in TMPDIR"
[ -n "$(find own/deltasweep/training -type f -name '*.lock')" ] || wrong "a run's lock is gone"
kill -0 $pid 2>/dev/null || wrong "pruning ended a run: $(tail -3 goes.out)"
kill -KILL $pid
wait $pid 2>/dev/null
for i in 1 2 3 4 5; do # its workers end with it
    "$program" cache --prune 2>err >out
    [ -n "$(find own/deltasweep/training \( -name '*.lock' -o -name '*.part-*' \))" ] || break
    sleep 0.1
done
same "" "$(find own/deltasweep/training \( -name '*.lock' -o -name '*.part-*' \))" "locks of a killed run"
[ -n "$(find own/deltasweep/training -type f)" ] || wrong "a checkpoint of a killed run is gone"
expect 0 "" cache --prune --older 1s
sleep 1.1
expect 0 "" cache --prune --older 1s
same "" "$(find own/deltasweep/training -type f)" "checkpoints"
finish
