"""Rules that find the components of their input: Hebb's product, kept in bounds."""

from __future__ import annotations

from dataclasses import dataclass

from ...engine.arrays import each, mean_square, outer
from ...engine.kernel import RULE, kernel
from .base import Rule


@kernel(RULE)
def oja(W, pre, z, post, signal, hyper, state, dW):
    """dW_ij = post_j (pre_i - post_j W_ij)"""
    outer(pre, post, dW)
    for j in each(W.shape[1]):
        state[j] = mean_square(post, j)
    for i in each(W.shape[0]):
        for j in each(W.shape[1]):
            dW[i, j] -= state[j] * W[i, j]


@dataclass(frozen=True)
class Oja(Rule):
    """Hebb with just enough forgetting to keep |w| = 1: dW_ij = post_j (pre_i - post_j W_ij) (Oja 1982).

    A linear neuron turns to the first principal component of centred input; stable while rate * lambda_1 < 1.
    Several neurons all find the same component.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.Oja()
    Oja()
    """

    kernel = oja

    def state_size(self, n_in: int, n_out: int) -> int:
        """The mean of post_j^2 in this batch, so that compiled code need not ask for memory."""
        return n_out
