"""Log-loss and calibration error: by hand, against scikit-learn, and on forecasters whose honesty is known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hebbnet.engine.checks import InputError
from hebbnet.monitoring import metrics


def two(p):
    """Probabilities of class 1, as lines."""
    return np.stack([1 - np.asarray(p), np.asarray(p)], axis=1)


def test_log_loss_by_hand():
    assert metrics.log_loss([0, 2], [[0.5, 0.25, 0.25], [0, 0, 1]]) == pytest.approx(math.log(2) / 2)
    assert metrics.log_loss([0, 1, 2], np.full((3, 3), 1 / 3)) == pytest.approx(math.log(3))
    assert metrics.log_loss([0], [[0, 1]]) == pytest.approx(15 * math.log(10))  # never infinite


def test_calibration_error_by_hand():
    # two bins: confidences .5 .5 (one of two right) and .9 .7 .8 .8 (mean .8, one of four right)
    p = two([0.5, 0.5, 0.9, 0.7, 0.8, 0.8])
    y = [0, 1, 1, 0, 0, 0]  # of .5 and .5 the answer is 0
    assert metrics.calibration_error(y, p, bins=2) == pytest.approx(2 / 6 * 0 + 4 / 6 * (0.8 - 1 / 4))
    # one bin: the errors of the two cancel as far as they can
    assert metrics.calibration_error(y, p, bins=1) == pytest.approx(abs((2 * 0.5 + 3.2) / 6 - 2 / 6))


def test_the_bins_hold_their_upper_edge():
    """Of ten bins, .6 belongs to (.5, .6] and 1 to (.9, 1]: were .6 in the next, it would be weighed with .65."""
    p = two([0.6, 0.65])
    assert metrics.calibration_error([1, 0], p) == pytest.approx((0.4 + 0.65) / 2)
    assert metrics.calibration_error([1, 1], two([1.0, 1.0])) == 0


def test_the_honest_and_the_boaster():
    """Labels drawn from what the forecaster says; the boaster says 1 or 0 instead and is off by 1 - accuracy."""
    rng = np.random.default_rng(0)
    n, p = 40_000, np.random.default_rng(1).random(40_000)
    y = (rng.random(n) < p).astype(int)
    honest, boaster = metrics.calibration_error(y, two(p)), metrics.calibration_error(y, two(p > 0.5))
    assert honest < math.sqrt(10 / n) / 2
    assert boaster == pytest.approx(0.25, abs=0.01)
    assert metrics.log_loss(y, two(p)) == pytest.approx(0.5, abs=0.01)  # E[-p ln p - (1 - p) ln(1 - p)], p uniform


@pytest.mark.peers
@given(st.lists(st.tuples(st.integers(0, 2), *[st.floats(0.01, 1)] * 3), min_size=1, max_size=40))
def test_log_loss_equals_scikit_learn(rows):
    peer = pytest.importorskip("sklearn.metrics").log_loss
    y = [row[0] for row in rows]
    p = np.array([row[1:] for row in rows])
    p /= p.sum(axis=1, keepdims=True)
    assert metrics.log_loss(y, p) == pytest.approx(peer(y, p, labels=[0, 1, 2]), abs=1e-12)


@pytest.mark.parametrize("metric", [metrics.log_loss, metrics.calibration_error])
@pytest.mark.parametrize(("y", "p", "says"), [
    ([0], [[0.5, 0.6]], "sum to 1, got .* in row 0; predict_proba"), ([0], [[1.5, -0.5]], "sum to 1"),
    ([], np.empty((0, 2)), "at least one row"), ([2], [[0.5, 0.5]], "y: expected labels 0 .. 1, got 2"),
    ([0, 1], [[0.5, 0.5]], "y: expected as many rows"), ([0], [0.5, 0.5], "matrix"), ([0], [[math.nan, 1]], "finite"),
])
def test_refused(metric, y, p, says):
    with pytest.raises(InputError, match=says):
        metric(y, p)


def test_bins_are_counted_from_one():
    with pytest.raises(InputError, match="bins"):
        metrics.calibration_error([0], [[0.5, 0.5]], bins=0)
