#!/usr/bin/env python3
"""Write tests/unit/efeature/data/reference.txt: traces and efel 5.7.34's features of them.

Traces are thinned out to rounded samples that matter; eFEL's interpolation fills them up
again. Features are hexadecimal floats. The format, line by line:

    trace NAME N STIM_START STIM_END CURRENT     CURRENT: 1 with a third column
    set KEY TEXT
    T V [I]                                      N lines
    feature NAME VALUE...
    none NAME...                                 where eFEL gives None, [] or raises
    end

Run with the Python that has efel and NEURON, on a processor with AVX-512; the result is
committed.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import efeature_peer  # noqa: E402
import efeature_traces  # noqa: E402
import numpy as np  # noqa: E402

OUT = os.path.join(HERE, "..", "unit", "efeature", "data", "reference.txt")

CHOSEN = ["regular1", "regular5", "regular12", "random2", "bursts1", "bursts2", "bursts7",
          "step2", "step4", "channel0", "tail1", "zap1", "flat", "start_zero_strict",
          "spike_at_end", "cut_in_fall", "before_and_after", "before_and_after_strict",
          "only_after", "stim_beyond", "plateau_strict", "rounded", "depol_block",
          "hyperpolarised_gap", "samples1", "samples2", "samples8", "duplicates",
          "duplicate_first", "settings0", "settings5", "settings13", "settings14",
          "settings17", "settings24", "settings30", "hh9", "hh18", "hh26", "hh30"]


def thin(case):
    """Every 40th sample, and those where the voltage bends; rounded."""
    t, v = case["t"], case["v"]
    bend = np.abs(np.diff(v, 2, prepend=v[0], append=v[-1]))
    keep = bend > 0.5
    keep |= np.roll(keep, 1) | np.roll(keep, -1)
    keep[::40] = True
    keep[[0, min(1, t.size - 1), -1]] = True
    keep[t.size // 3:t.size // 3 + 3] = True
    if case["name"].startswith("duplicates"):
        keep[[999, 1000, 1500, 1501, 1502]] = True
    if t.size < 60:
        keep[:] = True
    current = None if case["i"] is None else np.round(np.asarray(case["i"])[keep], 5)
    return dict(case, t=np.round(t[keep], 3), v=np.round(v[keep], 3), i=current)


def write_case(out, case, names):
    out.write(f"trace {case['name']} {case['t'].size} {case['start'].hex()} "
              f"{case['end'].hex()} {int(case['i'] is not None)}\n")
    for key, value in case["settings"].items():
        text = ",".join(map(repr, value)) if isinstance(value, list) else value
        out.write(f"set {key} {text}\n")
    columns = [case["t"], case["v"]] + ([case["i"]] if case["i"] is not None else [])
    for row in zip(*columns):
        out.write(" ".join(repr(float(x)) for x in row) + "\n")
    asked = list(names)
    if case["name"].startswith("tail"):
        asked.remove("sag_time_constant")  # read from behind the trace, where 0 is not 0
    none = []
    for name, (kind, values) in efeature_peer.efel_values(case, asked).items():
        if values:
            out.write(f"feature {name} " + " ".join(x.hex() for x in values) + "\n")
        elif kind != "crash":
            none.append(name)
    out.write(f"none {' '.join(none)}\nend\n")


def main():
    import efel

    names = [n for n in sorted(set(efel.get_feature_names()))
             if n not in efeature_peer.WHOLE]
    cases = {case["name"]: case for case in efeature_traces.all_traces()}
    os.makedirs(os.path.dirname(OUT), exist_ok=True)
    with open(OUT, "w", encoding="ascii") as out:
        out.write(f"# efel {efel.__version__}, made by "
                  "tests/peers/efeature_make_reference.py\n")
        for name in CHOSEN:
            write_case(out, thin(cases[name]), names)
    print(OUT, os.path.getsize(OUT), "bytes")


if __name__ == "__main__":
    main()
