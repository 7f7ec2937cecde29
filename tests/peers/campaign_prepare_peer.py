#!/usr/bin/env python3
"""Compare the table that mecombo's prepare makes with BluePyMM's, for random campaigns.

usage: campaign_prepare_peer.py [SEED]
Prints TAP. Needs bluepymm and h5py; MECOMBO names the program.

Recipes in XML, YAML and mvd3, maps with several e-models per type and all kinds of
patterns, both settings of skip_repaired_exemplar. Table, types, NULLs, index and order
must be equal; so must final.json.
"""
import contextlib
import io
import json
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import h5py
import numpy

from bluepymm import tools
from bluepymm.prepare_combos import create_mm_sqlite

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAYERS = ["1", "2", "23"]
MTYPES = [("L1_X", ""), ("L23_PC", "A"), ("L23_PC", "B"), ("L5_TPC", "")]
ETYPES = ["cAC", "cACint", "bNAC", "dSTUT"]
ETYPE_PATTERNS = [".*", "cAC", "cAC.*", "cAC|cACint", "b.*|d.*", "cACint|cAC", "^b", "cAC$"]
MTYPE_PATTERNS = [".*", "L23_PC.*", "L1_X", "L.*", "L23_PC:A|L5_TPC"]
MORPH_PATTERNS = [".*", "m1", "m[0-5]", "ex", "m.*0$"]


def full(mtype):
    return mtype[0] if mtype[1] == "" else ":".join(mtype)


def write_neurondb(path, names):
    path.mkdir(parents=True, exist_ok=True)
    lines = ["<neurondb><listing>"]
    for name, (mtype, msubtype), layer in names:
        lines.append(f"<morphology><name>{name}</name><mtype>{mtype}</mtype>"
                     f"<msubtype>{msubtype}</msubtype><layer>{layer}</layer>"
                     "<use_axon>true</use_axon></morphology>")
    (path / "neuronDB.xml").write_text("\n".join(lines + ["</listing></neurondb>"]))


def write_recipe(rng, folder, kind, combos):
    if kind == "xml":
        lines = ["<blueColumn><NeuronTypes>"]
        for layer, mtype, etypes in combos:
            lines.append(f'<Layer id="{layer}" percentage="50">'
                         f'<StructuralType id="{full(mtype)}" percentage="3">')
            lines += [f'<ElectroType id="{e}" percentage="9.5"/>' for e in etypes]
            lines.append("</StructuralType><Other/></Layer>")
        text = "\n".join(lines + ["</NeuronTypes></blueColumn>"])
        (folder / "recipe.xml").write_text(text)
        return "recipe.xml"
    lines = ["version: v2.0", "neurons:"]
    for layer, mtype, etypes in combos:
        lines += ["- density: 5", "  traits:", f"    layer: {layer}",
                  f"    mtype: {full(mtype)}",
                  "    etype: {" + ", ".join(f"{e}: 0.5" for e in etypes) + "}"]
    (folder / "recipe.yaml").write_text("\n".join(lines) + "\n")
    return "recipe.yaml"


def write_mvd3(rng, folder, combos, n):
    cells = []
    for _ in range(n):
        layer, mtype, etypes = rng.choice(combos)
        cells.append((layer, full(mtype), rng.choice(etypes), f"m{rng.randrange(30)}"))
    library = [sorted({c[k] for c in cells}) for k in range(4)]
    with_layers = rng.random() < 0.5
    with h5py.File(folder / "circuit.mvd3", "w") as f:
        for k, name in enumerate(("layer", "mtype", "etype", "morphology")):
            if name == "layer" and not with_layers:
                f["cells/properties/layer"] = [int(c[0]) for c in cells]
                continue
            f[f"cells/properties/{name}"] = numpy.array(
                [library[k].index(c[k]) for c in cells], dtype="u2")
            f[f"library/{name}"] = numpy.array(library[k],
                                               dtype=h5py.string_dtype())


