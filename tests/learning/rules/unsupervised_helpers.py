"""What every unsupervised rule is held to: three executions that agree, batches, locality, finite numbers."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import hebbnet as hb
from hebbnet.learning import machine

Array = np.ndarray


def change(rule: hb.rules.Rule, W: Array, pre: Array, post: Array, *, state: Array | None = None,
           kernel: str = "plain") -> Array:
    """What a rule gives for one layer of linear neurons without bias; `state` is its memory, and changes."""
    hyper = np.zeros(4)
    hyper[: len(rule.numbers)] = rule.numbers
    state = np.zeros(rule.state_size(*W.shape)) if state is None else state
    dW = np.full(W.shape, np.nan)
    getattr(rule.kernel, kernel)(W, pre, post, post, np.zeros_like(post), hyper, state, dW)
    return dW


def layer(seed: int, batch: int, n: int = 4, m: int = 3) -> tuple[Array, Array, Array]:
    """Random W (n, m), pre (batch, n) and post (batch, m)."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, m)), rng.normal(size=(batch, n)), rng.normal(size=(batch, m))


def used(rule: hb.rules.Rule, m: int = 3) -> Array:
    """The rule's memory after it has seen something."""
    W, pre, post = layer(99, 7, m=m)
    state = np.zeros(rule.state_size(*W.shape))
    for r in range(7):
        change(rule, W, pre[r : r + 1], post[r : r + 1], state=state)
    return state


def everything(learner: hb.Learner) -> Array:
    """All that one update changes."""
    memory = learner._memory
    return np.concatenate([learner.network.theta, memory.state, memory.moments, memory.scaler])


def assert_three_executions_agree(rule: hb.rules.Rule, monkeypatch: pytest.MonkeyPatch, *, at_least: int = 1) -> None:
    """Compiled, mixed and plain, each update from the same state, to 1e-12; alone and below a read-out."""
    for (m, activation), batch in product(((1, "identity"), (2, "tanh"), (3, "relu"), (9, "identity")), (1, 7)):
        if m < at_least:
            continue
        for told in (False, True):
            layers = [hb.Dense(m, activation), *[hb.Dense(2, "softmax")] * told]
            rules, rates = [rule, *[hb.Gradient()] * told], 0.01
            learner = hb.Learner(hb.Network(4, layers, rng=m), rule=rules, rate=rates)
            rng = np.random.default_rng(batch)
            X, y = rng.normal(size=(4 * batch + 2, 4)) + 1.0, rng.integers(2, size=4 * batch + 2)
            learner.learn(X[:2], y[:2] if told else None)
            for start in range(2, len(X), batch):
                twins = []
                for compiled, limit in ((True, 0), (None, -1), (False, 0)):
                    monkeypatch.setattr(machine, "COMPILED_UP_TO", limit)
                    monkeypatch.setattr(machine, "COMPILED_ROWS", 0)
                    twins.append(learner.copy())
                    twins[-1].compiled = compiled
                    twins[-1].learn(X[start : start + batch], y[start : start + batch] if told else None,
                                    batch_size=batch)
                first = everything(twins[0])
                for twin in twins[1:]:
                    assert np.all(np.abs(everything(twin) - first) <= 1e-12 * (1.0 + np.abs(first)))
                assert np.isfinite(first).all() and np.any(first != everything(learner))
                learner = twins[0]


def assert_batch_is_mean_of_samples(rule: hb.rules.Rule) -> None:
    """Also in whatever order they come; all from the same memory."""
    for seed in range(20):
        W, pre, post = layer(seed, 6)
        whole = change(rule, W, pre, post, state=used(rule))
        ones = [change(rule, W, pre[r : r + 1], post[r : r + 1], state=used(rule)) for r in range(6)]
        assert np.allclose(whole, np.mean(ones, axis=0), rtol=1e-12, atol=1e-13)


def assert_order_in_a_batch_does_not_matter(rule: hb.rules.Rule) -> None:
    for seed in range(20):
        (W, pre, post), order = layer(seed, 6), np.random.default_rng(seed).permutation(6)
        states = [used(rule), used(rule)]
        changes = [change(rule, W, pre, post, state=states[0]),
                   change(rule, W, pre[order], post[order], state=states[1])]
        assert np.allclose(*changes, rtol=1e-12, atol=1e-13)


def assert_finite_on_zero_input(rule: hb.rules.Rule) -> None:
    for batch, m in product((1, 5), (1, 3)):
        state, W = np.zeros(rule.state_size(4, m)), np.ones((4, m))
        for _ in range(3):
            assert np.isfinite(change(rule, W, np.zeros((batch, 4)), np.zeros((batch, m)), state=state)).all()
        assert np.isfinite(state).all()


def reach(rule: hb.rules.Rule) -> tuple[float, float, float]:
    """How far the change of W_11 moves when something else is scrambled: other rows of W and of pre (in this neuron's
    own column), the activities of other neurons, the weights of other neurons."""
    W, pre, post = layer(0, 5)
    rng = np.random.default_rng(1)

    def moved(W: Array, pre: Array, post: Array) -> float:
        return float(abs(change(rule, W, pre, post, state=used(rule))[1, 1] - honest))

    honest = change(rule, W, pre, post, state=used(rule))[1, 1]
    (W_rows, pre_others), post_others, W_others = (W.copy(), pre.copy()), post.copy(), W.copy()
    W_rows[[0, 2, 3], 1] = 10.0 * rng.normal(size=3)
    pre_others[:, [0, 2, 3]] = 10.0 * rng.normal(size=(5, 3))
    post_others[:, [0, 2]] = 10.0 * rng.normal(size=(5, 2))
    W_others[:, [0, 2]] = 10.0 * rng.normal(size=(4, 2))
    return moved(W_rows, pre_others, post), moved(W, pre, post_others), moved(W_others, pre, post)
