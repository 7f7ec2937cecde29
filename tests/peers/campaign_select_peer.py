#!/usr/bin/env python3
"""Compare mecombo's select with BluePyMM's: on the databases that mecombo makes of simple1
and of the SSCx campaign, and on random databases of several shapes.

usage: campaign_select_peer.py [SEED]
Prints TAP. Needs bluepymm; MECOMBO names the program.

The two main files, the release file and the name log must be equal to the byte. The random
stay clear of what BLUEPYMM.md A.10 says about BluePyMM's select (each e-model has one
exemplar that did not fail, every feature a threshold, something is selected, currents are
there); the medians, which BluePyMM puts beside the wrong rows (S4), are compared row by
row with pandas instead.
"""
import contextlib
import io
import json
import math
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import numpy
import pandas

from bluepymm.select_combos import main as select_main

ROOT = pathlib.Path(__file__).resolve().parents[2]
SSCX = ROOT.parent / "shared/campaigns/sscx-l5tpc"
FILES = ("extneurondb.dat", "mecombo_emodel.tsv", "mecombo_release.json")
COLUMNS = """index layer fullmtype mtype msubtype etype morph_name morph_ext emodel
original_emodel morph_dir scores opt_scores exception to_run is_exemplar is_repaired
is_original submtype extra_values""".split()


def score(rng, shape):
    if shape["nan"] and rng.random() < 0.02:
        return float("nan")
    if shape["inf"] and rng.random() < 0.01:
        return float("inf")
    return rng.choice([0.0, 1.0, 2.0, 2.5, 5.0, 250.0, rng.random() * 6, rng.random() * 3])


