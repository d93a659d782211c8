"""Metrics and baselines: numbers worked by hand, slow obvious versions, and known values of real streams."""

import math
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hebbnet.engine.checks import InputError
from hebbnet.monitoring import metrics

LABELS = st.lists(st.integers(0, 3), min_size=1, max_size=60)
RECORD = st.lists(st.integers(0, 1), min_size=1, max_size=60)


# ---------------------------------------------------------------- accuracy over time


def test_windowed_accuracy_by_hand():
    # last three of 1 0 1 1 0: 1/1, 1/2, 2/3, (0 1 1) 2/3, (1 1 0) 2/3
    assert metrics.windowed_accuracy([1, 0, 1, 1, 0], 3) == pytest.approx([1, 1 / 2, 2 / 3, 2 / 3, 2 / 3], abs=1e-15)


@given(RECORD, st.integers(1, 80))
@settings(deadline=None)
def test_windowed_accuracy_is_the_mean_of_the_window(record, window):
    slow = [np.mean(record[max(0, t - window + 1) : t + 1]) for t in range(len(record))]
    assert metrics.windowed_accuracy(record, window) == pytest.approx(slow, abs=1e-15)


def test_fading_accuracy_by_hand():
    # alpha 1/2: S = 1, 1/2, 5/4, 13/8;  B = 1, 3/2, 7/4, 15/8
    expected = [1, 1 / 3, 5 / 7, 13 / 15]
    assert metrics.fading_accuracy([1, 0, 1, 1], alpha=0.5) == pytest.approx(expected, abs=1e-15)


@given(RECORD, st.floats(0, 1))
@settings(deadline=None)
def test_fading_accuracy_is_a_weighted_mean(record, alpha):
    weights = [[alpha ** (t - i) for i in range(t + 1)] for t in range(len(record))]
    slow = [np.average(record[: t + 1], weights=w) for t, w in enumerate(weights)]
    assert metrics.fading_accuracy(record, alpha) == pytest.approx(slow, abs=1e-12)


def test_fading_accuracy_at_its_ends():
    record = np.array([1.0, 0, 0, 1, 1])
    assert metrics.fading_accuracy(record, 1.0) == pytest.approx(np.cumsum(record) / np.arange(1, 6))
    assert np.array_equal(metrics.fading_accuracy(record, 0.0), record)


def test_fading_forgets_what_a_window_forgets():
    record = np.repeat([1.0, 0.0], 10_000)
    assert metrics.fading_accuracy(record)[-1] == pytest.approx(0.999**10_000, rel=1e-3)
    assert metrics.windowed_accuracy(record, 1000)[[9_999, 10_499, 10_999]].tolist() == [1.0, 0.5, 0.0]


def test_an_empty_record_is_an_empty_curve():
    assert metrics.windowed_accuracy([], 5).shape == metrics.fading_accuracy([]).shape == (0,)


# ---------------------------------------------------------------- baselines


def test_no_change_by_hand():
    # 2 2 0 0 0 1: answers . 2 2 0 0 0
    assert metrics.no_change([2, 2, 0, 0, 0, 1]).tolist() == [1, 0, 1, 1, 0]
    assert metrics.no_change([2, 2, 0, 0, 0, 1], before=1).tolist() == [0, 1, 0, 1, 1, 0]
    assert metrics.no_change([7]).tolist() == []


@pytest.mark.parametrize("baseline", [metrics.no_change, lambda y: metrics.majority(y, 2)])
def test_the_labels_stay_what_they_are(baseline):
    y = np.array([1, 1, 0, 1])
    baseline(y)
    baseline(y[1:])
    assert y.tolist() == [1, 1, 0, 1]


def test_majority_by_hand():
    # labels  1 2 2 0 0 1 1: counts before each row (0 0 0) (0 1 0) (0 1 1) (0 1 2) (1 1 2) (2 1 2) (2 2 2)
    # answers 0 1 1 2 2 0 0, ties to the smaller label
    assert metrics.majority([1, 2, 2, 0, 0, 1, 1], 3).tolist() == [0, 0, 0, 0, 0, 0, 0]
    assert metrics.majority([0, 1, 1, 2, 1, 0, 1], 3).tolist() == [1, 0, 0, 0, 1, 0, 1]
    assert metrics.majority([0, 1, 1], 2, before=[1, 1]).tolist() == [0, 1, 1]


