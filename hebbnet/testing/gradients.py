"""Hold a learner's gradient to the slope of its loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.checks import InputError
from ..learning.learner import Learner

Array = np.ndarray
H = 1e-6  # the step of a central difference
KINK = 1e-3  # slopes to the left and to the right that differ by more: the loss has none there


class GradientFault(AssertionError):
    """What a learner would add to a weight is not minus the slope of its loss."""


def check_gradient(learner: Learner, X: Any, y: Any) -> float:
    """Compare what `learner.trace` would change with minus the slope of the mean loss, by central differences.

    Every weight of every layer, and every bias that it has, with a step of 1e-6: |analytic - numeric| <= 1e-8 + 1e-6
    |numeric|, where 1e-8 grows with a loss above 1, whose digits it is made of. Weights at a kink (relu at 0, Huber at
    delta), where there is no slope, are left out. A learner that has learned nothing is checked after one pass over X,
    on a copy:
    before, z-scores and a read-out of zeros would hide every mistake below them.

    Parameters
    ----------
    learner : Learner
        Nothing in it is changed. Its signal must be the slope of a loss of the package.
    X : (n, d) array
    y : (n,) labels or targets, as for `Learner.learn`

    Returns
    -------
    float
        The largest |analytic - numeric| seen.

    Raises
    ------
    GradientFault
        With the layer, the weight, and both numbers.
    InputError
        For a learner without a loss, and for rows and labels that `Learner.learn` would refuse.

    Examples
    --------
    >>> import hebbnet as hb
    >>> batch = hb.DriftStream([hb.SEA(8)], rng=0).take(20)
    >>> learner = hb.Learner(hb.mlp(hb.DriftStream([hb.SEA(8)]), hidden=[4], rng=0))
    >>> hb.testing.check_gradient(learner, batch.X, batch.y) < 1e-7
    True
    """
    if not isinstance(learner, Learner):
        raise InputError(f"check_gradient: expected a Learner, got {type(learner).__name__}")
    signal = learner.recipe.signal
    of_loss = signal.loss
    if of_loss is None:
        raise InputError(f"check_gradient: {signal.name.lstrip('_')} is not the slope of a loss; use a learner with "
                         "hb.CrossEntropy(), hb.BinaryCrossEntropy(), hb.SquaredError() or hb.Huber()")
    twin = learner.copy()
    X, labels, target = twin._accept(X, y)
    if not learner.n_seen:
        twin.learn(X, y)
    twin.compiled = False
    traced = twin.trace(X, y).layers

    losses, hyper = np.empty(len(X)), np.array(signal.numbers)

    def loss() -> float:
        with np.errstate(all="ignore"):
            of_loss.plain(twin.outputs(X), labels, target, hyper, losses)
            return float(np.mean(losses))

    allowed, largest = 1e-8 * max(1.0, loss()), 0.0
    layers = zip(twin.network.layers, traced, learner.recipe.rules, strict=True)
    for number, (layer, trace, rule) in enumerate(layers, 1):
        parts = (("W", layer.W, trace.dW), ("b", layer.b, trace.db))
        for name, weights, change in parts if layer.recipe.bias else parts[:1]:
            for index in np.ndindex(*weights.shape):
                analytic, (left, right) = -float(change[index]), _slopes(loss, weights, index)
                numeric = (left + right) / 2.0
                off = abs(analytic - numeric)
                if off <= allowed + 1e-6 * abs(numeric):
                    largest = max(largest, off)
                elif not abs(right - left) > KINK * (1.0 + abs(numeric)):
                    raise GradientFault(
                        f"layer {number}, {name}{list(index)}: the gradient by trace is {analytic:.10g}, by central "
                        f"differences of the loss {numeric:.10g}; expected the same. Rule {rule.name} under "
                        f"credit {learner.recipe.credit.name} does not follow the gradient here")
    return largest


def _slopes(loss: Callable[[], float], weights: Array, index: tuple[int, ...]) -> tuple[float, float]:
    """The slope of the loss along one weight, to its left and to its right."""
    at, here = weights[index], loss()
    weights[index] = at + H
    above = loss()
    weights[index] = at - H
    below = loss()
    weights[index] = at
    return (here - below) / H, (above - here) / H

