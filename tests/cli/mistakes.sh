#!/usr/bin/env bash
# Mistakes that would cost results: files named where a log or a page is to be written, a database taken from itself,
# and one that disappears during a run.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 40 20 || wrong "no data"
# yaml NAME NETWORK EPOCHS: two trainings.
yaml() {
    printf '%s\n' "name: $1" "dataset: data" "network: $2" "train: {epochs: $3, batch: 20}" \
        "axes: {scheme: fixed-point, weight_bits: [3, 4], frac_bits: 2, engine: none}" >"$1.yaml"
}
yaml a 64-8-4 2
expect 0 "2 jobs done" run a.yaml --db a.db --log-json a.log
cp a.yaml was.yaml

# A log is appended to logs alone.
expect 2 "is the database" run a.yaml --db b.db --log-json ./b.db
[ ! -e b.db ] || wrong "a refused log left a file"
expect 2 "a.db holds something else than a log" run a.yaml --db a.db --log-json a.db
expect 2 "a.yaml holds something else than a log" run a.yaml --db a.db --log-json a.yaml
cmp -s a.yaml was.yaml || wrong "a log was written into the sweep"
mkfifo pipe
with=(timeout 20)
expect 2 "nobody reads from pipe" run a.yaml --db a.db --log-json pipe
with=()
cat pipe >piped &
expect 0 "" run a.yaml --db c.db --log-json pipe
wait $!
same "$(wc -l <a.log)" "$(wc -l <piped)" "events through a pipe"

# A page, a plot never takes the place of a database, also not through a link.
ln -s a.db page.html
ln -s a.db plot.gp
expect 2 "page.html is a database" report --db a.db -o page.html
expect 2 "plot.gp is a database" plot --db a.db --x weight_bits --y test_accuracy -o plot.gp
expect 2 "a.db is a database" report --db c.db -o a.db
same 2 "$(sqlite3 a.db "SELECT count(*) FROM training")" "trainings after these mistakes"

# A database has nothing to take from itself: the wait for its own lock would not end.
ln a.db same.db
with=(timeout 20)
expect 2 "is the database of the run" run a.yaml --db a.db --from same.db
yaml search 64-8-4 2
printf 'search: {method: random, objectives: [max validation_accuracy], budget: {trainings: 1}}\n' >>search.yaml
expect 2 "is the database of the run" run search.yaml --db a.db --from same.db --shard 1/2
with=()

# A database that is deleted, moved or replaced ends the run, with the word that its results are not there.
yaml long 64-32-4 100000
for gone in "rm long.db" "mv long.db elsewhere.db" "mv c.db long.db"; do
    rm -f long.db*
    timeout 60 "$program" run long.yaml --db long.db --jobs 1 >out 2>err &
    pid=$!
    for ((i = 0; i < 500; i++)); do
        [ "$(sqlite3 long.db "SELECT count(*) FROM running" 2>/dev/null)" != 1 ] || break
        sleep 0.02
    done
    $gone
    wait $pid
    same 2 $? "exit code after $gone"
    grep -q "long.db was deleted, moved or replaced" err || wrong "$gone: $(tail -1 err)"
done
finish
