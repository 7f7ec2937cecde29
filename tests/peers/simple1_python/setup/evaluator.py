"""BluePyOpt twin of examples/simple1/data/emodels/setup/emodel.json."""

import os

import bluepyopt.ephys as ephys

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def create(etype):
    """Make the evaluator of one e-model; both have the same form."""
    somatic = ephys.locations.NrnSeclistLocation("somatic", seclist_name="somatic")
    soma = ephys.locations.NrnSeclistCompLocation(
        "soma", seclist_name="somatic", sec_index=0, comp_x=0.5)
    morphology = {"emodel1": "morph1.asc", "emodel2": "morph2.asc"}[etype]
    cell = ephys.models.CellModel(
        etype,
        morph=ephys.morphologies.NrnFileMorphology(
            os.path.join(PACKAGE, "morphologies", morphology)),
        mechs=[ephys.mechanisms.NrnMODMechanism(
            "hh", suffix="hh", locations=[somatic])],
        params=[ephys.parameters.NrnSectionParameter(
            "cm", param_name="cm", locations=[somatic], bounds=[0.05, 10.0])])
    pulse = ephys.stimuli.NrnSquarePulse(
        step_amplitude=0.01, step_delay=100.0, step_duration=50.0,
        total_duration=200.0, location=soma)
    step = ephys.protocols.SweepProtocol(
        "Step1", [pulse],
        [ephys.recordings.CompRecording("Step1.soma.v", soma, "v")])
    feature = ephys.efeatures.eFELFeature(
        "Step1.SpikeCount", efel_feature_name="Spikecount",
        recording_names={"": "Step1.soma.v"}, stim_start=100.0, stim_end=150.0,
        exp_mean=1.0, exp_std=0.05)
    objective = ephys.objectives.SingletonObjective("Step1.SpikeCount", feature)
    return ephys.evaluators.CellEvaluator(
        cell_model=cell, param_names=["cm"], fitness_protocols={"Step1": step},
        fitness_calculator=ephys.objectivescalculators.ObjectivesCalculator(
            [objective]),
        sim=ephys.simulators.NrnSimulator())
