#!/usr/bin/env python3
"""Check that a .h5 morphology counts as what MorphIO's conversion to .asc gives.

usage: morphology_h5.py MECOMBO FILE.asc...   (needs `pip install morphio`)

Each file is written as .h5 by MorphIO, that as .asc by MorphIO (as morph-tool does); the
geometry that mecombo gives for the two must be the same text. Prints TAP.
"""

import os
import subprocess
import sys
import tempfile

import morphio
from morphio.mut import Morphology


def geometry(program, path):
    """The JSON without the line that names the file."""
    subprocess.run([program, "morphology", path, "--nseg-length", "5", "--json",
                    path + ".json"], stdout=subprocess.DEVNULL, check=True)
    with open(path + ".json", encoding="utf8") as f:
        return f.read().split("\n", 1)[1]


def main():
    program, files = sys.argv[1], sys.argv[2:]
    failed = 0
    morphio.set_maximum_warnings(0)
    with tempfile.TemporaryDirectory() as folder:
        for i, source in enumerate(files, 1):
            base = os.path.join(folder, "cell")
            Morphology(source).write(base + ".h5")
            cell = Morphology(base + ".h5")
            for section in cell.iter():
                section.perimeters = []
            cell.write(base + ".asc")
            same = geometry(program, base + ".h5") == geometry(program, base + ".asc")
            failed += not same
            print("%s %d - %s" % ("ok" if same else "not ok", i, os.path.basename(source)))
    print("1..%d" % len(files))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
