#!/usr/bin/env bash
# kill -9 at random moments of what writes a file: report, plot, train --save, export, merge. After each kill the file is the
# whole old one or the whole new one (a database has all rows of a merged one or none), and a reader of the databases is
# answered all the while. The next good run takes away what the killed ones left beside the file. $2: how many kills of each. TEST_SEED=… repeats the moments.
source "$(dirname "$0")/lib.sh" "$1"
wanted=${2:-4}
seed=${TEST_SEED:-$(date +%s%N)}
RANDOM=$((seed % 32768))
echo "TEST_SEED=$seed"
mkdir data old new
"$(dirname "$program")/tests/make_data" data 2000 300 || wrong "no data"
train=(train --dataset data --network 64-64-4 --scheme fixed-reference --delta-bits 3 --epochs 3)
expect 0 "" "${train[@]}" --engine accelerator --parallelism 2 --db net.db
point=$(sqlite3 net.db "SELECT point FROM points")
for name in a b; do
    "$(dirname "$program")/tests/make_store" $name.db
    sed "s/WHERE i < 19999/WHERE i < 4999/; s/'many'/'$name'/" "$source_dir/tests/cli/many.sql" | sqlite3 $name.db >/dev/null
    sqlite3 $name.db "PRAGMA journal_mode = WAL" >/dev/null
done

# write KIND PLACE: what is killed. whole KIND PLACE: what of the file must be as in that of a run that was not.
write() {
    case $1 in
    merge) "$program" merge a.db b.db -o "$2" ;;
    report) "$program" report a.db -o "$2" ;;
    plot) "$program" plot --db a.db --x weight_storage_bits --y test_accuracy --color scheme -o "$2" ;;
    save) "$program" "${train[@]}" --engine accelerator --parallelism 2 --db net.db --save "$2" ;;
    export) "$program" export "$point" "$2" --db net.db ;;
    esac
}
whole() {
    case $1 in
    merge) sqlite3 "$2" "PRAGMA integrity_check; SELECT count(*), sum(test_accuracy) FROM results" ;;
    report) tail -c 9 "$2" && stat -c %s "$2" ;;
    plot) grep -v "Produced" "$2" | sha256sum ;;
    save) sha256sum <"$2" ;;
    export) (cd "$2" && find . -type f -exec sha256sum {} + | sort | sha256sum) ;;
    esac
}

name_of() {
    case $1 in
    merge) echo all.db ;;
    report) echo page.html ;;
    plot) echo front.svg ;;
    save) echo net.dsn ;;
    export) echo folder ;;
    esac
}

reader() {
    local reads=0
    while [ ! -e stop ]; do
        for db in a b net; do
            if "$program" query "SELECT count(*) FROM points" --db $db.db >reader.out 2>reader.err; then
                reads=$((reads + 1))
            else
                cat reader.err >>reader.failed
            fi
        done
        sleep 0.05
    done
    echo $reads >reads
}
reader &
reader=$!

for kind in merge report plot save export; do
    name=$(name_of $kind)
    began=$(date +%s%N)
    write $kind new/$name >out 2>err || wrong "$kind, undisturbed: $(tail -2 err)"
    took_ms=$((($(date +%s%N) - began) / 1000000 + 20))
    expected=$(whole $kind new/$name)
    kills=0 finished=0
    for try in $(seq $((6 * wanted))); do
        [ $kills -lt "$wanted" ] || break
        # A new file or, of what may be replaced, an old one.
        before=none
        if [ $((try % 2)) = 0 ] && [ $kind != merge ] && [ $kind != export ]; then
            echo old >old/$name
            before=old
        else
            rm -rf old/*
        fi
        (write $kind old/$name) >/dev/null 2>&1 &
        pid=$!
        ms=$((RANDOM * took_ms / 32768))
        sleep "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))"
        child=$(ps -o pid= --ppid $pid | head -1) # the program, below the shell of the function
        kill -9 ${child:-$pid} 2>/dev/null && kills=$((kills + 1)) || finished=$((finished + 1))
        wait $pid 2>/dev/null
        if [ ! -e old/$name ]; then
            [ $before = none ] || wrong "$kind: the old file is gone"
        elif [ $kind = merge ]; then
            same ok "$(sqlite3 old/$name "PRAGMA integrity_check")" "integrity of what was merged"
            same "" "$(sqlite3 old/$name "SELECT sweep FROM results GROUP BY sweep HAVING count(*) <> 15000" 2>/dev/null)" \
                "sweeps that are there by half"
        elif [ $before = none ] || ! printf 'old\n' | cmp -s - old/$name; then
            same "$expected" "$(whole $kind old/$name 2>&1)" "$kind after a kill at $ms ms of $took_ms"
        fi
    done
    [ $kills -ge "$wanted" ] || wrong "$kind: only $kills kills hit it"
    rm -rf old/$name
    write $kind old/$name >out 2>err || wrong "$kind after kills: $(tail -2 err)"
    same "$expected" "$(whole $kind old/$name)" "$kind after kills"
    same "old/$name" "$(find old -mindepth 1 -maxdepth 1)" "$kind: what lies beside it"
    rm -rf old/*
    echo "$kind: $kills kills within $took_ms ms, $finished came too late"
done
touch stop
wait $reader
[ -e reader.failed ] && wrong "the reader: $(head -3 reader.failed)"
for db in a b net; do
    same ok "$(sqlite3 $db.db "PRAGMA integrity_check")" "integrity of $db.db"
done
echo "the reader was answered $(cat reads) times"
finish
