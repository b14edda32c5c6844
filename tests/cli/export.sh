#!/usr/bin/env bash
# export, import-report, calibration: a trained accelerator leaves as a folder that runs on its own, and what Vivado would
# say of it comes back beside the estimate.
source "$(dirname "$0")/lib.sh" "$1"
mkdir data
"$(dirname "$program")/tests/make_data" data 1000 400 || wrong "no data"
one=(--dataset data --network 64-7-4 --epochs 1 --batch 100 --scheme fixed-reference --delta-bits 3 --db a.db)
expect 0 "deployed_accuracy" train "${one[@]}" --engine accelerator --parallelism 3 --dsp-lanes 2 --seed 5
point=$(sqlite3 a.db "SELECT point FROM points")

# What cannot be exported, and why.
expect 2 "there is no database" export "$point" engine --db none.db
expect 2 "there is no point" export 123456 engine --db a.db
expect 2 "a point and a folder" export "$point" --db a.db
expect 2 "not trained with seed 6" export "$point" engine --seed 6 --db a.db
expect 2 "--images must be" export "$point" engine --images 0 --db a.db
expect 2 "--speed-grade must be" export "$point" engine --speed-grade 3 --db a.db
expect 0 "" train "${one[@]}" --parallelism 3
expect 2 "is an operator" export "$(sqlite3 a.db "SELECT point FROM points WHERE engine = 'operator'")" engine --db a.db
expect 0 "" train "${one[@]/#fixed-reference/float}"
expect 2 "is float" export "$(sqlite3 a.db "SELECT point FROM points WHERE scheme = 'float'")" engine --db a.db
sqlite3 a.db "CREATE TABLE kept AS SELECT * FROM training; DELETE FROM training"
expect 2 "is not trained: run its sweep" export "$point" engine --db a.db
sqlite3 a.db "UPDATE kept SET network = substr(network, 1, 100); INSERT INTO training SELECT * FROM kept"
expect 2 "network" export "$point" engine --db a.db
[ -e engine ] && wrong "a refused export left a folder"
expect 0 "" train "${one[@]}" --engine accelerator --parallelism 3 --dsp-lanes 2 --seed 7

# The folder: not where something is; then from a copy, without anything of ours.
mkdir full && touch full/mine
expect 2 "not empty" export "$point" full --seed 7 --db a.db
(ulimit -f 40 && "$program" export "$point" engine --seed 7 --images 400 --db a.db) >out 2>err # 76 KiB of pixels
same 2 $? "exit code of a full disk"
grep -q "cannot write" err || wrong "a full disk: $(cat err)"
[ -z "$(find . -name 'engine*')" ] || wrong "a full disk left $(find . -name 'engine*')"
expect 0 "wrote engine" export "${point:0:6}" engine --seed 7 --images 5 --db a.db
[ -s out ] && wrong "export wrote to standard output"
[ -z "$(find . -name '*.part-*')" ] || wrong "a draft stayed"
cp -r engine copy && rm -r engine
grep -q "seed 7" copy/README.md && grep -q "was not synthesised" copy/README.md || wrong "README: $(cat copy/README.md)"
(cd / && timeout 3600 "$work/copy/run.sh" iverilog) >said 2>&1 || wrong "the test bench: $(cat said)"
tail -n 1 said | grep -q "^PASS: 5 images" || wrong "the last line is no PASS: $(cat said)"
"$work/copy/run.sh" modelsim >said 2>&1
same "2" "$?" "exit code of a simulator that is not there"
grep -q "no simulator .modelsim. here" said || wrong "run.sh modelsim: $(cat said)"

# What is missing is named as the program to install. Verilator's own last words do not come after the verdict.
mkdir -p few
for tool in bash dirname mkdir nproc sed tail tee grep cat mktemp rm rmdir; do ln -sf "$(command -v $tool)" few/$tool; done
PATH=$work/few "$work/copy/run.sh" icarus >said 2>&1
same "2" "$?" "exit code without Icarus Verilog"
grep -q "iverilog is not installed: apt-get install iverilog, or take ./run.sh verilator" said || wrong "icarus: $(cat said)"
cat >few/verilator <<'EOF3'
#!/bin/bash
while [ "$1" != -Mdir ]; do shift; done
case $2 in *[!A-Za-z0-9_./+-]*) echo "*** Make cannot build in $2"; exit 2 ;; esac
mkdir -p "$2"
printf '#!/bin/bash\necho "$VERDICT"\necho "- ../sim/testbench.v:52: Verilog \\$finish"\n' >"$2/testbench"
chmod +x "$2/testbench"
EOF3
printf '#!/bin/bash\nexec %s "$@"\n' "$(command -v chmod)" >few/chmod
chmod +x few/verilator few/chmod
PATH=$work/few VERDICT="PASS: 5 images" "$work/copy/run.sh" verilator >said 2>&1
same "0" "$?" "exit code of a PASS"
same "PASS: 5 images" "$(tail -n 1 said)" "the last line with Verilator"
PATH=$work/few VERDICT="FAIL: 1 errors" "$work/copy/run.sh" verilator >said 2>&1
same "1" "$?" "exit code of a FAIL"

