"""The locality audit: scramble all that a synapse may not see, and its change must not move."""

from __future__ import annotations

import numpy as np
import pytest

import hebbnet as hb


@hb.synapse
def gated(w, pre, post, signal):
    return signal * pre * post - w if post > 0 else -0.5 * w


@hb.rule
def subspace(W, pre, post, signal):
    return hb.dot(pre.T - hb.dot(W, post.T), post) / len(pre)


def audit(rule: hb.rules.Rule) -> float:
    """How far the change of any synapse moves when all but its w_ij, pre_i, z_j, post_j and signal_j is scrambled."""
    rng = np.random.default_rng(0)
    n, m, batch = 4, 3, 5
    hyper = np.zeros(4)
    hyper[: len(rule.numbers)] = rule.numbers

    def change(W: np.ndarray, pre: np.ndarray, *sides: np.ndarray) -> np.ndarray:
        dW = np.empty((n, m))
        rule.kernel.plain(W, pre, *sides, hyper, np.zeros(rule.state_size(n, m)), dW)
        return dW

    W, pre, sides = rng.normal(size=(n, m)), rng.normal(size=(batch, n)), rng.normal(size=(3, batch, m))
    honest, moved = change(W, pre, *sides), 0.0
    for i in range(n):
        for j in range(m):
            W2, pre2, sides2 = (10.0 * rng.normal(size=part.shape) for part in (W, pre, sides))
            W2[i, j], pre2[:, i], sides2[:, :, j] = W[i, j], pre[:, i], sides[:, :, j]
            moved = max(moved, abs(change(W2, pre2, *sides2)[i, j] - honest[i, j]))
    return moved


@pytest.mark.parametrize("rule", [hb.Gradient(), hb.Hebb(), hb.Hebb(0.2), hb.Oja(), hb.rules.Prototype(),
                                  hb.rules.Foldiak(), gated], ids=lambda rule: rule.name)
def test_a_synapse_uses_only_what_it_can_see(rule):
    assert audit(rule) < 1e-14


def test_the_audit_finds_a_rule_that_looks_further():
    assert audit(subspace) > 0.1
