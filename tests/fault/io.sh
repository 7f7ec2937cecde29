#!/usr/bin/env bash
# Writes and syncs of the database that fail, one after the other, and a disk that is
# full from then on: one clear error, a sound database, and the next run completes it.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"
"${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o "$work/fault.so" "$root/tests/fault/io_fault.c" ||
    exit 1

new_simple1 faulty
"$mecombo" prepare prepare.json >/dev/null
cp output/scores.sqlite fresh.sqlite
export FAULT_NAME=scores.sqlite
LD_PRELOAD=$work/fault.so FAULT_COUNT=$work/count "$mecombo" run run.json >/dev/null
n_calls=$(cat "$work/count")
dump_tables output/scores.sqlite >want.sql
check "a run makes $n_calls calls on the database" test "$n_calls" -gt 20

# one REASON K: what went wrong goes to $work/log
one() {
    local rc
    rm -rf output/scores.sqlite*
    cp fresh.sqlite output/scores.sqlite
    LD_PRELOAD=$work/fault.so FAULT_ERRNO=$1 FAULT_CALL=$2 \
        "$mecombo" run run.json >run.log 2>err.log
    rc=$?
    {
        # a failure after the last commit does not matter any more
        case $rc,$(grep -c '^mecombo: error: ' err.log) in
        4,1 | 0,0) ;;
        *) echo "call $2: exit code $rc" && cat err.log ;;
        esac
        [ "$(sqlite3 output/scores.sqlite 'pragma integrity_check')" = ok ] ||
            echo "call $2: the database is damaged"
        "$mecombo" run run.json >run.log || echo "call $2: cannot go on"
        dump_tables output/scores.sqlite | diff -q - want.sql >run.log ||
            echo "call $2: another database"
    } >>"$work/log" 2>&1
    [ $rc -ne 4 ] || n_errors=$((n_errors + 1))
}

# all REASON STEP
all() {
    local k
    : >"$work/log"
    n_errors=0
    for ((k = 1; k <= n_calls; k += $2)); do
        one "$1" "$k"
    done
    test ! -s "$work/log"
    report $? "$1 at every call ($2): error, sound database, completed later" "$work/log"
    check "$1: $n_errors runs ended with an error" test "$n_errors" -ge 5
}
all EIO 1
all ENOSPC 3

# prepare, every second call on anything that it writes
export FAULT_NAME=$PWD/output/
rm -rf output
LD_PRELOAD=$work/fault.so FAULT_COUNT=$work/count "$mecombo" prepare prepare.json >/dev/null
n_calls=$(cat "$work/count")
dump_tables output/scores.sqlite >prepared.sql
check "prepare makes $n_calls calls" test "$n_calls" -gt 20
prepare() { # prepare REASON
    local k rc
    for ((k = 1; k <= n_calls; k += 2)); do
        rm -rf output
        LD_PRELOAD=$work/fault.so FAULT_ERRNO=$1 FAULT_CALL=$k \
            "$mecombo" prepare prepare.json >run.log 2>err.log
        rc=$?
        case $rc,$(grep -c '^mecombo: error: ' err.log) in
        4,1) ! ls output/scores.sqlite* ;;
        0,0) true ;;
        *) echo "call $k: exit code $rc" && cat err.log ;;
        esac 2>/dev/null
        "$mecombo" prepare prepare.json >run.log || echo "call $k: lasting damage"
        dump_tables output/scores.sqlite | diff -q - prepared.sql >run.log ||
            echo "call $k: another database"
    done >"$work/log" 2>&1
    test ! -s "$work/log"
    report $? "prepare, $1: error and no trace of a database, works afterwards" "$work/log"
}
prepare EIO
prepare ENOSPC
finish
