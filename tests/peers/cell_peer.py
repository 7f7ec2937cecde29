#!/usr/bin/env python3
"""Compare cells with running NEURON, every sample with ==.

usage: cell_peer.py [DRIVER] [-k WORD]
       cell_peer.py --store tests/unit/cell/references.txt

DRIVER is tests/peers/cell_driver.c, linked with libmecombo; it is built when not given.
Each case is a list of driver
lines; the same lines are carried out here with NEURON. --store writes the cases with a
digest of NEURON's samples after each run, for the unit tests.
"""

import argparse
import math
import os
import struct
import subprocess
import sys
import tempfile
import time

import peer_driver

LISTS = {1: "", 2: "soma", 4: "dend", 8: "apic", 16: "axon", 32: "myelin"}

ASC = """("CellBody" (CellBody) (-6 -5 0 0.1) (6 -4.5 0 0.1) (8 0 0 0.1) (5.5 6 0 0.1)
 (-5 5.5 0 0.1) (-8 0.5 0 0.1))
((Axon) (0 -5 0 0.9) (0 -45 3 0.7) (-5 -105 3 0.5))
((Dendrite) (6 0 0 2.2) (60 10 0 1.8) (90 12 4 1.5)
 ((150 40 5 1.1) (210 60 5 0.8) | (140 -30 9 0.9) (180 -50 20 0.7)
  ((230 -50 20 0.5) | (220 -90 25 0.45) (260 -120 30 0.4) | (190 -110 20 0.4))))
((Dendrite) (-6 0 0 1.5) (-80 20 0 1.0))
"""


