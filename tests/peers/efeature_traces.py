"""Traces for the comparison with eFEL: synthetic edges, NEURON cells, reference traces.

Each trace is a dict: name, t, v (arrays), i (array or None), start, end (ms) and settings.
"""

import os

import numpy as np

REFERENCE = os.path.join(os.path.dirname(__file__), "..", "..", "..", "shared",
                         "reference", "traces", "C060114A5.h5")


def trace(name, t, v, start, end, i=None, **settings):
    return dict(name=name, t=np.asarray(t, float), v=np.asarray(v, float), i=i,
                start=float(start), end=float(end), settings=settings)


def spikes(t, times, rest=-70.0, peak=30.0, rise=0.4, fall=0.8, ahp=-12.0, ahp_tau=15.0):
    """Rest plus spikes with a fast rise, a slower fall and an afterhyperpolarisation."""
    v = np.full_like(t, rest)
    for k, time in enumerate(times):
        u = t - time
        up = (peak - rest) * np.exp(-0.5 * (u / np.where(u < 0, rise, fall)) ** 2)
        after = np.where(u > 0, ahp * (u / ahp_tau) * np.exp(1 - u / ahp_tau), 0.0)
        v = v + up * (1 - 0.01 * (k % 5)) + after
    return v


def grid(n, dt=0.1):
    return np.arange(n) * dt


def regular_cases(rng):
    t = grid(10001)
    for n in range(0, 14):
        times = 210 + 550 * np.arange(n) / max(n, 1)
        yield trace(f"regular{n}", t, spikes(t, times), 200, 800)
    for seed in range(30):
        n = rng.randint(2, 40)
        times = np.sort(rng.uniform(150, 900, n))
        v = spikes(t, times, rest=rng.uniform(-80, -60), peak=rng.uniform(5, 50),
                   ahp=rng.uniform(-20, 0), ahp_tau=rng.uniform(3, 30))
        noise = rng.choice([0.0, 0.01, 0.5])
        yield trace(f"random{seed}", t, v + noise * rng.standard_normal(t.size), 200, 800,
                    strict_stiminterval=bool(seed % 2), Threshold=-30.0 + seed)


def bursting_cases(rng):
    t = grid(20001)
    for seed in range(24):
        times = []
        at = 205.0
        while at < 1700:
            for _ in range(rng.randint(2, 6)):
                times.append(at)
                at += rng.uniform(5, 12)
            at += rng.uniform(60, 250)
        v = spikes(t, times, ahp=rng.uniform(-15, -3), ahp_tau=rng.uniform(4, 40))
        v += 0.02 * rng.standard_normal(t.size) if seed % 3 == 0 else 0
        yield trace(f"bursts{seed}", t, v, 200, 1600,
                    strict_stiminterval=bool(seed % 2), ignore_first_ISI=seed % 4 < 2,
                    strict_burst_factor=1.5 + 0.25 * (seed % 3))


def step_cases(rng):
    t = grid(8001)
    for seed in range(24):
        amp = rng.uniform(-40, 10)
        tau = rng.uniform(3, 60)
        sag = rng.uniform(0, 8) * (amp < 0)
        on = np.clip((t - 200) / 1e9, 0, 1) * 0 + (t >= 200) * (t < 600)
        charge = amp * (1 - np.exp(-np.clip(t - 200, 0, None) / tau)) * on
        charge += sag * (1 - np.exp(-np.clip(t - 200, 0, None) / 40)) * on
        at_end = charge[np.flatnonzero(on > 0)[-1]]
        v = -70 + charge + at_end * np.exp(-np.clip(t - 600, 0, None) / tau) * (t >= 600)
        v += (seed % 2) * 0.05 * rng.standard_normal(t.size)
        i = amp * 0.01 * on + 0.02
        yield trace(f"step{seed}", t, v, 200, 600, i=i if seed % 3 else None,
                    stimulus_current=amp * 0.01, voltage_base_mode=["mean", "median"][seed % 2],
                    current_base_mode=["median", "mean"][seed % 2],
                    decay_start_after_stim=1.0 + seed % 3, decay_end_after_stim=10.0 + seed)


