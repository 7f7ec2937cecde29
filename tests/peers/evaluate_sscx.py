#!/usr/bin/env python3
"""Scores of the published L5 campaign by `mecombo simulate` against BluePyMM's.

usage: evaluate_sscx.py RELEASE [MECOMBO]

RELEASE is a clone of BlueBrain/SSCxEModelExamples: its mechanisms are not in this
repository. Compares all 62 scores and both currents with == for the three cells of
../shared/reference/scores/sscx-l5tpc.json, with and without shortcuts, and C060114A5 at
atol 1e-6 as well.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SHARED = os.path.join(ROOT, "..", "shared")


def load(*path):
    with open(os.path.join(*path)) as file:
        return json.load(file)


def simulate(mecombo, package, cell, *options):
    morphology = os.path.join(SHARED, "campaigns/sscx-l5tpc/morphologies", cell + ".asc")
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        start = time.time()
        subprocess.run([mecombo, "simulate", "--emodel-dir", package, "--emodel",
                        "cADpyr_L5TPC", "--morphology", morphology, "--scores", out.name,
                        *options], check=True)
        return load(out.name), time.time() - start


def differences(got, want):
    return [name for name in want if got.get(name) != want[name]]


def main():
    release = os.path.abspath(sys.argv[1])
    mecombo = sys.argv[2] if len(sys.argv) > 2 else os.path.join(ROOT, "build/mecombo")
    package = os.path.join(release, "model_management/mm_run_minimal/emodels_dir",
                           "singlecell-optimization")
    reference = load(SHARED, "reference/scores/sscx-l5tpc.json")
    bad = 0
    for cell, wanted in reference.items():
        runs = [((), "scores"), (("--no-shortcuts",), "scores")]
        if "scores_atol_1e-6" in wanted:
            runs.append((("--atol", "1e-6"), "scores_atol_1e-6"))
        for options, key in runs:
            got, seconds = simulate(mecombo, package, cell, *options)
            wrong = differences(got["scores"], wanted[key])
            if key == "scores":
                wrong += differences(got["extra_values"], wanted["extra_values"])
            bad += len(wrong)
            print(f"{cell} {' '.join(options) or 'default'}: "
                  f"{len(wanted[key])} scores, {len(wrong)} differ, {seconds:.2f} s")
            for name in wrong[:5]:
                print(f"  {name}: {got['scores'].get(name)}")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
