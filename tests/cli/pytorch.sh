#!/usr/bin/env bash
# Networks in PyTorch, by the module in docs: exports fit load_state_dict and have the accuracy that was reported, and
# what PyTorch saves comes back. Skipped where PyTorch is not installed ($PYTHON may name an interpreter that has it).
source "$(dirname "$0")/lib.sh" "$1"
python=${PYTHON:-python3}
"$python" -c "import torch, numpy" 2>/dev/null || {
    echo "SKIP: no PyTorch here"
    exit 77
}
mkdir data
"$(dirname "$program")/tests/make_data" data 2000 500 || wrong "no data"

# near DATABASE-CONDITION OPTION…: the module's accuracy is the recorded one; a sum near a tie may round elsewhere.
near() {
    local recorded got
    recorded=$(sqlite3 a.db "SELECT test_accuracy FROM results WHERE $1")
    shift
    got=$("$python" "$source_dir/docs/torch_network.py" "$@" data 2>python.err | sed -n 's/^test_accuracy //p')
    awk -v a="$recorded" -v b="$got" 'BEGIN { exit !(a > 0.5 && b != "" && (a - b) ^ 2 <= 0.004 ^ 2) }' ||
        wrong "PyTorch: <$got>, recorded: <$recorded>: $* $(tail -n 3 python.err)"
}
for network in 64-32-4 8x8x1-8c3-p2-6c3s2-12-4; do
    for scheme in float consecutive fixed-point; do
        expect 0 "" train --dataset data --network $network --scheme $scheme --engine none --epochs 3 --lr 0.01 \
            --save net.safetensors --db a.db
        option=()
        [ $scheme = float ] && option=(--float)
        near "network = '$network' AND scheme = '$scheme'" net.safetensors $network "${option[@]}"
    done
done

# A network of PyTorch's own names, with biases and without a last batch norm: there, trained on, and back.
cat >model.py <<'EOF2'
import json, sys, torch
from torch import nn
sys.path.insert(0, sys.argv[1] + "/docs")
from torch_network import accuracy, read_safetensors, read_test_set
class Model(nn.Module):
    images = False
    def __init__(self):
        super().__init__()
        self.entry, self.norm, self.exit = nn.Linear(64, 32), nn.BatchNorm1d(32), nn.Linear(32, 4)
    def forward(self, x):
        return self.exit(nn.functional.hardtanh(self.norm(self.entry(x.flatten(1)))))
torch.manual_seed(1)
model = Model()
if sys.argv[2] == "save":
    header, data = {}, b""
    for name, t in model.state_dict().items():
        raw = t.numpy().tobytes()
        header[name] = {"dtype": "I64" if t.dtype == torch.int64 else "F32", "shape": list(t.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    open(sys.argv[3], "wb").write(len(text).to_bytes(8, "little") + text + data)
    torch.save(model.state_dict(), "mlp.pt")
else:
    model.load_state_dict(read_safetensors(sys.argv[3]))  # strict: every name, and no other
print(accuracy(model, *read_test_set("data")))
EOF2
"$python" model.py "$source_dir" save theirs.safetensors >before || wrong "PyTorch saves nothing"
theirs=(--dataset data --network 64-32-4 --scheme float --engine none --mode paper --db b.db)
expect 0 "" train "${theirs[@]}" --epochs 0 --load theirs.safetensors
same "$(printf '%.4f' "$(cat before)")" "$(sqlite3 b.db "SELECT printf('%.4f', test_accuracy) FROM results")" "their accuracy here"
expect 0 "" train "${theirs[@]}" --epochs 3 --load theirs.safetensors --save ours.safetensors
"$python" model.py "$source_dir" load ours.safetensors >after || wrong "load_state_dict refuses what came from it"
same "$(sqlite3 b.db "SELECT printf('%.2f', test_accuracy) FROM results WHERE epochs = 3")" "$(printf '%.2f' "$(cat after)")" "our accuracy there"
expect 3 "safetensors.torch.save_file(model.state_dict()" train "${theirs[@]}" --load mlp.pt
finish