def channel_cases(rng):
    t = grid(4001)
    for seed in range(10):
        tau = rng.uniform(1, 40)
        slow = rng.uniform(30, 300)
        u = np.clip(t - 100, 0, None)
        v = (1 - np.exp(-u / tau)) * np.exp(-u / slow) * rng.uniform(0.5, 20)
        v += 0.001 * rng.standard_normal(t.size) * (seed % 2)
        v *= (t >= 100) * (t < 300 + 10 * seed)
        yield trace(f"channel{seed}", t, v, 100, 300)
        w = np.where(t < 100, 1.0, np.exp(-u / slow)) * rng.uniform(1, 5)
        yield trace(f"tail{seed}", t, w, 100, 300)


def zap_cases(rng):
    dt = 0.1
    t = grid(30001, dt)
    for seed in range(4):
        i = 0.05 * np.sin(2 * np.pi * (t / 1000) ** 2 * (5 + 5 * seed)) * (t > 100)
        v = np.zeros_like(t)
        w = 0.0
        x = 0.0
        for k in range(1, t.size):
            x += dt * (-x / (20 + 5 * seed) + i[k] - 0.02 * w)
            w += dt * (x - w) / 40
            v[k] = x
        yield trace(f"zap{seed}", t, -70 + 10 * v, 100 if seed else 0, 2900, i=i,
                    impedance_max_freq=50.0 - 10 * seed)
    t = grid(997, dt)
    yield trace("zap_prime", t, -70 + np.sin(t / 3), 10, 90, i=np.cos(t / 3))
    yield trace("zap_no_current", t, -70 + np.sin(t / 3), 10, 90, i=np.zeros(t.size))


def edge_cases(rng):
    t = grid(3001)
    flat = np.full_like(t, -65.0)
    yield trace("flat", t, flat, 100, 200)
    yield trace("flat_high", t, flat + 100, 100, 200)
    yield trace("at_threshold", t, np.full_like(t, -20.0), 100, 200)
    yield trace("start_zero", t, spikes(t, [20, 40, 60]), 0, 200)
    yield trace("start_zero_strict", t, spikes(t, [0.0, 40, 60]), 0, 200,
                strict_stiminterval=True)
    yield trace("spike_at_start", t, spikes(t, [0.0, 150]), 100, 200)
    yield trace("spike_at_end", t, spikes(t, [150, 299.9]), 100, 200)
    yield trace("cut_after_peak", t, spikes(t, [150, 299.0]), 100, 295)
    yield trace("cut_in_fall", t, spikes(t, [150, 298.5]), 100, 299)
    yield trace("spike_on_stim_start", t, spikes(t, [100.0, 150]), 100, 200)
    yield trace("spike_on_stim_end", t, spikes(t, [150, 200.0]), 100, 200,
                strict_stiminterval=True)
    yield trace("before_and_after", t, spikes(t, [50, 80, 120, 150, 180, 250, 280]), 100, 200)
    yield trace("before_and_after_strict", t,
                spikes(t, [50, 80, 120, 150, 180, 250, 280]), 100, 200,
                strict_stiminterval=True)
    yield trace("only_before", t, spikes(t, [20, 50, 80]), 100, 200)
    yield trace("only_after", t, spikes(t, [220, 250, 280]), 100, 200)
    yield trace("stim_beyond", t, spikes(t, [50, 150]), 100, 500)
    yield trace("stim_far_beyond", t, spikes(t, [50, 150]), 400, 500)
    plateau = np.where((t > 110) & (t < 190), 10.0, -70.0)
    for n in (2900, 2901, 2960, 2975):
        yield trace(f"never_back{n}", t[:n], 1 + np.exp(-t[:n] / 60), 100, 200)
        yield trace(f"cut{n}", t[:n], spikes(t[:n], [120, 150, 180, 289.5, 297]), 100, 295)
        yield trace(f"cut_high{n}", t[:n], spikes(t[:n], [0.3, 150, 180, 289, 295.9]), 0, 250)
    yield trace("plateau", t, plateau, 100, 200)
    yield trace("plateau_strict", t, plateau, 100, 200, strict_stiminterval=True)
    rounded = np.round(spikes(t, [110, 125, 140, 160, 185]), 0)
    yield trace("rounded", t, rounded, 100, 200)
    yield trace("rounded_threshold", t, rounded, 100, 200, Threshold=-19.0)
    yield trace("square", t, np.where((t % 40) < 3, 20.0, -60.0), 100, 200)
    yield trace("sine", t, 40 * np.sin(t / 5), 100, 200)
    yield trace("sine_fast", t, 40 * np.sin(t / 0.3), 100, 200)
    yield trace("noise", t, -60 + 30 * rng.standard_normal(t.size), 100, 200)
    yield trace("noise_small", t, -60 + rng.standard_normal(t.size), 100, 200)
    yield trace("ramp", t, -90 + t / 2, 100, 200)
    yield trace("ramp_down", t, 50 - t / 2, 100, 200)
    block = spikes(t, [105, 112]) + np.where((t > 115) & (t < 200), 45, 0)
    yield trace("depol_block", t, block, 100, 200)
    yield trace("depol_block_short", t, block, 100, 200, depol_block_min_duration=150.0)
    low = spikes(t, [105, 195]) - np.where((t > 120) & (t < 185), 15, 0)
    yield trace("hyperpolarised_gap", t, low, 100, 200)
    for n in (1, 2, 3, 4, 5, 8, 40):
        yield trace(f"samples{n}", t[:n], -70 + 60.0 * (np.arange(n) % 3), 0.05, 0.25)
    for n in (2, 3, 6):
        yield trace(f"long_samples{n}", 100.0 * np.arange(n), -70 + 60.0 * (np.arange(n) % 2),
                    50, 150)


