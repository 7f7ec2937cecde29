#!/usr/bin/env python3
"""Run many mechanisms beside NEURON and say how many give its numbers.

usage: nmodl_sample_peer.py [--driver PROGRAM] [--program MECOMBO] [--every N] [--batch N]
                            [-k WORD] [-v] DIR|FILE...

Takes the .mod files below the folders that NEURON and mecombo both accept, each content
once, and renames the mechanisms so that many can be loaded together. Each density mechanism
is inserted, with hh, into a soma with a piece of dendrite, and driven by current and voltage
clamps in fixed and variable step. Prints a line per mechanism that differs and the counts:
equal in all bits, equal to 1e-10 of a variable's largest value, different, not run.
"""

import argparse
import math
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cell_peer  # noqa: E402
import nmodl_corpus  # noqa: E402
import nmodl_peer  # noqa: E402

RUNS = ["variable 1e-3 40", "fixed 0.025 0 40", "fixed 0.1 2 40"]
CURRENT = ["iclamp soma[0] 0.5 5 25 0.15", "iclamp soma[0] 0.5 0 40 -0.01"]
VOLTAGE = ["seclamp soma[0] 0.5 10 -110 15 -35 15 20 0.1"]


def renamed(text, name):
    """The text with `name` for the mechanism's."""
    return re.sub(rb"(?m)^(\s*\}?\s*NEURON\s*\{\s*|\s*)((?:SUFFIX|POINT_PROCESS)\s+)\w+",
                  lambda m: m.group(1) + m.group(2) + name.encode(), text)


def compiles(folder, name, options):
    """True if NEURON's C text for the file compiles."""
    data = os.path.dirname(os.path.dirname(options.nocmodl))
    if nmodl_corpus.call([options.nocmodl, name + ".mod"], folder,
                         MODLUNIT=options.units)[0] != 0:
        return False
    done = nmodl_corpus.call(
        ["gcc", "-O0", "-fPIC", "-w", f"-I{data}/include", f"-I{data}/include/nrn", "-c",
         name + ".c", "-o", "/dev/null"], folder)[0] == 0
    os.remove(os.path.join(folder, name + ".c"))
    return done


def prepare(paths, work, first, options):
    """Copies what both take into work/all and work/NAME; returns {name: path}."""
    names = {}
    os.makedirs(os.path.join(work, "all"))
    for i, path in enumerate(paths):
        with open(path, "rb") as file:
            text = file.read()
        if not re.search(rb"(?m)^[^:?\n]*\bSUFFIX\s+\w", text) or b"SUFFIX nothing" in text:
            continue
        stem = re.sub(r"\W", "", os.path.basename(path)[:-4])[:24]
        name = f"m{first + i}{stem}"
        folder = os.path.join(work, name)
        os.makedirs(folder)
        with open(os.path.join(folder, name + ".mod"), "wb") as file:
            file.write(renamed(text, name))
        code = nmodl_corpus.call([options.program, "mechanisms", "compile", folder, "-o",
                                  folder + "/ours"], work)[0]
        if code == 0 and compiles(folder, name, options):
            names[name] = path
            os.rename(os.path.join(folder, name + ".mod"),
                      os.path.join(work, "all", name + ".mod"))
            os.symlink(os.path.join(work, "all", name + ".mod"),
                       os.path.join(folder, name + ".mod"))
    return names


def cases(name, variables, work, swc):
    lines = [f"build {work}/{name} {work}/{name}/ours", f"morphology {swc}", "nseg 1000",
             "insert 1 hh", f"insert 1 {name}"]
    lines += nmodl_peer.settings(name, variables)
    lines += ["global celsius 34", "global v_init -70", "finish"]
    lines += ["probe soma[0] 0.5 v", "probe dend[0] 0.5 v"]
    lines += [f"probe soma[0] 0.5 {v}" for v, (kind, _) in variables.items() if kind in (2, 3)]
    yield "current", lines[:100] + CURRENT
    yield "voltage", lines[:100] + VOLTAGE


