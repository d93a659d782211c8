"""Detectors of errors: the same alarms as river 0.26.1, index by index, in every way of feeding them."""

import json
import math
import os
import pickle
import random
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hebbnet.engine.checks import InputError
from hebbnet.monitoring.detectors import ADWIN, CUSUM, DDM, ECDD, EDDM, HDDM_A, HDDM_W, KSWIN, PageHinkley
from hebbnet.monitoring.detectors.basic import FIRST, Detector, restart

# ---------------------------------------------------------------- streams, made from their names

SEGMENTS = {
    "stationary_.2": [(4000, 0.2)],
    "abrupt_up": [(1000, 0.1), (1000, 0.4)],
    "abrupt_down": [(1000, 0.4), (1000, 0.1)],
    "four_steps": [(1000, 0.1), (1000, 0.3), (1000, 0.05), (1000, 0.5)],
    "learning_curve": [(50, 0.5), (100, 0.35), (200, 0.25), (400, 0.2), (1250, 0.15), (1000, 0.45)],
    "all_zero_then_err": [(60, 0.0), (500, 0.3)],
    "all_one": [(500, 1.0)],
    "gradual": [(1, 0.1 + 0.4 * min(1, max(0, (i - 1000) / 1000))) for i in range(3000)],
}


def stream(name):
    profile, seed = name.split("/")
    if profile == "gauss_mean_jump":
        r = random.Random(f"gauss-{seed}")
        return [r.gauss(mean, 1) for mean in (0, 0.7) for _ in range(1500)]
    r = random.Random(f"{profile}-{seed}")
    return [int(r.random() < p) for n, p in SEGMENTS[profile] for _ in range(n)]


# ---------------------------------------------------------------- golden numbers

CONFIGURATIONS = {
    "ADWIN": ADWIN(),
    "ADWIN(clock=1)": ADWIN(clock=1),
    "ADWIN(delta=.05,M=3)": ADWIN(delta=0.05, max_buckets=3),
    "DDM": DDM(),
    "EDDM": EDDM(),
    "PageHinkley": PageHinkley(),
    "PageHinkley(up,lam=20)": PageHinkley(mode="up", threshold=20),
    "HDDM_A": HDDM_A(),
    "HDDM_A(two)": HDDM_A(two_sided_test=True),
    "HDDM_W": HDDM_W(),
    "HDDM_W(two)": HDDM_W(two_sided_test=True),
}

