"""Cases with point processes and events, as driver lines (tests/unit/cell/cell_script.h).

Each names the .mod file of tests/nmodl/events that it is about first.
"""

SOMA_AND_DENDRITE = ["nseg 40", "insert 1 pas", "insert 2 hh"]
V = ["probe soma[0] 0.5 v", "probe dend[0] 0.7 v"]
TIMES = "6 3 5.5 11 11 12.0125 30"


def runs(tstop=45):
    return [f"variable 1e-3 {tstop}", f"variable 1e-6 {tstop}", f"fixed 0.025 0 {tstop}",
            f"fixed 0.025 2 {tstop}", f"fixed 0.1 0 {tstop}"]


def synapse(name, weights, more=(), probes=("i",)):
    """At three places, one of them the end of a section, driven by given times, by a
    spike source and by the cell's own spikes."""
    lines = [*SOMA_AND_DENDRITE, f"point dend[0] 0.3 {name}", f"point soma[0] 0.5 {name}",
             f"point dend[0] 1 {name}", "point - 0 RegularSource", *more, "finish",
             f"timecon 1 1 {TIMES} {weights}", f"timecon 3 0.5 {TIMES} {weights}",
             f"pointcon 2 4 1.5 {weights}", f"pointcon 1 4 1.5 {weights}",
             f"watchcon 1 soma[0] 0.5 v -10 2 {weights}",
             f"watchcon 2 dend[0] 1 v -30 0 {weights}", "iclamp soma[0] 0.5 2 4 0.3"]
    return lines + V + [f"pprobe {p} {x}" for p in (1, 2, 3) for x in probes] + runs()


