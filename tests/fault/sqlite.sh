#!/usr/bin/env bash
# Calls of SQLite that fail, one after the other, each time in another way: one clear
# error, no row reported that is not in the database, and the next run completes it.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"
"${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o "$work/fault.so" \
    "$root/tests/fault/sqlite_fault.c" || exit 1

# rows that share an evaluation (m1, m2: the same bytes) and rows that fail (m3)
new_simple1 faulty
{
    echo '<neurondb><listing>'
    for i in 1 2 3; do
        echo "<morphology><name>m$i</name><mtype>mtype1</mtype><msubtype/>"
        echo "<layer>1</layer></morphology>"
        cp data/morphs/morph1.asc "data/morphs/m$i.asc"
    done
    echo '</listing></neurondb>'
} >data/morphs/neuronDB.xml
rm data/morphs/m3.asc
export FAULT_COUNT=$work/count
with() { LD_PRELOAD=$work/fault.so "$@"; }
with "$mecombo" prepare prepare.json >/dev/null 2>&1
n_prepare=$(cat "$work/count")
cp output/scores.sqlite fresh.sqlite
dump_tables fresh.sqlite >prepared.sql
with "$mecombo" run run.json >/dev/null
n_run=$(cat "$work/count")
dump_tables output/scores.sqlite >completed.sql
cp output/scores.sqlite completed.sqlite
rows=$(sqlite3 fresh.sqlite 'select count(*) from scores')
computed=$(sqlite3 completed.sqlite \
    'select count(distinct computed_for) from mecombo_provenance')
check "a run of $rows rows from $computed evaluations makes $n_run calls" \
    test "$n_run" -gt 40 -a "$computed" -lt "$rows"

ways=("FULL FAULT_UNDO=1" BUSY "IOERR FAULT_UNDO=1" NOMEM FULL CORRUPT IOERR
    "NOMEM FAULT_UNDO=1" "BUSY FAULT_UNDO=1")
# break_call K COMMAND...: it fails in the way that is next; what is wrong is printed
break_call() {
    local way=${ways[n_broken % ${#ways[@]}]} rc
    n_broken=$((n_broken + 1))
    what="call $1, $way"
    # shellcheck disable=SC2086 # two settings
    env LD_PRELOAD="$work/fault.so" FAULT_CALL="$1" FAULT_CODE=$way "${@:2}" \
        >out.log 2>err.log
    rc=$?
    # a failure after the last commit does not matter any more
    case $rc,$(grep -c '^mecombo: error: ' err.log) in
    4,1) n_errors=$((n_errors + 1)) ;;
    0,0) ;;
    *) echo "$what: exit code $rc" && cat err.log ;;
    esac
}
n_broken=0

# The database after a run that may have failed.
check_broken() {
    [ "$(query 'pragma integrity_check')" = ok ] || echo "$what: the database is damaged"
    grep '^Saved scores' out.log | sed 's/.*uid \([0-9]*\).*/\1/' | sort -n >said
    query 'select "index" from scores where to_run = 0 order by 1' >saved
    diff said saved >diff.log || {
        echo "$what: reported is not what is in the database:"
        cat diff.log
    }
    [ "$(query 'select count(*) from scores s join mecombo_provenance p
        on s."index" = p."index" where s.to_run = 0')" = "$(wc -l <saved)" ] ||
        echo "$what: a row without provenance"
    [ "$(query 'select count(*) from (select sum(s.to_run) as n, count(*) as m
        from scores s group by morph_name = "m3", emodel, original_emodel
        having n > 0 and n < m)')" = 0 ] || echo "$what: half a group of equal rows"
}
complete() {
    "$mecombo" run run.json >out.log 2>&1 || echo "$what: cannot go on"
    same completed.sql >out.log ||
        echo "$what: another database"
    [ "$(query 'select max(attempts), count(*) from mecombo_provenance')" = "1|$rows" ] ||
        echo "$what: a row was saved twice"
}
# verdict NAME: the log of the loop before it must be empty, and something must have failed
verdict() {
    [ "$n_errors" -ge 5 ] || echo "only $n_errors runs ended with an error" >>"$work/log"
    test ! -s "$work/log"
    report $? "$1 ($n_errors errors)" "$work/log"
}

n_errors=0
for ((k = 2; k <= n_run; k += 2)); do
    again
    break_call $k "$mecombo" run run.json
    check_broken
    complete
done >"$work/log" 2>&1
verdict "run: every second call"
n_errors=0
for ((k = 3; k <= n_run; k += n_run / 9)); do
    again
    break_call "$k" mpirun -n 3 "$mecombo" run run.json
    check_broken
    complete
done >"$work/log" 2>&1
verdict "run with three ranks"

n_errors=0
for ((k = 1; k <= n_prepare; k += 1 + n_prepare / 40)); do
    rm -rf output
    break_call $k "$mecombo" prepare prepare.json
    "$mecombo" prepare prepare.json >out.log 2>&1 || echo "$what: lasting damage"
    same prepared.sql >out.log ||
        echo "$what: another database"
done >"$work/log" 2>&1
verdict "prepare"

cp completed.sqlite output/scores.sqlite
with "$mecombo" select select.json >/dev/null 2>&1
n=$(cat "$work/count")
cp -r output_megate want
n_errors=0
for ((k = 1; k <= n; k += 1 + n / 25)); do
    rm -rf output_megate
    break_call $k "$mecombo" select select.json
    "$mecombo" select select.json >out.log 2>&1 || echo "$what: lasting damage"
    diff -rq -x megating.pdf want output_megate || echo "$what: another release"
    same completed.sql >out.log ||
        echo "$what: the database was changed"
done >"$work/log" 2>&1
verdict "select"

again
"$mecombo" run run.json --rows 0-3 >/dev/null
mv output/scores.sqlite low.sqlite
again
"$mecombo" run run.json --rows 2-20 >/dev/null
mv output/scores.sqlite high.sqlite
with "$mecombo" merge output/scores.sqlite low.sqlite high.sqlite >/dev/null
n=$(cat "$work/count")
same completed.sql >"$work/log"
report $? "merge makes $n calls and gives the same database" "$work/log"
n_errors=0
for ((k = 1; k <= n; k += 1 + n / 40)); do
    rm -rf output/scores.sqlite*
    break_call $k "$mecombo" merge output/scores.sqlite low.sqlite high.sqlite
    [ ! -e output/scores.sqlite ] || {
        same completed.sql ||
            echo "$what: another database"
        rm output/scores.sqlite
    }
    "$mecombo" merge output/scores.sqlite low.sqlite high.sqlite >out.log 2>&1 ||
        echo "$what: lasting damage"
    same completed.sql >out.log ||
        echo "$what: another database later"
done >"$work/log" 2>&1
verdict "merge"
finish
