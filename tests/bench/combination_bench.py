#!/usr/bin/env python3
"""One me-combination of the published L5 campaign (C060114A5), here and with BluePyMM.

usage: combination_bench.py MECOMBO RELEASE

RELEASE is a clone of BlueBrain/SSCxEModelExamples; run it with the peers' python. Both
programs prepare the campaign (not timed), keep one row of its database, and run that row:
CPU seconds of the processes and their children, and the scores that they stored. Then
what else BluePyMM's evaluation costs (BluePyOpt and NEURON in one process), what each of
mecombo's shortcuts saves, and two evaluations at once. mecombo: the best of three runs.
"""

import json
import os
import pathlib
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
CELL = "C060114A5"
EMODEL = "cADpyr_L5TPC"
SHORTCUTS = {
    "base": "ending holding sweeps before their step",
    "spike": "ending threshold sweeps at their first spike",
    "past": "sharing the time before the step",
}


def cpu(command, folder=None):
    """CPU seconds of a command with all its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr[-2000:]}{done.stdout[-500:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def best_of_three(command, prepare=lambda: None, folder=None):
    times = []
    for _ in range(3):
        prepare()
        times.append(cpu(command, folder))
    return min(times)


def prepare_campaign(program, release, folder):
    """A copy of the campaign, prepared by `program`; one row is left, to be run."""
    shutil.copytree(release / "model_management/mm_run_minimal", folder)
    for old in ("output", "output_select", "tmp"):
        shutil.rmtree(folder / old, ignore_errors=True)
    cpu([program, "prepare", "prepare.json"], folder)
    with sqlite3.connect(folder / "output/scores.sqlite") as database:
        database.execute("DELETE FROM scores WHERE morph_name != ? OR is_exemplar", [CELL])
        rows = database.execute("SELECT count(*) FROM scores WHERE to_run").fetchone()[0]
    if rows != 1:
        sys.exit(f"{folder}: {rows} rows to run, not one")


def want_to_run(folder):
    with sqlite3.connect(folder / "output/scores.sqlite") as database:
        database.execute("UPDATE scores SET to_run = 1, scores = NULL, extra_values = NULL")


def stored(folder):
    """Scores and extra values of the row, and its exception."""
    with sqlite3.connect(folder / "output/scores.sqlite") as database:
        scores, extra, exception = database.execute(
            "SELECT scores, extra_values, exception FROM scores").fetchone()
    if scores is None:
        sys.exit(f"{folder}: the row failed: {exception}")
    return json.loads(scores), json.loads(extra)


def throughput(command):
    """How much faster two at once are done than two one after the other."""
    start = time.monotonic()
    cpu(command)
    one = time.monotonic() - start
    start = time.monotonic()
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    if any(process.wait() != 0 for process in both):
        sys.exit("a simulation failed")
    return 2 * one / (time.monotonic() - start)


def main():
    mecombo = os.path.abspath(sys.argv[1])
    release = pathlib.Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as work:
        ours, theirs = pathlib.Path(work, "ours"), pathlib.Path(work, "theirs")
        prepare_campaign(mecombo, release, ours)
        prepare_campaign("bluepymm", release, theirs)
        peer = cpu(["bluepymm", "run", "run.json"], theirs)
        run = best_of_three([mecombo, "run", "run.json"], lambda: want_to_run(ours), ours)
        want, got = stored(theirs), stored(ours)
        same = sum(got[0].get(name) == score for name, score in want[0].items())

        simulate = [mecombo, "simulate", "--emodel-dir", ours / "tmp/emodels" / EMODEL,
                    "--emodel", EMODEL, "--morphology", ours / f"morphologies/{CELL}.asc",
                    "--scores", pathlib.Path(work, "scores.json")]
        alone = best_of_three(simulate)
        free = best_of_three(simulate + ["--free-rounding"])
        print(f"{CELL}, one row: BluePyMM run {peer:.1f} s of CPU, mecombo run {run:.2f} s "
              f"({peer / run:.1f}x), simulate {alone:.2f} s ({peer / alone:.1f}x), "
              f"--free-rounding {free:.2f} s ({peer / free:.1f}x); {same} of "
              f"{len(want[0])} scores and the currents "
              f"{'equal' if got[1] == want[1] else 'DIFFERENT'}")
        full = best_of_three(simulate + ["--no-shortcuts"])
        print(f"  without any shortcut {full:.2f} s; of these save: " + ", ".join(
            f"{what} {best_of_three(simulate + ['--without', name]) - alone:.2f} s"
            for name, what in SHORTCUTS.items()))
        print(f"  two at once on this machine: {throughput(simulate):.2f}x the throughput "
              "of one")
        package = next((theirs / "tmp/emodels").glob(f"{EMODEL}*"))
        inside = cpu([sys.executable, HERE.parent / "peers/evaluate_python.py", package,
                      EMODEL, theirs / f"morphologies/{CELL}.asc", "none",
                      pathlib.Path(work, "theirs.json")])
        print(f"  BluePyOpt and NEURON in one process, without BluePyMM: {inside:.1f} s "
              f"({inside / alone:.1f}x)")
    return 0 if same == len(want[0]) and got[1] == want[1] else 1


if __name__ == "__main__":
    sys.exit(main())
