#!/usr/bin/env bash
# show: one point's record, by name or prefix, and the messages for none or several.
source "$(dirname "$0")/lib.sh" "$1"
make_database a.db
point=$(sqlite3 a.db "SELECT point FROM points WHERE scheme = 'consecutive' AND delta_bits = 4 AND parallelism = 8
                      AND network = '784-96-64-10'")

expect 0 "point $point  of made-up  training t784-96-64-10-consecutive-4" show "$point" --db a.db
for words in "weight storage  *330240 bit" "clocks per dot product  *21 clocks" "fit on xc7s15: yes" "weights (bit)  *330240  *89.6 %" \
    "test accuracy  *88.34 %" "count_q.0. to sum_q.15." "delta bits D  *4 bit" "^made-up  *2 .*0.88465" "^train .*0123456789ab"; do
    grep -q "$words" out || wrong "\"$words\" not in show $point"
done
grep -q "^  shuffle  *yes$" out || wrong "a flag is not yes or no"
awk '/^  delta bits D/ { a = index($0, "4 bit") } /^  test accuracy, lower bound over seeds/ { match($0, /[0-9.]+ %/); b = RSTART }
    END { exit !(a > 0 && a == b) }' out || wrong "the values are not below each other"
cp out whole
expect 0 "" show "$(echo "$point" | cut -c1-8 | tr a-f A-F)" --db a.db
cmp -s out whole || wrong "the point by its beginning, in capitals, is not the same"
for name in "${point#p}" "${point:1:6}"; do # as older versions wrote it
    expect 0 "" show "$name" --db a.db
    cmp -s out whole || wrong "the point by its old name $name is not the same"
done

expect 0 "" show "$point" --json --db a.db
sqlite3 :memory: "SELECT json_extract(readfile('out'), '\$.point'), json_array_length(readfile('out'), '\$.runs'),
    json_array_length(readfile('out'), '\$.epochs'), json_array_length(readfile('out'), '\$.jobs'),
    json_extract(readfile('out'), '\$.designs[0].lut')" >got
same "$point|3|9|6|$(sqlite3 a.db "SELECT lut FROM designs WHERE point = '$point'")" "$(cat got)" "the JSON"

# A point that was never trained, with control characters in its data set's name.
expect 0 "f10a700002" show f10a700002 --db a.db
grep -q $'\033' out && wrong "an escape character on standard output"
grep -q "0.0 %" out && wrong "a figure that was not measured"

worse=$(sqlite3 a.db "SELECT point FROM points WHERE scheme = 'fixed-point' AND weight_bits = 4 AND parallelism = 8
                      AND network = '784-96-64-10'")
# What beats it: the designs of the front that do, by the definition in SQL, and by how much.
expect 0 "beaten in test_accuracy (more is better), weight_storage_bits (less is better)" show "$worse" --db a.db
beaten="b.test_accuracy >= a.test_accuracy AND b.weight_storage_bits <= a.weight_storage_bits AND
    (b.test_accuracy > a.test_accuracy OR b.weight_storage_bits < a.weight_storage_bits)"
"$program" pareto --db a.db --csv --columns point 2>/dev/null | tail -n +2 >front
sqlite3 a.db "CREATE TEMP TABLE f (point TEXT)" ".import front f" "SELECT b.point || ' ' || round(b.test_accuracy - a.test_accuracy, 9) || ' ' ||
    (b.weight_storage_bits - a.weight_storage_bits) FROM designs a, designs b WHERE a.point = '$worse' AND b.point IN (SELECT point FROM f)
    AND $beaten ORDER BY 1" >expected
"$program" show "$worse" --json --db a.db >out
sqlite3 :memory: "SELECT json_extract(value, '\$.point') || ' ' || round(json_extract(value, '\$.test_accuracy_difference'), 9) || ' ' ||
    CAST(json_extract(value, '\$.weight_storage_bits_difference') AS INTEGER) FROM json_each(readfile('out'), '\$.dominated_by') ORDER BY 1" >got
[ -s got ] || wrong "nothing beats $worse"
diff expected got || wrong "what beats $worse"
expect 0 "no other design beats it" show "$(head -1 front)" --db a.db
expect 0 "beaten in lut" show "$worse" --min lut --db a.db
expect 2 'no column `lutt`: did you mean `lut`' show "$worse" --min lutt --db a.db
expect 2 "holds words" show "$worse" --max scheme --db a.db

expect 2 "begins the names of 5 points: p034e" show 0 --db a.db
expect 2 "there is no point" show 12 --db a.db
expect 2 "did you mean pf10a700001?" show f10a700091 --db a.db
expect 2 "1 to 64 digits" show "" --db a.db
expect 2 "there is no point" show "' OR 1 --" --db a.db
expect 2 "one point" show --db a.db
expect 2 "one point" show a b --db a.db
expect 2 "none.db" show "$point" --db none.db
finish
