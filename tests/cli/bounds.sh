#!/usr/bin/env bash
# What is read is bounded: devices, pipes, files without an end, headers and archives that become gigabytes, values and
# functions of SQL. All of it within 300 MB and some seconds.
source "$(dirname "$0")/lib.sh" "$1"
most_kb=300000 times=1
ldd "$program" | grep -q libasan && times=3 # it keeps what was freed
make_database a.db
point=$(sqlite3 a.db "SELECT point FROM points LIMIT 1")
mkfifo pipe
printf 'a,b,label\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n' >train.csv

# bounded CODE WORD COMMAND…: as expect, with its memory and time.
bounded() {
    local code=$1 word=$2 kb
    shift 2
    /usr/bin/time -f %M -o kb timeout 20 "$program" "$@" >out 2>err </dev/null
    local got=$?
    [ "$got" -eq "$code" ] || wrong "exit code $got, not $code: $* ($(head -c 300 err))"
    [ -z "$word" ] || grep -qF -- "$word" err || wrong "\"$word\" not said by: $* ($(head -c 300 err))"
    kb=$(tail -1 kb)
    [ "$kb" -lt $((times * most_kb)) ] || wrong "$kb kB: $*"
}

# Devices, pipes, and files without an end, wherever a file is named.
truncate -s 1T endless
truncate -s 1T endless.npz endless.safetensors endless.dsn
for no_file in /dev/zero /dev/urandom /dev/full; do
    bounded 3 "a pipe or a device" import-report "$point" $no_file --db a.db
    bounded 3 "a pipe or a device" import-points $no_file --db a.db
    bounded 3 "a pipe or a device" run $no_file --db b.db
    bounded 2 "not a plain file" query "SELECT 1" --db $no_file
    bounded 2 "not a plain file" merge a.db $no_file -o c.db
done
bounded 3 "more than 64 MiB" import-report "$point" endless --db a.db
bounded 3 "more than 16 MiB" import-points endless --db a.db
bounded 3 "more than 1 MiB" run endless --db b.db
bounded 2 "is not a database" query "SELECT 1" --db endless
bounded 2 "not a plain file" query "SELECT 1" --db pipe
bounded 2 "not a plain file" merge a.db pipe -o c.db

# A pipe to which nobody writes; a pipe with a writer gives a small text.
{ bounded 3 "nobody writes" import-points pipe --db a.db; mv err err1; [ -s err1 ]; } &
sleep 0.1
"$program" import-points <(printf 'name,source,test_accuracy\na,b,0.9\n') --db a.db 2>err || wrong "process substitution: $(cat err)"
printf 'name,source,test_accuracy\na,b,0.9\n' | "$program" import-points /dev/stdin --db a.db 2>err || wrong "/dev/stdin: $(cat err)"
{ sleep 0.3; printf 'name,source,'; sleep 0.3; printf 'test_accuracy\na,b,0.9\n'; } |
    "$program" import-points /dev/stdin --db a.db 2>err || wrong "a slow writer: $(cat err)"
wait
[ -s err1 ] || wrong "a pipe without a writer"
head -c 30000000 /dev/zero | tr '\0' 'x' >big
timeout 20 "$program" import-points <(cat big) --db a.db 2>err && wrong "a pipe of 30 MB"
grep -q "more than 16 MiB" err || wrong "a pipe of 30 MB: $(cat err)"
"$program" query - --db a.db <big >out 2>err && wrong "SQL of 30 MB"
grep -q "more than 1 MiB" err || wrong "SQL of 30 MB: $(cat err)"
timeout 20 "$program" query - --db a.db </dev/zero >out 2>err && wrong "SQL of zeros without an end"
echo "SELECT 7" | "$program" query - --db a.db >out 2>err || wrong "query -"

# Data sets and networks.
mkdir data arrays
cp train.csv data/train.csv
ln -s /dev/zero data/test.csv
bounded 3 "a pipe or a device" data data
rm data/test.csv
cp train.csv data/test.csv
mkdir sparse
truncate -s 1T sparse/train.csv
cp train.csv sparse/test.csv
bounded 3 "the most that is read" data sparse
truncate -s 1T arrays/train-x.npy
touch arrays/train-y.npy arrays/test-x.npy arrays/test-y.npy
bounded 3 "the most that is read" data arrays
rm arrays/train-x.npy
# 4 MB of gzip that are 1.1 GB of zeros.
head -c 67108864 /dev/zero | gzip -1 >member
for ((k = 0; k < 17; k++)); do cat member; done >arrays/train-x.npy.gz
usual=$most_kb most_kb=1200000
bounded 3 "the most that is read" data arrays
most_kb=$usual
printf 'name: n\ndataset: data\nnetwork: [2, 2]\ntrain: {epochs: 0}\naxes: {engine: none}\n' >net.yaml
for network in endless.npz endless.safetensors endless.dsn; do
    sed "s/epochs: 0/&, load: $network/" net.yaml >load.yaml
    bounded 3 "the most that is read" run load.yaml --db b.db
done
for network in pipe /dev/zero; do
    sed "s|epochs: 0|&, load: $network|" net.yaml >load.yaml
    bounded 3 "a pipe or a device" run load.yaml --db b.db
done
# A header of 60 MB, which was 1.2 GB as JSON.
awk 'BEGIN { printf "{"; for (i = 0; i < 700000; i++)
    printf "%s\"t%d\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}", i ? "," : "", i, 4 * i, 4 * i + 4
    printf "}" }' >header
{
    n=$(stat -c %s header)
    for ((k = 0; k < 8; k++)); do printf "\\x$(printf %02x $((n >> 8 * k & 255)))"; done
    cat header
    head -c 2800000 /dev/zero
} >header.safetensors
sed "s/epochs: 0/&, load: header.safetensors/" net.yaml >load.yaml
bounded 3 "a header of" run load.yaml --db b.db

