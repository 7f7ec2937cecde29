"""Where the time of a cell's steps goes, and the least it could be (for cell_bench.py)."""

import collections
import os
import pathlib
import re
import shutil
import subprocess
import time

import numpy

GROUPS = {
    "tree": "hines axial end_axial end_voltages diagonal v_derivative v_residual "
            "add_solution cell_diagonal cell_zero_area_voltages",
    "Nernst": "nernst log_all nernst_on cell_begin_ions",
    "norms": "cell_norm blend cell_norm_of_sum",
    "history": "advance correct residual add_scaled scale cell_bdf_predict",
}
GROUP_OF = {name: group for group, names in GROUPS.items() for name in names.split()}
FLOOR_MOD = """NEURON { SUFFIX floor NONSPECIFIC_CURRENT i RANGE x, y }
PARAMETER { x = 0.5 }
ASSIGNED { v (mV) i (mA/cm2) y }
BREAKPOINT { y = %s
 i = y }
"""
N_EXP = 8


def group_of(dso, symbol):
    if dso == "[kernel.kallsyms]":
        return "kernel"
    if dso.startswith("libm."):
        return "libm"
    if re.fullmatch(r".*-[0-9a-f]{16,}\.so", dso):
        return dso.rsplit("-", 1)[0]
    if dso == "cell_driver" and symbol.startswith(("kernel_", "mec_")):
        return "pas"
    return GROUP_OF.get(symbol, "rest")


def shares(driver, lines, environment):
    """Percent of the samples by group, largest first; None without perf."""
    if shutil.which("perf") is None:
        return None
    data = f"{driver}.perf-{os.getpid()}"
    try:
        subprocess.run(["perf", "record", "-q", "-F", "2000", "-o", data, driver, "--times"],
                       input="\n".join(lines) + "\n", capture_output=True, text=True,
                       check=True, env={**os.environ, **environment})
        report = subprocess.run(
            ["perf", "report", "-i", data, "--stdio", "--no-children", "--sort",
             "dso,symbol", "-t", "|"], capture_output=True, text=True, check=True).stdout
    except subprocess.CalledProcessError:
        return None
    finally:
        pathlib.Path(data).unlink(missing_ok=True)
    found = collections.Counter()
    for line in report.splitlines():
        part = [word.strip() for word in line.split("|")]
        if len(part) >= 3 and not line.startswith("#"):
            found[group_of(part[1], part[2].split()[-1])] += float(part[0].rstrip("%"))
    return found.most_common()


def print_shares(driver, lines, environment):
    found = shares(driver, lines, environment)
    if found is None:
        print("    (no shares: perf is not installed or may not be used)")
    else:
        print("    " + ", ".join(f"{name} {part:.0f} %" for name, part in found if part >= 0.5))


def exps_in(mod_file):
    """How many exponentials the text of a mechanism evaluates per instance."""
    text = re.sub(r"COMMENT.*?ENDCOMMENT", "", mod_file.read_text(), flags=re.S)
    text = re.sub(r"TITLE.*|:.*", "", text)
    return len(re.findall(r"\bexp\s*\(", text))


def exp_ns(mecombo, bench, folder):
    """Nanoseconds of one vector exponential, measured with a mechanism of nothing else."""
    folder = pathlib.Path(folder)
    folder.mkdir()
    terms = " + ".join(f"exp({k + 1}*x)" for k in range(N_EXP))
    (folder / "floor.mod").write_text(FLOOR_MOD % terms)
    subprocess.run([mecombo, "--quiet", "mechanisms", "compile", folder, "-o",
                    folder / "built"], check=True, stdout=subprocess.DEVNULL)
    text = subprocess.run([bench, folder / "built"], check=True, capture_output=True,
                          text=True).stdout
    return float(re.search(r"floor +current +([\d.]+)", text)[1]) / N_EXP


def floors(instances, folder, ns, states):
    """Microseconds per step that exponentials and vectors alone take: (fixed, variable).

    instances: mechanism -> number; states: number of equations. A fixed step evaluates the
    exponentials of the texts once and one more for each gate; a variable step evaluates
    the texts 1.37 times (counted on C060114A5), and reads or writes 8 vectors per step and
    7 per evaluation, each with one number per equation.
    """
    exps = gates = 0
    for name, n in instances.items():
        mod = pathlib.Path(folder) / f"{name}.mod"
        if mod.exists():
            count = exps_in(mod)
            exps += n * count
            gates += n * len(re.findall(r"\w+'\s*=", mod.read_text()))
    evaluations = 1.37
    moved = 8 * states * (8 + 7 * evaluations)
    return (1e-3 * ns * (exps + gates),
            1e-3 * ns * exps * evaluations + 1e6 * moved / bandwidth())


def bandwidth():
    """Bytes per second of passes over vectors of the size that a cell has."""
    a, b = numpy.ones(20000), numpy.ones(20000)
    best = 1e9
    for _ in range(200):
        start = time.perf_counter()
        numpy.add(a, b, out=a)
        best = min(best, time.perf_counter() - start)
    return 3 * a.nbytes / best
