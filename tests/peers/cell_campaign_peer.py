#!/usr/bin/env python3
"""Simulate campaign cells and compare with the stored results of NEURON 8.2.7.

usage: cell_campaign_peer.py [DRIVER] [--mechanisms FOLDER] [--cell NAME] [--sweeps]
                             [--traces MODE] [-k WORD]

DRIVER as for cell_peer.py; FOLDER holds the SSCx mechanisms (default: ours in
examples/l5tpc; those of the public package SSCxEModelExamples give the same).
--sweeps compares number of samples, last and largest voltage of every sweep of
reference/scores/sweeps-NAME.json; --traces compares every sample with
reference/traces/NAME.h5 (modes fixed, cvode, tight). Without either: all sweeps of three
cells and all traces. Everything with ==.
"""

import argparse
import json
import math
import os
import sys
import tempfile

import cell_peer

CAMPAIGN = "../shared/campaigns/sscx-l5tpc"
PACKAGE = CAMPAIGN + "/emodels_dir/singlecell-optimization"
SCORES = "../shared/reference/scores"
LISTS = {
    "all": ("soma", "axon", "dend", "apic", "myelin"),
    "allact": ("soma", "axon", "dend", "apic"),
    "somaxon": ("soma", "axon"),
    "somadend": ("soma", "dend", "apic"),
    "somatic": ("soma",),
    "basal": ("dend",),
    "apical": ("apic",),
    "axonal": ("axon",),
    "myelinated": ("myelin",),
}
BITS = {"soma": 2, "dend": 4, "apic": 8, "axon": 16, "myelin": 32}
WITH_CALCIUM = ["CaDynamics_DC0", "Ca_HVA2", "Ca_LVAst"]


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def parameters():
    """(list, name, value or distribution) in order, and the distributions' constants."""
    params = load(PACKAGE + "/config/params/pyr.json")
    free = load(PACKAGE + "/final.json")["cADpyr_L5TPC"]["params"]
    out, mechanisms, constants = [], [], {}
    for where, entry in params["mechanisms"].items():
        mechanisms += [(where, suffix) for suffix in entry["mech"]]
    for where, entries in params["parameters"].items():
        if where.startswith("__"):
            continue
        for entry in entries:
            value = entry["val"]
            if isinstance(value, list):
                value = free[f"{entry['name']}.{where}"]
            if where.startswith("distribution_"):
                constants[where[len("distribution_") :]] = value
            else:
                out.append((where, entry["name"], value, entry.get("dist")))
    return mechanisms, out, constants, params["distributions"]


def evaluate(text, distance, value, constant):
    text = text.format(
        distance="%.17g" % distance, value="%.17g" % value, constant=repr(constant)
    )
    return eval(text, {"math": math})  # pylint: disable=eval-used


def shape(path):
    """Names, nseg and distances of all sections, by NEURON."""
    neuron = cell_peer.Neuron()
    neuron.morphology(path)
    neuron.nseg(40)
    neuron.axon("taper")
    h = neuron.h
    h.distance(0, 0.5, sec=neuron.section("soma[0]"))
    out = {
        sec.name(): [h.distance(1, seg.x, sec=sec) for seg in sec] for sec in h.allsec()
    }
    neuron.close()
    return out


def lines_of(path, mechanisms_line):
    sections = shape(path)
    mechanisms, params, constants, distributions = parameters()
    lines = [f"morphology {path}", "nseg 40", "axon taper", mechanisms_line]
    for where, suffix in mechanisms:
        bits = sum(BITS[kind] for kind in LISTS[where])
        lines.append(f"insert {bits} {suffix}")
    for where, name, value, dist in params:
        if where == "global":
            lines.append(f"global {name} {value!r}")
            continue
        for section, distances in sections.items():
            if section.split("[")[0] not in LISTS[where]:
                continue
            if dist is None:
                lines.append(f"set {section} {name} {value!r}")
                continue
            fun = distributions[dist]["fun"]
            for i, distance in enumerate(distances):
                here = evaluate(fun, distance, value, constants.get(dist, 0.0))
                lines.append(f"setseg {section} {i} {name} {here!r}")
    return lines + ["finish"]


