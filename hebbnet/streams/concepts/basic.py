"""The three concepts of the core lessons: a moving threshold, three logical rules, and a turning boundary.

A concept is one fixed rule of the world: which inputs come, p(x), and which class each belongs to. It never changes;
a stream drifts by passing from one concept to another. Equal concepts compare equal, which is how a stream
recognises one that comes back.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...engine import checks

ESTIMATE_ROWS = 100_000  # behind the estimates of a concept that knows no closed form: standard error at most .0016
PROBE_ROWS = 64  # that tell one p(x) from another


class Concept(ABC):
    """One rule of the world. A concept of your own is a frozen dataclass with `n_inputs`, `sample` and `label`.

    Where it also knows `prior` and `disagreement` in closed form it says so; otherwise they are estimated here.

    Attributes
    ----------
    n_inputs : int
        Number of input columns d.
    classes : tuple
        The names of the classes; a label is an index into it.
        Empty where y is a number to predict.
    moves : str
        The name of the one number that may move during an `Incremental` drift; empty if there is none. `label` of
        such a concept takes that number for every row as a second argument; where p(x) moves too, so does `follow`.

    Examples
    --------
    >>> import hebbnet as hb
    >>> isinstance(hb.SEA(8), hb.concepts.Concept), hb.SEA(8).moves
    (True, 'theta')
    """

    n_inputs: int
    classes: tuple[Any, ...] = (0, 1)
    moves: str = ""

    @abstractmethod
    def sample(self, n: int, rng: Any) -> np.ndarray:
        """Draw `n` inputs: X, float64 (n, d). `rng` is anything `np.random.default_rng` takes."""

    @abstractmethod
    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """The class of each row of X (n, d), the likeliest where classes overlap: int64 (n,).

        `moved` (n,) replaces, row by row, the number that moves.
        """

    def draw_labels(self, X: np.ndarray, u: np.ndarray) -> np.ndarray:
        """What happens at each row of X: int64 (n,), drawn from P(class | x) with the uniform numbers u (n,).

        The same as `label`, but where classes overlap.
        """
        return self.label(X)

    def follow(self, X: np.ndarray, moved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Inputs X of this concept, and their classes, where the number that moves is `moved` (n,), row by row.

        The inputs stay what they are, but where p(x) moves with the number.
        """
        return X, self.label(X, moved)

    def density(self, X: np.ndarray) -> np.ndarray | None:
        """p(x) at each row of X: (n,). None where nobody knows it."""
        return None

    def probe(self) -> np.ndarray:
        """Inputs that stand for all of them: what the estimates are made from."""
        return self.sample(ESTIMATE_ROWS, 0)

    @property
    def overlap(self) -> float:
        """The share of rows that the best rule gets wrong before any noise: 0, unless classes overlap."""
        return 0.0

    @property
    def prior(self) -> tuple[float, ...]:
        """The probability of each class, in the order of `classes`; nothing where there are none."""
        if not self.classes:
            return ()
        labels = self.label(self.probe())
        return tuple(float(count) / len(labels) for count in np.bincount(labels, minlength=len(self.classes)))

    def disagreement(self, other: Concept) -> float:
        """The share of this concept's inputs that the two label differently: what a drift from the other costs."""
        self.check_compatible(other)
        return self._disagreement(other)

    def _disagreement(self, other: Concept) -> float:
        X = self.probe()
        return float(np.mean(self.label(X) != other.label(X)))

    def bayes_accuracy(self, noise: float) -> float:
        """The accuracy of the best rule, when the share `noise` of the labels is replaced by another.

        It is 1 - noise, but where classes overlap: a row that the rule gets wrong may be put right by the noise, so
        that (1 - overlap) (1 - noise) + overlap noise / (K - 1) are right, with K classes.
        """
        noise = checks.number(noise, "noise", low=0.0, high=1.0)
        return 1.0 - noise if not self.overlap else (
            (1.0 - self.overlap) * (1.0 - noise) + self.overlap * noise / (len(self.classes) - 1))

    def shares_inputs(self, other: Concept) -> bool:
        """Whether both concepts are asked about the same inputs, p(x): the same seed gives the same rows."""
        return np.array_equal(self.sample(PROBE_ROWS, 0), other.sample(PROBE_ROWS, 0))

    def check_still(self, moved: Any) -> None:
        """Refuse to move, where there is no number that could."""
        if moved is not None:
            raise checks.InputError(f"{type(self).__name__} has no number that could move; use Gradual instead of "
                                    "Incremental")

    def _moving(self, moved: Any, rows: int) -> Any:
        """The number that moves: this concept's own, or `moved`, one for each row; anything else is refused."""
        if moved is None:
            return getattr(self, self.moves)
        values = checks.vector(moved, where=f"{type(self).__name__}: moved")
        if len(values) != rows:
            raise checks.InputError(f"{type(self).__name__}: moved: expected {rows} numbers, one for each row, got "
                                    f"{len(values)}")
        return values

    def check_compatible(self, other: Concept) -> None:
        """Refuse two concepts that could not follow each other in one stream."""
        if not isinstance(other, Concept):
            raise checks.InputError(f"expected a concept such as hb.SEA(8), got {other!r}")
        if (self.n_inputs, self.classes) != (other.n_inputs, other.classes):
            raise checks.InputError(
                f"{self} has {self.n_inputs} inputs and the classes {self.classes}, but {other} has {other.n_inputs} "
                f"and {other.classes}; the concepts of one stream need the same")