def sampling_cases(rng):
    base = grid(3001)
    v = spikes(base, [110, 130, 155, 185])
    for k, dt in enumerate([0.025, 0.05, 0.1, 0.2, 0.25, 0.03, 0.37]):
        t = np.arange(0, 300, dt)
        yield trace(f"dt{dt}", t, spikes(t, [110, 130, 155, 185]), 100, 200)
        yield trace(f"interp{dt}", base, v, 100, 200, interp_step=dt)
    for seed in range(12):
        t = np.sort(rng.uniform(0, 300, 4000))
        t[0] = 0.0 if seed % 2 else t[0]
        yield trace(f"irregular{seed}", t, spikes(t, [110, 130, 155, 185]), 100, 200,
                    strict_stiminterval=bool(seed % 3 == 0))
    t = base.copy()
    t[1000] = t[999]
    t[1500:1503] = t[1500]
    yield trace("duplicates", t, v, 100, 200)
    t = base.copy()
    t[1] = t[0]
    yield trace("duplicate_first", t, v, 100, 200)
    t = base.copy()
    t[-1] = t[-2]
    yield trace("duplicate_last", t, v, 100, 200)
    yield trace("late_start", base + 0.033, v, 100, 200)
    yield trace("negative_times", base - 100, v, 0, 100)
    yield trace("seconds_long", base * 10, v, 1000, 2000)