def cases():
    yield "one_exponential", synapse("OneExponential", "0.002", probes=("i", "g"))
    yield "two_exponentials", synapse("TwoExponentials", "0.003", ["pset 1 rise 5"], ("i", "a", "b"))
    yield "plastic_weights", synapse("PlasticWeights", "0.006", probes=("g", "last"))
    yield "all_connections", synapse("AllConnections", "0.001", probes=("g", "total"))
    yield "bound_receptor", synapse("BoundReceptor", "0.5", probes=("i", "o", "bound"))
    yield "alarm", [
        *SOMA_AND_DENDRITE, "point soma[0] 0.5 Alarm", "point dend[0] 0.5 Alarm",
        "pset 2 when 8", "finish", "timecon 1 0 5 2 3 9 9.25 25 0.5",
        "watchcon 2 soma[0] 0.5 v 0 1 1", *V, "pprobe 1 on", "pprobe 1 n_moved",
        "pprobe 1 n_rung", "pprobe 2 n_rung", "pprobe 2 i", *runs()]
    yield "regular_source, leaky_cell, ramp_cell", [
        *SOMA_AND_DENDRITE, "point soma[0] 0.5 OneExponential", "point - 0 RegularSource",
        "point - 0 LeakyCell", "point - 0 RampCell", "point - 0 RegularSource",
        "pset 5 interval 2.5", "pset 5 number 30", "pset 5 start 1", "pset 2 number 3",
        "finish", "pointcon 3 5 1 0.4", "pointcon 4 5 0.3 0.1", "pointcon 2 4 0 1",
        "pointcon 1 3 1 0.004", "pointcon 1 4 1 0.003", "pointcon 1 2 0.7 0.002",
        "watchcon 3 soma[0] 0.5 v 10 1 0.9", *V, "pprobe 1 g", "pprobe 2 count", "pprobe 3 m",
        "pprobe 3 n_fired", "pprobe 4 m", *runs(70)]
    yield "three and more connections of one source", [
        *SOMA_AND_DENDRITE, "point soma[0] 0.5 PlasticWeights",
        "point dend[0] 0.5 PlasticWeights", "point - 0 RegularSource", "point - 0 RegularSource",
        "finish", *[f"pointcon {1 + k % 2} 3 2 0.00{k + 1}" for k in range(5)],
        *[f"pointcon {1 + k % 2} 4 {2 + (k == 3)} 0.00{k + 1}" for k in range(5)],
        *[f"watchcon {1 + k % 2} soma[0] 0.5 v 0 1 0.00{k + 1}" for k in range(3)],
        *V, "pprobe 1 last", "pprobe 2 last", *runs()]
    yield "watcher", [
        *SOMA_AND_DENDRITE, "point soma[0] 0.5 Watcher", "point dend[0] 0.5 Watcher",
        "pset 2 high -35", "finish", "iclamp soma[0] 0.5 2 30 0.4", *V, "pprobe 1 n_up",
        "pprobe 1 n_down", "pprobe 1 last", "pprobe 2 n_up", "pprobe 2 last", *runs()]
    yield "jump", [
        *SOMA_AND_DENDRITE, "point soma[0] 0.5 Jump", "point dend[0] 0.3 Jump", "finish",
        "timecon 1 0 3 4 8.3 20 12 1e-3", "timecon 2 0 2 4 9.1 5 2e-3", *V,
        "probe soma[0] 0.5 cai", "probe dend[0] 0.3 cai", "pprobe 1 seen", *runs()]
    yield "calcium_synapse", [
        *SOMA_AND_DENDRITE, "point soma[0] 0.5 CalciumSynapse",
        "point dend[0] 0.3 CalciumSynapse", "point soma[0] 0.4 Jump", "finish",
        "timecon 1 0 2 4 9 0.004", "timecon 2 0 2 4 9 0.004", "timecon 3 0 3 4 8.3 20 2 1e-3",
        *V, "pprobe 1 ica", "pprobe 2 i", "pprobe 2 most", "probe soma[0] 0.5 cai",
        "probe dend[0] 0.3 eca", "probe dend[0] 0.3 ica", *runs()]
    yield "pulses", [
        *SOMA_AND_DENDRITE, "point soma[0] 0.5 Pulses", "point dend[0] 0.5 Pulses",
        "pset 2 first 5.5", "pset 2 wide 7", "finish", "iclamp soma[0] 0.5 20 3 0.3", *V,
        "pprobe 1 i", "pprobe 2 i", *runs()]
    yield "four_moments", [
        *SOMA_AND_DENDRITE, "insert 1 four_moments", "finish", "iclamp soma[0] 0.5 5 30 0.3",
        *V, *[f"probe soma[0] 0.5 {x}_four_moments" for x in "abcdf"],
        "probe dend[0] 0.5 c_four_moments", *runs()]
    yield "series_clamp", [
        *SOMA_AND_DENDRITE, "point soma[0] 0.5 SeriesClamp", "point dend[0] 1 SeriesClamp",
        "pset 2 level 10", "pset 2 rs 50", "pset 2 to 11", "global offset_SeriesClamp 2.5",
        "finish", *V, "pprobe 1 i", "pprobe 2 i", *runs()]
    yield "follower, mirror", [
        *SOMA_AND_DENDRITE, "insert 2 mirror", "point soma[0] 0.5 Follower",
        "point dend[0] 0.7 Follower", "point dend[0] 0.3 OneExponential",
        "pointer # 1 other dend[0] 0.7 v", "pointer # 2 other soma[0] 0.5 v",
        "pointer soma[0] 0.5 shown_mirror # 3 g", "finish", f"timecon 3 0 {TIMES} 0.01", *V,
        "pprobe 1 i", "pprobe 2 i", "probe soma[0] 0.5 seen_mirror", *runs()]
    yield "made", [
        *SOMA_AND_DENDRITE, "point soma[0] 0.5 Made", "point dend[0] 0.5 Made",
        "pset 2 gain 9", "pset 1 twice 7", "finish", *V, "pprobe 1 i", "pprobe 2 twice",
        *runs()]
    yield "drawn", [
        *SOMA_AND_DENDRITE, "point dend[0] 0.5 Drawn", "point soma[0] 0.5 Drawn", "finish", *V,
        *[f"pprobe {k} {x}" for k in (1, 2) for x in "uxngp"], *runs()]
    yield "old_jump", [
        *SOMA_AND_DENDRITE, "point soma[0] 0.5 OldJump", "point dend[0] 0.5 OldJump",
        "pset 2 onset 12", "finish", *V, "pprobe 1 a", "pprobe 2 i", *runs()]
    yield "linked_weights", [
        *SOMA_AND_DENDRITE, "point soma[0] 0.5 LinkedWeights", "finish",
        "timecon 1 0 2 6 20 0.002 4", "timecon 1 0 1 7 0.001 0", "timecon 1 1 1 8 0.003 7.3",
        *V, "pprobe 1 g", "pprobe 1 seen", *runs()]
    yield "verbatim_events", [
        *SOMA_AND_DENDRITE, "point soma[0] 0.5 VerbatimEvents", "point dend[0] 0.3 VerbatimEvents",
        "finish", "pcall 1 setRNG 5 6 7", "pcall 2 setRNG 8 9", "timecon 1 0 4 3 8 9 20 1",
        "timecon 2 0.5 2 6 7 1", *V, "pprobe 1 seen", "pprobe 1 drawn", "pprobe 2 drawn",
        "pprobe 1 count", "pprobe 1 from_ion", "probe soma[0] 0.5 cai", *runs()]