# Made by river 0.26.1: river.drift.ADWIN, river.drift.binary.DDM ...
RIVER_0_26_1 = {
    "ADWIN": {
        "stationary_.2/0": [], "abrupt_down/2": [1151], "four_steps/0": [1119, 2111, 3039],
        "learning_curve/1": [1727, 2175], "all_zero_then_err/0": [], "all_one/0": [], "gradual/4": [1503, 2207],
        "gauss_mean_jump/1": [1535],
    },
    "ADWIN(clock=1)": {
        "four_steps/2": [1161, 2089, 3014], "learning_curve/2": [868, 2101], "gradual/3": [1364, 2007],
        "gauss_mean_jump/0": [1540],
    },
    "ADWIN(delta=.05,M=3)": {
        "abrupt_up/1": [1023], "all_zero_then_err/0": [255], "gradual/1": [1439, 2047, 2623],
        "gauss_mean_jump/3": [1567],
    },
    "DDM": {
        "stationary_.2/0": [155], "abrupt_up/0": [81, 189, 353, 1056], "abrupt_down/0": [], "all_one/0": [],
        "four_steps/0": [42, 1100, 1520, 3089, 3943], "learning_curve/3": [2178, 2696],
        "all_zero_then_err/0": [60], "all_zero_then_err/2": [65], "gradual/1": [138, 1400, 1994, 2069],
    },
    "EDDM": {
        "abrupt_up/1": [404, 829, 1026, 1125], "abrupt_down/1": [69, 177, 858],
        "learning_curve/1": [2287, 2415, 2481, 2574, 2656, 2730], "all_zero_then_err/1": [153, 261, 356, 457],
    },
    "PageHinkley": {
        "abrupt_up/1": [1145], "abrupt_down/1": [1136], "four_steps/1": [1264, 2218, 3107],
        "learning_curve/1": [654, 2179], "gradual/1": [1549, 2139], "gauss_mean_jump/1": [1430, 1628, 2733],
    },
    "PageHinkley(up,lam=20)": {
        "stationary_.2/3": [683], "abrupt_up/1": [1027, 1908], "four_steps/1": [1047, 1873, 3050],
        "all_zero_then_err/1": [225], "gradual/1": [1296, 1784, 2139],
        "gauss_mean_jump/1": [545, 942, 1514, 1940, 2675, 2920, 2989],
    },
    "HDDM_A": {
        "abrupt_up/1": [1067], "four_steps/1": [1047, 3053], "learning_curve/1": [2134],
        "all_zero_then_err/1": [100], "gradual/1": [1495, 2066],
    },
    "HDDM_A(two)": {
        "abrupt_down/1": [1059], "four_steps/1": [1047, 2086, 3017], "learning_curve/1": [269, 2104],
        "gradual/1": [1495, 2066, 2288],
    },
    "HDDM_W": {
        "abrupt_up/1": [1026], "abrupt_down/1": [696], "four_steps/1": [1044, 3017],
        "learning_curve/1": [2084, 2760], "all_zero_then_err/1": [96], "gradual/1": [1725, 2084],
    },
    "HDDM_W(two)": {
        "abrupt_down/1": [696, 1031], "four_steps/1": [1044, 2042, 3017], "learning_curve/1": [1003, 2084, 2760],
        "gradual/1": [1725, 2084, 2249],
    },
}


@pytest.mark.parametrize("configuration", RIVER_0_26_1)
def test_golden_alarms(configuration):
    for name, alarms in RIVER_0_26_1[configuration].items():
        assert CONFIGURATIONS[configuration].fresh().run(stream(name)).tolist() == alarms, name


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_the_whole_golden_file(configuration):
    shared = Path(os.environ.get("HEBBNET_SHARED") or Path(__file__).resolve().parents[3] / "shared")
    file = shared / "conformance" / "golden_river_0_26_1.json"
    if not file.exists():
        pytest.skip("the golden file is not here")
    golden = json.loads(file.read_text())["golden"][configuration]
    assert len(golden) >= 40
    for name, alarms in golden.items():
        assert CONFIGURATIONS[configuration].fresh().run(stream(name)).tolist() == alarms, name


@pytest.mark.peers
@pytest.mark.parametrize("seed", range(6))
def test_adwin_equals_river(seed):
    drift = pytest.importorskip("river.drift")
    rng = np.random.default_rng(seed)
    means = np.repeat(rng.random(8), rng.integers(20, 900, 8))
    xs = np.where(seed % 2, rng.normal(5 * means), rng.random(len(means)) < means)
    given = {"delta": float(rng.choice([0.002, 0.2])), "clock": int(rng.choice([1, 7, 32])),
             "max_buckets": int(rng.integers(2, 8)), "min_window_length": int(rng.integers(1, 9)),
             "grace_period": int(rng.integers(0, 60))}
    ours, theirs = ADWIN(**given), drift.ADWIN(**given)
    for t, x in enumerate(xs.tolist()):
        theirs.update(x)
        assert ours.update(x) == theirs.drift_detected, t
        assert ours.state["n"] == theirs.width, t
        assert ours.state["mean"] == theirs.estimation, t


@pytest.mark.peers
@pytest.mark.parametrize("seed", range(4))
def test_ddm_equals_river(seed):
    binary = pytest.importorskip("river.drift").binary
    rng = np.random.default_rng(seed)
    means = np.repeat(rng.random(8), rng.integers(20, 900, 8))
    given = {"warm_start": int(rng.choice([0, 5, 30])), "warning_threshold": float(rng.choice([1.0, 2.0])),
             "drift_threshold": float(rng.choice([2.5, 3.0]))}
    ours, theirs = DDM(**given), binary.DDM(**given)
    for t, x in enumerate((rng.random(len(means)) < means).tolist()):
        theirs.update(x)
        assert (ours.update(x), ours.warning) == (theirs.drift_detected, theirs.warning_detected), t


