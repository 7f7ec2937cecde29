#!/usr/bin/env python3
"""scripts/export_emodel.py with BluePyOpt 1.12.63 and with the newest of PyPI.

The package in export_python uses the classes that both versions have. Both versions must
write the same description, and mecombo's scores of it must equal, with ==, those that
BluePyOpt 1.12.63 gives the Python package. The newest BluePyOpt is installed into a
throw-away environment; MECOMBO_NEWEST_PYTHON names one that has it. Prints TAP.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import venv

ROOT = pathlib.Path(__file__).resolve().parents[2]
SMALL = ROOT / "tests/unit/evaluate/main_hh/morphologies/small.asc"
PARAMS = {"cm": 1.1, "gnabar": 0.21, "gkbar": 0.11}


def make_package(folder):
    shutil.copytree(ROOT / "tests/peers/export_python", folder)
    shutil.copy(SMALL, folder)
    (folder / "final.json").write_text(json.dumps({"twin": {"params": PARAMS}}))


def newest_python(work):
    """The Python of an environment with the newest BluePyOpt."""
    given = os.environ.get("MECOMBO_NEWEST_PYTHON")
    if given:
        return given
    venv.create(work / "newest", with_pip=True)
    python = work / "newest/bin/python"
    subprocess.run([python, "-m", "pip", "install", "--quiet",
                    "--disable-pip-version-check", "setuptools<80", "bluepyopt"],
                   check=True)
    return str(python)


def export(python, package, out):
    """The description that this Python's BluePyOpt gives, and the version."""
    subprocess.run([python, ROOT / "scripts/export_emodel.py", "--output", out, package,
                    "twin"], check=True, stdout=subprocess.DEVNULL)
    version = subprocess.run(
        [python, "-c", "import importlib.metadata as m; print(m.version('bluepyopt'))"],
        check=True, capture_output=True, text=True).stdout.strip()
    return json.loads(out.read_text()), version


def main():
    mecombo = os.environ.get("MECOMBO", ROOT / "build/mecombo")
    failed = 0

    def report(number, good, name, text=""):
        nonlocal failed
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
        if not good:
            print(f"# {text}")

    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        package, ours = work / "package", work / "ours"
        make_package(package)
        old, old_version = export(sys.executable, package, work / "old.json")
        report(1, old_version == "1.12.63", f"exported by BluePyOpt {old_version}")
        new, new_version = export(newest_python(work), package, work / "new.json")
        report(2, new == old, f"BluePyOpt {new_version} exports the same")
        (ours / "setup").mkdir(parents=True)
        shutil.copy(work / "new.json", ours / "setup/emodel.json")
        shutil.copy(package / "final.json", ours)
        subprocess.run([mecombo, "simulate", "--emodel-dir", ours, "--emodel", "twin",
                        "--morphology", SMALL, "--scores", work / "ours.json"],
                       check=True)
        subprocess.run([sys.executable, ROOT / "tests/peers/evaluate_python.py", package,
                        "twin", SMALL, "none", work / "theirs.json"], check=True,
                       stderr=subprocess.DEVNULL)
        got = json.loads((work / "ours.json").read_text())["scores"]
        want = json.loads((work / "theirs.json").read_text())["scores"]
        report(3, got == want and len(want) == 5, "scores of the description and of "
               "the Python package are equal", f"{got} {want}")
    print("1..3")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
