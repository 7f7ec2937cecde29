#!/usr/bin/env bash
# A small campaign on three ranks with AddressSanitizer and UBSan inside, and under
# valgrind: all phases, rows that share an evaluation, fail and exit; a stop and a second
# run. Leaks are looked for where they are ours: not in MPI's and PMIx's exit.
# (ThreadSanitizer has nothing to look at: mecombo starts no threads.)
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"
asan=$BUILD/asan/mecombo
export ASAN_OPTIONS=detect_leaks=0:log_path=$work/asan

new_simple1 checked
many_morphologies 4
cp data/morphs/m1.asc data/morphs/m2.asc
echo 'no morphology' >data/morphs/m3.asc
cat >data/emodels/mechanisms/crash.mod <<'END'
NEURON { SUFFIX crash RANGE x }
ASSIGNED { x }
VERBATIM
#include <unistd.h>
ENDVERBATIM
INITIAL {
    x = 0
VERBATIM
    if (getenv("EXIT_NOW") != 0) { _exit(3); }
ENDVERBATIM
}
BREAKPOINT { }
END
sed -i 's/\("mechanisms": \[\)/\1{"name": "crash", "suffix": "crash", "locations": ["somatic"]}, /' \
    data/emodels/setup/emodel.json
undisturbed

# clean CODE NAME COMMAND...: it ends with the code and nobody complains
clean() {
    local code=$1 name=$2 rc
    shift 2
    rm -f "$work"/asan.* "$work"/valgrind.*
    timeout -k 5 200 "$@" >run.log 2>err.log </dev/null
    rc=$?
    {
        [ $rc = "$code" ] || { echo "exit code $rc, expected $code" && tail -n 20 err.log; }
        find "$work" -maxdepth 1 \( -name 'asan.*' -o -name 'valgrind.*' \) -size +0 \
            -exec head -n 40 {} +
    } >"$work/log"
    test ! -s "$work/log"
    report $? "$name" "$work/log"
}
# campaign NAME LAUNCHER...: prepare, run, select and all that may happen to them
campaign() {
    local name=$1 program=("${@:2}")
    rm -rf output
    clean 0 "$name: prepare" "${program[@]}" prepare prepare.json
    clean 0 "$name: run" mpirun -n 3 "${program[@]}" run run.json
    check "$name: the database of a normal run" same
    clean 0 "$name: select" "${program[@]}" select select.json
    again
    # a task that exits frees nothing
    VALGRIND_OPTS='' EXIT_NOW=1 clean 0 "$name: all rows exit" \
        mpirun -n 3 "${program[@]}" run run.json
    check "$name: all rows have an exception" test "$(sqlite3 output/scores.sqlite \
        'select count(*) from scores where exception is null')" = 0
    clean 0 "$name: --retry-failed" mpirun -n 3 "${program[@]}" run run.json --retry-failed
    check "$name: the database of a normal run" same
}
campaign sanitizers "$asan"
again
clean 5 "sanitizers: a run that is stopped" mpirun -n 3 "$asan" run run.json --time-limit 0.001
clean 4 "sanitizers: no configuration" mpirun -n 3 "$asan" -C output run no.json
export VALGRIND_OPTS=--leak-check=full
if command -v valgrind >/dev/null; then
    campaign valgrind valgrind -q --log-file="$work/valgrind.%p" --error-exitcode=9 \
        --suppressions="$root/scripts/style/openmpi.supp" \
        --suppressions="$root/scripts/style/cairo.supp" "$mecombo"
fi
finish