def setting_cases(rng):
    t = grid(6001)
    v = spikes(t, [120, 128, 140, 170, 178, 190, 230, 280, 288, 350, 420, 428], ahp_tau=8)
    base = dict(t=t, v=v, start=100, end=450)
    for k, settings in enumerate([
            dict(DerivativeThreshold=40.0), dict(DerivativeThreshold=400.0),
            dict(DownDerivativeThreshold=-50.0), dict(DerivativeWindow=1),
            dict(DerivativeWindow=8), dict(spike_skipf=0.4, max_spike_skip=5),
            dict(spike_skipf=0.9, max_spike_skip=50), dict(spike_skipf=1.5),
            dict(burst_factor=1.1), dict(strict_burst_factor=1.1),
            dict(voltage_base_start_perc=0.2, voltage_base_end_perc=0.7),
            dict(voltage_base_start_perc=0.9, voltage_base_end_perc=0.5),
            dict(voltage_base_mode="median"), dict(voltage_base_mode="mode"),
            dict(rise_start_perc=0.1, rise_end_perc=0.9), dict(initial_perc=0.5),
            dict(initial_perc=2.0), dict(sahp_start=1.0), dict(sahp_start=20.0),
            dict(initburst_freq_threshold=100), dict(initburst_sahp_start=1),
            dict(initburst_sahp_end=10), dict(AP_phaseslope_range=5),
            dict(inactivation_tc_end_skip=100), dict(ignore_first_ISI=False),
            dict(precision_threshold=1.0), dict(offset=50.0),
            dict(stimulus_current=0.0), dict(stimulus_current=-0.1),
            dict(decay_start_after_stim=10.0, decay_end_after_stim=5.0),
            dict(multi_stim_start=[100.0, 300.0], multi_stim_end=[200.0, 450.0])]):
        yield trace(f"settings{k}", base["t"], base["v"], base["start"], base["end"],
                    **settings)


def neuron_cases():
    """Hodgkin-Huxley cells in several regimes, fixed and variable steps."""
    from neuron import h

    h.load_file("stdrun.hoc")
    k = 0
    for amp in (-0.2, -0.05, 0.0, 0.05, 0.07, 0.1, 0.2, 0.4, 1.0, 3.0):
        for variable in (False, True):
            for celsius in (6.3, 20.0):
                cell = h.Section(name="cell")
                cell.L = cell.diam = 20 + 2 * k % 17
                cell.insert("hh")
                cell.nseg = 1
                clamp = h.IClamp(cell(0.5))
                clamp.delay, clamp.dur, clamp.amp = 70, 200, amp
                rec_t = h.Vector().record(h._ref_t)
                rec_v = h.Vector().record(cell(0.5)._ref_v)
                rec_i = h.Vector().record(clamp._ref_i)
                h.celsius = celsius
                h.CVode().active(1 if variable else 0)
                h.dt = 0.025
                h.finitialize(-65)
                h.continuerun(300)
                h.CVode().active(0)
                yield trace(f"hh{k}", rec_t.as_numpy().copy(), rec_v.as_numpy().copy(), 70,
                            270, i=rec_i.as_numpy().copy(), stimulus_current=amp,
                            strict_stiminterval=bool(k % 2), Threshold=-20.0)
                k += 1


def reference_cases():
    """Voltages (and a calcium concentration) of a campaign's reference simulation."""
    import h5py

    if not os.path.exists(REFERENCE):
        return
    with h5py.File(REFERENCE, "r") as file:
        for method in sorted(file):
            for protocol in sorted(file[method]):
                group = file[method][protocol]
                t = np.asarray(group["t"], float)
                step = 1 + t.size // 10000
                t = t[::step]
                for k, name in enumerate(sorted(group)):
                    if name == "t" or (method != "cvode" and "soma" not in name):
                        continue
                    v = np.asarray(group[name], float)[::step]
                    yield trace(f"reference/{method}/{protocol}/{name}", t, v,
                                t[0] + 0.23 * (t[-1] - t[0]), t[0] + 0.8 * (t[-1] - t[0]),
                                strict_stiminterval=bool(k % 2), Threshold=-30.0)


def all_traces(neuron=True):
    rng = np.random.RandomState(20)
    for make in (edge_cases, regular_cases, bursting_cases, step_cases, channel_cases,
                 zap_cases, sampling_cases, setting_cases):
        yield from make(rng)
    if neuron:
        yield from neuron_cases()
    yield from reference_cases()
