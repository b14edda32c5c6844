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

expect 2 "begins the names of 5 points: p034e" show 0 --db a.db
expect 2 "there is no point" show 12 --db a.db
expect 2 "did you mean pf10a700001?" show f10a700091 --db a.db
expect 2 "1 to 64 digits" show "" --db a.db
expect 2 "there is no point" show "' OR 1 --" --db a.db
expect 2 "one point" show --db a.db
expect 2 "one point" show a b --db a.db
expect 2 "none.db" show "$point" --db none.db
finish
