#!/usr/bin/env bash
# What files say reaches the terminal as text: names, labels, columns and messages of tools with escape sequences, controls
# of one and of two bytes, marks that turn the direction of writing, and bytes that are no UTF-8.
source "$(dirname "$0")/lib.sh" "$1"
hostile=$'\033]0;own\a\033[2J\u0085\u009b31m\u202egnp\u2066x\u200f\u2028\177\b'
broken=$hostile$'\x9b\xff'

# clean WHAT: the files out and err have nothing that a terminal obeys, and quote what was hostile as `seen` wants.
clean() {
    local obeyed='[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]'
    LC_ALL=C grep -qaP "$obeyed" out err && wrong "$1: obeyed by a terminal: $(LC_ALL=C grep -haP "$obeyed" out err | head -3 | cat -v)"
    iconv -f utf-8 -t utf-8 out err >/dev/null 2>&1 || wrong "$1: no UTF-8: $(head -3 out err | cat -v)"
}

# shown WORD COMMAND…: nothing raw comes out, but WORD does.
shown() {
    local word=$1
    shift
    "${with[@]}" "$program" "$@" >out 2>err </dev/null
    [ -z "$word" ] || grep -qaF -- "$word" out err || wrong "\"$word\" not said by: $(printf '%q ' "$@" | cut -c1-200): $(head -c 400 out err | cat -v)"
    clean "$(printf '%q ' "$@" | cut -c1-200)"
}

# Names of files, commands and options.
shown '\x1b]0;own' run "$broken"
shown '\x1b]0;own' "$broken"
shown '\x1b]0;own' query "SELECT 1" --db "$broken"
shown '\x1b]0;own' query "SELECT \"$hostile\"" --db "$broken"
shown '' list "--$broken"
for command in data train sim synth export fit show import-points import-report merge rm rename compare calibration submit \
    status report pareto importance plot run completion doctor; do
    shown '' "$command" "$broken" "$broken"
    shown '' "$command" "--db=$broken" "--where=$hostile" "--network=$hostile"
done

# Sweep files.
printf 'name: a\n"%s": 1\n' '\e[2J\u202e\u009b' >key.yaml
shown '\x1b[2J\u202e\u009b' run key.yaml --dry-run
printf 'name: "%s"\n' '\e[2J\u202e\u009b' >name.yaml
shown 'without control characters' run name.yaml --dry-run
printf 'name: "%s"\n' '\u202e' >name.yaml
shown 'without control characters' run name.yaml --dry-run
printf 'name: a\ndataset: "%s"\nnetwork: [4, 2]\n' '\e[2J\u202e\u009b' >data.yaml
shown "folder's path" run data.yaml --dry-run
printf 'name: a\nnetwork: [4, 2]\nwhere: "%s"\n' "'\\e[2J' || \\u202e = \\u009b" >where.yaml
shown '\u202e' run where.yaml --dry-run
printf '%s: [\n' "$broken" >raw.yaml
shown '' run raw.yaml --dry-run
printf "name: ../../x\ndataset: data\nnetwork: [3, 2]\naxes: {engine: none}\n" >path.yaml

# A table with hostile columns and classes, and a run of it.
mkdir data
table() { # table ROWS
    printf 'a%s,b,c,label\n' "$hostile"
    for ((i = 0; i < $1; i++)); do printf '%d,%d,%d,k%s%d\n' $((i % 7)) $((i % 5)) $((i % 3)) "$hostile" $((i % 2)); done
}
table 40 >data/train.csv
table 20 >data/test.csv
shown '\x1b]0;own' data data
ln -s data "$(printf 'd\033[2J')"
shown '\x1b[2J' data "$(printf 'd\033[2J')"
printf 'name: s\ndataset: data\nnetwork: [3, 2]\ntrain: {epochs: 1, batch: 8}\naxes: {delta_bits: 2, engine: none}\n' >run.yaml
shown '1 job done' run run.yaml --db run.db
expect 2 "cannot be that of a folder" submit path.yaml --shards 2 --dry-run --db path.db

