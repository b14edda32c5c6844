#!/usr/bin/env bash
# scripts/setup.sh with a made-up apt: what it asks for, and that it asks for nothing when all is there.
source "$(dirname "$0")/lib.sh" "$1"
setup=$source_dir/scripts/setup.sh
mkdir bin
for tool in bash env grep cat; do ln -s "$(command -v "$tool")" "bin/$tool"; done
fake() { # fake NAME BODY
    printf '#!/bin/bash\n%s\n' "$2" >"bin/$1"
    chmod +x "bin/$1"
}
fake dpkg-query 'for package; do :; done
if grep -qx "$package" missing; then exit 1; fi
echo installed'
fake apt-get 'echo "$*" >>calls; exit $(cat apt-code)'
fake sudo 'echo "sudo $1" >>calls; exec "$@"'
fake id 'echo 0'
echo 0 >apt-code

run_setup() {
    rm -f calls
    PATH=$PWD/bin bash "$setup" >out 2>err
}

: >missing
run_setup
same 0 $? "exit code with all there"
grep -q "all [0-9]* packages are installed" out || wrong "all there: $(cat out err)"
[ -e calls ] && wrong "apt-get was called with all there: $(cat calls)"

printf 'yosys\nverilator\n' >missing
run_setup
same 0 $? "exit code with two missing"
grep -q "update" calls || wrong "no update: $(cat calls)"
grep -q "install -y --no-install-recommends verilator yosys" calls || wrong "not the two missing ones: $(cat calls)"
grep -q sudo calls && wrong "sudo as root"

echo 100 >apt-code
run_setup
same 2 $? "exit code when apt-get fails"
grep -q "still to be installed: verilator yosys" err || wrong "apt-get failed: $(cat err)"
echo 0 >apt-code

fake id 'echo 1000'
run_setup
same 0 $? "exit code with sudo"
grep -q "sudo" calls || wrong "no sudo: $(cat calls)"
rm bin/sudo
run_setup
same 2 $? "exit code without sudo"
grep -q "root or install sudo" err || wrong "without sudo: $(cat err)"
rm bin/apt-get
run_setup
same 2 $? "exit code without apt-get"
finish
