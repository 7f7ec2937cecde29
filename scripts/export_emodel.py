#!/usr/bin/env python3
"""Write an e-model package that is described in Python as setup/emodel.json.

usage: export_emodel.py [--output FILE] [--check] PACKAGE EMODEL...

PACKAGE is a folder as BluePyMM takes it: setup/__init__.py imports `evaluator`, whose
create(etype=EMODEL) gives BluePyOpt's CellEvaluator. Run it with the Python that has the
package's own BluePyOpt (1.12 or newer). The e-models are written to
PACKAGE/setup/emodel.json (schema: src/emodel/own.c of mecombo), where mecombo finds them
before anything else. Whatever that schema cannot say ends with an error that names it.
"""

import argparse
import json
import os
import sys


class Unsupported(Exception):
    """Something that setup/emodel.json cannot say."""


def class_name(thing, *allowed):
    """The name of the class, if it is one of BluePyOpt's own that are allowed."""
    cls = type(thing)
    if not cls.__module__.startswith("bluepyopt.") or cls.__name__ not in allowed:
        raise Unsupported(
            f"{cls.__module__}.{cls.__name__} (of {getattr(thing, 'name', thing)!s}) "
            f"cannot be exported; known here: {', '.join(allowed)}")
    return cls.__name__


def plain(**members):
    """A dict without what is None."""
    return {key: value for key, value in members.items() if value is not None}


def reference(scaler):
    """Where on the soma distances begin; BluePyOpt 1.14 renamed the attribute."""
    if getattr(scaler, "ref_section", "soma[0]") != "soma[0]":
        raise Unsupported(f"distances from {scaler.ref_section} cannot be exported")
    return getattr(scaler, "soma_ref_location", getattr(scaler, "ref_location", 0.5))


