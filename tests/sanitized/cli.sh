#!/usr/bin/env bash
# The command-line tests once more with the program that has AddressSanitizer and UBSan
# inside. Leaks are not looked for here: Open MPI and PMIx leave theirs at every exit; the
# unit tests look for ours.
set -u
cd "$(dirname "$0")/../.." || exit 1
export MECOMBO=$BUILD/asan/mecombo
export ASAN_OPTIONS=detect_leaks=0

n=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for name in simple1 bad_input select features morphology mechanisms; do
    "tests/cli/$name.sh" >"$log" 2>&1 </dev/null
    rc=$?
    while IFS= read -r line; do
        case $line in
        "ok "*) n=$((n + 1)) && echo "ok $n - $name: ${line#ok * - }" ;;
        "not ok "*) n=$((n + 1)) && echo "not ok $n - $name: ${line#not ok * - }" ;;
        "1.."*) ;;
        *) echo "# $line" ;;
        esac
    done <"$log"
    n=$((n + 1))
    if [ $rc -eq 0 ] && grep -q '^1\.\.' "$log"; then
        echo "ok $n - $name: came to its end"
    else
        echo "not ok $n - $name: ended with code $rc"
    fi
done
echo "1..$n"
