#!/usr/bin/env python3
"""Geometry of the published morphologies, here and in NEURON: every number ==.

usage: morphology_release.py RELEASE [N] [SEED]

RELEASE is a clone of SSCxEModelExamples, whose validation/input/morphologies hold a
thousand; N of them (default 100), drawn with SEED, are compared as morphology_peer.py
does, with each way to treat the axon. Run it with the peers' python; MECOMBO names the
program. Prints TAP.
"""

import pathlib
import random
import sys

import morphology_peer


def main():
    folder = pathlib.Path(sys.argv[1]) / "validation/input/morphologies"
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    files = sorted(str(path) for path in folder.glob("*.asc"))
    if len(files) < n:
        sys.exit(f"{folder}: {len(files)} morphologies, not {n}")
    random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1).shuffle(files)
    sys.argv[1:] = files[:n]
    return morphology_peer.main()


if __name__ == "__main__":
    sys.exit(main())
