#!/usr/bin/env python3
"""Compare mechanisms with running NEURON: every sample of every recorded variable, ==.

usage: nmodl_peer.py [--driver PROGRAM] [-k WORD] [--dir FOLDER]... [-v]
       nmodl_peer.py --store tests/unit/cell/event_references.txt
       nmodl_peer.py --store-systems tests/unit/cell/system_references.txt
       nmodl_peer.py --store-diffusion tests/unit/cell/diffusion_references.txt

PROGRAM is built from tests/peers/cell_driver.c where it is not given. Without --dir the
folders are the example's, the project's own and those of NEURON's wheel. Each folder of .mod files is
built by nrnivmodl and by mecombo; each mechanism in it is put alone (with hh, so that there are
spikes) into a cell of one compartment and driven by a ladder of currents and of voltages, in
fixed and variable step; then into a small cell, alone and with all others of its folder. Each folder runs in its own process,
because NEURON cannot unload mechanisms. --store writes the cases of tests/nmodl/events with a
digest of NEURON's samples after each run, for the unit tests; --store-systems likewise the
mechanisms of tests/nmodl that solve equations, --store-diffusion those whose states diffuse.
"""

import argparse
import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cell_peer  # noqa: E402
import diffusion_cases  # noqa: E402
import event_cases  # noqa: E402

# Calls that a mechanism needs before it can run.
CALLS = {
    "function_table": [
        "table_rest -62.5",
        "table_tau 4 -90 -60 -31 20 2 5 3.5 1.25",
        "table_inf 6 -100 40 0.01 0.05 0.3 0.7 0.9 0.99",
        "table_two 3 -9 2 2 0.1 0.9 0.2 0.4 0.5 0.8 1.1 1.3",
    ],
}

# What makes a mechanism do something where its default does not.
SPECIAL = {"gamma_CaDynamics_DC0": 0.05, "gamma_CaDynamics_E2": 0.05}


KIND = re.compile(rb"(?m)^[^:?\n]*\b(SUFFIX|POINT_PROCESS|ARTIFICIAL_CELL)\s+(\w+)")
LONGEST = 120  # seconds of a run; some mechanisms bring the integrator to a stand
# NEURON keeps what adams and adeuler remember once for all mechanisms of a process.
ALONE = ("kinetic_adams", "kinetic_adeuler")
LADDER_RUNS = ["variable 1e-3 60", "fixed 0.025 0 60"]

NMODL = os.path.join(cell_peer.ROOT, "tests/nmodl")
EVENTS = os.path.join(NMODL, "events")
DIFFUSION = os.path.join(NMODL, "diffusion")
SPECIAL_CASES = {EVENTS: event_cases.cases, DIFFUSION: diffusion_cases.cases}


class Neuron(cell_peer.Neuron):
    """Takes our `build` line as the loading of what nrnivmodl made."""

    loaded = False
    tables = []  # what FUNCTION_TABLEs point to

    def build(self, folder, _):
        import neuron

        if not Neuron.loaded:
            neuron.load_mechanisms(folder)
            Neuron.loaded = True

    def call(self, section, i, suffix, name, *arguments):
        if not name.startswith("table_") or len(arguments) == 1:
            super().call(section, i, suffix, name, *arguments)
            return
        table = getattr(self.h, f"{name}_{suffix}")
        n, *numbers = [float(a) for a in arguments]
        if len(numbers) == 2 * n:
            vectors = [self.h.Vector(numbers[int(n):]), self.h.Vector(numbers[: int(n)])]
            table(*vectors)
        else:
            axes = 1 if len(numbers) == n + 2 else 2
            vectors = [self.h.Vector(numbers[3 * axes - 1:])]
            table(vectors[0]._ref_x[0], n, *numbers[: 3 * axes - 1])
        Neuron.tables += vectors


def forked(work):
    """What work() returns, from a process of its own: NEURON keeps globals, tables and
    voltages between runs, mecombo's sweeps start anew."""
    inlet, outlet = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(inlet)
        signal.alarm(LONGEST)
        try:
            answer = work()
        except Exception as error:  # RuntimeError of hoc, an attribute that is not there
            answer = f"{type(error).__name__}: {error}"
        with os.fdopen(outlet, "wb") as file:
            pickle.dump(answer, file)
        os._exit(0)
    os.close(outlet)
    with os.fdopen(inlet, "rb") as file:
        data = file.read()
    os.waitpid(pid, 0)
    return pickle.loads(data) if data else "it crashed or did not end"


