#!/usr/bin/env bash
# A campaign whose messages are late in all ways that MPI allows (late_mpi.c): it comes to
# its end at any number of ranks, with the database of a single process.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"
# shellcheck disable=SC2046 # flags
"${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o "$work/late.so" "$root/tests/fault/late_mpi.c" \
    $(pkg-config --cflags ompi-c) || exit 1

export LATE_COUNT=$work/count

new_simple1 late
many_morphologies 30
undisturbed
rows=$(query 'select count(*) from scores')

# late NAME RANKS SETTING...
late() {
    local name=$1 ranks=$2
    again
    env "${@:3}" timeout -k 5 60 mpirun -n "$ranks" -x LD_PRELOAD="$work/late.so" \
        "$mecombo" run run.json >run.log 2>&1
    echo "exit code $?" >>run.log
    {
        tail -n 1 run.log | grep -v 'exit code 0'
        [ "$(grep -c '^Saved scores' run.log)" = "$rows" ] || echo "not $rows rows saved"
        [ "$(query 'select max(attempts), count(*)
            from mecombo_provenance')" = "1|$rows" ] || echo "not each row saved once"
        same want.sql
    } >"$work/log"
    test ! -s "$work/log"
    report $? "$name" "$work/log"
}
for ranks in 2 3 4 5 6; do
    late "$ranks ranks, all messages late" "$ranks" LATE_MS=30 "LATE_SEED=$ranks"
done
for k in 1 2 3 5 8 13; do
    late "3 ranks, message $k of each late" 3 LATE_MS=300 LATE_KTH=$k
done
check "each rank of each run sent at least two messages" \
    test "$(grep -cE '^([2-9]|[0-9]{2,})$' "$work/count")" = 38
finish
