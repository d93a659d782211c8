"""Rules by which neurons compete for each input: the winner learns it, and so each comes to stand for a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine.arrays import each, vector
from ...engine.checks import InputError, number
from ...engine.kernel import RULE, kernel
from .base import Rule


@kernel(RULE)
def instar(W, pre, z, post, signal, hyper, state, dW):
    """dW_ij = won_j (pre_i - W_ij),  won_j = 1 for the largest z_j - conscience excess_j, else 0"""
    (batch, n), m = pre.shape, W.shape[1]
    conscience, tau, average = hyper[0], hyper[1], hyper[2]
    excess, wins = vector(state, 0, m), vector(state, m, m)
    won, score = vector(state, 2 * m, m), vector(state, 3 * m, m)
    for j in each(m):
        won[j] = 0.0
    for i in each(n):
        for j in each(m):
            dW[i, j] = 0.0
    for r in range(batch):
        for j in each(m):
            score[j] = z[r, j] - conscience * excess[j]
        winner = np.argmax(score)
        won[winner] += 1.0
        for i in each(n):
            dW[i, winner] += pre[r, i] - W[i, winner]
    for j in each(m):
        wins[j] += won[j]
        excess[j] += (m * won[j] / batch - 1.0 - excess[j]) / tau
    for i in each(n):
        for j in each(m):
            dW[i, j] *= average / np.maximum(wins[j], 1.0) + (1.0 - average) / batch


@dataclass(frozen=True)
class Instar(Rule):
    """The winner moves towards the input: dW_ij = won_j (pre_i - W_ij) (Grossberg 1976), with a conscience.

    The neuron of the largest score wins: score_j = z_j - conscience (m freq_j - 1), where freq_j is the share of the
    last `tau` updates that it won, of m neurons. The first term picks the nearest weights if inputs (or weights) have
    one length: then this is online k-means. The second (DeSieno 1988) holds back a neuron that wins more than its
    share, without which few neurons win everything and the others never learn. Stable while rate < 2. Needs pre, and
    the potentials of the whole layer to know the winner, else only its own weights. The change of a batch is the mean
    of its samples' changes (all compete as things stood before it), but not with `average`.

    Parameters
    ----------
    conscience : float
        How much a potential is lowered for each share too much; in units of z, and meant for inputs of length 1: with
        the default, 10 of 10 neurons stay alive on 5 such clusters, without any only 5. 0 has none.
    tau : float
        For how many updates a win is remembered, at least 1.
    average : bool
        Divide a neuron's step by its number of wins. At rate 1 its weights are then exactly the mean of all that it
        won; the more it won the less it moves, so leave it out where the world drifts.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(1, "identity")], rng=0)
    >>> learner = hb.Learner(network, rule=hb.rules.Instar(average=True), rate=1.0, standardize=False)
    >>> outputs = learner.learn([[1.0, 0.0], [3.0, 3.0], [2.0, 6.0]])
    >>> learner.network.layers[0].W.ravel()
    array([2., 3.])
    """

    conscience: float = 0.5
    tau: float = 100.0
    average: bool = False

    kernel = instar

    def __post_init__(self) -> None:
        number(self.conscience, "Instar: conscience", low=0.0)
        number(self.tau, "Instar: tau", low=1.0)
        if self.average not in (True, False):
            raise InputError(f"Instar: average: expected True or False, got {self.average!r}")

    @property
    def stable_rate(self) -> float:
        """2: beyond, the winner jumps over its input, and further each time."""
        return 2.0

    def state_size(self, n_in: int, n_out: int) -> int:
        """For each neuron: m freq - 1, wins ever, wins in this batch, score."""
        return 4 * n_out

    def mixed(self) -> Any:
        """Compiled: one column a sample is no product of matrices."""
        return self.kernel.compiled