@dataclass(frozen=True)
class SEA(Concept):
    """Class 1 where x1 + x2 <= theta; the third input is irrelevant. x ~ U[0, 10]^3.

    The polarity is that of the paper and of its data file; MOA and river call the other side True. The prior moves
    with theta, so a drift between two SEA concepts changes p(y) as well as p(y | x). P(class 1) is

        F(theta) = theta^2 / 200               for theta <= 10
                   1 - (20 - theta)^2 / 200    above,

    and two concepts disagree on |F(theta1) - F(theta2)| of the inputs. The classic order is 8, 9, 7, 9.5.

    Parameters
    ----------
    theta : float
        The threshold, in [0, 20].

    References
    ----------
    Street and Kim (2001), A streaming ensemble algorithm (SEA) for large-scale classification. KDD.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.SEA(8).label([[1, 6, 9], [4, 5, 0]])
    array([1, 0])
    >>> round(hb.SEA(8).disagreement(hb.SEA(9)), 3)
    0.085
    """

    theta: float = 8.0
    n_inputs = 3
    moves = "theta"

    def __post_init__(self) -> None:
        object.__setattr__(self, "theta", checks.number(self.theta, "SEA: theta", low=0.0, high=20.0))

    def __repr__(self) -> str:
        return f"SEA({self.theta:g})"

    def sample(self, n: int, rng: Any) -> np.ndarray:
        """Draw `n` inputs, uniform on [0, 10]^3."""
        X = np.random.default_rng(rng).random((n, 3))
        X *= 10.0
        return X

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """1 where x1 + x2 <= theta; `moved` gives a theta for each row."""
        X = checks.matrix(X, columns=3)
        return np.asarray(X[:, 0] + X[:, 1] <= self._moving(moved, len(X)), dtype=np.int64)

    def density(self, X: np.ndarray) -> np.ndarray:
        """1 / 1000 in the cube."""
        return np.asarray(np.all((X >= 0) & (X <= 10), axis=1) / 1_000)

    @property
    def prior(self) -> tuple[float, ...]:
        """(1 - F(theta), F(theta))."""
        return 1.0 - self._below(), self._below()

    def _disagreement(self, other: Concept) -> float:
        return abs(self._below() - other._below()) if isinstance(other, SEA) else super()._disagreement(other)

    def _below(self) -> float:
        """F(theta) = P(x1 + x2 <= theta): a triangle, or what another triangle leaves of the square."""
        return self.theta**2 / 200 if self.theta <= 10 else 1 - (20 - self.theta) ** 2 / 200


# STAGGER's inputs, one-hot: which column says what.
SMALL, MEDIUM, LARGE, RED, GREEN, BLUE, CIRCLE, SQUARE, TRIANGLE = range(9)


