#!/usr/bin/env python3
"""Compare mechanisms with running NEURON: every sample of every recorded variable, ==.

usage: nmodl_peer.py [--driver PROGRAM] [-k WORD] [--dir FOLDER]... [-v]
       nmodl_peer.py --store tests/unit/cell/event_references.txt
       nmodl_peer.py --store-systems tests/unit/cell/system_references.txt
       nmodl_peer.py --store-diffusion tests/unit/cell/diffusion_references.txt

PROGRAM is built from tests/peers/cell_driver.c where it is not given. Without --dir the
folders are the example's, the project's own and those of NEURON's wheel. Each folder of .mod files is
built by nrnivmodl and by mecombo; each mechanism in it is inserted alone (with hh, so that
there are spikes) into a small cell and driven by current and voltage clamps, in fixed and
variable step, and so are all of a folder together. Each folder runs in its own process,
because NEURON cannot unload mechanisms. --store writes the cases of tests/nmodl/events with a
digest of NEURON's samples after each run, for the unit tests; --store-systems likewise the
mechanisms of tests/nmodl that solve equations, --store-diffusion those whose states diffuse.
"""

import argparse
import os
import pickle
import shutil
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

# Variables that make a mechanism do something; others keep the defaults of the .mod text.
ACTIVE = {"gbar": 0.01, "gmax": 0.01, "gk": 0.01, "gna": 0.01}
SPECIAL = {"gamma_CaDynamics_DC0": 0.05, "gamma_CaDynamics_E2": 0.05}


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
    return pickle.loads(data) if data else "it crashed"


def fresh():
    neuron = Neuron()
    neuron.h.celsius, neuron.h.v_init, neuron.h.secondorder = 6.3, -65.0, 0
    return neuron


def build(folder, work, omit=()):
    """nrnivmodl in a copy of the folder without the files `omit`; returns the copy."""
    os.makedirs(work)
    for name in sorted(os.listdir(folder)):
        if name.endswith((".mod", ".inc")) and name not in omit:
            shutil.copy(os.path.join(folder, name), work)
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


def list_mechanisms(path):
    """[(suffix, {range variable: default})] as NEURON has them after loading."""
    code = (
        "import neuron,sys,json\n"
        f"neuron.load_mechanisms({path!r})\n"
        "from neuron import h\n"
        "mt=h.MechanismType(0); out=[]; r=h.ref('')\n"
        "for i in range(int(mt.count())):\n"
        "    mt.select(i); mt.selected(r); n=r[0]\n"
        "    if n.endswith('_ion') or n in ('morphology','capacitance','extracellular','pas','hh','fastpas'): continue\n"
        "    v={}\n"
        "    for k in (1,2,3):\n"
        "        ms=h.MechanismStandard(n,k)\n"
        "        for j in range(int(ms.count())):\n"
        "            q=h.ref(''); size=ms.name(q,j)\n"
        "            v[q[0]]=[k if size<2 else 0,ms.get(q[0])]\n"
        "    out.append([n,v])\n"
        "print('JSON'+json.dumps(out))\n"
    )
    out = subprocess.run([sys.executable, "-c", code], cwd="/", capture_output=True,
                         text=True, check=True)
    import json

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


def runs():
    return [
        "variable 1e-3 80",
        "variable 1e-6 80",
        "fixed 0.025 0 80",
        "fixed 0.1 1 80",
        "fixed 0.05 2 80",
    ]


def cases(folder, built, swc):
    mechanisms = list_mechanisms(built)
    start = [f"build {built} {built}/ours", f"morphology {swc}", "nseg 40", "insert 1 hh"]
    names = [n for n, _ in mechanisms]
    groups = [[m] for m in mechanisms] + ([mechanisms] if len(mechanisms) > 1 else [])
    for group in groups:
        lines = list(start)
        for suffix, _ in group:
            lines.append(f"insert 1 {suffix}")
        for suffix, variables in group:
            lines += settings(suffix, variables)
        lines += ["global celsius 34", "global v_init -70", "finish"]
        for suffix, _ in group:
            lines += [f"call soma[0] 0 {suffix} {c}" for c in CALLS.get(suffix, [])]
        probes = ["probe soma[0] 0.5 v", "probe dend[0] 1 v"]
        for suffix, variables in group:
            for name, (kind, _) in variables.items():
                if kind in (2, 3):
                    probes.append(f"probe soma[0] 0.5 {name}")
        lines += probes[:120]
        title = group[0][0] if len(group) == 1 else "all of " + os.path.basename(folder)
        stochastic = any("det" in v and "terministic" in v for _, vs in group for v in vs)
        clamp = ["iclamp soma[0] 0.5 5 50 0.15", "iclamp soma[0] 0.5 0 80 -0.01"]
        steps = [
            "seclamp soma[0] 0.5 20 -110 20 -35 20 20 0.1",
        ]
        if stochastic:
            for suffix, vs in group:
                for v in vs:
                    if "deterministic" in v:
                        lines.insert(lines.index("global celsius 34"), f"set soma[0] {v} 1")
                        lines.insert(lines.index("global celsius 34"), f"set dend[0] {v} 1")
        if stochastic and len(group) == 1 and "StochKv3" in title:
            at = lines.index("finish") + 1
            calls = [f"call soma[0] 0 {title} setRNG 5 7 9", f"call dend[0] 1 {title} setRNG 6 1 0"]
            drawn = [s for s in lines[:at] if "deterministic" not in s] + calls + lines[at:]
            fixed = ["fixed 0.025 0 80", "fixed 0.1 0 80"]
            yield f"{title}: drawn numbers", drawn + clamp + fixed
        yield f"{title}: current clamp", lines + clamp + runs()
        yield f"{title}: voltage clamp", lines + steps + runs()
    return names


def special_cases(folder, built, swc):
    """The cases that a folder of the project has of its own; else the general ones."""
    if folder not in SPECIAL_CASES:
        yield from cases(folder, built, swc)
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
        for name, lines in special_cases(folder, built, morphology_of(folder)):
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
}


def system_cases():
    for suffix, refused_variable in SYSTEMS.items():
        with open(os.path.join(NMODL, suffix + ".mod"), encoding="ascii") as file:
            words = file.read().replace(",", " ").split()
        states = words[words.index("STATE") + 2:]
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


def wheel_folder():
    import neuron

    return os.path.join(os.path.dirname(neuron.__file__), ".data/share/nrn/demo/release")


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
        return run_folder(driver, folder, options.k, folder == wheel_folder())
    count = bad = 0
    own = [os.path.join(cell_peer.ROOT, f) for f in ("examples/l5tpc/mechanisms", "tests/nmodl")]
    own += SPECIAL_CASES
    for folder in options.dir or own + [wheel_folder()]:
        args = [sys.executable, os.path.abspath(__file__), "--child", "--driver", driver,
                "--dir", folder, "-k", options.k]
        with subprocess.Popen(args, stdout=subprocess.PIPE, text=True) as child:
            for line in child.stdout:
                count += line.startswith(("ok", "not ok"))
                bad += line.startswith("not ok")
                print(line, end="", flush=True)
        if child.returncode not in (0, 1):
            count += 1
            bad += 1
            print(f"not ok - {folder}: ended with {child.returncode}")
    print(f"1..{count}")
    return bad


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
