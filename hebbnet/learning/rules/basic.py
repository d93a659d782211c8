"""The two rules the package is about. Gradient descent is Hebb's product with the signal in place of post."""

from __future__ import annotations

from dataclasses import dataclass

from ...engine.arrays import each, outer
from ...engine.checks import number
from ...engine.kernel import RULE, kernel
from .base import Rule


@kernel(RULE)
def gradient(W, pre, z, post, signal, hyper, state, dW):
    """dW_ij = pre_i signal_j"""
    outer(pre, signal, dW)


@kernel(RULE)
def hebb(W, pre, z, post, signal, hyper, state, dW):
    """dW_ij = pre_i post_j - decay W_ij"""
    decay = hyper[0]
    outer(pre, post, dW)
    for i in each(W.shape[0]):
        for j in each(W.shape[1]):
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
    the mean change is C w, C = E[x x^T], and w grows like exp(rate lambda_1 t).

    Parameters
    ----------
    decay : float
        The share of a weight that is forgotten at each step of rate 1.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.Hebb(decay=0.01)
    Hebb(decay=0.01)
    """

    decay: float = 0.0

    kernel = hebb

    def __post_init__(self) -> None:
        number(self.decay, "Hebb: decay", low=0.0)
