#!/usr/bin/env bash
# Allocations that fail, a sample of all that prepare and run make: an error or success,
# never a crash, and the same command works afterwards. (Code 3: the dynamic loader only
# says in words that it had no memory.)
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"
"${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o "$work/fault.so" \
    "$root/tests/fault/malloc_fault.c" || exit 1
FAULT_PROGRAM=$(realpath "$mecombo")
export FAULT_PROGRAM

new_simple1 faulty
"$mecombo" prepare prepare.json >/dev/null
cp output/scores.sqlite fresh.sqlite
dump_tables fresh.sqlite >prepared.sql
"$mecombo" run run.json >/dev/null
dump_tables output/scores.sqlite >completed.sql

count() {
    LD_PRELOAD=$work/fault.so FAULT_COUNT=$work/count "$mecombo" "$@" >/dev/null
    cat "$work/count"
}
# one WANT COMMAND...: allocation $k of the command fails; what goes wrong is printed
one() {
    local rc want=$1
    shift
    LD_PRELOAD=$work/fault.so FAULT_ALLOC=$k "$mecombo" "$@" >out.log 2>err.log
    rc=$?
    case $rc,$(grep -c '^mecombo: error: ' err.log) in
    [34],1 | 0,0) ;;
    *) echo "allocation $k: exit code $rc" && cat err.log ;;
    esac
    "$mecombo" "$@" >out.log 2>&1 || { echo "allocation $k: lasting damage" && cat out.log; }
    dump_tables output/scores.sqlite | diff -q - "$want" >out.log ||
        echo "allocation $k: another database"
}

rm -rf output tmp
n=$(count prepare prepare.json)
check "prepare makes $n allocations" test "$n" -gt 1000
for ((k = 1; k <= n; k += n / 40)); do
    rm -rf output
    one prepared.sql prepare prepare.json
done >"$work/log"
test ! -s "$work/log"
report $? "prepare ends well or with one error, and works afterwards" "$work/log"

cp fresh.sqlite output/scores.sqlite
n=$(count run run.json)
check "run makes $n allocations" test "$n" -gt 1000
for ((k = 2; k <= n; k += n / 60)); do
    rm -rf output/scores.sqlite*
    cp fresh.sqlite output/scores.sqlite
    one completed.sql run run.json --retry-failed
done >"$work/log"
test ! -s "$work/log"
report $? "run ends well or with one error, and works afterwards" "$work/log"
finish
