#!/usr/bin/env bash
# Waveforms appear whole or not at all, also where the disk is full: with a reason, in time, and nothing is left behind.
source "$(dirname "$0")/lib.sh" "$1"
one=(--scheme fixed-reference --operator-inputs 32 --parallelism 2 --db a.db)
mkdir out-folder temporary
export TMPDIR=$work/temporary
for kind in vcd fst; do # the simulators are built, and the cache has them
    expect 0 "wrote out-folder/a.$kind" sim "${one[@]}" --trace "out-folder/a.$kind"
    [ -s "out-folder/a.$kind" ] || wrong "no waveform a.$kind"
done
grep -q DATA_RDY out-folder/a.vcd || wrong "a.vcd is no waveform of an operator"
same "" "$(ls temporary)" "temporary files"

# refused KIND SAID COMMAND…: no waveform, within 20 s, and the old one stays.
refused() {
    local kind=$1 said=$2
    shift 2
    echo old >"out-folder/b.$kind"
    with=(timeout 20 "$@")
    expect 2 "$said" sim "${one[@]}" --trace "out-folder/b.$kind"
    with=()
    same old "$(cat "out-folder/b.$kind")" "what was in b.$kind"
    same "a.fst a.vcd b.$kind" "$(ls out-folder | tr '\n' ' ' | sed 's/ $//')" "files after a $kind that failed"
    same "" "$(ls temporary)" "temporary files after a $kind that failed"
    rm "out-folder/b.$kind"
}
limit_file() { (ulimit -f "$1" && shift && exec "$@"); }
export -f limit_file
refused vcd "cannot write the waveform: File too large" bash -c 'limit_file 40 "$@"' -

# A full disk, where this user may make one.
if mkdir small && mount -t tmpfs -o size=64k none small 2>/dev/null; then
    for kind in vcd fst; do
        fill=$((65536 - 4096)) # a page is left
        head -c $fill /dev/zero >small/filled
        (TMPDIR=$work/small refused "$kind" "waveform" env; [ "$failures" -eq 0 ]) ||
            wrong "temporary folder full ($kind)"
        with=(timeout 20)
        expect 2 "small/a.$kind: No space left on device" sim "${one[@]}" --trace "small/a.$kind"
        with=()
        same filled "$(ls small)" "files on the full disk ($kind)"
        rm small/filled
    done
    umount small
fi
finish
