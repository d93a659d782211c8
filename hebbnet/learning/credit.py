"""How hidden layers hear of the output's signal.

`above` (n, n_out) is the signal of the layer above, W (n_in, n_out) the weights between, `below` (n, n_in) what the
layer below is told before its own slope; F are fixed feedback weights, `top` the output's signal, `pre` the activity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..engine.arrays import dot_t, each
from ..engine.kernel import CREDIT, kernel
from .part import Part


@dataclass(frozen=True)
class Credit(Part):
    """Base of all credits. `reaches_hidden`: whether hidden layers are told anything."""

    noun: ClassVar[str] = "credit"
    reaches_hidden: ClassVar[bool] = True

    def feedback_rows(self, n_out: int, n_outputs: int) -> int:
        """How many rows its feedback matrix F has for a layer of n_out neurons in a net of n_outputs; 0 for none."""
        return 0


@kernel(CREDIT)
def backprop(above, W, F, top, pre, hyper, below):
    """below = above W^T: the chain rule"""
    dot_t(above, W, below)


@kernel(CREDIT)
def unsupervised(above, W, F, top, pre, hyper, below):
    """below = 0"""
    for r in each(len(below)):
        for j in each(below.shape[1]):
            below[r, j] = 0.0


@dataclass(frozen=True)
class Backprop(Credit):
    """The chain rule: the signal goes back through the weights it came by (Rumelhart, Hinton and Williams 1986).

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.Learner(hb.Network(2, [hb.Dense(3), hb.Dense(2, "softmax")])).recipe.credit
    Backprop()
    """

    kernel = backprop


@dataclass(frozen=True)
class Unsupervised(Credit):
    """Hidden layers are told nothing: they learn from their inputs alone, or not at all.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(3, "identity"), hb.Dense(2, "softmax")])
    >>> hb.Learner(network, rule=[hb.Oja(), hb.Gradient()]).recipe.credit  # features by Oja, read out by the gradient
    Unsupervised()
    """

    kernel = unsupervised
    reaches_hidden = False