# ---------------------------------------------------------------- a slow obvious oracle


class ListADWIN:
    """ADWIN whose buckets are lists of the values themselves."""

    def __init__(self, delta, clock, max_buckets, min_window_length, grace_period):
        self.delta, self.clock, self.most, self.shortest, self.grace = (
            delta, clock, max_buckets, min_window_length, grace_period)
        self.buckets, self.fired = [], False  # the oldest first

    def update(self, x):
        if self.fired:
            self.buckets = []
        self.buckets.append([x])
        size = 1
        while sum(len(bucket) == size for bucket in self.buckets) > self.most:
            i = next(i for i, bucket in enumerate(self.buckets) if len(bucket) == size)
            self.buckets[i : i + 2] = [self.buckets[i] + self.buckets[i + 1]]
            size *= 2
        self.fired = False
        if len(self.window) % self.clock == 0 and len(self.window) > self.grace:
            while self.differs():
                del self.buckets[0]
                self.fired = True
        return self.fired

    @property
    def window(self):
        return np.array([x for bucket in self.buckets for x in bucket])

    def differs(self):
        window, s = self.window, self.shortest
        L = math.log(2 * math.log(len(window)) / self.delta)
        for n0 in np.cumsum([len(bucket) for bucket in self.buckets])[:-1]:
            n1 = len(window) - n0
            if min(n0, n1) < s:
                continue
            m = 1 / (n0 - s + 1) + 1 / (n1 - s + 1)
            bound = math.sqrt(2 * m * window.var() * L) + 2 / 3 * m * L
            if abs(window[:n0].mean() - window[n0:].mean()) > bound:
                return True
        return False


@pytest.mark.parametrize("seed", range(5))
def test_adwin_equals_adwin_on_lists(seed):
    rng = np.random.default_rng(seed)
    xs = np.concatenate([rng.normal(mean, 0.5, 150) for mean in (0, 1, 1, 0.2)])
    given = {"delta": 0.05, "clock": int(rng.integers(1, 9)), "max_buckets": int(rng.integers(2, 6)),
             "min_window_length": int(rng.integers(1, 6)), "grace_period": 10}
    ours, oracle, fired = ADWIN(**given), ListADWIN(**given), 0
    for x in xs:
        alarm = oracle.update(x)
        fired += alarm
        assert ours.update(x) == alarm
        assert ours.state["n"] == len(oracle.window)
        assert ours.state["mean"] == pytest.approx(oracle.window.mean(), abs=1e-12)
        assert ours.state["variance"] == pytest.approx(oracle.window.var(), abs=1e-12)
    assert fired >= 2


# ---------------------------------------------------------------- one detector, many faces

DETECTORS = [
    ADWIN(clock=5, delta=0.1), ADWIN(clock=1, direction="worse"), ADWIN(direction="better"),
    ADWIN(clock=7, delta=0.1, on_detect="shrink"), DDM(), EDDM(), EDDM(variant="moa"),
    PageHinkley(threshold=15), PageHinkley(threshold=15, mode="down", variant="frouros"),
    PageHinkley(threshold=20, variant="skmultiflow", direction="worse"),
    HDDM_A(), HDDM_A(two_sided_test=True, drift_confidence=0.05, direction="better"), HDDM_W(),
    HDDM_W(two_sided_test=True, lambda_val=0.1), KSWIN(alpha=0.05),
    KSWIN(alpha=0.1, window_size=31, stat_size=10, rng=3),
    CUSUM(), CUSUM(warm_start=100, direction="worse"), ECDD(),
]


def same_state(one, other):
    return all(np.array_equal(one.get_state()[part], other.get_state()[part]) for part in ("state", "memory"))


