"""The concepts of the paper on drift detection: below a wave, inside a circle, two out of three."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...engine import checks
from .basic import Concept
from .zoo import UnitCube

STEPS = 100_000
ACROSS = (np.arange(STEPS) + 0.5) / STEPS  # the first input in small steps: an area is a mean of heights over these


def wave(x: np.ndarray) -> np.ndarray:
    """The curve of SINE2: .5 + .3 sin(3 pi x)."""
    return np.asarray(0.5 + 0.3 * np.sin(3 * np.pi * x))


@dataclass(frozen=True)
class Sine(UnitCube):
    """Class 1 below a curve, x2 < f(x1) + lift. x ~ U[0, 1]^d; inputs beyond the second are irrelevant.

    SINE1 has f(x) = sin x, SINE2 has f(x) = .5 + .3 sin(3 pi x). Reversed, class 1 lies above. Without lift the priors
    P(class 1) are 1 - cos 1 = .4597 and .5 + .2 / pi = .5637; a concept and its reversal disagree everywhere, which is
    the hardest drift there is, and the least like anything real. Priors and disagreements are the area under, and
    between, curves: exact to 1e-6 (quadrature along x1).

    MOA has the axes as here, and the class "positive" (below) at index 0; river, its port, has the axes swapped.

    Parameters
    ----------
    k : int
        Which curve, 1 or 2.
    reversed : bool
        Whether class 1 lies above.
    lift : float
        How much the curve is lifted, in [-1, 1]; the number that moves.
    n_inputs : int
        At least 2; with 4 these are SINIRREL1 and SINIRREL2.

    References
    ----------
    Gama, Medas, Castillo and Rodrigues (2004), Learning with drift detection. SBIA.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.concepts.Sine(1).label([[1.0, 0.8], [0.2, 0.4]])
    array([1, 0])
    >>> round(hb.concepts.Sine(1).disagreement(hb.concepts.Sine(2)), 3)
    0.268
    """

    k: int = 1
    reversed: bool = False
    lift: float = 0.0
    n_inputs: int = field(default=2, kw_only=True)
    moves = "lift"

    def __post_init__(self) -> None:
        k = checks.whole(self.k, "Sine: k", low=1)
        if k > 2:
            raise checks.InputError(f"Sine: k: there are two curves, 1 and 2; got {k}")
        object.__setattr__(self, "k", k)
        object.__setattr__(self, "reversed", checks.truth(self.reversed, "Sine: reversed"))
        object.__setattr__(self, "lift", checks.number(self.lift, "Sine: lift", low=-1.0, high=1.0))
        object.__setattr__(self, "n_inputs", checks.whole(self.n_inputs, "Sine: n_inputs", low=2))

    def __repr__(self) -> str:
        more = [", reversed=True"] * self.reversed + [f", lift={self.lift:g}"] * (self.lift != 0)
        more += [f", n_inputs={self.n_inputs}"] * (self.n_inputs != 2)
        return f"Sine({self.k}{''.join(more)})"

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """1 where x2 < f(x1) + lift, or where it is not if reversed; `moved` gives a lift for each row."""
        X = checks.matrix(X, columns=self.n_inputs)
        below = X[:, 1] < self._curve(X[:, 0]) + (self.lift if moved is None else moved)
        return np.asarray(below != self.reversed, dtype=np.int64)

    def _curve(self, x: np.ndarray) -> np.ndarray:
        return np.sin(x) if self.k == 1 else wave(x)

    def _height(self) -> np.ndarray:
        """How much of the square lies below the curve, above each x1 of ACROSS."""
        return np.clip(self._curve(ACROSS) + self.lift, 0.0, 1.0)

    @property
    def prior(self) -> tuple[float, ...]:
        """The areas above and below the curve."""
        below = float(self._height().mean())
        return (below, 1 - below) if self.reversed else (1 - below, below)

    def _disagreement(self, other: Concept) -> float:
        if not isinstance(other, Sine):
            return super()._disagreement(other)
        between = float(np.abs(self._height() - other._height()).mean())
        return between if self.reversed == other.reversed else 1 - between


@dataclass(frozen=True)
class Circles(UnitCube):
    """Class 1 inside a circle, (x1 - c)^2 + (x2 - 1/2)^2 < r^2 with c = .2 k and r = .1 + .05 k. x ~ U[0, 1]^2.

    The paper's four circles are k = 1, 2, 3, 4; in between, the circle moves and grows. P(class 1) is pi r^2 where the
    circle lies inside the square (k <= 3.6); beyond, less what is cut off. Two circles disagree on what lies in one of
    them alone: exact to 1e-6 (quadrature along x1). There is none in MOA or river.

    Parameters
    ----------
    k : float
        Which circle, in [1, 4]; the number that moves.

    References
    ----------
    Gama, Medas, Castillo and Rodrigues (2004), Learning with drift detection. SBIA.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.concepts.Circles(1).label([[0.2, 0.4], [0.4, 0.5]])
    array([1, 0])
    >>> [round(hb.concepts.Circles(k).prior[1], 3) for k in (1, 2, 3, 4)]
    [0.071, 0.126, 0.196, 0.252]
    """

    k: float = 1.0
    n_inputs = 2
    moves = "k"

    def __post_init__(self) -> None:
        object.__setattr__(self, "k", checks.number(self.k, "Circles: k", low=1.0, high=4.0))

    def __repr__(self) -> str:
        return f"Circles({self.k:g})"

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """1 inside the circle; `moved` gives a k for each row."""
        X = checks.matrix(X, columns=2)
        k = self.k if moved is None else moved
        return np.asarray((X[:, 0] - 0.2 * k) ** 2 + (X[:, 1] - 0.5) ** 2 < (0.1 + 0.05 * k) ** 2, dtype=np.int64)

    @property
    def prior(self) -> tuple[float, ...]:
        """The area of the circle, without the segment that is cut off at x1 = 1."""
        r, d = 0.1 + 0.05 * self.k, 1 - 0.2 * self.k  # d: from the centre to that side
        cut = r**2 * np.arccos(d / r) - d * np.sqrt(r**2 - d**2) if d < r else 0.0
        inside = float(np.pi * r**2 - cut)
        return 1 - inside, inside

    def _disagreement(self, other: Concept) -> float:
        return float(np.abs(self._chord() - other._chord()).mean()) if isinstance(other, Circles) else (
            super()._disagreement(other))

    def _chord(self) -> np.ndarray:
        """The length of the circle's vertical chord at each x1 of ACROSS; all circles have their centre at x2 = 1/2."""
        return np.asarray(2 * np.sqrt(np.maximum((0.1 + 0.05 * self.k) ** 2 - (ACROSS - 0.2 * self.k) ** 2, 0.0)))


