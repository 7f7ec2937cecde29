#!/usr/bin/env python3
"""Time efel.get_feature_values and mecombo's features on one trace, in the same run.

usage: efeature_bench.py BENCH_EFEATURE     (the program of tests/bench/bench_efeature.c)
CPU milliseconds, the best of several runs, for the feature set of the SSCx e-models.
"""

import re
import subprocess
import sys
import tempfile
import time
import warnings

import efel
import numpy

SSCX = re.findall(r'^    "(\w+)",$', open(__file__.replace(
    "efeature_bench.py", "bench_efeature.c"), encoding="utf8").read(), re.M)


def make_trace():
    """30001 samples of a regularly spiking cell, as bench_efeature.c makes them."""
    t = 0.1 * numpy.arange(30001)
    since = numpy.fmod(t - 710.0, 90.0)
    v = -70.0 + 0.05 * numpy.sin(0.1 * t)
    on = (t > 700.0) & (t < 2700.0)
    width = numpy.where(since < 3.0, 0.4, 0.8)
    spike = 100.0 * numpy.exp(-0.5 * ((since - 3.0) / width) ** 2)
    v[on] += (10.0 - 18.0 * numpy.exp(-since / 30.0) + spike)[on]
    return t, v


def efel_ms(t, v):
    """Best of five calls with the whole set, milliseconds."""
    trace = {"T": t, "V": v, "stim_start": [700.0], "stim_end": [2700.0]}
    efel.set_setting("stimulus_current", 0.1)
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        efel.get_feature_values([trace], SSCX)
        best = min(best, 1e3 * (time.process_time() - start))
    return best


def main():
    warnings.simplefilter("ignore")
    t, v = make_trace()
    theirs = efel_ms(t, v)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        numpy.savetxt(file, numpy.column_stack([t, v]), fmt="%.17g")
        file.flush()
        out = subprocess.run([sys.argv[1], file.name], check=True, capture_output=True,
                             text=True).stdout
    for line in out.splitlines():
        match = re.match(r"(.*?)\s+(\d+) features.*?([\d.]+) ms$", line)
        ratio = ""
        if match and int(match[2]) == len(SSCX):
            ratio = f"  (eFEL {theirs:.2f} ms, {theirs / float(match[3]):.0f}x)"
        print(line + ratio)


main()
