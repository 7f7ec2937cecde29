#!/usr/bin/env python3
"""Load mecombo's HOC templates in NEURON and compare with what the e-model must be.

Prints TAP. Needs neuron; MECOMBO names the program.

simple1: every sample of Step1 is that of reference/simple1/traces.json. SSCx: sections,
nseg, areas, diameters, axial resistances, and the parameters that reference/geometry
lists, after axon replacement. (The mechanisms are those of examples/l5tpc.)
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
n_tests = n_bad = 0


def check(name, problem):
    global n_tests, n_bad
    n_tests += 1
    n_bad += bool(problem)
    print(f"{'not ok' if problem else 'ok'} {n_tests} - {name}")
    for line in str(problem or "").splitlines()[:10]:
        print("#", line)


def prepare(mecombo, folder):
    done = subprocess.run([mecombo, "--quiet", "prepare", "prepare.json"], cwd=folder,
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)


def in_neuron(folder, script, *arguments):
    """Run a function of this file in a fresh NEURON, in a folder."""
    done = subprocess.run([sys.executable, __file__, "--in-neuron", script, *arguments],
                          cwd=folder, capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode != 0 else done.stdout.strip()


def simple1_in_neuron(emodel, morphology):
    from neuron import h
    h.load_file(f"output/emodels_hoc/{emodel}.hoc")
    cell = getattr(h, emodel)(7, "data/morphs", morphology + ".asc")
    assert cell.gid == 7 and cell.soma[0].nseg == 1, "gid or nseg"
    cell.check_simulator()
    clamp = h.IClamp(cell.soma[0](0.5))
    clamp.amp, clamp.delay, clamp.dur = 0.01, 100, 50
    t, v = h.Vector().record(h._ref_t), h.Vector().record(cell.soma[0](0.5)._ref_v)
    h.cvode_active(1)
    h.tstop = 200
    h.run()
    reference = json.loads((SHARED / "reference/simple1/traces.json").read_text())
    want = next(x for x in find(reference, emodel) if "t" in x and "v" in x)
    got = [list(t), list(v)]
    if got != [want["t"], want["v"]]:
        n = sum(a == b for a, b in zip(got[1], want["v"]))
        print(f"{len(got[0])} samples, {n} equal of {len(want['t'])}")


def find(node, emodel, inside=False):
    """Objects below a key that holds the e-model's name."""
    if isinstance(node, dict):
        if inside:
            yield node
        for key, value in node.items():
            yield from find(value, emodel, inside or emodel in key)
    elif isinstance(node, list):
        for value in node:
            yield from find(value, emodel, inside)


def sscx_in_neuron(name):
    from neuron import h
    h.load_file("output/emodels_hoc/cADpyr_L5TPC.hoc")
    cell = h.cADpyr_L5TPC("morphologies", name + ".asc")
    want = json.loads((SHARED / f"reference/geometry/{name}.json").read_text())
    by_name = {s.name().split(".")[-1]: s for s in cell.all}
    problems = []
    if sorted(by_name) != sorted(s["name"] for s in want["sections"]):
        problems.append("other sections")
    h.distance(0, 0.5, sec=cell.soma[0])
    for section in want["sections"]:
        sec = by_name.get(section["name"])
        if sec is None:
            continue
        got = {"L": sec.L, "nseg": sec.nseg, "Ra": sec.Ra, "cm": sec.cm,
               "area": [seg.area() for seg in sec], "diam": [seg.diam for seg in sec],
               "ri": [seg.ri() for seg in sec],
               "distance": [h.distance(seg) for seg in sec]}
        for key, value in got.items():
            if value != section[key]:
                problems.append(f"{section['name']}: {key} {value} {section[key]}")
    print("\n".join(problems[:10]))


def main():
    mecombo = os.path.abspath(os.environ["MECOMBO"])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "simple1"
        shutil.copytree(ROOT / "examples/simple1", folder,
                        ignore=shutil.ignore_patterns("output*", "tmp"))
        prepare(mecombo, folder)
        for emodel, morphology in (("emodel1", "morph1"), ("emodel2", "morph2")):
            check(f"simple1, {emodel}: every sample",
                  in_neuron(folder, "simple1_in_neuron", emodel, morphology))
        folder = pathlib.Path(name) / "sscx"
        shutil.copytree(SHARED / "campaigns/sscx-l5tpc", folder)
        subprocess.run(["chmod", "-R", "u+w", str(folder)], check=True)
        package = folder / "emodels_dir/singlecell-optimization"
        shutil.copytree(ROOT / "examples/l5tpc/mechanisms", package / "mechanisms")
        prepare(mecombo, folder)
        subprocess.run([pathlib.Path(sys.executable).parent / "nrnivmodl",
                        package / "mechanisms"], cwd=folder, check=True, capture_output=True)
        for cell in ("C060114A5", "C060110A2"):
            check(f"SSCx, {cell}: geometry", in_neuron(folder, "sscx_in_neuron", cell))
    print(f"1..{n_tests}")
    return 1 if n_bad else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--in-neuron"]:
        globals()[sys.argv[2]](*sys.argv[3:])
    else:
        sys.exit(main())
