#!/usr/bin/env python3
"""Time mecombo's features against efel 5.7.34's on the same trace in the same run.

Usage: efeature_bench.py BENCH_PROGRAM    (tests/bench/bench_efeature.c, linked)

The trace: 3 s at 0.1 ms with spikes. eFEL gets its arrays ready made; it is timed for one
call with all names of the set, and for one call per name, as BluePyOpt does.
"""

import subprocess
import sys
import tempfile
import time
import warnings

import efel
import numpy as np

SSCX = """Spikecount AP_amplitude AP1_amp AP2_amp APlast_amp AHP_depth AHP_depth_abs
AP_duration_half_width mean_frequency inv_first_ISI inv_second_ISI inv_third_ISI
inv_fourth_ISI inv_fifth_ISI inv_last_ISI time_to_first_spike time_to_second_spike
time_to_last_spike inv_time_to_first_spike ISI_CV burst_number voltage_base
steady_state_voltage_stimend ohmic_input_resistance_vb_ssse voltage_deflection
voltage_deflection_begin voltage_after_stim maximum_voltage_from_voltagebase
decay_time_constant_after_stim peak_time""".split()


def make_trace():
    t = 0.1 * np.arange(30001)
    since = np.mod(t - 710.0, 90.0)
    v = -70.0 + 0.05 * np.sin(0.1 * t)
    on = (t > 700) & (t < 2700)
    v += on * (10.0 - 18.0 * np.exp(-since / 30.0))
    v += on * 100.0 * np.exp(-0.5 * ((since - 3.0) / np.where(since < 3, 0.4, 0.8)) ** 2)
    return t, v


def best(run, n):
    """Least processor time of n runs, ms."""
    times = []
    for _ in range(n):
        start = time.process_time()
        run()
        times.append(1e3 * (time.process_time() - start))
    return min(times)


def main():
    warnings.simplefilter("ignore")
    t, v = make_trace()
    trace = {"T": t, "V": v, "stim_start": [700.0], "stim_end": [2700.0],
             "stimulus_current": [0.1]}
    together = best(lambda: efel.get_feature_values([trace], SSCX, raise_warnings=False), 5)
    alone = best(lambda: [efel.get_feature_values([trace], [name], raise_warnings=False)
                          for name in SSCX], 3)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        np.savetxt(file, np.column_stack([t, v]))
        file.flush()
        text = subprocess.run([sys.argv[1], file.name], check=True, capture_output=True,
                              text=True).stdout
    print(text, end="")
    ours = {line.split()[0]: float(line.split()[-2]) for line in text.splitlines()}
    print(f"efel, SSCx set, one call           {together:10.3f} ms  "
          f"{together / ours['SSCx']:7.0f} times mecombo's")
    print(f"efel, SSCx set, one call per name  {alone:10.3f} ms  "
          f"{alone / ours['SSCx']:7.0f} times mecombo's")


if __name__ == "__main__":
    main()
