#!/usr/bin/env python3
"""Scores with --free-rounding: within the noise of NEURON's own rounding.

usage: evaluate_free_peer.py [MECOMBO [MECHANISMS]]

Three cells of the published L5 campaign with the mechanisms of examples/l5tpc or those in
the folder MECHANISMS.
../shared/reference/scores/noise.json has every score three times, with a conductance moved by a
relative 1e-14; its band is largest minus smallest. Allowed is three times the band of the
score, or the largest band of its feature over all cells and steps. That some score differs
from the exact one shows that the switch does something.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
CAMPAIGN = SHARED / "campaigns/sscx-l5tpc"
# Scores that come out equal in all three runs have no band; rounding is allowed them.
ROUNDING = 1e-9


def simulate(mecombo, package, cell, out, *options):
    subprocess.run([mecombo, "simulate", "--emodel-dir", package, "--emodel",
                    "cADpyr_L5TPC", "--morphology", CAMPAIGN / "morphologies" / f"{cell}.asc",
                    "--scores", out, *options], check=True, capture_output=True)
    return json.loads(pathlib.Path(out).read_text())["scores"]


def largest_bands(cells):
    """The largest band of each feature, by its name after the location."""
    largest = {}
    for scores in cells.values():
        for name, entry in scores.items():
            feature = name.rsplit(".", 1)[1]
            largest[feature] = max(largest.get(feature, 0.0), entry["band"])
    return largest


def check(number, cell, got, exact, bands, largest):
    worst, bad = "", 0
    for name, entry in bands.items():
        allowed = max(3 * entry["band"], largest[name.rsplit(".", 1)[1]], ROUNDING)
        difference = abs(got[name] - entry["values"][0])
        if not difference <= allowed:
            bad += 1
            worst += f"# {name}: {got[name]!r}, off by {difference:.3g} of {allowed:.3g}\n"
    moved = sum(got[name] != exact[name] for name in exact)
    if moved == 0:
        worst += "# no score differs from the exact one\n"
    good = bad == 0 and moved > 0 and len(got) == len(bands)
    print(f"{'ok' if good else 'not ok'} {number} - {cell}: {len(got)} scores within the "
          f"band, {moved} not exactly equal\n{worst}", end="")
    return good


def main():
    mecombo = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build/mecombo"
    mechanisms = sys.argv[2] if len(sys.argv) > 2 else ROOT / "examples/l5tpc/mechanisms"
    cells = json.loads((SHARED / "reference/scores/noise.json").read_text())["cells"]
    largest = largest_bands(cells)
    good = True
    print(f"1..{len(cells)}")
    with tempfile.TemporaryDirectory() as name:
        package = pathlib.Path(name) / "package"
        shutil.copytree(CAMPAIGN / "emodels_dir/singlecell-optimization", package)
        os.chmod(package, 0o755)
        shutil.copytree(mechanisms, package / "mechanisms",
                        dirs_exist_ok=True)
        for number, (cell, bands) in enumerate(cells.items(), 1):
            scores = os.path.join(name, "scores.json")
            exact = simulate(mecombo, package, cell, scores)
            free = simulate(mecombo, package, cell, scores, "--free-rounding")
            good = check(number, cell, free, exact, bands, largest) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