# A folder whose name has characters that Make and shells do not like.
odd="it's a \$(touch bad) & #1: (50%)"
mkdir "$odd" "$odd/tmp"
cp -r copy "$odd/engine"
PATH=$work/few VERDICT="PASS: 5 images" TMPDIR="$work/$odd/tmp" "$work/$odd/engine/run.sh" verilator >said 2>&1
same "0" "$?" "exit code in a folder with an odd name: $(cat said)"
same "" "$(ls -A "$odd/tmp")" "what is left in a temporary folder"
rm -r "$odd/engine"
expect 0 "" export "$point" "$odd/engine" --seed 7 --images 2 --db a.db
(cd / && timeout 3600 "$work/$odd/engine/run.sh" iverilog) >said 2>&1 || wrong "the test bench in an odd folder: $(cat said)"
[ -e bad ] && wrong "a folder's name was executed"

# Vivado's script, with its commands replaced by ones that say their names.
cat >stub.tcl <<'EOF2'
foreach c {read_verilog read_xdc synth_design opt_design place_design phys_opt_design route_design report_utilization
           report_timing_summary report_power write_checkpoint create_clock set_property} {
    proc $c {args} [string map "NAME $c" {
        puts "did NAME $args"
        foreach a [join $args] { if {[string match *.v $a] && ![file exists $a]} { error "no file $a" } }
        if {{NAME} eq {read_xdc}} { source [lindex $args end] }
    }]
}
proc get_ports {name} { return $name }
proc get_sites {args} { return {BUFGCTRL_X0Y0 BUFGCTRL_X0Y1} }
source copy/vivado.tcl
EOF2
yosys -c stub.tcl >said 2>&1 || wrong "vivado.tcl: $(tail -5 said)"
same "read_verilog read_xdc create_clock synth_design set_property opt_design place_design phys_opt_design route_design report_utilization report_timing_summary report_power write_checkpoint" \
    "$(sed -n 's/^did \([a-z_]*\).*/\1/p' said | tr '\n' ' ' | sed 's/ $//')" "the steps of vivado.tcl"
grep -q "did synth_design -top deltasweep_top -part xc7s15ftgb196-1 -mode out_of_context" said || wrong "synth_design: $(grep synth said)"
grep -q "did create_clock -name clk -period 10.000 clk_i" said || wrong "the clock: $(grep clock said)"

# Reports: made up, in the layout of Vivado.
mkdir reports
cat >reports/u.rpt <<'EOF2'
| Tool Version : Vivado v.2023.1 (lin64) Build 1
| Command      : report_utilization -file utilization.rpt
| Design       : deltasweep_top
| Device       : xc7s15ftgb196-1
| Design State : Routed
Utilization Design Information
| Slice LUTs                 |  400 |     0 |          0 |      8000 |  5.00 |
|   LUT as Logic             |  380 |     0 |          0 |      8000 |  4.75 |
|   LUT as Memory            |   20 |     0 |          0 |      2400 |  0.83 |
| Slice Registers            |  500 |     0 |          0 |     16000 |  3.13 |
| F7 Muxes                   |    3 |     0 |          0 |      4000 |  0.08 |
| F8 Muxes                   |    0 |     0 |          0 |      2000 |  0.00 |
|   RAMB36/FIFO*    |    1 |     0 |          0 |        10 | 10.00 |
|   RAMB18          |    2 |     0 |          0 |        20 | 10.00 |
| DSPs           |    4 |     0 |          0 |        20 | 20.00 |
EOF2
cat >reports/t.rpt <<'EOF2'
| Tool Version : Vivado v.2023.1 (lin64) Build 1
| Command      : report_timing_summary -file timing_summary.rpt
| Design       : deltasweep_top
| Device       : 7s15-ftgb196
| Speed File   : -1  PRODUCTION 1.23 2018-06-13
| Design State : Routed
Timing Summary Report
| Design Timing Summary
      1.000        0.000                      0                 3378        0.160        0.000                      0                 3378
