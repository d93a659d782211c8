"""Memories that complete: energy falls, capacity ends where theory says, and a softmax lifts the limit."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hebbnet as hb


def damaged(patterns: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """The same fraction of entries flipped in each pattern."""
    n = patterns.shape[1]
    flip = rng.permuted(np.tile(np.arange(n) < share * n, (len(patterns), 1)), axis=1)
    return np.where(flip, -patterns, patterns)


def filled(n: int, patterns: int, seed: int) -> tuple[hb.Hopfield, np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    X = rng.choice([-1.0, 1.0], (patterns, n))
    memory = hb.Hopfield(n)
    memory.store(X)
    return memory, X, rng


def overlap(n: int, load: float, seed: int, *, cues: int = 50) -> float:
    """Mean m = s . x / n after recall from cues of which 10 % is flipped."""
    memory, X, rng = filled(n, round(load * n), seed)
    states = memory.recall(damaged(X[:cues], 0.1, rng), rng=seed)
    return float((states * X[:cues]).mean())


# ---------------------------------------------------------------- Hopfield


@pytest.mark.long
@pytest.mark.parametrize(("load", "expected"), [(0.05, 1.000), (0.10, 0.999), (0.12, 0.994), (0.138, 0.969),
                                                (0.15, 0.811), (0.18, 0.465)])
def test_capacity(load, expected):
    """1,000 neurons, 6 seeds; from the edge on a single seed scatters by .03 to .05, and so do the figures of three."""
    found = np.mean([overlap(1_000, load, seed) for seed in range(6)])
    assert found == pytest.approx(expected, abs=0.03 if load <= 0.12 else 0.05)


def test_below_capacity_all_comes_back_and_above_it_melts():
    assert overlap(400, 0.05, 0) > 0.999
    assert overlap(400, 0.25, 0) < 0.5


def test_storing_is_hebbs_product_without_a_diagonal():
    memory, X, _ = filled(7, 3, 0)
    assert np.allclose(memory.W, (X.T @ X - 3 * np.eye(7)) / 7, rtol=0, atol=1e-15)
    memory.store(X[0])
    again = hb.Hopfield(7)
    again.store(np.concatenate([X, X[:1]]))
    assert np.array_equal(memory.W, again.W)


def test_small_integers_do_not_wrap():
    memory = hb.Hopfield(4)
    memory.store(np.ones((300, 4), dtype=np.int8))
    assert memory.W[0, 1] == 300 / 4


@settings(deadline=None, max_examples=100)
@given(n=st.integers(2, 30), patterns=st.integers(1, 12), seed=st.integers(0, 10_000), blank=st.booleans())
def test_energy_never_rises_when_one_moves_at_a_time(n, patterns, seed, blank):
    memory, _, rng = filled(n, patterns, seed)
    states = [rng.choice([-1.0, 0.0, 1.0] if blank else [-1.0, 1.0], n)]
    for k in range(8):
        states.append(memory.recall(states[-1], 1, rng=k))
    energy = memory.energy(np.array(states))
    assert (np.diff(energy) <= 1e-12).all()
    moved = [not np.array_equal(a, b) for a, b in pairwise(states)]
    assert (np.diff(energy)[moved] < 0).all(), "an input of 0 keeps the state, so that every move goes downhill"


@settings(deadline=None, max_examples=30)
@given(n=st.integers(2, 20), patterns=st.integers(1, 6), seed=st.integers(0, 10_000))
def test_recall_one_by_one_as_written_plainly(n, patterns, seed):
    memory, _, rng = filled(n, patterns, seed)
    cue = rng.choice([-1.0, 1.0], n)
    state, order = cue.copy(), np.random.default_rng(seed)
    for _ in range(5):
        for i in order.permutation(n):
            field = round(n * (memory.W[i] @ state))
            state[i] = np.sign(field) if field else state[i]
    assert np.array_equal(memory.recall(cue, 5, rng=seed), state)


def test_all_at_once_can_end_in_a_cycle_of_two():
    memory = hb.Hopfield(2)
    memory.store([1, 1])
    assert memory.recall([1, -1], 1, mode="sync").tolist() == [-1, 1]
    assert memory.recall([1, -1], 2, mode="sync").tolist() == [1, -1]
    assert abs(memory.recall([1, -1], rng=0).sum()) == 2


@pytest.mark.parametrize("mode", ["async", "sync"])
def test_an_input_of_zero_keeps_the_state(mode):
    memory = hb.Hopfield(3)
    assert memory.recall([1, -1, 0], mode=mode).tolist() == [1, -1, 0]
    memory.store([[1, 1, 1], [1, -1, 1]])  # neuron 1 is free of the others
    assert memory.recall([1, -1, 1], mode=mode, rng=0).tolist() == [1, -1, 1]
    assert memory.recall([1, 1, 1], mode=mode, rng=0).tolist() == [1, 1, 1]


@pytest.mark.parametrize("mode", ["async", "sync"])
def test_a_blank_half_is_completed_and_the_cue_left_alone(mode):
    memory, X, _ = filled(100, 4, 1)
    cue = np.where(np.arange(100) < 50, X, 0.0)
    before = cue.copy()
    assert np.array_equal(memory.recall(cue, mode=mode, rng=0), X)
    assert np.array_equal(cue, before)
    assert memory.recall(cue[0], mode=mode, rng=0).shape == (100,)
    assert np.array_equal(memory.recall(cue, 0, mode=mode), cue)


def test_energy_of_one_and_of_several():
    memory, X, _ = filled(20, 3, 0)
    assert memory.energy(X[1]) == pytest.approx(-0.5 * X[1] @ memory.W @ X[1])
    assert memory.energy(X)[1] == memory.energy(X[1])


# ---------------------------------------------------------------- the dense one


def test_ten_thousand_patterns_in_a_hundred_neurons():
    """20 % of the cue flipped, one step; the classic network, given the same, answers noise."""
    rng = np.random.default_rng(0)
    X = rng.choice([-1.0, 1.0], (10_000, 100))
    cues = damaged(X[:200], 0.2, rng)
    dense, classic = hb.DenseHopfield(100, beta=0.8), hb.Hopfield(100)
    dense.store(X)
    classic.store(X)
    assert (dense.recall(cues) * X[:200]).mean() > 0.99
    assert (classic.recall(cues, rng=0) * X[:200]).mean() < 0.3


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 10_000), beta=st.floats(0.01, 50))
def test_dense_energy_never_rises(seed, beta):
    rng = np.random.default_rng(seed)
    memory = hb.DenseHopfield(5, beta=beta)
    memory.store(rng.normal(size=(7, 5)))
    states = [rng.normal(size=(3, 5))]
    for _ in range(6):
        states.append(memory.recall(states[-1]))
    energy = np.array([memory.energy(S) for S in states])
    assert (np.diff(energy, axis=0) <= 1e-9).all()
    assert np.allclose(memory.recall(states[0], 6), states[-1])


def test_softmax_recall_by_hand():
    memory = hb.DenseHopfield(2, beta=2.0)
    memory.store([[1, 0], [0, 1]])
    p = 1 / (1 + np.exp(-2 * 0.3))
    assert np.allclose(memory.recall([0.5, 0.2]), [p, 1 - p], rtol=0, atol=1e-15)
    assert memory.energy([0.5, 0.2]) == pytest.approx(0.5 * 0.29 - np.log(np.exp(1) + np.exp(0.4)) / 2)
    assert memory.recall([[0.5, 0.2]]).shape == (1, 2)
    assert np.array_equal(memory.recall([0.5, 0.2], 0), [0.5, 0.2])


def test_likeness_too_large_for_exp_is_no_trouble():
    memory = hb.DenseHopfield(3, beta=1e6)
    memory.store([[1, 1, 1], [-1, 1, 1]])
    assert memory.recall([0.1, 1, 1]).tolist() == [1, 1, 1]
    assert np.isfinite(memory.energy([0.1, 1, 1]))


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(("patterns", "message"), [
    ([1, 0, 1], r"patterns: expected entries of -1, \+1, got 0; np.where"),
    ([[1, 1]], "patterns: expected 3 columns, got 2"),
    ([1, np.nan, 1], "patterns: expected finite numbers"),
    ("abc", "patterns: expected numbers"),
])
def test_patterns_refused_before_anything_changed(patterns, message):
    memory, _, _ = filled(3, 2, 0)
    before = memory.W
    with pytest.raises(hb.InputError, match=message):
        memory.store(patterns)
    assert np.array_equal(memory.W, before)


def test_the_rest_is_refused():
    memory = hb.Hopfield(3)
    with pytest.raises(hb.InputError, match=r"cue: expected entries of -1, 0, \+1, got 2"):
        memory.recall([1, 2, 1])
    with pytest.raises(hb.InputError, match=r"unknown mode 'asinc'; .* did you mean 'async'"):
        memory.recall([1, 1, 1], mode="asinc")
    with pytest.raises(hb.InputError, match="rng: expected"):
        memory.recall([1, 1, 1], rng="x")
    with pytest.raises(hb.InputError, match="steps: expected a whole number"):
        memory.recall([1, 1, 1], -1)
    with pytest.raises(hb.InputError, match="n: expected a whole number of at least 1"):
        hb.DenseHopfield(0)
    with pytest.raises(hb.InputError, match="beta: expected a finite number greater than 0"):
        hb.DenseHopfield(3, beta=0)
    for question in (hb.DenseHopfield(3).recall, hb.DenseHopfield(3).energy):
        with pytest.raises(hb.InputError, match="nothing is stored yet"):
            question([1, 1, 1])
    dense = hb.DenseHopfield(3)
    with pytest.raises(hb.InputError, match="expected 3 columns, got 2"):
        dense.store([1, 1])
    assert repr(dense) == "DenseHopfield(3, beta=0.8): 0 patterns" and repr(memory) == "Hopfield(3)"
