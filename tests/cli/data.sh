#!/usr/bin/env bash
# A table of numbers and words, as a person brings one: trained on, deployed, and run through the accelerator's RTL bit
# for bit; what is wrong with a table is said with its line and column.
source "$(dirname "$0")/lib.sh" "$1"
mkdir table
# Three kinds, apart in two of the four columns; one column is constant, one noise on another scale.
rows() { # rows NUMBER SEED
    awk -v n="$1" -v seed="$2" 'BEGIN {
        srand(seed)
        split("setosa versicolor virginica", kind)
        print "\"length, cm\",noise,kind,width,one"
        for (i = 0; i < n; i++) {
            k = int(3 * rand())
            printf "%.3f,%.1f,%s,%.3f,1\n", 4 + k + rand(), 1000 * rand(), kind[k + 1], 3 - (k - 1) * (k - 1) + rand()
        }
    }'
}
rows 400 1 >table/train.csv
rows 200 2 | gzip >table/test.csv.gz
one=(--dataset table:kind --network 4-12-3 --epochs 20 --batch 20 --lr 0.01 --delta-bits 3 --parallelism 4 --db a.db)

expect 0 "standard deviation" help data
expect 0 "table" data table:kind
grep -q "^    2 .*virginica$" out && grep -q "^    0 .*length, cm$" out && grep -q "beyond -2 or 2" out || wrong "data: $(cat out)"
expect 0 '"outside": ' data table:kind --json
same "400 200 4 setosa noise 400 200" "$(sqlite3 :memory: "SELECT json_extract(d, '\$.training') || ' ' || json_extract(d, '\$.test') || ' ' ||
    json_extract(d, '\$.features') || ' ' || json_extract(d, '\$.classes[0].label') || ' ' || json_extract(d, '\$.columns[1].column') || ' ' ||
    (SELECT sum(json_extract(value, '\$.training')) || ' ' || sum(json_extract(value, '\$.test')) FROM json_each(d, '\$.classes'))
    FROM (SELECT readfile('out') AS d)")" "the data set as JSON"
expect 2 "which data set" data
expect 2 "there is no such folder" data nowhere
printf 'PK' >images.npz
expect 3 "images.npz: damaged or cut short, or not a zip archive" data images.npz
expect 2 "an archive (FILE.npz), or a folder" data pictures.npz
expect 3 "no column is called" data table

expect 0 "1 job done" train "${one[@]}"
expect 0 "" sim --engine accelerator "${one[@]}" --json
grep -q '"mismatches": *0' out && grep -q '"images": *200' out || wrong "not every line went through the RTL: $(cat out)"
same 1 "$(sqlite3 a.db "SELECT deployed_accuracy > 0.9 AND rtl_accuracy = deployed_accuracy AND rtl_mismatches = 0
    AND cycles_per_inference = schedule_cycles FROM results WHERE engine = 'accelerator'")" "the table through the RTL"
expect 0 "0 jobs done" sim --engine accelerator "${one[@]}"

# The same numbers under another name are the same data: nothing is trained again. Other numbers are not.
cp -r table copy
expect 0 "0 jobs done" train "${one[@]/#table:kind/copy:kind}"
sed -i '3s/^[0-9.]*/9.5/' copy/train.csv
expect 0 "1 job done" train "${one[@]/#table:kind/copy:kind}"

# What an engineer gets: golden vectors of the table's lines.
point=$(sqlite3 a.db "SELECT point FROM results WHERE engine = 'accelerator'")
expect 0 "" export "$point" engine --db a.db
grep -q '^1,"noise",[0-9.]*,[0-9.]*$' engine/inputs.csv || wrong "inputs.csv: $(cat engine/inputs.csv)"
grep -q '^0,"length, cm",' engine/inputs.csv || wrong "inputs.csv: $(cat engine/inputs.csv)"
same "0,\"setosa\"" "$(sed -n 2p engine/classes.csv)" "classes.csv"
grep -q "inputs.csv" engine/README.md || wrong "the README does not say where the inputs come from"
# The first activation of the first line, from the table and inputs.csv alone.
same "$(awk -F, -v f=5 'NR == FNR { if (FNR == 2) { mean = $4; deviation = $5 } next }
    FNR == 2 { x = ($1 - mean) / (2 * deviation) * 2 ^ f; print int(x < 0 ? x - 0.5 : x + 0.5) }' \
    engine/inputs.csv <(zcat table/test.csv.gz))" "$((x = 16#$(head -n 1 engine/sim/pixels.hex), x < 64 ? x : x - 128))" \
    "an activation by hand"

