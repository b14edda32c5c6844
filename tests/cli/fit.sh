#!/usr/bin/env bash
# fit: its rows chosen, ordered and printed, with the accuracies of trainings that a database has.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 400 143 || wrong "no data"
cat >trained.yaml <<END
name: trained
dataset: data
network: [64, 16, 4]
train: {epochs: 1, batch: 100, seeds: 0..2}
axes: {scheme: [fixed-point, fixed-reference], delta_bits: 3, engine: none}
END
cat >hardware.yaml <<END
name: hardware
dataset: data
train: {epochs: 1, batch: 100}
axes: {scheme: [fixed-point, fixed-reference], delta_bits: 3, engine: accelerator, parallelism: [2, 4, 8], network: [64-16-4, 64-8-4]}
device: [xc7s6, xc7s15]
END

# Before anything is trained. A database that is not there is no fault, if it is the usual one.
expect 0 "estimated_macs_per_second" fit hardware.yaml --where "device = 'xc7s15' AND fits <> 'no'"
grep -q "engine" out && wrong "axes in which no point differs: $(head -1 out)"
grep -q "^point  *network  *scheme .*parallelism  *device  *fits" out || wrong "the table: $(head -1 out)"
expect 0 "" fit hardware.yaml --csv --columns device,parallelism,estimated_macs_per_second,estimated_energy_uj \
    --where "device = 'xc7s15' AND estimated_macs_per_second >= 5e8 AND network = '64-16-4'" --order "parallelism DESC, scheme"
same "device,parallelism,estimated_macs_per_second,estimated_energy_uj" "$(head -1 out)" "the chosen columns"
same "8 8 4 4" "$(tail -n +2 out | cut -d, -f2 | tr '\n' ' ' | sed 's/ $//')" "the chosen rows, in order"
awk -F, 'NR > 1 && (!($3 >= 5e8) || !($4 > 0)) { bad = 1 } END { exit bad }' out || wrong "figures: $(cat out)"
expect 0 "" fit hardware.yaml --csv
same 25 "$(wc -l <out)" "rows of CSV"
expect 0 "" fit hardware.yaml --json
expect 0 '"cycle_efficiency": ' fit hardware.yaml --json-lines
same 24 "$(wc -l <out)" "JSON lines"
expect 0 "" fit hardware.yaml --json
"$program" fit hardware.yaml --markdown | grep -q '^| --- ' || wrong "no Markdown table"

# MAC/s are weights by clocks at the estimated clock; lr is an axis that the table does not show.
sqlite3 :memory: "SELECT count(*), sum(abs(json_extract(value, '\$.estimated_macs_per_second') / (1e6 * json_extract(value,
    '\$.estimated_fmax_mhz') * json_extract(value, '\$.weights') / json_extract(value, '\$.cycles_per_inference')) - 1) < 1e-9),
    sum(json_extract(value, '\$.lr') = 0.001) FROM json_each(readfile('out'))" >got
same "24|24|24" "$(cat got)" "JSON"

# Without any training there is no order by accuracy, and it is said, once.
expect 0 "--order: no row has a value of test_accuracy: deltasweep.db has no training" fit hardware.yaml --order "Test_Accuracy DESC"
same 1 "$(grep -c "no row has" err)" "lines of it"
expect 0 "--order: no row has a value of bucket" fit hardware.yaml --order bucket
grep -q training err && wrong "a bucket is not of a training: $(cat err)"
expect 1 "--where: no row has a value of test_accuracy_low" fit hardware.yaml --where "test_accuracy_low > 0"
expect 0 "" fit hardware.yaml --order "parallelism, fill"
grep -q "no row has" err && wrong "every row has these: $(cat err)"

# A file of one point: every device, unless it names one. Several points: the usual device.
sed '/^device/d' hardware.yaml >several.yaml
expect 0 "" fit several.yaml --csv --columns device
same "12 xc7s15" "$(tail -n +2 out | sort | uniq -c | xargs)" "the device of several points"
sed 's/: \[fixed-point, fixed-reference\]/: fixed-point/; s/: \[2, 4, 8\]/: 2/; s/\[64-16-4, 64-8-4\]/64-16-4/' several.yaml >single.yaml
expect 0 "" fit single.yaml --csv --columns device
same 11 "$(tail -n +2 out | sort -u | wc -l)" "devices of a single point"
(cat single.yaml && echo "device: xc7s50") >placed.yaml
expect 0 "" fit placed.yaml --csv --columns device
same "xc7s50" "$(tail -n +2 out)" "the device that a file of a single point names"