@given(LABELS, st.lists(st.integers(0, 3), max_size=20))
@settings(deadline=None)
def test_majority_looks_at_the_past_only(y, before):
    slow = []
    for t in range(len(y)):
        past = before + y[:t]
        slow.append(int(y[t] == max(range(4), key=lambda c: (past.count(c), -c))))
    assert metrics.majority(y, 4, before).tolist() == slow


@given(LABELS)
@settings(deadline=None)
def test_baselines_continue_where_they_left_off(y):
    y, cut = np.array(y), len(y) // 2
    if cut:
        assert np.array_equal(metrics.majority(y, 4)[cut:], metrics.majority(y[cut:], 4, before=y[:cut]))
        assert np.array_equal(metrics.no_change(y)[cut - 1 :], metrics.no_change(y[cut:], before=y[cut - 1]))


def test_chance():
    assert metrics.chance(5) == 0.2


def test_known_values_of_elec2():
    shared = Path(os.environ.get("HEBBNET_SHARED") or Path(__file__).resolve().parents[3] / "shared")
    file = shared / "data" / "elec2.npz"
    if not file.exists():
        pytest.skip("the Elec2 data are not here")
    y = np.load(file, allow_pickle=False)["y"].astype(int)
    assert metrics.no_change(y).mean() == pytest.approx(0.8533, abs=5e-5)
    assert metrics.majority(y, 2).mean() == pytest.approx(0.575, abs=1e-3)
    assert metrics.kappa_t(y, np.concatenate([[1], metrics.no_change(y)])) == pytest.approx(0, abs=1e-3)


# ---------------------------------------------------------------- accuracy for each class


def test_balanced_accuracy_by_hand():
    # recalls 3/4 of the zeros, 1/2 of the twos; there is no one, though one is predicted
    assert metrics.balanced_accuracy([0, 0, 0, 0, 2, 2], [0, 0, 0, 1, 2, 0]) == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert metrics.balanced_accuracy([1, 1], [1, 1]) == 1.0


@given(LABELS, st.integers(0, 3))
@settings(deadline=None)
def test_a_constant_answer_has_a_balanced_accuracy_of_chance(y, answer):
    expected = 1 / len(set(y)) if answer in y else 0.0
    assert metrics.balanced_accuracy(y, [answer] * len(y)) == pytest.approx(expected)


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60))
@settings(deadline=None)
def test_balanced_accuracy_equals_scikit_learn(pairs):
    peer = pytest.importorskip("sklearn.metrics").balanced_accuracy_score
    y, predicted = zip(*pairs, strict=True)
    if len(set(y)) > 1:
        assert metrics.balanced_accuracy(y, predicted) == pytest.approx(peer(y, predicted), abs=1e-12)


# ---------------------------------------------------------------- kappas


def test_kappa_by_hand():
    # Table of (label, prediction): (0,0) 20, (0,1) 5, (1,0) 10, (1,1) 15. p0 = 35/50 = .7
    # pc = 25/50 30/50 + 25/50 20/50 = .5, kappa = .2 / .5 = .4
    y = np.repeat([0, 0, 1, 1], [20, 5, 10, 15])
    predicted = np.repeat([0, 1, 0, 1], [20, 5, 10, 15])
    assert metrics.kappa(y, predicted) == pytest.approx(0.4, abs=1e-15)


def test_kappa_t_by_hand():
    # 0 0 0 1 1 after a 1: no-change has 0 1 1 0 1 = 3/5; a model with 4/5: (4/5 - 3/5) / (2/5) = 1/2
    assert metrics.kappa_t([0, 0, 0, 1, 1], [1, 1, 1, 0, 1], before=1) == pytest.approx(0.5)
    # without a label before: no-change has 1 1 0 1 = 3/4 of the rows it can score; (4/5 - 3/4) / (1/4) = 1/5
    assert metrics.kappa_t([0, 0, 0, 1, 1], [1, 1, 1, 0, 1]) == pytest.approx(0.2)


def test_kappa_m_by_hand():
    # 0 0 1 1 1 0: the majority answers 0 0 0 0 0 1, right in 1 1 0 0 0 0 = 1/3; a model with 4/6: (1/3) / (2/3) = 1/2
    assert metrics.kappa_m([0, 0, 1, 1, 1, 0], [1, 1, 1, 1, 0, 0]) == pytest.approx(0.5)
    # with 1 1 1 1 known before, it answers 1 throughout: 1/2; (4/6 - 1/2) / (1/2) = 1/3
    assert metrics.kappa_m([0, 0, 1, 1, 1, 0], [1, 1, 1, 1, 0, 0], before=[1, 1, 1, 1]) == pytest.approx(1 / 3)