def make_campaign(rng, folder, kind):
    combos = [(layer, mtype, rng.sample(ETYPES, rng.randint(1, 3)))
              for layer in LAYERS for mtype in MTYPES if rng.random() < 0.8]
    names = [(f"m{i}", m, layer) for i in range(30)
             for layer, m, _ in [rng.choice(combos)]]
    write_neurondb(folder / "morphs", names)
    shutil.copytree(ROOT / "examples/simple1/data/emodels", folder / "emodels")
    asc = (folder / "emodels/morphologies/morph1.asc").read_text()
    originals = [f"orig{k}" if rng.random() < 0.5 else f"em{k}" for k in range(5)]
    final, etype_map, exemplars = {}, {}, []
    for k, original in enumerate(originals):
        name = f"ex{k}"
        exemplars.append((name, rng.choice(MTYPES), "1"))
        (folder / "emodels/morphologies" / f"{name}.asc").write_text(asc)
        (folder / "rep").mkdir(exist_ok=True)
        (folder / "rep" / f"{name}.asc").write_text(asc)
        final[original] = {"params": {"cm": 0.5 + k}, "morph_path": f"morphologies/{name}.asc",
                           "fitness": {"Step1.SpikeCount": rng.random() * 10 ** rng.randint(-9, 9),
                                       "b": 20.0, "a": 3}, "githash": "å", "rank": k}
        etype_map[original] = {"mm_recipe": f"em{k}", "layer": rng.sample([1, 2, "23", 4], 3),
                               "etype": rng.choice(ETYPE_PATTERNS)}
        if rng.random() < 0.6:
            etype_map[original]["mtype"] = rng.choice(MTYPE_PATTERNS)
        if rng.random() < 0.6:
            etype_map[original]["morph_name"] = rng.choice(MORPH_PATTERNS)
    # the last e-model serves everything, so that no combination stays without
    etype_map[originals[-1]] = {"mm_recipe": "em4", "layer": LAYERS, "etype": ".*"}
    write_neurondb(folder / "rep", exemplars)
    (folder / "emodels/final.json").write_text(json.dumps(final))
    (folder / "emodels/emodel_etype_map.json").write_text(json.dumps(etype_map))
    config = {"tmp_dir": "tmp", "emodels_dir": "emodels", "final_json_path": "final.json",
              "emodel_etype_map_path": "emodel_etype_map.json", "morph_path": "./morphs",
              "rep_morph_path": "rep", "emodels_hoc_dir": "out/hoc", "output_dir": "out",
              "scores_db": "out/scores.sqlite",
              "skip_repaired_exemplar": rng.random() < 0.3}
    if rng.random() < 0.3:
        config["unrep_morph_path"] = "./emodels/morphologies"
    if kind == "mvd3":
        write_mvd3(rng, folder, combos, 200)
        config["circuitmvd3_path"] = "circuit.mvd3"
    else:
        config["recipe_path"] = write_recipe(rng, folder, kind, combos)
    (folder / "prepare.json").write_text(json.dumps(config))
    return config, final, etype_map


def bluepymm_table(config, final, etype_map):
    dirs = json.loads(pathlib.Path("out/emodel_dirs.json").read_text())
    common = (config["morph_path"], config["rep_morph_path"],
              config.get("unrep_morph_path"), etype_map, final, dirs)
    with contextlib.redirect_stdout(io.StringIO()):
        if "circuitmvd3_path" in config:
            create_mm_sqlite.create_mm_sqlite_circuitmvd3(
                "want.sqlite", config["circuitmvd3_path"], *common,
                skip_repaired_exemplar=config["skip_repaired_exemplar"])
        else:
            create_mm_sqlite.create_mm_sqlite(
                "want.sqlite", config["recipe_path"], *common,
                skip_repaired_exemplar=config["skip_repaired_exemplar"])


def contents(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        schema = connection.execute(
            "select sql from sqlite_master where tbl_name = 'scores' order by name").fetchall()
        return schema, connection.execute("select * from scores order by rowid").fetchall()


def run_case(mecombo, seed, kind):
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        os.chdir(folder)
        config, final, etype_map = make_campaign(rng, folder, kind)
        done = subprocess.run([mecombo, "--quiet", "prepare", "prepare.json"],
                              capture_output=True, text=True)
        if done.returncode != 0:
            return done.stderr
        bluepymm_table(config, final, etype_map)
        got, want = contents("out/scores.sqlite"), contents("want.sqlite")
        if got[0] != want[0]:
            return f"schema differs: {got[0]} {want[0]}"
        if got[1] != want[1]:
            row = next(i for i, (a, b) in enumerate(zip(got[1] + [None], want[1] + [None]))
                       if a != b)
            return f"row {row} of {len(got[1])}, {len(want[1])} differs: " \
                   f"{got[1][row:row + 1]} {want[1][row:row + 1]}"
        tools.write_json(".", "want.json", final)
        if pathlib.Path("want.json").read_bytes() != pathlib.Path(
                "out/final.json").read_bytes():
            return "final.json differs"
        return f"ok, {len(want[1])} rows"


def main():
    mecombo = os.path.abspath(os.environ["MECOMBO"])
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    cases = [(seed + i, kind) for i in range(8) for kind in ("xml", "yaml", "mvd3")]
    bad = 0
    for i, (case_seed, kind) in enumerate(cases):
        result = run_case(mecombo, case_seed, kind)
        good = result.startswith("ok")
        bad += not good
        print(f"{'ok' if good else 'not ok'} {i + 1} - prepare {kind}: {result}")
    print(f"1..{len(cases)}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
