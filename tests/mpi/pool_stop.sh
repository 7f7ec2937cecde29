#!/usr/bin/env bash
# Signals to a running pool, and processes of it that are killed.
set -u
cd "$(dirname "$0")/../.." || exit 1
. scripts/mpi-env
driver=${BUILD:-build}/release/tests/mpi/pool_driver
dir=$(mktemp -d)
out=$dir/out
trap 'rm -rf "$dir"' EXIT

n=0
bad=0
# report NAME: closes a case; the checks before it have set `failed`
report() {
    n=$((n + 1))
    if [ -z "$failed" ]; then
        echo "ok $n - $1"
    else
        bad=1
        echo "not ok $n - $1"
        printf '# %s\n' "$failed"
        grep -v '^done' "$out" | sed 's/^/# /'
    fi
    failed=
}
failed=

# start COMMAND...: runs it in the background until it has delivered a result
start() {
    ranks=1
    if [ "$1" = mpirun ]; then
        ranks=$3
    fi
    timeout -k 5 30 "$@" >"$out" 2>&1 </dev/null &
    job=$!
    for _ in $(seq 400); do
        [ "$(grep -c '^rank' "$out")" -eq "$ranks" ] && grep -q '^done' "$out" && break
        sleep 0.02
    done
    main=$(pgrep -P $job)
    began=$(date +%s%N)
}

# The pid of rank $1.
rank_pid() {
    sed -n "s/^rank $1 pid \([0-9]*\)$/\1/p" "$out"
}

# finish SECONDS: waits; the job must end within that time
finish() {
    wait $job
    code=$?
    took=$((($(date +%s%N) - began) / 1000000))
    if [ $took -gt "$(($1 * 1000))" ]; then
        failed="took $took ms"
    fi
}

# expect_end RANKS STATUS: every rank ended with it, and rank 0 was given what was done
expect_end() {
    if [ "$(grep -c "^end [0-9]* $2 " "$out")" -ne "$1" ]; then
        failed="not all of $1 ranks ended with status $2"
    fi
    given=$(sed -n 's/^end 0 [0-9]* \([0-9]*\)$/\1/p' "$out")
    if [ "$(grep -c '^done\|^lost' "$out")" != "$given" ]; then
        failed="rank 0 got $given results"
    fi
}

expect_done() {
    if [ "$(grep '^done' "$out" | sort -u | wc -l)" -ne "$1" ]; then
        failed="not all of $1 jobs are done"
    fi
}

expect_code() {
    if [ $code -ne "$1" ]; then
        failed="exit code $code instead of $1"
    fi
}

# The pids of all ranks.
rank_pids() {
    sed -n 's/^rank [0-9]* pid //p' "$out" | tr '\n' ' '
}

# Nothing of the last job may be left, neither ranks nor their children.
expect_nobody() {
    for _ in $(seq 50); do
        left=
        for pid in $(rank_pids) $family; do
            if grep -qs '^State:.[^Z]' "/proc/$pid/status"; then
                left="$left $pid"
            fi
        done
        [ -z "$left" ] && return
        sleep 0.1
    done
    failed="processes are left:$left"
}
family=

# Remember the processes below the ranks, for expect_nobody.
note_family() {
    family=
    for pid in $(rank_pids); do
        for child in $(pgrep -P "$pid"); do
            family="$family $child $(pgrep -P "$child" | tr '\n' ' ')"
        done
    done
}

stopped=9 # MEC_E_STOPPED
io=3      # MEC_E_IO

for signal in USR1 USR2 TERM INT; do
    start "$driver" 400 0.1 5
    note_family
    kill -$signal "$main"
    finish 1
    expect_end 1 $stopped
    expect_code 5
    expect_nobody
    report "SIG$signal without mpirun"
done

start mpirun -n 4 "$driver" 400 0.1 5
note_family
kill -USR1 "$main"
finish 4
expect_end 4 $stopped
expect_code 5
expect_nobody
report "SIGUSR1 to mpirun"

