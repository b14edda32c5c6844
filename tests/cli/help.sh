#!/usr/bin/env bash
# Help, version, exit codes, and what happens when standard output cannot be written.
source "$(dirname "$0")/lib.sh" "$1"

expect 0 "usage: deltasweep COMMAND" --help
expect 0 "exit codes" help
expect 0 "(revision " --version
expect 0 "weight_storage_bits" help columns
expect 2 "which command" # no argument
[ -s out ] && wrong "the help of a missing command went to standard output"
expect 2 'did you mean `pareto`' paerto
expect 2 'did you mean `help`' hepl
expect 2 "unknown command" xyzzy
expect 2 "one command at a time" help query pareto

# Every command that --help lists has help with two examples, on standard output.
"$program" --help >all 2>err
commands=$(sed -n 's/^  \([a-z-]*\)  .*/\1/p' all)
[ "$(echo "$commands" | wc -w)" -eq 26 ] || wrong "--help lists: $commands"
for command in $commands; do
    "$program" "$command" --help >long 2>err || wrong "$command --help"
    "$program" help "$command" >short 2>>err || wrong "help $command"
    cmp -s long short || wrong "help $command differs from $command --help"
    [ -s err ] && wrong "$command --help says on standard error: $(cat err)"
    [ "$(sed -n '/^examples:/,/^$/p' long | grep -c '^  .*deltasweep ')" -ge 2 ] || wrong "$command: less than two examples"
    grep -q 'exit codes:' long || wrong "$command: help without exit codes"
    [ "$(awk 'length > 100' long)" = "" ] || wrong "$command: help wider than 100 columns"
    expect 2 "unknown option --xyzzy-plugh" "$command" --xyzzy-plugh
    grep -oE -- '^  (-., )?--[a-z-]+' long | sed 's/.*--//' | sort >"options.$command"
    grep -oE -- '^  -., ' long | cut -c4 | sort >"letters.$command"
done

# The help of a command lists exactly the options that the command accepts, of all that any command has. A value after
# `=` that does not belong there, or the wrong option that follows, ends the command before it does anything.
sort -u options.* >options
for command in $commands; do
    while read -r option; do
        "$program" "$command" "--$option=" --xyzzy-plugh >/dev/null 2>err </dev/null
        grep -qE -- "unknown option --$option[: ]|--$option could be" err && continue
        grep -q -- "^$option." "options.$command" && ! grep -qx -- "$option" "options.$command" && continue # its beginning
        echo "$option"
    done <options >accepted
    diff "options.$command" accepted >difference || wrong "$command: options in the help (<), and accepted (>): $(cat difference)"
    for letter in {a..g} {i..z}; do # -h is for help
        "$program" "$command" "-$letter" >/dev/null 2>err </dev/null
        grep -q "unknown option -$letter" err || echo "$letter"
    done >accepted
    diff "letters.$command" accepted >difference || wrong "$command: letters in the help (<), and accepted (>): $(cat difference)"
done
expect 2 "did you mean --where?" pareto --were x
expect 2 "--max needs a value" pareto --max
expect 2 "--where is given twice" pareto --where 1 --where 0
expect 2 "--db is given twice" query "SELECT 1" --db a.db --db=b.db
expect 2 "--title is given twice" plot --title a --title b
expect 2 "--epochs is given twice" train --epochs 1 --epochs 2
expect 2 "--jobs is given twice" run a.yaml -j 1 --jobs 2
expect 2 "--json takes no value" doctor --json=1
expect 2 'takes no `extra`' doctor extra
expect 2 "could be several options" pareto --m x

# A full disk is said and is exit code 2; a reader that went away is exit code 2 in silence.
"$program" help columns >/dev/full 2>err
same 2 $? "exit code, /dev/full"
grep -q "No space left" err || wrong "/dev/full: $(cat err)"
{ "$program" help columns; echo $? >code; } 2>err | true
sleep 0.2
same 2 "$(cat code)" "exit code, closed pipe"
[ -s err ] && wrong "closed pipe: $(cat err)"
"$program" --version >&- 2>err
same 2 $? "exit code, closed standard output"
finish