def fresh():
    neuron = Neuron()
    neuron.h.celsius, neuron.h.v_init, neuron.h.secondorder = 6.3, -65.0, 0
    return neuron


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def renamed(text):
    """(text, name of the mechanism or None); a name that NEURON has gets a 2 behind it."""
    found = KIND.search(text)
    if not found:
        return text, None
    name = found.group(2).decode()
    if name not in BUILT_IN.split():
        return text, name
    return text.replace(found.group(), found.group() + b"2", 1), name + "2"


def pointers_of(text):
    """Names of the POINTERs in a .mod text, without those that its VERBATIM text sets."""
    text = re.sub(r"[:?].*", "", text.decode("latin-1"))
    found = re.findall(r"\bPOINTER\s+(\w+(?:\s*,\s*\w+)*)", text)
    names = dict.fromkeys(n for part in found for n in re.split(r"\s*,\s*", part))
    return [n for n in names if "_p_" + n not in text]


def build(folder, work, omit=()):
    """nrnivmodl in a copy of the folder without the files `omit`, mechanisms that NEURON has
    under other names; returns the copy."""
    os.makedirs(work)
    for name in sorted(os.listdir(folder)):
        if name.endswith((".mod", ".inc", ".h")) and name not in omit:
            with open(os.path.join(folder, name), "rb") as file:
                text = file.read()
            write(os.path.join(work, name), renamed(text)[0])
    bin_dir = os.path.dirname(sys.executable)
    path = bin_dir + os.pathsep + os.environ.get("PATH", "")
    out = subprocess.run([os.path.join(bin_dir, "nrnivmodl"), "."], cwd=work, text=True,
                         capture_output=True, check=False,
                         env={**os.environ, "PATH": path, "MODL_INCLUDE": work})
    if out.returncode != 0:
        raise RuntimeError(out.stdout + out.stderr)
    return work


def refused(driver, folder, work):
    """{file: why} of the .mod files that mecombo does not compile, each tried alone."""
    out = {}
    included = [n for n in sorted(os.listdir(folder)) if n.endswith(".inc")]
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".mod"):
            continue
        alone = os.path.join(work, name[:-4])
        os.makedirs(alone)
        for part in [name] + included:
            shutil.copy(os.path.join(folder, part), alone)
        try:
            cell_peer.run_driver(driver, [f"build {alone} {alone}/ours"])
        except RuntimeError as error:
            out[name] = str(error).replace(alone + "/", "").strip()
    return out


# Run by a Python of its own: NEURON cannot unload what it has loaded.
LISTING = """
import neuron, sys, json
neuron.load_mechanisms({path!r})
from neuron import h
h('create here')
out = []
for point in (0, 1):
    old = set({built_in!r}.split())
    kinds, name, one = h.MechanismType(point), h.ref(''), h.ref('')
    for i in range(int(kinds.count())):
        kinds.select(i)
        kinds.selected(name)
        suffix = name[0]
        if suffix in old or suffix.endswith('_ion'):
            continue
        variables = {{}}
        for k in (1, 2, 3):
            values = h.MechanismStandard(suffix, k)
            for j in range(int(values.count())):
                size = values.name(one, j)
                variables[one[0]] = [k if size < 2 else 0, values.get(one[0])]
        found = dict(name=suffix, variables=variables, kind='density')
        if point:
            artificial = bool(kinds.is_artificial(i))
            found.update(kind='artificial' if artificial else 'point', weights=0,
                         target=bool(kinds.is_netcon_target(i)))
            made = getattr(h, suffix)() if artificial else getattr(h, suffix)(h.here(.5))
            if found['target']:
                found['weights'] = int(h.NetCon(None, made).wcnt())
        out.append(found)
print('JSON' + json.dumps(out))
"""
BUILT_IN = ("morphology capacitance extracellular pas hh fastpas IClamp SEClamp VClamp APCount "
            "AlphaSynapse ExpSyn Exp2Syn NetStim PatternStim PointProcessMark OClamp "
            "IntFire1 IntFire2 IntFire4")


def list_mechanisms(path):
    """What NEURON has more after loading: name, variables {name: [1 PARAMETER, 2 ASSIGNED,
    3 STATE, 0 an array; default]}, kind density|point|artificial, and of the last two
    whether it is a target of events, with how many weights."""
    code = LISTING.format(path=path, built_in=BUILT_IN)
    out = subprocess.run([sys.executable, "-c", code], cwd="/", capture_output=True,
                         text=True, check=True)
    return json.loads([x for x in out.stdout.splitlines() if x.startswith("JSON")][0][4:])


