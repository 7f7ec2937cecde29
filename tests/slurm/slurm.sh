#!/usr/bin/env bash
# The batch script on a real Slurm of three virtual nodes: a whole campaign, the time limit
# and the early signal before it, the loss of a node.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"

# The cluster's scripts are copied, since their place may be read-only; everything it
# writes is below $work.
chmod 755 "$work" # munge's demand
cluster=$work/cluster
cp -r "$root/../shared/slurm" "$cluster"
export SLURM_SIM=$work/sim SLURM_SIM_DTIMEOUT=6
stop() {
    "$cluster/stop-slurm.sh" 2>/dev/null
    chmod -R u+w "$work" 2>/dev/null
    rm -rf "$work"
}
trap stop EXIT
on() { "$cluster/on-slurm.sh" "$@"; }
# done_within SECONDS: the job has ended well
done_within() { "$cluster/jobwait.sh" "$job" "$1"; }

check "Slurm is installed" "$cluster/install-slurm.sh"
mode=ns
"$cluster/start-slurm.sh" -n 3 -c 8 >"$work/log" 2>&1 || {
    # no rights to make namespaces: all nodes on the loopback interface, with one name
    mode=lo
    export OMPI_MCA_btl=self,tcp OMPI_MCA_btl_tcp_if_include=lo
    export OMPI_MCA_oob_tcp_if_include=lo
    "$cluster/start-slurm.sh" -m lo -n 3 -c 8 >"$work/log" 2>&1
}
report $? "three nodes are up ($mode)" "$work/log"
[ -e "$SLURM_SIM/params" ] || exit 1

# submit OPTIONS...: the batch script in this folder; its number goes to $job
submit() {
    job=$(MECOMBO=$mecombo on sbatch --parsable --output=job.log "$@" \
        "$root/slurm/campaign.sbatch" prepare.json run.json select.json)
}

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.1
    done
}
count_done() { sqlite3 output/scores.sqlite 'select count(*) from scores where to_run = 0'; }
at_work() { [ -e job.log ] && [ "$(grep -c '^Saved scores' job.log)" -ge 20 ]; }
was_restarted() { on scontrol -o show job "$job" | grep -o 'Restarts=[1-9]'; }
once() {
    test "$(sqlite3 output/scores.sqlite 'select max(attempts), count(*) from
        mecombo_provenance')" = "1|$rows"
}
# anew: no results
anew() { rm -rf output output_megate tmp job.log; }

# A job that reaches its time limit, the shortest that Slurm has, while the rest goes on:
# each row takes a second as long as there is a file "slow".
new_simple1 limit
cat >data/emodels/mechanisms/slow.mod <<'END'
NEURON { SUFFIX slow RANGE x }
ASSIGNED { x }
VERBATIM
#include <unistd.h>
ENDVERBATIM
INITIAL {
    x = 0
VERBATIM
    if (access("slow", F_OK) == 0) { sleep(1); }
ENDVERBATIM
}
BREAKPOINT { }
END
sed -i 's/\("mechanisms": \[\)/\1{"name": "slow", "suffix": "slow", "locations": ["somatic"]}, /' \
    data/emodels/setup/emodel.json
many_morphologies 100
"$mecombo" prepare prepare.json >/dev/null
"$mecombo" run run.json >/dev/null
dump_tables output/scores.sqlite >"$work/limit.sql"
anew
touch slow
# no early signal, but one that a shell ignores
submit --nodes=1 --nodelist=n3 --ntasks=2 --time=1 --signal=B:URG@1
limited=$job

new_simple1 simple
"$mecombo" prepare prepare.json >/dev/null
"$mecombo" run run.json >/dev/null
dump_tables output/scores.sqlite >"$work/simple.sql"
anew
submit --nodes=3 --ntasks=6
check "simple1 on three nodes" done_within 60
check "the database is that of one process" same "$work/simple.sql"
check "select has run" test -s output_megate/mecombo_emodel.tsv

