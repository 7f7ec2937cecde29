"""One me-combination by `mecombo simulate` and by the package's own Python and NEURON."""

import json
import pathlib
import subprocess
import sys

PEER = pathlib.Path(__file__).resolve().parent / "evaluate_python.py"


def result(command, out):
    """What the command wrote to out, or None if it ended with an exception."""
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, check=False)
    if not out.exists():
        print("#", done.stderr.strip().rsplit("\n", 1)[-1][:150])
        return None
    made = json.loads(out.read_text())
    return made if made["scores"] else None


def cell(mecombo, package, emodel, morphology, point, stem):
    """Number of scores that the peers give, and whether ours and the currents equal them.

    point: apical section or None; stem: path in a scratch folder for what both write. An
    evaluation that ends with an exception must do so on both sides.
    """
    files = [stem.with_suffix(suffix) for suffix in (".want", ".got")]
    want = result([sys.executable, PEER, package, emodel, morphology,
                   "none" if point is None else str(point), files[0]], files[0])
    got = result([mecombo, "simulate", "--emodel-dir", package, "--emodel", emodel,
                  "--morphology", morphology, "--scores", files[1]]
                 + ([] if point is None else ["--apical-point", str(point)]), files[1])
    equal = (got is None) == (want is None) and (got is None or all(
        got[key] == want[key] for key in ("scores", "extra_values")))
    return len(want["scores"]) if want else 0, equal