def settings(suffix, variables):
    lines = []
    for name, (kind, _) in variables.items():
        short = name[: -len(suffix) - 1]
        if kind != 1:
            continue
        if name in SPECIAL:
            lines.append(f"set soma[0] {name} {SPECIAL[name]}")
        elif short.lower().endswith("bar") and short.lower().startswith(("g", "p")):
            lines.append(f"set soma[0] {name} 0.003")
            lines.append(f"set dend[0] {name} 0.0007")
    return lines


def insertion(mechanism, pointers, point):
    """(lines that put the mechanism into soma[0] and dend[0], its probes, its events);
    `point` is its number should it be one. Where nothing is set it does little or nothing:
    conductances get a value, POINTERs see the voltage, targets of events get some."""
    name, variables = mechanism["name"], mechanism["variables"]
    shown = [v for v, (kind, _) in variables.items() if kind in (2, 3)]
    if mechanism["kind"] == "density":
        lines = [f"insert 1 {name}"] + settings(name, variables)
        lines += [f"pointer {s} 0.5 {p}_{name} {s} 0.5 v" for p in pointers
                  for s in ("soma[0]", "dend[0]")]
        return lines, [f"probe soma[0] 0.5 {v}" for v in shown], []
    place = "- 0" if mechanism["kind"] == "artificial" else "soma[0] 0.5"
    lines = [f"point {place} {name}"]
    lines += [f"pset {point} {v} 0.001" for v, (kind, value) in variables.items()
              if kind == 1 and value == 0 and v.lower().startswith("g")]
    lines += [f"pointer # {point} {p} soma[0] 0.5 v" for p in pointers]
    events = []
    if mechanism["target"]:
        weights = " ".join(["0.01"] + ["0"] * (mechanism["weights"] - 1))
        events = [f"timecon {point} 1 4 2 9.3 9.3125 25 {weights}"]
    return lines, [f"pprobe {point} {v}" for v in shown], events


def runs():
    return [
        "variable 1e-3 80",
        "variable 1e-6 80",
        "fixed 0.025 0 80",
        "fixed 0.1 1 80",
        "fixed 0.05 2 80",
    ]


def ladder():
    """(what, lines): steps of current and of voltage, one run each."""
    for amp in (-0.1, 0.02, 0.1, 0.4):
        yield f"{amp} nA", [f"iclamp soma[0] 0.5 10 40 {amp}", *LADDER_RUNS]
    for level in (-120, -60, -35, -10, 20, 60):
        yield f"{level} mV", [f"seclamp soma[0] 0.5 10 -80 40 {level} 10 -80 0.1", *LADDER_RUNS]


def without_draws(group):
    """Channels that draw numbers are switched to their deterministic form."""
    return [f"set {s} {v} 1" for m in group for v in m["variables"] if "deterministic" in v
            for s in ("soma[0]", "dend[0]")]


def group_lines(group, pointers, quiet):
    """(lines up to finish, calls, probes, events) of mechanisms in one cell."""
    lines, probes, events, n_point = ["insert 1 hh"], [], [], 0
    for mechanism in group:
        n_point += mechanism["kind"] != "density"
        new = insertion(mechanism, pointers.get(mechanism["name"], []), n_point)
        for whole, part in zip((lines, probes, events), new):
            whole += part
    lines += without_draws(group) if quiet else []
    lines += ["global celsius 34", "global v_init -70", "finish"]
    calls = [f"call soma[0] 0 {m['name']} {c}" for m in group for c in CALLS.get(m["name"], [])]
    return lines, calls, ["probe soma[0] 0.5 v", *probes[:118]], events


