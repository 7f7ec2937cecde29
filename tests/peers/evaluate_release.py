#!/usr/bin/env python3
"""The published L5 e-model on random morphologies of its release, here and with the peers.

usage: evaluate_release.py RELEASE N [SEED] [MECOMBO]

RELEASE is a clone of SSCxEModelExamples, whose validation/input/morphologies hold a
thousand. Run it with the peers' python; a cell takes NEURON a minute and a half. Compares
all scores and both currents with ==; an exception must be one on both sides.
"""

import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import evaluate_compare

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = "model_management/mm_run_minimal/emodels_dir/singlecell-optimization"
EMODEL = "cADpyr_L5TPC"


def main():
    release, n = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    mecombo = os.path.abspath(sys.argv[4]) if len(sys.argv) > 4 else ROOT / "build/mecombo"
    cells = sorted((release / "validation/input/morphologies").glob("*.asc"))
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        package = pathlib.Path(name) / "package"
        shutil.copytree(release / PACKAGE, package)
        subprocess.run([pathlib.Path(sys.executable).parent / "nrnivmodl", "mechanisms"],
                       cwd=package, check=True, capture_output=True)
        for k, cell in enumerate(random.Random(seed).sample(cells, n)):
            n_scores, equal = evaluate_compare.cell(mecombo, package, EMODEL, cell, None,
                                                    pathlib.Path(name) / str(k))
            bad += not equal
            print(f"{cell.stem}: {n_scores} scores,", "equal" if equal else "DIFFERENT",
                  flush=True)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
