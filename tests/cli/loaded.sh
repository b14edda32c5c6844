#!/usr/bin/env bash
# A point that began with loaded weights keeps its names when a command reads it back from the database, although the file
# is gone by then, and is never taken for the point of the same settings that began with random weights.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 1000 400 || wrong "no data"
one=(--dataset data --network 64-7-4 --batch 100 --scheme fixed-reference --delta-bits 3 --parallelism 3 --db a.db)
names() { sqlite3 a.db "SELECT point, training FROM points WHERE $1"; }
# expect_row NAMES ACCURACY WHAT: what `fit --csv` printed into out.
expect_row() { same "${1//|/,},$2" "$(sed -n 2p out | tr -d '\r')" "$3"; }
accuracy() { sqlite3 a.db "SELECT test_accuracy FROM trainings WHERE training = '${1#*|}'"; }
columns=(--csv --columns point,training,test_accuracy --where "device = 'xc7s15'" --db a.db)

expect 0 "" train "${one[@]}" --epochs 1 --seed 3 --save net.safetensors
rm a.db
expect 0 "" train "${one[@]}" --epochs 2 --engine accelerator --load net.safetensors
expect 0 "" train "${one[@]}" --epochs 2 --engine accelerator --load net.safetensors --load-order 0,3
expect 0 "" train "${one[@]}" --epochs 0 --engine accelerator --load net.safetensors
expect 0 "" train "${one[@]}" --epochs 2 --engine operator --load net.safetensors
mv net.safetensors gone.safetensors
loaded=$(names "epochs = 2 AND engine = 'accelerator' AND load_order IS NULL")
ordered=$(names "load_order = '0,3'") as_it_is=$(names "epochs = 0") operator=$(names "engine = 'operator'")
same "${loaded#*|}" "${operator#*|}" "the training of two engines"
expect 0 "" train "${one[@]}" --epochs 2 --engine accelerator
random=$(names "loaded IS NULL")

for row in "$loaded" "$ordered" "$as_it_is" "$operator" "$random"; do
    expect 0 "" fit "${row%|*}" "${columns[@]}"
    [ -n "$(accuracy "$row")" ] || wrong "no accuracy of $row"
    expect_row "$row" "$(accuracy "$row")" "fit of $row"
done
[ "$(accuracy "$loaded")" != "$(accuracy "$random")" ] || wrong "the accuracies do not tell the points apart"
# Other hardware has the same training, another recipe does not.
expect 0 "" fit "${loaded%|*}" --parallelism 2 --csv --columns training,test_accuracy --db a.db
same "${loaded#*|},$(accuracy "$loaded")" "$(sed -n 2p out | tr -d '\r')" "other hardware"
expect 0 "" fit "${loaded%|*}" --epochs 3 --csv --columns training,n --db a.db
case $(sed -n 2p out) in *",") [ "$(sed -n 2p out)" != "${loaded#*|}," ] ;; *) false ;; esac || wrong "epochs: $(cat out)"

# export.
expect 0 "point ${loaded%|*}, seed 0" export "${loaded%|*}" engine --db a.db
grep -q "^Point ${loaded%|*} of" engine/README.md || wrong "the README names another point"
grep -q "with the weights of the file net.safetensors" engine/README.md || wrong "the README does not say what was loaded"
grep -q "import-report ${loaded%|*} .* --db a.db$" engine/README.md || wrong "import-report: $(grep import-report engine/README.md)"
grep -q "calibration --db a.db$" engine/README.md || wrong "calibration: $(grep calibration engine/README.md)"
expect 0 "" export "${as_it_is%|*}" untrained --db a.db
grep -q "Nothing was trained" untrained/README.md || wrong "untrained: $(cat untrained/README.md)"
expect 0 "" export "${ordered%|*}" ordered --db a.db
grep -q "net.safetensors, layers in the order 0,3" ordered/README.md || wrong "no order in the README"
cp a.db "an odd'name.db"
expect 0 "" export "${random%|*}" odd --db "an odd'name.db"
grep -q "loaded\|file net" odd/README.md && wrong "nothing was loaded here"
same "an odd'name.db" "$(eval "set -- $(grep import-report odd/README.md)" && echo "${!#}")" "a name that a shell would cut"
expect 2 "deltasweep show ${loaded%|*}\`" export "${loaded%|*}" none --seed 4 --db a.db
expect 2 "point ${operator%|*} is an operator" export "${operator%|*}" none --db a.db

# A row of an older format has its names, but not what they are made from.
sqlite3 a.db "UPDATE points SET loaded_digest = NULL, load_order = NULL"
for row in "$loaded" "$as_it_is" "$random"; do
    expect 0 "" fit "${row%|*}" "${columns[@]}"
    expect_row "$row" "$(accuracy "$row")" "fit of an older $row"
done
expect 0 "" fit "${loaded%|*}" --parallelism 2 --csv --columns training,test_accuracy --db a.db
same "${loaded#*|},$(accuracy "$loaded")" "$(sed -n 2p out | tr -d '\r')" "other hardware of an older row"
expect 0 "point ${loaded%|*}, seed 0" export "${loaded%|*}" older --db a.db
# The next run records it.
mv gone.safetensors net.safetensors
expect 0 "" train "${one[@]}" --epochs 2 --engine accelerator --load net.safetensors
same 1 "$(sqlite3 a.db "SELECT count(loaded_digest) FROM points WHERE point = '${loaded%|*}'")" "the digest"
finish