def make_rows(rng, shape):
    features = [f"Step{i}.soma.v.{name}" for i in range(shape["n_features"] // 2)
                for name in ("AP_amplitude", "mean_frequency")]
    rows = []
    for e in range(shape["n_emodels"]):
        emodel = f"em{e}_{rng.choice('abc')}"
        own = [f for f in features if rng.random() < 0.8] or features[:1]
        for repaired in (1, 0):
            for original in (0, 1):
                values = {f: score(rng, {"nan": 0, "inf": 0}) for f in own}
                rows.append(dict(
                    layer=None, fullmtype="L1_X", mtype="L1_X", msubtype="", etype="e.*",
                    morph_name=f"ex{e}", morph_ext=".asc", emodel=emodel,
                    original_emodel=emodel, values=values, morph_dir="d",
                    opt_scores=None if repaired else json.dumps(values),
                    is_exemplar=1, is_repaired=repaired, is_original=original))
        for _ in range(shape["n_morphs"]):
            fullmtype = rng.choice(["L1_X", "L23_PC:A", "L23_PC:B", "L5_TPC", "odd name"])
            values = {f: score(rng, shape) for f in own}
            if rng.random() < shape["failed"]:
                values = None
            rows.append(dict(
                layer=rng.choice(["1", "23", "5"]), fullmtype=fullmtype,
                mtype=fullmtype.split(":")[0], msubtype=None,
                etype=rng.choice(["cAC", "bNAC", "cADpyr"]),
                morph_name=rng.choice(["m-", "9x", "C0", 'q"', "w_long_name" * 4])
                + str(len(rows)),
                morph_ext=None, emodel=emodel, original_emodel=emodel, values=values,
                morph_dir="d", opt_scores=None, is_exemplar=0, is_repaired=1,
                is_original=0))
    exemplars = [r for r in rows if r["is_exemplar"]]
    return exemplars + [r for r in rows if not r["is_exemplar"]]


def make_database(rng, shape, path):
    rows = make_rows(rng, shape)
    frame = []
    for i, row in enumerate(rows):
        values = row.pop("values")
        row.update(index=i, to_run=0, submtype="" if not row["is_exemplar"] else None,
                   scores=json.dumps(values),
                   exception=None if values is not None else "Traceback ...",
                   extra_values="null" if values is None else json.dumps({
                       "holding_current": rng.choice([-0.1, 1e-05, 0.25, rng.random()]),
                       "threshold_current": rng.choice([0.5, 1e16, rng.random()])}))
        frame.append([row[c] for c in COLUMNS])
    table = pandas.DataFrame(frame, columns=COLUMNS).set_index("index")
    values = table["scores"].apply(
        lambda s: pandas.Series(json.loads(s) or {}, dtype=float))
    with contextlib.closing(sqlite3.connect(path)) as connection:
        table.to_sql("scores", connection, index=True)
        values.to_sql("score_values", connection, index=False)
    return table, values


def make_config(rng, shape, folder):
    thresholds = [{"features": [".*"], "megate_threshold": 2.5}]
    if shape["several"]:
        thresholds += [
            {"emodel": ["em0.*", "em2_a"], "fullmtype": ["L23_PC:.*|L1"], "etype": [".*"],
             "features": [".*AP_amplitude"], "megate_threshold": 4},
            {"features": ["Step1.*"], "etype": ["c.*"], "megate_threshold": 3.25},
            {"fullmtype": ["L5_TPC", "odd name"], "features": [".*"],
             "megate_threshold": 5.0}]
    config = {
        "scores_db": "scores.sqlite", "pdf_filename": "out/r.pdf", "output_dir": "out",
        "emodels_hoc_dir": "hoc", "megate_thresholds": thresholds,
        "to_skip_features": [r"Step0\..*", ".*frequenc"] if shape["skip"] else [],
        "skip_repaired_exemplar": shape["no_exemplar"],
        "make_names_neuron_compliant": shape["compliant"],
        "check_opt_scores": shape["check"]}
    (folder / "select.json").write_text(json.dumps(config, indent=1))
    return config


def check_medians(folder, config, table, values):
    """Median of the gated columns of each row, which stand beside that row (S4)."""
    import re
    got = pandas.read_csv(folder / "out/extra_data/all_median_scores.csv", index_col=0)
    skip = [re.compile(p) for p in config["to_skip_features"]]
    for emodel in table.emodel.unique():
        mine = (table.emodel == emodel) & (table.is_exemplar == 0)
        columns = values[mine].dropna(axis=1, how="all").columns
        columns = [c for c in columns if not any(p.match(c) for p in skip)]
        want = values.loc[mine, columns].median(axis=1, skipna=True)
        numpy.testing.assert_array_equal(got.median_score[want.index], want)


def run_campaign(mecombo, source, out):
    """mecombo makes the database, both select; out is the output folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve() / "campaign"
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("output*", "tmp"))
        subprocess.run(["chmod", "-R", "u+w", str(folder)], check=True)
        if source == SSCX:
            shutil.copytree(ROOT / "examples/l5tpc/mechanisms",
                            folder / "emodels_dir/singlecell-optimization/mechanisms")
        os.chdir(folder)
        done = subprocess.run(
            [mecombo, "--quiet", "campaign", "--prepare", "prepare.json", "--run",
             "run.json", "--select", "select.json"], capture_output=True, text=True)
        if done.returncode != 0:
            return done.stderr
        got = {file: (folder / out / file).read_bytes() for file in FILES}
        shutil.rmtree(out)
        with contextlib.redirect_stdout(io.StringIO()):
            select_main.select_combos("select.json", 1)
        for file in FILES:
            want = (folder / out / file).read_bytes()
            if got[file] != want:
                return f"{file} differs:\n# {got[file]}\n# {want}"
        return f"ok, {len(got['extneurondb.dat'].splitlines())} selected"


def run_case(mecombo, seed, shape):
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        table, values = make_database(rng, shape, folder / "scores.sqlite")
        config = make_config(rng, shape, folder)
        os.chdir(folder)
        with contextlib.redirect_stdout(io.StringIO()):
            select_main.select_combos("select.json", 1)
        want = {p.name: p.read_bytes() for p in folder.glob("out/*") if p.is_file()}
        done = subprocess.run([mecombo, "--quiet", "select", "select.json"],
                              capture_output=True, text=True)
        if done.returncode != 0:
            return done.stderr
        for file in FILES:
            got = (folder / "out" / file).read_bytes()
            if shape["compliant"] and file != "mecombo_release.json":
                continue
            if got != want[file]:
                (pathlib.Path("/tmp") / f"want_{file}").write_bytes(want[file])
                (pathlib.Path("/tmp") / f"got_{file}").write_bytes(got)
                return f"{file} differs (see /tmp/want_{file})"
        if shape["compliant"]:
            file = "log_neuron_compliance.csv"
            a = pandas.read_csv(folder / "out" / file)
            b = pandas.read_csv(io.BytesIO(want[file]))
            if list(a.original_combo_name) != list(b.original_combo_name):
                return "compliance log: other rows"
            for x, y in zip(a.neuron_compliant_combo_name, b.neuron_compliant_combo_name):
                # where BluePyMM's name is valid it must be ours
                if y.isascii() and y[0].isalpha() and y.replace("_", "").isalnum() and x != y:
                    return f"compliant name {x}, BluePyMM {y}"
        check_medians(folder, config, table, values)
        return f"ok, {len(want['extneurondb.dat'].splitlines())} of {len(table)} selected"


def main():
    mecombo = os.path.abspath(os.environ["MECOMBO"])
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    base = dict(n_features=6, n_emodels=3, n_morphs=60, nan=0, inf=0, failed=0.0,
                several=False, skip=False, no_exemplar=False, compliant=False, check=True)
    shapes = [base, base | dict(several=True, nan=1), base | dict(skip=True, failed=0.1),
              base | dict(no_exemplar=True, inf=1, several=True),
              base | dict(compliant=True), base | dict(n_emodels=1, n_morphs=400),
              base | dict(n_features=40, several=True, skip=True, nan=1, failed=0.05)]
    cases = [("simple1", lambda: run_campaign(mecombo, ROOT / "examples/simple1",
                                              "output_megate")),
             ("the SSCx campaign", lambda: run_campaign(mecombo, SSCX, "output_select"))]
    cases += [(f"shape {i}", lambda i=i, shape=shape: run_case(mecombo, seed + i, shape))
              for i, shape in enumerate(shapes)]
    bad = 0
    for i, (name, case) in enumerate(cases):
        result = case()
        good = result.startswith("ok")
        bad += not good
        print(f"{'ok' if good else 'not ok'} {i + 1} - select, {name}: {result}")
    print(f"1..{len(cases)}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
