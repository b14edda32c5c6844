#!/usr/bin/env bash
# Three trained points of the real data leave as folders, and each runs its own test bench in both simulators.
source "$(dirname "$0")/lib.sh" "$1"
one=(train --engine accelerator --network 784-96-64-10 --epochs 1 --db a.db)
expect 0 "" "${one[@]}" --scheme fixed-reference --reference mean --span row --delta-bits 4 --parallelism 32 --dsp-lanes 16
expect 0 "" "${one[@]}" --scheme consecutive --span row --delta-bits 3 --parallelism 96 --dsp-lanes 10 --weight-memory block
expect 0 "" "${one[@]}" --scheme fixed-point --weight-bits 4 --frac-bits 3 --parallelism 50 --weight-memory lut
same 3 "$(sqlite3 a.db "SELECT count(*) FROM points")" "points"
for point in $(sqlite3 a.db "SELECT point FROM points ORDER BY id"); do
    folder="its \$point & $point"
    expect 0 "wrote" export "$point" "$folder" --images 3 --db a.db
    for simulator in iverilog verilator; do
        (cd / && timeout 3600 "$work/$folder/run.sh" "$simulator") >said 2>&1 || wrong "$point in $simulator: $(tail -5 said)"
        tail -n 1 said | grep -q "^PASS: 3 images" || wrong "$point in $simulator: no PASS"
        echo "$point $simulator: $(grep '^clocks' said)"
    done
done
finish
