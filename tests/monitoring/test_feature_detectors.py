"""Detectors of inputs: their level where nothing changes, their power where something does, and oracles."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hebbnet as hb
from hebbnet.engine.checks import InputError
from hebbnet.monitoring.detectors import KS, PSI
from hebbnet.monitoring.detectors.features import chi2_quantile

SMALL = [KS(2, reference=40, window=20, alpha=0.2), PSI(2, reference=40, window=20, bins=4, alpha=0.2)]


def rows(seed, n, d=2, kind="normal"):
    rng = np.random.default_rng(seed)
    return {"normal": lambda: rng.normal(size=(n, d)), "five values": lambda: rng.integers(0, 5, (n, d)).astype(float),
            "0 and 1": lambda: (rng.random((n, d)) < 0.3).astype(float)}[kind]()


@pytest.mark.parametrize("detector", SMALL, ids=repr)
@given(seed=st.integers(0, 10_000), lengths=st.lists(st.integers(0, 60), min_size=1, max_size=10), data=st.data())
@settings(deadline=None, max_examples=25)
def test_any_mixture_of_faces_gives_the_alarms_of_run(detector, seed, lengths, data):
    X = rows(seed, sum(lengths))
    whole, mixed, alarms, start = detector.fresh(), detector.fresh(), [], 0
    expected = whole.run(X).tolist()
    for length in lengths:
        part, face = X[start : start + length], data.draw(st.sampled_from(["update", "run", "saved", "copy"]))
        if face == "saved":
            mixed, saved = mixed.fresh(), mixed.get_state()
            mixed.set_state(json.loads(json.dumps({name: values.tolist() for name, values in saved.items()})))
        if face == "copy":
            mixed = mixed.copy()
        if face == "update":
            alarms += [start + i for i, x in enumerate(part) if mixed.update(x)]
        else:
            alarms += [start + i for i in mixed.run(part)]
        start += length
    assert alarms == expected
    assert all(np.array_equal(whole.get_state()[part], mixed.get_state()[part]) for part in ("state", "memory"))


@pytest.mark.parametrize("detector", SMALL, ids=repr)
def test_plain_equals_compiled(detector):
    class Plain(type(detector)):
        kernel = SimpleNamespace(compiled=type(detector).kernel.plain)

    X = rows(0, 2_000)
    plain, compiled = Plain(**detector.settings), detector.fresh()
    assert plain.run(X).tolist() == compiled.run(X).tolist() != []
    assert plain.state == pytest.approx(compiled.state, abs=1e-12)


# ---------------------------------------------------------------- the tests themselves


@pytest.mark.peers
@pytest.mark.parametrize("kind", ["normal", "five values"])
def test_ks_is_the_exact_test_of_scipy_with_bonferroni(kind):
    stats = pytest.importorskip("scipy.stats")
    fired = 0
    for seed in range(150):
        X = rows(seed, 70, 3, kind)
        X[40:, seed % 3] += 0.7 * (seed % 2)
        detector = KS(3, reference=40, window=30, alpha=0.1)
        alarm = bool(detector.run(X).tolist())
        tests = [stats.ks_2samp(X[:40, j], X[40:, j], method="exact") for j in range(3)]
        assert detector.state["value"] == pytest.approx(max(test.statistic for test in tests))
        assert tests[int(detector.state["column"])].statistic == pytest.approx(detector.state["value"])
        assert alarm == (min(test.pvalue for test in tests) <= 0.1 / 3)
        fired += alarm
    assert 10 < fired < 140


def test_psi_by_hand():
    # Bins of the reference 1 .. 8: up to 2, 4, 6, and above; the window has 1, 0, 1, 2 of 4. Half a value for each bin.
    detector = PSI(1, reference=8, window=4, bins=4, alpha=0.5)
    detector.run(np.array([8, 1, 7, 2, 6, 3, 5, 4, 1, 5, 7, 99])[:, None])
    p, q = np.full(4, 2.5 / 10), np.array([1.5, 0.5, 1.5, 2.5]) / 6
    assert detector.state["value"] == pytest.approx(np.sum((q - p) * np.log(q / p)))
    median = 3 * (1 - 2 / 27) ** 3
    assert detector.state["threshold"] == pytest.approx((1 / 8 + 1 / 4) * median)


@pytest.mark.peers
@pytest.mark.parametrize("k", range(1, 30))
def test_the_quantile_of_chi_squared(k):
    stats = pytest.importorskip("scipy.stats")
    for level in (0.95, 0.99, 0.999, 1 - 1e-4):
        exact = stats.chi2.ppf(level, k)
        assert chi2_quantile(k, stats.norm.ppf(level)) == pytest.approx(exact, rel=0.013 if k >= 9 else 0.072)
    exact, found = stats.chi2.ppf(0.999, k), chi2_quantile(k, stats.norm.ppf(0.999))
    assert exact < found < exact * (1.007 if k >= 9 else 1.031)


@pytest.mark.compiler
@pytest.mark.parametrize("kind", ["normal", "five values", "0 and 1"])
@pytest.mark.parametrize("make", [KS, PSI])
def test_where_nothing_changes_a_window_is_an_alarm_with_probability_alpha_or_less(make, kind):
    """5 columns together, whatever their number of rows; with ties KS is careful."""
    for n, m in ((500, 200), (1000, 1000)):
        alarms = sum(make(5, reference=n, window=m, alpha=0.05).run(rows(seed, n + m, 5, kind)).size
                     for seed in range(300))
        band = 4 * math.sqrt(0.05 * 0.95 / 300)
        assert alarms / 300 < 0.05 + band
        if kind == "normal" or make is PSI:
            assert alarms / 300 > 0.05 - band + 0.005


@pytest.mark.compiler
def test_the_customary_bound_of_psi_knows_nothing_of_n():
    """0.1 with 10 bins: fires nearly always at 100 rows, never at 1,000; here both have the same level."""
    fires = {}
    for n in (100, 1000):
        values = []
        for seed in range(200):
            detector = PSI(1, reference=n, window=n, alpha=0.05)
            detector.run(rows(seed, 2 * n, 1))
            values.append(detector.state["value"])
        fires[n] = np.mean(np.array(values) > 0.1)
    assert fires[100] > 0.7
    assert fires[1000] == 0.0


@pytest.mark.parametrize("detector", [KS(4), PSI(4)], ids=repr)
def test_one_column_that_moves_is_found_and_named(detector):
    X = rows(3, 2_300, 4)
    X[1_300:, 2] *= 2.0
    assert detector.first(X) in (1_499, 1_699)
    assert detector.state["column"] == 2
    assert detector.state["value"] >= detector.state["threshold"] > 0
    assert detector.state["n"] == 700


def test_after_an_alarm_the_rows_that_follow_are_the_new_reference():
    X = rows(3, 6_000)
    X[1_000:] += 3.0
    assert KS(2).run(X).tolist() == [1099]  # 500 + 3 windows of 200; nothing changes any more


@pytest.mark.parametrize("make", [KS, PSI])
def test_a_shift_between_columns_is_seen_by_nobody(make):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2_000, 2))
    X[1_000:, 1] = X[1_000:, 0]
    assert make(2).run(X).size == 0


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(("make", "given", "message"), [
    (KS, {"columns": 0}, "columns"), (KS, {"columns": 2, "reference": 1}, "reference"),
    (KS, {"columns": 2, "window": 1}, "window"), (KS, {"columns": 2, "alpha": 0}, "alpha"),
    (KS, {"columns": 2, "alpha": 0.6}, "alpha"), (KS, {"columns": 2, "direction": "worse"}, "direction of KS"),
    (KS, {"columns": 3, "reference": 5, "window": 5, "alpha": 0.001}, "out of reach: of 5 and 5 values"),
    (PSI, {"columns": 2, "bins": 1}, "bins"), (PSI, {"columns": 2, "reference": 8, "bins": 9}, "bins: .* 8, got 9"),
])
def test_bad_settings_are_refused(make, given, message):
    with pytest.raises(InputError, match=message):
        make(**given)


@pytest.mark.parametrize("detector", SMALL, ids=repr)
@pytest.mark.parametrize("X", [[[0.0, math.nan]], [[0.0, 1.0, 2.0]], [0.0, 1.0], [["a", "b"]], [[0.0, 1e200]]])
def test_bad_rows_are_refused_before_anything_changed(detector, X):
    detector.reset()
    for face in (detector.run, detector.first):
        with pytest.raises(InputError, match="X"):
            face(X)
    for x in ([0.0, math.nan], 1.0, [1.0], [[0.0, 1.0]]):
        with pytest.raises(InputError):
            detector.update(x)
    assert detector.n_seen == 0


def test_a_damaged_state_is_refused():
    detector = KS(2, reference=40, window=20, alpha=0.2)
    detector.run(rows(0, 50))
    bad = detector.get_state()
    bad["state"][3] = 61
    with pytest.raises(InputError, match="contradict"):
        detector.set_state(bad)


def test_a_policy_watches_what_the_detector_can_read():
    with pytest.raises(InputError, match=r"KS\(.*reads rows of inputs, and cannot watch errors; leave on= out"):
        hb.OnDrift(KS(2), on="errors")
    with pytest.raises(InputError, match=r"OnDrift: ADWIN\(.*reads single numbers, and cannot watch features; use hb"):
        hb.OnDrift(hb.ADWIN(), on="features")
    assert hb.OnDrift(PSI(2)).on == "features"


@pytest.mark.parametrize("kind", [KS, PSI])
def test_a_policy_on_inputs_trains_again_after_they_have_moved(kind):
    shifted = hb.concepts.Shifted(hb.RotatingBoundary(0.0), 2.0)
    stream = hb.DriftStream([hb.RotatingBoundary(0.0), shifted], [2_000], rng=0)
    policy = hb.OnDrift(kind(2, reference=500, window=200))
    run = hb.run(hb.Learner(hb.mlp(stream, [4], rng=0)), stream, policy, launch=500, window=300, steps=4_000)
    alarms = [event.detail["row"] for event in run.events if event.kind == "alarm"]
    assert len(alarms) == 1 and 2_000 <= alarms[0] < 2_400
    assert [event.t for event in run.events if event.kind == "train"] == [alarms[0] + 301]


def test_psi_by_hand_where_ties_fill_bins_unevenly():
    # Of four bins the first takes six of 1, 1, 1, 1, 1, 1, 2, 3, the next two are left without any, the last takes two.
    detector = PSI(1, reference=8, window=4, bins=4, alpha=0.5)
    detector.run(np.array([1, 2, 1, 1, 3, 1, 1, 1, 1, 5, 7, 99])[:, None])
    p, q = np.array([6.5, 2.5]) / 10, np.array([1.5, 3.5]) / 6
    assert detector.state["value"] == pytest.approx(np.sum((q - p) * np.log(q / p)))
    one_degree = (1 - 2 / 9) ** 3
    assert detector.state["threshold"] == pytest.approx((1 / 8 + 1 / 4) * one_degree)