def sweep_lines(sweep):
    lines = ["clear"]
    for amp in sweep["step_nA"]:
        lines.append(
            f"iclamp soma[0] 0.5 {sweep['step_delay_ms']} {sweep['step_duration_ms']} {amp!r}"
        )
    if sweep["holding_nA"] is not None:
        lines.append(f"iclamp soma[0] 0.5 0 {sweep['total_ms']} {sweep['holding_nA']!r}")
    return lines + ["probe soma[0] 0.5 v", f"variable 1e-3 {sweep['total_ms']}"]


COUNT = [0]


def report(name, text, seconds, n):
    COUNT[0] += 1
    word = "not ok" if text else "ok"
    print(f"{word} {COUNT[0]} - {name}: {n} samples, {seconds:.3f} s", flush=True)
    if text:
        print(f"# {text}")
    return text is not None


def compare_sweeps(driver, cell, lines, word):
    sweeps = [
        s for s in load(f"{SCORES}/sweeps-{cell}.json")["sweeps"] if word in s["protocol"]
    ]
    lines = lines + [line for sweep in sweeps for line in sweep_lines(sweep)]
    bad = total = 0
    for sweep, (samples, seconds) in zip(sweeps, cell_peer.run_driver(driver, lines)):
        ours = (len(samples), samples[-1][1], max(v for _, v in samples))
        theirs = (sweep["samples"], sweep["v_last_mV"], sweep["v_max_mV"])
        text = None if ours == theirs else f"{ours} instead of {theirs}"
        bad += report(sweep["protocol"], text, seconds, len(samples))
        total += seconds
    print(f"# {len(sweeps)} sweeps, {bad} different, {total:.3f} s")
    return bad


def compare_traces(driver, cell, lines, mode, word):
    import h5py

    method = {"fixed": "fixed 0.025 0", "cvode": "variable 1e-3", "tight": "variable 1e-7"}
    bad = 0
    with h5py.File(f"../shared/reference/traces/{cell}.h5") as file:
        for name, group in file[mode].items():
            if word not in name:
                continue
            probes = [n for n in group if n != "t"]
            here = lines + [
                f"iclamp soma[0] 0.5 {group.attrs['delay_ms']} {group.attrs['dur_ms']} "
                f"{group.attrs['amp_nA']!r}".replace("np.float64(", "").replace(")", ""),
                f"iclamp soma[0] 0.5 0 {group.attrs['tstop_ms']} "
                f"{float(group.attrs['hold_nA'])!r}",
            ]
            for probe in probes:
                section, rest = probe.split("(")
                here.append(f"probe {section} 0.5 {rest.split('.')[-1]}")
            here.append(f"{method[mode]} {group.attrs['tstop_ms']}")
            samples, seconds = cell_peer.run_driver(driver, here)[0]
            theirs = list(zip(*([group["t"][:]] + [group[p][:] for p in probes])))
            if mode == "fixed":
                # The reference's script went on for one or two steps more than h.run().
                theirs = theirs[: len(samples)] if len(theirs) - len(samples) <= 2 else theirs
            text = cell_peer.difference(samples, theirs)
            bad += report(f"{mode} {name}", text, seconds, len(theirs))
    return bad


def run(options, cell, sweeps, modes):
    driver = cell_peer.driver_of(options.driver)
    path = os.path.abspath(f"{CAMPAIGN}/morphologies/{cell}.asc")
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        mechanisms = os.path.abspath(options.mechanisms)
        lines = lines_of(path, f"build {mechanisms} {folder}")
        if sweeps:
            bad += compare_sweeps(driver, cell, lines, options.k)
        for mode in modes:
            bad += compare_traces(driver, cell, lines, mode, options.k)
    return bad


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("driver", nargs="?")
    parser.add_argument("--mechanisms", default="examples/l5tpc/mechanisms")
    parser.add_argument("--cell", default="C060114A5")
    parser.add_argument("--sweeps", action="store_true")
    parser.add_argument("--traces", choices=("fixed", "cvode", "tight"))
    parser.add_argument("-k", default="")
    options = parser.parse_args()
    if options.sweeps or options.traces:
        modes = [options.traces] if options.traces else []
        bad = run(options, options.cell, options.sweeps, modes)
    else:
        bad = run(options, "C060114A5", True, ["fixed", "cvode", "tight"])
        bad += run(options, "C060110A2", True, [])
        bad += run(options, "rp110630_P1_idC", True, [])
    print(f"1..{COUNT[0]}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
