#!/usr/bin/env python3
"""Compare `mecombo morphology` with a running NEURON and BluePyOpt: every number ==.

usage: morphology_peer.py [--mecombo build/mecombo] [--n 60] [--seed 1] [FILE...]

Without files: the campaign's six cells, then random .asc and .swc files with every axon
replacement and several nseg rules. Files that NEURON cannot import must be refused by
mecombo too, with file and line. Prints TAP.
"""

import argparse
import glob
import json
import os
import random
import signal
import subprocess
import sys
import tempfile

import morphology_files

HERE = os.path.dirname(os.path.abspath(__file__))
CAMPAIGN = os.path.join(HERE, "../../../shared/campaigns/sscx-l5tpc/morphologies")
LISTS = ("somatic", "basal", "apical", "axonal", "myelinated")
RA = 100.0

TEMPLATE = """
begintemplate PeerCell
  objref this, all, somatic, basal, apical, axonal, myelinated
  objref dendritic_0, dendritic_5, dendritic_6
  proc init() {
    all = new SectionList()
    somatic = new SectionList()
    basal = new SectionList()
    apical = new SectionList()
    axonal = new SectionList()
    myelinated = new SectionList()
    dendritic_0 = new SectionList()
    dendritic_5 = new SectionList()
    dendritic_6 = new SectionList()
    forall delete_section()
  }
  create soma[1], dend[1], apic[1], axon[1], myelin[1]
  create dend_0[1], dend_5[1], dend_6[1]
endtemplate PeerCell
"""


def start_neuron():
    """Load the import library and define the template."""
    import neuron
    neuron.h.load_file("stdrun.hoc")
    neuron.h.load_file("import3d.hoc")
    neuron.h(TEMPLATE)


class Sim:
    """What BluePyOpt's functions want to see."""

    def __init__(self, neuron):
        self.neuron = neuron


def replace_taper(h, icell):
    """The SSCx rule, restated from EMODELS.md C.5."""
    diams = []
    for section in icell.axonal:
        section.nseg = 1 + int(section.L / 6.0 / 2.0) * 2
        for seg in section:
            if len(diams) < 10:
                diams.append(seg.diam)
        if len(diams) == 10:
            break
    for section in icell.axonal:
        h.delete_section(sec=section)
    h.execute("create axon[2]", icell)
    for i, section in enumerate(icell.axon):
        section.nseg = 5
        section.L = 30
        for k, seg in enumerate(section):
            seg.diam = diams[5 * i + k]
        icell.axonal.append(sec=section)
        icell.all.append(sec=section)
    icell.axon[0].connect(icell.soma[0], 1.0, 0.0)
    icell.axon[1].connect(icell.axon[0], 1.0, 0.0)
    h.execute("create myelin[1]", icell)
    icell.myelinated.append(sec=icell.myelin[0])
    icell.all.append(sec=icell.myelin[0])
    icell.myelin[0].nseg = 5
    icell.myelin[0].L = 1000
    icell.myelin[0].diam = diams[9]
    icell.myelin[0].connect(icell.axon[1], 1.0, 0.0)


def describe_sections(h, icell):
    """The cell in the form of DESIGN.md 5, and each segment's node."""

    def name(section):
        return section.name().split(".")[-1]

    for section in icell.all:
        section.Ra = RA
    h.distance(0, 0.5, sec=next(iter(icell.somatic), None) or next(iter(icell.all)))
    sections = []
    for section in icell.all:
        parent = section.parentseg()
        sections.append({
            "name": name(section),
            "parent": None if parent is None
            else [name(parent.sec), parent.x if parent.x in (0.0, 1.0) else 0.5,
                  float(section.orientation())],
            "L": section.L, "nseg": section.nseg, "n3d": section.n3d(),
            "area": [seg.area() for seg in section],
            "diam": [seg.diam for seg in section],
            "ri": [seg.ri() for seg in section],
            "distance": [h.distance(1, seg.x, sec=section) for seg in section],
        })
    return {"sections": sections,
            "lists": {n: [name(s) for s in getattr(icell, n)] for n in LISTS},
            "nseg_total": sum(s["nseg"] for s in sections)}


describe = describe_sections  # morphology_reference.py wants more


def neuron_child(path, rule, chunk):
    """Import with NEURON, nseg and axon by BluePyOpt's own functions."""
    import neuron
    from bluepyopt.ephys.morphologies import NrnFileMorphology

    h = neuron.h
    icell = h.PeerCell()
    reader = h.Import3d_SWC_read() if path.endswith("swc") else h.Import3d_Neurolucida3()
    reader.quiet = 1
    reader.input(path)
    h.Import3d_GUI(reader, 0).instantiate(icell)
    morph = NrnFileMorphology(path, nseg_frequency=chunk)
    morph.set_nseg(icell)
    if rule == "bluepyopt":
        NrnFileMorphology.replace_axon(Sim(neuron), icell)
    elif rule == "taper":
        replace_taper(h, icell)
    return describe(h, icell)


