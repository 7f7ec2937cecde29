#!/usr/bin/env python3
"""How many of many .mod files mecombo takes, of those that NEURON's nocmodl takes.

usage: nmodl_corpus.py [--program PROGRAM] [--check] [--every N] [-k WORD] [-l] DIR|FILE...

Every .mod file below the folders is tried once (files of equal content count once) with
nocmodl, `mecombo mechanisms check`, and, without --check, `mecombo mechanisms compile`,
which also loads the object. Prints the counts and, for the files that nocmodl accepts and
mecombo does not, the reasons with how many files have each; -l lists the files too.
--every N takes each Nth file only. The exit status is 1 below 98 %.
"""

import argparse
import collections
import concurrent.futures
import glob
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WANTED = 0.98


def peers():
    """(nocmodl, its unit table) of the NEURON that this Python imports."""
    import neuron

    data = os.path.join(os.path.dirname(neuron.__file__), ".data")
    return (os.path.join(data, "bin/nocmodl"),
            glob.glob(os.path.join(data, "share/nrn/lib/nrnunits.lib"))[0])


def files_below(places):
    for place in places:
        if os.path.isfile(place):
            yield place
        for folder, names, files in os.walk(place):
            names.sort()
            for name in sorted(files):
                if name.lower().endswith(".mod") and not name.startswith("."):
                    yield os.path.join(folder, name)


def different(paths):
    seen = set()
    for path in paths:
        with open(path, "rb") as file:
            digest = hashlib.sha256(file.read()).digest()
        if digest not in seen:
            seen.add(digest)
            yield path


def call(command, folder, **environment):
    try:
        out = subprocess.run(command, cwd=folder, capture_output=True, timeout=120,
                             check=False, stdin=subprocess.DEVNULL,
                             env={**os.environ, **environment})
    except subprocess.TimeoutExpired:
        return 124, "no end within 120 s"
    return out.returncode, (out.stdout + out.stderr).decode("latin-1")


def reason(text):
    """The first error without names and places."""
    found = re.search(r"error: (.*)", text) or re.search(r"mecombo: (.*)", text)
    line = found.group(1) if found else (text.strip().splitlines() or [""])[-1]
    line = re.sub(r"\(all of it is in.*", "", line)
    line = re.sub(r".*rejects the code made from it: .*?error: ", "C compiler: ", line)
    line = re.sub(r'"[^"]*"|\'[^\']*\'|‘[^’]*’|â\S*', "X", line)
    return re.sub(r"\d+", "N", line).strip()[:110]


def attempt(path, options):
    """(accepted by nocmodl, by check, compiled and loaded, why not)"""
    with tempfile.TemporaryDirectory() as work:
        folder = os.path.dirname(os.path.abspath(path))
        target = os.path.join(work, os.path.basename(path)[:-4] + ".mod")
        shutil.copyfile(path, target)
        for name in os.listdir(folder):
            if name.lower().endswith((".inc", ".h")) and os.path.isfile(os.path.join(folder, name)):
                shutil.copyfile(os.path.join(folder, name), os.path.join(work, name))
        theirs = call([options.nocmodl, os.path.basename(target)], work,
                      MODLUNIT=options.units)[0] == 0
        checked, text = call([options.program, "mechanisms", "check", target], work)
        if checked != 0 or options.check:
            return theirs, checked == 0, checked == 0, reason(text)
        code, text = call([options.program, "mechanisms", "compile", work, "-o",
                           os.path.join(work, "out")], work)
        return theirs, True, code == 0, reason(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=os.path.join(ROOT, "build/release/mecombo"))
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("-k", default="")
    parser.add_argument("-j", type=int, default=os.cpu_count())
    parser.add_argument("-l", action="store_true")
    parser.add_argument("place", nargs="+")
    options = parser.parse_args()
    options.program = os.path.abspath(options.program)
    options.nocmodl, options.units = peers()
    paths = [p for p in different(files_below(options.place)) if options.k in p]
    paths = paths[::options.every]
    reasons = collections.defaultdict(list)
    theirs = checked = loaded = more = 0
    with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
        for path, result in zip(paths, pool.map(lambda p: attempt(p, options), paths)):
            if not result[0]:
                more += result[2]
                continue
            theirs += 1
            checked += result[1]
            loaded += result[2]
            if not result[2]:
                reasons[result[3]].append(path)
    if loaded == 0 and theirs > 0:
        print("nothing was accepted: is the program built?")
    for why, where in sorted(reasons.items(), key=lambda item: -len(item[1])):
        print(f"{len(where):5d}  {why}")
        for path in where if options.l else ():
            print(f"         {path}")
    print(f"files {len(paths)}, accepted by nocmodl {theirs}, of these by mecombo {checked}, "
          + ("not compiled" if options.check else f"compiled and loaded {loaded}")
          + f" ({100 * loaded / max(theirs, 1):.2f} %); by mecombo only {more}")
    return loaded < WANTED * theirs


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
