#!/usr/bin/env bash
# train --save and --load: networks leave and come back, in our format and in PyTorch's.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 3000 500 || wrong "no data"
"$(dirname "$program")/tests/make_arrays" arrays 600 200 1 || wrong "no arrays"
point=(--dataset data --network 64,32,4 --db a.db)
accuracy() { sqlite3 a.db "SELECT printf('%.4f', test_accuracy) FROM results WHERE $1"; }

expect 0 "" train "${point[@]}" --epochs 4 --save net.dsn
for file in net.safetensors folder/; do # it is trained already, and only written
    expect 0 "1 done before" train "${point[@]}" --epochs 4 --save $file
    [ -e $file ] || wrong "no $file"
done
expect 0 "" train "${point[@]}" --epochs 4 --save again.dsn
cmp -s net.dsn again.dsn || wrong "saved twice, two networks"
for file in net.dsn net.safetensors folder; do
    expect 0 "" train "${point[@]}" --epochs 0 --load $file
    same 1 "$(sqlite3 a.db "SELECT count(*) FROM results r, results s WHERE r.loaded = '$file' AND s.loaded IS NULL AND
        r.epochs = 0 AND r.validation_accuracy >= s.validation_accuracy AND r.deployed_accuracy > 0.8")" "without epochs: $file"
done
expect 0 "weights" fit "$(sqlite3 a.db "SELECT point FROM points WHERE epochs = 0 LIMIT 1")" --db a.db
expect 0 "net.safetensors" show "$(sqlite3 a.db "SELECT point FROM points WHERE loaded = 'net.safetensors'")" --db a.db
# Another file of that name is another job.
jobs=$(sqlite3 a.db "SELECT count(*) FROM jobs")
expect 0 "" train "${point[@]}" --epochs 4 --seed 1 --save net.dsn
expect 0 "1 job done" train "${point[@]}" --epochs 0 --load net.dsn
same $((jobs + 2)) "$(sqlite3 a.db "SELECT count(*) FROM jobs")" "jobs"

cat >s.yaml <<EOF2
name: fine-tuned
dataset: data
network: [64, 32, 4]
train: {epochs: 1, load: net.safetensors}
axes: {scheme: fixed-point, weight_bits: [6, 8], frac_bits: 5, parallelism: 1}
EOF2
expect 0 "loaded=net.safetensors" run s.yaml --dry-run
sed 's/net.safetensors/nowhere.dsn/' s.yaml >bad.yaml
expect 2 "bad.yaml:4: train.load: cannot read nowhere.dsn" run bad.yaml --dry-run

# What a file became is said: which tensor is which layer, the accuracy before anything is changed, what to think of it.
expect 0 "net.safetensors: layer 1 is " train "${point[@]}" --epochs 1 --load net.safetensors
for words in "(32 x 64)" "right with these weights as floats, before any training" "HardTanh is assumed" "validation_accuracy may be too high"; do
    grep -qF "$words" err || wrong "\"$words\" not said: $(cat err)"
done
# Weights that the steps of a code make 0: said, with the way out. Steps that the layers choose fit them.
coarse=(--scheme fixed-point --weight-bits 4 --frac-bits 0 --load net.safetensors --epochs 0)
expect 0 "of the weights of layer 1 become 0" train "${point[@]}" "${coarse[@]}"
grep -qF "let the layers choose: step: auto (--step auto)" err || wrong "no way out: $(cat err)"
expect 0 "" train "${point[@]}" "${coarse[@]}" --step auto
grep -q "become 0" err && wrong "steps that were chosen are blamed: $(cat err)"
# Of the codes of a sweep the worst is named, wherever it stands.
sed 's/weight_bits: \[6, 8\], frac_bits: 5/frac_bits: [0, 5]/' s.yaml >coarse.yaml
expect 0 "load: with weight_bits 8 and frac_bits 0, " run coarse.yaml --dry-run
# More outputs than classes are said; what has nothing to lose is not asked for another activation.
expect 0 "its last layer has 10 outputs, but data has 4 classes" train --dataset data --network 64,8,10 --epochs 1 --engine none --db a.db
expect 0 "" train --dataset arrays --network 8-8-3 --epochs 20 --batch 20 --lr 0.01 --scheme float --engine none --save sure.safetensors --db e.db
expect 0 "right with these weights as floats" train --dataset arrays --network 8-8-3 --epochs 0 --scheme float --engine none --load sure.safetensors --db e.db
grep -q "If the program that trained them measured more" err && wrong "asked for more than 99 %: $(cat err)"
expect 0 "of the test set are right before any training" train "${point[@]}" --epochs 1 --load net.dsn
grep -q "validation_accuracy may be" err || wrong "a .dsn is not held out either: $(cat err)"
expect 0 "loaded=net.safetensors" run s.yaml --dry-run
grep -q "net.safetensors: layer 1 is " err || wrong "run does not say what became of the file: $(cat err)"
# The order of layers, given: another network, another point. Where a file needs none, it has to be right all the same.
names=$(sed -n 's/.*layer 1 is \([^ ]*\).weight.*layer 2 is \([^ ]*\).weight.*/\1,\2/p' err)
expect 0 "in the order given" train "${point[@]}" --epochs 0 --load net.safetensors --load-order "$names"
expect 0 "load_order=$names" run <(sed "s/load: net.safetensors/load: net.safetensors, load_order: [$names]/" s.yaml) --dry-run
expect 3 "tensor \`${names#*,}.weight\` is 4 x 32; layer 1" train "${point[@]}" --epochs 0 --load net.safetensors --load-order "${names#*,},${names%,*}"
expect 2 "and none is named" train "${point[@]}" --load-order a,b
expect 3 "a load order is for" train "${point[@]}" --epochs 0 --load net.dsn --load-order a,b

