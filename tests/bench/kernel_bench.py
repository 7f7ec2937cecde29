#!/usr/bin/env python3
"""Time the kernels of mechanisms here and in NEURON 8.2.7, in turns, and compare the bits.

usage: kernel_bench.py [--mechanisms FOLDER] [--instances N]... [--rounds R] [-k NAME]

FOLDER (default: examples/l5tpc/mechanisms) and tests/bench/mechanisms are built by
nrnivmodl, together with kernel_timer.mod, which calls a mechanism's functions as NEURON's
fixed step does, and by mecombo. N instances (default 200 and 1000: a region of a campaign
cell and a whole one) of each density mechanism get the same voltages, concentrations and
states in both; then the state update, and the current with its conductance, run in turns
on one processor: NEURON, AVX2, AVX-512. ns per instance, the best of R rounds. "bits" says
whether states, currents, right-hand sides and conductances after all rounds are equal in
all of them. Before that, seconds for building FOLDER from nothing, on all processors.
Needs the Python of the peers (scripts/peers-venv).
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

MECOMBO = ROOT / "build/mecombo"
BENCH = ROOT / "build/release/tests/bench/bench_mechanisms"
ISAS = ("avx2", "avx512")
CALLS = 20  # in one timing
V_FIRST, V_LAST = -90.0, 40.0  # mV, over the instances
IONS = {"na": (50.0, 10.0, 140.0), "k": (-85.0, 54.4, 2.5), "ca": (132.4, 5e-5, 2.0)}


class Ours:
    """A process with mecombo's kernels for one instruction set."""

    def __init__(self, folder, isa):
        self.process = subprocess.Popen(
            [BENCH, folder, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "MECOMBO_ISA": isa})

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if answer.startswith("no such"):
            raise RuntimeError(f"{words[:2]}: {answer}")
        return answer

    def start(self, theirs):
        """As many instances as `theirs` has, with its inputs and initial values."""
        self.ask("take", theirs.suffix, len(theirs.segments))
        names = [*theirs.read, *theirs.written, *theirs.chosen]
        for name in ["v", "area", "diam", *dict.fromkeys(names)]:
            self.put(name, theirs.values(name))
        self.ask("init", "states")
        for name in theirs.written:
            self.put(name, theirs.values(name))

    def put(self, name, numbers):
        self.ask("put", name, *(float(x).hex() for x in numbers))

    def get(self, name):
        return [float.fromhex(x) for x in self.ask("get", name).split()]

    def run(self, kernel, repeat=CALLS):
        return float(self.ask("run", kernel, repeat))


class Theirs:
    """n instances of a mechanism in a NEURON that has loaded them, ready to be timed."""

    def __init__(self, h, description, n):
        self.h, self.suffix = h, description["suffix"]
        self.read = [x for use in description["ions"] for x in use["read"]]
        self.written = [x for use in description["ions"] for x in use["write"]]
        self.section = h.Section(name="cable")
        self.section.nseg = n
        self.section.insert(self.suffix)
        self.segments = list(self.section)
        self.chosen = [x for x in description["range"] if x == "deterministic"]
        kind = h.MechanismType(0)
        kind.select(self.suffix)
        self.type = kind.internal_type()
        self.voltage = [V_FIRST + (V_LAST - V_FIRST) / n * i for i in range(n)]
        h.celsius, h.dt, h.secondorder = 34, 0.025, 0
        for i, segment in enumerate(self.segments):
            segment.v = self.voltage[i]
            for name in self.chosen:
                setattr(segment, f"{name}_{self.suffix}", 1)
        for ion in {use["ion"] for use in description["ions"]} & set(IONS):
            self.fill_ion(ion)
        h.finitialize()
        for name in self.read + self.written:
            if name[1:] in IONS and name[0] == "i":
                for i, segment in enumerate(self.segments):
                    setattr(segment, name, -1e-5 * i if name in self.read else 0)
        h.kernel_timer_clear()

    def fill_ion(self, ion):
        e, inside, outside = IONS[ion]
        self.h.ion_style(f"{ion}_ion", 1, 1, 0, 0, 0, sec=self.section)
        for i, segment in enumerate(self.segments):
            setattr(segment, f"e{ion}", e)
            setattr(segment, f"{ion}i", inside * (1 + i))
            setattr(segment, f"{ion}o", outside)

    def move(self, ours):
        """Voltages at which the states are not at rest, here and in mecombo."""
        for segment, v in zip(self.segments, reversed(self.voltage)):
            segment.v = v
        for mine in ours.values():
            mine.put("v", self.values("v"))

    def values(self, name):
        if name == "area":
            return [segment.area() for segment in self.segments]
        if name in ("rhs", "d"):
            index = [int(segment.node_index()) for segment in self.segments]
            return [self.h.kernel_timer_get(name == "d", i) for i in index]
        if not hasattr(self.segments[0], name):
            name = f"{name}_{self.suffix}"
        return [getattr(segment, name) for segment in self.segments]

    def run(self, kernel, repeat=CALLS):
        return self.h.kernel_timer_ns(self.type, kernel == "current", repeat)