# A database whose texts are hostile in all places.
make_database a.db
point=$(sqlite3 a.db "SELECT point FROM points LIMIT 1")
{
    echo "PRAGMA foreign_keys = OFF; BEGIN; CREATE TEMP TABLE h (x);"
    echo "INSERT INTO h VALUES (CAST(x'$(printf %s "$broken" | od -An -tx1 | tr -d ' \n')' AS TEXT));"
    echo "UPDATE sweeps SET name = name || (SELECT x FROM h), file = (SELECT x FROM h);"
    echo "UPDATE jobs SET label = (SELECT x FROM h), tools = (SELECT x FROM h), git_revision = (SELECT x FROM h);"
    echo "UPDATE points SET dataset = dataset || (SELECT x FROM h), network = network || (SELECT x FROM h);"
    echo "UPDATE syntheses SET path_from = (SELECT x FROM h), path_to = (SELECT x FROM h);"
    echo "UPDATE jobs SET state = 'failed', message = (SELECT x FROM h) WHERE digest IN (SELECT digest FROM jobs LIMIT 1);"
    echo "INSERT INTO job_outputs SELECT digest, (SELECT x FROM h) FROM jobs LIMIT 1;"
    echo "INSERT INTO published_values SELECT x, x, 'test_accuracy', 0.9 FROM h;"
    echo "INSERT INTO published_values SELECT x, x, 'scheme', x FROM h;"
    echo "INSERT INTO runners (sweep, pid, host, boot, workers, started, seen, seconds, jobs, done, done_before, failed)"
    echo "    SELECT x, 1, x, x, 1, x, x, 1, 1, 0, 0, 0 FROM h; COMMIT;"
} >hostile.sql
sqlite3 a.db <hostile.sql 2>sql.err || wrong "the hostile rows: $(cat sql.err)"
job=$(sqlite3 a.db "SELECT job FROM job_outputs")
shown '\x1b]0;own\x07\x1b[2J\u0085\u009b31m\u202egnp\u2066x\u200f\u2028\x7f\x08\x9b\xff' list --db a.db
shown '\u202egnp' list --db a.db --markdown
shown '' list --db a.db --json
shown '' status --db a.db
shown '\u202egnp' status --db a.db --output "$job"
shown '' status --db a.db --json
shown '\u202egnp' show "$point" --db a.db
shown '\u202egnp' query "SELECT * FROM results LIMIT 3" --db a.db
shown '\u202egnp' query "SELECT * FROM published" --db a.db
shown '\u202egnp' query "SELECT 1 AS \"$hostile\"" --db a.db
shown '\u202egnp' pareto --max test_accuracy --min weight_storage_bits --summary --db a.db
shown '' compare made-up odd --db a.db
shown '' importance --of test_accuracy --db a.db
shown '' fit --where "$hostile" --db a.db
shown '' calibration --db a.db
shown '' rm "$hostile" --db a.db
shown '' rename made-up x --db a.db
shown '' rename x "$hostile" --db a.db
shown '' merge a.db "$hostile" -o all.db
shown '' merge a.db -o all.db
shown '' run run.yaml --db run.db --from a.db

# CSV is data: a file has the bytes, a terminal has none of them.
"$program" query "SELECT DISTINCT dataset FROM points" --db a.db --csv >out 2>err
grep -qaF "$hostile" out || wrong "csv in a file lost bytes"
TERM=dumb script -qec "'$program' query 'SELECT DISTINCT dataset FROM points' --db a.db --csv" /dev/null </dev/null |
    tr -d '\r' >out
grep -qF '\x1b]0;own' out || wrong "csv on a terminal: $(cat -v out)"
clean "csv on a terminal"

# Pictures, the page and imported points.
shown '' plot --x delta_bits --y test_accuracy --color dataset --published --title "$hostile" --db a.db -o a.svg
cp a.svg out
clean a.svg
shown '' plot --x delta_bits --y test_accuracy --color dataset --db a.db -o a.gp
cp a.gp out
clean a.gp
shown '' report --db a.db -o a.html
cp a.html out
grep -qaF "u001b]0;own" out || wrong "the page has no hostile name"
clean a.html
printf 'name,source,test_accuracy\n"%s","%s",0.9\n"%s","%s",x\n' "$hostile" "$hostile" "$hostile" "$hostile" >points.csv
shown '' import-points points.csv --db run.db
printf 'name,source,%s\na,b,0.9\n' "$broken" >points.csv
shown '' import-points points.csv --db run.db
printf '| Design : %s\n| Device : %s\n' "$broken" "$broken" >report.rpt
shown '' import-report "$point" report.rpt --db a.db

# A tool whose version and whose message are hostile.
mkdir tools
for tool in yosys verilator gnuplot g++ sta; do
    printf '#!/bin/sh\nprintf "%%s 5.018\\n" "%s"\nprintf "%%s\\n" "%s" >&2\nexit 1\n' "$broken" "$broken" >tools/$tool
    chmod +x tools/$tool
done
with=(env "PATH=$work/tools:$PATH")
shown '' doctor
shown '' plot --x delta_bits --y test_accuracy --db a.db -o b.svg
with=()
finish
