#!/usr/bin/env bash
# Mechanisms whose C misbehaves, each with a .mod file and an e-model of its own: their
# rows get a classified exception within the limits, all others their scores, and the
# ranks go on.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"

new_simple1 bad
many_morphologies 1
package=data/emodels
names=()
# bad NAME C: mechanism and e-model that run C in the first BREAKPOINT after 1 ms
bad() {
    names+=("$1")
    cat >"$package/mechanisms/bad_$1.mod" <<END
NEURON { SUFFIX bad_$1 RANGE on, x }
PARAMETER { on = 0 }
ASSIGNED { x }
VERBATIM
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
static int overflow(volatile int *p) { volatile int a[4096]; a[0] = *p + 1;
    return a[0] < 0 ? 0 : overflow(a) + a[1]; }
static volatile int zero;
static __attribute__((unused)) void misbehave(void) { (void)overflow; $2 }
ENDVERBATIM
INITIAL { x = 0 }
BREAKPOINT {
    if (on > 0 && t > 1 && x == 0) {
        x = 1
VERBATIM
        misbehave();
ENDVERBATIM
    }
}
END
}
bad segv 'volatile int *p = 0; *p = 1;'
bad scribble 'memset(__builtin_frame_address(0), 0x5a, 1 << 16);'
bad stack '(void)overflow(&zero);'
bad fpe 'zero = 7 / zero;'
bad abort 'abort();'
bad exit0 'exit(0);'
bad exit3 '_exit(3);'
bad kill 'raise(SIGKILL);'
bad stop 'raise(SIGSTOP);'
bad loop 'sigset_t s; sigfillset(&s); sigprocmask(SIG_BLOCK, &s, 0); for (;;) { }'
bad alloc 'for (;;) { volatile char *p = malloc(1 << 20); for (int i = 0; i < 1 << 20; i += 4096) p[i] = 1; }'
bad grow 'for (;;) { void *volatile p = malloc(48); if (p == 0) { return; } }'
bad closed 'for (int i = 0; i < 1024; i++) { close(i); }'
bad flood 'for (int i = 0; i < 4000; i++) { write(i < 1024 ? i : 1, "\x01garbage\n", 9); }'
bad print 'for (int i = 0; i < 9000; i++) { printf("garbage %d\n", i); }'
bad forks 'for (int i = 0; i < 4; i++) { if (fork() == 0) { for (;;) { pause(); } } }'
bad flees 'if (fork() == 0) { setsid(); if (fork() == 0) { for (;;) { pause(); } } _exit(0); }'
bad error 'hoc_execerror("refused", "by bad_error");'

cat >data/simple1_recipe.xml <<'END'
<recipe><NeuronTypes><Layer id="1" percentage="100">
<StructuralType id="mtype1" percentage="100"><ElectroType id="etype1" percentage="100"/>
</StructuralType></Layer></NeuronTypes></recipe>
END
# one e-model for each and a good one, all of one e-type
python3 - "${names[@]}" <<'END'
import json, sys
names = sys.argv[1:]
path = "data/emodels/setup/emodel.json"
model = json.load(open(path))
for n in names:
    model["mechanisms"].append({"name": n, "suffix": "bad_" + n, "locations": ["somatic"]})
    model["parameters"].append({"name": "on_" + n, "type": "NrnSectionParameter",
        "param_name": "on_bad_" + n, "locations": ["somatic"], "bounds": [0, 1]})
json.dump(model, open(path, "w"))
final, etypes = {}, {}
for one in ["good"] + names:
    params = {"cm": 1.0, **{"on_" + n: float(n == one) for n in names}}
    final[one] = {"main_path": ".", "morph_path": "morphologies/morph1.asc", "seed": 1,
        "score": 20.0, "fitness": {"Step1.SpikeCount": 20.0}, "params": params}
    etypes[one] = {"mm_recipe": one, "etype": "etype1", "layer": ["1"]}
json.dump(final, open("data/emodels/final.json", "w"))
json.dump(etypes, open("data/emodels/emodel_etype_map.json", "w"))
END
check "mechanisms with C of their own compile" "$mecombo" prepare prepare.json
cp output/scores.sqlite fresh.sqlite

# ends: class and exception or scores by e-model
ends() {
    sqlite3 output/scores.sqlite "select distinct emodel, coalesce(\"class\", 'done'),
        coalesce(exception, scores) from scores join mecombo_provenance using (\"index\")
        order by 1" | sed '/^grow/s/[^|]*$/*/'
}
done_='done|{"Step1.SpikeCount": 20.0}'
cat >want.txt <<END
abort|crash|killed by signal 6 (Aborted)
alloc|memory|reached its memory limit of 300000000 bytes
closed|crash|closed descriptors that are not its own, also the one for its answer
error|done|{"Step1.SpikeCount": 250.0}
exit0|crash|ended by exit(0) of its own
exit3|crash|ended by exit(3) of its own
flees|$done_
flood|crash|gave a damaged answer (memory was overwritten)
forks|$done_
fpe|crash|killed by signal 8 (Floating point exception)
good|$done_
grow|memory|*
kill|crash|killed by signal 9 (Killed), 3 times, not by its rank (is memory short?)
loop|time-out|killed after its time limit of 2 s
print|$done_
scribble|crash|killed by signal 11 (Segmentation fault)
segv|crash|killed by signal 11 (Segmentation fault)
stack|crash|killed by signal 11 (Segmentation fault)
stop|time-out|killed after its time limit of 2 s
END
nobody_left() {
    local p
    ! for p in $(pgrep mecombo); do
        [ "$(readlink "/proc/$p/cwd")" != "$PWD" ] || ps -o pid,comm,args "$p"
    done | grep .
}
# misbehave NAME LAUNCHER... -- OPTION...
misbehave() {
    local name=$1 launch=()
    shift
    while [ "$1" != -- ]; do
        launch+=("$1")
        shift
    done
    timeout -k 5 100 "${launch[@]}" "$mecombo" run run.json --timeout 2 \
        --memory-limit 300000000 "${@:2}" >run.log 2>err.log </dev/null
    echo "exit code $?" >>err.log
    check "$name: ends well" grep -x 'exit code 0' err.log
    ends >ends.txt
    check "$name: each row has its class and reason" diff want.txt ends.txt
    check "$name: no process is left" nobody_left
}
misbehave "one process" env --
cp fresh.sqlite output/scores.sqlite
misbehave "two ranks" mpirun -n 2 --
misbehave "failed rows once more" env -- --retry-failed
attempts=$(sqlite3 output/scores.sqlite 'select group_concat(distinct attempts)
    from (select attempts from mecombo_provenance order by "class" is null, attempts)')
check "only the failed ones ($attempts attempts)" test "$(sqlite3 output/scores.sqlite \
    'select count(*) from mecombo_provenance
    where attempts <> case when "class" is null then 1 else 2 end')" = 0
finish
