#!/usr/bin/env bash
# Writes and syncs of the database that fail, one after the other, and a disk that is
# full from then on: one clear error, a sound database, and the next run completes it. The
# same of reads, opens and renames, in all phases, and with several ranks. Calls that are
# interrupted or do a part only are no failure.
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
    again
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
        same want.sql >run.log || echo "call $2: another database"
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

# try NAME STEP MOST WANT LAUNCHER... -- ARGUMENTS...: calls 1, 1 + STEP, ... of at most
# MOST fail. WANT: "fine" when none of that may matter. Then the command once more.
try() {
    local name=$1 step=$2 most=$3 want=$4 launch=() k rc n_errors=0
    shift 4
    while [ "$1" != -- ]; do
        launch+=("$1")
        shift
    done
    shift
    for ((k = 1; k <= most; k += step)); do
        anew
        FAULT_CALL=$k LD_PRELOAD=${preload-$work/fault.so} "${launch[@]}" "$mecombo" "$@" \
            >run.log 2>err.log
        rc=$?
        case $want,$rc,$(grep -c '^mecombo: error: ' err.log) in
        any,[34],1) n_errors=$((n_errors + 1)) ;;
        *,0,0) ;;
        *) echo "call $k: exit code $rc" && cat err.log ;;
        esac
        [ "$want" = any ] || unchanged || echo "call $k: another database"
        [ $phase != run ] || [ "$(sqlite3 output/scores.sqlite 'select count(*) from scores
            where exception not like "%/%"')" = 0 ] ||
            echo "call $k: a row failed and names no file"
        "$mecombo" "$@" >run.log 2>&1 || { echo "call $k: lasting damage" && cat run.log; }
        unchanged || echo "call $k: another database later"
    done >"$work/log" 2>&1
    test ! -s "$work/log"
    report $? "$name ($n_errors errors)" "$work/log"
}
unchanged() {
    case $phase in
    run) dump_tables output/scores.sqlite | diff -q - want.sql >diff.log ;;
    prepare) dump_tables output/scores.sqlite | diff -q - prepared.sql >diff.log ;;
    select) diff -rq -x megating.pdf release output_megate >diff.log ;;
    esac
}
anew() {
    case $phase in
    run) rm -rf output/scores.sqlite* && cp fresh.sqlite output/scores.sqlite ;;
    prepare) rm -rf output ;;
    select) rm -rf output_megate ;;
    esac
}
# count CALLS COMMAND...: how many of them a run makes
count() {
    local calls=$1
    shift
    anew
    rm -f "$work/count"
    FAULT_CALLS=$calls LD_PRELOAD=$work/fault.so FAULT_COUNT=$work/count "$mecombo" "$@" \
        >run.log 2>&1
    cat "$work/count"
}

phase=run
cp output/scores.sqlite fresh.sqlite
export FAULT_NAME=scores.sqlite
n=$(count write run run.json)
export FAULT_ERRNO=SHORT
try "run, writes of a part" 4 "$n" fine env -- run run.json
export FAULT_NAME=/faulty/ FAULT_CALLS=read FAULT_ERRNO=EINTR
n=$(count read run run.json)
try "run, interrupted reads" 19 "$n" any env -- run run.json --retry-failed
export FAULT_ERRNO=SHORT
try "run, reads of a part" 19 "$n" fine env -- run run.json --retry-failed
export FAULT_ERRNO=EIO
try "run, $n reads and opens that fail" 7 "$n" any env -- run run.json --retry-failed
export FAULT_CALLS=make FAULT_NAME=output/ FAULT_ERRNO=EACCES
n=$(count make run run.json)
try "run, $n renames and creations that fail" 1 "$n" any env -- run run.json --retry-failed

# three ranks
export FAULT_NAME=scores.sqlite FAULT_CALLS=write FAULT_ERRNO=EIO FAULT_RANK=0
preload=
ranks=(timeout -k 5 30 mpirun -n 3 -x LD_PRELOAD="$work/fault.so")
try "three ranks, writes of rank 0" 9 40 any "${ranks[@]}" -- run run.json --retry-failed
export FAULT_NAME=/faulty/ FAULT_CALLS=read FAULT_RANK=1
try "three ranks, reads of rank 1" 13 60 any "${ranks[@]}" -- run run.json --retry-failed
unset preload FAULT_RANK

phase=select
anew
"$mecombo" select select.json >run.log 2>&1
cp -r output_megate release
export FAULT_NAME=output_megate FAULT_CALLS=write
n=$(count write select select.json)
for reason in EIO ENOSPC; do
    export FAULT_ERRNO=$reason
    try "select, $reason at $n calls" 5 "$n" any env -- select select.json
done
export FAULT_ERRNO=SHORT
try "select, writes of a part" 5 "$n" fine env -- select select.json
export FAULT_CALLS=make FAULT_ERRNO=EACCES
n=$(count make select select.json)
try "select, $n renames and creations that fail" 3 "$n" any env -- select select.json
export FAULT_NAME=/faulty/ FAULT_CALLS=read FAULT_ERRNO=EIO
n=$(count read select select.json)
try "select, $n reads and opens that fail" 5 "$n" any env -- select select.json

phase=prepare
n=$(count read prepare prepare.json)
try "prepare, $n reads and opens that fail" 13 "$n" any env -- prepare prepare.json
export FAULT_NAME=output/ FAULT_CALLS=make FAULT_ERRNO=EACCES
n=$(count make prepare prepare.json)
try "prepare, $n renames and creations that fail" 4 "$n" any env -- prepare prepare.json
finish
