#!/usr/bin/env python3
"""Compare every feature with efel 5.7.34, value for value, on more than 200 traces.

Usage: efeature_peer.py [--driver PROGRAM] [--only TEXT] [--feature NAME]... [--together]
                        [--data FOLDER] [--random N] [--seed N]

PROGRAM is tests/peers/efeature_driver.c, linked with libmecombo; it is built when not
given. FOLDER holds text traces (time, voltage) of other origin. eFEL runs in child
processes, because some traces crash it.
"""

import argparse
import collections
import glob
import math
import os
import pickle
import subprocess
import sys
import tempfile
import warnings

# The kernels and the number of threads of OpenBLAS decide about the last digits of fits.
os.environ.update(OPENBLAS_CORETYPE="Haswell")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402
from numpy._core._multiarray_umath import __cpu_features__ as CPU  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
sys.path.insert(0, HERE)
import efeature_fuzz  # noqa: E402
import efeature_traces  # noqa: E402
import peer_driver  # noqa: E402

WHOLE = {"time", "voltage", "current"}

# Features whose numbers are compared with a tolerance (relative, absolute), and why.
#
# numpy solves the line through LAPACK's singular value decomposition and takes a log() of
# its own with AVX-512; around slope 0 only the absolute error says something.
NEAR = {name: (1e-12, 1e-14)
        for name in ("ISI_log_slope", "ISI_semilog_slope", "ISI_log_slope_skip")}
# scipy's fits are repeated rounding by rounding, as numpy makes them with AVX-512. Without
# it numpy's exp() is another one, and one rounding error in it moves a fit by a millionth,
# or anywhere on a trace that does not determine it (spikes, steps). There, where the
# values differ by more, eFEL is run again on the trace with each voltage changed by a
# rounding error, and must move as far.
FITS = ("activation_time_constant", "deactivation_time_constant",
        "inactivation_time_constant")
HAS_AVX512 = any(CPU.get(name) for name in ("X86_V4", "AVX512_SKX"))
if not HAS_AVX512:
    NEAR.update({name: (1e-6, 0.0) for name in FITS})


def efel_child(case, names, together, path):
    """Runs in a child: append one pickle per feature to a file."""
    import efel
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 1)  # LAPACK complains there
    os.dup2(devnull, 2)
    efel.reset()
    given = {"T": case["t"].tolist(), "V": case["v"].tolist(),
             "stim_start": [case["start"]], "stim_end": [case["end"]]}
    if case["i"] is not None:
        given["I"] = np.asarray(case["i"], float).tolist()
    for key, value in case["settings"].items():
        if isinstance(value, list):
            given[key] = value
        else:
            efel.set_setting(key, value)
    if together:
        got = efel.get_feature_values([given], names, raise_warnings=False)[0]
    with open(path, "ab") as file:
        for name in names:
            try:
                value = got[name] if together else efel.get_feature_values(
                    [given], [name], raise_warnings=False)[0][name]
                kind = "none" if value is None or len(value) == 0 else "values"
            except Exception as error:
                kind, value = "raises " + type(error).__name__, None
            values = [float(x) for x in value] if kind == "values" else []
            pickle.dump((name, kind, values), file)
            file.flush()


def efel_values(case, names, together=False):
    """{name: (kind, values)}; kind "crash" where eFEL dies."""
    result = {}
    left = list(names)
    while left:
        with tempfile.NamedTemporaryFile() as file:
            pid = os.fork()
            if pid == 0:
                try:
                    efel_child(case, left, together, file.name)
                finally:
                    os._exit(0)
            os.waitpid(pid, 0)
            done = []
            with open(file.name, "rb") as stored:
                while True:
                    try:
                        done.append(pickle.load(stored))
                    except EOFError:
                        break
        for name, kind, values in done:
            result[name] = (kind, values)
        left = left[len(done):]
        if left:
            result[left.pop(0)] = ("crash", [])
    return result


def never_back(case, ours):
    """Whether the voltage stays below the level where eFEL ends the sag."""
    need = [ours.get(name, ("", []))[1] for name in
            ("minimum_voltage", "steady_state_voltage_stimend", "sag_amplitude")]
    if not all(need):
        return False
    lowest, steady, sag = (x[0] for x in need)
    first = np.flatnonzero(case["v"] <= lowest + 1e-6)
    return first.size > 0 and not np.any(case["v"][first[0]:] >= steady - 0.1 * sag)


class Driver:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def values(self, case, names, together=False):
        with tempfile.NamedTemporaryFile() as file:
            arrays = [case["t"], case["v"]] + ([case["i"]] if case["i"] is not None else [])
            for x in arrays:
                file.write(np.asarray(x, float).tobytes())
            file.flush()
            lines = [f"trace {file.name} {case['t'].size} {int(case['i'] is not None)}",
                     "threads " + os.environ["OPENBLAS_NUM_THREADS"],
                     f"set stim_start {case['start']!r}", f"set stim_end {case['end']!r}"]
            for key, value in case["settings"].items():
                text = ",".join(map(repr, value)) if isinstance(value, list) else value
                lines.append(f"set {key} {text}")
            if together:
                lines.append("together")
            lines += [f"get {name}" for name in names] + ["end"]
            self.process.stdin.write("\n".join(lines) + "\n")
            self.process.stdin.flush()
            result = {}
            for line in self.process.stdout:
                word = line.split()
                if word == ["done"]:
                    return result
                missing = len(word) > 1 and word[1] == "-"
                result[word[0]] = (" ".join(word[2:]) if missing else "values",
                                   [] if missing else [float.fromhex(x) for x in word[1:]])
        raise SystemExit("efeature_driver ended: " + case["name"])


