#!/usr/bin/env bash
# The man page and the completions of shells: they have every command and option of the help, tools find no fault in them,
# and each shell that is installed gets the words that belong there.
source "$(dirname "$0")/lib.sh" "$1"
has() { command -v "$1" >/dev/null || { echo "not tried: $1 is not installed"; false; }; }

# words WORD…: what may come next, of the last one.
words() { "$program" completion words -- "$@" | cut -f1; }
# offers WORD WORD…: whether it may come next.
offers() {
    local wanted=$1
    shift
    words "$@" | grep -qxF -- "$wanted" || wrong "\"$wanted\" is not offered after: $* ($(words "$@" | head -c 200))"
}

# ---- all that --help has
expect 0 "" help man
mv out page
sed -n 's/^\\fB\(\\-., \)\{0,1\}\\-\\-/--/p' page | sed 's/\\-/-/g; s/[ \\].*//' | sort -u >paged
"$program" --help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p' >commands
while read -r command; do
    words "${command:0:2}" | grep -qx "$command" || wrong "$command is not offered"
    grep -qx ".SS $command" page || wrong "the man page has no $command"
    "$program" help "$command" | grep -oE -- '^  (-., )?--[a-z-]+' | sed 's/.*--/--/' | sort -u >options
    words "$command" - | grep -vx -- --help | sort -u >offered
    diff options offered >difference || wrong "$command: options of the help (<), and offered (>): $(cat difference)"
    comm -23 options paged >missing
    [ -s missing ] && wrong "the man page has no: $(cat missing) ($command)"
done <commands
if has mandoc; then
    mandoc -T lint -W warning page >said || wrong "mandoc: $(head -5 said)"
fi
if has groff; then
    same "" "$(groff -K utf8 -man -ww -z page 2>&1)" "what groff says"
fi

# ---- what belongs where
touch a.db b.yaml c.txt && mkdir folder
make_database a.db
offers consecutive-open train --scheme cons
offers --scheme=consecutive-open train --scheme=cons
offers true fit --mirror ""
offers xc7s15 fit --device xc7
offers trainings pareto --view ""
offers lut,test_accuracy pareto --columns lut,test_a
offers --columns=lut,test_accuracy pareto --columns=lut,test_a
offers results plot --view ""
offers epochs plot --view ""
offers bash completion ""
offers columns help ""
offers :files.yaml run ""
offers :files.yaml run --db x.db ""
offers :files train --save ""
offers :folders export p ""
offers odd pareto --db a.db --sweep ""
offers odd pareto --db=a.db --sweep ""
offers "$(sqlite3 a.db "SELECT point FROM points LIMIT 1")" show --db a.db p
same "" "$(words pareto --sweep "")" "sweeps without a database"
[ -e deltasweep.db ] && wrong "a completion made a database"
same "" "$(words nonsense "")" "words after no command"
same "" "$(words train --scheme=zzz)" "words that begin with zzz"
same "" "$(words)" "words of nothing"
sqlite3 a.db "UPDATE sweeps SET name = 'two' || char(10) || 'lines' WHERE name = 'odd'"
offers :files pareto --db a.db --db ""
words pareto --db a.db --sweep "" | grep -q lines && wrong "a name of two lines is offered"
expect 2 "which shell" completion
expect 2 "which shell" completion csh
expect 2 "takes no" completion bash zsh

# ---- the shells
PATH=$(dirname "$program"):$PATH
sqlite3 a.db "UPDATE sweeps SET name = 'a b;c' WHERE name LIKE '%lines'"
expect 0 "" completion bash
mv out script.bash
bash -n script.bash || wrong "bash finds a fault"
# in_bash LINE: what Tab offers at its end; bash's own splitting of words.
in_bash() {
    bash --norc --noprofile -c '
        source script.bash
        compopt() { :; } # only known while readline completes
        eval "COMP_WORDS=($1)"
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _deltasweep deltasweep "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf "%s\n" "${COMPREPLY[@]}"' bash "$1" | sort | tr '\n' ' '
}
same "rename " "$(in_bash "deltasweep ren")" "bash, a command"
same "consecutive consecutive-open " "$(in_bash "deltasweep train --scheme cons")" "bash, an axis"
same "consecutive consecutive-open " "$(in_bash "deltasweep train --scheme = cons")" "bash, an axis with ="
same "designs results trainings " "$(in_bash "deltasweep pareto --view =")" "bash, nothing behind ="
same "b.yaml folder " "$(in_bash "deltasweep run ''" | sed 's/cache //')" "bash, files"
same "folder " "$(in_bash "deltasweep export f")" "bash, a folder"
in_bash "deltasweep pareto --db a.db --sweep a" | grep -qF 'a\ b\;c' || wrong "bash: a name is not quoted"
if has zsh; then
    expect 0 "" completion zsh
    mv out _deltasweep
    zsh -n _deltasweep || wrong "zsh finds a fault"
    # in_zsh WORD…: what the function hands to zsh.
    in_zsh() {
        zsh -f -c 'compdef() { :; }; compset() { :; }; _describe() { print -rl -- "${(@P)2}"; }; _files() { print -r -- _files "$@"; }
            source ./_deltasweep; words=(deltasweep "$@"); CURRENT=$#words; _deltasweep' zsh "$@" | tr '\n' ' '
    }
    same "--scheme=consecutive: --scheme=consecutive-open: " "$(in_zsh train --scheme=cons)" "zsh, an axis"
    same "_files -g *.yaml " "$(in_zsh run "")" "zsh, files"
    same "rename:give a sweep of the database another name " "$(in_zsh ren)" "zsh, a command"
fi
if has fish; then
    expect 0 "" completion fish
    mv out script.fish
    fish -n script.fish || wrong "fish finds a fault"
    in_fish() { HOME=$work fish --no-config -c 'source script.fish; complete -C $argv[1]' "$1" | cut -f1 | tr '\n' ' '; }
    same "consecutive consecutive-open " "$(in_fish "deltasweep train --scheme cons")" "fish, an axis"
    same "b.yaml " "$(in_fish "deltasweep run b")" "fish, files"
    same "rename " "$(in_fish "deltasweep ren")" "fish, a command"
fi
finish