@pytest.mark.parametrize("detector", DETECTORS, ids=repr)
def test_reading_nothing_changes_nothing(detector):
    """Not even right after an alarm, which is forgotten with the next value: `run` may end in one, as `update` does."""
    rising = np.repeat([0.0, 1.0, 0.0], 2_000)
    xs, alarms = next((xs, alarms) for xs in (rising, 1.0 - rising) if len(alarms := detector.fresh().run(xs)))
    one, other = detector.fresh(), detector.fresh()
    assert one.run(xs[: alarms[0] + 1]).tolist() == [i for i, x in enumerate(xs[: alarms[0] + 1]) if other.update(x)]
    assert same_state(one, other)
    assert one.run([]).tolist() == [] and one.first([]) == -1 and same_state(one, other)


@pytest.mark.parametrize("detector", DETECTORS, ids=repr)
@given(seed=st.integers(0, 10_000), lengths=st.lists(st.integers(0, 300), min_size=1, max_size=12), data=st.data())
@settings(deadline=None, max_examples=25)
def test_any_mixture_of_faces_gives_the_alarms_of_run(detector, seed, lengths, data):
    rng = np.random.default_rng(seed)
    xs = (rng.random(sum(lengths)) < np.repeat(rng.random(len(lengths)), lengths)).astype(float)
    whole, mixed, alarms, start = detector.fresh(), detector.fresh(), [], 0
    expected = whole.run(xs).tolist()
    for length in lengths:
        part, face = xs[start : start + length], data.draw(st.sampled_from(["update", "run", "first", "saved"]))
        if face == "saved":
            mixed, saved = mixed.fresh(), mixed.get_state()
            mixed.set_state(json.loads(json.dumps({name: values.tolist() for name, values in saved.items()})))
        if face == "first":
            at = 0
            while (i := mixed.first(part[at:])) >= 0:
                assert mixed.n_seen == start + at + i + 1  # not one value further
                alarms.append(start + at + i)
                at += i + 1
        elif face == "update":
            alarms += [start + i for i, x in enumerate(part) if mixed.update(x)]
        else:
            alarms += [start + i for i in mixed.run(part)]
        start += length
    assert alarms == expected
    assert mixed.n_seen == whole.n_seen == len(xs)
    assert same_state(mixed, whole)
    assert mixed.state == whole.state


@pytest.mark.parametrize("detector", [*DETECTORS, ADWIN(clock=1, min_window_length=1, grace_period=0)], ids=repr)
def test_plain_equals_compiled(detector):
    class Plain(type(detector)):
        kernel = SimpleNamespace(compiled=type(detector).kernel.plain)

    plain, compiled = Plain(**detector.settings), detector.fresh()
    fractions = [] if isinstance(detector, EDDM) else [0.3] * 40
    xs = np.concatenate([fractions, stream("four_steps/0")[:2500]])
    assert plain.run(xs).tolist() == compiled.run(xs).tolist() != []
    assert same_state(plain, compiled)


def test_first_stops_at_the_alarm():
    xs = stream("four_steps/0")
    detector = ADWIN()
    assert detector.first(xs) == 1119
    assert detector.n_seen == 1120
    assert detector.first(xs[1120:]) == 2111 - 1120
    assert ADWIN().first(xs[:1119]) == -1
    assert ADWIN().first([]) == -1
    assert ADWIN().run([]).dtype == np.int64


def test_it_reads_booleans_integers_read_only_and_strided_arrays():
    xs = np.array(stream("four_steps/0"))
    read_only = np.broadcast_to(xs.astype(float), (2, len(xs)))[0]
    for values in (xs == 1, xs.astype(np.int8), xs.tolist(), read_only, np.repeat(xs, 2)[::2]):
        assert ADWIN().run(values).tolist() == [1119, 2111, 3039]


# ---------------------------------------------------------------- direction


@pytest.mark.parametrize("name", ["four_steps/0", "four_steps/3", "learning_curve/1", "gauss_mean_jump/0"])
def test_direction_filters_the_signal_only(name):
    xs = stream(name)
    both, worse, better = (ADWIN(direction=direction) for direction in ("both", "worse", "better"))
    alarms = [detector.run(xs).tolist() for detector in (both, worse, better)]
    assert alarms[0] == sorted(alarms[1] + alarms[2])
    assert same_state(both, worse)
    assert same_state(both, better)