# An accelerator reads its weights from LUTs of any kind, which is said where weights_fit is.
expect 0 "" fit --network 784-92-64-10 --delta-bits 7 --parallelism 4 --csv --columns fits,weights_fit --where "device = 'xc7s15'"
same "yes,0" "$(tail -n +2 out)" "weights in LUTs that cannot be RAM"
expect 0 "any LUT holds 64 bits" help columns
"$program" fit --help | tr -s ' \n' ' ' | grep -q "An accelerator may fit where it is 0" || wrong "fit --help does not explain weights_fit"

expect 1 "none of the 24 rows satisfies --where" fit hardware.yaml --where "fill > 100"
expect 1 "that --where keeps can fit" fit --parallelism 128 --weight-memory lut --where "device = 'xc7s6'"
expect 2 'did you mean `parallelism`' fit hardware.yaml --where "paralelism > 1"
expect 2 'did you mean `test_accuracy`' fit hardware.yaml --order "tst_accuracy"
expect 2 'did you mean `fits`' fit hardware.yaml --columns point,fitss
expect 2 "no column \`sweep\`" fit hardware.yaml --where "sweep = 'hardware'"
grep -q designs err && wrong "fit speaks of a view: $(cat err)"
expect 2 "" fit hardware.yaml --where "1); DROP TABLE fit; --"
expect 2 "is not one expression" fit hardware.yaml --where "0) OR (1"
expect 2 'no column `parallelizm`' fit hardware.yaml --where '"parallelizm" > 3'
expect 2 "takes too long" fit hardware.yaml --order \
    "(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c)"
expect 2 "refused" fit hardware.yaml --where "load_extension('x')"
expect 2 "none.db" fit hardware.yaml --db none.db

# The best network that fits and is fast enough: one command, once the networks are trained, whatever the hardware.
expect 0 "" run trained.yaml --db deltasweep.db
expect 0 "" fit hardware.yaml --csv --columns network,scheme,device,test_accuracy,n --where "device = 'xc7s15' AND fits <> 'no'
    AND estimated_macs_per_second >= 5e8" --order "test_accuracy DESC"
sqlite3 deltasweep.db "SELECT printf('%.9f', max(mean)) FROM (SELECT avg(test_accuracy) AS mean FROM trainings GROUP BY training)" >best
same "$(cat best) 3" "$(sed -n 2p out | awk -F, '{ printf "%.9f %d", $4, $5 }')" "the best network"
tail -n +2 out | grep '^64-8-4' | grep -qv ',,$' && wrong "an accuracy of a network that is not trained"
grep -q '^64-8-4.*,,$' out || wrong "no row without an accuracy"
expect 0 "" fit --json --network 64-16-4 --dataset data --scheme fixed-point --epochs 1 --batch 100 --db deltasweep.db
sqlite3 :memory: "SELECT json_extract(value, '\$.test_accuracy_low') < json_extract(value, '\$.test_accuracy')
    AND json_extract(value, '\$.test_accuracy') < json_extract(value, '\$.test_accuracy_high') FROM json_each(readfile('out'))" | sort -u >got
same 1 "$(cat got)" "the interval of an accuracy"
sqlite3 deltasweep.db "SELECT 1 FROM designs WHERE test_accuracy_low IS NOT NULL" | grep -q 1 || wrong "no interval in the database"
grep -q '"n": 3' out || wrong "one point without its accuracy"

# A recorded value that is none of its axis, as a database of others may hold.
make_database odd.db
point=$(sqlite3 odd.db "SELECT point FROM points ORDER BY id LIMIT 1")
expect 0 "" fit "$point" --db odd.db
for value in -4000000000 4294967304; do # cut to 32 bits: 294967296 and 8
    sqlite3 odd.db "UPDATE points SET parallelism = $value"
    expect 3 "the point's parallelism" fit "$point" --db odd.db
done
sqlite3 odd.db "UPDATE points SET parallelism = 8, lr = 9e999"
expect 3 "the point's lr" fit "$point" --db odd.db
finish
