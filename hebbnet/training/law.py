"""The cycle-time law: how right a model can be that is trained every so often, in a world that turns steadily.

The boundary turns by omega radians a row. A model trained on a window of W rows knows, on average, the boundary of W/2
rows ago; it serves from L rows later on, and for T rows, T/2 on average. A boundary that is `age` rows old is wrong on
omega age / pi of the inputs, so

    age      = W/2 + label_delay + L + T/2
    accuracy = (1 - 2 noise) (1 - omega age / pi) + noise

One row less of cycle time L buys as much as two rows less of the period T, or of the window W.
"""

from __future__ import annotations

from math import ceil, pi
from typing import Any

import numpy as np

from ..engine import checks


def cycle_time_law(omega: float, *, window: int, period: int, cycle_time: int = 0, label_delay: int = 0,
                   noise: float = 0.0) -> float:
    """The accuracy of a model that is retrained every so often while a `RotatingBoundary` turns at a constant rate.

    Parameters
    ----------
    omega : float
        The rate of the boundary, radians a row.
    window, period, cycle_time, label_delay : int
        W, T, L and the delay of labels, in rows, as in `run` with `Periodic(period)`. A trainer that is busy drops
        requests: where L > T, the period is T ceil(L / T).
    noise : float
        The share of labels that are wrong, at most 1/2.

    Returns
    -------
    float
        (1 - 2 noise) (1 - omega (W/2 + label_delay + L + T/2) / pi) + noise. It leaves out what the learner misses: an
        estimate from W rows errs to both sides, which costs little while the boundary has turned by more than that.

    Raises
    ------
    InputError
        Numbers that cannot be, or a model that falls behind by half a turn, omega (W/2 + label_delay + L + T) >= pi:
        from there on an older boundary is less wrong again.

    Examples
    --------
    >>> import math, hebbnet as hb
    >>> omega = 2 * math.pi / 5_000  # a turn in 5,000 rows
    >>> round(hb.cycle_time_law(omega, window=100, period=100), 3)
    0.96
    >>> round(hb.cycle_time_law(omega, window=100, period=100, cycle_time=100), 3)
    0.92
    """
    omega = checks.number(omega, "omega", low=0.0)
    window, period = checks.whole(window, "window", low=1), checks.whole(period, "period", low=1)
    cycle_time, label_delay = checks.whole(cycle_time, "cycle_time"), checks.whole(label_delay, "label_delay")
    noise = checks.number(noise, "noise", low=0.0, high=0.5)
    late, oldest = lateness(window, period, cycle_time, label_delay)
    if omega * oldest >= pi:
        raise checks.InputError(f"cycle_time_law: a model would fall behind by {omega * oldest / pi:.2g} half turns; "
                                "the law holds below 1: shorten window, period or cycle_time")
    return (1 - 2 * noise) * (1 - omega * late / pi) + noise


def lateness(window: float, period: float, cycle_time: float = 0, label_delay: float = 0) -> tuple[float, float]:
    """The age, in rows, of what the serving model knows: its mean W/2 + label_delay + L + T/2, and at its worst."""
    T = period * max(ceil(cycle_time / period), 1)
    freshest = window / 2 + label_delay + cycle_time
    return freshest + T / 2, freshest + T


class LeastSquares:
    """A linear classifier in closed form, the yardstick of the law: no rate, no epochs, no seed.

    Each `learn` forgets what was before, and fits, for each class c, X w_c to +1 where y = c and -1 elsewhere, by
    least squares and without a bias; the answer is the class whose X w_c is largest. Two classes are parted by a
    hyperplane through 0.

    Examples
    --------
    >>> import hebbnet as hb
    >>> batch = hb.DriftStream([hb.RotatingBoundary(0.5)], rng=0).take(200)
    >>> model = hb.LeastSquares()
    >>> model.learn(batch.X[:100], batch.y[:100])
    >>> bool((model.predict(batch.X[100:]) == batch.y[100:]).mean() > 0.95)
    True
    """

    def __init__(self) -> None:
        self.W: np.ndarray | None = None  # (d, K)

    def learn(self, X: Any, y: Any) -> None:
        """Fit the rows X (n, d) with the labels y (n,), and nothing else."""
        X = checks.matrix(X, where="LeastSquares: X")
        if not len(X):
            raise checks.InputError("LeastSquares: X has no rows; give at least one")
        y = checks.labels(y, n_classes=checks.MAX_CLASSES, rows=len(X), where="LeastSquares: y")
        targets = 2.0 * (y[:, None] == np.arange(y.max() + 1)) - 1.0
        self.W = np.linalg.lstsq(X, targets, rcond=None)[0]

    def predict(self, X: Any) -> np.ndarray:
        """The class of each row (n,); 0 before anything was learned."""
        X = checks.matrix(X, columns=None if self.W is None else len(self.W), where="LeastSquares: X")
        return np.zeros(len(X), np.int64) if self.W is None else (X @ self.W).argmax(axis=1)

    def copy(self) -> LeastSquares:
        """The same model; what one of the two learns is not the other's."""
        twin = LeastSquares()
        twin.W = self.W  # a fit replaces it, and nothing writes into it
        return twin

    def fresh(self, rng: Any = None) -> LeastSquares:
        """A model that has learned nothing; there is no chance in it."""
        return LeastSquares()

    def __repr__(self) -> str:
        return "LeastSquares()"
