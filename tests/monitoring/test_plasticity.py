"""Whether a layer can still learn, by closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hebbnet as hb
from hebbnet.monitoring.metrics import dormant, effective_rank


@pytest.mark.parametrize(("silent", "alive"), [(0, 4), (3, 1), (7, 13)])
def test_silent_neurons_are_dormant_and_sleep_is_no_matter_of_scale(silent, alive):
    rng = np.random.default_rng(0)
    a = np.c_[np.zeros((50, silent)), 1.0 + rng.random((50, alive))]
    for scale in (1.0, -1e-6, 1e6):
        assert dormant(scale * a) == pytest.approx(silent / (silent + alive))


def test_the_score_is_beside_the_mean_of_all_neurons():
    """Means 1, 1, 1 and e have the scores e / ((3 + e) / 4): at most .1 up to e = .3 / 3.9."""
    for e, share in ((0.3 / 3.9 - 1e-9, 0.25), (0.3 / 3.9 + 1e-9, 0.0)):
        assert dormant([[1.0, -1.0, 1.0, e], [-1.0, 1.0, 1.0, -e]], tau=0.1) == share
    assert dormant([[1.0, 0.0]], tau=0.0) == 0.5


def test_where_all_are_silent_all_are_dormant():
    assert dormant(np.zeros((3, 2))) == 1.0 and effective_rank(np.zeros((3, 2))) == 0.0


@settings(deadline=None)
@given(r=st.integers(1, 6), n=st.integers(6, 12), m=st.integers(6, 9), seed=st.integers(0, 1_000))
def test_r_directions_filled_alike_have_the_effective_rank_r(r, n, m, seed):
    rng = np.random.default_rng(seed)
    U, V = (np.linalg.qr(rng.standard_normal((k, r)))[0] for k in (n, m))
    assert effective_rank(3.7 * U @ V.T) == pytest.approx(r)


def test_the_effective_rank_of_two_directions():
    """Shares p and 1 - p: exp of the binary entropy."""
    for p in (0.5, 0.8, 0.99):
        expected = p**-p * (1 - p) ** -(1 - p)
        assert effective_rank(np.diag([p, 1 - p])) == pytest.approx(expected)
        assert effective_rank(5 * np.diag([1 - p, p])) == pytest.approx(expected)


@settings(deadline=None)
@given(seed=st.integers(0, 1_000), n=st.integers(1, 8), m=st.integers(1, 8))
def test_the_effective_rank_is_between_1_and_the_rank_and_does_not_turn(seed, n, m):
    rng = np.random.default_rng(seed)
    a = rng.standard_normal((n, m))
    turn = np.linalg.qr(rng.standard_normal((m, m)))[0]
    assert 1.0 - 1e-12 <= effective_rank(a) <= min(n, m) + 1e-9
    assert effective_rank(a @ turn) == pytest.approx(effective_rank(a))


@pytest.mark.parametrize("measure", [dormant, effective_rank])
@pytest.mark.parametrize(("activity", "message"), [
    (np.zeros((0, 3)), "at least one row and one neuron"), (np.zeros((3, 0)), "at least one row and one neuron"),
    ([1.0, 2.0], "activity: expected"), ([[np.nan]], "activity: expected finite numbers")])
def test_what_is_no_activity_is_refused(measure, activity, message):
    with pytest.raises(hb.InputError, match=message):
        measure(activity)


def test_a_negative_tau_is_refused():
    with pytest.raises(hb.InputError, match="dormant: tau"):
        dormant([[1.0]], tau=-0.1)