@dataclass(frozen=True)
class Mixed(Concept):
    """Class 1 where at least two of three hold: x1, x2, and x4 < .5 + .3 sin(3 pi x3).

    x1 and x2 are fair coins, 0 or 1; x3 and x4 ~ U[0, 1].
    P(class 1) = 1/4 + (.5 + .2 / pi) / 2 = .5318. A concept and its reversal disagree everywhere. MOA has the class
    "positive" at index 0, and river kept the number without the name: its function 0 is the negative of this.

    Parameters
    ----------
    reversed : bool
        Whether class 1 is where at most one holds.

    References
    ----------
    Gama, Medas, Castillo and Rodrigues (2004), Learning with drift detection. SBIA.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.concepts.Mixed().label([[1, 1, 0.5, 0.9], [1, 0, 0.5, 0.9]])
    array([1, 0])
    """

    reversed: bool = False
    n_inputs = 4

    def __post_init__(self) -> None:
        object.__setattr__(self, "reversed", checks.truth(self.reversed, "Mixed: reversed"))

    def __repr__(self) -> str:
        return f"Mixed({'reversed=True' if self.reversed else ''})"

    def sample(self, n: int, rng: Any) -> np.ndarray:
        """Draw `n` inputs: two fair coins, two uniform numbers."""
        rng = np.random.default_rng(rng)
        return np.hstack([rng.integers(2, size=(n, 2)), rng.random((n, 2))])

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """1 where at least two of the three hold (or at most one, if reversed)."""
        self.check_still(moved)
        X = checks.matrix(X, columns=4)
        votes = (X[:, :2] > 0.5).sum(axis=1) + (X[:, 3] < wave(X[:, 2]))
        return np.asarray((votes >= 2) != self.reversed, dtype=np.int64)

    @property
    def prior(self) -> tuple[float, ...]:
        """Both coins, or one of them and the curve."""
        two = 0.25 + (0.5 + 0.2 / np.pi) / 2
        return (two, 1 - two) if self.reversed else (1 - two, two)

    def _disagreement(self, other: Concept) -> float:
        return float(self.reversed != other.reversed) if isinstance(other, Mixed) else super()._disagreement(other)