@dataclass(frozen=True)
class STAGGER(Concept):
    """Three logical rules about things that have a size, a colour and a shape, each uniform.

    k = 1: small and red. k = 2: green or a circle. k = 3: medium or large. Class 1 where the rule holds: 3, 15 and 18
    of the 27 possible things; they disagree on 16/27 (1 and 2), 13/27 (2 and 3) and 21/27 (1 and 3). The inputs are
    one-hot in nine columns: small, medium, large, red, green, blue, circle, square, triangle.

    Parameters
    ----------
    k : int
        Which of the rules, 1, 2 or 3.

    References
    ----------
    Schlimmer and Granger (1986), Incremental learning from noisy data. Machine Learning 1.

    Examples
    --------
    >>> import hebbnet as hb
    >>> small_red_circle = [[1, 0, 0, 1, 0, 0, 1, 0, 0]]
    >>> [int(hb.STAGGER(k).label(small_red_circle)[0]) for k in (1, 2, 3)]
    [1, 1, 0]
    """

    k: int = 1
    n_inputs = 9

    def __post_init__(self) -> None:
        k = checks.whole(self.k, "STAGGER: k", low=1)
        if k > 3:
            raise checks.InputError(f"STAGGER: k: there are three rules, 1, 2 and 3; got {k}")
        object.__setattr__(self, "k", k)

    def __repr__(self) -> str:
        return f"STAGGER({self.k})"

    def sample(self, n: int, rng: Any) -> np.ndarray:
        """Draw `n` things: size, colour and shape uniform and independent, one-hot (n, 9)."""
        things = np.random.default_rng(rng).integers(3, size=(n, 3))
        return np.eye(3)[things].reshape(n, 9)

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """1 where rule k holds. There is no number that could move."""
        self.check_still(moved)
        has = checks.matrix(X, columns=9) > 0.5
        if self.k == 1:
            holds = has[:, SMALL] & has[:, RED]
        elif self.k == 2:
            holds = has[:, GREEN] | has[:, CIRCLE]
        else:
            holds = has[:, MEDIUM] | has[:, LARGE]
        return holds.astype(np.int64)

    def density(self, X: np.ndarray) -> np.ndarray:
        """1 / 27 for each thing."""
        things = X.reshape(-1, 3, 3)
        return np.asarray(np.all((things.sum(axis=2) == 1) & (things.max(axis=2) == 1), axis=1) / 27)

    def probe(self) -> np.ndarray:
        """All 27 things."""
        return ALL_THINGS


ALL_THINGS = np.eye(3)[np.indices((3, 3, 3)).reshape(3, 27).T].reshape(27, 9)


@dataclass(frozen=True)
class RotatingBoundary(Concept):
    """Class 1 where cos(phi) x1 + sin(phi) x2 > 0. x ~ N(0, I); inputs beyond the second are irrelevant.

    The prior is always (1/2, 1/2) and p(x) never moves: a drift from one angle to another changes p(y | x) and nothing
    else. Two concepts disagree on exactly (angle between them) / pi of the inputs, because x points in every
    direction alike.

    Parameters
    ----------
    phi : float
        The angle of the normal of the boundary, in radians.
    n_inputs : int
        Number of inputs, at least 2.

    Examples
    --------
    >>> import math, hebbnet as hb
    >>> hb.RotatingBoundary(0).disagreement(hb.RotatingBoundary(math.pi / 4))
    0.25
    """

    phi: float = 0.0
    n_inputs: int = field(default=2, kw_only=True)
    moves = "phi"

    def __post_init__(self) -> None:
        object.__setattr__(self, "phi", checks.number(self.phi, "RotatingBoundary: phi"))
        object.__setattr__(self, "n_inputs", checks.whole(self.n_inputs, "RotatingBoundary: n_inputs", low=2))

    def __repr__(self) -> str:
        return f"RotatingBoundary({self.phi:g}{f', n_inputs={self.n_inputs}' if self.n_inputs > 2 else ''})"

    def sample(self, n: int, rng: Any) -> np.ndarray:
        """Draw `n` inputs from the standard normal distribution."""
        return np.random.default_rng(rng).standard_normal((n, self.n_inputs))

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """1 where cos(phi) x1 + sin(phi) x2 > 0; `moved` gives a phi for each row."""
        X = checks.matrix(X, columns=self.n_inputs)
        phi = self._moving(moved, len(X))
        return np.asarray(np.cos(phi) * X[:, 0] + np.sin(phi) * X[:, 1] > 0, dtype=np.int64)

    def density(self, X: np.ndarray) -> np.ndarray:
        """The product of d standard normal densities."""
        return np.asarray((2 * np.pi) ** (-self.n_inputs / 2) * np.exp(-0.5 * (X * X).sum(axis=1)))

    @property
    def prior(self) -> tuple[float, ...]:
        """(1/2, 1/2)."""
        return 0.5, 0.5

    def _disagreement(self, other: Concept) -> float:
        if not isinstance(other, RotatingBoundary):
            return super()._disagreement(other)
        angle = abs(self.phi - other.phi) % (2 * np.pi)
        return float(min(angle, 2 * np.pi - angle) / np.pi)