def test_direction_worse_is_the_rise_of_the_error():
    xs = stream("four_steps/0")  # .1, up to .3, down to .05, up to .5
    assert ADWIN(direction="worse").run(xs).tolist() == [1119, 3039]
    assert ADWIN(direction="better").run(xs).tolist() == [2111]


def test_ddm_knows_worse_only():
    assert DDM(direction="worse").run(stream("four_steps/0")).tolist() == RIVER_0_26_1["DDM"]["four_steps/0"]
    with pytest.raises(InputError, match="direction of DDM 'better'; known: both, worse"):
        DDM(direction="better")


# ---------------------------------------------------------------- what it believes


def test_ddm_by_hand():
    # n = 4, p = 1/2, s = sqrt(1/2 1/2 / 4) = 1/4; then 4 zeros: p = 1/4, s = sqrt(1/4 3/4 / 8) = .153
    detector = DDM(warm_start=4)
    detector.run([1, 0, 1, 0])
    assert detector.state == {"n_seen": 4, "n": 4, "mean": 0.5, "value": 0.75, "threshold": math.inf}
    detector.run([0, 0, 0, 0])
    s = math.sqrt(3 / 16 / 8)
    assert detector.state["mean"] == pytest.approx(0.25)
    assert detector.state["value"] == pytest.approx(0.25 + s)
    assert detector.state["threshold"] == pytest.approx(0.25 + 3 * s)
    # Errors from here on: p = (2 + k) / (8 + k), s = sqrt(p (1-p) / (8+k)). Bounds: .25 + 2 s = .556, .25 + 3 s = .709.
    # k = 1: .333 + .157 = .490; k = 2: .400 + .155 = .555; k = 3: .455 + .150 = .605 warns; k = 4: .644; k = 5: .675;
    # k = 6: .571 + .132 = .704; k = 7: .600 + .126 = .726 is an alarm.
    warned = []
    for k in range(1, 8):
        assert detector.update(1) == (k == 7)
        warned.append(detector.warning)
    assert warned == [False, False, True, True, True, True, False]


def test_ddm_after_nothing_but_zeros_a_single_error_is_an_alarm():
    assert DDM().run([0] * 31 + [1]).tolist() == [31]
    assert DDM().run([0] * 29 + [1]).tolist() == []


def test_adwin_cuts_the_old_part_off_and_starts_afresh_with_the_next_value():
    detector = ADWIN(clock=1)
    alarm = detector.first([0.0] * 200 + [1.0] * 50)
    assert 200 < alarm < 220
    assert detector.state["n"] < alarm + 1
    assert detector.state["mean"] > (alarm - 199) / (alarm + 1)
    detector.update(0.25)
    assert detector.state == {"n_seen": alarm + 2, "n": 1, "mean": 0.25, "variance": 0.0}


def test_adwin_first_looks_when_clock_and_grace_period_are_over():
    xs = [0] * 20 + [1] * 40
    assert ADWIN(delta=0.5, clock=20, grace_period=39).first(xs) == 39
    assert ADWIN(delta=0.5, clock=20, grace_period=40).first(xs) == 59
    assert ADWIN(delta=0.5, clock=19, grace_period=0).first(xs) == 37


@given(st.integers(1, 3), st.integers(2, 4), st.integers(1, 3), st.integers(0, 10_000))
@settings(deadline=None, max_examples=50)
def test_adwin_never_cuts_the_whole_window(clock, max_buckets, min_window_length, seed):
    rng = np.random.default_rng(seed)
    xs = np.repeat(rng.integers(-1000, 1000, 40), rng.integers(1, 12, 40)) * rng.choice([1.0, 1e-9, 1e90])
    detector = ADWIN(delta=1.0, clock=clock, max_buckets=max_buckets, min_window_length=min_window_length,
                     grace_period=0)
    for x in xs:
        detector.update(x)
        assert detector.state["n"] >= 1
        assert np.isfinite(detector.get_state()["state"]).all()


