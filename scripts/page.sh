# shellcheck shell=bash
# Sourced by the scripts that write figures into pages.

# put PAGE NAME: standard input takes the place of what PAGE has between the lines
# <!-- NAME --> and <!-- end -->.
put() {
    local new
    new=$(mktemp)
    if ! awk -v name="<!-- $2 -->" '
        input { rows = rows $0 "\n"; next }
        $0 == name { print; printf "%s", rows; inside = found = 1; next }
        $0 == "<!-- end -->" { inside = 0 }
        !inside
        END { exit !(found && rows != "") }' input=1 - input=0 "$1" >"$new"; then
        echo "${0##*/}: nothing to write, or no line <!-- $2 --> in $1" >&2
        rm "$new"
        return 1
    fi
    cat "$new" >"$1"
    rm "$new"
}