# two campaigns and a folder too few
anew
cp -r . ../twin
job=$(MECOMBO=$mecombo on sbatch --parsable --output=array.%a.log --array=0-2 --ntasks=2 \
    "$root/slurm/campaign_array.sbatch" . ../twin)
fails_at_last() { done_within 60 | grep -q 'COMPLETED.*FAILED'; }
check "an array of three: two complete, one fails" fails_at_last
check "the failed one has no folder" grep -q 'task 2 has no folder, 2 were' array.2.log
check "the first is complete" same "$work/simple.sql"
cd ../twin || exit 1
check "the second is complete" same "$work/simple.sql"
check "select has run" test -s output_megate/mecombo_emodel.tsv

# some 25 ms a row and no row equal to another: long enough to be disturbed
new_simple1 long
sed -i 's/"total_duration": 200.0/"total_duration": 100000.0/' \
    data/emodels/setup/emodel.json
many_morphologies 200
"$mecombo" prepare prepare.json >/dev/null
mpirun -n 2 "$mecombo" run run.json >/dev/null
rows=$(count_done)
dump_tables output/scores.sqlite >"$work/long.sql"
check "a longer campaign, $rows rows, undisturbed" "$mecombo" select select.json

anew
cp -r . ../lost
cp -r . ../stopped

# disturbed NAME: the job of this folder after its trouble
disturbed() {
    check "$1: complete in the end" done_within 90
    check "$1: by a new start" was_restarted
    check "$1: the database is that of an undisturbed run" same "$work/long.sql"
    check "$1: no finished row was computed twice" once
}

# power loss of node 2; without namespaces everything that runs in its name is killed
lose_node() {
    local p
    if [ $mode = ns ]; then
        "$cluster/crash-node.sh" n2 2>/dev/null
        return
    fi
    kill -KILL "$(cat "$SLURM_SIM/pid/slurmd-n2")"
    for p in /proc/[0-9]*; do
        if tr '\0' '\n' <"$p/environ" | grep -qx "TMPDIR=$work" &&
            tr '\0' '\n' <"$p/environ" | grep -qx SLURMD_NODENAME=n2; then
            kill -KILL "${p#/proc/}"
        fi
    done 2>/dev/null
}

# both at once, to save time: they share node 1
cd ../lost || exit 1
submit --nodes=2 --ntasks=2 --nodelist=n1,n2
lost=$job
cd ../stopped || exit 1
submit --nodes=2 --ntasks=2 --nodelist=n1,n3
stopped=$job
check "one campaign is at work" wait_for 40 at_work
on scancel -b -s USR1 "$stopped"
cd ../lost || exit 1
check "another one is at work" wait_for 40 at_work
lose_node

cd ../stopped || exit 1
job=$stopped
disturbed "signal before the time limit"
check "it stopped in between" grep -q 'stopped on request' job.log

cd ../lost || exit 1
job=$lost
is_waiting() { on scontrol -o show job "$job" | grep -q JobState=PENDING; }
check "the node is missed" wait_for 60 is_waiting
on scontrol update jobid="$job" reqnodelist= nodelist= >/dev/null 2>&1
disturbed "lost node"

cd ../limit || exit 1
job=$limited
at_limit() { done_within 120 | grep TIMEOUT; }
check "time limit: Slurm ended the job" at_limit
[ ! -e output/scores.sqlite.lock ] || sleep 3 # ranks die within 2 s
n=$(count_done)
check "time limit: what was done ($n rows) is in the database" test "$n" -ge 20 -a "$n" -lt 208
check "time limit: so are all reported rows" test "$(grep -c '^Saved scores' job.log)" -le "$n"
finished() { sqlite3 output/scores.sqlite 'select "index", host, finished from mecombo_provenance
    order by 1'; }
finished >"$work/before"
rm slow
rows=208
submit --nodes=2 --ntasks=4
check "time limit: the same job again is complete" done_within 60
check "time limit: the database is that of an undisturbed run" same "$work/limit.sql"
check "time limit: no finished row was computed twice" once
kept() { finished | sort | comm -13 - <(sort "$work/before") | diff - /dev/null; }
check "time limit: finished rows are as they were" kept
finish
