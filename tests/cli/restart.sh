#!/usr/bin/env bash
# A run that is killed, stopped or refused: nothing is lost, nothing computed twice.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"

# simple1 with 400 morphologies that differ in a comment, so that none equals another
new_simple1 many
many_morphologies 400
undisturbed
rows=$(query 'select count(*) from scores')
check "a campaign of 808 rows" test "$rows" = 808

count_done() { sqlite3 output/scores.sqlite 'select count(*) from scores where to_run = 0'; }
is_sound() { test "$(sqlite3 output/scores.sqlite 'pragma integrity_check')" = ok; }
# every row was computed for itself or an equal one, once
once() {
    test "$(sqlite3 output/scores.sqlite 'select max(attempts), count(*) from
        mecombo_provenance')" = "1|$rows"
}

# kill -9 of all ranks at a random moment, until the campaign is complete
again
kills=0
before=0
sound=0
grows=0
for i in $(seq 40); do
    setsid mpirun -n 2 "$mecombo" run run.json >run.log 2>&1 &
    pid=$!
    sleep "0.$((RANDOM % 5 + 4))"
    if [ "$i" -le 8 ] && kill -0 $pid 2>/dev/null; then
        # shellcheck disable=SC2046 # all processes of that session
        kill -KILL $(ps -o pid= -s $pid) 2>/dev/null
        kills=$((kills + 1))
    fi
    wait $pid 2>/dev/null
    rc=$?
    is_sound || sound=1
    done_now=$(count_done)
    [ "$done_now" -ge "$before" ] || grows=1
    before=$done_now
    [ $rc -ne 0 ] || break
done
check "killed $kills times, then complete" test "$rc" = 0
report $sound "the database was sound after each kill"
report $grows "no finished row was lost"
check "the database is that of an undisturbed run" same
check "no finished row was computed twice" once

# the same with one command for all phases
rm -rf output
setsid mpirun -n 2 "$mecombo" campaign --prepare prepare.json --run run.json \
    --select select.json >run.log 2>&1 &
pid=$!
for _ in $(seq 300); do
    grep -q '^Saved scores' run.log && break
    sleep 0.02
done
kill -KILL $pid # mpirun: its ranks die some time later
wait $pid 2>/dev/null
first=$(count_done)
check "campaign killed after $first of $rows rows, and the same command again" mpirun -n 2 \
    "$mecombo" campaign --prepare prepare.json --run run.json --select select.json
check "campaign: the same database" same
check "campaign: no finished row was computed twice" once
check "campaign once more has nothing to run" sh -c "'$mecombo' campaign --prepare prepare.json \
    --run run.json --select select.json | grep -x 'Found 0 rows in score database to run'"
sed -i 's/"cm": 1.0/"cm": 1.5/' data/emodels/final.json
check "campaign with another parameter starts anew" sh -c "'$mecombo' campaign --prepare \
    prepare.json --run run.json --select select.json |
    grep -x 'Found $rows rows in score database to run'"
check "and keeps the old results" test -f output/scores.sqlite.bak-1
sed -i 's/"cm": 1.5/"cm": 1.0/' data/emodels/final.json
"$mecombo" prepare prepare.json >/dev/null 2>&1

for signal in TERM USR1; do
    again
    "$mecombo" run run.json >run.log 2>err.log &
    pid=$!
    sleep 0.3
    kill -$signal $pid
    wait $pid
    rc=$?
    cp err.log "$work/log"
    test $rc = 5 && grep -q '^mecombo: error: .*stopped on request' err.log
    report $? "SIG$signal: exit code 5" "$work/log"
    check "SIG$signal: reported rows are in the database" test \
        "$(grep -c '^Saved scores' run.log)" = "$(count_done)"
    check "SIG$signal: goes on" "$mecombo" run run.json
    check "SIG$signal: the same database" same
done

again
"$mecombo" run run.json --time-limit 0.05 >run.log 2>"$work/log"
report $(($? != 5)) "--time-limit: exit code 5" "$work/log"
check "--time-limit: reported rows are in the database" test \
    "$(grep -c '^Saved scores' run.log)" = "$(count_done)"

# two runs on one database
again
"$mecombo" run run.json >run.log 2>&1 &
pid=$!
for _ in $(seq 100); do [ -d output/scores.sqlite.lock ] && break; sleep 0.01; done
fails 4 "a second run is refused and told why" "run by process $pid on host $(hostname)" \
    "$mecombo" run run.json
