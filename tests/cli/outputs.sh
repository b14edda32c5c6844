#!/usr/bin/env bash
# Whatever the program writes: what another user planted in a common folder is not followed, what is no file is not
# replaced, permissions stay, and nothing is left beside a file.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 300 100 || wrong "no data"
cat >a.yaml <<EOF2
name: a
dataset: data
network: [64, 4]
train: {epochs: 1}
axes: {scheme: float, engine: [none]}
EOF2
train=(train --dataset data --network 64,4 --scheme float --engine none --epochs 1 --db a.db)
expect 0 "" "${train[@]}"
mkdir common safe
chmod 1777 common
[ "$(id -u)" -eq 0 ] || planted=no

# outputs PLACE WORD CODE: each command that writes a file, with PLACE as its name.
outputs() {
    local place=$1 word=$2 code=$3
    expect "$code" "$word" "${train[@]}" --save "$place.dsn"
    expect "$code" "$word" "${train[@]}" --save "$place.safetensors"
    expect "$code" "$word" plot --db a.db --x weight_storage_bits --y test_accuracy -o "$place.svg"
    expect "$code" "$word" plot --db a.db --x weight_storage_bits --y test_accuracy -o "$place.gp"
    expect "$code" "$word" report a.db -o "$place.html"
    expect "$code" "$word" run a.yaml --db a.db --log-json "$place.json"
}
names=(dsn safetensors svg gp html json)

# Links of another user: not one byte goes to what they lead to.
if [ -z "${planted:-}" ]; then
    for name in "${names[@]}" vcd db; do
        echo precious >"safe/$name"
        ln -s "../safe/$name" "common/out.$name"
        chown -h nobody "common/out.$name"
    done
    outputs common/out "is a link that another user" 2
    expect 2 "is a link that another user" sim --operator-inputs 4 --trace common/out.vcd --db t.db
    expect 2 "is a link that another user" run a.yaml --db common/out.db
    for name in "${names[@]}" vcd db; do
        same precious "$(cat "safe/$name")" "what out.$name leads to"
    done
    ln -s ../safe common/folder
    chown -h nobody common/folder
    expect 2 "" "${train[@]}" --save common/folder/
    outputs common/folder/out "is a link that another user" 2
    same "" "$(find common -name '*.part*')" "files beside"
fi

# Links of one's own: what they lead to is replaced, and keeps its permissions.
mkdir own
for name in "${names[@]}"; do
    : >"safe/own.$name"
    chmod 640 "safe/own.$name"
    ln -s "../safe/own.$name" "own/out.$name"
done
outputs own/out "" 0
for name in "${names[@]}"; do
    [ -L "own/out.$name" ] || wrong "out.$name is no link any more"
    same "640 yes" "$(stat -c %a "safe/own.$name") $([ -s "safe/own.$name" ] && echo yes)" "permissions and content of $name"
done

# A pipe and a device are written to, and stay what they are.
for name in "${names[@]}"; do
    mkfifo "pipe.$name"
    cat "pipe.$name" >"got.$name" &
done
outputs pipe "" 0
wait
for name in "${names[@]}"; do
    [ -p "pipe.$name" ] && [ -s "got.$name" ] || wrong "pipe.$name: $(stat -c %F "pipe.$name")"
done
if mknod null.safetensors c 1 3 2>/dev/null; then
    expect 0 "" "${train[@]}" --save null.safetensors
    [ -c null.safetensors ] || wrong "a device was replaced"
fi

# A file of the shell keeps what is in it, and the shell writes on behind it.
echo head >log
"$program" report a.db -o /dev/stdout >>log 2>/dev/null && echo tail >>log
same "head tail" "$(sed -n '1p;$p' log | tr '\n' ' ' | sed 's/ $//')" "first and last line of the file of the shell"
[ "$(wc -c <log)" -gt 1000 ] || wrong "no report in the file of the shell"

# A new file has the permissions that the user's mask leaves; one that may not be written is not replaced.
(umask 027 && "$program" report a.db -o new.html 2>/dev/null)
same 640 "$(stat -c %a new.html)" "permissions of a new file"
expect 2 "cannot write ." report a.db -o .
same "" "$(find . -name '*.part*')" "files beside"
finish
