"""Concepts whose classes overlap: at one and the same x now this class comes, now that.

`label` is the best rule, the likelier class; a stream draws what happens from P(class | x). Even without noise nobody
is right more often than 1 - overlap.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from functools import cached_property
from math import erf, sqrt
from typing import Any, NamedTuple

import numpy as np

from ...engine import checks, seeds
from .basic import ESTIMATE_ROWS, Concept

CHUNK = 512  # rows at a time, so that their distances to all components stay in the cache


class Overlapping(Concept):
    """A concept that knows P(class | x): the rule, the drawn labels and the overlap follow from it.

    Prior and overlap are means over 100,000 inputs with a fixed seed (standard error at most .0016), unless a concept
    knows them exactly.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.concepts.LED(irrelevant=0).posterior([[1, 0, 1, 0, 0, 1, 0]]).round(2)  # a seven, most likely
    array([[0.  , 0.1 , 0.  , 0.01, 0.  , 0.  , 0.  , 0.89, 0.  , 0.  ]])
    """

    @abstractmethod
    def posterior(self, X: Any) -> np.ndarray:
        """P(class | x) at each row of X (n, d): (n, K)."""

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """The likeliest class."""
        self.check_still(moved)
        return np.asarray(self.posterior(X).argmax(axis=1), dtype=np.int64)

    def draw_labels(self, X: np.ndarray, u: np.ndarray) -> np.ndarray:
        """A class for each row, drawn from P(class | x) with the uniform numbers u (n,)."""
        below = self.posterior(X).cumsum(axis=1)[:, :-1] <= u[:, None]
        return np.asarray(below.sum(axis=1), dtype=np.int64)

    @property
    def prior(self) -> tuple[float, ...]:
        """The probability of each class."""
        return self._estimates[0]

    @property
    def overlap(self) -> float:
        """The share of rows that the likeliest class gets wrong."""
        return self._estimates[1]

    @cached_property
    def _estimates(self) -> tuple[tuple[float, ...], float]:
        chances = self.posterior(self.sample(ESTIMATE_ROWS, 0))
        return tuple(chances.mean(axis=0).tolist()), float(1 - chances.max(axis=1).mean())


class Components(NamedTuple):
    """Clouds around points: x = centre + width times something of one shape that looks alike in every direction."""

    centres: np.ndarray  # (m, d)
    widths: np.ndarray  # (m,)
    shares: np.ndarray  # (m,) how many of the rows come from it
    owners: np.ndarray  # (m,) its class


def posterior(X: np.ndarray, clouds: Components, K: int, steepness: float) -> np.ndarray:
    """P(class | x) (n, K), by Bayes' theorem, where a cloud's density at distance r is, up to a factor for all alike,

        exp(-r^2 / (2 width^2)) / (r^steepness width^(d - steepness)).

    Steepness 0 is the normal distribution in d dimensions; d - 1 is a normal distance in a uniform direction.
    """
    centres, widths, shares, owners = clouds
    member = np.eye(K)[owners]
    fixed = np.log(shares) - (X.shape[1] - steepness) * np.log(widths)
    doubled, squares, falls = -2 * centres.T, (centres * centres).sum(axis=1), -0.5 / widths**2
    chances = np.empty((len(X), K))
    for start in range(0, len(X), CHUNK):
        x = X[start : start + CHUNK]
        r2 = x @ doubled
        r2 += (x * x).sum(axis=1, keepdims=True)
        r2 += squares
        log = r2 * falls
        log += fixed
        if steepness:
            log -= steepness / 2 * np.log(np.maximum(r2, 1e-15, out=r2), out=r2)
        log -= log.max(axis=1, keepdims=True)
        chances[start : start + CHUNK] = np.exp(log, out=log) @ member
    chances /= chances.sum(axis=1, keepdims=True)
    return chances


@dataclass(frozen=True)
class Gauss(Overlapping):
    """Two overlapping clouds, each of half the rows: class 1 ~ N((0, 0), 1), class 0 ~ N((2, 0), 4^2 I).

    The best rule says class 1 inside a circle around (-2/15, 0). Its accuracy, 1 - overlap, is .8994 (exact to 1e-6 by
    quadrature along x1). A concept and its reversal disagree everywhere. There is none in MOA or river.

    Parameters
    ----------
    reversed : bool
        Whether class 0 is the narrow cloud.

    References
    ----------
    Gama, Medas, Castillo and Rodrigues (2004), Learning with drift detection. SBIA.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.concepts.Gauss().label([[0.0, 0.0], [4.0, 0.0]])
    array([1, 0])
    >>> round(hb.concepts.Gauss().bayes_accuracy(noise=0), 4)
    0.8994
    """

    reversed: bool = False
    n_inputs = 2

    def __post_init__(self) -> None:
        object.__setattr__(self, "reversed", checks.truth(self.reversed, "Gauss: reversed"))

    def __repr__(self) -> str:
        return f"Gauss({'reversed=True' if self.reversed else ''})"

    @property
    def _clouds(self) -> Components:
        owners = np.array([0, 1] if self.reversed else [1, 0])
        return Components(np.array([[0.0, 0.0], [2.0, 0.0]]), np.array([1.0, 4.0]), np.array([0.5, 0.5]), owners)

    def sample(self, n: int, rng: Any) -> np.ndarray:
        """Draw `n` inputs, from either cloud alike."""
        rng = np.random.default_rng(rng)
        centres, widths, _, _ = self._clouds
        j = rng.integers(2, size=n)
        return np.asarray(centres[j] + widths[j, None] * rng.standard_normal((n, 2)))

    def posterior(self, X: Any) -> np.ndarray:
        """P(class | x)."""
        return posterior(checks.matrix(X, columns=2), self._clouds, 2, steepness=0)

    @property
    def prior(self) -> tuple[float, ...]:
        """(1/2, 1/2)."""
        return 0.5, 0.5

    @property
    def overlap(self) -> float:
        """Half of what of the narrow cloud lies outside the circle, and of the wide one inside."""
        centre = -2 / 15
        radius = float(np.sqrt(16 / 15 * (4 * np.log(4) + 0.25) + centre**2))  # where both densities are equal
        inside = [_in_circle((centre - mean) / sd, radius / sd) for mean, sd in ((0, 1), (2, 4))]
        return (1 - inside[0] + inside[1]) / 2

    def _disagreement(self, other: Concept) -> float:
        return float(self.reversed != other.reversed) if isinstance(other, Gauss) else super()._disagreement(other)


def _in_circle(centre: float, radius: float) -> float:
    """P(x in the circle around (centre, 0)) for x ~ N(0, I) in the plane, with x1 = centre + radius sin(a)."""
    steps = 1_000
    a = ((np.arange(steps) + 0.5) / steps - 0.5) * np.pi
    half = radius * np.cos(a)  # of the chord
    along = np.exp(-((centre + radius * np.sin(a)) ** 2) / 2) * half / sqrt(2 * np.pi)
    return float(along @ [erf(h / sqrt(2)) for h in half]) * np.pi / steps


@dataclass(frozen=True)
class TwoMoons(Overlapping):
    """Two half circles that reach into each other, blurred: one class each.

    With t ~ U[0, pi], class 0 is (cos t, sin t) and class 1 is (1 - cos t, 1/2 - sin t), plus N(0, spread^2) in both
    directions; then the plane is turned around (1/2, 1/4), the middle of both. A turn moves p(x) as well as p(y | x);
    after half a turn the inputs are as before, and every label is the other one. For P(class | x), points half a
    spread apart stand for each arc; overlap and disagreements are estimates at 100,000 inputs (standard error at most
    .0016). As make_moons of scikit-learn, which has its t evenly spaced instead of drawn.

    Parameters
    ----------
    spread : float
        Of the blur, at least .01.
    turn : float
        In radians.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.concepts.TwoMoons().label([[0, 1], [1, -0.5]])
    array([0, 1])
    >>> [round(hb.concepts.TwoMoons(spread).bayes_accuracy(noise=0), 2) for spread in (0.1, 0.2, 0.4)]
    [1.0, 0.97, 0.86]
    """

    spread: float = 0.1
    turn: float = 0.0
    n_inputs = 2

    def __post_init__(self) -> None:
        object.__setattr__(self, "spread", checks.number(self.spread, "TwoMoons: spread", low=0.01))
        object.__setattr__(self, "turn", checks.number(self.turn, "TwoMoons: turn"))

    def __repr__(self) -> str:
        return f"TwoMoons({self.spread:g}{f', turn={self.turn:g}' if self.turn else ''})"

    def sample(self, n: int, rng: Any) -> np.ndarray:
        """Draw `n` inputs, from either moon alike."""
        rng = np.random.default_rng(rng)
        X = self._arc(rng.uniform(0, np.pi, n), rng.integers(2, size=n))
        return np.asarray(X + self.spread * rng.standard_normal((n, 2)))

    def _arc(self, t: np.ndarray, moon: np.ndarray) -> np.ndarray:
        """The point at the angle t of a moon (0 or 1), around the middle and turned: (n, 2)."""
        side = 1 - 2 * moon
        x, y = side * (np.cos(t) - 0.5), side * (np.sin(t) - 0.25)
        c, s = np.cos(self.turn), np.sin(self.turn)
        return np.column_stack([0.5 + c * x - s * y, 0.25 + s * x + c * y])

    @cached_property
    def _clouds(self) -> Components:
        m = max(32, int(np.ceil(2 * np.pi / self.spread)))
        moons = np.repeat([0, 1], m)
        t = np.tile((np.arange(m) + 0.5) * np.pi / m, 2)
        return Components(self._arc(t, moons), np.full(2 * m, self.spread), np.full(2 * m, 0.5 / m), moons)

    def posterior(self, X: Any) -> np.ndarray:
        """P(class | x)."""
        return posterior(checks.matrix(X, columns=2), self._clouds, 2, steepness=0)

    @property
    def prior(self) -> tuple[float, ...]:
        """(1/2, 1/2)."""
        return 0.5, 0.5


@dataclass(frozen=True)
class RandomRBF(Overlapping):
    """Clouds around random points, each of one class: x = centre + z width v, z ~ N(0, 1), v a uniform direction.

    Centres are U[0, 1]^d, widths and shares U[0, 1], and the classes share the centroids as evenly as they can. They
    overlap; the best rule and its accuracy follow from the density of each cloud, exp(-r^2 / (2 width^2)) / r^(d - 1).
    The overlap and the disagreements are estimates at 100,000 inputs (standard error at most .0016).

    `shift` moves every centroid so far in a direction of its own, and back where it meets a wall of the cube: p(x)
    moves, and p(y | x) with it. That is why `Incremental`, which moves a rule under the same inputs, cannot do it: for
    centroids that wander, list the concept at some shifts. MOA and river move them after each row; their directions
    all lie in the positive orthant (at first everything goes the same way) and are drawn with the seed of the centres
    (the first goes along the first centre); and their v is a point of a cube, scaled to length 1, so that the density
    has no simple form. Here directions are uniform on the sphere, and every part has a seed of its own.

    Parameters
    ----------
    seed : int
        Another seed, another world.
    n_centroids, n_classes, n_inputs : int
        At least as many centroids as classes, at least 2 classes.
    shift : float
        How far every centroid has moved, in sides of the cube.

    References
    ----------
    The generator of MOA: Bifet, Holmes, Kirkby and Pfahringer (2010), MOA: massive online analysis. JMLR 11.

    Examples
    --------
    >>> import hebbnet as hb
    >>> worlds = [hb.concepts.RandomRBF(1, 10, shift=shift, n_inputs=4) for shift in (0, 0.1, 0.2)]
    >>> hb.DriftStream(worlds, at=[1_000, 2_000], rng=0).take(3_000).X.shape
    (3000, 4)
    """

    seed: int = 0
    n_centroids: int = 50
    n_classes: int = field(default=2, kw_only=True)
    n_inputs: int = field(default=10, kw_only=True)
    shift: float = field(default=0.0, kw_only=True)

    def __post_init__(self) -> None:
        for name, low, high in (("seed", 0, checks.MOST), ("n_classes", 2, checks.MAX_CLASSES),
                                ("n_inputs", 1, checks.MAX_SIZE)):
            object.__setattr__(self, name, checks.whole(getattr(self, name), f"RandomRBF: {name}", low=low, high=high))
        object.__setattr__(self, "n_centroids", checks.whole(self.n_centroids, "RandomRBF: n_centroids",
                                                             low=self.n_classes, high=checks.MAX_SIZE))
        object.__setattr__(self, "shift", checks.number(self.shift, "RandomRBF: shift"))
        object.__setattr__(self, "classes", tuple(range(self.n_classes)))

    def __repr__(self) -> str:
        usual = {"n_classes": 2, "n_inputs": 10, "shift": 0}
        more = [f", {name}={getattr(self, name):g}" for name in usual if getattr(self, name) != usual[name]]
        return f"RandomRBF({self.seed}, {self.n_centroids}{''.join(more)})"

    @cached_property
    def _clouds(self) -> Components:
        def part(name: str) -> np.random.Generator:
            return seeds.child(self.seed, f"rbf {name}")

        m, d = self.n_centroids, self.n_inputs
        moved = part("centres").random((m, d)) + self.shift * _directions(m, d, part("directions"))
        shares = 1 - part("shares").random(m)
        return Components(1 - np.abs(moved % 2 - 1), 1 - part("widths").random(m), shares / shares.sum(),
                          part("classes").permutation(np.arange(m) % self.n_classes))

    def sample(self, n: int, rng: Any) -> np.ndarray:
        """Draw `n` inputs: a centroid, a direction, a distance."""
        rng = np.random.default_rng(rng)
        centres, widths, shares, _ = self._clouds
        j = rng.choice(self.n_centroids, n, p=shares)
        distance = widths[j] * rng.standard_normal(n)
        return np.asarray(centres[j] + distance[:, None] * _directions(n, self.n_inputs, rng))

    def posterior(self, X: Any) -> np.ndarray:
        """P(class | x)."""
        X = checks.matrix(X, columns=self.n_inputs)
        return posterior(X, self._clouds, self.n_classes, steepness=self.n_inputs - 1)

    @property
    def prior(self) -> tuple[float, ...]:
        """The shares of the centroids of each class."""
        _, _, shares, owners = self._clouds
        return tuple(np.bincount(owners, shares, minlength=self.n_classes).tolist())


def _directions(n: int, d: int, rng: np.random.Generator) -> np.ndarray:
    """Points uniform on the unit sphere: (n, d)."""
    v = rng.standard_normal((n, d))
    return np.asarray(v / np.sqrt((v * v).sum(axis=1, keepdims=True)))
