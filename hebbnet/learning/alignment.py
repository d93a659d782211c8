"""How far what a learner does lies from what the gradient would do, layer by layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import checks
from ..engine.checks import InputError
from .credit import Backprop
from .learner import Learner
from .rules.basic import Gradient
from .signals import one_hot


def alignment(learner: Learner, X: Any, y: Any) -> np.ndarray:
    """The angle between a learner's change of each W, before the optimizer, and the true one: minus the gradient.

    0 is gradient descent; up to 90 a small step still makes the loss smaller; beyond, larger. The loss is that of the
    learner's own signal; where that is no gradient of a loss (`RightWrong()`), the loss that suits the output. Of a
    single row it is the angle between the signals: what a layer is told, and what backpropagation would tell it.

    Parameters
    ----------
    learner : Learner
        Nothing in it is changed.
    X : (n, d) array, or (d,) for one row
    y : (n,) labels or targets, as for `Learner.learn`

    Returns
    -------
    (L,) array
        Degrees, from the first layer to the output; NaN where either change is zero, which has no direction: below a
        read-out that still is zero, and above z-scores that still are, before anything was learned.

    Raises
    ------
    InputError
        For rows and labels that `Learner.learn` would refuse.

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> X, y = np.random.default_rng(0).normal(size=(50, 2)), np.arange(50) % 2
    >>> learner = hb.Learner(hb.Network(2, [hb.Dense(3), hb.Dense(2, "softmax")], rng=0))
    >>> _ = learner.learn(X, y)
    >>> hb.alignment(learner, X, y)
    array([0., 0.])
    """
    if not isinstance(learner, Learner):
        raise InputError(f"alignment: expected a Learner, got {type(learner).__name__}")
    truth = _gradient_descent(learner)
    done = learner.trace(X, y)
    if learner.is_classifier and not truth.is_classifier:  # a class is then one target among the outputs
        y = one_hot(checks.labels(np.atleast_1d(y), n_classes=learner.network.n_outputs, rows=np.size(y),
                                  where="alignment: y"), learner.network.n_outputs)
    true = truth.trace(X, y)
    return np.array([angle(mine.dW, its.dW) for mine, its in zip(done.layers, true.layers, strict=True)])


def angle(u: np.ndarray, v: np.ndarray) -> float:
    """Degrees between two arrays; NaN if one is zero. Exactly 0 for equal ones, which the arc cosine is not (Kahan)."""
    lengths = np.linalg.norm(u), np.linalg.norm(v)
    if not all(lengths):
        return float("nan")
    u, v = u / lengths[0], v / lengths[1]
    return float(np.degrees(2.0 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))))


def _gradient_descent(learner: Learner) -> Learner:
    """A learner of the same weights and z-scores that follows the gradient."""
    # The perceptron's loss, max z - z_label, is 0 at W = 0 however wrong it is; that of supervised Hebb, mean z -
    # z_label, has no lowest point: neither is a measure, and both count as signals without one.
    signal = learner.recipe.signal if learner.recipe.signal.loss else None
    twin = Learner(learner.network, rule=Gradient(), signal=signal, credit=Backprop(), standardize=learner.standardize,
                   compiled=False)
    twin._memory.scaler[:] = learner._memory.scaler
    return twin
