#!/usr/bin/env bash
# A disk that fills in the middle of a run: what is finished stays, the run ends with a message that says so, readers go on,
# outputs are whole or not there. With space again the same command goes on, and its rows are those of an undisturbed run.
if [ -z "${OWN_MOUNTS:-}" ]; then # a file system of its own, which nobody else sees
    OWN_MOUNTS=1 exec unshare "$([ "$(id -u)" -eq 0 ] && echo -m || echo -Urm)" bash "$0" "$@"
fi
source "$(dirname "$0")/lib.sh" "$1"
mkdir data disk
mount -t tmpfs -o size=3m tmpfs disk || { echo "no file system can be mounted here" && exit 77; }
trap 'umount "$work/disk"; rm -rf "$work"' EXIT
"$(dirname "$program")/tests/make_data" data 300 100 || wrong "no data"
cat >a.yaml <<EOF
name: small
dataset: data
network: [64, 512, 4]
train: {epochs: 1, batch: 100, seeds: 0..39}
axes: {scheme: float, engine: none}
EOF
rows="SELECT point, seed, train_accuracy, test_accuracy FROM results ORDER BY point, seed"
expect 0 "40 jobs done" run a.yaml --db calm.db --jobs 2
echo old >disk/page.html
head -c 1500000 /dev/zero >disk/ballast

expect 2 "full" run a.yaml --db disk/a.db --jobs 2
same "" "$(grep -n "assert\|Segmentation" err)" "how a full disk ends a run"
done=$(sqlite3 disk/a.db "SELECT count(*) FROM jobs WHERE state = 'done'")
[ "$done" -gt 0 ] && [ "$done" -lt 40 ] || wrong "$done of 40 jobs were done when the disk was full"
same "ok|$done" "$(sqlite3 disk/a.db "PRAGMA integrity_check")|$(sqlite3 disk/a.db "SELECT count(*) FROM training")" "the database"

# Full to the last byte: readers are answered; nothing is written by half, and no file is lost.
cat /dev/zero >disk/rest 2>/dev/null
expect 0 "small" status --db disk/a.db
expect 0 "$done" query "SELECT count(*) FROM training" --db disk/a.db --csv
expect 2 "cannot write disk/page.html" report calm.db -o disk/page.html
expect 2 "disk/front.svg" plot --db calm.db --x weights --y test_accuracy -o disk/front.svg
expect 2 "" train --dataset data --network 64-512-4 --scheme float --engine none --epochs 1 --db net.db --save disk/net.dsn
expect 2 "" merge calm.db -o disk/all.db
same old "$(cat disk/page.html)" "the old page"
same "a.db ballast page.html rest" "$(ls disk | grep -v -e '-wal$' -e '-shm$' -e all.db | xargs)" "what is on the disk"

rm disk/ballast disk/rest
mount -o remount,size=30m disk
expect 0 "small" run a.yaml --db disk/a.db --jobs 2
same "$(sqlite3 calm.db "$rows")" "$(sqlite3 disk/a.db "$rows")" "rows with space again"
same "1|1" "$(sqlite3 disk/a.db "SELECT min(completions), max(completions) FROM jobs")" "completions"
expect 0 "" merge calm.db -o disk/all.db
echo "$done of 40 jobs were done when the disk was full"
finish