class Exporter:
    """One evaluator as a description."""

    def __init__(self, evaluator):
        self.evaluator = evaluator
        self.locations = {}
        self.distributions = {}  # id of the scaler -> description

    # -- places ---------------------------------------------------------------------

    def location(self, place):
        kind = class_name(
            place, "NrnSeclistLocation", "NrnSeclistCompLocation",
            "NrnSectionCompLocation", "NrnSomaDistanceCompLocation",
            "NrnSecSomaDistanceCompLocation", "NrnTrunkSomaDistanceCompLocation")
        said = {"type": kind}
        if kind in ("NrnSeclistLocation", "NrnSeclistCompLocation",
                    "NrnSomaDistanceCompLocation"):
            said["seclist_name"] = place.seclist_name
        if kind == "NrnSeclistCompLocation":
            said.update(sec_index=place.sec_index, comp_x=place.comp_x)
        elif kind == "NrnSectionCompLocation":
            said.update(sec_name=place.sec_name, comp_x=place.comp_x)
        elif kind == "NrnSomaDistanceCompLocation":
            said["soma_distance"] = place.soma_distance
        elif kind != "NrnSeclistLocation":
            said.update(plain(soma_distance=place.soma_distance,
                              sec_name=place.seclist_name, sec_index=place.sec_index))
            if kind == "NrnTrunkSomaDistanceCompLocation":
                direction = place.direction
                said["direction"] = (direction if isinstance(direction, str)
                                     else [float(d) for d in direction])
        return self.named(place.name, said)

    def named(self, name, said):
        """Keep a location under its name, or another one if that means something else."""
        unique, i = name, 1
        while self.locations.get(unique, said) != said:
            i += 1
            unique = f"{name}_{i}"
        self.locations[unique] = said
        return unique

    # -- cell -----------------------------------------------------------------------

    def morphology(self):
        morphology = self.evaluator.cell_model.morphology
        class_name(morphology, "NrnFileMorphology")
        rule = "bluepyopt" if morphology.do_replace_axon else "none"
        for modifier in getattr(morphology, "morph_modifiers", None) or []:
            name = getattr(modifier, "__name__", str(modifier))
            if name != "replace_axon_with_taper" or rule != "none":
                raise Unsupported(f"morphology modifier {name} cannot be exported")
            rule = "taper3"
        return {"do_set_nseg": bool(morphology.do_set_nseg),
                "nseg_frequency": getattr(morphology, "nseg_frequency", 40),
                "replace_axon": rule}

    def mechanism(self, mechanism):
        class_name(mechanism, "NrnMODMechanism")
        return {"name": mechanism.name, "suffix": mechanism.suffix,
                "locations": [self.location(place) for place in mechanism.locations],
                "deterministic": bool(mechanism.deterministic)}

    def scaler(self, scaler):
        kind = class_name(scaler, "NrnSegmentLinearScaler",
                          "NrnSegmentSomaDistanceScaler")
        if kind == "NrnSegmentLinearScaler":
            if scaler.multiplier == 1 and scaler.offset == 0:
                return None
            return {"multiplier": scaler.multiplier, "offset": scaler.offset}
        return self.distribution(scaler)

    def distribution(self, scaler):
        if id(scaler) not in self.distributions:
            taken = {said["name"] for said in self.distributions.values()}
            name, i = scaler.name or "distance", 1
            while name in taken:
                i += 1
                name = f"{scaler.name or 'distance'}_{i}"
            self.distributions[id(scaler)] = plain(
                name=name, distribution=scaler.distribution,
                dist_param_names=scaler.dist_param_names,
                soma_ref_location=reference(scaler))
        return self.distributions[id(scaler)]["name"]

    def parameter(self, parameter):
        kind = class_name(parameter, "NrnGlobalParameter", "NrnSectionParameter",
                          "NrnRangeParameter", "MetaParameter")
        said = plain(name=parameter.name, type=kind,
                     value=parameter.value if parameter.frozen else None)
        if parameter.bounds is not None:
            said["bounds"] = [float(bound) for bound in parameter.bounds]
        if kind == "MetaParameter":
            said.update(distribution=self.distribution(parameter.obj),
                        attr_name=parameter.attr_name)
            return said
        said["param_name"] = parameter.param_name
        if kind != "NrnGlobalParameter":
            said["locations"] = [self.location(place) for place in parameter.locations]
            scaler = self.scaler(parameter.value_scaler)
            if scaler is not None:
                said["value_scaler"] = scaler
        return said

    # -- protocols ------------------------------------------------------------------

    def pulse(self, stimulus):
        return {"type": class_name(stimulus, "NrnSquarePulse"),
                "step_amplitude": stimulus.step_amplitude,
                "step_delay": stimulus.step_delay,
                "step_duration": stimulus.step_duration,
                "total_duration": stimulus.total_duration,
                "location": self.location(stimulus.location)}

    def recording(self, recording):
        return {"name": recording.name, "type": class_name(recording, "CompRecording"),
                "location": self.location(recording.location),
                "variable": recording.variable}

    def protocol(self, protocol):
        kind = class_name(protocol, "SweepProtocol", "StepProtocol", "SequenceProtocol")
        if kind == "SequenceProtocol":
            return {"name": protocol.name, "type": kind,
                    "protocols": [self.protocol(part) for part in protocol.protocols]}
        said = plain(name=protocol.name, type=kind, cvode_active=protocol.cvode_active,
                     deterministic=getattr(protocol, "deterministic", None))
        if kind == "SweepProtocol":
            said["stimuli"] = [self.pulse(stimulus) for stimulus in protocol.stimuli]
        else:
            said["step_stimulus"] = self.pulse(protocol.step_stimulus)
            if protocol.holding_stimulus is not None:
                said["holding_stimulus"] = self.pulse(protocol.holding_stimulus)
        said["recordings"] = [self.recording(r) for r in protocol.recordings]
        return said

    # -- objectives -----------------------------------------------------------------

    def feature(self, feature):
        kind = class_name(feature, "eFELFeature")
        for name, value in (feature.string_settings or {}).items():
            raise Unsupported(f"string setting {name}={value} cannot be exported")
        return plain(
            name=feature.name, type=kind, efel_feature_name=feature.efel_feature_name,
            recording_names=dict(feature.recording_names), stim_start=feature.stim_start,
            stim_end=feature.stim_end, exp_mean=feature.exp_mean,
            exp_std=feature.exp_std, threshold=feature.threshold,
            interp_step=feature.interp_step, stimulus_current=feature.stimulus_current,
            double_settings=feature.double_settings, int_settings=feature.int_settings,
            force_max_score=getattr(feature, "force_max_score", None),
            max_score=getattr(feature, "max_score", None))

    def objective(self, objective):
        kind = class_name(objective, "SingletonObjective", "MaxObjective",
                          "WeightedSumObjective", "SingletonWeightObjective")
        said = {"name": objective.name, "type": kind,
                "features": [self.feature(feature) for feature in objective.features]}
        if kind == "WeightedSumObjective":
            said["weights"] = list(objective.weights)
        elif kind == "SingletonWeightObjective":
            said["weights"] = [objective.weight]
        return said

    # -- all ------------------------------------------------------------------------

    def simulator(self):
        simulator = self.evaluator.sim
        class_name(simulator, "NrnSimulator")
        return plain(type="NrnSimulator", cvode_active=bool(simulator.cvode_active),
                     dt=simulator.dt, cvode_minstep=simulator.cvode_minstep_value,
                     use_params_for_seed=bool(
                         getattr(self.evaluator, "use_params_for_seed", False)))

    def describe(self):
        cell = self.evaluator.cell_model
        parts = {
            "morphology": self.morphology(),
            "mechanisms": [self.mechanism(m) for m in cell.mechanisms or []],
            "parameters": [self.parameter(p) for p in cell.params.values()],
            "protocols": [self.protocol(p)
                          for p in self.evaluator.fitness_protocols.values()],
            "objectives": [self.objective(o) for o in
                           self.evaluator.fitness_calculator.objectives],
            "simulator": self.simulator(),
        }
        return {
            "morphology": parts.pop("morphology"),
            "locations": [{"name": name, **said}
                          for name, said in self.locations.items()],
            "distributions": list(self.distributions.values()),
            **parts,
        }


