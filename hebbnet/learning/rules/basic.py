"""The rules the package is about. Gradient descent is Hebb's product with the signal in place of post."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine.arrays import column_mean, each, outer, vector
from ...engine.checks import number
from ...engine.kernel import RULE, kernel
from .base import Rule


@kernel(RULE)
def gradient(W, pre, z, post, signal, hyper, state, dW):
    """dW_ij = pre_i signal_j"""
    outer(pre, signal, dW)


@kernel(RULE)
def hebb(W, pre, z, post, signal, hyper, state, dW):
    """dW_ij = h_ij - (decay + |h_ij| / clip) W_ij,  h_ij = pre_i post_j"""
    decay, tightness = hyper[0], hyper[1]  # tightness = 1 / clip
    outer(pre, post, dW)
    for i in each(W.shape[0]):
        for j in each(W.shape[1]):
            dW[i, j] -= (decay + tightness * np.abs(dW[i, j])) * W[i, j]


@kernel(RULE, arrays=True)
def covariance(W, pre, z, post, signal, hyper, state, dW):
    """dW_ij = (pre_i - mean pre_i) (post_j - mean post_j) - decay W_ij"""
    n, m = W.shape
    tau, decay = hyper[0], hyper[1]
    mean_pre, mean_post = vector(state, 0, n), vector(state, n, m)
    state[n + m] += 1.0
    share = max(1.0 / state[n + m], 1.0 / tau)  # a plain mean at first, so that it begins nowhere in particular
    for i in each(n):
        mean_pre[i] += share * (column_mean(pre, i) - mean_pre[i])
    for j in each(m):
        mean_post[j] += share * (column_mean(post, j) - mean_post[j])
    outer(pre - mean_pre, post - mean_post, dW)
    for i in each(n):
        for j in each(m):
            dW[i, j] -= decay * W[i, j]


@dataclass(frozen=True)
class Gradient(Rule):
    """Gradient descent: dW_ij = pre_i signal_j, since signal_j = -dL/dz_j and dz_j/dW_ij = pre_i.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.Gradient()
    Gradient()
    """

    kernel = gradient
    uses_signal = True
    trusts_step = True


@dataclass(frozen=True)
class Hebb(Rule):
    """Neurons that fire together wire together: dW_ij = pre_i post_j - decay W_ij (after Hebb 1949).

    Without decay the weights grow without end along the first principal component of the input: with a linear neuron
    the mean change is C w, C = E[x x^T], and w grows like exp(rate lambda_1 t). Needs pre and post: local.

    Parameters
    ----------
    decay : float
        The share of a weight that is forgotten at each step of rate 1.
    clip : float, optional
        A soft bound: growth slows down as a weight nears it, by |pre_i post_j| W_ij / clip. No |W_ij| goes beyond clip
        that began below it, while rate (decay + |pre_i post_j| / clip) <= 1. With it, the change of a batch is no
        longer the mean of its samples' changes: the bound acts on the batch's mean product.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.Hebb(decay=0.01)
    Hebb(decay=0.01, clip=None)
    """

    decay: float = 0.0
    clip: float | None = None

    kernel = hebb

    def __post_init__(self) -> None:
        number(self.decay, "Hebb: decay", low=0.0)
        if self.clip is not None:
            number(self.clip, "Hebb: clip", above=0.0)

    @property
    def numbers(self) -> tuple[float, ...]:
        """The decay, and 1 / clip, which is 0 for no bound at all."""
        return float(self.decay), 0.0 if self.clip is None else 1.0 / self.clip

    @property
    def mean_of_samples(self) -> bool:  # type: ignore[override]
        """Not with `clip`, which acts on the batch's mean product."""
        return self.clip is None


@dataclass(frozen=True)
class Covariance(Rule):
    """Hebb about the means: dW_ij = (pre_i - mean pre_i) (post_j - mean post_j) - decay W_ij (Sejnowski 1977).

    Hebb's product learns the mean of its input before anything else; this one does not see it: inputs that all shift
    by the same amount change W as before. With a linear neuron it grows along the first principal component of input
    that is not centred. The means are running ones, over about `tau` updates, with this batch in them: a batch that
    comes first is centred exactly, and a single sample that comes first changes nothing. Needs pre, post and their
    means: local. The change of a batch is not the mean of its samples' changes, which would each move the means.

    Parameters
    ----------
    tau : float
        For how many updates a mean remembers, at least 1.
    decay : float
        The share of a weight that is forgotten at each step of rate 1.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.rules.Covariance()
    Covariance(tau=100.0, decay=0.0)
    """

    tau: float = 100.0
    decay: float = 0.0

    kernel = covariance
    mean_of_samples = False

    def __post_init__(self) -> None:
        number(self.tau, "Covariance: tau", low=1.0)
        number(self.decay, "Covariance: decay", low=0.0)

    def state_size(self, n_in: int, n_out: int) -> int:
        """The means of pre and of post, and how many updates there were."""
        return n_in + n_out + 1
