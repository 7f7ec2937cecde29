#!/usr/bin/env bash
# The pool under valgrind: no error, no leak, in ranks, zygotes and children.
set -u
cd "$(dirname "$0")/../.." || exit 1
. scripts/mpi-env
programs=${BUILD:-build}/release/tests/mpi
grind="valgrind -q --leak-check=full --error-exitcode=9
    --suppressions=scripts/style/openmpi.supp"
log=$(mktemp)
trap 'rm -f "$log"' EXIT

n=0
bad=0
# check NAME COMMAND...
check() {
    name=$1
    shift
    n=$((n + 1))
    if TEST_SLOW=1 timeout -k 5 120 "$@" >"$log" 2>&1 </dev/null && ! grep -q '^==' "$log"; then
        echo "ok $n - valgrind: $name"
    else
        bad=1
        echo "not ok $n - valgrind: $name"
        sed 's/^/# /' "$log" | head -n 40
    fi
}

# shellcheck disable=SC2086 # $grind is a list of words
{
    check "without mpirun" $grind "$programs/pool_driver" 20 0.01 0
    check "3 ranks" mpirun -n 3 $grind "$programs/pool_driver" 20 0.01 0
    for case in test_fewer_jobs_than_ranks test_sink_failure test_agree; do
        check "$case" mpirun -n 3 $grind "$programs/test_pool" -t $case
    done
}
echo "1..$n"
exit $bad
