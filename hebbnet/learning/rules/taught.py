"""Rules beside the gradient that are told something, and come to rest by themselves."""

from __future__ import annotations

from dataclasses import dataclass

from ...engine.arrays import each, mean_rows, outer, sum_product
from ...engine.checks import number
from ...engine.kernel import RULE, kernel
from .base import Rule


@kernel(RULE, arrays=True)
def normalized_lms(W, pre, z, post, signal, hyper, state, dW):
    """dW_ij = pre_i signal_j / (eps + sum_k pre_k^2)"""
    scaled = signal.copy()
    for r in each(len(pre)):
        length = hyper[0] + sum_product(pre, pre, r)
        for j in each(W.shape[1]):
            scaled[r, j] /= length
    outer(pre, scaled, dW)


@kernel(RULE)
def prototype(W, pre, z, post, signal, hyper, state, dW):
    """dW_ij = signal_j (pre_i - W_ij)"""
    outer(pre, signal, dW)
    mean_rows(signal, state)
    for i in each(W.shape[0]):
        for j in each(W.shape[1]):
            dW[i, j] -= state[j] * W[i, j]


@dataclass(frozen=True)
class NormalizedLMS(Rule):
    """The gradient's change over the squared length of its input: dW_ij = pre_i signal_j / (eps + |pre|^2).

    Under `hb.SquaredError()`, on a linear layer, at rate 1, one presentation makes that sample exact, however long its
    input is (normalized LMS: Nagumo and Noda 1967). Stable while rate < 2. There is no bias: what is constant comes in
    as an input of ones. Needs pre, signal and the length of the whole input, which every synapse of a neuron shares:
    not local. The change of a batch is the mean of its samples' changes.

    Parameters
    ----------
    eps : float
        Keeps the step finite where nothing comes in.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(1, "identity", init="zero")])
    >>> learner = hb.Learner(network, rule=hb.rules.NormalizedLMS(), rate=1.0, standardize=False)
    >>> _ = learner.learn([[3.0, 4.0]], [7.0])
    >>> learner.predict([[3.0, 4.0]]).round(6)
    array([7.])
    """

    eps: float = 1e-12

    kernel = normalized_lms
    uses_signal = True
    has_bias = False
    local = False

    def __post_init__(self) -> None:
        number(self.eps, "NormalizedLMS: eps", above=0.0)

    @property
    def stable_rate(self) -> float:
        """2: beyond, every step overshoots by more than there was to correct."""
        return 2.0


@dataclass(frozen=True)
class Prototype(Rule):
    """Who is told to be active moves towards the input: dW_ij = signal_j (pre_i - W_ij) (the instar, Grossberg 1976).

    Under `hb.Teacher()` each neuron's weights come to be the running mean of the inputs of its class, over the last
    1 / rate of them: it forgets what a class looked like as fast as it learns it, however long that was taught. The
    largest potential names the nearest prototype where all are of about one length. Stable while rate < 2. There is no
    bias. Needs pre and signal: local. The change of a batch is the mean of its samples' changes.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(2, "identity", init="zero")])
    >>> learner = hb.Learner(network, signal=hb.Teacher(), rule=hb.rules.Prototype(), rate=0.5, standardize=False)
    >>> _ = learner.learn([[4.0, 0.0], [4.0, 2.0]], [1, 1])
    >>> learner.network.layers[0].W[:, 1]
    array([3., 1.])
    """

    kernel = prototype
    uses_signal = True
    has_bias = False

    @property
    def stable_rate(self) -> float:
        """2: beyond, the weights jump over their input, and further each time."""
        return 2.0

    def state_size(self, n_in: int, n_out: int) -> int:
        """The mean of signal_j in this batch, so that compiled code need not ask for memory."""
        return n_out