fails 4 "prepare is refused as well" "in use" "$mecombo" prepare prepare.json
check "status tells the owner" sh -c "'$mecombo' status run.json | grep 'process $pid'"
wait $pid
check "the first run was not disturbed" same
check "no lock is left" test ! -e output/scores.sqlite.lock
mkdir output/scores.sqlite.lock
echo '{"purpose": "run", "host": "elsewhere", "pid": 1, "start": 1, "job": ""}' \
    >output/scores.sqlite.lock/owner.json
fails 4 "a run on another host is respected" "on host elsewhere" "$mecombo" run run.json
touch -d '1 hour ago' output/scores.sqlite.lock/owner.json
check "until it has been silent for long" "$mecombo" run run.json

# rows that fail
again
mv data/morphs/m007.asc "$work/m007.asc"
echo 'no morphology' >data/morphs/m007.asc
mv data/morphs/m008.asc "$work/m008.asc"
"$mecombo" run run.json --strict >run.log 2>"$work/log"
report $(($? != 1)) "--strict: exit code 1 with exceptions" "$work/log"
check "four rows hold an exception" test "$(grep -c 'with exception$' run.log)" = 4
check "in BluePyMM's form" test "$(sqlite3 output/scores.sqlite "select count(*) from scores
    where scores = 'null' and extra_values = 'null' and exception <> '' and to_run = 0")" = 4
check "select leaves them out (A.10 S7)" "$mecombo" select select.json
check "and says why" grep -c '^m00[78] 1 mtype1 etype[12] emodel[12] ' \
    output_megate/extra_data/failed_extneurondb.dat
mv "$work/m007.asc" "$work/m008.asc" data/morphs/
check "run leaves failed rows alone" "$mecombo" run run.json
check "--retry-failed" "$mecombo" run run.json --retry-failed --strict
check "now it is the same database" same

# merge
again
"$mecombo" run run.json --rows 0-400 >/dev/null
mv output/scores.sqlite low.sqlite
again
"$mecombo" run run.json --rows 300-807 >/dev/null
check "merge" "$mecombo" merge merged.sqlite low.sqlite output/scores.sqlite
mv merged.sqlite output/scores.sqlite
check "the merged database is complete" same
sqlite3 low.sqlite "update scores set scores = '{\"Step1.SpikeCount\": 1.0}' where \"index\" = 350"
fails 3 "a contradiction is refused" "row 350" "$mecombo" merge m.sqlite \
    output/scores.sqlite low.sqlite
check "and leaves nothing" test ! -e m.sqlite
# a batch system that ends a job signals all its processes, also those that evaluate
new_simple1 slow
sed -i 's/"total_duration": 200.0/"total_duration": 9000000.0/' \
    data/emodels/setup/emodel.json
"$mecombo" prepare prepare.json >/dev/null
"$mecombo" run run.json >run.log 2>err.log &
pid=$!
for _ in $(seq 300); do
    task=$(pgrep -P "$(pgrep -P $pid -d,)" 2>/dev/null) && break
    sleep 0.02
done
sleep 0.2
kill -TERM "$task"
sleep 0.2
kill -TERM $pid
wait $pid
check "SIGTERM to an evaluation, then to its rank: exit code 5" test $? = 5
check "no row is blamed" test "$(sqlite3 output/scores.sqlite \
    'select count(*) from scores where exception is not null')" = 0

# Rows of half a second, all of which reached their time limit, the last one after longest.
sed -i 's/"total_duration": 9000000.0/"total_duration": 1500000.0/' \
    data/emodels/setup/emodel.json
many_morphologies 2
"$mecombo" prepare prepare.json >/dev/null 2>&1
"$mecombo" run run.json --rows 0-6 --timeout 0.05 >/dev/null
last=$(query 'select max(computed_for) from mecombo_provenance where "class" = "time-out"')
query "update mecombo_provenance set seconds = 1000 where computed_for = $last"
check "--retry-failed after time-outs" sh -c "'$mecombo' run run.json --retry-failed \
    --rows 0-6 --strict >run.log"
check "begins with the row that took longest" \
    test "$(sed -n 's/^Saved scores for uid \([0-9]*\) .*/\1/p' run.log | head -n 1)" = "$last"
finish
