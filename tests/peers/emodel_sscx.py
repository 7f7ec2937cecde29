#!/usr/bin/env python3
"""Compare every recipe of an SSCx package as its own Python builds it and as mecombo does.

usage: emodel_sscx.py EMODEL_DUMP PACKAGE
PACKAGE: e.g. optimization/opt_module of BlueBrain/SSCxEModelExamples.
"""

import json
import os
import subprocess
import sys

import bluepyopt.ephys as ephys

BITS = {"all": 1, "somatic": 2, "basal": 4, "apical": 8, "axonal": 16, "myelinated": 32}
KINDS = [ephys.parameters.NrnGlobalParameter, ephys.parameters.NrnSectionParameter,
         ephys.parameters.NrnRangeParameter, ephys.parameters.MetaParameter]


def bits(locations):
    return sum({BITS[location.seclist_name] for location in locations or []})


def number(value):
    return None if value is None else float(value)


def describe_objective(objective):
    feature = objective.features[0]
    out = {"name": objective.name, "efel": feature.efel_feature_name,
           "weight": float(objective.weight), "mean": number(feature.exp_mean),
           "std": float(feature.exp_std)}
    if not feature.efel_feature_name.startswith("bpo_"):
        out.update({
            "recording": feature.recording_names[""],
            "stim_start": number(feature.stim_start),
            "stim_end": number(feature.stim_end),
            "Threshold": number(feature.threshold),
            "stimulus_current": number(feature.stimulus_current),
            "strict_stiminterval": float(feature.int_settings["strict_stiminterval"])})
    return out


def describe_parameter(parameter):
    kind = KINDS.index(type(parameter))
    scaler = getattr(parameter, "value_scaler", None) or getattr(parameter, "obj", None)
    distance = isinstance(scaler, ephys.parameterscalers.NrnSegmentSomaDistanceScaler)
    bounds = parameter.bounds or (None, None)
    return {"name": parameter.name,
            "variable": parameter.attr_name if kind == 3 else parameter.param_name,
            "kind": kind, "value": number(parameter.value if parameter.frozen else None),
            "lower": number(bounds[0]), "upper": number(bounds[1]),
            "lists": bits(getattr(parameter, "locations", None)),
            "distribution": scaler.name if distance else "uniform"}


def describe_protocol(protocol):
    protocol = getattr(protocol, "step_protocol_template", protocol)
    return {"pulses": [{"k": 0, "amp": number(s.step_amplitude),
                        "delay": float(s.step_delay), "duration": float(s.step_duration),
                        "total": float(s.total_duration)} for s in protocol.stimuli],
            "recordings": [r.name for r in protocol.recordings],
            "stochastic": getattr(protocol, "stochkv_det", None) is False,
            "thresh_perc": number(getattr(protocol, "thresh_perc", None))}


def describe(evaluator_module, name, path):
    evaluator = evaluator_module.create(
        etype=name, altmorph=[["mm", "none.asc", 3]]).evaluators[0]
    protocols = evaluator_module.define_protocols(path, prefix="mm", apical_point_isec=3)
    objectives = {o.name: describe_objective(o)
                  for o in evaluator.fitness_calculator.objectives}
    return {"objectives": list(objectives.values()),
            "parameters": [describe_parameter(p)
                           for p in evaluator.cell_model.params.values()],
            "mechanisms": [[m.name, bits(m.locations)]
                           for m in evaluator.cell_model.mechanisms],
            "protocols": {key: describe_protocol(p) for key, p in protocols.items()
                          if key not in ("Main", "RinHoldcurrent")}}


def main():
    dump, package = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    sys.path.insert(0, package)
    from setup import evaluator

    with open(os.path.join(package, "config/recipes/recipes.json")) as file:
        recipes = json.load(file)
    sys.argv = sys.argv[:1]
    lines = subprocess.run([dump, package, *recipes], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    bad = 0
    for (name, recipe), line in zip(recipes.items(), lines):
        ours, theirs = json.loads(line), describe(evaluator, name, recipe["protocol"])
        for key, value in theirs.items():
            if ours[key] != value:
                bad += 1
                for a, b in zip(ours[key], value):
                    if a != b and not isinstance(a, str):
                        print(f"{name} {key}:\n  {a}\n  {b}")
                        break
                else:
                    print(f"{name} {key}: {ours[key]}\n{value}"[:2000])
    print(f"{len(lines)} recipes, {bad} differences")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
