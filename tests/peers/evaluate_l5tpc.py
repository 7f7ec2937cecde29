#!/usr/bin/env python3
"""Rows of examples/l5tpc by `mecombo simulate` against the release's Python and NEURON.

usage: evaluate_l5tpc.py RELEASE [MECOMBO]

RELEASE is a clone of BlueBrain/SSCxEModelExamples: it has the evaluator that BluePyMM
imports, which this repository has not. Run it with the peers' python. Compares all scores
and both currents with ==; a row that ends with an exception must do so in both.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import evaluate_compare

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/l5tpc"
SETUP = "model_management/mm_run_minimal/emodels_dir/singlecell-optimization/setup"
ROWS = [  # e-model, morphology: what is special about it
    ("cADpyr_L5", "exemplars/exemplar_1.asc"),
    ("cIRpyr_L5", "exemplars/exemplar_2.swc"),  # .swc, stochastic channels
    ("cADpyr_L5", "morphologies/upc_2.asc"),  # no apical point
    ("cADpyr_L5", "morphologies/upc_3.asc"),  # no dendrite at the recordings' distance
    ("cADpyr_L5", "morphologies/tpc_a5.asc"),  # no threshold current
    ("cADpyr_L5", "morphologies/tpc_a4.asc"),  # exception: axon too short
    ("cIRpyr_L5", "morphologies/tpc_b1.asc"),
]


def main():
    mecombo = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "build/mecombo"
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        package = pathlib.Path(name) / "package"
        shutil.copytree(EXAMPLE / "emodels", package)
        shutil.copytree(pathlib.Path(sys.argv[1]) / SETUP, package / "setup")
        subprocess.run([pathlib.Path(sys.executable).parent / "nrnivmodl", "mechanisms"],
                       cwd=package, check=True, capture_output=True)
        for n, (emodel, cell) in enumerate(ROWS):
            cell = EXAMPLE / cell
            points = json.loads((cell.parent / "apical_points_isec.json").read_text())
            point = points.get(cell.stem)
            n_scores, equal = evaluate_compare.cell(
                mecombo, package, emodel, cell, point, pathlib.Path(name) / str(n))
            bad += not equal
            print(f"{emodel} {cell.stem}: {n_scores} scores,",
                  "equal" if equal else "DIFFERENT", flush=True)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
