#!/usr/bin/env bash
# On a shared file system a run holds the database for itself alone: mecombo status then
# reads what the run writes beside it. statfs() is made to see NFS.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"
"${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o "$work/fault.so" "$root/tests/fault/io_fault.c" ||
    exit 1

# some hundred rows of 25 ms
new_simple1 shared
sed -i 's/"total_duration": 200.0/"total_duration": 100000.0/' \
    data/emodels/setup/emodel.json
many_morphologies 100
"$mecombo" prepare prepare.json >/dev/null
on_nfs() { FAULT_SHARED=1 LD_PRELOAD=$work/fault.so "$@"; }
# start: a run in the background, until it has written its status
start() {
    FAULT_SHARED=1 LD_PRELOAD=$work/fault.so "$mecombo" run run.json >run.log 2>err.log &
    pid=$!
    for _ in $(seq 600); do
        [ ! -e output/scores.sqlite.status ] || return 0
        sleep 0.05
    done
    return 1
}

check "a run tells how far it is" start
check "no -shm file is used" test ! -e output/scores.sqlite-shm
on_nfs "$mecombo" status run.json >status.txt 2>&1
check "status reads it" grep -E '^as of +20' status.txt
check "status counts the rows" grep -E '^rows +208$' status.txt
check "status tells the owner" grep "process $pid" status.txt
on_nfs "$mecombo" status --json run.json >status.json
check "status --json says when it was written" grep '"written": "20' status.json
check "status --json names no end" grep '"complete": null' status.json
kill -TERM "$pid"
wait "$pid"
check "the run ends on request" test $? = 5
check "its file is gone" test ! -e output/scores.sqlite.status
check "status reads the database again" sh -c "'$mecombo' status run.json | grep 'owner  *nobody'"

check "it goes on" start
kill -KILL "$pid"
wait "$pid" 2>/dev/null
check "after a kill the file is left" test -e output/scores.sqlite.status
on_nfs "$mecombo" status run.json >status.txt
check "but not believed" sh -c "! grep 'as of' status.txt && grep 'owner  *nobody' status.txt"
check "the rest is run" on_nfs "$mecombo" run run.json
check "no row is left" test "$(sqlite3 output/scores.sqlite \
    'select count(*) from scores where to_run = 1')" = 0
check "no file is left" test ! -e output/scores.sqlite.status
finish