# Names: those of an nn.Sequential, or those that came with the file.
grep -q '"0.weight".*"1.running_mean"' <(head -c 2000 net.safetensors) || wrong "no names of a Sequential: $(head -c 300 net.safetensors)"
mkdir theirs
for leaf in weight running_mean running_var bias; do
    cp "folder/1.$leaf.npy" "theirs/bn.$leaf.npy" && cp "folder/4.$leaf.npy" "theirs/bn2.$leaf.npy"
done
cp folder/0.weight.npy theirs/encoder.weight.npy
cp folder/3.weight.npy theirs/exit.weight.npy
expect 0 "" train "${point[@]}" --epochs 0 --load theirs --save back/
same "$(ls theirs)" "$(ls back | grep -v ^references)" "the names that came"
printf 'PK\003\004xxxxxxxxxxxxxxxxxxxx' >mlp.pt
expect 3 "safetensors.torch.save_file(model.state_dict()" train "${point[@]}" --load mlp.pt
printf '\200\002}q.xxxxxxxxxxxxxxxxxxxx' >old.pth
expect 3 "safetensors.torch.save_file" train "${point[@]}" --load old.pth

# What is no network is refused with the formats that are; a name of a format that is not written, too.
printf 'import torch\n' >mk.py
expect 3 "NET.dsn of \`train --save\`, NET.safetensors, or a folder of .npy files" train "${point[@]}" --load mk.py
mkfifo pipe.dsn pipe.safetensors
for file in pipe.dsn pipe.safetensors; do
    expect 3 "$file: it is a pipe or a device" train "${point[@]}" --load $file
done
mkdir pipes
mkfifo pipes/0.weight.npy
expect 3 "pipes/0.weight.npy: it is a pipe or a device" train "${point[@]}" --load pipes
for file in net.pt net.npz net.npy net.safetensors.gz net.onnx; do
    expect 2 "name it net.safetensors (for PyTorch), net.dsn" train "${point[@]}" --epochs 4 --save $file
    [ ! -e $file ] || wrong "$file was written"
done
iconv -f UTF-8 -t UTF-16 s.yaml >wide.yaml
expect 3 "wide.yaml: this is UTF-16; save it as UTF-8" run wide.yaml --dry-run
printf 'name,source\n' | iconv -f UTF-8 -t UTF-16LE >wide.csv
expect 3 "wide.csv: this is UTF-16; save it as UTF-8" import-points wide.csv --db a.db

expect 2 "cannot read nowhere.dsn" train "${point[@]}" --load nowhere.dsn
expect 3 "no network that deltasweep saved" train "${point[@]}" --load a.db
head -c 300 net.dsn >cut.dsn
expect 3 "damaged" train "${point[@]}" --load cut.dsn
expect 3 "is a network 64-32-4, but 64-31-4 is asked for" train --dataset data --network 64,31,4 --db a.db --load net.dsn
expect 3 "31 x 64" train --dataset data --network 64,31,4 --db a.db --load net.safetensors
expect 2 "for loaded weights" train "${point[@]}" --epochs 0
for file in no/such/net.dsn no/such/net.safetensors no/such/folder/ folder/ data; do
    expect 2 "cannot write" train "${point[@]}" --epochs 5 --save $file
done
same 0 "$(accuracy "epochs = 5" | wc -l)" "trainings whose result could not have been written"
[ ! -e no ] || wrong "something half written"
finish
