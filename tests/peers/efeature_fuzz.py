"""More traces for the comparison with eFEL: odd ones by hand, and random ones by seed."""

import numpy as np
from efeature_traces import grid, spikes, trace


def odd_cases():
    """Samples that are not numbers, very few samples, odd units and intervals."""
    t = grid(3001)
    v = spikes(t, [110, 130, 155, 185])
    for name, bad in (("nan", np.nan), ("inf", np.inf), ("minus_inf", -np.inf)):
        for at in (0, 500, 1101, 1500, 2500, 3000):
            w = v.copy()
            w[at] = bad
            yield trace(f"{name}{at}", t, w, 100, 200)
        w = v.copy()
        w[1200:1260] = bad
        yield trace(f"{name}_stretch", t, w, 100, 200, strict_stiminterval=True)
    yield trace("all_nan", t[:50], np.full(50, np.nan), 1, 3)
    yield trace("two_samples", [0.0, 0.1], [-70.0, 20.0], 0.0, 0.1)
    yield trace("two_far", [0.0, 1000.0], [-70.0, 20.0], 100, 900)
    yield trace("two_equal_times", [5.0, 5.0], [-70.0, 20.0], 4, 6)
    yield trace("two_falling", [0.0, 1.0], [20.0, -70.0], 0.2, 0.8)
    yield trace("one_sample", [3.0], [-70.0], 1, 5)
    for k, (start, end) in enumerate([(-50, 100), (-100, -50), (299.9, 300), (300, 400),
                                      (0, 300), (0, 1e6), (150.03, 150.04), (110, 110.05),
                                      (109.7, 185.4), (110.0, 185.0), (100.00001, 200)]):
        yield trace(f"interval{k}", t, v, start, end, strict_stiminterval=bool(k % 2))
    yield trace("volts", t, v / 1000, 100, 200, Threshold=-0.02)
    yield trace("huge", t, v * 1e30, 100, 200)
    yield trace("tiny", t, v * 1e-30, 100, 200, Threshold=-2e-29)
    yield trace("single", t.astype(np.float32), v.astype(np.float32), 100, 200)
    yield trace("single_text", [float(f"{x:.6g}") for x in t],
                [float(f"{x:.4g}") for x in v], 100, 200)
    yield trace("late", t + 1e6, v, 1e6 + 100, 1e6 + 200)
    yield trace("coarse", grid(60, 5.0), spikes(grid(60, 5.0), [110, 130, 155, 185]), 100,
                200)
    yield trace("fine", grid(40001, 0.005), spikes(grid(40001, 0.005), [110, 130, 155]),
                100, 180, interp_step=0.005)
    yield trace("all_equal_times", np.full(20, 7.0), np.linspace(-70, 20, 20), 5, 9)
    stairs = np.repeat(grid(300, 1.0), 2)
    yield trace("stairs", stairs, np.repeat(spikes(grid(300, 1.0), [110, 150]), 2), 100, 200)
    for k in (1, 2, 3):
        yield trace(f"touching{k}", t, np.minimum(v, -20.0 + 0.1 * (k - 2)), 100, 200)
    for step in (0.025, 0.1, 0.5, 3.0):
        yield trace(f"step{step}", t, v, 100, 200, interp_step=step,
                    strict_stiminterval=True)
        yield trace(f"step{step}_ramp", t, -70 + 0.2 * t, 100, 200, interp_step=step)


