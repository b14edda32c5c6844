#!/usr/bin/env bash
# plot: the three formats, what can go wrong, and that no text becomes a command.
source "$(dirname "$0")/lib.sh" "$1"
make_database a.db

for format in svg png pdf; do
    expect 0 "82 of 83 rows" plot --db a.db --x weight_storage_bits --y test_accuracy --color scheme -o "p.$format"
done
head -c 5 p.svg | grep -q '<?xml' || wrong "p.svg is no SVG"
head -c 4 p.png | grep -q 'PNG' || wrong "p.png is no PNG"
head -c 4 p.pdf | grep -q '%PDF' || wrong "p.pdf is no PDF"
for word in "Test accuracy over weight storage" "weight storage (kbit)" "test accuracy (%)" "fixed-reference" "Pareto front" \
    "made-up, odd" "82 designs"; do
    grep -qF "$word" p.svg || wrong "p.svg does not say \"$word\""
done
same 644 "$(umask 022; "$program" plot --db a.db --x lut --y ff -o mode.svg 2>/dev/null; stat -c %a mode.svg)" "mode of the file"

expect 0 "" plot --db a.db --x delta_bits --y test_accuracy --color network -o b.svg
expect 0 "" plot --db a.db --x scheme --y macs_per_second --color lut_utilisation -o c.svg
expect 0 "" plot --db a.db --view results --x train_seconds --y test_accuracy --color seed --log none -o d.svg
expect 0 "" plot --db a.db --x test_accuracy --y test_accuracy --where "point = 'pf10a700001'" -o e.svg

# Expressions, two groupings, titles, sizes, ranges.
expect 0 "" plot --db a.db --x "lut + ff AS 'logic cells'" --y test_accuracy --color "iif(delta_bits IS NULL, 'plain', 'deltas') AS kind" \
    --shape parallelism --title "my title" --size 12x8cm -o h.svg
for word in "my title" "logic cells" "kind (colour)" "parallelism P (shape)" plain deltas 'width="454" height="302"'; do
    grep -qF "$word" h.svg || wrong "h.svg does not say \"$word\""
done
expect 0 "" plot --db a.db --x lut --y ff --title "" -o i.svg
grep -qF "designs" i.svg && wrong "an empty title leaves the line below it"
expect 0 "outside --yrange" plot --db a.db --x lut --y test_accuracy --yrange 0.8: -o i.svg
expect 1 'the ranges; `lut` goes from' plot --db a.db --x lut --y ff --xrange 5000: -o n.svg
expect 0 "outside --xrange" plot --db a.db --x weight_storage_bits --y test_accuracy --xrange :100000 -o range.gp
grep -q "^set xrange .*:100\]" range.gp || wrong "the axis does not end at 100 kbit: $(grep '^set xrange' range.gp)"
expect 2 "LOW:HIGH" plot --db a.db --x lut --y ff --xrange 5 -o n.svg
expect 2 "LOW:HIGH" plot --db a.db --x lut --y ff --xrange nan:1 -o n.svg
expect 2 "--size is" plot --db a.db --x lut --y ff --size big -o n.svg
expect 2 "the unit is" plot --db a.db --x lut --y ff --size 8x8furlongs -o n.svg
expect 2 "300x200" plot --db a.db --x lut --y ff --size 299x200 -o n.svg
expect 0 "" plot --db a.db --x lut --y ff --size 8x5.3cm -o i.svg
expect 2 'did you mean `lut`' plot --db a.db --x "luts + 1" --y ff -o n.svg
expect 2 "6 can be told apart" plot --db a.db --x lut --y ff --shape point -o n.svg
expect 2 "--color is empty" plot --db a.db --x lut --y ff --color "" -o n.svg

expect 2 'makes one value of all rows' plot --db a.db --x "max(lut)" --y ff -o n.svg
expect 2 'makes one value of all rows' plot --db a.db --x lut --y ff --color "count(*) AS n" -o n.svg

# Facets: a panel for each value, with a front of its own; not too many.
expect 0 "82 of 83 rows" plot --db a.db --x weight_storage_bits --y test_accuracy --color scheme --facet network -o facets.gp
gnuplot facets.gp || wrong "facets.gp is no script"
for word in 784-32-10 784-96-64-10 784-200-100-10 "Pareto front" "xc7s15: block RAM" "xc7s15: block and LUT RAM"; do
    grep -qF "$word" facets.svg || wrong "facets.svg does not say \"$word\""
