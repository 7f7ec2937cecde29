#!/usr/bin/env python3
"""BluePyMM accepts examples/simple1 and gives the reference database; the Python twin of
its e-model, exported, scores as the example's own description.

Prints TAP. Uses bluepymm and python from PATH; MECOMBO names the program.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
EXAMPLE = os.path.join(ROOT, "examples/simple1/data/emodels")
TWIN = os.path.join(ROOT, "tests/peers/simple1_python/setup")


def bluepymm(prepare):
    environment = dict(os.environ, BLUEPYMM=shutil.which("bluepymm") or "bluepymm")
    done = subprocess.run([os.path.join(ROOT, "tests/peers/simple1-bluepymm"), prepare],
                          env=environment, capture_output=True, text=True)
    return done.returncode == 0, done.stdout + done.stderr


def scores(package):
    done = subprocess.run(
        [os.environ["MECOMBO"], "simulate", "--emodel-dir", package, "--emodel", "emodel2",
         "--morphology", os.path.join(EXAMPLE, "morphologies/morph2.asc")],
        check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["scores"]


def export():
    with tempfile.TemporaryDirectory() as work:
        package = os.path.join(work, "package")
        shutil.copytree(EXAMPLE, package, ignore=shutil.ignore_patterns("setup"))
        shutil.copytree(TWIN, os.path.join(package, "setup"))
        done = subprocess.run(
            [sys.executable, os.path.join(ROOT, "scripts/export_emodel.py"), package,
             "emodel1", "emodel2"], capture_output=True, text=True)
        if done.returncode != 0:
            return False, done.stderr
        exported, own = scores(package), scores(EXAMPLE)
        return exported == own, f"{exported} {own}"


def main():
    tests = [("bluepymm with the XML recipe", lambda: bluepymm("prepare.json")),
             ("bluepymm with the YAML recipe", lambda: bluepymm("prepare_yaml.json")),
             ("exported e-model", export)]
    failed = 0
    for number, (name, test) in enumerate(tests, 1):
        good, text = test()
        failed += not good
        if not good:
            print("# " + text.strip().replace("\n", "\n# "))
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
    print(f"1..{len(tests)}")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