class Neuron:
    """Carries out driver lines with NEURON."""

    def __init__(self, mechanisms=None):
        from neuron import h

        self.h = h
        h.load_file("stdrun.hoc")
        h.load_file("import3d.hoc")
        self.clamps, self.probes, self.vectors, self.keep = [], [], [], []
        self.points = []

    def close(self):
        self.clamps, self.probes, self.vectors, self.keep = [], [], [], []
        self.points = []
        for sec in list(self.h.allsec()):
            self.h.delete_section(sec=sec)

    def section(self, name):
        for sec in self.h.allsec():
            if sec.name() == name:
                return sec
        raise KeyError(name)

    def morphology(self, path):
        h = self.h
        reader = h.Import3d_SWC_read() if path.endswith("swc") else h.Import3d_Neurolucida3()
        reader.quiet = 1
        reader.input(path)
        h.Import3d_GUI(reader, 0).instantiate(None)

    def nseg(self, chunk):
        for sec in self.h.allsec():
            sec.nseg = 1 + 2 * int(sec.L / float(chunk))

    def axon(self, rule):
        if rule == "bluepyopt":
            raise NotImplementedError(rule)
        if rule != "taper":
            return
        h = self.h
        axons = [s for s in h.allsec() if s.name().startswith("axon")]
        diams = []
        for sec in axons:
            sec.nseg = 1 + 2 * int(sec.L / 6.0 / 2)
            for seg in sec:
                if len(diams) < 10:
                    diams.append(seg.diam)
        for sec in axons:
            h.delete_section(sec=sec)
        h("create axon[2]")
        h("create myelin[1]")
        for i in range(2):
            h.axon[i].L = 30
            h.axon[i].nseg = 5
            for k, seg in enumerate(h.axon[i]):
                seg.diam = diams[5 * i + k]
        h.myelin[0].L = 1000
        h.myelin[0].nseg = 5
        h.myelin[0].diam = diams[9]
        h.axon[0].connect(self.section("soma[0]")(1), 0)
        h.axon[1].connect(h.axon[0](1), 0)
        h.myelin[0].connect(h.axon[1](1), 0)

    def mechanisms(self, path):
        if path != "-":
            import neuron

            neuron.load_mechanisms(path)

    def insert(self, bits, suffix):
        for sec in self.h.allsec():
            for bit, name in LISTS.items():
                if int(bits) & bit and sec.name().startswith(name):
                    sec.insert(suffix)

    def set(self, section, name, value):
        sec = self.section(section)
        if name == "Ra":
            sec.Ra = float(value)
        else:
            for seg in sec:
                setattr(seg, name, float(value))

    def setseg(self, section, i, name, value):
        sec = self.section(section)
        setattr(sec((int(i) + 0.5) / sec.nseg), name, float(value))

    def globals(self, name, value):
        if name == "v_init" or name == "celsius":
            setattr(self.h, name, float(value))
        else:
            setattr(self.h, name, float(value))

    def finish(self):
        pass

    def clear(self):
        self.clamps, self.probes, self.keep = [], [], []

    def call(self, section, i, suffix, name, *arguments):
        sec = self.section(section)
        getattr(self.h, "setdata_" + suffix)((int(i) + 0.5) / sec.nseg, sec=sec)
        getattr(self.h, f"{name}_{suffix}")(*[float(a) for a in arguments])

    def iclamp(self, section, x, start, duration, amp):
        clamp = self.h.IClamp(self.section(section)(float(x)))
        clamp.delay, clamp.dur, clamp.amp = float(start), float(duration), float(amp)
        self.clamps.append(clamp)

    def seclamp(self, section, x, *numbers):
        clamp = self.h.SEClamp(self.section(section)(float(x)))
        for name, value in zip("dur1 amp1 dur2 amp2 dur3 amp3 rs".split(), numbers):
            setattr(clamp, name, float(value))
        self.keep.append(clamp)

    def play(self, clamp, *points):
        times = self.h.Vector([float(p) for p in points[0::2]])
        amps = self.h.Vector([float(p) for p in points[1::2]])
        amps.play(self.clamps[int(clamp)]._ref_amp, times, 1)
        self.keep += [times, amps]

    def probe(self, section, x, variable):
        self.probes.append((self.section(section)(float(x)), variable))

    def point(self, section, x, name):
        make = getattr(self.h, name)
        self.points.append(make() if section == "-" else make(self.section(section)(float(x))))

    def pset(self, point, name, value):
        setattr(self.points[int(point) - 1], name, float(value))

    def pprobe(self, point, variable):
        self.probes.append((self.points[int(point) - 1], variable))

    def pcall(self, point, name, *arguments):
        getattr(self.points[int(point) - 1], name)(*[float(a) for a in arguments])

    def pointer(self, owner, x, name, target, target_x, variable):
        def place(section, number):
            if section == "#":
                return self.points[int(number) - 1]
            return self.section(section)(float(number))

        who = place(owner, x)
        if owner != "#":
            name, suffix = name.split("_", 1)
            who = getattr(who, suffix)
        self.h.setpointer(getattr(place(target, target_x), "_ref_" + variable), name, who)

    def connected(self, con, delay, weights):
        con.delay = float(delay)
        for i, weight in enumerate(weights):
            con.weight[i] = float(weight)
        self.keep.append(con)

    def timecon(self, target, delay, n, *numbers):
        con = self.h.NetCon(None, self.points[int(target) - 1])
        times = [float(t) for t in numbers[: int(n)]]

        def send():
            for t in times:
                con.event(t + float(delay))

        self.connected(con, delay, numbers[int(n):])
        self.keep.append(self.h.FInitializeHandler(1, send))

    def pointcon(self, target, source, delay, *weights):
        con = self.h.NetCon(self.points[int(source) - 1], self.points[int(target) - 1])
        self.connected(con, delay, weights)

    def watchcon(self, target, section, x, variable, threshold, delay, *weights):
        sec = self.section(section)
        ref = getattr(sec(float(x)), "_ref_" + variable)
        con = self.h.NetCon(ref, self.points[int(target) - 1], sec=sec)
        con.threshold = float(threshold)
        self.connected(con, delay, weights)

    def run(self, tstop):
        h = self.h
        self.vectors = [h.Vector().record(h._ref_t)]
        for where, variable in self.probes:
            name, _, index = variable.partition("[")
            reference = getattr(where, "_ref_" + name)
            reference = reference[int(index[:-1])] if index else reference
            self.vectors.append(h.Vector().record(reference))
        h.tstop = float(tstop)
        start = time.process_time()
        h.run()
        seconds = time.process_time() - start
        samples = list(zip(*[v.to_python() for v in self.vectors]))
        self.vectors = []
        return samples, seconds

    def variable(self, atol, tstop):
        self.h.cvode_active(1)
        self.h.CVode().atol(float(atol))
        return self.run(tstop)

    def fixed(self, dt, order, tstop):
        self.h.cvode_active(0)
        self.h.dt = float(dt)
        self.h.steps_per_ms = 1.0 / float(dt)
        self.h.secondorder = int(order)
        return self.run(tstop)

    def execute(self, lines):
        results = []
        for line in lines:
            word, *args = line.split()
            answer = getattr(self, "globals" if word == "global" else word)(*args)
            if answer is not None:
                results.append(answer)
        return results