# One value, and the rows, of a query.
bounded 2 "a value of more than 64 MiB" query "SELECT hex(zeroblob(400000000))" --db a.db
bounded 2 "a value of more than 64 MiB" query "SELECT zeroblob(400000000)" --db a.db
bounded 0 "" query "SELECT length(zeroblob(60000000))" --db a.db

# A function that looks at no clock ends soon when somebody asks to stop.
printf 'name: s\ndataset: data\nnetwork: [2, 2]\ntrain: {epochs: 1}\naxes: {delta_bits: 2..4, engine: none}\nwhere: "%s"\n' \
    "length(printf('%.*c', 2000000000, 'x')) > 1 AND delta_bits > 1" >slow.yaml
"$program" run slow.yaml --db s.db 2>err &
pid=$!
sleep 1
began=$(date +%s%N)
kill -INT $pid
wait $pid
same 130 $? "exit code of a stopped function"
ms=$((($(date +%s%N) - began) / 1000000))
[ "$ms" -lt 5000 ] || wrong "stopped after $ms ms"
grep -q "asked to stop" err || wrong "a stopped function: $(cat err)"
bounded 3 "too big" run <(sed "s/length.*'x'))/instr(hex(zeroblob(500000)), hex(zeroblob(250000))||'1')/" slow.yaml) --db s.db
bounded 3 "too complex" run <(sed "s/length.*'x'))/(hex(zeroblob(1000)) LIKE hex(zeroblob(600)))/" slow.yaml) --db s.db
bounded 2 "too complex" pareto --max test_accuracy --where "hex(zeroblob(1000)) LIKE hex(zeroblob(600))" --db a.db
bounded 2 "a text of more than" pareto --max test_accuracy --where "hex(zeroblob(1000000)) > 1" --db a.db
# Numbers beyond what is measured or counted.
for value in 1e304 1e-300 100001; do
    printf 'name,source,fmax_mhz\na,b,%s\n' $value >points.csv
    bounded 3 "points.csv:2: \`fmax_mhz\` is \`$value\` MHz: 0, or a number from" import-points points.csv --db a.db
done
printf 'name,source,macs_per_second\na,b,1e300\n' >points.csv
bounded 3 "1e+18 is expected" import-points points.csv --db a.db
printf 'name,source,fmax_mhz,lut\na,b,600.5,0\n' >points.csv
bounded 0 "1 point recorded" import-points points.csv --db a.db
for time in 1e300 1e308d 1157d8; do bounded 2 "--tool-time" run net.yaml --tool-time $time --db b.db; done
bounded 2 "--tool-time 2000d is more than" run net.yaml --tool-time 2000d --db b.db
# Seeds: all whole numbers up to 2^53, which every reader has.
last=9007199254740992
printf 'name: seeds\ndataset: data\nnetwork: [2, 2]\ntrain: {epochs: 1, seeds: [0, 2147483648, %s..%s]}\naxes: {engine: none}\n' \
    $((last - 1)) $last >seeds.yaml
bounded 0 "4 jobs done" run seeds.yaml --db seeds.db
same "0 2147483648 9007199254740991 $last " "$("$program" query "SELECT seed FROM results ORDER BY seed" --db seeds.db --csv |
    tail -n +2 | tr '\n' ' ')" "seeds of the record"
same 4 "$("$program" query "SELECT count(DISTINCT loss) AS n FROM learning_curves" --db seeds.db --csv | tail -1)" "trainings"
same "$last" "$("$program" query "SELECT max(seed) AS s FROM results" --db seeds.db --json | tr -dc 0-9)" "a seed in JSON"
bounded 0 "" report --db seeds.db -o seeds.html
grep -q "\"seed\": {\"list\": \[0, 2147483648, 9007199254740991, $last\]" seeds.html || wrong "seeds of the page"
sed "s/$last]/$((last + 1))]/" seeds.yaml >more.yaml
bounded 3 "from 0 to $last" run more.yaml --db seeds.db
bounded 2 "from 0 to $last" export "$point" engine --seed $((last + 1)) --db a.db

# A database from somebody else: what would act in it, and tables that are something else, are refused before they are read.
make_database ours.db
sqlite3 ours.db .dump >before
for plant in "CREATE TRIGGER helpful AFTER INSERT ON jobs BEGIN DELETE FROM points; END" \
    "ALTER TABLE rungs ADD COLUMN twice REAL AS (seconds * 2)" \
    "ALTER TABLE rungs RENAME TO r; CREATE VIEW rungs AS SELECT * FROM r" \
    "ALTER TABLE rungs ADD COLUMN more TEXT" \
    "DROP TABLE rungs; CREATE VIRTUAL TABLE rungs USING fts5(job, training, epochs, seconds)"; do
    rm -f theirs.db
    make_database theirs.db
    sqlite3 theirs.db "PRAGMA foreign_keys = OFF; $plant" || wrong "$plant"
    bounded 2 "theirs.db has" merge theirs.db --db ours.db
    sed "s/^where.*//" slow.yaml >quick.yaml
    bounded 2 "theirs.db has" run quick.yaml --db ours.db --from theirs.db
    sqlite3 ours.db .dump | cmp -s - before || wrong "changed by $plant"
done
sqlite3 ours.db "CREATE TRIGGER helpful AFTER INSERT ON jobs BEGIN DELETE FROM points; END"
bounded 2 "the trigger \`helpful\`" run quick.yaml --db ours.db
bounded 2 "the trigger \`helpful\`" query "SELECT 1" --db ours.db
finish