@pytest.mark.parametrize("execution", ["compiled", "plain"])
def test_adwin_survives_a_variance_that_rounding_pushes_below_0(execution, monkeypatch):
    monkeypatch.setattr(ADWIN, "kernel", SimpleNamespace(compiled=getattr(ADWIN.kernel, execution)))
    detector = ADWIN(delta=0.1, clock=21, min_window_length=1)
    assert detector.first([0.0] * 171 + [47.39623604475839] * 40) == 188
    assert detector.get_state()["state"][5] < 0  # what is left is a constant
    assert detector.state["variance"] == 0.0


@pytest.mark.parametrize("value", [0.0, 1.0, 0.1, 1e6, -3.7])
def test_a_constant_raises_no_alarm(value):
    assert ADWIN(clock=1).run(np.full(3000, value)).tolist() == []


def test_false_alarms_are_rare_and_true_ones_are_quick():
    wrong = np.random.default_rng(0).random((20, 6000)) < np.repeat([0.2, 0.5], [5000, 1000])
    alarms = [ADWIN(direction="worse").run(row) for row in wrong]
    assert sum(bool((row < 5000).any()) for row in alarms) <= 1
    assert all(((row >= 5000) & (row < 5300)).any() for row in alarms)


# ---------------------------------------------------------------- copies and files


@pytest.mark.parametrize("detector", DETECTORS, ids=repr)
def test_reset_fresh_copy_pickle(detector):
    xs = stream("four_steps/0")
    used = detector.fresh()
    used.run(xs[:1030])
    twins = [used.copy(), pickle.loads(pickle.dumps(used))]
    rest = used.run(xs[1030:]).tolist()
    for twin in twins:
        assert twin.n_seen == 1030
        assert twin.run(xs[1030:]).tolist() == rest
        assert same_state(twin, used)
    used.reset()
    assert same_state(used, used.fresh())
    assert used.fresh().settings == used.settings
    assert used.n_seen == 0 and not used.warning


def test_settings_are_shown_and_fixed():
    detector = ADWIN(delta=0.05, direction="worse")
    assert (detector.delta, detector.clock, detector.direction) == (0.05, 32, "worse")
    assert repr(detector) == ("ADWIN(delta=0.05, clock=32, max_buckets=5, min_window_length=5, grace_period=10, "
                              "on_detect='restart', direction='worse')")
    assert repr(eval(repr(detector))) == repr(detector)
    with pytest.raises(AttributeError, match=r"make a new one, ADWIN\(delta=0\.1\)"):
        detector.delta = 0.1
    assert detector.delta == 0.05


def test_a_foreign_or_damaged_state_is_refused():
    detector = ADWIN()
    detector.run(stream("abrupt_up/0")[:777])
    before, good = detector.get_state(), detector.get_state()
    wrong_count, wrong_row, huge = (detector.get_state() for _ in range(3))
    wrong_count["memory"][0] = 9
    wrong_row["state"][6] = 20
    huge["memory"][:: 11] = 5
    huge["state"][3], huge["state"][6] = 5 * (2.0**48 - 1), 47
    for saved, message in [
        ({}, "expected 'state' in it, got nothing"),
        ({"state": good["state"]}, "expected 'memory' in it, got state"),
        (DDM().get_state(), "saved memory: expected 528 numbers, got 0"),
        (ADWIN(max_buckets=3).get_state(), "saved memory: expected 528 numbers, got 336"),
        ({**good, "state": good["state"] * np.nan}, "finite"),
        (wrong_count, "contradict"), (wrong_row, "contradict"), (huge, "contradict"),
    ]:
        with pytest.raises(InputError, match=message):
            detector.set_state(saved)
        assert all(np.array_equal(before[part], detector.get_state()[part]) for part in before)
    detector.set_state(good)


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(("detector", "xs", "message"), [
    (ADWIN(), [0.0, math.nan], "xs: expected finite numbers, got nan in row 1"),
    (ADWIN(), [math.inf], "finite"),
    (ADWIN(), [0.0, 1e200], r"xs: expected numbers from -1e\+100 to 1e\+100, got 1e\+200 in row 1"),
    (ADWIN(), [[0.0, 1.0]], r"vector of shape \(n,\), got shape \(1, 2\)"),
    (ADWIN(), 1.0, "vector"),
    (ADWIN(), ["a"], "expected numbers"),
    (DDM(), [0, 1, 2], "xs: expected numbers from 0 to 1, got 2 in row 2"),
    (DDM(), [0, -0.5], "got -0.5 in row 1"),
])
def test_bad_arrays_are_refused_before_anything_changed(detector, xs, message):
    detector.reset()
    for face in (detector.run, detector.first):
        with pytest.raises(InputError, match=message):
            face(xs)
    assert detector.n_seen == 0