| Clock Summary
clk      {0.000 3.000}      6.000           166.667
EOF2
cat >reports/p.rpt <<'EOF2'
| Tool Version     : Vivado v.2023.1 (lin64) Build 1
| Command          : report_power -file power.rpt
| Design           : deltasweep_top
| Device           : xc7s15ftgb196-1
| Design State     : routed
Power Report
| Total On-Chip Power (W)  | 0.060        |
| Dynamic (W)              | 0.040        |
| Device Static (W)        | 0.020        |
EOF2
expect 0 "there is no estimate" import-report "$point" reports/u.rpt --db a.db
same "1|400||deltasweep_top" "$(sqlite3 a.db "SELECT count(*), vivado_lut, vivado_fmax_mhz, design FROM vivado")" "the first report"
sqlite3 a.db "INSERT INTO jobs (digest, kind, state, label) VALUES ('synth-1', 'synth', 'done', 'made up');
    INSERT INTO syntheses (job, lut, lutram, ff, carry4, muxf7, muxf8, dsp, bram18, bram36, critical_path_ns, fmax_mhz, seconds,
        critical_path_2_ns, fmax_2_mhz, fmax_mhz_low, fmax_mhz_high)
    VALUES ('synth-1', 440, 20, 450, 9, 0, 0, 4, 4, 0, 5.0, 200, 1, 4.0, 250, 150, 240);
    UPDATE points SET synth_job = 'synth-1' WHERE point = '$point'"
