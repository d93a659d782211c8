"""A layer whose neurons hold each other back, and so come to say different things."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine.arrays import each, matrix, mean_rows, outer, vector
from ...engine.checks import number
from ...engine.kernel import RULE, kernel
from .base import Rule


@kernel(RULE)
def foldiak(W, pre, z, post, signal, hyper, state, dW):
    """dW_ij = post_j (pre_i - W_ij);  Q_jk -= alpha (post_j post_k - p^2) <= 0;  theta_j += gamma (post_j - p)"""
    m = W.shape[1]
    p, alpha, gamma = hyper[0], hyper[1], hyper[2]
    Q, theta = matrix(state, 0, m, m), vector(state, m * m, m)
    together, active = matrix(state, m * m + m, m, m), vector(state, 2 * m * m + m, m)
    outer(post, post, together)
    mean_rows(post, active)
    for j in range(m):
        for k in each(m):
            Q[j, k] = np.minimum(Q[j, k] - alpha * (together[j, k] - p * p), 0.0)
        Q[j, j] = 0.0
    for j in each(m):
        theta[j] += gamma * (active[j] - p)
    outer(pre, post, dW)
    for i in each(W.shape[0]):
        for j in each(m):
            dW[i, j] -= active[j] * W[i, j]


@dataclass(frozen=True)
class Foldiak(Rule):
    """Fire together, part ways: between neurons of a layer, Hebb with its sign turned (Földiák 1990).

    Three rules at once. Neuron j learns the inputs at which it is active, dW_ij = post_j (pre_i - W_ij); two neurons
    that are active together more often than p^2 come to inhibit each other, Q_jk -= alpha (post_j post_k - p^2), never
    above 0; and a neuron that is active more often than p becomes harder to excite, theta_j += gamma (post_j - p). Each
    comes to stand for one independent part of the input, such as one bar of an image of many.

    For a layer of `hb.Dense(m, "settling")`, whose activity is what the neurons settle on under Q and theta. Needs pre,
    post, and for Q the activity of one neighbour: local. The change of a batch is the mean of its samples' changes.

    Parameters
    ----------
    p : float
        How often a neuron should be active.
    alpha, gamma : float
        The rates of Q and of theta; that of W is the learner's.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(64, [hb.Dense(16, "settling")], rng=0)
    >>> learner = hb.Learner(network, rule=hb.rules.Foldiak(), rate=0.02, standardize=False)
    """

    p: float = 0.125
    alpha: float = 0.1
    gamma: float = 0.02

    kernel = foldiak
    settles = True

    def __post_init__(self) -> None:
        number(self.p, "Foldiak: p", above=0.0, high=1.0)
        number(self.alpha, "Foldiak: alpha", low=0.0)
        number(self.gamma, "Foldiak: gamma", low=0.0)

    @property
    def stable_rate(self) -> float:
        """2: beyond, the weights jump over their input, and further each time."""
        return 2.0

    def state_size(self, n_in: int, n_out: int) -> int:
        """Q and theta; then, of this batch, how often neurons were active together, and alone."""
        return 2 * (n_out * n_out + n_out)