def cases(folder, built, swc, one):
    """(name, driver lines): each mechanism alone on the ladder, in the cell of one
    compartment `one`; then in a cell with a dendrite, alone and together with all others."""
    mechanisms = list_mechanisms(built)
    pointers = {}
    for name in os.listdir(built):
        if name.endswith(".mod"):
            with open(os.path.join(built, name), "rb") as file:
                text = file.read()
            pointers[renamed(text)[1]] = pointers_of(text)
    start = [f"build {built} {built}/ours", f"morphology {one}", "nseg 1000"]
    for mechanism in mechanisms:
        lines, calls, probes, events = group_lines([mechanism], pointers, True)
        lines = [x for x in lines if "dend[0]" not in x]
        for what, driven in ladder():
            yield f"{mechanism['name']}: {what}", start + lines + calls + probes + events + driven
    start[1:] = [f"morphology {swc}", "nseg 40"]
    together = [m for m in mechanisms if m["name"] not in ALONE]
    groups = [[m] for m in mechanisms] + ([together] if len(together) > 1 else [])
    for group in groups:
        title = group[0]["name"] if len(group) == 1 else "all of " + os.path.basename(folder)
        lines, calls, probes, events = group_lines(group, pointers, True)
        rest = calls + [*probes, "probe dend[0] 1 v"] + events
        clamp = ["iclamp soma[0] 0.5 5 50 0.15", "iclamp soma[0] 0.5 0 80 -0.01"]
        steps = ["seclamp soma[0] 0.5 20 -110 20 -35 20 20 0.1"]
        if "StochKv3" in title:
            drawn = group_lines(group, pointers, False)[0]
            keys = [f"call soma[0] 0 {title} setRNG 5 7 9", f"call dend[0] 1 {title} setRNG 6 1 0"]
            yield (f"{title}: drawn numbers",
                   start + drawn + keys + rest + clamp + ["fixed 0.025 0 80", "fixed 0.1 0 80"])
        yield f"{title}: current clamp", start + lines + rest + clamp + runs()
        yield f"{title}: voltage clamp", start + lines + rest + steps + runs()


def special_cases(folder, built, swc, one):
    """The cases that a folder of the project has of its own; else the general ones."""
    if folder not in SPECIAL_CASES:
        yield from cases(folder, built, swc, one)
        return
    for name, lines in SPECIAL_CASES[folder]():
        yield name, [f"build {built} {built}/ours", f"morphology {swc}", *lines]


def morphology_of(folder):
    if folder == DIFFUSION:
        return os.path.join(cell_peer.ROOT, diffusion_cases.MORPHOLOGY)
    return os.path.join(EVENTS, "cell.swc")


def run_folder(driver, folder, word, partly):
    """Prints TAP lines without a plan. partly: files that we refuse are left out."""
    bad = count = 0
    with tempfile.TemporaryDirectory() as temp:
        omit = {}
        if partly:
            omit = refused(driver, folder, os.path.join(temp, "alone"))
            for name, why in omit.items():
                print(f"# {name} is left out: {why}")
        built = build(folder, os.path.join(temp, "work"), omit)
        one = os.path.join(temp, "one.swc")
        write(one, b"1 1 0 0 0 10 -1\n")
        for name, lines in special_cases(folder, built, morphology_of(folder), one):
            if word not in name:
                continue
            which = [s for s in lines if s.split()[0] in ("variable", "fixed")]
            base = [s for s in lines if s not in which]
            theirs, no_step = [], []
            Neuron().execute(base[:1])  # loads what was built, once
            for line in which:
                answer = forked(lambda: fresh().execute([*base, line]))
                if not isinstance(answer, str):
                    theirs += answer
                else:
                    no_step.append(line)
            # What NEURON refuses (procedures that step by themselves, iterations that do not
            # converge), we refuse.
            for line in no_step:
                which.remove(line)
                count += 1
                try:
                    cell_peer.run_driver(driver, base + [line])
                    print(f"not ok - {name}: {line}: NEURON refuses")
                    bad += 1
                except RuntimeError:
                    print(f"ok - {name}: {line}: refused, as by NEURON")
            lines = base + which
            try:
                ours = cell_peer.run_driver(driver, lines)
            except RuntimeError as error:
                print(f"not ok - {name}: {error}")
                bad += 1
                continue
            for line, (a, fast), (b, slow) in zip(which, ours, theirs):
                text = cell_peer.difference(a, b)
                count += 1
                bad += text is not None
                print(f"{'ok' if text is None else 'not ok'} - {name}: {line}: "
                      + (text or f"{len(b)} samples")[:700], flush=True)
    print(f"# {folder}: {count} runs, {bad} different")
    return bad