def compare(theirs, ours, description):
    """What differs after equally many calls: names of variables."""
    names = description["states"] + theirs.written + ["rhs", "d"]
    return sorted({name for name in names for mine in ours.values()
                   if mine.get(name) != theirs.values(name)})


def measure(h, ours, description, n, rounds):
    """{kernel: [ns of NEURON, AVX2, AVX-512]} and the variables that differ."""
    theirs = Theirs(h, description, n)
    for mine in ours.values():
        mine.start(theirs)
    theirs.move(ours)
    times = {"state": [1e9] * 3, "current": [1e9] * 3}
    for _ in range(rounds):
        for kernel, best in times.items():
            for k, side in enumerate([theirs, *ours.values()]):
                best[k] = min(best[k], side.run(kernel))
    return times, compare(theirs, ours, description)


def has(kernel, description):
    """Has the mechanism such a kernel?"""
    if kernel == "state":
        return bool(description["states"])
    return any(x[0] == "i" for use in description["ions"] for x in use["write"]) or (
        not description["ions"])


def print_table(h, ours, described, n, rounds):
    print(f"{n} instances, ns per instance: NEURON, AVX2 (ratio), AVX-512 (ratio)")
    for description in described:
        times, different = measure(h, ours, description, n, rounds)
        row = f"{description['suffix']:14}"
        for kernel, (slow, *fast) in times.items():
            if not has(kernel, description):
                row += f"{'':44}"
                continue
            row += f" {kernel} {slow:6.1f}" + "".join(
                f"{x:7.2f} ({slow / x:5.1f})" for x in fast)
        print(row + "  bits " + (f"differ: {', '.join(different)}" if different else "equal"))


def seconds(command, folder, environment):
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True,
                   env={**os.environ, **environment})
    return time.perf_counter() - start


def build(folder, work):
    """Build `folder` from nothing with both; prints the times; (NEURON's copy, ours)."""
    for name in ("neuron", "both"):
        (work / name).mkdir()
        for mod in pathlib.Path(folder).glob("*.mod"):
            shutil.copy(mod, work / name)
    for mod in (HERE / "mechanisms").glob("*.mod"):
        shutil.copy(mod, work / "both")
    compile_ = [MECOMBO, "--quiet", "mechanisms", "compile"]
    bin_dir = os.path.dirname(sys.executable)
    path = {"PATH": bin_dir + os.pathsep + os.environ["PATH"]}
    fast = min(seconds([*compile_, "neuron", "-o", f"timed{k}"], work,
                       {"MECOMBO_CACHE": str(work / f"cache{k}")}) for k in range(3))
    slow = seconds([f"{bin_dir}/nrnivmodl", "."], work / "neuron", path)
    count = len(list((work / "neuron").glob("*.mod")))
    print(f"building {count} mechanisms from nothing: nrnivmodl {slow:.1f} s, "
          f"mecombo {fast:.2f} s")
    subprocess.run([*compile_, "both", "-o", "ours"], cwd=work, check=True,
                   env={**os.environ, "MECOMBO_CACHE": str(work / "cache0")})
    described = json.loads(subprocess.run(
        [MECOMBO, "mechanisms", "list", "both"], cwd=work, check=True,
        capture_output=True).stdout)
    shutil.copy(HERE / "kernel_timer.mod", work / "both")
    seconds([f"{bin_dir}/nrnivmodl", "."], work / "both", path)
    return described


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mechanisms", default=ROOT / "examples/l5tpc/mechanisms")
    parser.add_argument("--instances", type=int, action="append")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("-k", dest="word", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temp:
        work = pathlib.Path(temp)
        described = [d for d in build(options.mechanisms, work)
                     if d["kind"] == "density" and options.word in d["suffix"]]
        import neuron

        neuron.load_mechanisms(str(work / "both"))
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        ours = {isa: Ours(work / "ours", isa) for isa in ISAS}
        for n in options.instances or (200, 1000):
            print_table(neuron.h, ours, described, n, options.rounds)
        for mine in ours.values():
            mine.process.stdin.close()
            mine.process.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
