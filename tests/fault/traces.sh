#!/usr/bin/env bash
# --save-traces: its files can be read at any moment while a campaign runs and after all
# its ranks were killed; in the end they are those of an undisturbed run.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"
"${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o "$work/slow.so" "$root/tests/fault/io_fault.c" ||
    exit 1

# Every write to such a file takes 20 ms, so that most of the time one is half written.
new_simple1 traced
sed -i 's/"total_duration": 200.0/"total_duration": 60000.0/' data/emodels/setup/emodel.json
many_morphologies 30
"$mecombo" prepare prepare.json >/dev/null
cp output/scores.sqlite fresh.sqlite
"$mecombo" run run.json --save-traces want >/dev/null
rows=$(query 'select count(*) from scores')
check "$rows rows, each with a file" test "$(find -L want -name '*.h5' -type f | wc -l)" = "$rows"

# read_all: what is there is read whole; what cannot be is named
n_read=0
read_all() {
    local files=(traces/*.h5)
    n_read=$((n_read + ${#files[@]}))
    "$mecombo" features "${files[@]}" --stim-start 100 --stim-end 200 \
        --feature voltage_base >features.log 2>&1 || cat features.log
}

again
for kill in 1 2 3; do
    FAULT_NAME=.h5 FAULT_DELAY=20 setsid mpirun -n 2 -x LD_PRELOAD="$work/slow.so" \
        "$mecombo" run run.json --save-traces traces >run.log 2>&1 &
    pid=$!
    for _ in $(seq 300); do
        [ "$(grep -c '^Saved' run.log)" -lt 6 ] || break
        sleep 0.02
    done
    read_all
    # shellcheck disable=SC2046 # all processes of that session
    kill -KILL $(ps -o pid= -s $pid) 2>/dev/null
    wait $pid 2>/dev/null
    read_all
    query 'select "index" from scores where to_run = 0' | while read -r uid; do
        [ -e "traces/$uid.h5" ] || echo "kill $kill: row $uid is done and has no file"
    done
done >"$work/log" 2>&1
test ! -s "$work/log"
report $? "they can be read while it runs and after each of three kills" "$work/log"
done_before=$(query 'select count(*) from scores where to_run = 0')
check "some rows were left ($done_before done, $n_read files read)" \
    test "$done_before" -lt "$rows" -a "$n_read" -ge 30
check "the campaign goes on" mpirun -n 2 "$mecombo" run run.json --save-traces traces
check "the files are those of an undisturbed run" diff -r want traces
finish
