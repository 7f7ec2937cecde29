#!/usr/bin/env bash
# What several ranks tell their caller: mpirun's exit code is mecombo's, and one rank
# speaks. And many jobs that want one database.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"
ranks=(timeout -k 5 60 mpirun -n 3 "$mecombo")

new_simple1 codes
many_morphologies 20
undisturbed

fails 2 "usage" "CONF" "${ranks[@]}" run
fails 2 "an unknown option" "--no-such" "${ranks[@]}" run run.json --no-such
fails 3 "a configuration that is none" "fresh.sqlite" "${ranks[@]}" run fresh.sqlite
fails 4 "no configuration" "none.json" "${ranks[@]}" run none.json
again
fails 5 "--time-limit" "stopped on request" "${ranks[@]}" run run.json --time-limit 0.001
check "it goes on" "${ranks[@]}" run run.json
check "the same database" same
check "prepare --resume, as a batch job that starts over does" \
    "$mecombo" prepare prepare.json --resume
check "keeps the results" same

# rows that fail, and once more
again
mv data/morphs/m07.asc kept.asc
fails 1 "--strict with rows that fail" "2 of $(query 'select count(*) from scores') rows" \
    "${ranks[@]}" run run.json --strict
check "the rows have a class and name the file" test "$(query "select count(*) from scores
    join mecombo_provenance using (\"index\") where \"class\" <> '' and
    exception like '%m07.asc%'")" = 2
check "failed rows are left alone" "${ranks[@]}" run run.json
check "they were computed once" test "$(query 'select max(attempts) from mecombo_provenance')" = 1
mv kept.asc data/morphs/m07.asc
check "--retry-failed" "${ranks[@]}" run run.json --retry-failed --strict
check "only they were computed again" test "$(query 'select count(*)
    from mecombo_provenance where attempts = 2')" = 2
check "now it is the same database" same

# five jobs at once find the lock of a dead one
again
mkdir output/scores.sqlite.lock
sh -c 'exec true' &
wait $!
echo "{\"purpose\": \"run\", \"host\": \"$(hostname)\", \"pid_space\": \"$(readlink /proc/self/ns/pid)\",
    \"pid\": $!, \"start\": 1, \"job\": \"\", \"since\": \"2020-01-01T00:00:00Z\"}" \
    >output/scores.sqlite.lock/owner.json
for i in 1 2 3 4 5; do
    { mpirun -n 2 "$mecombo" run run.json >"run$i.log" 2>"err$i.log"; echo $? >"code$i"; } &
done
wait
check "at least one of five got the database" grep -qx 0 code1 code2 code3 code4 code5
check "the others were refused" test "$(cat code? | grep -cvx '[04]')" = 0
check "and told by whom and since when" test "$(cat err?.log | grep '^mecombo: error' |
    grep -vcE 'in use: run by process [0-9]+ on host .* since 20[0-9T:-]+Z')" = 0
check "each row was saved once" test "$(cat run?.log | grep -c '^Saved scores')/$(query \
    'select max(attempts) from mecombo_provenance')" = "$(query \
    'select count(*) from scores')/1"
check "the same database after all" same
check "no lock is left" sh -c '! ls -d output/*.lock*'

# a disk that fills up meanwhile
if mkdir -p "$work/small" && mount -t tmpfs -o size=200k none "$work/small" 2>/dev/null; then
    cp fresh.sqlite "$work/small/scores.sqlite"
    sed "s#./output/scores.sqlite#$work/small/scores.sqlite#" run.json >small.json
    dd if=/dev/zero of="$work/small/fill" bs=1k 2>/dev/null
    fails 4 "a full disk" "$work/small" "${ranks[@]}" run small.json
    rm "$work/small/fill"
    mount -o remount,size=20m "$work/small"
    check "with space it goes on" "${ranks[@]}" run small.json
    dump_tables "$work/small/scores.sqlite" | diff -q - want.sql >"$work/log"
    report $? "to the same database" "$work/log"
    umount "$work/small"
else
    echo "# a full disk: no right to mount"
fi
finish