def load_evaluator(package, name):
    """The evaluator as BluePyMM gets it."""
    sys.path.insert(0, package)
    import setup

    created = setup.evaluator.create(etype=name)
    return created.evaluators[0] if hasattr(setup, "multieval") else created


def export(package, names):
    """The document for some e-models of a package."""
    described = {}
    for name in names:
        described[name] = Exporter(load_evaluator(package, name)).describe()
    head = {"format": "mecombo-emodel", "version": 1}
    first = next(iter(described.values()))
    if all(description == first for description in described.values()):
        return {**head, **first}
    return {**head, "emodels": described}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package")
    parser.add_argument("emodel", nargs="+")
    parser.add_argument("--output", help="default: PACKAGE/setup/emodel.json")
    parser.add_argument("--check", action="store_true",
                        help="compare with the file, write nothing")
    arguments = parser.parse_args()
    package = os.path.abspath(arguments.package)
    output = os.path.abspath(
        arguments.output or os.path.join(package, "setup", "emodel.json"))
    os.chdir(package)  # packages read their files relative to it
    try:
        text = json.dumps(export(package, arguments.emodel), indent=4) + "\n"
    except Unsupported as error:
        sys.exit(f"export_emodel.py: error: {package}: {error}")
    if arguments.check:
        with open(output) as file:
            sys.exit(0 if json.load(file) == json.loads(text) else
                     f"export_emodel.py: error: {output}: differs from the package")
    with open(output, "w") as file:
        file.write(text)


if __name__ == "__main__":
    main()
