"""Rules whose threshold slides: what counts as much activity hangs on how active the neuron has been."""

from __future__ import annotations

from dataclasses import dataclass

from ...engine.arrays import each, mean_square, outer, vector
from ...engine.checks import number
from ...engine.kernel import RULE, kernel
from .base import Rule


@kernel(RULE, arrays=True)
def bcm(W, pre, z, post, signal, hyper, state, dW):
    """dW_ij = pre_i post_j (post_j - theta_j);  then theta_j += (post_j^2 - theta_j) / tau"""
    tau = hyper[0]
    theta = vector(state, 0, W.shape[1])
    outer(pre, post * (post - theta), dW)
    for j in each(W.shape[1]):
        theta[j] += (mean_square(post, j) - theta[j]) / tau


@dataclass(frozen=True)
class BCM(Rule):
    """Hebb above a threshold, the opposite below: dW_ij = pre_i post_j (post_j - theta_j).

    Bienenstock, Cooper & Munro 1982, in the form of Intrator & Cooper 1992: the threshold slides after the activity,
    theta_j += (post_j^2 - theta_j) / tau, from 0 on, so that a neuron that is too active becomes harder to excite.
    Neurons become selective: with K linearly independent patterns, equally often, a linear neuron ends with the
    response K to one of them and 0 to the others, so its selectivity, 1 - mean response / largest, is 1 - 1 / K.
    Each neuron by itself: several may choose the same pattern.

    The threshold must follow faster than the weights grow. With orthogonal patterns x of one length the responses
    settle while rate * tau * |x|^2 < 1, and swing above (Udeigwe, Munro & Ermentrout 2017 follow them into chaos);
    from about 1.5 on they may grow without end, and `Learner` warns there as if inputs had length 1. A neuron that
    begins with responses below 0 climbs to 0 and stays there for long. Needs pre, post and the threshold: local. The
    change of a batch is the mean of its samples' changes at one threshold, which moves once a batch.

    Parameters
    ----------
    tau : float
        For how many updates the threshold remembers, at least 1.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(5, [hb.Dense(2, "identity")], rng=0)
    >>> learner = hb.Learner(network, rule=hb.rules.BCM(tau=100), rate=0.005, standardize=False)
    """

    tau: float = 100.0

    kernel = bcm

    def __post_init__(self) -> None:
        number(self.tau, "BCM: tau", low=1.0)

    @property
    def stable_rate(self) -> float:
        """1.5 / tau, for inputs of length 1."""
        return 1.5 / self.tau

    def state_size(self, n_in: int, n_out: int) -> int:
        """The thresholds."""
        return n_out