def random_times(rng):
    """Regular, irregular, with duplicates, or rounded to single precision."""
    n = int(rng.choice([rng.randint(2, 30), rng.randint(30, 400), rng.randint(400, 3000)]))
    dt = rng.choice([0.025, 0.05, 0.1, 0.1, 0.2, 0.5, 1.0])
    t = grid(n, dt)
    kind = rng.randint(5)
    if kind == 1:
        t = np.sort(rng.uniform(0, n * dt, n))
    elif kind == 2:
        t[rng.randint(0, n, 1 + n // 20)] = t[rng.randint(n)]
        t = np.sort(t)
    elif kind == 3:
        t = t.astype(np.float32).astype(float)
    return t + rng.choice([0.0, 0.0, -20.0, 0.0123, 5000.0])


def random_voltage(rng, t):
    span = t[-1] - t[0] + 1e-9
    times = np.sort(rng.uniform(t[0], t[-1] + 1e-9, rng.choice([0, 1, 2, 3, 6, 15, 40])))
    if rng.rand() < 0.3 and times.size:  # bursts
        times = np.sort(np.concatenate([times, times + 6, times + 13]))
    v = spikes(t, times, rest=rng.uniform(-90, -55), peak=rng.uniform(-25, 50),
               rise=rng.uniform(0.1, 1.5), fall=rng.uniform(0.1, 3),
               ahp=rng.uniform(-20, 5), ahp_tau=rng.uniform(1, 50))
    since = np.clip(t - t[0] - rng.uniform(0, 1) * span, 0, None)
    v = v + rng.choice([0, 0, -30, -10, 8, 60]) * (1 - np.exp(-since / rng.uniform(1, 80)))
    v = v + rng.choice([0, 0, 0, 0.01, 0.5, 10]) * rng.standard_normal(t.size)
    if rng.rand() < 0.2:
        v = np.where((t - t[0]) / span > rng.rand(), rng.uniform(-90, 30), v)
    if rng.rand() < 0.3:
        v = np.round(v, rng.randint(0, 4))
    return v.astype(np.float32).astype(float) if rng.rand() < 0.2 else v


RANDOM_SETTINGS = dict(
    strict_stiminterval=[True, False], Threshold=[-30.0, -10.0, -55.0, 0.0],
    interp_step=[0.025, 0.05, 0.1, 0.25, 0.5], precision_threshold=[1e-10, 1e-3, 1.0],
    sahp_start=[1.0, 5.0, 15.0], ignore_first_ISI=[True, False],
    DerivativeThreshold=[5.0, 10.0, 50.0], DownDerivativeThreshold=[-40.0, -12.0, -1.0],
    DerivativeWindow=[1, 3, 6], strict_burst_factor=[1.2, 2.0, 4.0],
    burst_factor=[1.1, 1.5, 3.0], voltage_base_mode=["mean", "median"],
    current_base_mode=["mean", "median"], voltage_base_start_perc=[0.0, 0.5, 0.9],
    voltage_base_end_perc=[0.95, 1.0], current_base_start_perc=[0.1, 0.9],
    initial_perc=[0.01, 0.1, 0.5], spike_skipf=[0.0, 0.1, 0.5], max_spike_skip=[0, 2, 9],
    initburst_freq_threshold=[10, 50, 200], initburst_sahp_start=[1, 5],
    initburst_sahp_end=[20, 100], AP_phaseslope_range=[0, 1, 2, 7],
    inactivation_tc_end_skip=[0, 10, 60], impedance_max_freq=[10.0, 50.0, 400.0],
    depol_block_min_duration=[1.0, 50.0], min_spike_height=[5.0, 20.0],
    rise_start_perc=[0.0, 0.2], rise_end_perc=[0.8, 1.0], stimulus_current=[-0.3, 0.2],
    decay_start_after_stim=[0.0, 1.0], decay_end_after_stim=[5.0, 40.0], offset=[1.0, 30.0])


def random_case(seed):
    rng = np.random.RandomState(seed)
    t = random_times(rng)
    v = random_voltage(rng, t)
    low, high = np.sort(rng.uniform(-0.05, 1.1, 2))
    if rng.rand() < 0.3:
        low, high = 0.25, 0.75
    span = t[-1] - t[0]
    current = rng.choice([0.0, 0.1]) + (t > t[0] + low * span) * rng.uniform(-1, 1)
    settings = {}
    for key, choices in RANDOM_SETTINGS.items():
        if rng.rand() < 0.25:
            settings[key] = choices[rng.randint(len(choices))]
    start = t[0] + low * span
    return trace(f"random_seed{seed}", t, v, start, max(t[0] + high * span, start + 0.01),
                 i=current if rng.rand() < 0.5 else None, **settings)


def all_traces(first_seed=1, n_random=100):
    yield from odd_cases()
    for seed in range(first_seed, first_seed + n_random):
        yield random_case(seed)