@given(LABELS, st.data())
@settings(deadline=None)
def test_a_kappa_is_0_for_its_baseline_and_1_for_perfection(y, data):
    before = data.draw(st.integers(0, 3))
    baselines = {metrics.kappa_t: metrics.no_change(y, before), metrics.kappa_m: metrics.majority(y, 4, [before])}
    for kappa, record in baselines.items():
        given = before if kappa is metrics.kappa_t else [before]
        perfect = kappa(y, np.ones(len(y)), given)
        assert kappa(y, record, given) == 0.0
        assert perfect == (1.0 if record.mean() < 1 else 0.0)
    assert metrics.kappa(y, y) == (pytest.approx(1) if len(set(y)) > 1 else 0.0)


@pytest.mark.peers
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=60))
@settings(deadline=None)
def test_kappa_equals_scikit_learn(pairs):
    cohen_kappa_score = pytest.importorskip("sklearn.metrics").cohen_kappa_score
    y, predicted = zip(*pairs, strict=True)
    if len({*y, *predicted}) > 1:
        assert metrics.kappa(y, predicted) == pytest.approx(cohen_kappa_score(y, predicted), abs=1e-12)


def test_where_the_baseline_is_perfect_kappa_is_0():
    assert metrics.kappa([1, 1], [1, 1]) == 0.0
    assert metrics.kappa_t([1, 1, 1], [1, 0, 1]) == 0.0
    assert metrics.kappa_m([0, 0], [1, 0]) == 0.0
    assert metrics.kappa_t([1], [1]) == 0.0  # no row with a label before it


def test_read_only_and_odd_arrays_are_read():
    y = np.broadcast_to(np.array([0, 1, 1, 0]), (2, 4))[0]
    record = np.broadcast_to(np.array([1.0, 0.0, 1.0, 1.0]), (2, 4))[0]
    assert metrics.majority(y, 2).tolist() == [1, 0, 0, 0]
    assert metrics.majority(np.array([True, False]), 2).tolist() == [0, 0]
    assert metrics.fading_accuracy(record == 1, 1.0).tolist() == metrics.fading_accuracy(record, 1.0).tolist()


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(("call", "message"), [
    (lambda: metrics.windowed_accuracy([0, 1], 0), "window"),
    (lambda: metrics.windowed_accuracy([0, 2], 3), "correct: expected numbers from 0 to 1, got 2 in row 1"),
    (lambda: metrics.windowed_accuracy([[0, 1]], 3), "correct: expected a vector"),
    (lambda: metrics.fading_accuracy([0, math.nan]), "finite"),
    (lambda: metrics.fading_accuracy([0, 1], alpha=1.1), "alpha"),
    (lambda: metrics.no_change([0, -1]), "y: expected labels 0 .. 999, got -1 in row 1"),
    (lambda: metrics.no_change([0, 1], before=-1), "before"),
    (lambda: metrics.no_change([0.5, 1]), "whole numbers"),
    (lambda: metrics.no_change(["a", "b"]), "whole numbers"),
    (lambda: metrics.no_change([[0, 1]]), "vector"),
    (lambda: metrics.no_change(3), "vector"),
    (lambda: metrics.no_change([0, math.nan]), "y: expected labels"),
    (lambda: metrics.majority([0, 2], 2), "y: expected labels 0 .. 1, got 2 in row 1"),
    (lambda: metrics.majority([0, 1], 2, before=[2]), "before: expected labels"),
    (lambda: metrics.majority([0, 1], 0), "n_classes"),
    (lambda: metrics.chance(0), "n_classes"),
    (lambda: metrics.kappa([0, 1], [0]), "predicted: expected as many rows as y has, 2, got 1"),
    (lambda: metrics.kappa([], []), "at least one row"),
    (lambda: metrics.balanced_accuracy([], []), "at least one row"),
    (lambda: metrics.balanced_accuracy([0, 1], [0]), "predicted: expected as many rows as y has, 2, got 1"),
    (lambda: metrics.kappa_t([0, 1], [1]), "correct: expected as many rows"),
    (lambda: metrics.kappa_m([], []), "at least one row"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