def by_neuron(path, rule, chunk, limit_s=60):
    """neuron_child() in a process of its own; None when it fails or hangs."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(read_end)
            log = os.open(path + ".log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(log, 1)
            os.dup2(log, 2)
            signal.setitimer(signal.ITIMER_PROF, limit_s)  # CPU time ends it
            text = json.dumps(neuron_child(path, rule, chunk))
            with os.fdopen(write_end, "w") as f:
                f.write(text)
            status = 0
        except BaseException:  # any failure means "not imported"
            pass
        os._exit(status)
    os.close(write_end)
    with os.fdopen(read_end) as f:
        text = f.read()
    _, status = os.waitpid(pid, 0)
    with open(path + ".log", "rb") as f:
        log = f.read()
    os.remove(path + ".log")
    # after a syntax error the reader stops and the import goes on with what it has
    broken = b"parse error" in log or b"could not parse" in log
    return json.loads(text) if status == 0 and text and not broken else None


def by_mecombo(program, path, rule, chunk):
    """(geometry, None) or (None, error text)."""
    out = path + ".json"
    result = subprocess.run(
        [program, "morphology", path, "--replace-axon", rule, "--nseg-length",
         str(chunk), "--json", out],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60, check=False)
    if result.returncode != 0:
        return None, "exit %d: %s" % (result.returncode,
                                      result.stderr.decode(errors="replace").strip())
    with open(out, encoding="utf8") as f:
        geometry = json.load(f)
    os.remove(out)
    return geometry, None


def difference(want, got):
    """The first thing that differs; None when all is equal."""
    if len(want["sections"]) != len(got["sections"]):
        return "%d sections, expected %d" % (len(got["sections"]), len(want["sections"]))
    for a, b in zip(want["sections"], got["sections"]):
        for key, value in a.items():
            if b[key] != value:
                return "%s %s: %r, expected %r" % (a["name"], key, b[key], value)
    for key in ("lists", "nseg_total"):
        if want[key] != got[key]:
            return "%s differ" % key
    return None


class Tap:
    """Counts and prints results."""

    def __init__(self):
        self.n = 0
        self.failed = 0

    def result(self, holds, text, note=None):
        self.n += 1
        self.failed += not holds
        print("%s %d - %s" % ("ok" if holds else "not ok", self.n, text))
        if note:
            print("# " + note)
        sys.stdout.flush()


def compare(tap, program, path, rule, chunk, label, damaged=False):
    """One file, one rule. A file that NEURON cannot read must be refused with its line; a
    damaged one that it reads all the same may be refused."""
    want = by_neuron(path, rule, chunk)
    got, error = by_mecombo(program, path, rule, chunk)
    text = "%s --replace-axon %s --nseg-length %g" % (label, rule, chunk)
    if want is None or (damaged and got is None):
        named = error is not None and os.path.basename(path) in error and \
            error.startswith("exit 3")
        tap.result(named, text + " (refused)", error or "mecombo read it, NEURON did not")
    elif got is None:
        tap.result(False, text, error)
    else:
        found = difference(want, got)
        tap.result(found is None, text, found)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mecombo", default=os.environ.get(
        "MECOMBO", os.path.join(HERE, "../../build/mecombo")))
    parser.add_argument("--n", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="folder for the files of failed comparisons")
    parser.add_argument("--damage", action="store_true",
                        help="put one error into every random file")
    parser.add_argument("file", nargs="*")
    args = parser.parse_args()

    start_neuron()
    rng = random.Random(args.seed)
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        def run(source, data, rule, chunk):
            path = os.path.join(folder, os.path.basename(source))
            with open(path, "wb") as f:
                f.write(data)
            failed = tap.failed
            compare(tap, args.mecombo, path, rule, chunk, os.path.basename(source),
                    args.damage)
            if args.keep and tap.failed > failed:
                with open(os.path.join(args.keep, os.path.basename(source)), "wb") as f:
                    f.write(data)

        files = args.file if args.file or args.damage else \
            sorted(glob.glob(os.path.join(CAMPAIGN, "*.asc")))
        for source in files:
            with open(source, "rb") as f:
                data = f.read()
            for rule, chunk in (("none", 40), ("bluepyopt", 40), ("taper", 40),
                                ("none", 3)):
                run(source, data, rule, chunk)
        for i in range(0 if args.file else args.n):
            seed = args.seed * 1000000 + i
            rule = rng.choice(["none", "none", "bluepyopt", "taper"])
            chunk = rng.choice([40, 40, 10, 1, 0.5])
            kind = "swc" if i % 2 else "asc"
            text = morphology_files.swc_text(seed) if i % 2 else \
                morphology_files.asc_text(seed, odd=i % 4 == 0)
            if args.damage:
                text = morphology_files.damage(rng, text)
                rule = "none"
            run("random-%d.%s" % (seed, kind), text.encode(), rule, chunk)
    print("1..%d" % tap.n)
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
