#!/usr/bin/env python3
"""Evaluate one me-combination with BluePyOpt and NEURON themselves, as BluePyMM does.

usage: evaluate_python.py PACKAGE EMODEL MORPHOLOGY APICAL|none OUT.json

PACKAGE is an e-model package with a Python evaluator and its final.json; its mechanisms
must have been compiled there (nrnivmodl mechanisms).
"""

import json
import os
import sys


def main():
    package, emodel, morphology, apical, out = sys.argv[1:6]
    morphology = os.path.abspath(morphology)
    out = os.path.abspath(out)
    os.chdir(package)
    sys.path.insert(0, os.getcwd())
    import setup

    with open("final.json") as file:
        params = json.load(file)[emodel]["params"]
    stdout, sys.stdout = sys.stdout, open(os.devnull, "w")
    if hasattr(setup, "multieval"):
        isec = None if apical == "none" else int(apical)
        evaluator = setup.evaluator.create(
            etype=emodel, altmorph=[["mm", morphology, isec]]).evaluators[0]
        prefix = "mm."
    else:
        evaluator = setup.evaluator.create(etype=emodel)
        evaluator.cell_model.morphology.morphology_path = morphology
        prefix = ""
    responses = evaluator.run_protocols(evaluator.fitness_protocols.values(), params)
    scores = evaluator.fitness_calculator.calculate_scores(responses)
    extra = {key: responses.get(prefix + "bpo_" + key)
             for key in ("holding_current", "threshold_current")}
    sys.stdout = stdout
    with open(out, "w") as file:
        json.dump({"scores": scores, "extra_values": extra}, file, indent=1)


if __name__ == "__main__":
    main()