# Mechanisms of tests/nmodl that solve equations, or take numbers from tables and streams;
# True: NEURON refuses the variable step.
SYSTEMS = {
    "kinetic_array": False,
    "kinetic_rates": False,
    "kinetic_pump": False,
    "kinetic_euler": True,
    "kinetic_runge": True,
    "linear_system": True,
    "linear_array": True,
    "nonlinear_system": True,
    "method_default": False,
    "method_euler": False,
    "method_runge": False,
    "derivative_branch": False,
    "two_solves": True,
    "solve_procedure": False,
    "function_table": False,
    "random_legacy": True,
    "shell_current": False,
    "first_values": False,
    "text_names": False,
    "method_adams": False,
    "method_adeuler": False,
    "kinetic_adams": True,
    "kinetic_adeuler": True,
    "method_cvode_t": False,
    "derivative_called": False,
    "derivative_evaluated": False,
    "derivative_read": False,
    "reversal_written": False,
}


def system_cases():
    for suffix, refused_variable in SYSTEMS.items():
        with open(os.path.join(NMODL, suffix + ".mod"), encoding="ascii") as file:
            words = file.read().replace(",", " ").split()
        states = words[words.index("STATE") + 2:] if "STATE" in words else ["}"]
        states = [s for s in states[: states.index("}")] if "[" not in s]
        lines = ["nseg 40", "insert 1 hh", f"insert 1 {suffix}", "finish"]
        lines += [f"call soma[0] 0 {suffix} {c}" for c in CALLS.get(suffix, [])]
        lines += ["probe soma[0] 0.5 v", "probe dend[0] 1 v"]
        lines += [f"probe soma[0] 0.5 {s}_{suffix}" for s in states]
        lines += ["iclamp soma[0] 0.5 2 15 0.15", "fixed 0.025 0 20", "fixed 0.1 1 20"]
        lines += [] if refused_variable else ["variable 1e-3 20"]
        yield suffix, lines


def store(path, folder, cases):
    out = ["# Written by tests/peers/nmodl_peer.py with NEURON 8.2.7."]
    with tempfile.TemporaryDirectory() as temp:
        built = build(folder, os.path.join(temp, "work"))
        for name, lines in cases:
            which = [s for s in lines if s.split()[0] in ("variable", "fixed")]
            base = [s for s in lines if s not in which]
            out += [f"case {name}", *base]
            start = [f"build {built} -", f"morphology {morphology_of(folder)}"]
            Neuron().execute(start[:1])
            for line in which:
                answer = forked(lambda: fresh().execute([*start, *base, line]))
                samples, _ = answer[0]
                out += [line, f"expect {len(samples)} {cell_peer.digest(samples):016x}"]
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(out) + "\n")


def wheel_folders():
    """All folders with .mod files in NEURON's wheel."""
    import neuron

    data = os.path.join(os.path.dirname(neuron.__file__), ".data")
    return sorted(f for f, _, names in os.walk(data) if any(n.endswith(".mod") for n in names))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--driver")
    parser.add_argument("-k", default="")
    parser.add_argument("--dir", action="append", default=[])
    parser.add_argument("--child", action="store_true")
    parser.add_argument("--store")
    parser.add_argument("--store-systems")
    parser.add_argument("--store-diffusion")
    options = parser.parse_args()
    if options.store:
        store(options.store, EVENTS, event_cases.cases())
        return 0
    if options.store_systems:
        store(options.store_systems, NMODL, system_cases())
        return 0
    if options.store_diffusion:
        store(options.store_diffusion, DIFFUSION, diffusion_cases.cases())
        return 0
    driver = cell_peer.driver_of(options.driver)
    if options.child:
        folder = os.path.abspath(options.dir[0])
        return run_folder(driver, folder, options.k, folder in wheel_folders())
    count = bad = 0
    own = [os.path.join(cell_peer.ROOT, f) for f in ("examples/l5tpc/mechanisms", "tests/nmodl")]
    own += SPECIAL_CASES
    for folder in options.dir or own + wheel_folders():
        args = [sys.executable, os.path.abspath(__file__), "--child", "--driver", driver,
                "--dir", folder, "-k", options.k]
        finished = False
        with subprocess.Popen(args, stdout=subprocess.PIPE, text=True) as child:
            for line in child.stdout:
                finished = finished or (line.startswith("# ") and " runs, " in line)
                count += line.startswith(("ok", "not ok"))
                bad += line.startswith("not ok")
                print(line, end="", flush=True)
        if not finished:
            count += 1
            bad += 1
            print(f"not ok - {folder}: ended with {child.returncode}")
    print(f"1..{count}")
    return bad


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
