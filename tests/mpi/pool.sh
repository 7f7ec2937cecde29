#!/usr/bin/env bash
# The pool's cases at several numbers of ranks, without mpirun, with the address
# sanitizer, and with messages held back.
set -u
cd "$(dirname "$0")/../.." || exit 1
. scripts/mpi-env
BUILD=${BUILD:-build}

n=0
bad=0
# run NAME COMMAND...: one line of TAP per case of the command
run() {
    name=$1
    shift
    output=$("$@" 2>&1 </dev/null)
    code=$?
    lines=$(printf '%s\n' "$output" | grep -E '^(not )?ok ')
    while read -r line; do
        n=$((n + 1))
        verdict=${line%%ok *}ok
        echo "$verdict $n - $name: ${line#* - }"
    done <<<"${lines:-not ok 1 - gave no test}"
    printf '%s\n' "$output" | grep '^# [0-9]* ranks: [0-9]* results'
    if [ $code -ne 0 ]; then
        n=$((n + 1))
        bad=1
        echo "not ok $n - $name ended with code $code"
        printf '%s\n' "$output" | grep '^# tests/' | head -n 20
        printf '%s\n' "$output" | grep -v '^ok' | sed 's/^/# /' | head -n 20
    fi
}

release=$BUILD/release/tests/mpi/test_pool
leaver=$BUILD/release/tests/mpi/pool_leaver
asan=$BUILD/asan/tests/mpi/test_pool
run "no mpirun" timeout -k 5 60 "$release"
run "1 rank" timeout -k 5 60 mpirun -n 1 "$release" -t test_same_results
for ranks in 2 3 4 5 8; do
    run "$ranks ranks" timeout -k 5 60 mpirun -n "$ranks" "$release"
done
run "1 rank" timeout -k 5 20 "$leaver"
run "no mpirun" timeout -s KILL 30 "$BUILD/release/tests/mpi/pool_oom"
run "7 ranks" timeout -k 5 20 mpirun -n 7 "$leaver"

# Messages that are late in every way that MPI allows.
late=$(mktemp)
trap 'rm -f "$late"' EXIT
# shellcheck disable=SC2046 # flags
"${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o "$late" tests/fault/late_mpi.c \
    $(pkg-config --cflags ompi-c) || exit 1
export TEST_SLOW=1
delayed=(timeout -k 5 100 mpirun -x LD_PRELOAD="$late" -n)
LATE_MS=20 run "4 ranks, slow messages" "${delayed[@]}" 4 "$release"
for ranks in 2 3 5 6; do
    LATE_SEED=$ranks run "$ranks ranks, slow messages" "${delayed[@]}" "$ranks" "$release" \
        -t test_run_again
done
for k in 1 2 3 4 6 9 14 20; do
    LATE_MS=200 LATE_KTH=$k run "3 ranks, message $k late" \
        "${delayed[@]}" 3 "$release" -t test_run_again
done
LATE_TAG=2 LATE_MS=80 run "5 ranks, questions for jobs late" \
    "${delayed[@]}" 5 "$release" -t test_ask_until_the_end
LATE_TAG=4 LATE_MS=80 LATE_MOST=2 run "3 ranks, results late" \
    "${delayed[@]}" 3 "$release" -t test_many_tiny_jobs
LATE_TAG=5 LATE_MS=100 run "3 ranks, acknowledgements late" \
    "${delayed[@]}" 3 "$release" -t test_stop_with_results
LATE_BODY=1 LATE_MS=150 run "3 ranks, long messages end late" \
    "${delayed[@]}" 3 "$release" -t test_stop_under_way
unset TEST_SLOW
# PMIx and the processes that mpirun leaves to the kernel are not ours to check.
if [ -x "$asan" ]; then
    ASAN_OPTIONS=detect_leaks=0 run "3 ranks, sanitizers" timeout -k 5 100 mpirun -n 3 "$asan"
    run "no mpirun, sanitizers" timeout -k 5 100 "$asan"
fi
echo "1..$n"
exit $bad
