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

# A disk that is full: said, and an older file stays as it was.
echo old >old.svg
(ulimit -f 4 && "$program" plot --db a.db --x lut --y ff -o old.svg 2>err)
same 2 $? "exit code, file too large"
grep -q "cannot write old.svg: File too large" err || wrong "full disk: $(cat err)"
same old "$(cat old.svg)" "old.svg"

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