for signal in TERM INT; do
    start mpirun -n 4 "$driver" 400 0.1 5
    note_family
    kill -$signal "$main"
    finish 4
    expect_end 4 $stopped
    expect_nobody
    report "SIG$signal to mpirun"
done

start mpirun -n 4 "$driver" 400 0.1 5
kill -USR1 "$(rank_pid 2)"
finish 4
expect_end 4 $stopped
expect_code 5
report "SIGUSR1 to one rank"

# Long tasks: USR1 lets them end, TERM does not.
start mpirun -n 3 "$driver" 12 0.8 5
before=$(grep -c '^done' "$out")
kill -USR1 "$main"
finish 4
expect_end 3 $stopped
if [ "$(grep -c '^done' "$out")" -le "$before" ]; then
    failed="the grace gave no result"
fi
report "tasks end within the grace"

# One rank hears of the grace, and another that there is none, while all are ending.
start mpirun -n 3 "$driver" 12 3 60
sleep 0.5 # all three have ended their first
before=$(grep -c '^done' "$out")
kill -USR1 "$(rank_pid 1)"
sleep 0.3
kill -TERM "$(rank_pid 2)"
finish 20
expect_end 3 $stopped
expect_code 5
if [ "$(grep -c '^done' "$out")" -ne "$before" ]; then
    failed="what ran was not killed"
fi
report "a second signal ends the grace on all ranks"

start mpirun -n 3 "$driver" 60 0.1 0
for _ in 1 2 3 4 5; do
    pkill -KILL -P "$(pgrep -P "$(rank_pid 1)" | head -n 1)"
    sleep 0.15
done
finish 20
expect_end 3 0
expect_done 60
report "tasks killed from outside run again"

start mpirun -n 3 "$driver" 60 0.1 0
kill -KILL "$(pgrep -P "$(rank_pid 1)" -o mecombo-zygote)"
kill -KILL "$(pgrep -P "$(rank_pid 0)" -o mecombo-zygote)"
finish 20
expect_end 3 0
expect_done 60
report "a spare replaces a killed zygote"

start mpirun -n 3 "$driver" 60 0.1 0
pkill -KILL -P "$(rank_pid 1)" mecombo-zygote
pkill -KILL -P "$(rank_pid 0)" mecombo-zygote
finish 20
expect_end 3 0
expect_done 60
report "other ranks take over from ranks without zygotes"

start mpirun -n 3 "$driver" 60 0.1 0
for rank in 0 1 2; do
    pkill -KILL -P "$(rank_pid $rank)" mecombo-zygote
done
finish 8
expect_end 3 $io
report "without any zygote all ranks end with an error"

# A retired rank's jobs are still on their way when all have said goodbye (late_mpi.c).
# shellcheck disable=SC2046 # flags
"${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o "$dir/late.so" tests/fault/late_mpi.c \
    $(pkg-config --cflags ompi-c) || exit 1
retire=7 # TAG_RETIRE
LATE_TAG=$retire LATE_BODY=1 LATE_MS=500 \
    start mpirun -n 3 -x LD_PRELOAD="$dir/late.so" "$driver" 300 0.1 0
sleep 0.8 # rank 1 has its jobs by now
pkill -KILL -P "$(rank_pid 1)" mecombo-zygote
sleep 0.2
kill -USR1 "$(rank_pid 0)"
finish 8
expect_end 3 $stopped
expect_code 5
report "a stop while a retired rank's jobs are on their way"

start mpirun -n 3 "$driver" 60 0.1 0
note_family
kill -KILL "$(rank_pid 1)"
finish 8
if [ $code -eq 0 ]; then
    failed="exit code 0"
fi
expect_nobody
report "a killed rank ends the job and leaves no process behind"

start "$driver" 60 0.1 0
note_family
kill -KILL "$main" 2>/dev/null
finish 2
expect_nobody
report "a killed rank without mpirun leaves no process behind"

echo "1..$n"
exit $bad