def same(a, b, tolerance):
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return a == b or abs(a - b) <= max(tolerance[0] * abs(b), tolerance[1])


def is_undetermined(case, name, want, got):
    """Whether rounding errors in the trace move eFEL's value as far as ours is off, or
    there are fewer samples than parameters."""
    step = case["settings"].get("interp_step", 0.1)
    if min(case["end"], case["t"][-1]) - case["start"] < 3 * step:
        return True
    spread = 0.0
    for seed in range(6):
        noise = np.random.RandomState(seed).choice([-1, 0, 1], case["v"].size)
        moved = dict(case, v=case["v"] * (1 + 2.3e-16 * noise))
        kind, values = efel_values(moved, [name])[name]
        if len(values) != len(want):
            return True
        spread = max(spread, abs(values[0] - want[0])) if want else spread
    return bool(want) and bool(got) and abs(got[0] - want[0]) <= 10 * spread


def compare(case, ours, theirs, count, failures):
    for name, (kind, want) in theirs.items():
        reason, got = ours[name]
        count["compared"] += 1
        count["numbers"] += len(want)
        if kind == "crash":
            count["efel crashes"] += 1
            if not got:
                continue
        elif "eFEL reads beyond" in reason:
            count["efel reads beyond an array (not compared)"] += 1
            if kind != "none":
                count["  of these with a number in efel"] += 1
            continue
        elif kind.startswith("raises"):
            count["efel raises"] += 1
        if len(got) == len(want) and all(map(same, got, want,
                                             [NEAR.get(name, (0.0, 0.0))] * len(got))):
            count["equal"] += 1
            if got and got == want:
                count["equal in every bit, with values"] += 1
        elif name == "sag_time_constant" and never_back(case, ours):
            count["sags without end: eFEL takes stale memory behind the trace"] += 1
        elif name in FITS and not HAS_AVX512 and is_undetermined(case, name, want, got):
            count["fits that rounding errors of the trace move as far"] += 1
        else:
            failures.append((case["name"], name, kind, want[:6], reason, got[:6]))


def data_cases(folder):
    for path in sorted(glob.glob(os.path.join(folder, "**", "*.*"), recursive=True)):
        try:
            with open(path, encoding="utf8") as file:
                data = np.loadtxt([line.replace(",", " ") for line in file])
        except ValueError:
            continue
        if data.ndim == 2 and data.shape[1] in (2, 3) and data.shape[0] > 10:
            t = data[:, 0]
            for low, high in ((0.25, 0.75), (0.1, 0.95)):
                yield efeature_traces.trace(
                    f"data:{os.path.relpath(path, folder)}:{low}", t.copy(),
                    data[:, 1].copy(), t[0] + low * (t[-1] - t[0]),
                    t[0] + high * (t[-1] - t[0]),
                    i=data[:, 2].copy() if data.shape[1] == 3 else None,
                    strict_stiminterval=low == 0.25)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--driver")
    parser.add_argument("--only", default="")
    parser.add_argument("--feature", action="append")
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--data")
    parser.add_argument("--no-neuron", action="store_true")
    parser.add_argument("--random", type=int, default=100, help="number of random traces")
    parser.add_argument("--seed", type=int, default=1, help="of the first random trace")
    parser.add_argument("--show", type=int, default=40)
    options = parser.parse_args()
    import efel

    all_names = sorted(set(efel.get_feature_names()))
    names = options.feature or [n for n in all_names if n not in WHOLE]
    driver = Driver(options.driver or peer_driver.build("efeature_driver"))
    count = collections.Counter()
    failures = []
    cases = list(efeature_traces.all_traces(neuron=not options.no_neuron))
    cases += efeature_fuzz.all_traces(options.seed, options.random)
    if options.data:
        cases += list(data_cases(options.data))
    for case in cases:
        if options.only not in case["name"]:
            continue
        count["traces"] += 1
        if count["traces"] % 20 == 0:
            print(f"# {count['traces']} traces, {case['name']}, {len(failures)} differences",
                  file=sys.stderr, flush=True)
        asked = names + sorted(WHOLE) if case["t"].size < 500 else names
        alone = efel_values(case, asked)
        compare(case, driver.values(case, asked), alone, count, failures)
        if options.together:
            # One exception would take all values away.
            kept = [n for n in asked if alone[n][0] in ("none", "values")]
            one_call = efel_values(case, kept, True)
            compare(case, driver.values(case, kept, True), one_call, count, failures)
            count["features that one call of eFEL gives other last digits"] += sum(
                one_call[n] != alone[n] for n in kept if n not in FITS
                and not any(map(math.isnan, alone[n][1])))
    for failure in failures[:options.show]:
        print("%s %s: efel %s %s, mecombo %s %s" % failure)
    by_name = collections.Counter(f[1] for f in failures)
    tested = sorted(set(names) | set(by_name))
    print(f"# efel {efel.__version__}: {len(names)} features,",
          ", ".join(f"{key} {n}" for key, n in count.items()))
    print(f"# {len(failures)} differences", dict(by_name.most_common(60)))
    for number, name in enumerate(tested, 1):
        print("not ok" if by_name[name] else "ok", number, "-", name)
    print(f"1..{len(tested)}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