done
same 3 "$(grep -c '^set lmargin at screen' facets.gp)" "panels of facets.gp"
expect 2 "12 panels are the most" plot --db a.db --x lut --y ff --facet point -o n.svg
expect 0 "243 of 243 rows" plot --db a.db --view epochs --facet network -o facets.svg

# Parallel coordinates.
expect 0 "82 of 83 rows" plot --db a.db --axes scheme,delta_bits,weight_storage_bits,test_accuracy --color scheme -o parallel.gp
gnuplot parallel.gp || wrong "parallel.gp is no script"
for word in "delta bits D (bit)" "weight storage (kbit)" none fixed-reference; do
    grep -qF "$word" parallel.svg || wrong "parallel.svg does not say \"$word\""
done
expect 0 "" plot --db a.db --axes lut,test_accuracy --color test_accuracy --size 8.5x6cm --title "" -o parallel.pdf
expect 2 'did you mean `lut`' plot --db a.db --axes luts,ff -o n.svg
expect 2 "two columns or more" plot --db a.db --axes lut -o n.svg
expect 2 "axes of its own" plot --db a.db --axes lut,ff --x lut -o n.svg
expect 1 "nothing to draw" plot --db a.db --axes lut,test_accuracy --where "lut IS NULL" -o n.svg

# A script draws what the program draws.
expect 0 "82 of 83" plot --db a.db --x weight_storage_bits --y test_accuracy --color scheme --out p.gp
mv p.svg direct.svg
gnuplot p.gp || wrong "p.gp is no script"
strip() { sed 's/font-family="[^"]*"//g' "$1"; }
same "$(strip direct.svg | sha256sum)" "$(strip p.svg | sha256sum)" "what p.gp draws"

# Learning curves: a line for each training, the mean over its seeds.
expect 0 "243 of 243 rows" plot --db a.db --view epochs --color scheme -o curves.gp
lines=$(sqlite3 a.db "SELECT count(DISTINCT training) FROM learning_curves")
same "$lines" "$(grep -c '^\$l[0-9]* << EOD' curves.gp)" "lines of curves.gp"
mean=$(sqlite3 a.db "SELECT printf('%.10g', 100 * avg(validation_accuracy)) FROM learning_curves WHERE epoch = 3 GROUP BY training LIMIT 1")
grep -q "^3 $mean " curves.gp || wrong "no line ends at $mean"
expect 0 "" plot --db a.db --view epochs --y loss --sweep made-up --shape network -o curves.png
cp a.db ten.db
sqlite3 ten.db "WITH RECURSIVE k(n) AS (SELECT 4 UNION SELECT n + 1 FROM k WHERE n < 10) INSERT INTO epochs
    SELECT job, n, loss, train_accuracy, validation_accuracy, test_accuracy, seconds FROM epochs, k WHERE epoch = 3"
expect 0 "" plot --db ten.db --view epochs --color scheme -o ten.gp
grep -q "^set xtics .*('1' 1, '2' 2" ten.gp || wrong "no tick at the first epoch: $(grep '^set xtics' ten.gp)"
# Of trainings of a single epoch nothing is a line: dots.
expect 0 "81 of 81 rows" plot --db a.db --view epochs --color scheme --where "epoch = 1" -o dots.gp
same "$lines" "$(grep -o '\$l[0-9]* using 1:2:3:4 with yerrorbars pointtype' dots.gp | wc -l)" "dots of dots.gp"
grep -q 'keyentry with points' dots.gp || wrong "the legend of dots.gp has no dots"
expect 2 "no epochs" plot --db a.db --view epochs --published -o n.svg
expect 2 'did you mean `loss`' plot --db a.db --view epochs --y los -o n.svg

