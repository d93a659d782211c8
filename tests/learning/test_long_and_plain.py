"""Numbers at the edge, and nothing to learn for long: accuracy stays, and threads do not change a bit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from learning_helpers import blobs

import hebbnet as hb

TINY = 5e-324  # the smallest positive number
OPTIMIZERS = [hb.SGD(), hb.Momentum(), hb.RMSprop(), hb.Adam()]


def small(n_in: int = 3, **how: object) -> hb.Learner:
    return hb.Learner(hb.Network(n_in, [hb.Dense(8, "tanh"), hb.Dense(2, "softmax")], rng=0), **how)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("size", [TINY, 1e-310, 1e-308, 1e-160, 1e-155, 1e-140])
def test_denormal_inputs_are_learned_beside_others(optimizer, standardize, size):
    """A column of them says nothing, and breaks nothing."""
    X, y = blobs(1_000)
    X[:, 1] *= size
    X[::3, 1] = 0.0
    made = small(optimizer=optimizer, standardize=standardize)
    made.learn(X, y, epochs=3)
    assert np.isfinite(made.outputs(X)).all() and made.accuracy(X, y) > 0.8


@pytest.mark.parametrize("value", [0.0, TINY, -1.0, 1e6])
def test_constant_columns_are_worth_nothing(value):
    """And cost nothing."""
    X, y = blobs(600)
    with_it = small(4, rule=hb.Gradient())
    with_it.learn(np.column_stack([X, np.full(600, value)]), y)
    assert np.isfinite(with_it.network.theta).all()
    assert with_it.accuracy(np.column_stack([X, np.full(600, value)]), y) > 0.8


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_all_inputs_constant(optimizer):
    """The best answer is the share of each class."""
    y = np.arange(4_000) % 4 == 0
    made = small(optimizer=optimizer)
    made.learn(np.full((4_000, 3), 7.0), y, batch_size=8, epochs=4)
    assert made.predict_proba(np.full((1, 3), 7.0))[0] == pytest.approx([0.75, 0.25], abs=0.12)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_one_class_in_each_chunk(optimizer):
    """Sorted labels, chunk after chunk: it forgets and learns again, and no number runs away."""
    X, y = blobs(400)
    order = np.argsort(y, kind="stable")
    X, y = X[order], y[order]
    made = small(optimizer=optimizer)
    for _ in range(40):
        for label in (0, 1):
            made.learn(X[y == label], y[y == label], batch_size=8)
    assert made.predict(X[y == 1]).mean() > 0.95 and np.abs(made.network.theta).max() < 100.0
    shuffled = np.random.default_rng(0).permutation(400)
    made.learn(X[shuffled], y[shuffled], epochs=5)
    assert made.accuracy(X, y) > 0.85


@pytest.mark.long
@pytest.mark.compiler
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_hundred_thousand_steps_without_change(optimizer):
    """The same world all along: accuracy of the last tenth is that of the second, within three standard errors."""
    X, y = blobs(100_000)
    made = small(optimizer=optimizer)
    right = made.learn(X, y) == y
    first, last = right[10_000:20_000].mean(), right[-10_000:].mean()
    assert last > first - 3.0 * np.sqrt(2.0 * first * (1.0 - first) / 10_000)
    assert np.isfinite(made.network.theta).all()


@pytest.mark.long
@pytest.mark.compiler
def test_a_hundred_thousand_steps_on_one_sample():
    """Nothing new for long: p goes to 1 and no further, and what was learned before can be learned again."""
    X, y = blobs(500)
    made = small()
    made.learn(X, y, epochs=5)
    before = made.accuracy(X, y)
    made.learn(np.tile(X[:1], (100_000, 1)), np.tile(y[:1], 100_000))
    assert np.isfinite(made.outputs(X)).all() and made.predict(X[:1]) == y[0]
    made.learn(X, y, epochs=20)
    assert made.accuracy(X, y) > before - 0.05


# ---------------------------------------------------------------- threads

LEARN = """
import hashlib, sys, numpy as np, hebbnet as hb
rng = np.random.default_rng(0)
X, y = rng.normal(size=(256, 200)), rng.integers(10, size=256)
net = hb.Network(200, [hb.Dense(300, "tanh"), hb.Dense(10, "softmax")], rng=0)
made = hb.Learner(net, compiled={"compiled": True, "plain": False, "mixed": None}[sys.argv[1]])
made.learn(X, y, batch_size=64)
np.save(sys.argv[2], np.concatenate([made.network.theta, made.outputs(X[:60]).ravel()]))
"""


def learned(way: str, threads: int, path: Path) -> np.ndarray:
    names = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS")
    subprocess.run([sys.executable, "-c", LEARN, way, str(path)], check=True, cwd=Path(hb.__file__).parents[1],
                   env={**os.environ, **dict.fromkeys(names, str(threads))})
    return np.load(path)


@pytest.mark.long
@pytest.mark.compiler
def test_threads_of_blas_change_no_bit_of_the_compiled_path(tmp_path):
    assert np.array_equal(learned("compiled", 1, tmp_path / "1.npy"), learned("compiled", 2, tmp_path / "2.npy"))


@pytest.mark.long
@pytest.mark.compiler
@pytest.mark.parametrize("way", ["plain", "mixed"])
def test_threads_of_blas_change_the_others_by_rounding_alone(tmp_path, way):
    """BLAS adds in another order; 1e-9 of the largest weight is far above what four updates make of that."""
    one, two = learned(way, 1, tmp_path / "1.npy"), learned(way, 2, tmp_path / "2.npy")
    assert np.abs(one - two).max() < 1e-9 * np.abs(one).max()
