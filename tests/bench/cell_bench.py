#!/usr/bin/env python3
"""Time a campaign cell here and in NEURON 8.2.7, in the same run, one after the other.

usage: cell_bench.py [DRIVER] [--mechanisms FOLDER] [--repeat N]

DRIVER as for tests/peers/cell_peer.py; FOLDER (default: the mechanisms of examples/l5tpc)
is built by mecombo and by nrnivmodl. CPU seconds, the best of N runs; the samples must be
equal. With perf, the share of each mechanism, the tree, the history and the norms. Then
how far that is from what exponentials and vectors alone would take. Needs the Python of
the peers (scripts/peers-venv).
"""

import argparse
import collections
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../peers"))
import cell_campaign_peer as cell_campaign  # noqa: E402
import cell_profile  # noqa: E402
import cell_peer  # noqa: E402
import nmodl_peer  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
CLAMPS = [
    "iclamp soma[0] 0.5 700 2000 2.4187",
    "iclamp soma[0] 0.5 0 3000 -0.17",
    "probe soma[0] 0.5 v",
]
RUNS = ["variable 1e-3 3000", "fixed 0.025 0 250", "fixed 0.025 2 250"]


def ours(driver, lines, environment):
    """Times of construction, and (samples, steps, seconds) of each run."""
    text = subprocess.run(
        [driver, "--times"],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    ).stdout.splitlines()
    times = [float(x) for x in text[0].split()[1:]]
    runs = [line.split() for line in text if not line.startswith("times")]
    return times, [(int(n), int(steps), float(s)) for n, steps, s in runs]


def count(h):
    """Segments, mechanism -> instances, and equations of the variable step."""
    segments = [seg for sec in h.allsec() for seg in sec]
    instances = collections.Counter(mech.name() for seg in segments for mech in seg)
    h.cvode_active(1)
    h.finitialize(-80)
    states = h.Vector()
    h.CVode().states(states)
    h.cvode_active(0)
    return len(segments), instances, int(states.size())


def theirs(lines, repeat):
    """CPU seconds of construction, (samples, seconds) of each run, and count()."""
    best = None
    for _ in range(repeat):
        neuron = nmodl_peer.Neuron()
        start = time.process_time()
        neuron.execute([x for x in lines if x not in RUNS])
        sum(seg.area() for sec in neuron.h.allsec() for seg in sec)
        built = time.process_time() - start
        runs = [(len(s), t) for s, t in neuron.execute([x for x in lines if x in RUNS])]
        counted = count(neuron.h)
        neuron.close()
        seconds = [built] + [t for _, t in runs]
        best = seconds if best is None else [min(a, b) for a, b in zip(best, seconds)]
    return best[0], [(n, t) for (n, _), t in zip(runs, best[1:])], counted


def print_run(line, ours, theirs, segments):
    (n, steps, a), (m, b) = ours, theirs
    steps = max(steps, 1)
    print(f"  {line}: {n} samples{'' if n == m else f' (NEURON {m}!)'}, {a:.3f} s = "
          f"{1e6 * a / steps:.1f} us/step = {1e9 * a / steps / segments:.1f} ns per segment "
          f"and step; NEURON {1e6 * b / steps:.1f} us/step; ratio {b / a:.1f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("driver", nargs="?")
    parser.add_argument("--mechanisms", default="examples/l5tpc/mechanisms")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    driver = cell_peer.driver_of(options.driver)
    path = os.path.abspath(cell_campaign.CAMPAIGN + "/morphologies/C060114A5.asc")
    with tempfile.TemporaryDirectory() as folder:
        mods = os.path.abspath(options.mechanisms)
        lines = cell_campaign.lines_of(path, f"build {mods} {folder}/mecombo") + CLAMPS
        copy = nmodl_peer.build(mods, folder + "/neuron")
        reference = [line.replace(f"build {mods}", f"build {copy}") for line in lines]
        built, slow, (segments, instances, states) = theirs(reference + RUNS,
                                                            options.repeat)
        print(f"NEURON: construction {1e3 * built:.1f} ms")
        for isa in ("avx512", "avx2", "baseline"):
            times, fast = None, None
            for _ in range(options.repeat):
                now, runs = ours(driver, lines + RUNS, {"MECOMBO_ISA": isa})
                times = now if times is None else [min(a, b) for a, b in zip(times, now)]
                fast = runs if fast is None else [min(a, b) for a, b in zip(fast, runs)]
            cell = times[0] + times[2]
            print(
                f"{isa}: morphology {1e3 * times[0]:.1f} ms, cell {1e3 * times[2]:.1f} ms"
                f" (NEURON/here {built / cell:.0f})"
            )
            for run in zip(RUNS, fast, slow):
                print_run(*run, segments)
                if isa == "avx512":
                    cell_profile.print_shares(driver, lines + [run[0]] * 3, {})
        ns = cell_profile.exp_ns(ROOT + "/build/mecombo",
                                 ROOT + "/build/release/tests/bench/bench_mechanisms",
                                 folder + "/floor")
        fixed, variable = cell_profile.floors(instances, options.mechanisms, ns, states)
        print(f"the least: {ns:.2f} ns per exponential, "
              f"{1e-9 * cell_profile.bandwidth():.0f} GB/s: {fixed:.1f} us per fixed step "
              f"(exponentials), {variable:.1f} us per variable step (and vectors)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
