#!/usr/bin/env python3
"""Run many mechanisms beside NEURON and say how many give its numbers.

usage: nmodl_sample.py [--driver PROGRAM] [--program MECOMBO] [--every N] [--from N]
                            [-j N] [-k WORD] [-v] DIR|FILE...

Takes the .mod files below the folders that NEURON and mecombo both compile, each content
once: density mechanisms, point processes and ARTIFICIAL_CELLs. Each is put, with hh, into a
soma with a piece of dendrite, and driven by current and voltage clamps, and by events where
it receives them, in fixed and variable step; POINTERs see the voltage. Prints a line per
mechanism that differs and the counts: equal in all bits, equal to 1e-10 of a variable's
largest value, different, not run.
"""

import argparse
import concurrent.futures
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
import peer_driver  # noqa: E402

RUNS = ["variable 1e-3 40", "fixed 0.025 0 40", "fixed 0.1 2 40"]
CURRENT = ["iclamp soma[0] 0.5 5 25 0.15", "iclamp soma[0] 0.5 0 40 -0.01"]
nmodl_peer.LONGEST = LONGEST = 10  # seconds of a run
VOLTAGE = ["seclamp soma[0] 0.5 10 -110 15 -35 15 20 0.1"]


def prepared(path, work, options):
    """Compiles with both in `work`; why not, or None."""
    with open(path, "rb") as file:
        text = file.read()
    text, name = nmodl_peer.renamed(text)
    if name in (None, "nothing"):
        return "no mechanism"
    here = os.path.dirname(os.path.abspath(path))
    for other in os.listdir(here):
        if other.lower().endswith((".inc", ".h")) and os.path.isfile(os.path.join(here, other)):
            with open(os.path.join(here, other), "rb") as file:
                nmodl_peer.write(os.path.join(work, other), file.read())
    stem = re.sub(r"\W", "_", os.path.basename(path)[:-4])
    nmodl_peer.write(os.path.join(work, stem + ".mod"), text)
    code, said = nmodl_corpus.call([options.program, "mechanisms", "compile", work, "-o",
                                    work + "/ours"], work)
    if nmodl_corpus.call([os.path.join(os.path.dirname(sys.executable), "nrnivmodl"), "."],
                         work, PATH=os.path.dirname(sys.executable) + ":" + os.environ["PATH"],
                         MODL_INCLUDE=work)[0] != 0:
        return "not compiled by NEURON"
    return None if code == 0 else "not compiled here: " + nmodl_corpus.reason(said)


def cases(mechanism, pointers, work, swc):
    """(title, driver lines); the first builds."""
    more, probes, events = nmodl_peer.insertion(mechanism, pointers, 1)
    lines = [f"build {work} {work}/ours", f"morphology {swc}", "nseg 1000", "insert 1 hh", *more,
             "global celsius 34", "global v_init -70", "finish", "probe soma[0] 0.5 v",
             "probe dend[0] 0.5 v", *probes[:90], *events]
    yield "current", lines + CURRENT
    if mechanism["kind"] != "artificial":
        yield "voltage", lines + VOLTAGE


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
    """Runs the mechanisms that were compiled in a folder; prints what run_one() reads."""
    work = options.child
    swc = os.path.join(nmodl_peer.EVENTS, "cell.swc")
    mechanisms = nmodl_peer.list_mechanisms(work)
    nmodl_peer.Neuron().build(work, "")
    for mechanism in mechanisms:
        worst, where = 0.0, ""
        for title, base in cases(mechanism, options.pointer, work, swc):
            for line in RUNS:
                got, text = run_both(options.driver, base, base, line)
                if got > worst or (math.isnan(got) and worst == 0):
                    worst, where = got, f"{title} {line}: {text}"
        print(f"RESULT {worst!r} {where}", flush=True)


def run_both(driver, theirs, ours, line):
    """(deviation, text) of one run."""
    def neuron():
        return nmodl_peer.fresh().execute(theirs + [line])[0][0]

    b = nmodl_peer.forked(neuron)
    try:
        a = cell_peer.run_driver(driver, ours + [line], LONGEST)[0][0]
    except RuntimeError as error:
        if isinstance(b, str) or any(not math.isfinite(x) for x in b[-1]):
            return 0.0, ""
        return math.inf, "mecombo refuses: " + str(error).strip()[-200:]
    if isinstance(b, str):
        return math.nan, "NEURON: " + b[:200]
    worst = deviation(a, b)
    return worst, "" if worst == 0 else (cell_peer.difference(a, b) or "")[:300]


def run_one(path, options):
    """(deviation, where); the deviation is None if one of the two does not compile it."""
    with tempfile.TemporaryDirectory() as work:
        why = prepared(path, work, options)
        if why is not None:
            return None, why
        with open(path, "rb") as file:
            names = nmodl_peer.pointers_of(file.read())
        out = subprocess.run(
            [sys.executable, os.path.abspath(__file__), "--child", work, "--driver",
             options.driver, *[f"--pointer={n}" for n in names], "."],
            capture_output=True, text=True, check=False, errors="replace")
        found = re.findall(r"(?m)^RESULT (\S+) (.*)$", out.stdout)
        if not found:
            return math.nan, "not run: " + (out.stderr.strip()[-300:] or "hidden")
        return max(((float(worst), where) for worst, where in found), key=lambda r: r[0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--driver")
    parser.add_argument("--program", default=os.path.join(peer_driver.BUILD, "mecombo"))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("-j", type=int, default=1)
    parser.add_argument("-k", default="")
    parser.add_argument("-v", action="store_true")
    parser.add_argument("--child")
    parser.add_argument("--pointer", action="append", default=[])
    parser.add_argument("place", nargs="+")
    options = parser.parse_args()
    options.driver = cell_peer.driver_of(options.driver)
    if options.child:
        return child(options)
    options.program = os.path.abspath(options.program)
    files = nmodl_corpus.different(nmodl_corpus.files_below(options.place))
    paths = [p for p in files if options.k in p][options.first::options.every]
    equal = near = different = not_run = left = 0
    with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
        for path, result in zip(paths, pool.map(lambda p: run_one(p, options), paths)):
            worst, where = result
            left += worst is None
            if worst is None:
                if options.v:
                    print(f"       - {path}: {where}", flush=True)
                continue
            equal += worst == 0
            near += 0 < worst <= 1e-10
            different += worst > 1e-10
            not_run += math.isnan(worst)
            if worst != 0 or options.v:
                print(f"{worst:8.1e} {path}: {where}", flush=True)
    print(f"mechanisms {equal + near + different + not_run}: equal {equal}, to 1e-10 {near}, "
          f"different {different}, not run {not_run}; not compiled by both {left}")
    return different > 0


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