ROOT = peer_driver.ROOT


def driver_of(path):
    """The driver's path; without one it is built."""
    if path:
        return os.path.abspath(path)
    packages = "sqlite3 libcjson libxml-2.0 libpcre2-8 yaml-0.1 cairo hdf5".split()
    return peer_driver.build("cell_driver", *packages)


def run_driver(driver, lines, longest=None):
    try:
        text = subprocess.run(
            [driver], input="\n".join(lines) + "\n", capture_output=True, text=True,
            check=False, timeout=longest
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"no end within {longest} s") from None
    if text.returncode != 0:
        raise RuntimeError(text.stderr)
    results, out = [], iter(text.stdout.splitlines())
    for head in out:
        n, _, seconds = head.split()
        samples = [tuple(map(float.fromhex, next(out).split())) for _ in range(int(n))]
        results.append((samples, float(seconds)))
    return results


def difference(ours, theirs):
    """None when equal, else a text."""
    for i, (a, b) in enumerate(zip(ours, theirs)):
        if a != b and not all(p == q or (math.isnan(p) and math.isnan(q)) for p, q in zip(a, b)):
            return f"sample {i} of {len(theirs)}: {a} instead of {b}"
    if len(ours) != len(theirs):
        return f"{len(ours)} samples instead of {len(theirs)}"
    return None


def runs(tstop=60):
    return [
        f"variable 1e-3 {tstop}",
        f"variable 1e-6 {tstop}",
        f"fixed 0.025 0 {tstop}",
        f"fixed 0.025 1 {tstop}",
        f"fixed 0.025 2 {tstop}",
        f"fixed 0.1 0 {tstop}",
    ]


