#!/usr/bin/env bash
# Allocations that fail, a sample of all that prepare, run, select and merge make, alone
# and on one of three ranks: an error or success, never a crash, and the same command
# works afterwards. (Code 3: the dynamic loader only says in words that it had no memory.)
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"
"${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o "$work/fault.so" \
    "$root/tests/fault/malloc_fault.c" || exit 1
FAULT_PROGRAM=$(realpath "$mecombo")
export FAULT_PROGRAM
n_errors=0

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
# one WANT COMMAND...: allocation $k of the command fails; what goes wrong is printed.
# With $rank it is one of that rank of three.
one() {
    local rc want=$1 launch=(env LD_PRELOAD="$work/fault.so" FAULT_ALLOC="$k")
    shift
    [ -z "${rank-}" ] || launch=(timeout -k 5 30 mpirun -n 3 -x LD_PRELOAD="$work/fault.so"
        -x FAULT_ALLOC="$k" -x FAULT_RANK="$rank" -x FAULT_OWN=1)
    "${launch[@]}" "$mecombo" "$@" >out.log 2>err.log
    rc=$?
    case $rc,$(grep -c '^mecombo: error: ' err.log) in
    [34],1) n_errors=$((n_errors + 1)) ;;
    0,0) ;;
    *) echo "allocation $k${rank:+ of rank $rank}: exit code $rc" && cat err.log ;;
    esac
    grep '^Saved scores' out.log | sed 's/.*uid \([0-9]*\).*/\1/' | sort >said
    sqlite3 -readonly output/scores.sqlite 'select "index" from scores where to_run = 0' 2>out.log |
        sort | comm -23 said - >lost
    [ ! -s lost ] || echo "allocation $k: reported, not saved: $(tr '\n' ' ' <lost)"
    [ "$1" != merge ] || rm -f "$2"
    "$mecombo" "$@" >out.log 2>&1 || { echo "allocation $k: lasting damage" && cat out.log; }
    same "$want" >out.log || echo "allocation $k: another database"
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
    again
    one completed.sql run run.json --retry-failed
done >"$work/log"
test ! -s "$work/log"
report $? "run ends well or with one error, and works afterwards" "$work/log"

# A rank makes some 40 allocations of its own in all, rank 0 some 300.
n_errors=0
for rank in 0 1 2; do
    for ((k = 1 + rank; k <= (rank > 0 ? 36 : 300); k += rank > 0 ? 7 : 37)); do
        again
        one completed.sql run run.json --retry-failed
    done
done >"$work/log"
unset rank
[ $n_errors -ge 8 ] || echo "only $n_errors runs ended with an error" >>"$work/log"
test ! -s "$work/log"
report $? "run of three ranks, one of them short of memory ($n_errors errors)" "$work/log"

# From one allocation on none works any more, as where memory is really gone: the lock is
# given back all the same.
export FAULT_OWN=1
again
n=$(count run run.json)
for ((k = 1; k <= n; k += n / 12)); do
    again
    LD_PRELOAD=$work/fault.so FAULT_ALLOC=$k FAULT_ON=1 "$mecombo" run run.json \
        >out.log 2>err.log
    rc=$?
    [ $rc,"$(grep -c '^mecombo: error: ' err.log)" = 4,1 ] ||
        { echo "allocation $k: exit code $rc" && cat err.log; }
    ! ls -d output/*.lock* 2>/dev/null || echo "allocation $k: the lock is left"
    "$mecombo" run run.json >out.log 2>&1 || { echo "allocation $k: lasting damage" && cat out.log; }
    same completed.sql >out.log || echo "allocation $k: another database"
done >"$work/log"
unset FAULT_OWN
test ! -s "$work/log"
report $? "run without any memory from some moment on leaves no lock" "$work/log"

# Cairo and fontconfig crash without memory, so only the program's own.
export FAULT_OWN=1
n=$(count select select.json 2>/dev/null)
cp -r output_megate want
for ((k = 1; k <= n; k += n / 25)); do
    rm -rf output_megate
    one completed.sql select select.json
    diff -rq -x megating.pdf want output_megate || echo "allocation $k: another release"
done >"$work/log"
test ! -s "$work/log"
report $? "select ends well or with one error, and works afterwards" "$work/log"
unset FAULT_OWN

cp fresh.sqlite output/scores.sqlite
"$mecombo" run run.json --rows 0-2 >/dev/null
mv output/scores.sqlite low.sqlite
cp fresh.sqlite output/scores.sqlite
"$mecombo" run run.json --rows 2-30 >/dev/null
mv output/scores.sqlite high.sqlite
n=$(count merge output/scores.sqlite low.sqlite high.sqlite)
for ((k = 1; k <= n; k += n / 25)); do
    rm -rf output/scores.sqlite*
    one completed.sql merge output/scores.sqlite low.sqlite high.sqlite
done >"$work/log"
test ! -s "$work/log"
report $? "merge ends well or with one error, and works afterwards" "$work/log"

mod=$root/tests/nmodl/events/plastic_weights.mod
n=$(count mechanisms check "$mod")
check "mechanisms check makes $n allocations" test "$n" -gt 50
for ((k = 1; k <= n; k++)); do
    LD_PRELOAD=$work/fault.so FAULT_ALLOC=$k "$mecombo" mechanisms check "$mod" \
        >out.log 2>err.log
    rc=$?
    case $rc in
    0 | 4) ;;
    *) echo "allocation $k: exit code $rc" && cat err.log ;;
    esac
done >"$work/log"
test ! -s "$work/log"
report $? "mechanisms check calls no want of memory a mistake in the text" "$work/log"
finish
