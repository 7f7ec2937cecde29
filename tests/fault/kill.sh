#!/usr/bin/env bash
# SIGKILL of a random rank every second, and the same command again, until a campaign is
# complete: the database of an undisturbed run, no row lost, none computed twice.
# KILL_ROWS (500), KILL_RANKS (3), KILL_SEED (7) and KILL_MOST (30 kills) make it longer or
# another.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"
n_ranks=${KILL_RANKS:-3}
RANDOM=${KILL_SEED:-7}

# some 15 ms a row
new_simple1 killed
sed -i 's/"total_duration": 200.0/"total_duration": 60000.0/' data/emodels/setup/emodel.json
many_morphologies $((${KILL_ROWS:-500} / 2 - 4))
"$mecombo" prepare prepare.json >/dev/null
cp output/scores.sqlite fresh.sqlite
rows=$(query 'select count(*) from scores')
mpirun -n 2 "$mecombo" run run.json >/dev/null
check "$rows rows undisturbed" test "$(query 'select sum(to_run) from scores')" = 0
dump_tables output/scores.sqlite >want.sql

# what must hold after each kill; what does not is printed
examine() {
    local n
    [ "$(query 'pragma integrity_check')" = ok ] || echo "kill $kills: a damaged database"
    n=$(query 'select count(*) from scores where to_run = 0')
    [ "$n" -ge "$before" ] || echo "kill $kills: $before rows were done, now $n"
    before=$n
    # the last line may be cut
    sed -n 's/^Saved scores for uid \([0-9]*\) (.*/\1/p' run.log | sort >said
    query 'select "index" from scores where to_run = 0' | sort | comm -23 said - >lost
    [ ! -s lost ] || echo "kill $kills: reported, not saved: $(tr '\n' ' ' <lost)"
}

again
kills=0
kills_of_0=0
before=0
rc=1
while [ $rc -ne 0 ] && [ $kills -lt "${KILL_MOST:-30}" ]; do
    mpirun -n "$n_ranks" "$mecombo" run run.json >run.log 2>err.log &
    pid=$!
    sleep 1
    mapfile -t ranks < <(pgrep -P $pid -x mecombo)
    if [ ${#ranks[@]} -gt 0 ]; then
        victim=${ranks[RANDOM % ${#ranks[@]}]}
        rank=$(tr '\0' '\n' 2>/dev/null <"/proc/$victim/environ" | sed -n 's/^OMPI_COMM_WORLD_RANK=//p')
        if kill -KILL "$victim" 2>/dev/null; then # else the run has just ended
            kills=$((kills + 1))
            [ "$rank" != 0 ] || kills_of_0=$((kills_of_0 + 1))
        fi
    fi
    wait $pid
    rc=$?
    examine
done >"$work/log" 2>&1
test ! -s "$work/log"
report $? "the database is sound and keeps what is in it" "$work/log"
check "complete after $kills kills, $kills_of_0 of them of rank 0" \
    test $rc = 0 -a "$kills" -ge 3 -a "$kills_of_0" -ge 1 -a "$kills_of_0" -lt "$kills"
same want.sql >"$work/log"
report $? "the database is that of an undisturbed run" "$work/log"
check "each row was computed once" test "$(query 'select min(attempts), max(attempts),
    count(*), count(distinct "index") from mecombo_provenance')" = "1|1|$rows|$rows"
check "no lock is left" test ! -e output/scores.sqlite.lock
finish
