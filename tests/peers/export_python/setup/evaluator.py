"""An e-model in BluePyOpt's Python that uses what both versions of BluePyOpt have and
scripts/export_emodel.py can say, and needs no .mod file."""

import os

import bluepyopt.ephys as ephys

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LISTS = {name: ephys.locations.NrnSeclistLocation(name, seclist_name=name)
         for name in ("all", "somatic", "basal", "apical", "axonal")}
SOMA = ephys.locations.NrnSeclistCompLocation(
    "soma", seclist_name="somatic", sec_index=0, comp_x=0.5)
DENDRITE = ephys.locations.NrnSomaDistanceCompLocation(
    "dend", soma_distance=30, seclist_name="basal")


def parameters():
    """(parameters, scalers that have parameters of their own)"""
    decay = ephys.parameterscalers.NrnSegmentSomaDistanceScaler(
        name="decay", distribution="math.exp({distance}*{rate})*{value}",
        dist_param_names=["rate"])
    growth = ephys.parameterscalers.NrnSegmentSomaDistanceScaler(
        name="growth", distribution="(1 + {distance}/500)*{value}")
    third = ephys.parameterscalers.NrnSegmentLinearScaler(
        name="third", multiplier=0.3, offset=0.001)
    ranged, section = (ephys.parameters.NrnRangeParameter,
                       ephys.parameters.NrnSectionParameter)
    return [
        ephys.parameters.NrnGlobalParameter("v_init", value=-70, frozen=True,
                                            param_name="v_init"),
        ephys.parameters.NrnGlobalParameter("celsius", value=20, frozen=True,
                                            param_name="celsius"),
        section("Ra", value=120, frozen=True, param_name="Ra", locations=[LISTS["all"]]),
        section("cm", param_name="cm", bounds=[0.5, 2], locations=[LISTS["all"]]),
        section("e_pas", value=-70, frozen=True, param_name="e_pas",
                locations=[LISTS["all"]]),
        ephys.parameters.MetaParameter("rate", decay, "rate", value=-0.004, frozen=True),
        ranged("gnabar", value_scaler=decay, param_name="gnabar_hh", bounds=[0.05, 0.5],
               locations=[LISTS["basal"], LISTS["somatic"]]),
        ranged("g_pas", value_scaler=growth, param_name="g_pas", value=3e-5, frozen=True,
               locations=[LISTS["basal"], LISTS["apical"], LISTS["axonal"]]),
        ranged("gkbar", value_scaler=third, param_name="gkbar_hh", bounds=[0.01, 1],
               locations=[LISTS["somatic"]]),
    ]


def pulse(amplitude, delay, duration, total, where=SOMA):
    return ephys.stimuli.NrnSquarePulse(
        step_amplitude=amplitude, step_delay=delay, step_duration=duration,
        total_duration=total, location=where)


def recordings(protocol):
    return [ephys.recordings.CompRecording(f"{protocol}.soma.v", SOMA, "v"),
            ephys.recordings.CompRecording(f"{protocol}.dend.v", DENDRITE, "v")]


def protocols():
    step = ephys.protocols.StepProtocol(
        "Step", step_stimulus=pulse(0.6, 70, 200, 330),
        holding_stimulus=pulse(-0.02, 0, 330, 330), recordings=recordings("Step"))
    weak = ephys.protocols.SweepProtocol(
        "Weak", [pulse(-0.05, 50, 100, 200)], recordings("Weak"), cvode_active=False)
    both = ephys.protocols.SweepProtocol(
        "Both", [pulse(0.3, 40, 30, 150), pulse(0.5, 80, 10, 150, DENDRITE)],
        recordings("Both"))
    return {"Step": step,
            "Rest": ephys.protocols.SequenceProtocol("Rest", protocols=[weak, both])}


def feature(name, recording, mean, std, **settings):
    start, end = {"Step": (70, 270), "Weak": (50, 150), "Both": (40, 90)}[
        recording.split(".")[0]]
    return ephys.efeatures.eFELFeature(
        f"{recording}.{name}", efel_feature_name=name, recording_names={"": recording},
        stim_start=start, stim_end=end, exp_mean=mean, exp_std=std, **settings)


def objectives():
    make = ephys.objectives
    amplitude = feature("AP_amplitude", "Step.soma.v", 70, 5, threshold=-30)
    return [
        make.SingletonObjective("count", feature("Spikecount", "Step.soma.v", 8, 1)),
        make.MaxObjective("shape", [
            amplitude, feature("AHP_depth_abs", "Step.soma.v", -60, 4),
            feature("AP_width", "Step.soma.v", 1.2, 0.2, interp_step=0.025)]),
        make.WeightedSumObjective("voltage", [
            feature("voltage_base", "Weak.soma.v", -70, 1),
            feature("steady_state_voltage_stimend", "Weak.dend.v", -74, 1.5,
                    force_max_score=True, max_score=200)], [1.5, 0.25]),
        make.WeightedSumObjective("pair", [
            feature("maximum_voltage", "Both.dend.v", 20, 7,
                    double_settings={"voltage_base_start_perc": 0.5})], [0.5]),
        make.SingletonObjective("missing", feature("AP2_amp", "Weak.soma.v", 50, 5)),
    ]


def create(etype):
    cell = ephys.models.CellModel(
        etype,
        morph=ephys.morphologies.NrnFileMorphology(
            os.path.join(PACKAGE, "small.asc"), do_replace_axon=True, do_set_nseg=True),
        mechs=[ephys.mechanisms.NrnMODMechanism(
                   "pas", suffix="pas", locations=[LISTS["all"]]),
               ephys.mechanisms.NrnMODMechanism(
                   "hh", suffix="hh", locations=[LISTS["somatic"], LISTS["basal"]])],
        params=parameters())
    return ephys.evaluators.CellEvaluator(
        cell_model=cell, param_names=["cm", "gnabar", "gkbar"],
        fitness_protocols=protocols(),
        fitness_calculator=ephys.objectivescalculators.ObjectivesCalculator(
            objectives()),
        sim=ephys.simulators.NrnSimulator())
