"""Concepts about x ~ U[0, 1]^d: a hyperplane, a chessboard, and a number to predict.

Those in the unit cube share p(x), so that any two with as many inputs can follow each other without it moving.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...engine import checks, seeds
from .basic import ESTIMATE_ROWS, Concept


class UnitCube(Concept):
    """Any rule about x ~ U[0, 1]^d."""

    def sample(self, n: int, rng: Any) -> np.ndarray:
        """Draw `n` inputs, uniform on [0, 1]^d."""
        return np.random.default_rng(rng).random((n, self.n_inputs))


@dataclass(frozen=True)
class Hyperplane(UnitCube):
    """Class 1 where sum_i w_i (x_i - 1/2) >= 0. x ~ U[0, 1]^d.

    The plane goes through the middle of the cube, so that the prior is (1/2, 1/2) whatever the weights: a drift changes
    p(y | x) and nothing else. Disagreements are estimated at 100,000 inputs with a fixed seed (standard error at most
    .0016).

    What moves is `shift`, which is added to the first k weights. MOA and river do that too, by `mag_change` after every
    row; but there the direction turns at random (sigma, 10 % by default), so that the weights wander at no speed in
    particular, are never clipped, and end up anywhere. Here `Incremental` takes them from one place to another. Rows
    that move by `mag_change` each are a window of (change of the shift) / mag_change rows. Noise is the stream's, and
    as much as is asked for (in river .01 less).

    Parameters
    ----------
    weights : sequence of float
        One for each input, of any size; not all 0. `Hyperplane.random` draws them as MOA does.
    shift : float
        What is added to the first k weights.
    k : int
        How many weights move: 2 in MOA, and no more than there are.

    References
    ----------
    Hulten, Spencer and Domingos (2001), Mining time-changing data streams. KDD; the form is that of MOA.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.Hyperplane([1, 2, -1]).label([[0.9, 0.9, 0.1], [0.1, 0.6, 0.5]])
    array([1, 0])
    >>> start = hb.Hyperplane.random(10, rng=0)
    >>> drift = hb.Incremental(1_000, width=2_000)               # 0.001 a row
    >>> hb.DriftStream([start, start.shifted(2)], at=[drift], noise=0.05, rng=0).take(5_000).y.mean().round(1)
    np.float64(0.5)
    """

    weights: tuple[float, ...]
    shift: float = 0.0
    k: int = field(default=2, kw_only=True)
    n_inputs: int = field(init=False, compare=False)
    moves = "shift"

    def __post_init__(self) -> None:
        weights = checks.vector(self.weights, where="Hyperplane: weights")
        shift, k = checks.number(self.shift, "Hyperplane: shift"), checks.whole(self.k, "Hyperplane: k", low=1)
        k = min(k, max(len(weights), 1))
        object.__setattr__(self, "weights", tuple(weights.tolist()))
        for name, value in (("shift", shift), ("k", k), ("n_inputs", len(weights))):
            object.__setattr__(self, name, value)
        if not self._normal.any():
            raise checks.InputError("Hyperplane: weights: expected at least one that is not 0 (after the shift)")

    @classmethod
    def random(cls, n_inputs: int = 10, *, rng: Any = None) -> Hyperplane:
        """A hyperplane with weights drawn from U[0, 1]."""
        n_inputs = checks.whole(n_inputs, "Hyperplane: n_inputs", low=1, high=checks.MAX_SIZE)
        return cls(tuple(np.random.default_rng(seeds.root(rng)).random(n_inputs).tolist()))

    def shifted(self, by: float) -> Hyperplane:
        """The same with `by` more on each of the first k weights."""
        return Hyperplane(self.weights, self.shift + checks.number(by, "Hyperplane: by"), k=self.k)

    @property
    def _normal(self) -> np.ndarray:
        w = np.array(self.weights)
        w[: self.k] += self.shift
        return w

    def __repr__(self) -> str:
        shift = f", shift={self.shift:g}" if self.shift else ""
        k = f", k={self.k}" if self.k != min(2, self.n_inputs) else ""
        return f"Hyperplane([{', '.join(f'{w:.3g}' for w in self.weights)}]{shift}{k})"

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """1 where sum_i w_i (x_i - 1/2) >= 0; `moved` gives a shift for each row."""
        X = checks.matrix(X, columns=self.n_inputs)
        if moved is None:
            w = self._normal
            return np.asarray(X @ w >= w.sum() / 2, dtype=np.int64)
        still = X @ np.array(self.weights) - sum(self.weights) / 2
        return np.asarray(still + self._moving(moved, len(X)) * (X[:, : self.k] - 0.5).sum(axis=1) >= 0, dtype=np.int64)

    @property
    def prior(self) -> tuple[float, ...]:
        """(1/2, 1/2): x and 1 - x lie on different sides."""
        return 0.5, 0.5


@dataclass(frozen=True)
class Checkerboard(UnitCube):
    """Class 1 on the dark fields, where floor(m x1 + shift) + floor(m x2) is odd. x ~ U[0, 1]^2.

    With m = 2 this is XOR of x1 > 1/2 and x2 > 1/2: no single line can do it. Pushing the board by one field turns
    every label around, by two brings it back: with s the distance of two shifts on that circle of length 2, the
    concepts disagree on exactly s of the inputs. The prior is (1/2, 1/2) where m is even; where it is odd it moves with
    the shift. There is none in MOA or river.

    Parameters
    ----------
    fields : int
        m, fields a side, at least 2.
    shift : float
        How far the board is pushed along x1, in fields; the number that moves.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.concepts.Checkerboard().label([[0.2, 0.2], [0.8, 0.2], [0.8, 0.8]])
    array([0, 1, 0])
    >>> hb.concepts.Checkerboard().disagreement(hb.concepts.Checkerboard(shift=0.25))
    0.25
    """

    fields: int = 2
    shift: float = 0.0
    n_inputs = 2
    moves = "shift"

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", checks.whole(self.fields, "Checkerboard: fields", low=2))
        object.__setattr__(self, "shift", checks.number(self.shift, "Checkerboard: shift"))

    def __repr__(self) -> str:
        return f"Checkerboard({self.fields}{f', shift={self.shift:g}' if self.shift else ''})"

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """1 where floor(m x1 + shift) + floor(m x2) is odd; `moved` gives a shift for each row."""
        X = checks.matrix(X, columns=2)
        column, row = np.floor(self.fields * X[:, 0] + self._moving(moved, len(X))), np.floor(self.fields * X[:, 1])
        return np.asarray((column + row) % 2, dtype=np.int64)

    @property
    def prior(self) -> tuple[float, ...]:
        """The share of light and dark fields, for m odd with the columns that the shift has cut in two."""
        m = self.fields
        rows, columns = (m // 2) / m, (m // 2 + (m % 2) * around(self.shift)) / m  # that are odd
        dark = rows * (1 - columns) + columns * (1 - rows)
        return 1 - dark, dark

    def _disagreement(self, other: Concept) -> float:
        if not isinstance(other, Checkerboard) or self.fields != other.fields:
            return super()._disagreement(other)
        return around(self.shift - other.shift)


@dataclass(frozen=True)
class Friedman(UnitCube):
    """A number to predict: y = 10 sin(pi a b) + 20 (c - 1/2)^2 + 10 d + 5 e. x ~ U[0, 1]^10.

    The parts a .. e are played by five of the ten inputs, the first five unless `parts` says otherwise; the others are
    irrelevant. A drift gives the parts to other inputs. There are no classes: `classes` is empty, `label` gives the
    numbers (float64), the noise of a stream is the standard deviation of what is added to them (1 in the paper and in
    river), and `disagreement` is the mean squared difference, estimated at 100,000 inputs with a fixed seed (standard
    error about .5 % of it). Nobody's mean squared error is below noise^2. River's FriedmanDrift mixes such functions in
    other ways of its own.

    Parameters
    ----------
    parts : sequence of int
        Which columns of X are a, b, c, d and e: five different ones of 0 .. 9.

    References
    ----------
    Friedman (1991), Multivariate adaptive regression splines. Annals of Statistics 19.

    Examples
    --------
    >>> import hebbnet as hb
    >>> before, after = hb.concepts.Friedman(), hb.concepts.Friedman([5, 6, 7, 8, 9])
    >>> stream = hb.DriftStream([before, after], at=[2_000], noise=1.0, rng=0)
    >>> stream.take(3).y.round(2)
    array([19.11, 14.77, 14.85])
    """

    parts: tuple[int, ...] = (0, 1, 2, 3, 4)
    n_inputs = 10
    classes = ()

    def __post_init__(self) -> None:
        given = self.parts if isinstance(self.parts, (list, tuple)) else ()
        parts = tuple(checks.whole(part, "Friedman: parts") for part in given)
        if len(parts) != 5 or len(set(parts)) != 5 or max(parts) > 9:
            raise checks.InputError(f"Friedman: parts: expected five different columns of 0 .. 9, got {self.parts!r}")
        object.__setattr__(self, "parts", parts)

    def __repr__(self) -> str:
        return f"Friedman({'' if self.parts == (0, 1, 2, 3, 4) else list(self.parts)})"

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """The number without noise: float64 (n,)."""
        self.check_still(moved)
        a, b, c, d, e = checks.matrix(X, columns=10)[:, list(self.parts)].T
        return np.asarray(10 * np.sin(np.pi * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e)

    @property
    def prior(self) -> tuple[float, ...]:
        """(): there are no classes."""
        return ()

    def bayes_accuracy(self, noise: float) -> float:
        """Refused: numbers are never predicted exactly."""
        raise checks.InputError("Friedman gives numbers, and has no accuracy; the least mean squared error is noise**2")

    def _disagreement(self, other: Concept) -> float:
        X = self.sample(ESTIMATE_ROWS, 0)
        return float(np.mean((self.label(X) - other.label(X)) ** 2))


def around(shift: float) -> float:
    """The distance of a shift from 0 on a circle of length 2: from 0 to 1."""
    return float(1 - abs(shift % 2 - 1))

