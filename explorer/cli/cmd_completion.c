#include "explorer/cli/cli.h"
#include "explorer/cli/complete.h"

#include <stdio.h>
#include <string.h>

/* The scripts ask the program itself what may come next (`completion words`): no script lists an option. */
static const char bash[] =
    "# bash completion of deltasweep\n"
    "_deltasweep() {\n"
    "    local line word begun=$2\n"
    "    [[ $begun != = ]] || begun=\n"
    "    COMPREPLY=()\n"
    "    while IFS= read -r line; do\n"
    "        case $line in\n"
    "        :folders)\n"
    "            compopt -o filenames 2>/dev/null\n"
    "            while IFS= read -r word; do COMPREPLY+=(\"$word\"); done < <(compgen -d -- \"$begun\")\n"
    "            ;;\n"
    "        :files*)\n"
    "            compopt -o filenames 2>/dev/null\n"
    "            while IFS= read -r word; do\n"
    "                [[ -d $word || $word == *\"${line#:files}\" ]] && COMPREPLY+=(\"$word\")\n"
    "            done < <(compgen -f -- \"$begun\")\n"
    "            ;;\n"
    "        *)\n"
    "            word=${line%%$'\\t'*}\n"
    "            [[ $word != *[^A-Za-z0-9_./=,+:@%-]* ]] || printf -v word %q \"$word\"\n"
    "            COMPREPLY+=(\"$word\")\n"
    "            ;;\n"
    "        esac\n"
    "    done < <(\"${1/#\\~/$HOME}\" completion words -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\n"
    "}\n"
    "complete -F _deltasweep deltasweep\n";

static const char zsh[] =
    "#compdef deltasweep\n"
    "_deltasweep() {\n"
    "    local line\n"
    "    local -a found\n"
    "    for line in \"${(@f)$(\"${words[1]/#\\~/$HOME}\" completion words -- \"${(@)words[2,CURRENT]}\" "
    "2>/dev/null)}\"; do\n"
    "        case $line in\n"
    "        (:folders) compset -P '--*='; _files -/ ;;\n"
    "        (:files*) compset -P '--*='; _files -g \"*${line#:files}\" ;;\n"
    "        (?*) found+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\") ;;\n"
    "        esac\n"
    "    done\n"
    "    (( $#found )) && _describe deltasweep found\n"
    "}\n"
    "if [ \"${funcstack[1]}\" = _deltasweep ]; then _deltasweep \"$@\"; else compdef _deltasweep deltasweep; fi\n";

static const char fish[] = "# fish completion of deltasweep\n"
                           "function __deltasweep_complete\n"
                           "    set -l before (commandline -opc)\n"
                           "    set -l begun (commandline -ct)\n"
                           "    for line in ($before[1] completion words -- $before[2..] \"$begun\" 2>/dev/null)\n"
                           "        switch $line\n"
                           "            case ':folders'\n"
                           "                __fish_complete_directories $begun ''\n"
                           "            case ':files*'\n"
                           "                __fish_complete_suffix (string replace ':files' '' -- $line)\n"
                           "            case '*'\n"
                           "                echo $line\n"
                           "        end\n"
                           "    end\n"
                           "end\n"
                           "complete -c deltasweep -f -a '(__deltasweep_complete)'\n";

static const struct {
    const char *shell, *script;
} scripts[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

static const struct option_row options[] = {
    {OPERAND, "bash|zsh|fish", NULL, "the shell", NULL},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {2, "wrong usage"},
    {0, NULL},
};

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct shared_options asked = {0};
    if (options_shared(argc, argv, options, &asked, e) != STATUS_OK)
        return STATUS_USAGE;
    if (optind < argc && strcmp(argv[optind], "words") == 0) {
        if (optind + 1 < argc)
            complete_print(argv + optind + 1, argc - optind - 1, stdout);
        return STATUS_OK;
    }
    const char *shell = optind < argc ? argv[optind++] : "";
    if (options_no_operands(argc, argv, e) != STATUS_OK)
        return STATUS_USAGE;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
        if (strcmp(shell, scripts[i].shell) == 0) {
            fputs(scripts[i].script, stdout);
            return STATUS_OK;
        }
    return fail(e, STATUS_USAGE, "which shell? deltasweep completion bash, zsh or fish");
}

const struct command command_completion = {
    .name = "completion",
    .summary = "a script that completes this program's words in your shell",
    .usage = "bash|zsh|fish",
    .about =
        "Prints a script for your shell. With it the Tab key completes commands, options, the words of axes, parts, "
        "columns, files, and the sweeps and points of the database. An installed deltasweep has put it where the "
        "shell looks for it.",
    .options = options,
    .examples = "eval \"$(deltasweep completion bash)\"\n"
                "deltasweep completion fish >~/.config/fish/completions/deltasweep.fish",
    .exits = exits,
    .run = run,
};
