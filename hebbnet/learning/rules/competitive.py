"""Rules by which neurons compete for each input: the winner learns it, and so each comes to stand for a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine.arrays import each, magnitude, mean_rows, outer, vector
from ...engine.checks import InputError, number, truth, whole
from ...engine.kernel import RULE, kernel
from ...network.activations import softmax
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


@kernel(RULE, arrays=True)
def krotov_hopfield(W, pre, z, post, signal, hyper, state, dW):
    """dW_ij = g_j (pre_i - z_j W_ij) / largest,  g = 1 for the largest z, -delta for the k-th largest, else 0"""
    (batch, n), m = pre.shape, W.shape[1]
    delta, k = hyper[0], int(hyper[1])
    winner, loser, moves = np.empty(batch, np.int64), np.empty(batch, np.int64), np.zeros(m, np.int64)
    left, pull = np.empty(m), np.zeros(m)  # pull_j: the sum of g_j z_j over the batch
    for r in range(batch):
        for j in each(m):
            left[j] = z[r, j]
        winner[r] = loser[r] = np.argmax(left)
        for _ in range(k - 1):  # strike out the largest, k - 1 times
            left[loser[r]] = -np.inf
            loser[r] = np.argmax(left)
        moves[winner[r]] = moves[loser[r]] = 1
        pull[winner[r]] += z[r, winner[r]]
        pull[loser[r]] -= delta * z[r, loser[r]]
    moved, place = np.flatnonzero(moves), np.cumsum(moves) - 1  # most columns rest: work on the others alone
    step = np.empty((n, len(moved)))
    for i in each(n):
        for c in each(len(moved)):
            step[i, c] = -pull[moved[c]] * W[i, moved[c]]
        for r in range(batch):
            step[i, place[winner[r]]] += pre[r, i]
            step[i, place[loser[r]]] -= delta * pre[r, i]
    largest = magnitude(step)
    share = 1.0 / largest if largest > 0.0 else 0.0
    for i in each(n):
        for j in each(m):
            dW[i, j] = 0.0
        for c in each(len(moved)):
            dW[i, moved[c]] = share * step[i, c]


@kernel(RULE, arrays=True)
def soft_hebb(W, pre, z, post, signal, hyper, state, dW):
    """dW_ij = y_j (pre_i - z_j W_ij),  y = softmax(z / temperature)"""
    y = z / hyper[0]
    softmax(y, hyper, state, y)
    outer(pre, y, dW)
    y *= z
    mean_rows(y, state)
    for i in each(W.shape[0]):
        for j in each(W.shape[1]):
            dW[i, j] -= state[j] * W[i, j]


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
    local = False

    def __post_init__(self) -> None:
        number(self.conscience, "Instar: conscience", low=0.0)
        number(self.tau, "Instar: tau", low=1.0)
        truth(self.average, "Instar: average")

    @property
    def mean_of_samples(self) -> bool:  # type: ignore[override]
        """Not with `average`, which divides by the wins of the whole batch."""
        return not self.average

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


@dataclass(frozen=True)
class KrotovHopfield(Rule):
    """Winner learns, one loser unlearns: dW_ij = g_j (pre_i - z_j W_ij) / largest (Krotov & Hopfield 2019, p = 2).

    g_j is 1 for the neuron with the largest potential, -delta for the one with the k-th largest, 0 for all others.
    `largest` makes the largest change of a batch 1, so that a rate is how far the fastest weight moves. The weights of
    a neuron that wins come to have length 1, as the rate falls. Its layer is linear and without bias; a read-out uses
    relu(z)^n of unit inputs and weights.

    Begin with weights far too long (length 28 on MNIST) or with examples: from random weights of length 1, one neuron
    wins every input. Needs pre, z, the potentials of the whole layer to rank them, and the largest change anywhere:
    not local. The change of a batch is not the mean of its samples' changes, for the sake of `largest`.

    Parameters
    ----------
    delta : float
        How much of the winner's step the loser goes back.
    k : int
        The loser's rank, at least 2; the layer needs k neurons or more.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(5, [hb.Dense(8, "identity")], rng=0)
    >>> learner = hb.Learner(network, rule=hb.rules.KrotovHopfield(k=3), rate=0.02, standardize=False)
    """

    delta: float = 0.4
    k: int = 2

    kernel = krotov_hopfield
    local = False
    mean_of_samples = False

    def __post_init__(self) -> None:
        number(self.delta, "KrotovHopfield: delta", low=0.0)
        whole(self.k, "KrotovHopfield: k", low=2)

    def state_size(self, n_in: int, n_out: int) -> int:
        """Nothing; refuses a layer without a k-th neuron."""
        if n_out < self.k:
            raise InputError(f"KrotovHopfield: k: the loser of rank {self.k} needs a layer of at least {self.k} "
                             f"neurons, this one has {n_out}; use a smaller k or a wider layer")
        return 0

    def mixed(self) -> Any:
        """Compiled: two columns a sample are less than a product of matrices."""
        return self.kernel.compiled


@dataclass(frozen=True)
class SoftHebb(Rule):
    """Everyone wins a little: dW_ij = y_j (pre_i - z_j W_ij), y = softmax(z / temperature) (Moraitis et al. 2022).

    The neurons share each input by the softmax of their potentials. Wherever it comes to rest, each w_j has length 1
    and points along the mean of the inputs weighted by y_j, the centre of a soft cluster. Begin with long weights
    (25 to 35 on MNIST): from length 1 nearly all neurons die. Needs pre, z, and the potentials of the whole layer: not
    local. The change of a batch is the mean of its samples' changes.

    Parameters
    ----------
    temperature : float
        The softness of the competition: towards 0, only the winner learns.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(5, [hb.Dense(8, "identity")], rng=0)
    >>> learner = hb.Learner(network, rule=hb.rules.SoftHebb(temperature=0.2), rate=0.05, standardize=False)
    """

    temperature: float = 1.0

    kernel = soft_hebb
    local = False

    def __post_init__(self) -> None:
        number(self.temperature, "SoftHebb: temperature", above=0.0)

    def state_size(self, n_in: int, n_out: int) -> int:
        """The mean of y_j z_j in this batch."""
        return n_out
