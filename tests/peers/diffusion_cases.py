"""Cells in which states diffuse, as driver lines (tests/unit/cell/cell_script.h), for a
morphology with branches. Each names the .mod file of tests/nmodl/diffusion first.
"""

MORPHOLOGY = "tests/unit/cell/small.asc"
START = ["nseg 20", "insert 1 pas", "insert 2 hh", "insert 16 hh"]
CLAMPS = ["iclamp soma[0] 0.5 2 12 0.3", "iclamp dend[0] 0.7 6 3 0.1"]
V = ["probe soma[0] 0.5 v", "probe dend[2] 0.7 v"]


def runs(tstop=20):
    return [f"variable 1e-3 {tstop}", f"variable 1e-5 {tstop}", f"fixed 0.025 0 {tstop}",
            f"fixed 0.1 2 {tstop}"]


def everywhere(*variables):
    places = ["soma[0] 0.5", "dend[0] 0.1", "dend[1] 0.9", "dend[2] 0.5", "dend[4] 0.7",
              "axon[0] 0.6"]
    return [f"probe {place} {v}" for place in places for v in variables]


def cases():
    yield "diffusing_shells", [
        *START, "insert 1 calcium_current", "insert 1 diffusing_shells",
        "set dend[1] gbar_calcium_current 0.002", "set soma[0] fast_diffusing_shells 0.3",
        "finish", *V,
        *everywhere("cai", "mobile_diffusing_shells[0]", "bound_diffusing_shells[2]",
                    "fixed_diffusing_shells"), *CLAMPS, *runs()]
    yield "diffusing_shells and diffusing_ions on some sections", [
        *START, "insert 4 hh", "insert 4 calcium_current", "insert 4 diffusing_shells",
        "insert 18 diffusing_ions", "finish", *V, "probe dend[0] 0.5 cai",
        "probe dend[5] 0.5 cai", "probe axon[0] 0.5 nai", "probe soma[0] 0.5 nao", *CLAMPS,
        *runs()]
    yield "diffusing_ions", [
        *START, "insert 4 hh", "insert 1 diffusing_ions", "set dend[3] dna_diffusing_ions 2",
        "finish", *V, *everywhere("nai", "ki", "nao"), *CLAMPS, *runs()]
    yield "heat", [
        *START, "insert 1 heat", "set soma[0] warmth_heat 40", "set dend[1] room_heat 0.4",
        "setseg dend[0] 2 warmth_heat 7", "setseg dend[2] 1 coefficient_heat 60", "finish",
        *V, *everywhere("x_heat", "z_heat", "w_heat"), *CLAMPS, *runs()]
    yield "heat on dendrites only", [
        *START, "insert 4 heat", "setseg dend[0] 0 warmth_heat 9", "finish", *V,
        "probe dend[0] 0.1 x_heat", "probe dend[5] 0.5 x_heat", "probe dend[4] 0.5 z_heat",
        *runs()]
    yield "DiffusingPool", [
        *START, "point dend[0] 0.2 DiffusingPool", "point dend[0] 0.5 DiffusingPool",
        "point dend[0] 0.9 DiffusingPool", "point dend[1] 0.1 DiffusingPool",
        "point soma[0] 0.5 DiffusingPool", "point dend[2] 0.1 DiffusingPool",
        "point dend[4] 0.9 DiffusingPool", "pset 1 start 3", "pset 4 width 0.7", "finish",
        *V, *[f"pprobe {k} pool" for k in range(1, 8)], "pprobe 3 i", *CLAMPS, *runs()]
    yield "pumped_shells", [
        *START, "insert 1 calcium_current", "insert 1 pumped_shells", "finish", *V,
        *everywhere("cai", "c_pumped_shells[1]", "bound_pumped_shells"), *CLAMPS, *runs()]
