"""Hebb's product with a soft bound: weights near it, none beyond it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unsupervised_helpers import (
    assert_finite_on_zero_input,
    assert_order_in_a_batch_does_not_matter,
    assert_three_executions_agree,
    change,
    layer,
    reach,
)

import hebbnet as hb


def test_a_bound_that_is_far_away_does_nothing():
    W, pre, post = layer(0, 5)
    assert np.allclose(change(hb.Hebb(clip=1e12), W, pre, post), change(hb.Hebb(), W, pre, post), rtol=1e-11)


def test_one_synapse_by_hand():
    # w = .5, h = 3 * -2 = -6, clip 2, decay .1: dw = -6 - (.1 + 6 / 2) .5 = -7.55
    got = change(hb.Hebb(0.1, clip=2.0), np.array([[0.5]]), np.array([[3.0]]), np.array([[-2.0]]))
    assert got[0, 0] == pytest.approx(-7.55)


@given(seed=st.integers(0, 10**6), batch=st.integers(1, 5), decay=st.floats(0.0, 2.0), clip=st.floats(0.1, 10.0))
def test_no_weight_passes_the_bound(seed, batch, decay, clip):
    """From anywhere within, at the largest rate of the theorem."""
    W, pre, post = layer(seed, batch)
    W = np.clip(3.0 * clip * W, -clip, clip)
    rate = 1.0 / (decay + np.abs(pre.T @ post / batch).max() / clip)
    assert np.abs(W + rate * change(hb.Hebb(decay, clip=clip), W, pre, post)).max() <= clip * (1.0 + 1e-12)


def test_where_plain_hebb_blows_up_it_saturates():
    """A linear neuron within its bound gives |post| <= clip sum_i |x_i|, so rate max |x_i| sum |x_i| <= 1 will do."""
    X = np.random.default_rng(0).normal(size=(500, 5)) @ np.diag([2.0, 1.0, 1.0, 1.0, 1.0])
    rate = 1.0 / (np.abs(X).max(axis=1) * np.abs(X).sum(axis=1)).max()
    largest = []
    for clip in (None, 0.8):
        learner = hb.Learner(hb.Network(5, [hb.Dense(1, "identity")], rng=1), rule=hb.Hebb(clip=clip), rate=rate,
                             standardize=False)
        assert clip is None or np.abs(learner.network.layers[0].W).max() <= clip
        learner.learn(X, epochs=10)
        largest.append(np.abs(learner.network.layers[0].W).max())
    assert largest[0] > 1e9 and 0.7 < largest[1] <= 0.8


def test_the_house_rules():
    assert_order_in_a_batch_does_not_matter(hb.Hebb(0.1, clip=2.0))
    assert_finite_on_zero_input(hb.Hebb(0.1, clip=2.0))
    assert reach(hb.Hebb(0.1, clip=2.0)) == (0.0, 0.0, 0.0)


@pytest.mark.compiler
def test_three_executions(monkeypatch):
    assert_three_executions_agree(hb.Hebb(0.1, clip=2.0), monkeypatch)


@pytest.mark.parametrize("clip", [0.0, -1.0, np.nan, np.inf, "tight"])
def test_bounds_that_are_none(clip):
    with pytest.raises(hb.InputError, match="Hebb: clip: expected a"):
        hb.Hebb(clip=clip)


def test_it_is_stored(tmp_path):
    net = hb.Network(3, [hb.Dense(2, "tanh")], rng=0)
    for rule in (hb.Hebb(clip=2.0), hb.Hebb(0.1)):
        hb.Learner(net, rule=rule).save(tmp_path / "learner.npz")
        assert hb.Learner.load(tmp_path / "learner.npz").recipe.rules == (rule,)
