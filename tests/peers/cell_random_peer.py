#!/usr/bin/env python3
"""Compare random cells with NEURON, every sample with ==.

usage: cell_random_peer.py [DRIVER] [--mechanisms FOLDER] [--seed N] [--count N]

Each cell takes a campaign morphology or the small one of cell_peer.py, random mechanisms
in random section lists, random parameters, stimuli, probes, temperature and integrator.
"""

import argparse
import os
import random
import sys
import tempfile

import cell_campaign_peer as cell_campaign
import cell_peer
import nmodl_peer

CONDUCTANCE = {
    "pas": ("g", 1e-5, 1e-3),
    "hh": ("gnabar", 0.01, 0.2),
    "Ih": ("gIhbar", 1e-6, 2e-4),
    "NaTg": ("gNaTgbar", 1e-3, 0.3),
    "Nap_Et2": ("gNap_Et2bar", 1e-4, 0.02),
    "K_Pst": ("gK_Pstbar", 1e-3, 0.5),
    "K_Tst": ("gK_Tstbar", 1e-3, 0.2),
    "SKv3_1": ("gSKv3_1bar", 1e-3, 0.5),
    "Ca_HVA2": ("gCa_HVAbar", 1e-6, 1e-3),
    "Ca_LVAst": ("gCa_LVAstbar", 1e-6, 1e-2),
    "SK_E2": ("gSK_E2bar", 1e-4, 0.1),
    "KdShu2007": ("gkbar", 1e-4, 0.01),
    "CaDynamics_DC0": ("gamma", 0.005, 0.05),
}
KINDS = ("soma", "dend", "apic", "axon", "myelin")


def make(rng, folder, copy_of):
    names = sorted(os.listdir(cell_campaign.CAMPAIGN + "/morphologies"))
    names = [n for n in names if n.endswith(".asc")]
    small = os.path.join(folder, "small.asc")
    with open(small, "w", encoding="ascii") as file:
        file.write(cell_peer.ASC)
    big = os.path.abspath(f"{cell_campaign.CAMPAIGN}/morphologies/{rng.choice(names)}")
    path = rng.choice((small, small, small, big))
    axon = rng.choice(("taper", "none")) if path != small else "none"
    chunk = rng.choice((15, 40, 100))
    lines = [f"morphology {path}", f"nseg {chunk}", f"axon {axon}", copy_of]
    neuron = cell_peer.Neuron()
    neuron.morphology(path)
    neuron.nseg(chunk)
    neuron.axon(axon)
    sections = {sec.name(): sec.nseg for sec in neuron.h.allsec()}
    neuron.close()
    suffixes = rng.sample(sorted(CONDUCTANCE), rng.randint(2, 9))
    placed = {}
    for suffix in suffixes:
        kinds = [k for k in KINDS if rng.random() < 0.5] or ["soma"]
        placed[suffix] = kinds
        bits = sum(cell_campaign.BITS[k] for k in kinds)
        lines.append(f"insert {bits} {suffix}")
    for section in rng.sample(sorted(sections), min(4, len(sections))):
        lines.append(f"set {section} Ra {rng.uniform(60, 200)!r}")
        lines.append(f"set {section} cm {rng.choice((0.5, 1.0, rng.uniform(0.3, 3)))!r}")
    lines.append(f"global celsius {rng.choice((6.3, 20.0, 34.0, 36.0))!r}")
    lines.append(f"global v_init {rng.uniform(-90, -50)!r}")
    lines.append("finish")
    for suffix, kinds in placed.items():
        variable, low, high = CONDUCTANCE[suffix]
        for section, nseg in sections.items():
            if section.split("[")[0] not in kinds:
                continue
            if rng.random() < 0.3:
                for i in range(nseg):
                    lines.append(
                        f"setseg {section} {i} {variable}_{suffix} {rng.uniform(low, high)!r}"
                    )
            elif rng.random() < 0.7:
                lines.append(f"set {section} {variable}_{suffix} {rng.uniform(low, high)!r}")
    stop = rng.choice((20.0, 35.5, 60.0))
    for _ in range(rng.randint(1, 4)):
        where = rng.choice(sorted(sections)) if rng.random() < 0.5 else "soma[0]"
        x = rng.choice((0.5, 0.5, 0, 1, rng.random()))
        start = rng.choice((0.0, 5.0, rng.uniform(0, stop)))
        lines.append(
            f"iclamp {where} {x!r} {start!r} {rng.choice((5.0, stop, stop - start))!r} "
            f"{rng.uniform(-0.2, 1.0)!r}"
        )
    lines.append("probe soma[0] 0.5 v")
    for _ in range(3):
        lines.append(
            f"probe {rng.choice(sorted(sections))} {rng.choice((0, 1, rng.random()))!r} v"
        )
    lines.append(f"variable {rng.choice(('1e-3', '1e-4', '1e-6'))} {stop!r}")
    lines.append(f"fixed {rng.choice((0.025, 0.1))!r} {rng.choice((0, 0, 1, 2))} {stop / 2!r}")
    return lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("driver", nargs="?")
    parser.add_argument("--mechanisms", default="examples/l5tpc/mechanisms")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=12)
    options = parser.parse_args()
    driver = cell_peer.driver_of(options.driver)
    mods = os.path.abspath(options.mechanisms)
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = nmodl_peer.build(mods, folder + "/neuron")
        for seed in range(options.seed, options.seed + options.count):
            rng = random.Random(seed)
            lines = make(rng, folder, f"build {mods} {folder}/mecombo")
            neuron = nmodl_peer.Neuron()
            try:
                theirs = neuron.execute([x.replace(f"build {mods}", f"build {copy}") for x in lines])
                ours = cell_peer.run_driver(driver, lines)
                texts = [cell_peer.difference(a[0], b[0]) for a, b in zip(ours, theirs)]
            except RuntimeError as error:
                texts = [f"{error}".strip()]
            neuron.close()
            text = "; ".join(t for t in texts if t)
            bad += bool(text)
            word = "not ok" if text else "ok"
            number = seed - options.seed + 1
            print(f"{word} {number} - seed {seed}: {' | '.join(lines[-2:])}", flush=True)
            if text:
                print("# " + text)
                with open(f"/tmp/cell_random_{seed}.txt", "w", encoding="ascii") as file:
                    file.write("\n".join(lines) + "\n")
    print(f"1..{options.count}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