def cases(folder):
    small = os.path.join(folder, "small.asc")
    with open(small, "w", encoding="ascii") as file:
        file.write(ASC)
    asc = os.path.abspath(
        "../shared/campaigns/sscx-l5tpc/morphologies/rp110630_P1_idC.asc"
    )
    start = ["mechanisms -", f"morphology {small}", "nseg 40"]
    probes = [
        "probe soma[0] 0.5 v",
        "probe soma[0] 0 v",
        "probe dend[1] 1 v",
        "probe axon[0] 0.3 v",
    ]
    hh = start + ["insert 1 hh", "finish", "iclamp soma[0] 0.5 5 30 0.4"]
    yield "hh everywhere", hh + probes + ["probe soma[0] 0.5 m_hh"] + runs()
    yield "assigned variables", hh + [
        "probe soma[0] 0.5 ina",
        "probe soma[0] 0.5 gk_hh",
        "probe dend[0] 0.5 ik",
        "probe dend[0] 0.5 il_hh",
    ] + runs()
    mixed = start + [
        "insert 1 pas",
        "insert 2 hh",
        "insert 16 hh",
        "set dend[0] g_pas 5e-5",
        "set dend[1] g_pas 2e-4",
        "setseg dend[0] 1 e_pas -68",
        "set soma[0] gnabar_hh 0.15",
        "set soma[0] ena 53",
        "set axon[0] ek -80",
        "set soma[0] cm 1.3",
        "set dend[1] Ra 120",
        "global celsius 12.5",
        "global v_init -62",
        "finish",
    ]
    yield "pas and hh, two clamps at one place", mixed + probes + [
        "iclamp soma[0] 0.5 10 20 0.3",
        "iclamp soma[0] 0.5 0 60 -0.02",
        "iclamp dend[2] 0.7 12.3 3 0.2",
    ] + runs()
    yield "clamps at section ends", mixed + probes + [
        "iclamp soma[0] 0 3 20 0.3",
        "iclamp dend[0] 1 10 20 0.2",
    ] + runs()
    yield "edge at tstop and before 0", mixed + probes + [
        "iclamp soma[0] 0.5 0 60 0.1",
        "iclamp soma[0] 0.5 -5 65 0.05",
    ] + runs()
    yield "no stimulus, tstop 0 and short", hh[:-1] + probes + [
        "variable 1e-3 0",
        "variable 1e-3 1e-3",
        "fixed 0.025 0 0",
        "fixed 0.025 0 0.01",
        "variable 1e-3 13.7",
    ]
    yield "voltage clamps", mixed + probes + [
        "seclamp soma[0] 0.5 10 -70 20 -20 5 0 1",
        "seclamp dend[2] 0.5 5 -60 0 0 10 -50 20",
    ] + runs()
    yield "voltage clamp at a section end", mixed + probes + [
        "seclamp dend[0] 1 10 -70 20 -20 5 0 1",
        "iclamp soma[0] 0.5 12 20 0.1",
    ] + runs()
    yield "played currents", mixed + probes + [
        "iclamp soma[0] 0.5 0 60 0",
        "play 0 0 0 10 0 10 0.1 40 0.4 40 0 60 0",
        "iclamp dend[1] 0.5 3 40 0",
        "play 1 5 0.05 7.3 -0.02 9.1 0.1 9.2 0.08",
    ] + runs() + ["variable 1e-3 39"]
    yield "edge at a late tstop", mixed + probes + [
        "iclamp soma[0] 0.5 0 600 0.02",
        "iclamp soma[0] 0.5 100 20 0.05",
        "variable 1e-3 600",
        "variable 1e-3 460",
        "variable 1e-5 451",
        "fixed 0.1 0 600",
    ]
    big = ["mechanisms -", f"morphology {asc}", "nseg 40", "insert 1 pas", "insert 6 hh"]
    yield "campaign morphology", big + [
        "finish",
        "iclamp soma[0] 0.5 5 30 1.2",
        "probe soma[0] 0.5 v",
        "probe dend[3] 0.5 v",
        "probe apic[5] 0.2 v",
        "variable 1e-3 50",
        "fixed 0.025 0 20",
    ]


def digest(samples):
    """FNV-1a over the bytes of all samples."""
    value = 14695981039346656037
    for sample in samples:
        for byte in struct.pack(f"<{len(sample)}d", *sample):
            value = ((value ^ byte) * 1099511628211) % 2**64
    return value


def store(path):
    """Write cases on the small morphology with what NEURON gives."""
    small = "tests/unit/cell/small.asc"
    out = ["# Written by tests/peers/cell_peer.py --store with NEURON 8.2.7."]
    with open(small, "w", encoding="ascii") as file:
        file.write(ASC)
    for name, lines in cases(os.path.dirname(small)):
        if "campaign" in name:
            continue
        neuron = Neuron()
        neuron.h.celsius, neuron.h.v_init = 6.3, -65.0
        results = iter(neuron.execute(lines))
        neuron.close()
        out.append(f"case {name}")
        for line in lines:
            out.append(line)
            if line.split()[0] in ("variable", "fixed"):
                samples, _ = next(results)
                out.append(f"expect {len(samples)} {digest(samples):016x}")
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(out) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("driver", nargs="?")
    parser.add_argument("-k", default="")
    parser.add_argument("--store")
    options = parser.parse_args()
    if options.store:
        store(options.store)
        return 0
    driver = driver_of(options.driver)
    bad = count = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, lines in cases(folder):
            if options.k not in name:
                continue
            neuron = Neuron()
            neuron.h.celsius, neuron.h.v_init = 6.3, -65.0
            theirs = neuron.execute(lines)
            neuron.close()
            ours = run_driver(driver, lines)
            which = [s for s in lines if s.split()[0] in ("variable", "fixed")]
            for line, (a, fast), (b, slow) in zip(which, ours, theirs):
                text = difference(a, b)
                count += 1
                bad += text is not None
                print(
                    f"{'not ok' if text else 'ok'} {count} - {name}: {line}: "
                    f"{len(b)} samples, NEURON {slow:.3f} s, here {fast:.3f} s"
                )
                if text:
                    print(f"# {text}")
    print(f"1..{count}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