expect 0 "is a lower bound" import-report "$point" reports/u.rpt reports/t.rpt reports/p.rpt --db a.db
grep -q "^$point, xc7s15ftgb196-1 .*Vivado 2023.1.* lut  *400.*440.*10.0" out && grep -q " critical_path_ns  *5.*5.*0.000" out || wrong "the comparison: $(cat out)"
expect 0 "" import-report "$point" reports/*.rpt --json --db a.db # again: the same row
same "1" "$(sqlite3 a.db "SELECT count(*) FROM vivado_reports")" "rows after a second import"
same "400|440|500|450|4|4|4|200|200|150|0.16|60" "$(sqlite3 a.db "SELECT vivado_lut, lut, vivado_ff, ff, vivado_ramb18, ramb18,
    vivado_dsp, CAST(vivado_fmax_mhz AS INTEGER), CAST(fmax_mhz AS INTEGER), CAST(fmax_mhz_low AS INTEGER), whs_ns,
    CAST(vivado_power_mw AS INTEGER) FROM vivado WHERE period_ns IS NOT NULL")" "the view"
sed 's/ -1 /-2 /; s/196-1/196-2/' reports/t.rpt >t2.rpt
expect 0 "" import-report "$point" t2.rpt --db a.db
same "200|250|187" "$(sqlite3 a.db "SELECT CAST(vivado_fmax_mhz AS INTEGER), CAST(fmax_mhz AS INTEGER),
    CAST(fmax_mhz_low AS INTEGER) FROM vivado WHERE speed_grade = '-2'")" "the other speed grade"

# One file a call: the figures of one design are one row, in any order, and a build of other figures replaces it only
# where it has them all.
cp a.db one.db
row() { sqlite3 one.db "SELECT lut, round(period_ns, 3), power_mw FROM vivado_reports WHERE speed_grade = '-1' ORDER BY id"; }
sqlite3 one.db "DELETE FROM vivado_reports"
expect 0 "" import-report "$point" reports/u.rpt --db one.db
expect 0 "power is not compared until its clock is known" import-report "$point" reports/p.rpt --db one.db
expect 0 "added to the earlier report of this design (400 LUTs, 60.0 mW)" import-report "$point" reports/t.rpt --db one.db
same "400|6.0|60.0" "$(row)" "three calls"
sed 's/  400 /  410 /; s/  380 /  390 /' reports/u.rpt >u2.rpt
sed 's/ 0.060 / 0.070 /; s/ 0.040 / 0.050 /' reports/p.rpt >p2.rpt
sed 's/ 1.000 / 0.100 /' reports/t.rpt >t3.rpt
expect 0 "" import-report "$point" u2.rpt --db one.db
expect 0 "" import-report "$point" t3.rpt --db one.db
same "400|6.0|60.0 410|6.0|" "$(row | tr '\n' ' ' | sed 's/ $//')" "a second build, without its power"
expect 0 "" import-report "$point" p2.rpt --db one.db
same "410|6.0|70.0" "$(row)" "the second build"
sed 's/6.000           166.667/5.000           200.000/; s/3.000}/2.500}/' reports/t.rpt >t5.rpt
expect 0 "" import-report "$point" t5.rpt --db one.db
same "410|6.0|70.0 |5.0|" "$(row | tr '\n' ' ' | sed 's/ $//')" "another period"

# A week later it is another build, whatever its figures lack.
sqlite3 one.db "DELETE FROM vivado_reports"
dated() { sed "2i| Date         : Mon Jan $2 10:00:00 2024" "reports/$1.rpt" >"dated-$1.rpt"; }
dated u " 1" && dated t "15"
expect 0 "" import-report "$point" dated-u.rpt --db one.db
expect 0 "" import-report "$point" dated-t.rpt --db one.db
same "400|| |6.0|" "$(row | tr '\n' ' ' | sed 's/ $//')" "reports of two weeks"

# What cannot be compared is said as it is.
sed 's/Speed File   : -1 /Speed File   : -1L /' reports/t.rpt >tL.rpt
expect 0 "estimates are for the speed grades -1 and -2, and the report is for -1L" import-report "$point" tL.rpt --db one.db
sed 's/3378$/3378 -0.155 -0.155 2 50/' reports/t.rpt >pulse.rpt
expect 0 "too short for a cell" import-report "$point" pulse.rpt --db one.db
sed '/State/d' reports/t.rpt >stateless.rpt
expect 3 "stateless.rpt: this report does not say whether the design is routed" import-report "$point" stateless.rpt --db one.db

expect 0 "Vivado's reports" show "$point" --db a.db
grep -q "2023.1  *xc7s15ftgb196-1  *400  *440  *500  *450" out || wrong "show: $(grep -A6 Vivado out)"
expect 0 '"vivado_dynamic_mw": 40' show "$point" --db a.db --json

# What is no report of this point.
expect 2 "cannot read none.rpt" import-report "$point" none.rpt --db a.db
expect 3 "reports/u.rpt: there are two reports of report_utilization" import-report "$point" reports/u.rpt reports/u.rpt --db a.db
head -c 700 reports/u.rpt >cut.rpt
expect 3 "cut.rpt: the report is cut" import-report "$point" cut.rpt --db a.db
sed 's/7s15/7s25/' reports/p.rpt >other.rpt
expect 3 "for xc7s25ftgb196-1, but point $point is for xc7s15" import-report "$point" other.rpt --db a.db
sed 's/xc7s15/xc7z020/' reports/p.rpt >other.rpt
expect 3 "which deltasweep does not know" import-report "$point" other.rpt --db a.db
expect 2 "a point and its reports" import-report "$point" --db a.db
expect 2 "there is no point" import-report 123456 reports/u.rpt --db a.db
sed 's/deltasweep_top/board/' reports/p.rpt >board.rpt
expect 0 "what is around the accelerator is counted too" import-report "$point" board.rpt --db a.db
same "ok" "$(sqlite3 a.db "PRAGMA integrity_check")" "integrity"

# The errors so far.
expect 0 "" calibration --db a.db --json
sqlite3 :memory: "SELECT json_extract(r.value, '\$.vivado'), json_extract(r.value, '\$.ours'),
        round(json_extract(r.value, '\$.error_percent'), 6) FROM json_each(readfile('out'), '\$.rows') AS r
    WHERE json_extract(r.value, '\$.metric') = 'ff' AND json_extract(r.value, '\$.design') LIKE '$point%' LIMIT 1" >got
same "500.0|450.0|-10.0" "$(cat got)" "an error"
cp out with
expect 0 "summary" calibration
same "0" "$(grep -c "$point" out)" "lines of a database that is not there"
expect 2 "there is no database" calibration --db none.db
expect 2 "takes no" calibration "$point"
# Median, mean, bias and worst of all metrics are those of the rows.
sqlite3 :memory: "WITH e AS (SELECT json_extract(value, '\$.error_percent') AS x FROM json_each(readfile('with'), '\$.rows')),
        s AS (SELECT value AS v FROM json_each(readfile('with'), '\$.summary') WHERE json_extract(value, '\$.metric') = 'all')
    SELECT (SELECT count(x) FROM e) = json_extract(v, '\$.n'),
           abs((SELECT avg(abs(x)) FROM e) - json_extract(v, '\$.mean_percent')) < 1e-9,
           (SELECT max(abs(x)) FROM e) = abs(json_extract(v, '\$.worst_percent')),
           abs((SELECT avg(x) FROM (SELECT x FROM e WHERE x IS NOT NULL ORDER BY x LIMIT 2 - (SELECT count(x) FROM e) % 2
               OFFSET ((SELECT count(x) FROM e) - 1) / 2)) - json_extract(v, '\$.bias_percent')) < 1e-9 FROM s" >got
same "1|1|1|1" "$(cat got)" "the summary"
finish
