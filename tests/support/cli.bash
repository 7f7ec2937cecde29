# For tests that run the program as a user would: a scratch folder, TAP lines.
# shellcheck shell=bash disable=SC2034
#
#   . "$(dirname "$0")/../support/cli.bash"
#   check "name" command arg...          ok when the command succeeds
#   fails 3 "name" "part" command...     ok when it ends with code 3 and one error line
#                                        on stderr that holds the part
#   finish                               prints the plan
#
# Of the campaign in this folder:
#   undisturbed                          makes fresh.sqlite, prepared, and want.sql, run
#   again                                takes all results back
#   same [WANT]                          is the database that of want.sql?
#   query SQL                            asks it
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mecombo=${MECOMBO:-$root/build/mecombo}
reference=$root/../shared/reference
# shellcheck source=scripts/mpi-env
. "$root/scripts/mpi-env"
work=$(mktemp -d)
export TMPDIR=$work
trap 'umount "$work/small" 2>/dev/null; chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
n_tests=0

# A process that is being killed holds its lock on a database a moment longer.
sqlite3() { command sqlite3 -cmd '.timeout 10000' "$@"; }

report() { # report OK NAME [LOG]
    n_tests=$((n_tests + 1))
    if [ "$1" = 0 ]; then
        echo "ok $n_tests - $2"
    else
        echo "not ok $n_tests - $2"
        [ $# -lt 3 ] || tail -n 25 "$3" | sed 's/^/# /'
    fi
}

check() {
    local name=$1
    shift
    "$@" >"$work/log" 2>&1
    report $? "$name" "$work/log"
}

fails() {
    local code=$1 name=$2 part=$3 rc
    shift 3
    "$@" >"$work/stdout.txt" 2>"$work/log"
    rc=$?
    echo "exit code $rc, expected $code; expected in the message: $part" >>"$work/log"
    [ $rc -eq "$code" ] && [ "$(grep -c '^mecombo: error: ' "$work/log")" = 1 ] &&
        grep '^mecombo: error: ' "$work/log" | grep -qF -- "$part"
    report $? "$name" "$work/log"
}

finish() {
    echo "1..$n_tests"
}

# A copy of examples/simple1 without results in a folder of that name.
new_simple1() {
    rm -rf "${work:?}/$1"
    cp -r "$root/examples/simple1" "$work/$1"
    rm -rf "$work/$1/output" "$work/$1/output_megate" "$work/$1/tmp"
    cd "$work/$1" || exit 1
}

# N morphologies for the campaign in this folder, equal but for a comment, so that no
# row's evaluation is another's. Two rows for each, and the exemplars'.
many_morphologies() {
    local i
    {
        echo '<neurondb><listing>'
        for i in $(seq -w "$1"); do
            echo "<morphology><name>m$i</name><mtype>mtype1</mtype><msubtype/>"
            echo "<layer>1</layer></morphology>"
            { echo "; copy $i"; cat data/morphs/morph1.asc; } >"data/morphs/m$i.asc"
        done
        echo '</listing></neurondb>'
    } >data/morphs/neuronDB.xml
}

query() { sqlite3 output/scores.sqlite "$1"; }
undisturbed() {
    "$mecombo" prepare prepare.json >/dev/null
    cp output/scores.sqlite fresh.sqlite
    "$mecombo" run run.json >/dev/null
    dump_tables output/scores.sqlite >want.sql
}
again() {
    rm -rf output/scores.sqlite*
    cp fresh.sqlite output/scores.sqlite
}
same() { dump_tables output/scores.sqlite | diff - "${1:-want.sql}"; }

# BluePyMM's tables and index as SQL, paths of this campaign made anonymous.
dump_tables() {
    echo "PRAGMA foreign_keys=OFF;"
    echo "BEGIN TRANSACTION;"
    sqlite3 "$1" ".dump scores" | grep -v '^PRAGMA\|^BEGIN\|^COMMIT' |
        sed "s#$PWD#<campaign>#g"
    sqlite3 "$1" ".dump score_values" | grep -v '^PRAGMA\|^BEGIN\|^COMMIT'
    sqlite3 "$1" "SELECT sql || ';' FROM sqlite_master WHERE name = 'ix_scores_index'"
    echo "COMMIT;"
}