# Published points: recorded once, drawn with letters; an accuracy on other data is not.
cp a.db b.db
expect 0 "13 points" import-points "$source_dir/examples/published.csv" --db b.db
expect 0 "13 points" import-points "$source_dir/examples/published.csv" --db b.db
same 13 "$(sqlite3 b.db 'SELECT count(*) FROM published')" "points after a second import"
expect 0 "2 of 13 published points" plot --db b.db --x weight_storage_bits --y test_accuracy --published -o q.svg
grep -q "Federl: 4-bit deltas" q.svg || wrong "q.svg has no published point"
expect 0 "5 of 13 published points" plot --db b.db --x lut --y "fmax_mhz / 1000 AS GHz" --published -o q.svg
# A small page: the vertical label stays on it, and what has no room is said.
expect 0 "take a larger --size or --title ''" plot --db b.db --x lut --y "fmax_mhz AS highest clock of a design" --color scheme --published --size 8.5x6cm -o small.gp
grep -q "no room for all of the line below the title" err || wrong "not said that a line is cut: $(cat err)"
grep -q "^set ylabel .* offset screen 0, screen -0.[0-9]" small.gp || wrong "the label leaves the page: $(grep ylabel small.gp)"
expect 0 "" plot --db b.db --x lut --y fmax_mhz --color scheme --published -o small.gp
grep -qE "no room|little room" err && wrong "no room on a large page: $(cat err)"
printf 'name,source,dataset,test_accuracy,weight_storage_bits\nother,here,mnist,0.99,1000\n' >own.csv
expect 0 "1 point recorded" import-points own.csv --replace --db b.db
expect 0 "0 of 1 published points" plot --db b.db --x weight_storage_bits --y test_accuracy --published -o q.svg
cp b.db several.db
sqlite3 several.db "UPDATE points SET dataset = 'digits' WHERE network = '784-32-10'"
for y in test_accuracy "100 * test_accuracy AS percent"; do
    expect 0 "0 of 1 published points" plot --db several.db --x weight_storage_bits --y "$y" --published -o q.svg
done
refused() { # WHAT IT SAYS, THE FILE
    printf '%b' "$2" >bad.csv
    expect 3 "$1" import-points bad.csv --db b.db
}
refused "bad.csv:2: \`test_accuracy\` is a fraction of 1: write 0.786" 'name,source,test_accuracy\na,b,78.6\n'
refused "did you mean \`lut\`" 'name,source,luts\na,b,3\n'
refused "no column \`source\`" 'name,lut\na,3\n'
refused "bad.csv:3: 2 fields" 'name,source,lut\na,b,3\nc,d\n'
refused "not a number" 'name,source,lut\na,b,3 LUTs\n'
refused "not a number" 'name,source,lut\na,b,0x10\n'
refused "below 0" 'name,source,lut\na,b,-3\n'
refused "a whole number" 'name,source,lut\na,b,3.5\n'
refused "a whole number" 'name,source,lut\na,b,1e20\n'
refused "at most 64" 'name,source,weight_bits\na,b,99\n'
refused "there is no \`foo\`" 'name,source,scheme\na,b,foo\n'
refused "there is no device \`xc9\`" 'name,source,device\na,b,xc9\n'
refused "bad.csv:2: this is not UTF-8 (a byte e9)" 'name,source,lut\na\xe9,b,3\n'
refused "this is UTF-16" '\xff\xfen\x00'
refused "has no point" 'name,source,lut\n'
expect 3 "has no point" import-points bad.csv --replace --db b.db
same 1 "$(sqlite3 b.db 'SELECT count(*) FROM published')" "points after a refused file"
refused "an earlier point" 'name,source,lut\na,b,3\na,b,4\n'
refused "without its" 'name,source,lut\n,b,3\n'
refused "nothing but a name" 'name,source,lut\na,b,\n'
refused "separated by commas" 'name;source;lut\na;b;3\n'
refused "two columns" 'name,source,lut,lut\na,b,3,3\n'
refused "quote" 'name,source,lut\n"a,b,3\n'
refused "it is empty" ''
same 1 "$(sqlite3 b.db 'SELECT count(*) FROM published')" "points after files that are wrong"

# A data set's name, a path and an expression that would be commands if they were not quoted.
expect 0 "" plot --db a.db --x weights --y weight_storage_bits --color dataset -o 'f`touch INJECTED`'"'; system 'touch INJECTED.svg"
expect 0 "" plot --db a.db --x dataset --y weights --where "weights > 0 /* '\` touch INJECTED \` \" */" -o g.svg
[ -n "$(find . -name 'INJECTED' )" ] && wrong "text became a command"
grep -q "touch INJ" g.svg || wrong "the name is not in the plot"