def deviation(ours, theirs):
    """0 if equal in all bits, else the largest difference of a variable as a part of its
    largest value; infinity where one has other samples than the other."""
    if cell_peer.difference(ours, theirs) is None:
        return 0.0
    if len(ours) != len(theirs):
        return math.inf
    worst = 0.0
    for a, b in zip(zip(*ours), zip(*theirs)):
        size = max((abs(x) for x in b if math.isfinite(x)), default=0.0) or 1.0
        for x, y in zip(a, b):
            if x != y and not (math.isnan(x) and math.isnan(y)):
                gap = abs(x - y) / size
                worst = max(worst, gap if math.isfinite(gap) else math.inf)
    return max(worst, 5e-324)


def child(options):
    """Runs the mechanisms of one batch; prints NAME, the worst deviation and where."""
    work = options.child
    swc = os.path.join(nmodl_peer.EVENTS, "cell.swc")
    built = os.path.join(work, "all")
    mechanisms = nmodl_peer.list_mechanisms(built)
    nmodl_peer.Neuron().build(built, "")
    for name, variables in mechanisms:
        worst, where = 0.0, ""
        for title, base in cases(name, variables, work, swc):
            for line in RUNS:
                base[0] = f"build {built} x"
                mine = [f"build {work}/{name} {work}/{name}/ours"] + base[1:]
                got, text = run_both(options.driver, base, mine, line)
                if not got <= worst:
                    worst, where = got, f"{title} {line}: {text}"
        print(f"RESULT {name} {worst!r} {where}", flush=True)


def run_both(driver, theirs, ours, line):
    """(deviation, text) of one run."""
    def neuron():
        return nmodl_peer.fresh().execute(theirs + [line])[0][0]

    b = nmodl_peer.forked(neuron)
    try:
        a = cell_peer.run_driver(driver, ours + [line])[0][0]
    except RuntimeError as error:
        if isinstance(b, str) or any(not math.isfinite(x) for x in b[-1]):
            return 0.0, ""
        return math.inf, "mecombo refuses: " + str(error).strip()[-200:]
    if isinstance(b, str):
        return math.inf, "NEURON refuses: " + b[:200]
    worst = deviation(a, b)
    return worst, "" if worst == 0 else (cell_peer.difference(a, b) or "")[:300]


def run_batch(paths, first, options):
    """{path: (deviation, where)}"""
    with tempfile.TemporaryDirectory() as work:
        names = prepare(paths, work, first, options)
        if not names:
            return {}
        bin_dir = os.path.dirname(sys.executable)
        subprocess.run([os.path.join(bin_dir, "nrnivmodl"), "."], check=True,
                       cwd=os.path.join(work, "all"), capture_output=True,
                       env={**os.environ, "PATH": bin_dir + ":" + os.environ["PATH"]})
        out = subprocess.run(
            [sys.executable, os.path.abspath(__file__), "--child", work, "--driver",
             options.driver, "."], capture_output=True, text=True, check=False,
            errors="replace")
        results = {}
        for line in out.stdout.splitlines():
            if line.startswith("RESULT "):
                _, name, worst, *where = line.split(" ", 3)
                results[names.pop(name, name)] = (float(worst), " ".join(where))
        for name, path in names.items():
            results[path] = (math.nan, "not run: " + (out.stderr.strip()[-150:] or "hidden"))
        return results


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--driver")
    parser.add_argument("--program",
                        default=os.path.join(cell_peer.ROOT, "build/release/mecombo"))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--batch", type=int, default=40)
    parser.add_argument("-k", default="")
    parser.add_argument("-v", action="store_true")
    parser.add_argument("--child")
    parser.add_argument("place", nargs="+")
    options = parser.parse_args()
    options.driver = cell_peer.driver_of(options.driver)
    if options.child:
        return child(options)
    options.program = os.path.abspath(options.program)
    options.nocmodl, options.units = nmodl_corpus.peers()
    files = nmodl_corpus.different(nmodl_corpus.files_below(options.place))
    paths = [p for p in files if options.k in p][::options.every]
    equal = near = different = not_run = 0
    for first in range(0, len(paths), options.batch):
        for path, (worst, where) in run_batch(paths[first:first + options.batch], first,
                                              options).items():
            equal += worst == 0
            near += 0 < worst <= 1e-10
            different += worst > 1e-10
            not_run += math.isnan(worst)
            if worst != 0 or options.v:
                print(f"{worst:8.1e} {path}: {where}", flush=True)
    print(f"mechanisms {equal + near + different + not_run}: equal {equal}, to 1e-10 {near}, "
          f"different {different}, not run {not_run}")
    return different > 0


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
