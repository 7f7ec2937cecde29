#!/usr/bin/env python3
"""Make a finished campaign of any size, to measure `mecombo select`.

usage: make_big_campaign.py FOLDER [--rows 1000000] [--scores 60] [--emodels 40]

Writes FOLDER/scores.sqlite in BluePyMM's form and FOLDER/select.json. Row contents are
drawn from a few thousand different ones per e-model, so that making them takes less time
than storing them; one row in a hundred failed.
"""
import argparse
import json
import pathlib
import random
import sqlite3

COLUMNS = """"index" INTEGER, layer TEXT, fullmtype TEXT, mtype TEXT, msubtype TEXT,
etype TEXT, morph_name TEXT, morph_ext TEXT, emodel TEXT, original_emodel TEXT,
morph_dir TEXT, scores TEXT, opt_scores TEXT, exception TEXT, to_run INTEGER,
is_exemplar INTEGER, is_repaired INTEGER, is_original INTEGER, submtype TEXT,
extra_values TEXT"""
MTYPES = [f"L{layer}_{kind}" for layer in (1, 23, 4, 5, 6)
          for kind in ("PC:A", "PC:B", "BC", "MC", "SBC")]
ETYPES = ["cADpyr", "cAC", "bAC", "cNAC", "bNAC", "dNAC", "cSTUT", "bSTUT", "dSTUT",
          "cIR", "bIR"]
FEATURES = ["AP_amplitude", "mean_frequency", "AHP_depth", "time_to_first_spike",
            "voltage_base", "ISI_CV"]
N_DIFFERENT = 2000
FAILURES = ["Traceback (most recent call last):\nNoAxon: the axon is too short\n",
            "Traceback (most recent call last):\nRuntimeError: run_timeout\n"]


def contents(rng, names):
    """Scores as JSON and as a row, extra values: what one finished evaluation leaves."""
    if rng.random() < 0.01:
        return json.dumps(None), [None] * len(names), rng.choice(FAILURES), "null"
    shift = rng.random() * 2.5
    values = [abs(rng.gauss(shift, 1.0)) for _ in names]
    extra = {"holding_current": -rng.random() / 5, "threshold_current": rng.random()}
    return json.dumps(dict(zip(names, values))), values, None, json.dumps(extra)


def make_rows(rng, options, names):
    """(row of `scores`, row of `score_values`), exemplars of each e-model first."""
    index = 0
    per_emodel = options.rows // options.emodels
    for e in range(options.emodels):
        emodel = f"{ETYPES[e % len(ETYPES)]}_model{e}"
        stock = [contents(rng, names) for _ in range(N_DIFFERENT)]
        good = next(c for c in stock if c[2] is None)
        for kind in range(4):
            yield (index, None, "L5_PC", "L5_PC", None, "e", f"exemplar{e}", ".asc",
                   emodel, emodel, "d", good[0], None if kind > 1 else good[0], None, 0, 1,
                   int(kind > 1), kind % 2, None, good[3]), good[1]
            index += 1
        for i in range(per_emodel):
            what = rng.choice(stock)
            fullmtype = rng.choice(MTYPES)
            mtype, _, sub = fullmtype.partition(":")
            yield (index, fullmtype[1], fullmtype, mtype, sub,
                   ETYPES[(e + i % 2) % len(ETYPES)], f"morphology{i % 10000:05d}", None,
                   emodel, emodel, "d", what[0], None, what[2], 0, 0, 1, 0, "",
                   what[3]), what[1]
            index += 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=1000000)
    parser.add_argument("--scores", type=int, default=60)
    parser.add_argument("--emodels", type=int, default=40)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    path = options.folder / "scores.sqlite"
    path.unlink(missing_ok=True)
    names = [f"mm.Step_{100 + 20 * (i // len(FEATURES))}.soma.v.{FEATURES[i % len(FEATURES)]}"
             for i in range(options.scores)]
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute(f"CREATE TABLE scores ({COLUMNS})")
    database.execute("CREATE TABLE score_values ("
                     + ", ".join(f'"{name}" REAL' for name in names) + ")")
    insert_row = f"INSERT INTO scores VALUES ({','.join('?' * 20)})"
    insert_values = f"INSERT INTO score_values VALUES ({','.join('?' * len(names))})"
    for row, values in make_rows(random.Random(1), options, names):
        database.execute(insert_row, row)
        database.execute(insert_values, values)
    database.execute('CREATE INDEX ix_scores_index ON scores ("index")')
    database.commit()
    database.close()
    (options.folder / "select.json").write_text(json.dumps({
        "scores_db": "scores.sqlite", "pdf_filename": "out/megating.pdf",
        "output_dir": "out", "emodels_hoc_dir": "hoc", "check_opt_scores": True,
        "plot_emodels_per_morphology": True,
        "megate_thresholds": [{"features": [".*"], "megate_threshold": 5},
                              {"fullmtype": ["L5.*"], "features": [".*ISI_CV"],
                               "megate_threshold": 4}]}, indent=1))


if __name__ == "__main__":
    main()
