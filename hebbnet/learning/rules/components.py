"""Rules that find the components of their input: Hebb's product, kept in bounds."""

from __future__ import annotations

from dataclasses import dataclass

from ...engine.arrays import add_outer, each, matrix, mean_square, outer
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


@kernel(RULE)
def subspace(W, pre, z, post, signal, hyper, state, dW):
    """dW_ij = post_j (pre_i - sum_k post_k W_ik)"""
    m = W.shape[1]
    together = matrix(state, 0, m, m)
    outer(post, post, together)
    outer(pre, post, dW)
    add_outer(-m, W.T, together, dW)  # dW -= W @ together: add_outer takes the mean over its m rows


@kernel(RULE)
def sanger(W, pre, z, post, signal, hyper, state, dW):
    """dW_ij = post_j (pre_i - sum_{k <= j} post_k W_ik)"""
    m = W.shape[1]
    together = matrix(state, 0, m, m)
    outer(post, post, together)
    for k in range(m):
        together[k, :k] = 0.0  # neuron j < k does not hear of neuron k
    outer(pre, post, dW)
    add_outer(-m, W.T, together, dW)


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


@dataclass(frozen=True)
class Subspace(Rule):
    """Oja's subspace rule: dW_ij = post_j (pre_i - sum_k post_k W_ik) (Oja 1989).

    Each neuron learns from what the whole layer cannot yet reconstruct. Linear neurons, on centred input, come to
    span its first n_out principal components, with W^T W = 1, but each is any mixture of them. Stable while
    rate * lambda_1 < 1. Needs pre, post and the weights of its neighbours: not local. The change of a batch is the
    mean of its samples' changes.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(5, [hb.Dense(2, "identity")], rng=0)
    >>> learner = hb.Learner(network, rule=hb.rules.Subspace(), rate=0.01)
    """

    kernel = subspace
    local = False

    def state_size(self, n_in: int, n_out: int) -> int:
        """The mean of post_k post_j in this batch, so that compiled code need not ask for memory."""
        return n_out * n_out


@dataclass(frozen=True)
class Sanger(Rule):
    """The generalized Hebbian algorithm: dW_ij = post_j (pre_i - sum_{k <= j} post_k W_ik) (Sanger 1989).

    Neuron j learns from what the neurons before it, and itself, cannot yet reconstruct. Linear neurons, on centred
    input, become its principal components, of length 1 and in order: the first neuron is `Oja`, the second is Oja on
    what the first leaves over, and so on; the sign of each is free. Stable while rate * lambda_1 < 1. Needs pre, post
    and the weights of the neurons before: not local. The change of a batch is the mean of its samples' changes.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(5, [hb.Dense(2, "identity")], rng=0)
    >>> learner = hb.Learner(network, rule=hb.rules.Sanger(), rate=0.01)
    """

    kernel = sanger
    local = False

    def state_size(self, n_in: int, n_out: int) -> int:
        """The mean of post_k post_j in this batch, so that compiled code need not ask for memory."""
        return n_out * n_out