# One table that is split, with semicolons, words and tabs; what is missing is said.
{
    echo "length;colour;kind"
    awk 'BEGIN { srand(3); split("red blue green", c); for (i = 0; i < 300; i++) { k = int(3 * rand()); printf "%.2f;%s;k%d\n", rand(), c[k + 1], k } }'
} >one.csv
expect 3 "is not a number" data one.csv:kind,split=0.2
expect 3 "one.csv:kind,split=0.2" data one.csv:kind
expect 3 "split=0.2, or split=20%" data one.csv:kind,split=2
expect 3 "no column is called \`color\`" data one.csv:kind,split=0.2,onehot=color
expect 0 "colour=blue" data one.csv:kind,split=20%,onehot
grep -q "^training  240$" out && grep -q "^test      60$" out && grep -q "^features  4 " out || wrong "a split table: $(cat out)"
expect 0 "" train --dataset one.csv:kind,split=0.2,onehot=colour --network 4-8-3 --epochs 10 --batch 20 --lr 0.02 --engine none --db d.db
same 1 "$(sqlite3 d.db "SELECT deployed_accuracy > 0.95 FROM results")" "words as inputs"
tr ';' '\t' <one.csv | gzip >one.tsv.gz
expect 0 "colour=blue" data one.tsv.gz:kind,split=0.2,onehot
mkdir parts
head -n 201 one.csv >parts/train.csv
{ head -n 1 one.csv; tail -n 100 one.csv; } >parts/test.csv
expect 0 "colour=green" data parts:kind,onehot
expect 3 "a folder has its test set" data parts:kind,onehot,split=0.2
printf '1;mauve;k1\n' >>parts/test.csv
expect 3 "test.csv:102: column \`colour\`: no line of the training set has \`mauve\`" data parts:kind,onehot
cp parts/test.csv parts/test.tsv
expect 3 "it holds train.csv and train.tsv" data parts:kind,onehot
iconv -f UTF-8 -t UTF-16 one.csv >wide.csv
expect 3 "this is UTF-16; save it as UTF-8" data wide.csv:kind,split=0.2

# Arrays whose numbers do not fit are said, with a scale; standardised they do.
"$(dirname "$program")/tests/make_arrays" arrays 300 100 255 || wrong "no arrays"
array=(--network 8-8-3 --epochs 30 --batch 20 --lr 0.01 --engine none --db c.db)
expect 0 "saturate" data arrays
grep -qF "(x - 127." out && grep -qF "arrays:standardise" out || wrong "no scale: $(cat out)"
expect 0 '"features_with_few_values": 0' data arrays:standardise --json
expect 0 "deltasweep: inputs: " train --dataset arrays "${array[@]}"
expect 0 "" train --dataset arrays:standardise "${array[@]}"
grep -q "inputs: " err && wrong "standardised inputs were blamed: $(cat err)"
expect 0 "" train --dataset arrays "${array[@]}" --scheme float
grep -q "inputs: " err && wrong "a float network saturates nothing: $(cat err)"
"$(dirname "$program")/tests/make_arrays" small 300 100 0.002 || wrong "no arrays"
expect 0 "become 0 with 5 fraction bits" data small
expect 0 "8 of 8 features that vary have only 1 to 3 values left" train --dataset small "${array[@]}"
printf '%s\n' 'name: formats' 'dataset: small' 'network: [8, 8, 3]' 'axes: {engine: none, frac_bits: [5, 7]}' >formats.yaml
expect 0 "in the integer network of weight_bits 8 and frac_bits 5;" run formats.yaml --dry-run
same "1|1|0" "$(sqlite3 c.db "SELECT max(test_accuracy) FILTER (WHERE dataset = 'arrays:standardise') > 0.9,
    max(deployed_accuracy) FILTER (WHERE dataset = 'arrays:standardise') > 0.9,
    max(deployed_accuracy) FILTER (WHERE dataset = 'small') > 0.9 FROM results")" "accuracy of standardised inputs"

# What is odd is noted by both commands: here one wrong number of a column.
mkdir spoilt
sed '6s/^[0-9.]*/-999/' table/train.csv >spoilt/train.csv
cp table/test.csv.gz spoilt/
expect 0 "note: column \`length, cm\`: its numbers reach from -999" data spoilt:kind
expect 0 '"column `length, cm`: its numbers reach' data spoilt:kind --json
expect 0 "spoilt:kind: column \`length, cm\`" train --dataset spoilt:kind --network 4-8-3 --epochs 1 --engine none --scheme float --db c.db
expect 0 "" data table:kind
grep -q "^note: " out && wrong "a good table has a note: $(cat out)"

expect 3 "no column is called \`label\`" train --dataset table --network 4-12-3 --db b.db
expect 3 "did you mean FOLDER:kind?" train --dataset table:kinds --network 4-12-3 --db b.db
expect 2 "4 features" train --dataset table:kind --network 5-12-3 --db b.db
sed '5s/,[a-z]*,/,,/' table/train.csv >copy/train.csv
expect 3 "train.csv:5: column \`kind\`: a missing value" train --dataset copy:kind --network 4-12-3 --db b.db
sed '7s/^[0-9.]*/?/' table/train.csv >copy/train.csv
expect 3 "train.csv:7: column \`length, cm\`: a missing value" train --dataset copy:kind --network 4-12-3 --db b.db
cp table/train.csv copy/
rm copy/test.csv.gz
expect 2 "neither test.csv.gz nor test.csv is there" train --dataset copy:kind --network 4-12-3 --db b.db
[ -e b.db ] && wrong "something made a database"
finish