expect 1 "nothing to draw" plot --db a.db --x lut --y ff --where 0 -o n.svg
expect 1 "nothing to draw" plot --db a.db --x lut --y test_accuracy --where "scheme = 'float'" -o n.svg
expect 2 'did you mean `weight_storage_bits`' plot --db a.db --x weight_storage_bit --y test_accuracy -o n.svg
expect 2 'did you mean `scheme`' plot --db a.db --x lut --y ff --color schema -o n.svg
expect 2 "must end in" plot --db a.db --x lut --y ff -o n.jpg
expect 2 "plot needs -o" plot --db a.db --x lut --y ff
expect 2 "plot needs --y" plot --db a.db --x lut -o n.svg
expect 2 "--log is" plot --db a.db --x lut --y ff --log z -o n.svg
expect 2 "no-such-folder" plot --db a.db --x lut --y ff -o no-such-folder/n.svg
mkdir folder.svg
expect 2 "folder.svg" plot --db a.db --x lut --y ff -o folder.svg

# Points of two data sets are not on one front; of one they are.
cp a.db tasks.db
sqlite3 tasks.db "UPDATE points SET dataset = 'digits' WHERE network = '784-32-10'"
expect 0 "no front: the points are of several data sets" plot --db tasks.db --x weight_storage_bits --y test_accuracy -o t.svg
grep -q "Pareto front" t.svg && wrong "a front of two data sets"
expect 0 "" plot --db tasks.db --x weight_storage_bits --y test_accuracy --where "dataset = 'digits'" -o t.svg
grep -q "no front" err && wrong "no front of one data set: $(cat err)"
grep -q "Pareto front" t.svg || wrong "no front of one data set"

# A disk that is full: said, and an older file stays as it was.
echo old >old.svg
(ulimit -f 4 && "$program" plot --db a.db --x lut --y ff -o old.svg 2>err)
same 2 $? "exit code, file too large"
grep -q "cannot write .*old.svg: File too large" err || wrong "full disk: $(cat err)"
same old "$(cat old.svg)" "old.svg"

# Of thousands, points under others of their kind are left out and counted; no pixel loses all of a kind.
"$(dirname "$program")/tests/make_store" many.db
sed 's/WHERE i < 19999/WHERE i < 4999/' "$source_dir/tests/cli/many.sql" | sqlite3 many.db >/dev/null
expect 0 "5000 of 5000 rows" plot --db many.db --x weight_storage_bits --y test_accuracy --color scheme -o many.gp
under=$(sed -n 's/.*; \([0-9]*\) lie under others.*/\1/p' err)
drawn=$(sed -n '/^\$g[0-9]* <</,/^EOD/p' many.gp | grep -c '^[0-9]')
same 5000 $((drawn + under)) "points that are drawn or under others"
[ "$under" -gt 2000 ] || wrong "$under points are under others, though ten are at each place"
places() { awk '{ print int($1 / 2000), int($2 / 0.2) }' | sort -u; }
same "$(sqlite3 -separator ' ' many.db "SELECT weight_storage_bits / 1000.0, 100 * test_accuracy FROM designs" | places | wc -l)" \
    "$(sed -n '/^\$g[0-9]* <</,/^EOD/p' many.gp | grep '^[0-9]' | places | wc -l)" "places that have a point"

# However many trainings there are, each design finds its own by an index, also where rows are ordered or grouped.
for how in "ORDER BY lut" "GROUP BY scheme"; do
    sqlite3 many.db "EXPLAIN QUERY PLAN SELECT max(test_accuracy) OVER (), lut FROM designs $how" | grep -q "SCAN g" &&
        wrong "all trainings are looked through for each design: $how"
done

# Without gnuplot: the remedy, and an older file stays as it was.
echo old >old.svg
with=(env PATH=/nowhere)
expect 2 "gnuplot" plot --db a.db --x lut --y ff -o old.svg
grep -q "apt-get install gnuplot-nox" err || wrong "no remedy: $(cat err)"
same old "$(cat old.svg)" "old.svg"
# A gnuplot that fails, and one that draws nothing.
mkdir bin
printf '#!/bin/sh\necho "out of ink" >&2\nexit 3\n' >bin/gnuplot
chmod +x bin/gnuplot
with=(env PATH="$PWD/bin:$PATH")
expect 2 "out of ink" plot --db a.db --x lut --y ff -o old.svg
printf '#!/bin/sh\ncat >/dev/null\n' >bin/gnuplot
expect 2 "drew nothing" plot --db a.db --x lut --y ff -o old.svg
same old "$(cat old.svg)" "old.svg"
[ -z "$(find . -name '*.svg.*')" ] || wrong "drafts left: $(find . -name '*.svg.*')"
[ -e n.svg ] && wrong "a failed plot left n.svg"
finish