@pytest.mark.parametrize(("detector", "x"), [
    (ADWIN(), math.nan), (ADWIN(), math.inf), (ADWIN(), "a"), (ADWIN(), None), (ADWIN(), [0.0, 1.0]), (ADWIN(), 1e101),
    (DDM(), 2), (DDM(), -1), (DDM(), math.nan),
])
def test_bad_values_are_refused_before_anything_changed(detector, x):
    detector.reset()
    with pytest.raises(InputError, match="x: expected a"):
        detector.update(x)
    assert detector.n_seen == 0


@pytest.mark.parametrize(("make", "given", "message"), [
    (ADWIN, {"delta": 0}, "delta"), (ADWIN, {"delta": 1.5}, "delta"), (ADWIN, {"delta": math.nan}, "delta"),
    (ADWIN, {"clock": 0}, "clock"), (ADWIN, {"clock": 1.5}, "clock"), (ADWIN, {"max_buckets": 1}, "max_buckets"),
    (ADWIN, {"min_window_length": 0}, "min_window_length"), (ADWIN, {"grace_period": -1}, "grace_period"),
    (ADWIN, {"direction": "worst"}, "unknown direction of ADWIN 'worst'.*did you mean 'worse'"),
    (DDM, {"warm_start": -1}, "warm_start"), (DDM, {"warning_threshold": -1}, "warning_threshold"),
    (DDM, {"drift_threshold": math.inf}, "drift_threshold"),
])
def test_bad_settings_are_refused(make, given, message):
    with pytest.raises(InputError, match=message):
        make(**given)


# ---------------------------------------------------------------- a detector of one's own


def _three_in_a_row(xs, settings, state, memory):
    for i in range(len(xs)):
        if state[1] != 0.0:
            restart(state, memory)
        state[0] += 1.0
        state[3] = state[3] + 1.0 if xs[i] == 1.0 else 0.0
        if state[3] == settings[1]:
            state[1] = 1.0
            return i
    return -1


def test_the_base_class_carries_other_detectors():
    from hebbnet.engine.kernel import Kernel

    class InARow(Detector):
        kernel = Kernel(_three_in_a_row, FIRST, cache=False)

        def __init__(self, *, times=3, direction="both"):
            super().__init__(times=times, direction=direction, numbers=1)

    detector = InARow()
    assert detector.run([1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1]).tolist() == [5, 11]
    assert repr(detector) == "InARow(times=3, direction='both')"
    assert detector.state == {"n_seen": 12}


def test_an_alarm_at_the_first_value_of_a_part_is_not_lost():
    xs, detector = stream("four_steps/0"), ADWIN()
    assert detector.run(xs[:1119]).tolist() == []
    assert detector.run(xs[1119:]).tolist() == [0, 2111 - 1119, 3039 - 1119]


def test_a_window_that_shrinks_is_looked_at_every_so_many_values_all_the_same():
    """What it drops are powers of two, which seven does not divide."""
    alarms = ADWIN(clock=7, delta=0.1, on_detect="shrink").run(stream("four_steps/0"))
    assert len(alarms) > 3
    assert set((alarms + 1) % 7) == {0}
